"""Scans, sorting, and what picks by rank."""

import math

import numpy as np

from .reductions import ONE_DIM, OUT_OF_RANGE
from .spec import FLOATS, LAYOUTS, NUMBERS, REAL, Dtype, Op, S, bad, kink, large

LARGE = [((200_000,), 0), ((7, 523), 1), ((523, 7), 0), ((3, 700, 300), 1)]


def strided(g):
    for layout in LAYOUTS:
        for dim in (0, 1):
            sample = S if layout != "expanded" else kink
            yield sample(g(3, 4, layout=layout), dim)


def apart(g, *shape):
    """No ties, but of bools."""
    if g.floating or g.dtype.kind == "b":
        return g.distinct(*shape)
    size = math.prod(shape)
    order = np.argsort(g(size, domain=REAL).astype(float) + np.arange(size) / size, kind="stable")
    return np.asarray(order.reshape(shape) - size // 4, g.dtype) if size else g(*shape)


def scanned(g):
    """cumsum(x, dim)"""
    for shape, dim in [*ONE_DIM, ((0, 3), 0), ((2, 3, 4), 0)]:
        yield S(g(*shape), dim)
        yield S(g(*shape), dim=dim)
    yield from strided(g)
    if g.floating:
        yield kink(g.values([1, np.nan, 2, 3], [2, 1, -1, 0.5]), 1)
    yield from (large(g(*shape), dim) for shape, dim in LARGE)
    yield large(g(523, 7, layout="transposed"), 1)
    yield bad(*OUT_OF_RANGE, g(2, 3), 2)
    yield bad(*OUT_OF_RANGE, g(2, 3), -3)


def scanned_as(g):
    yield from scanned(g)
    yield S(g(2, 3), 1, dtype=Dtype("float64"))
    yield S(g(2, 3), 1, dtype=Dtype("float32"))


def products(g):
    """cumprod(x, dim): with none, one and several zeros in a row"""
    for sample in scanned_as(g):
        if not sample.large and not sample.kink and sample.kwargs.get("dtype") != "float32":
            yield sample
    yield S(g.values([2, 3, 0, 4, 1], [0, 1, 2, 0, 3], [1, 2, 3, 4, 5], [0, 0, 0, 1, 2]), 1)
    if g.floating:
        yield large(g(200_000, domain=((0.9995, 1.0005),)), 0)


def log_sums(g):
    yield from scanned(g)
    if g.floating:
        yield kink(g.values([-np.inf, -np.inf, 0, 1], [100, -100, 100, 99]), 1)


def extremes_so_far(g):
    """cummax(x, dim): values and indices, the last among equals"""
    for shape, dim in [*ONE_DIM, ((0, 3), 0), ((2, 3, 4), 0)]:
        yield S(apart(g, *shape), dim)
    yield from strided(g)
    yield from (kink(g.ties(3, 5), dim) for dim in (0, 1))
    if g.floating:
        yield kink(g.values([1, np.nan, 2, np.nan], [np.inf, -np.inf, np.inf, 0], [-0.0, 0, -0.0, -1]), 1)
    yield from (large(g(*shape), dim) for shape, dim in LARGE)
    yield bad(*OUT_OF_RANGE, g(2, 3), 2)


def sorted_(g):
    """sort(x, dim, descending)"""
    yield S(apart(g, 5))
    for shape, dim in [*ONE_DIM, ((0, 3), 0), ((2, 3, 4), 0)]:
        yield S(apart(g, *shape), dim)
        yield S(apart(g, *shape), dim=dim, descending=True)
    yield bad(*OUT_OF_RANGE, g(2, 3), 2)


def sorted_stably(g):
    for sample in sorted_(g):
        if not sample.error:
            dim = {"dim": sample.args[1]} if len(sample.args) > 1 else {}
            yield S(sample.args[0], **dim, **sample.kwargs, stable=True)
    for dim in (0, 1):
        for descending in (False, True):
            yield kink(g.ties(4, 5), dim=dim, descending=descending, stable=True)
    yield kink(g.hard(), stable=True)
    yield kink(g.hard(), descending=True, stable=True)
    for layout in LAYOUTS:
        yield from (kink(g(3, 4, layout=layout), dim=dim, stable=True) for dim in (0, 1))
    for shape, dim in LARGE:
        yield large(g(*shape), dim=dim, stable=True)
        yield large(g(*shape), dim=dim, descending=True, stable=True)
    if g.floating:
        yield large(g(3000, domain=((-1e30, 1e30), (-1e-30, 1e-30))), stable=True)
    else:
        yield large(np.repeat(g.hard(), 300), stable=True)


def places(g):
    yield from sorted_(g)
    yield from sorted_stably(g)


def first_sorted(g):
    for shape in [(), (5,), (4, 3), (0, 3), (3, 2, 2)]:
        yield S(apart(g, *shape))
    yield from (S(g(4, 3, layout=layout)) for layout in LAYOUTS if layout != "expanded")
    if g.floating:
        yield large(apart(g, 700, 30))


def best(g):
    """topk(x, k, dim, largest)"""
    yield S(apart(g, 6), 3)
    yield S(apart(g, 6), 6)
    yield S(apart(g, 6), 0)
    yield S(apart(g), 1)
    for dim in (0, 1, -1):
        yield S(apart(g, 4, 5), 2, dim)
        yield S(apart(g, 4, 5), 3, dim, largest=False)
    yield S(apart(g, 4, 3, 2), 2, dim=1, largest=False, sorted=True)
    yield S(apart(g, 0, 3), 2, 1)
    if g.floating:
        yield kink(g.values([1, np.nan, -np.inf, np.inf, 0]), 3)
        yield kink(g.values([1, np.nan, -np.inf, np.inf, 0]), 4, largest=False)
        yield large(apart(g, 20_000), 50)
        yield large(apart(g, 20_000), 15_000, largest=False)
        yield large(apart(g, 300, 200), 5, 0)
    yield bad(RuntimeError, "selected index k out of range", g(3), 4)
    yield bad(RuntimeError, "selected index k out of range", g(3), -1)
    yield bad(*OUT_OF_RANGE, g(3), 1, 1)


def best_of_equals(g):
    """Those that PyTorch finds."""
    for k, largest in ((1, True), (3, False), (7, True)):
        yield kink(g.ties(4, 7), k, dim=1, largest=largest)
        yield kink(g.ties(40, 2), k, dim=0, largest=largest)
        yield large(g.ties(2, 1000), k, largest=largest)
    yield large(g.ties(2000), 20)


def kth(g):
    """kthvalue(x, k, dim)"""
    yield S(apart(g, 6), 3)
    yield S(apart(g), 1)
    for dim in (0, 1, -1):
        yield S(apart(g, 4, 5), 2, dim)
        yield S(apart(g, 4, 5), 4, dim, keepdim=True)
    yield S(apart(g, 0, 3), 2, 1)
    if g.floating:
        yield kink(g.values([1, np.nan, -np.inf, np.inf, 0]), 4)
        yield kink(g.values([1, np.nan, -np.inf, np.inf, 0]), 5)
        yield large(apart(g, 20_000), 5_000)
    yield bad(RuntimeError, "selected number k out of range", g(3), 0)
    yield bad(RuntimeError, "selected number k out of range", g(3), 4)
    yield bad(*OUT_OF_RANGE, g(3), 1, 1)


def kth_of_equals(g):
    """Those that PyTorch finds."""
    for k in (1, 2, 5, 7):
        yield kink(g.ties(4, 7), k)
        yield kink(g.ties(40, 2), k, 0)
    yield large(g.ties(3, 1000), 600)


def middle(g):
    """median(x)"""
    for shape in [(), (1,), (4,), (5,), (2, 3), (2, 1, 3)]:
        yield S(apart(g, *shape))
    yield from (kink(g(3, 4, layout=layout)) for layout in LAYOUTS)
    yield kink(g.ties(3, 4))
    if g.floating:
        yield kink(g.values(1, np.nan, 2, np.nan, 0))
        yield kink(g.values(np.nan, np.nan))
        yield kink(g(0))
    yield large(g(40_001))


def middle_along(g):
    """median(x, dim)"""
    for shape, dim in ONE_DIM:
        yield S(apart(g, *shape), dim)
        yield S(apart(g, *shape), dim=dim, keepdim=True)
    if g.floating:
        yield kink(g.values([1, np.nan, 2, 0], [2, np.inf, -np.inf, 5], [np.nan, 3, 3.5, 1]), 1)
        yield large(apart(g, 300, 41), 0)
        yield large(apart(g, 300, 41), 1)
    yield bad(IndexError, "", g(0, 3), 0)
    yield bad(*OUT_OF_RANGE, g(2, 3), 2)


def most_frequent(g):
    """mode(x, dim)"""
    yield S(apart(g, 1))
    yield S(g(), 0)
    for dim in (0, 1, -1):
        yield kink(g.ties(4, 6), dim)
        yield kink(g.ties(4, 6), dim, keepdim=True)
        yield kink(g.ties(40, 30), dim)
    yield large(g.ties(2, 2000), 1)
    yield S(apart(g, 0, 3), 1)
    yield bad(*OUT_OF_RANGE, g(2, 3), 2)


def scan(f):
    """A NumPy scan under PyTorch's argument names; integers are int64, float32 is accumulated in double."""

    def reference(x, dim, dtype=None):
        dtype = np.dtype(dtype or (x.dtype if x.dtype.kind == "f" else np.int64))
        x = x.astype(dtype)
        wide = x.astype(np.float64) if dtype.kind == "f" else x
        result = f(wide[None], axis=0)[0] if x.ndim == 0 else f(wide, axis=dim)
        return result.astype(dtype)

    return reference


def running_log_sum(x, axis):
    return np.logaddexp.accumulate(x, axis) if x.size else x


def order(x, dim=-1, descending=False, stable=False):
    x = np.atleast_1d(x)
    if not descending:
        return np.argsort(x, dim, kind="stable")
    flipped = np.argsort(np.flip(x, dim), dim, kind="stable")
    return np.flip(x.shape[dim] - 1 - flipped, dim)


def argsort(x, *args, **kwargs):
    return order(x, *args, **kwargs).reshape(x.shape)


def sort(x, *args, **kwargs):
    dim = args[0] if args else kwargs.get("dim", -1)
    index = order(x, *args, **kwargs)
    return np.take_along_axis(np.atleast_1d(x), index, dim).reshape(x.shape), index.reshape(x.shape)


def topk(x, k, dim=-1, largest=True, sorted=True):
    index = np.take(order(x, dim, largest), np.arange(k), dim)
    values = np.take_along_axis(np.atleast_1d(x), index, dim)
    return (values, index) if x.ndim else (values[0], index[0])


def nth(x, k, dim=-1, keepdim=False):
    values, index = (np.take(part, [k], dim) for part in (np.sort(np.atleast_1d(x), dim), order(x, dim)))
    return tuple(part if keepdim and x.ndim else part.squeeze(dim) for part in (values, index))


def kthvalue(x, k, dim=-1, keepdim=False):
    return nth(x, k - 1, dim, keepdim)


FIELDS = ("values", "indices")

OPS = [
    Op("cumsum", scan(np.cumsum), scanned_as, out=True),
    Op(
        "cumprod",
        scan(np.cumprod),
        products,
        rows=("cumprod", "linear_recurrence"),
        out=True,
        rtol={"float64": 1e-10, "float32": 1e-4},
    ),
    Op("logcumsumexp", scan(running_log_sum), log_sums, dtypes=FLOATS, out=True, rtol={"float32": 1e-4}),
    Op("cummax", None, extremes_so_far, fields=FIELDS, out=True),
    Op("cummin", None, extremes_so_far, fields=FIELDS, out=True),
    Op("sort", sort, sorted_, fields=FIELDS, out=True),
    Op("sort.stable", sort, sorted_stably, fields=FIELDS),
    Op("argsort", argsort, places, grad=False, out=True),
    Op("msort", lambda x: np.sort(x, 0) if x.ndim else x, first_sorted, rows=(), out=True),
    Op("topk", topk, best, dtypes=NUMBERS, fields=FIELDS, out=True),
    Op("topk.ties", None, best_of_equals, dtypes=NUMBERS, fields=FIELDS, out=True, rows=()),
    Op("kthvalue", kthvalue, kth, dtypes=NUMBERS, fields=FIELDS, out=True),
    Op("kthvalue.ties", None, kth_of_equals, dtypes=NUMBERS, fields=FIELDS, out=True, rows=()),
    Op("median", None, middle, dtypes=NUMBERS),
    Op("median.dim", None, middle_along, dtypes=NUMBERS, fields=FIELDS, out=True),
    Op("nanmedian", None, middle, dtypes=NUMBERS),
    Op("nanmedian.dim", None, middle_along, dtypes=NUMBERS, fields=FIELDS, out=True),
    Op("mode", None, most_frequent, fields=FIELDS, out=True),
]
