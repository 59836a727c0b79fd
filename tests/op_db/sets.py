"""What is equal, how many fall where, where values stand among sorted ones."""

import numpy as np

from .reductions import OUT_OF_RANGE
from .spec import ALL, FLOATS, INTS, LAYOUTS, NUMBERS, Op, S, bad, kink, large


def counted(lib, name, x, **kwargs):
    """With all that can be asked for; without the node, for it has no derivative."""
    results = getattr(lib, name)(x, return_inverse=True, return_counts=True, **kwargs)
    return tuple(r.detach() for r in results)


def distinct(g):
    """unique(x, dim=dim)"""
    for shape in [(), (1,), (7,), (3, 4), (0,), (2, 0), (2, 3, 2)]:
        yield S(g.ties(*shape))
    yield from (S(g(3, 4, layout=layout)) for layout in LAYOUTS)
    for shape, dim in [
        ((7, 1), 0),
        ((9, 2), 0),
        ((2, 9), 1),
        ((2, 9), -1),
        ((2, 3, 2), 1),
        ((0, 3), 0),
        ((3, 0), 1),
    ]:
        yield S(g.ties(*shape), dim=dim)
    yield S(g(3, 4, layout="transposed"), dim=1)
    yield large(g.ties(20_000))
    yield large(g.ties(3_000, 3), dim=0)
    if g.floating:
        yield kink(g.values(np.nan, 1, np.nan, 1, -0.0, 0, np.inf))
    yield bad(RuntimeError, "0 sized dimensions", g(0, 3), dim=1)
    yield bad(IndexError, "has no dimensions", g(), dim=0)
    yield bad(*OUT_OF_RANGE, g(2, 3), dim=2)


def np_unique(x, dim=None):
    values, inverse, counts = np.unique(x, return_inverse=True, return_counts=True, axis=dim, equal_nan=False)
    return values, inverse.reshape(x.shape if dim is None else -1), counts


def np_unique_consecutive(x, dim=None):
    rows = x.reshape(-1) if dim is None else np.moveaxis(x, dim, 0)
    new = np.array([i == 0 or not np.array_equal(rows[i], rows[i - 1]) for i in range(len(rows))], bool)
    values = rows[new] if dim is None else np.moveaxis(rows[new], 0, dim)
    places = np.cumsum(new) - 1
    counts = np.bincount(places, minlength=0)
    return values, places.reshape(x.shape) if dim is None else places, counts


def binned(g):
    """bincount(x, weights, minlength)"""
    few = ((0, 5),)
    for size in (1, 7, 0):
        yield S(g(size, domain=few))
        yield S(g(size, domain=few), minlength=9)
    yield S(np.array([0, 2, 2, 1]).astype(g.dtype), np.array([1, 2, 0, -1]))
    yield S(g(7, layout="stepped", domain=few))
    yield large(g(9_000, domain=few))
    yield bad(RuntimeError, "1-d non-negative", g(2, 2, domain=few))
    yield bad(RuntimeError, "minlength should be >= 0", g(3, domain=few), minlength=-1)
    yield bad(RuntimeError, "same length as input", g(3, domain=few), np.ones(2))
    if g.dtype.kind == "i":
        yield bad(RuntimeError, "1-d non-negative", -np.ones(2, g.dtype))


def np_bincount(x, weights=None, minlength=0):
    counts = np.bincount(x.astype(np.int64), weights, minlength)
    return counts if weights is None or x.size == 0 else counts.astype(np.float64)


def weighted(g):
    """bincount(x, weights), without the node that has no derivative"""
    for dtype in ("float32", "float64", "int32"):
        yield S(np.array([0, 2, 2, 1]), np.array([0.5, 2, -1, 3]).astype(dtype))


def weighted_counts(lib, x, weights):
    return lib.bincount(x, weights).detach()


def np_weighted(x, weights):
    return np.bincount(x, weights).astype(weights.dtype if weights.dtype == np.float32 else np.float64)


