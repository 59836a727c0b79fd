"""What NumPy's functions take, as Variables; and what they give back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from .. import _core
from .._core import Variable

NO_VALUE: Any = np._NoValue

# tapegrad's dtypes by NumPy's, and the other way round
NUMPY_DTYPES: dict[Any, np.dtype[Any]] = {
    getattr(_core, name): np.dtype(name)
    for name in (
        *("float32", "float64", "int8", "int16", "int32", "int64"),
        *("uint8", "uint16", "uint32", "uint64", "bool"),
    )
}
DTYPES: dict[np.dtype[Any], Any] = {theirs: ours for ours, theirs in NUMPY_DTYPES.items()}
CHARS = frozenset("fdbhilqBHILQ?")  # the type characters of these


def numpy_dtype(v: Variable) -> np.dtype[Any]:
    return NUMPY_DTYPES[v.dtype]


def as_dtype(dtype: Any) -> Any:
    """A dtype as tapegrad's, from anything that NumPy takes for one, or None from None.

    Raises TypeError for a dtype that tapegrad does not have.
    """
    if dtype is None or dtype in NUMPY_DTYPES:
        return dtype
    theirs = np.dtype(dtype).newbyteorder("=")
    if theirs not in DTYPES:
        known = ", ".join(str(d) for d in DTYPES)
        raise TypeError(f"a Variable cannot be of dtype {theirs}; it can of {known}")
    return DTYPES[theirs]


def total_dtype(x: Variable, dtype: Any) -> Any:
    """What sums and products are asked to be of: NumPy makes uint64 of unsigned integers."""
    return _core.uint64 if dtype is None and numpy_dtype(x).kind == "u" else as_dtype(dtype)


def as_array(value: Any) -> np.ndarray[Any, Any]:
    """An ndarray of a dtype that tapegrad has, of the same values. Raises TypeError where there is none."""
    array = np.asarray(value)
    if array.dtype.char in CHARS:
        return array
    if array.dtype.char == "e":  # float32 has a place for every value
        return array.astype(np.float32)
    raise TypeError(
        f"an array of dtype {array.dtype} cannot be combined with Variables, which hold real numbers, "
        "integers and bools: convert it first, as by .astype(float)"
    )


def variables_in(value: Any) -> Iterator[Variable]:
    """The Variables among arguments: in lists, tuples, dicts and object arrays too."""
    if isinstance(value, Variable):
        yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from variables_in(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from variables_in(item)
    elif isinstance(value, np.ndarray) and value.dtype == object:
        for item in value.flat:
            yield from variables_in(item)


def has_variables(value: Any) -> bool:
    return next(variables_in(value), None) is not None


def as_variable(value: Any, dtype: Any = None) -> Variable:
    """A Variable from what NumPy calls array-like: a constant on an ndarray's memory, float64 from floats.

    Lists, tuples and object arrays may hold Variables, which are stacked and stay on the tape.
    """
    if isinstance(value, Variable):
        v = value
    elif isinstance(value, np.ndarray) and value.dtype.char in CHARS:
        v = _core.as_tensor(value)
    elif value.__class__ is float:
        v = _core.tensor(value, dtype=_core.float64)
    elif type(value).__module__ == "tapegrad.return_types":
        raise TypeError(_several(type(value)))
    elif has_variables(value):
        v = _stacked(value.tolist() if isinstance(value, np.ndarray) else value)
    else:
        v = _core.as_tensor(as_array(value))
    return v if dtype is None else v.to(as_dtype(dtype))


def _several(results: Any) -> str:
    """Why what a method of PyTorch's gives is no array, where NumPy's of the name gives one."""
    name, fields = results.__name__, results.__match_args__
    alone = f", or call numpy.{name}(), which gives them alone" if hasattr(np, name) else ""
    return f"{name}() gave {' and '.join(fields)}, which are no one array: take .{fields[0]}{alone}"


def _stacked(value: Any) -> Variable:
    if not isinstance(value, (list, tuple)):
        return as_variable(value)
    items = [as_variable(item) for item in value]
    if any(item.shape != items[0].shape for item in items):
        shapes = ", ".join(str(tuple(item.shape)) for item in items[:4])
        raise ValueError(f"the elements of a sequence must have one shape to make an array, not {shapes}")
    weak = [isinstance(item, (bool, int, float)) for item in value]
    return _core.stack(same_dtype(*items, weak=weak))


def result_dtype(*variables: Variable, weak: Sequence[bool] = ()) -> Any:
    """The dtype NumPy combines these to. What stems from a Python number is `weak`: only its kind counts.

    Raises RuntimeError where NumPy makes floats of integers, of uint64 and signed ones.
    """
    scalars = {"b": False, "i": 0, "u": 0, "f": 0.0}
    if all(v.dtype == variables[0].dtype for v in variables):
        return variables[0].dtype
    kinds = [numpy_dtype(v) for v in variables]
    if len(weak) == len(kinds) and not all(weak):
        kinds = [scalars[k.kind] if w else k for k, w in zip(kinds, weak, strict=True)]  # type: ignore[misc]
    dtype = as_dtype(np.result_type(*kinds))
    if dtype.is_floating_point and not any(v.is_floating_point() for v in variables):
        return _core.promote_types(_core.uint64, _core.int64)  # which raises
    return dtype


def same_dtype(*variables: Variable, weak: Sequence[bool] = ()) -> list[Variable]:
    dtype = result_dtype(*variables, weak=weak)
    return [v.to(dtype) for v in variables]


def operands(*values: Any) -> list[Variable]:
    """Arguments that meet in one result: Variables of the dtype that NumPy gives that result."""
    variables = [as_variable(value) for value in values]
    if not variables or all(v.dtype is variables[0].dtype for v in variables):
        return variables
    weak = [isinstance(value, (bool, int, float)) and not isinstance(value, np.generic) for value in values]
    return same_dtype(*variables, weak=weak)


def floating(value: Any) -> Variable:
    """A Variable of floating point numbers: integers and bools become float64, as NumPy's averages do."""
    v = as_variable(value)
    return v if v.is_floating_point() else v.to(_core.float64)


