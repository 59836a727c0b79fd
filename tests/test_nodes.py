"""Nodes as users look at them: what they saved, calling them, metadata, edges for Variables."""

import gc
import weakref

import pytest
from semantics import leaf, raises

FREED = "Trying to backward through the graph a second time"


def x2(lib):
    return leaf(lib, [[1.0, 2.0], [3.0, 4.0]])


# --- what is saved


def test_saved_inputs_are_the_same_objects(lib):
    x, w = leaf(lib), leaf(lib)
    node = (x * w).grad_fn
    assert node._saved_self is x
    assert node._saved_other is w
    y = x * 1
    assert (y * y).grad_fn._saved_self is y


def test_what_is_not_saved_is_none(lib):
    x = leaf(lib)
    constant = lib.ones(2)
    node = (x * constant).grad_fn
    assert node._saved_self is None
    assert node._saved_other is constant
    assert (x * 2).grad_fn._saved_other.item() == 2
    with raises("no attribute", AttributeError):
        node._saved_nothing  # noqa: B018
    with raises("no attribute", AttributeError):
        node.nothing  # noqa: B018


def test_saved_result_is_an_equal_other_object(lib):
    y = leaf(lib).exp()
    result = y.grad_fn._saved_result
    assert result is not y
    assert result.tolist() == y.tolist()
    assert result.grad_fn is y.grad_fn


SAVED = [
    ("exponent", 3, lambda lib, x: x**3),
    ("exponent", 0.5, lambda lib, x: x**0.5),
    ("self", 2, lambda lib, x: 2**x),
    ("alpha", 3, lambda lib, x: x.add(x, alpha=3)),
    ("dim", (1,), lambda lib, x: x.sum(1)),
    ("keepdim", True, lambda lib, x: x.sum(1, keepdim=True)),
    ("self_sym_sizes", (2, 2), lambda lib, x: x.sum(1)),
    ("self_sym_sizes", (2, 2), lambda lib, x: x.sum()),
    ("dim", (0,), lambda lib, x: x.mean(0)),
    ("dim", 0, lambda lib, x: x.max(0)[0]),
    ("indices", [1, 1], lambda lib, x: x.max(0)[0]),
    ("result", [3, 4], lambda lib, x: x.amax(0)),
    ("dim", 1, lambda lib, x: x.softmax(1)),
    ("dim", 0, lambda lib, x: x.cumsum(0)),
    ("min", 0, lambda lib, x: x.clamp(0, 3)),
    ("max", 3, lambda lib, x: x.clamp(0, 3)),
    ("max", None, lambda lib, x: x.clamp(min=0)),
    ("dim", 0, lambda lib, x: x[1]),
    ("index", 1, lambda lib, x: x[1]),
    ("start", 1, lambda lib, x: x[1:]),
    ("step", 1, lambda lib, x: x[1:]),
    ("dim0", 0, lambda lib, x: x.transpose(0, 1)),
    ("dim1", 1, lambda lib, x: x.transpose(0, 1)),
    ("dims", (1, 0), lambda lib, x: x.permute(1, 0)),
    ("self_sym_sizes", (2, 2), lambda lib, x: x.view(4)),
    ("dim", 1, lambda lib, x: lib.cat([x, x], 1)),
    ("dim", 0, lambda lib, x: lib.stack([x, x])),
    ("diagonal", 1, lambda lib, x: x.tril(1)),
    ("condition", [[False, True], [True, True]], lambda lib, x: lib.where(x > 1, x, 0.0)),
    ("mask", [[False, True], [True, True]], lambda lib, x: x.masked_fill(x > 1, 0.0)),
    ("index", [[0, 0]], lambda lib, x: x.gather(0, lib.tensor([[0, 0]]))),
    ("mat2", [[1, 1], [1, 1]], lambda lib, x: x @ lib.ones(2, 2)),
    ("vec", [1, 1], lambda lib, x: x @ lib.ones(2)),
    ("tensor", [1, 1], lambda lib, x: x[0] @ lib.ones(2)),
    ("self", [[1, 2], [3, 4]], lambda lib, x: x.log()),
]


