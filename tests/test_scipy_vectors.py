"""tapegrad.scipy.stats: multivariate_normal and dirichlet."""

import numpy as np
import pytest

st = pytest.importorskip("scipy.stats")
pytestmark = pytest.mark.own("by SciPy's names and arguments")

ROOT = np.array([[1.0, 0.0, 0.0], [0.4, 0.9, 0.0], [-0.3, 0.2, 0.8]])
COVARIANCE = ROOT @ ROOT.T
MEAN = np.array([0.3, -0.2, 1.0])
POINTS = np.array([[0.1, 0.2, 0.3], [1.5, -0.4, 0.6]])


@pytest.fixture
def stats(lib):
    return lib.scipy.stats


def f64(lib, values, **options):
    return lib.tensor(values, dtype=lib.float64, **options)


@pytest.mark.parametrize("method", ["logpdf", "pdf"])
@pytest.mark.parametrize(
    ("x", "mean", "cov"),
    [
        (POINTS, MEAN, COVARIANCE),
        (POINTS[0], MEAN, COVARIANCE),
        (POINTS.reshape(2, 1, 3), None, COVARIANCE),
        (POINTS, MEAN, np.array([0.5, 1.0, 2.0])),
        (POINTS, MEAN, 2.5),
        (np.linspace(-1, 1, 5), 0.5, 2.0),
        (0.7, None, 1),
        (POINTS, np.zeros(3), np.diag([1.0, 2.0, 0.0])),
        (POINTS * [1, 1, 0], np.zeros(3), np.diag([1.0, 2.0, 0.0])),
    ],
)
def test_normal_values(stats, method, x, mean, cov):
    singular = np.ndim(cov) == 2 and np.linalg.matrix_rank(cov) < 3
    wanted = getattr(st.multivariate_normal, method)(x, mean, cov, singular)
    found = getattr(stats.multivariate_normal, method)(x, mean, cov, singular)
    assert found.shape == np.shape(wanted)
    assert found.numpy() == pytest.approx(wanted, rel=1e-12)
    frozen = stats.multivariate_normal(mean, cov, allow_singular=singular)
    assert getattr(frozen, method)(x).numpy() == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize(("mean", "cov"), [(MEAN, COVARIANCE), (None, COVARIANCE), (None, 2.5), (0.3, 2.0)])
def test_normal_entropy(lib, stats, mean, cov):
    wanted = pytest.approx(st.multivariate_normal.entropy(mean, cov), rel=1e-13)
    assert stats.multivariate_normal.entropy(mean, cov).item() == wanted
    assert stats.multivariate_normal(mean, cov).entropy().item() == wanted
    root = f64(lib, ROOT + 0.1, requires_grad=True)
    assert lib.autograd.gradcheck(lambda r: stats.multivariate_normal.entropy(cov=symmetric(r)), (root,))


@pytest.mark.parametrize("method", ["cdf", "logcdf", "logpdf", "pdf"])
def test_frozen_normal(stats, method):
    ours, theirs = stats.multivariate_normal(MEAN[:2], COVARIANCE[:2, :2]), st.multivariate_normal
    wanted = getattr(theirs(MEAN[:2], COVARIANCE[:2, :2]), method)(POINTS[:, :2])
    assert getattr(ours, method)(POINTS[:, :2]).numpy() == pytest.approx(wanted, rel=1e-8)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("multivariate_normal", (MEAN, COVARIANCE)),
        ("dirichlet", ([1.0, 2.0, 3.0],)),
        ("norm", (1.0, 2.0)),
        ("gamma", (1.5,)),
        ("poisson", (3.0,)),
    ],
)
def test_random_variates(lib, stats, name, parameters):
    ours, theirs = getattr(stats, name), getattr(st, name)
    wanted = theirs.rvs(*parameters, size=5, random_state=1)
    assert np.array_equal(ours.rvs(*parameters, size=5, random_state=1), wanted)
    assert np.array_equal(ours(*parameters).rvs(size=5, random_state=1), wanted)
    variables = [f64(lib, p) for p in parameters]
    assert np.array_equal(ours.rvs(*variables, size=5, random_state=1), wanted)
    with pytest.raises(NotImplementedError, match=f"random variates of {name} have no derivative"):
        ours.rvs(*[v.requires_grad_() for v in variables])


