"""Chains of a million operations: built, run and freed on a small stack."""

import pytest
from semantics import child

LINKS = {
    "add": "y = y + 1",
    "mul": "y = y * w",
    "views": "y = y.transpose(0, 1) if i & 1 else y.reshape(2, 1) if i & 2 else y.view(1, 2)",
    "select": "y = y[None][0]",
    "in place": "y.mul_(1)",
    "indexed assignments": "y[0] = 1.0",
    "writes through views": "y[0].mul_(1)",
}


@pytest.fixture
def million(lib):
    """As many are asked of tapegrad; a tenth of PyTorch, which takes minutes for all."""
    return 10**6 if lib.__name__ == "tapegrad" else 10**5


@pytest.mark.parametrize("link", LINKS)
def test_chain_is_built_run_and_freed(lib, million, link):
    count = million if link in ("add", "mul") else million // 5
    out = child(
        f"""
        x = tg.ones(2, 1, requires_grad=True)
        w = tg.ones(2, 1)
        y = x * 1
        for i in range({count}):
            {LINKS[link]}
        y.sum().backward()
        print(x.grad.tolist())
        del y
        print("freed")
    """,
        lib.__name__,
    )
    expected = [[0.0], [1.0]] if link == "indexed assignments" else [[1.0], [1.0]]
    assert out.split("\n")[:2] == [str(expected), "freed"]


def test_chain_of_a_million_functions(lib, million):
    out = child(
        f"""
        class Same(tg.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return x * 1
            @staticmethod
            def backward(ctx, g):
                return g
        x = tg.ones(1, requires_grad=True)
        y = x
        for i in range({million}):
            y = Same.apply(y)
        y.sum().backward()
        print(x.grad.tolist())
        del y
    """,
        lib.__name__,
    )
    assert out == "[1.0]\n"