@pytest.mark.parametrize(("name", "value", "make"), SAVED, ids=[f"{i}-{s[0]}" for i, s in enumerate(SAVED)])
def test_names_of_saved_values(lib, name, value, make):
    node = make(lib, x2(lib)).grad_fn
    assert f"_saved_{name}" in dir(node)
    saved = getattr(node, f"_saved_{name}")
    assert (saved.tolist() if isinstance(saved, lib.Tensor) else saved) == value


def test_saved_indices(lib):
    node = x2(lib)[lib.tensor([1, 0])].grad_fn
    (index,) = node._saved_indices
    assert index.tolist() == [1, 0]


def test_saved_values_freed_and_moved(lib):
    x = leaf(lib)
    y = x * 1
    z = y**3
    y.add_(1)
    with raises("modified by an inplace operation"):
        z.grad_fn._saved_self  # noqa: B018
    z = (x * 1) ** 3
    z.sum().backward()
    with raises(FREED):
        z.grad_fn._saved_self  # noqa: B018
    assert z.grad_fn._saved_exponent == 3
    for freed in (x.exp(), x.max(0)[0], x[lib.tensor([0])]):
        freed.sum().backward()
        name = next(n for n in ("_saved_result", "_saved_indices") if n in dir(freed.grad_fn))
        with raises(FREED):
            getattr(freed.grad_fn, name)
    total = x.sum()
    total.backward()
    assert total.grad_fn._saved_self_sym_sizes == (2,)


# --- calling, metadata, numbers


def test_nodes_are_callable(lib):
    x, w = leaf(lib), leaf(lib)
    node = (x * w).grad_fn
    a, b = node(lib.tensor([3.0, 4.0]))
    assert (a.tolist(), b.tolist()) == ([3, 8], [3, 8])
    assert x.grad is None
    assert (x**2).grad_fn(lib.ones(2)).tolist() == [2, 4]
    assert (x**2).grad_fn(None) is None
    first, second = (x * 2).grad_fn(lib.ones(2))
    assert first.tolist() == [2, 2]
    assert second is None
    for wrong in ((), (lib.ones(2), lib.ones(2))):
        with raises(r"expected 1 arguments", TypeError):
            node(*wrong)
    with raises("argument 0 is not a Variable", TypeError):
        node(3)
    assert node(lib.ones(2))[0].requires_grad  # it is recorded


# One letter an input: the leaf, or another argument that has a place but no gradient.
INPUTS = {
    "2 * x": ("x-", lambda lib, x: 2 * x),
    "2 + x": ("x-", lambda lib, x: 2 + x),
    "2 - x": ("x", lambda lib, x: 2 - x),
    "2 ** x": ("x", lambda lib, x: 2**x),
    "c - x": ("-x", lambda lib, x: lib.ones(2) - x),
    "remainder": ("x", lambda lib, x: x % 2),
    "fmod of two": ("x-", lambda lib, x: x.fmod(lib.ones(2))),
    "copysign": ("x", lambda lib, x: x.copysign(1)),
    "xlogy": ("x", lambda lib, x: lib.xlogy(x, 2)),
    "lerp": ("xx", lambda lib, x: lib.lerp(x, x, 0.5)),
    "where": ("-x", lambda lib, x: lib.where(x > 1, 1.0, x)),
    "clamp": ("x--", lambda lib, x: x.clamp(lib.ones(2), lib.ones(2))),
    "index": ("x", lambda lib, x: x[lib.tensor([1, 0])]),
    "index_put": ("x-", lambda lib, x: x.index_put((lib.tensor([0]),), lib.ones(1))),
    "gather": ("x", lambda lib, x: x.gather(0, lib.tensor([1]))),
    "scatter of a number": ("x", lambda lib, x: x.scatter(0, lib.tensor([1]), 3.0)),
    "scatter_add": ("x-", lambda lib, x: x.scatter_add(0, lib.tensor([1]), lib.ones(1))),
    "index_fill": ("x", lambda lib, x: x.index_fill(0, lib.tensor([1]), 3.0)),
    "index_add": ("xx", lambda lib, x: x.index_add(0, lib.tensor([0, 1]), x)),
    "masked_fill": ("x", lambda lib, x: x.masked_fill(x > 1, 3.0)),
    "masked_fill of two": ("x-", lambda lib, x: x.masked_fill(x > 1, lib.tensor(3.0))),
    "masked_select": ("x", lambda lib, x: x.masked_select(x > 1)),
    "fill": ("x", lambda lib, x: lib.fill(x, 3.0)),
    "max": ("x", lambda lib, x: x.max(0)[0]),
}


