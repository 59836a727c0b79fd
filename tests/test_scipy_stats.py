"""tapegrad.scipy.stats on the line: values as SciPy's and mpmath's, derivatives, tails and edges."""

import mpmath
import numpy as np
import pytest

st = pytest.importorskip("scipy.stats")
pytestmark = pytest.mark.own("by SciPy's names and arguments")

SHAPES = {
    "norm": (),
    "logistic": (),
    "laplace": (),
    "expon": (),
    "t": (3.5,),
    "gamma": (2.3,),
    "chi2": (3.5,),
    "beta": (2.3, 0.7),
}
CONTINUOUS = ["logpdf", "pdf", "cdf", "logcdf", "sf", "logsf"]
DISCRETE = ["logpmf", "pmf", *CONTINUOUS[2:]]
# Those whose distribution functions have no derivative by their shapes.
NO_SHAPES = {"t": ("df",), "gamma": ("a",), "chi2": ("df",), "beta": ("a", "b")}


@pytest.fixture
def stats(lib):
    return lib.scipy.stats


def f64(lib, values, **options):
    return lib.tensor(values, dtype=lib.float64, **options)


@pytest.mark.parametrize("place", [(), (0.2, 1.7)])
@pytest.mark.parametrize("method", CONTINUOUS)
@pytest.mark.parametrize("name", SHAPES)
def test_values(lib, stats, name, method, place):
    x = np.array([-40, -3, -0.5, 0, 0.1, 0.2, 0.4, 0.8, 1, 1.9, 2.5, 50, np.nan])
    with np.errstate(all="ignore"):
        wanted = getattr(getattr(st, name), method)(x, *SHAPES[name], *place)
    found = getattr(getattr(stats, name), method)(lib.from_numpy(x), *SHAPES[name], *place)
    assert found.dtype == lib.float64
    # logarithms near 0 are more exact than those of older SciPy; test_tails has them against mpmath
    smallest = 1e-15 if method in ("logcdf", "logsf") else 1e-300
    assert found.numpy() == pytest.approx(wanted, rel=1e-12, abs=smallest, nan_ok=True)
    frozen = getattr(stats, name)(*SHAPES[name], *place)
    assert getattr(frozen, method)(x).numpy().tobytes() == found.numpy().tobytes()


@pytest.mark.parametrize("method", CONTINUOUS)
@pytest.mark.parametrize("name", SHAPES)
def test_derivatives(lib, stats, name, method):
    function = getattr(getattr(stats, name), method)
    x = f64(lib, [[0.25], [0.4], [0.6], [0.9]], requires_grad=True)
    shapes = [f64(lib, [v, v + 0.4], requires_grad=True) for v in SHAPES[name]]
    loc, scale = (f64(lib, v, requires_grad=True) for v in (0.2, 1.7))
    every = (x, *shapes, loc, scale)
    if name in NO_SHAPES and "pdf" not in method:
        given = [p.detach() for p in shapes]
        for k, argument in enumerate(NO_SHAPES[name]):
            with pytest.raises(NotImplementedError, match=rf"{name}\.\w+ by {argument} is not implemented"):
                lib.autograd.grad(function(*every).sum(), shapes[k])
        assert lib.autograd.grad(function(*every).sum(), x)[0].isfinite().all()
        every = (x, loc, scale)

        def checked(x, loc, scale):
            return function(x, *given, loc, scale)

    else:
        checked = function
    assert lib.autograd.gradcheck(checked, every)
    assert lib.autograd.gradgradcheck(checked, every)


@pytest.mark.parametrize("method", CONTINUOUS)
@pytest.mark.parametrize("name", SHAPES)
def test_outside_the_support_and_at_infinity(lib, stats, name, method):
    low, high = getattr(st, name).support(*SHAPES[name])
    outside = f64(lib, [-np.inf if low == -np.inf else low - 2, np.inf if high == np.inf else high + 2])
    x = outside.requires_grad_()
    shapes = [f64(lib, v, requires_grad="pdf" in method) for v in SHAPES[name]]
    scale = f64(lib, 1.0, requires_grad=True)
    y = getattr(getattr(stats, name), method)(x, *shapes, 0, scale)
    ends = {"pdf": (0, 0), "cdf": (0, 1), "sf": (1, 0)}
    with np.errstate(divide="ignore"):
        wanted = np.log(ends[method[3:]]) if method.startswith("log") else np.array(ends[method])
    assert y.tolist() == wanted.tolist()
    y.sum().backward()
    for v in (x, scale, *(shapes if "pdf" in method else ())):
        assert not v.grad.any(), v.grad


