"""NumPy's names for code that creates arrays: `import tapegrad.numpy as np`.

Constructors (`array`, `zeros`, `linspace`, ...) return Variables of NumPy's dtypes, float64 for floats. All
other functions return a Variable where an argument is one or holds one, and what NumPy returns otherwise.
Constants, dtypes and classes are NumPy's; `ndarray` is `tapegrad.Variable`.

>>> import tapegrad.numpy as np
>>> x = np.linspace(0.0, 1.0, 3).requires_grad_()
>>> np.sum(np.sin(x) ** 2).backward()
>>> x.grad
tensor([0.0000, 0.8415, 0.9093], dtype=tapegrad.float64)
"""

from typing import TYPE_CHECKING, Any

import numpy as _np

from .. import _core
from .._on_demand import on_demand

if TYPE_CHECKING:
    from . import fft as fft
    from . import linalg as linalg
    from . import random as random

ndarray = _core.Variable
_module = on_demand(__name__, "fft", "linalg", "random")

__all__ = sorted(
    {
        *(name for name in _np.__all__ if name != "test" and name[0] != "_"),
        "fft",
        "linalg",
        "ndarray",
        "random",
    }
)


def __getattr__(name: str) -> Any:
    if name.startswith("__") and name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name in ("fft", "linalg", "random"):
        return _module(name)
    from .._numpy.namespace import member

    found = globals()[name] = member(name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
