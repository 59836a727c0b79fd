"""Automatic differentiation for NumPy users: PyTorch's autograd on a compiled C++ tape.

>>> import tapegrad as tg
>>> x = tg.tensor([1.0, 2.0], requires_grad=True)
>>> (x**2).sum().backward()
>>> x.grad
tensor([2., 4.])
"""

from math import e, inf, nan, pi
from typing import TYPE_CHECKING

from ._blas import without_threads

with without_threads():
    from . import _core

from . import _attributes as _attributes
from . import _in_place, _numpy, autograd, linalg, nn, random, special, utils
from ._core import *  # noqa: F403
from ._core import __version__
from ._device import device
from ._in_place import *  # noqa: F403
from ._on_demand import Lookup, on_demand
from ._printing import get_printoptions, printoptions, set_printoptions
from .autograd import enable_grad, inference_mode, no_grad, set_grad_enabled
from .memory import memory_budget

if TYPE_CHECKING:
    from . import array_api, func, viz
    from . import numpy as numpy
    from . import scipy as scipy  # not in __all__: a star would need SciPy
    from ._config import show_config
    from ._files import load, save
    from ._interchange import asarray, from_dlpack, frombuffer
    from ._kinds import layout, strided
    from ._limits import finfo, iinfo


_TYPES = [f"{kind}Tensor" for kind in ("Bool", "Byte", "Char", "Double", "Float", "Int", "Long", "Short")]
__getattr__: Lookup = on_demand(
    __name__,
    "_C",
    "array_api",
    "func",
    "numpy",
    "scipy",
    "viz",
    **dict.fromkeys(["asarray", "from_dlpack", "frombuffer"], "tapegrad._interchange"),
    **dict.fromkeys(["finfo", "iinfo"], "tapegrad._limits"),
    load="tapegrad._files",
    **dict.fromkeys(["layout", "strided", *_TYPES], "tapegrad._kinds"),
    save="tapegrad._files",
    show_config="tapegrad._config",
)
_numpy.install()
for _name in _TYPES:
    del globals()[_name]  # the compiled constructor gives way to the type of that name


float: _core.dtype = _core.float32
double: _core.dtype = _core.float64
long: _core.dtype = _core.int64
int: _core.dtype = _core.int32
short: _core.dtype = _core.int16
newaxis = None

__all__ = [
    *(name for name in vars(_core) if not name.startswith("_")),
    *(name for name in vars(_in_place) if name.endswith("_") and not name.startswith("_")),
    "__version__",
    "array_api",
    "asarray",
    "autograd",
    "device",
    "double",
    "e",
    "enable_grad",
    "finfo",
    "float",
    "from_dlpack",
    "frombuffer",
    "func",
    "get_printoptions",
    "iinfo",
    "inf",
    "inference_mode",
    "int",
    "layout",
    "linalg",
    "load",
    "long",
    "memory_budget",
    "nan",
    "newaxis",
    "nn",
    "no_grad",
    "pi",
    "printoptions",
    "random",
    "save",
    "set_grad_enabled",
    "set_printoptions",
    "short",
    "show_config",
    "special",
    "strided",
    "utils",
    "viz",
]
