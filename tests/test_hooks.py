"""Hooks: of Variables, leaves, nodes and several Variables; their order, handles and errors."""

import gc
import weakref

import pytest
from semantics import leaf, raises


def nothing(*args):
    return None


class Nothing:
    """A Function whose backward gives no gradient."""

    @staticmethod
    def make(lib):
        def backward(ctx, g):
            return None

        body = {"forward": staticmethod(lambda ctx, x: x * 1), "backward": staticmethod(backward)}
        return type(lib.autograd.Function)("Nothing", (lib.autograd.Function,), body)


# --- tensor hooks


def test_what_cannot_have_hooks(lib):
    constant = lib.ones(2)
    with raises("cannot register a hook on a tensor"):
        constant.register_hook(nothing)
    with raises("cannot register a hook on a tensor"):
        constant.register_post_accumulate_grad_hook(nothing)
    with raises("cannot be registered on non-leaf tensors"):
        (leaf(lib) * 2).register_post_accumulate_grad_hook(nothing)


def test_hook_runs_once_on_the_summed_gradient(lib):
    x = leaf(lib)
    y = x * 1
    seen = []
    y.register_hook(lambda g: seen.append(g.tolist()))
    x.register_hook(lambda g: seen.append(g.tolist()))
    (y * 2 + y * 3).sum().backward()
    assert seen == [[5, 5], [5, 5]]


def test_replaced_gradient(lib):
    x = leaf(lib)
    y = x * 2
    y.retain_grad()
    order = []
    y.register_hook(lambda g: order.append(g.tolist()))
    y.register_hook(lambda g: g * 3)
    y.register_hook(lambda g: order.append(g.tolist()))
    x.register_hook(lambda g: -g)
    y.sum().backward()
    assert order == [[1, 1], [3, 3]]
    assert y.grad.tolist() == [3, 3]
    assert x.grad.tolist() == [-6, -6]


def test_hooks_of_each_output(lib):
    x = leaf(lib, [[1.0, 2.0], [3.0, 4.0]])
    seen = {}
    a, b = x.unbind()
    a.register_hook(lambda g: seen.update(a=g.tolist()))
    b.register_hook(lambda g: seen.update(b=g.tolist()) or g * 10)
    (a * 2 + b * 3).sum().backward()
    assert seen == {"a": [2, 2], "b": [3, 3]}
    assert x.grad.tolist() == [[2, 2], [30, 30]]


@pytest.mark.parametrize("on", ["leaf", "result"])
def test_bad_returns_of_tensor_hooks(lib, on):
    for text, kind, value in (
        ("but hook returned 'int'", TypeError, 3),
        ("but hook returned 'str'", TypeError, "g"),
        ("has changed the size of value", RuntimeError, lib.ones(1)),
        ("has changed the size of value", RuntimeError, lib.ones(2, 1)),
        ("has changed the type of value", RuntimeError, lib.ones(2, dtype=lib.float64)),
    ):
        x = leaf(lib)
        y = x * 2
        handle = (x if on == "leaf" else y).register_hook(lambda g, value=value: value)
        with raises(text, kind):
            y.sum().backward(retain_graph=True)
        assert x.grad is None
        handle.remove()
        y.sum().backward()
        assert x.grad.tolist() == [2, 2]


def test_grad_runs_hooks_of_the_input_and_nothing_else_of_it(lib):
    x = leaf(lib)
    y = x * 2
    log = []
    x.register_hook(lambda g: log.append("tensor") or g * 5)
    x.register_post_accumulate_grad_hook(lambda v: log.append("post"))
    accumulator = y.grad_fn.next_functions[0][0]
    accumulator.register_prehook(lambda g: log.append("before"))
    accumulator.register_hook(lambda i, o: log.append("after"))
    (g,) = lib.autograd.grad(y.sum(), x, retain_graph=True)
    assert g.tolist() == [10, 10]
    assert log == ["tensor"]
    assert x.grad is None
    # A non-leaf: its hooks run, its node and the node's hooks do not.
    y.register_hook(lambda g: log.append("y"))
    y.grad_fn.register_prehook(lambda g: log.append("y before"))
    y.grad_fn.register_hook(lambda i, o: log.append("y after"))
    lib.autograd.grad(y.sum(), y)
    assert log == ["tensor", "y"]
    lib.autograd.grad(y.sum(), [y, x])
    assert log == ["tensor", "y", "y", "y before", "y after", "tensor"]


