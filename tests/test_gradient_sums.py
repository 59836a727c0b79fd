"""Gradients added to what has arrived for the same input, and formulas that are computed at one go."""

import numpy as np
import pytest
from semantics import function_of, leaf

import tapegrad as tg

CURVES = {
    "tanh": lambda x: x.tanh(),
    "sigmoid": lambda x: x.sigmoid(),
    "relu": lambda x: x.relu(),
    "exp": lambda x: (0.1 * x).exp(),
    "sqrt": lambda x: (x * x + 1).sqrt(),
    "log": lambda x: (x * x + 1).log(),
    "reciprocal": lambda x: (x * x + 1).reciprocal(),
    "sin and cos": lambda x: x.sin() * x.cos(),
    "abs": lambda x: x.abs(),
    "square": lambda x: x**2,
    "quotient": lambda x: x / (x * x + 1),
    "negative": lambda x: -x,
    "atan": lambda x: x.atan(),
    "asinh": lambda x: x.asinh(),
    "logsumexp": lambda x: x.logsumexp(-1, keepdim=True) + x,
    "numbers alone": lambda x: 3 * (2 * x),
}
OTHER_ROUNDING = {"square", "logsumexp"}  # x * 2 or x ** 1 * 2; sums in the order of the gradient's strides
LAYOUTS = {
    "contiguous": lambda a: tg.tensor(a),
    "transposed": lambda a: tg.tensor(a.T.copy()).t(),
    "stepped": lambda a: tg.tensor(np.repeat(a, 2, axis=1))[:, ::2],
}


def gradient(f, x, create_graph):
    x = x.detach().requires_grad_()
    total = f(x).sum() + (x.sin() * f(x)).sum() + f(x).mean()
    (g,) = tg.autograd.grad(total, x, create_graph=create_graph)
    return g.detach().numpy()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", CURVES)
def test_one_formula_has_the_bits_of_its_operations(name, layout, dtype):
    for shape in ((3, 5), (40, 300)):  # one block, and several for threads to share
        x = LAYOUTS[layout](np.random.default_rng(0).standard_normal(shape).astype(dtype))
        at_once = gradient(CURVES[name], x, create_graph=False)
        by_operations = gradient(CURVES[name], x, create_graph=True)
        if name in OTHER_ROUNDING:
            np.testing.assert_allclose(at_once, by_operations, rtol=1e-5 if dtype == "float32" else 1e-13)
        else:
            np.testing.assert_array_equal(at_once, by_operations)


def test_broadcast_factors(lib):
    x, row, column, number = (lib.randn(s, requires_grad=True) for s in ((4, 3), (3,), (4, 1), ()))
    y = x * row + x * column + x * number + x / (column.abs() + 1)
    y.sum().backward()
    expected = row + column + number + 1 / (column.abs() + 1)
    assert lib.allclose(x.grad, expected.detach().expand(4, 3))
    assert [v.grad.shape for v in (row, column, number)] == [(3,), (4, 1), ()]
    assert lib.allclose(number.grad, x.detach().sum())


def test_mixed_dtypes_are_promoted_as_ever(lib):
    x, w = leaf(lib, dtype="float32"), leaf(lib, dtype="float64")
    (x * w + x.tanh() * w).sum().backward()
    assert (x.grad.dtype, w.grad.dtype) == (lib.float32, lib.float64)
    np.testing.assert_allclose(w.grad.numpy(), (x + x.tanh()).detach().numpy())


def test_nothing_of_the_users_is_written(lib):
    x = leaf(lib)
    cotangent, kept = lib.ones(2), []
    y = x * 3
    y.register_hook(kept.append)
    (y + y.exp() + y.sin() + y[0]).backward(cotangent)
    assert cotangent.tolist() == [1, 1]
    y.retain_grad()
    z = (y * 2 + y.tanh()).sum()
    (first,) = lib.autograd.grad(z, y, retain_graph=True)
    before = first.tolist()
    lib.autograd.grad(z, y, retain_graph=True)
    assert first.tolist() == before


def test_users_may_write_to_what_they_get(lib):
    x, got = leaf(lib), []
    y = x * 2
    y.register_hook(lambda g: got.append(g.mul_(2)))
    (3 * y).sum().backward()
    (g,) = lib.autograd.grad((3 * (2 * x)).sum(), x)
    assert got[0].tolist() == [6, 6]
    assert g.mul_(2).tolist() == [12, 12]
    x.register_hook(lambda g: g.add_(1))
    x.grad = None
    (3 * (2 * x)).sum().backward()
    assert x.grad.tolist() == [7, 7]


