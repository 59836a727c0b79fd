"""Anomaly mode: finds the operation whose gradient fails, is NaN, or needs a value that was changed."""

from __future__ import annotations

import sys
import warnings
from types import TracebackType
from typing import Any

from .._core import _set_anomaly, is_anomaly_check_nan_enabled, is_anomaly_enabled

__all__ = ["detect_anomaly", "set_detect_anomaly"]


class _Anomaly:
    """Anomaly mode as it is set here, until the block ends."""

    def _set(self, mode: bool, check_nan: bool) -> None:
        self._before = (is_anomaly_enabled(), is_anomaly_check_nan_enabled())
        _set_anomaly(mode, check_nan)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        _set_anomaly(*self._before)


class set_detect_anomaly(_Anomaly):
    """Turns anomaly mode on or off, at once; as a context manager, until the block ends.

    While it is on, each node remembers the traceback of the call that made it, and a backward that fails
    warns with it. With `check_nan` a gradient that holds NaN raises RuntimeError, which names the node. A
    saved value that changed unseen, through an ndarray on its memory, is found by a checksum. It is slow.
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self._set(mode, check_nan)

    def __enter__(self) -> None:
        pass


class detect_anomaly(_Anomaly):
    """Anomaly mode for a block: see set_detect_anomaly."""

    def __init__(self, check_nan: bool = True) -> None:
        self._check_nan = check_nan
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should only be "
            "enabled for debugging.",
            stacklevel=2,
        )

    def __enter__(self) -> None:
        self._set(True, self._check_nan)


def _tell_failed(node: Any, name: str) -> None:
    """Warns that the backward of a node failed, with the call that made it and those that led to that."""
    made = node.metadata.get("traceback_")
    if made is None:
        _warn(
            f"Error detected in {name}. No forward pass information available. Enable detect anomaly during "
            "forward pass for more information."
        )
        return
    lines = "".join(made)
    _warn(f"Error detected in {name}. Traceback of forward call that caused the error:\n{lines}")
    parent = node.metadata.get("parent_")
    while parent is not None:
        traceback = parent.metadata.get("traceback_")
        if traceback is None:
            text = "No forward pass information available."
        else:
            text = f"Traceback of forward call that induced the previous calculation:\n{''.join(traceback)}"
        _warn(f"\n\nPrevious calculation was induced by {parent.name()}. {text}")
        parent = parent.metadata.get("parent_")


def _warn(text: str) -> None:
    """A warning; where warnings are errors it is printed, for an error is under way already."""
    try:
        warnings.warn(text, stacklevel=3)
    except Warning:
        print(text, file=sys.stderr)