def test_undefined_gradient_flows_through_hooks(lib):
    x = leaf(lib)
    y = x * 1
    log = []
    y.register_hook(lambda g: log.append(("y", g)))
    y.grad_fn.register_prehook(lambda g: log.append(("before", g)))
    y.grad_fn.register_hook(lambda i, o: log.append(("after", i, o)))
    x.register_hook(lambda g: log.append(("x", g)))
    x.register_post_accumulate_grad_hook(lambda v: log.append(("post", v.grad)))
    Nothing.make(lib).apply(y).sum().backward()
    assert log == [
        ("y", None),
        ("before", (None,)),
        ("after", (None, None), (None,)),
        ("x", None),
        ("post", None),
    ]
    assert x.grad is None


def test_unused_output_has_no_gradient(lib):
    x = leaf(lib, [[1.0, 2.0], [3.0, 4.0]])
    _, second = x.unbind()
    seen = []
    second.grad_fn.register_prehook(lambda o: seen.append([g if g is None else g.tolist() for g in o]))
    (second * 2).sum().backward()
    assert seen == [[None, [2, 2]]]
    assert x.grad.tolist() == [[0, 0], [2, 2]]


def test_grad_mode_in_hooks(lib):
    x = leaf(lib)
    for create_graph in (False, True):
        y = (x * x).sum()
        modes = []
        y.register_hook(lambda g, modes=modes: modes.append(lib.is_grad_enabled()))
        with lib.no_grad():
            lib.autograd.grad(y, x, create_graph=create_graph)
        assert modes == [create_graph]


def test_hook_computes_with_the_graph(lib):
    x = leaf(lib)
    w = leaf(lib, (3.0, 4.0))
    y = x * 1
    y.register_hook(lambda g: g * w)
    (g,) = lib.autograd.grad((y * y).sum(), x, create_graph=True)
    assert g.tolist() == [6, 16]
    g.sum().backward()
    assert w.grad.tolist() == [2, 4]


# --- order


@pytest.mark.parametrize("backwards", [False, True])
def test_order(lib, backwards):
    x = leaf(lib)
    y = x * 1
    log = []
    accumulator = y.grad_fn.next_functions[0][0]
    register = [
        lambda: y.register_hook(lambda g: log.append(("y", y.grad is None))),
        lambda: y.retain_grad(),
        lambda: y.grad_fn.register_prehook(lambda g: log.append(("y before", y.grad is None))),
        lambda: y.grad_fn.register_hook(lambda i, o: log.append(("y after", [v is None for v in i], len(o)))),
        lambda: x.register_hook(lambda g: log.append(("x", x.grad is None))),
        lambda: accumulator.register_prehook(lambda g: log.append(("x before", x.grad is None))),
        lambda: x.register_post_accumulate_grad_hook(lambda v: log.append(("post", v is x, x.grad.tolist()))),
        lambda: accumulator.register_hook(lambda i, o: log.append(("x after", i, o[0].tolist()))),
    ]
    for each in reversed(register) if backwards else register:
        each()
    y.sum().backward()
    assert log == [
        ("y", True),
        ("y before", False),
        ("y after", [False, True], 1),
        ("x", True),
        ("x before", True),
        ("post", True, [1, 1]),
        ("x after", (), [1, 1]),
    ]


# --- leaves


def test_post_accumulate_hook(lib):
    x = leaf(lib)
    log = []
    x.register_post_accumulate_grad_hook(lambda v: log.append((v is x, v.grad.tolist())))
    (x * 2).sum().backward()
    (x * 2).sum().backward()
    assert log == [(True, [2, 2]), (True, [4, 4])]


