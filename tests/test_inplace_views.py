"""In-place operations that change a tensor's layout and nothing else: transpose_, squeeze_ and their like."""

import warnings

import numpy as np
import pytest
from op_db.run import to_numpy

# (method, arguments, shape before, shape after, name of the node)
CALLS = [
    ("squeeze_", (), (1, 3, 1), (3,), "SqueezeBackward3"),
    ("squeeze_", (0,), (1, 3, 1), (3, 1), "SqueezeBackward4"),
    ("squeeze_", ((0, 2),), (1, 3, 1), (3,), "SqueezeBackward5"),
    ("unsqueeze_", (1,), (2, 3), (2, 1, 3), "UnsqueezeBackward1"),
    ("transpose_", (0, 1), (2, 3), (3, 2), "TransposeBackward1"),
    ("swapaxes_", (0, 1), (2, 3), (3, 2), "TransposeBackward1"),
    ("swapdims_", (0, -1), (2, 3), (3, 2), "TransposeBackward1"),
    ("t_", (), (2, 3), (3, 2), "TBackward1"),
    ("as_strided_", ((3, 2), (1, 3)), (2, 3), (3, 2), "AsStridedBackward1"),
]
every_call = pytest.mark.parametrize(("method", "args", "before", "after", "node"), CALLS)


def leaf(lib, shape):
    return lib.arange(float(np.prod(shape))).reshape(shape).requires_grad_(True)


@every_call
def test_layout_node_and_version(lib, method, args, before, after, node):
    x = leaf(lib, before)
    y = x * 2
    expected = getattr(y, method[:-1])(*args)
    memory, version = y.data_ptr(), y._version
    assert getattr(y, method)(*args) is y
    assert tuple(y.shape) == after
    assert y.stride() == expected.stride()
    assert y.data_ptr() == memory
    assert y._version == version + 1
    assert y.grad_fn.name() == node
    np.testing.assert_array_equal(to_numpy(y), to_numpy(expected))
    weights = lib.arange(1.0, y.numel() + 1).reshape(after)
    (grad,) = lib.autograd.grad([y], [x], [weights], retain_graph=True)
    (other,) = lib.autograd.grad([expected], [x], [weights])
    np.testing.assert_array_equal(to_numpy(grad), to_numpy(other))


@every_call
def test_leaf_that_requires_grad(lib, method, args, before, after, node):
    x = leaf(lib, before)
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        getattr(x, method)(*args)
    assert tuple(x.shape) == before
    with lib.no_grad():
        getattr(x, method)(*args)
    assert tuple(x.shape) == after
    assert x.is_leaf
    (x * 3).sum().backward()
    assert tuple(x.grad.shape) == after


@every_call
def test_one_of_several_views_is_refused(lib, method, args, before, after, node):
    first, *_ = (leaf(lib, (2, *before)) * 1).unbind()
    with pytest.raises(RuntimeError, match="is a view and is being modified inplace"):
        getattr(first, method)(*args)
    assert tuple(first.shape) == before


@every_call
def test_view_keeps_its_base(lib, method, args, before, after, node):
    """A view takes another layout; its base and what is written through it later go on."""
    x = leaf(lib, (2, *before))
    base = x * 1
    view = base[0]
    getattr(view, method)(*args)
    assert view.grad_fn.name() == node
    assert tuple(base.shape) == (2, *before)
    view.mul_(3)
    (grad,) = lib.autograd.grad([base], [x], [lib.ones(2, *before)])
    np.testing.assert_array_equal(to_numpy(grad[0]), np.full(before, 3.0))
    np.testing.assert_array_equal(to_numpy(grad[1]), np.ones(before))


def test_views_of_what_changed(lib):
    x = leaf(lib, (2, 3))
    base = x * 1
    row = base[1]
    base.t_()
    row.mul_(5)
    assert to_numpy(base)[:, 1].tolist() == [15, 20, 25]
    (grad,) = lib.autograd.grad([base], [x], [lib.ones(3, 2)])
    assert grad.tolist() == [[1, 1, 1], [5, 5, 5]]


