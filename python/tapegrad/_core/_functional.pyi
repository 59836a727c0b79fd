"""A part of the compiled module. Written by tools/stubs.py: change the tables there, not this file."""

import builtins
from collections.abc import Sequence
from typing import overload

from . import Variable, _Dims, _DType, _Input, _Number

def _reduced(losses: Variable, reduction: str) -> Variable: ...
@overload
def cosine_similarity(
    x1: _Input, x2: _Input, dim: builtins.int = 1, eps: builtins.float = 1e-08
) -> Variable: ...
@overload
def cosine_similarity(
    x1: _Input, x2: _Input, axis: builtins.int = 1, eps: builtins.float = 1e-08
) -> Variable: ...
def hardtanh(input: _Input, min_val: _Number = -1.0, max_val: _Number = 1.0) -> Variable: ...
def l1_loss(input: _Input, target: _Input, *, reduction: str = "mean") -> Variable: ...
def leaky_relu(input: _Input, negative_slope: _Number = 0.01) -> Variable: ...
@overload
def log_softmax(
    input: _Input,
    dim: builtins.int,
    dtype: _DType = None,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def log_softmax(
    input: _Input,
    axis: builtins.int,
    dtype: _DType = None,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def mse_loss(input: _Input, target: _Input, *, reduction: str = "mean") -> Variable: ...
def nll_loss(
    input: _Input,
    target: _Input,
    weight: _Input | None = None,
    *,
    ignore_index: builtins.int = -100,
    reduction: str = "mean",
) -> Variable: ...
def pad(input: _Input, pad: _Dims, mode: str = "constant", value: _Number | None = None) -> Variable: ...
@overload
def pairwise_distance(
    x1: _Input,
    x2: _Input,
    p: builtins.float = 2.0,
    eps: builtins.float = 1e-06,
    keepdim: builtins.bool = False,
) -> Variable: ...
@overload
def pairwise_distance(
    x1: _Input,
    x2: _Input,
    p: builtins.float = 2.0,
    eps: builtins.float = 1e-06,
    keepdims: builtins.bool = False,
) -> Variable: ...
def pdist(input: _Input, p: builtins.float = 2.0) -> Variable: ...
def relu(input: _Input) -> Variable: ...
def sigmoid(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
@overload
def softmax(
    input: _Input,
    dim: builtins.int,
    dtype: _DType = None,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def softmax(
    input: _Input,
    axis: builtins.int,
    dtype: _DType = None,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def softmin(input: _Input, dim: _Dims | None, dtype: _DType = None) -> Variable: ...
@overload
def softmin(input: _Input, axis: _Dims | None, dtype: _DType = None) -> Variable: ...
def tanh(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
