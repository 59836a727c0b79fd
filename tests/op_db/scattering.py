"""Reading and writing by an index for each element, by positions, and by masks."""

from functools import partial

import numpy as np

from .spec import INTS, LAYOUTS, NUMBERS, Op, S, bad, kink, large

OUT_OF_RANGE = (IndexError, "Dimension out of range")
OUTSIDE = "is out of bounds for dimension"
A = np.array
WRITABLE = [layout for layout in LAYOUTS if layout != "expanded"]

# Shapes of the array and of the index, and the dimension.
ALONG = [
    ((), (), 0),
    ((5,), (3,), 0),
    ((5,), (7,), -1),
    ((3, 4), (2, 4), 0),
    ((3, 4), (5, 2), 0),
    ((3, 4), (3, 6), 1),
    ((2, 3, 4), (2, 5, 4), 1),
    ((2, 3, 4), (1, 2, 5), -1),
    ((3, 4), (0, 4), 0),
    ((1, 3), (1, 1), 1),
]


def counted(g, *shape, below):
    """Indices that do not count from the end."""
    return np.asarray(g.indices(*shape, below=below) % below)


def along(g, shape, index_shape, dim):
    """An array, its dimension, and an index for it."""
    size = shape[dim] if shape else 1
    return g(*shape), dim, counted(g, *index_shape, below=size)


def gathers(g):
    yield S(g(5), 0, np.zeros(0, np.uint8))
    yield from (S(*along(g, *case)) for case in ALONG)
    x, dim, index = along(g, (3, 4), (2, 4), 0)
    yield from (S(g(3, 4, layout=layout), dim, index) for layout in LAYOUTS)
    yield S(x, dim, index.astype(np.int32))
    yield large(g(37, 1031), 1, counted(g, 37, 1031, below=1031))
    yield large(g(1031, 37), 0, counted(g, 2063, 37, below=1031))
    yield bad(RuntimeError, OUTSIDE, x, 0, index - 3)
    yield bad(RuntimeError, OUTSIDE, x, 0, index + 3)
    yield bad(RuntimeError, "for index", x, 0, index.astype(np.int16))
    yield bad(RuntimeError, "same number of dimensions", x, 0, A([0]))
    yield bad(RuntimeError, "", x, 1, A([[0]] * 4))
    yield bad(*OUT_OF_RANGE, x, 2, index)


def scatters(g, unique=False, **kwargs):
    """Repeated indices, unless the order would make a difference to the derivative."""
    for shape, index_shape, dim in ALONG:
        x, dim, index = along(g, shape, index_shape, dim)
        if unique:
            length = index.shape[dim] if shape else 1
            if length > (shape[dim] if shape else 1):
                continue
            steps = np.arange(length).reshape([-1 if d == dim % len(shape) else 1 for d in range(len(shape))])
            index = np.broadcast_to(steps[..., ::-1] if dim in (-1, 1) else steps, index_shape).copy()
        yield S(x, dim, index, g(*index_shape), **kwargs)
    x, dim, index = along(g, (3, 4), (2, 4), 0)
    index = A([[0, 2, 1, 0], [1, 0, 2, 2]])
    yield from (S(g(3, 4, layout=layout), dim, index, g(2, 4), **kwargs) for layout in WRITABLE)
    yield S(g(3, 4), dim, index.astype(np.int32), g(2, 4), **kwargs)
    yield bad(RuntimeError, OUTSIDE, x, 0, index + 3, g(2, 4), **kwargs)
    yield bad(RuntimeError, "", x, 0, index, g(1, 4), **kwargs)
    yield bad(RuntimeError, "", x, 0, index, g(2, 4).astype(np.uint8 if g.floating else np.float64), **kwargs)


def scatters_of_numbers(g):
    yield from (S(*along(g, *case), g.number(1)) for case in ALONG)
    yield S(*along(g, (3, 4), (2, 4), 0), value=g.number(1))


def scatters_in_order(g):
    for reduce in ("add", "multiply"):
        yield S(*along(g, (3, 4), (6, 4), 0), g.number(1), reduce=reduce)
        yield S(*along(g, (3, 4), (3, 2), 1), value=g.number(2), reduce=reduce)
    yield bad(
        RuntimeError,
        "reduce argument must be either add or multiply",
        *along(g, (3,), (3,), 0),
        g(3),
        reduce="x",
    )


