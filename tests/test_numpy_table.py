"""The table of NumPy's functions is whole for the installed NumPy; constants and refusals are as it says."""

import io
import warnings

import numpy as np
import pytest
from numpy_cases import MASK, A, B, V

pytestmark = pytest.mark.own("torch's tensors do not answer for NumPy's functions")


@pytest.fixture(scope="module")
def table():
    from tapegrad._numpy import table

    return table


def test_every_public_function_is_classified(table):
    names = [name for name, _ in table.public_functions()]
    assert len(names) > 300, "NumPy's list was not found"
    assert not [name for name in names if table.kind(name) is None], "not in the table"


def test_nothing_is_classified_twice(table):
    kinds = [set(table.DIFFERENTIABLE), set(table.CONSTANT), set(table.REFUSED), set(table.APART.split())]
    for i, one in enumerate(kinds):
        for other in kinds[i + 1 :]:
            assert not one & other


def test_classes_of_numpy_hold_no_variables(lib):
    """What takes arrays and is a class goes through numpy.asarray, which raises."""
    x = lib.tensor(A).requires_grad_()
    for make in (np.ndenumerate, np.nditer, np.broadcast, np.vectorize(lambda t: t), np.poly1d):
        with pytest.raises((RuntimeError, TypeError, ValueError)):
            make(x)


# --- constant

K = np.array([3, 1, 2, 1])
CONSTANT = {
    "all": [lambda a: np.all(a > 0.1), lambda a: np.all(a > 0.3, axis=0)],
    "allclose": [lambda a: np.allclose(a, A), lambda a: np.allclose(a, B)],
    "any": [lambda a: np.any(a > 0.9, axis=1, keepdims=True), lambda a: np.any(a)],
    "argmax": [np.argmax, lambda a: np.argmax(a, axis=1)],
    "argmin": [lambda a: np.argmin(a, 0)],
    "argpartition": [lambda a: np.argpartition(a, 1, axis=1)],
    "argsort": [np.argsort, lambda a: np.argsort(a, axis=None)],
    "argwhere": [lambda a: np.argwhere(a > 0.5)],
    "array2string": [lambda a: np.array2string(a)],
    "array_equal": [lambda a: np.array_equal(a, A), lambda a: np.array_equal(a, B)],
    "array_equiv": [lambda a: np.array_equiv(a, A)],
    "array_repr": [np.array_repr],
    "array_str": [np.array_str],
    "can_cast": [lambda a: np.can_cast(np.result_type(a), np.float64)],
    "common_type": [np.common_type],
    "count_nonzero": [np.count_nonzero, lambda a: np.count_nonzero(a > 0.4, axis=0)],
    "diag_indices_from": [lambda a: np.diag_indices_from(a[:, :3])],
    "digitize": [lambda a: np.digitize(a, [0.2, 0.5])],
    "einsum_path": [lambda a: np.einsum_path("ij,ij->i", a, a)[0]],
    "flatnonzero": [lambda a: np.flatnonzero(a > 0.5)],
    "is_busday": [lambda a: np.is_busday(np.array("2011-07-11", "datetime64[D]"))],
    "in1d": [],  # isin's older name, gone since NumPy 2.4
    "isclose": [lambda a: np.isclose(a, 0.3)],
    "iscomplex": [np.iscomplex],
    "iscomplexobj": [np.iscomplexobj],
    "isfortran": [np.isfortran, lambda a: np.isfortran(a.T)],
    "isin": [lambda a: np.isin(a, [0.3, 0.71]), lambda a: np.isin([0.3, 5.0], a)],
    "isneginf": [np.isneginf],
    "isposinf": [np.isposinf],
    "isreal": [np.isreal],
    "isrealobj": [np.isrealobj],
    "ix_": [lambda a: np.ix_(np.argsort(a[0]), [0, 1])],
    "lexsort": [lambda a: np.lexsort((a[0], a[1])), np.lexsort],
    "linalg.matrix_rank": [np.linalg.matrix_rank, lambda a: np.linalg.matrix_rank(a, tol=0.5)],
    "may_share_memory": [lambda a: np.may_share_memory(a, a[1:])],
    "min_scalar_type": [np.min_scalar_type],
    "nanargmax": [lambda a: np.nanargmax(np.where(a > 0.7, np.nan, a))],
    "nanargmin": [lambda a: np.nanargmin(a, axis=1)],
    "ndim": [np.ndim],
    "nonzero": [lambda a: np.nonzero(a > 0.4)],
    "packbits": [lambda a: np.packbits(a > 0.4)],
    "ravel_multi_index": [lambda a: np.ravel_multi_index(np.nonzero(a > 0.4), (3, 4))],
    "result_type": [lambda a: np.result_type(a, np.float32)],
    "searchsorted": [lambda a: np.searchsorted([0.2, 0.5], a), lambda a: np.searchsorted(np.sort(a[0]), 0.5)],
    "shape": [np.shape],
    "shares_memory": [lambda a: np.shares_memory(a, a[1:])],
    "size": [np.size, lambda a: np.size(a, 1)],
    "tril_indices_from": [np.tril_indices_from],
    "triu_indices_from": [np.triu_indices_from],
    "unpackbits": [lambda a: np.unpackbits(np.packbits(a > 0.4))],
    "unravel_index": [lambda a: np.unravel_index(np.argmax(a), (3, 4))],
}


