"""Checkpoints: values that are computed again in backward."""

import contextlib
import gc
import importlib
import weakref

import pytest
from semantics import doubling, function_of, leaf, raises, saving_its_result

BOTH = pytest.mark.parametrize("reentrant", [False, True])


@pytest.fixture
def ck(lib):
    return importlib.import_module(lib.__name__ + ".utils.checkpoint")


@BOTH
def test_gradients_are_the_same(lib, ck, reentrant):
    runs = []

    def part(x, k, w):
        runs.append(lib.is_grad_enabled())
        return (x * w).sin() * k, "text", (x * w).exp()

    x, w = leaf(lib), leaf(lib)
    a, text, b = ck.checkpoint(part, x, 3, w, use_reentrant=reentrant)
    assert text == "text"
    (a * b).sum().backward()
    assert runs == [not reentrant, True]
    found = x.grad, w.grad
    x.grad = w.grad = None
    a, _, b = part(x, 3, w)
    (a * b).sum().backward()
    for g, expected in zip(found, (x.grad, w.grad), strict=True):
        assert g.tolist() == pytest.approx(expected.tolist())


@BOTH
def test_random_numbers_are_the_same_again(lib, ck, reentrant):
    def part(x):
        return x * lib.rand(2)

    x = leaf(lib)
    lib.manual_seed(1)
    y = ck.checkpoint(part, x, use_reentrant=reentrant)
    expected = (y / x).tolist()
    after = lib.rand(1).item()
    lib.manual_seed(5)
    y.sum().backward()
    assert x.grad.tolist() == pytest.approx(expected)
    following = lib.rand(1).item()
    lib.manual_seed(5)
    assert lib.rand(1).item() == following  # backward has used none
    lib.manual_seed(1)
    lib.rand(2)
    assert lib.rand(1).item() == after
    x.grad = None
    y = ck.checkpoint(part, x, use_reentrant=reentrant, preserve_rng_state=False)
    expected = (y / x).tolist()
    y.sum().backward()
    assert x.grad.tolist() != pytest.approx(expected)


@BOTH
def test_values_are_not_kept(lib, ck, reentrant):
    alive = []

    def part(x):
        y = x.exp()
        alive.append(weakref.ref(y))
        return y.sin()

    x = leaf(lib)
    y = ck.checkpoint(part, x, use_reentrant=reentrant)
    gc.collect()
    assert alive[0]() is None
    y.sum().backward()
    assert x.grad is not None


@BOTH
def test_exceptions_leave_everything_usable(lib, ck, reentrant):
    calls = []

    def part(x):
        calls.append(0)
        if len(calls) in (1, 3):
            raise KeyError("mine")
        return x.exp()

    x = leaf(lib)
    with pytest.raises(KeyError):
        ck.checkpoint(part, x, use_reentrant=reentrant)
    y = ck.checkpoint(part, x, use_reentrant=reentrant)
    with pytest.raises(KeyError):
        y.sum().backward()
    assert x.grad is None
    y.sum().backward()
    assert x.grad.tolist() == y.tolist()


def test_keywords_and_structures(lib, ck):
    def part(x, *, scale, extra):
        return {"a": [x * scale["s"], extra]}

    x, s = leaf(lib), leaf(lib)
    out = ck.checkpoint(part, x, use_reentrant=False, scale={"s": s}, extra=None)
    out["a"][0].sum().backward()
    assert (x.grad.tolist(), s.grad.tolist(), out["a"][1]) == ([1, 2], [1, 2], None)
    with raises("Unexpected keyword arguments: scale", ValueError):
        ck.checkpoint(part, x, use_reentrant=True, scale=1)
    with raises("only supported when use_reentrant=False", ValueError):
        ck.checkpoint(part, x, use_reentrant=True, context_fn=lambda: None)
    with raises("determinism_check should be one of", ValueError):
        ck.checkpoint(part, x, use_reentrant=False, determinism_check="some")


