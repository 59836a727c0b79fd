"""Calls of NumPy's functions, each a function of float64 arrays: its value for ndarrays is what is expected.

`CASES` is a list of (name, function, arrays). Values are away from kinks and ties.
"""

import operator

import numpy as np

A = np.array([[0.3, 0.62, 0.81, 0.17], [0.22, 0.55, 0.71, 0.93], [0.44, 0.12, 0.39, 0.67]])
B = np.array([[1.3, 0.42, 2.1, 1.7], [0.92, 1.55, 0.31, 0.53], [2.4, 1.2, 0.79, 1.97]])
V = np.array([0.41, 0.37, 0.93, 0.08, 0.66])
W = np.array([1.2, 0.7, 0.35, 1.9, 0.81])
T = np.linspace(0.1, 2.5, 24).reshape(2, 3, 4) ** 1.3 % 1.0
S = np.array(0.7)
SQUARE = np.array([[2.0, 0.3, 0.5], [0.1, 1.5, 0.4], [0.7, 0.2, 1.8]])
BATCH = np.stack([SQUARE, SQUARE.T @ SQUARE + 0.3])
MASK = A > 0.4
NAN = np.where(MASK, np.nan, A)
MASK_ROW = np.array([True, False, True, True])


def symmetric(m):
    return m + np.swapaxes(m, -1, -2)


def positive(m):
    return m @ np.swapaxes(m, -1, -2)


def written(function, x, *args, **kwargs):
    """What a function that writes in place has made of x."""
    x = x * 1.0
    assert function(x, *args, **kwargs) is None
    return x


CASES = []


def is_there(name):
    """Whether the installed NumPy has a function of this dotted name."""
    try:
        operator.attrgetter(name)(np)
    except AttributeError:
        return False
    return True


def case(name, *entries, cases=CASES):
    """Each entry: arrays, then the function last."""
    if is_there(name):
        cases += [(name, function, arrays) for *arrays, function in entries]


# --- shapes

case("reshape", (A, lambda x: np.reshape(x, (2, 6))), (T, lambda x: np.reshape(x, (4, -1), order="F")))
case("ravel", (A, np.ravel), (A, lambda x: np.ravel(x, order="F")))
case("transpose", (T, np.transpose), (T, lambda x: np.transpose(x, (1, -1, 0))))
case("permute_dims", (T, lambda x: np.permute_dims(x, (2, 0, 1))))
case("matrix_transpose", (T, np.matrix_transpose))
case("linalg.matrix_transpose", (T, np.linalg.matrix_transpose))
case("swapaxes", (T, lambda x: np.swapaxes(x, 0, -1)))
case("moveaxis", (T, lambda x: np.moveaxis(x, [0, 1], [-1, 0])), (T, lambda x: np.moveaxis(x, 0, 2)))
case("rollaxis", (T, lambda x: np.rollaxis(x, 2)), (T, lambda x: np.rollaxis(x, 0, 3)))
case("expand_dims", (A, lambda x: np.expand_dims(x, (0, -1))), (A, lambda x: np.expand_dims(x, 1)))
case("squeeze", (A[None, :, None], np.squeeze), (A[None, :, None], lambda x: np.squeeze(x, 2)))
case("broadcast_to", (V, lambda x: np.broadcast_to(x, (2, 5))))
case("broadcast_arrays", (V, S, lambda x, y: np.broadcast_arrays(x, y, np.ones((2, 1)))))
case("atleast_1d", (S, np.atleast_1d), (S, V, np.atleast_1d))
case("atleast_2d", (S, V, A, np.atleast_2d))
case("atleast_3d", (S, V, A, T, np.atleast_3d), (V, np.atleast_3d))
case("flip", (T, np.flip), (T, lambda x: np.flip(x, (0, 2))))
case("fliplr", (A, np.fliplr))
case("flipud", (A, np.flipud))
case("rot90", (A, np.rot90), (T, lambda x: np.rot90(x, 3, (1, 2))))
case(
    "roll",
    (A, lambda x: np.roll(x, 2)),
    (A, lambda x: np.roll(x, (1, -2), (0, 1))),
    (A, lambda x: np.roll(x, 1, (0, 1))),
)
case("fft.fftshift", (A, np.fft.fftshift), (V, np.fft.fftshift), (T, lambda x: np.fft.fftshift(x, 1)))
case("fft.ifftshift", (A, np.fft.ifftshift), (V, np.fft.ifftshift))
case("tile", (A, lambda x: np.tile(x, 2)), (V, lambda x: np.tile(x, (2, 1, 2))))
case("repeat", (A, lambda x: np.repeat(x, 2)), (A, lambda x: np.repeat(x, [1, 0, 2], axis=0)))
case("resize", (A, lambda x: np.resize(x, (2, 3))), (V, lambda x: np.resize(x, (3, 4))))
case("diag", (V, np.diag), (A, lambda x: np.diag(x, 1)))
case("diagflat", (A, lambda x: np.diagflat(x, -1)))
case("diagonal", (T, lambda x: np.diagonal(x, 1, 0, 2)))
case("linalg.diagonal", (T, lambda x: np.linalg.diagonal(x, offset=1)))
case("tril", (A, np.tril), (V, lambda x: np.tril(x, 1)))
case("triu", (A, lambda x: np.triu(x, -1)), (V, np.triu))
case("trim_zeros", (V, lambda x: np.trim_zeros(np.concatenate([[0.0], x, [0.0, 0.0]]), "b")))
case("copy", (A, np.copy))
case("astype", (A, lambda x: np.astype(x, np.float64)))
case("real", (A, np.real))
case("real_if_close", (A, np.real_if_close))
case("imag", (A, lambda x: np.imag(x) + x))
case("angle", (A, lambda x: np.angle(x - 0.5) + x), (A, lambda x: np.angle(x - 0.5, deg=True) + x))
case("zeros_like", (A, lambda x: np.zeros_like(x) + x))
case("ones_like", (A, lambda x: np.ones_like(x, shape=(2, 1)) * x[0]))
case("empty_like", (A, lambda x: np.empty_like(x) * 0 + x))
case("full_like", (S, lambda x: np.full_like(x, x, shape=(2, 3))))

