"""backward and grad: what runs, in what order, what is freed; batches of gradients; re-entrant backward."""

import threading

import pytest
from semantics import doubling, function_of, leaf, nested_function, raises

pytestmark = pytest.mark.usefixtures("grad_mode")


# --- order of the checks, and of the nodes


@pytest.mark.own("torch finds the empty inputs first")
def test_freed_before_everything_else(lib):
    y = leaf(lib).exp()
    y.sum().backward()
    for call in (
        lambda: y.backward(lib.ones(2), inputs=[]),
        lambda: y.backward(lib.ones(7)),
        lambda: lib.autograd.grad(y, [], lib.ones(2)),
        lambda: y.backward(),
    ):
        with raises("Trying to backward through the graph a second time"):
            call()


def test_empty_inputs_before_gradients_before_roots(lib):
    x = leaf(lib)
    with raises("cannot be empty"):
        lib.autograd.backward([x * 2], [lib.ones(3)], inputs=[])
    with raises("implicitly created only for scalar outputs"):
        lib.autograd.backward([lib.ones(2), x * 2])
    for first in (x * 2, lib.ones(2)):
        with raises(r"Mismatch in shape: grad_output\[0\]"):
            lib.autograd.backward([first, x * 2], [lib.ones(3), lib.ones(4)])
    with raises("element 0 of tensors does not require grad"):
        lib.autograd.backward([lib.ones(2), x * 2], [lib.ones(2), lib.ones(2)])


def test_latest_ready_node_runs_first_accumulators_before_all(lib):
    x, w = leaf(lib), leaf(lib)
    order = []
    a = x * 2
    b = w * 3
    c = a * 4
    for name, v in (("a", a), ("b", b), ("c", c)):
        v.register_hook(lambda g, name=name: order.append(name))
    x.register_hook(lambda g: order.append("x"))
    w.register_hook(lambda g: order.append("w"))
    (c + b).sum().backward()
    assert order == ["c", "b", "w", "a", "x"]


# --- what is freed, and what runs


def test_a_node_frees_right_after_it_ran_even_if_a_later_one_raises(lib):
    class Stop(Exception):
        pass

    def fail(g):
        raise Stop

    x = leaf(lib)
    y = x.exp()
    z = y.exp()
    handle = y.register_hook(fail)
    with pytest.raises(Stop):
        z.sum().backward()
    handle.remove()
    y.sum().backward(retain_graph=True)  # it did not run: its values are there
    with raises("second time"):
        z.sum().backward()  # it ran


def test_grad_frees_too(lib):
    x = leaf(lib)
    y = x.exp()
    lib.autograd.grad(y.sum(), x)
    with raises("second time"):
        lib.autograd.grad(y.sum(), x)


def test_only_what_leads_to_the_inputs_runs(lib):
    x, w = leaf(lib), leaf(lib)
    a, b = x.exp(), w.exp()
    (a + b).sum().backward(inputs=[x])
    assert w.grad is None
    b.sum().backward()  # was not run
    with raises("second time"):
        a.sum().backward()


def test_inputs_that_do_not_require_grad(lib):
    with raises("can't retain_grad on Tensor"):
        (leaf(lib) * 2).sum().backward(inputs=[lib.ones(2)])
    with raises("does not require grad"):
        lib.autograd.grad((leaf(lib) * 2).sum(), lib.ones(2), allow_unused=True)


def test_failed_backward_retains_nothing(lib):
    x = leaf(lib)
    y = x * 1
    with raises("Mismatch in shape"):
        (y * 2).backward(lib.ones(3), inputs=[y])


def test_undefined_is_not_zero(lib):
    x = lib.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    values, _ = x.max(0)
    first, second = x.unbind()
    assert lib.autograd.grad((first * 2).sum(), second, allow_unused=True) == (None,)
    values.sum().backward()
    assert x.grad.tolist() == [[0, 0], [1, 1]]


# --- batches of gradients


