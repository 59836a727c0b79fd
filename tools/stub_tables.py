"""The tables of stubs.py: what the compiled module itself does not say of the types of functions."""

HEADER = '''\
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
'''

SUBMODULE_HEADER = '''\
"""A part of the compiled module. Written by tools/stubs.py: change the tables there, not this file."""
'''
# What a submodule's stub imports, of what it names; the last from the module's.
SUBMODULE_IMPORTS = {
    "builtins": "import builtins",
    "Sequence": "from collections.abc import Sequence",
    "overload": "from typing import overload",
}
SHARED_NAMES = ("Variable", "_Dims", "_DType", "_Input", "_Number", "_Operand")

INT, BOOL = "builtins.int", "builtins.bool"

# Types by the name of a parameter, or by "function.parameter" where one function differs.
LOSSES = (
    *("binary_cross_entropy", "binary_cross_entropy_with_logits", "huber_loss", "l1_loss", "mse_loss"),
    *("nll_loss", "smooth_l1_loss"),
)
PARAMETERS = {
    "input": "_Input",
    "add.input": "_Operand",
    "sub.input": "_Operand",
    "mul.input": "_Operand",
    "div.input": "_Operand",
    "pow.input": "_Operand",
    "maximum.input": "_Operand",
    "minimum.input": "_Operand",
    "where.input": "_Operand",
    **{
        f"{name}.input": "_Operand"
        for name in (
            *(
                "atan2",
                "bitwise_left_shift",
                "bitwise_right_shift",
                "copysign",
                "float_power",
                "floor_divide",
                "fmax",
            ),
            *(
                "fmin",
                "fmod",
                "heaviside",
                "hypot",
                "ldexp",
                "logaddexp",
                "logaddexp2",
                "nextafter",
                "remainder",
            ),
            *("gcd", "igamma", "igammac", "lcm", "rsub", "xlog1py", "xlogy", "zeta"),
        )
    },
    **{
        f"{family}_polynomial_{kind}.{p}": "_Operand"
        for family, kinds in {
            "chebyshev": "tuvw",
            "shifted_chebyshev": "tuvw",
            "hermite": ("h", "he"),
            "laguerre": "l",
            "legendre": "p",
        }.items()
        for kind in kinds
        for p in ("x", "n")
    },
    "implicit": BOOL,
    **{f"{name}_copy.dim": INT for name in ("select", "slice", "unsqueeze", "unbind", "split")},
    "split_with_sizes_copy.dim": INT,
    **{f"slice_copy.{name}": f"{INT} | None" for name in ("start", "end")},
    **dict.fromkeys(("slice_copy.step", "unfold_copy.size", "unfold_copy.step"), INT),
    **dict.fromkeys(("view.size", "view_copy.size"), "_Dims | _DTypeClass"),
    "physical_layout": "_Dims",
    "scalar_tensor.s": "_Number | Variable",
    **dict.fromkeys(("nonzero_static.size", "nonzero_static.fill_value", "cosine_similarity.dim"), INT),
    "unravel_index.indices": "_Input",
    "constant_pad_nd.pad": "_Dims",
    "constant_pad_nd.value": "_Number | Variable",
    **dict.fromkeys(("pdist.p", "pairwise_distance.p"), "builtins.float"),
    **dict.fromkeys(("pairwise_distance.eps", "cosine_similarity.eps"), "builtins.float"),
    "isclose.other": "_Input",
    "allclose.other": "_Input",
    "equal.other": "_Input",
    "eps": "_Number | None",
    "p": INT,
    "vector_norm.x": "_Input",
    **dict.fromkeys(("trapezoid.x", "trapz.x", "cumulative_trapezoid.x"), "_Input | None"),
    "y": "_Input",
    "dx": "_Number | None",
    "spacing": "_Number | Sequence[_Operand] | None",
    "edge_order": INT,
    "prepend": "_Input | None",
    "append": "_Input | None",
    "q": "_Operand",
    "interpolation": "str",
    "cov.correction": INT,
    "fweights": "_Input | None",
    "aweights": "_Input | None",
    "return_inverse": BOOL,
    "return_counts": BOOL,
    "weights": "_Input | None",
    "minlength": INT,
    "histc.bins": INT,
    "histc.min": "_Number",
    "histc.max": "_Number",
    "bins": f"{INT} | _Input",
    "range": "Sequence[_Number] | None",
    "histogram.weight": "_Input | None",
    "density": BOOL,
    "base": "_Number",
    "invert": BOOL,
    "assume_unique": BOOL,
    "elements": "_Operand",
    "test_elements": "_Operand",
    "sorted_sequence": "_Input",
    "searchsorted.input": "_Operand",
    "bucketize.input": "_Operand",
    "boundaries": "_Input",
    "out_int32": BOOL,
    "right": BOOL,
    "side": "str | None",
    "sorter": "_Input | None",
    "norm.p": "_Number | str | None",
    "dist.p": "_Number",
    "dist.other": "_Input",
    "renorm.p": "_Number",
    "maxnorm": "_Number",
    "ord": "_Number",
    "unbiased": f"{BOOL} | None",
    "correction": "_Number | None",
    "decimals": INT,
    "rounding_mode": "str | None",
    "weight": "_Operand",
    "lerp.end": "_Input",
    "tensor1": "_Input",
    "tensor2": "_Input",
    "addcmul.value": "_Number",
    "addcdiv.value": "_Number",
    "rtol": "_Number",
    "atol": "_Number",
    "equal_nan": BOOL,
    "nan": "_Number | None",
    "posinf": "_Number | None",
    "neginf": "_Number | None",
    "clamp_min.min": "_Operand",
    "clamp_max.max": "_Operand",
    **{f"{name}.input": "_Operand" for name in ("eq", "ne", "lt", "le", "gt", "ge")},
    **{f"bitwise_{name}.input": "_Operand" for name in ("and", "or", "xor")},
    **{f"logical_{name}.input": "_Operand" for name in ("and", "or", "xor")},
    "other": "_Operand",
    "matmul.other": "_Input",
    "expand_as.other": "_Input",
    "view_as.other": "_Input",
    "type_as.other": "_Input",
    "exponent": "_Operand",
    "alpha": "_Number | Variable",
    "condition": "_Input",
    "mat2": "_Input",
    "vec": "_Input",
    "tensor": "_Input",
    "tensors": "Sequence[_Input]",
    **dict.fromkeys(("mat1", "batch1", "batch2", "mat", "vec1", "vec2", "a", "b"), "_Input"),
    "beta": "_Number",
    **dict.fromkeys(("input2", "tau", "LU", "pivots", "LU_data", "LU_pivots", "L", "x", "y"), "_Input"),
    **dict.fromkeys(("pivot", "get_infos", "unpack_data", "unpack_pivots", "adjoint", "transpose"), BOOL),
    **dict.fromkeys(("some", "compute_uv", "increasing"), BOOL),
    **dict.fromkeys(("ormqr.other", "triangular_solve.b"), "_Input"),
    **{
        f"{name}.{p}": "_Operand | None"
        for name in ("matrix_rank", "pinv")
        for p in ("tol", "rcond", "atol", "rtol")
    },
    "N": f"{INT} | None",
    "ind": INT,
    "tensorsolve.dims": "_Dims | None",
    "vecdot.dim": INT,
    "driver": "str | None",
    **dict.fromkeys(("matrix_norm.ord", "norm.ord", "cond.p"), "str | _Number | None"),
    "lstsq.rcond": "_Number | None",
    "cdist.p": "builtins.float",
    "compute_mode": "str | None",
    **dict.fromkeys(("x1", "x2"), "_Input"),
    **dict.fromkeys(("upper", "check_errors", "left", "unitriangular", "full_matrices", "hermitian"), BOOL),
    **dict.fromkeys(("qr.mode", "UPLO"), "str"),
    **dict.fromkeys(("atol", "rtol"), "builtins.float | None"),
    "rcond": "builtins.float",
    "matrices": "_Input",
    "tensordot.dims": f"{INT} | Sequence[Sequence[{INT}]] | Variable",
    "einsum.args": "Any",
    "min": "_Operand | None",
    "max": "_Operand | None",
    "dim": "_Dims | None",
    **{f"{name}.dim": INT for name in ("cat", "concatenate", "stack", "select", "unsqueeze")},
    **{f"{name}.dim": INT for name in ("softmax", "log_softmax")},
    **{f"{name}.dim": INT for name in ("cumsum", "cumprod", "logcumsumexp", "cummax", "cummin")},
    **{f"{name}.dim": INT for name in ("sort", "argsort", "topk", "kthvalue", "mode")},
    "median.dim": f"{INT} | None",
    "nanmedian.dim": f"{INT} | None",
    "argmax.dim": f"{INT} | None",
    "cross.dim": f"{INT} | None",
    "A": "_Input",
    "B": "_Input",
    "argmin.dim": f"{INT} | None",
    **{f"{name}.dim": INT for name in ("gather", "scatter", "scatter_add", "scatter_reduce")},
    **{f"{name}.dim": INT for name in ("index_select", "index_add", "index_copy", "index_fill")},
    **{f"{name}.index": "_Input" for name in ("gather", "scatter", "scatter_add", "scatter_reduce")},
    **{f"{name}.index": "_Input" for name in ("index_select", "index_add", "index_copy", "index_fill")},
    **{f"{name}.index": "_Input" for name in ("take", "put")},
    **{f"{name}.src": "_Input" for name in ("scatter_add", "scatter_reduce")},
    "scatter.src": "_Operand | None",
    "scatter.value": "_Number | None",
    "scatter.reduce": "str | None",
    "reduce": "str",
    "include_self": BOOL,
    "source": "_Input",
    "set.source": "Variable | None",
    "set.storage_offset": INT,
    "set.size": "_Dims | None",
    "set.stride": "_Dims | None",
    "the_template": "Variable",
    "is_set_to.tensor": "Variable",
    "_set_version.version": INT,
    "_size_descriptor.count_type": "type[ElementCount]",
    "_size_descriptor.method": "Any",
    "mask": "_Input",
    "take_along_dim.indices": "_Input",
    "take_along_dim.dim": f"{INT} | None",
    "descending": BOOL,
    "sort.stable": f"{BOOL} | None",
    "stable": BOOL,
    "largest": BOOL,
    "sorted": BOOL,
    "k": INT,
    "keepdim": BOOL,
    "out": "Variable | Sequence[Variable] | None",
    **dict.fromkeys(("dim0", "dim1", "start_dim", "end_dim", "index"), INT),
    "indices": "Sequence[_Input]",
    "values": "_Operand",
    "accumulate": BOOL,
    "src": "_Operand",
    "value": "_Operand",
    "shape": "_Dims",
    "size": "_Dims",
    "randint.size": "_Dims | None",
    "dims": "_Dims",
    "data": "_Data",
    **{f"{name}.dim": INT for name in ("unflatten", "narrow", "unbind", "split", "split_with_sizes")},
    **{f"{name}.dim": INT for name in ("chunk", "tensor_split", "concat")},
    "repeat_interleave.dim": f"{INT} | None",
    "repeat_interleave.repeats": f"{INT} | _Input | None",
    "roll.dims": "_Dims | None",
    "rot90.dims": "_Dims | None",
    "output_size": f"{INT} | None",
    "shifts": "_Dims",
    "destination": "_Dims",
    "movedim.source": "_Dims",
    "moveaxis.source": "_Dims",
    "axis0": INT,
    "axis1": INT,
    "sizes": "_Dims",
    "repeats": "_Dims",
    "offset": INT,
    "diagonal": INT,
    "dim2": INT,
    **dict.fromkeys(("narrow.start", "narrow_copy.start", "narrow_copy.dim"), INT),
    "wrap": BOOL,
    "length": INT,
    "chunks": INT,
    "split_sizes": "_Dims",
    "split_size_or_sections": "_Dims",
    "indices_or_sections": "_Dims",
    "tensor_split.indices_or_sections": "_Dims | Variable",
    **{f"atleast_{n}d.tensors": "_Input | Sequence[_Input]" for n in (1, 2, 3)},
    **{
        f"{name}.tensors": "_Input | Sequence[_Input]"
        for name in ("broadcast_tensors", "meshgrid", "cartesian_prod")
    },
    "indexing": "str",
    "reshape_as.other": "_Input",
    **dict.fromkeys(("row", "col", "r", "dimension", "split_size"), INT),
    **dict.fromkeys(("unfold.size", "unfold.step", "slice_scatter.step"), INT),
    **{f"{name}_scatter.{p}": INT for name in ("select", "slice") for p in ("dim", "index")},
    **{f"{name}_scatter.src": "_Input" for name in ("select", "slice", "diagonal", "as_strided")},
    **{f"index_reduce.{name}": type_ for name, type_ in (("dim", INT), ("index", "_Input"))},
    **{f"slice_scatter.{name}": f"{INT} | None" for name in ("start", "end")},
    **{f"unsafe_{name}.dim": INT for name in ("split", "split_with_sizes", "chunk")},
    "with_replacement": BOOL,
    "generator": "Generator | None",
    "new_state": "Variable",
    "bounds": f"{INT} | None",
    **dict.fromkeys(("random.from_", "random.to"), f"{INT} | None"),
    "can_cast.from_": "_DType",
    "can_cast.to": "_DType",
    **dict.fromkeys(("from_", "to", "lambd", "median", "sigma"), "_Number"),
    **{f"log_normal.{p}": "_Number" for p in ("mean", "std")},
    **{f"normal.{p}": "_Operand" for p in ("mean", "std")},
    "normal.size": "_Dims | None",
    "geometric.p": "_Number",
    "bernoulli.p": "_Operand | None",
    **dict.fromkeys(("count", "prob"), "_Input"),
    "set_num_threads.count": INT,
    "num_samples": INT,
    "replacement": BOOL,
    "stride": "_Dims",
    "storage_offset": f"{INT} | None",
    "as_tuple": BOOL,
    "non_blocking": BOOL,
    "memory_format": "memory_format | None",
    "sparse_grad": BOOL,
    "amounts": "_Dims",
    "pad.pad": "_Dims",
    "pad.mode": "str",
    "pad.value": "_Number | None",
    "to.args": "_Input | _DType | _Device | builtins.bool",
    "fill_value": "_Number | Variable",
    "start": "_Number | Variable",
    "arange.start": "_Number | Variable | None",
    "end": "_Number | Variable",
    "arange.end": "_Number | Variable | None",
    "step": "_Number | Variable",
    "steps": INT,
    "n": INT,
    "m": f"{INT} | None",
    "low": INT,
    "high": f"{INT} | None",
    "randint.high": "_Dims | None",
    **dict.fromkeys(("randint.low", "randint_like.low"), f"{INT} | None"),
    **dict.fromkeys(("max.other", "min.other"), "_Input | None"),
    "dtype": "_DType",
    "__array__.dtype": "npt.DTypeLike | None",
    "device": "_Device",
    "requires_grad": BOOL,
    "force": BOOL,
    "copy": BOOL,
    "__array__.copy": f"{BOOL} | None",
    "first": "_Input | _DType | _Device",
    "second": "_DType",
    "format_spec": "str",
    "cls": "type[_Subclass]",
    "enabled": BOOL,
    "check_nan": BOOL,
    "memo": f"dict[{INT}, Any]",
    "protocol": "Any",
    "gradient": "Variable | None",
    "hook": "Callable[[Variable], Variable | None]",
    "register_post_accumulate_grad_hook.hook": "Callable[[Variable], None]",
    "is_grads_batched": BOOL,
    "run": INT,
    "node": "_Node",
    "grad_tensors": "_Gradients",
    "grad_variables": "_Gradients",
    "grad_outputs": "_Gradients",
    "retain_graph": f"{BOOL} | None",
    "retain_variables": f"{BOOL} | None",
    "create_graph": BOOL,
    "only_inputs": BOOL,
    "allow_unused": f"{BOOL} | None",
    "materialize_grads": BOOL,
    "_backward.tensors": "_Ends",
    "outputs": "_Ends",
    "inputs": "_Ends | None",
    "_grad.inputs": "_Ends",
    "roots": "Sequence[Variable]",
    **dict.fromkeys(("pack", "unpack", "callable", "before", "after"), "Any"),
    **dict.fromkeys(
        ("negative_slope", "min_val", "max_val", "delta", "softplus.threshold", "threshold.threshold"),
        "_Number",
    ),
    **dict.fromkeys(("elu.alpha", "celu.alpha", "threshold.value"), "_Number"),
    "approximate": "str",
    "inplace": BOOL,
    **dict.fromkeys((f"{loss}.target" for loss in LOSSES), "_Input"),
    "losses": "Variable",
    **dict.fromkeys((f"{loss}.weight" for loss in LOSSES), "_Input | None"),
    "pos_weight": "_Input | None",
    "ignore_index": INT,
    **dict.fromkeys(("_reduced.reduction", *(f"{loss}.reduction" for loss in LOSSES)), "str"),
    **dict.fromkeys(("most", "bytes", "seed", "position"), INT),
    "lower_only": BOOL,
    "_named_type.name": "str",
    "_named_type.fields": "tuple[str, ...]",
    **dict.fromkeys(("_storage_id.input", "_storage_view.input"), "Variable"),
    "_call_at_end.callback": "Callable[[], Any]",
    **dict.fromkeys(("stream", "max_version", "dl_device"), "Any"),
    "__dlpack__.copy": f"{BOOL} | None",
    "args": "Any",
    "array": "npt.NDArray[Any]",
    "obj": "object",
    "type1": "_DType",
    "type2": "_DType",
    "seed": INT,
    "mode": BOOL,
}

