"""What is there for PyTorch's sake, and seldom asked for."""

from __future__ import annotations

from typing import Any

from .._core import Variable, _set_version
from .function import Function
from .grad_mode import _Mode

__all__ = ["NestedIOFunction", "enforce_grad_layout_policy"]


class _unsafe_preserve_version_counter:
    """Writes to these Variables inside the block are not counted: backward does not see them."""

    def __init__(self, tensors: Variable | tuple[Variable, ...]) -> None:
        self._tensors = (tensors,) if isinstance(tensors, Variable) else tuple(tensors)
        self._versions = [tensor._version for tensor in self._tensors]

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        for tensor, version in zip(self._tensors, self._versions, strict=True):
            _set_version(tensor, version)


class enforce_grad_layout_policy(_Mode):
    """For PyTorch's sake: a gradient lies as its leaf does, whatever is said here."""

    def __init__(self, enable: bool = True) -> None:
        self._mode = enable

    def clone(self) -> enforce_grad_layout_policy:
        return type(self)(self._mode)

    def _switch(self) -> Any:
        return None

    def _restore(self, before: Any) -> None:
        pass


class NestedIOFunction(Function):
    """In PyTorch a Function of the old kind, whose methods are not static: use Function."""
