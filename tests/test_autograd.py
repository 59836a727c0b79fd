"""backward, grad, what .grad holds, leaves and flags, grad modes, and the graph that users can look at."""

import gc
import warnings
import weakref

import numpy as np
import pytest
from semantics import leaf, raises

pytestmark = pytest.mark.usefixtures("grad_mode")


# --- backward: what it is given


def test_backward_of_one_element_needs_no_gradient(lib):
    for shape in ((), (1,), (1, 1)):
        x = lib.ones(shape, requires_grad=True)
        (x * 3).backward()
        assert x.grad.shape == shape
        assert x.grad.item() == 3


def test_backward_returns_none_and_scalar_leaf_is_its_own_root(lib):
    x = leaf(lib, 2.0)
    assert x.backward() is None
    assert x.grad.item() == 1


@pytest.mark.parametrize(
    ("root", "given"),
    [((), (1,)), ((1,), ()), ((2, 3), (1, 3)), ((2, 3), (3,)), ((2, 3), (3, 2)), ((2,), (0,))],
)
def test_gradient_of_another_shape(lib, root, given):
    x = lib.ones(root, requires_grad=True)
    y = x * 2
    with raises(r"Mismatch in shape: grad_output\[0\]"):
        y.backward(lib.ones(given))
    assert x.grad is None
    y.backward(lib.ones(root))  # nothing was freed
    assert x.grad.tolist() == lib.full(root, 2.0).tolist()


@pytest.mark.own("torch looks the index up by comparing values")
def test_mismatch_names_the_gradient(lib):
    x = lib.ones(2, requires_grad=True)
    y = x * 2
    with raises(r"Mismatch in shape: grad_output\[1\]"):
        lib.autograd.grad([y, y], x, [lib.ones(2), lib.ones(3)])


@pytest.mark.parametrize("shape", [(2,), (1, 2), (0,), (2, 0)])
def test_implicit_gradient_only_for_scalars(lib, shape):
    x = lib.ones(shape, requires_grad=True)
    with raises("implicitly created only for scalar outputs"):
        (x * 2).backward()
    with raises("implicitly created only for scalar outputs"):
        lib.autograd.grad(x * 2, x)


@pytest.mark.parametrize("gradient", ["abc", np.ones(2, np.float32), 1.0], ids=["str", "ndarray", "float"])
def test_gradient_of_another_type(lib, gradient):
    y = leaf(lib) * 2
    with raises("gradients can be either Tensors or None", TypeError):
        lib.autograd.backward([y], [gradient])


@pytest.mark.own("torch: is not iterable")
@pytest.mark.parametrize("gradient", [1.0, 1, "abc", np.ones(2, np.float32)], ids=repr)
def test_bare_gradient_of_another_type(lib, gradient):
    with raises("gradients can be either Tensors or None", TypeError):
        (leaf(lib) * 2).backward(gradient)


@pytest.mark.parametrize("dtype", ["float64", "int64", "uint8"])
def test_gradient_of_another_dtype_is_cast(lib, dtype):
    x = leaf(lib)
    (x * 2).backward(lib.tensor([1, 3], dtype=getattr(lib, dtype)))
    assert x.grad.dtype == lib.float32
    assert x.grad.tolist() == [2, 6]


def test_gradient_is_cast_before_the_first_hook(lib):
    y = leaf(lib) * 2
    seen = []
    y.register_hook(lambda g: seen.append(g.dtype))
    y.backward(lib.tensor([1, 3]))
    assert seen == [lib.float32]


def test_root_without_grad(lib):
    x = leaf(lib, 2.0)
    for constant in (lib.tensor(1.0), lib.ones(3), lib.tensor(2), (x * x).detach()):
        with raises("element 0 of tensors does not require grad"):
            lib.autograd.backward([constant], [lib.ones_like(constant)])
    with raises("element 1 of tensors does not require grad"):
        lib.autograd.backward([x * 2, lib.tensor(1.0)])
    with raises("does not require grad"):
        lib.tensor(1.0).backward()
    assert x.grad is None


def test_fewer_gradients_than_roots(lib):
    x = leaf(lib)
    y = x * 2
    with raises("got 2 tensors and 1 gradients"):
        lib.autograd.backward([y, y], [lib.ones(2)])
    with raises("got 2 tensors and 1 gradients"):
        lib.autograd.grad([y, y], x, [lib.ones(2)])


@pytest.mark.own("torch ignores the extra gradient")
def test_more_gradients_than_roots(lib):
    with raises("got 1 tensors and 2 gradients"):
        lib.autograd.backward([leaf(lib) * 2], [lib.ones(2), lib.ones(2)])


