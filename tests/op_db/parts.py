"""Views of parts by layout, copies with a part replaced, blocks, choices, padding."""

from functools import partial
from itertools import combinations, combinations_with_replacement

import numpy as np

from .shape import OUT_OF_RANGE, cases, in_layouts
from .spec import NUMBERS, Op, S, bad

A = np.array
OUT_OF_BOUNDS = (RuntimeError, "out of bounds for storage")
SRC_SIZE = (RuntimeError, "expected src to have a size equal to the slice of self")

# (shape of a contiguous array, size, stride, offset)
PLACES = [
    ((6,), (2, 2), (2, 1), 0),
    ((6,), (2, 2), (3, 1), 1),
    ((6,), (), (), 4),
    ((2, 3), (3, 2), (1, 3), 0),
    ((2, 3), (0, 2), (1, 1), 0),
    ((2, 3), (2,), (4,), 1),
    ((), (1, 1), (1, 1), 0),
]
# what they show more than once
REPEATING = [
    ((6,), (4, 3), (1, 1), 0),
    ((6,), (2, 3), (0, 2), 1),
    ((3,), (5,), (0,), 2),
    ((4,), (2, 2), (1, 1), 1),
]


def memory(x, size, stride, offset=0):
    steps = [s * x.itemsize for s in stride]
    return np.lib.stride_tricks.as_strided(x.reshape(-1)[offset:], size, steps)


def strided(g):
    for shape, size, stride, offset in PLACES + REPEATING:
        yield S(g(*shape), size, stride, offset)
    yield S(g(2, 3), (3,), (2,))
    yield bad(*OUT_OF_BOUNDS, g(6), (2, 2), (1, 1), 9)
    yield bad(*OUT_OF_BOUNDS, g(6), (3, 3), (3, 1))
    yield bad(RuntimeError, "Negative strides are not supported", g(6), (2,), (-1,))
    yield bad(RuntimeError, "mismatch in length of strides and shape", g(6), (2, 2), (1,))
    yield bad(RuntimeError, "invalid storage offset", g(6), (2,), (1,), -1)


def strided_scatters(g):
    for shape, size, stride, offset in PLACES:
        yield S(g(*shape), g(*size), size, stride, offset)
    yield bad(*SRC_SIZE, g(6), g(3), (2, 2), (2, 1))
    yield bad(*OUT_OF_BOUNDS, g(6), g(2), (2,), (6,))


def strided_scatter(x, src, size, stride, offset=0):
    x = x.copy()
    memory(x, size, stride, offset)[...] = src
    return x


def of_constants(lib, x, src, *args):
    """PyTorch has another gradient of the first argument; ours is tested in test_inplace_views.py."""
    return lib.as_strided_scatter(x.detach(), src.detach(), *args)


def with_source(*arguments, errors=()):
    """A sample for each (shape or layout and shape, shape of src, *args)."""

    def samples(g):
        for first, *rest in arguments:
            layout, shape, source, *args = (first, *rest) if isinstance(first, str) else (None, first, *rest)
            yield S(g(*shape, layout=layout), g(*source), *args)
        yield S(g(*shape), g(*source, layout="stepped" if source else None), *args)
        if g.floating:
            yield S(g(*shape), g(*source).astype("float32"), *args)
        for error, phrase, shape, source, *args in errors:
            yield bad(error, phrase, g(*shape), g(*source), *args)

    return samples


def layouts(source, *args):
    return [(layout, shape, source, *args) for layout, shape in in_layouts()]


SELECTS = with_source(
    ((3,), (), 0, 1),
    ((2, 3), (2,), 1, -1),
    ((2, 3, 4), (2, 4), -2, 0),
    *layouts((4,), 0, 1),
    ((2, 3), (3,), 0, -2),
    errors=[
        (IndexError, "out of range for tensor", (3,), (), 0, 3),
        (*SRC_SIZE, (2, 3), (2,), 0, 0),
        (*OUT_OF_RANGE, (2, 3), (2,), 2, 0),
    ],
)
SLICES = with_source(
    ((5,), (5,)),
    ((5,), (2,), 0, 1, 3),
    ((5,), (3,), 0, None, None, 2),
    ((5,), (2,), 0, -2, 100),
    ((5,), (0,), 0, 3, 1),
    ((2, 5), (2, 2), 1, 0, 4, 3),
    *layouts((2, 4), 0, 1),
    ((2, 3), (2, 1), -1, 1, 2),
    errors=[
        (*SRC_SIZE, (5,), (1,), 0, 1, 3),
        (RuntimeError, "slice step must be positive", (5,), (2,), 0, 1, 3, 0),
        (*OUT_OF_RANGE, (5,), (2,), 1),
    ],
)
DIAGONALS = with_source(
    ((3, 3), (3,)),
    ((2, 3), (2,), 1),
    ((2, 3), (1,), -1),
    ((2, 3, 4), (3, 2), 1, 0, 2),
    *layouts((3,), 0),
    ((2, 3), (0,), 9),
    errors=[(*SRC_SIZE, (2, 3), (3,)), (RuntimeError, "", (2, 3), (2,), 0, 1, 1)],
)


