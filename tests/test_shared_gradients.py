"""Gradients that are a saved value itself, as that of (x * y).sum() by x is y: no user may notice."""

import numpy as np
import pytest
from semantics import alarm, function_of, leaf

N = 70_000  # from 65,536 elements on such a gradient shares the value's memory while it is on its way


def numbers(seed, shape=(N,)):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


@pytest.fixture
def a():
    return numbers(1)


@pytest.fixture
def b():
    return numbers(2)


def same(got, expected):
    np.testing.assert_array_equal(got.detach().numpy(), expected)


def test_a_leafs_gradient_is_its_own(lib, a, b):
    x, y = leaf(lib, a), leaf(lib, b)
    (x * y).sum().backward()
    same(x.grad, b)
    same(y.grad, a)
    with lib.no_grad():
        x.grad.mul_(2)
        y.add_(1)
    same(x.grad, 2 * b)
    same(y, b + 1)
    same(y.grad, a)


def test_a_factor_that_nobody_else_holds(lib, a, b):
    x = leaf(lib, a)
    (x * (lib.tensor(b) + 0)).sum().backward()
    same(x.grad, b)
    assert x.grad._version == 0
    x.grad.add_(1)
    same(x.grad, b + 1)


def test_a_factor_that_is_a_view(lib, a, b):
    x, base = leaf(lib, a), lib.tensor(numbers(3, (2, N)))
    kept = base.detach().numpy().copy()
    (x * base[1]).sum().backward()
    x.grad.zero_()
    same(base, kept)


def test_the_graph_is_kept(lib, a, b):
    x, y = leaf(lib, a), leaf(lib, b)
    h = x * 2
    total = (h * y).sum()
    total.backward(retain_graph=True)
    x.grad.zero_()
    y.grad.zero_()
    total.backward()
    same(x.grad, 2 * b)
    same(y.grad, 2 * a)


def test_both_factors_are_one(lib, a):
    x = leaf(lib, a)
    (x * x).sum().backward()
    same(x.grad, 2 * a)
    same(x, a)


def test_many_products(lib, a, b):
    x, y = leaf(lib, a), leaf(lib, b)
    h = x.tanh()
    ((h * y).relu() * h + h * y - y * x).sum().backward()
    u, v = a.astype(np.float64), b.astype(np.float64)
    t = np.tanh(u)
    on = t * v > 0
    by_h = np.where(on, 2 * t * v, 0) + v
    np.testing.assert_allclose(x.grad.detach().numpy(), by_h * (1 - t * t) - v, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(y.grad.detach().numpy(), np.where(on, t * t, 0) + t - u, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("where", ["before", "after"])
def test_hooks_may_write(lib, a, b, where):
    """A hook's gradient is its own, whether it comes before the product in the graph or after it."""
    x, y = leaf(lib, a), leaf(lib, b)
    h = x * 1
    h.register_hook(lambda g: g.mul_(3))
    product = (h if where == "after" else h + 0) * y
    if where == "before":
        product.register_hook(lambda g: None)
    product.sum().backward()
    same(x.grad, 3 * b)
    same(y, b)


def test_a_function_of_ones_own_may_write(lib, a, b):
    doubles = function_of(lib, "Doubles", lambda ctx, x: x.clone(), lambda ctx, g: g.mul_(2))
    x, y = leaf(lib, a), leaf(lib, b)
    (doubles.apply(x) * y).sum().backward()
    same(x.grad, 2 * b)
    same(y, b)


def test_saved_values_that_are_unpacked_into_one_place(lib, a, b):
    place = lib.zeros(N)

    def unpack(kept):
        with lib.no_grad():
            return place.copy_(kept)

    x = leaf(lib, a)
    with lib.autograd.graph.saved_tensors_hooks(lambda t: t.detach().clone(), unpack):
        (x.tanh() * lib.tensor(b)).sum().backward()
    expected = b * (1 - np.tanh(a.astype(np.float64)) ** 2)
    np.testing.assert_allclose(x.grad.detach().numpy(), expected, rtol=1e-4, atol=1e-5)


def test_a_factor_that_is_a_gradient_which_grows(lib, a, b):
    """v's gradient waits while x's, its factor, is added to."""
    x, v = leaf(lib, a), leaf(lib, b)
    (x * 5).sum().backward()
    h = v.exp()
    total = (x * 3).sum()  # goes back before the exponential, and after the product
    (total + (h * x.grad).sum()).backward()
    same(x.grad, np.full(N, 8, np.float32))
    np.testing.assert_allclose(v.grad.detach().numpy(), 5 * np.exp(b.astype(np.float64)), rtol=1e-5)


def test_gradients_that_are_asked_for(lib, a, b):
    x, y = leaf(lib, a), leaf(lib, b)
    h = x * 2
    by_h, by_y = lib.autograd.grad((h * y).sum(), [h, y])
    by_h.zero_()
    by_y.zero_()
    same(y, b)
    same(h, 2 * a)


def test_retained_gradients(lib, a, b):
    x, y = leaf(lib, a), leaf(lib, b)
    h = x * 2
    h.retain_grad()
    (h * y).sum().backward()
    h.grad.zero_()
    same(x.grad, 2 * b)
    same(y, b)


def test_no_memory_is_made_for_them():
    import tapegrad as tg

    tg.empty_cache()
    x, y = tg.tensor(numbers(1), requires_grad=True), tg.tensor(numbers(2))
    total = ((x * 2) * y).sum()
    before = tg.memory_stats()["live_bytes"]
    tg.reset_peak_memory_stats()
    total.backward()
    assert tg.memory_stats()["peak_bytes"] - before < 1.5 * N * 4  # the gradient of x alone


def test_a_signals_handler_that_writes(a):
    """It runs between nodes, where PyTorch's would wait; a gradient that is lost is an error."""
    import tapegrad as tg

    n = 1_000_000
    x, y = tg.tensor(np.resize(a, n), requires_grad=True), tg.tensor(np.resize(a, n))
    c = x.detach().requires_grad_()
    u, later = x.exp(), c
    for _ in range(150):  # goes back between the product and the exponential
        later = later.sin()
    total = (u * y).sum() + later.sum()
    with (
        alarm(0.03, lambda: y.zero_()),
        pytest.raises(RuntimeError, match="modified by an inplace operation"),
    ):
        total.backward()


def test_a_part_of_a_larger_array(lib, a):
    x = leaf(lib, a)
    base = lib.tensor(numbers(3, (50, N)))
    (x * base[1]).sum().backward()
    assert x.grad.storage_offset() == 0