@pytest.mark.parametrize("name", INPUTS)
def test_indices_masks_and_some_numbers_are_no_inputs(lib, name):
    inputs, make = INPUTS[name]
    x, seen = leaf(lib), []
    y = make(lib, x)
    node = y.grad_fn
    accumulator = (x + 1).grad_fn.next_functions[0][0]
    edges = [(accumulator, 0) if letter == "x" else (None, 0) for letter in inputs]
    assert list(node.next_functions) == edges
    given = node(lib.ones_like(y))
    given = given if isinstance(given, tuple) else (given,)
    node.register_hook(lambda results, gradients: seen.append(results) or (results[::-1][::-1]))
    y.sum().backward()
    assert [g is not None for g in given] == [g is not None for g in seen[0]] == [c == "x" for c in inputs]
    hooked = sum(g for g in seen[0] if g is not None)
    assert x.grad.tolist() == hooked.tolist()


def test_indices_are_no_outputs(lib):
    for ranked in (lambda x: x.max(1), lambda x: x.sort(), lambda x: x.topk(1), lambda x: x.cummin(0)):
        values, indices = ranked(x2(lib))
        node, seen = values.grad_fn, []
        assert not indices.requires_grad
        assert node(lib.ones_like(values)).shape == (2, 2)
        node.register_prehook(lambda gradients, seen=seen: seen.append(len(gradients)))
        node.register_hook(lambda results, gradients, seen=seen: seen.append(len(gradients)))
        values.sum().backward()
        assert seen == [1, 1]


def test_metadata(lib):
    node = (leaf(lib) * 2).grad_fn
    assert node.metadata == {}
    node.metadata["mine"] = 3
    assert node.metadata["mine"] == 3