def test_empty_inputs(lib):
    y = (leaf(lib) * 2).sum()
    with raises("cannot be empty"):
        y.backward(inputs=[])
    with raises("cannot be empty"):
        lib.autograd.grad(y, [])


def test_retain_graph(lib):
    x = leaf(lib)
    y = (x * x).sum()
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.tolist() == [4, 8]
    with raises("backward through the graph a second time"):
        y.backward()
    assert x.grad.tolist() == [4, 8]


@pytest.mark.parametrize(("retain", "kept"), [(None, True), (True, True), (False, False)])
def test_create_graph_retains_unless_told_otherwise(lib, retain, kept):
    x = leaf(lib, 3.0)
    y = x * x * x
    (g,) = lib.autograd.grad(y, x, create_graph=True, retain_graph=retain)
    assert g.requires_grad
    if kept:
        assert lib.autograd.grad(y, x)[0].item() == 27
    else:
        with raises("second time"):
            lib.autograd.grad(y, x)


def test_higher_orders(lib):
    x = leaf(lib, 3.0, "float64")
    value, seen = x**4, []
    for _ in range(5):
        (value,) = lib.autograd.grad(value, x, create_graph=True)
        seen.append(value.item())
    assert seen == [108, 108, 72, 24, 0]


@pytest.mark.own("the alias left PyTorch")
def test_retain_variables_is_deprecated(lib):
    x = leaf(lib)
    y = (x * x).sum()
    with pytest.warns(FutureWarning, match="retain_graph"):
        y.backward(retain_variables=True)
    y.backward()
    assert x.grad.tolist() == [4, 8]


def test_inputs(lib):
    x, w = leaf(lib), leaf(lib)
    ((x * w).sum()).backward(inputs=[x])
    assert x.grad.tolist() == [1, 2]
    assert w.grad is None
    (x * w).sum().backward(inputs=w)
    assert x.grad.tolist() == [1, 2]
    assert w.grad.tolist() == [1, 2]


def test_inputs_that_get_nothing(lib):
    x, other = leaf(lib), leaf(lib)
    (x * 2).sum().backward(inputs=[other])
    assert x.grad is None
    assert other.grad is None
    with raises("can't retain_grad on Tensor"):
        (x * 2).sum().backward(inputs=[lib.ones(2)])


def test_non_leaf_in_inputs_is_filled_and_its_node_frees(lib):
    x = leaf(lib)
    y = x * x
    ran = []
    y.grad_fn.register_hook(lambda i, o: ran.append(o[0].tolist()))
    (y * 3).sum().backward(inputs=[y])
    assert ran == [[3, 3]]
    assert y.grad.tolist() == [3, 3]
    assert y.retains_grad
    assert x.grad is None
    with raises("second time"):
        y.sum().backward()


def test_non_leaf_in_grad_keeps_its_node(lib):
    x = leaf(lib)
    y = x * x
    assert lib.autograd.grad((y * 3).sum(), y)[0].tolist() == [3, 3]
    y.sum().backward()
    assert x.grad.tolist() == [2, 4]


# --- grad


def test_grad_returns_a_tuple_and_leaves_grad_alone(lib):
    x, w = leaf(lib), leaf(lib)
    got = lib.autograd.grad((x * w * w).sum(), [w, x])
    assert isinstance(got, tuple)
    assert [g.tolist() for g in got] == [[2, 8], [1, 4]]
    assert x.grad is None
    assert w.grad is None


def test_unused_input(lib):
    x, other = leaf(lib), leaf(lib)
    with raises(r"index 1 appears to not have been used|appears to not have been used.*\[1\]"):
        lib.autograd.grad((x * 2).sum(), [x, other])
    assert x.grad is None
    g, none = lib.autograd.grad((x * 2).sum(), [x, other], allow_unused=True)
    assert g.tolist() == [2, 2]
    assert none is None


@pytest.mark.parametrize("create_graph", [False, True])
def test_materialize_grads(lib, create_graph):
    x, other = leaf(lib), leaf(lib, [[1.0, 2.0]], "float64")
    _, zeros = lib.autograd.grad((x * 2).sum(), [x, other], create_graph=create_graph, materialize_grads=True)
    assert zeros.tolist() == [[0, 0]]
    assert zeros.dtype == lib.float64
    assert zeros.requires_grad is create_graph
    with raises("Expected allow_unused to be True", ValueError):
        lib.autograd.grad((x * 2).sum(), [x], materialize_grads=True, allow_unused=False)


@pytest.mark.parametrize("allow_unused", [False, True])
def test_input_without_grad(lib, allow_unused):
    with raises("does not require grad"):
        lib.autograd.grad((leaf(lib) * 2).sum(), lib.ones(2), allow_unused=allow_unused)


