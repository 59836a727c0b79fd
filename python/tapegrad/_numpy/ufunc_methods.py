"""A ufunc's `out=`, `where=`, `dtype=`, and its methods `reduce`, `accumulate`, `outer`, `at`, `reduceat`."""

from __future__ import annotations

import opcode
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _core
from .._core import Variable
from .convert import (
    NO_VALUE,
    as_dtype,
    as_variable,
    axis_of,
    check_out,
    constant,
    given,
    numpy_dtype,
    reduced_axes,
    requires_grad,
    result_dtype,
    variables_in,
    write_out,
)
from .ufuncs import Implementation, operand

_PACKAGE = __name__.rpartition(".")[0]
BINARY_OP = opcode.opmap.get("BINARY_OP")


def _in_place_operator() -> bool:
    """Whether the caller's expression is `array += v`: the result is then bound anew, as a Variable."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(_PACKAGE):
        frame = frame.f_back
    code, at = frame.f_code.co_code, frame.f_lasti
    operators: list[tuple[str, str]] = getattr(opcode, "_nb_ops", [])
    if BINARY_OP is None or code[at] != BINARY_OP or code[at + 1] >= len(operators):
        return False
    return operators[code[at + 1]][1].endswith("=")


def call(
    ufunc: np.ufunc,
    op: Implementation,
    *inputs: Any,
    out: tuple[Any, ...] | None = None,
    where: Any = True,
    dtype: Any = None,
    casting: str = "same_kind",
    order: str = "K",
    subok: bool = True,
    axis: Any = None,
    keepdims: bool = False,
    **unknown: Any,
) -> Any:
    if unknown:
        raise TypeError(f"{ufunc.__name__}() of Variables does not take {', '.join(unknown)}=")
    if ufunc.signature is not None and (given(axis) or keepdims):
        return _along_axis(ufunc, op, inputs, axis, keepdims, out, casting)
    if out is not None:
        inputs = tuple(_kept(x, out) for x in inputs)
    if dtype is not None:
        inputs = tuple(as_variable(operand(x)).to(as_dtype(dtype)) for x in inputs)
    result = op(*inputs) if where is True else _where(ufunc, op, inputs, where, out)
    if dtype is not None and not isinstance(result, tuple):
        result = result.to(as_dtype(dtype)) if numpy_dtype(result).kind == "f" else result
    if out is None:
        return result
    if isinstance(result, tuple):
        for o, r in zip(out, result, strict=True):  # nothing is written where one of them does not fit
            if o is not None:
                check_out(o, r, casting)
        return tuple(write_out(o, r, casting) for o, r in zip(out, result, strict=True))
    if len(inputs) == 2 and out[0] is inputs[0] and isinstance(out[0], np.ndarray) and _in_place_operator():
        return _augmented(out[0], result)
    return write_out(out[0], _expanded(result, out[0]), casting)


def _kept(x: Any, out: tuple[Any, ...]) -> Any:
    """An operand; a copy of one that is written, as methods in place keep it for the derivative."""
    written = isinstance(x, Variable) and any(x is o for o in out)
    return x.clone() if written and x.requires_grad and _core.is_grad_enabled() else x


def _augmented(array: np.ndarray[Any, Any], result: Variable) -> Variable:
    """`array += v`: what is on the tape takes the array's name; a constant is written into it as well."""
    writes = (
        not result.requires_grad
        and array.shape == tuple(result.shape)
        and np.can_cast(numpy_dtype(result), array.dtype, "same_kind")
        and array.flags.writeable
        and numpy_dtype(result) == array.dtype
    )
    if not writes:
        return result
    np.copyto(array, result.numpy())
    return as_variable(array)


def _expanded(result: Variable, out: Any) -> Variable:
    """A ufunc's result may be broadcast into what it is written to."""
    if tuple(result.shape) == tuple(out.shape):
        return result
    try:
        shape = np.broadcast_shapes(tuple(result.shape), tuple(out.shape))
    except ValueError:
        return result
    return result.expand(*shape) if shape == tuple(out.shape) else result


