"""Checkpoints that keep the results of some operations, and compute only the others again."""

import contextlib
import functools
import importlib
import threading

import pytest
from semantics import function_of, leaf, raises


@pytest.fixture
def ck(lib):
    return importlib.import_module(lib.__name__ + ".utils.checkpoint")


def op_of(lib, name):
    """What a policy knows an operation by: the function, or PyTorch's overload."""
    return getattr(lib.ops.aten, name).default if hasattr(lib, "ops") else getattr(lib, name)


def name_of(op):
    return op.__name__.partition(".")[0]


def selective(ck, part, *args, keep, **options):
    """The part under a checkpoint that keeps what `keep` (a list or a policy) says."""
    contexts = functools.partial(ck.create_selective_checkpoint_contexts, keep, **options)
    return ck.checkpoint(part, *args, use_reentrant=False, context_fn=contexts)


class Watching:
    """A policy that keeps the results of the operations of these names, and remembers what it was told."""

    def __init__(self, *names, keep=True):
        self.names, self.keep, self.calls, self.results = names, keep, [], {}

    def __call__(self, ctx, op, *args, **kwargs):
        assert not ctx.is_recompute
        self.calls.append((name_of(op), len(args)))
        self.results[name_of(op)] = ctx.op_output
        return self.keep if name_of(op) in self.names else False


def part(x, w):
    return (x @ w).sin().exp() * x


@pytest.fixture
def square(lib):
    return leaf(lib, [[0.1, 0.2], [0.3, 0.4]]), leaf(lib, [[1.0, -1.0], [2.0, 0.5]])


KEEP = {
    "nothing": lambda lib, ck: [],
    "a list": lambda lib, ck: [op_of(lib, "mm"), op_of(lib, "exp")],
    "a policy": lambda lib, ck: (
        lambda ctx, op, *args, **kwargs: (
            ck.CheckpointPolicy.MUST_SAVE if op is op_of(lib, "mm") else ck.CheckpointPolicy.PREFER_RECOMPUTE
        )
    ),
    "everything": lambda lib, ck: lambda *args, **kwargs: ck.CheckpointPolicy.PREFER_SAVE,
    "by bools": lambda lib, ck: Watching("sin"),
}


@pytest.mark.parametrize("early_stop", [True, False])
@pytest.mark.parametrize("keep", KEEP)
def test_gradients_are_the_same(lib, ck, square, keep, early_stop):
    with ck.set_checkpoint_early_stop(early_stop):
        y = selective(ck, part, *square, keep=KEEP[keep](lib, ck))
    found = lib.autograd.grad(y.sum(), square)
    expected = lib.autograd.grad(part(*square).sum(), square)
    for g, e in zip(found, expected, strict=True):
        assert g.tolist() == e.tolist()


@pytest.mark.parametrize("kept", [True, False])
def test_kept_results_are_not_computed_again(lib, ck, square, kept):
    """Their memory is written meanwhile, which shows where it is used."""
    policy = Watching("mm", keep=kept)
    y = selective(ck, part, *square, keep=policy, allow_cache_entry_mutation=True)
    with lib.no_grad():
        policy.results["mm"].fill_(0)
    (found,) = lib.autograd.grad(y, square[0], lib.ones(2, 2))
    x, w = (v.detach() for v in square)
    z = 0 * x if kept else x @ w
    slope = z.cos() * y.detach()  # of exp(sin(z)) * x, whose first factor was kept as a value of the product
    slope = z.cos() * z.sin().exp() * x if kept else slope
    expected = slope @ w.t() + z.sin().exp()
    assert lib.allclose(found, expected)


def test_what_the_policy_is_told(lib, ck, square):
    policy = Watching("mm")
    y = selective(ck, lambda x, w: (x @ w).sin().max(1), *square, keep=policy).values
    assert policy.calls[:2] == [("mm", 2), ("sin", 1)]
    assert [name for name, _ in policy.calls] == ["mm", "sin", "max"]
    values, indices = policy.results["max"]
    assert values.tolist() == y.tolist()
    assert indices.tolist() == (square[0] @ square[1]).sin().argmax(1).tolist()
    y.sum().backward()
    assert len(policy.calls) == 3  # only in the first run


