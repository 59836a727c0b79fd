"""NumPy's own functions on Variables: `np.sin(v)`, `np.median(v, axis=0)` record on the tape.

NumPy hands every call that has a Variable among its arguments to `Variable.__array_ufunc__` (ufuncs) or
`Variable.__array_function__` (all else). Start reading in `ufuncs` and `table`:

* `convert`: arguments as Variables, results as NumPy would return them
* `ufuncs`, `ufunc_methods`: which operation stands for which ufunc; `out=`, `where=`, `reduce`, `at`, ...
* `methods`: ndarray's methods that Variables would lack
* `table`: what every public function of NumPy is: differentiable, constant or refused
* `shaping`, `joining`, `reductions`, `order`, ...: functions by family, written with tapegrad's operations
* `creation`: what `tapegrad.numpy` makes arrays with

Nothing of it is imported before the first such call.
"""

from collections.abc import Callable
from typing import Any

from .._core import Variable, dtype

METHODS = (
    "argpartition",
    "astype",
    "choose",
    "compress",
    "conjugate",
    "copy",
    "fill",
    "partition",
    "searchsorted",
    "tobytes",
    "tofile",
)
PROPERTIES = ("base", "flags", "flat", "strides")


def _first_ufunc(self: Variable, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
    from .ufuncs import array_ufunc

    Variable.__array_ufunc__ = array_ufunc
    return array_ufunc(self, ufunc, method, *inputs, **kwargs)


def _first_function(self: Variable, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
    from .table import array_function

    Variable.__array_function__ = array_function
    return array_function(self, func, types, args, kwargs)


def _method(name: str) -> Callable[..., Any]:
    def call(self: Variable, *args: Any, **kwargs: Any) -> Any:
        from . import methods

        return getattr(methods, name)(self, *args, **kwargs)

    call.__name__, call.__qualname__ = name, f"Variable.{name}"
    call.__doc__ = f"As numpy.ndarray.{name}."
    return call


def _property(name: str) -> property:
    def get(self: Variable) -> Any:
        from . import methods

        return getattr(methods, name)(self)

    return property(get, doc=f"As numpy.ndarray.{name}.")


def _numpy_dtype(self: dtype) -> Any:
    """The same dtype as NumPy's: what numpy.dtype() looks for, so that `np.zeros(3, dtype=v.dtype)` works."""
    import numpy as np

    return np.dtype(str(self).removeprefix("tapegrad."))


def _of_numpy_dtype(name: str) -> Callable[[dtype], Any]:
    def get(self: dtype) -> Any:
        return getattr(_numpy_dtype(self), name)

    get.__doc__ = f"As numpy.dtype.{name}: for code that asks what an array is of."
    return get


def _same_dtype(self: dtype, other: Any) -> Any:
    """NumPy's names for a dtype are equal to it: `v.dtype == np.float64`, `v.dtype == "float64"`."""
    if self is other:
        return True
    if isinstance(other, dtype) or other is None:
        return False
    try:
        return bool(_numpy_dtype(self) == other)
    except TypeError:
        return False


def install() -> None:
    """Gives `Variable` NumPy's two protocols and methods, and dtypes their counterparts."""
    Variable.__array_ufunc__ = _first_ufunc
    Variable.__array_function__ = _first_function
    for name in METHODS:
        setattr(Variable, name, _method(name))
    for name in PROPERTIES:
        setattr(Variable, name, _property(name))
    dtype.dtype = property(_numpy_dtype)  # type: ignore[attr-defined]
    for name in ("char", "kind", "name", "type"):
        setattr(dtype, name, property(_of_numpy_dtype(name)))
    dtype.__eq__ = _same_dtype  # type: ignore[assignment,method-assign]
