"""Calls of the array API's functions beside NumPy's own, which follow the standard too; gradients; errors."""

import numpy as np
import pytest

pytestmark = [
    pytest.mark.own("PyTorch has no namespace of the standard's"),
    pytest.mark.skipif(not hasattr(np, "unstack"), reason="NumPy follows the standard from 2.1 on"),
]

RANDOM = np.random.default_rng(20241205)
F = RANDOM.normal(size=(3, 4))
SQUARE = RANDOM.normal(size=(3, 3))
DATA = {
    "f": F,
    "g": RANDOM.normal(size=(2, 3, 4)),
    "v": RANDOM.normal(size=4),
    "w": RANDOM.normal(size=4).astype("float32"),
    "i": RANDOM.integers(-5, 6, (3, 4)),
    "k": RANDOM.integers(0, 4, (3, 4)).astype("int8"),
    "u": RANDOM.integers(0, 9, 5).astype("uint8"),
    "b": F > 0,
    "s": SQUARE,
    "p": SQUARE @ SQUARE.T + np.eye(3),
    "batch": RANDOM.normal(size=(2, 3, 3)),
    "c": RANDOM.normal(size=(2, 3)),
    "zero": np.array(2.5),
    "none": np.zeros((0, 3)),
    "ties": np.array([[2.0, 1, 2, 1], [0, 0, 3, 3]]),
    "nans": np.array([np.nan, 1, np.nan, 1, -np.inf]),
    "at": np.array([2, 0, -1]),
    "sorted": np.array([-1.0, 0, 0, 2]),
}
# `x` is the namespace, the names are those of DATA. What one gives the other gives too, dtype and all.
CALLS = """
x.arange(5, dtype=x.int64)
x.arange(5, 1, -2, dtype=x.int32)
x.arange(0, 5, -1, dtype=x.float64)
x.arange(0.0, 1.0, 0.25, dtype=x.float64)
x.asarray([[1.5, 2], [3, True]], dtype=x.float64)
x.asarray([True, 2])
x.asarray(f, dtype=x.float32)
x.asarray([True, False])
x.empty((2, 0), dtype=x.int8)
x.empty_like(none)
x.eye(3, dtype=x.float64)
x.eye(3, 4, k=1, dtype=x.int16)
x.eye(4, 3, k=-2, dtype=x.bool)
x.eye(2, 3, k=2**70, dtype=x.float64)
x.eye(2, 3, k=-(2**70), dtype=x.float64)
x.full((2,), 3)
x.full((), True)
x.full(3, 2.5, dtype=x.float64)
x.full_like(i, 7)
x.full_like(i, 1.5, dtype=x.float64)
x.linspace(0, 1, 5, dtype=x.float64)
x.linspace(0, 1, 5, dtype=x.float64, endpoint=False)
x.linspace(2, -2, 1, dtype=x.float64)
x.meshgrid(v, at)
x.meshgrid(v, at, indexing="ij")
x.meshgrid(v)
x.ones((2, 1), dtype=x.uint8)
x.ones_like(f, dtype=x.bool)
x.zeros(3, dtype=x.float64)
x.zeros_like(k)
x.tril(g, k=1)
x.triu(f, k=-1)
x.clip(f, -0.5, 0.5)
x.clip(f, None, 0)
x.clip(f, v, None)
x.clip(i, 0, 2)
x.clip(nans, 0, 2)
x.clip(f)
x.add(f, v)
x.add(f, 2)
x.subtract(2.5, f)
x.pow(f, 2)
x.greater(1, i)
x.maximum(f, 0.5)
x.minimum(0, i)
x.logical_or(b, True)
x.bitwise_and(k, 3)
x.bitwise_left_shift(k, x.asarray(2, dtype=x.int8))
x.cumulative_sum(v)
x.cumulative_sum(f, axis=0, include_initial=True)
x.cumulative_sum(i, axis=-1)
x.cumulative_sum(k, axis=1, dtype=x.int8)
x.cumulative_prod(g, axis=1)
x.cumulative_prod(k, axis=0, include_initial=True)
x.max(f)
x.max(g, axis=(0, -1))
x.max(k, axis=1, keepdims=True)
x.max(f, axis=())
x.max(nans)
x.min(g, axis=1)
x.min(i)
x.mean(g, axis=(1, 2), keepdims=True)
x.mean(f)
x.mean(none, axis=1)
x.prod(f)
x.prod(g, axis=(0, 2))
x.prod(k, axis=0)
x.prod(none, axis=0, keepdims=True)
x.std(f)
x.std(g, axis=(0, 1), correction=1)
x.std(f, axis=1, correction=0.5, keepdims=True)
x.var(f, axis=0)
x.var(zero)
x.var(v, axis=(), correction=0.5)
x.sum(f)
x.sum(w)
x.sum(k)
x.sum(i, axis=0)
x.sum(g, axis=(0, 2), keepdims=True)
x.sum(k, axis=(), dtype=x.float64)
x.sum(w, dtype=x.float64)
x.sum(none)
x.broadcast_arrays(f, v, zero)
x.broadcast_to(v, (2, 3, 4))
x.concat([f, f], axis=1)
x.concat([f, i, zero], axis=None)
x.concat((k, i))
x.expand_dims(f, axis=0)
x.expand_dims(f, axis=-1)
x.expand_dims(f, axis=2)
x.expand_dims(f, axis=(0, -1))
x.expand_dims(f, axis=(3, 1))
x.flip(g)
x.flip(g, axis=1)
x.flip(g, axis=(0, -1))
x.moveaxis(g, 0, -1)
x.moveaxis(g, (0, 1), (2, 0))
x.permute_dims(g, (2, 0, 1))
x.repeat(f, 2)
x.repeat(f, 2, axis=1)
x.repeat(f, at + 1, axis=0)
x.reshape(g, (4, -1))
x.reshape(zero, (1, 1))
x.reshape(g, (6, 4), copy=True)
x.roll(f, 2)
x.roll(f, -1, axis=1)
x.roll(f, (1, 2), axis=(0, 1))
x.roll(f, 1, axis=(0, 1))
x.roll(f, 1, axis=())
x.squeeze(x.expand_dims(f, axis=1), 1)
x.squeeze(x.reshape(v, (1, 4, 1)), (0, -1))
x.stack([f, f + 1], axis=-1)
x.stack((k, i))
x.stack([zero, zero])
x.tile(f, (2, 1))
x.tile(v, (2, 2))
x.tile(f, (2,))
x.unstack(g)
x.unstack(g, axis=-1)
x.argmax(f)
x.argmax(ties, axis=1)
x.argmax(f, axis=0, keepdims=True)
x.argmax(f, keepdims=True)
x.argmin(ties, axis=-1, keepdims=True)
x.argmin(i)
x.count_nonzero(i)
x.count_nonzero(g > 0, axis=(0, 1), keepdims=True)
x.count_nonzero(b, axis=0)
x.nonzero(i)
x.nonzero(b)
x.searchsorted(sorted, f)
x.searchsorted(sorted, f, side="right")
x.searchsorted(sorted, sorted, side="right")
x.searchsorted(v, f, sorter=x.argsort(v))
x.searchsorted(x.sort(b[0]), b, side="right")
x.where(b, f, v)
x.where(b, i, 0)
x.where(b, 0.0, f)
x.where(b, k, i)
x.take(f, at, axis=0)
x.take(f, x.astype(at, x.int32), axis=-1)
x.take(v, x.asarray([3, 0], dtype=x.uint8))
x.take_along_axis(f, x.argsort(f, axis=1), axis=1)
x.take_along_axis(f, x.asarray([[-1, 0]]) + x.zeros((3, 1), dtype=x.int64))
x.argsort(ties, axis=1)
x.argsort(f, axis=0)
x.sort(f)
x.sort(ties, axis=0)
x.sort(k, axis=-1)
x.sort(u)
x.unique_all(ties)
x.unique_all(zero)
x.unique_all(u)
x.unique_counts(i)
x.unique_inverse(k)
x.unique_values(b)
x.all(b)
x.all(b, axis=1)
x.all(f, axis=(0, 1), keepdims=True)
x.all(none)
x.any(b, axis=0, keepdims=True)
x.any(none)
x.any(i, axis=())
x.diff(f)
x.diff(f, axis=0, n=2)
x.diff(v, prepend=x.zeros(1, dtype=x.float64), append=x.ones(2, dtype=x.float64))
x.diff(v, n=0)
x.diff(v, n=0, prepend=x.ones(2, dtype=x.float64))
x.matmul(f, v)
x.matmul(v, v)
x.matmul(batch, s)
x.matmul(i, i.T)
x.matrix_transpose(g)
x.tensordot(f, f)
x.tensordot(f, v, axes=1)
x.tensordot(v, v, axes=0)
x.tensordot(g, f, axes=((1, 2), (0, 1)))
x.vecdot(f, v)
x.vecdot(i, i)
x.astype(f, x.int32)
x.astype(i, x.bool)
x.linalg.cholesky(p)
x.linalg.cholesky(p, upper=True)
x.linalg.cross(s, c[0, :])
x.linalg.cross(s, c[:, None, :])
x.linalg.det(batch)
x.linalg.diagonal(g, offset=1)
x.linalg.eigvalsh(p)
x.linalg.eigh(p).eigenvalues
x.linalg.inv(batch)
x.linalg.matmul(s, p)
x.linalg.matrix_norm(g)
x.linalg.matrix_norm(f, ord="nuc")
x.linalg.matrix_norm(f, ord=-2, keepdims=True)
x.linalg.matrix_norm(f, ord=1)
x.linalg.matrix_norm(g, ord=float("inf"))
x.linalg.matrix_power(batch, 3)
x.linalg.matrix_power(s, -2)
x.linalg.matrix_power(s, 0)
x.linalg.matrix_rank(batch)
x.linalg.matrix_rank(f @ f.T, rtol=0.5)
x.linalg.outer(v, at)
x.linalg.pinv(f)
x.linalg.pinv(batch, rtol=0.4)
x.abs(x.linalg.qr(f).R)
x.linalg.slogdet(batch)
x.linalg.solve(s, c[0, :])
x.linalg.solve(batch, s)
x.linalg.solve(batch[:1, :1, :1], v[:1])
x.linalg.solve(batch, f[:, :1])
x.linalg.solve(batch, x.reshape(batch, (2, 3, 3))[:, :, :2])
x.linalg.svd(f).S
x.linalg.svdvals(g)
x.linalg.trace(g)
x.linalg.trace(i, offset=1)
x.linalg.vecdot(v, v)
x.linalg.vector_norm(f)
x.linalg.vector_norm(g, axis=(0, 2), ord=1, keepdims=True)
x.linalg.vector_norm(f, axis=0, ord=float("inf"))
x.linalg.vector_norm(f, axis=1, ord=0)
x.linalg.vector_norm(f, ord=3.5)
"""


