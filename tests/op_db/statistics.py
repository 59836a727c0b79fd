"""Products, sums without NaNs, moments, norms."""

import math
import warnings

import numpy as np

from .reductions import EMPTY_DIM, LARGE, MANY_DIMS, ONE_DIM, OUT_OF_RANGE, along, axes, summed, whole
from .spec import ALL, FLOATS, LAYOUTS, NONZERO, Dtype, Op, S, Strided, bad, kink, large

INF = math.inf


def zeros_among(g):
    """No, one, two zeros: what a quotient of products cannot differentiate."""
    yield from (S(g.values(*row)) for row in [(0, 2, 3), (2, 0, 3), (0, 2, 0), (0, 0, 0)])


def product(g):
    """prod(x)"""
    few = [s for s in whole(g) if not s.large]  # of many factors nothing finite is left
    yield from few
    yield from zeros_among(g)
    yield S(g(2, 3), dtype=Dtype("float64"))
    yield S(g(2, 3), dtype=Dtype("float32"))
    if g.floating:
        yield kink(g.values(1, np.inf, 2))
        yield kink(g.values(np.nan, 0, 2))


def product_along(g):
    """prod(x, dim)"""
    for sample in along(g, ONE_DIM + EMPTY_DIM[:1]):
        vast = sample.large and g.floating
        yield large(np.sign(values_of(sample)), *sample.args[1:]) if vast else sample
    yield S(g.values([0, 2, 3], [0, 0, 3], [1, 2, 3]), 1)
    yield S(g.values([0, 2, 3], [0, 0, 3], [1, 2, 3]), 0)
    yield S(g(2, 3), 1, dtype=Dtype("float64"))


def values_of(sample):
    return sample.args[0].value if isinstance(sample.args[0], Strided) else sample.args[0]


def with_nans(g):
    yield from summed(g)
    yield from along(g, ONE_DIM + MANY_DIMS + EMPTY_DIM)
    yield S(g(2, 3), 1, dtype=Dtype("float64"))


def averaged(g):
    """Over nothing there is no second derivative."""
    for s in with_nans(g):
        yield kink(*s.args, **s.kwargs) if values_of(s).size == 0 and not s.error else s


def counted(g):
    """count_nonzero(x, dim)"""
    yield from whole(g)
    for shape, dim in ONE_DIM + MANY_DIMS + EMPTY_DIM:
        yield S(g.ties(*shape), dim)
    yield from (S(g(3, 4, layout=layout), dim=1) for layout in LAYOUTS)
    yield from (large(g.ties(*shape), dim) for shape, dim in LARGE)
    yield bad(*OUT_OF_RANGE, g(2, 3), 2)


def both_extremes(g):
    """aminmax(x, dim=dim)"""
    yield from whole(g, empty=False)
    for shape, dim in ONE_DIM:
        yield S(g.distinct(*shape), dim=dim)
        yield S(g.distinct(*shape), dim=dim, keepdim=True)
    yield S(g.distinct(2, 3), keepdim=True)
    yield from (kink(g.ties(3, 4), dim=dim) for dim in (0, 1))
    yield from (large(g(*shape), dim=dim) for shape, dim in LARGE)
    if g.floating:
        yield kink(g.hard().reshape(3, 5), dim=1)
    yield bad(RuntimeError, "", g(0))
    yield bad(IndexError, "Expected reduction dim", g(0, 3), dim=0)
    yield bad(*OUT_OF_RANGE, g(2, 3), dim=2)


def moments(g):
    """var(x, dim, unbiased, keepdim, correction=)"""
    yield from (S(g(*shape)) for shape in [(5,), (2, 3), (2, 1, 3)])
    yield from (S(g(3, 4, layout=layout)) for layout in LAYOUTS if layout != "expanded")
    for shape, dim in [((4,), 0), ((2, 3), 0), ((2, 3), -1), ((2, 3, 4), (0, 2)), ((2, 3, 4), (-1, 1))]:
        yield S(g(*shape), dim)
        yield S(g(*shape), dim=dim, keepdim=True)
        yield S(g(*shape), dim, unbiased=False)
        yield S(g(*shape), dim, correction=0.5)
    yield S(g(2, 3), False)
    yield S(g(2, 3), None, False)
    yield S(g(2, 3), 1, False, True)
    yield S(g(2, 3), correction=0)
    yield kink(np.full((3, 7), 0.1).astype(g.dtype), 1)  # equal elements have no variance at all
    if g.floating:
        yield kink(g.values([np.nan, 1, 2], [1, 2, np.inf]), 1)
    yield S(g(3, 4) + g.number(8), 1)
    yield large(g(40_000))
    yield from (large(g(*shape), dim) for shape, dim in LARGE)
    yield large(g(523, 7, layout="transposed"), 1)
    yield large(g(523, 70, layout="stepped"), 0)
    yield bad(*OUT_OF_RANGE, g(2, 3), 2)
    yield bad(RuntimeError, "appears multiple times", g(2, 3), (0, 0))
    yield bad(TypeError, "", g(2, 3), 0, unbiased=True, correction=1)


