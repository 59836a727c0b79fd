"""What becomes of saved values: hooks, copies, files, writes that are allowed."""

import gc
import os
import threading
import weakref

import numpy as np
import pytest
from semantics import leaf, raises


@pytest.fixture
def graph(lib):
    return lib.autograd.graph


def test_values_go_through_the_hooks(lib, graph):
    x = leaf(lib)
    packed = []

    def pack(v):
        assert not lib.is_grad_enabled()
        packed.append(v.tolist())
        return ("packed", v.numpy())

    def unpack(pair):
        return lib.tensor(pair[1]) * 10

    with graph.saved_tensors_hooks(pack, unpack):
        y = x**2  # saves x
        z = x.exp()  # saves its result
        w = x * 3  # a number is no value
    assert packed == [[1, 2], pytest.approx([2.7182817, 7.389056])]
    y.sum().backward()
    assert x.grad.tolist() == [20, 40]
    (g,) = lib.autograd.grad(z.sum(), x)
    assert g.tolist() == pytest.approx([27.182817, 73.89056])
    (g,) = lib.autograd.grad(w.sum(), x)
    assert g.tolist() == [3, 3]
    with raises("backward through the graph a second time"):
        y.sum().backward()


def test_inputs_are_packed_themselves(lib, graph):
    x = leaf(lib)
    seen = []
    with graph.saved_tensors_hooks(lambda v: seen.append(v) or 0, lambda v: x):
        a = x * 1
        x**2, a**2
    assert seen[0] is x
    assert seen[1] is a


def test_unpacked_values_have_their_history(lib, graph):
    x = leaf(lib)
    with graph.saved_tensors_hooks(lambda v: v, lambda v: v):
        y = (x * 1).exp() * x
        (g,) = lib.autograd.grad(y.sum(), x, create_graph=True)
        (h,) = lib.autograd.grad(g.sum(), x)
    assert h.tolist() == pytest.approx([float(np.exp(v) * (v + 2)) for v in (1.0, 2.0)], rel=1e-5)


def test_innermost_pair_counts(lib, graph):
    x = leaf(lib)
    seen = []
    with graph.saved_tensors_hooks(lambda v: seen.append("outer") or v, lambda v: v):
        with graph.saved_tensors_hooks(lambda v: seen.append("inner") or v, lambda v: v):
            x**2
        x**2
    x**2
    assert seen == ["inner", "outer"]


def test_pairs_entered_in_backward_are_left_with_it(lib, graph):
    x = leaf(lib)
    seen = []

    def unpack(value):
        graph.saved_tensors_hooks(lambda v: seen.append(v) or v, lambda v: v).__enter__()
        return value

    with graph.saved_tensors_hooks(lambda v: v, unpack):
        y = (x**2).sum()
    y.backward()
    x**2
    assert seen == []


def test_bad_hooks(lib, graph):
    x = leaf(lib)
    for pair in ((3, lambda v: v), (lambda v: v, None)):
        with pytest.raises(TypeError), graph.saved_tensors_hooks(*pair):
            raise AssertionError
    with graph.saved_tensors_hooks(lambda v: v, lambda v: 3):
        y = x**2
    with raises("unpack_hook expected to be a Tensor", TypeError):
        y.sum().backward()
    with (
        graph.saved_tensors_hooks(lambda v: v.mul_(2), lambda v: v),
        raises("pack hook is modifying its input"),
    ):
        x.clone() ** 2

    def fails(v):
        raise KeyError("mine")

    with graph.saved_tensors_hooks(fails, lambda v: v), pytest.raises(KeyError, match="mine"):
        x**2
    a = x * 1
    with graph.saved_tensors_hooks(fails, lambda v: v), pytest.raises(KeyError, match="mine"):
        a.exp_()  # written, but its gradient is lost
    with graph.saved_tensors_hooks(lambda v: v, fails):
        y = x**2
    with pytest.raises(KeyError, match="mine"):
        y.sum().backward()
    assert x.grad is None
    (x**2).sum().backward()
    assert x.grad.tolist() == [2, 4]


def test_values_are_not_checked_for_writes(lib, graph):
    x = leaf(lib)
    with graph.saved_tensors_hooks(lambda v: v.clone(), lambda v: v):
        a = x * 1
        y = a**2
    a.mul_(5)
    y.sum().backward()
    assert x.grad.tolist() == [2, 4]


def test_in_place_operations(lib, graph):
    x = leaf(lib)
    with graph.saved_tensors_hooks(lambda v: v.numpy().copy(), lib.tensor):
        a = x * 1
        a.exp_()
        a.sigmoid_()
    a.sum().backward()
    s = 1 / (1 + np.exp(-np.exp([1.0, 2.0])))
    assert x.grad.tolist() == pytest.approx(list(s * (1 - s) * np.exp([1.0, 2.0])), rel=1e-4)


def test_custom_functions(lib, graph):
    class Square(lib.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x, None, x * 2)
            return x**2

        @staticmethod
        def backward(ctx, g):
            x, none, double = ctx.saved_tensors
            assert none is None
            assert double.tolist() == [2, 4]
            return 2 * x * g

    x = leaf(lib)
    with graph.saved_tensors_hooks(lambda v: ("a", v), lambda pair: pair[1]):
        y = Square.apply(x)
    y.sum().backward()
    assert x.grad.tolist() == [2, 4]