def reductions(g, kinds=("sum", "prod", "mean", "amax", "amin")):
    for reduce in kinds:
        if reduce == "mean" and g.dtype.kind == "b":
            continue
        for include_self in (True, False):
            for case in ALONG:
                x, dim, index = along(g, *case)
                src = (
                    np.asarray(g.distinct(*index.shape) + A(0.125, g.dtype))
                    if g.floating
                    else g(*index.shape)
                )
                yield S(x, dim, index, src, reduce, include_self=include_self)
            if g.floating and reduce in ("amax", "amin"):
                yield kink(g.ties(5), 0, A([0, 0, 1, 1, 4]), g.ties(5), reduce, include_self=include_self)
        if g.floating and reduce == "prod":
            yield kink(A([1.0, 2, 0], g.dtype), 0, A([0, 0, 1, 2]), A([0.0, 2, 0, 3], g.dtype), "prod")
    yield bad(RuntimeError, "reduce argument must be either", *along(g, (3,), (3,), 0), g(3), "median")


POSITIONS = [
    ((5,), A([0, 4, 2]), 0),
    ((3, 4), A([2, 0]), 0),
    ((3, 4), A([1, 3, 0]), -1),
    ((2, 3, 4), A([1]), 1),
    ((3, 4), A([], np.int64), 0),
]


def selections(g):
    yield from (S(g(*shape), dim, index) for shape, index, dim in POSITIONS)
    yield from (S(g(3, 4, layout=layout), dim, A([1, 1, 2])) for layout in LAYOUTS for dim in (0, 1))
    yield from (S(g(3, 4), 0, A(1)), S(g(), 0, A([0])), S(g(), 0, A(0)), S(g(3, 4), 1, A([2, 2], np.int32)))
    yield large(g(517, 9), 0, counted(g, 1031, below=517))
    yield large(g(9, 517), 1, counted(g, 1031, below=517))
    yield bad(IndexError, "out of range", g(3, 4), 0, A([3]))
    yield bad(IndexError, "out of range", g(3, 4), 0, A([-1]))
    yield bad(IndexError, "Index is supposed to be a vector", g(3, 4), 0, A([[0]]))
    yield bad(RuntimeError, "", g(3, 4), 0, A([0.5]))


def placed(shape, index, dim):
    shape = list(shape)
    shape[dim] = index.size
    return shape


def position_writes(g, repeated=False):
    for shape, index, dim in POSITIONS:
        yield S(g(*shape), dim, index, g(*placed(shape, index, dim)))
    yield from (S(g(3, 4, layout=layout), 1, A([1, 2]), g(3, 2)) for layout in WRITABLE)
    if repeated:
        yield S(g(3, 4), 0, A([1, 1, 0, 1]), g(4, 4))
        for alpha in (2, -1) if g.dtype.kind in "if" else ():
            yield S(g(3, 4), 0, A([1, 1]), g(2, 4), alpha=alpha)
            yield S(g(), 0, A([0]), g(), alpha=alpha)
        yield large(g(9, 37), 0, counted(g, 1031, below=9), g(1031, 37))
    yield bad((RuntimeError, IndexError), "", g(3, 4), 0, A([3, 0]), g(2, 4))
    yield bad((RuntimeError, IndexError), "", g(3, 4), 0, A([1, 0]), g(3, 4))
    yield bad(RuntimeError, "", g(3, 4), 0, A([1, 0]), g(2, 3))