def flat(result):
    return [leaf for part in result for leaf in flat(part)] if isinstance(result, (tuple, list)) else [result]


@pytest.mark.parametrize("name", sorted(CONSTANT))
def test_constant(lib, name):
    x = lib.tensor(A).requires_grad_()
    for function in CONSTANT[name]:
        results, expected = flat(function(x)), flat(function(A))
        assert len(results) == len(expected)
        for got, value in zip(results, expected, strict=True):
            if isinstance(got, lib.Variable):
                assert not got.requires_grad
                assert got.numpy().dtype == np.asarray(value).dtype
                np.testing.assert_array_equal(got.numpy(), value)
            else:
                assert got == value


def test_every_constant_function_has_a_case(table):
    assert set(table.CONSTANT) | {"in1d"} == set(CONSTANT) | {"save", "savetxt", "savez", "savez_compressed"}


def test_values_can_be_saved(lib, tmp_path):
    x = lib.tensor(A).requires_grad_()
    np.save(tmp_path / "one.npy", x)
    np.savez(tmp_path / "two.npz", x=x)
    np.savez_compressed(tmp_path / "three.npz", x=x)
    np.testing.assert_array_equal(np.load(tmp_path / "one.npy"), A)
    for name in ("two.npz", "three.npz"):
        with np.load(tmp_path / name) as file:
            np.testing.assert_array_equal(file["x"], A)
    text = io.StringIO()
    np.savetxt(text, x, fmt="%.17g")
    text.seek(0)
    np.testing.assert_array_equal(np.loadtxt(text), A)


# --- refused

CALLS = {
    "histogram2d": lambda x: np.histogram2d(x, x),
    "histogramdd": lambda x: np.histogramdd(x),
    "full": lambda x: np.full(5, x),
    "fromiter": lambda x: np.fromiter([x, x], float),
    "busday_count": lambda x: np.busday_count(x, x),
    "busday_offset": lambda x: np.busday_offset(x, x),
    "bmat": lambda x: np.bmat([[x, x]]),
    "nested_iters": lambda x: np.nested_iters(x, [[0], [0]]),
    "from_dlpack": np.from_dlpack,
    "require": lambda x: np.require(x),
}


def test_refused(lib, table):
    square = lib.tensor(A[:, :3]).requires_grad_()
    vector = lib.tensor(V).requires_grad_()
    for name in table.REFUSED:
        theirs = table.lookup_name(name)
        if theirs is None:
            continue
        call = CALLS.get(name, theirs)
        arg = square if "2" in name or name.endswith("n") or name.startswith("linalg") else vector
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PendingDeprecationWarning)  # of matrices
            with pytest.raises((TypeError, RuntimeError, ValueError, BufferError, AttributeError)) as caught:
                call(arg)
        if hasattr(theirs, "_implementation") and name not in ("as_strided",):
            assert caught.type is TypeError, (name, caught.value)
            assert f"numpy.{name} does not take Variables that require grad: " in str(caught.value)


def test_refused_functions_take_constants(lib):
    x = lib.tensor(V)
    np.testing.assert_array_equal(np.fft.fft(x), np.fft.fft(V))
    np.testing.assert_array_equal(np.linalg.eigvals(lib.tensor(A[:, :3])), np.linalg.eigvals(A[:, :3]))
    with lib.no_grad():
        np.testing.assert_array_equal(np.fft.fft(lib.tensor(V).requires_grad_()), np.fft.fft(V))


def test_functions_outside_the_table_are_refused(lib):
    x = lib.tensor(A).requires_grad_()
    for call in (np.char.upper, lambda v: np.ma.sum(v), lambda v: np.polynomial.Polynomial(v)):
        with pytest.raises((TypeError, RuntimeError), match="detach"):
            call(x)
    with pytest.raises(TypeError, match=r"mine does not take Variables.*detach"):
        x.__array_function__(type("F", (), {"__name__": "mine"})(), (type(x),), (x,), {})