def test_input_that_is_no_variable(lib):
    for bad in (3, "x", np.ones(2)):
        with raises("all inputs have to be Tensors"):
            lib.autograd.grad((leaf(lib) * 2).sum(), [bad])


def test_grad_of_itself_duplicates_and_ancestors(lib):
    x = leaf(lib, 3.0)
    assert lib.autograd.grad(x, x)[0].item() == 1
    y = x * x
    assert lib.autograd.grad([y, y], x, retain_graph=True)[0].item() == 12
    assert [g.item() for g in lib.autograd.grad(y, [x, x], retain_graph=True)] == [6, 6]
    z = y * 2
    assert [g.item() for g in lib.autograd.grad([z, y, x], [x, y])] == [19, 3]
    lib.autograd.backward([x * 2, x])
    assert x.grad.item() == 3


def test_grad_mode_in_backward_is_create_graph(lib):
    x = leaf(lib, 3.0)
    with lib.no_grad():
        assert lib.autograd.grad(x, x)[0].item() == 1
    y = x * x * x
    with lib.no_grad():
        (g,) = lib.autograd.grad(y, x, create_graph=True)
    assert lib.autograd.grad(g, x)[0].item() == 18
    y = x * x
    assert not lib.autograd.grad(y, x)[0].requires_grad


# --- .grad


def test_accumulation_in_place_and_out_of_place(lib):
    x = leaf(lib)
    (x * 2).sum().backward()
    first = x.grad
    (x * 3).sum().backward()
    assert x.grad is first
    assert first.tolist() == [5, 5]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns of a cycle
        (x * x).sum().backward(create_graph=True)
    assert x.grad is not first
    assert first.tolist() == [5, 5]
    assert x.grad.tolist() == [7, 9]
    x.grad = None


def test_grad_aliases_nothing(lib):
    x, w = leaf(lib), leaf(lib)
    g = lib.tensor([1.0, 1.0])
    (x + w).backward(g)
    x.backward(g)
    g.zero_()
    assert x.grad.tolist() == [2, 2]
    assert w.grad.tolist() == [1, 1]
    w.grad.zero_()
    assert x.grad.tolist() == [2, 2]
    kept = []
    x.grad = None
    x.register_hook(kept.append)
    (x * 1).sum().backward()
    kept[0].zero_()
    assert x.grad.tolist() == [1, 1]


def test_layout_of_grad(lib):
    x = lib.ones(3, 2).t().requires_grad_()
    x.sum().backward()
    assert x.grad.stride() == (1, 2)
    y = lib.ones(1, 3).expand(2, 3).detach().requires_grad_()
    y.sum().backward()
    assert y.grad.stride() == (3, 1)
    assert lib.autograd.grad(y.sum(), y)[0].stride() in ((0, 0), (3, 1))  # ours may be written


def test_assigning_grad(lib):
    x = leaf(lib)
    g = lib.ones(2)
    x.grad = g
    assert x.grad is g
    del x.grad
    assert x.grad is None
    x.grad = g
    x.grad = None
    assert x.grad is None
    with raises("expected to be a Tensor or None", TypeError):
        x.grad = 3
    with raises("can't assign Variable as its own grad"):
        x.grad = x
    with raises("attempting to assign a gradient with dtype"):
        x.grad = lib.ones(3, dtype=lib.float64)
    for shape in ((1,), (), (1, 2)):
        with raises("attempting to assign a gradient of size"):
            x.grad = lib.ones(shape)
    assert x.grad is None
    y = x * 2
    y.grad = g
    assert y.grad is g
    plain = lib.zeros(2)
    plain.grad = g
    assert plain.grad is g


def test_grad_of_a_non_leaf_warns_each_time(lib):
    y = leaf(lib) * 2
    for _ in range(2):
        with pytest.warns(UserWarning, match="not a leaf Tensor is being accessed"):
            assert y.grad is None
    y.retain_grad()
    assert y.grad is None  # a warning would be an error here


def test_requires_grad_turned_off_after_recording(lib):
    x, w = leaf(lib), leaf(lib)
    y = (x * w).sum()
    x.requires_grad = False
    y.backward()
    assert x.grad is None
    assert w.grad.tolist() == [1, 2]


def test_retain_grad(lib):
    x = leaf(lib)
    x.retain_grad()
    assert not x.retains_grad
    y = x * x
    y.retain_grad()
    y.retain_grad()
    assert y.retains_grad
    z = (y * 3).sum()
    z.backward(retain_graph=True)
    first = y.grad
    lib.autograd.grad(z, x, retain_graph=True)
    assert y.grad is not first
    assert first.tolist() == [3, 3]
    assert y.grad.tolist() == [6, 6]
    with raises("can't retain_grad on Tensor"):
        lib.ones(2).retain_grad()


