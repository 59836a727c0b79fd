"""Integer arithmetic: it wraps, division by zero raises, and floats that become integers are cut."""

import math

import numpy as np
import pytest
from op_db.run import dtype_name, to_numpy

INTEGERS = ["int8", "int16", "int32", "int64", "uint8"]
OPERATIONS = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "neg": lambda a, b: -a,
    "square": lambda a, b: a * a,
    "cube": lambda a, b: a**3,
}


def extremes(dtype):
    info = np.iinfo(dtype)
    return np.array([info.max, info.min, info.max - 1, info.min + 1, 5, 0], dtype)


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("name", OPERATIONS)
def test_overflow_wraps(lib, dtype, name):
    a = extremes(dtype)
    b = np.roll(a, 1)
    with np.errstate(all="ignore"):
        expected = OPERATIONS[name](a, b)
    result = OPERATIONS[name](lib.tensor(a), lib.tensor(b))
    assert dtype_name(result) == dtype
    np.testing.assert_array_equal(to_numpy(result), expected)


@pytest.mark.parametrize("dtype", INTEGERS)
def test_numbers_wrap_into_the_dtype(lib, dtype):
    a = extremes(dtype)
    for number in (300, -1, 2**40):
        expected = (a.astype(object) + number) % 2 ** (8 * a.itemsize)
        result = to_numpy(lib.tensor(a) + number)
        assert result.dtype == a.dtype
        assert [int(r) % 2 ** (8 * a.itemsize) for r in result] == expected.tolist()


BOUNDS = {
    "clamp": lambda lib, x, bound: x.clamp(max=bound),
    "clamp_": lambda lib, x, bound: x.clamp_(0, bound),
    "clamp_min": lambda lib, x, bound: x.clamp_min(bound),
    "clamp_max": lambda lib, x, bound: lib.clamp_max(x, bound),
    "hardtanh": lambda lib, x, bound: lib.nn.functional.hardtanh(x, 0, bound),
}


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int16", "int32"])
@pytest.mark.parametrize("name", BOUNDS)
def test_bounds_do_not_wrap(lib, dtype, name):
    x = lib.tensor([3, 100], dtype=getattr(lib, dtype))
    with pytest.raises(RuntimeError, match="without overflow"):
        BOUNDS[name](lib, x, np.iinfo(dtype).max + 1)
    assert x.tolist() == [3, 100]
    assert max(BOUNDS[name](lib, x, np.iinfo(dtype).max).tolist()) == (
        np.iinfo(dtype).max if name == "clamp_min" else 100
    )


def test_sums_wrap(lib):
    x = lib.tensor([2**63 - 1, 1])
    assert x.sum().item() == -(2**63)
    assert x.cumsum(0).tolist() == [2**63 - 1, -(2**63)]
    assert lib.tensor([127, 1], dtype=lib.int8).sum().item() == 128, "in int64"


DIVISIONS = {
    "//": lambda lib, a, b: a // b,
    "%": lambda lib, a, b: a % b,
    "fmod": lambda lib, a, b: lib.fmod(a, b),
    "trunc": lambda lib, a, b: lib.div(a, b, rounding_mode="trunc"),
    "floor": lambda lib, a, b: lib.div(a, b, rounding_mode="floor"),
}


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("name", DIVISIONS)
def test_division_by_zero(lib, dtype, name):
    """Raises where one element is zero; a division with a float result gives infinities."""
    divide = DIVISIONS[name]
    a = lib.tensor(np.array([7, 8, 9], dtype))
    for zero in (0, lib.tensor(np.array([1, 0, 2], dtype)), lib.tensor(np.array(0, dtype))):
        with pytest.raises(RuntimeError, match="ZeroDivisionError"):
            divide(lib, a, zero)
    assert to_numpy(a).tolist() == [7, 8, 9]
    assert to_numpy(a / 0).tolist() == [np.inf] * 3


@pytest.mark.parametrize("dtype", INTEGERS)
def test_division_in_place_by_zero_writes_nothing(lib, dtype):
    a = lib.tensor(np.array([7, 8, 9], dtype))
    for name in ("floor_divide_", "remainder_", "fmod_"):
        with pytest.raises(RuntimeError, match="ZeroDivisionError"):
            getattr(a, name)(0)
    assert to_numpy(a).tolist() == [7, 8, 9]