def position_reductions(g):
    for reduce in ("prod", "mean", "amax", "amin"):
        for include_self in (True, False):
            for shape, index, dim in POSITIONS:
                yield S(
                    g(*shape), dim, index, g(*placed(shape, index, dim)), reduce, include_self=include_self
                )
            source = g.distinct(4, 4) + np.asarray(0.125).astype(g.dtype) if g.floating else g(4, 4)
            yield S(g(3, 4), 0, A([1, 1, 0, 1]), source, reduce, include_self=include_self)
        yield S(g(), 0, A(0), g(), reduce)
        yield S(g(3, 4), 0, A([1, 0], np.int32), g(2, 4), reduce)
        if g.floating and reduce[0] == "a":
            yield kink(g.ties(5), 0, A([0, 0, 1, 1, 4]), g.ties(5), reduce)
    if g.floating:
        yield kink(A([1.0, 2, 0], g.dtype), 0, A([0, 0, 1, 2]), A([0.0, 2, 0, 3], g.dtype), "prod")
    yield bad(RuntimeError, "Expected reduce to be one of", g(3), 0, A([0]), g(1), "sum")
    yield bad(IndexError, "out of range in self", g(3), 0, A([3]), g(1), "mean")
    yield bad(IndexError, "Index is supposed to be a vector", g(3), 0, A([[0]]), g(1), "mean")
    yield bad(RuntimeError, "should be equal to source.size(dim)", g(3), 0, A([0]), g(2), "mean")


def index_puts(g):
    yield S(g(5), [A([1, 3])], g(2))
    yield S(g(5), [A([1, 3])], g())
    yield S(g(3, 4), (A([0, 2]), A([1, 1])), g(2))
    yield S(g(3, 4), [A([[0], [2]]), A([1, 3])], g(2, 2))
    yield S(g(3, 4), [A([2, 0])], g(4))
    yield S(g(3, 4), [g.mask(3, 4)], g())
    yield S(g(3, 4), [A([True, False, True])], g(2, 4))
    yield from (S(g(3, 4, layout=layout), [A([1, 0])], g(2, 4)) for layout in WRITABLE)
    yield S(g(3, 4), [A([1, -1, 1])], g(3, 4), accumulate=True)
    yield S(g(5), [A([1, 1, 1])], g(3), True)
    yield bad(IndexError, "too many indices for tensor", g(5), [A([0]), A([0])], g())
    yield bad(IndexError, "is out of bounds for dimension", g(5), [A([5])], g())
    yield bad(RuntimeError, "shape mismatch", g(5), [A([1, 3])], g(3))
    yield bad(IndexError, "tensors used as indices must be", g(5), [A([1.0])], g())


def zeros_and_others(g):
    for shape in ((), (0, 3), (5,), (3, 4)):
        yield S(g.ties(*shape))
    yield from (S(g(3, 4, layout=layout)) for layout in LAYOUTS)
    yield kink(g.hard())


def fillings(g):
    for shape, index, dim in POSITIONS:
        yield S(g(*shape), dim, index, g.number(1))
        yield S(g(*shape), dim, index, g())
    yield S(g(3, 4), 0, A([-1, 2]), g.number(1))
    yield S(g(3, 4), 0, A(1), g())
    yield S(g(3, 4), 1, A([1, 1, 2, 0]), g())
    yield bad(IndexError, OUTSIDE, g(3, 4), 0, A([3]), g.number(1))
    yield bad(RuntimeError, "0-dimensional value tensor", g(3, 4), 0, A([1]), g(4))


def takes(g):
    for index in (A([0, 11, -1, 3, 3]), A(2), A([[1, 2], [-12, 0]]), A([], np.int64)):
        yield S(g(3, 4), index)
        yield S(g(3, 4, layout="transposed"), index)
    yield S(g(), A([0, -1]))
    yield bad(IndexError, "out of range", g(3, 4), A([12]))
    yield bad(IndexError, "out of range", g(3, 4), A([-13]))
    yield bad(RuntimeError, "", g(3, 4), A([1], np.int32))


def puts(g):
    for index in (A([0, 11, -2, 3]), A(2), A([[1, 2], [-12, 5]]), A([], np.int64)):
        yield S(g(3, 4), index, g(*index.shape))
        yield S(g(3, 4, layout="transposed"), index, g(*index.shape), True)
        yield S(g(3, 4), index, g(index.size, 1), accumulate=True)
    yield S(g(3, 4), A([1, 1, -11]), g(3), accumulate=True)
    yield bad(IndexError, "out of range", g(3, 4), A([12]), g(1))
    yield bad(IndexError, "same number of elements", g(3, 4), A([1, 2]), g(1))


