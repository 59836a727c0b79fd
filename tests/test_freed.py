"""Freed values: which operations save some, and what a second backward says of them."""

import pytest
from semantics import doubling, leaf, raises

FREED = (
    "Trying to backward through the graph a second time, but the buffers have already been freed. "
    "Specify retain_graph=True when calling backward the first time."
)


pytestmark = pytest.mark.usefixtures("grad_mode")


def x2(lib):
    return leaf(lib, [[1.0, 2.0], [3.0, 5.0]])


def written(x, change):
    y = x + 1
    change(y)
    return y


SAVES = {
    "mul": lambda lib, x: x * x,
    "mul by a number": lambda lib, x: x * 2,
    "div by a number": lambda lib, x: x / 2,
    "div": lambda lib, x: x / lib.ones(2),
    "1/x": lambda lib, x: 1 / x,
    "pow": lambda lib, x: x**2,
    "pow 1": lambda lib, x: x**1,
    "pow 0": lambda lib, x: x**0,
    "x**y": lambda lib, x: x**x,
    "2**x": lambda lib, x: 2**x,
    "masked": lambda lib, x: x[x > 1],
    "indexed": lambda lib, x: x[lib.tensor([0])],
    "matmul": lambda lib, x: x @ x,
    "outer": lambda lib, x: lib.outer(x[0], x[1]),
    "einsum": lambda lib, x: lib.einsum("ij,jk->ik", x, x),
    "max": lambda lib, x: x.max(),
    "min": lambda lib, x: x.min(),
    "max(dim)": lambda lib, x: x.max(1)[0],
    "amax": lambda lib, x: x.amax(1),
    "maximum": lambda lib, x: lib.maximum(x, lib.ones(2)),
    "where": lambda lib, x: lib.where(x > 1, x, 0.0),
    "clamp": lambda lib, x: x.clamp(0, 1),
    "softmax": lambda lib, x: x.softmax(0),
    "logsumexp": lambda lib, x: x.logsumexp(0),
    "sort": lambda lib, x: x.sort(0)[0],
    "topk": lambda lib, x: x.topk(1)[0],
    "gather": lambda lib, x: x.gather(0, lib.tensor([[0, 0]])),
    "scatter": lambda lib, x: x.scatter(0, lib.tensor([[0, 0]]), 1.0),
    "masked_fill": lambda lib, x: x.masked_fill(x > 1, 0.0),
    "setitem": lambda lib, x: written(x, lambda y: y.__setitem__(0, 3)),
    "setitem by indices": lambda lib, x: written(x, lambda y: y.__setitem__(lib.tensor([0]), 3.0)),
    "cumprod": lambda lib, x: x.cumprod(0),
    "atan2": lambda lib, x: lib.atan2(x, lib.ones(2)),
    "inv": lambda lib, x: lib.linalg.inv(x),
    "det": lambda lib, x: lib.linalg.det(x),
    "dropout": lambda lib, x: lib.nn.functional.dropout(x, 0.5),
    "mse_loss": lambda lib, x: lib.nn.functional.mse_loss(x, lib.ones(2, 2)),
    "l1_loss": lambda lib, x: lib.nn.functional.l1_loss(x, lib.ones(2, 2)),
    "nll_loss": lambda lib, x: lib.nn.functional.nll_loss(x, lib.tensor([0, 1])),
    "cross_entropy": lambda lib, x: lib.nn.functional.cross_entropy(x, lib.tensor([0, 1])),
} | {
    name: lambda lib, x, name=name: getattr(x, name)()
    for name in (
        *("exp", "log", "sin", "tanh", "sqrt", "abs", "relu", "sigmoid"),
        *("prod", "std", "var", "median", "norm"),
    )
}
SAVES_NOTHING = {
    "add": lambda lib, x: x + 1 + x,
    "sub": lambda lib, x: 3 - (x - 1),
    "neg": lambda lib, x: -x,
    "lerp by a number": lambda lib, x: lib.lerp(x, x, 0.25),
    "sum": lambda lib, x: x.sum(0),
    "mean": lambda lib, x: x.mean(),
    "trace": lambda lib, x: x.trace(),
    "views": lambda lib, x: x[0][:1].view(1).transpose(0, 0).expand(3).unsqueeze(0).squeeze().permute(0),
    "diagonal": lambda lib, x: x.diagonal(),
    "unbind": lambda lib, x: x.unbind()[1],
    "split": lambda lib, x: x.split(1)[1],
    "cat": lambda lib, x: lib.cat([x, x]),
    "stack": lambda lib, x: lib.stack([x, x]),
    "clone": lambda lib, x: x.clone(),
    "to": lambda lib, x: x.to(lib.float64),
    "copy_": lambda lib, x: lib.zeros(2, 2).copy_(x),
    "fill_": lambda lib, x: written(x, lambda y: y.fill_(1)),
    "zero_": lambda lib, x: written(x, lambda y: y.zero_()),
    "cumsum": lambda lib, x: x.cumsum(0),
    "tril": lambda lib, x: x.tril(),
    "triu": lambda lib, x: x.triu(),
    "flip": lambda lib, x: x.flip(0),
    "roll": lambda lib, x: x.roll(1),
    "rot90": lambda lib, x: x.rot90(),
    "repeat": lambda lib, x: x.repeat(2, 1),
    "pad": lambda lib, x: lib.nn.functional.pad(x, (1, 1)),
    "remainder by a number": lambda lib, x: x % 2,
} | {name: lambda lib, x, name=name: getattr(x, name)() for name in ("floor", "round", "sign")}


