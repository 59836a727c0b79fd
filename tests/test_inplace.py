"""In-place ops, views and their versions."""

import re

import pytest
from semantics import leaf, raises

pytestmark = pytest.mark.usefixtures("grad_mode")


# --- leaves and versions


def test_leaf_in_place(lib):
    x = leaf(lib)
    for change in (lambda: x.add_(1), lambda: x.add_(lib.ones(5)), lambda: x.zero_(), lambda: x.fill_(2)):
        with raises("a leaf Variable that requires grad"):
            change()
    for change in (lambda: x.__setitem__(0, 1), lambda: x[:1].mul_(2), lambda: x.view(2).zero_()):
        with raises("a view of a leaf Variable"):
            change()
    assert x.tolist() == [1, 2]
    assert x._version == 0


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("uniform_", (2, 1)),
        ("normal_", (0, -1)),
        ("log_normal_", (0, -1)),
        ("exponential_", (-1.0,)),
        ("cauchy_", (0, -1)),
        ("geometric_", (2.0,)),
        ("bernoulli_", (2.0,)),
        ("random_", (5, 2)),
    ],
)
def test_leaf_in_place_goes_before_numbers(lib, name, args):
    with raises("a leaf Variable that requires grad"):
        getattr(leaf(lib), name)(*args)


def test_leaf_in_place_goes_before_shapes(lib):
    x = leaf(lib)
    for change in (lambda: x.copy_(lib.zeros(5)), lambda: x.fill_(lib.zeros(5))):
        with raises("a leaf Variable that requires grad"):
            change()
    with lib.no_grad():
        view = lib.zeros(3)[1:]
    view.copy_(lib.ones(2))  # nothing requires grad: any view may be written
    assert view.tolist() == [1, 1]


def test_leaf_under_no_grad_bumps(lib):
    x = leaf(lib)
    y = (x * x).sum()
    with lib.no_grad():
        x.add_(1)
        x[0] = 5
    assert x._version == 2
    assert x.is_leaf
    with raises("modified by an inplace operation") as caught:
        y.backward()
    assert "is at version 2; expected version 0" in str(caught.value)
    assert x.grad is None


def test_version_message_of_a_leaf_names_no_node(lib):
    w = leaf(lib)
    y = (leaf(lib) * w).sum()
    with lib.no_grad():
        w.add_(1)
    with raises("modified by an inplace operation") as caught:
        y.backward()
    assert "is output" not in str(caught.value)
    assert "is at version 1; expected version 0" in str(caught.value)


def test_version_message(lib):
    y = leaf(lib) * 3
    z = (y * y).sum()
    y.add_(1)
    with raises("modified by an inplace operation") as caught:
        z.backward()
    text = str(caught.value)
    for part in ("which is output 0 of Add,", "is at version 1; expected version 0", "set_detect_anomaly"):
        assert part in text
    assert re.search(r"\[(torch\.FloatTensor|float32) \[2\]\]", text)


@pytest.mark.own("a line naming the op")
def test_version_message_names_the_op(lib):
    y = leaf(lib) * 3
    z = (y * y).sum()
    y.add_(1)
    with raises("modified by an inplace operation") as caught:
        z.backward()
    assert "add" in str(caught.value).splitlines()[-1]


def test_views_share_the_counter(lib):
    base = lib.zeros(2, 2)
    view = base[0].view(2)
    view.add_(1)
    assert (base._version, view._version, base.t()._version) == (1, 1, 1)
    base += 1
    assert view._version == 2
    assert base.clone()._version == 0


def test_what_saves_what(lib):
    x, w = leaf(lib), leaf(lib)
    z = x * w
    q = (z + w).sum()
    z.add_(2)
    q.backward()
    assert x.grad.tolist() == [1, 2]
    for constant in (3, lib.tensor([3.0, 4.0])):
        z = x * w
        q = (z * constant).sum()
        z.add_(2)  # times a constant: z is not saved
        q.backward()
    y = x * 1
    y.exp_()
    y.sum().backward()
    y = x * 1
    y **= 2
    y.sum().backward()
    y = x * 1
    y.mul_(y)
    with raises("modified by an inplace operation"):
        y.sum().backward()


