"""tapegrad.scipy.signal, linalg and integrate: values as SciPy's, derivatives by finite differences; and what
is said where SciPy's own functions are given Variables."""

import math

import numpy as np
import pytest
import scipy.integrate
import scipy.linalg
import scipy.signal
import scipy.special
import scipy.stats

pytestmark = pytest.mark.own("by SciPy's names and arguments")

RANDOM = np.random.default_rng(7)
POSITIVE = (lambda r: r @ r.T + np.eye(4))(RANDOM.normal(size=(4, 4)))
SQUARE = RANDOM.normal(size=(4, 4))


def variable(lib, values):
    return lib.tensor(np.array(values), dtype=lib.float64, requires_grad=True)


def check(lib, function, *arrays):
    inputs = [variable(lib, a) for a in arrays]
    assert lib.autograd.gradcheck(function, inputs)
    assert lib.autograd.gradgradcheck(function, inputs)


# --- signal


@pytest.mark.parametrize("name", ["convolve", "correlate", "fftconvolve"])
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize(
    "shapes", [((5,), (3,)), ((3,), (6,)), ((4, 3), (2, 3)), ((4, 5), (1, 2)), ((2, 2), (3, 4)), ((), ())]
)
def test_convolution(lib, name, mode, shapes):
    arrays = [RANDOM.normal(size=shape) for shape in shapes]
    ours, theirs = getattr(lib.scipy.signal, name), getattr(scipy.signal, name)
    found, wanted = ours(*arrays, mode=mode), theirs(*arrays, mode=mode)
    assert found.shape == np.shape(wanted)
    assert found.numpy() == pytest.approx(wanted, rel=1e-12, abs=1e-12)
    check(lib, lambda x, y: ours(x, y, mode), *arrays)


@pytest.mark.parametrize("method", ["direct", "fft", "auto"])
def test_convolution_methods(lib, method):
    x, y = RANDOM.normal(size=300).astype("float32"), RANDOM.normal(size=40).astype("float32")
    found = lib.scipy.signal.convolve(lib.tensor(x), y, method=method)
    assert found.dtype == lib.float32
    assert found.numpy() == pytest.approx(np.convolve(x, y), abs=1e-4)


def test_convolution_of_nothing_and_errors(lib):
    convolve = lib.scipy.signal.convolve
    assert convolve([], [1.0]).shape == scipy.signal.fftconvolve([], [1.0]).shape
    for in1, in2, mode in [
        ([[1.0]], [1.0], "full"),
        ([1.0], [1.0], "some"),
        (np.eye(3), np.ones((2, 4)), "valid"),
    ]:
        for either in (convolve, scipy.signal.convolve):
            with pytest.raises(ValueError, match=r"dimension|mode|at least as large"):
                either(in1, in2, mode)


# --- linalg


@pytest.mark.parametrize("matrix", [POSITIVE, np.array([[3.0, 1], [0, 2]]), np.array([[2.0]])])
def test_square_root(lib, matrix):
    assert lib.scipy.linalg.sqrtm(matrix).numpy() == pytest.approx(scipy.linalg.sqrtm(matrix), rel=1e-12)
    check(lib, lib.scipy.linalg.sqrtm, matrix)


def test_square_root_that_is_not_real(lib):
    with pytest.raises(ValueError, match="no real square root"):
        lib.scipy.linalg.sqrtm(-np.eye(2))
    with pytest.raises(ValueError, match="must be a square matrix"):
        lib.scipy.linalg.sqrtm(np.ones((2, 3)))


def test_exponential(lib):
    assert lib.scipy.linalg.expm(SQUARE).numpy() == pytest.approx(scipy.linalg.expm(SQUARE), rel=1e-10)
    check(lib, lib.scipy.linalg.expm, SQUARE / 4)


def test_sylvester(lib):
    a, b, q = POSITIVE, SQUARE[:3, :3], RANDOM.normal(size=(4, 3))
    found = lib.scipy.linalg.solve_sylvester(a, b, q)
    assert found.numpy() == pytest.approx(scipy.linalg.solve_sylvester(a, b, q), rel=1e-12)
    check(lib, lib.scipy.linalg.solve_sylvester, a, b, q)
    with pytest.raises(ValueError, match=r"q must have shape \(4, 3\)"):
        lib.scipy.linalg.solve_sylvester(a, b, q.T)