def test_threads_have_hooks_of_their_own(lib, graph):
    x = leaf(lib)
    seen = []

    def work():
        (x**2).sum().backward()

    with graph.saved_tensors_hooks(lambda v: seen.append(1) or v, lambda v: v):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert seen == []


def test_disabled_hooks(lib, graph):
    with graph.disable_saved_tensors_hooks("not here"):
        with raises("not here"), graph.saved_tensors_hooks(lambda v: v, lambda v: v):
            pass
        with graph.disable_saved_tensors_hooks("nor here"), raises("nor here"), graph.save_on_cpu():
            pass
        with raises("not here"), graph.save_on_cpu():
            pass
    with graph.save_on_cpu():
        with raises("in use"), graph.disable_saved_tensors_hooks("in use"):
            pass
        (leaf(lib) ** 2).sum().backward()


def test_what_is_packed_lives_as_long_as_the_value(lib, graph):
    class Packed:
        def __init__(self, v):
            self.v = v

    x = leaf(lib)
    with graph.saved_tensors_hooks(Packed, lambda packed: packed.v):
        y = (x**2).sum()
    alive = [weakref.ref(o) for o in gc.get_objects() if type(o) is Packed]
    assert len(alive) == 1
    y.backward()
    assert alive[0]() is None
    with graph.saved_tensors_hooks(Packed, lambda packed: packed.v):
        y = (x**2).sum()
    alive = [weakref.ref(o) for o in gc.get_objects() if type(o) is Packed]
    del y
    assert alive[0]() is None


@pytest.mark.own("PyTorch does not collect this")
def test_cycles_through_what_is_packed_are_collected(lib, graph):
    class Packed:
        pass

    def make(attach):
        packed = Packed()
        x = leaf(lib)
        with graph.saved_tensors_hooks(lambda v: packed, lambda p: x):
            y = x**2
        attach(packed, y)
        return weakref.ref(packed)

    for attach in (lambda p, y: setattr(p, "y", y), lambda p, y: setattr(p, "node", y.grad_fn)):
        alive = make(attach)
        gc.collect()
        assert alive() is None


def test_save_on_cpu(lib, graph):
    x = leaf(lib)
    for options in ({}, {"pin_memory": False}):
        with graph.save_on_cpu(**options):
            y = x * x
            y.sum().backward()
    assert x.grad.tolist() == [4, 8]


@pytest.mark.own("tapegrad's own")
def test_save_to_disk(lib, graph, tmp_path):
    place = tmp_path / "a" / "b"
    x = lib.tensor(np.arange(6.0).reshape(2, 3), requires_grad=True)
    with graph.save_to_disk(place):
        y = x.transpose(0, 1) ** 2
        z = (x.sum() ** 2, x[:0] ** 2, x[lib.tensor([1, 0])])
        assert len(list(place.glob("*.npy"))) == 4
    (y.sum() + z[0] + z[1].sum() + z[2].sum()).backward()
    assert x.grad.tolist() == (2 * np.arange(6.0).reshape(2, 3) + 31).tolist()
    assert list(place.iterdir()) == []
    with graph.save_to_disk(place):
        y = x**2
    assert len(list(place.iterdir())) == 1
    if hasattr(os, "fork"):
        child = os.fork()
        if child == 0:
            del y  # its parent's file stays
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        assert len(list(place.iterdir())) == 1
    with lib.autograd.graph.save_to_disk():
        x**2
    del y
    assert list(place.iterdir()) == []


def test_mutation_is_allowed(lib, graph):
    x = leaf(lib)
    with graph.allow_mutation_on_saved_tensors() as state:
        a = x.clone()
        y = (a**2).sum()
        assert len(state.cloned) == 0
        a.sin_()
        assert len(state.cloned) == 1
        a.mul_(2)
        a[0] = 3
        y.backward()
    assert x.grad.tolist() == [2, 4]
    x.grad = None
    with graph.allow_mutation_on_saved_tensors():
        a = x.clone()
        view = a[:1]
        y = (a * a).sum() + view.exp().sum()
        view.zero_()
        (y + a.sum()).backward()
    assert x.grad.tolist() == pytest.approx([2 + np.exp(1.0), 5])


def test_mutation_of_memory_that_is_used_again(lib, graph):
    """A value that was saved where another one was, before that was copied, is itself."""
    with graph.allow_mutation_on_saved_tensors():
        alive = []
        for k in range(1, 30):
            v = lib.tensor([float(k)], dtype=lib.float64, requires_grad=True)
            b = v * 1
            y = (b**2).sum()
            b.zero_()
            del b
            alive.append(y) if k == 1 else y.backward()
            assert k == 1 or v.grad.item() == 2 * k


def test_limits_of_mutation(lib, graph):
    x = leaf(lib)
    with graph.allow_mutation_on_saved_tensors():
        y = (x.clone() ** 2).sum()
        with raises("contexts cannot be nested"), graph.allow_mutation_on_saved_tensors():
            pass
    with raises(
        "Trying to backward outside of the 'allow_mutation_on_saved_tensors' context", AssertionError
    ):
        y.backward()
    with graph.allow_mutation_on_saved_tensors():
        with raises("Trying to backward outside", AssertionError):
            y.backward()
        a = x.clone()
        (a**2).sum().backward()
        a.sin_()  # nothing is kept any more
    a = x.clone()
    y = a**2
    a.sin_()
    with raises("modified by an inplace operation"):
        y.sum().backward()