def test_operations_of_the_policy_are_not_seen(lib, ck, square):
    seen = []

    def policy(ctx, op, *args, **kwargs):
        seen.append(name_of(op))
        return bool((ctx.op_output.abs().cos() > -2).all())

    selective(ck, part, *square, keep=policy).sum().backward()
    assert seen == ["mm", "sin", "exp", "mul"]


def test_one_backward_alone(lib, ck, square):
    y = selective(ck, part, *square, keep=[op_of(lib, "mm")]).sum()
    y.backward(retain_graph=True)
    with raises("Trying to backward an extra time. You are only allowed to backward once"):
        y.backward()


def test_written_results_are_noticed(lib, ck):
    x = leaf(lib)

    def writes(x):
        return x.sin().mul_(3).cos()

    y = selective(ck, writes, x, keep=[op_of(lib, "sin")])
    with raises("Tensor cached during selective activation checkpoint has been mutated"):
        y.sum().backward()
    assert x.grad is None
    selective(ck, writes, x, keep=[op_of(lib, "cos")]).sum().backward()
    assert x.grad.tolist() == lib.autograd.grad(writes(x).sum(), x)[0].tolist()


def test_operations_that_were_not_called_before_are_noticed(lib, ck):
    runs = []

    def differs(x):
        runs.append(x)
        y = x.sin()
        for _ in range(len(runs)):
            y = y.sin() if runs[0] is not None else y.exp()
        return y * x

    x = leaf(lib)
    y = selective(ck, differs, x, keep=[op_of(lib, "sin")])
    with raises("invocation index 2 encountered during backward but not found in storage"):
        y.sum().backward()


def test_what_is_no_policy(lib, ck):
    with raises("policy_fn_or_list must be either a function or a list of ops", TypeError):
        ck.create_selective_checkpoint_contexts(3)
    for wrong in ("mm", len, 3):
        with raises("Expected ", ValueError):
            ck.create_selective_checkpoint_contexts([op_of(lib, "mm"), wrong])
    x = leaf(lib)
    with raises("only supported when use_reentrant=False", ValueError):
        ck.checkpoint(lambda x: x.exp(), x, use_reentrant=True, context_fn=lambda: None)


@pytest.mark.parametrize("where", ["policy", "part"])
def test_nothing_is_seen_after_an_exception(lib, ck, square, where):
    calls = []

    def policy(ctx, op, *args, **kwargs):
        calls.append(op)
        return {}["mine"] if where == "policy" else True

    def fails(x, w):
        return (x @ w) * {}["mine"]

    with pytest.raises(KeyError, match="mine"):
        selective(ck, fails, *square, keep=policy)
    assert len(calls) == 1
    part(*square)
    assert len(calls) == 1


def test_policies_in_policies(lib, ck, square):
    """The outer one sees what the inner part does, too."""
    inner, outer = Watching("sin"), Watching("exp")

    def whole(x, w):
        return selective(ck, lambda x: x.sin() * x, x @ w, keep=inner).exp()

    y = selective(ck, whole, *square, keep=outer)
    assert [name for name, _ in inner.calls] == ["sin", "mul"]
    assert [name for name, _ in outer.calls] == ["mm", "sin", "mul", "exp"]
    found = lib.autograd.grad(y.sum(), square)
    z = square[0] @ square[1]
    expected = lib.autograd.grad((z.sin() * z).exp().sum(), square)
    for g, e in zip(found, expected, strict=True):
        assert lib.allclose(g, e)