@pytest.fixture(scope="module")
def xp(lib):
    return lib.tensor(1.0).__array_namespace__()


def same(found, wanted):
    if isinstance(wanted, tuple | list):
        assert isinstance(found, tuple | list)
        assert len(found) == len(wanted)
        if hasattr(wanted, "_fields"):
            assert found._fields == wanted._fields
        for a, b in zip(found, wanted, strict=True):
            same(a, b)
        return
    found, wanted = found.detach().numpy(), np.asarray(wanted)
    assert found.dtype == wanted.dtype
    np.testing.assert_allclose(found, wanted, rtol=1e-5 if wanted.dtype == np.float32 else 1e-10, atol=1e-12)


@pytest.mark.filterwarnings("ignore:Mean of empty slice", "ignore:invalid value encountered")
@pytest.mark.parametrize("call", [line for line in CALLS.split("\n") if line])
def test_call(lib, xp, call):
    same(
        eval(call, {"x": xp} | {name: lib.tensor(array) for name, array in DATA.items()}),
        eval(call, {"x": np} | DATA),
    )


def test_each_function_is_called(xp):
    named = {name for name in xp.__all__ if callable(getattr(xp, name)) and not name.startswith("_")}
    called = {name for name in named if f"x.{name}(" in CALLS}
    elsewhere = {"can_cast", "finfo", "from_dlpack", "iinfo", "isdtype", "result_type"}  # of dtypes
    binary_or_unary = {name for name in named if xp.elementwise.__dict__.get(name) is getattr(xp, name)}
    assert named - called - elsewhere - binary_or_unary == set()
    assert {name for name in xp.linalg.__all__ if f"x.linalg.{name}(" not in CALLS} <= called


