"""The compiled part of tapegrad. Written by tools/stubs.py: change the tables there, not this file."""

import builtins
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, Final, NamedTuple, Self, SupportsIndex, TypeAlias, TypeVar, overload

import numpy as np
import numpy.typing as npt

from .._attributes import ElementCount
from .._device import device as _DeviceClass
from .._kinds import layout as _LayoutClass
from .._numpy.methods import Flat
from ..autograd.graph import GradientEdge
from ..utils.hooks import RemovableHandle

# The module has names of its own for float, int, bool and dtype, hence builtins and the aliases.
_Number: TypeAlias = builtins.float | np.number[Any] | np.bool
_Input: TypeAlias = Variable | npt.NDArray[Any]
_Operand: TypeAlias = _Input | _Number
_Data: TypeAlias = _Input | npt.ArrayLike | Sequence[Any]
_Subclass = TypeVar("_Subclass", bound=Variable)
_DTypeClass: TypeAlias = dtype
_DType: TypeAlias = dtype | npt.DTypeLike | None
_Device: TypeAlias = _DeviceClass | str | None
_Dims: TypeAlias = builtins.int | Sequence[builtins.int]
_Ends: TypeAlias = Variable | GradientEdge | Sequence[Variable | GradientEdge]
_Gradients: TypeAlias = Variable | Sequence[Variable | None] | None

class _ValuesIndices(NamedTuple):
    values: Variable
    indices: Variable

class _Histogram(NamedTuple):
    hist: Variable
    bin_edges: Variable

class _MinMax(NamedTuple):
    min: Variable
    max: Variable

class _MantissaExponent(NamedTuple):
    mantissa: Variable
    exponent: Variable

class dtype:
    @property
    def char(self) -> str: ...
    @property
    def is_complex(self) -> builtins.bool: ...
    @property
    def is_floating_point(self) -> builtins.bool: ...
    @property
    def is_signed(self) -> builtins.bool: ...
    @property
    def itemsize(self) -> builtins.int: ...
    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def type(self) -> builtins.type[Any]: ...
    def __repr__(self) -> str: ...

class Size(tuple[builtins.int, ...]):
    @overload
    def __getitem__(self, key: SupportsIndex, /) -> builtins.int: ...
    @overload
    def __getitem__(self, key: slice, /) -> Size: ...
    def __add__(self, value: tuple[builtins.int, ...], /) -> Size: ...  # type: ignore[override]
    def __radd__(self, value: tuple[builtins.int, ...], /) -> Size: ...
    def __mul__(self, value: SupportsIndex, /) -> Size: ...
    def __rmul__(self, value: SupportsIndex, /) -> Size: ...
    def numel(self) -> builtins.int: ...

