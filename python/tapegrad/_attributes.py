"""What a Variable has from Python, set on the type at import: what the array API standard asks for, and what
PyTorch's users ask of a tensor that may be of many kinds, where a Variable is dense and on the CPU."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, overload

from ._core import Size, Variable, _size_descriptor, is_grad_enabled

if TYPE_CHECKING:
    from types import ModuleType

VERSIONS = ("2021.12", "2022.12", "2023.12", "2024.12")


def __array_namespace__(self: Variable, /, *, api_version: str | None = None) -> ModuleType:
    """`tapegrad.array_api`. Raises ValueError for a version of the standard that it does not follow."""
    if api_version is not None and api_version not in VERSIONS:
        raise ValueError(
            f"tapegrad.array_api follows version {VERSIONS[-1]} of the standard, not {api_version!r}"
        )
    from . import array_api

    return array_api


def to_device(self: Variable, device: Any, /, *, stream: None = None) -> Variable:
    """The Variable itself: there is no device but the CPU. Raises ValueError for another, or for a stream."""
    if str(device) not in ("cpu", "cpu:0"):
        raise ValueError(f"tapegrad computes on the CPU only: device must be 'cpu', not {device!r}")
    if stream is not None:
        raise ValueError(f"the CPU has no streams: stream must be None, not {stream!r}")
    return self


def __complex__(self: Variable, /) -> complex:
    """The one element as a complex number. Raises ValueError for more than one; warns if it requires grad."""
    number = float(self.detach())
    if self.requires_grad and is_grad_enabled():
        warnings.warn(
            "Converting a tensor with requires_grad=True to a scalar leaves the tape: use .item(), or "
            ".detach() first, to say that this is meant",
            stacklevel=2,
        )
    return complex(number)


def __round__(self: Variable, ndigits: int | None = None, /) -> Any:
    """The nearest int of the one element, as of NumPy's numbers; with `ndigits` numpy.round()."""
    if ndigits is None:
        return round(self.item())
    import numpy as np

    return np.round(self, ndigits)


def __trunc__(self: Variable) -> int:
    """The one element without its fraction, as an int."""
    return int(self)


class ElementCount(int):
    """What ``x.size`` gives: the number of elements, as NumPy has it, which called gives PyTorch's shape."""

    shape: Size

    if TYPE_CHECKING:

        @overload
        def __call__(self, dim: None = None, *, axis: None = None) -> Size: ...
        @overload
        def __call__(self, dim: int, *, axis: None = None) -> int: ...
        @overload
        def __call__(self, dim: None = None, *, axis: int) -> int: ...
        def __call__(self, dim: int | None = None, *, axis: int | None = None) -> Size | int: ...

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(
            f"a number of elements has no {name!r} to be set: it is that of every such shape"
        )

    def __reduce__(self) -> tuple[type[int], tuple[int]]:
        return int, (int(self),)


setattr(Variable, "size", _size_descriptor(ElementCount, Variable.size))  # noqa: B010

# Above pandas' own: its columns and tables leave operators with a Variable to us, as ndarrays do.
Variable.__pandas_priority__ = 5000  # type: ignore[attr-defined]

# What a tensor of PyTorch may be, and none is here.
OTHER_KINDS = (
    "cuda",
    "ipu",
    "maia",
    "meta",
    "mkldnn",
    "mps",
    "mtia",
    "nested",
    "quantized",
    "sparse",
    "sparse_csr",
    "vulkan",
    "xla",
    "xpu",
)


def _constant(name: str, value: Any, text: str) -> None:
    setattr(Variable, name, property(lambda self: value, doc=text))


_constant("is_cpu", True, "True.")
for _name in OTHER_KINDS:
    _constant(f"is_{_name}", False, "False: there is no other kind than dense on the CPU.")
_constant("name", None, "None: what other libraries name a tensor by.")


def is_pinned(self: Variable, device: Any = None) -> bool:
    """False: memory is pinned for other devices."""
    return False


def is_shared(self: Variable) -> bool:
    """Whether the memory is shared with other processes: never."""
    return False


def is_distributed(self: Variable) -> bool:
    """Whether it is one part of what several processes have: never."""
    return False


def to_dense(self: Variable, dtype: Any = None, *, masked_grad: bool | None = None) -> Variable:
    """The Variable itself, which is dense, or with another dtype."""
    return self if dtype is None else self.to(dtype)


def __reversed__(self: Variable) -> Variable:
    """flip(0); a Variable of no dimensions as it is."""
    return self.flip(0) if self.dim() else self


def resize(self: Variable, *sizes: Any) -> Variable:
    """reshape(), by its oldest name, with a warning. Raises RuntimeError for another number of elements."""
    warnings.warn("non-inplace resize is deprecated: use reshape()", stacklevel=2)
    from .autograd._functions import Resize

    shape = tuple(sizes[0]) if len(sizes) == 1 and not isinstance(sizes[0], int) else sizes
    result: Variable = Resize.apply(self, shape)
    return result


def resize_as(self: Variable, variable: Variable) -> Variable:
    """resize(variable.shape)."""
    warnings.warn("non-inplace resize_as is deprecated: use reshape()", stacklevel=2)
    from .autograd._functions import Resize

    result: Variable = Resize.apply(self, tuple(variable.shape))
    return result


for _function in (
    __array_namespace__,
    __complex__,
    __round__,
    __trunc__,
    to_device,
    __reversed__,
    is_pinned,
    is_shared,
    is_distributed,
    to_dense,
    resize,
    resize_as,
):
    setattr(Variable, _function.__name__, _function)