# --- what NumPy does in another way


def test_stable_descending_order(lib, xp):
    ties = xp.asarray([1, 0, 1, 0, 2])
    assert xp.argsort(ties, descending=True).tolist() == [4, 0, 2, 1, 3]
    assert xp.sort(ties, descending=True).tolist() == [2, 1, 1, 0, 0]
    assert xp.argsort(xp.asarray(3.0)).tolist() == 0


def test_each_nan_is_distinct(lib, xp):
    found = xp.unique_all(lib.tensor(DATA["nans"]))
    assert found.counts.tolist() == [1, 2, 1, 1]
    assert found.indices.tolist() == [4, 1, 0, 2]
    assert found.inverse_indices.tolist() == [2, 1, 3, 1, 0]
    empty = xp.unique_all(xp.zeros((0, 2)))
    assert [tuple(part.shape) for part in empty] == [(0,), (0,), (0, 2), (0,)]


def test_dtype_functions(xp):
    for dtype in (xp.float32, xp.float64):
        ours, wanted = xp.finfo(dtype), np.finfo(str(dtype).removeprefix("tapegrad."))
        for name in ("bits", "eps", "max", "min", "smallest_normal"):
            assert getattr(ours, name) == getattr(wanted, name)
        assert ours.dtype is dtype
        assert xp.finfo(xp.ones(1, dtype=dtype)) == ours
    for name in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"):
        ours, wanted = xp.iinfo(getattr(xp, name)), np.iinfo(name)
        assert (ours.bits, ours.max, ours.min) == (wanted.bits, wanted.max, wanted.min)
        assert ours.dtype is getattr(xp, name)
    assert xp.isdtype(xp.int8, "signed integer")
    assert xp.isdtype(xp.int8, ("real floating", xp.int8))
    assert not xp.isdtype(xp.uint8, "signed integer")
    assert not xp.isdtype(xp.bool, "numeric")
    assert xp.isdtype(xp.float32, "real floating")
    assert not xp.isdtype(xp.float64, "complex floating")
    for bad in (lambda: xp.finfo(xp.int8), lambda: xp.iinfo(xp.bool), lambda: xp.isdtype(xp.int8, "int")):
        with pytest.raises(ValueError, match=r"finfo|iinfo|no kind"):
            bad()


