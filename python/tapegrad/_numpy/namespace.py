"""The functions of `tapegrad.numpy`: NumPy's own where no Variable is among the arguments, ours otherwise."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper, wraps
from typing import Any

import numpy as np

from .._core import Variable, broadcast_tensors, cat, where, zeros
from .convert import as_variable, has_variables, values_of, variables_in
from .creation import CONSTRUCTORS, MADE, made
from .registry import CONSTANT, DIFFERENTIABLE
from .table import IMPLEMENTATIONS, lookup_name
from .ufuncs import array_ufunc

# these give Variables whatever they are made of
CREATING = "linspace logspace geomspace zeros_like ones_like empty_like full_like meshgrid".split()  # noqa: SIM905


def function(name: str, theirs: Any, ours: Callable[..., Any]) -> Callable[..., Any]:
    """Takes lists of Variables too, which NumPy's own function would not hand over."""

    @wraps(theirs)
    def call(*args: Any, **kwargs: Any) -> Any:
        if (args and args[0].__class__ is Variable) or has_variables(args) or has_variables(kwargs):
            return ours(*args, **kwargs)
        return theirs(*args, **kwargs)

    return call


class Ufunc:
    """A ufunc of NumPy that takes lists of Variables too. What is not said here is the ufunc's own."""

    __slots__ = ("__dict__", "nin", "theirs")

    def __init__(self, theirs: np.ufunc) -> None:
        self.theirs, self.nin = theirs, theirs.nin
        update_wrapper(self, theirs, updated=())

    def _apply(self, method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if kwargs.get("out") is not None and not isinstance(kwargs["out"], tuple):
            kwargs["out"] = (kwargs["out"],)
        v = next(variables_in((args, kwargs)), None)
        if v is not None:
            result = array_ufunc(v, self.theirs, method, *args, **kwargs)
            if result is not NotImplemented:
                return result
        theirs = self.theirs if method == "__call__" else getattr(self.theirs, method)
        return theirs(*args, **kwargs)

    def __call__(self, *inputs: Any, **kwargs: Any) -> Any:
        if not kwargs and len(inputs) == self.nin:
            for x in inputs:
                if x.__class__ is Variable:
                    result = array_ufunc(x, self.theirs, "__call__", *inputs)
                    return self.theirs(*inputs) if result is NotImplemented else result
        if len(inputs) > self.nin:
            kwargs["out"] = inputs[self.nin :]
            inputs = inputs[: self.nin]
        return self._apply("__call__", inputs, kwargs)

    def reduce(self, *args: Any, **kwargs: Any) -> Any:
        return self._apply("reduce", args, kwargs)

    def accumulate(self, *args: Any, **kwargs: Any) -> Any:
        return self._apply("accumulate", args, kwargs)

    def reduceat(self, *args: Any, **kwargs: Any) -> Any:
        return self._apply("reduceat", args, kwargs)

    def outer(self, *args: Any, **kwargs: Any) -> Any:
        return self._apply("outer", args, kwargs)

    def at(self, *args: Any, **kwargs: Any) -> Any:
        return self._apply("at", args, kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.theirs, name)

    def __repr__(self) -> str:
        return f"<ufunc {self.theirs.__name__!r} of tapegrad.numpy>"


class Vectorize(np.vectorize):  # pyright: ignore[reportIncompatibleVariableOverride]
    """np.vectorize, whose function may be given elements of Variables and give Variables."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not has_variables((args, kwargs)):
            return super().__call__(*args, **kwargs)
        if kwargs or self.excluded or self.signature is not None:
            raise TypeError(
                "numpy.vectorize of Variables takes positional arguments alone, and neither excluded= nor "
                "signature="
            )
        arrays = broadcast_tensors(*map(as_variable, args))
        rows = [self.pyfunc(*elements) for elements in zip(*(v.reshape(-1) for v in arrays), strict=True)]
        if not rows:
            raise ValueError("cannot call `vectorize` on size 0 inputs unless `otypes` is set")
        columns = zip(*rows, strict=True) if isinstance(rows[0], tuple) else (rows,)
        results = tuple(as_variable(list(column)).reshape(arrays[0].shape) for column in columns)
        return results if isinstance(rows[0], tuple) else results[0]


class Concatenator:
    """np.r_ and np.c_, whose parts may be Variables."""

    def __init__(self, theirs: Any) -> None:
        self.theirs = theirs

    def __getitem__(self, key: Any) -> Variable:
        parts = [
            as_variable(p) if has_variables(p) else p for p in (key if isinstance(key, tuple) else (key,))
        ]
        values = as_variable(self.theirs[tuple(values_of(parts))])
        variables = [p.to(values.dtype) for p in parts if isinstance(p, Variable)]
        if not variables:
            return values
        # the elements' numbers go the way of the elements; 0 stands for what is no Variable's
        sizes = np.cumsum([1, *(v.numel() for v in variables)])
        starts = iter(sizes.tolist())
        numbers = tuple(
            np.arange(start := next(starts), start + p.numel()).reshape(tuple(p.shape))
            if isinstance(p, Variable)
            else p
            if isinstance(p, str)
            else np.zeros(np.r_[p].shape if isinstance(p, slice) else np.shape(p), int)
            for p in parts
        )
        places = as_variable(self.theirs[numbers])
        moved = cat([zeros(1, dtype=values.dtype), *(v.reshape(-1) for v in variables)])[places]
        return where(places > 0, moved, values)


def member(name: str, module: str = "") -> Any:
    """What `tapegrad.numpy` has under a name. Raises AttributeError for what NumPy does not have."""
    dotted = f"{module}.{name}" if module else name
    theirs = lookup_name(dotted)
    if dotted in CONSTRUCTORS or dotted in CREATING:
        ours = CONSTRUCTORS.get(dotted) or DIFFERENTIABLE[dotted]
        ours.__doc__ = ours.__doc__ or getattr(theirs, "__doc__", None)
        return ours
    if theirs is None and not hasattr(lookup_name(module) if module else np, name):
        raise AttributeError(
            f"module 'tapegrad.numpy{'.' + module if module else ''}' has no attribute {name!r}"
        )
    if dotted in MADE.split():
        return made(dotted)
    if dotted in ("r_", "c_"):
        return Concatenator(theirs)
    if theirs is np.vectorize:
        return Vectorize
    if isinstance(theirs, np.ufunc):
        return Ufunc(theirs)
    implementation = DIFFERENTIABLE.get(dotted) or CONSTANT.get(dotted)
    if implementation is None and callable(theirs) and not isinstance(theirs, type):
        implementation = IMPLEMENTATIONS.get(theirs)
    return theirs if implementation is None else function(dotted, theirs, implementation)
