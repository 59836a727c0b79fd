"""numpy.linalg for Variables: see `tapegrad.numpy`."""

from typing import Any

import numpy as _np

__all__ = [name for name in _np.linalg.__all__ if name != "test"]


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .._numpy.namespace import member

    found = globals()[name] = member(name, "linalg")
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