def test_copy(lib, xp):
    array = np.arange(3.0)
    x = lib.tensor(array)
    assert xp.asarray(x) is x
    assert xp.asarray(x, copy=False) is x
    assert np.shares_memory(xp.asarray(array, copy=False).numpy(), array)
    for copied in (xp.asarray(x, copy=True), xp.astype(x, x.dtype), xp.reshape(x, (3,), copy=True)):
        assert copied.data_ptr() != x.data_ptr()
        assert copied.tolist() == [0, 1, 2]
    assert not np.shares_memory(xp.asarray(array, copy=True).numpy(), array)
    assert xp.astype(x, x.dtype, copy=False) is x
    assert xp.reshape(x, (3, 1), copy=False).data_ptr() == x.data_ptr()
    assert xp.asarray(memoryview(b"ab"), copy=False).tolist() == [97, 98]
    for needs_a_copy in (
        lambda: xp.asarray([1, 2], copy=False),
        lambda: xp.asarray(array.astype(">f8"), copy=False),
        lambda: xp.asarray(array, dtype=xp.float32, copy=False),
        lambda: xp.asarray(x, dtype=xp.float32, copy=False),
        lambda: xp.reshape(xp.ones((2, 3)).T, (6,), copy=False),
    ):
        with pytest.raises(ValueError, match="copy=False"):
            needs_a_copy()


def test_diagonals_outside_of_the_matrix(xp):
    ones, far = xp.ones((2, 3)), 2**70
    assert xp.tril(ones, k=far).tolist() == xp.triu(ones, k=-far).tolist() == ones.tolist()
    assert not xp.any(xp.tril(ones, k=-far))
    assert not xp.any(xp.triu(ones, k=far))
    assert xp.linalg.diagonal(ones, offset=far).shape == xp.linalg.diagonal(ones, offset=-far).shape == (0,)
    assert xp.linalg.trace(ones, offset=far) == 0


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_linspace_between_the_greatest_numbers(xp, dtype):
    high = float(np.finfo(dtype).max)
    for start, stop in [(-high, high), (high, -high / 2), (0.0, high), (high, high)]:
        found = xp.linspace(start, stop, 5, dtype=getattr(xp, dtype)).numpy()
        assert (found[0], found[-1]) == (start, stop)
        assert found / high == pytest.approx(np.linspace(start / high, stop / high, 5))


def test_what_is_missing_says_so(xp):
    for name in ("complex64", "complex128"):
        assert not hasattr(xp, name)
        with pytest.raises(AttributeError, match=f"no dtype {name}: there are bool, int8"):
            getattr(xp, name)
    with pytest.raises(AttributeError, match="Fourier"):
        xp.fft  # noqa: B018
    with pytest.raises(AttributeError, match=r"module 'tapegrad\.array_api' has no attribute 'sinus'"):
        xp.sinus  # noqa: B018
    for wrong in (lambda: xp.astype(xp.ones(2), "complex64"), lambda: xp.asarray([1.0], dtype="complex64")):
        with pytest.raises(TypeError, match="must be a dtype"):
            wrong()