def test_edges_of_the_support(lib, stats):
    def slope(function, at):
        x = f64(lib, at, requires_grad=True)
        return lib.autograd.grad(function(x), x)[0].item()

    assert slope(lambda x: stats.gamma.logpdf(x, 1.0), 0.0) == -1
    assert slope(lambda x: stats.gamma.pdf(x, 2.0), 0.0) == 1
    assert slope(lambda x: stats.gamma.pdf(x, 3.0), 0.0) == 0
    assert slope(lambda x: stats.gamma.logcdf(x, 3.0), 0.0) == np.inf
    assert slope(lambda x: stats.beta.pdf(x, 2.0, 3.0), 0.0) == 12
    assert slope(lambda x: stats.beta.pdf(x, 2.0, 2.0), 1.0) == -6
    assert slope(lambda x: stats.beta.logpdf(x, 1.0, 2.0), 0.0) == -1
    assert slope(lambda x: stats.expon.logpdf(x), 0.0) == -1
    assert slope(lambda x: stats.expon.cdf(x), 0.0) == 1
    assert slope(lambda x: stats.laplace.cdf(x), 0.0) == 0.5
    assert slope(lambda mu: stats.poisson.logpmf(0, mu), 0.0) == -1
    assert [slope(lambda mu, k=k: stats.poisson.pmf(k, mu), 0.0) for k in (0, 1, 2)] == [-1, 1, 0]


@pytest.mark.parametrize(
    ("name", "curvature"), [("norm", -1), ("logistic", -0.5), ("t", -4.5 / 3.5), ("laplace", 0)]
)
def test_curvature_at_the_middle(lib, stats, name, curvature):
    """Where a formula with an absolute value would have none."""
    x = f64(lib, 0.0, requires_grad=True)
    (first,) = lib.autograd.grad(getattr(stats, name).logpdf(x, *SHAPES[name]), x, create_graph=True)
    second = lib.autograd.grad(first, x, allow_unused=True, materialize_grads=True)[0]
    assert second.item() == pytest.approx(curvature, rel=1e-14)


@pytest.mark.parametrize("method", DISCRETE)
def test_poisson(lib, stats, method):
    k = np.array([-1, 0, 1, 2.5, 4, 12])
    function, reference = getattr(stats.poisson, method), getattr(st.poisson, method)
    for mu in (0.0, 0.6, 3.7, 25.0):
        assert function(k, mu).numpy() == pytest.approx(reference(k, mu), rel=1e-12, abs=3e-16)
        assert function(k, mu, 1).numpy() == pytest.approx(reference(k, mu, 1), rel=1e-12, abs=3e-16)
    mu = f64(lib, [0.6, 3.7], requires_grad=True)
    whole = np.array([[0], [1], [4]])
    assert lib.autograd.gradcheck(lambda mu: function(whole, mu), (mu,))
    assert lib.autograd.gradgradcheck(lambda mu: function(whole, mu), (mu,))
    assert function(lib.tensor([3]), mu).dtype == lib.float64
    x = f64(lib, [3.0], requires_grad=True)
    y = function(x, mu)
    assert lib.autograd.grad(y.sum(), mu, retain_graph=True)[0].isfinite().all()
    with pytest.raises(NotImplementedError, match=r"poisson.* by k and loc is not implemented"):
        y.sum().backward()


def log_betainc(a, b, x):
    return mpmath.log(mpmath.betainc(a, b, 0, x, regularized=True))


def log_gammainc(a, x, upper=False):
    ends = (x, mpmath.inf) if upper else (0, x)
    return mpmath.log(mpmath.gammainc(a, *ends, regularized=True))