KEEPS_NOT_ITS_INPUT = {
    "divided by a number": lambda lib, y: y / 2,
    "divided by a constant": lambda lib, y: y / lib.tensor([2.0, 4.0]),
    "1/y": lambda lib, y: 1 / y,
    "remainder": lambda lib, y: y % 2,
    "indexed": lambda lib, y: y[lib.tensor([1, 0])],
    "masked": lambda lib, y: y[lib.tensor([True, False])],
    "masked_fill": lambda lib, y: y.masked_fill(lib.tensor([True, False]), 0.0),
    "where": lambda lib, y: lib.where(lib.tensor([True, False]), y, 0.0),
    "scatter": lambda lib, y: y.scatter(0, lib.tensor([0]), 1.0),
    "max(dim)": lambda lib, y: y.max(0)[0],
    "topk": lambda lib, y: y.topk(1)[0],
    "product with a constant": lambda lib, y: y @ lib.tensor([2.0, 3.0]),
} | {
    name: lambda lib, y, name=name: getattr(y, name)()
    for name in ("sum", "relu", "exp", "tanh", "sigmoid", "sqrt", "reciprocal")
}
KEEPS_ITS_INPUT = {
    "y**1": lambda lib, y: y**1,
    "y**0": lambda lib, y: y**0,
    "2**y": lambda lib, y: 2**y,
    "divides": lambda lib, y: 1 + lib.ones(2) / y,
    "clamp": lambda lib, y: y.clamp(0, 1),
    "maximum": lambda lib, y: lib.maximum(y, lib.ones(2)),
    "atan2": lambda lib, y: lib.atan2(y, lib.ones(2)),
    "logsumexp": lambda lib, y: y.logsumexp(0),
    "cumprod": lambda lib, y: y.cumprod(0),
} | {
    name: lambda lib, y, name=name: getattr(y, name)()
    for name in ("abs", "log", "sin", "max", "amax", "median", "prod", "std", "norm")
}


@pytest.mark.parametrize("name", KEEPS_NOT_ITS_INPUT)
def test_input_that_no_formula_needs_may_be_written(lib, name):
    x = leaf(lib, (3.0, 7.0))
    expected = lib.autograd.grad(KEEPS_NOT_ITS_INPUT[name](lib, x * 1).sum(), x)[0]
    y = x * 1
    z = KEEPS_NOT_ITS_INPUT[name](lib, y)
    y.mul_(-9)
    z.sum().backward()
    assert x.grad.tolist() == expected.tolist()


@pytest.mark.parametrize("name", KEEPS_ITS_INPUT)
def test_input_that_a_formula_needs_may_not(lib, name):
    x = leaf(lib, (3.0, 7.0))
    y = x * 1
    z = KEEPS_ITS_INPUT[name](lib, y)
    y.add_(1)
    with raises("modified by an inplace operation"):
        z.sum().backward()
    assert x.grad is None


def test_saved_result_changed(lib):
    y = leaf(lib).exp()
    z = y.sum()
    y.mul_(2)
    with raises(r"modified by an inplace operation.*which is output 0 of Exp, is at version 1"):
        z.backward()


def test_setitem_saves_indices_not_destination(lib):
    y = leaf(lib, (1.0, 2.0, 3.0)) * 1
    index = lib.tensor([0, 2])
    y[index] = 5
    y.mul_(2)
    y.sum().backward(retain_graph=True)
    index[0] = 1
    with raises("modified by an inplace operation"):
        y.sum().backward()


# --- gradients through in-place ops


def test_plain_tensor_becomes_non_leaf(lib):
    a, y = lib.ones(2), leaf(lib)
    same = a
    a += y * 2
    assert a is same
    assert not a.is_leaf
    assert type(a.grad_fn).__name__ == "AddBackward0"
    a.sum().backward()
    assert y.grad.tolist() == [2, 2]


