"""NumPy's functions where arrays are small, empty, of integers or float32: NumPy's values, dtypes, errors."""

import functools
import warnings

import numpy as np
import pytest

pytestmark = pytest.mark.own("torch's tensors do not answer for NumPy's functions")

RNG = np.random.default_rng(11)
SHAPES = [(), (1,), (3,), (2, 3), (1, 4), (2, 1, 3), (0,), (2, 0), (0, 3)]
ARRAYS = [RNG.standard_normal(shape) for shape in SHAPES]
ARRAYS += [RNG.standard_normal(shape).astype(np.float32) for shape in SHAPES[:4]]
ARRAYS += [RNG.integers(-5, 5, shape) for shape in SHAPES[:6]]
ARRAYS += [np.where(RNG.random((3, 4)) < 0.4, np.nan, RNG.standard_normal((3, 4))), np.full((2, 2), np.nan)]
ARRAYS += [np.array([np.inf, -np.inf, 1.0, -0.0]), np.ones((2, 3)), np.array([True, False, True])]

REDUCING = """
all amax amin any argmax argmin average count_nonzero cumprod cumsum flip max mean median min nancumprod
nancumsum nanmax nanmean nanmedian nanmin nanprod nanstd nansum nanvar prod ptp sort std sum var
"""
REDUCING = REDUCING.split()
CALLS = {
    **{name: getattr(np, name) for name in REDUCING},
    **{f"{name} of an axis": lambda x, n=name: getattr(np, n)(x, axis=-1) for name in REDUCING},
    "add.accumulate": np.add.accumulate,
    "add.reduce": np.add.reduce,
    "append": lambda x: np.append(x, x),
    "atleast_3d": np.atleast_3d,
    "clip": lambda x: np.clip(x, -1, 2),
    "clip floats": lambda x: np.clip(x, -0.5, 0.5),
    "concatenate": lambda x: np.concatenate([x, x], axis=None),
    "convolve": lambda x: np.convolve(x.reshape(-1), [1, 2.5, 3]),
    "correlate": lambda x: np.correlate(x.reshape(-1), [1, 2.5, 3], "same"),
    "delete": lambda x: np.delete(x, 0, axis=0),
    "diff": np.diff,
    "dot": lambda x: np.dot(x, x.T),
    "ediff1d": np.ediff1d,
    "expand_dims": lambda x: np.expand_dims(x, 0),
    "fmax.reduce": np.fmax.reduce,
    "gradient": np.gradient,
    "hypot.reduce": lambda x: np.hypot.reduce(np.astype(x, np.float64)),
    "inner": lambda x: np.inner(x, x),
    "insert": lambda x: np.insert(x, 0, 7),
    "interp": lambda x: np.interp(x, [-1.0, 0.0, 2.0], [3.0, 5.0, 4.0]),
    "interp of a knot": lambda x: np.interp(x, [0.5], [3.0]),
    "kron": lambda x: np.kron(x, [1, 2]),
    "linalg.norm": np.linalg.norm,
    "linspace": lambda x: np.linspace(x, 2, 3),
    "maximum.accumulate": np.maximum.accumulate,
    "nan_to_num": np.nan_to_num,
    "nanquantile": lambda x: np.nanquantile(x, 0.3),
    "pad": lambda x: np.pad(x, 1, "edge"),
    "percentile": lambda x: np.percentile(x, 30.0, axis=0),
    "polyval": lambda x: np.polyval([1, 2.5], x),
    "quantile": lambda x: np.quantile(x, [0.2, 0.9], axis=-1),
    "repeat": lambda x: np.repeat(x, 2),
    "reshape": lambda x: np.reshape(x, -1),
    "roll": lambda x: np.roll(x, 1, axis=0),
    "rot90": np.rot90,
    "round": lambda x: np.round(x, 1),
    "searchsorted": lambda x: np.searchsorted([-1.0, 0.0, 1.0], x),
    "select": lambda x: np.select([x > 0], [x], 9),
    "sinc": np.sinc,
    "squeeze": np.squeeze,
    "stack": lambda x: np.stack([x, x], -1),
    "subtract.reduce": np.subtract.reduce,
    "sum of some": lambda x: np.sum(x, where=x > 0, initial=1),
    "tensordot": lambda x: np.tensordot(x, x, 0),
    "tile": lambda x: np.tile(x, (2, 1)),
    "transpose": np.transpose,
    "trapezoid": np.trapezoid,
    "tril": np.tril,
    "unique": lambda x: np.unique(x, return_counts=True),
    "unwrap": np.unwrap,
    "where": lambda x: np.where(x > 0, x, 0),
}
# NumPy raises for empty arrays, and for the axis of a number, in some functions only; here both are taken
LENIENT = {"average", "quantile", "percentile", "nanquantile"}