# What a function gives, where that is not a Variable (a name that ends in "_": self) and no doc says it.
RETURNS = {
    "_named_type": "type[Any]",
    "_tape_nodes": "list[Any]",
    "_tape_summary": "tuple[Any, ...]",
    "allclose": BOOL,
    "equal": BOOL,
    "aminmax": "_MinMax",
    "histogram": "_Histogram",
    "gradient": "tuple[Variable, ...]",
    **dict.fromkeys(("unique", "unique_consecutive"), "Any"),  # a Variable, or a tuple of several
    "frexp": "_MantissaExponent",
    **dict.fromkeys(("std_mean", "var_mean"), "tuple[Variable, Variable]"),
    **dict.fromkeys(
        (
            *("broadcast_tensors", "meshgrid", "unbind", "split", "split_with_sizes", "chunk"),
            *("tensor_split", "hsplit", "vsplit", "dsplit"),
            *("unsafe_split", "unsafe_split_with_sizes", "unsafe_chunk"),
            *("unbind_copy", "split_copy", "split_with_sizes_copy", "unravel_index"),
        ),
        "tuple[Variable, ...]",
    ),
    **{f"atleast_{n}d": "Any" for n in (1, 2, 3)},  # a Variable, or a tuple of several
    "__array__": "npt.NDArray[Any]",
    "__format__": "str",
    "__dlpack__": "Any",
    "__dlpack_device__": f"tuple[{INT}, {INT}]",
    "_is_view": BOOL,
    "__reduce_ex__": "tuple[Any, ...]",
    "as_subclass": "_Subclass",
    "_backward": "None",
    "_gradient_edge": f"tuple[_Node, {INT}]",
    **dict.fromkeys(("_call_at_end", "_increment_version", "_set_version"), "None"),
    "_current_node": "_Node | None",
    "_coming_nodes": "list[Any]",
    **dict.fromkeys(("_current_accumulates", "_current_keeps_graph"), BOOL),
    "is_inference": BOOL,
    **dict.fromkeys(("register_hook", "register_post_accumulate_grad_hook"), "RemovableHandle"),
    "_grad": "tuple[Variable, ...]",  # as PyTorch says; None among them only with allow_unused
    "backward": "None",
    "data_ptr": INT,
    "dim": INT,
    "element_size": INT,
    "is_contiguous": BOOL,
    **dict.fromkeys(
        ("is_complex", "is_conj", "is_neg", "is_nonzero", "is_same_size", "is_set_to", "is_signed"), BOOL
    ),
    "is_floating_point": BOOL,
    **dict.fromkeys(("manual_seed", "default_generator"), "Generator"),
    **dict.fromkeys(("seed", "initial_seed"), INT),
    "get_rng_state": "Variable",
    "set_rng_state": "None",
    "nonzero": "Any",  # a Variable, or a tuple of them
    "item": "Any",  # bool, int or float, by dtype
    **dict.fromkeys(("cummax", "cummin", "sort", "topk", "kthvalue", "mode"), "_ValuesIndices"),
    "memory_stats": f"dict[str, {INT}]",
    "_build_config": "dict[str, Any]",
    "ndimension": INT,
    "get_device": INT,
    "nelement": INT,
    "numel": INT,
    "numpy": "npt.NDArray[Any]",
    "op_nodes": "list[tuple[str, str | None]]",
    "op_rows": "list[str]",
    "promote_types": "_DTypeClass",
    "result_type": "_DTypeClass",
    "retain_grad": "None",
    **dict.fromkeys(
        (
            *(
                "cholesky_ex",
                "inv_ex",
                "solve_ex",
                "slogdet",
                "qr",
                "eigh",
                "svd",
                "geqrf",
                "triangular_solve",
            ),
            *("lu", "lu_factor", "lu_factor_ex", "lu_unpack", "lstsq"),
        ),
        "tuple[Variable, ...]",
    ),
    "storage_offset": INT,
    "tolist": "Any",  # nested lists, or a number
}