def select_scatter(x, src, dim, index):
    x = x.copy()
    np.moveaxis(x, dim, 0)[index] = src
    return x


def slice_scatter(x, src, dim=0, start=None, end=None, step=1):
    x = x.copy()
    np.moveaxis(x, dim, 0)[start:end:step] = np.moveaxis(src, dim, 0)
    return x


def diagonal_scatter(x, src, offset=0, dim1=0, dim2=1):
    x = x.copy()
    moved = np.moveaxis(x, (dim1, dim2), (-2, -1))
    n = src.shape[-1]
    moved[..., np.arange(n) + max(-offset, 0), np.arange(n) + max(offset, 0)] = src
    return x


WINDOWS = cases(
    ((6,), 0, 2, 1),
    ((6,), 0, 2, 3),
    ((7,), 0, 3, 2),
    ((6,), 0, 0, 1),
    ((4, 5), 1, 2, 2),
    ((4, 5), -2, 4, 1),
    ((), 0, 1, 1),
    *in_layouts(1, 2, 1),
    errors=[
        (RuntimeError, "maximum size for tensor", (6,), 0, 7, 1),
        (RuntimeError, "", (6,), 0, -1, 1),
        (RuntimeError, "step is", (6,), 0, 2, 0),
        (*OUT_OF_RANGE, (6,), 1, 2, 1),
    ],
)


def unfold(x, dim, size, step):
    if x.ndim == 0:
        return x.reshape(1)[:size]
    if size == 0:
        n = x.shape[dim] // step + 1
        shape = list(x.shape)
        shape[dim] = n
        return np.zeros((*shape, 0), x.dtype)
    return np.moveaxis(
        np.moveaxis(np.lib.stride_tricks.sliding_window_view(x, size, dim), dim, 0)[::step], 0, dim
    )


def blocks(g):
    yield S(g(2, 3))
    yield S(g(2, 3), g(1, 2), g(2, 2))
    yield S(g(), g(3), g(2, 2))
    yield S(g(0, 2), g(2, 0), g(1, 1))
    yield S(g(2, 3, layout="transposed"), g(2, 2, layout="stepped"), g(3, layout="stepped"))
    yield S(g(2, 2), g(2).astype("float32"), g(1).astype("int64"))
    yield bad(RuntimeError, "Input tensors must have 2 or fewer dimensions", g(1, 1, 1))


def block_diag(*parts):
    parts = [np.atleast_2d(p) for p in parts]
    floats = [p for p in parts if p.dtype.kind == "f"]
    whole = np.zeros(np.sum([p.shape for p in parts], 0), np.result_type(*(p.dtype for p in floats or parts)))
    row = column = 0
    for p in parts:
        whole[row : row + p.shape[0], column : column + p.shape[1]] = p
        row, column = row + p.shape[0], column + p.shape[1]
    return whole


def choices(g):
    yield from (S(g(4), *args) for args in ((), (1,), (3,), (9,), (2, True), (3, True)))
    yield S(g(0), 2)
    yield S(g(4, layout="stepped"), r=2, with_replacement=True)
    yield bad(RuntimeError, "Expect a 1D vector", g(2, 2))
    yield bad(RuntimeError, "Expect a non-negative number", g(3), -1)


def choose(x, r=2, with_replacement=False):
    choice = combinations_with_replacement if with_replacement else combinations
    return A(list(choice(x, r)), x.dtype).reshape(-1, r)


def triangles(g):
    for shape in ((3, 3), (2, 4), (4, 2), (0, 3), (3, 0)):
        yield from (S(*shape, offset) for offset in (0, 1, -1, 9, -9))
    yield bad(RuntimeError, "row must be non-negative", -1, 2)
    yield bad(RuntimeError, "col must be non-negative", 1, -2)


def triangle(function):
    return lambda row, col, offset=0: np.stack(function(row, offset, col)).astype(np.int64)


# --- padding


def pads(g):
    for shape, amounts in [
        ((3,), (1, 2)),
        ((2, 3), (1, 0)),
        ((2, 3), (1, 2, 0, 1)),
        ((2, 3), (-1, 1)),
        ((2, 3), (-2, 0, 1, -1)),
        ((2, 3), ()),
        ((2, 3), (0, 0)),
        ((), ()),
        ((2, 0), (1, 1)),
        ((2, 3, 2), (0, 1, 1, 0, -1, 2)),
    ]:
        yield S(g(*shape), amounts)
    yield S(g(2, 3), (1, 1), "constant", g.number(1))
    yield S(g(2, 3), (1, 1), value=None)
    yield from (S(g(3, 4, layout=layout), (1, 2, 1, 0)) for layout, _ in in_layouts())
    yield bad(RuntimeError, "Padding length must be divisible by 2", g(3), (1,))
    yield bad(RuntimeError, "Padding length should be less than or equal", g(3), (1, 1, 1, 1))
    yield bad(RuntimeError, "length must be non-negative", g(3), (-2, -2))
    yield bad(RuntimeError, "Unrecognised padding mode", g(2, 3), (1, 1), "bogus")


