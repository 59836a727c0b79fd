"""The engine from inside: deep nesting, the order of nodes, versions by hand, and PyTorch's private names."""

import contextlib
import gc
import importlib
import weakref

import pytest
from semantics import doubling, function_of, leaf, nested_function, raises, saving_its_result


def nested(lib, kinds):
    """A Function whose backward is another's, `depth` deep, by backward() or grad(); and what they saw."""
    seen = []

    def inside(function, depth):
        seen.append((lib.is_grad_enabled(), lib.is_inference_mode_enabled()))
        if not depth:
            return
        with lib.enable_grad():
            z = leaf(lib)
            y = function.apply(z, depth - 1).sum()
            if kinds[depth % len(kinds)] == "grad":
                lib.autograd.grad(y, z, create_graph=True)
            else:
                y.backward()

    return nested_function(lib, inside), seen


@pytest.mark.parametrize("kinds", [("backward",), ("grad", "backward")])
def test_backward_in_backward_two_thousand_deep(lib, kinds):
    function, seen = nested(lib, kinds)
    for depth in (2000, 100):
        seen.clear()
        x = leaf(lib)
        function.apply(x, depth).sum().backward()
        assert x.grad.tolist() == [1, 1]
        assert len(seen) == depth + 1
        assert {inference for _, inference in seen} == {False}
        assert seen[1][0] is (kinds[depth % len(kinds)] == "grad")


def test_an_error_far_down_passes_through(lib):
    def inside(function, depth):
        if not depth:
            raise KeyError("the bottom")
        with lib.enable_grad():
            function.apply(leaf(lib), depth - 1).sum().backward()

    deep = nested_function(lib, inside)
    for _ in range(2):
        with pytest.raises(KeyError, match="the bottom"):
            deep.apply(leaf(lib), 200).sum().backward()
    x = leaf(lib)
    deep.apply(x, 0).detach().requires_grad_().sum().backward()
    (x * 2).sum().backward()
    assert x.grad.tolist() == [2, 2]


@pytest.mark.own("in PyTorch the hooks belong to the thread")
def test_hooks_of_saved_values_reach_far_down(lib):
    packed = []

    def pack(v):
        packed.append(0)
        return v

    def inside(function, depth):
        if depth:
            with lib.enable_grad():
                function.apply(leaf(lib).exp(), depth - 1).sum().backward()

    y = nested_function(lib, inside).apply(leaf(lib), 150).sum()
    with lib.autograd.graph.saved_tensors_hooks(pack, lambda v: v):
        y.backward()
    assert len(packed) == 150


def test_the_number_of_a_node_is_its_turn(lib):
    x, y, z = leaf(lib), leaf(lib), leaf(lib)
    a, b = x + y, y + z
    c = a + b
    order = []
    for name, v, number in (("a", a, 100), ("b", b, 99), ("c", c, 98)):
        v.grad_fn._set_sequence_nr(number)
        assert v.grad_fn._sequence_nr() == number
        v.register_hook(lambda g, name=name: order.append(name))
    c.sum().backward()
    assert order == ["c", "a", "b"]
    assert y.grad.tolist() == [2, 2]
    with pytest.raises((TypeError, OverflowError)):
        a.grad_fn._set_sequence_nr(-1)
    with pytest.raises(TypeError):
        a.grad_fn._set_sequence_nr("first")


def test_edges_get_no_zeros(lib):
    edge_of = lib.autograd.graph.get_gradient_edge
    x, unused = leaf(lib).clone(), leaf(lib).clone()
    y = x * 2
    options = {"allow_unused": True, "materialize_grads": True, "retain_graph": True}
    found = lib.autograd.grad(y.sum(), (edge_of(x), unused), **options)
    assert [g.tolist() for g in found] == [[2, 2], [0, 0]]
    with raises("materialize_grads cannot be used when the given input is a GradientEdge"):
        lib.autograd.grad(y.sum(), (x, edge_of(unused)), **options)


def test_a_hook_after_the_accumulator_sees_the_grad_s_memory(lib):
    x = leaf(lib)
    accumulator = x.view_as(x).grad_fn.next_functions[0][0]

    def after(inner, outer):
        assert inner == ()
        x.grad = outer[0] * 10

    def add(v):
        v.grad.add_(0.5)

    x.register_hook(lambda g: g - 2)
    accumulator.register_prehook(lambda gradients: (gradients[0] / 5,))
    x.register_post_accumulate_grad_hook(add)
    accumulator.register_hook(after)
    x.sum().backward()
    assert x.grad.tolist() == pytest.approx([3, 3])


def test_writes_may_be_left_uncounted(lib):
    x, y = leaf(lib).clone(), lib.ones(2)
    x.add_(1)
    with lib.autograd._unsafe_preserve_version_counter((x, y)):
        x.mul_(2)
        y.mul_(2)
    assert (x._version, y._version) == (1, 0)
    with lib.autograd._unsafe_preserve_version_counter(y):
        y.mul_(2)
    assert y._version == 0


