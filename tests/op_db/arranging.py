"""Another order, repeats, diagonals, joining by NumPy's names, and cutting into parts."""

from functools import partial

import numpy as np

from .shape import IN_LAYOUTS, OUT_OF_RANGE, TRANSPOSES, cases, in_layouts, sizes, transpose
from .spec import NUMBERS, Op, S, bad

A = np.array
FLIPS = cases(
    ((3,), (0,)),
    ((2, 3), (0, 1)),
    ((2, 3, 4), (-1, 0)),
    ((0, 3), (0,)),
    ((2, 3), ()),
    ((), ()),
    *in_layouts((1,)),
    errors=[(*OUT_OF_RANGE, (2, 3), (2,)), (RuntimeError, "", (2, 3), (0, 0))],
)
MATRICES = cases(((2, 3),), ((0, 3),), *IN_LAYOUTS, errors=[(RuntimeError, "", ())])
ROLLS = cases(
    ((5,), 2),
    ((2, 3), -1),
    ((2, 3), 4, 1),
    ((2, 3), (1, -2), (0, 1)),
    ((2, 3), (1, 1), (0, 0)),
    ((0, 3), 1, 0),
    *in_layouts(1, 0),
    errors=[
        (RuntimeError, "shifts and dimensions must align", (2, 3), (1, 2)),
        (*OUT_OF_RANGE, (2, 3), 1, 2),
    ],
)
ROTATIONS = cases(
    *(((2, 3), k) for k in (0, 1, 2, 3, -1, 5)),
    ((2, 3, 4), 1, (1, 2)),
    ((2, 3, 4), 1, (2, 0)),
    ((2, 3, 4), -1, (-1, 1)),
    *in_layouts(1),
    errors=[
        (RuntimeError, "", (2,)),
        (RuntimeError, "", (2, 3), 1, (0, 0)),
        (RuntimeError, "", (2, 3), 1, (0,)),
    ],
)
MOVES = cases(
    ((2, 3, 4), 0, 2),
    ((2, 3, 4), -1, 0),
    ((2, 3, 4), (0, 1), (1, 2)),
    ((2, 3), (0, 1), (1, 0)),
    ((3,), 0, 0),
    *in_layouts(0, 1),
    errors=[
        (RuntimeError, "", (2, 3), (0, 1), (0,)),
        (RuntimeError, "", (2, 3), (0, 0), (0, 1)),
        (*OUT_OF_RANGE, (2, 3), 2, 0),
    ],
)
UNFLATTENS = cases(
    ((6,), 0, (2, 3)),
    ((2, 6), 1, (3, -1)),
    ((2, 6), -1, (1, 6)),
    ((0, 3), 0, (0, 2)),
    ("offset", (4, 3), 0, (2, 2)),
    errors=[
        (RuntimeError, "", (6,), 0, (4, 2)),
        (RuntimeError, "", (6,), 0, (-1, 4)),
        (*OUT_OF_RANGE, (2, 3), 2, (1,)),
    ],
)
REPEATS = cases(
    ((3,), (2,)),
    ((3,), (2, 2)),
    ((2, 3), (1, 2)),
    ((2, 3), (2, 1, 3)),
    ((), (2,)),
    ((), ()),
    ((2, 3), (0, 1)),
    ((0, 3), (2, 2)),
    *in_layouts((2, 2)),
    errors=[(RuntimeError, "", (2, 3), (2,)), (RuntimeError, "", (3,), (-1,))],
)
TILES = cases(((3,), (2,)), ((2, 3), (2,)), ((2, 3), (2, 1, 2)), ((), (2,)), ((2, 3), ()), *in_layouts((2,)))


def interleaves(g):
    yield from cases(
        ((3,), 2), ((2, 3), 2), ((2, 3), 2, 0), ((2, 3), 3, -1), ((2, 3), 0, 1), *in_layouts(2, 1)
    )(g)
    yield S(g(2, 3), A([1, 2]), 0)
    yield S(g(2, 3), A([0, 2, 1]), dim=1)
    yield S(g(4), A([2, 0, 1, 1]), output_size=4)
    yield S(g(2, 3), A([2]), 1)
    yield bad(RuntimeError, "", g(2, 3), A([1, 2, 3]), 0)
    yield bad(RuntimeError, "", g(2, 3), -1, 0)
    yield bad(RuntimeError, "", g(2, 3), A([1, -2]), 0)