@pytest.mark.parametrize("dtype", ["int8", "int16", "int32", "int64"])
def test_least_number_by_minus_one(lib, dtype):
    """The one quotient that does not fit: it wraps, and nothing crashes."""
    least = np.iinfo(dtype).min
    a, b = lib.tensor(np.array([least, 6], dtype)), lib.tensor(np.array([-1, -1], dtype))
    assert to_numpy(a // b).tolist() == [least, -6]
    assert to_numpy(a % b).tolist() == [0, 0]
    assert to_numpy(lib.fmod(a, b)).tolist() == [0, 0]


def test_floats_are_cut(lib):
    x = lib.tensor([300.7, -1.9, 2.5])
    assert x.to(lib.int32).tolist() == [300, -1, 2]
    assert x.to(lib.uint8).tolist() == [44, 255, 2]
    assert lib.tensor(300).to(lib.int8).item() == 44


# --- wrong arguments: the message names the function, the argument, what came and what is taken

WRONG = {
    "sum": (lambda lib, x: lib.sum("a"), ["sum()", "'input'", "str"]),
    "exp": (lambda lib, x: lib.exp(3), ["exp()", "'input'", "int"]),
    "add": (lambda lib, x: lib.add(x, "a"), ["add()", "'other'", "position 2", "str"]),
    "matmul": (lambda lib, x: lib.matmul(x, 3), ["matmul()", "'other'", "int"]),
    "softmax": (lambda lib, x: lib.softmax(x, "a"), ["softmax()", "'dim'", "int, not str"]),
    "gather": (lambda lib, x: lib.gather(x, "a", x), ["gather()", "'dim'", "int, not str"]),
    "gather index": (lambda lib, x: lib.gather(x, 0, [0]), ["gather()", "'index'", "list"]),
    "cat": (lambda lib, x: lib.cat(3), ["cat()", "'tensors'", "int"]),
    "reshape": (lambda lib, x: lib.reshape(x, "a"), ["reshape()", "'shape'", "str"]),
    "permute": (lambda lib, x: lib.permute(x, "a"), ["permute()", "'dims'", "str"]),
    "full": (lambda lib, x: lib.full((2,), "a"), ["full()", "'fill_value'", "str"]),
    "dtype": (lambda lib, x: lib.zeros(2, dtype=3), ["zeros()", "'dtype'", "int"]),
    "element": (lambda lib, x: lib.stack([x, None]), ["element", "NoneType"]),
    "keyword": (lambda lib, x: lib.exp(x, foo=3), ["exp()", "unexpected keyword argument", "'foo'"]),
    "missing": (lambda lib, x: lib.transpose(x, 0), ["transpose()", "missing", "dim1"]),
    "too many": (lambda lib, x: lib.exp(x, x), ["exp()", "takes", "positional argument"]),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_arguments(lib, name):
    call, parts = WRONG[name]
    with pytest.raises(TypeError) as caught:
        call(lib, lib.ones(2))
    for part in parts:
        assert part in str(caught.value)


@pytest.mark.own("PyTorch ends the process over the least number")
@pytest.mark.parametrize("dtype", INTEGERS)
def test_divisors_of_the_extremes(lib, dtype):
    a, b = (
        pair.ravel() for pair in np.meshgrid(extremes(dtype), [*extremes(dtype), np.array(-1).astype(dtype)])
    )
    for name in ("gcd", "lcm"):
        exact = [getattr(math, name)(int(x), int(y)) for x, y in zip(a, b, strict=True)]
        result = to_numpy(getattr(lib, name)(lib.tensor(a), lib.tensor(b)))
        wrapped = np.array([value % 2 ** (8 * a.itemsize) for value in exact], np.uint64).astype(dtype)
        if name == "gcd":
            np.testing.assert_array_equal(result, wrapped)
        else:
            small = np.array([value <= np.iinfo(dtype).max for value in exact])
            np.testing.assert_array_equal(result[small], wrapped[small])


def test_numbers_that_do_not_fit_are_refused(lib):
    for make in (
        lambda: lib.tensor([300], dtype=lib.uint8),
        lambda: lib.tensor(-300, dtype=lib.uint8),
        lambda: lib.tensor([[2**40]], dtype=lib.int32),
        lambda: lib.tensor(1e30, dtype=lib.int64),
        lambda: lib.tensor([float("nan")], dtype=lib.int32),
        lambda: lib.tensor(np.int64(300), dtype=lib.uint8),
        lambda: lib.tensor(np.float64("nan"), dtype=lib.int64),
        lambda: lib.full((2,), 300, dtype=lib.uint8),
        lambda: lib.full((1,), 1e300),
        lambda: lib.full_like(lib.ones(1, dtype=lib.int8), -129),
        lambda: lib.ones(2, dtype=lib.int8).new_full((1,), 200),
    ):
        with pytest.raises(RuntimeError, match="without overflow"):
            make()
    assert lib.tensor([-1, 2.5], dtype=lib.uint8).tolist() == [255, 2]
    assert lib.tensor(1e300).item() == float("inf")
    assert lib.full((1,), float("-inf")).item() == float("-inf")
    assert lib.tensor([2, 0.5], dtype=lib.bool).tolist() == [True, True]
