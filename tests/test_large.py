"""Values at sizes where the kernels work in blocks, planes, columns or threads, against NumPy."""

import numpy as np
import pytest
from semantics import raises

SHAPES = [(20, 16, 16), (9, 40, 70), (3, 5000), (5000, 3), (600, 33), (33, 600), (1, 70000), (100, 1000)]


def numbers(shape, seed=0, dtype=np.float64):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def spoiled(shape):
    """Numbers with ties, infinities, and a row with a NaN."""
    x = np.round(numbers(shape) * 4) / 4
    x.flat[::17] = np.inf
    x.flat[5::29] = -np.inf
    x[len(x) // 2].flat[3 % x[0].size] = np.nan
    return x


def logsumexp(x, axis):
    most = x.max(axis, keepdims=True)
    most = np.where(np.isfinite(most), most, 0)
    return np.log(np.exp(x - most).sum(axis)) + most.squeeze(axis)


def softmax(x, axis):
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


REDUCTIONS = {
    "sum": np.sum,
    "prod": np.prod,
    "mean": np.mean,
    "amax": np.max,
    "amin": np.min,
    "argmax": np.argmax,
    "argmin": np.argmin,
    "logsumexp": logsumexp,
    "softmax": softmax,
    "log_softmax": lambda x, axis: np.log(softmax(x, axis)),
    "cumsum": np.cumsum,
    "cumprod": np.cumprod,
    "count_nonzero": np.count_nonzero,
}


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", REDUCTIONS)
def test_along_a_dimension(lib, name, shape):
    x = numbers(shape)
    if "prod" in name:
        x = np.exp(x / 100)
    for axis in range(len(shape)):
        expected = REDUCTIONS[name](x, axis=axis)
        np.testing.assert_allclose(getattr(lib.tensor(x), name)(axis), expected, rtol=1e-9, atol=1e-12)
        if name in ("sum", "amax", "argmax"):  # of a view with other strides
            turned = lib.tensor(np.ascontiguousarray(x.T)).permute(*reversed(range(len(shape))))
            np.testing.assert_allclose(getattr(turned, name)(axis), expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", ["amax", "amin", "argmax", "argmin", "logsumexp"])
def test_ties_infinities_and_nan(lib, name, shape):
    x = spoiled(shape)
    with np.errstate(all="ignore"):
        for axis in range(len(shape)):
            expected = REDUCTIONS[name](x, axis=axis)
            np.testing.assert_allclose(getattr(lib.tensor(x), name)(axis), expected, rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int8, np.int64])
def test_sort_of_short_rows(lib, dtype):
    """Networks of comparisons, whose widths are powers of two; equal elements stay in their order."""
    rng = np.random.default_rng(2)
    for n in (1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65, 127, 129, 255, 300, 511, 512, 513):
        x = np.stack([rng.integers(-100, 100, n), rng.integers(-3, 3, n), np.zeros(n)]).astype(dtype)
        if x.dtype.kind == "f":
            x[0, ::5] = np.nan
            x[1, ::4] = -np.inf
            x[1, 1::4] = np.inf
            x[2, ::2] = -0.0
        else:
            x[0, 0], x[0, -1] = np.iinfo(dtype).max, np.iinfo(dtype).min
        values, places = lib.sort(lib.tensor(x), dim=1, stable=True)
        expected = np.argsort(x, 1, kind="stable")
        np.testing.assert_array_equal(places, expected)
        np.testing.assert_array_equal(values, np.take_along_axis(x, expected, 1))
        np.testing.assert_array_equal(
            np.signbit(values.numpy()), np.signbit(np.take_along_axis(x, expected, 1))
        )
        down, places = lib.sort(lib.tensor(x), dim=1, descending=True, stable=True)
        np.testing.assert_array_equal(down, np.flip(np.sort(x, 1), 1))
        np.testing.assert_array_equal(np.take_along_axis(x, places.numpy(), 1), down)
        equal = down.numpy()[:, 1:] == down.numpy()[:, :-1]
        assert (np.diff(places.numpy())[equal] > 0).all()


@pytest.mark.parametrize("dtype", [np.float32, np.int64, np.uint8])
@pytest.mark.parametrize("largest", [True, False])
def test_topk(lib, largest, dtype):
    x = np.random.default_rng(1).integers(0, 200, (7, 900)).astype(dtype)
    if dtype is np.float32:
        x[3, 5::100] = np.nan
    order = -1 if largest else 1
    keys = np.nan_to_num(x.astype(np.float64), nan=1e9)
    for k in (1, 5, 16, 17, 300, 900):
        values, indices = lib.tensor(x).topk(k, largest=largest)
        sorted_keys = np.sort(order * keys)[:, :k] * order
        assert np.array_equal(np.nan_to_num(values.numpy().astype(np.float64), nan=1e9), sorted_keys)
        assert np.array_equal(np.take_along_axis(keys, indices.numpy(), 1), sorted_keys)
        assert all(len(set(row)) == k for row in indices.tolist())


@pytest.mark.own("PyTorch's rests by an infinity are NaN")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["fmod", "remainder", "floor_divide"])
def test_rests(lib, name, dtype):
    rng = np.random.default_rng(2)
    a = np.concatenate(
        [rng.standard_normal(2000) * 10.0 ** rng.integers(-30, 30, 2000), rng.integers(-99, 99, 500)]
    )
    a = np.concatenate([a, [0.0, -0.0, np.inf, -np.inf, np.nan, 1e-40, -1e-40, 0.1, 0.3]]).astype(dtype)
    b = rng.permutation(a)
    with np.errstate(all="ignore"):
        for left, right in ((a, b), (a, dtype(0.3)), (dtype(-7), b), (a, dtype(np.inf))):
            expected = getattr(np, name)(left, right)
            found = getattr(lib, name)(lib.tensor(left), lib.tensor(right)).numpy()
            np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("columns", [1, 3, 30, 700])