def in_range(g):
    """histc(x, bins, min, max)"""
    yield S(g(20), 4)
    yield S(g(20), 4, -1, 2)
    yield S(g(3, 4), bins=3, min=-2.5, max=2.5)
    yield S(g(3, 4, layout="transposed"), 5, min=0, max=1)
    yield S(g.ties(9), 4)
    yield S(g(0), 3)
    yield S(np.ones(3, g.dtype), 4)
    yield S(g(5))
    if g.floating:
        yield kink(g.values(1, 2, 3, np.nan, 9, np.inf), 4, 0, 4)
        yield bad(RuntimeError, "is not finite", g.values(1, np.inf), 3)
    yield bad(RuntimeError, "bins must be > 0", g(3), 0)
    yield bad(RuntimeError, "max must be larger than min", g(3), 3, 2, 1)
    yield large(g(20_000), 16, -2, 2)


def np_histc(x, bins=100, min=0, max=0):
    if min == max:
        min, max = (x.min(), x.max()) if x.size else (0, 0)
    if min == max:
        min, max = min - 1, max + 1
    kept = x[(x >= min) & (x <= max)]
    places = (
        (kept - x.dtype.type(min)) * x.dtype.type(bins) / (x.dtype.type(max) - x.dtype.type(min))
    ).astype(int)
    return np.bincount(np.minimum(places, bins - 1).ravel(), minlength=bins).astype(x.dtype)


def histograms(g):
    """histogram(x, bins)"""
    yield S(g(20), 4)
    yield S(g(20), 4, range=(-1.0, 2.0))
    yield S(g(3, 4), bins=3, range=(-2.5, 2.5), density=True)
    yield S(g(12), np.array([-2, -1, 0.5, 2]).astype(g.dtype))
    yield S(g(12), np.array([-2, -1, 0.5, 2]).astype(g.dtype), density=True)
    yield S(g(3, 4), 4, weight=g(3, 4, domain=((0.25, 2.0),)))
    yield S(g.ties(9), 4)
    yield S(g(0), 3)
    yield S(np.ones(3, g.dtype), 4)
    if g.floating:
        yield kink(g.values(1, 2, 3, np.nan), 3, range=(0.0, 3.0))
        yield bad(RuntimeError, "is not finite", g.values(1, np.nan), 3)
    yield bad(RuntimeError, "bins must be > 0", g(3), 0)
    yield bad(RuntimeError, "min should not exceed max", g(3), 3, range=(2.0, 1.0))
    yield bad(RuntimeError, "should have one dimension", g(3), g(2, 2))
    yield bad(RuntimeError, "same shape as the input", g(3), 3, weight=g(2))


def histogram(lib, x, bins, **kwargs):
    found = lib.histogram(x, bins, **kwargs)
    return tuple(r.detach() if r.requires_grad else r for r in found)


def np_histogram(x, bins, range=None, weight=None, density=False):
    kept = np.isfinite(x)
    hist, edges = np.histogram(x[kept], bins, range, density, weight if weight is None else weight[kept])
    return hist.astype(x.dtype), edges.astype(x.dtype)


def sought(g):
    """searchsorted(sorted, values)"""
    rows = np.sort(g.ties(6)), np.sort(g.ties(2, 5))
    yield S(rows[0], g.ties(4))
    yield S(rows[0], g.ties(2, 3))
    yield S(rows[0], g.ties(2, 3), right=True)
    yield S(rows[0], g.ties(3), side="right")
    yield S(rows[0], g.ties(3), side="left", out_int32=True)
    yield S(rows[1], g.ties(2, 3))
    yield S(rows[0], g.ties())
    yield S(rows[0], 1)
    yield S(rows[0], 1.5, right=True)
    yield S(rows[0][:0], g.ties(2))
    yield S(rows[0], g.ties(0))
    yield S(rows[0][::-1].copy(), g.ties(4), sorter=np.arange(6)[::-1].copy())
    yield S(rows[0], np.array([0.5, 2], np.float64))
    yield large(np.sort(g.ties(5_000)), g.ties(9_000))
    if g.floating:
        yield S(rows[0], g.values(np.nan, np.inf, -np.inf))
    yield bad(RuntimeError, "the first N-1 dimensions", rows[1], g.ties(3, 3))
    yield bad(RuntimeError, "input value can be a scalar only", rows[1], 1)
    yield bad(RuntimeError, "should have positive dimension", g(), g(2))
    yield bad(RuntimeError, "side can only be", rows[0], g(2), side="middle")
    yield bad(RuntimeError, "can't be set to opposites", rows[0], g(2), side="left", right=True)
    yield bad(RuntimeError, "sorter index out of range", rows[0], g(2), sorter=np.arange(6) + 1)
    yield bad(RuntimeError, "must have the same size", rows[0], g(2), sorter=np.arange(5))