def interleave(x, repeats, dim=None, output_size=None):
    return np.repeat(x, repeats, dim)


DIAGONALS = cases(
    *(((3, 4), offset) for offset in (0, 1, 3, 4, 9, -1, -2, -3)),
    ((2, 3, 4), 0, 1, 2),
    ((2, 3, 4), 1, -1, 0),
    ((0, 3),),
    *in_layouts(1),
    errors=[(RuntimeError, "", (2, 3), 0, 1, 1), (*OUT_OF_RANGE, (2, 3), 0, 0, 2)],
)
EMBEDDINGS = cases(
    ((3,),),
    ((3,), 1),
    ((3,), -2),
    ((2, 3),),
    ((2, 3), 1, 0, 2),
    ((2, 3), -1, 2, 1),
    ((0,),),
    *IN_LAYOUTS,
    errors=[(RuntimeError, "", (3,), 0, 1, 1), (*OUT_OF_RANGE, (3,), 0, 0, 2)],
)
DIAGS = cases(
    ((3,),),
    ((3,), 1),
    ((3,), -1),
    ((2, 3),),
    ((3, 3), 2),
    ((3, 4), -1),
    ((0, 3),),
    *IN_LAYOUTS,
    errors=[(RuntimeError, "", ()), (RuntimeError, "", (2, 2, 2))],
)
TRACES = cases(
    ((3, 3),), ((2, 3),), ((0, 3),), *IN_LAYOUTS, errors=[(RuntimeError, "expected a matrix", (3,))]
)
TRIANGLES = cases(
    *(((3, 4), d) for d in (0, 1, -1, 3, 9, -9)),
    ((2, 3, 3),),
    ((0, 3),),
    ((1, 1), 1),
    *in_layouts(1),
    errors=[(RuntimeError, "at least 2 dim", (3,))],
)


def diag_embed(x, offset=0, dim1=-2, dim2=-1):
    side = x.shape[-1] + abs(offset)
    whole = np.zeros((*x.shape[:-1], side, side), x.dtype)
    rows = np.arange(x.shape[-1])
    whole[..., rows + max(-offset, 0), rows + max(offset, 0)] = x
    return np.moveaxis(whole, (-2, -1), (dim1, dim2))


def trace(x):
    return np.trace(x, dtype=None if x.dtype.kind == "f" else np.int64)


def joins(*shapes, errors=()):
    def samples(g):
        for group in shapes:
            yield S([g(*shape) for shape in group])
        yield S([g(3, 4, layout="transposed"), g(3, 4, layout="stepped")])
        for error, phrase, group in errors:
            yield bad(error, phrase, [g(*shape) for shape in group])

    return samples


NOTHING = (RuntimeError, "expects a non-empty TensorList", [])
VECTORS = joins(
    [(3,), (3,)], [(2, 3), (2, 3)], [(), ()], [(0,), (0,)], [(2, 3, 4), (2, 3, 4)], errors=[NOTHING]
)
MIXED = joins([(3,), (3,)], [(2, 3), (2, 3)], [(), ()], [(3,), (3, 2)], errors=[NOTHING])


def several(*groups):
    """f(a, b, ...)"""
    return lambda g: (S(*(g(*shape) for shape in group)) for group in groups)


LINES = several([(3,), (2,)], [(3,)], [(2,), (0,)], [(2,), (3,), (2,)])


def grids(g):
    for indexing in ("ij", "xy"):
        yield from (S(*s.args, indexing=indexing) for s in LINES(g))
        yield S(g(), g(2), indexing=indexing)
    yield bad(RuntimeError, "", g(2), indexing="yx")
    yield bad(RuntimeError, "", g(2, 2), indexing="ij")


def product(*arrays):
    return (
        np.stack([a.ravel() for a in np.meshgrid(*arrays, indexing="ij")], -1)
        if len(arrays) > 1
        else arrays[0]
    )