class Variable:
    size: ElementCount
    __array_function__: ClassVar[Any]
    __array_ufunc__: ClassVar[Any]
    def argpartition(self, *args: Any, **kwargs: Any) -> Any: ...
    def astype(self, *args: Any, **kwargs: Any) -> Any: ...
    def choose(self, *args: Any, **kwargs: Any) -> Any: ...
    def compress(self, *args: Any, **kwargs: Any) -> Any: ...
    def conjugate(self, *args: Any, **kwargs: Any) -> Any: ...
    def copy(self, *args: Any, **kwargs: Any) -> Any: ...
    def fill(self, *args: Any, **kwargs: Any) -> Any: ...
    def partition(self, *args: Any, **kwargs: Any) -> Any: ...
    def searchsorted(self, *args: Any, **kwargs: Any) -> Any: ...
    def tobytes(self, *args: Any, **kwargs: Any) -> Any: ...
    def tofile(self, *args: Any, **kwargs: Any) -> Any: ...
    @overload
    def __init__(self, data: _Data = ..., *, requires_grad: builtins.bool = False) -> None: ...
    @overload
    def __init__(self, *sizes: builtins.int) -> None: ...
    @property
    def H(self) -> Variable: ...
    @property
    def T(self) -> Variable: ...
    @property
    def _backward_hooks(self) -> dict[builtins.int, Callable[..., Any]] | None: ...
    @_backward_hooks.setter
    def _backward_hooks(self, value: dict[builtins.int, Callable[..., Any]] | None) -> None: ...
    @property
    def _base(self) -> Variable | None: ...
    @property
    def _grad_fn(self) -> _Node | None: ...
    @_grad_fn.setter
    def _grad_fn(self, value: _Node | None) -> None: ...
    @property
    def _post_accumulate_grad_hooks(self) -> dict[builtins.int, Callable[..., Any]] | None: ...
    @property
    def _version(self) -> builtins.int: ...
    @property
    def base(self) -> Variable | None: ...
    @property
    def data(self) -> Variable: ...
    @data.setter
    def data(self, value: Variable) -> None: ...
    @property
    def device(self) -> _DeviceClass: ...
    @property
    def dtype(self) -> _DTypeClass: ...
    @property
    def flags(self) -> Any: ...
    @property
    def flat(self) -> Flat: ...
    @property
    def grad(self) -> Variable | None: ...
    @grad.setter
    def grad(self, value: Variable | None) -> None: ...
    @property
    def grad_dtype(self) -> _DTypeClass | None: ...
    @grad_dtype.setter
    def grad_dtype(self, value: _DTypeClass | None) -> None: ...
    @property
    def grad_fn(self) -> _Node | None: ...
    @property
    def imag(self) -> Variable: ...
    @property
    def is_cpu(self) -> builtins.bool: ...
    @property
    def is_cuda(self) -> builtins.bool: ...
    @property
    def is_ipu(self) -> builtins.bool: ...
    @property
    def is_leaf(self) -> builtins.bool: ...
    @property
    def is_maia(self) -> builtins.bool: ...
    @property
    def is_meta(self) -> builtins.bool: ...
    @property
    def is_mkldnn(self) -> builtins.bool: ...
    @property
    def is_mps(self) -> builtins.bool: ...
    @property
    def is_mtia(self) -> builtins.bool: ...
    @property
    def is_nested(self) -> builtins.bool: ...
    @property
    def is_quantized(self) -> builtins.bool: ...
    @property
    def is_sparse(self) -> builtins.bool: ...
    @property
    def is_sparse_csr(self) -> builtins.bool: ...
    @property
    def is_vulkan(self) -> builtins.bool: ...
    @property
    def is_xla(self) -> builtins.bool: ...
    @property
    def is_xpu(self) -> builtins.bool: ...
    @property
    def itemsize(self) -> builtins.int: ...
    @property
    def layout(self) -> _LayoutClass: ...
    @property
    def mH(self) -> Variable: ...
    @property
    def mT(self) -> Variable: ...
    @property
    def name(self) -> None: ...
    @property
    def nbytes(self) -> builtins.int: ...
    @property
    def ndim(self) -> builtins.int: ...
    @property
    def output_nr(self) -> builtins.int: ...
    @property
    def real(self) -> Variable: ...
    @property
    def requires_grad(self) -> builtins.bool: ...
    @requires_grad.setter
    def requires_grad(self, value: builtins.bool) -> None: ...
    @property
    def retains_grad(self) -> builtins.bool: ...
    @property
    def shape(self) -> Size: ...
    @property
    def strides(self) -> tuple[builtins.int, ...]: ...
    @property
    def volatile(self) -> builtins.bool: ...
    def __neg__(self) -> Variable: ...
    def __pos__(self) -> Variable: ...
    def __abs__(self) -> Variable: ...
    def __invert__(self) -> Variable: ...
    def __add__(self, value: _Operand, /) -> Variable: ...
    def __radd__(self, value: _Operand, /) -> Variable: ...
    def __sub__(self, value: _Operand, /) -> Variable: ...
    def __rsub__(self, value: _Operand, /) -> Variable: ...
    def __mul__(self, value: _Operand, /) -> Variable: ...
    def __rmul__(self, value: _Operand, /) -> Variable: ...
    def __truediv__(self, value: _Operand, /) -> Variable: ...
    def __rtruediv__(self, value: _Operand, /) -> Variable: ...
    def __floordiv__(self, value: _Operand, /) -> Variable: ...
    def __rfloordiv__(self, value: _Operand, /) -> Variable: ...
    def __mod__(self, value: _Operand, /) -> Variable: ...
    def __rmod__(self, value: _Operand, /) -> Variable: ...
    def __lshift__(self, value: _Operand, /) -> Variable: ...
    def __rlshift__(self, value: _Operand, /) -> Variable: ...
    def __rshift__(self, value: _Operand, /) -> Variable: ...
    def __rrshift__(self, value: _Operand, /) -> Variable: ...
    def __and__(self, value: _Operand, /) -> Variable: ...
    def __rand__(self, value: _Operand, /) -> Variable: ...
    def __or__(self, value: _Operand, /) -> Variable: ...
    def __ror__(self, value: _Operand, /) -> Variable: ...
    def __xor__(self, value: _Operand, /) -> Variable: ...
    def __rxor__(self, value: _Operand, /) -> Variable: ...
    def __matmul__(self, value: _Input, /) -> Variable: ...
    def __rmatmul__(self, value: _Input, /) -> Variable: ...
    def __divmod__(self, value: _Operand, /) -> tuple[Variable, Variable]: ...
    def __rdivmod__(self, value: _Operand, /) -> tuple[Variable, Variable]: ...
    def __pow__(self, value: _Operand, mod: None = None, /) -> Variable: ...
    def __rpow__(self, value: _Operand, mod: None = None, /) -> Variable: ...
    def __iadd__(self, value: _Operand, /) -> Self: ...
    def __isub__(self, value: _Operand, /) -> Self: ...
    def __imul__(self, value: _Operand, /) -> Self: ...
    def __itruediv__(self, value: _Operand, /) -> Self: ...
    def __ifloordiv__(self, value: _Operand, /) -> Self: ...
    def __imod__(self, value: _Operand, /) -> Self: ...
    def __ilshift__(self, value: _Operand, /) -> Self: ...
    def __irshift__(self, value: _Operand, /) -> Self: ...
    def __iand__(self, value: _Operand, /) -> Self: ...
    def __ior__(self, value: _Operand, /) -> Self: ...
    def __ixor__(self, value: _Operand, /) -> Self: ...
    def __ipow__(self, value: _Operand, /) -> Self: ...  # type: ignore[misc]
    def __lt__(self, value: _Operand, /) -> Variable: ...  # type: ignore[misc]
    def __le__(self, value: _Operand, /) -> Variable: ...  # type: ignore[misc]
    def __gt__(self, value: _Operand, /) -> Variable: ...  # type: ignore[misc]
    def __ge__(self, value: _Operand, /) -> Variable: ...  # type: ignore[misc]
    def __eq__(self, value: _Operand, /) -> Variable: ...  # type: ignore[override]
    def __ne__(self, value: _Operand, /) -> Variable: ...  # type: ignore[override]
    def __hash__(self) -> builtins.int: ...
    def __bool__(self) -> builtins.bool: ...
    def __int__(self) -> builtins.int: ...
    def __index__(self) -> builtins.int: ...
    def __float__(self) -> builtins.float: ...
    def __complex__(self) -> complex: ...
    def __array_namespace__(self, /, *, api_version: str | None = None) -> Any: ...
    def is_pinned(self, device: Any = None) -> builtins.bool: ...
    def is_shared(self) -> builtins.bool: ...
    def is_distributed(self) -> builtins.bool: ...
    def to_dense(self, dtype: _DType = None, *, masked_grad: builtins.bool | None = None) -> Variable: ...
    def resize(self, *sizes: Any) -> Variable: ...
    def resize_as(self, variable: Variable) -> Variable: ...
    def to_device(self, device: _DeviceClass | str, /, *, stream: None = None) -> Variable: ...
    def __len__(self) -> builtins.int: ...
    def __iter__(self) -> Iterator[Variable]: ...
    def __contains__(self, key: object, /) -> builtins.bool: ...
    def __getitem__(self, key: Any, /) -> Variable: ...
    def __setitem__(self, key: Any, value: _Operand, /) -> None: ...
    def __repr__(self) -> str: ...
    def __reversed__(self) -> Variable: ...
    def __round__(self, ndigits: builtins.int | None = None, /) -> Any: ...
    def __trunc__(self) -> builtins.int: ...
    def __array__(
        self, dtype: npt.DTypeLike | None = None, *, copy: builtins.bool | None = None
    ) -> npt.NDArray[Any]: ...
    def __copy__(self) -> Variable: ...
    def __deepcopy__(self, memo: dict[builtins.int, Any]) -> Variable: ...
    def __dlpack__(
        self,
        *,
        stream: Any = None,
        max_version: Any = None,
        dl_device: Any = None,
        copy: builtins.bool | None = None,
    ) -> Any: ...
    def __dlpack_device__(self) -> tuple[builtins.int, builtins.int]: ...
    def __format__(self, format_spec: str) -> str: ...
    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]: ...
    def _is_view(self) -> builtins.bool: ...
    def abs(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def abs_(self) -> Self: ...
    def absolute(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def absolute_(self) -> Self: ...
    def acos(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def acos_(self) -> Self: ...
    def acosh(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def acosh_(self) -> Self: ...
    def add(
        self,
        other: _Operand,
        *,
        alpha: _Number | Variable = 1,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def add_(self, other: _Operand, *, alpha: _Number | Variable = 1) -> Self: ...
    def addbmm(
        self,
        batch1: _Input,
        batch2: _Input,
        *,
        beta: _Number = 1,
        alpha: _Number | Variable = 1,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def addbmm_(
        self, batch1: _Input, batch2: _Input, *, beta: _Number = 1, alpha: _Number | Variable = 1
    ) -> Self: ...
    def addcdiv(
        self,
        tensor1: _Input,
        tensor2: _Input,
        *,
        value: _Number = 1,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def addcdiv_(self, tensor1: _Input, tensor2: _Input, *, value: _Number = 1) -> Self: ...
    def addcmul(
        self,
        tensor1: _Input,
        tensor2: _Input,
        *,
        value: _Number = 1,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def addcmul_(self, tensor1: _Input, tensor2: _Input, *, value: _Number = 1) -> Self: ...
    def addmm(
        self,
        mat1: _Input,
        mat2: _Input,
        *,
        beta: _Number = 1,
        alpha: _Number | Variable = 1,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def addmm_(
        self, mat1: _Input, mat2: _Input, *, beta: _Number = 1, alpha: _Number | Variable = 1
    ) -> Self: ...
    def addmv(
        self,
        mat: _Input,
        vec: _Input,
        *,
        beta: _Number = 1,
        alpha: _Number | Variable = 1,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def addmv_(
        self, mat: _Input, vec: _Input, *, beta: _Number = 1, alpha: _Number | Variable = 1
    ) -> Self: ...
    def addr(
        self,
        vec1: _Input,
        vec2: _Input,
        *,
        beta: _Number = 1,
        alpha: _Number | Variable = 1,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def addr_(
        self, vec1: _Input, vec2: _Input, *, beta: _Number = 1, alpha: _Number | Variable = 1
    ) -> Self: ...
    def adjoint(self) -> Variable: ...
    @overload
    def all(
        self,
        dim: _Dims | None = None,
        keepdim: builtins.bool = False,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def all(
        self,
        axis: _Dims | None = None,
        keepdims: builtins.bool = False,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def allclose(
        self,
        other: _Input,
        rtol: builtins.float | None = 1e-05,
        atol: builtins.float | None = 1e-08,
        equal_nan: builtins.bool = False,
    ) -> builtins.bool: ...
    @overload
    def amax(
        self,
        dim: _Dims | None = None,
        keepdim: builtins.bool = False,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def amax(
        self,
        axis: _Dims | None = None,
        keepdims: builtins.bool = False,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def amin(
        self,
        dim: _Dims | None = None,
        keepdim: builtins.bool = False,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def amin(
        self,
        axis: _Dims | None = None,
        keepdims: builtins.bool = False,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def aminmax(
        self,
        *,
        dim: _Dims | None = None,
        keepdim: builtins.bool = False,
        out: Variable | Sequence[Variable] | None = None,
    ) -> _MinMax: ...
    @overload
    def aminmax(
        self,
        *,
        axis: _Dims | None = None,
        keepdims: builtins.bool = False,
        out: Variable | Sequence[Variable] | None = None,
    ) -> _MinMax: ...
    def angle(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    @overload
    def any(
        self,
        dim: _Dims | None = None,
        keepdim: builtins.bool = False,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def any(
        self,
        axis: _Dims | None = None,
        keepdims: builtins.bool = False,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def arccos(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def arccos_(self) -> Self: ...
    def arccosh(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def arccosh_(self) -> Self: ...
    def arcsin(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def arcsin_(self) -> Self: ...
    def arcsinh(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def arcsinh_(self) -> Self: ...
    def arctan(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def arctan2(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def arctan2_(self, other: _Operand) -> Self: ...
    def arctan_(self) -> Self: ...
    def arctanh(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def arctanh_(self) -> Self: ...
    @overload
    def argmax(
        self,
        dim: builtins.int | None = None,
        keepdim: builtins.bool = False,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def argmax(
        self,
        axis: builtins.int | None = None,
        keepdims: builtins.bool = False,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def argmin(
        self,
        dim: builtins.int | None = None,
        keepdim: builtins.bool = False,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def argmin(
        self,
        axis: builtins.int | None = None,
        keepdims: builtins.bool = False,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def argsort(
        self,
        dim: builtins.int = -1,
        descending: builtins.bool = False,
        *,
        stable: builtins.bool = False,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def argsort(
        self,
        axis: builtins.int = -1,
        descending: builtins.bool = False,
        *,
        stable: builtins.bool = False,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def argwhere(self) -> Variable: ...
    def as_strided(
        self, size: _Dims, stride: _Dims, storage_offset: builtins.int | None = None
    ) -> Variable: ...
    def as_strided_(self, size: _Dims, stride: _Dims, storage_offset: builtins.int | None = None) -> Self: ...
    def as_strided_scatter(
        self, src: _Input, size: _Dims, stride: _Dims, storage_offset: builtins.int | None = None
    ) -> Variable: ...
    def as_subclass(self, cls: type[_Subclass], /) -> _Subclass: ...
    def asin(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def asin_(self) -> Self: ...
    def asinh(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def asinh_(self) -> Self: ...
    def atan(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def atan2(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def atan2_(self, other: _Operand) -> Self: ...
    def atan_(self) -> Self: ...
    def atanh(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def atanh_(self) -> Self: ...
    def backward(
        self,
        gradient: Variable | None = None,
        retain_graph: builtins.bool | None = None,
        create_graph: builtins.bool = False,
        inputs: _Ends | None = None,
        *,
        retain_variables: builtins.bool | None = None,
    ) -> None: ...
    def baddbmm(
        self,
        batch1: _Input,
        batch2: _Input,
        *,
        beta: _Number = 1,
        alpha: _Number | Variable = 1,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def baddbmm_(
        self, batch1: _Input, batch2: _Input, *, beta: _Number = 1, alpha: _Number | Variable = 1
    ) -> Self: ...
    def bernoulli(
        self,
        p: _Operand | None = None,
        *,
        generator: Generator | None = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def bernoulli_(self, p: _Operand | None = 0.5, *, generator: Generator | None = None) -> Self: ...
    def bincount(self, weights: _Input | None = None, minlength: builtins.int = 0) -> Variable: ...
    def bitwise_and(
        self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    def bitwise_and_(self, other: _Operand) -> Self: ...
    def bitwise_left_shift(
        self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    def bitwise_left_shift_(self, other: _Operand) -> Self: ...
    def bitwise_not(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def bitwise_not_(self) -> Self: ...
    def bitwise_or(
        self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    def bitwise_or_(self, other: _Operand) -> Self: ...
    def bitwise_right_shift(
        self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    def bitwise_right_shift_(self, other: _Operand) -> Self: ...
    def bitwise_xor(
        self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    def bitwise_xor_(self, other: _Operand) -> Self: ...
    def bmm(self, mat2: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def bool(self, memory_format: memory_format | None = None) -> Variable: ...
    @overload
    def broadcast_to(self, *size: _Dims) -> Variable: ...
    @overload
    def broadcast_to(self, *, size: _Dims) -> Variable: ...
    def byte(self, memory_format: memory_format | None = None) -> Variable: ...
    def cauchy_(
        self, median: _Number = 0.0, sigma: _Number = 1.0, *, generator: Generator | None = None
    ) -> Self: ...
    def ceil(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def ceil_(self) -> Self: ...
    def char(self, memory_format: memory_format | None = None) -> Variable: ...
    def cholesky(
        self, upper: builtins.bool = False, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    def cholesky_inverse(
        self, upper: builtins.bool = False, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    def cholesky_solve(
        self, L: _Input, upper: builtins.bool = False, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    @overload
    def chunk(self, chunks: builtins.int, dim: builtins.int = 0) -> tuple[Variable, ...]: ...
    @overload
    def chunk(self, chunks: builtins.int, axis: builtins.int = 0) -> tuple[Variable, ...]: ...
    def clamp(
        self,
        min: _Operand | None = None,
        max: _Operand | None = None,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def clamp_(self, min: _Operand | None = None, max: _Operand | None = None) -> Self: ...
    def clamp_max(self, max: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def clamp_max_(self, max: _Operand) -> Self: ...
    def clamp_min(self, min: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def clamp_min_(self, min: _Operand) -> Self: ...
    def clip(
        self,
        min: _Operand | None = None,
        max: _Operand | None = None,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def clip_(self, min: _Operand | None = None, max: _Operand | None = None) -> Self: ...
    def clone(self, *, memory_format: memory_format | None = None) -> Variable: ...
    def conj(self) -> Variable: ...
    def conj_physical(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def conj_physical_(self) -> Self: ...
    def contiguous(self, *, memory_format: memory_format | None = None) -> Variable: ...
    def copy_(self, src: _Operand, non_blocking: builtins.bool = False) -> Self: ...
    def copysign(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def copysign_(self, other: _Operand) -> Self: ...
    def corrcoef(self) -> Variable: ...
    def cos(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def cos_(self) -> Self: ...
    def cosh(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def cosh_(self) -> Self: ...
    @overload
    def count_nonzero(self, dim: _Dims | None = None) -> Variable: ...
    @overload
    def count_nonzero(self, axis: _Dims | None = None) -> Variable: ...
    @overload
    def cov(
        self, *, correction: builtins.int = 1, fweights: _Input | None = None, aweights: _Input | None = None
    ) -> Variable: ...
    @overload
    def cov(
        self, *, ddof: builtins.int = 1, fweights: _Input | None = None, aweights: _Input | None = None
    ) -> Variable: ...
    def cpu(self) -> Variable: ...
    @overload
    def cross(
        self,
        other: _Operand,
        dim: builtins.int | None = None,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def cross(
        self,
        other: _Operand,
        axis: builtins.int | None = None,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def cummax(
        self, dim: builtins.int, *, out: Variable | Sequence[Variable] | None = None
    ) -> _ValuesIndices: ...
    @overload
    def cummax(
        self, axis: builtins.int, *, out: Variable | Sequence[Variable] | None = None
    ) -> _ValuesIndices: ...
    @overload
    def cummin(
        self, dim: builtins.int, *, out: Variable | Sequence[Variable] | None = None
    ) -> _ValuesIndices: ...
    @overload
    def cummin(
        self, axis: builtins.int, *, out: Variable | Sequence[Variable] | None = None
    ) -> _ValuesIndices: ...
    @overload
    def cumprod(
        self, dim: builtins.int, *, dtype: _DType = None, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    @overload
    def cumprod(
        self, axis: builtins.int, *, dtype: _DType = None, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    @overload
    def cumprod_(self, dim: builtins.int, *, dtype: _DType = None) -> Self: ...
    @overload
    def cumprod_(self, axis: builtins.int, *, dtype: _DType = None) -> Self: ...
    @overload
    def cumsum(
        self, dim: builtins.int, *, dtype: _DType = None, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    @overload
    def cumsum(
        self, axis: builtins.int, *, dtype: _DType = None, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    @overload
    def cumsum_(self, dim: builtins.int, *, dtype: _DType = None) -> Self: ...
    @overload
    def cumsum_(self, axis: builtins.int, *, dtype: _DType = None) -> Self: ...
    def data_ptr(self) -> builtins.int: ...
    def deg2rad(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def deg2rad_(self) -> Self: ...
    def det(self) -> Variable: ...
    def detach(self) -> Variable: ...
    def detach_(self) -> Self: ...
    def diag(
        self, diagonal: builtins.int = 0, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    def diag_embed(
        self, offset: builtins.int = 0, dim1: builtins.int = -2, dim2: builtins.int = -1
    ) -> Variable: ...
    def diagflat(self, offset: builtins.int = 0) -> Variable: ...
    def diagonal(
        self, offset: builtins.int = 0, dim1: builtins.int = 0, dim2: builtins.int = 1
    ) -> Variable: ...
    def diagonal_scatter(
        self, src: _Input, offset: builtins.int = 0, dim1: builtins.int = 0, dim2: builtins.int = 1
    ) -> Variable: ...
    @overload
    def diff(
        self,
        n: builtins.int = 1,
        dim: _Dims | None = -1,
        prepend: _Input | None = None,
        append: _Input | None = None,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def diff(
        self,
        n: builtins.int = 1,
        axis: _Dims | None = -1,
        prepend: _Input | None = None,
        append: _Input | None = None,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def digamma(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def digamma_(self) -> Self: ...
    def dim(self) -> builtins.int: ...
    def dist(self, other: _Input, p: _Number = 2) -> Variable: ...
    def div(
        self,
        other: _Operand,
        *,
        rounding_mode: str | None = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def div_(self, other: _Operand, *, rounding_mode: str | None = None) -> Self: ...
    def divide(
        self,
        other: _Operand,
        *,
        rounding_mode: str | None = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def divide_(self, other: _Operand, *, rounding_mode: str | None = None) -> Self: ...
    def dot(self, tensor: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def double(self, memory_format: memory_format | None = None) -> Variable: ...
    @overload
    def dsplit(self, indices_or_sections: _Dims) -> tuple[Variable, ...]: ...
    @overload
    def dsplit(self, sections: _Dims) -> tuple[Variable, ...]: ...
    @overload
    def dsplit(self, indices: _Dims) -> tuple[Variable, ...]: ...
    def element_size(self) -> builtins.int: ...
    def eq(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def eq_(self, other: _Operand) -> Self: ...
    def equal(self, other: _Input) -> builtins.bool: ...
    def erf(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def erf_(self) -> Self: ...
    def erfc(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def erfc_(self) -> Self: ...
    def erfinv(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def erfinv_(self) -> Self: ...
    def exp(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def exp2(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def exp2_(self) -> Self: ...
    def exp_(self) -> Self: ...
    @overload
    def expand(self, *size: _Dims) -> Variable: ...
    @overload
    def expand(self, *, size: _Dims) -> Variable: ...
    def expand_as(self, other: _Input) -> Variable: ...
    def expm1(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def expm1_(self) -> Self: ...
    def exponential_(self, lambd: _Number = 1.0, *, generator: Generator | None = None) -> Self: ...
    def fill_(self, value: _Operand) -> Self: ...
    def fill_diagonal_(self, fill_value: _Number | Variable, wrap: builtins.bool = False) -> Self: ...
    def fix(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def fix_(self) -> Self: ...
    def flatten(self, start_dim: builtins.int = 0, end_dim: builtins.int = -1) -> Variable: ...
    def flip(self, *dims: _Dims) -> Variable: ...
    def fliplr(self) -> Variable: ...
    def flipud(self) -> Variable: ...
    def float(self, memory_format: memory_format | None = None) -> Variable: ...
    def float_power(
        self, exponent: _Operand, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    def float_power_(self, exponent: _Operand) -> Self: ...
    def floor(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def floor_(self) -> Self: ...
    def floor_divide(
        self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    def floor_divide_(self, other: _Operand) -> Self: ...
    def fmax(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def fmin(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def fmod(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def fmod_(self, other: _Operand) -> Self: ...
    def frac(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def frac_(self) -> Self: ...
    def frexp(self, *, out: Variable | Sequence[Variable] | None = None) -> _MantissaExponent: ...
    @overload
    def gather(
        self,
        dim: builtins.int,
        index: _Input,
        *,
        sparse_grad: builtins.bool = False,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def gather(
        self,
        axis: builtins.int,
        index: _Input,
        *,
        sparse_grad: builtins.bool = False,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def gcd(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def gcd_(self, other: _Operand) -> Self: ...
    def ge(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def ge_(self, other: _Operand) -> Self: ...
    def geometric_(self, p: _Number, *, generator: Generator | None = None) -> Self: ...
    def geqrf(self, *, out: Variable | Sequence[Variable] | None = None) -> tuple[Variable, ...]: ...
    def ger(self, vec2: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def get_device(self) -> builtins.int: ...
    def greater(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def greater_(self, other: _Operand) -> Self: ...
    def greater_equal(
        self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    def greater_equal_(self, other: _Operand) -> Self: ...
    def gt(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def gt_(self, other: _Operand) -> Self: ...
    def heaviside(
        self, values: _Operand, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    def heaviside_(self, values: _Operand) -> Self: ...
    def histc(
        self,
        bins: builtins.int = 100,
        min: _Number = 0,
        max: _Number = 0,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def histogram(
        self,
        bins: builtins.int | _Input,
        *,
        range: Sequence[_Number] | None = None,
        weight: _Input | None = None,
        density: builtins.bool = False,
        out: Variable | Sequence[Variable] | None = None,
    ) -> _Histogram: ...
    @overload
    def hsplit(self, indices_or_sections: _Dims) -> tuple[Variable, ...]: ...
    @overload
    def hsplit(self, sections: _Dims) -> tuple[Variable, ...]: ...
    @overload
    def hsplit(self, indices: _Dims) -> tuple[Variable, ...]: ...
    def hypot(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def hypot_(self, other: _Operand) -> Self: ...
    def i0(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def i0_(self) -> Self: ...
    def igamma(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def igamma_(self, other: _Operand) -> Self: ...
    def igammac(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def igammac_(self, other: _Operand) -> Self: ...
    @overload
    def index_add(
        self,
        dim: builtins.int,
        index: _Input,
        source: _Input,
        *,
        alpha: _Number | Variable = 1,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def index_add(
        self,
        axis: builtins.int,
        index: _Input,
        source: _Input,
        *,
        alpha: _Number | Variable = 1,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def index_add_(
        self, dim: builtins.int, index: _Input, source: _Input, *, alpha: _Number | Variable = 1
    ) -> Self: ...
    @overload
    def index_add_(
        self, axis: builtins.int, index: _Input, source: _Input, *, alpha: _Number | Variable = 1
    ) -> Self: ...
    @overload
    def index_copy(
        self,
        dim: builtins.int,
        index: _Input,
        source: _Input,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def index_copy(
        self,
        axis: builtins.int,
        index: _Input,
        source: _Input,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def index_copy_(self, dim: builtins.int, index: _Input, source: _Input) -> Self: ...
    @overload
    def index_copy_(self, axis: builtins.int, index: _Input, source: _Input) -> Self: ...
    @overload
    def index_fill(self, dim: builtins.int, index: _Input, value: _Operand) -> Variable: ...
    @overload
    def index_fill(self, axis: builtins.int, index: _Input, value: _Operand) -> Variable: ...
    @overload
    def index_fill_(self, dim: builtins.int, index: _Input, value: _Operand) -> Self: ...
    @overload
    def index_fill_(self, axis: builtins.int, index: _Input, value: _Operand) -> Self: ...
    def index_put(
        self, indices: Sequence[_Input], values: _Operand, accumulate: builtins.bool = False
    ) -> Variable: ...
    def index_put_(
        self, indices: Sequence[_Input], values: _Operand, accumulate: builtins.bool = False
    ) -> Self: ...
    @overload
    def index_reduce(
        self,
        dim: builtins.int,
        index: _Input,
        source: _Input,
        reduce: str,
        *,
        include_self: builtins.bool = True,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def index_reduce(
        self,
        axis: builtins.int,
        index: _Input,
        source: _Input,
        reduce: str,
        *,
        include_self: builtins.bool = True,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def index_reduce_(
        self,
        dim: builtins.int,
        index: _Input,
        source: _Input,
        reduce: str,
        *,
        include_self: builtins.bool = True,
    ) -> Self: ...
    @overload
    def index_reduce_(
        self,
        axis: builtins.int,
        index: _Input,
        source: _Input,
        reduce: str,
        *,
        include_self: builtins.bool = True,
    ) -> Self: ...
    @overload
    def index_select(
        self, dim: builtins.int, index: _Input, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    @overload
    def index_select(
        self, axis: builtins.int, index: _Input, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    def inner(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def int(self, memory_format: memory_format | None = None) -> Variable: ...
    def inverse(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def is_complex(self) -> builtins.bool: ...
    def is_conj(self) -> builtins.bool: ...
    def is_contiguous(self, memory_format: memory_format | None = None) -> builtins.bool: ...
    def is_floating_point(self) -> builtins.bool: ...
    def is_inference(self) -> builtins.bool: ...
    def is_neg(self) -> builtins.bool: ...
    def is_nonzero(self) -> builtins.bool: ...
    def is_same_size(self, other: _Operand) -> builtins.bool: ...
    def is_set_to(self, tensor: Variable) -> builtins.bool: ...
    def is_signed(self) -> builtins.bool: ...
    def isclose(
        self,
        other: _Input,
        rtol: builtins.float | None = 1e-05,
        atol: builtins.float | None = 1e-08,
        equal_nan: builtins.bool = False,
    ) -> Variable: ...
    def isfinite(self) -> Variable: ...
    def isinf(self) -> Variable: ...
    def isnan(self) -> Variable: ...
    def isneginf(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def isposinf(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def isreal(self) -> Variable: ...
    def item(self) -> Any: ...
    def kron(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    @overload
    def kthvalue(
        self,
        k: builtins.int,
        dim: builtins.int = -1,
        keepdim: builtins.bool = False,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> _ValuesIndices: ...
    @overload
    def kthvalue(
        self,
        k: builtins.int,
        axis: builtins.int = -1,
        keepdims: builtins.bool = False,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> _ValuesIndices: ...
    def lcm(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def lcm_(self, other: _Operand) -> Self: ...
    def ldexp(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def ldexp_(self, other: _Operand) -> Self: ...
    def le(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def le_(self, other: _Operand) -> Self: ...
    def lerp(
        self, end: _Input, weight: _Operand, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    def lerp_(self, end: _Input, weight: _Operand) -> Self: ...
    def less(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def less_(self, other: _Operand) -> Self: ...
    def less_equal(
        self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    def less_equal_(self, other: _Operand) -> Self: ...
    def lgamma(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def lgamma_(self) -> Self: ...
    def log(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def log10(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def log10_(self) -> Self: ...
    def log1p(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def log1p_(self) -> Self: ...
    def log2(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def log2_(self) -> Self: ...
    def log_(self) -> Self: ...
    def log_normal_(
        self, mean: _Number = 1.0, std: _Number = 2.0, *, generator: Generator | None = None
    ) -> Self: ...
    @overload
    def log_softmax(
        self, dim: builtins.int, dtype: _DType = None, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    @overload
    def log_softmax(
        self, axis: builtins.int, dtype: _DType = None, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    def logaddexp(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def logaddexp2(
        self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    @overload
    def logcumsumexp(
        self, dim: builtins.int, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    @overload
    def logcumsumexp(
        self, axis: builtins.int, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    def logdet(self) -> Variable: ...
    def logical_and(
        self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    def logical_and_(self, other: _Operand) -> Self: ...
    def logical_not(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def logical_not_(self) -> Self: ...
    def logical_or(
        self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    def logical_or_(self, other: _Operand) -> Self: ...
    def logical_xor(
        self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    def logical_xor_(self, other: _Operand) -> Self: ...
    def logit(
        self, eps: _Number | None = None, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    def logit_(self, eps: _Number | None = None) -> Self: ...
    @overload
    def logsumexp(
        self,
        dim: _Dims | None,
        keepdim: builtins.bool = False,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def logsumexp(
        self,
        axis: _Dims | None,
        keepdims: builtins.bool = False,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def long(self, memory_format: memory_format | None = None) -> Variable: ...
    def lt(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def lt_(self, other: _Operand) -> Self: ...
    def lu(
        self,
        pivot: builtins.bool = True,
        get_infos: builtins.bool = False,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> tuple[Variable, ...]: ...
    def lu_solve(
        self, LU_data: _Input, LU_pivots: _Input, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    def masked_fill(self, mask: _Input, value: _Operand) -> Variable: ...
    def masked_fill_(self, mask: _Input, value: _Operand) -> Self: ...
    def masked_scatter(self, mask: _Input, source: _Input) -> Variable: ...
    def masked_scatter_(self, mask: _Input, source: _Input) -> Self: ...
    def masked_select(
        self, mask: _Input, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    def matmul(self, other: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def matrix_exp(self) -> Variable: ...
    def matrix_power(
        self, n: builtins.int, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    @overload
    def max(
        self,
        dim: None = None,
        keepdim: builtins.bool = False,
        *,
        other: _Input | None = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def max(
        self,
        dim: builtins.int,
        keepdim: builtins.bool = False,
        *,
        other: _Input | None = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> _ValuesIndices: ...
    @overload
    def max(
        self,
        dim: _Input,
        keepdim: builtins.bool = False,
        *,
        other: _Input | None = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def max(
        self,
        axis: None = None,
        keepdims: builtins.bool = False,
        *,
        other: _Input | None = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def max(
        self,
        axis: builtins.int,
        keepdims: builtins.bool = False,
        *,
        other: _Input | None = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> _ValuesIndices: ...
    @overload
    def max(
        self,
        axis: _Input,
        keepdims: builtins.bool = False,
        *,
        other: _Input | None = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def maximum(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    @overload
    def mean(
        self,
        dim: _Dims | None = None,
        keepdim: builtins.bool = False,
        *,
        dtype: _DType = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def mean(
        self,
        axis: _Dims | None = None,
        keepdims: builtins.bool = False,
        *,
        dtype: _DType = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def median(
        self,
        dim: None = None,
        keepdim: builtins.bool = False,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def median(
        self,
        dim: builtins.int,
        keepdim: builtins.bool = False,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> _ValuesIndices: ...
    @overload
    def median(
        self,
        axis: None = None,
        keepdims: builtins.bool = False,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def median(
        self,
        axis: builtins.int,
        keepdims: builtins.bool = False,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> _ValuesIndices: ...
    @overload
    def min(
        self,
        dim: None = None,
        keepdim: builtins.bool = False,
        *,
        other: _Input | None = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def min(
        self,
        dim: builtins.int,
        keepdim: builtins.bool = False,
        *,
        other: _Input | None = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> _ValuesIndices: ...
    @overload
    def min(
        self,
        dim: _Input,
        keepdim: builtins.bool = False,
        *,
        other: _Input | None = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def min(
        self,
        axis: None = None,
        keepdims: builtins.bool = False,
        *,
        other: _Input | None = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def min(
        self,
        axis: builtins.int,
        keepdims: builtins.bool = False,
        *,
        other: _Input | None = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> _ValuesIndices: ...
    @overload
    def min(
        self,
        axis: _Input,
        keepdims: builtins.bool = False,
        *,
        other: _Input | None = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def minimum(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def mm(self, mat2: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    @overload
    def mode(
        self,
        dim: builtins.int = -1,
        keepdim: builtins.bool = False,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> _ValuesIndices: ...
    @overload
    def mode(
        self,
        axis: builtins.int = -1,
        keepdims: builtins.bool = False,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> _ValuesIndices: ...
    def moveaxis(self, source: _Dims, destination: _Dims) -> Variable: ...
    def movedim(self, source: _Dims, destination: _Dims) -> Variable: ...
    def msort(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def mul(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def mul_(self, other: _Operand) -> Self: ...
    def multinomial(
        self,
        num_samples: builtins.int,
        replacement: builtins.bool = False,
        *,
        generator: Generator | None = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def multiply(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def multiply_(self, other: _Operand) -> Self: ...
    def mv(self, vec: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def mvlgamma(self, p: builtins.int, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def mvlgamma_(self, p: builtins.int) -> Self: ...
    def nan_to_num(
        self,
        nan: _Number | None = 0.0,
        posinf: _Number | None = None,
        neginf: _Number | None = None,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def nan_to_num_(
        self, nan: _Number | None = 0.0, posinf: _Number | None = None, neginf: _Number | None = None
    ) -> Self: ...
    @overload
    def nanmean(
        self,
        dim: _Dims | None = None,
        keepdim: builtins.bool = False,
        *,
        dtype: _DType = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def nanmean(
        self,
        axis: _Dims | None = None,
        keepdims: builtins.bool = False,
        *,
        dtype: _DType = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def nanmedian(
        self,
        dim: None = None,
        keepdim: builtins.bool = False,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def nanmedian(
        self,
        dim: builtins.int,
        keepdim: builtins.bool = False,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> _ValuesIndices: ...
    @overload
    def nanmedian(
        self,
        axis: None = None,
        keepdims: builtins.bool = False,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def nanmedian(
        self,
        axis: builtins.int,
        keepdims: builtins.bool = False,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> _ValuesIndices: ...
    @overload
    def nanquantile(
        self,
        q: _Operand,
        dim: _Dims | None = None,
        keepdim: builtins.bool = False,
        *,
        interpolation: str = "linear",
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def nanquantile(
        self,
        q: _Operand,
        axis: _Dims | None = None,
        keepdims: builtins.bool = False,
        *,
        interpolation: str = "linear",
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def nansum(
        self,
        dim: _Dims | None = None,
        keepdim: builtins.bool = False,
        *,
        dtype: _DType = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def nansum(
        self,
        axis: _Dims | None = None,
        keepdims: builtins.bool = False,
        *,
        dtype: _DType = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def narrow(self, dim: builtins.int, start: builtins.int, length: builtins.int) -> Variable: ...
    @overload
    def narrow(self, axis: builtins.int, start: builtins.int, length: builtins.int) -> Variable: ...
    @overload
    def narrow_copy(
        self,
        dim: builtins.int,
        start: builtins.int,
        length: builtins.int,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def narrow_copy(
        self,
        axis: builtins.int,
        start: builtins.int,
        length: builtins.int,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def ndimension(self) -> builtins.int: ...
    def ne(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def ne_(self, other: _Operand) -> Self: ...
    def neg(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def neg_(self) -> Self: ...
    def negative(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def negative_(self) -> Self: ...
    def nelement(self) -> builtins.int: ...
    def new(self, *args: Any) -> Variable: ...
    @overload
    def new_empty(
        self, *size: _Dims, dtype: _DType = None, device: _Device = None, requires_grad: builtins.bool = False
    ) -> Variable: ...
    @overload
    def new_empty(
        self,
        *,
        size: _Dims,
        dtype: _DType = None,
        device: _Device = None,
        requires_grad: builtins.bool = False,
    ) -> Variable: ...
    def new_empty_strided(
        self,
        size: _Dims,
        stride: _Dims,
        *,
        dtype: _DType = None,
        device: _Device = None,
        requires_grad: builtins.bool = False,
    ) -> Variable: ...
    def new_full(
        self,
        size: _Dims,
        fill_value: _Number | Variable,
        *,
        dtype: _DType = None,
        device: _Device = None,
        requires_grad: builtins.bool = False,
    ) -> Variable: ...
    @overload
    def new_ones(
        self, *size: _Dims, dtype: _DType = None, device: _Device = None, requires_grad: builtins.bool = False
    ) -> Variable: ...
    @overload
    def new_ones(
        self,
        *,
        size: _Dims,
        dtype: _DType = None,
        device: _Device = None,
        requires_grad: builtins.bool = False,
    ) -> Variable: ...
    def new_tensor(
        self,
        data: _Data,
        *,
        dtype: _DType = None,
        device: _Device = None,
        requires_grad: builtins.bool = False,
    ) -> Variable: ...
    @overload
    def new_zeros(
        self, *size: _Dims, dtype: _DType = None, device: _Device = None, requires_grad: builtins.bool = False
    ) -> Variable: ...
    @overload
    def new_zeros(
        self,
        *,
        size: _Dims,
        dtype: _DType = None,
        device: _Device = None,
        requires_grad: builtins.bool = False,
    ) -> Variable: ...
    def nextafter(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def nextafter_(self, other: _Operand) -> Self: ...
    def nonzero(
        self, *, as_tuple: builtins.bool = False, out: Variable | Sequence[Variable] | None = None
    ) -> Any: ...
    def nonzero_static(
        self,
        *,
        size: builtins.int,
        fill_value: builtins.int = -1,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def norm(
        self,
        p: _Number | str | None = "fro",
        dim: _Dims | None = None,
        keepdim: builtins.bool = False,
        dtype: _DType = None,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def norm(
        self,
        p: _Number | str | None = "fro",
        axis: _Dims | None = None,
        keepdims: builtins.bool = False,
        dtype: _DType = None,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def normal_(
        self, mean: _Operand = 0.0, std: _Operand = 1.0, *, generator: Generator | None = None
    ) -> Self: ...
    def not_equal(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def not_equal_(self, other: _Operand) -> Self: ...
    def numel(self) -> builtins.int: ...
    def numpy(self, *, force: builtins.bool = False) -> npt.NDArray[Any]: ...
    def orgqr(self, input2: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def ormqr(
        self,
        tau: _Input,
        other: _Input,
        left: builtins.bool = True,
        transpose: builtins.bool = False,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def outer(self, vec2: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def permute(self, *dims: _Dims) -> Variable: ...
    def pinverse(self, rcond: builtins.float = 1e-15) -> Variable: ...
    def polygamma(self, n: builtins.int) -> Variable: ...
    def polygamma_(self, n: builtins.int) -> Self: ...
    def positive(self) -> Variable: ...
    def pow(self, exponent: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def pow_(self, exponent: _Operand) -> Self: ...
    @overload
    def prod(
        self,
        dim: _Dims | None = None,
        keepdim: builtins.bool = False,
        *,
        dtype: _DType = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def prod(
        self,
        axis: _Dims | None = None,
        keepdims: builtins.bool = False,
        *,
        dtype: _DType = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def put(self, index: _Input, source: _Input, accumulate: builtins.bool = False) -> Variable: ...
    def put_(self, index: _Input, source: _Input, accumulate: builtins.bool = False) -> Self: ...
    def qr(
        self, some: builtins.bool = True, *, out: Variable | Sequence[Variable] | None = None
    ) -> tuple[Variable, ...]: ...
    @overload
    def quantile(
        self,
        q: _Operand,
        dim: _Dims | None = None,
        keepdim: builtins.bool = False,
        *,
        interpolation: str = "linear",
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def quantile(
        self,
        q: _Operand,
        axis: _Dims | None = None,
        keepdims: builtins.bool = False,
        *,
        interpolation: str = "linear",
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def rad2deg(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def rad2deg_(self) -> Self: ...
    def random_(
        self,
        *bounds: builtins.int | None,
        from_: builtins.int | None = None,
        to: builtins.int | None = None,
        generator: Generator | None = None,
    ) -> Self: ...
    def ravel(self) -> Variable: ...
    def reciprocal(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def reciprocal_(self) -> Self: ...
    def register_hook(self, hook: Callable[[Variable], Variable | None]) -> RemovableHandle: ...
    def register_post_accumulate_grad_hook(self, hook: Callable[[Variable], None]) -> RemovableHandle: ...
    def relu(self) -> Variable: ...
    def relu_(self) -> Self: ...
    def remainder(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def remainder_(self, other: _Operand) -> Self: ...
    @overload
    def renorm(
        self,
        p: _Number,
        dim: _Dims | None,
        maxnorm: _Number,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def renorm(
        self,
        p: _Number,
        axis: _Dims | None,
        maxnorm: _Number,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def renorm_(self, p: _Number, dim: _Dims | None, maxnorm: _Number) -> Self: ...
    @overload
    def renorm_(self, p: _Number, axis: _Dims | None, maxnorm: _Number) -> Self: ...
    def repeat(self, *repeats: _Dims) -> Variable: ...
    @overload
    def repeat_interleave(
        self,
        repeats: builtins.int | _Input | None = None,
        dim: builtins.int | None = None,
        *,
        output_size: builtins.int | None = None,
    ) -> Variable: ...
    @overload
    def repeat_interleave(
        self,
        repeats: builtins.int | _Input | None = None,
        axis: builtins.int | None = None,
        *,
        output_size: builtins.int | None = None,
    ) -> Variable: ...
    def requires_grad_(self, requires_grad: builtins.bool = True) -> Self: ...
    def reshape(self, *shape: _Dims) -> Variable: ...
    def reshape_as(self, other: _Input) -> Variable: ...
    def resize_(self, *sizes: _Dims, memory_format: memory_format | None = None) -> Self: ...
    def resize_as_(self, the_template: Variable, *, memory_format: memory_format | None = None) -> Self: ...
    def resolve_conj(self) -> Variable: ...
    def resolve_neg(self) -> Variable: ...
    def retain_grad(self) -> None: ...
    @overload
    def roll(self, shifts: _Dims, dims: _Dims | None = None) -> Variable: ...
    @overload
    def roll(self, shifts: _Dims, axis: _Dims | None = None) -> Variable: ...
    @overload
    def rot90(self, k: builtins.int = 1, dims: _Dims | None = None) -> Variable: ...
    @overload
    def rot90(self, k: builtins.int = 1, axis: _Dims | None = None) -> Variable: ...
    def round(
        self, *, decimals: builtins.int = 0, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    def round_(self, *, decimals: builtins.int = 0) -> Self: ...
    def rsqrt(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def rsqrt_(self) -> Self: ...
    @overload
    def scatter(
        self,
        dim: builtins.int,
        index: _Input,
        src: _Operand | None = None,
        value: _Number | None = None,
        *,
        reduce: str | None = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def scatter(
        self,
        axis: builtins.int,
        index: _Input,
        src: _Operand | None = None,
        value: _Number | None = None,
        *,
        reduce: str | None = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def scatter_(
        self,
        dim: builtins.int,
        index: _Input,
        src: _Operand | None = None,
        value: _Number | None = None,
        *,
        reduce: str | None = None,
    ) -> Self: ...
    @overload
    def scatter_(
        self,
        axis: builtins.int,
        index: _Input,
        src: _Operand | None = None,
        value: _Number | None = None,
        *,
        reduce: str | None = None,
    ) -> Self: ...
    @overload
    def scatter_add(
        self,
        dim: builtins.int,
        index: _Input,
        src: _Input,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def scatter_add(
        self,
        axis: builtins.int,
        index: _Input,
        src: _Input,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def scatter_add_(self, dim: builtins.int, index: _Input, src: _Input) -> Self: ...
    @overload
    def scatter_add_(self, axis: builtins.int, index: _Input, src: _Input) -> Self: ...
    @overload
    def scatter_reduce(
        self,
        dim: builtins.int,
        index: _Input,
        src: _Input,
        reduce: str,
        *,
        include_self: builtins.bool = True,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def scatter_reduce(
        self,
        axis: builtins.int,
        index: _Input,
        src: _Input,
        reduce: str,
        *,
        include_self: builtins.bool = True,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def scatter_reduce_(
        self,
        dim: builtins.int,
        index: _Input,
        src: _Input,
        reduce: str,
        *,
        include_self: builtins.bool = True,
    ) -> Self: ...
    @overload
    def scatter_reduce_(
        self,
        axis: builtins.int,
        index: _Input,
        src: _Input,
        reduce: str,
        *,
        include_self: builtins.bool = True,
    ) -> Self: ...
    @overload
    def select(self, dim: builtins.int, index: builtins.int) -> Variable: ...
    @overload
    def select(self, axis: builtins.int, index: builtins.int) -> Variable: ...
    @overload
    def select_scatter(self, src: _Input, dim: builtins.int, index: builtins.int) -> Variable: ...
    @overload
    def select_scatter(self, src: _Input, axis: builtins.int, index: builtins.int) -> Variable: ...
    def set_(
        self,
        source: Variable | None = None,
        storage_offset: builtins.int = 0,
        size: _Dims | None = None,
        stride: _Dims | None = None,
    ) -> Self: ...
    def sgn(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def sgn_(self) -> Self: ...
    def short(self, memory_format: memory_format | None = None) -> Variable: ...
    def sigmoid(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def sigmoid_(self) -> Self: ...
    def sign(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def sign_(self) -> Self: ...
    def signbit(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def sin(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def sin_(self) -> Self: ...
    def sinc(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def sinc_(self) -> Self: ...
    def sinh(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def sinh_(self) -> Self: ...
    @overload
    def slice_scatter(
        self,
        src: _Input,
        dim: builtins.int = 0,
        start: builtins.int | None = None,
        end: builtins.int | None = None,
        step: builtins.int = 1,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def slice_scatter(
        self,
        src: _Input,
        axis: builtins.int = 0,
        start: builtins.int | None = None,
        end: builtins.int | None = None,
        step: builtins.int = 1,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def slogdet(self, *, out: Variable | Sequence[Variable] | None = None) -> tuple[Variable, ...]: ...
    @overload
    def softmax(
        self, dim: builtins.int, dtype: _DType = None, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    @overload
    def softmax(
        self, axis: builtins.int, dtype: _DType = None, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    @overload
    def sort(
        self,
        dim: builtins.int = -1,
        descending: builtins.bool = False,
        *,
        stable: builtins.bool | None = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> _ValuesIndices: ...
    @overload
    def sort(
        self,
        axis: builtins.int = -1,
        descending: builtins.bool = False,
        *,
        stable: builtins.bool | None = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> _ValuesIndices: ...
    @overload
    def split(self, split_size_or_sections: _Dims, dim: builtins.int = 0) -> tuple[Variable, ...]: ...
    @overload
    def split(self, split_size_or_sections: _Dims, axis: builtins.int = 0) -> tuple[Variable, ...]: ...
    @overload
    def split(self, split_size: _Dims, dim: builtins.int = 0) -> tuple[Variable, ...]: ...
    @overload
    def split_with_sizes(self, split_sizes: _Dims, dim: builtins.int = 0) -> tuple[Variable, ...]: ...
    @overload
    def split_with_sizes(self, split_sizes: _Dims, axis: builtins.int = 0) -> tuple[Variable, ...]: ...
    def sqrt(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def sqrt_(self) -> Self: ...
    def square(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def square_(self) -> Self: ...
    @overload
    def squeeze(self, dim: _Dims | None = None) -> Variable: ...
    @overload
    def squeeze(self, axis: _Dims | None = None) -> Variable: ...
    @overload
    def squeeze_(self, dim: _Dims | None = None) -> Self: ...
    @overload
    def squeeze_(self, axis: _Dims | None = None) -> Self: ...
    @overload
    def std(
        self,
        dim: _Dims | None = None,
        unbiased: builtins.bool | None = None,
        keepdim: builtins.bool = False,
        *,
        correction: _Number | None = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def std(
        self,
        axis: _Dims | None = None,
        unbiased: builtins.bool | None = None,
        keepdims: builtins.bool = False,
        *,
        ddof: _Number | None = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def storage_offset(self) -> builtins.int: ...
    @overload
    def stride(self, dim: None = None) -> tuple[builtins.int, ...]: ...
    @overload
    def stride(self, dim: builtins.int) -> builtins.int: ...
    @overload
    def stride(self, axis: None = None) -> tuple[builtins.int, ...]: ...
    @overload
    def stride(self, axis: builtins.int) -> builtins.int: ...
    def sub(
        self,
        other: _Operand,
        *,
        alpha: _Number | Variable = 1,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def sub_(self, other: _Operand, *, alpha: _Number | Variable = 1) -> Self: ...
    def subtract(
        self,
        other: _Operand,
        *,
        alpha: _Number | Variable = 1,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def subtract_(self, other: _Operand, *, alpha: _Number | Variable = 1) -> Self: ...
    @overload
    def sum(
        self,
        dim: _Dims | None = None,
        keepdim: builtins.bool = False,
        *,
        dtype: _DType = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def sum(
        self,
        axis: _Dims | None = None,
        keepdims: builtins.bool = False,
        *,
        dtype: _DType = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def sum_to_size(self, *size: _Dims) -> Variable: ...
    @overload
    def sum_to_size(self, *, size: _Dims) -> Variable: ...
    def svd(
        self,
        some: builtins.bool = True,
        compute_uv: builtins.bool = True,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> tuple[Variable, ...]: ...
    def swapaxes(self, axis0: builtins.int, axis1: builtins.int) -> Variable: ...
    def swapaxes_(self, axis0: builtins.int, axis1: builtins.int) -> Self: ...
    def swapdims(self, dim0: builtins.int, dim1: builtins.int) -> Variable: ...
    def swapdims_(self, dim0: builtins.int, dim1: builtins.int) -> Self: ...
    def t(self) -> Variable: ...
    def t_(self) -> Self: ...
    def take(self, index: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    @overload
    def take_along_dim(
        self,
        indices: _Input,
        dim: builtins.int | None = None,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def take_along_dim(
        self,
        indices: _Input,
        axis: builtins.int | None = None,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def tan(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def tan_(self) -> Self: ...
    def tanh(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def tanh_(self) -> Self: ...
    @overload
    def tensor_split(
        self, indices_or_sections: _Dims | Variable, dim: builtins.int = 0
    ) -> tuple[Variable, ...]: ...
    @overload
    def tensor_split(
        self, indices_or_sections: _Dims | Variable, axis: builtins.int = 0
    ) -> tuple[Variable, ...]: ...
    @overload
    def tensor_split(self, sections: _Dims | Variable, dim: builtins.int = 0) -> tuple[Variable, ...]: ...
    @overload
    def tensor_split(self, indices: _Dims | Variable, dim: builtins.int = 0) -> tuple[Variable, ...]: ...
    def tile(self, *dims: _Dims) -> Variable: ...
    def to(
        self,
        *args: _Input | _DType | _Device | builtins.bool,
        dtype: _DType = None,
        device: _Device = None,
        non_blocking: builtins.bool = False,
        copy: builtins.bool = False,
        memory_format: memory_format | None = None,
    ) -> Variable: ...
    def tolist(self) -> Any: ...
    @overload
    def topk(
        self,
        k: builtins.int,
        dim: builtins.int = -1,
        largest: builtins.bool = True,
        sorted: builtins.bool = True,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> _ValuesIndices: ...
    @overload
    def topk(
        self,
        k: builtins.int,
        axis: builtins.int = -1,
        largest: builtins.bool = True,
        sorted: builtins.bool = True,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> _ValuesIndices: ...
    def trace(self) -> Variable: ...
    def transpose(self, dim0: builtins.int, dim1: builtins.int) -> Variable: ...
    def transpose_(self, dim0: builtins.int, dim1: builtins.int) -> Self: ...
    def triangular_solve(
        self,
        A: _Input,
        upper: builtins.bool = True,
        transpose: builtins.bool = False,
        unitriangular: builtins.bool = False,
        *,
        out: Variable | Sequence[Variable] | None = None,
    ) -> tuple[Variable, ...]: ...
    def tril(
        self, diagonal: builtins.int = 0, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    def tril_(self, diagonal: builtins.int = 0) -> Self: ...
    def triu(
        self, diagonal: builtins.int = 0, *, out: Variable | Sequence[Variable] | None = None
    ) -> Variable: ...
    def triu_(self, diagonal: builtins.int = 0) -> Self: ...
    def true_divide(
        self,
        other: _Operand,
        *,
        rounding_mode: str | None = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def true_divide_(self, other: _Operand, *, rounding_mode: str | None = None) -> Self: ...
    def trunc(self, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def trunc_(self) -> Self: ...
    @overload
    def type(self, dtype: None = None, non_blocking: builtins.bool = False) -> str: ...
    @overload
    def type(
        self, dtype: _DTypeClass | type | str | np.dtype[Any], non_blocking: builtins.bool = False
    ) -> Variable: ...
    def type_as(self, other: _Input) -> Variable: ...
    @overload
    def unbind(self, dim: builtins.int = 0) -> tuple[Variable, ...]: ...
    @overload
    def unbind(self, axis: builtins.int = 0) -> tuple[Variable, ...]: ...
    @overload
    def unflatten(self, dim: builtins.int, sizes: _Dims) -> Variable: ...
    @overload
    def unflatten(self, axis: builtins.int, sizes: _Dims) -> Variable: ...
    def unfold(self, dimension: builtins.int, size: builtins.int, step: builtins.int) -> Variable: ...
    def uniform_(
        self, from_: _Number = 0.0, to: _Number = 1.0, *, generator: Generator | None = None
    ) -> Self: ...
    @overload
    def unique(
        self,
        sorted: builtins.bool = True,
        return_inverse: builtins.bool = False,
        return_counts: builtins.bool = False,
        dim: _Dims | None = None,
    ) -> Any: ...
    @overload
    def unique(
        self,
        sorted: builtins.bool = True,
        return_inverse: builtins.bool = False,
        return_counts: builtins.bool = False,
        axis: _Dims | None = None,
    ) -> Any: ...
    @overload
    def unique_consecutive(
        self,
        return_inverse: builtins.bool = False,
        return_counts: builtins.bool = False,
        dim: _Dims | None = None,
    ) -> Any: ...
    @overload
    def unique_consecutive(
        self,
        return_inverse: builtins.bool = False,
        return_counts: builtins.bool = False,
        axis: _Dims | None = None,
    ) -> Any: ...
    @overload
    def unsafe_chunk(self, chunks: builtins.int, dim: builtins.int = 0) -> tuple[Variable, ...]: ...
    @overload
    def unsafe_chunk(self, chunks: builtins.int, axis: builtins.int = 0) -> tuple[Variable, ...]: ...
    @overload
    def unsafe_split(self, split_size: builtins.int, dim: builtins.int = 0) -> tuple[Variable, ...]: ...
    @overload
    def unsafe_split(self, split_size: builtins.int, axis: builtins.int = 0) -> tuple[Variable, ...]: ...
    @overload
    def unsafe_split_with_sizes(self, split_sizes: _Dims, dim: builtins.int = 0) -> tuple[Variable, ...]: ...
    @overload
    def unsafe_split_with_sizes(self, split_sizes: _Dims, axis: builtins.int = 0) -> tuple[Variable, ...]: ...
    @overload
    def unsqueeze(self, dim: builtins.int) -> Variable: ...
    @overload
    def unsqueeze(self, axis: builtins.int) -> Variable: ...
    @overload
    def unsqueeze_(self, dim: builtins.int) -> Self: ...
    @overload
    def unsqueeze_(self, axis: builtins.int) -> Self: ...
    @overload
    def var(
        self,
        dim: _Dims | None = None,
        unbiased: builtins.bool | None = None,
        keepdim: builtins.bool = False,
        *,
        correction: _Number | None = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    @overload
    def var(
        self,
        axis: _Dims | None = None,
        unbiased: builtins.bool | None = None,
        keepdims: builtins.bool = False,
        *,
        ddof: _Number | None = None,
        out: Variable | Sequence[Variable] | None = None,
    ) -> Variable: ...
    def vdot(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    @overload
    def view(self, *size: _Dims | _DTypeClass, dtype: _DType = None) -> Variable: ...
    @overload
    def view(self, *, size: _Dims | _DTypeClass, dtype: _DType = None) -> Variable: ...
    def view_as(self, other: _Input) -> Variable: ...
    @overload
    def vsplit(self, indices_or_sections: _Dims) -> tuple[Variable, ...]: ...
    @overload
    def vsplit(self, sections: _Dims) -> tuple[Variable, ...]: ...
    @overload
    def vsplit(self, indices: _Dims) -> tuple[Variable, ...]: ...
    def where(self, condition: _Input, other: _Operand) -> Variable: ...
    def xlogy(self, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
    def xlogy_(self, other: _Operand) -> Self: ...
    def zero_(self) -> Self: ...

class Generator:
    def __init__(self, device: _Device = None) -> None: ...
    @property
    def device(self) -> _DeviceClass: ...
    def manual_seed(self, seed: builtins.int) -> Self: ...
    def seed(self) -> builtins.int: ...
    def initial_seed(self) -> builtins.int: ...
    def get_state(self) -> Variable: ...
    def set_state(self, new_state: Variable) -> None: ...
    def clone_state(self) -> Generator: ...

default_generator: Final[Generator]

class memory_format: ...

preserve_format: Final[memory_format]
contiguous_format: Final[memory_format]
channels_last: Final[memory_format]
channels_last_3d: Final[memory_format]

class _Node:
    metadata: dict[Any, Any]
    requires_grad: builtins.bool
    _input_metadata: tuple[Any, ...]
    def __call__(self, *gradients: Variable | None) -> Any: ...
    def register_hook(self, fn: Callable[..., Any], /) -> RemovableHandle: ...
    def register_prehook(self, fn: Callable[..., Any], /) -> RemovableHandle: ...
    @property
    def next_functions(self) -> tuple[tuple[_Node | None, builtins.int], ...]: ...
    def __getattr__(self, name: str) -> Any: ...
    def _sequence_nr(self) -> builtins.int: ...
    def _set_sequence_nr(self, number: builtins.int, /) -> None: ...
    def name(self) -> str: ...

class _FunctionCtx(_Node):
    needs_input_grad: tuple[builtins.bool, ...]
    @property
    def saved_tensors(self) -> tuple[Any, ...]: ...
    @property
    def saved_variables(self) -> tuple[Any, ...]: ...
    @property
    def _raw_saved_tensors(self) -> tuple[_SavedTensor, ...]: ...
    @property
    def to_save(self) -> tuple[Any, ...] | None: ...
    @property
    def materialize_grads(self) -> builtins.bool: ...
    @property
    def dirty_tensors(self) -> tuple[Any, ...] | None: ...
    @property
    def non_differentiable(self) -> tuple[Any, ...] | None: ...
    def __getattr__(self, name: str) -> Any: ...
    def __setattr__(self, name: str, value: Any) -> None: ...
    def mark_dirty(self, *args: Variable) -> None: ...
    def mark_non_differentiable(self, *args: Variable) -> None: ...
    def save_for_backward(self, *tensors: Variable | None) -> None: ...
    def save_for_forward(self, *tensors: Variable | None) -> None: ...
    def set_materialize_grads(self, value: builtins.bool) -> None: ...

class _SavedTensor:
    @property
    def data(self) -> Any: ...
    @property
    def unpack_hook(self) -> Callable[..., Any] | None: ...
    def register_hooks(self, pack_hook: Callable[..., Any], unpack_hook: Callable[..., Any]) -> None: ...

class _FunctionBase:
    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any: ...

Tensor = Variable
__version__: Final[str]
bool: Final[dtype]
float32: Final[dtype]
float64: Final[dtype]
int16: Final[dtype]
int32: Final[dtype]
int64: Final[dtype]
int8: Final[dtype]
uint16: Final[dtype]
uint32: Final[dtype]
uint64: Final[dtype]
uint8: Final[dtype]

def BoolTensor(*args: Any) -> Variable: ...
def ByteTensor(*args: Any) -> Variable: ...
def CharTensor(*args: Any) -> Variable: ...
def DoubleTensor(*args: Any) -> Variable: ...
def FloatTensor(*args: Any) -> Variable: ...
def IntTensor(*args: Any) -> Variable: ...
def LongTensor(*args: Any) -> Variable: ...
def ShortTensor(*args: Any) -> Variable: ...
def _backward(
    tensors: _Ends,
    grad_tensors: _Gradients = None,
    retain_graph: builtins.bool | None = None,
    create_graph: builtins.bool = False,
    grad_variables: _Gradients = None,
    inputs: _Ends | None = None,
) -> None: ...
def _blas_config() -> str: ...
def _build_config() -> dict[str, Any]: ...
def _call_at_end(callback: Callable[[], Any]) -> None: ...
def _coming_nodes() -> list[Any]: ...
def _current_accumulates() -> builtins.bool: ...
def _current_keeps_graph() -> builtins.bool: ...
def _current_node() -> _Node | None: ...
def _current_run() -> builtins.int: ...
def _goes_to_all_leaves() -> builtins.bool: ...
def _grad(
    outputs: _Ends,
    inputs: _Ends,
    grad_outputs: _Gradients = None,
    retain_graph: builtins.bool | None = None,
    create_graph: builtins.bool = False,
    only_inputs: builtins.bool = True,
    allow_unused: builtins.bool | None = None,
    is_grads_batched: builtins.bool = False,
    materialize_grads: builtins.bool = False,
) -> tuple[Variable, ...]: ...
def _gradient_edge(input: _Input) -> tuple[_Node, builtins.int]: ...
def _increment_version(input: _Input) -> None: ...
def _is_running(run: builtins.int) -> builtins.bool: ...
def _leads_elsewhere(outputs: _Ends, inputs: _Ends | None) -> builtins.bool: ...
def _named_type(name: str, fields: tuple[str, ...]) -> type[Any]: ...
def _pop_interceptor() -> None: ...
def _pop_saved_hooks() -> None: ...
def _push_interceptor(before: Any, after: Any) -> None: ...
def _push_saved_hooks(pack: Any, unpack: Any) -> None: ...
def _saved_hooks_active() -> builtins.bool: ...
def _set_anomaly(enabled: builtins.bool, check_nan: builtins.bool) -> None: ...
def _set_grad_enabled(mode: builtins.bool) -> None: ...
def _set_inference_mode(mode: builtins.bool) -> None: ...
def _set_memory_limit(bytes: builtins.int, lower_only: builtins.bool) -> builtins.int: ...
def _set_version(input: _Input, version: builtins.int) -> None: ...
def _size_descriptor(count_type: type[ElementCount], method: Any) -> object: ...
def _storage_id(input: Variable) -> builtins.int: ...
def _storage_view(input: Variable) -> Variable: ...
def _tape_nodes(roots: Sequence[Variable]) -> list[Any]: ...
def _tape_summary(roots: Sequence[Variable], most: builtins.int) -> tuple[Any, ...]: ...
def _watch_writes(callable: Any) -> None: ...
def _will_run(node: _Node) -> builtins.bool: ...
def abs(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def absolute(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def acos(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def acosh(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def add(
    input: _Operand,
    other: _Operand,
    *,
    alpha: _Number | Variable = 1,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def addbmm(
    input: _Input,
    batch1: _Input,
    batch2: _Input,
    *,
    beta: _Number = 1,
    alpha: _Number | Variable = 1,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def addcdiv(
    input: _Input,
    tensor1: _Input,
    tensor2: _Input,
    *,
    value: _Number = 1,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def addcmul(
    input: _Input,
    tensor1: _Input,
    tensor2: _Input,
    *,
    value: _Number = 1,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def addmm(
    input: _Input,
    mat1: _Input,
    mat2: _Input,
    *,
    beta: _Number = 1,
    alpha: _Number | Variable = 1,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def addmv(
    input: _Input,
    mat: _Input,
    vec: _Input,
    *,
    beta: _Number = 1,
    alpha: _Number | Variable = 1,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def addr(
    input: _Input,
    vec1: _Input,
    vec2: _Input,
    *,
    beta: _Number = 1,
    alpha: _Number | Variable = 1,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def adjoint(input: _Input) -> Variable: ...
def alias_copy(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
@overload
def all(
    input: _Input,
    dim: _Dims | None = None,
    keepdim: builtins.bool = False,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def all(
    input: _Input,
    axis: _Dims | None = None,
    keepdims: builtins.bool = False,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def allclose(
    input: _Input,
    other: _Input,
    rtol: builtins.float | None = 1e-05,
    atol: builtins.float | None = 1e-08,
    equal_nan: builtins.bool = False,
) -> builtins.bool: ...
@overload
def amax(
    input: _Input,
    dim: _Dims | None = None,
    keepdim: builtins.bool = False,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def amax(
    input: _Input,
    axis: _Dims | None = None,
    keepdims: builtins.bool = False,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def amin(
    input: _Input,
    dim: _Dims | None = None,
    keepdim: builtins.bool = False,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def amin(
    input: _Input,
    axis: _Dims | None = None,
    keepdims: builtins.bool = False,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def aminmax(
    input: _Input,
    *,
    dim: _Dims | None = None,
    keepdim: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> _MinMax: ...
@overload
def aminmax(
    input: _Input,
    *,
    axis: _Dims | None = None,
    keepdims: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> _MinMax: ...
def angle(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
@overload
def any(
    input: _Input,
    dim: _Dims | None = None,
    keepdim: builtins.bool = False,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def any(
    input: _Input,
    axis: _Dims | None = None,
    keepdims: builtins.bool = False,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def arange(
    start: _Number | Variable | None = None,
    end: _Number | Variable | None = None,
    step: _Number | Variable = 1,
    *,
    dtype: _DType = None,
    device: _Device = None,
    requires_grad: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def arccos(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def arccosh(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def arcsin(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def arcsinh(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def arctan(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def arctan2(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def arctanh(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
@overload
def argmax(
    input: _Input,
    dim: builtins.int | None = None,
    keepdim: builtins.bool = False,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def argmax(
    input: _Input,
    axis: builtins.int | None = None,
    keepdims: builtins.bool = False,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def argmin(
    input: _Input,
    dim: builtins.int | None = None,
    keepdim: builtins.bool = False,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def argmin(
    input: _Input,
    axis: builtins.int | None = None,
    keepdims: builtins.bool = False,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def argsort(
    input: _Input,
    dim: builtins.int = -1,
    descending: builtins.bool = False,
    *,
    stable: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def argsort(
    input: _Input,
    axis: builtins.int = -1,
    descending: builtins.bool = False,
    *,
    stable: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def argwhere(input: _Input) -> Variable: ...
def as_strided(
    input: _Input, size: _Dims, stride: _Dims, storage_offset: builtins.int | None = None
) -> Variable: ...
def as_strided_(
    input: _Input, size: _Dims, stride: _Dims, storage_offset: builtins.int | None = None
) -> Variable: ...
def as_strided_copy(
    input: _Input,
    size: _Dims,
    stride: _Dims,
    storage_offset: builtins.int | None = None,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def as_strided_scatter(
    input: _Input, src: _Input, size: _Dims, stride: _Dims, storage_offset: builtins.int | None = None
) -> Variable: ...
def as_tensor(data: _Data, dtype: _DType = None, device: _Device = None) -> Variable: ...
def asin(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def asinh(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def atan(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def atan2(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def atanh(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def atleast_1d(*tensors: _Input | Sequence[_Input]) -> Any: ...
def atleast_2d(*tensors: _Input | Sequence[_Input]) -> Any: ...
def atleast_3d(*tensors: _Input | Sequence[_Input]) -> Any: ...
def baddbmm(
    input: _Input,
    batch1: _Input,
    batch2: _Input,
    *,
    beta: _Number = 1,
    alpha: _Number | Variable = 1,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def bernoulli(
    input: _Input,
    p: _Operand | None = None,
    *,
    generator: Generator | None = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def bincount(input: _Input, weights: _Input | None = None, minlength: builtins.int = 0) -> Variable: ...
def binomial(count: _Input, prob: _Input, generator: Generator | None = None) -> Variable: ...
def bitwise_and(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def bitwise_left_shift(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def bitwise_not(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def bitwise_or(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def bitwise_right_shift(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def bitwise_xor(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def block_diag(*tensors: Sequence[_Input]) -> Variable: ...
def bmm(input: _Input, mat2: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def broadcast_shapes(*args: Any) -> object: ...
def broadcast_tensors(*tensors: _Input | Sequence[_Input]) -> tuple[Variable, ...]: ...
@overload
def broadcast_to(input: _Input, *size: _Dims) -> Variable: ...
@overload
def broadcast_to(input: _Input, *, size: _Dims) -> Variable: ...
def bucketize(
    input: _Operand,
    boundaries: _Input,
    *,
    out_int32: builtins.bool = False,
    right: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def can_cast(from_: _DType, to: _DType) -> builtins.bool: ...
def cartesian_prod(*tensors: _Input | Sequence[_Input]) -> Variable: ...
@overload
def cat(
    tensors: Sequence[_Input], dim: builtins.int = 0, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
@overload
def cat(
    tensors: Sequence[_Input], axis: builtins.int = 0, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def cdist(
    x1: _Input,
    x2: _Input,
    p: builtins.float = 2.0,
    compute_mode: str | None = "use_mm_for_euclid_dist_if_necessary",
) -> Variable: ...
def ceil(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def chain_matmul(*matrices: _Input, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def cholesky(
    input: _Input, upper: builtins.bool = False, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def cholesky_inverse(
    L: _Input, upper: builtins.bool = False, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def cholesky_solve(
    B: _Input, L: _Input, upper: builtins.bool = False, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
@overload
def chunk(input: _Input, chunks: builtins.int, dim: builtins.int = 0) -> tuple[Variable, ...]: ...
@overload
def chunk(input: _Input, chunks: builtins.int, axis: builtins.int = 0) -> tuple[Variable, ...]: ...
def clamp(
    input: _Input,
    min: _Operand | None = None,
    max: _Operand | None = None,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def clamp_max(
    input: _Input, max: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def clamp_min(
    input: _Input, min: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def clip(
    input: _Input,
    min: _Operand | None = None,
    max: _Operand | None = None,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def clone(input: _Input, *, memory_format: memory_format | None = None) -> Variable: ...
def column_stack(
    tensors: Sequence[_Input], *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def combinations(input: _Input, r: builtins.int = 2, with_replacement: builtins.bool = False) -> Variable: ...
@overload
def concat(
    tensors: Sequence[_Input], dim: builtins.int = 0, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
@overload
def concat(
    tensors: Sequence[_Input], axis: builtins.int = 0, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
@overload
def concatenate(
    tensors: Sequence[_Input], dim: builtins.int = 0, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
@overload
def concatenate(
    tensors: Sequence[_Input], axis: builtins.int = 0, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def conj(input: _Input) -> Variable: ...
def conj_physical(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def conj_physical_(input: _Input) -> Variable: ...
def constant_pad_nd(input: _Input, pad: _Dims, value: _Number | Variable = 0) -> Variable: ...
def copysign(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def corrcoef(input: _Input) -> Variable: ...
def cos(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def cosh(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
@overload
def cosine_similarity(
    x1: _Input, x2: _Input, dim: builtins.int = 1, eps: builtins.float = 1e-08
) -> Variable: ...
@overload
def cosine_similarity(
    x1: _Input, x2: _Input, axis: builtins.int = 1, eps: builtins.float = 1e-08
) -> Variable: ...
@overload
def count_nonzero(input: _Input, dim: _Dims | None = None) -> Variable: ...
@overload
def count_nonzero(input: _Input, axis: _Dims | None = None) -> Variable: ...
@overload
def cov(
    input: _Input,
    *,
    correction: builtins.int = 1,
    fweights: _Input | None = None,
    aweights: _Input | None = None,
) -> Variable: ...
@overload
def cov(
    input: _Input, *, ddof: builtins.int = 1, fweights: _Input | None = None, aweights: _Input | None = None
) -> Variable: ...
@overload
def cross(
    input: _Input,
    other: _Operand,
    dim: builtins.int | None = None,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def cross(
    input: _Input,
    other: _Operand,
    axis: builtins.int | None = None,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def cummax(
    input: _Input, dim: builtins.int, *, out: Variable | Sequence[Variable] | None = None
) -> _ValuesIndices: ...
@overload
def cummax(
    input: _Input, axis: builtins.int, *, out: Variable | Sequence[Variable] | None = None
) -> _ValuesIndices: ...
@overload
def cummin(
    input: _Input, dim: builtins.int, *, out: Variable | Sequence[Variable] | None = None
) -> _ValuesIndices: ...
@overload
def cummin(
    input: _Input, axis: builtins.int, *, out: Variable | Sequence[Variable] | None = None
) -> _ValuesIndices: ...
@overload
def cumprod(
    input: _Input,
    dim: builtins.int,
    *,
    dtype: _DType = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def cumprod(
    input: _Input,
    axis: builtins.int,
    *,
    dtype: _DType = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def cumsum(
    input: _Input,
    dim: builtins.int,
    *,
    dtype: _DType = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def cumsum(
    input: _Input,
    axis: builtins.int,
    *,
    dtype: _DType = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def cumulative_trapezoid(
    y: _Input, x: _Input | None = None, *, dx: _Number | None = None, dim: _Dims | None = -1
) -> Variable: ...
@overload
def cumulative_trapezoid(
    y: _Input, x: _Input | None = None, *, dx: _Number | None = None, axis: _Dims | None = -1
) -> Variable: ...
def deg2rad(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def det(input: _Input) -> Variable: ...
def detach(input: _Input) -> Variable: ...
def detach_copy(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def diag(
    input: _Input, diagonal: builtins.int = 0, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def diag_embed(
    input: _Input, offset: builtins.int = 0, dim1: builtins.int = -2, dim2: builtins.int = -1
) -> Variable: ...
def diagflat(input: _Input, offset: builtins.int = 0) -> Variable: ...
def diagonal(
    input: _Input, offset: builtins.int = 0, dim1: builtins.int = 0, dim2: builtins.int = 1
) -> Variable: ...
def diagonal_copy(
    input: _Input,
    offset: builtins.int = 0,
    dim1: builtins.int = 0,
    dim2: builtins.int = 1,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def diagonal_scatter(
    input: _Input, src: _Input, offset: builtins.int = 0, dim1: builtins.int = 0, dim2: builtins.int = 1
) -> Variable: ...
@overload
def diff(
    input: _Input,
    n: builtins.int = 1,
    dim: _Dims | None = -1,
    prepend: _Input | None = None,
    append: _Input | None = None,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def diff(
    input: _Input,
    n: builtins.int = 1,
    axis: _Dims | None = -1,
    prepend: _Input | None = None,
    append: _Input | None = None,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def digamma(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def dist(input: _Input, other: _Input, p: _Number = 2) -> Variable: ...
def div(
    input: _Operand,
    other: _Operand,
    *,
    rounding_mode: str | None = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def divide(
    input: _Operand,
    other: _Operand,
    *,
    rounding_mode: str | None = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def dot(input: _Input, tensor: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
@overload
def dsplit(input: _Input, indices_or_sections: _Dims) -> tuple[Variable, ...]: ...
@overload
def dsplit(input: _Input, sections: _Dims) -> tuple[Variable, ...]: ...
@overload
def dsplit(input: _Input, indices: _Dims) -> tuple[Variable, ...]: ...
def dstack(tensors: Sequence[_Input], *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def einsum(*args: Any) -> Variable: ...
@overload
def empty(
    *size: _Dims,
    dtype: _DType = None,
    device: _Device = None,
    requires_grad: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def empty(
    *,
    size: _Dims,
    dtype: _DType = None,
    device: _Device = None,
    requires_grad: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def empty_cache() -> None: ...
def empty_like(
    input: _Input,
    *,
    dtype: _DType = None,
    device: _Device = None,
    requires_grad: builtins.bool = False,
    memory_format: memory_format | None = None,
) -> Variable: ...
def empty_permuted(
    size: _Dims,
    physical_layout: _Dims,
    *,
    dtype: _DType = None,
    device: _Device = None,
    requires_grad: builtins.bool = False,
) -> Variable: ...
def empty_strided(
    size: _Dims,
    stride: _Dims,
    *,
    dtype: _DType = None,
    device: _Device = None,
    requires_grad: builtins.bool = False,
) -> Variable: ...
def eq(input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def equal(input: _Input, other: _Input) -> builtins.bool: ...
def erf(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def erfc(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def erfinv(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def exp(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def exp2(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def expand_copy(
    input: _Input,
    size: _Dims,
    *,
    implicit: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def expm1(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def eye(
    n: builtins.int,
    m: builtins.int | None = None,
    *,
    dtype: _DType = None,
    device: _Device = None,
    requires_grad: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def fill(input: _Input, value: _Operand) -> Variable: ...
def fill_(input: _Input, value: _Operand) -> Variable: ...
def fix(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def flatten(input: _Input, start_dim: builtins.int = 0, end_dim: builtins.int = -1) -> Variable: ...
def flip(input: _Input, *dims: _Dims) -> Variable: ...
def fliplr(input: _Input) -> Variable: ...
def flipud(input: _Input) -> Variable: ...
def float_power(
    input: _Operand, exponent: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def floor(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def floor_divide(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def fmax(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def fmin(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def fmod(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def frac(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def frexp(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> _MantissaExponent: ...
def from_numpy(array: npt.NDArray[Any]) -> Variable: ...
def full(
    size: _Dims,
    fill_value: _Number | Variable,
    *,
    dtype: _DType = None,
    device: _Device = None,
    requires_grad: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def full_like(
    input: _Input,
    fill_value: _Number | Variable,
    *,
    dtype: _DType = None,
    device: _Device = None,
    requires_grad: builtins.bool = False,
    memory_format: memory_format | None = None,
) -> Variable: ...
@overload
def gather(
    input: _Input,
    dim: builtins.int,
    index: _Input,
    *,
    sparse_grad: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def gather(
    input: _Input,
    axis: builtins.int,
    index: _Input,
    *,
    sparse_grad: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def gcd(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def ge(input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def geqrf(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> tuple[Variable, ...]: ...
def ger(input: _Input, vec2: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def get_device(input: _Input) -> builtins.int: ...
def get_num_threads() -> builtins.int: ...
def get_rng_state() -> Variable: ...
@overload
def gradient(
    input: _Input,
    *,
    spacing: _Number | Sequence[_Operand] | None = None,
    dim: _Dims | None = None,
    edge_order: builtins.int = 1,
) -> tuple[Variable, ...]: ...
@overload
def gradient(
    input: _Input,
    *,
    spacing: _Number | Sequence[_Operand] | None = None,
    axis: _Dims | None = None,
    edge_order: builtins.int = 1,
) -> tuple[Variable, ...]: ...
def greater(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def greater_equal(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def gt(input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def heaviside(
    input: _Operand, values: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def histc(
    input: _Input,
    bins: builtins.int = 100,
    min: _Number = 0,
    max: _Number = 0,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def histogram(
    input: _Input,
    bins: builtins.int | _Input,
    *,
    range: Sequence[_Number] | None = None,
    weight: _Input | None = None,
    density: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> _Histogram: ...
@overload
def hsplit(input: _Input, indices_or_sections: _Dims) -> tuple[Variable, ...]: ...
@overload
def hsplit(input: _Input, sections: _Dims) -> tuple[Variable, ...]: ...
@overload
def hsplit(input: _Input, indices: _Dims) -> tuple[Variable, ...]: ...
def hstack(tensors: Sequence[_Input], *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def hypot(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def i0(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def igamma(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def igammac(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def imag(input: _Input) -> Variable: ...
@overload
def index_add(
    input: _Input,
    dim: builtins.int,
    index: _Input,
    source: _Input,
    *,
    alpha: _Number | Variable = 1,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def index_add(
    input: _Input,
    axis: builtins.int,
    index: _Input,
    source: _Input,
    *,
    alpha: _Number | Variable = 1,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def index_copy(
    input: _Input,
    dim: builtins.int,
    index: _Input,
    source: _Input,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def index_copy(
    input: _Input,
    axis: builtins.int,
    index: _Input,
    source: _Input,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def index_fill(input: _Input, dim: builtins.int, index: _Input, value: _Operand) -> Variable: ...
@overload
def index_fill(input: _Input, axis: builtins.int, index: _Input, value: _Operand) -> Variable: ...
def index_put(
    input: _Input, indices: Sequence[_Input], values: _Operand, accumulate: builtins.bool = False
) -> Variable: ...
def index_put_(
    input: _Input, indices: Sequence[_Input], values: _Operand, accumulate: builtins.bool = False
) -> Variable: ...
@overload
def index_reduce(
    input: _Input,
    dim: builtins.int,
    index: _Input,
    source: _Input,
    reduce: str,
    *,
    include_self: builtins.bool = True,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def index_reduce(
    input: _Input,
    axis: builtins.int,
    index: _Input,
    source: _Input,
    reduce: str,
    *,
    include_self: builtins.bool = True,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def index_select(
    input: _Input, dim: builtins.int, index: _Input, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
@overload
def index_select(
    input: _Input, axis: builtins.int, index: _Input, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def initial_seed() -> builtins.int: ...
def inner(
    input: _Input, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def inverse(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def is_anomaly_check_nan_enabled() -> builtins.bool: ...
def is_anomaly_enabled() -> builtins.bool: ...
def is_complex(input: _Input) -> builtins.bool: ...
def is_conj(input: _Input) -> builtins.bool: ...
def is_floating_point(input: _Input) -> builtins.bool: ...
def is_grad_enabled() -> builtins.bool: ...
def is_inference(input: _Input) -> builtins.bool: ...
def is_inference_mode_enabled() -> builtins.bool: ...
def is_neg(input: _Input) -> builtins.bool: ...
def is_nonzero(input: _Input) -> builtins.bool: ...
def is_same_size(input: _Input, other: _Operand) -> builtins.bool: ...
def is_signed(input: _Input) -> builtins.bool: ...
def is_tensor(obj: object) -> builtins.bool: ...
def isclose(
    input: _Input,
    other: _Input,
    rtol: builtins.float | None = 1e-05,
    atol: builtins.float | None = 1e-08,
    equal_nan: builtins.bool = False,
) -> Variable: ...
def isfinite(input: _Input) -> Variable: ...
@overload
def isin(
    elements: _Operand,
    test_elements: _Operand,
    *,
    assume_unique: builtins.bool = False,
    invert: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def isin(
    element: _Operand,
    test_elements: _Operand,
    *,
    assume_unique: builtins.bool = False,
    invert: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def isin(
    elements: _Operand,
    test_element: _Operand,
    *,
    assume_unique: builtins.bool = False,
    invert: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def isinf(input: _Input) -> Variable: ...
def isnan(input: _Input) -> Variable: ...
def isneginf(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def isposinf(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def isreal(input: _Input) -> Variable: ...
def kron(input: _Input, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
@overload
def kthvalue(
    input: _Input,
    k: builtins.int,
    dim: builtins.int = -1,
    keepdim: builtins.bool = False,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> _ValuesIndices: ...
@overload
def kthvalue(
    input: _Input,
    k: builtins.int,
    axis: builtins.int = -1,
    keepdims: builtins.bool = False,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> _ValuesIndices: ...
def lcm(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def ldexp(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def le(input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def lerp(
    input: _Input, end: _Input, weight: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def less(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def less_equal(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def lgamma(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def linspace(
    start: _Number | Variable,
    end: _Number | Variable,
    steps: builtins.int,
    *,
    dtype: _DType = None,
    device: _Device = None,
    requires_grad: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def log(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def log10(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def log1p(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def log2(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
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
def logaddexp(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def logaddexp2(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
@overload
def logcumsumexp(
    input: _Input, dim: builtins.int, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
@overload
def logcumsumexp(
    input: _Input, axis: builtins.int, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def logdet(input: _Input) -> Variable: ...
def logical_and(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def logical_not(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def logical_or(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def logical_xor(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def logit(
    input: _Input, eps: _Number | None = None, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def logspace(
    start: _Number | Variable,
    end: _Number | Variable,
    steps: builtins.int,
    base: _Number = 10.0,
    *,
    dtype: _DType = None,
    device: _Device = None,
    requires_grad: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def logsumexp(
    input: _Input,
    dim: _Dims | None,
    keepdim: builtins.bool = False,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def logsumexp(
    input: _Input,
    axis: _Dims | None,
    keepdims: builtins.bool = False,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def lt(input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def lu(
    A: _Input,
    pivot: builtins.bool = True,
    get_infos: builtins.bool = False,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> tuple[Variable, ...]: ...
def lu_solve(
    b: _Input, LU_data: _Input, LU_pivots: _Input, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def lu_unpack(
    LU_data: _Input,
    LU_pivots: _Input,
    unpack_data: builtins.bool = True,
    unpack_pivots: builtins.bool = True,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> tuple[Variable, ...]: ...
def manual_seed(seed: builtins.int) -> Generator: ...
def masked_fill(input: _Input, mask: _Input, value: _Operand) -> Variable: ...
def masked_scatter(input: _Input, mask: _Input, source: _Input) -> Variable: ...
def masked_select(
    input: _Input, mask: _Input, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def matmul(input: _Input, other: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def matrix_exp(input: _Input) -> Variable: ...
def matrix_power(
    input: _Input, n: builtins.int, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
@overload
def max(
    input: _Input,
    dim: None = None,
    keepdim: builtins.bool = False,
    *,
    other: _Input | None = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def max(
    input: _Input,
    dim: builtins.int,
    keepdim: builtins.bool = False,
    *,
    other: _Input | None = None,
    out: Variable | Sequence[Variable] | None = None,
) -> _ValuesIndices: ...
@overload
def max(
    input: _Input,
    dim: _Input,
    keepdim: builtins.bool = False,
    *,
    other: _Input | None = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def max(
    input: _Input,
    axis: None = None,
    keepdims: builtins.bool = False,
    *,
    other: _Input | None = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def max(
    input: _Input,
    axis: builtins.int,
    keepdims: builtins.bool = False,
    *,
    other: _Input | None = None,
    out: Variable | Sequence[Variable] | None = None,
) -> _ValuesIndices: ...
@overload
def max(
    input: _Input,
    axis: _Input,
    keepdims: builtins.bool = False,
    *,
    other: _Input | None = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def maximum(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
@overload
def mean(
    input: _Input,
    dim: _Dims | None = None,
    keepdim: builtins.bool = False,
    *,
    dtype: _DType = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def mean(
    input: _Input,
    axis: _Dims | None = None,
    keepdims: builtins.bool = False,
    *,
    dtype: _DType = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def median(
    input: _Input,
    dim: None = None,
    keepdim: builtins.bool = False,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def median(
    input: _Input,
    dim: builtins.int,
    keepdim: builtins.bool = False,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> _ValuesIndices: ...
@overload
def median(
    input: _Input,
    axis: None = None,
    keepdims: builtins.bool = False,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def median(
    input: _Input,
    axis: builtins.int,
    keepdims: builtins.bool = False,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> _ValuesIndices: ...
def memory_stats() -> dict[str, builtins.int]: ...
def meshgrid(*tensors: _Input | Sequence[_Input], indexing: str = "ij") -> tuple[Variable, ...]: ...
@overload
def min(
    input: _Input,
    dim: None = None,
    keepdim: builtins.bool = False,
    *,
    other: _Input | None = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def min(
    input: _Input,
    dim: builtins.int,
    keepdim: builtins.bool = False,
    *,
    other: _Input | None = None,
    out: Variable | Sequence[Variable] | None = None,
) -> _ValuesIndices: ...
@overload
def min(
    input: _Input,
    dim: _Input,
    keepdim: builtins.bool = False,
    *,
    other: _Input | None = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def min(
    input: _Input,
    axis: None = None,
    keepdims: builtins.bool = False,
    *,
    other: _Input | None = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def min(
    input: _Input,
    axis: builtins.int,
    keepdims: builtins.bool = False,
    *,
    other: _Input | None = None,
    out: Variable | Sequence[Variable] | None = None,
) -> _ValuesIndices: ...
@overload
def min(
    input: _Input,
    axis: _Input,
    keepdims: builtins.bool = False,
    *,
    other: _Input | None = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def minimum(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def mm(input: _Input, mat2: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
@overload
def mode(
    input: _Input,
    dim: builtins.int = -1,
    keepdim: builtins.bool = False,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> _ValuesIndices: ...
@overload
def mode(
    input: _Input,
    axis: builtins.int = -1,
    keepdims: builtins.bool = False,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> _ValuesIndices: ...
def moveaxis(input: _Input, source: _Dims, destination: _Dims) -> Variable: ...
def movedim(input: _Input, source: _Dims, destination: _Dims) -> Variable: ...
def msort(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def mul(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def multinomial(
    input: _Input,
    num_samples: builtins.int,
    replacement: builtins.bool = False,
    *,
    generator: Generator | None = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def multiply(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def mv(input: _Input, vec: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def mvlgamma(
    input: _Input, p: builtins.int, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def nan_to_num(
    input: _Input,
    nan: _Number | None = 0.0,
    posinf: _Number | None = None,
    neginf: _Number | None = None,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def nanmean(
    input: _Input,
    dim: _Dims | None = None,
    keepdim: builtins.bool = False,
    *,
    dtype: _DType = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def nanmean(
    input: _Input,
    axis: _Dims | None = None,
    keepdims: builtins.bool = False,
    *,
    dtype: _DType = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def nanmedian(
    input: _Input,
    dim: None = None,
    keepdim: builtins.bool = False,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def nanmedian(
    input: _Input,
    dim: builtins.int,
    keepdim: builtins.bool = False,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> _ValuesIndices: ...
@overload
def nanmedian(
    input: _Input,
    axis: None = None,
    keepdims: builtins.bool = False,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def nanmedian(
    input: _Input,
    axis: builtins.int,
    keepdims: builtins.bool = False,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> _ValuesIndices: ...
@overload
def nanquantile(
    input: _Input,
    q: _Operand,
    dim: _Dims | None = None,
    keepdim: builtins.bool = False,
    *,
    interpolation: str = "linear",
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def nanquantile(
    input: _Input,
    q: _Operand,
    axis: _Dims | None = None,
    keepdims: builtins.bool = False,
    *,
    interpolation: str = "linear",
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def nansum(
    input: _Input,
    dim: _Dims | None = None,
    keepdim: builtins.bool = False,
    *,
    dtype: _DType = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def nansum(
    input: _Input,
    axis: _Dims | None = None,
    keepdims: builtins.bool = False,
    *,
    dtype: _DType = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def narrow(input: _Input, dim: builtins.int, start: builtins.int, length: builtins.int) -> Variable: ...
@overload
def narrow(input: _Input, axis: builtins.int, start: builtins.int, length: builtins.int) -> Variable: ...
@overload
def narrow_copy(
    input: _Input,
    dim: builtins.int,
    start: builtins.int,
    length: builtins.int,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def narrow_copy(
    input: _Input,
    axis: builtins.int,
    start: builtins.int,
    length: builtins.int,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def ne(input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def neg(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def negative(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def nextafter(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def nonzero(
    input: _Input, *, as_tuple: builtins.bool = False, out: Variable | Sequence[Variable] | None = None
) -> Any: ...
def nonzero_static(
    input: _Input,
    *,
    size: builtins.int,
    fill_value: builtins.int = -1,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def norm(
    input: _Input,
    p: _Number | str | None = "fro",
    dim: _Dims | None = None,
    keepdim: builtins.bool = False,
    dtype: _DType = None,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def norm(
    input: _Input,
    p: _Number | str | None = "fro",
    axis: _Dims | None = None,
    keepdims: builtins.bool = False,
    dtype: _DType = None,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def normal(
    mean: _Operand,
    std: _Operand = 1.0,
    size: _Dims | None = None,
    *,
    generator: Generator | None = None,
    dtype: _DType = None,
    device: _Device = None,
    requires_grad: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def not_equal(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def numel(input: _Input) -> builtins.int: ...
@overload
def ones(
    *size: _Dims,
    dtype: _DType = None,
    device: _Device = None,
    requires_grad: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def ones(
    *,
    size: _Dims,
    dtype: _DType = None,
    device: _Device = None,
    requires_grad: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def ones_like(
    input: _Input,
    *,
    dtype: _DType = None,
    device: _Device = None,
    requires_grad: builtins.bool = False,
    memory_format: memory_format | None = None,
) -> Variable: ...
def op_nodes() -> list[tuple[str, str | None]]: ...
def op_rows() -> list[str]: ...
def orgqr(input: _Input, input2: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def ormqr(
    input: _Input,
    tau: _Input,
    other: _Input,
    left: builtins.bool = True,
    transpose: builtins.bool = False,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def outer(input: _Input, vec2: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
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
def permute(input: _Input, *dims: _Dims) -> Variable: ...
@overload
def permute_copy(
    input: _Input, dims: _Dims, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
@overload
def permute_copy(
    input: _Input, axis: _Dims, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def pinverse(input: _Input, rcond: builtins.float = 1e-15) -> Variable: ...
def poisson(input: _Input, generator: Generator | None = None) -> Variable: ...
def polygamma(
    n: builtins.int, input: _Input, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def positive(input: _Input) -> Variable: ...
def pow(
    input: _Operand, exponent: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
@overload
def prod(
    input: _Input,
    dim: _Dims | None = None,
    keepdim: builtins.bool = False,
    *,
    dtype: _DType = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def prod(
    input: _Input,
    axis: _Dims | None = None,
    keepdims: builtins.bool = False,
    *,
    dtype: _DType = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def promote_types(type1: _DType, type2: _DType) -> _DTypeClass: ...
def put(input: _Input, index: _Input, source: _Input, accumulate: builtins.bool = False) -> Variable: ...
def qr(
    input: _Input, some: builtins.bool = True, *, out: Variable | Sequence[Variable] | None = None
) -> tuple[Variable, ...]: ...
@overload
def quantile(
    input: _Input,
    q: _Operand,
    dim: _Dims | None = None,
    keepdim: builtins.bool = False,
    *,
    interpolation: str = "linear",
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def quantile(
    input: _Input,
    q: _Operand,
    axis: _Dims | None = None,
    keepdims: builtins.bool = False,
    *,
    interpolation: str = "linear",
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def rad2deg(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
@overload
def rand(
    *size: _Dims,
    generator: Generator | None = None,
    dtype: _DType = None,
    device: _Device = None,
    requires_grad: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def rand(
    *,
    size: _Dims,
    generator: Generator | None = None,
    dtype: _DType = None,
    device: _Device = None,
    requires_grad: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def rand_like(
    input: _Input,
    *,
    generator: Generator | None = None,
    dtype: _DType = None,
    device: _Device = None,
    requires_grad: builtins.bool = False,
    memory_format: memory_format | None = None,
) -> Variable: ...
def randint(
    low: builtins.int | None = None,
    high: _Dims | None = None,
    size: _Dims | None = None,
    *,
    generator: Generator | None = None,
    dtype: _DType = None,
    device: _Device = None,
    requires_grad: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def randint_like(
    input: _Input,
    low: builtins.int | None = None,
    high: builtins.int | None = None,
    *,
    generator: Generator | None = None,
    dtype: _DType = None,
    device: _Device = None,
    requires_grad: builtins.bool = False,
    memory_format: memory_format | None = None,
) -> Variable: ...
@overload
def randn(
    *size: _Dims,
    generator: Generator | None = None,
    dtype: _DType = None,
    device: _Device = None,
    requires_grad: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def randn(
    *,
    size: _Dims,
    generator: Generator | None = None,
    dtype: _DType = None,
    device: _Device = None,
    requires_grad: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def randn_like(
    input: _Input,
    *,
    generator: Generator | None = None,
    dtype: _DType = None,
    device: _Device = None,
    requires_grad: builtins.bool = False,
    memory_format: memory_format | None = None,
) -> Variable: ...
def randperm(
    n: builtins.int,
    *,
    generator: Generator | None = None,
    dtype: _DType = None,
    device: _Device = None,
    requires_grad: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def ravel(input: _Input) -> Variable: ...
def real(input: _Input) -> Variable: ...
def reciprocal(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def relu(input: _Input) -> Variable: ...
def remainder(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
@overload
def renorm(
    input: _Input,
    p: _Number,
    dim: _Dims | None,
    maxnorm: _Number,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def renorm(
    input: _Input,
    p: _Number,
    axis: _Dims | None,
    maxnorm: _Number,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def repeat_interleave(
    input: _Input,
    repeats: builtins.int | _Input | None = None,
    dim: builtins.int | None = None,
    *,
    output_size: builtins.int | None = None,
) -> Variable: ...
@overload
def repeat_interleave(
    input: _Input,
    repeats: builtins.int | _Input | None = None,
    axis: builtins.int | None = None,
    *,
    output_size: builtins.int | None = None,
) -> Variable: ...
def reset_peak_memory_stats() -> None: ...
def reshape(input: _Input, *shape: _Dims) -> Variable: ...
def resolve_conj(input: _Input) -> Variable: ...
def resolve_neg(input: _Input) -> Variable: ...
def result_type(tensor: _Input, other: _Operand) -> _DTypeClass: ...
@overload
def roll(input: _Input, shifts: _Dims, dims: _Dims | None = None) -> Variable: ...
@overload
def roll(input: _Input, shifts: _Dims, axis: _Dims | None = None) -> Variable: ...
@overload
def rot90(input: _Input, k: builtins.int = 1, dims: _Dims | None = None) -> Variable: ...
@overload
def rot90(input: _Input, k: builtins.int = 1, axis: _Dims | None = None) -> Variable: ...
def round(
    input: _Input, *, decimals: builtins.int = 0, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def row_stack(tensors: Sequence[_Input], *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def rsqrt(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def rsub(input: _Operand, other: _Operand, *, alpha: _Number | Variable = 1) -> Variable: ...
def scalar_tensor(
    s: _Number | Variable,
    *,
    dtype: _DType = None,
    device: _Device = None,
    requires_grad: builtins.bool = False,
) -> Variable: ...
@overload
def scatter(
    input: _Input,
    dim: builtins.int,
    index: _Input,
    src: _Operand | None = None,
    value: _Number | None = None,
    *,
    reduce: str | None = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def scatter(
    input: _Input,
    axis: builtins.int,
    index: _Input,
    src: _Operand | None = None,
    value: _Number | None = None,
    *,
    reduce: str | None = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def scatter_add(
    input: _Input,
    dim: builtins.int,
    index: _Input,
    src: _Input,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def scatter_add(
    input: _Input,
    axis: builtins.int,
    index: _Input,
    src: _Input,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def scatter_reduce(
    input: _Input,
    dim: builtins.int,
    index: _Input,
    src: _Input,
    reduce: str,
    *,
    include_self: builtins.bool = True,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def scatter_reduce(
    input: _Input,
    axis: builtins.int,
    index: _Input,
    src: _Input,
    reduce: str,
    *,
    include_self: builtins.bool = True,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def searchsorted(
    sorted_sequence: _Input,
    input: _Operand,
    *,
    out_int32: builtins.bool = False,
    right: builtins.bool = False,
    side: str | None = None,
    sorter: _Input | None = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def seed() -> builtins.int: ...
@overload
def select(input: _Input, dim: builtins.int, index: builtins.int) -> Variable: ...
@overload
def select(input: _Input, axis: builtins.int, index: builtins.int) -> Variable: ...
@overload
def select_copy(
    input: _Input, dim: builtins.int, index: builtins.int, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
@overload
def select_copy(
    input: _Input,
    axis: builtins.int,
    index: builtins.int,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def select_scatter(input: _Input, src: _Input, dim: builtins.int, index: builtins.int) -> Variable: ...
@overload
def select_scatter(input: _Input, src: _Input, axis: builtins.int, index: builtins.int) -> Variable: ...
def set_num_threads(count: builtins.int) -> None: ...
def set_rng_state(new_state: Variable) -> None: ...
def sgn(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def sigmoid(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def sign(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def signbit(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def sin(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def sinc(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def sinh(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
@overload
def slice_copy(
    input: _Input,
    dim: builtins.int = 0,
    start: builtins.int | None = None,
    end: builtins.int | None = None,
    step: builtins.int = 1,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def slice_copy(
    input: _Input,
    axis: builtins.int = 0,
    start: builtins.int | None = None,
    end: builtins.int | None = None,
    step: builtins.int = 1,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def slice_scatter(
    input: _Input,
    src: _Input,
    dim: builtins.int = 0,
    start: builtins.int | None = None,
    end: builtins.int | None = None,
    step: builtins.int = 1,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def slice_scatter(
    input: _Input,
    src: _Input,
    axis: builtins.int = 0,
    start: builtins.int | None = None,
    end: builtins.int | None = None,
    step: builtins.int = 1,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def slogdet(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> tuple[Variable, ...]: ...
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
def sort(
    input: _Input,
    dim: builtins.int = -1,
    descending: builtins.bool = False,
    *,
    stable: builtins.bool | None = None,
    out: Variable | Sequence[Variable] | None = None,
) -> _ValuesIndices: ...
@overload
def sort(
    input: _Input,
    axis: builtins.int = -1,
    descending: builtins.bool = False,
    *,
    stable: builtins.bool | None = None,
    out: Variable | Sequence[Variable] | None = None,
) -> _ValuesIndices: ...
@overload
def split(input: _Input, split_size_or_sections: _Dims, dim: builtins.int = 0) -> tuple[Variable, ...]: ...
@overload
def split(input: _Input, split_size_or_sections: _Dims, axis: builtins.int = 0) -> tuple[Variable, ...]: ...
@overload
def split(input: _Input, split_size: _Dims, dim: builtins.int = 0) -> tuple[Variable, ...]: ...
@overload
def split_copy(
    input: _Input,
    split_size: builtins.int,
    dim: builtins.int = 0,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> tuple[Variable, ...]: ...
@overload
def split_copy(
    input: _Input,
    split_size: builtins.int,
    axis: builtins.int = 0,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> tuple[Variable, ...]: ...
@overload
def split_with_sizes(input: _Input, split_sizes: _Dims, dim: builtins.int = 0) -> tuple[Variable, ...]: ...
@overload
def split_with_sizes(input: _Input, split_sizes: _Dims, axis: builtins.int = 0) -> tuple[Variable, ...]: ...
@overload
def split_with_sizes_copy(
    input: _Input,
    split_sizes: _Dims,
    dim: builtins.int = 0,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> tuple[Variable, ...]: ...
@overload
def split_with_sizes_copy(
    input: _Input,
    split_sizes: _Dims,
    axis: builtins.int = 0,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> tuple[Variable, ...]: ...
def sqrt(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def square(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
@overload
def squeeze(input: _Input, dim: _Dims | None = None) -> Variable: ...
@overload
def squeeze(input: _Input, axis: _Dims | None = None) -> Variable: ...
@overload
def squeeze_copy(
    input: _Input, dim: _Dims | None = None, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
@overload
def squeeze_copy(
    input: _Input, axis: _Dims | None = None, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
@overload
def stack(
    tensors: Sequence[_Input], dim: builtins.int = 0, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
@overload
def stack(
    tensors: Sequence[_Input], axis: builtins.int = 0, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
@overload
def std(
    input: _Input,
    dim: _Dims | None = None,
    unbiased: builtins.bool | None = None,
    keepdim: builtins.bool = False,
    *,
    correction: _Number | None = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def std(
    input: _Input,
    axis: _Dims | None = None,
    unbiased: builtins.bool | None = None,
    keepdims: builtins.bool = False,
    *,
    ddof: _Number | None = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def std_mean(
    input: _Input,
    dim: _Dims | None = None,
    unbiased: builtins.bool | None = None,
    keepdim: builtins.bool = False,
    *,
    correction: _Number | None = None,
) -> tuple[Variable, Variable]: ...
@overload
def std_mean(
    input: _Input,
    axis: _Dims | None = None,
    unbiased: builtins.bool | None = None,
    keepdims: builtins.bool = False,
    *,
    ddof: _Number | None = None,
) -> tuple[Variable, Variable]: ...
def sub(
    input: _Operand,
    other: _Operand,
    *,
    alpha: _Number | Variable = 1,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def subtract(
    input: _Operand,
    other: _Operand,
    *,
    alpha: _Number | Variable = 1,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def sum(
    input: _Input,
    dim: _Dims | None = None,
    keepdim: builtins.bool = False,
    *,
    dtype: _DType = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def sum(
    input: _Input,
    axis: _Dims | None = None,
    keepdims: builtins.bool = False,
    *,
    dtype: _DType = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def svd(
    input: _Input,
    some: builtins.bool = True,
    compute_uv: builtins.bool = True,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> tuple[Variable, ...]: ...
def swapaxes(input: _Input, axis0: builtins.int, axis1: builtins.int) -> Variable: ...
def swapdims(input: _Input, dim0: builtins.int, dim1: builtins.int) -> Variable: ...
def t(input: _Input) -> Variable: ...
def t_copy(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def take(input: _Input, index: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
@overload
def take_along_dim(
    input: _Input,
    indices: _Input,
    dim: builtins.int | None = None,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def take_along_dim(
    input: _Input,
    indices: _Input,
    axis: builtins.int | None = None,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def tan(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def tanh(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def tensor(
    data: _Data, *, dtype: _DType = None, device: _Device = None, requires_grad: builtins.bool = False
) -> Variable: ...
@overload
def tensor_split(
    input: _Input, indices_or_sections: _Dims | Variable, dim: builtins.int = 0
) -> tuple[Variable, ...]: ...
@overload
def tensor_split(
    input: _Input, indices_or_sections: _Dims | Variable, axis: builtins.int = 0
) -> tuple[Variable, ...]: ...
@overload
def tensor_split(
    input: _Input, sections: _Dims | Variable, dim: builtins.int = 0
) -> tuple[Variable, ...]: ...
@overload
def tensor_split(input: _Input, indices: _Dims | Variable, dim: builtins.int = 0) -> tuple[Variable, ...]: ...
@overload
def tensordot(
    a: _Input,
    b: _Input,
    dims: builtins.int | Sequence[Sequence[builtins.int]] | Variable = 2,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def tensordot(
    a: _Input,
    b: _Input,
    axis: builtins.int | Sequence[Sequence[builtins.int]] | Variable = 2,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def tile(input: _Input, *dims: _Dims) -> Variable: ...
@overload
def topk(
    input: _Input,
    k: builtins.int,
    dim: builtins.int = -1,
    largest: builtins.bool = True,
    sorted: builtins.bool = True,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> _ValuesIndices: ...
@overload
def topk(
    input: _Input,
    k: builtins.int,
    axis: builtins.int = -1,
    largest: builtins.bool = True,
    sorted: builtins.bool = True,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> _ValuesIndices: ...
def trace(input: _Input) -> Variable: ...
def transpose(input: _Input, dim0: builtins.int, dim1: builtins.int) -> Variable: ...
def transpose_copy(
    input: _Input, dim0: builtins.int, dim1: builtins.int, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
@overload
def trapezoid(
    y: _Input, x: _Input | None = None, *, dx: _Number | None = None, dim: _Dims | None = -1
) -> Variable: ...
@overload
def trapezoid(
    y: _Input, x: _Input | None = None, *, dx: _Number | None = None, axis: _Dims | None = -1
) -> Variable: ...
@overload
def trapz(
    y: _Input, x: _Input | None = None, *, dx: _Number | None = None, dim: _Dims | None = -1
) -> Variable: ...
@overload
def trapz(
    y: _Input, x: _Input | None = None, *, dx: _Number | None = None, axis: _Dims | None = -1
) -> Variable: ...
def triangular_solve(
    b: _Input,
    A: _Input,
    upper: builtins.bool = True,
    transpose: builtins.bool = False,
    unitriangular: builtins.bool = False,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> tuple[Variable, ...]: ...
def tril(
    input: _Input, diagonal: builtins.int = 0, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def tril_indices(
    row: builtins.int,
    col: builtins.int,
    offset: builtins.int = 0,
    *,
    dtype: _DType = None,
    device: _Device = None,
) -> Variable: ...
def triu(
    input: _Input, diagonal: builtins.int = 0, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def triu_indices(
    row: builtins.int,
    col: builtins.int,
    offset: builtins.int = 0,
    *,
    dtype: _DType = None,
    device: _Device = None,
) -> Variable: ...
def true_divide(
    input: _Operand,
    other: _Operand,
    *,
    rounding_mode: str | None = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def trunc(input: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
@overload
def unbind(input: _Input, dim: builtins.int = 0) -> tuple[Variable, ...]: ...
@overload
def unbind(input: _Input, axis: builtins.int = 0) -> tuple[Variable, ...]: ...
@overload
def unbind_copy(
    input: _Input, dim: builtins.int = 0, *, out: Variable | Sequence[Variable] | None = None
) -> tuple[Variable, ...]: ...
@overload
def unbind_copy(
    input: _Input, axis: builtins.int = 0, *, out: Variable | Sequence[Variable] | None = None
) -> tuple[Variable, ...]: ...
@overload
def unflatten(input: _Input, dim: builtins.int, sizes: _Dims) -> Variable: ...
@overload
def unflatten(input: _Input, axis: builtins.int, sizes: _Dims) -> Variable: ...
def unfold_copy(
    input: _Input,
    dimension: builtins.int,
    size: builtins.int,
    step: builtins.int,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def unique(
    input: _Input,
    sorted: builtins.bool = True,
    return_inverse: builtins.bool = False,
    return_counts: builtins.bool = False,
    dim: _Dims | None = None,
) -> Any: ...
@overload
def unique(
    input: _Input,
    sorted: builtins.bool = True,
    return_inverse: builtins.bool = False,
    return_counts: builtins.bool = False,
    axis: _Dims | None = None,
) -> Any: ...
@overload
def unique_consecutive(
    input: _Input,
    return_inverse: builtins.bool = False,
    return_counts: builtins.bool = False,
    dim: _Dims | None = None,
) -> Any: ...
@overload
def unique_consecutive(
    input: _Input,
    return_inverse: builtins.bool = False,
    return_counts: builtins.bool = False,
    axis: _Dims | None = None,
) -> Any: ...
def unravel_index(indices: _Input, shape: _Dims) -> tuple[Variable, ...]: ...
@overload
def unsafe_chunk(input: _Input, chunks: builtins.int, dim: builtins.int = 0) -> tuple[Variable, ...]: ...
@overload
def unsafe_chunk(input: _Input, chunks: builtins.int, axis: builtins.int = 0) -> tuple[Variable, ...]: ...
@overload
def unsafe_split(input: _Input, split_size: builtins.int, dim: builtins.int = 0) -> tuple[Variable, ...]: ...
@overload
def unsafe_split(input: _Input, split_size: builtins.int, axis: builtins.int = 0) -> tuple[Variable, ...]: ...
@overload
def unsafe_split_with_sizes(
    input: _Input, split_sizes: _Dims, dim: builtins.int = 0
) -> tuple[Variable, ...]: ...
@overload
def unsafe_split_with_sizes(
    input: _Input, split_sizes: _Dims, axis: builtins.int = 0
) -> tuple[Variable, ...]: ...
@overload
def unsqueeze(input: _Input, dim: builtins.int) -> Variable: ...
@overload
def unsqueeze(input: _Input, axis: builtins.int) -> Variable: ...
@overload
def unsqueeze_copy(
    input: _Input, dim: builtins.int, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
@overload
def unsqueeze_copy(
    input: _Input, axis: builtins.int, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def vander(x: _Input, N: builtins.int | None = None, increasing: builtins.bool = False) -> Variable: ...
@overload
def var(
    input: _Input,
    dim: _Dims | None = None,
    unbiased: builtins.bool | None = None,
    keepdim: builtins.bool = False,
    *,
    correction: _Number | None = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def var(
    input: _Input,
    axis: _Dims | None = None,
    unbiased: builtins.bool | None = None,
    keepdims: builtins.bool = False,
    *,
    ddof: _Number | None = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def var_mean(
    input: _Input,
    dim: _Dims | None = None,
    unbiased: builtins.bool | None = None,
    keepdim: builtins.bool = False,
    *,
    correction: _Number | None = None,
) -> tuple[Variable, Variable]: ...
@overload
def var_mean(
    input: _Input,
    axis: _Dims | None = None,
    unbiased: builtins.bool | None = None,
    keepdims: builtins.bool = False,
    *,
    ddof: _Number | None = None,
) -> tuple[Variable, Variable]: ...
def vdot(input: _Input, other: _Operand, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def view_copy(
    input: _Input, size: _Dims | _DTypeClass, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
@overload
def vsplit(input: _Input, indices_or_sections: _Dims) -> tuple[Variable, ...]: ...
@overload
def vsplit(input: _Input, sections: _Dims) -> tuple[Variable, ...]: ...
@overload
def vsplit(input: _Input, indices: _Dims) -> tuple[Variable, ...]: ...
def vstack(tensors: Sequence[_Input], *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
@overload
def where(
    condition: _Input,
    input: None = None,
    other: None = None,
    *,
    out: Variable | Sequence[Variable] | None = None,
) -> tuple[Variable, ...]: ...
@overload
def where(
    condition: _Input, input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def xlogy(
    input: _Operand, other: _Operand, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def zero_(input: _Input) -> Variable: ...
@overload
def zeros(
    *size: _Dims,
    dtype: _DType = None,
    device: _Device = None,
    requires_grad: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def zeros(
    *,
    size: _Dims,
    dtype: _DType = None,
    device: _Device = None,
    requires_grad: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def zeros_like(
    input: _Input,
    *,
    dtype: _DType = None,
    device: _Device = None,
    requires_grad: builtins.bool = False,
    memory_format: memory_format | None = None,
) -> Variable: ...
