"""The memory of arrays: how much there is, and how much there may be."""

from __future__ import annotations

from contextlib import ContextDecorator

from ._core import _set_memory_limit, empty_cache, memory_stats, reset_peak_memory_stats

__all__ = ["empty_cache", "memory_budget", "memory_stats", "reset_peak_memory_stats"]


class memory_budget(ContextDecorator):
    """A limit on the array memory that a block may take beyond what is in use when it begins.

    The operation that would exceed it raises MemoryError and changes nothing: what it was called with, the
    graph and all gradients are as before, and the next operation may succeed. Memory is that of
    `memory_stats()["live_bytes"]`; of nested budgets all hold; a budget holds for all threads.

    >>> x = tapegrad.ones(1000, requires_grad=True)
    >>> with tapegrad.memory_budget(100 * 2**20):
    ...     loss = (x * x).sum()

    Args:
        bytes: how much, an int.

    Raises:
        TypeError, ValueError: `bytes` is no int, or negative.
    """

    def __init__(self, bytes: int) -> None:
        if isinstance(bytes, bool) or not isinstance(bytes, int):
            raise TypeError(f"memory_budget() takes a number of bytes, an int, not {bytes!r}")
        if bytes < 0:
            raise ValueError(f"a memory budget is 0 bytes or more, not {bytes}")
        self.bytes = bytes
        self._outer: list[int] = []

    def __enter__(self) -> memory_budget:
        self._outer.append(_set_memory_limit(memory_stats()["live_bytes"] + self.bytes, True))
        return self

    def __exit__(self, *_: object) -> None:
        _set_memory_limit(self._outer.pop(), False)