@pytest.mark.parametrize(
    ("error", "call"),
    [
        (ValueError, "x.arange(0, 5, 0)"),
        (ValueError, "x.zeros(2, device='cuda')"),
        (TypeError, "x.asarray('ab')"),
        (TypeError, "x.asarray(object())"),
        (TypeError, "x.asarray(1j)"),
        (TypeError, "x.add(f, 'a')"),
        (ValueError, "x.meshgrid(v, indexing='ji')"),
        (IndexError, "x.sum(f, axis=2)"),
        (ValueError, "x.sum(f, axis=(0, -2))"),
        (IndexError, "x.max(none, axis=0)"),
        (ValueError, "x.cumulative_sum(f)"),
        (IndexError, "x.expand_dims(f, axis=3)"),
        (ValueError, "x.expand_dims(f, axis=(0, -4))"),
        (ValueError, "x.squeeze(f, 0)"),
        (IndexError, "x.unstack(zero)"),
        (IndexError, "x.nonzero(zero)"),
        (ValueError, "x.take(f, at)"),
        (IndexError, "x.take(v, x.asarray([4]))"),
        (RuntimeError, "x.take_along_axis(v, x.asarray([-5]))"),
        (ValueError, "x.diff(v, n=-1)"),
        (ValueError, "x.matrix_transpose(v)"),
        (RuntimeError, "x.matmul(zero, f)"),
        (ValueError, "x.vecdot(v, at)"),
        (ValueError, "x.tensordot(f, f[:, :1])"),
        (ValueError, "x.tensordot(f, v, axes=((0,), (0,)))"),
        (IndexError, "x.tensordot(v, v, axes=2)"),
        (RuntimeError, "x.reshape(f, (5, 5))"),
        (ValueError, "x.linalg.outer(f, v)"),
        (ValueError, "x.linalg.cross(f, f)"),
        (ValueError, "x.linalg.qr(f, mode='r')"),
        (ValueError, "x.linalg.trace(v)"),
        (RuntimeError, "x.linalg.inv(x.zeros((2, 2)))"),
        (RuntimeError, "x.linalg.cholesky(-p)"),
        (ValueError, "x.isdtype(x.int8, 'integer')"),
    ],
)
def test_errors(lib, xp, error, call):
    with pytest.raises(error):
        eval(call, {"x": xp} | {name: lib.tensor(array) for name, array in DATA.items()})


# --- gradients


GRADIENTS = """
x.asarray(f, copy=True)
x.astype(f, x.float64)
x.clip(f, -0.5, v)
x.maximum(f, 0.25)
x.sign(f) * f
x.remainder(f, 0.7)
x.cumulative_sum(f, axis=1, include_initial=True)
x.cumulative_prod(f, axis=0)
x.max(f, axis=1)
x.min(f)
x.prod(f, axis=(0, 1))
x.std(f, axis=0, correction=1)
x.var(f)
x.concat([f, v], axis=None)
x.repeat(f, 2, axis=1)
x.roll(f, 1, axis=0)
x.tile(f, (2, 1))
x.unstack(f, axis=1)[2]
x.where(f > 0, f, v)
x.take(f, x.asarray([0, 0, 2]), axis=0)
x.take_along_axis(f, x.asarray([[-1], [0], [1]]))
x.sort(f, axis=1, descending=True)
x.unique_values(v)
x.diff(f, prepend=f[:, :1])
x.tensordot(f, f)
x.vecdot(f, v)
x.linalg.outer(v, v)
x.linalg.trace(s)
x.linalg.solve(p, s)
x.linalg.svdvals(f)
x.linalg.vector_norm(f, ord=3)
x.linalg.matrix_norm(f, ord="nuc")
"""


@pytest.mark.parametrize("call", [line for line in GRADIENTS.split("\n") if line])
def test_gradients(lib, xp, call):
    scope = {"x": xp} | {name: lib.tensor(array) for name, array in DATA.items()}
    leaves = {name: lib.tensor(DATA[name], requires_grad=True) for name in "fvsp"}
    used = [name for name, leaf in leaves.items() if eval(call, scope | {name: leaf}).requires_grad]
    assert used
    assert lib.autograd.gradcheck(
        lambda *given: eval(call, scope | dict(zip(used, given, strict=True))),
        tuple(leaves[name] for name in used),
    )
