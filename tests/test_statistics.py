"""Statistics where the op database does not look: names of nodes, what is returned, what has no gradient."""

import math

import numpy as np
import pytest
from semantics import raises

NODES = {
    "sum": ("SumBackward0", lambda lib, x: x.sum()),
    "sum along": ("SumBackward1", lambda lib, x: x.sum(0)),
    "sum in float32": ("SumBackward0", lambda lib, x: x.sum(dtype=lib.float32)),
    "mean along": ("MeanBackward1", lambda lib, x: x.mean(0)),
    "prod": ("ProdBackward0", lambda lib, x: x.prod()),
    "prod along": ("ProdBackward1", lambda lib, x: x.prod(0, dtype=lib.float32)),
    "nansum": ("NansumBackward0", lambda lib, x: lib.nansum(x, 0)),
    "nanmean": ("DivBackward0", lambda lib, x: lib.nanmean(x)),
    "aminmax": ("AminmaxBackward0", lambda lib, x: lib.aminmax(x).max),
    "var": ("VarBackward0", lambda lib, x: x.var(0)),
    "std": ("StdBackward0", lambda lib, x: x.std()),
    "var_mean": ("VarMeanBackward0", lambda lib, x: lib.var_mean(x)[1]),
    "std_mean": ("StdMeanBackward0", lambda lib, x: lib.std_mean(x)[0]),
    "norm": ("LinalgVectorNormBackward0", lambda lib, x: x.norm()),
    "vector_norm": ("LinalgVectorNormBackward0", lambda lib, x: lib.linalg.vector_norm(x, 3, 1)),
    "dist": ("DistBackward0", lambda lib, x: lib.dist(x, x * 2)),
    "renorm": ("RenormBackward0", lambda lib, x: x.renorm(2, 0, 1.0)),
    "unique": ("Unique2Backward0", lambda lib, x: x.unique()),
    "unique along": ("UniqueDimBackward0", lambda lib, x: lib.unique(x, dim=0)),
    "unique_consecutive": ("UniqueConsecutiveBackward0", lambda lib, x: x.unique_consecutive(dim=0)),
    "diff": ("SubBackward0", lambda lib, x: x.diff()),
    "corrcoef": ("ClampBackward1", lambda lib, x: x.corrcoef()),
}


@pytest.fixture
def x(lib):
    return lib.tensor([[1.0, 2.0, 4.0], [0.5, 0.5, 3.0]], dtype=lib.float64, requires_grad=True)


@pytest.mark.parametrize("name", NODES)
def test_nodes(lib, x, name):
    node, f = NODES[name]
    assert f(lib, x).grad_fn.name() == node


def test_unique_returns_what_is_asked_for(lib, x):
    assert x.unique().tolist() == [0.5, 1, 2, 3, 4]
    values, inverse = lib.unique(x, True, True)
    assert values[inverse].tolist() == x.tolist()
    _, counts = x.unique(return_counts=True)
    assert counts.tolist() == [2, 1, 1, 1, 1]
    values, counts = lib.unique_consecutive(lib.tensor([1, 1, 0, 1]), return_counts=True)
    assert (values.tolist(), counts.tolist()) == ([1, 0, 1], [2, 1, 1])


@pytest.mark.parametrize(
    "f",
    [
        lambda lib, x: x.unique(),
        lambda lib, x: x.unique(dim=0),
        lambda lib, x: x.unique_consecutive(),
        lambda lib, x: lib.bincount(lib.tensor([0, 1, 1]), x[0]),
        lambda lib, x: lib.histogram(x[0], 2).hist,
    ],
)
def test_no_derivative(lib, x, f):
    result = f(lib, x)
    assert result.requires_grad
    with pytest.raises(RuntimeError, match="is not implemented"):
        result.sum().backward()


def test_histogram_is_named(lib, x):
    hist, edges = found = lib.histogram(x.detach(), 2, range=(0.0, 4.0))
    assert found.hist is hist
    assert found.bin_edges is edges
    assert (hist.tolist(), edges.tolist()) == ([3, 3], [0, 2, 4])
    assert found.hist.dtype == lib.float64


@pytest.mark.own("PyTorch's variance of equal numbers is not quite zero")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_equal_numbers_have_no_deviation(lib, dtype):
    for value in (0.1, 1e6 / 3, -7.3e-20):
        for shape in [(7,), (1000,), (3, 70_001)]:
            x = lib.tensor(np.full(shape, value, dtype)).requires_grad_(True)
            deviation = x.std()
            deviation.backward()
            assert deviation.item() == 0
            assert not x.grad.any()


