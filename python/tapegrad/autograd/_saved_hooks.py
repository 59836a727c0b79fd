"""What becomes of the values that the graph saves: hooks of one's own, copies, files."""

from __future__ import annotations

import os
import threading
import weakref
from collections import defaultdict
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np

from .. import _core
from .._core import (
    Variable,
    _pop_saved_hooks,
    _push_saved_hooks,
    _saved_hooks_active,
    _storage_id,
    _watch_writes,
)

__all__ = [
    "allow_mutation_on_saved_tensors",
    "disable_saved_tensors_hooks",
    "save_on_cpu",
    "save_to_disk",
    "saved_tensors_hooks",
]


class _State(threading.local):
    # Why hooks are forbidden, if they are.
    forbidden: str | None = None


_state = _State()


def hooks_allowed() -> bool:
    """Whether saved_tensors_hooks may be used here: outside of disable_saved_tensors_hooks."""
    return _state.forbidden is None


class saved_tensors_hooks:
    """While the block runs, what operations save for backward goes through a pair of functions.

    ``pack_hook(v)`` is called with each value that is saved, with nothing recorded, and what it returns is
    kept in its place; ``unpack_hook(packed)`` is called whenever the value is needed, and returns a
    Variable. Of nested pairs the innermost counts; pairs belong to the thread. Such values are not checked
    for writes in place.

    Raises:
        RuntimeError: inside `disable_saved_tensors_hooks`; when a value is saved, if `pack_hook` writes to
            it.
        TypeError: when a value is needed, if `unpack_hook` does not return a Variable.
    """

    def __init__(self, pack_hook: Callable[[Variable], Any], unpack_hook: Callable[[Any], Variable]) -> None:
        self.pack_hook = pack_hook
        self.unpack_hook = unpack_hook

    def __enter__(self) -> None:
        if _state.forbidden is not None:
            raise RuntimeError(_state.forbidden)
        _push_saved_hooks(self.pack_hook, self.unpack_hook)

    def __exit__(self, *_: object) -> None:
        _pop_saved_hooks()


@contextmanager
def disable_saved_tensors_hooks(error_message: str) -> Iterator[None]:
    """Inside the block `saved_tensors_hooks` raises RuntimeError with this message; here too, where some
    are in use."""
    before = _state.forbidden
    _state.forbidden = error_message
    try:
        if _saved_hooks_active():
            raise RuntimeError(error_message)
        yield
    finally:
        _state.forbidden = before


class save_on_cpu(saved_tensors_hooks):
    """Values are saved as copies, so that the originals may be written to or freed.

    PyTorch moves them to the CPU's memory, where they are already here; the arguments are for its sake.
    """

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        super().__init__(lambda v: v.clone(), lambda copy: copy)


class _File:
    """A value in a file of its own, which goes with the object; not in a forked child, whose it is not."""

    def __init__(self, v: Variable, directory: str) -> None:
        import tempfile  # here, since few programs need it and it takes as long to import as all else

        handle, self.path = tempfile.mkstemp(suffix=".npy", prefix="tapegrad-", dir=directory)
        self._finalizer = weakref.finalize(self, _remove, self.path, os.getpid())
        with os.fdopen(handle, "wb") as file:
            np.save(file, v.numpy())
        self.empty = v.numel() == 0

    def load(self) -> Variable:
        # Nothing cannot be mapped.
        array = np.load(self.path, mmap_mode=None if self.empty else "r")
        return _core.from_numpy(array)


def _remove(path: str, owner: int) -> None:
    if os.getpid() == owner:
        with suppress(FileNotFoundError):
            os.unlink(path)


class save_to_disk(saved_tensors_hooks):
    """Values are saved in files, ``.npy``, and mapped into memory when needed: for graphs larger than
    memory.

    A file is removed when the graph frees its value, and at the end of the program.

    Args:
        dir: a directory, made if there is none; by default the system's for temporary files.
    """

    def __init__(self, dir: str | os.PathLike[str] | None = None) -> None:
        import tempfile

        self.dir: str = tempfile.gettempdir() if dir is None else os.fspath(dir)
        os.makedirs(self.dir, exist_ok=True)
        super().__init__(lambda v: _File(v, self.dir), lambda file: file.load())


# --- writes to saved values

_Key = tuple[int, int, int, tuple[int, ...], tuple[int, ...]]


class _Handle:
    """What the graph keeps of a value; see the dictionaries of the context."""


class _Mutations:
    """The state of `allow_mutation_on_saved_tensors`, by handle: values as they were saved, and copies made
    since."""

    def __init__(self) -> None:
        self.original: MutableMapping[_Handle, Variable] = weakref.WeakKeyDictionary()
        self.cloned: MutableMapping[_Handle, Variable] = weakref.WeakKeyDictionary()
        self.tid_to_weakhandle: MutableMapping[_Key, _Handle] = weakref.WeakValueDictionary()
        self.sid_to_tid: dict[int, set[_Key]] = defaultdict(set)
        self.active = True

    def pack(self, v: Variable) -> _Handle:
        key = (_storage_id(v), v.data_ptr(), v._version, tuple(v.shape), v.stride())
        self.sid_to_tid[key[0]].add(key)
        handle = self.tid_to_weakhandle.get(key)
        if handle is None:
            handle = self.tid_to_weakhandle[key] = _Handle()
            self.original[handle] = v.detach()
        return handle

    def unpack(self, handle: _Handle) -> Variable:
        found = self.cloned.get(handle, self.original.get(handle))
        if not self.active or found is None:
            raise AssertionError(
                "Trying to backward outside of the 'allow_mutation_on_saved_tensors' context in which "
                "the graph was "
                "originally recorded."
            )
        return found

    def before_write(self, storage: int) -> None:
        for key in self.sid_to_tid.pop(storage, ()):
            # What is saved there later is another value, also where nothing but the value tells them apart.
            handle = self.tid_to_weakhandle.pop(key, None)
            if handle is not None and handle in self.original:
                self.cloned[handle] = self.original.pop(handle).clone()

    def clear(self) -> None:
        self.original.clear()
        self.cloned.clear()
        self.tid_to_weakhandle.clear()
        self.sid_to_tid.clear()


_mutations_allowed = False


@contextmanager
def allow_mutation_on_saved_tensors() -> Iterator[_Mutations]:
    """Inside the block saved values may be written in place: they are copied before that, and only then.

    Forward and backward must be in the same block.

    Raises:
        RuntimeError: nested blocks.
        AssertionError: a backward outside of the block.
    """
    global _mutations_allowed
    if _mutations_allowed:
        raise RuntimeError("allow_mutation_on_saved_tensors contexts cannot be nested")
    state = _Mutations()
    with saved_tensors_hooks(state.pack, state.unpack):
        _mutations_allowed = True
        _watch_writes(state.before_write)
        try:
            yield state
        finally:
            _watch_writes(None)
            _mutations_allowed = state.active = False
            state.clear()