def _where(ufunc: np.ufunc, op: Implementation, inputs: tuple[Any, ...], where: Any, out: Any) -> Any:
    """Computed where the mask is true and nowhere else, so that no gradient comes from elsewhere.

    The rest is what `out` has there, or zero.
    """
    given_out = out[0] if out else None
    arrays = [as_variable(operand(x)) for x in inputs]
    mask = as_variable(where).bool()
    shapes = [tuple(v.shape) for v in (*arrays, mask)]
    if given_out is not None:
        shapes.append(tuple(given_out.shape))
    shape = np.broadcast_shapes(*shapes)
    mask = mask.expand(*shape)
    result = op(*(v.expand(*shape)[mask] for v in arrays))
    if isinstance(result, tuple):
        raise TypeError(f"{ufunc.__name__}() of Variables does not take where=")
    if given_out is None:
        rest = _core.zeros(shape, dtype=result.dtype)
    else:
        rest = as_variable(given_out).detach() if isinstance(given_out, np.ndarray) else given_out
        rest = rest.clone().to(result_dtype(rest, result))
    return rest.index_put((mask,), result.to(rest.dtype))


def _along_axis(
    ufunc: np.ufunc, op: Implementation, inputs: Any, axis: Any, keepdims: bool, out: Any, casting: str
) -> Any:
    """vecdot(a, b, axis=0): the one generalised ufunc that has an axis."""
    if ufunc.__name__ != "vecdot":
        raise TypeError(f"{ufunc.__name__}() of Variables does not take axis= or keepdims=")
    axis = -1 if not given(axis) else axis
    a, b = (as_variable(operand(x)).movedim(axis, -1) for x in inputs)
    result = op(a, b)
    if keepdims:
        result = result.unsqueeze(axis)
    return write_out(out, result, casting)


# --- reduce

Reduction = Callable[[Variable, tuple[int, ...], bool], Variable]


def prod(x: Variable, axes: tuple[int, ...], keepdims: bool) -> Variable:
    for axis in sorted(axes, reverse=True):
        x = x.prod(axis, keepdims)
    return x


def norm(x: Variable, axes: tuple[int, ...], keepdims: bool) -> Variable:
    return _core._linalg.vector_norm(x, 2, axes, keepdims)


REDUCTIONS: dict[np.ufunc, Reduction] = {
    np.add: lambda x, axes, keepdims: x.sum(axes, keepdims),
    np.multiply: prod,
    np.maximum: lambda x, axes, keepdims: x.amax(axes, keepdims),
    np.minimum: lambda x, axes, keepdims: x.amin(axes, keepdims),
    np.logaddexp: lambda x, axes, keepdims: x.logsumexp(axes, keepdims),
    np.hypot: norm,
}
LOGICAL = (np.logical_and, np.logical_or, np.logical_xor)


def _array(ufunc: np.ufunc, array: Any, dtype: Any) -> Variable:
    """What is to be combined: of the dtype that is wished for, and bools where only truth counts."""
    if ufunc.nin != 2 or ufunc.nout != 1:
        raise ValueError(f"{ufunc.__name__}: only binary ufuncs with a single result reduce and accumulate")
    x = as_variable(array, dtype)
    return x.bool() if ufunc in LOGICAL else x


def reduce(
    ufunc: np.ufunc,
    op: Implementation,
    array: Any,
    axis: Any = 0,
    dtype: Any = None,
    out: Any = None,
    keepdims: bool = False,
    initial: Any = NO_VALUE,
    where: Any = True,
) -> Any:
    """The elements along the axes combined to one. What `where` leaves out is as if it were not there."""
    x = _array(ufunc, array, dtype)
    if x.dtype == _core.bool and ufunc in (np.add, np.multiply) and dtype is None:
        x = x.to(_core.int64)
    axes = reduced_axes(axis, x.dim())
    if not x.is_floating_point() and not requires_grad(initial):
        options = {} if initial is NO_VALUE else {"initial": initial}
        options |= {} if where is True else {"where": where}
        options |= {} if dtype is None or ufunc in LOGICAL else {"dtype": numpy_dtype(x)}
        result = constant(ufunc.reduce, x, axis=axis if axis is None else axes, keepdims=keepdims, **options)
        return write_out(out, as_variable(result), "unsafe" if dtype is not None else "same_kind")
    if where is not True:
        x = _neutral(ufunc, x, where, initial)
    if given(initial) and ufunc.identity is None and any(x.shape[axis] == 0 for axis in axes):
        sizes = [1 if at in axes else n for at, n in enumerate(x.shape) if keepdims or at not in axes]
        return write_out(out, as_variable(initial).to(x.dtype).expand(*sizes).clone())
    ordered = given(initial) and ufunc.identity is None and ufunc not in NEUTRAL and len(axes) == 1
    if ordered:
        sizes = [1 if at in axes else n for at, n in enumerate(x.shape)]
        x = _core.cat([as_variable(initial).to(x.dtype).expand(*sizes), x], axes[0])
    if axes:
        result = _reduce(ufunc, op, x, axes, bool(keepdims))
    else:
        result = x.abs() if ufunc is np.hypot else x.clone()
    if given(initial) and not ordered:
        result = op(as_variable(initial).to(result.dtype), result)
    return write_out(out, result)