def t_logpdf(x, df):
    half = mpmath.mpf(df) / 2
    constant = mpmath.loggamma(half + 0.5) - mpmath.loggamma(half) - mpmath.log(df * mpmath.pi) / 2
    return constant - (half + 0.5) * mpmath.log(1 + mpmath.mpf(x) ** 2 / df)


def t_logcdf(x, df):
    df, square = mpmath.mpf(df), mpmath.mpf(x) ** 2
    return log_betainc(df / 2, 0.5, df / (df + square)) - mpmath.log(2)


TAILS = {
    ("norm", "logcdf"): (lambda x: mpmath.log(mpmath.ncdf(x)), [(-38,), (-200.0,), (1.0,), (9.0,)]),
    ("norm", "logsf"): (lambda x: mpmath.log(mpmath.ncdf(-x)), [(-9.0,), (1e4,)]),
    ("t", "logpdf"): (t_logpdf, [(1e200, 3.0), (-1e160, 5.0), (3.0, 1e9), (1e-5, 2.0)]),
    ("t", "logcdf"): (t_logcdf, [(-1e200, 3.0), (-1e5, 80.0), (-60.0, 500.0), (-5.0, 4.0)]),
    ("gamma", "logcdf"): (lambda x, a: log_gammainc(a, x), [(1e-200, 300.0), (0.5, 300.0), (30.0, 250.0)]),
    ("gamma", "logsf"): (
        lambda x, a: log_gammainc(a, x, upper=True),
        [(800.0, 3.0), (2000.0, 300.0), (1e5, 0.5), (0.1, 4.0)],
    ),
    ("beta", "logcdf"): (lambda x, a, b: log_betainc(a, b, x), [(1e-200, 3.0, 2.0), (0.01, 500.0, 4.0)]),
    ("beta", "logsf"): (lambda x, a, b: log_betainc(b, a, 1 - mpmath.mpf(x)), [(0.99, 4.0, 500.0)]),
    ("expon", "logcdf"): (lambda x: mpmath.log(-mpmath.expm1(-x)), [(1e-300,), (0.5,), (30.0,), (700.0,)]),
    ("logistic", "logcdf"): (lambda x: -mpmath.log(1 + mpmath.exp(-x)), [(-800.0,), (40.0,)]),
    ("logistic", "logpdf"): (
        lambda x: -x - 2 * mpmath.log(1 + mpmath.exp(-x)),
        [(-800.0,), (800.0,), (0.1,)],
    ),
    ("laplace", "logcdf"): (lambda x: mpmath.log(1 - mpmath.exp(-x) / 2), [(40.0,), (1.0,)]),
    ("poisson", "logcdf"): (
        lambda k, mu: log_gammainc(k + 1, mu, upper=True),
        [(3.0, 900.0), (300.0, 2000.0), (30.0, 3.7)],
    ),
    ("poisson", "logsf"): (lambda k, mu: log_gammainc(k + 1, mu), [(300.0, 1.0), (2.0, 40.0)]),
    ("poisson", "logpmf"): (
        lambda k, mu: k * mpmath.log(mu) - mu - mpmath.loggamma(k + 1),
        [(500.0, 1e-3), (0.0, 800.0)],
    ),
}


@pytest.mark.parametrize(("name", "method"), TAILS)
def test_tails_and_their_slopes(lib, stats, name, method):
    """The slope by x, for poisson by mu, is compared with mpmath's differences of the exact logarithm."""
    exact, points = TAILS[name, method]
    function, by = getattr(getattr(stats, name), method), 1 if name == "poisson" else 0
    for point in points:
        args = [f64(lib, v) for v in point]
        args[by].requires_grad_()
        y = function(*args)
        (slope,) = lib.autograd.grad(y, args[by])
        with mpmath.workdps(60):
            # a difference over a step that is small for a double, and not for 60 digits
            step = abs(mpmath.mpf(point[by])) * mpmath.mpf(10) ** -25
            moved = [
                [mpmath.mpf(v) + (sign * step if i == by else 0) for i, v in enumerate(point)]
                for sign in (-1, 0, 1)
            ]
            below, here, above = (exact(*values) for values in moved)
            wanted = (above - below) / (2 * step)
        assert y.item() == pytest.approx(float(here), rel=1e-12), point
        assert slope.item() == pytest.approx(float(wanted), rel=1e-9), point


