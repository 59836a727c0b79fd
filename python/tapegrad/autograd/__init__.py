"""Gradients: backward, grad, and the modes that say what is recorded."""

from typing import TYPE_CHECKING

from .._core import Variable, _call_at_end
from .._core import _backward as backward
from .._core import _grad as grad
from .._core import _SavedTensor as SavedTensor
from .._on_demand import Lookup, on_demand
from . import function, grad_mode, graph
from .anomaly_mode import detect_anomaly, set_detect_anomaly
from .function import Function
from .grad_mode import (
    enable_grad,
    inference_mode,
    is_multithreading_enabled,
    no_grad,
    set_grad_enabled,
    set_multithreading_enabled,
)
from .gradcheck import gradcheck, gradgradcheck

if TYPE_CHECKING:
    from . import functional, variable
    from ._seldom import NestedIOFunction, enforce_grad_layout_policy


class _Engine:
    """What PyTorch's users know the engine by."""

    queue_callback = staticmethod(_call_at_end)


setattr(Variable, "_execution_engine", _Engine())  # noqa: B010


_SELDOM = ("NestedIOFunction", "_unsafe_preserve_version_counter", "enforce_grad_layout_policy")
__getattr__: Lookup = on_demand(
    __name__,
    "_functions",
    "functional",
    "variable",
    **dict.fromkeys(_SELDOM, "tapegrad.autograd._seldom"),
)


__all__ = [
    "Function",
    "NestedIOFunction",
    "SavedTensor",
    "Variable",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "enforce_grad_layout_policy",
    "function",
    "functional",
    "grad",
    "grad_mode",
    "gradcheck",
    "gradgradcheck",
    "graph",
    "inference_mode",
    "is_multithreading_enabled",
    "no_grad",
    "set_detect_anomaly",
    "set_grad_enabled",
    "set_multithreading_enabled",
    "variable",
]
