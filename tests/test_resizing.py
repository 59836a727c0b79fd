"""Variables that are given other memory or another shape: set_, resize_, resize_as_."""

import pytest
from semantics import leaf, raises


def test_set_shows_the_memory_of_another(lib):
    x, y = lib.zeros(2), lib.arange(6.0)
    assert x.set_(y) is x
    assert x.tolist() == y.tolist()
    assert x.is_set_to(y)
    y[0] = 9
    assert x[0].item() == 9
    x.set_(y, 1, (2, 2), (2, 1))
    assert x.tolist() == [[1, 2], [3, 4]]
    assert not x.is_set_to(y)
    x.set_(y, 2, (2,))
    assert x.tolist() == [2, 3]
    assert x.set_().shape == (0,)


def test_set_counts_as_a_write_and_leaves_counters_apart(lib):
    x, y = lib.ones(2), lib.zeros(2)
    x.set_(y)
    assert (x._version, y._version) == (1, 0)
    y.add_(1)
    assert (x._version, y._version) == (1, 1)


def test_set_refuses_what_it_cannot_do(lib):
    x = lib.zeros(2)
    with raises("Could not set tensor of type"):
        x.set_(lib.zeros(2, dtype=lib.float64))
    with raises("a leaf Variable that requires grad"):
        leaf(lib).set_(x)


@pytest.mark.own("PyTorch makes the storage larger, and records a node that raises in backward")
def test_set_refuses_what_is_outside_of_the_memory_or_recorded(lib):
    x, y = lib.zeros(2), lib.arange(6.0)
    for arguments in ((5, (2,)), (0, (3, 3)), (-1, (1,)), (0, (2,), (6,))):
        with raises("out of bounds"):
            x.set_(y, *arguments)
    with raises("must not be negative"):
        x.set_(y, 0, (-1,))
    with raises("of two lengths"):
        x.set_(y, 0, (2,), (1, 1))
    with raises("storage_offset and stride need a size", TypeError):
        x.set_(y, 1)
    assert x.tolist() == [0, 0]
    z = leaf(lib) * 2
    with raises("set_.. is not differentiable"):
        z.set_(y)
    with raises("set_.. is not differentiable"):
        x.set_(z)
    with lib.no_grad(), raises("set_.. is not differentiable"):
        z.set_(y)


def test_a_leaf_that_was_set_is_a_new_one_to_the_graph(lib):
    x = leaf(lib)
    edge = lib.autograd.graph.get_gradient_edge(x)
    y = x.clone()
    with lib.no_grad():
        x.set_(lib.ones(2))
    with raises("to not have been used in the graph"):
        lib.autograd.grad(y.sum(), x)
    assert lib.autograd.grad(y.sum(), edge)[0].tolist() == [1, 1]
    (x * 3).sum().backward()
    assert x.grad.tolist() == [3, 3]


@pytest.mark.parametrize("hooked", [False, True])
def test_a_leaf_may_shrink(lib, hooked):
    x = lib.ones(6, requires_grad=True)
    seen = []
    if hooked:
        x.register_hook(lambda g: seen.append(tuple(g.shape)))
    lib.cat((x, x)).sum().backward()
    for size in (5, 4):
        with lib.no_grad():
            x.set_(x[1:])
        x.grad = None
        lib.cat((x, x)).sum().backward()
        assert x.grad.tolist() == [2] * size
    assert seen == ([(6,), (5,), (4,)] if hooked else [])


@pytest.mark.own("PyTorch leaves a gradient of the old shape")
def test_a_graph_from_before_the_leaf_was_set_raises(lib):
    x = leaf(lib)
    y = (x * 2).sum()
    with lib.no_grad():
        x.set_(lib.ones(3))
    with raises("a leaf has the shape"):
        y.backward()
    assert x.grad is None


def test_resize_keeps_what_there_is(lib):
    x = lib.arange(6.0)
    assert x.resize_(2, 2) is x
    assert x.tolist() == [[0, 1], [2, 3]]
    assert x.resize_(6).tolist() == [0, 1, 2, 3, 4, 5]
    assert x.resize_((8,)).tolist()[:6] == [0, 1, 2, 3, 4, 5]
    assert x.resize_((3, 0)).shape == (3, 0)
    assert x.resize_(()).tolist() == 0
    y = lib.arange(8.0)[2:5].clone()
    assert y.resize_(1, 2, 3, 4, memory_format=lib.channels_last).stride() == (24, 1, 8, 2)
    assert y.resize_as_(lib.zeros(3, 2)).stride() == (2, 1)
    view = lib.arange(6.0)[2:4]
    assert view.resize_(3).tolist() == [2, 3, 4]


def test_resize_counts_where_it_changes_something(lib):
    x, y = lib.rand(1), lib.rand(3)
    x.resize_((1, 2))
    assert x._version == 1
    x.resize_as_(y)
    assert x._version == 2
    x.resize_((3,))
    x.resize_as_(y)
    assert x._version == 2


def test_resize_refuses_what_has_a_gradient(lib):
    x = leaf(lib)
    for v in (x, x * 2):
        with raises("cannot resize variables that require grad"):
            v.resize_(1)
    with lib.no_grad(), raises("cannot resize variables that require grad"):
        x.resize_(1)
    y = lib.ones(2)
    z = x * y
    y.resize_(1)
    with raises("modified by an inplace operation"):
        z.sum().backward()


@pytest.mark.own("PyTorch makes memory that is shared larger, and leaves what is new uninitialised")
def test_resize_leaves_memory_that_is_shared(lib):
    x = lib.arange(2.0)
    other = x.detach()
    with raises("others? .*share|shares it"):
        x.resize_(4)
    assert x.resize_(1).tolist() == [0]
    with raises("must not be negative"):
        x.resize_(-1)
    del other
    assert x.resize_(40).tolist() == [0, 1, *[0] * 38]
    array = x.numpy()
    with raises("shares it"):
        x.resize_(100)
    assert array.shape == (40,)
    with pytest.raises((RuntimeError, MemoryError, OverflowError)):
        lib.ones(1).resize_(2**62, 8)


def test_inference_tensors_are_resized_in_their_mode(lib):
    with lib.inference_mode():
        x = lib.ones(1, 2, 3)
        x.resize_(1, 2)
        x.transpose_(0, 1)
        assert lib.is_inference(x)
        assert x.shape == (2, 1)
        assert leaf(lib).resize_(1).shape == (1,)
    with raises("Inplace update to inference tensor outside InferenceMode"):
        x.transpose_(0, 1)


def test_resize_by_its_oldest_name(lib):
    x = leaf(lib, (1.0, 2.0, 3.0, 4.0))
    with pytest.warns(UserWarning, match="non-inplace resize is deprecated"):
        y = x.resize(2, 2)
    assert y.shape == (2, 2)
    (y * y).sum().backward()
    assert x.grad.tolist() == [2, 4, 6, 8]
    with pytest.warns(UserWarning, match="non-inplace resize_as is deprecated"):
        assert x.resize_as(lib.zeros(2, 2)).shape == (2, 2)
    with pytest.warns(UserWarning, match="non-inplace"), raises("requested resize to"):
        x.resize(3)
