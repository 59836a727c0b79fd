"""What hooks keep alive."""

import gc
import weakref

import pytest
from semantics import leaf


def on_tensor(lib, x, y, keep):
    y.register_hook(lambda g: keep)


def on_leaf(lib, x, y, keep):
    x.register_hook(lambda g: keep)


def on_post(lib, x, y, keep):
    x.register_post_accumulate_grad_hook(lambda v: keep and None)


def on_node(lib, x, y, keep):
    y.grad_fn.register_hook(lambda i, o: keep)


def on_prehook(lib, x, y, keep):
    y.grad_fn.register_prehook(lambda o: keep)


def on_accumulator(lib, x, y, keep):
    y.grad_fn.next_functions[0][0].register_hook(lambda i, o: keep)


@pytest.mark.own("torch sees less of its graph")
@pytest.mark.parametrize("register", [on_tensor, on_leaf, on_post, on_node, on_prehook, on_accumulator])
@pytest.mark.parametrize("keep", ["leaf", "result", "further", "all"])
def test_hooks_that_close_over_tensors_are_collected(lib, register, keep):
    x = leaf(lib)
    y = x * x
    z = y * 2
    kept = {"leaf": (x,), "result": (y,), "further": (z,), "all": (x, y, z, y.grad_fn, z.grad_fn)}[keep]
    register(lib, x, y, kept)
    gone = [weakref.ref(x), weakref.ref(y), weakref.ref(z)]
    del x, kept
    gc.collect()
    assert gone[1]() is y
    del y, z
    gc.collect()
    assert [reference() for reference in gone] == [None] * 3


def test_hook_on_a_live_graph_is_not_collected(lib):
    x = leaf(lib)
    y = x * x
    z = (y * 2).sum()
    log = []
    y.register_hook(lambda g: log.append((y.tolist(), g.tolist())) if y is not None else None)
    x.register_hook(lambda g: log.append(x.tolist()))
    for _ in range(3):
        gc.collect()
    z.backward()
    assert log == [([1, 4], [2, 2]), [1, 2]]


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


@pytest.mark.own("torch sees less of its graph")
@pytest.mark.parametrize("kind", ["leaf", "result", "node", "raises"])
def test_memory_of_hooks_is_flat(lib, kind):
    def rounds(count):
        for _ in range(count):
            x = leaf(lib, [1.0] * 256)
            y = x * x
            if kind == "leaf":
                x.register_hook(lambda g, x=x: None)
            elif kind == "result":
                y.register_hook(lambda g, y=y: None)
            elif kind == "node":
                y.grad_fn.register_hook(lambda i, o, y=y: None)
            else:
                y.register_hook(lambda g, y=y: 1 / 0)
                with pytest.raises(ZeroDivisionError):
                    y.sum().backward()
                continue
            y.sum().backward()

    rounds(2000)
    gc.collect()
    before = resident()
    rounds(10_000)
    gc.collect()
    assert resident() - before < 8 << 20