def test_rows_at_positions(lib, columns):
    """Sums are of one order of addition: with whole numbers they are exact."""
    rng = np.random.default_rng(3)
    x, rows = rng.integers(-50, 50, (40, columns)).astype(np.float32), rng.integers(0, 40, 3000)
    values = rng.integers(-50, 50, (3000, columns)).astype(np.float32)
    expected = x.copy()
    np.add.at(expected, rows, values)
    index = lib.tensor(rows)
    assert np.array_equal(lib.tensor(x).index_add(0, index, lib.tensor(values)), expected)
    assert np.array_equal(lib.tensor(x).T.index_add(1, index, lib.tensor(values).T), expected.T)
    leaf = lib.tensor(x, requires_grad=True)
    leaf[index].backward(lib.tensor(values))
    sums = np.zeros_like(x)
    np.add.at(sums, rows, values)
    assert np.array_equal(leaf.grad, sums)


@pytest.mark.own("of rows named twice PyTorch copies any")
@pytest.mark.parametrize("columns", [1, 3, 30, 700])
def test_rows_copied_to_positions(lib, columns):
    rng = np.random.default_rng(3)
    rows, values = rng.integers(0, 40, 300), numbers((300, columns))
    copied = lib.zeros(40, columns, dtype=lib.float64).index_copy(0, lib.tensor(rows), lib.tensor(values))
    last = {int(row): i for i, row in enumerate(rows)}
    expected = np.array([values[last[row]] if row in last else np.zeros(columns) for row in range(40)])
    assert np.array_equal(copied, expected)


@pytest.mark.parametrize("shape", [(70000,), (300, 211), (7, 50, 33)], ids=str)
def test_positions_of_what_is_set(lib, shape):
    flags = np.random.default_rng(4).random(shape) > 0.7
    x = numbers(shape)
    assert np.array_equal(lib.tensor(flags).nonzero(), np.argwhere(flags))
    assert np.array_equal(lib.tensor(x)[lib.tensor(flags)], x[flags])
    assert not lib.tensor(np.zeros(shape, bool)).nonzero().numel()


@pytest.mark.parametrize("shift", [1, 3, 8, 64, 4097])
def test_copies_that_are_not_aligned_alike(lib, shift):
    x = np.arange(50_000, dtype=np.float32)
    assert np.array_equal(lib.tensor(x).roll(shift), np.roll(x, shift))
    y = lib.zeros(50_000)
    y[shift:] = lib.tensor(x)[:-shift]
    assert np.array_equal(y[shift:], x[:-shift])
    parts = [lib.tensor(x[:shift]), lib.tensor(x[shift:])]
    assert np.array_equal(lib.cat(parts), x)


@pytest.mark.parametrize("low", [-60, 0, 2**40])
def test_sorting_whole_numbers(lib, low):
    x = np.random.default_rng(5).integers(low, low + 120, 5000)
    values, indices = lib.tensor(x).sort(stable=True)
    assert np.array_equal(values, np.sort(x))
    assert np.array_equal(indices, np.argsort(x, kind="stable"))
    found, counts = lib.tensor(x).unique(return_counts=True)
    expected, times = np.unique(x, return_counts=True)
    assert np.array_equal(found, expected)
    assert np.array_equal(counts, times)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 8, 9, 20])
