"""What every public function of NumPy is, and `Variable.__array_function__`.

Four kinds: *differentiable* ones have an implementation in a family; *constant* ones give integers, bools,
shapes or text, and are NumPy's own on the values; *refused* ones raise TypeError where the result would be on
the tape, and say what to use instead; the rest is *apart*: it takes no arrays, or makes them from numbers.
`tests/test_numpy_table.py` says that the table is whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .._core import Variable
from . import (  # noqa: F401  (they register what they have)
    creation,
    domains,
    joining,
    matrices,
    order,
    polynomials,
    products,
    quantiles,
    reductions,
    series,
    shaping,
    writing,
)
from .convert import constant, requires_grad
from .registry import CONSTANT, DIFFERENTIABLE
from .registry import constant_result as _constant_result

MODULES = ("", "linalg", "fft", "emath", "lib.stride_tricks")

CONSTANTS = """
in1d all allclose any argmax argmin argpartition argsort argwhere array2string array_equal array_equiv
array_repr array_str can_cast common_type count_nonzero diag_indices_from digitize einsum_path flatnonzero
is_busday isclose iscomplex iscomplexobj isin isneginf isposinf isreal isrealobj ix_ lexsort
isfortran may_share_memory min_scalar_type nanargmax nanargmin ndim nonzero packbits ravel_multi_index
result_type save savetxt savez savez_compressed searchsorted shape shares_memory size tril_indices_from
triu_indices_from unpackbits unravel_index
"""

COMPLEX = "its results may be complex, which Variables do not hold"
TRANSFORMS = "fft fft2 fftn hfft ifft ifft2 ifftn ihfft irfft irfft2 irfftn rfft rfft2 rfftn"
FOURIER = COMPLEX + (
    ": with a = 2 * np.pi / n * np.outer(np.arange(n), np.arange(n)) the transform of real x has the real "
    "part np.cos(a) @ x and the imaginary part -np.sin(a) @ x; or give it .detach()"
)
REFUSED: dict[str, str] = {
    "array": "use tapegrad.tensor(), tapegrad.stack() or tapegrad.numpy.array()",
    "asanyarray": "use tapegrad.as_tensor() or tapegrad.numpy.asarray()",
    "asarray": "use tapegrad.as_tensor() or tapegrad.numpy.asarray()",
    "asarray_chkfinite": "use tapegrad.numpy.asarray_chkfinite()",
    "ascontiguousarray": "use .contiguous()",
    "asfortranarray": "a Variable's order in memory needs no conversion",
    "asmatrix": "Variables are arrays: multiply matrices by @",
    "bmat": "use numpy.block()",
    "require": "use .contiguous() or .to()",
    "full": "use numpy.full_like(), tapegrad.numpy.full() or v.expand()",
    "from_dlpack": "use tapegrad.as_tensor()",
    "fromiter": "use tapegrad.stack()",
    "busday_count": "dates have no derivative",
    "busday_offset": "dates have no derivative",
    "datetime_as_string": "dates have no derivative",
    "histogram2d": "use numpy.histogram() of each coordinate, or .detach()",
    "histogramdd": "use numpy.histogram() of each coordinate, or .detach()",
    "roots": COMPLEX + ": find real roots by Newton's method on numpy.polyval(), or give it .detach()",
    "sort_complex": COMPLEX + ": use numpy.sort()",
    "linalg.eig": COMPLEX + ": use numpy.linalg.eigh() for a symmetric matrix, or give it .detach()",
    "linalg.eigvals": COMPLEX + ": use numpy.linalg.eigvalsh() for a symmetric matrix, or give it .detach()",
    **{f"fft.{name}": FOURIER for name in TRANSFORMS.split()},
    "nested_iters": "iterate over .detach().numpy()",
    "lib.stride_tricks.as_strided": "use v.as_strided()",
}

APART = """
mask_indices arange bartlett base_repr binary_repr blackman broadcast_shapes busdaycalendar datetime_data
diag_indices empty eye format_float_positional format_float_scientific frombuffer fromfile fromfunction
frompyfunc fromregex fromstring genfromtxt get_include get_printoptions getbufsize geterr geterrcall hamming
hanning identity indices info isdtype isscalar issubdtype iterable kaiser load loadtxt mintypecode ones
printoptions promote_types set_printoptions setbufsize seterr seterrcall show_config show_runtime test tri
tril_indices triu_indices typename zeros fft.fftfreq fft.rfftfreq linalg.test fft.test
"""


def lookup_name(name: str) -> Any:
    """NumPy's function of a dotted name, or None where this NumPy has none."""
    found: Any = np
    for part in name.split("."):
        found = getattr(found, part, None)
        if found is None:
            return None
    return found


def public_functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every public function of NumPy that is no ufunc, by dotted name."""
    for module in MODULES:
        home = lookup_name(module) if module else np
        names = getattr(home, "__all__", None) or dir(home)
        for name in sorted(set(names)):
            found = getattr(home, name, None)
            if name[0] != "_" and callable(found) and not isinstance(found, (type, np.ufunc)):
                yield (f"{module}.{name}" if module else name), found


def kind(name: str) -> str | None:
    """ "differentiable", "constant", "refused" or "apart"; None for what the table does not know."""
    if name in DIFFERENTIABLE:
        return "differentiable"
    if name in CONSTANT:
        return "constant"
    if name in REFUSED:
        return "refused"
    return "apart" if name in APART.split() else None


def _plainly(theirs: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        return constant(theirs, *args, **kwargs)

    return call


def _refused(name: str, theirs: Callable[..., Any], instead: str) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        if requires_grad(args, kwargs):
            raise TypeError(f"numpy.{name} does not take Variables that require grad: {instead}")
        return constant(theirs, *args, **kwargs)

    return call


for _name in CONSTANTS.split():
    if _name not in CONSTANT and (_theirs := lookup_name(_name)) is not None:
        _constant_result(_name)(_plainly(_theirs))


def implementations() -> dict[Callable[..., Any], Callable[..., Any]]:
    """What answers for which function of NumPy."""
    by_function: dict[Callable[..., Any], Callable[..., Any]] = {}
    for name, instead in REFUSED.items():
        if (theirs := lookup_name(name)) is not None:
            by_function[theirs] = _refused(name, theirs, instead)
    for table in (CONSTANT, DIFFERENTIABLE):
        for name, ours in table.items():
            if (theirs := lookup_name(name)) is not None:
                by_function[theirs] = ours
    return by_function


IMPLEMENTATIONS = implementations()
_get = IMPLEMENTATIONS.get


def array_function(self: Variable, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
    """NumPy's protocol for functions that have a Variable among their arguments.

    Raises TypeError for what the table refuses, and for functions that are not in it.
    """
    ours = _get(func)
    if ours is not None:
        return ours(*args, **kwargs)
    module = getattr(func, "__module__", "numpy")
    raise TypeError(
        f"{module}.{getattr(func, '__name__', func)} does not take Variables: nothing stands for it on the "
        "tape. Write it with functions that do, or call it on .detach().numpy() where a constant is enough"
    )