def test_grad_works_without_reentrance(lib, ck):
    x = leaf(lib)
    y = ck.checkpoint(lambda x: x**3, x, use_reentrant=False)
    (g,) = lib.autograd.grad(y.sum(), x, create_graph=True)
    (h,) = lib.autograd.grad(g.sum(), x)
    assert (g.tolist(), h.tolist()) == ([3, 12], [6, 12])
    y = ck.checkpoint(lambda x: x**3, x, use_reentrant=False)
    for _ in range(2):
        y.sum().backward(retain_graph=True)
    assert x.grad.tolist() == [6, 24]
    y = ck.checkpoint(lambda x: x**3, x, use_reentrant=True)
    with raises("incompatible with .grad"):
        lib.autograd.grad(y.sum(), x)
    y = ck.checkpoint(lambda x: x**3, x, use_reentrant=True)
    with raises("incompatible with .grad"):
        y.sum().backward(inputs=[x])


def test_leaves_that_the_function_knows(lib, ck):
    w = leaf(lib)
    for reentrant in (False, True):
        w.grad = None
        x = leaf(lib)
        y = ck.checkpoint(lambda x: (x * w).exp(), x, use_reentrant=reentrant)
        y.sum().backward()
        assert w.grad.tolist() == pytest.approx((x * y).tolist())


def test_without_grad(lib, ck):
    with lib.no_grad():
        y = ck.checkpoint(lambda x: x**2, leaf(lib), use_reentrant=False)
    assert not y.requires_grad
    with pytest.warns(UserWarning, match="None of the inputs have requires_grad=True"):
        ck.checkpoint(lambda x: x**2, lib.ones(2), use_reentrant=True)
    with pytest.warns(UserWarning, match="use_reentrant parameter should be passed explicitly"):
        ck.checkpoint(lambda x: x**2, leaf(lib))


def test_inputs_that_were_written_are_noticed(lib, ck):
    x = leaf(lib)
    a = x * 1
    y = ck.checkpoint(lambda a: a.exp().sin(), a, use_reentrant=False)
    a.add_(1)
    with raises("modified by an inplace operation"):
        y.sum().backward()


def test_a_function_that_does_otherwise_is_noticed(lib, ck):
    sizes = iter([2, 1, 2, 2, 2, 1, 2, 2])

    def shapes(x):
        return (x[: next(sizes)].exp() * 1).sum()

    x = leaf(lib)
    for options in ({}, {"determinism_check": "default"}):
        y = ck.checkpoint(shapes, x, use_reentrant=False, **options)
        with raises("have different metadata", ck.CheckpointError):
            y.backward()
        next(sizes)
        next(sizes)
    calls = []

    def counts(x):
        calls.append(0)
        for _ in range(3 - len(calls)):
            x = x.exp()
        return x

    y = ck.checkpoint(counts, x, use_reentrant=False)
    with raises("A different number of tensors was saved", ck.CheckpointError):
        y.sum().backward()

    def grows(x):
        for _ in range(len(calls)):
            x = x.sin()
        calls.append(0)
        return x

    with ck.set_checkpoint_early_stop(False):
        y = ck.checkpoint(grows, x, use_reentrant=False)
    with raises("trying to save more tensors during recomputation", ck.CheckpointError):
        y.sum().backward()


@pytest.mark.own("PyTorch logs operations")
def test_debugging_says_where(lib, ck):
    calls = []

    def part(x):
        calls.append(0)
        x = x.exp()
        return x if len(calls) > 1 else x.sin()

    y = ck.checkpoint(part, leaf(lib), use_reentrant=False, debug=True)
    with raises(r"was saved first at .*test_checkpoint.py:\d+, in part, then at nowhere", ck.CheckpointError):
        y.sum().backward()