def flat(result):
    return [leaf for part in result for leaf in flat(part)] if isinstance(result, (tuple, list)) else [result]


@pytest.mark.parametrize("array", ARRAYS, ids=lambda a: f"{a.dtype}{a.shape}")
@pytest.mark.parametrize("name", sorted(CALLS))
@pytest.mark.filterwarnings("ignore")
def test_edges(lib, name, array):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = flat(CALLS[name](array))
    except (ValueError, IndexError, TypeError, RuntimeError, ZeroDivisionError):
        if array.dtype == bool or array.ndim == 0 or (array.size == 0 and name.split(" ")[0] in LENIENT):
            return
        with pytest.raises((ValueError, IndexError, TypeError, RuntimeError)):
            CALLS[name](lib.tensor(array))
        return
    for requires_grad in (False, True) if array.dtype.kind == "f" else (False,):
        results = flat(CALLS[name](lib.tensor(array).requires_grad_(requires_grad)))
        assert len(results) == len(expected)
        for got, value in zip(results, expected, strict=True):
            values = got.detach().numpy() if isinstance(got, lib.Variable) else np.asarray(got)
            assert values.shape == np.shape(value)
            assert values.dtype == np.asarray(value).dtype
            tolerance = 1e-5 if array.dtype == np.float32 else 1e-12
            np.testing.assert_allclose(values, value, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("function", [np.convolve, np.correlate])
@pytest.mark.parametrize("sizes", [(300, 100), (100, 300), (3000, 40), (150, 150)])
def test_long_convolutions(lib, sizes, function, mode):
    """No array of windows is made for them. They are linear in each operand."""
    rng = np.random.default_rng(0)
    a, b = (rng.standard_normal(n) for n in sizes)
    x, y = (lib.tensor(v, requires_grad=True) for v in (a, b))
    result = function(x, y, mode)
    np.testing.assert_allclose(result.detach().numpy(), function(a, b, mode), rtol=1e-10, atol=1e-10)
    weights = rng.standard_normal(result.shape)
    by_x, by_y = lib.autograd.grad((result * lib.tensor(weights)).sum(), [x, y], create_graph=True)
    for k in (0, 1, 57, sizes[0] - 1):
        expected = function(np.eye(sizes[0])[k], b, mode) @ weights
        np.testing.assert_allclose(by_x[k].item(), expected, rtol=1e-9, atol=1e-9)
    for k in (0, 1, 31, sizes[1] - 1):
        expected = function(a, np.eye(sizes[1])[k], mode) @ weights
        np.testing.assert_allclose(by_y[k].item(), expected, rtol=1e-9, atol=1e-9)
    (mixed,) = lib.autograd.grad(by_x.sum(), y)
    np.testing.assert_allclose(
        mixed[1].item(), function(np.ones(sizes[0]), np.eye(sizes[1])[1], mode) @ weights
    )


def leaf(lib, values):
    return lib.tensor(np.asarray(values, float), requires_grad=True)


def test_medians_beside_infinities(lib):
    inf = np.inf
    for values in ([1, inf], [-inf, -inf], [1, 2, inf], [inf, inf, 1, 2], [1, inf, np.nan]):
        for function in (np.median, np.nanmedian):
            wanted = function(np.array(values, float))
            np.testing.assert_array_equal(function(leaf(lib, values)).detach().numpy(), wanted)
    assert lib.func.grad(np.median)(np.array([3.0, 1, 2, 9])).tolist() == [0.5, 0, 0.5, 0]


def test_nan_has_no_sign(lib):
    values = np.array([np.nan, -2.0, 0.0])
    for x in (lib.tensor(values), leaf(lib, values)):
        np.testing.assert_array_equal(np.sign(x).detach().numpy(), np.sign(values))
        np.testing.assert_array_equal(np.heaviside(x, 0.5).detach().numpy(), np.heaviside(values, 0.5))
    assert lib.func.grad(lambda x: np.sign(x).sum())(values).tolist() == [0, 0, 0]


def test_extrema_of_nothing_are_initial(lib):
    empty = np.zeros((0, 3))
    for function in (np.max, np.min):
        for kwargs in ({"axis": 0}, {"axis": 0, "keepdims": True}, {}, {"axis": (0, 1)}):
            wanted = function(empty, initial=1.0, **kwargs)
            found = function(leaf(lib, empty), initial=1.0, **kwargs).detach().numpy()
            np.testing.assert_array_equal(found, wanted, strict=True)
        with pytest.raises(ValueError, match="zero-size array"):
            function(leaf(lib, empty), axis=0)


def test_whole_numbers_to_negative_powers(lib):
    for exponent in (-1, np.array([-1, 2])):
        with pytest.raises(ValueError, match="Integers to negative integer powers are not allowed"):
            np.power(lib.tensor([2, 3]), exponent)
    assert np.power(lib.tensor([2, 3]), -1.0).tolist() == pytest.approx([1 / 2, 1 / 3])


def test_conditions_of_singular_matrices(lib):
    stack = np.array([[[1.0, 2], [2, 4]], [[2, 1], [1, 3]]])
    for p in (1, -1, np.inf, "fro", 2):
        found = np.linalg.cond(leaf(lib, stack), p).detach().numpy()
        assert found == pytest.approx(np.linalg.cond(stack, p))


def test_elements_in_the_order_of_memory(lib):
    block = np.arange(24.0).reshape(2, 3, 4)
    arrays = [block.transpose(order) for order in ((0, 1, 2), (2, 1, 0), (1, 0, 2))]
    arrays += [block[..., ::2].T, np.broadcast_to(np.arange(3.0), (2, 3))]
    for array in arrays:
        x = lib.from_numpy(array)
        for order in "CFAK":
            assert np.ravel(x, order).tolist() == np.ravel(array, order).tolist()
        for order in "CFA":
            assert np.copy(x, order).strides == np.copy(array, order).strides
            assert x.copy(order).strides == array.copy(order).strides
        assert x.copy().strides == array.copy().strides
        for call in (x.copy, lambda order, x=x: np.ravel(x, order)):
            with pytest.raises(ValueError, match="order must be one of 'C', 'F', 'A', or 'K'"):
                call("Z")


def test_out_of_a_ufuncs_methods_is_one_array(lib):
    np_ = lib.numpy
    room = np_.zeros((2, 3))
    assert np_.multiply.outer(np_.ones(2), np_.arange(3.0), out=room) is room
    assert room.tolist() == [[0, 1, 2]] * 2
    assert np_.add.reduce(room, out=np_.zeros(3)).tolist() == [0, 2, 4]


def test_arrays_that_are_more_than_arrays(lib):
    masked = np.ma.array([1.0, 2.0, 3.0], mask=[0, 1, 0])
    x = leaf(lib, [1, 1, 1])
    for call in (
        lambda: x * masked,
        lambda: np.dot(x, masked),
        lambda: lib.tensor(masked),
        lambda: lib.as_tensor(masked),
    ):
        with pytest.raises(TypeError, match="a masked array has elements that are not there"):
            call()
    assert (x * np.ma.array([1.0, 2.0, 3.0])).tolist() == [1, 2, 3]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        matrix = np.matrix([[1.0, 2], [3, 4]])
    square = leaf(lib, [[1, 0], [0, 1]])
    for call in (lambda: square * matrix, lambda: matrix * square, lambda: square**matrix):
        with pytest.raises(TypeError, match=r"a numpy\.matrix multiplies as matrices do"):
            call()
    assert lib.tensor(matrix).tolist() == [[1, 2], [3, 4]]
    assert np.multiply(matrix, square).tolist() == [[1, 0], [0, 4]]


def equal(found, wanted, tolerance=1e-12):
    """Of one shape, dtype and value."""
    values = found.detach().numpy() if hasattr(found, "detach") else np.asarray(found)
    assert values.dtype == np.asarray(wanted).dtype
    np.testing.assert_allclose(values, wanted, rtol=tolerance, atol=tolerance, strict=True)


def test_axes_that_are_numbers_of_numpy(lib):
    array = RNG.standard_normal((2, 3))
    for axis in (np.int64(1), np.uint8(0), np.array(-1), (np.int32(0), 1)):
        for function in (np.sum, np.prod, np.max, np.min, np.ptp, np.nansum, np.nanmax, np.nanmin, np.mean):
            equal(function(leaf(lib, array), axis=axis), function(array, axis=axis))


def test_reductions_start_at_initial(lib):
    """Operand by operand: NumPy's own loops of power and arctan2 leave some out."""
    array = np.array([[1.5, 2.0, 3.0], [0.5, 4.0, 1.0]])
    for name in "subtract divide power fmod arctan2 floor_divide remainder copysign float_power".split():  # noqa: SIM905
        ufunc = getattr(np, name)
        for kwargs in ({"axis": 0}, {"axis": 1, "keepdims": True}):
            rows = np.moveaxis(array, kwargs["axis"], 0)
            wanted = functools.reduce(ufunc, rows, np.float64(10.0))
            found = ufunc.reduce(leaf(lib, array), initial=10.0, **kwargs)
            assert found.ndim == (2 if "keepdims" in kwargs else 1)
            np.testing.assert_allclose(found.detach().numpy().reshape(-1), wanted, rtol=1e-14)
    x, start = leaf(lib, [1, 2, 4]), leaf(lib, 10)
    np.divide.reduce(x, initial=start).backward()
    assert start.grad.item() == 1 / 8
    assert x.grad.tolist() == [-1.25, -0.625, -0.3125]


def test_logical_ufuncs_of_floats_give_bools(lib):
    array = np.array([[1.0, 0.0, np.nan], [0.0, 0.0, 2.0]])
    for ufunc in (np.logical_and, np.logical_or, np.logical_xor):
        for x in (lib.tensor(array), leaf(lib, array)):
            for kwargs in ({}, {"axis": None}, {"axis": ()}, {"axis": 1, "initial": True}):
                equal(ufunc.reduce(x, **kwargs), ufunc.reduce(array, **kwargs))
            equal(ufunc.reduce(x[:1]), ufunc.reduce(array[:1]))
            equal(ufunc.accumulate(x, 1), ufunc.accumulate(array, 1))
            equal(ufunc.reduceat(x, [0, 2], 1), ufunc.reduceat(array, [0, 2], 1))


def test_samples_beside_the_knots_of_interp(lib):
    def by_values(at, knots):
        values = leaf(lib, [1, 2, 3])
        result = np.interp(at, knots, values)
        np.nansum(result).backward()
        np.testing.assert_allclose(result.detach().numpy(), np.interp(at, knots, [1.0, 2, 3]), rtol=1e-15)
        return values.grad.tolist()

    assert by_values([-np.inf, 0.5], [0.0, 0.3, 1.0]) == pytest.approx([1, 5 / 7, 2 / 7])
    assert by_values([-1.0, 0.5], [0.0, 0.0, 1.0]) == [1, 0.5, 0.5]
    assert by_values([np.nan, 0.5, np.inf], [0.0, 0.5, 1.0]) == [0, 1, 1]
    assert by_values([0.0, 1.0], [0.0, 1.0, 1.0]) == [1, 0, 1]
    x = leaf(lib, [2, 0.5])
    np.interp(x, [0.0, 1, 1], [1.0, 2, 3]).sum().backward()
    assert x.grad.tolist() == [0, 1]


def test_results_are_not_the_operand(lib):
    array = np.ones((1, 3))
    functions = [np.conjugate, np.block, np.subtract.reduce, np.fmax.reduce, np.logaddexp2.reduce]
    functions += [lambda x: np.clip(x, None, None), lambda x: np.fft.fftshift(x, axes=())]
    functions += [lambda x, f=f: f(x, axis=()) for f in (np.sum, np.mean, np.prod, np.max, np.average)]
    for function in functions:
        x = lib.tensor(array)
        result = function(x)
        equal(result, function(array))
        result.fill_(7)
        equal(x, array)


def test_matrices_and_vectors_of_two_dtypes(lib):
    matrix, vector = RNG.standard_normal((3, 3)), np.arange(3, dtype=np.float32)
    for name in ("matvec", "vecmat", "matmul", "vecdot"):
        if hasattr(np, name):
            arrays = (vector, matrix) if name == "vecmat" else (matrix, vector)
            equal(getattr(np, name)(*map(lib.tensor, arrays)), getattr(np, name)(*arrays))


def test_reshape_in_an_order_and_without_a_copy(lib):
    for array in (np.arange(6.0).reshape(2, 3), np.arange(6.0).reshape(2, 3).T):
        x = lib.tensor(np.arange(6.0)).reshape(2, 3)
        x = x if array.flags.c_contiguous else x.T
        for order in "CFA":
            equal(np.reshape(x, (3, -1), order=order), np.reshape(array, (3, -1), order=order))
            equal(x.reshape(6, order=order), array.reshape(6, order=order))
            if order == "A" or (order == "C") == array.flags.c_contiguous:
                assert np.reshape(x, 6, order=order, copy=False).data_ptr() == x.data_ptr()
            else:
                with pytest.raises(ValueError, match="Unable to avoid creating a copy"):
                    np.reshape(x, 6, order=order, copy=False)
        with pytest.raises(ValueError, match="order 'K' is not permitted"):
            np.reshape(x, 6, order="K")


def test_labels_of_einsum_are_sorted_as_letters(lib):
    array = RNG.standard_normal((2, 3))
    for labels in ([26, 25], [51, 0], [1, 0], [26, 27]):
        equal(np.einsum(lib.tensor(array), labels), np.einsum(array, labels))


def test_joining_casts_as_it_may(lib):
    x = leaf(lib, [1.5, 2])
    for function in (np.concatenate, np.stack, np.vstack, np.hstack):
        with pytest.raises(TypeError, match="according to the rule 'same_kind'"):
            function([x, x], dtype=int)
        arrays = [np.array([1.5, 2])] * 2
        for kwargs in ({"dtype": int, "casting": "unsafe"}, {"dtype": np.float32}, {"casting": "no"}):
            equal(function([x, x], **kwargs), function(arrays, **kwargs))


def test_ill_conditioned_least_squares(lib):
    at = np.linspace(1000, 1001, 30)
    found = np.polyfit(leaf(lib, at), leaf(lib, at**2), 5, rcond=1e-16).detach().numpy()
    np.testing.assert_allclose(np.polyval(found, at), at**2, rtol=1e-13)
    matrix = np.vander(np.linspace(0, 1, 20), 9)
    found = np.linalg.lstsq(leaf(lib, matrix), leaf(lib, matrix @ np.ones(9)))
    np.testing.assert_allclose(found[0].detach().numpy(), np.ones(9), rtol=1e-9)
    assert found[1].item() < 1e-27
    for dtypes in (("f4", "f4"), ("f4", "f8"), ("f8", "f4")):
        arrays = [np.arange(5.0).astype(dtype) for dtype in dtypes]
        equal(np.polyfit(*map(lib.tensor, arrays), 1), np.polyfit(*arrays, 1))


def test_least_squares_of_less_than_full_rank(lib):
    """Along matrices of one rank: a = u v' is of rank 2."""
    arrays = [RNG.standard_normal(shape) for shape in ((5, 2), (2, 4), (5, 3))]

    def solution(u, v, b):
        return np.linalg.lstsq(u @ v, b, rcond=1e-9)[0]

    leaves = [leaf(lib, a) for a in arrays]
    equal(solution(*leaves), solution(*arrays))
    assert lib.autograd.gradcheck(solution, leaves)
    assert lib.autograd.gradgradcheck(solution, leaves)


def test_functions_of_one_number_in_pieces(lib):
    x = leaf(lib, 3)
    for conditions in ([x < 9], x < 9):
        result = np.piecewise(x, conditions, [lambda v: v * v, 5])
        assert (result.item(), result.shape) == (9, ())
    result.backward()
    assert x.grad.item() == 6
    assert np.piecewise(x, [x > 9], [lambda v: v * v, 5]).item() == 5


def test_widths_of_padding(lib):
    array = np.array([[0.0, 0, 9], [4, 2, 1]])
    for mode in ("constant", "linear_ramp", "maximum", "mean", "median"):
        for width in (2, (1, 2), (2,), ((2,), (1,)), ((1, 2), (0, 1)), np.array([[1, 2]])):
            equal(np.pad(leaf(lib, array), width, mode), np.pad(array, width, mode))
        for wrong, error in ((-1, ValueError), ((1, 2, 3), ValueError), (1.5, TypeError)):
            with pytest.raises(error):
                np.pad(leaf(lib, array), wrong, mode)
    whole = array.astype(int)
    for kwargs in ({"end_values": 5}, {"end_values": ((-7, 3), (1, 0))}):
        wanted = np.pad(whole, 4, "linear_ramp", **kwargs)
        equal(np.pad(lib.tensor(whole), 4, "linear_ramp", **kwargs), wanted)
    equal(
        np.pad(leaf(lib, array), 1, "mean", stat_length=(1, 2)), np.pad(array, 1, "mean", stat_length=(1, 2))
    )
    ends = leaf(lib, [7, 8])
    np.pad(leaf(lib, array), 1, "constant", constant_values=ends).sum().backward()
    assert ends.grad.tolist() == [7, 7]


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning", "ignore:divide by zero:RuntimeWarning")
def test_covariances_of_few_samples(lib):
    row, table = np.array([[1.0, 2, 4]]), RNG.standard_normal((4, 2))
    for array in (row, row[0], table, table.astype(np.float32)):
        for rowvar in (True, False):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                equal(np.cov(lib.tensor(array), rowvar=rowvar), np.cov(array, rowvar=rowvar), 1e-6)
    column = row.T
    equal(np.cov(leaf(lib, column), leaf(lib, row), rowvar=False), np.cov(column, row, rowvar=False))
    with pytest.warns(RuntimeWarning, match="Degrees of freedom"):
        assert np.cov(leaf(lib, row), ddof=5).item() == np.inf
    for kwargs, error, message in (
        ({"aweights": [1, -1, 2]}, ValueError, "aweights cannot be negative"),
        ({"fweights": [1, 1.5, 2]}, TypeError, "fweights must be integer"),
        ({"fweights": [1, 2]}, RuntimeError, "incompatible numbers of samples and fweights"),
        ({"ddof": 0.5}, ValueError, "ddof must be integer"),
    ):
        for x in (row, leaf(lib, row)):
            with pytest.raises(error, match=message):
                np.cov(x, **kwargs)


def test_variances_of_too_few_numbers(lib):
    array = np.array([[1.0, 2, np.nan], [1, 2, 3]])
    for function in (np.nanvar, np.nanstd):
        for kwargs in ({"ddof": 2, "axis": 1}, {"ddof": 9}, {"ddof": 2, "axis": 1, "keepdims": True}):
            with pytest.warns(RuntimeWarning, match="Degrees of freedom"):
                wanted = function(array, **kwargs)
            with pytest.warns(RuntimeWarning, match="Degrees of freedom"):
                equal(function(leaf(lib, array), **kwargs), wanted)


def test_numbers_and_sizes_in_other_forms(lib):
    array = np.arange(5.0)
    windows = np.lib.stride_tricks.sliding_window_view
    for args in ((np.int64(2),), ((2, 3), (0, 0)), (np.array([2]),)):
        equal(windows(leaf(lib, array), *args), windows(array, *args))
    equal(np.polyint(leaf(lib, array), 2, [1, 2, 3]), np.polyint(array, 2, [1, 2, 3]))
    with pytest.raises(ValueError, match="k must be a scalar"):
        np.polyint(leaf(lib, array), 3, [1, 2])
    equal(lib.numpy.tile(leaf(lib, array), lib.tensor([2, 2])), np.tile(array, [2, 2]))
    with pytest.raises(TypeError):
        np.tile(leaf(lib, array), 1.5)
    stack, cuts = RNG.standard_normal((2, 3, 4)), np.array([0.1, 0.9])
    equal(np.linalg.pinv(leaf(lib, stack), rcond=cuts), np.linalg.pinv(stack, rcond=cuts))
    equal(np.gradient(leaf(lib, array), axis=(0,)), np.gradient(array, axis=(0,)))
    for power in (0, 3, -1):
        whole = np.array([[1, 2], [3, 4]])
        equal(np.linalg.matrix_power(lib.tensor(whole), power), np.linalg.matrix_power(whole, power))
    for index in ([1.7], [True]):
        with pytest.raises(IndexError, match="must be an integer array"):
            np.take_along_axis(leaf(lib, array), np.array(index), 0)


def test_nothing_is_written_where_one_out_does_not_fit(lib):
    fits, short = lib.zeros(3, dtype=lib.float64), lib.zeros(2, dtype=lib.float64)
    with pytest.raises(ValueError, match="out= has shape"):
        np.modf(leaf(lib, [1.5, 2, 3]), out=(fits, short))
    assert fits.tolist() == [0, 0, 0]
    assert not fits.requires_grad


def test_singular_values_of_one_triangle(lib):
    """The upper one is not read, and has no gradient."""
    array = RNG.standard_normal((4, 3, 3))
    x = leaf(lib, array)
    for found, wanted in zip(
        np.linalg.svd(x, hermitian=True), np.linalg.svd(array, hermitian=True), strict=True
    ):
        equal(found, wanted)
    values = np.linalg.svd(x, compute_uv=False, hermitian=True)
    equal(values, np.linalg.svd(array, compute_uv=False, hermitian=True))
    values.sum().backward()
    assert not np.triu(x.grad.numpy(), 1).any()

    def products(a):
        u, s, vh = np.linalg.svd(a, hermitian=True)
        return (u * s[..., None, :]) @ vh, s

    assert lib.autograd.gradcheck(products, [x])


INFINITE = [
    (0.5, [-np.inf, np.inf], [10.0, 10.0]),
    ([0.5, 0.0, 1.0], [0.0, 1.0], [-np.inf, 10.0]),
    ([0.5, 0.0, 1.0, 1.5], [0.0, 1.0, 2.0], [np.inf, 10.0, 10.0]),
    (0.5, [0.0, 1.0], [np.inf, -np.inf]),
]


@pytest.mark.parametrize("arrays", INFINITE)
def test_interp_between_infinities(lib, arrays):
    equal(np.interp(*(leaf(lib, a) for a in arrays)), np.interp(*map(np.array, arrays)))


# Each with the error that it raises, of arrays and of Variables.
WRONG_CALLS = {
    "trim": (ValueError, lambda x: np.trim_zeros(x, "x")),
    "an axis to unstack": (np.exceptions.AxisError, lambda x: np.unstack(x, axis=2)),
    "a scalar to unstack": (ValueError, lambda x: np.unstack(x[0])),
    "nanmean as integers": (TypeError, lambda x: np.nanmean(x, dtype=int)),
    "nanvar as integers": (TypeError, lambda x: np.nanvar(x, dtype=int)),
    "two corrections": (ValueError, lambda x: np.var(x, ddof=1, correction=0)),
    "two corrections of nanstd": (ValueError, lambda x: np.nanstd(x, ddof=1, correction=1)),
    "one bound by place": (TypeError, lambda x: np.clip(x, 2)),
    "one bound by an old name": (TypeError, lambda x: np.clip(x, a_max=2)),
    "three bounds": (ValueError, lambda x: np.clip(x, 2, 3, max=3)),
    "places of floats": (TypeError, np.bincount),
    "vectors of two lengths": (ValueError, lambda x: np.vecdot(x, [1.0])),
    "vectors of two lengths in linalg": (ValueError, lambda x: np.linalg.vecdot(x, [1.0])),
    "an axis to repeat": (np.exceptions.AxisError, lambda x: np.repeat(x, 2, axis=1)),
}


@pytest.mark.parametrize(("error", "call"), WRONG_CALLS.values(), ids=WRONG_CALLS)
def test_wrong_calls_raise_as_numpy(lib, error, call):
    array = np.array([1.0, 2.0, 0.0])
    for x in (array, leaf(lib, array)):
        with pytest.raises(error):
            call(x)


def test_rows_without_elements(lib):
    x = leaf(lib, np.empty((2, 0)))
    equal(np.apply_along_axis(np.sum, 1, x), np.apply_along_axis(np.sum, 1, np.empty((2, 0))))


@pytest.mark.parametrize("dtype", [np.int8, np.int32, np.uint8, bool, np.float32])
def test_totals_are_of_the_dtype_that_is_asked_for(lib, dtype):
    for array in (np.array([[1.5, 2.0], [3.0, 0.0]]), np.array([1, 2, 3]), np.array([True, True])):
        x = lib.tensor(array)
        for total in (np.sum, np.prod, np.add.reduce):
            equal(total(x, axis=0, dtype=dtype), total(array, axis=0, dtype=dtype))