def symmetric(root):
    return root @ root.mT


def test_normal_derivatives(lib, stats):
    x, mean, root = (f64(lib, v, requires_grad=True) for v in (POINTS, MEAN, ROOT + 0.1))

    def density(x, mean, root):
        return stats.multivariate_normal.logpdf(x, mean, symmetric(root))

    assert lib.autograd.gradcheck(density, (x, mean, root))
    assert lib.autograd.gradgradcheck(density, (x, mean, root))
    number = f64(lib, 1.5, requires_grad=True)
    assert lib.autograd.gradcheck(lambda c: stats.multivariate_normal.logpdf(POINTS, MEAN, c), (number,))
    diagonal = f64(lib, [1.5, 1.0, 2.0], requires_grad=True)
    assert lib.autograd.gradgradcheck(lambda c: stats.multivariate_normal.pdf(POINTS, MEAN, c), (diagonal,))


def test_singular_normal(lib, stats):
    cov = f64(lib, np.diag([1.0, 2.0, 0.0]), requires_grad=True)
    x = f64(lib, [[1.0, 2.0, 0.0], [1.0, 2.0, 3.0]], requires_grad=True)
    y = stats.multivariate_normal.logpdf(x, np.zeros(3), cov, allow_singular=True)
    (slope,) = lib.autograd.grad(y.sum(), x, retain_graph=True)
    assert slope.numpy() == pytest.approx(np.array([[-1, -1, 0], [0, 0, 0]]), abs=1e-15)
    with pytest.raises(NotImplementedError, match="by cov is not implemented"):
        y.sum().backward()
    with pytest.raises(lib.linalg.LinAlgError, match="positive definite, or allow_singular=True"):
        stats.multivariate_normal.logpdf(x, np.zeros(3), cov)
    with pytest.raises(ValueError, match="positive semidefinite"):
        stats.multivariate_normal.logpdf(x, np.zeros(3), np.diag([1.0, 1, -1]), allow_singular=True)


def test_normal_distribution_function_of_two(lib, stats):
    x, mean = f64(lib, POINTS[:, :2], requires_grad=True), f64(lib, MEAN[:2], requires_grad=True)
    root = f64(lib, ROOT[:2, :2] + 0.1, requires_grad=True)

    def below(x, mean, root):
        return stats.multivariate_normal.cdf(x, mean, symmetric(root))

    wanted = st.multivariate_normal.cdf(POINTS[:, :2], MEAN[:2], symmetric(root.detach()).numpy())
    assert below(x, mean, root).detach().numpy() == pytest.approx(wanted, rel=1e-9)
    assert lib.autograd.gradcheck(below, (x, mean, root))
    assert lib.autograd.gradgradcheck(below, (x, mean, root), atol=1e-4)
    logarithm = stats.multivariate_normal.logcdf(x, mean, symmetric(root))
    assert logarithm.exp().detach().numpy() == pytest.approx(wanted, rel=1e-9)
    deep = f64(lib, [-40.0], requires_grad=True)
    assert lib.autograd.gradcheck(lambda x: stats.multivariate_normal.logcdf(x), (deep,))


