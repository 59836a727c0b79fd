"""What must not stay: the graphs, Functions, hooks and values of ten thousand rounds."""

import gc
import warnings
import weakref

import pytest
from semantics import doubling, leaf

pytestmark = pytest.mark.own("PyTorch keeps some of these")

SIZE = 256  # floats: a megabyte in a thousand rounds, if they stayed


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


def graph_through_grad(lib):
    x = leaf(lib, [1.0] * SIZE)
    (x * x * x).sum().backward(create_graph=True)
    return [x, x.grad]


def hook_on_its_own_tensor(lib):
    x = leaf(lib, [1.0] * SIZE)
    y = x * x
    y.register_hook(lambda g: y.detach() * 0 + g)
    y.sum().backward()
    return [x, y]


def context_with_its_output(lib):
    class Keeps(lib.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.kept = []
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2

    x = leaf(lib, [1.0] * SIZE)
    y = Keeps.apply(x)
    y.grad_fn.kept.append(y)
    y.sum().backward()
    return [x, y]


def exception_in_the_middle(lib):
    x = leaf(lib, [1.0] * SIZE)
    y = x.exp()
    y.register_hook(lambda g: 1 / 0)
    z = (y * x).sum()
    with pytest.raises(ZeroDivisionError):
        z.backward()
    return [x, y, z]


def exception_in_a_function(lib):
    def fail(ctx, g):
        raise KeyError(ctx)

    x = leaf(lib, [1.0] * SIZE)
    y = doubling(lib, "Fails", fail).apply(x)
    with pytest.raises(KeyError):
        y.sum().backward()
    return [x, y]


def hooks_of_saved_values(lib):
    x = leaf(lib, [1.0] * SIZE)
    with lib.autograd.graph.saved_tensors_hooks(lambda v: [v], lambda kept: kept[0]):
        y = x.exp() * x
        y.sum().backward()
        z = x.exp() * x  # never run
    return [x, y, z]


def hooks_that_close_over_the_graph(lib):
    x = leaf(lib, [1.0] * SIZE)
    kept = []
    with lib.autograd.graph.saved_tensors_hooks(lambda v: (v, kept), lambda pair: pair[0]):
        y = x.exp() * x
    kept.append(y)
    return [x, y]


def hooks_of_one_saved_value(lib):
    x = leaf(lib, [1.0] * SIZE)
    y = x * x
    y.grad_fn._raw_saved_self.register_hooks(lambda v: v, lambda v: v * (y is not None))
    y.sum().backward()
    return [x, y]


def checkpoints(lib):
    from importlib import import_module

    checkpoint = import_module(f"{lib.__name__}.utils.checkpoint").checkpoint
    x = leaf(lib, [1.0] * SIZE)
    y = checkpoint(lambda x: x.exp() * x, x, use_reentrant=False)
    y.sum().backward()
    z = checkpoint(lambda x: x.exp() * x, x, use_reentrant=False)  # never run
    return [x, y, z]


def selective_checkpoints(lib):
    from functools import partial
    from importlib import import_module

    ck = import_module(f"{lib.__name__}.utils.checkpoint")
    contexts = partial(ck.create_selective_checkpoint_contexts, lambda ctx, op, *args, **kwargs: True)
    x = leaf(lib, [1.0] * SIZE)
    y = ck.checkpoint(lambda x: x.exp() * x, x, use_reentrant=False, context_fn=contexts)
    y.sum().backward()
    z = ck.checkpoint(lambda x: x.exp() * x, x, use_reentrant=False, context_fn=contexts)  # never run
    return [x, y, z]


def writes_through_views(lib):
    x = leaf(lib, [1.0] * SIZE)
    y = x * 1
    view = y[: SIZE // 2]
    view.mul_(x[: SIZE // 2])
    (y.sum() + view.sum()).backward()
    return [x, y, view]


def attribute_cycles(lib):
    x = leaf(lib, [1.0] * SIZE)
    y = x * 2
    x.result, y.source, y.node = y, x, y.grad_fn
    y.grad_fn.metadata["of"] = y
    return [x, y]


def retained_gradients(lib):
    x = leaf(lib, [1.0] * SIZE)
    y = x * 2
    y.retain_grad()
    (y * y).sum().backward()
    return [x, y, y.grad]


KINDS = [
    graph_through_grad,
    hook_on_its_own_tensor,
    context_with_its_output,
    exception_in_the_middle,
    exception_in_a_function,
    hooks_of_saved_values,
    hooks_that_close_over_the_graph,
    hooks_of_one_saved_value,
    checkpoints,
    selective_checkpoints,
    writes_through_views,
    attribute_cycles,
    retained_gradients,
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_everything_is_collected(lib, kind):
    gone = [weakref.ref(v) for v in kind(lib)]
    gc.collect()
    assert [reference() for reference in gone] == [None] * len(gone)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_memory_is_flat(lib, kind):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(2000):
            kind(lib)
        gc.collect()
        before = resident()
        for _ in range(10_000):
            kind(lib)
        gc.collect()
    assert resident() - before < 4 << 20