@pytest.mark.parametrize("unit", [False, True])
@pytest.mark.parametrize("trans", [0, "N", 1, "T", 2])
@pytest.mark.parametrize("lower", [False, True])
@pytest.mark.parametrize("columns", [(), (2,)])
def test_triangular(lib, lower, trans, unit, columns):
    b = RANDOM.normal(size=(4, *columns))
    found = lib.scipy.linalg.solve_triangular(POSITIVE, b, trans, lower, unit)
    assert found.numpy() == pytest.approx(
        scipy.linalg.solve_triangular(POSITIVE, b, trans, lower, unit), rel=1e-9
    )
    check(lib, lambda a, b: lib.scipy.linalg.solve_triangular(a, b, trans, lower, unit), POSITIVE, b)


def test_triangular_with_a_zero(lib):
    with pytest.raises(lib.linalg.LinAlgError, match="singular"):
        lib.scipy.linalg.solve_triangular(np.diag([1.0, 0.0]), [1.0, 1.0])


@pytest.mark.parametrize("lower", [False, True])
def test_cholesky(lib, lower):
    b = RANDOM.normal(size=(4, 2))
    ours = lib.scipy.linalg
    assert ours.cholesky(POSITIVE, lower).numpy() == pytest.approx(
        scipy.linalg.cholesky(POSITIVE, lower), rel=1e-12
    )
    wanted = scipy.linalg.cho_solve(scipy.linalg.cho_factor(POSITIVE, lower), b)
    assert ours.cho_solve(ours.cho_factor(POSITIVE, lower), b).numpy() == pytest.approx(wanted, rel=1e-12)

    def solved(r, b):
        return ours.cho_solve(ours.cho_factor(r @ r.mT + lib.eye(4, dtype=lib.float64), lower), b)

    check(lib, solved, SQUARE, b)


@pytest.mark.parametrize("l_and_u", [(1, 1), (2, 1), (0, 2), (0, 0), (3, 3)])
@pytest.mark.parametrize("columns", [(), (2,)])
def test_banded(lib, l_and_u, columns):
    ab = RANDOM.normal(size=(sum(l_and_u) + 1, 4))
    ab[l_and_u[1]] += 4
    b = RANDOM.normal(size=(4, *columns))
    found = lib.scipy.linalg.solve_banded(l_and_u, ab, b)
    assert found.numpy() == pytest.approx(scipy.linalg.solve_banded(l_and_u, ab, b), rel=1e-10)
    check(lib, lambda ab, b: lib.scipy.linalg.solve_banded(l_and_u, ab, b), ab, b)


def test_banded_without_a_row(lib):
    with pytest.raises(ValueError, match="must have 3 rows"):
        lib.scipy.linalg.solve_banded((1, 1), np.ones((2, 4)), np.ones(4))


# --- integrate

TIMES = np.array([0.0, 0.4, 1.0])
ODE = {"rtol": 1e-11, "atol": 1e-11}


def swing(y, t, p, q=0.1):
    """A pendulum that is pushed."""
    return [y[1], -p * np.sin(y[0]) - q * y[1] + t * t]


def test_ode(lib):
    start = [0.5, -0.2]
    found = lib.scipy.integrate.odeint(swing, start, TIMES, (1.5, 0.2), **ODE)
    assert found.dtype == lib.float64
    wanted = scipy.integrate.odeint(swing, start, TIMES, (1.5, 0.2), **ODE)
    assert found.numpy() == pytest.approx(wanted, rel=1e-12)
    first = lib.scipy.integrate.odeint(lambda t, y, p: swing(y, t, p), start, TIMES, 1.5, tfirst=True, **ODE)
    assert first.numpy() == pytest.approx(
        scipy.integrate.odeint(swing, start, TIMES, (1.5,), **ODE), rel=1e-12
    )
    alone = lib.scipy.integrate.odeint(lambda y, t: -y, 2.0, TIMES, **ODE)
    assert alone.numpy()[:, 0] == pytest.approx(2 * np.exp(-TIMES), rel=1e-9)