def test_normal_distribution_function_of_three(lib, stats):
    """At 0 it is known: an eighth, and a share of each correlation's arc sine."""
    r = f64(lib, [0.3, -0.2, 0.5], requires_grad=True)
    one = lib.ones((), dtype=lib.float64)
    rows = [[one, r[0], r[1]], [r[0], one, r[2]], [r[1], r[2], one]]
    matrix = lib.stack([lib.stack(row) for row in rows])
    x = lib.zeros(3, dtype=lib.float64, requires_grad=True)
    y = stats.multivariate_normal.cdf(x, cov=matrix)
    known = 1 / 8 + r.asin().sum() / (4 * np.pi)
    assert y.item() == pytest.approx(known.item(), abs=1e-4)
    found, wanted = (lib.autograd.grad(v, r, retain_graph=True)[0].numpy() for v in (y, known))
    assert found == pytest.approx(wanted, rel=1e-9)
    (slope,) = lib.autograd.grad(y, x)
    given = [(r[2] - r[0] * r[1], 0, 1), (r[1] - r[0] * r[2], 0, 2), (r[0] - r[1] * r[2], 1, 2)]
    for k, (partial, i, j) in enumerate(given):
        rho = (partial / ((1 - r[i] ** 2) * (1 - r[j] ** 2)).sqrt()).item()
        two = 1 / 4 + np.arcsin(rho) / (2 * np.pi)  # of the other two, given the one
        assert slope[k].item() == pytest.approx(two / np.sqrt(2 * np.pi), rel=1e-9)


def test_normal_arguments(lib, stats):
    with pytest.raises(ValueError, match="x has 3 components along its last dimension, the distribution 2"):
        stats.multivariate_normal.logpdf(POINTS, np.zeros(2), np.eye(2))
    with pytest.raises(ValueError, match=r"mean has 3 components, and cov shape \(2, 2\)"):
        stats.multivariate_normal.logpdf(POINTS, MEAN, np.eye(2))
    with pytest.raises(ValueError, match="must be a square matrix"):
        stats.multivariate_normal.logpdf(POINTS, MEAN, np.ones((3, 2)))


ALPHA = np.array([0.6, 1.0, 2.5])
SIMPLEX = np.array([[0.2, 0.5], [0.3, 0.1], [0.5, 0.4]])


@pytest.mark.parametrize("method", ["logpdf", "pdf"])
@pytest.mark.parametrize("x", [SIMPLEX, SIMPLEX[:, 0], SIMPLEX[:2], SIMPLEX[:2, 0]])
def test_dirichlet_values(stats, method, x):
    wanted = getattr(st.dirichlet, method)(x, ALPHA)
    assert getattr(stats.dirichlet, method)(x, ALPHA).numpy() == pytest.approx(wanted, rel=1e-12)
    assert getattr(stats.dirichlet(ALPHA), method)(x).numpy() == pytest.approx(wanted, rel=1e-12)


def test_dirichlet_derivatives(lib, stats):
    # of two components, since points have to stay where they add up to 1
    x, alpha = f64(lib, SIMPLEX[:2], requires_grad=True), f64(lib, ALPHA, requires_grad=True)
    for function in (stats.dirichlet.logpdf, stats.dirichlet.pdf):
        assert lib.autograd.gradcheck(function, (x, alpha))
        assert lib.autograd.gradgradcheck(function, (x, alpha))
    edge = f64(lib, [0.0, 0.4, 0.6], requires_grad=True)
    (slope,) = lib.autograd.grad(stats.dirichlet.logpdf(edge, [1.0, 2.0, 3.0]), edge)
    assert slope.tolist() == pytest.approx([0, 1 / 0.4, 2 / 0.6])


def test_dirichlet_arguments(stats):
    for x, alpha, what in [
        (SIMPLEX, [1.0, -1, 2], "alpha must be a vector of positive numbers"),
        (SIMPLEX + 0.1, ALPHA, "x must lie in the simplex"),
        ([1.2, -0.1, -0.1], ALPHA, "x must lie in the simplex"),
        ([0.0, 0.5, 0.5], ALPHA, "infinite where x is 0 and alpha less than 1"),
        (np.ones(5) / 5, ALPHA, "must have 3 components along its first dimension"),
    ]:
        with pytest.raises(ValueError, match=what):
            stats.dirichlet.logpdf(x, alpha)
