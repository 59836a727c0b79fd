"""What this tapegrad is, for reports of bugs: tapegrad.show_config()."""

from __future__ import annotations

import platform
import sys
from importlib import metadata
from typing import Any, Literal, overload

import numpy as np

from . import _core


@overload
def show_config(mode: Literal["stdout"] = "stdout") -> None: ...
@overload
def show_config(mode: Literal["dicts"]) -> dict[str, Any]: ...
def show_config(mode: Literal["stdout", "dicts"] = "stdout") -> dict[str, Any] | None:
    """Prints versions, platform, BLAS, threads and how it was built; mode="dicts" gives them instead.

    Raises ValueError for another mode.
    """
    if mode not in ("stdout", "dicts"):
        raise ValueError(f"show_config(): mode must be 'stdout' or 'dicts', not {mode!r}")
    found: dict[str, dict[str, Any]] = {
        "versions": {
            "tapegrad": _core.__version__,
            "numpy": np.__version__,
            "python": f"{platform.python_implementation()} {platform.python_version()}",
        },
        "platform": {
            "system": platform.platform(),
            "machine": platform.machine(),
            "pointer bits": sys.maxsize.bit_length() + 1,
            "byte order": sys.byteorder,
        },
        "compute": _compute(),
        "build": _build(),
    }
    if mode == "dicts":
        return found
    for section, entries in found.items():
        print(f"{section}:")
        for name, value in entries.items():
            print(f"  {name}: {value}")
    return None


def _compute() -> dict[str, Any]:
    blas = " ".join(_core._blas_config().split())
    return {"BLAS and LAPACK": blas, "threads": _core.get_num_threads()}


def _build() -> dict[str, Any]:
    """What the compiled module and the wheel say of themselves, as far as there is a wheel."""
    found = {"module": _core.__file__} | {k.replace("_", " "): v for k, v in _core._build_config().items()}
    try:
        wheel = metadata.distribution("tapegrad").read_text("WHEEL") or ""
    except metadata.PackageNotFoundError:
        return found | {"installed": "no: used from a folder"}
    lines = [line.partition(": ") for line in wheel.splitlines()]
    return found | {
        "wheel tags": ", ".join(value for key, _, value in lines if key == "Tag"),
        "built by": ", ".join(value for key, _, value in lines if key == "Generator"),
    }