def test_is_grads_batched(lib):
    x, w = leaf(lib), leaf(lib)
    (jacobian,) = lib.autograd.grad(x**2, x, lib.eye(2), is_grads_batched=True)
    assert jacobian.tolist() == [[2, 0], [0, 4]]
    y = x * w
    rows = lib.autograd.grad(y, [x, w], lib.eye(2), is_grads_batched=True, create_graph=True)
    assert [r.tolist() for r in rows] == [[[1, 0], [0, 2]], [[1, 0], [0, 2]]]
    (second,) = lib.autograd.grad(rows[0].sum(), w)
    assert second.tolist() == [1, 1]
    unused = lib.autograd.grad(x**2, [x, w], lib.eye(2), is_grads_batched=True, allow_unused=True)
    assert unused[1] is None


def test_is_grads_batched_frees_at_the_end(lib):
    x = leaf(lib)
    y = x.exp()
    lib.autograd.grad(y, x, lib.ones(3, 2), is_grads_batched=True, retain_graph=True)
    lib.autograd.grad(y, x, lib.ones(3, 2), is_grads_batched=True)
    with raises("second time"):
        lib.autograd.grad(y, x, lib.ones(3, 2), is_grads_batched=True)


def test_bad_batches(lib):
    x = leaf(lib)
    with raises("0-dim|first dimension", IndexError):
        lib.autograd.grad(x**2, x, lib.tensor(1.0), is_grads_batched=True)
    with raises("implicitly created only for scalar outputs"):
        lib.autograd.grad(x**2, x, is_grads_batched=True)
    with raises("we interpret the first dimension of each grad_output as the batch"):
        lib.autograd.grad(x**2, x, lib.eye(3), is_grads_batched=True)


# --- re-entrant


