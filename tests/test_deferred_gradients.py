"""Gradients that are computed when they are needed, several at once: nobody may tell but by the time."""

import numpy as np
import pytest
from semantics import alarm, function_of, leaf

N = 20_000  # from 16,384 elements on gradients are deferred


def numbers(seed, shape=(N,), dtype=np.float32):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def same(got, expected):
    np.testing.assert_array_equal(got.detach().numpy(), expected)


def close(got, expected):
    np.testing.assert_allclose(got.detach().numpy(), expected, rtol=2e-4, atol=1e-5)


def random_graph(lib, seed, leaves, steps):
    """Some elementwise functions of the leaves, and of what they give."""
    rng = np.random.default_rng(seed)
    unary = [
        lib.tanh,
        lib.sin,
        lib.exp,
        lambda v: -v,
        lambda v: v.relu(),
        lambda v: v.abs(),
        lambda v: v * 0.5,
    ]
    unary += [lambda v: v.sigmoid(), lambda v: v**2, lambda v: (v * v + 1).sqrt(), lambda v: v.clamp(-1, 1)]
    binary = [lambda v, w: v + w, lambda v, w: v - w, lambda v, w: v * w, lambda v, w: v / (w * w + 1)]
    binary += [lambda v, w: lib.sub(v, w, alpha=3), lambda v, w: lib.add(v, w, alpha=0.25), lib.maximum]
    values = list(leaves)
    for _ in range(steps):
        if rng.random() < 0.1 and values[-1].ndim == 2:  # something that needs its gradient as an array
            values.append(values[rng.integers(len(values))].flip(0))
        elif rng.random() < 0.4:
            values.append(unary[rng.integers(len(unary))](values[rng.integers(len(values))]).clamp(-3, 3))
        else:
            v, w = (values[rng.integers(len(values))] for _ in range(2))
            values.append(binary[rng.integers(len(binary))](v, w).clamp(-3, 3))
    total = values[-1].sum()
    for value in values[len(leaves) :: 3]:
        total = total + (value * 0.1).mean()
    return total


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_same_bits_as_one_by_one(lib, seed, dtype):
    """Anomaly mode looks at each gradient by itself."""
    shape = [(N,), (150, 120), (2, 75, 128)][seed % 3]

    def gradients(one_by_one):
        leaves = [leaf(lib, numbers(k, shape, dtype)) for k in range(3)]
        total = random_graph(lib, seed, leaves, 4 + 3 * seed)
        with lib.autograd.set_detect_anomaly(one_by_one, check_nan=False):
            total.backward()
        return [v.grad for v in leaves]

    for got, expected in zip(gradients(False), gradients(True), strict=True):
        assert (got is None) == (expected is None)
        if got is not None:
            same(got, expected.numpy())


@pytest.mark.parametrize("seed", range(5))
def test_gradients_that_are_asked_for(lib, seed):
    leaves = [leaf(lib, numbers(k)) for k in range(3)]
    inner = [v * 2 for v in leaves]
    total = random_graph(lib, seed, inner, 20)
    total.backward(retain_graph=True)
    asked = lib.autograd.grad(total, [*leaves, *inner], allow_unused=True)
    for v, got, inside in zip(leaves, asked[:3], asked[3:], strict=True):
        if got is not None:
            same(got, v.grad.numpy())
            same(got, 2 * inside.numpy())


def test_a_kept_graph_gives_the_same_again(lib):
    x, y = leaf(lib, numbers(1)), leaf(lib, numbers(2))
    total = random_graph(lib, 3, [x * y, x - y], 30)
    total.backward(retain_graph=True)
    first = [v.grad.numpy().copy() for v in (x, y)]
    x.grad = y.grad = None
    total.backward()
    same(x.grad, first[0])
    same(y.grad, first[1])


def test_a_result_that_two_others_need_at_different_times(lib):
    """The norm's gradient is needed first, in the memory of what the other reads."""
    a, b = numbers(1).astype(np.float64), numbers(2).astype(np.float64)
    x, y = leaf(lib, a), leaf(lib, b)
    ((x / (x * x).sum().sqrt()) * (y / (y * y).sum().sqrt())).sum().backward()
    p, q = np.linalg.norm(a), np.linalg.norm(b)
    close(x.grad * N, N * (b / p / q - a * (a @ b) / p**3 / q))
    close(y.grad * N, N * (a / p / q - b * (a @ b) / p / q**3))


