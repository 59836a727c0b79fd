"""The tables of stubs.py: what the compiled module itself does not say of its classes."""

from stub_tables import BOOL, INT

from tapegrad import _attributes

# Properties and whether they can be set.
PROPERTIES = {
    **dict.fromkeys(("H", "T", "imag", "mH", "real"), "Variable"),
    **dict.fromkeys(("base", "_base"), "Variable | None"),
    "flags": "Any",
    "flat": "Flat",
    "strides": "tuple[builtins.int, ...]",
    "_backward_hooks": "dict[builtins.int, Callable[..., Any]] | None",
    "_post_accumulate_grad_hooks": "dict[builtins.int, Callable[..., Any]] | None",
    "_grad_fn": "_Node | None",
    "_version": INT,
    "data": "Variable",
    "device": "_DeviceClass",
    "dtype": "_DTypeClass",
    "grad": "Variable | None",
    "grad_dtype": "_DTypeClass | None",
    "grad_fn": "_Node | None",
    "is_complex": BOOL,
    "layout": "_LayoutClass",
    "name": "None",
    "is_floating_point": BOOL,
    "is_leaf": BOOL,
    "is_signed": BOOL,
    "itemsize": INT,
    **dict.fromkeys(("dtype.char", "dtype.kind", "dtype.name"), "str"),
    "dtype.type": "builtins.type[Any]",
    "mT": "Variable",
    "nbytes": INT,
    "ndim": INT,
    "output_nr": INT,
    "requires_grad": BOOL,
    "retains_grad": BOOL,
    "shape": "Size",
    "volatile": BOOL,
}
SETTABLE = {"_backward_hooks", "_grad_fn", "data", "grad", "grad_dtype", "requires_grad"}
PROPERTIES |= dict.fromkeys((f"is_{kind}" for kind in ("cpu", *_attributes.OTHER_KINDS)), BOOL)

# Special methods: what follows the name.
BINARY = "(self, value: _Operand, /) -> Variable"
UNARY = "(self) -> Variable"
ARITHMETIC = ("add", "sub", "mul", "truediv", "floordiv", "mod", "lshift", "rshift", "and", "or", "xor")
OPERATORS = {
    **dict.fromkeys(("__neg__", "__pos__", "__abs__", "__invert__"), UNARY),
    **{f"__{side}{name}__": BINARY for name in (*ARITHMETIC, "matmul") for side in ("", "r")},
    "__divmod__": "(self, value: _Operand, /) -> tuple[Variable, Variable]",
    "__rdivmod__": "(self, value: _Operand, /) -> tuple[Variable, Variable]",
    "__pow__": "(self, value: _Operand, mod: None = None, /) -> Variable",
    "__rpow__": "(self, value: _Operand, mod: None = None, /) -> Variable",
    **{f"__i{name}__": "(self, value: _Operand, /) -> Self" for name in (*ARITHMETIC, "pow")},
    **dict.fromkeys(("__lt__", "__le__", "__gt__", "__ge__"), BINARY),
    **dict.fromkeys(("__eq__", "__ne__"), BINARY),
    "__matmul__": "(self, value: _Input, /) -> Variable",
    "__rmatmul__": "(self, value: _Input, /) -> Variable",
    "__hash__": f"(self) -> {INT}",
    "__bool__": f"(self) -> {BOOL}",
    "__int__": f"(self) -> {INT}",
    "__index__": f"(self) -> {INT}",
    "__float__": "(self) -> builtins.float",
    "__complex__": "(self) -> complex",
    "__array_namespace__": "(self, /, *, api_version: str | None = None) -> Any",
    "is_pinned": f"(self, device: Any = None) -> {BOOL}",
    "is_shared": f"(self) -> {BOOL}",
    "is_distributed": f"(self) -> {BOOL}",
    "to_dense": "(self, dtype: _DType = None, *, masked_grad: builtins.bool | None = None) -> Variable",
    "resize": "(self, *sizes: Any) -> Variable",
    "resize_as": "(self, variable: Variable) -> Variable",
    "to_device": "(self, device: _DeviceClass | str, /, *, stream: None = None) -> Variable",
    "__len__": f"(self) -> {INT}",
    "__iter__": "(self) -> Iterator[Variable]",
    "__contains__": f"(self, key: object, /) -> {BOOL}",
    "__getitem__": "(self, key: Any, /) -> Variable",
    "__setitem__": "(self, key: Any, value: _Operand, /) -> None",
    "__repr__": "(self) -> str",
    "__reversed__": "(self) -> Variable",
    "__round__": "(self, ndigits: builtins.int | None = None, /) -> Any",
    "__trunc__": f"(self) -> {INT}",
}
# Where mypy and Python differ: object's == gives bool, arrays compare with anything, **= has no modulus.
IGNORES = {
    **dict.fromkeys(("__eq__", "__ne__"), "override"),
    **dict.fromkeys(("__lt__", "__le__", "__gt__", "__ge__", "__ipow__"), "misc"),
}

CONSTRUCTORS = [
    "(self, data: _Data = ..., *, requires_grad: builtins.bool = False) -> None",
    "(self, *sizes: builtins.int) -> None",
]
# Of every type object: not for callers.
HIDDEN = {"__init__", "__new__", "__doc__", "__module__", "__dict__", "__init_subclass__", "__delitem__"}
HIDDEN |= {"_execution_engine", "__pandas_priority__"}  # set from Python
HIDDEN |= {"__buffer__", "__release_buffer__"}  # CPython 3.12 and later show the slots as methods

# Classes that are the base of Python's own: their text, as it stands.
CLASSES = """\
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
"""

# Size, whose operators are not those of Variable.
SIZE = (
    "class Size(tuple[builtins.int, ...]):",
    "    @overload",
    "    def __getitem__(self, key: SupportsIndex, /) -> builtins.int: ...",
    "    @overload",
    "    def __getitem__(self, key: slice, /) -> Size: ...",
    "    def __add__(self, value: tuple[builtins.int, ...], /) -> Size: ...  # type: ignore[override]",
    "    def __radd__(self, value: tuple[builtins.int, ...], /) -> Size: ...",
    "    def __mul__(self, value: SupportsIndex, /) -> Size: ...",
    "    def __rmul__(self, value: SupportsIndex, /) -> Size: ...",
    "    def numel(self) -> builtins.int: ...",
)
