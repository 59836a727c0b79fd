"""What can be seen of a graph as a whole, and of memory: listings, figures, pictures, budgets."""

import os
import sys
import types

import numpy as np
import pytest

pytestmark = pytest.mark.own("PyTorch has no such listing")


@pytest.fixture
def tape(lib):
    return lib.autograd.graph.tape


def leaf(lib, *shape, dtype=np.float32):
    return lib.tensor(np.ones(shape, dtype), requires_grad=True)


def test_listing(lib, tape):
    w, x = leaf(lib, 2, 3), leaf(lib, 3)
    for _ in range(2):  # the same each time
        y = ((w @ x).tanh() * 2).sum() + x[0]
        assert str(tape(y, {"w": w, "x": x})).splitlines() == [
            "%0  AddBackward0     float32 []      <- %2 %1",
            "%1  SelectBackward0  float32 []      <- %6",
            "%2  SumBackward0     float32 []      <- %3",
            "%3  MulBackward0     float32 [2]     <- %4 -",
            "%4  TanhBackward0    float32 [2]     <- %5     saved: result 0 float32 [2] 8 B",
            "%5  MvBackward0      float32 [2]     <- %7 %6  "
            "saved: input 0 float32 [2, 3] 24 B, input 1 float32 [3] 12 B",
            "%6  AccumulateGrad   float32 [3]     leaf x",
            "%7  AccumulateGrad   float32 [2, 3]  leaf w",
        ]
    assert len(tape(y)) == 8
    node = tape(y).nodes[5]
    assert (node.name, node.inputs, node.saved[0].shape) == ("MvBackward0", [(7, 0), (6, 0)], (2, 3))
    assert tape(y).nodes[0].node is y.grad_fn
    assert str(tape(x)) == "%0  AccumulateGrad  float32 [3]  leaf"
    parts = x.split(2)
    assert "<- %1.1" in str(tape(parts[1] * 2))
    both = tape([x * 2, w * 2])
    assert [n.name for n in both.nodes] == ["MulBackward0"] * 2 + ["AccumulateGrad"] * 2
    y = leaf(lib, 3) * 2
    assert str(tape(y)).endswith("leaf gone")


def test_listing_of_in_place_writes_and_functions(lib, tape):
    class Twice(lib.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x, None)
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2

    x = leaf(lib, 4)
    y = Twice.apply(x) * 1
    y[:2].exp_()
    text = str(tape(y))
    assert "CopySlices" in text
    assert "TwiceBackward" in text
    assert "saved: saved 0 float32 [4] 16 B" in text


def test_errors(lib, tape):
    with pytest.raises(RuntimeError, match="does not require grad, so there is no graph"):
        tape(lib.ones(2))
    with pytest.raises(TypeError, match="belongs to a Variable, not to int"):
        tape([3])
    with pytest.raises(RuntimeError, match="no graph"):
        lib.autograd.graph.tape_info(lib.ones(2))


def test_bytes_are_exact(lib):
    info = lib.autograd.graph.tape_info
    x = leaf(lib, 1000)  # 4000 bytes
    y = x.exp()  # saves its result
    z = (y * y).sin()  # saves y twice, which is shared with exp's; and the product
    figures = info(z)
    assert (figures.nodes, figures.saved_values, figures.saved_bytes) == (4, 4, 8000)
    assert figures.leaf_bytes == 0
    assert figures.by_name == {
        "SinBackward0": (1, 4000),
        "MulBackward0": (1, 4000),
        "AccumulateGrad": (1, 0),
        "ExpBackward0": (1, 0),
    }
    # a view keeps all of the memory; leaves are told apart
    figures = info(x[:10] * x[10:20])
    assert (figures.saved_values, figures.saved_bytes, figures.leaf_bytes) == (2, 4000, 4000)
    big = leaf(lib, 10**6) * 1
    figures = info((big.exp().sum() + x.exp().sum()).log(), largest=2)
    assert [(n.name, n.bytes) for n in figures.largest] == [
        ("ExpBackward0", 4 * 10**6),
        ("ExpBackward0", 4000),
    ]
    assert "keep 3 values in 3.8 MiB, 0 B of it in leaves" in str(figures)
    del y, z
    before = lib.memory_stats()["live_bytes"]
    z = x.exp()
    assert lib.memory_stats()["live_bytes"] - before == pytest.approx(info(z).saved_bytes, rel=0.25)
    z.sum().backward()
    assert info(z).saved_bytes == 0


def test_long_graphs(lib):
    y = leaf(lib, 1)
    for _ in range(10**5):
        y = y * 1.0
    assert lib.autograd.graph.tape_info(y).nodes == 10**5 + 1
    assert len(lib.autograd.graph.tape(y)) == 10**5 + 1


# --- memory