def test_values_and_gradients_of_other_layouts(lib):
    u, v = numbers(1, (150, 120), np.float64), numbers(2, (120,), np.float64)
    x, y = leaf(lib, u), leaf(lib, v)
    (((x.T.exp() * x.T).T / (y * y + 1) + y).sin() * x).sum().backward()
    inner = np.exp(u) * u / (v * v + 1) + v
    close(x.grad, np.cos(inner) * u * np.exp(u) * (1 + u) / (v * v + 1) + np.sin(inner))
    slope = np.cos(inner) * u * (1 - np.exp(u) * u * 2 * v / (v * v + 1) ** 2)
    close(y.grad, slope.sum(0))


def test_a_small_cotangent_is_added_to_a_large_deferred_sum(lib):
    a = numbers(1, (4, N))
    x = leaf(lib, a)
    h = x * 2
    (h.logsumexp(1).sum() + (h.sin() * h).sum()).backward()
    u = 2 * a.astype(np.float64)
    weights = np.exp(u) / np.exp(u).sum(1, keepdims=True)
    close(x.grad, 2 * (weights + np.cos(u) * u + np.sin(u)))


def test_many_gradients_that_wait(lib):
    """More than a program has instructions."""
    leaves = [leaf(lib, numbers(k)) for k in range(40)]
    joined = lib.cat([v.sin() for v in leaves])
    (joined * joined).sum().backward()
    for k, v in enumerate(leaves):
        u = numbers(k).astype(np.float64)
        close(v.grad, 2 * np.sin(u) * np.cos(u))


# --- who might tell


def test_a_hook_that_writes_to_a_value_which_is_done_with(lib):
    """The product has gone back before the hook runs: it must have used the value of then."""
    x, y = leaf(lib, numbers(1)), lib.tensor(numbers(2))
    h = x.exp()

    def write(gradient):
        y.zero_()

    h.register_hook(write)
    (h * y).sum().backward()
    close(x.grad, np.exp(numbers(1).astype(np.float64)) * numbers(2))


def test_a_hook_that_writes_to_the_gradient_of_another_way(lib):
    x = leaf(lib, numbers(1))
    h, k = x.exp(), x.sin()
    k.register_hook(lambda g: g.zero_())
    (h * 3 + k * 3).sum().backward()
    close(x.grad, 3 * np.exp(numbers(1).astype(np.float64)))


def test_a_function_of_ones_own_that_writes_to_a_value(lib):
    y = lib.tensor(numbers(2))

    def backward(ctx, g):
        y.zero_()
        return g

    writes = function_of(lib, "Writes", lambda ctx, x: x.clone(), backward)
    x = leaf(lib, numbers(1))
    (writes.apply(x).exp() * y).sum().backward()
    close(x.grad, np.exp(numbers(1).astype(np.float64)) * numbers(2))


def test_a_value_that_is_a_gradient_which_grows(lib):
    x, v = leaf(lib, numbers(1)), leaf(lib, numbers(2))
    (x * 5).sum().backward()
    total = (x * 3).sum()  # goes back after the product, and before the exponential
    (total + (v.exp() * x.grad).sum()).backward()
    same(x.grad, np.full(N, 8, np.float32))
    close(v.grad, 5 * np.exp(numbers(2).astype(np.float64)))


def test_retained_gradients_and_hooks_see_theirs(lib):
    x = leaf(lib, numbers(1))
    seen = []
    h = x.sin()
    h.retain_grad()
    k = h * 2
    k.register_hook(lambda g: seen.append(g.clone()))
    (k.exp() * x).sum().backward()
    u = numbers(1).astype(np.float64)
    close(seen[0], np.exp(2 * np.sin(u)) * u)
    close(h.grad, 2 * np.exp(2 * np.sin(u)) * u)
    close(x.grad, 2 * np.exp(2 * np.sin(u)) * u * np.cos(u) + np.exp(2 * np.sin(u)))


def test_gradients_are_ones_own(lib):
    """Also where two leaves get the same one."""
    x, y = leaf(lib, numbers(1)), leaf(lib, numbers(2))
    (x + y).exp().sum().backward()
    with lib.no_grad():
        x.grad.zero_()
    close(y.grad, np.exp(numbers(1).astype(np.float64) + numbers(2)))


def test_gradients_of_another_dtype(lib):
    x, y = leaf(lib, numbers(1)), leaf(lib, numbers(2, dtype=np.float64))
    (x.sin() * 2 * y).sum().backward()
    assert (x.grad.dtype, y.grad.dtype) == (lib.float32, lib.float64)
    close(x.grad, 2 * np.cos(numbers(1).astype(np.float64)) * numbers(2, dtype=np.float64))