def test_setitem(lib):
    x, v = leaf(lib, (1.0, 2.0, 3.0)), leaf(lib, 10.0)
    y = x * 2
    y[1] = v * 3
    assert y.tolist() == [2, 30, 6]
    assert type(y.grad_fn).__name__ == "CopySlices"
    assert y.grad_fn.name() == "torch::autograd::CopySlices"
    (y * lib.tensor([1.0, 10.0, 100.0])).sum().backward()
    assert x.grad.tolist() == [2, 0, 200]
    assert v.grad.item() == 30


def test_write_through_a_view(lib):
    x = leaf(lib, [[1.0, 2.0], [3.0, 4.0]])
    y = x * 1
    row, column = y[0], y.t()[1]
    assert type(column.grad_fn).__name__ == "SelectBackward0"
    row.mul_(10)
    assert type(y.grad_fn).__name__ == "CopySlices"
    assert type(column.grad_fn).__name__ == "AsStridedBackward0"
    assert type(row.grad_fn).__name__ == "AsStridedBackward0"
    assert column.tolist() == [20, 4]
    column.sum().backward(retain_graph=True)
    assert x.grad.tolist() == [[0, 10], [0, 1]]
    x.grad = None
    (y * y).sum().backward()
    assert x.grad.tolist() == [[200, 400], [6, 8]]


def test_view_of_plain_base_written_with_grad(lib):
    base, x = lib.zeros(2, 2), leaf(lib)
    base[0].copy_(x * 3)
    assert base.requires_grad
    (base * 2).sum().backward()
    assert x.grad.tolist() == [6, 6]


def test_base_written_then_view_used(lib):
    x = leaf(lib)
    y = x * 1
    view = y[1:]
    y.mul_(5)
    view.sum().backward()
    assert x.grad.tolist() == [0, 5]


