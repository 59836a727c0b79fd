"""PyTorch's private names for what its own tests, and some libraries, ask of the engine. Not an API."""

from __future__ import annotations

import weakref
from types import SimpleNamespace
from typing import Any

from . import _core
from ._core import Variable, _Node, is_grad_enabled
from .autograd import SavedTensor, is_multithreading_enabled
from .autograd._functions import DelayedError, UndefinedGrad
from .autograd._saved_hooks import hooks_allowed
from .autograd.function import Function
from .autograd.graph import Node

__all__ = ["is_grad_enabled"]

has_lapack = True


def _is_accumulator(node: Any) -> bool:
    return isinstance(node, _functions.AccumulateGrad)


def _current_autograd_node() -> Any:
    """The node that runs, or None."""
    return _core._current_node()


def _current_graph_task_id() -> int:
    """The number of the innermost backward that runs on this thread; -1 outside."""
    return _core._current_run() or -1


def _current_graph_task_execution_order() -> list[Any]:
    """The node that runs and those after it, in their order. Raises RuntimeError outside of a backward."""
    if not _core._current_run():
        raise RuntimeError(
            "_current_graph_task_execution_order should only be called during the backward pass"
        )
    if is_multithreading_enabled():
        raise RuntimeError(
            "_current_graph_task_execution_order expects the current backward to be executed with "
            "multithreading disabled: set_multithreading_enabled(False)"
        )
    return _core._coming_nodes()


def _will_engine_execute_node(node: Any) -> bool:
    """Whether the backward that runs will run this node. Raises RuntimeError outside of any."""
    if not isinstance(node, _Node):
        raise RuntimeError(f"_will_engine_execute_node expects an grad_fn, but got {type(node).__name__}")
    if not _core._current_run():
        raise RuntimeError("_will_engine_execute_node should only be called during the backward pass")
    if _is_accumulator(node) and not _core._current_accumulates():
        raise RuntimeError(
            "Cannot tell whether the accumulator of a leaf runs while you are currently running "
            "autograd.grad(): it takes the leaf's gradient without it"
        )
    return _core._will_run(node)


class _WeakTensorRef:
    """A weak reference to a Variable."""

    def __init__(self, tensor: Variable) -> None:
        self._reference = weakref.ref(tensor)

    def expired(self) -> bool:
        return self._reference() is None


def _unsafe_set_version_counter(tensors: tuple[Variable, ...], versions: tuple[int, ...]) -> None:
    for tensor, version in zip(tensors, versions, strict=True):
        _core._set_version(tensor, version)


class _Saving(Function):
    @staticmethod
    def forward(ctx: Any, tensor: Variable, trigger: Variable) -> Variable:
        ctx.save_for_backward(tensor)
        return trigger.clone()


class _Saved:
    """A saved value that no node needs."""

    def __init__(self, tensor: Variable) -> None:
        self._node: Any = _Saving.apply(tensor, _core.zeros(1, requires_grad=True)).grad_fn

    def unpack(self) -> Variable:
        value: Variable = self._node.saved_tensors[0]
        return value

    def __getattr__(self, name: str) -> Any:
        return getattr(self._node._raw_saved_tensors[0], name)


def _make_saved_tensor(tensor: Variable, is_output: bool) -> _Saved:
    """The value as a node saves it, through the hooks that are in use."""
    return _Saved(tensor)


for _class in (DelayedError, UndefinedGrad):
    getattr(Node, "register")(_class)  # noqa: B009  (it is the compiled type to type checkers)

_functions = SimpleNamespace(
    AccumulateGrad=type(_core._gradient_edge(_core.zeros(1, requires_grad=True))[0]),
    DelayedError=DelayedError,
    UndefinedGrad=UndefinedGrad,
)
_autograd = SimpleNamespace(
    SavedTensor=SavedTensor,
    _make_saved_tensor=_make_saved_tensor,
    _get_current_graph_task_keep_graph=_core._current_keeps_graph,
    _saved_tensors_hooks_is_enabled=hooks_allowed,
    _unsafe_set_version_counter=_unsafe_set_version_counter,
)
