"""NumPy's own functions on Variables: `np.sin(v)`, `np.median(v, axis=0)` record on the tape.

NumPy hands every call that has a Variable among its arguments to `Variable.__array_ufunc__` (ufuncs) or
`Variable.__array_function__` (all else). Start reading in `ufuncs` and `table`:

* `convert`: arguments as Variables, results as NumPy would return them
* `ufuncs`, `ufunc_methods`: which operation stands for which ufunc; `out=`, `where=`, `reduce`, `at`, ...
* `table`: what every public function of NumPy is: differentiable, constant or refused
* `shaping`, `joining`, `reductions`, `order`, ...: functions by family, written with tapegrad's operations
* `creation`: what `tapegrad.numpy` makes arrays with

Nothing of it is imported before the first such call.
"""

from typing import Any

from .._core import Variable


def _first_ufunc(self: Variable, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
    from .ufuncs import array_ufunc

    Variable.__array_ufunc__ = array_ufunc
    return array_ufunc(self, ufunc, method, *inputs, **kwargs)


def _first_function(self: Variable, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
    from .table import array_function

    Variable.__array_function__ = array_function
    return array_function(self, func, types, args, kwargs)


def install() -> None:
    """Gives `Variable` NumPy's two protocols."""
    Variable.__array_ufunc__ = _first_ufunc
    Variable.__array_function__ = _first_function
