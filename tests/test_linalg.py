"""Linear algebra: what single samples of an op do not show."""

import numpy as np
import pytest


def test_error_class(lib):
    for error in (RuntimeError, lib.linalg.LinAlgError):
        with pytest.raises(error, match="diagonal element 2 is zero"):
            lib.linalg.inv(lib.tensor([[1.0, 0.0], [0.0, 0.0]]))


@pytest.mark.own("PyTorch's is no numpy.linalg.LinAlgError, and names no pivot in solve")
def test_error_is_numpys_too(lib):
    with pytest.raises(np.linalg.LinAlgError, match=r"\(Batch element 1\): .*pivot 2 is zero"):
        lib.linalg.solve(lib.tensor([[[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 0.0]]]), lib.zeros(2, 2, 1))


@pytest.mark.own("PyTorch's first derivative of a singular determinant is zero")
def test_determinant_of_singular_matrix(lib):
    x = lib.tensor([[1.0, 2.0], [2.0, 4.0]], requires_grad=True)
    (gradient,) = lib.autograd.grad(lib.linalg.det(x), x)
    np.testing.assert_allclose(gradient.numpy(), [[4, -2], [-2, 1]], atol=1e-5)


@pytest.mark.own("PyTorch divides by the difference of equal eigenvalues")
@pytest.mark.parametrize("decomposition", ["eigh", "svd"])
def test_degenerate_values(lib, decomposition):
    """exp(x) or x, put together from vectors of two equal values, in directions that do not mix these two."""
    x = lib.tensor(np.diag([2.0, 2.0, 3.0])).requires_grad_()
    if decomposition == "eigh":
        values, v = lib.linalg.eigh(x)
        y, same, apart = (v * values.exp()) @ v.mT, np.exp(2), np.exp(3) - np.exp(2)
    else:
        u, s, vh = lib.linalg.svd(x)
        y, same, apart = (u * s) @ vh, 1, 1
    direction = np.array([[1.0, 0.0, 4.0], [0.0, -3.0, 5.0], [4.0, 5.0, 0.0]])
    slopes = np.array([[same, same, apart], [same, same, apart], [apart, apart, 0]])
    (gradient,) = lib.autograd.grad(y, x, lib.tensor(direction))
    symmetric = (gradient + gradient.mT).numpy() / 2  # eigh reads one triangle
    np.testing.assert_allclose(symmetric, slopes * direction, atol=1e-12)


@pytest.mark.parametrize(
    ("call", "node"),
    [
        (lambda lib, x: lib.linalg.inv(x), "LinalgInvExBackward0"),
        (lambda lib, x: lib.linalg.solve(x, x), "LinalgSolveExBackward0"),
        (lambda lib, x: lib.linalg.cholesky(x), "LinalgCholeskyExBackward0"),
        (lambda lib, x: lib.linalg.det(x), "LinalgDetBackward0"),
        (lambda lib, x: lib.linalg.slogdet(x)[1], "LinalgSlogdetBackward0"),
        (lambda lib, x: lib.linalg.eigh(x)[0], "LinalgEighBackward0"),
        (lambda lib, x: lib.linalg.eigvalsh(x), "LinalgEighBackward0"),
        (lambda lib, x: lib.linalg.svd(x)[1], "LinalgSvdBackward0"),
        (lambda lib, x: lib.linalg.svdvals(x), "LinalgSvdBackward0"),
        (lambda lib, x: lib.linalg.qr(x)[0], "LinalgQrBackward0"),
        (lambda lib, x: lib.linalg.pinv(x), "LinalgPinvBackward0"),
        (lambda lib, x: lib.linalg.lu(x)[1], "LinalgLuBackward0"),
        (lambda lib, x: lib.linalg.lu_factor(x)[0], "LinalgLuFactorExBackward0"),
        (lambda lib, x: x.lu()[0], "LinalgLuFactorExBackward0"),
        (lambda lib, x: lib.linalg.lu_solve(*lib.linalg.lu_factor(x), x), "LinalgLuSolveBackward0"),
        (lambda lib, x: lib.lu_unpack(*lib.linalg.lu_factor(x))[1], "LuUnpackBackward0"),
        (lambda lib, x: lib.linalg.householder_product(x, x[0]), "LinalgHouseholderProductBackward0"),
        (lambda lib, x: x.ormqr(x[0], x), "OrmqrBackward0"),
        (lambda lib, x: x.geqrf()[0], "GeqrfBackward0"),
        (lambda lib, x: x.qr()[0], "LinalgQrBackward0"),
        (lambda lib, x: x.svd()[1], "LinalgSvdBackward0"),
        (lambda lib, x: x.cholesky_solve(x), "CholeskySolveBackward0"),
        (lambda lib, x: x.cholesky_inverse(), "CholeskyInverseBackward0"),
        (lambda lib, x: x.triangular_solve(x)[0], "TriangularSolveBackward0"),
        (lambda lib, x: x.matrix_exp(), "LinalgMatrixExpBackward0"),
        (lambda lib, x: lib.linalg.lstsq(x, x)[0], "LinalgLstsqBackward0"),
        (lambda lib, x: lib.cdist(x, x), "CdistBackward0"),
    ],
)
def test_node_names(lib, call, node):
    x = lib.eye(2).requires_grad_()
    assert call(lib, x).grad_fn.name() == node