def takes_along(g):
    yield S(g(3, 4), A([[0], [3], [1]]), 1)
    yield S(g(3, 4), A([[2, 0, -1, 1]]), 0)
    yield S(g(3, 4), A([5, 0, 11, 5]))
    yield S(g(1, 4), A([[0, 1], [3, 3]]), 1)
    yield S(g(2, 3, 4), A([[[1, 2, 0, 0]]]), dim=-2)
    yield bad(RuntimeError, "same number of dimensions", g(3, 4), A([0]), 1)
    yield bad(RuntimeError, "", g(3, 4), A([[0]] * 2), 1)


MASKED = [
    ((), ()),
    ((5,), (5,)),
    ((3, 4), (3, 4)),
    ((3, 4), (4,)),
    ((3, 4), (3, 1)),
    ((0, 3), (0, 3)),
    ((3, 4), ()),
]


def masks(g, *rest):
    yield from ((g(*shape), g.mask(*of_mask), *rest) for shape, of_mask in MASKED)
    yield from ((g(3, 4, layout=layout), g.mask(3, 4), *rest) for layout in WRITABLE)


def masked_fills(g):
    yield from (S(*arguments) for arguments in masks(g, g.number(1)))
    yield from (S(*arguments) for arguments in masks(g, g()))
    yield S(g(4), g.mask(3, 4), g.number(1))
    yield S(g(3, 1), g.mask(3, 4), g())
    yield kink(g.hard(), g.mask(g.hard().size), g.number(1))
    yield large(g(70, 1031), g.mask(70, 1031), g.number(1))
    yield bad(RuntimeError, "boolean masks", g(3), g.mask(3).astype(np.int64), g.number(1))
    yield bad(RuntimeError, "0-dimensional value tensor", g(3), g.mask(3), g(3))
    yield bad(RuntimeError, "", g(3), g.mask(2), g.number(1))


def masked_selects(g):
    yield from (S(*arguments) for arguments in masks(g))
    yield S(g(4), g.mask(3, 4))
    yield S(g(3, 1), g.mask(3, 4))
    yield large(g(70, 1031), g.mask(70, 1031))
    yield bad(RuntimeError, "expected BoolTensor for mask", g(3), g.mask(3).astype(np.uint8))
    yield bad(RuntimeError, "", g(3), g.mask(2))


def masked_scatters(g):
    yield from (S(*arguments) for arguments in masks(g, g(4, 4)))
    yield S(g(3, 4), A([[True] * 4] * 3), g(12))
    yield S(g(4), g.mask(3, 4), g(12))
    yield bad(
        RuntimeError, "Number of elements of source < number of ones in mask", g(3), A([True] * 3), g(2)
    )
    yield bad(
        RuntimeError, "same dtypes", g(3), A([True] * 3), g(3).astype(np.uint8 if g.floating else np.float32)
    )


def add_at(x, at, values):
    (np.logical_or if x.dtype.kind == "b" else np.add).at(x, at, values)


def places(x, dim, index):
    """The index of every element that an index names."""
    at = list(np.indices(index.shape))
    at[dim % x.ndim] = index
    return tuple(at)


def gather(x, dim, index):
    return x[index] if x.ndim == 0 and index.ndim else x if x.ndim == 0 else x[places(x, dim, index)]


def scatter(x, dim, index, src=None, value=None):
    x, src = x.copy(), value if src is None else src
    if x.ndim == 0:
        return np.asarray(src, x.dtype)
    if isinstance(src, np.ndarray):
        src = src[tuple(map(slice, index.shape))]
    x[places(x, dim, index)] = src
    return x


def scatter_add(x, dim, index, src):
    x = x.copy()
    add_at(x, places(x, dim, index) if x.ndim else (), src)
    return x


def at_positions(x, dim, index):
    """What indexes `x` at positions along a dimension."""
    return (slice(None),) * (dim % x.ndim) + (index.reshape(-1),)


def index_select(x, dim, index):
    return x[at_positions(x, dim, index)] if x.ndim else x


def index_write(x, dim, index, value):
    x = x.copy()
    x[at_positions(x, dim, index)] = value
    return x


def index_add(x, dim, index, source, alpha=1):
    if x.ndim == 0:
        return x + source * x.dtype.type(alpha)
    x = x.copy()
    (np.logical_or if x.dtype.kind == "b" else np.add).at(
        x, at_positions(x, dim, index), source * x.dtype.type(alpha)
    )
    return x