def test_names_of_nodes(lib):
    class Mine(lib.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2

    x = leaf(lib)
    for node, kind, name in (
        ((x * 2).grad_fn, "MulBackward0", "MulBackward0"),
        (Mine.apply(x).grad_fn, "MineBackward", "MineBackward"),
        ((x * 2).grad_fn.next_functions[0][0], "AccumulateGrad", "torch::autograd::AccumulateGrad"),
    ):
        assert (type(node).__name__, node.name()) == (kind, name)


def test_sequence_numbers(lib):
    x = leaf(lib)
    y = x * 2
    z = y * 2
    assert y.grad_fn._sequence_nr() < z.grad_fn._sequence_nr()
    assert y.grad_fn.next_functions[0][0]._sequence_nr() == 2**64 - 1


def test_node_class(lib):
    x = leaf(lib)
    y = x * 2
    assert isinstance(y.grad_fn, lib.autograd.graph.Node)
    assert isinstance(y.grad_fn.next_functions[0][0], lib.autograd.graph.Node)
    assert not isinstance(x, lib.autograd.graph.Node)


def test_input_metadata(lib):
    (one,) = (leaf(lib) * 2).grad_fn._input_metadata
    assert tuple(one.shape) == (2,)
    assert one.dtype == lib.float32


# --- edges


def test_gradient_edges(lib):
    x, w = leaf(lib), leaf(lib)
    y = x * w
    edge = lib.autograd.graph.get_gradient_edge(y)
    assert edge.node is y.grad_fn
    assert edge.output_nr == 0
    assert isinstance(edge, lib.autograd.graph.GradientEdge)
    z = (y * 2).sum()
    (g,) = lib.autograd.grad(z, edge, retain_graph=True)
    assert g.tolist() == [2, 2]
    (g,) = lib.autograd.grad([edge], [x], lib.ones(2), retain_graph=True)
    assert g.tolist() == [1, 2]
    at_leaf = lib.autograd.graph.get_gradient_edge(x)
    assert at_leaf.node.variable is x
    assert lib.autograd.grad(z, [at_leaf, w], retain_graph=True)[0].tolist() == [2, 4]
    lib.autograd.backward([edge], [lib.ones(2)], inputs=[at_leaf])
    assert x.grad.tolist() == [1, 2]
    assert w.grad is None
    with raises("not possible to get the gradient edge"):
        lib.autograd.graph.get_gradient_edge(lib.ones(2))


def test_edge_of_several_outputs(lib):
    x = x2(lib)
    first, second = x.unbind()
    edge = lib.autograd.graph.get_gradient_edge(second)
    assert edge.output_nr == 1
    z = (first * 2 + second * 3).sum()
    assert lib.autograd.grad(z, edge)[0].tolist() == [3, 3]


def test_edge_without_its_variable(lib):
    x = leaf(lib)
    y = x * 2
    edge, gone = lib.autograd.graph.get_gradient_edge(y), weakref.ref(y)
    z = (y * 3).sum()
    del y
    gc.collect()
    assert gone() is None
    assert lib.autograd.grad(z, edge)[0].tolist() == [3, 3]


def test_increment_version(lib):
    x, w = leaf(lib), leaf(lib)
    y = x * w
    lib.autograd.graph.increment_version(x)
    with raises("modified by an inplace operation"):
        y.sum().backward()
    before = w._version
    lib.autograd.graph.increment_version([w, x])
    assert w._version == before + 1


# --- saved values with hooks of their own


def test_hooks_of_one_saved_value(lib):
    x = leaf(lib)
    y = x * x
    saved = y.grad_fn._raw_saved_self
    assert type(saved).__name__ == "SavedTensor"
    assert isinstance(saved, lib.autograd.SavedTensor)
    assert saved.data is x
    assert saved.unpack_hook is None
    unpack = lambda v: v  # noqa: E731
    saved.register_hooks(lambda v: v * 2, unpack)
    assert saved.data.tolist() == [2, 4]
    assert saved.unpack_hook is unpack
    assert y.grad_fn._saved_self.tolist() == [2, 4]
    assert y.grad_fn._saved_other is x
    y.sum().backward()
    assert x.grad.tolist() == [1 + 2, 2 + 4]


def test_hooks_of_a_saved_result(lib):
    x = leaf(lib)
    y = x.exp()
    saved = y.grad_fn._raw_saved_result
    assert saved.data is not y
    assert saved.data.grad_fn is None
    saved.register_hooks(lambda v: v.tolist(), lambda numbers: lib.tensor(numbers) * 0 + 7)
    y.sum().backward()
    assert x.grad.tolist() == [7, 7]


def test_what_takes_no_hooks(lib):
    x = leaf(lib)
    same = lambda v: v  # noqa: E731
    doubled = x * 2
    with raises("with value None is forbidden"):
        doubled.grad_fn._raw_saved_self.register_hooks(same, same)
    y = x * x
    saved = y.grad_fn._raw_saved_self
    for hooks in ((same,), (1, 2)):
        with pytest.raises(TypeError):
            saved.register_hooks(*hooks)
    cubed = x.exp() ** 3
    with raises("modifying its input"):
        cubed.grad_fn._raw_saved_self.register_hooks(lambda v: v.add_(1), same)
    saved.register_hooks(same, same)
    with raises("hooks have already been set"):
        saved.register_hooks(same, same)
    other = y.grad_fn._raw_saved_other
    y.sum().backward()
    with raises("after it has been freed|already been freed"):
        other.register_hooks(same, same)
    assert x.grad.tolist() == [2, 4]


def test_saved_tensors_of_a_function_take_hooks(lib):
    class Square(lib.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x, x * 1)
            return x * x

        @staticmethod
        def backward(ctx, g):
            x, y = ctx.saved_tensors
            return g * (x + y)

    x = leaf(lib)
    y = Square.apply(x)
    first, _ = y.grad_fn._raw_saved_tensors
    assert first.data is x
    first.register_hooks(lambda v: v * 3, lambda v: v)
    y.sum().backward()
    assert x.grad.tolist() == [4, 8]