UNBINDS = cases(
    ((3,),),
    ((2, 3),),
    ((2, 3), 1),
    ((2, 3, 4), -2),
    ((1, 3),),
    *IN_LAYOUTS,
    errors=[(IndexError, "", ()), (*OUT_OF_RANGE, (2, 3), 2)],
)
SPLITS = cases(
    ((5,), 2),
    ((5,), 9),
    ((4, 6), 3, 1),
    ((0, 3), 2),
    ((4, 6), [1, 3], 0),
    ((4, 6), (2, 0, 4), -1),
    *in_layouts(3, 1),
    errors=[
        (RuntimeError, "", (4,), -1),
        (RuntimeError, "", (4,), 0),
        (RuntimeError, "", (4,), [1, 2]),
        (RuntimeError, "", (4,), [5, -1]),
        (RuntimeError, "", (), 1),
    ],
)
SIZED = cases(
    ((5,), [2, 3]),
    ((4, 6), (2, 0, 4), -1),
    *in_layouts((1, 2, 1), 1),
    errors=[(RuntimeError, "", (4,), [1, 2]), (RuntimeError, "", (4,), [5, -1])],
)
EQUAL = cases(((5,), 2), ((5,), 9), ((4, 6), 3, 1), *in_layouts(3, 1), errors=[(RuntimeError, "", (4,), -1)])
CHUNKS = cases(
    ((5,), 2), ((5,), 9), ((4, 6), 4, 1), ((0, 3), 2), *in_layouts(2), errors=[(RuntimeError, "", (4,), 0)]
)
TENSOR_SPLITS = cases(
    ((5,), 2),
    ((5,), 7),
    ((4, 6), 4, 1),
    ((7,), (1, 3)),
    ((7,), [2, 9, 12]),
    ((7,), (-3, -1)),
    ((4, 6), (), 1),
    ((7,), (5, 2)),
    *in_layouts(2, 1),
    errors=[(RuntimeError, "", (4,), 0), (RuntimeError, "", (), 2)],
)
NARROWS = cases(
    ((5,), 0, 1, 3),
    ((4, 6), -1, -2, 2),
    ((4, 6), 0, 4, 0),
    ((0, 3), 0, 0, 0),
    *in_layouts(1, 1, 2),
    errors=[
        (RuntimeError, "exceeds dimension size", (5,), 0, 3, 3),
        (IndexError, "", (5,), 0, 6, 0),
        (RuntimeError, "", (5,), 0, 1, -1),
        (RuntimeError, "", (), 0, 0, 0),
        (RuntimeError, "start must be an 0-dim integral Tensor", (5,), 0, np.array([1]), 2),
        (RuntimeError, "start must be an 0-dim integral Tensor", (5,), 0, np.array(1.0), 2),
        (RuntimeError, "start must be an 0-dim integral Tensor", (5,), 0, np.array(True), 2),
    ],
)


