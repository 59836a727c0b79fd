"""Products of an array with its own transpose: half is computed, and the result is symmetric to the bit."""

import numpy as np
import pytest
from semantics import leaf

SHAPES = [(63, 40), (64, 32), (65, 33), (130, 70), (300, 64), (500, 33), (767, 40), (800, 50), (1300, 40)]


def numbers(shape, dtype=np.float64):
    return np.random.default_rng(0).standard_normal(shape).astype(dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", SHAPES)
def test_both_orders(lib, shape, dtype):
    a = numbers(shape, dtype)
    x, turned = lib.tensor(a), lib.tensor(a.T.copy())
    rtol = 1e-12 if dtype == np.float64 else 2e-4
    for got in (x @ x.T, turned.T @ turned):
        np.testing.assert_allclose(got.numpy(), a.astype(np.float64) @ a.T, rtol=rtol, atol=100 * rtol)


@pytest.mark.parametrize("shape", SHAPES[1:])
def test_the_result_is_symmetric(shape):
    import tapegrad as tg

    for x in (tg.tensor(numbers(shape)), tg.tensor(numbers(shape[::-1])).T):
        got = (x @ x.T).numpy()
        np.testing.assert_array_equal(got, got.T)


def test_batches_and_parts(lib):
    a = numbers((3, 90, 80))
    x = lib.tensor(a)
    np.testing.assert_allclose((x @ x.mT).numpy(), a @ a.transpose(0, 2, 1), rtol=1e-10, atol=1e-10)
    part = x[:, 10:80, ::2]
    np.testing.assert_allclose(
        (part @ part.mT).numpy(), a[:, 10:80, ::2] @ a[:, 10:80, ::2].transpose(0, 2, 1), atol=1e-10
    )
    part = x[1, 3:]
    np.testing.assert_allclose((part @ part.T).numpy(), a[1, 3:] @ a[1, 3:].T, atol=1e-10)
    wide = lib.tensor(numbers((100, 200)))  # one memory, but not one matrix
    left, right = wide[:, :100], wide.T[100:]
    np.testing.assert_allclose(
        (left @ right).numpy(), wide.numpy()[:, :100] @ wide.numpy()[:, 100:].T, atol=1e-10
    )
    rest = wide[:64, :64] @ wide[:64, :64]
    np.testing.assert_allclose(rest.numpy(), wide.numpy()[:64, :64] @ wide.numpy()[:64, :64], atol=1e-10)


def test_gradients(lib):
    a, w = numbers((70, 50)), numbers((70, 70))
    x = leaf(lib, a)
    ((x @ x.T) * lib.tensor(w)).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), (w + w.T) @ a, rtol=1e-10, atol=1e-10)


def test_values_that_are_not_finite(lib):
    a = numbers((80, 40))
    a[3, 5], a[70, 2] = np.nan, np.inf
    got = (lib.tensor(a) @ lib.tensor(a).T).numpy()
    x = lib.tensor(a)
    np.testing.assert_array_equal(np.isfinite((x @ x.T).numpy()), np.isfinite(got))