def test_views_of_views_in_place(lib):
    x = leaf(lib, [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    y = x * 1
    y.transpose(0, 1)[1:].reshape(-1)  # a copy: writing y later leaves it
    y.transpose(0, 1)[1:][0].mul_(3)
    y[:, 2] = 0
    y.sum().backward()
    assert x.grad.tolist() == [[1, 3, 0], [1, 3, 0]]


def test_detached_view_writes_without_gradient(lib):
    x = leaf(lib)
    y = x * 1
    y.detach()[0] = 9
    assert y.tolist() == [9, 2]
    assert y._version == 1
    y.sum().backward()
    assert x.grad.tolist() == [1, 1]


def test_view_made_under_no_grad(lib):
    y = leaf(lib) * 1
    with lib.no_grad():
        view = y[0]
    with raises("view was created in no_grad mode"):
        view.mul_(2)
    base = lib.zeros(2)
    with lib.no_grad():
        view = base[0]
    with raises("view was created in no_grad mode"):
        view.mul_(leaf(lib, 2.0))
    view.mul_(2)
    assert y.tolist() == [1, 2]


def test_retain_grad_moves(lib):
    x = leaf(lib)
    y = x * 2
    y.retain_grad()
    y.mul_(3)
    y.sum().backward()
    assert y.grad.tolist() == [1, 1]
    assert x.grad.tolist() == [6, 6]


def test_leaf_moved_into_the_graph(lib):
    x = leaf(lib)
    y = (x * 2).sum()
    x.requires_grad = False
    x.mul_(leaf(lib))
    with raises("moved into the graph interior"):
        y.backward()


# --- what in-place ops refuse


def test_broadcast_shape(lib):
    for y in (lib.ones(2), leaf(lib) * 1):
        with raises("doesn't match the broadcast shape"):
            y.add_(lib.ones(3, 2))
        assert y._version == 0
    assert lib.ones(2, 2).add_(lib.ones(2)).tolist() == [[2, 2], [2, 2]]


def test_output_type(lib):
    for change in (
        lambda: lib.ones(2, dtype=lib.int64).div_(2),
        lambda: lib.ones(2, dtype=lib.bool).add_(1),
        lambda: lib.ones(2, dtype=lib.int32).mul_(1.5),
    ):
        with raises("can't be cast to the desired output type"):
            change()
    y = lib.ones(2)
    y += lib.ones(2, dtype=lib.float64)
    assert y.dtype == lib.float32


def test_expanded_memory(lib):
    y = lib.ones(1).expand(3)
    for change in (lambda: y.add_(1), lambda: y.mul_(lib.ones(3)), lambda: y.copy_(lib.ones(3))):
        with raises("more than one element of the written-to tensor"):
            change()
    assert y.tolist() == [1, 1, 1]
    assert y._version == 0


def test_expanded_memory_may_be_filled(lib):
    y = lib.ones(1).expand(3)
    assert y.fill_(2).tolist() == [2, 2, 2]
    assert y.zero_().tolist() == [0, 0, 0]
    assert y._version == 2


def test_partial_overlap(lib):
    y = lib.arange(4.0)
    with raises("some elements of the input tensor"):
        y[1:].add_(y[:-1])
    assert y.tolist() == [0, 1, 2, 3]
    y[:2].add_(y[2:])
    assert y.tolist() == [2, 4, 2, 3]
    y.add_(y)
    assert y.tolist() == [4, 8, 4, 6]
    z = lib.arange(4.0).view(2, 2)
    for write in (lambda: y.mul_(y[0]), lambda: z.add_(z.t()), lambda: z.t().copy_(z)):
        with raises("some elements of the input tensor"):
            write()
    assert (y.tolist(), y._version) == ([4, 8, 4, 6], 2)


def test_the_same_memory_in_another_shape(lib):
    y = lib.arange(3.0)
    y[1:2] = y[1]
    assert y.tolist() == [0, 1, 2]


# --- one of several views

SEVERAL = {
    "unbind": lambda y: y.unbind()[0],
    "iteration": lambda y: next(iter(y)),
    "split": lambda y: y.split(1)[0],
    "split by sizes": lambda y: y.split([1, 1])[0],
    "chunk": lambda y: y.chunk(2)[0],
}


@pytest.mark.parametrize("name", SEVERAL)
def test_one_of_several_views_is_not_written(lib, name):
    y = leaf(lib, [[1.0], [2.0]]) * 1
    part = SEVERAL[name](y)
    with raises("is a view and is being modified inplace"):
        part.mul_(2)
    y.mul_(3)
    with raises("is a view and its base or another view of its base has been modified inplace"):
        part.sum()
    assert y.tolist() == [[3], [6]]


def test_tensor_split_gives_slices(lib):
    x = leaf(lib)
    y = x * 1
    part = y.tensor_split(2)[0]
    part.mul_(5)
    y.sum().backward()
    assert x.grad.tolist() == [5, 1]


def test_views_without_grad_are_written_freely(lib):
    y = lib.ones(2, 2)
    y.unbind()[0].mul_(2)
    assert y.tolist() == [[2, 2], [1, 1]]


# --- what views tell


def test_base(lib):
    x = leaf(lib, [[1.0, 2.0], [3.0, 4.0]])
    y = x * 1
    for view in (y[0], y.view(4), y.t(), y[0][:1], y.unbind()[1], y.expand(3, 2, 2), y[...], y.view_as(y)):
        assert view._is_view()
        assert view._base is y
    products = (y @ y, y[0] @ y, y.expand(3, 2, 2) @ y[0], y.expand(3, 2, 2) @ y)
    copies = (y.t().reshape(4), y.t().contiguous(), y.clone(), y[lib.tensor([0])], y.t().flatten())
    for other in (y, *products, *copies, y.detach(), y.data):
        assert not other._is_view()
        assert other._base is None
    assert [part.output_nr for part in y.unbind()] == [0, 1]
    assert x.output_nr == y.output_nr == 0


def test_products_are_written_as_what_they_are(lib):
    x = leaf(lib)
    for product in (x @ lib.ones(2, 3), lib.ones(3, 3, 2) @ x, lib.ones(3, 3, 2) @ x[:, None]):
        product.add_(1)
        assert product.grad_fn.name() == "AddBackward0"


def test_view_made_under_no_grad_tells_what_its_base_does(lib):
    x = leaf(lib)
    y = x * 1
    with lib.no_grad():
        of_leaf, of_result, of_constant = x[:1], y[:1], lib.zeros(2)[:1]
    assert (of_leaf.requires_grad, of_result.requires_grad, of_constant.requires_grad) == (True, True, False)
    assert of_result.grad_fn is None
    assert of_result.is_leaf
    assert (of_result * 2).requires_grad
    y.mul_(2)
    text = "created in no_grad mode and its base or another view of its base has been modified inplace"
    for use in (lambda: of_result.grad_fn, lambda: of_result.is_leaf, lambda: of_result * 2):
        with raises(text):
            use()
    assert of_result.requires_grad
    assert of_result.detach().tolist() == [2]
    with lib.no_grad():
        assert (of_result * 2).tolist() == [4]


def test_view_of_what_gets_a_gradient_later(lib):
    base = lib.zeros(2)
    with lib.no_grad():
        view = base[:1]
    base.mul_(leaf(lib))
    assert view.requires_grad
    with raises("created in no_grad mode"):
        view.grad_fn  # noqa: B018


def test_view_of_a_function_whose_base_was_written(lib):
    class Part(lib.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x[:1]

        @staticmethod
        def backward(ctx, g):
            return lib.cat([g, g * 0])

    y = leaf(lib) * 1
    view = Part.apply(y)
    y.mul_(2)
    with raises(
        "Output 0 of Part.* is a view and its base or another view of its base has been modified inplace"
    ):
        view.sum()


@pytest.mark.parametrize("name", ["cumsum", "cumprod"])
def test_scans_in_place(lib, name):
    x = leaf(lib, [[2.0, 3.0], [4.0, 5.0]])
    (expected,) = lib.autograd.grad(getattr(x, name)(1).pow(2).sum(), x)
    y = x * 1
    assert getattr(y, name + "_")(1) is y
    assert type(y.grad_fn).__name__ == f"{name.capitalize()}Backward0"
    (grad,) = lib.autograd.grad(y.pow(2).sum(), x)
    assert grad.tolist() == expected.tolist()
    y = x * 1
    getattr(y[0], name + "_")(0)
    (grad,) = lib.autograd.grad(y.pow(2).sum(), x)
    assert grad.tolist() == [expected[0].tolist(), [8, 10]]
    with raises("a leaf Variable that requires grad"):
        getattr(x, name + "_")(1)
    assert x.tolist() == [[2, 3], [4, 5]]


OWN = pytest.mark.own("PyTorch's gradient is what it was before the write")


@pytest.mark.parametrize(
    "name",
    [
        *("eq_", "ne_", "lt_", "le_", "gt_", "ge_"),
        *(pytest.param(name, marks=OWN) for name in ("logical_and_", "logical_not_")),
    ],
)
def test_what_has_no_derivative_erases_in_place(lib, name):
    x = leaf(lib)
    args = () if name == "logical_not_" else (lib.ones(2),)
    y = x * 3
    getattr(y, name)(*args)
    (y * x).sum().backward()
    assert x.grad.tolist() == y.tolist()
    z = x * 3
    getattr(z[:1], name)(*(lib.ones(1) for _ in args))
    x.grad = None
    z.sum().backward()
    assert x.grad.tolist() == [0, 3]
    with raises("a leaf Variable that requires grad"):
        getattr(x, name)(*args)
    assert x.tolist() == [1, 2]


@pytest.mark.parametrize("index", ["indices", "mask", "list", "index_put_"])
def test_setitem_does_not_save_the_value(lib, index):
    x, w = leaf(lib, (1.0, 2.0, 3.0)), lib.ones(2)
    y = x * 1
    if index == "index_put_":
        y.index_put_((lib.tensor([0, 1]),), w)
    else:
        y[{"indices": lib.tensor([0, 1]), "mask": lib.tensor([True, True, False]), "list": [0, 1]}[index]] = w
    w.zero_()
    y.sum().backward()
    assert x.grad.tolist() == [0, 0, 1]