def test_early_stop(lib, ck):
    seen = []

    def part(x):
        y = x.exp()
        seen.append("end")
        return y + 1

    for early, expected in ((True, ["end"]), (False, ["end", "end"])):
        seen.clear()
        ck.checkpoint(part, leaf(lib), use_reentrant=False, early_stop=early).sum().backward()
        assert seen == expected
    seen.clear()
    with ck.set_checkpoint_early_stop(False):
        y = ck.checkpoint(part, leaf(lib), use_reentrant=False)
    y.sum().backward()
    assert seen == ["end", "end"]


def test_contexts(lib, ck):
    seen = []

    @contextlib.contextmanager
    def note(name):
        seen.append(name)
        yield

    def contexts():
        return note("first"), note("again")

    y = ck.checkpoint(lambda x: x.exp(), leaf(lib), use_reentrant=False, context_fn=contexts)
    assert seen == ["first"]
    y.sum().backward()
    assert seen == ["first", "again"]

    @contextlib.contextmanager
    def swallow():
        with contextlib.suppress(KeyError):
            yield

    with raises("suppressed an exception raised during the checkpointed forward"):
        ck.checkpoint(
            lambda x: {}["missing"],
            leaf(lib),
            use_reentrant=False,
            context_fn=lambda: (swallow(), contextlib.nullcontext()),
        )


def test_nested(lib, ck):
    counts = {"inner": 0, "outer": 0}

    def inner(x):
        counts["inner"] += 1
        return x.exp().sin()

    def outer(x):
        counts["outer"] += 1
        return ck.checkpoint(inner, x * 2, use_reentrant=False).cos() * x

    x = leaf(lib, (0.1, 0.2))
    y = ck.checkpoint(outer, x, use_reentrant=False)
    y.sum().backward()
    found = x.grad
    x.grad = None
    ((x * 2).exp().sin().cos() * x).sum().backward()
    assert found.tolist() == pytest.approx(x.grad.tolist())
    assert counts["outer"] >= 2
    assert counts["inner"] >= 2


@BOTH
def test_sequential(lib, ck, reentrant):
    x = leaf(lib, (0.1, 0.2))
    functions = [lambda x: x.exp(), lambda x: x.sin(), lambda x: x * 3, lambda x: x.cos(), lambda x: x**2]
    y = ck.checkpoint_sequential(functions, 2, x, use_reentrant=reentrant)
    y.sum().backward()
    found = x.grad
    x.grad = None
    (((x.exp().sin()) * 3).cos() ** 2).sum().backward()
    assert found.tolist() == pytest.approx(x.grad.tolist())
    with raises("Unexpected keyword arguments: wrong", ValueError):
        ck.checkpoint_sequential(functions, 2, x, use_reentrant=reentrant, wrong=1)


def test_too_many_segments(lib, ck):
    with pytest.raises(ValueError, match=r"segments|range"):
        ck.checkpoint_sequential([lambda x: x * 2], 2, lib.ones(1, requires_grad=True), use_reentrant=False)


def test_detached_arguments(lib, ck):
    x = lib.ones(2, requires_grad=True)
    a, b, c = ck.detach_variable((x * 2, lib.ones(1), 3))
    assert a.is_leaf
    assert (a.requires_grad, b.requires_grad, c) == (True, False, 3)
    with pytest.raises(RuntimeError, match="Only tuple of tensors is supported"):
        ck.detach_variable([x])
    y = ck.checkpoint(lambda x: x.exp(), x, use_reentrant=True)
    assert y.grad_fn.name() == "CheckpointFunctionBackward"


def test_debugging_for_a_block(lib, ck):
    runs = []

    def differs(x):
        runs.append(x)
        return x.exp() if len(runs) == 1 else x[:1].exp()

    x = lib.ones(2, requires_grad=True)
    with ck.set_checkpoint_debug_enabled(True):
        y = ck.checkpoint(differs, x, use_reentrant=False)
    with pytest.raises(RuntimeError, match=r"test_checkpoint\.py|Operations executed"):
        y.sum().backward()


def counted(function):
    """A function of one Variable, and how often it ran: the length of a list."""
    runs = []

    def run(x):
        runs.append(x)
        return function(x)

    return run, runs