def test_what_has_no_derivative_says_so(lib):
    x = lib.tensor(V).requires_grad_()
    for call in (
        lambda: np.quantile(V, x[0]),
        lambda: np.percentile(V, x[0]),
        lambda: np.unwrap(V, period=x[0]),
        lambda: np.interp(x, V, V, period=x[0]),
        lambda: np.emath.sqrt(-x),
        lambda: np.pad(x, 1, "reflect", reflect_type="odd"),
        lambda: np.pad(x, 1, lambda *args: None),
        lambda: np.polyfit(x, x, 1, cov=True),
        lambda: np.poly(x[:4].reshape(2, 2)),
        lambda: np.copyto(np.zeros(5), x),
        lambda: np.put(np.zeros(5), [0], x[:1]),
        lambda: np.place(np.zeros(5), np.ones(5, bool), x),
        lambda: np.putmask(np.zeros(5), np.ones(5, bool), x),
        lambda: np.put_along_axis(np.zeros(5), np.arange(5), x, 0),
        lambda: np.fill_diagonal(np.zeros((5, 5)), x),
        lambda: np.sum(x, out=np.zeros(())),
        lambda: np.concatenate([x, x], out=np.zeros(10)),
        lambda: np.linalg.svd(x.reshape(1, 5))[2].sum().backward(),
    ):
        with pytest.raises(
            (TypeError, RuntimeError),
            match=r"derivative|require grad|requires grad|does not take|leave away|complex",
        ):
            call()


def test_leaving_the_tape_raises(lib):
    x = lib.tensor(V).requires_grad_()
    for call in (
        np.asarray,
        np.array,
        lambda v: np.array([v, v]),
        np.ascontiguousarray,
        lambda v: np.array(v[0]),
    ):
        with pytest.raises(RuntimeError, match="numpy"):
            call(x)
    array = np.zeros(5)
    with pytest.raises(RuntimeError, match="numpy"):
        array[:] = x


def test_out_of_functions_is_an_in_place_operation(lib):
    x = lib.tensor(A).requires_grad_()
    out = lib.zeros(4, dtype=lib.float64)
    for function in (np.sum, np.mean, np.median, np.max, np.prod):
        out = lib.zeros(4, dtype=lib.float64)
        assert function(x, axis=0, out=out) is out
        assert out.requires_grad
        np.testing.assert_allclose(out.detach().numpy(), function(A, axis=0))
    array = np.zeros(4)
    assert np.sum(x.detach(), axis=0, out=array) is array
    np.testing.assert_allclose(array, A.sum(0))


def test_lists_of_variables(lib):
    a, b = (lib.tensor(v).requires_grad_() for v in (V, V * 2))
    for result in (
        np.stack([a, b]),
        np.vstack((a, b)),
        np.concatenate([a, [1.0, 2.0], b]),
        np.where([True, False, True, True, False], a, b),
        np.broadcast_arrays(a, 1.0)[0],
    ):
        assert isinstance(result, lib.Variable)
        assert result.requires_grad


def test_dtypes_follow_numpy(lib):
    whole, single = np.arange(4), A.astype(np.float32)
    for function in (
        np.mean,
        np.var,
        np.median,
        lambda x: np.quantile(x, 0.5),
        np.average,
        np.sum,
        np.cumsum,
        np.diff,
    ):
        for array in (whole, single, whole.astype(np.int8)):
            got, expected = function(lib.tensor(array)), np.asarray(function(array))
            assert got.numpy().dtype == (
                np.float64 if function is np.mean and array is not single else expected.dtype
            )
            np.testing.assert_allclose(got.numpy(), expected, rtol=1e-6)
    mixed = np.concatenate([lib.tensor(single), lib.tensor(A)])
    assert mixed.dtype == lib.float64
    assert np.where(MASK, lib.tensor(single), 0.0).dtype == lib.float32
    assert np.where(MASK, lib.tensor(single), np.float64(0)).dtype == lib.float64
    assert np.sum(lib.tensor(single), dtype=np.float64).dtype == lib.float64
    assert np.linalg.inv(lib.tensor(np.array([[1, 2], [3, 5]]))).dtype == lib.float64


def test_bad_arguments_raise_as_numpy_does(lib):
    x = lib.tensor(A).requires_grad_()
    for call, error in (
        (lambda v: np.sum(v, axis=5), IndexError),
        (lambda v: np.transpose(v, (0,)), ValueError),
        (lambda v: np.squeeze(v, 0), ValueError),
        (lambda v: np.concatenate([v, v[0]]), ValueError),
        (lambda v: np.stack([v, v[0]]), ValueError),
        (lambda v: np.quantile(v, 1.5), ValueError),
        (lambda v: np.split(v, 3, axis=1), ValueError),
        (lambda v: np.linalg.inv(v), np.linalg.LinAlgError),
        (lambda v: np.linalg.inv(v[:, :3] * 0), np.linalg.LinAlgError),
        (lambda v: np.average(v, weights=v * 0), ZeroDivisionError),
        (lambda v: np.take(v, 100), IndexError),
        (lambda v: np.gradient(v[0, :1]), ValueError),
        (lambda v: np.convolve(v, v), ValueError),
        (lambda v: np.sum(v, nonsense=3), TypeError),
        (lambda v: np.select([], []), ValueError),
        (lambda v: np.where(v, v), ValueError),
        (lambda v: np.geomspace(v[0, 0] * 0, 1), ValueError),
        (lambda v: np.linspace(v[0, 0], 1, -1), ValueError),
    ):
        for arg in (x, A):
            with pytest.raises(error):
                call(arg)