def _reduce(
    ufunc: np.ufunc, op: Implementation, x: Variable, axes: tuple[int, ...], keepdims: bool
) -> Variable:
    empty = any(x.shape[axis] == 0 for axis in axes)
    if ufunc in REDUCTIONS and not (empty and ufunc.identity is None):
        return REDUCTIONS[ufunc](x, axes, keepdims)
    if len(axes) > 1 and ufunc.identity is None and ufunc not in NEUTRAL:
        raise ValueError(
            f"reduction operation {ufunc.__name__!r} is not reorderable, so only one axis may be given"
        )
    for axis in sorted(axes, reverse=True):
        parts = list(x.unbind(axis))
        if not parts:
            if ufunc.identity is None:
                raise ValueError(
                    f"zero-size array to reduction operation {ufunc.__name__} which has no identity"
                )
            x = _core.full(tuple(np.delete(x.shape, axis)), ufunc.identity, dtype=x.dtype)
        else:
            x = parts[0] if len(parts) > 1 else parts[0].clone()
        for part in parts[1:]:
            x = op(x, part)
        if keepdims:
            x = x.unsqueeze(axis)
    return x


NEUTRAL: dict[Any, float] = {
    np.maximum: -np.inf,
    np.minimum: np.inf,
    np.fmax: np.nan,
    np.fmin: np.nan,
    np.hypot: 0.0,
}


def _neutral(ufunc: np.ufunc, x: Variable, where: Any, initial: Any) -> Variable:
    """x with what the mask leaves out replaced by what changes nothing."""
    identity = ufunc.identity
    if identity is None:
        if not given(initial):
            raise ValueError(
                f"reduction operation {ufunc.__name__!r} does not have an identity, so to use a where mask "
                "one has to specify 'initial'"
            )
        identity = NEUTRAL.get(ufunc)
    if identity is None:
        raise TypeError(f"numpy.{ufunc.__name__}.reduce of Variables does not take where=")
    return _core.where(as_variable(where).bool(), x, identity)


# --- accumulate, reduceat

ACCUMULATIONS: dict[np.ufunc, Callable[[Variable, int], Variable]] = {
    np.add: _core.cumsum,
    np.multiply: _core.cumprod,
    np.maximum: lambda x, axis: _core.cummax(x, axis)[0],
    np.minimum: lambda x, axis: _core.cummin(x, axis)[0],
    np.logaddexp: _core.logcumsumexp,
}


def accumulate(
    ufunc: np.ufunc, op: Implementation, array: Any, axis: int = 0, dtype: Any = None, out: Any = None
) -> Any:
    x = _array(ufunc, array, dtype)
    axis = axis_of(axis, x.dim())
    if not x.is_floating_point():
        return write_out(out, as_variable(constant(ufunc.accumulate, x, axis)), "unsafe")
    if ufunc in ACCUMULATIONS:
        return write_out(out, ACCUMULATIONS[ufunc](x, axis))
    if x.shape[axis] == 0:
        return write_out(out, x.clone())
    parts = list(x.unbind(axis))
    for i in range(1, len(parts)):
        parts[i] = op(parts[i - 1], parts[i])
    return write_out(out, _core.stack(parts, axis))


def reduceat(
    ufunc: np.ufunc,
    op: Implementation,
    array: Any,
    indices: Any,
    axis: int = 0,
    dtype: Any = None,
    out: Any = None,
) -> Any:
    """The reductions of array[i:j] for neighbours i < j of the indices, and array[i] where i >= j."""
    x = _array(ufunc, array, dtype)
    axis = axis_of(axis, x.dim())
    size = x.shape[axis]
    starts = np.atleast_1d(np.asarray(indices)).astype(np.int64, casting="same_kind")
    outside = starts[(starts < 0) | (starts >= size)]
    if outside.size:
        raise IndexError(f"index {outside[0]} out-of-bounds in {ufunc.__name__}.reduceat [0, {size})")
    if not x.is_floating_point():
        return write_out(out, as_variable(constant(ufunc.reduceat, x, starts, axis=axis)))
    lengths = np.diff(starts, append=size)
    if ufunc in SEGMENTS and (lengths > 0).all():
        return write_out(out, _segments(ufunc, x, axis, starts, lengths))
    parts = []
    for i, length in zip(starts.tolist(), lengths.tolist(), strict=True):
        if length > 0:
            parts.append(as_variable(reduce(ufunc, op, x.narrow(axis, i, length), axis)))
        else:
            parts.append(x.select(axis, i))
    return write_out(out, _core.stack(parts, axis))