def test_optimiser_in_backward(lib):
    x = leaf(lib)

    def step(v):
        with lib.no_grad():
            v.sub_(v.grad)
        v.grad = None

    x.register_post_accumulate_grad_hook(step)
    (x * x).sum().backward()
    assert x.tolist() == [-1, -2]
    assert x.grad is None


def test_bad_returns_of_post_accumulate_hooks(lib):
    for text, kind, value in (
        ("hooks should return None", RuntimeError, lib.ones(2)),
        ("hook returned 'int'", TypeError, 3),
    ):
        x = leaf(lib)
        x.register_post_accumulate_grad_hook(lambda v, value=value: value)
        with raises(text, kind):
            (x * 2).sum().backward()
        assert x.grad.tolist() == [2, 2]


def test_leaf_hooks_run_for_graphs_made_before_and_after(lib):
    x = leaf(lib)
    before = (x * 2).sum()
    log = []
    x.register_hook(lambda g: log.append(g.tolist()))
    after = (x * 3).sum()
    assert before.grad_fn.next_functions[0][0].next_functions[0][0].variable is x
    before.backward()
    after.backward()
    assert log == [[2, 2], [3, 3]]
    assert x.grad.tolist() == [5, 5]


def test_one_accumulator_a_leaf_with_hooks_too(lib):
    x = leaf(lib)
    x.register_hook(nothing)
    y, z = x * 2, x * 3
    assert y.grad_fn.next_functions[0][0] is z.grad_fn.next_functions[0][0]
    assert y.grad_fn.next_functions[0][0].variable is x


def test_dropped_leaf_with_hooks_still_runs_them(lib):
    x = leaf(lib)
    log = []
    x.register_hook(lambda g: log.append(g.tolist()))
    x.register_post_accumulate_grad_hook(lambda v: log.append(v.grad.tolist()))
    y = (x * 2).sum()
    gone = weakref.ref(x)
    del x
    y.backward()
    assert log == [[2, 2], [2, 2]]
    del y
    gc.collect()
    assert gone() is None


# --- nodes


def test_node_hooks(lib):
    x = leaf(lib)
    y = x * 2
    node = y.grad_fn
    log = []
    node.register_prehook(lambda o: log.append(o[0].tolist()))
    node.register_prehook(lambda o: (o[0] * 3,))
    node.register_hook(lambda i, o: log.append((i[0].tolist(), i[1], o[0].tolist())))
    node.register_hook(lambda i, o: (i[0] * 10, None))
    y.sum().backward()
    assert log == [[1, 1], ([6, 6], None, [3, 3])]
    assert x.grad.tolist() == [60, 60]


def test_node_hook_may_return_none_for_a_value(lib):
    x = leaf(lib)
    for register, value in (("register_hook", (None, None)), ("register_prehook", (None,))):
        y = x * 2
        getattr(y.grad_fn, register)(lambda *a, value=value: value)
        y.sum().backward()
        assert x.grad is None


@pytest.mark.parametrize("register", ["register_hook", "register_prehook"])
def test_bad_returns_of_node_hooks(lib, register):
    two = lib.ones(2)
    for text, kind, value in (
        ("expected tuple, but hook returned 'int'", TypeError, 3),
        (
            "expected tuple, but hook returned 'Tensor'|expected tuple, but hook returned '.*Variable'",
            TypeError,
            two,
        ),
        ("expected tuple, but hook returned 'list'", TypeError, [two]),
        ("has returned an incorrect number of values", RuntimeError, ()),
        ("has returned an incorrect number of values", RuntimeError, (two, two, two)),
    ):
        x = leaf(lib)
        y = x * 2
        getattr(y.grad_fn, register)(lambda *a, value=value: value)
        with raises(text, kind):
            y.sum().backward()
        assert x.grad is None
    y = leaf(lib) * 2
    y.grad_fn.register_prehook(lambda o: (lib.ones(3),))
    with raises("has changed the size of value"):
        y.sum().backward()
    y = leaf(lib) * 2
    y.grad_fn.register_hook(lambda i, o: (two, two))
    with raises("can't replace a None gradient"):
        y.sum().backward()