# --- joined and cut

case(
    "concatenate",
    (A, B, lambda x, y: np.concatenate([x, y], axis=1)),
    (A, V, lambda x, y: np.concatenate((x, y), axis=None)),
)
case("concat", (A, lambda x: np.concat([x, B, [[1, 2, 3, 4]]])))
case("stack", (A, B, lambda x, y: np.stack([x, y], axis=-1)), (S, lambda x: np.stack([x, x * 2, 1.0])))
case("vstack", (V, W, lambda x, y: np.vstack([x, y])))
case("row_stack", (V, W, lambda x, y: np.vstack([x, y])))
case("hstack", (V, W, lambda x, y: np.hstack([x, y])), (A, B, lambda x, y: np.hstack([x, y])))
case("dstack", (A, B, lambda x, y: np.dstack([x, y])), (V, lambda x: np.dstack([x, W])))
case("column_stack", (V, A[:, :1], lambda x, y: np.column_stack([x[:3], y, x[1:4]])))
case(
    "block",
    (A, S, lambda x, y: np.block([[x, x * 2], [np.ones((1, 4)) * y, np.zeros((1, 4))]])),
    (V, lambda x: np.block([x, 1.0])),
)
case("append", (A, V, np.append), (A, B, lambda x, y: np.append(x, y, axis=1)))
case(
    "insert",
    (V, S, lambda x, y: np.insert(x, [1, 3], y)),
    (A, V, lambda x, y: np.insert(x, 1, y[:3], axis=1)),
    (A, lambda x: np.insert(x, 2, 5.0)),
)
case(
    "delete",
    (V, lambda x: np.delete(x, [0, 2])),
    (A, lambda x: np.delete(x, 1, axis=0)),
    (A, lambda x: np.delete(x, slice(1, 3))),
)
case("split", (A, lambda x: np.split(x, 2, axis=1)), (V, lambda x: np.split(x, [1, 4])))
case("array_split", (V, lambda x: np.array_split(x, 3)))
case("hsplit", (A, lambda x: np.hsplit(x, 2)), (V, lambda x: np.hsplit(x, [2])))
case("vsplit", (A, lambda x: np.vsplit(x, [1])))
case("dsplit", (T, lambda x: np.dsplit(x, 2)))
case("unstack", (A, lambda x: np.unstack(x, axis=1)))
case("meshgrid", (V, W, np.meshgrid), (V, W, lambda x, y: np.meshgrid(x, y, indexing="ij", sparse=True)))
for _mode, _options in (
    ("constant", {"constant_values": ((1.0, 2.0), (3.0, 4.0))}),
    ("edge", {}),
    ("reflect", {}),
    ("symmetric", {}),
    ("wrap", {}),
    ("linear_ramp", {"end_values": (5.0, -4.0)}),
    ("maximum", {}),
    ("minimum", {"stat_length": 2}),
    ("mean", {"stat_length": ((1, 2), (3, 2))}),
    ("median", {}),
):
    case("pad", (A, lambda x, m=_mode, o=_options: np.pad(x, ((1, 2), (0, 3)), m, **o)))
