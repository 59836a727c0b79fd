"""What few programs need is imported when it is first asked for: the package's own import is quick."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeAlias

Lookup: TypeAlias = Callable[[str], Any]


def on_demand(package: str, *modules: str, **places: str) -> Lookup:
    """The `__getattr__` of a package: its `modules`, and names that stand in the modules of `places`.

    Raises AttributeError for any other name.
    """

    def get(name: str) -> Any:
        if name in modules:
            return import_module(f"{package}.{name}")
        if name in places:
            return getattr(import_module(places[name]), name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return get