def gamma_logpdf(x, a):
    return (a - 1) * mpmath.log(x) - x - mpmath.loggamma(a)


def beta_logpdf(x, a, b):
    constant = mpmath.loggamma(a) + mpmath.loggamma(b) - mpmath.loggamma(a + b)
    return (a - 1) * mpmath.log(x) + (b - 1) * mpmath.log(1 - mpmath.mpf(x)) - constant


LARGE = [
    ("gamma", "logpdf", gamma_logpdf, (3.0, 16.0)),
    ("gamma", "logpdf", gamma_logpdf, (1e-200, 17.0)),
    ("gamma", "logpdf", gamma_logpdf, (900.0, 1e3)),
    ("gamma", "logpdf", gamma_logpdf, (1.001e6, 1e6)),
    ("gamma", "logpdf", gamma_logpdf, (1e9 + 3e4, 1e9)),
    ("beta", "logpdf", beta_logpdf, (0.4, 20.0, 30.0)),
    ("beta", "logpdf", beta_logpdf, (0.3333, 1e6, 2e6)),
    ("beta", "logpdf", beta_logpdf, (6e-7, 50.0, 1e8)),
    ("poisson", "logpmf", lambda k, mu: gamma_logpdf(mu, k + 1), (1_000_000.0, 1.002e6)),
    ("t", "logpdf", t_logpdf, (0.7, 32.0)),
    ("t", "logpdf", t_logpdf, (-3.0, 1e4)),
]


@pytest.mark.parametrize(("name", "method", "exact", "point"), LARGE)
def test_large_parameters(lib, stats, name, method, exact, point):
    """Where terms of the formulas cancel by many digits, which SciPy loses; with the derivatives by all."""
    args = [f64(lib, v, requires_grad=True) for v in point]
    if name == "poisson":
        args[0].requires_grad_(False)
    y = getattr(getattr(stats, name), method)(*args)
    with mpmath.workdps(60):
        exactly = [mpmath.mpf(v) for v in point]
        assert y.item() == pytest.approx(float(exact(*exactly)), rel=1e-12)
        for i, v in enumerate(args):
            if v.requires_grad:

                def along(t, i=i):
                    return exact(*(t if i == k else other for k, other in enumerate(exactly)))

                (slope,) = lib.autograd.grad(y, v, retain_graph=True)
                step = exactly[i] * mpmath.mpf(10) ** -20
                wanted = (along(exactly[i] + step) - along(exactly[i] - step)) / (2 * step)
                assert slope.item() == pytest.approx(float(wanted), rel=1e-10)


def test_both_formulas_in_one_array(lib, stats):
    x = f64(lib, [0.0, 0.5, 15.0, 20.0, np.inf], requires_grad=True)
    a = f64(lib, [[1.0], [15.0], [20.0]], requires_grad=True)
    y = stats.gamma.logpdf(x, a).detach().numpy()
    wanted = st.gamma.logpdf(x.detach().numpy()[:-1], a.detach().numpy())
    assert y[:, :-1] == pytest.approx(wanted, rel=1e-13)
    assert (y[:, -1] == -np.inf).all()
    inner = f64(lib, [0.5, 15.0, 20.0], requires_grad=True)
    assert lib.autograd.gradgradcheck(stats.gamma.logpdf, (inner, a))
    b = f64(lib, [[3.0], [18.0]], requires_grad=True)
    shares = f64(lib, [0.2, 0.7], requires_grad=True)
    assert lib.autograd.gradgradcheck(lambda x, b: stats.beta.logpdf(x, 17.0, b), (shares, b))


def test_infinite_degrees_of_freedom(lib, stats):
    x = f64(lib, [-2.0, 0.5], requires_grad=True)
    for method in ("logpdf", "cdf", "logcdf"):
        y = getattr(stats.t, method)(x, [np.inf, 4.0])
        normal = getattr(stats.norm, method)(x)
        assert y[0].item() == pytest.approx(normal[0].item(), rel=1e-14)
        slopes = [lib.autograd.grad(v[0], x)[0][0].item() for v in (y, normal)]
        assert slopes[0] == pytest.approx(slopes[1], rel=1e-12)


