"""Reductions, and what normalises along dimensions."""

from functools import partial

import numpy as np

from .spec import ALL, FLOATS, LAYOUTS, NUMBERS, Dtype, Op, S, bad, kink, large

OUT_OF_RANGE = (IndexError, "Dimension out of range")
# (shape, dims): every sign of a single dim, several dims, dims of size 0 and 1, dims of a 0-d array
ONE_DIM = [
    ((), 0),
    ((), -1),
    ((4,), 0),
    ((2, 3), 0),
    ((2, 3), -1),
    ((2, 3, 4), 1),
    ((3, 1, 2), -2),
    ((0, 3), 1),
]
MANY_DIMS = [((2, 3), (0, 1)), ((2, 3, 4), (0, 2)), ((2, 3, 4), (-1, 1)), ((3, 1, 2), (1,)), ((0, 3), (1,))]
EMPTY_DIM = [((0, 3), 0), ((2, 0), (0, 1))]
LARGE = [((40_000,), 0), ((7, 523), 0), ((7, 523), 1), ((523, 7), 0), ((523, 7), 1), ((5, 41, 9), 1)]


def whole(g, empty=True):
    """f(x)"""
    yield from (S(g(*shape)) for shape in [(), (1,), (5,), (2, 3), (2, 1, 3)])
    yield from (S(g(3, 4, layout=layout)) for layout in LAYOUTS if layout != "expanded")
    yield kink(g(3, 4, layout="expanded"))
    yield kink(g.ties(3, 4))
    yield kink(g.hard())
    yield large(g(40_000))
    yield large(g(523, 7, layout="transposed"))
    if empty:
        yield from (S(g(*shape)) for shape in [(0,), (2, 0, 3)])


def along(g, dims=ONE_DIM, draw=None):
    """f(x, dim), f(x, dim=dim, keepdim=True)"""
    draw = draw or g
    for shape, dim in dims:
        yield S(draw(*shape), dim)
        yield S(draw(*shape), dim=dim, keepdim=True)
    yield from (
        S(g(3, 4, layout=layout), dim) for layout in LAYOUTS if layout != "expanded" for dim in (0, 1)
    )
    yield from (kink(g.ties(3, 4), dim) for dim in (0, 1))
    if g.floating:
        yield kink(g.hard().reshape(3, 5), 1)
        yield kink(g.values([1, np.nan, 2, np.nan], [np.inf, np.inf, 1, 0], [-np.inf] * 4), 1)
    yield from (large(g(*shape), dim) for shape, dim in LARGE)
    yield large(g(523, 7, layout="transposed"), 1)
    yield bad(*OUT_OF_RANGE, g(2, 3), 2)
    yield bad(*OUT_OF_RANGE, g(2, 3), -3)


def summed(g):
    """sum(x)"""
    yield from whole(g)
    yield S(g(2, 3), dtype=Dtype("float64"))


def summed_along(g):
    """sum(x, dim)"""
    yield from along(g, ONE_DIM + MANY_DIMS + EMPTY_DIM)
    yield S(g(2, 3), None)
    yield S(g(2, 3), dim=None, keepdim=True)
    yield S(g(2, 3), 1, dtype=Dtype("float64"))
    yield S(g(2, 3), 1, dtype=Dtype("float32"))
    yield bad(RuntimeError, "", g(2, 3), (0, 0))
    yield bad(RuntimeError, "", g(2, 3), (0, -2))


def any_all(g):
    yield from whole(g)
    yield from along(g, ONE_DIM + MANY_DIMS + EMPTY_DIM)


def extreme(g):
    """max(x)"""
    yield from whole(g, empty=False)
    yield bad(RuntimeError, "Expected reduction dim", g(0))


def extreme_along(g):
    """max(x, dim): values and indices"""
    yield from along(g, draw=g.distinct)
    yield bad(IndexError, "Expected reduction dim", g(0, 3), 0)


def extremes(g):
    """amax: gradients split between ties"""
    yield from whole(g, empty=False)
    yield from along(g, ONE_DIM + MANY_DIMS)
    yield bad(RuntimeError, "Expected reduction dim", g(0))
    yield bad(IndexError, "Expected reduction dim", g(0, 3), 0)


def position(g):
    yield from whole(g, empty=False)
    yield from along(g)
    yield S(g(2, 3), None)
    yield S(g(2, 3), dim=None, keepdim=True)
    yield bad(IndexError, "Expected reduction dim", g(0))
    yield bad(IndexError, "Expected reduction dim", g(0, 3), 0)


def log_sums(g):
    yield from along(g, ONE_DIM + MANY_DIMS + EMPTY_DIM)


