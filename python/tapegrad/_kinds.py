"""What PyTorch's users ask of a tensor that may be of many kinds: a Variable is dense and on the CPU."""

from __future__ import annotations

import warnings
from typing import Any

from . import _core
from ._core import Variable

__all__ = ["layout", "strided"]


class layout:
    """How the elements of a Variable are kept. There is one layout, `tapegrad.strided`."""

    def __new__(cls) -> layout:
        return strided if "strided" in globals() else super().__new__(cls)

    def __repr__(self) -> str:
        return "tapegrad.strided"

    def __reduce__(self) -> str:
        return "strided"


strided = layout()

_NO = (
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
for _name in _NO:
    _constant(f"is_{_name}", False, "False: there is no other kind than dense on the CPU.")
_constant("layout", strided, "tapegrad.strided.")
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


for _function in (__reversed__, is_pinned, is_shared, is_distributed, to_dense, resize, resize_as):
    setattr(Variable, _function.__name__, _function)


class _TensorType(type):
    """The type of `FloatTensor` and its like: constructors, whose instances are Variables of that dtype."""

    dtype: Any
    make: Any

    def __call__(cls, *data: Any) -> Variable:
        result: Variable = cls.make(*data)
        return result

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, Variable) and instance.dtype is cls.dtype


def tensor_types() -> dict[str, Any]:
    """`FloatTensor` and its like, by name."""
    found = {}
    for name, dtype in (
        ("BoolTensor", _core.bool),
        ("ByteTensor", _core.uint8),
        ("CharTensor", _core.int8),
        ("DoubleTensor", _core.float64),
        ("FloatTensor", _core.float32),
        ("IntTensor", _core.int32),
        ("LongTensor", _core.int64),
        ("ShortTensor", _core.int16),
    ):
        make = getattr(_core, name)
        found[name] = _TensorType(
            name, (), {"dtype": dtype, "make": make, "__doc__": make.__doc__, "__module__": "tapegrad"}
        )
    return found
