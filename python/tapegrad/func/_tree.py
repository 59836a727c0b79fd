"""Nested tuples, lists, dicts and namedtuples, seen as the leaves they hold; None holds none."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

_NODES = (tuple, list, dict)


def leaves(tree: Any) -> list[Any]:
    """The leaves, from left to right."""
    if not isinstance(tree, _NODES):
        return [] if tree is None else [tree]
    found: list[Any] = []
    _collect(tree, found)
    return found


def _collect(tree: Any, found: list[Any]) -> None:
    if isinstance(tree, (tuple, list)):
        for item in tree:
            _collect(item, found)
    elif isinstance(tree, dict):
        for item in tree.values():
            _collect(item, found)
    elif tree is not None:
        found.append(tree)


def rebuilt(tree: Any, values: Iterator[Any]) -> Any:
    """The same tree with other leaves, taken from `values` one by one."""
    if not isinstance(tree, _NODES):
        return None if tree is None else next(values)
    if isinstance(tree, (tuple, list)):
        items = [rebuilt(item, values) for item in tree]
        if isinstance(tree, list):
            return items
        return getattr(type(tree), "_make", tuple)(items)
    result = copy.copy(tree)  # an OrderedDict stays one
    for key, item in tree.items():
        result[key] = rebuilt(item, values)
    return result


def leaves_like(tree: Any, model: Any, what: str, where: str = "") -> list[Any]:
    """The leaves of a tree that must be built as `model` is. Raises ValueError where it is not."""
    if isinstance(model, (tuple, list)):
        if not isinstance(tree, (tuple, list)) or len(tree) != len(model):
            raise ValueError(
                f"{what}{where} must be a {type(model).__name__} of {len(model)}, not {_described(tree)}"
            )
        return [
            leaf
            for i, (item, like) in enumerate(zip(tree, model, strict=True))
            for leaf in leaves_like(item, like, what, f"{where}[{i}]")
        ]
    if isinstance(model, dict):
        if not isinstance(tree, dict) or set(tree) != set(model):
            raise ValueError(
                f"{what}{where} must be a dict with the keys {list(model)}, not {_described(tree)}"
            )
        return [
            leaf for key in model for leaf in leaves_like(tree[key], model[key], what, f"{where}[{key!r}]")
        ]
    if isinstance(tree, (tuple, list, dict)) or (tree is None) != (model is None):
        raise ValueError(
            f"{what}{where} must be {'None' if model is None else 'an array'}, not {_described(tree)}"
        )
    return [] if model is None else [tree]


def _described(tree: Any) -> str:
    if isinstance(tree, dict):
        return f"a dict with the keys {list(tree)}"
    kind = type(tree).__name__
    return f"a {kind} of {len(tree)}" if isinstance(tree, (tuple, list)) else f"a {kind}"