def normalising(g):
    """softmax(x, dim)"""
    for shape, dim in [*ONE_DIM, ((0, 3), 0)]:
        yield S(g(*shape), dim)
        yield S(g(*shape), dim=dim)
    yield from (S(g(3, 4, layout=layout), dim) for layout in LAYOUTS for dim in (0, 1))
    yield S(g(2, 3), 1, dtype=Dtype("float64"))
    if g.floating:
        yield kink(
            g.values([1000, 0, -1000], [np.inf, 0, 1], [-np.inf, 0, 1], [-np.inf] * 3, [np.nan, 0, 1]), 1
        )
    yield from (large(g(*shape), dim) for shape, dim in LARGE)
    yield bad(*OUT_OF_RANGE, g(2, 3), 2)


def axes(f, **defaults):
    """A NumPy reduction under PyTorch's argument names; integer sums are int64."""

    def reference(x, dim=None, keepdim=False, dtype=None):
        kwargs = defaults | ({"dtype": dtype} if dtype else {})
        if x.ndim == 0 and dim is not None:
            x, dim, keepdim = x[None], 0, False
        return f(x, axis=dim, keepdims=keepdim, **kwargs)

    return reference


def integer_sum(x, axis, keepdims, dtype=None):
    return np.sum(x, axis, dtype or (x.dtype if x.dtype.kind == "f" else np.int64), keepdims=keepdims)


def truth(f):
    """all, any: bool, but of uint8 uint8."""
    return lambda x, *args, **kwargs: axes(f)(x, *args, **kwargs).astype(
        np.uint8 if x.dtype == np.uint8 else bool
    )


def with_indices(value, index):
    return lambda *args, **kwargs: (axes(value)(*args, **kwargs), axes(index)(*args, **kwargs))


def normalised(f):
    def reference(x, dim, dtype=None):
        x = x.astype(dtype or x.dtype)
        return f(x[None], axis=0)[0] if x.ndim == 0 else f(x, axis=dim) if x.size else x

    return reference


def softmax(x, axis):
    powers = np.exp(x - x.max(axis, keepdims=True))
    return powers / powers.sum(axis, keepdims=True)


def log_softmax(x, axis):
    x = x - x.max(axis, keepdims=True)
    return x - np.log(np.exp(x).sum(axis, keepdims=True))


def logsumexp(x, axis, keepdims):
    top = np.max(x, axis, keepdims=True, initial=-np.inf)
    top[np.isinf(top)] = 0
    result = top + np.log(np.exp(x - top).sum(axis, keepdims=True))
    return result if keepdims else result.squeeze(axis)


named = partial(Op, samples=extreme_along, fields=("values", "indices"))


def to_sizes(g):
    """x.sum_to_size(size)"""
    for shape, size in [
        ((), ()),
        ((3,), ()),
        ((2, 3), ()),
        ((2, 3), (3,)),
        ((2, 3), (2, 1)),
        ((2, 3, 4), (3, 1)),
    ]:
        yield S(g(*shape), size)
    yield from (S(g(*shape), shape) for shape in [(3,), (2, 1), (0, 2)])
    yield S(g(3, 4, layout="transposed"), (1, 4))
    yield bad(RuntimeError, "is not expandable to size", g(2, 3), (2,))


def summed_to(x, size):
    if x.shape == size and size:
        return x
    extra = x.ndim - len(size)
    dims = tuple(i for i, n in enumerate(x.shape) if i < extra or (size[i - extra] == 1 and n != 1))
    return integer_sum(x, axis=dims, keepdims=False).reshape(size)


OPS = [
    Op("sum_to_size", summed_to, to_sizes, function=False, rows=()),
    Op("sum", axes(integer_sum), summed),
    Op("sum.dim", axes(integer_sum), summed_along, out=True),
    Op("mean", axes(np.mean), summed, dtypes=FLOATS),
    Op("mean.dim", axes(np.mean), summed_along, dtypes=FLOATS, out=True),
    Op("max", axes(np.max), extreme, out=True),
    Op("min", axes(np.min), extreme, out=True),
    named("max.dim", with_indices(np.max, np.argmax)),
    named("min.dim", with_indices(np.min, np.argmin)),
    Op("amax", axes(np.max), extremes, out=True),
    Op("amin", axes(np.min), extremes, out=True),
    Op("argmax", axes(np.argmax), position, dtypes=NUMBERS, grad=False, out=True),
    Op("argmin", axes(np.argmin), position, dtypes=NUMBERS, grad=False, out=True),
    Op("all", truth(np.all), any_all, dtypes=ALL, grad=False, out=True),
    Op("any", truth(np.any), any_all, dtypes=ALL, grad=False, out=True),
    Op("logsumexp", axes(logsumexp), log_sums, to_float=True, out=True),
    Op("softmax", normalised(softmax), normalising, dtypes=FLOATS, out=True),
    Op(
        "softmin",
        normalised(lambda x, axis: softmax(-x, axis)),
        normalising,
        call=lambda lib, *args, **kwargs: lib.nn.functional.softmin(*args, **kwargs),
        rows=(),
        dtypes=FLOATS,
        method=False,
    ),
    Op("log_softmax", normalised(log_softmax), normalising, dtypes=FLOATS, out=True),
]