def split(x, by, dim=0):
    length = x.shape[dim]
    steps = [by] * max(1, -(-length // by)) if isinstance(by, int) else by
    ends = np.cumsum(steps)[:-1]
    return np.split(x, ends, dim)


def chunk(x, chunks, dim=0):
    size = -(-x.shape[dim] // chunks)
    return split(x, size, dim) if size else [x] * chunks


def tensor_split(x, where, dim=0):
    """A position beyond the one that follows gives an empty part."""
    if isinstance(where, int):
        return np.array_split(x, where, dim)
    length = x.shape[dim]
    ends = [min(max(e + length if e < 0 else e, 0), length) for e in where]
    starts = [0, *ends]
    return [np.take(x, np.arange(a, max(a, b)), dim) for a, b in zip(starts, [*ends, length], strict=True)]


def narrow(x, dim, start, length):
    start = start + x.shape[dim] if start < 0 else start
    return np.take(x, np.arange(start, start + length), dim)


def filled_diagonal(x, value, wrap=False):
    x = x.copy()
    np.fill_diagonal(x, value, wrap)
    return x


def filled(lib, x, value, wrap=False):
    return x.clone().fill_diagonal_(value, wrap)


FILLED_DIAGONALS = cases(
    *(((shape), 2) for shape in [(3, 3), (2, 4), (4, 2), (0, 3), (7, 3), (2, 2, 2)]),
    ((7, 3), 2, True),
    ((4, 3), 2, True),
    ((5, 1), 2, True),
    ((2, 4), 2, True),
    errors=[(RuntimeError, "dimensions must", (3,), 2), (RuntimeError, "equal length", (2, 3, 2), 2)],
)
view = partial(Op, view=True)
parts = partial(Op, view=True, rows=())
join = partial(Op, method=False, out=True, rows=())

OPS = [
    Op("flip", sizes(np.flip), FLIPS),
    Op("fliplr", np.fliplr, MATRICES, rows=()),
    Op("flipud", np.flipud, MATRICES, rows=()),
    Op("roll", np.roll, ROLLS),
    Op("rot90", lambda x, k=1, dims=(0, 1): np.rot90(x, k, dims), ROTATIONS),
    view("movedim", np.moveaxis, MOVES, rows=()),
    view("moveaxis", np.moveaxis, MOVES, rows=()),
    view("swapaxes", transpose, TRANSPOSES, inplace=True, rows=()),
    view("swapdims", transpose, TRANSPOSES, inplace=True, rows=()),
    view(
        "unflatten",
        lambda x, dim, s: x.reshape((*x.shape[:dim], *s, *x.shape[dim + 1 or x.ndim :])),
        UNFLATTENS,
        rows=(),
    ),
    Op("repeat", lambda x, r: np.tile(x, r), REPEATS, function=False),
    Op("tile", np.tile, TILES, rows=()),
    Op("repeat_interleave", interleave, interleaves, rows=()),
    view("diagonal", np.diagonal, DIAGONALS),
    Op("diag_embed", diag_embed, EMBEDDINGS),
    Op("diag", np.diag, DIAGS, out=True, rows=("diagonal_copy",)),
    Op("diagflat", np.diagflat, cases(((3,),), ((2, 3), 1), ((), -1)), rows=()),
    Op("trace", trace, TRACES, dtypes=NUMBERS),
    Op("tril", np.tril, TRIANGLES, inplace=True, out=True),
    Op("triu", np.triu, TRIANGLES, inplace=True, out=True),
    join("hstack", np.hstack, VECTORS),
    join("vstack", np.vstack, VECTORS),
    join("row_stack", np.vstack, VECTORS),
    join("dstack", np.dstack, VECTORS),
    join("column_stack", np.column_stack, MIXED),
    join("concat", np.concatenate, joins([(3,), (2,)], [(2, 3), (1, 3)])),
    *(
        Op(
            f"atleast_{n}d",
            getattr(np, f"atleast_{n}d"),
            several([()], [(3,)], [(2, 3)], [(), (3,)]),
            method=False,
            rows=(),
        )
        for n in (1, 2)
    ),
    Op(
        "broadcast_tensors",
        np.broadcast_arrays,
        several([(3,), (2, 1)], [(), (2,)], [(2, 3)]),
        method=False,
        rows=(),
    ),
    Op("meshgrid", np.meshgrid, grids, method=False, rows=()),
    Op("cartesian_prod", product, LINES, method=False, rows=()),
    view("unbind", lambda x, dim=0: list(np.moveaxis(x, dim, 0)), UNBINDS),
    view("split", split, SPLITS, rows=("split", "split_with_sizes")),
    parts("split_with_sizes", split, SIZED),
    parts("unsafe_split", split, EQUAL, rows=("unsafe_split",)),
    parts("unsafe_split_with_sizes", split, SIZED, rows=("unsafe_split_with_sizes",)),
    parts("unsafe_chunk", chunk, CHUNKS),
    parts("chunk", chunk, CHUNKS),
    parts("tensor_split", tensor_split, TENSOR_SPLITS),
    parts("narrow", narrow, NARROWS),
    Op(
        "narrow_copy",
        narrow,
        cases(((4, 6), 0, 1, 2), ((4, 6), 1, 2, 3), ((0, 3), 1, 0, 1)),
        out=True,
        rows=(),
    ),
    Op(
        "narrow_copy.from_the_end",
        narrow,
        cases(((4, 6), -1, -2, 2)),
        grad=False,
        rows=(),
        call=lambda lib, x, *args: x.detach().narrow_copy(*args),
    ),
    Op("fill_diagonal_", filled_diagonal, FILLED_DIAGONALS, filled, method=False, rows=()),
    parts(
        "hsplit",
        np.hsplit,
        cases(
            ((4,), 2),
            ((2, 4), 2),
            ((2, 4), (1, 3)),
            errors=[(RuntimeError, "is not divisible", (2, 3), 2), (RuntimeError, "", (), 1)],
        ),
    ),
    parts("vsplit", np.vsplit, cases(((4, 2), 2), ((4, 2), (1,)), errors=[(RuntimeError, "", (3,), 1)])),
    parts(
        "dsplit", np.dsplit, cases(((1, 2, 4), 2), ((1, 2, 4), (1,)), errors=[(RuntimeError, "", (3, 3), 1)])
    ),
]
