"""What an entry of the op database is made of: `Op`, and the `Sample`s that its generator draws from a `Gen`.

A sample is data: NumPy arrays (or `Strided` ones, which say how they lie in memory), numbers, `Dtype`s.
`run.py` instantiates it in any library. Every array of a floating dtype is a leaf to differentiate by.
"""

import math
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import numpy as np

FLOATS = ("float64", "float32")
INTS = ("int64", "int32", "int16", "int8", "uint8")
UNSIGNED = ("uint16", "uint32", "uint64")  # taken wherever uint8 is; PyTorch has them for a few ops alone
BOOL = ("bool",)
NUMBERS = FLOATS + INTS
INTEGRAL = INTS + BOOL
ALL = FLOATS + INTS + BOOL

# A domain is a union of intervals; what leaves out a kink lets finite differences be taken everywhere.
REAL = ((-3.0, 3.0),)
NONZERO = ((-3.0, -0.4), (0.4, 3.0))
POSITIVE = ((0.3, 3.0),)


class Dtype(str):
    """A dtype by name, among the arguments of a sample."""


@dataclass(frozen=True, eq=False)
class Strided:
    """An array that a library shall hold in one of the `LAYOUTS`."""

    value: np.ndarray
    layout: str


def spread(value: np.ndarray, axis: int) -> np.ndarray:
    """`value` at the odd places along `axis`, and between them what nobody may read."""
    shape = list(value.shape)
    shape[axis] = 2 * shape[axis] + 1
    base = np.full(shape, np.nan if value.dtype.kind == "f" else 77).astype(value.dtype)
    np.moveaxis(base, axis, 0)[1::2] = np.moveaxis(value, axis, 0)
    return base


# layout: (the array to make a tensor of, the view of that tensor which has the value)
LAYOUTS: dict[str, tuple[Callable, Callable]] = {
    "transposed": (lambda v: v.swapaxes(-1, -2).copy(), lambda t, v: t.transpose(-1, -2)),
    "stepped": (lambda v: spread(v, -1), lambda t, v: t[..., 1::2]),
    "offset": (lambda v: spread(v, 0), lambda t, v: t[1::2]),
    "expanded": (lambda v: v[:1].copy(), lambda t, v: t.expand(v.shape)),
}


@dataclass(frozen=True, eq=False)
class Sample:
    """Arguments of one call."""

    args: tuple
    kwargs: dict[str, Any]
    kink: bool = False  # NaN, ties, corners, infinities: compared with PyTorch, not with finite differences
    large: bool = False  # for vector loops, blocks and threads: compared with the reference and PyTorch live
    error: tuple[type[Exception], str] | None = None  # raises this, with this phrase

    @property
    def strided(self) -> bool:
        return any(isinstance(a, Strided) for a in flat(self.args))

    def __str__(self) -> str:
        kwargs = [f"{k}={show(v)}" for k, v in self.kwargs.items()]
        return f"({', '.join([show(a) for a in self.args] + kwargs)})"


def S(*args, **kwargs) -> Sample:
    return Sample(args, kwargs)


def kink(*args, **kwargs) -> Sample:
    return Sample(args, kwargs, kink=True)


def large(*args, **kwargs) -> Sample:
    return Sample(args, kwargs, large=True)


def bad(error: type[Exception], phrase: str, *args, **kwargs) -> Sample:
    return Sample(args, kwargs, error=(error, phrase))


class Gen:
    """Draws the arrays of one entry in one dtype.

    RandomState's stream is frozen for good; floats are multiples of 2**-16, the same in float32 and float64.
    """

    def __init__(self, seed: str, dtype: str, domain):
        self.dtype = np.dtype(dtype)
        self.floating = self.dtype.kind == "f"
        self.domain = domain
        self._random = np.random.RandomState(zlib.crc32(seed.encode()))

    def __call__(self, *shape: int, layout: str | None = None, domain=None):
        """An array of this shape with values from the domain."""
        if layout == "expanded":
            return Strided(np.broadcast_to(self(1, *shape[1:], domain=domain), shape), layout)
        value = self._draw(shape, domain or self.domain)
        return Strided(value, layout) if layout else value

    def _draw(self, shape, domain) -> np.ndarray:
        if self.floating:
            which = self._random.randint(len(domain), size=shape)
            low, high = np.array(domain).T[:, which]
            drawn = low + (high - low) * self._random.random_sample(shape)
            return np.asarray(np.round(drawn * 2**16) / 2**16, self.dtype)
        least, most = {"b": (0, 1), "u": (0, 9), "i": (-9, 9)}[self.dtype.kind]
        every = range(least, most + 1)
        whole = [i for i in every if any(low <= i <= high for low, high in domain)] or every
        return np.asarray(self._random.choice(whole, size=shape), self.dtype)

    def values(self, *values) -> np.ndarray:
        """These values."""
        return np.array(values, self.dtype)

    def number(self, value):
        """This value as a Python number of the dtype's kind."""
        return self.dtype.type(value).item()

    def distinct(self, *shape: int) -> np.ndarray:
        """No ties, well apart."""
        size = math.prod(shape)
        return np.asarray(self._random.permutation(size).reshape(shape) * 0.25 - size * 0.1, self.dtype)

    def ties(self, *shape: int) -> np.ndarray:
        """Many equal elements."""
        return np.asarray(self._random.randint(3, size=shape), self.dtype)

    def hard(self) -> np.ndarray:
        """Where elementwise functions go wrong."""
        if self.floating:
            return self.values(
                0, -0.0, 1, -1, 0.5, -0.5, 2, 1e-9, 20, -20, 100, -100, np.inf, -np.inf, np.nan
            )
        if self.dtype.kind == "b":
            return self.values(False, True)
        info = np.iinfo(self.dtype)
        return self.values(0, 1, 2, info.max, info.min, info.max - 1, info.min + 1)

    def hard_pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """All pairs of hard values; each pair an element, so that one NaN does not hide the rest."""
        few = self.values(0, -0.0, 1, -1, 2.5, np.inf, -np.inf, np.nan) if self.floating else self.hard()
        left, right = np.meshgrid(few, few, indexing="ij")
        return left.ravel(), right.ravel()

    def indices(self, *shape: int, below: int) -> np.ndarray:
        return np.asarray(self._random.randint(-below, below, size=shape), np.int64)

    def mask(self, *shape: int) -> np.ndarray:
        return np.asarray(self._random.randint(2, size=shape), np.bool_)