def test_operations_inside_of_functions(lib, ck):
    policy = Watching("exp", "sin")

    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(y)
        return y.sin()

    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * y.cos() * y

    x = leaf(lib)
    function = function_of(lib, "Composed", forward, backward)
    selective(ck, lambda x: function.apply(x * 1), x, keep=policy).sum().backward()
    assert [name for name, _ in policy.calls] == ["mul", "exp", "sin"]
    assert x.grad.tolist() == pytest.approx(lib.autograd.grad(x.exp().sin().sum(), x)[0].tolist())


def test_other_threads_are_not_seen(lib, ck, square):
    policy = Watching("mm")

    def starts_one(x, w):
        thread = threading.Thread(target=part, args=(x, w))
        thread.start()
        thread.join()
        return part(x, w)

    selective(ck, starts_one, *square, keep=policy).sum().backward()
    assert len(policy.calls) == 4


def test_contexts_without_a_checkpoint(lib, ck, square):
    """They are blocks like others."""
    policy = Watching("mm")
    first, again = ck.create_selective_checkpoint_contexts(policy)
    with first:
        y = part(*square)
    with again:
        z = part(*square)
    assert len(policy.calls) == 4
    assert z.tolist() == y.tolist()
    with contextlib.suppress(KeyError), first:
        {}["mine"]
    part(*square)
    assert len(policy.calls) == 4


@pytest.mark.own("PyTorch has no names for these but its overloads")
def test_functions_that_are_several_operations(lib, ck):
    """Max has one for everything and one along a dimension; matmul leaves the work to another function."""
    x, w = leaf(lib, [[0.1, 0.7], [0.3, 0.4]]), leaf(lib, [[1.0, -1.0], [2.0, 0.5]])
    functions = [lib.matmul, lib.max, lib.linalg.inv, lib.nn.functional.softmin, lib.special.erfcx]
    with raises("Expected functions that are one operation", ValueError):
        ck.create_selective_checkpoint_contexts(functions)
    policy = Watching("mm", "mv", "max", "inv", "erfcx")

    def all_of_them(x, w):
        y = lib.linalg.inv(x @ w) @ w[0]
        return lib.special.erfcx(y.max()) + (x @ w).max(1)[0] + x.max()

    found = selective(ck, all_of_them, x, w, keep=policy)
    names = [name for name, _ in policy.calls]
    assert names == ["mm", "inv", "mv", "max", "erfcx", "mm", "max", "add", "max", "add"]
    listed = selective(ck, all_of_them, x, w, keep=[lib.matmul, lib.max, lib.linalg.inv, lib.special.erfcx])
    for y in (found, listed):
        grads = lib.autograd.grad(y.sum(), (x, w))
        expected = lib.autograd.grad(all_of_them(x, w).sum(), (x, w))
        for g, e in zip(grads, expected, strict=True):
            assert g.tolist() == e.tolist()


@pytest.mark.own("PyTorch computes again what the policy would have kept on the CPU")
@pytest.mark.parametrize("name", ["MUST_CPU_OFFLOAD", "PREFER_CPU_OFFLOAD"])
def test_all_memory_is_the_cpus(lib, ck, square, name):
    y = selective(ck, part, *square, keep=lambda *args, **kwargs: getattr(ck.CheckpointPolicy, name)).sum()
    y.backward(retain_graph=True)
    with raises("Trying to backward an extra time"):  # so they were kept
        y.backward()


@pytest.mark.own("PyTorch has no operations that work in their operands' memory")
def test_operands_are_shown_as_they_were(lib, ck):
    """Inside a Function nothing is recorded, and then a result may take its operand's memory."""
    shown = []

    def policy(ctx, op, *operands, **attributes):
        shown.append([operand.tolist() for operand in operands if isinstance(operand, lib.Tensor)])
        return False

    def forward(ctx, x):
        return lib.nn.functional.pairwise_distance(x, x * 0, eps=10.0)  # |x - 0 + 10|

    x = leaf(lib, (1.0, 2.0))
    selective(ck, function_of(lib, "Distance", forward, lambda ctx, g: g).apply, x, keep=policy)
    assert shown[1:] == [[[1, 2], [0, 0]], [[1, 2]], [[11, 12]]]