@pytest.mark.parametrize(
    "hand_on",
    [
        lambda x: x.t(),
        lambda x: x + 0,
        lambda x: x - 1,
        lambda x: x.reshape(-1),
        lambda x: x.unsqueeze(0).squeeze(0).t(),
        lambda x: x.clone(),
        lambda x: x**1,
    ],
)
def test_users_may_write_to_what_ops_hand_on(lib, hand_on):
    """Where only ops see a gradient it may be one number, and some ops hand on that very gradient."""

    kept = function_of(lib, "Kept", lambda ctx, x: x * 1, lambda ctx, g: g.mul_(2))
    x = lib.ones(2, 3, requires_grad=True)
    (g,) = lib.autograd.grad((3 * (2 * hand_on(x))).sum(), x)
    assert g.mul_(2).tolist() == [[12] * 3] * 2
    (g,) = lib.autograd.grad((3 * (2 * hand_on(kept.apply(x)))).sum(), x)
    assert g.tolist() == [[12] * 3] * 2
    x.register_hook(lambda g: g.add_(1))
    (3 * (2 * hand_on(x))).sum().backward()
    assert x.grad.tolist() == [[7] * 3] * 2


@pytest.mark.parametrize("part", [lambda a: a.data, lambda a: a.detach(), lambda a: a])
def test_a_gradient_in_the_middle_of_its_memory(lib, part):
    middle = function_of(lib, "Middle", lambda ctx, x: x * 1, lambda ctx, g: part(lib.arange(8.0)[4:]))
    x = lib.ones(4, requires_grad=True)
    y = x * 1
    y[1:3] = 0
    middle.apply(y).sum().backward()
    assert x.grad.tolist() == [4, 0, 0, 7]


def test_hooks_of_a_node_see_its_own_gradient(lib):
    x = leaf(lib)
    y = x.exp()
    seen = []
    y.grad_fn.register_hook(lambda inputs, _: seen.append(inputs[0].tolist()))
    (y * 0 + y + x * x).sum().backward()
    assert seen == [x.exp().tolist()]
    np.testing.assert_allclose(x.grad.tolist(), (x.exp() + 2 * x).tolist(), rtol=1e-6)


def test_a_variable_that_is_both_operands(lib):
    x = leaf(lib, (2.0, -3.0))
    (x * x + x / x + (x * x) * x).sum().backward()
    assert x.grad.tolist() == pytest.approx([2 * 2 + 3 * 4, -2 * 3 + 3 * 9])


def test_empty_and_single_elements(lib):
    for shape in ((0,), (2, 0), (1,), (), (1, 1)):
        x = lib.full(shape, 2.0, requires_grad=True)
        (2 * (3 * x) + x * x + x.tanh()).sum().backward()
        assert x.grad.shape == x.shape
        assert lib.allclose(x.grad, 6 + 2 * x + 1 - x.tanh() ** 2)


@pytest.mark.parametrize(
    "take",
    [
        lambda x, i: x[i],
        lambda x, i: x[i : i + 2],
        lambda x, i: x[[i, i]],
        lambda x, i: x.narrow(0, i, 1),
        lambda x, i: x.index_select(0, 0 * x[:1].argmax(1) + i),
        lambda x, i: x.t().diagonal() * (i + 1),
        lambda x, i: x.take(x.argmax(1) * 0 + i),
        lambda x, i: x.gather(0, x[:2].argsort(1) * 0 + i),
    ],
)
def test_parts_add_up(lib, take):
    def f(x):
        return sum((take(x, i) * (i + 1) ** 2).sum() for i in range(3)) + x.sin().sum()

    x = lib.arange(12.0).reshape(4, 3).requires_grad_()
    f(x).backward()
    expected = np.zeros((4, 3))
    for at in np.ndindex(4, 3):
        step = lib.zeros(4, 3, dtype=lib.float64)
        step[at] = 1e-6
        wide = x.detach().double()
        expected[at] = (f(wide + step) - f(wide - step)).item() / 2e-6
    np.testing.assert_allclose(x.grad.numpy(), expected, rtol=1e-4, atol=1e-4)


def test_a_loop_that_writes_parts_makes_one_gradient():
    """Each write would copy the whole gradient on the way back."""
    x = tg.zeros(400, requires_grad=True)
    y = tg.zeros(400, 400)
    for i in range(1, 400):
        y[i] = y[i - 1] + x
    total = (y * y.detach() + y).sum()
    with tg.memory_budget(4 * 400 * 400 * 3 // 2):
        total.backward()
    assert (x.grad == sum(range(400))).all()


def test_writes_leave_kept_gradients_alone(lib):
    x, kept = leaf(lib), []
    y = x * 1
    y[0] = x[1] * 3
    y.register_hook(kept.append)
    y.retain_grad()
    cotangent = lib.tensor([5.0, 7.0])
    y.backward(cotangent)
    assert (x.grad.tolist(), cotangent.tolist()) == ([0, 22], [5, 7])
    assert (kept[0].tolist(), y.grad.tolist()) == ([5, 7], [5, 7])


def test_a_loop_over_parts_makes_one_gradient():
    """Each x[i] would make zeros of its own: as many elements as the square of their number."""
    x = tg.zeros(400, 400, requires_grad=True)
    total = sum(x[i].sum() for i in range(400))
    with tg.memory_budget(4 * 400 * 400 * 3 // 2):
        total.backward()
    assert (x.grad == 1).all()