def index_put(x, indices, values, accumulate=False):
    x = x.copy()
    if accumulate:
        add_at(x, tuple(indices), values)
    else:
        x[tuple(indices)] = values
    return x


def nonzero_rows(x):
    return np.argwhere(x)


def nonzero_vectors(x):
    return np.atleast_1d(x).nonzero()


def nonzero_static(x, size, fill_value=-1):
    found = np.argwhere(x)[:size]
    return np.pad(found, ((0, size - len(found)), (0, 0)), constant_values=fill_value)


def zeros_in_rows(g):
    for size in (0, 2, 9):
        yield from (S(g.ties(*shape), size=size) for shape in ((), (5,), (2, 3)))
    yield S(g(3, 4, layout="transposed"), size=20, fill_value=7)
    yield bad(RuntimeError, "non-negative integer", g(3), size=-1)


def flat_places(g):
    yield S(np.array([5, 0, 7], g.dtype), (2, 4))
    yield S(np.array([[1], [3]], g.dtype), (4, 1, 2))
    yield S(np.array(3, g.dtype), (7,))
    yield S(np.array([], g.dtype), (0, 3))
    yield bad(ValueError, "cannot have negative values", np.array([1], g.dtype), (2, -1))


def take(x, index):
    return x.reshape(-1)[index]


def put(x, index, source, accumulate=False):
    flat, source = x.reshape(-1).copy(), source.reshape(index.shape)
    if accumulate:
        add_at(flat, index, source)
    else:
        flat[index] = source
    return flat.reshape(x.shape)


def take_along_dim(x, indices, dim=None):
    if dim is None:
        return x.reshape(-1)[indices.reshape(-1)]
    return np.take_along_axis(x, indices, dim)


def masked_fill(x, mask, value):
    return np.where(mask, np.asarray(value, x.dtype), x)


def masked_select(x, mask):
    x, mask = np.broadcast_arrays(x, mask)
    return x[mask]


def masked_scatter(x, mask, source):
    x, mask = map(np.array, np.broadcast_arrays(x, mask))
    x[mask] = source.reshape(-1)[: mask.sum()]
    return x


def without_history(name):
    return lambda lib, x, *args, **kwargs: getattr(lib, name)(x.detach(), *args, **kwargs)


both = partial(Op, inplace=True)

OPS = [
    Op("gather", gather, gathers, out=True),
    both("scatter", scatter, partial(scatters, unique=True), out=True),
    both("scatter.number", scatter, scatters_of_numbers, out=True),
    Op(
        "scatter.reduce",
        None,
        scatters_in_order,
        without_history("scatter"),  # it has no derivative
        grad=False,
        method=False,
        rows=("scatter_adding", "scatter_multiplying"),
    ),
    both("scatter_add", scatter_add, scatters, out=True),
    both("scatter_reduce", None, reductions, out=True),
    Op("take_along_dim", take_along_dim, takes_along, rows=(), out=True),
    Op("index_select", index_select, selections, out=True),
    both("index_add", index_add, partial(position_writes, repeated=True), out=True),
    both("index_reduce", None, position_reductions, out=True, dtypes=NUMBERS),
    both("index_put", index_put, index_puts, rows=()),
    Op("nonzero", nonzero_rows, zeros_and_others, out=True, grad=False, rows=()),
    Op("nonzero_static", nonzero_static, zeros_in_rows, out=True, grad=False, rows=()),
    Op("unravel_index", np.unravel_index, flat_places, method=False, grad=False, rows=(), dtypes=INTS),
    Op("argwhere", nonzero_rows, zeros_and_others, grad=False, rows=()),
    Op(
        "nonzero.vectors",
        nonzero_vectors,
        zeros_and_others,
        lambda lib, x: lib.nonzero(x, as_tuple=True),
        grad=False,
        method=False,
        rows=(),
    ),
    both("index_copy", index_write, position_writes, out=True),
    both("index_fill", index_write, fillings, rows=("index_fill", "index_fill_number")),
    Op("take", take, takes, out=True),
    both("put", put, puts),
    both("masked_fill", masked_fill, masked_fills, rows=("masked_fill", "masked_fill_number")),
    Op("masked_select", masked_select, masked_selects, out=True),
    both("masked_scatter", masked_scatter, masked_scatters),
]