def test_another_backward_inside(lib):
    x, y = leaf(lib, numbers(1)), leaf(lib, numbers(2))
    inner = (y.sin() * y).sum()
    h = x * 3
    h.register_hook(lambda g: inner.backward())
    (h.exp() * x).sum().backward()
    u, v = numbers(1).astype(np.float64), numbers(2).astype(np.float64)
    np.testing.assert_allclose(x.grad.detach().numpy(), np.exp(3 * u) * (1 + 3 * u), rtol=1e-3, atol=1e-3)
    close(y.grad, np.cos(v) * v + np.sin(v))


def test_higher_derivatives(lib):
    x = leaf(lib, numbers(1, dtype=np.float64))
    (first,) = lib.autograd.grad((x.sin() * x).sum(), x, create_graph=True)
    (second,) = lib.autograd.grad(first.sum(), x)
    u = numbers(1, dtype=np.float64)
    close(second, 2 * np.cos(u) - u * np.sin(u))


# --- what it costs


def peak_of_backward(make_total):
    import tapegrad as tg

    total = make_total(tg)
    tg.empty_cache()
    before = tg.memory_stats()["live_bytes"]
    tg.reset_peak_memory_stats()
    total.backward()
    return tg.memory_stats()["peak_bytes"] - before


def chain(v, m):
    return ((v.exp() * 2).sin().tanh() * 3).sum()


def many_ways(v, m):
    return sum(((v * k) @ m).sum() for k in range(1, 40))


def many_ways_that_two_need(v, m):
    h = v * 1
    return sum(((h * h * k) @ m).sum() for k in range(1, 40))


def chain_that_waits(v, m):
    h = v * 1
    waiting = h
    for _ in range(15):
        waiting = waiting.sin()
    return (h.repeat(8, 1).cumsum(0) * 0.01).cumsum(0).sum() / 8 + waiting.sum()


@pytest.mark.parametrize(
    ("make", "arrays"),
    [(chain, 0.5), (many_ways, 6), (many_ways_that_two_need, 6), (chain_that_waits, 20)],
)
def test_little_memory_is_kept(make, arrays):
    """Beside what the graph has: the memory of what is needed no more is used, and few gradients wait."""
    x, w = numbers(1, (256, 256)), numbers(2, (256, 256))
    assert (
        peak_of_backward(lambda tg: make(tg.tensor(x, requires_grad=True), tg.tensor(w))) < arrays * x.nbytes
    )


def test_a_value_that_a_signals_handler_writes():
    """It runs between nodes; a gradient that would be computed from what it left is an error."""
    import tapegrad as tg

    x = tg.tensor(numbers(1, (1_000_000,)), requires_grad=True)
    y = tg.tensor(numbers(2, (1_000_000,)))
    other = tg.tensor(numbers(3, (1_000_000,)), requires_grad=True)
    h = x.exp()
    later = other
    for _ in range(150):  # goes back between the product and the exponential
        later = later.sin()
    total = (h * y * 0.5).sum() + later.sum()
    with (
        alarm(0.02, lambda: y.zero_()),
        pytest.raises(RuntimeError, match="modified by an inplace operation"),
    ):
        total.backward()


def test_a_signals_handler_that_turns_grad_mode_on():
    """From there on derivatives are operations, which need arrays."""
    import tapegrad as tg

    x = tg.tensor(numbers(1, (300_000,)), requires_grad=True)
    h = x
    for _ in range(200):
        h = h.sin()
    total = h.sum()
    with alarm(0.005, lambda: tg.set_grad_enabled(True)):
        total.backward()
    value = x.detach().double()
    slope = tg.ones_like(value)
    for _ in range(200):
        slope, value = slope * value.cos(), value.sin()
    np.testing.assert_allclose(x.grad.detach().numpy(), slope.numpy(), rtol=1e-3, atol=1e-6)


def test_a_hook_that_another_thread_registers():
    """It comes to a node that runs, while a derivative has given the interpreter's lock up."""
    import sys
    import threading
    import time

    import tapegrad as tg

    x, y = (tg.tensor(numbers(k, (1_000_000,)), requires_grad=True) for k in (1, 2))
    h, nodes = x * 1.0, []
    for k in range(12):
        h = h * (y * (1 + k * 0.01))
        nodes.append(h.grad_fn)
    total = h.sum()
    before, threads, started = sys.getswitchinterval(), tg.get_num_threads(), []

    def register():
        while not started:
            time.sleep(0)
        for node in nodes[::-1][6:10]:
            node.register_hook(lambda inputs, outputs: [float(g.sum().item()) for g in inputs] and None)

    thread = threading.Thread(target=register)
    try:
        sys.setswitchinterval(10)
        tg.set_num_threads(1)
        thread.start()
        time.sleep(0.05)
        started.append(True)
        total.backward()
    finally:
        sys.setswitchinterval(before)
        tg.set_num_threads(threads)
        thread.join()
    assert x.grad.shape == x.shape
