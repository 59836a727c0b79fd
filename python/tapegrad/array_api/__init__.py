"""The array API standard, version 2024.12: its functions, signatures and promotion, on the tape.

>>> import tapegrad as tg
>>> x = tg.tensor([3.0, 4.0], requires_grad=True)
>>> xp = x.__array_namespace__()
>>> xp.linalg.vector_norm(x).backward()
>>> x.grad
tensor([0.6000, 0.8000])

There are no complex dtypes, and no `fft`; float32 and int64 are the defaults. uint64 and signed integers have
no common dtype.
"""

from importlib import import_module
from math import e, inf, nan, pi
from types import ModuleType
from typing import TYPE_CHECKING

from .._core import bool
from . import (
    creation,
    data_types,
    elementwise,
    indexing,
    linalg,
    linear_algebra,
    manipulation,
    searching,
    sets,
    sorting,
    statistical,
    utility,
)
from .creation import *  # noqa: F403
from .data_types import *  # noqa: F403
from .elementwise import *  # noqa: F403
from .indexing import *  # noqa: F403
from .inspection import __array_namespace_info__
from .linear_algebra import *  # noqa: F403
from .manipulation import *  # noqa: F403
from .searching import *  # noqa: F403
from .sets import *  # noqa: F403
from .sorting import *  # noqa: F403
from .statistical import *  # noqa: F403
from .utility import *  # noqa: F403

if not TYPE_CHECKING:

    def __getattr__(name: str) -> ModuleType:
        if name == "special":  # where scipy.special looks for a namespace's own functions
            return import_module("tapegrad.scipy.special")
        missing = ("complex64", "complex128")
        what = (
            f"tapegrad has no dtype {name}: there are {', '.join(data_types.BY_NAME)}"
            if name in missing
            else "there are no Fourier transforms, whose results would be complex"
            if name == "fft"
            else f"module {__name__!r} has no attribute {name!r}"
        )
        raise AttributeError(what, name=name)


newaxis = None
__array_api_version__ = "2024.12"

__all__ = [
    "__array_api_version__",
    "__array_namespace_info__",
    "bool",
    "e",
    "inf",
    "linalg",
    "nan",
    "newaxis",
    "pi",
]
__all__ += creation.__all__
__all__ += data_types.__all__
__all__ += elementwise.__all__
__all__ += indexing.__all__
__all__ += linear_algebra.__all__
__all__ += manipulation.__all__
__all__ += searching.__all__
__all__ += sets.__all__
__all__ += sorting.__all__
__all__ += statistical.__all__
__all__ += utility.__all__
