"""Differences, integrals, slopes; quantiles and covariances."""

import numpy as np

from .reductions import OUT_OF_RANGE
from .spec import ALL, FLOATS, INTS, LAYOUTS, NUMBERS, Op, S, bad, kink, large

STRIDED = [layout for layout in LAYOUTS if layout != "expanded"]


def differenced(g):
    """diff(x, n, dim, prepend, append)"""
    yield from (S(g(*shape)) for shape in [(5,), (2, 3), (1,), (0,), (2, 0), (2, 1, 3)])
    yield S(g(2, 4), 2)
    yield S(g(2, 4), 0)
    yield S(g(2, 3), 9)
    yield S(g(3, 4), n=1, dim=0)
    yield S(g(2, 3, 4), 2, -2)
    yield S(g(2, 3), prepend=g(2, 1), append=g(2, 2))
    yield S(g(2, 3), dim=0, append=g(1, 3))
    yield from (S(g(3, 4, layout=layout), dim=dim) for layout in STRIDED for dim in (0, 1))
    yield kink(g.ties(9))
    yield large(g(40_000))
    yield bad(RuntimeError, "at least one-dimensional", g())
    yield bad(RuntimeError, "order must be non-negative", g(3), -1)
    yield bad(RuntimeError, "same dimension as input", g(2, 3), prepend=g(2))
    yield bad(RuntimeError, "match that of input except", g(2, 3), append=g(3, 1))
    yield bad(*OUT_OF_RANGE, g(2, 3), dim=2)


def np_diff(x, n=1, dim=-1, prepend=None, append=None):
    if n == 0:
        return x
    joined = {name: part for name, part in (("prepend", prepend), ("append", append)) if part is not None}
    return np.diff(x, n, dim, **joined)


def integrated(g):
    """trapezoid(y, x, dx=, dim=)"""
    yield from (S(g(*shape)) for shape in [(5,), (2, 3), (1,), (2, 1, 3)])
    yield S(g(2, 4), dx=0.5)
    yield S(g(3, 4), dim=0)
    yield S(g(2, 3, 4), dx=2, dim=-2)
    if (
        g.dtype.itemsize >= 4 and g.dtype.kind != "u"
    ):  # smaller integers wrap, and differences of unsigned ones
        yield S(g(2, 4), g(4))
        yield S(g(2, 4), g(2, 4))
        yield S(g(2, 4), x=g(1, 4))
        yield S(g(2, 3, 4), g(3), dim=1)
        yield S(g(2, 3, 4), g(3, 1), dim=1)
        yield bad(RuntimeError, "one `x` value for each sample point", g(2, 3), g(2))
    yield from (S(g(3, 4, layout=layout), dim=dim) for layout in STRIDED for dim in (0, 1))
    yield large(g(40_000), dx=1e-3)
    yield bad(IndexError, "", g())
    yield bad(TypeError, "", g(3), g(3), dx=1)
    yield bad(*OUT_OF_RANGE, g(2, 3), dim=2)


def with_points(f):
    """Over numbers as PyTorch has them: of integers float32."""

    def reference(y, x=None, dx=1, dim=-1):
        dtype, y = y.dtype if y.dtype.kind == "f" else np.float32, y.astype(np.float64)
        if x is not None:
            x = x.astype(np.float64)
            x = x.reshape([-1 if d == dim % y.ndim else 1 for d in range(y.ndim)]) if x.ndim == 1 else x
            steps = np.diff(x.reshape([1] * (y.ndim - x.ndim) + list(x.shape)), axis=dim)
        return np.asarray(f(y, dx if x is None else steps, dim)).astype(dtype)

    return reference


def areas(y, steps, dim):
    n = y.shape[dim]
    return (np.take(y, range(n - 1), dim) + np.take(y, range(1, n), dim)) * steps / 2