def test_variance_beside_a_large_mean(lib):
    small = np.random.RandomState(0).standard_normal(10_000)
    assert lib.tensor(small + 1e9).var().item() == pytest.approx(small.var(ddof=1), rel=1e-6)


def test_sums_in_a_smaller_dtype_wrap(lib):
    large = lib.full((3,), 2**31 - 1, dtype=lib.int32)
    assert large.sum().item() == 3 * (2**31 - 1)
    total = large.sum(dtype=lib.int32)
    assert (total.dtype, total.item()) == (lib.int32, 2**31 - 3)
    assert lib.tensor([200, 100], dtype=lib.int32).sum(dtype=lib.uint8).item() == 44
    assert lib.tensor([1.5, 1.5]).sum(dtype=lib.int64).item() == 2


def test_products_to_every_order(lib):
    x = lib.tensor([0.0, 2.0, 0.0, 3.0], dtype=lib.float64, requires_grad=True)
    (first,) = lib.autograd.grad(x.prod(), x, create_graph=True)
    (second,) = lib.autograd.grad(first[0], x, create_graph=True)
    (third,) = lib.autograd.grad(second[2], x)
    assert first.tolist() == [0, 0, 0, 0]
    assert second.tolist() == [0, 0, 6, 0]
    assert third.tolist() == [0, 3, 0, 2]


def test_norm_at_zero_and_of_order_zero(lib):
    zeros = lib.zeros(3, requires_grad=True)
    for order in (1, 1.5, 2, 3, math.inf):
        (slope,) = lib.autograd.grad(zeros.norm(order), zeros)
        assert slope.tolist() == [0, 0, 0]
    assert lib.autograd.grad(zeros.norm(0), zeros, allow_unused=True) == (None,)


def test_integrals_of_nothing(lib):
    for shape in [(0,), (2, 0)]:
        for dtype in (lib.float32, lib.int64):
            y = lib.zeros(shape, dtype=dtype)
            for result in (lib.trapezoid(y), lib.trapezoid(y, y)):
                assert (result.dtype, result.tolist()) == (dtype, y.sum(-1).tolist())
    assert not lib.trapezoid(lib.zeros(0, requires_grad=True)).requires_grad


@pytest.mark.own("PyTorch warns of a copy")
def test_searches_read_views(lib):
    edges = lib.tensor([0.0, 7.0, 1.0, 7.0, 2.0])[::2]
    values = lib.tensor([[0.5, -1.0], [1.5, 3.0]]).t()
    assert lib.bucketize(values, edges).tolist() == [[1, 2], [0, 3]]
    assert lib.searchsorted(edges, values, sorter=lib.tensor([0, 9, 1, 9, 2])[::2]).tolist() == [
        [1, 2],
        [0, 3],
    ]


@pytest.mark.own("NumPy's names beside PyTorch's")
def test_numpys_names(lib):
    x = np.random.default_rng(0).standard_normal((3, 4, 5))
    v = lib.tensor(x)
    for name in ("var", "std"):
        for ddof in (0, 1, 2):
            expected = getattr(np, name)(x, axis=1, ddof=ddof, keepdims=True)
            np.testing.assert_allclose(getattr(lib, name)(v, axis=1, ddof=ddof, keepdims=True), expected)
            np.testing.assert_allclose(getattr(v, name)(axis=1, ddof=ddof, keepdims=True), expected)
    np.testing.assert_allclose(lib.cov(v[0], ddof=0), np.cov(x[0], ddof=0))
    np.testing.assert_allclose(lib.flip(v, axis=(0, 2)), np.flip(x, axis=(0, 2)))
    np.testing.assert_allclose(lib.roll(v, 2, axis=1), np.roll(x, 2, axis=1))
    np.testing.assert_allclose(lib.rot90(v, 1, axes=(0, 2)), np.rot90(x, 1, axes=(0, 2)))
    np.testing.assert_allclose(v.permute(axes=(2, 0, 1)), x.transpose(2, 0, 1))
    np.testing.assert_allclose(
        lib.tensordot(v, v, axes=([0, 1], [0, 1])), np.tensordot(x, x, ([0, 1], [0, 1]))
    )
    with raises("multiple values", TypeError):
        v.var(dim=1, axis=1)