case(
    "pad",
    (V, lambda x: np.pad(x, 2)),
    (V, S, lambda x, c: np.pad(x, 1, constant_values=c)),
)
if np.lib.NumpyVersion(np.__version__) >= "2.2.0":
    case("pad", (A, lambda x: np.pad(x, {-1: (2, 1)})))
case(
    "lib.stride_tricks.sliding_window_view",
    (V, lambda x: np.lib.stride_tricks.sliding_window_view(x, 3)),
    (A, lambda x: np.lib.stride_tricks.sliding_window_view(x, (2, 2))),
)

# --- sums and means

AXES = ({}, {"axis": 0}, {"axis": (0, 2), "keepdims": True}, {"axis": -1})
for _name in ("sum", "prod", "mean", "var", "std", "max", "min", "amax", "amin", "ptp"):
    for _kw in AXES:
        case(_name, (T, lambda x, n=_name, k=_kw: getattr(np, n)(x, **k)))
WHERE = {"axis": 1, "where": MASK}
for _name in ("sum", "prod", "mean", "var", "std"):
    case(_name, (A, lambda x, n=_name: getattr(np, n)(x, **WHERE)))
for _name in ("max", "min", "sum", "prod"):
    case(_name, (A, lambda x, n=_name: getattr(np, n)(x, initial=0.5, **WHERE)))
for _name in ("var", "std"):
    case(
        _name,
        (A, lambda x, n=_name: getattr(np, n)(x, axis=1, ddof=1)),
        (A, lambda x, n=_name: getattr(np, n)(x, 0, correction=1)),
    )
    case(_name, (A, lambda x, n=_name: getattr(np, n)(x, axis=1, mean=np.mean(x, 1, keepdims=True))))
case(
    "average",
    (A, np.average),
    (A, B, lambda x, w: np.average(x, 1, w)),
    (A, V, lambda x, w: np.average(x, axis=1, weights=w[:4], returned=True)),
)
case("cumsum", (A, np.cumsum), (A, lambda x: np.cumsum(x, 1)))
case("cumprod", (A, np.cumprod), (A, lambda x: np.cumprod(x, axis=0)))
case(
    "cumulative_sum",
    (A, lambda x: np.cumulative_sum(x, axis=1, include_initial=True)),
    (V, lambda x: np.cumulative_sum(x)),
)
case("cumulative_prod", (A, lambda x: np.cumulative_prod(x, axis=0, include_initial=True)))
for _name in ("nansum", "nanprod", "nanmean", "nanvar", "nanstd", "nanmax", "nanmin", "nanmedian"):
    for _kw in ({}, {"axis": 0}, {"axis": 1, "keepdims": True}):
        case(_name, (A, lambda x, n=_name, k=_kw: getattr(np, n)(np.where(A > 0.8, np.nan, x), **k)))
case("nancumsum", (A, lambda x: np.nancumsum(np.where(MASK, np.nan, x), 1)))
case("nancumprod", (A, lambda x: np.nancumprod(np.where(MASK, np.nan, x))))
case(
    "cov",
    (A, np.cov),
    (V, W, np.cov),
    (A, lambda x: np.cov(x, rowvar=False, ddof=0)),
    (V, W, lambda x, y: np.cov(x, y, fweights=[1, 2, 1, 3, 1], aweights=W)),
)
case("corrcoef", (A, np.corrcoef), (V, W, np.corrcoef))
case(
    "bincount",
    (W, lambda w: np.bincount([0, 2, 2, 5, 0], w)),
    (W, lambda w: np.bincount([0, 2, 2, 1, 0], weights=w, minlength=7)),
)
case(
    "histogram",
    (V, W, lambda x, w: np.histogram(x, 3, weights=w)[0]),
    (V, lambda x: np.histogram(x, 3)[1]),
    (V, lambda x: np.histogram(x, 3, density=True)[0]),
)
case("histogram_bin_edges", (V, lambda x: np.histogram_bin_edges(x, 4)))

# --- quantiles

METHODS = """
linear lower higher nearest midpoint weibull hazen median_unbiased normal_unbiased
interpolated_inverted_cdf inverted_cdf averaged_inverted_cdf closest_observation
"""
for _method in METHODS.split():
    case("quantile", (A, lambda x, m=_method: np.quantile(x, [0.1, 0.45, 0.8], axis=1, method=m)))
