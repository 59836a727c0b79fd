"""A part of the compiled module. Written by tools/stubs.py: change the tables there, not this file."""

from typing import overload

from . import Variable, _Dims, _DType, _Input, _Number

def pad(input: _Input, pad: _Dims, mode: str = "constant", value: _Number | None = None) -> Variable: ...
@overload
def softmin(input: _Input, dim: _Dims | None, dtype: _DType = None) -> Variable: ...
@overload
def softmin(input: _Input, axis: _Dims | None, dtype: _DType = None) -> Variable: ...