def test_geqrf_has_no_derivative(lib):
    """As PyTorch's, which says so when it is asked for one."""
    x = lib.eye(2).requires_grad_()
    with pytest.raises(NotImplementedError, match="the derivative for 'geqrf' is not implemented"):
        lib.geqrf(x)[0].sum().backward()


def test_reflectors_of_geqrf(lib):
    """They make the Q of a QR factorisation, which ormqr() multiplies with, or its transpose."""
    x = lib.tensor(np.random.RandomState(0).standard_normal((5, 3)))
    packed, tau = lib.geqrf(x)
    q = lib.linalg.householder_product(packed, tau)
    np.testing.assert_allclose((q @ packed[:3].triu()).numpy(), x.numpy(), atol=1e-14)
    np.testing.assert_allclose(
        packed.ormqr(tau, x, transpose=True)[:3].numpy(), packed[:3].triu().numpy(), atol=1e-14
    )


@pytest.mark.own("PyTorch's vander() fails in its own backward")
def test_derivative_of_older_vander(lib):
    x = lib.tensor([2.0, -3.0], requires_grad=True)
    (gradient,) = lib.autograd.grad(lib.vander(x, 4).sum(), x)
    assert gradient.tolist() == [1 + 4 + 12, 1 - 6 + 27]


@pytest.mark.parametrize("upper", [False, True])
def test_gradient_of_a_factor(lib, upper):
    """That of a product L L^T (or U^T U), also in the triangle that is not read."""
    values = np.array([[1.0, 2.0], [3.0, 4.0]])
    factor = np.triu(values) if upper else np.tril(values)
    x = lib.tensor(values, requires_grad=True)
    inverse = np.linalg.inv(factor.T @ factor if upper else factor @ factor.T)
    both = 2 * inverse @ np.ones((2, 2)) @ inverse
    for y in (lib.cholesky_inverse(x, upper), lib.cholesky_solve(lib.ones(2, 1).double(), x, upper)):
        (gradient,) = lib.autograd.grad(y.sum(), x)
        np.testing.assert_allclose(gradient.numpy(), -(values @ both if upper else both @ values), rtol=1e-12)


def test_solve_reuses_its_factors(lib):
    """The gradient without and with a graph is the same; the second goes through a new factorisation."""
    g = np.random.RandomState(0)
    a = lib.tensor(g.standard_normal((4, 3, 3))).requires_grad_()
    for shape in ((4, 3, 2), (4, 3)):
        b = lib.tensor(g.standard_normal(shape)).requires_grad_()
        y = lib.linalg.solve(a, b)
        plain = lib.autograd.grad(y.sum(), (a, b), retain_graph=True)
        recorded = lib.autograd.grad(y.sum(), (a, b), create_graph=True)
        for one, other in zip(plain, recorded, strict=True):
            np.testing.assert_allclose(one.numpy(), other.detach().numpy(), rtol=1e-10)


def test_exponential_of_large_matrices(lib):
    """Of symmetric ones, against eigenvalues; through BLAS, and with many squarings."""
    g = np.random.RandomState(0)
    for scale in (0.01, 0.1, 1, 10):
        a = g.standard_normal((3, 20, 20)) * scale
        a = a + a.swapaxes(-1, -2)
        values, v = np.linalg.eigh(a)
        expected = (v * np.exp(values)[:, None]) @ v.swapaxes(-1, -2)
        np.testing.assert_allclose(
            lib.linalg.matrix_exp(lib.tensor(a)).numpy(), expected, atol=1e-11 * abs(expected).max()
        )


@pytest.mark.own("PyTorch's second derivative of a singular determinant is NaN")
@pytest.mark.parametrize(
    "diagonal", [[0, 0], [0, 0, 0], [1, 0, 0], [1, 2, 0], [2, 2, 0], [1, 1, 0, 0], [1, 2, 3]], ids=str
)
def test_second_derivative_of_determinant(lib, diagonal):
    """Of any rank, against finite differences of the gradient, which is the matrix of cofactors."""
    g = np.random.RandomState(0)
    n = len(diagonal)
    q = np.linalg.qr(g.standard_normal((2, n, n)))[0]
    value, direction, weights = q[0] * diagonal @ q[1].T, g.standard_normal((n, n)), g.standard_normal((n, n))

    def gradient(a, **kwargs):
        x = lib.tensor(a).requires_grad_()
        return x, lib.autograd.grad(lib.linalg.det(x), x, **kwargs)[0]

    x, first = gradient(value, create_graph=True)
    (second,) = lib.autograd.grad(first, x, lib.tensor(weights))
    ahead, behind = (gradient(value + step * direction)[1].numpy() for step in (1e-5, -1e-5))
    slope = ((ahead - behind) / 2e-5 * weights).sum()
    np.testing.assert_allclose((second.numpy() * direction).sum(), slope, rtol=1e-6, atol=1e-7)