def test_parameters_out_of_bounds_give_nan(lib, stats):
    scale = f64(lib, [-1.0, 2.0, 0.0], requires_grad=True)
    for name, shapes in SHAPES.items():
        for method in ("logpdf", "cdf"):
            y = getattr(getattr(stats, name), method)(f64(lib, 0.3), *shapes, 0, scale)
            assert y.isnan().tolist() == [True, False, True]
            (slope,) = lib.autograd.grad(y.sum(), scale)
            assert slope.isnan().tolist() == [True, False, True]
    assert stats.gamma.logpdf(1.0, [-1.0, 2.0]).isnan().tolist() == [True, False]
    assert stats.poisson.pmf(1, -1.0).isnan()


def test_arguments(lib, stats):
    by_name = stats.gamma.logpdf(1.3, a=2.0, scale=3.0, loc=0.5)
    assert by_name.item() == pytest.approx(st.gamma.logpdf(1.3, a=2, scale=3, loc=0.5))
    assert (by_name.dtype, by_name.shape) == (lib.float64, ())
    single = lib.tensor([0.5, 1.0])
    assert stats.norm.logpdf(single, 0.0, 2.0).dtype == lib.float32
    assert stats.norm.logpdf(single, np.zeros(2)).dtype == lib.float64
    assert stats.norm.logpdf([[0.0], [1.0]], [0.0, 1, 2]).shape == (2, 3)
    for call, what in [
        (lambda: stats.norm.pdf(0.0, sigma=1), "norm takes the parameters loc, scale; got not 'sigma'"),
        (lambda: stats.gamma.pdf(0.0), "gamma takes the parameters a, loc, scale; got no 'a'"),
        (lambda: stats.gamma(2.0, a=1.0), "gamma takes the parameters a, loc, scale; got not 'a'"),
        (lambda: stats.poisson.pmf(0, 1.0, 0, 1), "poisson takes the parameters mu, loc; got 3 of them"),
        (lambda: stats.norm.pdf("x"), "real, not str"),
    ]:
        with pytest.raises(TypeError, match=what):
            call()
    with pytest.raises(AttributeError, match="a frozen norm has no method 'entropy'"):
        stats.norm(0.0, 1.0).entropy()


def test_fitted_by_maximum_likelihood(lib, stats):
    """What it is for: SciPy's fit, by its own optimiser without derivatives, finds the same."""
    data = np.random.default_rng(3).gamma(2.5, 1.7, 200)

    def loss(p):
        return -stats.gamma.logpdf(data, p[0].exp(), scale=p[1].exp()).sum()

    found = lib.scipy.optimize.minimize(loss, [0.0, 0.0], method="trust-exact")
    a, _, scale = st.gamma.fit(data, floc=0)
    assert np.exp(found.x) == pytest.approx([a, scale], rel=1e-4)


def test_scales_at_the_edge_of_the_support(lib, stats):
    """A density that is infinite at 0 stays there for any scale: by it the slope is that of the rest."""
    x, step = np.array([0.0, 1.0]), 1e-6
    for f in (
        lambda s: stats.gamma.logsf(x, 0.5, scale=s).sum(),
        lambda s: stats.gamma.cdf(x, 0.5, scale=s).sum(),
        lambda s: stats.beta.sf(x, 0.5, 2.0, scale=s).sum(),
    ):
        assert lib.func.grad(f)(2.0) == pytest.approx(((f(2.0 + step) - f(2.0 - step)) / (2 * step)).item())
    mixed = lib.func.hessian(lambda p: stats.expon.cdf(p[0], 0.0, p[1]))(np.array([0.0, 2.0]))
    assert mixed == pytest.approx(np.array([[-0.25, -0.25], [-0.25, 0.0]]))


def test_logarithms_deep_in_tails_of_many_degrees_of_freedom(lib, stats):
    # by mpmath, 40 digits
    assert stats.t.logcdf(-60.0, 1e7).item() == pytest.approx(-1804.6894584769148, rel=1e-12)
    assert stats.t.logsf(60.0, 1e3).item() == pytest.approx(-767.2789337230812, rel=1e-12)