def no_freedom(g):
    """As many elements as `correction`, or fewer: a warning, NaN or inf."""
    yield from (kink(g(*shape)) for shape in [(), (1,), (0,), (2, 0)])
    yield from (kink(g(*shape), dim) for shape, dim in [((3, 1, 2), 1), ((0, 3), 0), ((0, 3), 1), ((), 0)])
    yield from (kink(g.values(1, 2, 4), correction=c) for c in (3, 4.5))
    yield from (kink(g.values(1, 2, 4), 0, correction=c) for c in (3, 4.5))


def warned(name):
    def call(lib, *args, **kwargs):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            result = getattr(lib, name)(*args, **kwargs)
        assert any("degrees of freedom is <= 0" in str(warning.message) for warning in caught)
        return result

    return call


def moment(f, mean=False):
    def reference(x, dim=None, unbiased=True, keepdim=False, correction=None):
        if isinstance(dim, bool):
            dim, unbiased = None, dim
        dtype, x = x.dtype, np.atleast_1d(x).astype(np.float64)
        lessened = (1 if unbiased else 0) if correction is None else correction
        count = x.size if dim is None else math.prod(x.shape[d] for d in np.atleast_1d(dim))
        center = x.mean(dim, keepdims=True)
        squares = np.square(x - center if np.ptp(x) else 0 * x)  # of equal numbers exact
        result = f(squares.sum(dim, keepdims=keepdim) / max(count - lessened, 0)).astype(dtype)
        return (result, x.mean(dim, keepdims=keepdim).astype(dtype)) if mean else result

    return reference


ORDERS = (2, 1, 3, 1.5, 0.5, INF, -INF, 0, -1)
KINKED = (0, INF, -INF)


def norms(g):
    """norm(x, p, dim, keepdim)"""
    for p in ORDERS:
        wrap = kink if p in KINKED else S
        yield wrap(g(4), p)
        yield wrap(g(2, 3), p, 1)
        yield wrap(g(2, 3, 2), p, (0, -1), True)
        if g.floating:
            yield kink(g.values([0, 0, 0], [0, 1, -2], [2, -2, 1]), p, 1)
            yield kink(g.values([np.nan, 1], [np.inf, 1], [-np.inf, np.nan]), p, 1)
        yield from (large(g(*shape), p, dim) for shape, dim in LARGE)
        yield wrap(g(0, 3), p, 1)
    yield from (S(g(*shape)) for shape in [(), (1,), (5,), (2, 3), (2, 1, 3)])
    yield from (S(g(3, 4, layout=layout), 2, 0) for layout in LAYOUTS if layout != "expanded")
    yield kink(g(0), 2)
    yield kink(g(0, 3), 1, 0)
    yield S(g(2, 3), dim=1, keepdim=True, dtype=Dtype("float64"))
    yield large(g(523, 7, layout="transposed"), 3)
    yield bad(RuntimeError, "does not have an identity", g(0), INF)
    yield bad(RuntimeError, "does not have an identity", g(0, 3), -1, 0)
    yield bad(*OUT_OF_RANGE, g(2, 3), 2, 2)
    yield bad(RuntimeError, "appears multiple times", g(2, 3), 2, (0, 0))
    if g.dtype == np.float64:
        yield bad(RuntimeError, "without narrowing", g(2, 3), dtype=Dtype("float32"))


def named_norms(g):
    """norm(x, 'fro'), norm(x, 'nuc')"""
    yield from norms(g)
    for p in ("fro", None):
        yield S(g(2, 3), p)
        yield S(g(2, 3), p, 1)
        yield S(g(2, 3, 2), p, (0, 2), True)
    yield S(g(2, 3, 2), "fro")
    yield S(g(2, 3), "nuc")
    yield S(g(2, 3, 4), "nuc", (2, 0), True)
    yield S(g(2, 3, 4), "nuc", dim=(0, 1))
    yield bad(RuntimeError, "dim must be a 2-tuple", g(2, 3, 2), "fro", (0, 1, 2))
    yield bad(RuntimeError, "dim must be a 2-tuple", g(2, 3), "nuc", 1)
    yield bad(RuntimeError, "dim must be a 2-tuple", g(2, 3, 2), "nuc")
    yield bad(RuntimeError, "must have at least 2 dimensions", g(3), "nuc")
    yield bad(RuntimeError, "not supported", g(2, 3), "abc")


