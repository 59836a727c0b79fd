"""Arguments as PyTorch takes them."""

import numpy as np
import pytest
from semantics import raises


@pytest.fixture
def x(lib):
    return lib.arange(12.0).reshape(2, 6)


def test_normalize_into_out(lib, x):
    normalize = lib.nn.functional.normalize
    assert normalize(x, out=(out := lib.zeros(2, 6))) is out
    assert out.tolist() == normalize(x).tolist()


def test_the_norms_of_an_embedding(lib):
    embedding, where = lib.nn.functional.embedding, lib.tensor([[0, 2], [2, 2]])
    for order, expected in ((2.0, 5 / 2), (1.0, 7 / 2)):
        weight = lib.tensor([[3.0, 4.0], [6.0, 8.0], [0.5, 0.5]], requires_grad=True)
        rows = embedding(where, weight, None, 2.0, order)
        assert weight.tolist()[1:] == [[6, 8], [0.5, 0.5]]
        assert weight[0].tolist() == pytest.approx([3 / expected, 4 / expected])
        assert rows[0].tolist() == [weight[0].tolist(), [0.5, 0.5]]
        rows.sum().backward()
        assert weight.grad.tolist() == [[1, 1], [0, 0], [3, 3]]


def test_gradients_of_an_embedding_by_how_often_rows_come(lib):
    weight = lib.ones(3, 2, requires_grad=True)
    rows = lib.nn.functional.embedding(
        lib.tensor([[0, 2], [2, 2]]), weight, scale_grad_by_freq=True, sparse=False
    )
    (rows * lib.tensor([1.0, 3.0]).view(2, 1, 1)).sum().backward()
    assert weight.grad.flatten().tolist() == pytest.approx([1, 1, 0, 0, 7 / 3, 7 / 3])


@pytest.mark.parametrize(
    ("mode", "amounts", "expected"),
    [
        ("circular", (0, -3), []),
        ("circular", (-1, -2), []),
        ("reflect", (-3, 1), [2]),
        ("reflect", (-4, 2), [1]),
        ("reflect", (2, -3), [3, 2]),
        ("replicate", (-3, 1), [3]),
    ],
)
def test_padding_that_cuts_all_off(lib, mode, amounts, expected):
    x = lib.tensor([[1.0, 2.0, 3.0]], requires_grad=True)
    padded = lib.nn.functional.pad(x, amounts, mode)
    assert padded.tolist() == [expected]
    padded.sum().backward()
    assert x.grad.tolist() == [[float(v in expected) for v in (1, 2, 3)]]


@pytest.mark.parametrize("integer", ["int8", "int64", "bool"])
def test_a_cosine_of_floats_and_integers(lib, integer):
    x = lib.tensor([[1.0, 2.0, 2.0]], dtype=lib.float64, requires_grad=True)
    y = lib.tensor([[1, 0, 1]], dtype=getattr(lib, integer))
    cosine = lib.cosine_similarity(x, y)
    assert cosine.dtype is lib.float64
    assert cosine.item() == pytest.approx(1 / np.sqrt(2))
    assert lib.cosine_similarity(y, x).item() == cosine.item()
    cosine.backward()
    assert x.grad.dtype is lib.float64


def test_losses_of_integers(lib):
    functional, ones = lib.nn.functional, lib.ones(3, dtype=lib.float64)
    x = lib.tensor([2, 0, 1], dtype=lib.int32)
    for variances in (ones, 1.0):
        loss = functional.gaussian_nll_loss(x, ones, variances, reduction="none")
        assert loss.tolist() == [0.5, 0.5, 0]
    signs = lib.tensor([1.0, -1.0, -1.0], dtype=lib.float64)
    loss = functional.hinge_embedding_loss(x, signs, reduction="none")
    assert (loss.dtype, loss.tolist()) == (lib.int32, [2, 1, 0])
    assert functional.hinge_embedding_loss(x, signs, reduction="sum").item() == 3
