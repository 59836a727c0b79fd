"""SciPy on Variables: optimisers that get their derivatives from the tape, special functions, densities,
convolutions, functions of matrices, differential equations.

It needs SciPy: ``pip install 'tapegrad[scipy]'``.

>>> from tapegrad.scipy import optimize
>>> found = optimize.minimize(lambda x: ((x - 3) ** 2).sum(), [0.0, 0.0])
>>> found.x
array([3., 3.])
"""

from typing import TYPE_CHECKING

from .._on_demand import Lookup, on_demand

try:
    import scipy as _scipy  # noqa: F401
except ImportError as _error:
    raise ModuleNotFoundError(
        "tapegrad.scipy needs SciPy, which is not installed: pip install 'tapegrad[scipy]'", name=__name__
    ) from _error

if TYPE_CHECKING:
    from . import integrate, linalg, optimize, signal, special, stats

__getattr__: Lookup = on_demand(__name__, "integrate", "linalg", "optimize", "signal", "special", "stats")
__all__ = ["integrate", "linalg", "optimize", "signal", "special", "stats"]