def test_small_systems(lib, n):
    """Those of a few rows are solved without LAPACK."""
    a, b = numbers((50, n, n)) + np.eye(n), numbers((50, n, 2), seed=1)
    a[:, 0, 0] = 0  # so that rows are exchanged
    if n == 1:
        a += 2
    x = lib.tensor(a, requires_grad=True)
    close = {"rtol": 1e-6, "atol": 1e-9}
    np.testing.assert_allclose(lib.linalg.inv(x).detach(), np.linalg.inv(a), **close)
    np.testing.assert_allclose(lib.linalg.det(x).detach(), np.linalg.det(a), **close)
    solution = lib.linalg.solve(x, lib.tensor(b))
    np.testing.assert_allclose(solution.detach(), np.linalg.solve(a, b), **close)
    solution.sum().backward()
    sides = np.linalg.solve(a.transpose(0, 2, 1), np.ones_like(b))
    np.testing.assert_allclose(
        x.grad, -sides @ np.linalg.solve(a, b).transpose(0, 2, 1), rtol=1e-5, atol=1e-7
    )
    lu, pivots = lib.linalg.lu_factor(x.detach())
    for adjoint in (False, True):
        found = lib.linalg.lu_solve(lu, pivots, lib.tensor(b), adjoint=adjoint)
        np.testing.assert_allclose(found, np.linalg.solve(a.transpose(0, 2, 1) if adjoint else a, b), **close)
    with raises("singular"):
        lib.linalg.inv(lib.zeros(3, n, n))
    with raises("singular"):
        lib.linalg.solve(lib.ones(n + 1, n + 1), lib.ones(n + 1))


# --- the order of strides


def strides_of(lib, make):
    return make(lib, lib.tensor(numbers((4, 5, 6)))).stride()


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda lib, x: x.permute(2, 0, 1) * 2, (1, 30, 6)),
        (lambda lib, x: x.permute(2, 0, 1).exp(), (1, 30, 6)),
        (lambda lib, x: x.transpose(0, 1) + x.transpose(0, 1), (6, 30, 1)),
        (lambda lib, x: x.transpose(0, 2)[::2].sin(), (1, 3, 15)),
        (lambda lib, x: x[:, :, ::2].neg(), (15, 3, 1)),
        (lambda lib, x: x.T.isnan() if x.ndim == 2 else x.mT.isnan(), (30, 1, 6)),
    ],
)
def test_elementwise_results_lie_as_their_operand(lib, make, expected):
    assert strides_of(lib, make) == expected


def test_gradients_of_transposed_operands(lib):
    x = lib.tensor(numbers((30, 40)), requires_grad=True)
    (x.T * x.T.exp() + x.T).sum().backward()
    value = numbers((30, 40))
    np.testing.assert_allclose(x.grad, np.exp(value) * (1 + value) + 1, rtol=1e-12)


def test_huge_sizes_are_refused(lib):
    with raises("shape|size|memory|overflow|storage", (RuntimeError, MemoryError)):
        lib.zeros(2**40, 2**40)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16])
def test_results_beyond_the_caches(lib, dtype):
    """From 32 MB on results are written past the caches, in blocks: at odd places, of odd lengths."""
    count = 2**25 // np.dtype(dtype).itemsize + 1037
    x = np.resize(np.random.default_rng(0).integers(0, 9, 10007).astype(dtype), count)
    v = lib.tensor(x)
    odd, row = v[3:], v[7:1007]
    np.testing.assert_array_equal(v + v, x + x)
    np.testing.assert_array_equal(odd * v[:-3], x[3:] * x[:-3])
    np.testing.assert_array_equal(odd.clone(), x[3:])
    np.testing.assert_array_equal(lib.where(v > 4, v, 2), np.where(x > 4, x, 2).astype(dtype))
    rows = x.size // 1000 * 1000
    np.testing.assert_array_equal(v[:rows].reshape(-1, 1000) + row, x[:rows].reshape(-1, 1000) + x[7:1007])
    np.testing.assert_array_equal(v.to(lib.int32), x.astype(np.int32))
    target = lib.zeros(x.size + 5, dtype=v.dtype)
    lib.add(v, 1, out=target[5:])
    np.testing.assert_array_equal(target[5:], x + 1)
    np.testing.assert_array_equal(target[:5], 0)
    v.mul_(2)
    np.testing.assert_array_equal(v, x * 2)