def test_functions_give_saved_values_once(lib):
    def once(name, backward):
        f = doubling(lib, name, backward)
        f.clear_saved_tensors_on_access = True
        return f

    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        alive = weakref.ref(x)
        del x
        assert alive() is None
        return gradient

    x = leaf(lib)
    once("Once", backward).apply(x.clone()).sum().backward()
    assert x.grad.tolist() == [1, 1]

    def twice(ctx, gradient):
        _ = ctx.saved_tensors
        return ctx.saved_tensors[0]

    with raises("can only be accessed once"):
        once("Twice", twice).apply(x).sum().backward()


def test_a_call_that_raises_while_saving_leaves_no_cycle(lib):
    alive = []

    def refuse(v):
        raise KeyError("not this one")

    f = function_of(lib, "Saving", saving_its_result(alive), lambda ctx, g: g)
    gc.collect()
    gc.disable()
    try:
        with contextlib.suppress(KeyError), lib.autograd.graph.saved_tensors_hooks(refuse, refuse):
            f.apply(leaf(lib))
        assert alive[0]() is None
    finally:
        gc.enable()


def test_views_that_a_function_made_of_what_needs_no_gradient(lib):
    f = function_of(lib, "View", lambda ctx, x: x.view_as(x), lambda ctx, g: g)
    for write in (lambda v, w: v.add_(w), lambda v, w: v.copy_(w)):
        view = f.apply(lib.rand(1, 2))
        with raises("This view was created inside a custom Function"):
            write(view, leaf(lib, (1.0,)))


def test_of_several_outputs_none_is_a_view_to_be_written(lib):
    def forward(ctx, x):
        return x.narrow(0, 0, 1), x * 2

    f = function_of(lib, "Both", forward, lambda ctx, g, h: h * 2)
    view, other = f.apply(leaf(lib).clone())
    with raises("Output 0 of Both.* is a view .*function that returns multiple views"):
        view.add_(1)
    other.add_(1)
    one = function_of(lib, "One", lambda ctx, x: (x.narrow(0, 0, 1), 3), lambda ctx, g, h: g)
    with raises("Output 0 of One.* is a view .*created inside a custom Function"):
        one.apply(leaf(lib).clone())[0].add_(1)


def test_only_inputs_are_marked_dirty(lib):
    def forward(ctx, x):
        y = x.clone().view_as(x)
        ctx.mark_dirty(y)
        return y

    with raises("received a tensor that was not an input"):
        function_of(lib, "Marking", forward, lambda ctx, g: g).apply(leaf(lib).clone())


@pytest.mark.own("PyTorch gives what an empty graph has, newer ones raise")
def test_an_instance_of_a_function_is_no_context(lib):
    f = function_of(lib, "Idle", lambda ctx, x: x, lambda ctx, g: g)
    with pytest.warns(DeprecationWarning, match="should not be instantiated"):
        instance = f()
    for name in ("next_functions", "_input_metadata"):
        with raises(f"Attribute '{name}' is invalid"):
            getattr(instance, name)
    for name in ("name", "_sequence_nr"):
        with raises(f"Attribute '{name}' is invalid"):
            getattr(instance, name)()
    with raises("underlying PyNode has already been deallocated"):
        _ = instance.metadata
    with pytest.raises(AttributeError):
        _ = instance.nothing


def test_nodes_are_told_by_isinstance(lib):
    node_type = lib.autograd.graph.Node
    y = leaf(lib).exp()
    assert isinstance(y.grad_fn, node_type)
    assert isinstance(y.grad_fn.next_functions[0][0], node_type)
    assert issubclass(type(y.grad_fn), node_type)
    assert node_type not in type(y.grad_fn).mro()
    assert issubclass(node_type, node_type)
    with raises("Node", TypeError):
        node_type()
    assert not isinstance(node_type, node_type)
    assert not isinstance(None, node_type)
    assert issubclass(lib.autograd.function.BackwardCFunction, node_type)
    contexts = []
    function_of(lib, "Kept", lambda ctx, x: contexts.append(ctx) or x.clone(), lambda ctx, g: g).apply(
        leaf(lib)
    )
    assert isinstance(contexts[0], node_type)


