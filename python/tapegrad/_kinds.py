"""Names for kinds of Variables: the layout, and the types by dtype of PyTorch's early days."""

from __future__ import annotations

from typing import Any

from . import _core
from ._core import Variable


class layout:
    """How the elements of a Variable are kept. There is one layout, `tapegrad.strided`."""

    def __new__(cls) -> layout:
        return strided if "strided" in globals() else super().__new__(cls)

    def __repr__(self) -> str:
        return "tapegrad.strided"

    def __reduce__(self) -> str:
        return "strided"


strided: layout = layout()


class _TensorType:
    """`FloatTensor` and its like: constructors, of which Variables of that dtype are instances."""

    def __init__(self, name: str, dtype: Any) -> None:
        self.__name__, self.dtype, self.make = name, dtype, getattr(_core, name)

    def __call__(self, *data: Any) -> Variable:
        result: Variable = self.make(*data)
        return result

    def __instancecheck__(self, instance: object) -> bool:
        return isinstance(instance, Variable) and instance.dtype is self.dtype

    def __repr__(self) -> str:
        return f"<class 'tapegrad.{self.__name__}'>"


BoolTensor = _TensorType("BoolTensor", _core.bool)
ByteTensor = _TensorType("ByteTensor", _core.uint8)
CharTensor = _TensorType("CharTensor", _core.int8)
DoubleTensor = _TensorType("DoubleTensor", _core.float64)
FloatTensor = _TensorType("FloatTensor", _core.float32)
IntTensor = _TensorType("IntTensor", _core.int32)
LongTensor = _TensorType("LongTensor", _core.int64)
ShortTensor = _TensorType("ShortTensor", _core.int16)