@pytest.mark.own("PyTorch divides by the difference of equal singular values")
def test_polar_factor_at_equal_singular_values(lib):
    """U V^T turns with U and V against each other, which equal values do not hide."""
    g = np.random.RandomState(0)
    q = np.linalg.qr(g.standard_normal((3, 3)))[0]
    direction, weights = g.standard_normal((2, 3, 3))

    def polar(a):
        u, _, vh = np.linalg.svd(a)
        return u @ vh

    for scales in ([2, 2, 2], [2, 2, 5]):
        value = q * scales
        x = lib.tensor(value).requires_grad_()
        u, _, vh = lib.linalg.svd(x)
        (gradient,) = lib.autograd.grad(u @ vh, x, lib.tensor(weights))
        slope = ((polar(value + 1e-6 * direction) - polar(value - 1e-6 * direction)) / 2e-6 * weights).sum()
        np.testing.assert_allclose((gradient.numpy() * direction).sum(), slope, rtol=1e-7)


@pytest.mark.own("PyTorch divides by the difference of equal eigenvalues")
def test_projection_on_the_space_of_equal_eigenvalues(lib):
    """A function of that space, not of the vectors in it: its derivative is there in every direction."""
    g = np.random.RandomState(0)
    q = np.linalg.qr(g.standard_normal((4, 4)))[0]
    value = q * [1.0, 1.0, 1.0, 3.0] @ q.T
    direction, weights = (m + m.T for m in g.standard_normal((2, 4, 4)))

    def projection(a):
        v = np.linalg.eigh(a)[1][:, :3]
        return v @ v.T

    x = lib.tensor(value).requires_grad_()
    v = lib.linalg.eigh(x)[1][:, :3]
    (gradient,) = lib.autograd.grad(v @ v.mT, x, lib.tensor(weights))
    slope = (
        (projection(value + 1e-6 * direction) - projection(value - 1e-6 * direction)) / 2e-6 * weights
    ).sum()
    np.testing.assert_allclose((gradient.numpy() * direction).sum(), slope, rtol=1e-7)


@pytest.mark.own("PyTorch divides by the difference of equal eigenvalues")
def test_what_equal_eigenvalues_lack(lib):
    """V exp(L) V^T has the derivative of matrix_exp(), but for equal values the diagonal alone."""
    value = lib.tensor(np.diag([1.0, 1.0, 2.0]))
    weights = np.random.RandomState(0).standard_normal((3, 3))
    weights = lib.tensor(weights + weights.T)
    gradients = []
    for exponential in (
        lib.linalg.matrix_exp,
        lambda x: (lambda e: e[1] * e[0].exp() @ e[1].mT)(lib.linalg.eigh(x)),
    ):
        x = value.clone().requires_grad_()
        (gradient,) = lib.autograd.grad(exponential(x), x, weights)
        gradients.append(((gradient + gradient.mT) / 2).numpy())
    exact, ours = gradients
    lacking = np.zeros((3, 3))
    lacking[0, 1] = lacking[1, 0] = np.e * weights[0, 1].item()
    np.testing.assert_allclose(exact - ours, lacking, atol=1e-12)


@pytest.mark.parametrize("p", [0.5, 1, 1.5, 2, 3, np.inf])
def test_distance_zero_has_gradient_zero(lib, p):
    x = lib.zeros(2, 3).requires_grad_()
    lib.cdist(x, lib.zeros(1, 3), p).sum().backward()
    assert x.grad.tolist() == [[0, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize("p", [0, 1, 2, 3, np.inf])
@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (32, 3), (70, 300)])
def test_distances_between_many_rows(lib, p, rows, columns):
    rng = np.random.default_rng(0)
    values, others = rng.standard_normal((2, 5, columns)), rng.standard_normal((2, rows, columns))
    x = lib.tensor(values, requires_grad=True)
    distances = lib.cdist(x, lib.tensor(others), p, compute_mode="donot_use_mm_for_euclid_dist")
    weights = rng.standard_normal((2, 5, rows))
    distances.backward(lib.tensor(weights))
    differences = values[:, :, None] - others[:, None]
    expected = np.linalg.norm(differences, p, axis=-1)
    np.testing.assert_allclose(distances.detach().numpy(), expected, rtol=1e-12)
    sizes = np.abs(differences)
    slopes = {
        0: lambda: 0 * sizes,
        np.inf: lambda: (sizes == expected[..., None]) * 1.0,
    }.get(p, lambda: (sizes / expected[..., None]) ** (p - 1))
    gradient = np.sum(weights[..., None] * np.sign(differences) * slopes(), axis=2)
    np.testing.assert_allclose(x.grad.numpy(), gradient, rtol=1e-10, atol=1e-12)


