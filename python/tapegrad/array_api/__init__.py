"""The array API standard, version 2024.12: its functions, signatures and promotion, on the tape.

>>> import tapegrad as tg
>>> x = tg.tensor([3.0, 4.0], requires_grad=True)
>>> xp = x.__array_namespace__()
>>> xp.linalg.vector_norm(x).backward()
>>> x.grad
tensor([0.6000, 0.8000])

There are no uint16, uint32, uint64 and complex dtypes, and no `fft`; float32 and int64 are the defaults.
"""

from math import e, inf, nan, pi

from .._core import bool
from . import linalg
from .creation import *  # noqa: F403
from .creation import __all__ as _creation
from .data_types import *  # noqa: F403
from .data_types import __all__ as _data_types
from .elementwise import *  # noqa: F403
from .elementwise import __all__ as _elementwise
from .indexing import *  # noqa: F403
from .indexing import __all__ as _indexing
from .inspection import __array_namespace_info__
from .linear_algebra import *  # noqa: F403
from .linear_algebra import __all__ as _linear_algebra
from .manipulation import *  # noqa: F403
from .manipulation import __all__ as _manipulation
from .searching import *  # noqa: F403
from .searching import __all__ as _searching
from .sets import *  # noqa: F403
from .sets import __all__ as _sets
from .sorting import *  # noqa: F403
from .sorting import __all__ as _sorting
from .statistical import *  # noqa: F403
from .statistical import __all__ as _statistical
from .utility import *  # noqa: F403
from .utility import __all__ as _utility

newaxis = None
__array_api_version__ = "2024.12"

__all__ = [
    *_creation,
    *_data_types,
    *_elementwise,
    *_indexing,
    *_linear_algebra,
    *_manipulation,
    *_searching,
    *_sets,
    *_sorting,
    *_statistical,
    *_utility,
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