def test_retain_grad_does_not_keep_alive(lib):
    x = leaf(lib)
    y = x * x
    y.retain_grad()
    z = y.sum()
    gone = weakref.ref(y)
    del y
    gc.collect()
    assert gone() is None
    z.backward()
    assert x.grad.tolist() == [2, 4]


# --- requires_grad, leaves, data, detach


def test_is_leaf(lib):
    x = leaf(lib)
    y = x * 2
    assert x.is_leaf
    assert not y.is_leaf
    for detached in (y.detach(), y.data, lib.ones(2) * 2):
        assert detached.is_leaf
        assert not detached.requires_grad
        assert detached.grad_fn is None


def test_flags_of_a_non_leaf(lib):
    y = leaf(lib) * 2
    for value in (True, False):
        with raises("can only change requires_grad flags of leaf"):
            y.requires_grad = value
    assert y.requires_grad_() is y
    with raises("can only change requires_grad flags of leaf"):
        y.requires_grad_(False)
    assert y.requires_grad


@pytest.mark.parametrize("dtype", ["int64", "uint8", "uint64", "bool", "int8"])
def test_only_floating_point_requires_grad(lib, dtype):
    t = lib.zeros(2, dtype=getattr(lib, dtype))
    for call in (
        lambda: setattr(t, "requires_grad", True),
        lambda: t.requires_grad_(),
        lambda: lib.zeros(2, dtype=getattr(lib, dtype), requires_grad=True),
        lambda: lib.tensor([1, 0], dtype=getattr(lib, dtype), requires_grad=True),
        lambda: lib.ones_like(t, requires_grad=True),
        lambda: lib.autograd.Variable(t, requires_grad=True),
    ):
        with raises("dtype can require gradients"):
            call()
    t.requires_grad = False
    assert not t.requires_grad_(False).requires_grad


@pytest.mark.parametrize("value", [1, None, np.True_, "yes"], ids=repr)
def test_flag_must_be_a_bool(lib, value):
    x = leaf(lib)
    with raises("requires_grad must be a bool"):
        x.requires_grad = value
    assert x.requires_grad


def test_data(lib):
    x = leaf(lib)
    x.detach().add_(1)
    before, version = id(x), x._version
    x.data = lib.ones(3, 1, dtype=lib.float64)
    assert (id(x), x._version, x.dtype) == (before, version, lib.float64)
    assert tuple(x.shape) == (3, 1)
    assert x.requires_grad
    with raises("must be floating point"):
        x.data = lib.ones(2, dtype=lib.int64)
    with raises("Variable data has to be a tensor", TypeError):
        x.data = 3
    with raises("Deleting tensor data is not allowed"):
        del x.data
    assert tuple(x.shape) == (3, 1)


def test_counters_of_detach_and_data(lib):
    x = leaf(lib)
    x.data.add_(1)
    assert x._version == 0
    x.detach().add_(1)
    assert x._version == 1
    assert x.tolist() == [3, 4]
    assert (x * 1).clone()._version == 0
    y = (x * x).sum()
    x.data.zero_()
    y.backward()  # silently wrong, as documented
    assert x.grad.tolist() == [0, 0]


def test_variable_shares(lib):
    t = lib.ones(2)
    v = lib.autograd.Variable(t, requires_grad=True)
    assert v is not t
    assert v.requires_grad
    assert not t.requires_grad
    t.add_(1)
    assert v.tolist() == [2, 2]
    assert v._version == t._version == 1


def test_results_without_grad(lib):
    x = leaf(lib)
    for result in (x.argmax(), x > 1, x == 1, x.sort()[1], x.topk(1)[1], x.long(), x.to(lib.int32), x.bool()):
        assert not result.requires_grad
        assert result.grad_fn is None


def test_same_object(lib):
    x = leaf(lib)
    for same in (x.contiguous(), x.float(), x.to(lib.float32), +x, x.type_as(x)):
        assert same is x
    for other in (x.reshape(2), x.expand(2), x.squeeze(), x.view(2), x.clone()):
        assert other is not x
        assert other.grad_fn is not None


def test_attributes_that_cannot_be_deleted(lib):
    x = leaf(lib)
    del x.grad
    for name in ("data", "requires_grad", "_grad_fn", "_backward_hooks"):
        with raises("[Dd]elet|must be a bool"):
            delattr(x, name)
    y = x * 2
    assert y._grad_fn is y.grad_fn
    y._grad_fn = None
    assert y.is_leaf
    with pytest.warns(UserWarning, match="volatile was removed"):
        assert x.volatile is False
