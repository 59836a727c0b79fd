"""Where the numbers of an array, or of a tree of arrays, lie in the vector that SciPy works on."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from scipy.optimize import Bounds, OptimizeResult

from ..._core import Variable
from ...func._tree import leaves, rebuilt

_NUMBERS = (bool, int, float, np.generic)


def refuse(function: str, given: dict[str, Any]) -> None:
    """Raises TypeError for arguments of SciPy's that have no place here."""
    for name in given:
        if name in ("jac", "hess", "hessp", "diff_step", "jac_sparsity", "workers"):
            raise TypeError(f"{function}() takes no {name}: derivatives come from the tape, leave it out")
        raise TypeError(f"{function}() got an unexpected keyword argument {name!r}")


class Layout:
    """The form of `x0`, and `start`, its numbers as a float64 vector.

    Raises TypeError for what holds no real numbers.
    """

    def __init__(self, x0: Any) -> None:
        if isinstance(x0, (list, tuple)) and all(isinstance(leaf, _NUMBERS) for leaf in leaves(x0)):
            x0 = np.array(x0)
        self.model = x0
        arrays = [_numbers(leaf) for leaf in leaves(x0)]
        # SciPy makes a vector of a number, and so do its users' functions expect it.
        self.tree = isinstance(x0, (list, tuple, dict))
        self.shapes = [a.shape if self.tree else np.atleast_1d(a).shape for a in arrays]
        self.sizes = [a.size for a in arrays]
        self.plain = not self.tree and len(self.shapes[0]) == 1
        self.start = np.concatenate([a.ravel() for a in arrays]) if arrays else np.zeros(0)

    def variables(self, x: Variable) -> Any:
        """A vector in the form of `x0`, by views of it."""
        if self.plain:
            return x
        parts = x.split(self.sizes) if len(self.sizes) > 1 else [x]
        return self._built(part.view(shape) for part, shape in zip(parts, self.shapes, strict=True))

    def arrays(self, x: np.ndarray) -> Any:
        """A vector in the form of `x0`, in ndarrays."""
        if self.plain:
            return x
        parts = np.split(x, np.cumsum(self.sizes)[:-1])
        return self._built(part.reshape(shape) for part, shape in zip(parts, self.shapes, strict=True))

    def _built(self, parts: Iterable[Any]) -> Any:
        return rebuilt(self.model, iter(parts)) if self.tree else next(iter(parts))

    def bounds(self, given: Any) -> Any:
        """SciPy's bounds from a dict of pairs by the names of `x0`; other forms as they are."""
        if not isinstance(given, dict):
            return given
        low, high = zip(*_pairs(given, self.model, "bounds"), strict=True)
        return Bounds(np.concatenate(low), np.concatenate(high))

    def result(self, found: Any) -> Any:
        """A result of SciPy's with what has an entry for each number of `x` in the form of `x0`."""
        for name in ("x", "jac", "grad"):
            value = found.get(name)
            if isinstance(value, np.ndarray) and value.shape == self.start.shape:
                found[name] = self.arrays(value)
        return found

    def callback(self, function: Callable[..., Any] | None) -> Callable[..., Any] | None:
        """The user's callback, for SciPy to call with its vectors. SciPy looks at the names of arguments."""
        if function is None or self.plain:
            return function
        if set(inspect.signature(function).parameters) == {"intermediate_result"}:

            def with_result(intermediate_result: Any) -> Any:
                return function(intermediate_result=self.result(OptimizeResult(intermediate_result)))

            return with_result

        def with_point(x: np.ndarray, *rest: Any) -> Any:
            return function(self.arrays(np.array(x)), *rest)

        return with_point


def _pairs(given: Any, model: Any, where: str) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The lower and the upper bounds of each leaf of the model; what is not named has none."""
    if isinstance(model, dict):
        if given is not None and not (isinstance(given, dict) and given.keys() <= model.keys()):
            raise ValueError(f"{where} must be a dict by names of x0, {list(model)}, not {given!r}")
        for name, part in model.items():
            yield from _pairs(given.get(name) if given else None, part, f"{where}[{name!r}]")
        return
    try:
        low, high = (None, None) if given is None else given
        for leaf in leaves(model):
            shape = _numbers(leaf).shape
            yield (
                np.broadcast_to(np.asarray(-np.inf if low is None else low, float), shape).ravel(),
                np.broadcast_to(np.asarray(np.inf if high is None else high, float), shape).ravel(),
            )
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{where} must be a pair (low, high) of numbers, of arrays like what they bound, or of None, "
            f"not {given!r}"
        ) from error


def _numbers(leaf: Any) -> np.ndarray:
    array = leaf.detach().numpy() if isinstance(leaf, Variable) else np.asarray(leaf)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"x0 must hold real numbers, not {type(leaf).__name__} ({array.dtype})")
    return array.astype(np.float64)