def test_backward_inside_a_function(lib):
    class Inner(lib.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * 1

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            with lib.enable_grad():
                z = x.detach().requires_grad_()
                (z * z * 3).sum().backward()
            return z.grad * g

    x = leaf(lib)
    y = Inner.apply(x)
    for _ in range(3):
        y = Inner.apply(y)
    y.sum().backward()
    assert x.grad.tolist() == [6**4, 12**4]


def test_deep_reentrant_backward(lib):
    def inside(function, depth):
        if depth:
            with lib.enable_grad():
                function.apply(leaf(lib), depth - 1).sum().backward()

    x = leaf(lib)
    nested_function(lib, inside).apply(x, 50).sum().backward()
    assert x.grad.tolist() == [1, 1]


@pytest.mark.own("PyTorch goes on until the system gives it no more threads")
def test_endless_reentrant_backward_is_refused(lib):
    x = leaf(lib)

    def square(gradient):
        with lib.enable_grad():
            (x * x).sum().backward()

    handle = x.register_hook(square)
    with pytest.raises(RecursionError, match="backward is called within backward"):
        (2 * x).sum().backward()
    handle.remove()
    x.grad = None
    (2 * x).sum().backward()
    assert x.grad.tolist() == [2, 2]


# --- modes as decorators


@pytest.mark.filterwarnings("always")
def test_decorated_class(lib):
    for mode in (lib.no_grad, lib.no_grad()):
        with pytest.warns(FutureWarning, match="Decorating classes is deprecated") as caught:

            @mode
            class Made:
                def __init__(self):
                    self.enabled = lib.is_grad_enabled()

        assert Made().enabled is False
        assert lib.is_grad_enabled()
        # PyTorch's decorator without parentheses warns at a line of its own.
        assert lib.__name__ == "torch" or caught[0].filename == __file__


@pytest.mark.own("torch's decorator does nothing on async functions")
def test_async_generator(lib):
    async def numbers():
        before = lib.is_grad_enabled()
        got = yield before
        yield (lib.is_grad_enabled(), got)

    async def use():
        stream = lib.no_grad()(numbers)()
        first = await stream.asend(None)
        between = lib.is_grad_enabled()
        second = await stream.asend("sent")
        with pytest.raises(StopAsyncIteration):
            await stream.asend(None)
        return first, between, second

    import asyncio

    assert asyncio.run(use()) == (False, True, (False, "sent"))


# --- what nodes may return, and where they run


def returning(lib, make):
    return function_of(lib, "Returning", lambda ctx, x: x * 1, lambda ctx, g: make(g))


def test_returned_gradients_are_cast_and_summed_but_never_expanded(lib):
    x = leaf(lib)
    returning(lib, lambda g: g.double()).apply(x).sum().backward()
    assert (x.grad.dtype, x.grad.tolist()) == (lib.float32, [1, 1])
    x.grad = None
    returning(lib, lambda g: lib.stack([g, g, g])).apply(x).sum().backward()
    assert x.grad.tolist() == [3, 3]
    for shape in ((1,), (), (3,), (2, 1)):
        with raises("returned an invalid gradient at index 0"):
            returning(lib, lambda g, shape=shape: lib.ones(shape)).apply(x).sum().backward()
    assert x.grad.tolist() == [3, 3]


def test_nodes_run_in_the_thread_of_the_caller(lib):
    seen = []
    y = leaf(lib) * 2
    y.register_hook(lambda g: seen.append(threading.get_ident()))
    thread = threading.Thread(target=y.sum().backward)
    thread.start()
    expected = thread.ident
    thread.join()
    assert seen == [expected]


# --- hooks of what grad is asked for

BEFORE_HOOKS = pytest.mark.own("PyTorch gives what was there before the hooks, if the node runs as well")
MAKE_TENFOLD = {
    "in place": lambda v: v.register_hook(lambda g: g.mul_(10)),
    "of the node": lambda v: v.grad_fn.register_prehook(lambda gradients: (gradients[0] * 10,)),
    "of the accumulator": lambda v: (
        v.view_as(v).grad_fn.next_functions[0][0].register_prehook(lambda gradients: (gradients[0] * 10,))
    ),
    "": lambda v: v.register_hook(lambda g: g * 10),
}


@pytest.mark.parametrize("retained", [False, True])
@pytest.mark.parametrize(
    ("hooked", "inputs", "expected"),
    [
        ("x", "x", [300]),
        ("x", "yx", [15, 300]),
        ("y", "y", [150]),
        ("y", "yy", [150, 150]),
        ("y", "zy", [5, 150]),
        ("y", "x", [300]),
        ("z", "y", [150]),
        ("y in place", "yx", [150, 300]),
        ("y of the node", "yx", [15, 300]),
        ("y of the node", "y", [15]),
        ("x of the accumulator", "x", [30]),
        pytest.param("y", "yx", [150, 300], marks=BEFORE_HOOKS),
        pytest.param("y", "xy", [300, 150], marks=BEFORE_HOOKS),
        pytest.param("z", "zx", [50, 300], marks=BEFORE_HOOKS),
    ],
)
def test_grad_gives_what_tensor_hooks_made(lib, hooked, inputs, expected, retained):
    """And not what hooks of nodes make of it later."""
    x = leaf(lib)
    y = x * 2
    z = y * 3
    variables = {"x": x, "y": y, "z": z}
    if retained:
        y.retain_grad()
    name, _, how = hooked.partition(" ")
    MAKE_TENFOLD[how](variables[name])
    found = lib.autograd.grad((z * 5).sum(), [variables[name] for name in inputs])
    assert [g[0].item() for g in found] == expected
    if retained and "y" in inputs:
        assert y.grad[0].item() == expected[inputs.index("y")]


# --- what the caller may give


def test_roots_and_inputs_may_be_any_iterable(lib):
    x = leaf(lib)
    y = x * 2
    lib.autograd.backward(iter([y[0], y[1]]), inputs=iter([x]))
    assert x.grad.tolist() == [2, 2]
    assert lib.autograd.grad(iter([(x * 2).sum()]), iter([x]))[0].tolist() == [2, 2]


def test_none_is_no_root_and_no_input(lib):
    x = leaf(lib)
    for call in (
        lambda: lib.autograd.backward(None),
        lambda: lib.autograd.grad(None, x),
        lambda: lib.autograd.grad(x.sum(), None),
    ):
        with pytest.raises(TypeError):
            call()


def test_only_inputs_is_deprecated(lib):
    x = leaf(lib)
    with pytest.warns(FutureWarning, match="only_inputs"):
        (g,) = lib.autograd.grad((x * 2).sum(), x, only_inputs=False)
    assert g.tolist() == [2, 2]


def test_callbacks_at_the_end(lib):
    engine = lib.autograd.Variable._execution_engine
    log = []

    def last():
        log.append(("first", x.grad.tolist()))
        engine.queue_callback(lambda: log.append("second"))

    class Calls(lib.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1

        @staticmethod
        def backward(ctx, g):
            engine.queue_callback(last)
            log.append("backward")
            return g

    x = leaf(lib)
    Calls.apply(x).sum().backward()
    assert log == ["backward", ("first", [1, 1]), "second"]
    with raises("Final callbacks can only be installed during backward pass"):
        engine.queue_callback(last)


def test_error_of_a_callback_passes_through(lib):
    def fail():
        raise KeyError("mine")

    x = leaf(lib)
    y = x * 2
    handle = y.register_hook(lambda g: lib.autograd.Variable._execution_engine.queue_callback(fail))
    with pytest.raises(KeyError, match="mine"):
        y.sum().backward(retain_graph=True)
    handle.remove()
    y.sum().backward()


def test_multithreading_flag(lib):
    assert lib.autograd.is_multithreading_enabled()
    with lib.autograd.set_multithreading_enabled(False):
        assert not lib.autograd.is_multithreading_enabled()
        (leaf(lib) * 2).sum().backward()
    assert lib.autograd.is_multithreading_enabled()


# --- roots and retained gradients


def test_root_without_grad_whatever_its_size(lib):
    for root in (lib.ones(3), lib.ones(0), lib.zeros(2, 2, dtype=lib.int64)):
        with raises("element 0 of tensors does not require grad"):
            root.backward()
        with raises("element 0 of tensors does not require grad"):
            lib.autograd.grad(root, leaf(lib))


def test_retained_grad_aliases_nothing(lib):
    x, g, kept = leaf(lib), lib.ones(2), []
    y = x * 1
    y.register_hook(kept.append)
    y.retain_grad()
    y.backward(g)
    y.grad.zero_()
    assert g.tolist() == [1, 1]
    assert kept[0].tolist() == [1, 1]
    y = x * 1
    z = y + 0
    y.retain_grad(), z.retain_grad()
    (z + 0).backward(g)
    y.grad.zero_()
    assert z.grad.tolist() == [1, 1]


@pytest.mark.parametrize("how", ["retain_grad", "inputs"])
def test_retained_grad_may_be_written(lib, how):
    y = leaf(lib) + 0
    if how == "retain_grad":
        y.retain_grad()
    y.sum().backward(inputs=[y] if how == "inputs" else None)
    y.grad.mul_(2)
    assert y.grad.tolist() == [2, 2]


def test_index_of_a_bad_gradient(lib):
    second = function_of(lib, "Second", lambda ctx, a, b: a + b, lambda ctx, g: (g, lib.ones(1)))
    with raises("returned an invalid gradient at index 1"):
        second.apply(leaf(lib), leaf(lib)).sum().backward()


@pytest.mark.parametrize("kept", [False, True])
def test_the_first_gradient_is_taken_over_unless_somebody_holds_it(lib, kept):
    holders, places = [], []

    def make(g):
        gradient = g * 3
        places.append(gradient.data_ptr())
        if kept:
            holders.append(gradient)
        return gradient

    x = leaf(lib)
    returning(lib, make).apply(x).sum().backward()
    assert (x.grad.data_ptr() == places[0]) is not kept
    x.grad.zero_()
    assert [held.tolist() for held in holders] == [[3, 3]] * kept


def test_a_node_that_raised_keeps_its_values(lib):
    errors = [KeyError("once")]

    def backward(ctx, g):
        if errors:
            raise errors.pop()
        return g * ctx.saved_tensors[0]

    x = leaf(lib)
    y = doubling(lib, "Once", backward).apply(x)
    with pytest.raises(KeyError, match="once"):
        y.sum().backward()
    y.sum().backward()
    assert x.grad.tolist() == [1, 2]
    with raises("second time"):
        y.sum().backward()
