"""What to write instead, where NumPy or SciPy wants an array of a Variable that requires grad."""

from __future__ import annotations

import importlib
import sys
from operator import attrgetter
from types import FrameType, FunctionType
from typing import Any

import numpy as np

_IN_NUMPY = (
    "to make an array of Variables that stays on the tape, write np.stack([v, w]), np.concatenate() or "
    "tapegrad.numpy.array() where np.array([v, w]) stands. What else asks for an array keeps no gradient: "
    "write loc + scale * rng.normal(size=n) for rng.normal(loc, scale), np.dot(table, v) for table @ v of "
    "pandas, v.contiguous() for np.ascontiguousarray(v)"
)

# for what NumPy asks nobody about, by its names
_INSTEAD = {
    "c_": "use tapegrad.numpy.c_",
    "fill_diagonal": "make the array a Variable first, as by tapegrad.tensor(array)",
    "ndenumerate": "iterate over np.ndindex(v.shape), or over v.flat",
    "r_": "use tapegrad.numpy.r_",
    "vectorize": "use tapegrad.numpy.vectorize(), or np.stack() what a loop over v.flat gives",
}


def for_array() -> str:
    """Advice for who called `__array__`: on the function of NumPy's or SciPy's that did, if it shows."""
    frame: FrameType | None = sys._getframe(1)
    called = None
    while frame is not None and _module(frame).partition(".")[0] in ("numpy", "scipy"):
        called = _public_name(frame) or called
        frame = frame.f_back
    if called is None:
        return _IN_NUMPY
    package, _, function = called.rpartition(".")
    if package.partition(".")[0] == "numpy":
        return _for_numpys(called)
    if _exists(f"tapegrad.{called}"):
        instead = f"use tapegrad.{called}"
    elif package == "scipy.linalg" and hasattr(np.linalg, function):
        instead = f"use numpy.linalg.{function}, which takes Variables"
    else:
        instead = (
            "write it with NumPy's functions, which take Variables, or a tapegrad.autograd.Function that "
            "calls it and has its derivative"
        )
    return f"{called} computes on plain arrays, off the tape: {instead}"


def _for_numpys(called: str) -> str:
    from ._numpy.registry import DIFFERENTIABLE
    from ._numpy.table import REFUSED

    name = called.partition(".")[2]
    if name in DIFFERENTIABLE and name not in _INSTEAD:
        return (
            f"{called} takes Variables, but NumPy does not look for them in a list: give it "
            f"np.stack([v, w]), or use tapegrad.{called}"
        )
    instead = _INSTEAD.get(name) or REFUSED.get(name) or "give it .detach()"
    return f"{called} computes on plain arrays, off the tape: {instead}"


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


def _public_name(frame: FrameType) -> str | None:
    """Of the function or class that a frame of SciPy's runs or wraps, with its method if that is a
    distribution's; None if it has no public name."""
    names = frame.f_locals
    owner = names.get("self")
    if owner is None:
        wrapped = (names[n] for n in frame.f_code.co_freevars if n in names)
        functions = [(f.__module__, f.__name__) for f in wrapped if isinstance(f, FunctionType)]
        for module, name in [(_module(frame), frame.f_code.co_name), *functions]:
            if callable(_public(module).get(name)):
                return f"{_package(module)}.{name}"
        return None
    package = _package(_module(frame))
    public = _public(package)
    held = (owner, getattr(owner, "dist", None), getattr(owner, "_dist", None))
    kinds = [type(x) for x in held if x is not None]
    if kind := next((n for n, x in public.items() if x in kinds), None):
        return f"{package}.{kind}"
    family = next((n for n, x in public.items() if type(x) in kinds), None)
    method = frame.f_code.co_name
    return family and f"{package}.{family}" + ("" if method.startswith("__") else f".{method}")


def _package(module: str) -> str:
    """The public package that a module belongs to: scipy.stats of scipy.stats._multivariate."""
    package = module.partition("._")[0]
    return "numpy" if package == "numpy.lib" else package


def _public(module: str) -> dict[str, Any]:
    package = _package(module)
    return vars(sys.modules[package]) if package in sys.modules else {}


def _exists(path: str) -> bool:
    root, _, rest = path.partition(".scipy.")
    try:
        attrgetter(rest)(importlib.import_module(f"{root}.scipy"))
    except AttributeError:
        return False
    return True