# Functions whose result depends on the type of an argument: (parameters, [(their type, what they give)]).
# A type with None keeps the default.
EXTREMUM = ("dim", [("None", "Variable"), (INT, "_ValuesIndices"), ("_Input", "Variable")])
ALONG = ("dim", [("None", "Variable"), (INT, "_ValuesIndices")])
OVERLOADS = {
    "where": ("input other", [("None", "tuple[Variable, ...]"), ("_Operand", "Variable")]),
    "max": EXTREMUM,
    "min": EXTREMUM,
    "median": ALONG,
    "nanmedian": ALONG,
    "size": ("dim", [("None", "Size"), (INT, INT)]),
    "stride": ("dim", [("None", f"tuple[{INT}, ...]"), (INT, INT)]),
    "type": ("dtype", [("None", "str"), ("_DTypeClass | type | str | np.dtype[Any]", "Variable")]),
}

# Names that are taken for others, each set of which gives a function one more signature: NumPy's for PyTorch's, and
# those that PyTorch has for one parameter by what is given. A starred one is one sequence, by its name alone.
OTHER_NAMES = (
    {"dim": "axis", "dims": "axis", "keepdim": "keepdims", "correction": "ddof"},
    {"*size": "size"},
    {"split_size_or_sections": "split_size"},
    {"indices_or_sections": "sections"},
    {"indices_or_sections": "indices"},
    {"elements": "element"},
    {"test_elements": "test_element"},
)
