"""Set functions: the distinct elements of an array, sorted. Each NaN is distinct."""

from __future__ import annotations

from typing import NamedTuple

from .. import _core as tg
from .._core import Variable


class UniqueAll(NamedTuple):
    """What unique_all() gives."""

    values: Variable
    indices: Variable
    inverse_indices: Variable
    counts: Variable


class UniqueCounts(NamedTuple):
    """What unique_counts() gives."""

    values: Variable
    counts: Variable


class UniqueInverse(NamedTuple):
    """What unique_inverse() gives."""

    values: Variable
    inverse_indices: Variable


def unique_all(x: Variable, /) -> UniqueAll:
    """The distinct elements, where each is first, the place among them of those of x, and how often."""
    values, order = tg.sort(x.reshape(-1), stable=True)
    is_new = tg.cat([tg.ones_like(values[:1], dtype=tg.bool), values[1:] != values[:-1]])
    starts = tg.nonzero(is_new)[:, 0]
    ends = tg.cat([starts[1:], tg.full((min(len(starts), 1),), values.numel(), dtype=tg.int64)])
    inverse = tg.zeros(values.numel(), dtype=tg.int64)
    inverse[order] = tg.cumsum(is_new, 0) - 1
    return UniqueAll(values[starts], order[starts], inverse.reshape(x.shape), ends - starts)


def unique_counts(x: Variable, /) -> UniqueCounts:
    """The distinct elements, and how often each is."""
    found = unique_all(x)
    return UniqueCounts(found.values, found.counts)


def unique_inverse(x: Variable, /) -> UniqueInverse:
    """The distinct elements, and the place of each element of x among them."""
    found = unique_all(x)
    return UniqueInverse(found.values, found.inverse_indices)


def unique_values(x: Variable, /) -> Variable:
    """The distinct elements."""
    return unique_all(x).values


__all__ = ["unique_all", "unique_counts", "unique_inverse", "unique_values"]