def np_norm(x, p=2, dim=None, keepdim=False, dtype=None):
    x = x.astype(dtype or x.dtype)
    if p == "nuc":
        x = x if dim is None else np.moveaxis(x, dim, (-2, -1))
        norm = np.linalg.svd(x, compute_uv=False).sum(-1)
        return np.expand_dims(norm, [d % x.ndim for d in dim]) if keepdim else norm
    p = 2 if p in ("fro", None) else p
    size = abs(np.atleast_1d(x))
    if p == 0:
        return np.count_nonzero(size, axis=dim, keepdims=keepdim).astype(x.dtype)
    if math.isinf(p):
        return (np.max if p > 0 else np.min)(size, axis=dim, keepdims=keepdim)
    return (size**p).sum(dim, keepdims=keepdim) ** x.dtype.type(1 / p)


def distances(g):
    for p in ORDERS[:-1]:
        if p:
            yield (kink if p in KINKED else S)(g(4), g(4), p)
            yield kink(g.values(0, 1, 3, 2), g.values(0, 0, 0, 1), p)
    yield S(g(2, 3), g(3))
    yield S(g(2, 3), g(2, 1), p=3)
    yield S(g(), g())
    yield kink(g(0), g(0))
    yield S(g(3, 4, layout="transposed"), g(3, 4), 1)
    yield large(g(40_000), g(40_000))
    yield bad(RuntimeError, "must match the size", g(2), g(3))
    yield bad(RuntimeError, "does not have an identity", g(0), g(0), INF)


def renormed(g):
    """renorm(x, p, dim, maxnorm)"""
    for p in (2, 1, 3, 0.5):
        yield S(g(3, 4), p, 0, 2.0)
        yield S(g(2, 3, 2), p, -1, 1.5)
    yield kink(g(3, 4), INF, 1, 1.0)
    if g.floating:
        yield kink(g.values([0, 0], [3, 4], [np.nan, 1], [np.inf, 1]), 2, 0, 1.0)
    yield S(g(3, 4), 2, 0, 100.0)
    yield kink(g(3, 4), 2, 0, 0)
    yield S(g(0, 3), 2, 1, 1.0)
    yield from (S(g(3, 4, layout=layout), 2, 1, 1) for layout in LAYOUTS if layout != "expanded")
    yield large(g(523, 70), 2, 0, 3.0)
    yield bad(RuntimeError, "non-positive-norm not supported", g(2, 3), 0, 0, 1.0)
    yield bad(RuntimeError, "expected maxnorm to be >= 0", g(2, 3), 2, 0, -1.0)
    yield bad(RuntimeError, "needs at least 2 dimensions", g(3), 2, 0, 1.0)
    yield bad(*OUT_OF_RANGE, g(2, 3), 2, 2, 1.0)


def np_renorm(x, p, dim, maxnorm):
    rest = tuple(d for d in range(x.ndim) if d != dim % x.ndim)
    norm = np_norm(x, p, rest, True)
    return (x * np.where(norm > maxnorm, maxnorm / (norm + 1e-7), 1)).astype(x.dtype)


def integer_prod(x, axis, keepdims, dtype=None):
    return np.prod(x, axis, dtype or (x.dtype if x.dtype.kind == "f" else np.int64), keepdims=keepdims)


def integer_nansum(x, axis, keepdims, dtype=None):
    return np.nansum(x, axis, dtype or (x.dtype if x.dtype.kind == "f" else np.int64), keepdims=keepdims)


def linalg_vector_norm(lib, *args, **kwargs):
    return lib.linalg.vector_norm(*args, **kwargs)


OPS = [
    Op("prod", axes(integer_prod), product),
    Op("prod.dim", axes(integer_prod), product_along, out=True),
    Op("nansum", axes(integer_nansum), with_nans, out=True),
    Op("nanmean", axes(np.nanmean), averaged, rows=(), dtypes=FLOATS, out=True),
    Op("count_nonzero", lambda x, dim=None: np.asarray(np.count_nonzero(np.atleast_1d(x), dim)), counted,
       dtypes=ALL, grad=False),
    Op("aminmax", lambda x, **kw: (axes(np.min)(x, **kw), axes(np.max)(x, **kw)), both_extremes,
       fields=("min", "max"), out=True),
    Op("var", moment(lambda v: v), moments, dtypes=FLOATS, out=True),
    Op("std", moment(np.sqrt), moments, dtypes=FLOATS, out=True),
    Op("var_mean", moment(lambda v: v, True), moments, dtypes=FLOATS, method=False),
    Op("std_mean", moment(np.sqrt, True), moments, dtypes=FLOATS, method=False),
    *(Op(f"{name}.no_freedom", None, no_freedom, warned(name), rows=(), dtypes=FLOATS)
      for name in ("var", "std", "var_mean", "std_mean")),
    Op("norm", np_norm, named_norms, rows=(), dtypes=FLOATS, domain=NONZERO, out=True),
    Op("linalg_vector_norm", np_norm, norms, linalg_vector_norm, dtypes=FLOATS, domain=NONZERO),
    Op("dist", lambda a, b, p=2: np_norm(np.asarray(a - b), p), distances, dtypes=FLOATS),
    Op("renorm", np_renorm, renormed, dtypes=FLOATS, domain=NONZERO, inplace=True, out=True),
]  # fmt: skip