def test_saved_value_that_changed_its_layout(lib):
    x = leaf(lib, (2, 3))
    y = x * 1
    z = (y * y).sum()
    y.t_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        z.backward()


def test_expanded_memory_may_change_its_layout(lib):
    x = lib.ones(1, 3).expand(2, 3)
    x.t_()
    assert x.stride() == (1, 0)


@pytest.mark.parametrize("name", ["unsafe_split", "unsafe_chunk"])
def test_parts_that_are_not_views_may_be_written(lib, name):
    x = leaf(lib, (4,))
    first, second = getattr(lib, name)(x * 1, 2)
    first.mul_(2)
    (first.sum() + second.sum()).backward()
    assert x.grad.tolist() == [2, 2, 1, 1]


@pytest.mark.parametrize("name", ["split", "chunk"])
def test_parts_that_are_views_may_not(lib, name):
    first, _ = getattr(lib, name)(leaf(lib, (4,)) * 1, 2)
    with pytest.raises(RuntimeError, match="is a view and is being modified inplace"):
        first.mul_(2)


def test_as_strided_of_what_repeats_itself(lib):
    """Elements that share memory share the gradient of that memory."""
    x = lib.ones(1, requires_grad=True)
    wide = x.expand(3)
    part = wide.as_strided((2,), (0,))
    (to_wide,) = lib.autograd.grad([part.sum()], [wide], retain_graph=True)
    np.testing.assert_allclose(to_numpy(to_wide), np.full(3, 2 / 3), rtol=1e-6)
    (to_x,) = lib.autograd.grad([part.sum()], [x])
    np.testing.assert_allclose(to_numpy(to_x), [2], rtol=1e-6)


@pytest.mark.own("PyTorch's gradient of the first argument is where the part is, not around it")
def test_as_strided_scatter(lib):
    x, source = lib.zeros(6, requires_grad=True), lib.zeros(2, requires_grad=True)
    weights = lib.arange(1.0, 7, requires_grad=True)
    y = lib.as_strided_scatter(x * x, source * source, (2,), (3,), 1)
    to_x, to_source = lib.autograd.grad([y], [x, source], [weights], create_graph=True)
    seconds = lib.autograd.grad([to_x.sum() + to_source.sum()], [x, source])
    assert seconds[0].tolist() == [2, 0, 6, 8, 0, 12]
    assert seconds[1].tolist() == [4, 10]


@pytest.mark.own("PyTorch's gradients are those of a row-major input")
def test_as_strided_scatter_of_a_strided_input(lib):
    x = leaf(lib, (2, 3))
    source = lib.zeros(2, requires_grad=True)
    y = x.t().as_strided_scatter(source, (2,), (4,), 1)
    assert y.tolist() == [[0, 3], [0, 4], [2, 0]]
    weights = lib.arange(1.0, 7).reshape(3, 2)
    to_x, to_source = lib.autograd.grad([y], [x, source], [weights])
    assert to_x.tolist() == [[1, 0, 5], [2, 4, 0]]
    assert to_source.tolist() == [3, 6]


@pytest.mark.parametrize("write", ["zero_", "exp_"])
def test_views_of_what_lost_its_history(lib, write):
    x = leaf(lib, (2, 3))
    base = x + 0
    view, untouched = base[0], base.clone()[0]
    base.detach_()
    (view * 1).sum().backward()  # detached, but not written
    assert x.grad.tolist() == [[1, 1, 1], [0, 0, 0]]
    getattr(base, write)()
    assert view.requires_grad
    assert view.grad_fn.name() == "AsStridedBackward0"
    assert list(view.grad_fn.next_functions) == [(None, 0)]
    (view * untouched).sum().backward()
    assert x.grad[0].tolist() == (1 + view).tolist()  # through `untouched` alone


def test_grad_of_a_view_that_is_out_of_date(lib):
    a = lib.ones(4, requires_grad=True) * 1
    part, _ = a.split(2)
    a.mul_(2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert part.grad is None