def test_gradients_of_an_ode(lib):
    def solution(y0, t, p, q):
        return lib.scipy.integrate.odeint(swing, y0, t, (p, q), **ODE)

    check(lib, solution, [0.5, -0.2], TIMES, 1.5, 0.2)
    check(lib, lambda y0, t, p, q: solution(y0, t.flip(0), p, q)[1:], [0.5, -0.2], TIMES, 1.5, 0.2)


def test_arguments_of_an_ode(lib):
    """A tree, of which what is no floating point number is passed on as it is."""

    def rate(y, t, p, power):
        assert type(power) is int
        return p["a"] @ y + p["b"][0] ** power

    def solution(a, b):
        return lib.scipy.integrate.odeint(rate, [1.0, 2.0, 0.5], [0.0, 0.7], ({"a": a, "b": [b]}, 2), **ODE)

    check(lib, solution, SQUARE[:3, :3], [0.3, 0.2, 0.1])
    a = variable(lib, [[-1.0]])  # the other argument wants no gradient
    lib.scipy.integrate.odeint(rate, [1.0], [0.0, 0.7], ({"a": a, "b": [0.0]}, 2)).sum().backward()
    assert a.grad.item() == pytest.approx(0.7 * math.exp(-0.7), rel=1e-6)


def test_no_gradient_of_an_ode_is_lost(lib):
    p = variable(lib, 1.5)
    with pytest.raises(RuntimeError, match="Give it in args"):
        lib.scipy.integrate.odeint(lambda y, t: -p * y, [1.0], TIMES)
    with lib.no_grad():
        found = lib.scipy.integrate.odeint(lambda y, t: -p * y, [1.0], TIMES)
    assert found.numpy()[:, 0] == pytest.approx(np.exp(-1.5 * TIMES), rel=1e-6)


def test_errors_of_an_ode(lib):
    odeint = lib.scipy.integrate.odeint
    with pytest.raises(TypeError, match="does not take Dfun"):
        odeint(swing, [0.0, 1.0], TIMES, (1.0,), Dfun=None)
    with pytest.raises(ValueError, match="y0 must be a vector"):
        odeint(swing, np.eye(2), TIMES, (1.0,))
    with pytest.raises(ValueError, match="func must give 1 numbers"):
        odeint(lambda y, t: [1.0, 2.0], [0.0], TIMES)


# --- what SciPy's own functions say


@pytest.mark.parametrize(
    ("function", "instead"),
    [
        (
            scipy.stats.norm.logpdf,
            "scipy.stats.norm.logpdf computes .*: use tapegrad.scipy.stats.norm.logpdf",
        ),
        (scipy.stats.norm(0.0, 2.0).pdf, "use tapegrad.scipy.stats.norm.pdf"),
        (
            scipy.stats.multivariate_normal([0, 0]).logpdf,
            "use tapegrad.scipy.stats.multivariate_normal.logpdf",
        ),
        (lambda v: scipy.stats.multivariate_normal(v), "use tapegrad.scipy.stats.multivariate_normal$"),
        (scipy.special.logsumexp, "use tapegrad.scipy.special.logsumexp"),
        (lambda v: scipy.signal.convolve(v, v), "use tapegrad.scipy.signal.convolve"),
        (lambda v: scipy.linalg.sqrtm(v.diag()), "use tapegrad.scipy.linalg.sqrtm"),
        (lambda v: scipy.linalg.cho_factor(v.diag()), "use tapegrad.scipy.linalg.cho_factor"),
        (lambda v: scipy.linalg.inv(v.diag()), "use numpy.linalg.inv"),
        (lambda v: scipy.linalg.logm(v.diag()), r"scipy.linalg.logm computes .*tapegrad.autograd.Function"),
        (
            lambda v: scipy.integrate.odeint(lambda y, t: y, v, [0.0, 1.0]),
            "use tapegrad.scipy.integrate.odeint",
        ),
        (scipy.stats.zscore, "scipy.stats.zscore computes .* write it with NumPy's functions"),
        (lambda v: scipy.stats.weibull_min.pdf(v, 2.0), "scipy.stats.weibull_min.pdf computes .* write it"),
        (lambda v: np.array([v, v]), r"np.stack\(\[v, w\]\)"),
    ],
)
def test_what_to_use_instead(lib, function, instead):
    with pytest.raises(RuntimeError, match=f"^Can't call numpy.*; .*{instead}"):
        function(variable(lib, [1.0, 2.0]))
