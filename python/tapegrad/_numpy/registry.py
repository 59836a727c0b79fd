"""The functions that families have written, by NumPy's names: "median", "linalg.det"."""

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

DIFFERENTIABLE: dict[str, Callable[..., Any]] = {}
# these look at the values alone: what they return is constant whatever the arguments
CONSTANT: dict[str, Callable[..., Any]] = {}


def differentiable(*names: str) -> Callable[[F], F]:
    """Registers a function of NumPy's signature, whose floating point results are on the tape."""

    def register(function: F) -> F:
        DIFFERENTIABLE.update(dict.fromkeys(names, function))
        return function

    return register


def constant_result(*names: str) -> Callable[[F], F]:
    """Registers a function of NumPy's signature, whose result has no derivative."""

    def register(function: F) -> F:
        CONSTANT.update(dict.fromkeys(names, function))
        return function

    return register