# --- in-place


def test_in_place_leaves_hooks_with_the_old_value(lib):
    log = []
    y = leaf(lib) * 1
    y.register_hook(lambda g: log.append(("before", g.tolist())))
    y.mul_(3)
    y.register_hook(lambda g: log.append(("after", g.tolist())))
    y.sum().backward()
    assert log == [("after", [1, 1]), ("before", [3, 3])]


def test_in_place_through_a_view(lib):
    log = []
    y = leaf(lib) * 1
    y.register_hook(lambda g: log.append(("before", g.tolist())))
    y[0].mul_(3)
    y.register_hook(lambda g: log.append(("after", g.tolist())))
    y.sum().backward()
    assert log == [("after", [1, 1]), ("before", [3, 1])]


def test_retain_grad_moves_hooks_stay(lib):
    y = leaf(lib) * 1
    log = []
    y.retain_grad()
    y.register_hook(lambda g: log.append(g.tolist()))
    y.mul_(3)
    y.sum().backward()
    assert y.grad.tolist() == [1, 1]
    assert log == [[3, 3]]


def test_retain_grad_moves_through_a_view_too(lib):
    x = leaf(lib)
    y = x * 1
    y.retain_grad()
    y[0].mul_(3)
    (y * 2).sum().backward()
    assert y.grad.tolist() == [2, 2]
    assert x.grad.tolist() == [6, 2]


# --- handles


def test_handles(lib):
    x = leaf(lib)
    y = x * 2
    log = []
    handles = [
        x.register_hook(lambda g: log.append("x")),
        x.register_post_accumulate_grad_hook(lambda v: log.append("post")),
        y.register_hook(lambda g: log.append("y")),
        y.grad_fn.register_hook(lambda i, o: log.append("after")),
        y.grad_fn.register_prehook(lambda o: log.append("before")),
    ]
    assert len({handle.id for handle in handles}) == 5
    for handle in handles:
        handle.remove()
        handle.remove()
    y.sum().backward(retain_graph=True)
    assert log == []
    with y.register_hook(lambda g: log.append("with")) as handle:
        y.sum().backward(retain_graph=True)
        assert handle is not None
    y.sum().backward()
    assert log == ["with"]


def test_handle_outlives_the_hooks(lib):
    x = leaf(lib)
    handle = x.register_hook(nothing)
    gone = weakref.ref(x)
    del x
    gc.collect()
    assert gone() is None
    handle.remove()


PLACES = {
    "result": lambda x, y, accumulator: y.register_hook,
    "leaf": lambda x, y, accumulator: x.register_hook,
    "post": lambda x, y, accumulator: x.register_post_accumulate_grad_hook,
    "before node": lambda x, y, accumulator: y.grad_fn.register_prehook,
    "after node": lambda x, y, accumulator: y.grad_fn.register_hook,
    "before accumulator": lambda x, y, accumulator: accumulator.register_prehook,
    "after accumulator": lambda x, y, accumulator: accumulator.register_hook,
}


@pytest.mark.parametrize("place", PLACES)
def test_removing_and_adding_inside_a_hook(lib, place):
    x = leaf(lib)
    y = x * 2
    register = PLACES[place](x, y, y.grad_fn.next_functions[0][0])
    log = []

    def first(*_):
        log.append("first")
        handles[0].remove()
        handles[1].remove()
        register(lambda *_: log.append("added"))

    handles = [register(first), register(lambda *_: log.append("second"))]
    y.sum().backward(retain_graph=True)
    assert log == ["first", "second"]
    log.clear()
    y.sum().backward()
    assert log == ["added"]


# --- several Variables