def test_what_a_node_saved_beside_tensors(lib):
    x = leaf(lib, [[1.0, 2.0], [3.0, 4.0]])
    assert x.as_strided((3,), (1,), 1).grad_fn._saved_storage_offset == 1
    assert x.as_strided((3,), (1,)).grad_fn._saved_storage_offset is None
    assert x.as_strided((3,), (1,)).grad_fn._saved_size == (3,)
    assert lib.linalg.qr(x, mode="reduced")[0].grad_fn._saved_mode == "reduced"
    assert lib.div(x, 2.0, rounding_mode="trunc").grad_fn._saved_rounding_mode == "trunc"
    assert lib.logit(x, 0.5).grad_fn._saved_eps == 0.5
    assert lib.logit(x).grad_fn._saved_eps is None
    metadata = (x * 2).grad_fn._input_metadata[0]
    assert (tuple(metadata.shape), metadata.dtype) == ((2, 2), lib.float32)
    assert not metadata.is_nested_tensor


def test_old_jacobians(lib):
    gradcheck = importlib.import_module(lib.__name__ + ".autograd.gradcheck")
    a, b = (lib.rand(2, 2, dtype=lib.float64, requires_grad=True) for _ in range(2))

    def function(inputs):
        return 2 * inputs[0] + inputs[1], inputs[0]

    with pytest.warns(FutureWarning, match="`get_numerical_jacobian` was part of PyTorch's private API"):
        of_a, of_b = gradcheck.get_numerical_jacobian(function, (a, b), eps=1e-6)
    assert lib.allclose(of_a, 2 * lib.eye(4, dtype=lib.float64))
    assert lib.allclose(of_b, lib.eye(4, dtype=lib.float64))
    with pytest.warns(FutureWarning):
        (only,) = gradcheck.get_numerical_jacobian(function, (a, b), target=b, eps=1e-6)
    assert lib.allclose(only, of_b)
    with pytest.warns(FutureWarning, match="`get_analytical_jacobian`"):
        jacobians, reentrant, sizes, types = gradcheck.get_analytical_jacobian((a, b), function((a, b))[0])
    assert lib.allclose(jacobians[0], of_a)
    assert reentrant
    assert sizes
    assert types
    for call in (
        lambda: gradcheck.get_numerical_jacobian(function, (a, b), grad_out=2.0),
        lambda: gradcheck.get_analytical_jacobian((a,), a * 2, grad_out=2.0),
    ):
        with pytest.warns(FutureWarning), raises("Expected grad_out to be 1.0", ValueError):
            call()


def test_private_names(lib):
    internals = importlib.import_module(lib.__name__ + "._C")
    numbers, kept = [], []
    x = leaf(lib)
    y = x.exp()
    other = leaf(lib).exp()
    accumulator = y.grad_fn.next_functions[0][0]
    assert isinstance(accumulator, internals._functions.AccumulateGrad)

    def look(g):
        numbers.append(internals._current_graph_task_id())
        kept.append(internals._autograd._get_current_graph_task_keep_graph())
        assert internals._will_engine_execute_node(y.grad_fn)
        assert not internals._will_engine_execute_node(other.grad_fn)

    y.register_hook(look)
    y.sum().backward(retain_graph=True)
    y.sum().backward()
    assert numbers[1] == numbers[0] + 1
    assert kept == [True, False]
    assert internals._current_graph_task_id() == -1
    assert internals._current_autograd_node() is None
    with raises("during the backward pass"):
        internals._will_engine_execute_node(y.grad_fn)
    with raises("expects an grad_fn"):
        internals._will_engine_execute_node(y)
    z = leaf(lib) * 2
    reference = internals._WeakTensorRef(z)
    assert not reference.expired()
    del z
    assert reference.expired()
    assert internals._autograd._saved_tensors_hooks_is_enabled()
    z = lib.ones(2)
    internals._autograd._unsafe_set_version_counter((z,), (3,))
    assert z._version == 3
    with raises("Cannot set"):
        internals._autograd._unsafe_set_version_counter((z,), (-1,))


def test_the_order_to_come(lib):
    order_of = importlib.import_module(lib.__name__ + "._C")._current_graph_task_execution_order
    coming, ran = [], []

    def run(variables, start):
        """The names of what is to come when `variables[0]` has its gradient, and of what then ran."""
        coming.clear()
        ran.clear()
        handles = [variables[0].register_hook(lambda g: coming.extend(n.name() for n in order_of()))]
        for v in variables:
            node = v.grad_fn or v.view_as(v).grad_fn.next_functions[0][0]
            handles.append(node.register_prehook(lambda g, node=node: ran.append(node.name())))
        with lib.autograd.set_multithreading_enabled(False):
            start()
        for handle in handles:
            handle.remove()

    a, b = leaf(lib, (1.0,)), leaf(lib, (2.0,))
    c, d = b.sin(), a.cos()
    out = c * d
    run((out, c, d, a, b), lambda: out.backward())
    assert coming == ran
    assert len(ran) == 5
    x = a * 2
    first, second, third = x.sin(), x.cos(), x.cos()
    run((third, second, first, x), lambda: lib.autograd.grad((first, third, second), a))
    assert coming[:-1] == ran
    assert coming[-1].endswith("AccumulateGrad")
    with raises("should only be called during the backward pass"):
        order_of()
    x = a * 2
    x.register_hook(lambda g: order_of())
    with raises("expects the current backward to be executed with multithreading disabled"):
        x.backward()


