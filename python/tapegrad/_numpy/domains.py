"""numpy.emath: NumPy's choice between real and complex results, of which the real ones are here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _core
from .._core import Variable
from .convert import floating, operands, requires_grad, values_of
from .registry import differentiable


def _domain(
    name: str, op: Callable[..., Variable], inside: Callable[..., Any], number_of_arguments: int = 1
) -> None:
    theirs = getattr(np.emath, name)

    def function(*args: Any) -> Any:
        if len(args) != number_of_arguments:
            raise TypeError(f"numpy.emath.{name}() takes {number_of_arguments} arguments, not {len(args)}")
        values = [np.asarray(values_of(a)) for a in args]
        if np.all(inside(*values)):
            return op(*operands(*map(floating, args)))
        if not requires_grad(*args):
            return theirs(*values)
        raise TypeError(
            f"numpy.emath.{name} of these values is complex, and Variables hold real numbers: keep to the "
            f"real domain, or give it .detach()"
        )

    differentiable(f"emath.{name}")(function)


_domain("sqrt", _core.sqrt, lambda x: ~(x < 0))
_domain("log", _core.log, lambda x: ~(x < 0))
_domain("log2", _core.log2, lambda x: ~(x < 0))
_domain("log10", _core.log10, lambda x: ~(x < 0))
_domain("logn", lambda n, x: x.log() / n.log(), lambda n, x: ~(x < 0) & ~(n < 0), 2)
_domain("power", _core.pow, lambda x, p: ~(x < 0), 2)
_domain("arccos", _core.acos, lambda x: ~(abs(x) > 1))
_domain("arcsin", _core.asin, lambda x: ~(abs(x) > 1))
_domain("arctanh", _core.atanh, lambda x: ~(abs(x) > 1))
