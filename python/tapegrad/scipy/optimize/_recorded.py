"""A function of Variables as SciPy calls it: with a vector, for a value or one of its derivatives."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ... import _core
from ..._core import Variable
from ...autograd import grad
from ...autograd.grad_mode import enable_grad, no_grad
from ...func._trace import need_recording
from ...func._tree import leaves
from ._layout import Layout

_LOST = (
    "no gradient can be had. Either it does not depend on x, or x left the tape on the way (detach(), "
    "item(), numpy(), no_grad)"
)


class Recorded:
    """The function at the last point that SciPy asked about, and the tape of that call.

    A value, its gradient and its second derivatives at one point take one call of the function. `twice`
    records the gradient too, for second derivatives.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        layout: Layout,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
        scalar: bool = False,
        twice: bool = False,
    ) -> None:
        self.function, self.layout, self.args, self.kwargs = function, layout, args, kwargs or {}
        self.scalar, self.twice = scalar, twice
        self.point: np.ndarray | None = None
        self.x: Variable
        self.output: Variable
        self.slope: Variable | None = None
        self.tangents: tuple[Variable, Variable] | None = None

    # --- what SciPy calls ------------------------------------------------------------

    def untaped(self, point: np.ndarray, *unused: Any) -> Any:
        """The value alone, for methods that use no derivative."""
        with no_grad():
            return self._numbers(self._call(_core.from_numpy(np.array(point, dtype=np.float64))))

    def value(self, point: np.ndarray, *unused: Any) -> Any:
        self._move(point)
        return self._numbers(self.output)

    def gradient(self, point: np.ndarray, *unused: Any) -> np.ndarray:
        self._move(point)
        return _array(self._gradient())

    def product(self, point: np.ndarray, vector: np.ndarray, *unused: Any) -> np.ndarray:
        """The Hessian times a vector."""
        self._move(point)
        return _array(self._second(_core.tensor(np.reshape(vector, -1), dtype=_core.float64)))

    def hessian(self, point: np.ndarray, *unused: Any) -> np.ndarray:
        self._move(point)
        rows = [self._second(unit).numpy() for unit in _units(self.x.numel())]
        matrix = np.array(rows).reshape(self.x.numel(), -1)
        symmetric: np.ndarray = (matrix + matrix.T) / 2  # the same but for rounding, and some methods look
        return symmetric

    def jacobian(self, point: np.ndarray, *unused: Any) -> np.ndarray:
        """A row for each output: by a backward pass for each, or for each number of x if they are fewer."""
        self._move(point)
        if self.output.numel() <= self.x.numel():
            found = [self.times_transposed(unit) for unit in _units(self.output.numel())]
            return np.array(found).reshape(-1, self.x.numel())
        return np.array([self.times(unit) for unit in _units(self.x.numel())]).T

    def weighted(self, weights: np.ndarray) -> Recorded:
        """The weighted sum of the outputs, as a function with second derivatives."""
        factors = _core.tensor(np.reshape(weights, -1), dtype=_core.float64)

        def total(x: Any, *args: Any) -> Variable:
            return (_joined(self.function(x, *args, **self.kwargs)) * factors).sum()

        return Recorded(total, self.layout, self.args, scalar=True, twice=True)

    # --- derivatives at the present point --------------------------------------------

    def times(self, vector: Variable) -> np.ndarray:
        """The Jacobian times a vector: backward is linear in its cotangent, and this its derivative."""
        if self.tangents is None:
            with enable_grad():
                cotangent = _core.zeros_like(self.output, requires_grad=True)
                (product,) = grad(self.output, self.x, cotangent, create_graph=True, allow_unused=True)
                self.tangents = (cotangent, self._reached(product))
        cotangent, product = self.tangents
        (column,) = grad(product, cotangent, vector, retain_graph=True)
        return _array(column)

    def times_transposed(self, vector: Variable) -> np.ndarray:
        (row,) = grad(self.output, self.x, vector, retain_graph=True, allow_unused=True)
        return _array(self._reached(row))

    def _gradient(self) -> Variable:
        if self.slope is None:
            (slope,) = grad(
                self.output, self.x, create_graph=self.twice, retain_graph=True, allow_unused=True
            )
            self.slope = self._reached(slope)
        return self.slope

    def _second(self, vector: Variable) -> Variable:
        slope = self._gradient()
        product = None
        if slope.requires_grad:  # else a linear function
            (product,) = grad(slope, self.x, vector, retain_graph=True, allow_unused=True)
        return _core.zeros_like(self.x) if product is None else product.detach()

    # --- the call -------------------------------------------------------------------

    def _move(self, point: np.ndarray) -> None:
        if self.point is not None and np.array_equal(self.point, point):
            return
        need_recording()
        self.slope = self.tangents = self.point = None
        kept = np.array(point, dtype=np.float64)  # SciPy writes into its own
        self.x = _core.tensor(kept, requires_grad=True)
        with enable_grad():
            self.output = self._call(self.x)
        # A constant that is not finite is how functions say that a point is out of bounds.
        if not self.output.requires_grad:
            if self.output.isfinite().all():
                raise RuntimeError(f"the function {self._name()} returned a constant: {_LOST}")
            self.output = self.output + 0 * self.x.sum()
        self.point = kept

    def _call(self, x: Variable) -> Variable:
        result = self.function(self.layout.variables(x), *self.args, **self.kwargs)
        if self.scalar and isinstance(result, float) and not math.isfinite(result):
            result = _core.tensor(result, dtype=_core.float64)  # "out of bounds"
        if not leaves(result) or not any(isinstance(leaf, Variable) for leaf in leaves(result)):
            raise TypeError(
                f"the function {self._name()} must return a Variable, not {type(result).__name__}: {_LOST}"
            )
        if not self.scalar:
            return _joined(result)
        if not isinstance(result, Variable) or result.numel() != 1:
            shape = tuple(result.shape) if isinstance(result, Variable) else f"a {type(result).__name__}"
            raise ValueError(f"the objective {self._name()} must return one number, got {shape}: sum() it")
        return result.reshape(()).to(_core.float64)

    def _numbers(self, output: Variable) -> Any:
        return output.item() if self.scalar else _array(output)

    def _reached(self, gradient: Variable | None) -> Variable:
        if gradient is None:
            raise RuntimeError(f"the function {self._name()} does not use x: {_LOST}")
        return gradient

    def _name(self) -> str:
        return getattr(self.function, "__name__", type(self.function).__name__)


def _joined(result: Any) -> Variable:
    """A result, or the list of its parts, as a float64 vector."""
    parts = [_core.as_tensor(leaf).to(_core.float64).reshape(-1) for leaf in leaves(result)]
    return parts[0] if len(parts) == 1 else _core.cat(parts)


def _array(v: Variable) -> np.ndarray:
    """A fresh array in order: SciPy writes into what it gets, and its compiled code reads past strides."""
    return np.array(v.detach().numpy(), order="C")


def _units(size: int) -> list[Variable]:
    return list(_core.eye(size, dtype=_core.float64))