def sloped(g):
    """gradient(x, spacing=, dim=, edge_order=)"""
    yield from (S(g(*shape)) for shape in [(5,), (2, 3), (3, 2, 4), ()])
    yield S(g(5), spacing=2)
    yield S(g(5), edge_order=2)
    yield S(g(3, 4), spacing=2.5, dim=1, edge_order=2)
    yield S(g(3, 4), dim=(0, -1))
    yield S(g(3, 4), spacing=[2, 0.5])
    yield S(g(3, 4), spacing=[0.5], dim=0)
    yield from (S(g(3, 4, layout=layout)) for layout in STRIDED)
    yield bad(RuntimeError, "edge_order=1 and edge_order=2", g(5), edge_order=3)
    yield bad(RuntimeError, "at least edge_order+1", g(1))
    yield bad(RuntimeError, "at least edge_order+1", g(3, 2), edge_order=2)
    yield bad(RuntimeError, "a list of length", g(3, 4), spacing=[1.0])
    yield bad(RuntimeError, "appears multiple times", g(3, 4), dim=(0, 0))
    yield bad(*OUT_OF_RANGE, g(2, 3), dim=2)


def at_points(g):
    """gradient(x, spacing=(coordinates, ...))"""
    rising = ((0.5, 2.0),)
    points = [np.cumsum(g(n, domain=rising)) for n in (3, 4)]
    for order in (1, 2):
        yield S(g(4), spacing=(points[1],), edge_order=order)
        yield S(g(3, 4), spacing=points, edge_order=order)
        yield S(g(3, 4), spacing=[points[1]], dim=1, edge_order=order)
        yield S(g(3, 4), spacing=[2.0, points[1]][1:], dim=-1, edge_order=order)


def np_gradient(x, spacing=1, dim=None, edge_order=1):
    x = x if x.dtype.kind == "f" else x.astype(np.float32)
    if x.ndim == 0:
        return []
    spacing = spacing if isinstance(spacing, list | tuple) else [spacing]
    axis = tuple(np.atleast_1d(dim)) if dim is not None else tuple(range(x.ndim))
    results = np.gradient(x, *spacing, axis=axis, edge_order=edge_order)
    results = results if isinstance(results, list | tuple) else [results]
    return [np.asarray(r, x.dtype) for r in results]


WAYS = ("linear", "lower", "higher", "midpoint", "nearest")


def quantiles(g):
    """quantile(x, q, dim, keepdim, interpolation=)"""
    yield S(g.distinct(7), 0.3)
    yield S(g.distinct(2, 3), 0.5)
    yield S(g.distinct(), 0.5)
    for way in WAYS:
        wrap = S if way in ("linear", "midpoint") else kink
        yield wrap(g.distinct(2, 5), g.values(0.2, 0.6, 0.9), 1, interpolation=way)
        yield wrap(g.distinct(5, 2), 0.4, 0, True, interpolation=way)
    for q in (0, 1, 0.25):
        yield kink(g.distinct(5), q)
    yield S(g.distinct(2, 3, 4), g.values(0.3, 0.7), dim=1, keepdim=True)
    yield S(g.distinct(2, 3, 4), g.values(0.3), dim=-2)
    yield S(g.distinct(2, 3), g.values(0.3, 0.7), keepdim=True)
    yield S(g.distinct(2, 3), np.array(0.3, g.dtype), keepdim=True)
    yield from (S(g(3, 4, layout=layout), 0.3, dim) for layout in STRIDED for dim in (0, 1))
    if g.floating:
        yield kink(g.values([1, np.nan, 2], [3, 1, 2], [np.nan] * 3), g.values(0.3, 1), 1)
        yield kink(g.values([1, np.nan, 2], [3, 1, 2]), 0.3)
    yield kink(g.ties(3, 6), 0.4, 1)
    yield large(g(4_000), 0.3)
    yield bad(RuntimeError, "must be non-empty", g(0), 0.5)
    yield bad(RuntimeError, "in the range [0, 1]", g(3), 1.5)
    yield bad(RuntimeError, "scalar or 1D", g(3), g(1, 1, domain=((0.0, 1.0),)))
    yield bad(RuntimeError, "interpolation must be one of", g(3), 0.5, interpolation="cubic")
    yield bad(*OUT_OF_RANGE, g(2, 3), 0.5, 2)