@dataclass(frozen=True, eq=False)
class Op:
    """An op: what it is called, what it is checked against, what it is checked on."""

    id: str  # name, or name.variant
    ref: Callable | None  # over NumPy arrays, with PyTorch's argument names
    samples: Callable[[Gen], Iterable[Sample]]
    call: Callable | None = None  # (lib, *args, **kwargs); else the function, the method or the attribute
    rows: tuple[str, ...] | None = (
        None  # rows of the C++ table it covers; else the one of its id, sum_dim for "sum.dim"
    )
    domain: tuple = REAL
    dtypes: tuple[str, ...] = ALL  # it raises on all others
    to_float: bool = False  # integers are computed on as float32
    grad: bool = True
    function: bool = True  # lib.name(...)
    method: bool = True  # x.name(...)
    attribute: bool = False  # x.name
    inplace: bool = False  # x.name_(...)
    out: bool = False  # lib.name(..., out=...)
    operator: str | None = None  # its name in the module `operator`
    fields: tuple[str, ...] = ()  # of the named tuple returned
    view: bool = False  # the result shares memory with the first argument
    rtol: dict[str, float] = field(default_factory=dict)  # where RTOL is too strict

    @cached_property
    def name(self) -> str:
        return self.id.split(".")[0]

    def takes(self, dtype: str) -> bool:
        return dtype in self.dtypes or (dtype in UNSIGNED and "uint8" in self.dtypes)

    @cached_property
    def covers(self) -> tuple[str, ...]:
        return (self.id.replace(".", "_"),) if self.rows is None else self.rows

    def __str__(self) -> str:
        return self.id

    def __call__(self, lib, *args, **kwargs):
        if self.call:
            return self.call(lib, *args, **kwargs)
        if self.attribute:
            return getattr(args[0], self.name)
        if self.function:
            return getattr(lib, self.name)(*args, **kwargs)
        return getattr(args[0], self.name)(*args[1:], **kwargs)

    @cache  # noqa: B019 - entries live as long as the process
    def all_samples(self, dtype: str) -> tuple[Sample, ...]:
        return tuple(self.samples(Gen(f"{self.id} {dtype}", dtype, self.domain)))

    def good(self, dtype: str) -> list[Sample]:
        return [s for s in self.all_samples(dtype) if not s.error]

    def smooth(self, dtype: str = "float64") -> list[Sample]:
        """Those on which finite differences make sense."""
        return [s for s in self.good(dtype) if not s.kink and not s.large]

    def plain(self, dtype: str = "float64") -> list[Sample]:
        """Smooth ones without layouts, which a computation on contiguous copies would only repeat."""
        return [s for s in self.smooth(dtype) if not s.strided]

    def small(self, dtype: str) -> list[Sample]:
        """Those with recorded results."""
        return [s for s in self.good(dtype) if not s.large]

    def digest(self, dtype: str) -> int:
        """Changes when the samples do."""
        return zlib.crc32(" ".join(show(s, data=True) for s in self.small(dtype)).encode())


def tree_map(f: Callable, tree):
    if isinstance(tree, tuple | list):
        return type(tree)(tree_map(f, item) for item in tree)
    if isinstance(tree, dict):
        return {key: tree_map(f, item) for key, item in tree.items()}
    return f(tree)


def flat(tree) -> list:
    """What is in a tree."""
    items: list = []
    tree_map(items.append, tree)
    return items


def show(item, data: bool = False) -> str:
    """A short text of an argument; with its data, a complete one."""
    match item:
        case Sample():
            return show((item.args, item.kwargs), data)
        case Strided():
            return f"{item.layout} {show(item.value, data)}"
        case np.ndarray():
            some = item.tolist() if data else np.array2string(item, threshold=8, precision=4, separator=", ")
            return f"{item.dtype}{list(item.shape)} {some if data or item.size <= 8 else ''}".strip()
        case tuple() | list():
            return f"[{', '.join(show(i, data) for i in item)}]"
        case dict():
            return f"{{{', '.join(f'{k}: {show(v, data)}' for k, v in item.items())}}}"
        case _:
            return repr(item)
