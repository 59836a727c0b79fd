"""Handles of hooks."""

from __future__ import annotations

import itertools
import weakref
from collections import OrderedDict
from collections.abc import Iterable
from types import TracebackType
from typing import Any

__all__ = ["RemovableHandle"]


class RemovableHandle:
    """What registering a hook gives: `remove()` takes the hook away again, and so does leaving its block.

    It does not keep the hooks alive. `extra_dict`: further tables that remove() takes its id from.
    """

    _ids = itertools.count()

    def __init__(self, hooks_dict: Any, *, extra_dict: Any = None) -> None:
        self.hooks_dict_ref: weakref.ref[Any] = weakref.ref(hooks_dict)
        self.id: int = next(RemovableHandle._ids)
        extra = extra_dict if isinstance(extra_dict, list) else [] if extra_dict is None else [extra_dict]
        self.extra_dict_ref: tuple[weakref.ref[Any], ...] = tuple(map(weakref.ref, extra))

    def remove(self) -> None:
        """Takes the hook away; nothing where it is gone already."""
        for reference in (self.hooks_dict_ref, *self.extra_dict_ref):
            if (hooks := reference()) is not None:
                hooks.pop(self.id, None)

    def __getstate__(self) -> tuple[Any, ...]:
        tables: Iterable[Any] = (reference() for reference in self.extra_dict_ref)
        return (self.hooks_dict_ref(), self.id, tuple(tables))

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        hooks, self.id, extra = state
        # A table that was gone is replaced by an empty one.
        self.hooks_dict_ref = weakref.ref(OrderedDict() if hooks is None else hooks)
        self.extra_dict_ref = tuple(weakref.ref(OrderedDict() if d is None else d) for d in extra)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.remove()