def test_distances_keep_nan(lib):
    x = lib.tensor([[np.nan, 1.0]], requires_grad=True)
    distances = lib.cdist(x, lib.zeros(3, 2), 1.0)
    distances.sum().backward()
    assert np.isnan(distances.detach().numpy()).all()
    assert np.isnan(x.grad[0, 0].item())
    assert x.grad[0, 1] == 3


@pytest.mark.parametrize("rows", [25, 26])
def test_distances_by_product(lib, rows):
    """For more than 25 rows, unless told otherwise."""
    x = lib.ones(rows, 2).requires_grad_()
    modes = "use_mm_for_euclid_dist_if_necessary", "use_mm_for_euclid_dist", "donot_use_mm_for_euclid_dist"
    nodes = [lib.cdist(x, x, compute_mode=mode).grad_fn for mode in modes]
    by_product = ["Cdist" not in node.name() for node in nodes]
    assert by_product == [rows > 25, True, False]


@pytest.mark.own("some of PyTorch's drivers crash")
@pytest.mark.parametrize("driver", ["gels", "gelsy", "gelsd", "gelss"])
def test_least_squares_of_nothing(lib, driver):
    """No right hand side, no columns, no rows."""
    for a, b, shape in (((4, 2), (4, 0), (2, 0)), ((4, 0), (4, 3), (0, 3)), ((0, 2), (0, 3), (2, 3))):
        found = lib.linalg.lstsq(lib.ones(a) + lib.eye(*a), lib.ones(b), driver=driver)
        assert found.solution.shape == shape
        assert (found.solution == 0).all()


@pytest.mark.own("PyTorch says that it has a bug")
@pytest.mark.parametrize("driver", ["gels", "gelsy", "gelsd", "gelss"])
def test_least_squares_of_nan(lib, driver):
    a = lib.ones(2, 3, 2) + lib.eye(3, 2)
    a[1, 0, 0] = np.nan
    with pytest.raises(np.linalg.LinAlgError, match=r"Batch element 1.*non-finite"):
        lib.linalg.lstsq(a, lib.ones(2, 3, 1), driver=driver)


@pytest.mark.own("PyTorch writes into what its own backward needs")
@pytest.mark.parametrize("p", [1, -1, np.inf, -np.inf, "fro"])
def test_derivative_of_condition_number(lib, p):
    value, direction = np.array([[2.0, 1.0], [0.5, 4.0]]), np.array([[0.3, -1.0], [2.0, 0.7]])
    x = lib.tensor(value).requires_grad_()
    (gradient,) = lib.autograd.grad(lib.linalg.cond(x, p), x)
    ahead, behind = (np.linalg.cond(value + step * direction, p) for step in (1e-6, -1e-6))
    np.testing.assert_allclose((gradient.numpy() * direction).sum(), (ahead - behind) / 2e-6, rtol=1e-7)


def test_gradient_by_a_symmetric_matrix_is_symmetric(lib):
    """As PyTorch's, of vectors too, and of second order."""
    g = np.random.RandomState(0)
    x = g.standard_normal((4, 4))
    a, other = lib.tensor(x + x.T, requires_grad=True), lib.tensor(g.standard_normal((4, 4)))
    values, vectors = lib.linalg.eigh(a)
    (first,) = lib.autograd.grad((vectors.abs() * other).sum() + (values**3).sum(), a, create_graph=True)
    (second,) = lib.autograd.grad((first * other).sum(), a)
    for gradient in (first.detach(), second):
        np.testing.assert_allclose(gradient.numpy(), gradient.mT.numpy(), atol=1e-12)


def test_lu_with_infos_is_named(lib):
    found = lib.lu(lib.eye(2), get_infos=True)
    assert found.info is found[2]
    assert found.pivots.tolist() == [1, 2]
    assert found.LU.tolist() == [[1, 0], [0, 1]]


@pytest.mark.own("PyTorch's backward crashes")
@pytest.mark.parametrize(("shape", "pairs"), [((1, 3), 0), ((0, 2), 0), ((3, 0), 3)])
def test_distances_of_few_rows(lib, shape, pairs):
    x = lib.zeros(*shape, requires_grad=True)
    distances = lib.pdist(x)
    distances.sum().backward()
    assert distances.shape == (pairs,)
    assert x.grad.shape == shape
