"""Results do not depend on the number of threads, to the last bit."""

from functools import partial

import numpy as np
import pytest

SHAPES = [(3_000_001,), (3, 700_001), (700_001, 3), (1500, 1501), (70, 300, 90)]
REDUCTIONS = {
    "sum": lambda lib, x, dim: x.sum(dim),
    "mean": lambda lib, x, dim: x.mean(dim),
    "prod": lambda lib, x, dim: (1 + x / 1e6).prod() if dim is None else (1 + x / 1e6).prod(dim),
    "nansum": lambda lib, x, dim: lib.nansum(x, dim),
    "logsumexp": lambda lib, x, dim: x.logsumexp(tuple(range(x.ndim)) if dim is None else dim),
    "var": lambda lib, x, dim: x.var(dim),
    "norm": lambda lib, x, dim: x.norm(2, dim),
    "norm of order 3": lambda lib, x, dim: x.norm(3, dim),
}


@pytest.fixture
def threads(lib):
    before = lib.get_num_threads()
    yield lib.set_num_threads
    lib.set_num_threads(before)


def on_threads(threads, compute, counts=(1, 2, 3)):
    """What compute() gives on so many threads."""
    results = []
    for count in counts:
        threads(count)
        results.append(compute())
    return results


@pytest.mark.own("PyTorch cuts its work by the number of threads")
@pytest.mark.parametrize("name", REDUCTIONS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_reductions_are_the_same_for_any_number_of_threads(lib, threads, name, dtype):
    reduce = REDUCTIONS[name]
    for shape in SHAPES:
        x = lib.tensor(np.random.RandomState(0).standard_normal(shape).astype(dtype) + 1)
        for operand in (x, x.transpose(0, -1)):
            for dim in (None, *range(len(shape))):
                results = [
                    r.numpy().tobytes() for r in on_threads(threads, partial(reduce, lib, operand, dim))
                ]
                assert results[0] == results[1] == results[2], (shape, dim)


@pytest.mark.own("PyTorch cuts its work by the number of threads")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_long_products_of_vectors(lib, threads, dtype):
    x, y = np.random.RandomState(0).standard_normal((2, 400_003)).astype(dtype)
    for step in (1, 3):
        product = partial(lib.dot, lib.tensor(x)[::step], lib.tensor(y)[::step])
        results = [r.item() for r in on_threads(threads, product)]
        assert results[0] == results[1] == results[2]
        exact = np.dot(x[::step].astype(np.longdouble), y[::step].astype(np.longdouble))
        assert abs(results[0] - float(exact)) < (0.05 if dtype == "float32" else 1e-9)


def test_the_best_of_one_long_row(lib, threads):
    """Threads look at parts of it; among equals the first counts, and the first NaN wins."""
    x = np.random.RandomState(0).randint(0, 1000, 200_001).astype(np.float32)
    nans = x.copy()
    nans[[70_000, 150_000]] = np.nan
    for count in (1, 2, 3):
        threads(count)
        for values in (x, x.astype(np.int16), nans):
            assert lib.argmax(lib.tensor(values)).item() == np.argmax(values)
            assert lib.argmin(lib.tensor(values)).item() == np.argmin(values)


@pytest.mark.own("PyTorch cuts its work by the number of threads")
@pytest.mark.parametrize("columns", [31, 33, 130, 200])
def test_many_right_hand_sides(lib, threads, columns):
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 190, 190)) + 20 * np.eye(190), rng.standard_normal((2, 190, columns))
    x, sides = lib.tensor(a), lib.tensor(b)
    lower = lib.tensor(np.tril(a))
    solutions = {
        "solve": lambda: lib.linalg.solve(x, sides),
        "of rows": lambda: lib.linalg.solve(x, sides.mT, left=False),
        "triangular": lambda: lib.linalg.solve_triangular(lower, sides, upper=False),
        "cholesky": lambda: lib.cholesky_solve(sides, lower),
    }
    expected = {
        "solve": np.linalg.solve(a, b),
        "of rows": np.linalg.solve(a.mT, b).mT,
        "triangular": np.linalg.solve(np.tril(a), b),
        "cholesky": np.linalg.solve(np.tril(a) @ np.tril(a).mT, b),
    }
    for name, solve in solutions.items():
        results = [r.numpy() for r in on_threads(threads, solve)]
        np.testing.assert_allclose(results[0], expected[name], rtol=1e-9, atol=1e-12, err_msg=name)
        for result in results[1:]:
            np.testing.assert_array_equal(result, results[0], err_msg=name)


@pytest.mark.own("PyTorch cuts its work by the number of threads")
def test_products_with_ones_own_transpose(lib, threads):
    x = lib.tensor(np.random.default_rng(0).standard_normal((700, 90)))
    results = on_threads(threads, lambda: (x @ x.T).numpy())
    for result in results[1:]:
        np.testing.assert_array_equal(result, results[0])


@pytest.mark.own("PyTorch cuts its work by the number of threads")
def test_deferred_gradients(lib, threads):
    values = np.random.default_rng(1).standard_normal(300_001).astype(np.float32)

    def gradient():
        x = lib.tensor(values, requires_grad=True)
        ((x.sin() * x).exp() / (x * x + 1) - x).sum().backward()
        return x.grad.numpy()

    results = on_threads(threads, gradient, (1, 2, 3, 5))
    for result in results[1:]:
        np.testing.assert_array_equal(result, results[0])


@pytest.mark.own("PyTorch cuts its work by the number of threads")
def test_factors_are_the_same_for_any_number_of_threads(lib, threads):
    a = lib.tensor(np.random.default_rng(2).standard_normal((700, 700)))
    square = a @ a.T + 700 * lib.eye(700, dtype=lib.float64)
    for factors in (
        lambda: lib.linalg.lu_factor(a).LU,
        lambda: lib.linalg.qr(a).Q,
        lambda: lib.linalg.cholesky(square),
        lambda: lib.ormqr(*lib.geqrf(a), square),
    ):
        results = on_threads(threads, lambda f=factors: f().numpy())
        for result in results[1:]:
            np.testing.assert_array_equal(result, results[0])