Segments = Callable[[Variable, int, Variable, Variable], Variable]


def _reducing(how: str) -> Segments:
    return lambda into, axis, which, x: into.index_reduce(axis, which, x, how, include_self=False)


SEGMENTS: dict[np.ufunc, Segments] = {
    np.add: lambda into, axis, which, x: into.index_add(axis, which, x),
    np.multiply: _reducing("prod"),
    np.maximum: _reducing("amax"),
    np.minimum: _reducing("amin"),
}


def _segments(ufunc: np.ufunc, x: Variable, axis: int, starts: Any, lengths: Any) -> Variable:
    """Segments that follow one another, each reduced to one element."""
    shape = [*x.shape]
    shape[axis] = len(starts)
    which = as_variable(np.repeat(np.arange(len(starts)), lengths))
    x = x.narrow(axis, int(starts[0]), int(lengths.sum()))
    return SEGMENTS[ufunc](_core.zeros(shape, dtype=x.dtype), axis, which, x)


# --- outer, at


def outer(ufunc: np.ufunc, op: Implementation, a: Any, b: Any, **kwargs: Any) -> Any:
    a, b = as_variable(operand(a)), as_variable(operand(b))
    return call(ufunc, op, a.reshape(*a.shape, *(1,) * b.dim()), b, **kwargs)


def at(ufunc: np.ufunc, op: Implementation, array: Any, indices: Any, *values: Any) -> None:
    """In place at the indices, every occurrence of an index counting, in order."""
    if not isinstance(array, Variable):
        if requires_grad(*values):
            raise TypeError(
                f"numpy.{ufunc.__name__}.at writes into a numpy.ndarray, which has no place on the tape, and "
                "the values require grad: make the array a Variable first, as by tapegrad.tensor(array)"
            )
        ufunc.at(array, _plain(indices), *(_plain(v) for v in values))
        return
    # positions in the flattened array name the elements, so that equal ones are found
    places = np.arange(array.numel()).reshape(tuple(array.shape))[_plain(indices)]
    flat = places.reshape(-1)
    chosen = [
        as_variable(v).to(array.dtype) if numpy_dtype(array).kind == "f" else as_variable(v) for v in values
    ]
    chosen = [v.expand(*places.shape).reshape(-1) for v in chosen]
    index = np.unravel_index(flat, tuple(array.shape)) if array.dim() else ()
    if array.dim() == 0:
        for v in chosen[0].unbind() if chosen else [None] * flat.size:
            array.copy_(op(array.clone(), v) if v is not None else op(array.clone()))
        return
    if ufunc in (np.add, np.subtract) and array.is_floating_point():
        array.index_put_(_positions(index), chosen[0] if ufunc is np.add else -chosen[0], accumulate=True)
        return
    for turn in _turns(flat):
        here = _positions(tuple(i[turn] for i in index))
        order = as_variable(turn)
        result = op(array[here], *(v[order] for v in chosen))
        array.index_put_(here, result.to(array.dtype))


def _positions(index: tuple[np.ndarray[Any, Any], ...]) -> tuple[Variable, ...]:
    return tuple(as_variable(i.astype(np.int64)) for i in index)


def _plain(value: Any) -> Any:
    from .convert import values_of

    return values_of(value)


def _turns(flat: np.ndarray[Any, Any]) -> list[np.ndarray[Any, Any]]:
    """Numbers of the entries of `flat`, in rounds: the first occurrence of every value, the second, ..."""
    order = np.argsort(flat, kind="stable")
    ordered = flat[order]
    first = np.searchsorted(ordered, ordered, side="left")
    turn = np.arange(flat.size) - first
    return [np.sort(order[turn == k]) for k in range(int(turn.max(initial=-1)) + 1)]


METHODS: dict[str, Callable[..., Any]] = {
    "__call__": call,
    "reduce": reduce,
    "accumulate": accumulate,
    "reduceat": reduceat,
    "outer": outer,
    "at": at,
}
__all__ = ["METHODS", "prod", "variables_in"]