def np_searchsorted(rows, values, out_int32=False, right=False, side=None, sorter=None):
    side = side or ("right" if right else "left")
    dtype = np.int32 if out_int32 else np.int64
    if rows.ndim == 1:
        return np.asarray(np.searchsorted(rows, values, side, sorter)).astype(dtype)
    return np.stack([np.searchsorted(r, v, side) for r, v in zip(rows, values, strict=True)]).astype(dtype)


def bucketed(g):
    edges = np.sort(g.ties(6))
    yield S(g.ties(3, 4), edges)
    yield S(g.ties(3, 4), edges, right=True)
    yield S(g(3, 4), edges, out_int32=True)
    yield S(1, edges)
    yield bad(RuntimeError, "boundaries tensor must be 1 dimension", g(3), g(2, 2))


def members(g):
    """isin(elements, tested)"""
    for shape, tested in [
        ((6,), (3,)),
        ((2, 3), (2, 2)),
        ((), (3,)),
        ((4,), ()),
        ((3,), (0,)),
        ((0, 2), (3,)),
    ]:
        yield S(g.ties(*shape), g.ties(*tested))
        yield S(g.ties(*shape), g.ties(*tested) + g.ties(*tested), invert=True, assume_unique=False)
    yield S(g(4, layout="stepped"), g(5, layout="stepped"))
    yield S(g.ties(5), 1)
    yield S(1, g.ties(5))
    yield S(g.ties(5), 1.5)
    if g.floating:
        yield kink(g.hard(), g.values(np.nan, -0.0, np.inf))
    yield bad(TypeError, "isin()", 1, 2)
    yield bad(RuntimeError, "Unsupported input type encountered for isin(): Bool", g.mask(2), g(2))


def np_isin(elements, tested, invert=False, assume_unique=False):
    return np.isin(elements, tested, invert=invert)


OPS = [
    Op("isin", np_isin, members, rows=(), dtypes=NUMBERS, grad=False, method=False, out=True),
    Op("unique", np_unique, distinct, lambda lib, x, **kw: counted(lib, "unique", x, **kw),
       rows=("unique", "unique_dim"), dtypes=ALL, grad=False),
    Op("unique_consecutive", np_unique_consecutive, distinct,
       lambda lib, x, **kw: counted(lib, "unique_consecutive", x, **kw), dtypes=ALL, grad=False),
    Op("bincount", np_bincount, binned, dtypes=INTS, grad=False),
    Op("bincount.weighted", np_weighted, weighted, weighted_counts, rows=(), dtypes=ALL, grad=False),
    Op("histc", np_histc, in_range, dtypes=FLOATS, grad=False, out=True),
    Op("histogram", np_histogram, histograms, histogram, dtypes=FLOATS, grad=False, out=True),
    Op("searchsorted", np_searchsorted, sought, dtypes=NUMBERS, grad=False, method=False, out=True),
    Op("bucketize", lambda values, edges, **kw: np_searchsorted(edges, values, **kw), bucketed, rows=(),
       dtypes=NUMBERS, grad=False, method=False, out=True),
]  # fmt: skip
