"""Factorisations of matrices that are large enough to be worked out in blocks by several threads."""

import numpy as np
import pytest

SHAPES = [(520, 520), (900, 515), (515, 900), (1030, 1030)]
TOLERANCE = {"float64": 1e-12, "float32": 2e-4}


@pytest.fixture(params=TOLERANCE)
def dtype(request):
    return request.param


def matrix(shape, dtype):
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype(dtype)


def close(found, expected, dtype):
    np.testing.assert_allclose(found, expected, rtol=0, atol=TOLERANCE[dtype])


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_lu(lib, shape, dtype):
    a = matrix(shape, dtype)
    order, lower, upper = (part.numpy() for part in lib.linalg.lu(lib.tensor(a)))
    close(order @ lower @ upper, a, dtype)
    assert abs(lower).max() == 1
    np.testing.assert_array_equal(lower, np.tril(lower))
    np.testing.assert_array_equal(upper, np.triu(upper))
    if shape[0] == shape[1]:
        sign, logarithm = lib.linalg.slogdet(lib.tensor(a))
        expected = np.linalg.slogdet(a.astype(float))
        assert sign.item() == expected[0]
        assert logarithm.item() == pytest.approx(expected[1], rel=1e-5)


@pytest.mark.parametrize("mode", ["reduced", "complete"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_qr(lib, shape, mode, dtype):
    a = matrix(shape, dtype)
    q, r = (part.numpy() for part in lib.linalg.qr(lib.tensor(a), mode=mode))
    close(q @ r, a, dtype)
    close(q.T @ q, np.eye(q.shape[1]), dtype)
    np.testing.assert_array_equal(r, np.triu(r))
    close(abs(r), abs(np.linalg.qr(a, mode)[1]), dtype)


@pytest.mark.parametrize("n", [520, 1030])
def test_cholesky(lib, n, dtype):
    a = matrix((n, n), dtype)
    square = a @ a.T / n + np.eye(n, dtype=dtype)
    close(lib.linalg.cholesky(lib.tensor(square)).numpy(), np.linalg.cholesky(square), dtype)
    close(lib.linalg.inv(lib.tensor(square)).numpy() @ square, np.eye(n), dtype)


@pytest.mark.parametrize("at", [0, 300, 519, 900])
def test_where_a_factorisation_fails(lib, at):
    """The number of the leading minor or pivot, counted from 1, in whichever block it is."""
    diagonal = np.ones(1000)
    diagonal[at:] = 0
    assert lib.linalg.cholesky_ex(lib.tensor(np.diag(diagonal))).info == at + 1
    assert lib.linalg.inv_ex(lib.tensor(np.diag(diagonal))).info == at + 1
    diagonal[at] = np.nan
    assert lib.linalg.cholesky_ex(lib.tensor(np.diag(diagonal))).info == at + 1


def test_gradients_of_a_solution(lib):
    a, b = matrix((520, 520), "float64") + 60 * np.eye(520), matrix((520, 90), "float64")
    x, y = lib.tensor(a, requires_grad=True), lib.tensor(b, requires_grad=True)
    lib.linalg.solve(x, y).sum().backward()
    by_b = np.linalg.solve(a.T, np.ones_like(b))
    close(y.grad.numpy(), by_b, "float64")
    close(x.grad.numpy(), -by_b @ np.linalg.solve(a, b).T, "float64")


@pytest.mark.parametrize("n", [257, 300, 700])
def test_inverse(lib, n, dtype):
    # Rows are swapped.
    a = matrix((n, n), dtype) + 3 * np.sqrt(n).astype(dtype) * np.eye(n, dtype=dtype)[::-1]
    found = lib.linalg.inv(lib.tensor(a)).numpy()
    close(found @ a, np.eye(n), dtype)
    close(a @ found, np.eye(n), dtype)


@pytest.mark.parametrize("sides", [1, 7, 8, 130])
@pytest.mark.parametrize("n", [33, 65, 200])
def test_solutions(lib, n, sides, dtype):
    """Triangles in halves, from either side, transposed, with ones or numbers on the diagonal."""
    a, b = matrix((n, n), dtype) / n, matrix((n, sides), dtype)
    full = a + np.eye(n, dtype=dtype)[::-1]
    x, y = lib.tensor(full), lib.tensor(b)
    factors, swaps = lib.linalg.lu_factor(x)
    close(full @ lib.linalg.lu_solve(factors, swaps, y).numpy(), b, dtype)
    close(full.T @ lib.linalg.lu_solve(factors, swaps, y, adjoint=True).numpy(), b, dtype)
    close(lib.linalg.lu_solve(factors, swaps, y.mT, left=False).numpy() @ full, b.T, dtype)
    square = a @ a.T + np.eye(n, dtype=dtype)
    lower = lib.linalg.cholesky(lib.tensor(square))
    close(square @ lib.cholesky_solve(y, lower).numpy(), b, dtype)
    close(square @ lib.cholesky_solve(y, lower.mT, upper=True).numpy(), b, dtype)
    for upper in (False, True):
        for ones in (False, True):
            triangle = np.triu(a) if upper else np.tril(a)
            np.fill_diagonal(triangle, 1 if ones else 1 + np.diag(triangle))
            given = lib.tensor(triangle if not ones else triangle + np.eye(n, dtype=dtype))
            options = {"upper": upper, "unitriangular": ones}
            close(triangle @ lib.linalg.solve_triangular(given, y, **options).numpy(), b, dtype)
            from_right = lib.linalg.solve_triangular(given, y.mT, left=False, **options).numpy()
            close(from_right @ triangle, b.T, dtype)