def test_a_saved_value_by_itself(lib):
    make = importlib.import_module(lib.__name__ + "._C")._autograd._make_saved_tensor
    calls = []
    x = leaf(lib)
    hooks = lib.autograd.graph.saved_tensors_hooks(
        lambda v: calls.append("pack") or v, lambda v: calls.append("unpack") or v
    )
    with hooks:
        saved = make(x, is_output=False)
        assert [saved.unpack().tolist() for _ in range(2)] == [x.tolist()] * 2
    assert calls == ["pack", "unpack", "unpack"]


def test_a_hook_that_comes_while_the_node_runs(lib):
    seen = []
    x = leaf(lib)
    y = x.exp()

    def unpack(v):
        def hook(inner, outer):
            seen.append(outer)
            return tuple(g / 2 for g in inner)

        y.grad_fn.register_hook(hook)
        return v

    y.grad_fn._raw_saved_result.register_hooks(lambda v: v, unpack)
    y.sum().backward()
    assert seen == [()]
    assert x.grad.tolist() == pytest.approx((y / 2).tolist())


def test_saved_indices_stand_at_their_dimensions(lib):
    x, index = lib.ones(2, 2, 2, requires_grad=True), lib.tensor([0, 1])
    node = x[:, index].grad_fn
    assert node._saved_indices[0] is None
    assert node._saved_indices[1].tolist() == [0, 1]
    assert len(node._saved_indices) == 2
    assert tuple(node._saved_self_sym_sizes) == (2, 2, 2)
    with raises("None is forbidden"):
        node._raw_saved_indices[0].register_hooks(lambda v: v, lambda v: v)
    node._raw_saved_indices[1].register_hooks(lambda v: v, lambda v: v)
    assert x[index, :, index].grad_fn._saved_indices[1] is None


def test_gradients_that_are_undefined_or_an_error(lib):
    functions = importlib.import_module(lib.__name__ + "._C")._functions
    assert issubclass(functions.DelayedError, lib.autograd.graph.Node)
    seen = []
    f = function_of(lib, "Seen", lambda ctx, x: x.clone(), lambda ctx, g: seen.append(g))
    functions.UndefinedGrad()(f.apply(leaf(lib))).sum().backward()
    assert seen[0].tolist() == [0, 0]
    x, y = leaf(lib), leaf(lib)
    late = functions.DelayedError("at last", 1)(y)
    with raises("at last"):
        (x + late).sum().backward()
    assert lib.autograd.grad((x + late).sum(), late)[0].tolist() == [1, 1]


KINDS = {
    "is_cpu": True,
    **dict.fromkeys(
        ("is_cuda", "is_sparse", "is_sparse_csr", "is_quantized", "is_meta", "is_mkldnn", "is_mps", "is_xla"),
        False,
    ),
    **dict.fromkeys(("is_nested", "is_vulkan", "is_xpu", "is_ipu", "is_mtia", "is_maia", "name"), None),
}


@pytest.mark.parametrize("name", KINDS)
def test_kinds_of_tensors(lib, name):
    assert getattr(lib.ones(2), name) in (KINDS[name], KINDS[name] or False)
    with pytest.raises(AttributeError):
        setattr(lib.ones(2), name, True)


def test_the_layout(lib):
    x = lib.ones(2)
    assert x.layout is lib.strided
    assert isinstance(x.layout, lib.layout)
    assert str(x.layout).endswith(".strided")
    assert x.to_dense() is x
    assert not x.is_pinned()
    assert not x.is_shared()
    assert reversed(lib.arange(3)).tolist() == [2, 1, 0]
    assert reversed(lib.tensor(1.0)).item() == 1


def test_types_of_tensors(lib):
    x = lib.randn(5, 5)
    assert isinstance(x.float(), lib.FloatTensor)
    assert isinstance(x.int(), lib.IntTensor)
    assert not isinstance(x, lib.DoubleTensor)
    assert not isinstance(1.0, lib.FloatTensor)
    for kind in (lib.DoubleTensor, lib.FloatTensor, lib.IntTensor, lib.ByteTensor):
        y = lib.randint(5, (5, 5), dtype=kind.dtype)
        assert isinstance(x.type(kind), kind)
        assert isinstance(x.type_as(y), kind)
        assert kind().dtype is kind.dtype
        assert x.type(kind.dtype).dtype is kind.dtype
        assert y.data_ptr() == y.type(kind).data_ptr()
    assert lib.LongTensor([3, 4]).tolist() == [3, 4]
    assert lib.FloatTensor(2, 3).shape == (2, 3)