def test_saved_arguments_are_the_very_ones(lib, ck):
    found = []

    def backward(ctx, gradient):
        found.append(ctx.saved_tensors[0])
        return gradient, None

    def forward(ctx, x, constant):
        ctx.save_for_backward(constant)
        return x.clone()

    keeping = function_of(lib, "Keeping", forward, backward).apply
    x, constant = leaf(lib), lib.ones(2)
    ck.checkpoint(keeping, x, constant, use_reentrant=False).sum().backward()
    assert found[0] is constant


def test_values_are_given_once_a_backward(lib, ck):
    errors = []

    def backward(ctx, gradient):
        _ = ctx.saved_tensors
        with raises("Unpack is being triggered for a tensor that was already unpacked once") as caught:
            _ = ctx.saved_tensors
        errors.append(caught)
        return gradient * 2

    f = doubling(lib, "Twice", backward)
    x = leaf(lib)
    y = ck.checkpoint(lambda v: f.apply(v.sin()), x, use_reentrant=False).sum()
    for _ in range(2):
        y.backward(retain_graph=True)
    assert len(errors) == 2


def test_values_outside_of_a_backward_are_computed_each_time(lib, ck):
    run, runs = counted(lambda x: (x * x).exp())
    x = leaf(lib)
    y = ck.checkpoint(run, x, use_reentrant=False)
    for count in (2, 3):
        assert y.grad_fn._saved_result.tolist() == pytest.approx((x * x).exp().tolist())
        assert len(runs) == count
    y.sum().backward()
    assert len(runs) == 4
    with raises("directly access saved tensors after they have already been freed"):
        _ = y.grad_fn._saved_result


@pytest.mark.parametrize("stop", [False, True])
def test_nothing_outlives_the_backward(lib, ck, stop):
    alive = []

    def backward(ctx, gradient):
        return ctx.saved_tensors[0] * gradient

    f = function_of(lib, "Keeping", saving_its_result(alive), backward)
    gc.collect()
    gc.disable()
    try:
        x = leaf(lib)
        part = ck.checkpoint(lambda v: f.apply(v).sin(), x, use_reentrant=False, early_stop=stop)
        part.sum().backward(retain_graph=True)
        assert len(alive) == 2
        assert all(reference() is None for reference in alive)
    finally:
        gc.enable()


@pytest.mark.own("PyTorch keeps until the graph goes what a backward did not use")
def test_nothing_is_left_of_a_backward_that_used_a_part(lib, ck):
    alive = []

    def part(x):
        y = x.sin()
        alive.append(weakref.ref(y))
        return y.exp(), y.cos()

    x = leaf(lib)
    a, _ = ck.checkpoint(part, x, use_reentrant=False)
    a.sum().backward(retain_graph=True)
    gc.collect()
    assert alive[1]() is None


def test_a_group_runs_a_part_again_once(lib, ck):
    def halves(x):
        y = x.sin().cos()
        return y, y.sin().cos()

    for group, expected in ((ck.GraphExecGroup(), 2), (contextlib.nullcontext(), 3)):
        run, runs = counted(halves)
        x = leaf(lib)
        y, z = ck.checkpoint(run, x, use_reentrant=False)
        with group:
            (to_y,) = lib.autograd.grad(z.sum(), y)
            (to_x,) = lib.autograd.grad(y, x, to_y)
        assert len(runs) == expected
        assert to_x.tolist() == pytest.approx(lib.autograd.grad(halves(x)[1].sum(), x)[0].tolist())


def test_calls_of_a_group_do_not_overlap(lib, ck):
    x = leaf(lib)
    y = ck.checkpoint(lambda v: v.sin().cos(), x, use_reentrant=False).sum()
    with ck.GraphExecGroup():
        y.backward(retain_graph=True)
        with raises("Performing two backward calls that overlap"):
            y.backward(retain_graph=True)
        with raises("cannot be nested"), ck.GraphExecGroup():
            pass
    x.grad = None
    y.backward()
    assert x.grad is not None
