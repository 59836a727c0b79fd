"""What every public function of NumPy is, and `Variable.__array_function__`."""

from typing import Any

from .._core import Variable


def array_function(self: Variable, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
    raise TypeError
