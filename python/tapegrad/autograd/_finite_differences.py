"""A function at a point, and its values nearby: the numerical side of gradcheck."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from .._core import Variable

if TYPE_CHECKING:
    import numpy.typing as npt

Array: TypeAlias = "npt.NDArray[Any]"


def as_tuple(x: Any) -> tuple[Any, ...]:
    return tuple(x) if isinstance(x, (tuple, list)) else (x,)


def is_differentiable(x: Any) -> bool:
    return isinstance(x, Variable) and x.requires_grad


class Tolerance(NamedTuple):
    eps: float
    atol: float
    rtol: float

    def allowed(self, numerical: Any) -> Any:
        return self.atol + self.rtol * np.abs(numerical)

    def close(self, analytical: Any, numerical: Any) -> bool:
        return bool(np.allclose(analytical, numerical, rtol=self.rtol, atol=self.atol))


class Output(NamedTuple):
    """A result that is a Variable, and its place among those."""

    place: int
    value: Variable


class Problem:
    """``func(*inputs)``, with inputs that can be moved a little.

    Inputs are moved where they lie, so that a function that knows them otherwise than by its arguments sees
    it too; and moved back whatever happens.
    """

    def __init__(self, func: Callable[..., Any], inputs: tuple[Any, ...], tolerance: Tolerance) -> None:
        self.func, self.inputs, self.tolerance = func, inputs, tolerance
        self.inputs_checked = [i for i, x in enumerate(inputs) if is_differentiable(x)]
        self.outputs = [Output(*pair) for pair in enumerate(self._evaluate())]
        if not self.outputs:
            raise ValueError(
                "gradcheck: the function returned no Variable, so that there is nothing to check: item(), "
                "float() and their like take results off the tape"
            )
        self.differentiable = [output for output in self.outputs if output.value.requires_grad]

    def _evaluate(self) -> list[Variable]:
        return [o for o in as_tuple(self.func(*self.inputs)) if isinstance(o, Variable)]

    def evaluate_differentiable(self) -> list[Variable]:
        """The outputs that require grad, computed anew."""
        return [o for o in self._evaluate() if o.requires_grad]

    def values(self) -> list[Array]:
        """All outputs as they are now, as float64."""
        return [np.array(o.detach().numpy(), dtype=np.float64) for o in self._evaluate()]

    def array(self, i: int) -> Array:
        """The memory of input i, behind the back of the version counters."""
        array: Array = self.inputs[i].detach().numpy()
        return array

    def jacobians(self, i: int) -> list[Array]:
        """For each output, how it changes with input i: a row an element of the input, a column one of the
        output."""
        array = self.array(i)
        rows = [
            self._central(i, place, self.tolerance.eps, self.tolerance.eps)
            for place in np.ndindex(array.shape)
        ]
        return [
            np.array([row[k] for row in rows]).reshape(array.size, output.value.numel())
            for k, output in enumerate(self.outputs)
        ]

    def along(self, i: int, direction: Array) -> list[Array]:
        """For each output, its derivative along a direction of input i."""
        step = direction.reshape(self.array(i).shape) * self.tolerance.eps
        return self._central(i, ..., step, self.tolerance.eps)

    def one_sided(self, i: int, element: tuple[int, ...], eps: float) -> tuple[list[Array], list[Array]]:
        """Slopes to the left and to the right, for each output."""
        here = self.values()
        with moved(self.array(i), element, -eps):
            left = [(b - a) / eps for a, b in zip(self.values(), here, strict=True)]
        with moved(self.array(i), element, eps):
            right = [(b - a) / eps for a, b in zip(here, self.values(), strict=True)]
        return left, right

    def _central(self, i: int, place: Any, step: Any, length: float) -> list[Array]:
        array = self.array(i)
        with moved(array, place, -step):
            before = self._evaluate_like(place, step)
        with moved(array, place, step):
            after = self._evaluate_like(place, step)
        return [((b - a) / (2 * length)).reshape(-1) for a, b in zip(before, after, strict=True)]

    def _evaluate_like(self, place: Any, step: Any) -> list[Array]:
        """The values, of the dtypes and shapes that the outputs had."""
        found = self._evaluate()
        if len(found) != len(self.outputs):
            raise AssertionError(
                f"`func` returned {len(self.outputs)} Variables first and {len(found)} when moved"
            )
        for (_, expected), now in zip(self.outputs, found, strict=True):
            for what in ("shape", "dtype"):
                if getattr(expected, what) != getattr(now, what):
                    raise AssertionError(
                        f"Expected `func` to return outputs with the same {what} when inputs are "
                        "perturbed on "
                        f"index {place} by {step}, but got: {what}s {getattr(expected, what)} and "
                        f"{getattr(now, what)}."
                    )
        return [np.array(o.detach().numpy(), dtype=np.float64) for o in found]


@contextmanager
def moved(array: Array, place: Any, step: Any) -> Iterator[None]:
    """`step` added at a place of the array, while the block runs."""
    before = array[place].copy()
    array[place] = before + step
    try:
        yield
    finally:
        array[place] = before
