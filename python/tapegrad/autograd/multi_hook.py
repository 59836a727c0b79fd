"""Hooks that wait for the gradients of several Variables."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, TypeAlias

from .._core import Variable, _current_run, _gradient_edge, _is_running, _will_run
from ..utils.hooks import RemovableHandle

Gradient: TypeAlias = Variable | None


class MultiGradHandle:
    """The handles of the hooks on the single Variables."""

    def __init__(self, handles: tuple[RemovableHandle, ...]) -> None:
        self.handles: tuple[RemovableHandle, ...] = handles

    def remove(self) -> None:
        """Has the hook called no more."""
        for handle in self.handles:
            handle.remove()

    def __getstate__(self) -> tuple[RemovableHandle, ...]:
        return self.handles

    def __setstate__(self, state: tuple[RemovableHandle, ...]) -> None:
        self.handles = state

    def __enter__(self) -> MultiGradHandle:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.remove()


class _Runs:
    """Something for each backward that is running: one that raised never says so."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make, self.entries = make, dict[int, Any]()

    def current(self) -> Any:
        run = _current_run()
        if run not in self.entries:
            self.entries = {run: entry for run, entry in self.entries.items() if _is_running(run)}
            self.entries[run] = self.make()
        return self.entries[run]

    def drop(self) -> None:
        self.entries.pop(_current_run(), None)


def _call_with_all(
    tensors: Sequence[Variable], fn: Callable[[Sequence[Gradient]], None]
) -> tuple[RemovableHandle, ...]:
    nodes = [_gradient_edge(t)[0] for t in tensors]
    lock = threading.Lock()
    # [how many are still to come, the gradients]
    runs = _Runs(lambda: [sum(map(_will_run, nodes)), [None] * len(tensors)])

    def hook_of(index: int) -> Callable[[Gradient], None]:
        def hook(grad: Gradient) -> None:
            with lock:
                entry = runs.current()
                entry[1][index] = grad
                entry[0] -= 1
                if last := entry[0] == 0:
                    runs.drop()
            if last:
                fn(entry[1])

        return hook

    return tuple(t.register_hook(hook_of(i)) for i, t in enumerate(tensors))


def _call_with_any(
    tensors: Sequence[Variable], fn: Callable[[Variable], None]
) -> tuple[RemovableHandle, ...]:
    lock = threading.Lock()
    runs = _Runs(lambda: [False])

    def hook(grad: Variable) -> None:
        with lock:
            entry = runs.current()
            first, entry[0] = not entry[0], True
        if first:
            fn(grad)

    return tuple(t.register_hook(hook) for t in tensors if t.requires_grad)


def register_multi_grad_hook(
    tensors: Sequence[Variable], fn: Callable[..., None], *, mode: str = "all"
) -> MultiGradHandle:
    """Calls `fn` once a backward with the gradients of several Variables.

    With mode "all" it gets a list of all gradients when the last is there, None for what is outside the
    graph of that backward; with "any" it gets the first. Raises RuntimeError where a Variable does not
    require grad.
    """
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    return MultiGradHandle((_call_with_all if mode == "all" else _call_with_any)(tensors, fn))