def test_memory_stats(lib):
    lib.empty_cache()
    assert lib.memory_stats()["cached_bytes"] == 0
    before = lib.memory_stats()["live_bytes"]
    x = lib.zeros(10**6)
    stats = lib.memory_stats()
    assert 4 * 10**6 <= stats["live_bytes"] - before <= 5 * 10**6
    assert stats["peak_bytes"] >= stats["live_bytes"]
    del x
    assert lib.memory_stats()["live_bytes"] == before
    kept = 0 if "asan" in os.environ.get("LD_PRELOAD", "") else 4 * 10**6  # a sanitized build keeps no blocks
    assert lib.memory_stats()["cached_bytes"] >= kept
    lib.reset_peak_memory_stats()
    assert lib.memory_stats()["peak_bytes"] == before


def test_budget(lib):
    x = leaf(lib, 10**5)  # 400 kB
    y = x.exp()
    with lib.memory_budget(10**6):
        z = y * 2
        z = z + 1  # two of them, for a moment
        with pytest.raises(MemoryError, match="memory_budget"):
            lib.zeros(10**6)
        with pytest.raises(MemoryError, match="memory_budget"):
            lib.cat([x, x, x])
        assert z.tolist()[:1] == [np.float32(np.exp(np.float32(1))) * 2 + 1]
    big = lib.zeros(10**6)
    assert big.numel() == 10**6
    with lib.memory_budget(10**9), lib.memory_budget(0), lib.memory_budget(10**9):  # all of them hold
        with pytest.raises(MemoryError):
            lib.zeros(10**5)
        assert lib.zeros(3).tolist() == [0, 0, 0]  # such small arrays have their memory in themselves


def test_budget_leaves_everything_as_it_was(lib):
    x = leaf(lib, 10**5)
    y = (x * 2).exp()
    loss = (y * y).sum()
    versions = (x._version, y._version)
    with lib.memory_budget(0):
        for failing in (
            lambda: y * y,
            lambda: y + x,
            lambda: loss.backward(retain_graph=True),
            lambda: y[y > 0],
        ):
            with pytest.raises(MemoryError):
                failing()
        with pytest.raises(MemoryError):
            y.mul_(x)  # its own value must be kept for backward
    assert (x._version, y._version) == versions
    assert x.grad is None
    loss.backward()
    assert x.grad[0].item() == pytest.approx(4 * np.exp(4.0))


def test_budget_ends(lib):
    with pytest.raises(KeyError), lib.memory_budget(0):
        raise KeyError
    lib.zeros(10**5)

    @lib.memory_budget(0)
    def limited():
        return lib.zeros(10**5)

    for _ in range(2):
        with pytest.raises(MemoryError):
            limited()
    lib.zeros(10**5)
    with pytest.raises(TypeError, match="number of bytes"):
        lib.memory_budget(1.5)
    with pytest.raises(ValueError, match="0 bytes or more"):
        lib.memory_budget(-1)


# --- pictures


def test_picture(lib, monkeypatch, tmp_path):
    x = leaf(lib, 3)
    y = (x * x).sum()
    picture = lib.viz.graph(y, {"x": x, "loss": y})
    assert str(picture).splitlines() == [
        "digraph {",
        "  rankdir=TB",
        '  node [shape=box style=filled fontname="monospace" fontsize=10]',
        '  n0 [label="SumBackward0" fillcolor=lightgrey]',
        "  n1 -> n0",
        '  n1 [label="MulBackward0\\ninput 0: float32 [3] 12 B\\ninput 1: float32 [3] 12 B" '
        "fillcolor=lightgrey]",
        "  n2 -> n1",
        "  n2 -> n1",
        '  n2 [label="x\\nfloat32 [3]" fillcolor=lightblue]',
        '  r0 [label="loss\\nfloat32 []" fillcolor=darkolivegreen1]',
        "  n0 -> r0",
        "}",
    ]
    assert "12 B" not in lib.viz.graph(y, saved=False).dot
    assert '"a \\"b\\"' in lib.viz.graph(y, {'a "b"': x}).dot
    assert picture.render(tmp_path / "y.dot").read_text() == picture.dot

    monkeypatch.setitem(sys.modules, "graphviz", None)  # not installed
    assert picture._repr_svg_() is None
    assert picture._repr_mimebundle_() == {"text/plain": picture.dot}
    with pytest.raises(ImportError, match=r"tapegrad\[viz\]"):
        picture.svg()

    class Source:
        def __init__(self, dot):
            self.dot = dot

        def pipe(self, format):
            return f"<{format}>{len(self.dot)}".encode()

    monkeypatch.setitem(sys.modules, "graphviz", types.SimpleNamespace(Source=Source))
    svg = f"<svg>{len(picture.dot)}"
    assert (picture.svg(), picture._repr_svg_()) == (svg, svg)
    assert picture._repr_mimebundle_()["image/svg+xml"] == svg
    assert picture._repr_mimebundle_(exclude=["text/plain"]) == {"image/svg+xml": svg}
    assert picture.render(tmp_path / "y.png").read_bytes().startswith(b"<png>")