NUMPY_MODES = {"constant": "constant", "reflect": "reflect", "circular": "wrap"}


def pad(x, amounts, mode="constant", value=None):
    if not amounts:
        return x.copy()
    pairs = [amounts[i : i + 2] for i in range(0, len(amounts), 2)][::-1]
    pairs = [(0, 0)] * (x.ndim - len(pairs)) + pairs
    kwargs = {"constant_values": value or 0} if mode == "constant" else {}
    if mode == "replicate":
        for dim, (before, after) in enumerate(pairs):
            x = x.take(np.clip(np.arange(-before, x.shape[dim] + after), 0, x.shape[dim] - 1), dim)
        return x
    left = x[tuple(slice(max(-a, 0), n - max(-b, 0)) for (a, b), n in zip(pairs, x.shape, strict=True))]
    return np.pad(left, [(max(a, 0), max(b, 0)) for a, b in pairs], NUMPY_MODES[mode], **kwargs)


def edges(mode):
    def samples(g):
        for shape, amounts in [
            ((2, 4), (1, 2)),
            ((2, 4), (3, 0)),
            ((2, 3, 4), (2, 1)),
            ((2, 3, 4), (1, 1, 2, 0)),
            ((1, 2, 3, 3), (0, 2, 1, 1)),
            ((1, 2, 3, 3), (1, 0, 1, 2, 1, 0)),
            ((1, 1, 2, 3, 2), (1, 1, 0, 2, 1, 1)),
            ((0, 2, 3), (1, 1)),
        ]:
            yield S(g(*shape), amounts, mode)
        yield from (S(g(3, 4, layout=layout), (1, 2), mode) for layout, _ in in_layouts())
        yield bad(RuntimeError, "is not supported for", g(3), (1, 1), mode)
        yield bad(RuntimeError, "is not supported for", g(2, 3), (1, 1, 1, 1), mode)
        yield bad(RuntimeError, "doesn't take in value argument", g(2, 3), (1, 1), mode, 1.0)

    return samples


def reflections(g):
    yield from edges("reflect")(g)
    yield S(g(2, 4), (-1, 2), "reflect")
    yield bad(RuntimeError, "Padding size should be less than", g(2, 3), (3, 0), "reflect")


def replications(g):
    yield from edges("replicate")(g)
    yield S(g(2, 3), (4, 4), "replicate")
    yield from (S(g(2, 3), amounts, "replicate") for amounts in ((-1, 2), (-3, 5), (5, -3)))
    yield bad(RuntimeError, "", g(2, 3), (-2, -2), "replicate")
    yield bad(RuntimeError, "", g(2, 0), (1, 1), "replicate")


def rounds(g):
    yield from edges("circular")(g)
    yield S(g(2, 3), (3, 3), "circular")
    yield from (S(g(2, 3), amounts, "circular") for amounts in ((-1, 1), (-1, 2), (1, -2)))
    yield bad(RuntimeError, "wrapping around more than once", g(2, 3), (4, 0), "circular")


def call_pad(lib, *args, **kwargs):
    return lib.nn.functional.pad(*args, **kwargs)


def without_method(name, *rest, **kwargs):
    return Op(name, *rest, method=False, **kwargs)


padding = partial(Op, call=call_pad, method=False)


def padded(g):
    yield from (S(g(2, 3), amounts) for amounts in ((1, 2), (-1, 1), (1, 0, 0, 2)))
    yield S(g(3, 4, layout="transposed"), (1, 1), g.number(1))


OPS = [
    without_method(
        "constant_pad_nd", lambda x, amounts, value=0: pad(x, amounts, "constant", value), padded, rows=()
    ),
    Op("as_strided", memory, strided, view=True, inplace=True, rows=("as_strided", "as_strided_")),
    Op("as_strided_scatter", strided_scatter, strided_scatters, of_constants, method=False, grad=False),
    Op("select_scatter", select_scatter, SELECTS),
    Op("slice_scatter", slice_scatter, SLICES, out=True),
    Op("diagonal_scatter", diagonal_scatter, DIAGONALS),
    Op("unfold", unfold, WINDOWS, function=False, view=True),
    without_method("block_diag", block_diag, blocks),
    without_method("combinations", choose, choices, rows=()),
    without_method("tril_indices", triangle(np.tril_indices), triangles, rows=(), grad=False),
    without_method("triu_indices", triangle(np.triu_indices), triangles, rows=(), grad=False),
    padding("pad", pad, pads, rows=("constant_pad",)),
    *(
        padding(
            f"pad.{mode}",
            pad,
            samples,
            rows=tuple(f"{row}_pad{n}d{of}" for n in (1, 2, 3) for of in ("", "_gradient")),
            dtypes=NUMBERS,
        )
        for mode, row, samples in (
            ("reflect", "reflection", reflections),
            ("replicate", "replication", replications),
        )
    ),
    padding("pad.circular", pad, rounds, rows=("circular_pad", "circular_pad_gradient")),
]