def np_quantile(without_nans):
    def reference(x, q, dim=None, keepdim=False, interpolation="linear"):
        if x.ndim == 0:
            return np.asarray(x if np.ndim(q) == 0 else np.full(np.shape(q), x), x.dtype)
        f = np.nanquantile if without_nans else np.quantile
        ranks = np.asarray(q, np.float64)
        # NumPy's "nearest" rounds halves its own way; "midpoint" is of the two even where one is met.
        rows = x.astype(np.float64)
        return np.asarray(f(rows, ranks, dim, keepdims=keepdim, method=interpolation)).astype(x.dtype)

    return reference


def covariances(g):
    """cov(x, correction=, fweights=, aweights=)"""
    yield from (S(g(*shape)) for shape in [(4,), (2, 5), (3, 4), (1, 3)])
    yield S(g(2, 5), correction=0)
    often = np.array([1, 2, 0, 3, 1])
    yield S(g(2, 5), fweights=often)
    yield from (S(g(3, 4, layout=layout)) for layout in STRIDED)
    if g.floating:
        weights = g(5, domain=((0.5, 2.0),))
        yield S(g(2, 5), aweights=weights)
        yield S(g(2, 5), fweights=often, aweights=weights)
        yield S(g(2, 5), fweights=often, aweights=weights, correction=0)
        yield bad(RuntimeError, "cannot be negative", g(2, 5), aweights=-weights)
    yield large(g(5, 900))
    yield bad(RuntimeError, "two or fewer dimensions", g(1, 1, 1))
    yield bad(RuntimeError, "integral dtype", g(2, 3), fweights=np.ones(3))
    yield bad(RuntimeError, "floating point dtype", g(2, 3), aweights=np.ones(3, np.int64))
    yield bad(RuntimeError, "same numel", g(2, 3), fweights=np.ones(2, np.int64))
    yield bad(RuntimeError, "one or fewer dimensions", g(2, 3), fweights=np.ones((1, 3), np.int64))
    yield bad(RuntimeError, "cannot be negative", g(2, 3), fweights=-np.ones(3, np.int64))
    yield bad(RuntimeError, "weights sum to zero", g(2, 3), fweights=np.zeros(3, np.int64))


def np_cov(x, correction=1, fweights=None, aweights=None):
    dtype = x.dtype if x.dtype.kind == "f" else np.float32
    return np.asarray(
        np.cov(x.astype(np.float64), ddof=correction, fweights=fweights, aweights=aweights)
    ).astype(dtype)


def correlations(g):
    yield from (S(g(*shape)) for shape in [(2, 5), (3, 4)])
    yield kink(g(4))
    yield from (S(g(3, 4, layout=layout)) for layout in STRIDED)
    yield bad(RuntimeError, "two or fewer dimensions", g(1, 1, 1))


def np_corrcoef(x):
    return np.asarray(np.corrcoef(x.astype(np.float64))).astype(
        x.dtype if x.dtype.kind == "f" else np.float32
    )


SIGNED = FLOATS + tuple(t for t in INTS if t != "uint8")
integral = {"rows": (), "dtypes": NUMBERS, "method": False}
OPS = [
    Op("diff", np_diff, differenced, rows=(), dtypes=ALL, out=True),
    Op("trapezoid", with_points(lambda y, h, dim: areas(y, h, dim).sum(dim)), integrated, **integral),
    Op("trapz", with_points(lambda y, h, dim: areas(y, h, dim).sum(dim)), integrated, **integral),
    Op("cumulative_trapezoid", with_points(lambda y, h, dim: areas(y, h, dim).cumsum(dim)), integrated,
       **integral),
    Op("gradient", np_gradient, sloped, rows=(), dtypes=SIGNED, method=False),
    Op("gradient.points", np_gradient, at_points, rows=(), dtypes=SIGNED, method=False),
    Op("quantile", np_quantile(False), quantiles, rows=(), dtypes=FLOATS, out=True),
    Op("nanquantile", np_quantile(True), quantiles, rows=(), dtypes=FLOATS, out=True),
    Op("cov", np_cov, covariances, rows=(), dtypes=NUMBERS),
    Op("corrcoef", np_corrcoef, correlations, rows=(), dtypes=NUMBERS),
]  # fmt: skip