def values_of(value: Any) -> Any:
    """Arguments with an ndarray in the place of every Variable."""
    if isinstance(value, Variable):
        return value.detach().numpy()
    if isinstance(value, (list, tuple)) and has_variables(value):
        items = [values_of(item) for item in value]
        return type(value)(items) if type(value) in (list, tuple) else type(value)(*items)
    if isinstance(value, dict):
        return {key: values_of(item) for key, item in value.items()}
    if isinstance(value, np.ndarray) and value.dtype == object and has_variables(value):
        return values_of(as_variable(value))
    return value


def as_result(value: Any) -> Any:
    """NumPy's result with its arrays and scalars as Variables, where tapegrad has their dtype."""
    if isinstance(value, (np.ndarray, np.generic)):
        if value.dtype.kind not in "bui" and value.dtype.kind != "f":
            return value
        try:
            return _core.as_tensor(as_array(value))
        except TypeError:
            return value
    if isinstance(value, (list, tuple)):
        items = [as_result(item) for item in value]
        return type(value)(items) if type(value) in (list, tuple) else type(value)(*items)
    return value


def constant(func: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """NumPy's own function on the values alone."""
    return as_result(
        func(*map(values_of, args), **{name: values_of(value) for name, value in kwargs.items()})
    )


def requires_grad(*values: Any) -> bool:
    """Whether a result of these would be on the tape."""
    return _core.is_grad_enabled() and any(v.requires_grad for v in variables_in(values))


def check_inexact(a: Any, dtype: Any) -> None:
    """A TypeError, as NumPy's, where numbers that may be NaN would become integers."""
    if dtype is not None and not as_dtype(dtype).is_floating_point and as_variable(a).is_floating_point():
        raise TypeError("If a is inexact, then dtype must be inexact")


def check_out(out: Any, result: Variable, casting: Any) -> None:
    """Raises TypeError for an ndarray where the result is on the tape, and where the dtype does not allow it;
    ValueError for another shape."""
    theirs = numpy_dtype(out) if isinstance(out, Variable) else np.asarray(out).dtype
    if not np.can_cast(numpy_dtype(result), theirs, casting):
        raise TypeError(
            f"cannot cast the result from {numpy_dtype(result)} to {theirs}, the dtype of out=, with casting "
            f"rule {casting!r}"
        )
    if tuple(out.shape) != tuple(result.shape):
        raise ValueError(f"out= has shape {tuple(out.shape)}, and the result {tuple(result.shape)}")
    if result.requires_grad and not isinstance(out, Variable):
        raise TypeError(
            "out= is a numpy.ndarray, which has no place on the tape, and the result requires grad: give a "
            "Variable for out=, leave it away, or compute from .detach()"
        )


def write_out(out: Any, result: Variable, casting: Any = "same_kind") -> Any:
    """Writes a result where the caller wants it, and gives that back: a Variable, recorded as in place.

    Raises what check_out() raises.
    """
    if out.__class__ is tuple and len(out) == 1:
        (out,) = out
    if not given(out):
        return result
    check_out(out, result, casting)
    if isinstance(out, Variable):
        return out.copy_(result)
    np.copyto(out, result.numpy(), casting=casting)
    return out


def given(value: Any) -> bool:
    """Whether an argument that may be left away was given."""
    return value is not None and value is not NO_VALUE


def axes_of(axis: Any, ndim: int, allow_duplicate: bool = False) -> tuple[int, ...]:
    """An axis, several, or None for all, as non-negative numbers. Raises AxisError as NumPy does."""
    if axis is None:
        return tuple(range(ndim))
    return tuple(np.lib.array_utils.normalize_axis_tuple(axis, ndim, allow_duplicate=allow_duplicate))


def reduced_axes(axis: Any, ndim: int) -> tuple[int, ...]:
    """The same for reductions, which take the axis 0 or -1 of a number too."""
    return () if ndim == 0 and axis in (0, -1) else axes_of(axis, ndim)


def axis_of(axis: Any, ndim: int) -> int:
    return int(np.lib.array_utils.normalize_axis_index(axis, ndim))