@pytest.mark.parametrize("name", SAVES)
def test_second_backward_raises(lib, name):
    y = SAVES[name](lib, x2(lib))
    y.backward(lib.ones_like(y))
    with raises("Trying to backward through the graph a second time"):
        y.backward(lib.ones_like(y))


@pytest.mark.parametrize("name", SAVES_NOTHING)
def test_second_backward_of_what_saves_nothing(lib, name):
    y = SAVES_NOTHING[name](lib, x2(lib))
    for _ in range(2):
        y.backward(lib.ones_like(y))


@pytest.mark.own("the whole graph is checked before anything runs")
def test_failed_backward_changes_nothing(lib):
    x, w = leaf(lib), leaf(lib)
    y = x.exp()
    y.sum().backward()
    product = w * 3
    z = product + y
    with raises("second time") as caught:
        z.backward(lib.ones(7, 7))  # freed is found before the shape
    lines = str(caught.value).splitlines()
    assert lines[0] == FREED
    assert "ExpBackward0" in lines[1]
    assert x.grad.tolist() == y.tolist()
    assert w.grad is None
    product.backward(lib.ones(2))  # its values are there
    assert w.grad.tolist() == [3, 3]


@pytest.mark.own("freed before version, version before anything changed")
def test_freed_before_version(lib):
    x, w = leaf(lib), leaf(lib)
    y = x * 1
    z = y * y
    z.sum().backward()
    y.add_(1)
    with raises("second time"):
        z.sum().backward()
    y = x * 1
    z = y * y + w.exp()
    y.add_(1)
    x.grad = None
    with raises("modified by an inplace operation"):
        z.sum().backward()
    assert x.grad is None
    assert w.grad is None


@pytest.mark.parametrize("make", ["x.exp()", "x * 3", "x[lib.tensor([0])]", "x.max()"])
def test_values_freed_by_a_hook_meanwhile(lib, make):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    y = eval(make, {"x": x, "lib": lib})
    z, inner = y + 0, y.sum()
    z.register_hook(lambda g: inner.backward())
    with pytest.raises(RuntimeError, match="through the graph a second time"):
        z.sum().backward()


@pytest.mark.own("the whole graph is checked before anything runs")
@pytest.mark.parametrize(("fault", "text"), [("freed", "second time"), ("written", "modified by an inplace")])
def test_failed_backward_calls_no_hook(lib, fault, text):
    x, w = leaf(lib), leaf(lib)
    y = x * 1
    z = y * y
    if fault == "freed":
        z.sum().backward()
    else:
        y.add_(1)
    log = []
    root = z + w.exp()
    root.register_hook(lambda g: log.append("root"))
    root.grad_fn.register_prehook(lambda g: log.append("node"))
    w.register_hook(lambda g: log.append("leaf"))
    with raises(text):
        root.sum().backward()
    assert log == []
    assert w.grad is None
    lib.autograd.grad(root.sum(), w)  # goes another way
    assert log == ["root", "node", "leaf"]


def test_only_what_runs_is_checked(lib):
    x, w = leaf(lib), leaf(lib)
    freed = w.exp()
    freed.sum().backward()
    y = w * 1
    written = y * y
    y.add_(1)
    (x.exp() + freed + written).sum().backward(inputs=[x])
    assert x.grad.tolist() == x.exp().tolist()


def test_what_hooks_do_meanwhile_is_seen(lib):
    x = leaf(lib)
    y = x * 1
    z = y * y + 0

    def write(g):
        y.add_(1)

    z.register_hook(write)
    with raises("modified by an inplace operation"):
        z.sum().backward()
    assert x.grad is None
    y = keeping(lib, reads=True).apply(x)
    z, inner = y + 0, y.sum()
    z.register_hook(lambda g: inner.backward())
    with raises("Trying to backward through the graph a second time"):
        z.sum().backward()
    assert x.grad.tolist() == [1, 2]  # of the inner one


def keeping(lib, reads):
    """A Function that saves its input, and reads it in backward or not."""

    return doubling(lib, "Keeping", lambda ctx, g: g * (ctx.saved_tensors[0] if reads else 2))


@pytest.mark.own("torch meets what is freed when it is read")
def test_function_that_never_reads_what_it_saved(lib):
    x = leaf(lib)
    y = keeping(lib, reads=False).apply(x)
    y.sum().backward()
    with raises("second time"):
        y.sum().backward()
    assert x.grad.tolist() == [2, 2]


@pytest.mark.own("one text, and a line that names node and call")
def test_text_wherever_it_is_met(lib):
    x = leaf(lib)
    y = x.exp()
    z = keeping(lib, reads=True).apply(x)
    (y + z).sum().backward()  # the call
    for use, name in (
        (lambda: y.backward(lib.ones(2)), "ExpBackward0"),
        (lambda: lib.autograd.grad(y.sum(), x), "ExpBackward0"),
        (lambda: y.grad_fn._saved_result, "ExpBackward0"),
        (lambda: y.grad_fn(lib.ones(2)), "ExpBackward0"),
        (lambda: z.grad_fn.saved_tensors, "KeepingBackward"),
    ):
        with raises("second time") as caught:
            use()
        text, line = str(caught.value).splitlines()
        assert text == FREED
        assert name in line
        assert "`(y + z).sum().backward()  # the call`" in line