def test_multi_grad_hook_all(lib):
    x, w, far = leaf(lib), leaf(lib), leaf(lib)
    y = x * 2
    calls = []
    handle = lib.autograd.graph.register_multi_grad_hook((x, y, far, w), calls.append)
    (y * w).sum().backward(retain_graph=True)
    assert len(calls) == 1
    assert [g if g is None else g.tolist() for g in calls[0]] == [[2, 4], [1, 2], None, [2, 4]]
    (y * 1).sum().backward()
    assert [g is None for g in calls[1]] == [False, False, True, True]
    handle.remove()
    (x * 2).sum().backward()
    assert len(calls) == 2


def test_multi_grad_hook_any(lib):
    x, w = leaf(lib), leaf(lib)
    calls = []
    with lib.autograd.graph.register_multi_grad_hook((x, w), calls.append, mode="any"):
        (x * 2 + w * 3).sum().backward()
        assert [g.tolist() for g in calls] == [[3, 3]]  # the first gradient, and w's is it
        (x * 2 + w * 3).sum().backward()
        assert len(calls) == 2
    (x * 2).sum().backward()
    assert len(calls) == 2
    with raises("Expects mode to be one of", ValueError):
        lib.autograd.graph.register_multi_grad_hook((x,), nothing, mode="some")


def test_multi_grad_hook_after_a_failure(lib):
    x, w = leaf(lib), leaf(lib)
    calls = []
    y, z = x * 2, w * 3
    lib.autograd.graph.register_multi_grad_hook((x, w), calls.append)

    def fail(g):
        raise KeyError("stop")

    handle = y.register_hook(fail)
    with pytest.raises(KeyError):
        (y + z).sum().backward()
    handle.remove()
    calls.clear()
    (x * 2 + w * 3).sum().backward()
    assert len(calls) == 1


# --- exceptions and backward inside hooks


@pytest.mark.parametrize("where", ["tensor", "leaf", "post", "before", "after"])
def test_hook_that_raises_leaves_everything_usable(lib, where):
    class Stop(Exception):
        pass

    def fail(*args):
        raise Stop

    x, w = leaf(lib), leaf(lib)
    y = x * 2
    handle = {
        "tensor": lambda: y.register_hook(fail),
        "leaf": lambda: x.register_hook(fail),
        "post": lambda: x.register_post_accumulate_grad_hook(fail),
        "before": lambda: y.grad_fn.register_prehook(fail),
        "after": lambda: y.grad_fn.register_hook(fail),
    }[where]()
    root = (y + w.exp()).sum()
    with pytest.raises(Stop):
        root.backward(retain_graph=True)
    assert lib.is_grad_enabled()
    x.grad = w.grad = None
    handle.remove()
    root.backward()
    assert x.grad.tolist() == [2, 2]
    assert w.grad.tolist() == w.exp().tolist()


def test_backward_inside_a_hook(lib):
    x, w = leaf(lib), leaf(lib)
    y = x * 2
    inner = (w * w).sum()

    def hook(g):
        with lib.enable_grad():
            (w * 3).sum().backward()
        inner.backward()
        return g * 2

    y.register_hook(hook)
    y.sum().backward()
    assert x.grad.tolist() == [4, 4]
    assert w.grad.tolist() == [5, 7]


def test_backward_of_the_same_graph_inside_a_hook(lib):
    x = leaf(lib)
    y = x * 1
    z = (y * 2).sum()
    handle = y.register_hook(lambda g: handle.remove() or z.backward(retain_graph=True))
    z.backward(retain_graph=True)
    assert x.grad.tolist() == [4, 4]


@pytest.mark.own("PyTorch keeps the hooks of a result elsewhere")
def test_table_of_a_result_taken_away(lib):
    x = lib.ones(2, requires_grad=True)
    y = x * 2
    y.register_hook(lambda g: g * 3)
    y._backward_hooks = None
    y.sum().backward()
    assert x.grad.tolist() == [2, 2]