case(
    "quantile",
    (T, lambda x: np.quantile(x, 0.3)),
    (T, lambda x: np.quantile(x, [[0.2], [0.9]], axis=(0, 2), keepdims=True)),
)
case("percentile", (A, lambda x: np.percentile(x, [25, 60], axis=0)), (A, lambda x: np.percentile(x, 33.0)))
case(
    "nanquantile",
    (A, lambda x: np.nanquantile(np.where(A > 0.8, np.nan, x), [0.2, 0.7], axis=1)),
    (A, lambda x: np.nanquantile(x, 0.4)),
)
case(
    "nanpercentile",
    (A, lambda x: np.nanpercentile(np.where(A > 0.8, np.nan, x), 40, axis=0, keepdims=True, method="lower")),
)
case(
    "median",
    (A, np.median),
    (T, lambda x: np.median(x, axis=(0, 2))),
    (A, lambda x: np.median(x, 0, keepdims=True)),
)

# --- order and choice

case("sort", (A, np.sort), (A, lambda x: np.sort(x, axis=0)), (A, lambda x: np.sort(x, axis=None)))
case(
    "partition",
    (A, lambda x: np.sort(np.partition(x, 2, axis=1)[:, :2], 1)),
    (A, lambda x: np.partition(x, 3, axis=None)[3]),
)
case(
    "take",
    (A, lambda x: np.take(x, [[0, 5], [2, 2]])),
    (A, lambda x: np.take(x, [-1, 0], axis=1)),
    (A, lambda x: np.take(x, 9, axis=0, mode="clip")),
)
case(
    "take_along_axis",
    (A, lambda x: np.take_along_axis(x, np.argsort(A, 1)[:, :2], axis=1)),
    (A, lambda x: np.take_along_axis(x, np.array([-1, 0]), axis=None)),
)
case(
    "compress",
    (A, lambda x: np.compress([True, False, True], x, axis=0)),
    (A, lambda x: np.compress([False, True], x)),
)
case("extract", (A, lambda x: np.extract(MASK, x)))
case("choose", (V, W, lambda x, y: np.choose([0, 1, 1, 0, 1], [x, y])))
case(
    "where",
    (A, B, lambda x, y: np.where(MASK, x, y)),
    (A, lambda x: np.where(x > 0.4, x, 0)),
    (S, lambda s: np.where(MASK, s, 2.0)),
)
case("select", (A, B, lambda x, y: np.select([x < 0.25, x < 0.6], [x * 2, y], 7.0)))
case(
    "piecewise",
    (A, lambda x: np.piecewise(x, [x < 0.25, x >= 0.6], [lambda t: t**2, 3.0, lambda t: -t])),
    (V, S, lambda x, s: np.piecewise(x, [x < 0.5], [lambda t, k: k * t, lambda t, k: k], s)),
)
case(
    "unique",
    (V, lambda x: np.unique(np.concatenate([x, x[:2]]), return_inverse=True)[0]),
    (A, lambda x: np.unique(x, axis=0)),
)
case("unique_values", (V, lambda x: np.sort(np.unique_values(x))))
case("unique_all", (V, lambda x: np.unique_all(x).values))
case("unique_counts", (V, lambda x: np.unique_counts(x).values))
case("unique_inverse", (V, lambda x: np.unique_inverse(x).values))
case("union1d", (V, W, np.union1d))
case("intersect1d", (V, lambda x: np.intersect1d(x, x[1:4])))
case("setdiff1d", (V, lambda x: np.setdiff1d(x, x[1:3])))
case("setxor1d", (V, lambda x: np.setxor1d(x[:4], x[2:])))
case(
    "apply_along_axis",
    (T, lambda x: np.apply_along_axis(np.cumsum, 1, x)),
    (A, lambda x: np.apply_along_axis(lambda r: r.max() - r[0], 0, x)),
)
case("apply_over_axes", (T, lambda x: np.apply_over_axes(np.sum, x, [0, 2])))

# --- in place

case(
    "copyto",
    (A, V, lambda x, y: written(np.copyto, x, y[:4])),
    (A, B, lambda x, y: written(np.copyto, x, y, where=MASK)),
)
case(
    "put",
    (A, V, lambda x, y: written(np.put, x, [0, 5, 5], y[:3])),
    (A, S, lambda x, y: written(np.put, x, [-1, 2], y)),
)
case("place", (A, V, lambda x, y: written(np.place, x, MASK, y[:2])))
case(
    "putmask",
    (A, V, lambda x, y: written(np.putmask, x, MASK, y)),
    (A, B, lambda x, y: written(np.putmask, x, MASK, y)),
)
case(
    "put_along_axis",
    (A, V, lambda x, y: written(np.put_along_axis, x, np.array([[1], [0], [3]]), y[:3, None], 1)),
)
case(
    "fill_diagonal",
    (A, S, lambda x, y: written(np.fill_diagonal, x, y)),
    (A.T, V, lambda x, y: written(np.fill_diagonal, x, y[:3])),
)
