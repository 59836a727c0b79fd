"""The second half of the calls: series, polynomials, products, matrices."""

from functools import partial

import numpy as np
import numpy_cases
from numpy_cases import BATCH, MASK, SQUARE, A, B, S, T, V, W, positive, symmetric

CASES = []
case = partial(numpy_cases.case, cases=CASES)

# --- elementwise and along an axis

case(
    "clip",
    (A, lambda x: np.clip(x, 0.2, 0.7)),
    (A, S, lambda x, s: np.clip(x, None, s)),
    (A, B, lambda x, y: np.clip(x, y / 3, y / 2)),
)
if np.lib.NumpyVersion(np.__version__) >= "2.2.0":
    case("clip", (A, lambda x: np.clip(x, min=0.25)))
case("nan_to_num", (A, lambda x: np.nan_to_num(np.where(MASK, np.nan, x), nan=3.0)))
case("fix", (A, lambda x: np.fix(x * 5)))
case(
    "round",
    (A, lambda x: np.round(x * 5.3)),
    (A, lambda x: np.round(x * 55.37, 1)),
    (A, lambda x: np.round(x * 555, -1)),
)
case("around", (A, lambda x: np.around(x * 5.3)))
case("i0", (A, np.i0))
case("sinc", (A, np.sinc))
case(
    "diff",
    (A, np.diff),
    (T, lambda x: np.diff(x, 2, axis=1)),
    (A, S, lambda x, s: np.diff(x, prepend=s, append=1.0)),
    (V, lambda x: np.diff(x, n=0)),
)
case("ediff1d", (A, np.ediff1d), (V, S, lambda x, s: np.ediff1d(x, to_begin=s, to_end=[1, 2.5])))
case(
    "gradient",
    (V, np.gradient),
    (A, np.gradient),
    (A, lambda x: np.gradient(x, 0.5, axis=1, edge_order=2)),
    (V, W, lambda x, w: np.gradient(x, np.cumsum(w))),
    (V, W, lambda x, w: np.gradient(x, np.cumsum(w), edge_order=2)),
    (A, lambda x: np.gradient(x, 2.0, 0.3)),
)
case(
    "trapezoid",
    (V, np.trapezoid),
    (V, W, np.trapezoid),
    (A, S, lambda x, s: np.trapezoid(x, dx=s, axis=0)),
    (A, B, lambda x, y: np.trapezoid(x, y, axis=0)),
)
case("unwrap", (V, lambda x: np.unwrap(x * 20)), (A, lambda x: np.unwrap(x * 9, axis=0, period=4.0)))
case(
    "interp",
    (V, W, lambda x, f: np.interp(x * 4, np.array([0.5, 1.1, 1.9, 2.4, 3.1]), f)),
    (V, W, W * 2, lambda x, p, f: np.interp(x * 4, np.cumsum(p), f, left=-1.0, right=-2.0)),
    (V, W, lambda x, f: np.interp(x * 9, np.array([0.5, 1.1, 1.9, 2.4, 3.1]), f, period=4.0)),
    (S, lambda x: np.interp(x, [0, 1, 2], [3, 2, 0])),
    (V, lambda f: np.interp([-np.inf, 0, 1, 1.5, 2, np.inf], [0, 1, 1, 1, 2], f)),
)
for _mode in ("full", "same", "valid"):
    for _a, _b in ((V, W[:3]), (W[:2], V), (V, W[:4]), (W[:4], V), (V, W)):
        case("convolve", (_a, _b, lambda x, y, m=_mode: np.convolve(x, y, m)))
        case("correlate", (_a, _b, lambda x, y, m=_mode: np.correlate(x, y, m)))

# --- polynomials

case("polyval", (V, A, np.polyval), (V, lambda p: np.polyval(p, 2)))
case("polyadd", (V, W, np.polyadd), (V, lambda x: np.polyadd(x, [1, 2.5])))
case("polysub", (V, W, lambda x, y: np.polysub(x[:3], y)))
case("polymul", (V, W, np.polymul))
case("polydiv", (V, W, lambda x, y: np.polydiv(x, y[:3])), (V, W, lambda x, y: np.polydiv(x[:2], y[:3])))
case("polyder", (V, np.polyder), (V, lambda x: np.polyder(x, 2)))
case("polyint", (V, np.polyint), (V, S, lambda x, k: np.polyint(x, 2, k)))
case("poly", (V, np.poly))
case("vander", (V, np.vander), (V, lambda x: np.vander(x, 3, increasing=True)))
case(
    "polyfit",
    (V, W, lambda x, y: np.polyfit(x, y, 2)),
    (V, W, lambda x, y: np.polyfit(x, y, 1, w=[1, 2, 1, 0.5, 1])),
)

# --- made of numbers

case(
    "linspace",
    (S, lambda x: np.linspace(x, 3, 5)),
    (A, B, lambda x, y: np.linspace(x, y, 4, endpoint=False, axis=1)),
    (S, lambda x: np.linspace(x, 2, 5, retstep=True)),
    (S, lambda x: np.linspace(x, 2, 1)),
)
case(
    "logspace",
    (S, lambda x: np.logspace(x, 2, 4)),
    (S, lambda x: np.logspace(0, 1, 3, base=x)),
    (V, lambda x: np.logspace(0, x, 3, base=np.arange(2.0, 7.0), axis=1)),
    (S, V, lambda x, b: np.logspace(0, x, 3, base=b)),
)
case(
    "geomspace",
    (S, lambda x: np.geomspace(x, 20.0, 4)),
    (S, lambda x: np.geomspace(-x, -20.0, 4)),
    (V, lambda x: np.geomspace(x, 20.0, 4, axis=1)),
    (V, lambda x: np.geomspace(x * [1, -1, 1, -1, 1], [9, -8, 7, -6, 5], 3, axis=-1)),
)

# --- products

case(
    "dot",
    (A, V, lambda x, y: np.dot(x, y[:4])),
    (T, A, lambda x, y: np.dot(x, y.T)),
    (S, A, np.dot),
    (V, W, np.dot),
    (T, V, lambda x, y: np.dot(x, y[:4])),
    (A, T, lambda x, y: np.dot(x, np.swapaxes(y, 1, 2))),
)
case("vdot", (A, B, np.vdot))
case("inner", (A, B, np.inner), (V, W, np.inner), (S, V, np.inner))
case("outer", (A, V, np.outer))
case("linalg.outer", (V, W, np.linalg.outer))
case(
    "tensordot",
    (T, A, lambda x, y: np.tensordot(x, y, ([1, 2], [0, 1]))),
    (A, B, lambda x, y: np.tensordot(x, y.T, 1)),
    (A, B, np.tensordot),
    (V, S, lambda x, y: np.tensordot(x, y, 0)),
)
case("linalg.tensordot", (A, B, lambda x, y: np.linalg.tensordot(x, y, axes=2)))
case(
    "einsum",
    (A, B, lambda x, y: np.einsum("ij, kj -> ik", x, y)),
    (T, lambda x: np.einsum("ijk->k", x)),
    (A, V, lambda x, y: np.einsum(x, [0, 1], y[:4], [1], [0])),
    (SQUARE, lambda x: np.einsum("ii", x)),
    (T, A, lambda x, y: np.einsum("...ij,ij->...", x, y, optimize=True)),
)
case("kron", (A, V, np.kron), (V, W, np.kron))
case(
    "cross",
    (A, B, lambda x, y: np.cross(x[:, :3], y[:, :3])),
    (A, B, lambda x, y: np.cross(x, y, axis=0)),
    (A, B, lambda x, y: np.cross(x, y, 0, 0, 0)),
)
case("linalg.cross", (A, B, lambda x, y: np.linalg.cross(x[:, :3], y[:, :3])))
case("trace", (T, np.trace), (T, lambda x: np.trace(x, 1, 1, 2)))
case("linalg.trace", (T, lambda x: np.linalg.trace(x, offset=1)))
case("linalg.matmul", (A, B, lambda x, y: np.linalg.matmul(x, y.T)))
case("linalg.vecdot", (A, B, np.linalg.vecdot), (A, B, lambda x, y: np.linalg.vecdot(x, y, axis=0)))

# --- matrices

for _m in (SQUARE, BATCH):
    case("linalg.det", (_m, np.linalg.det))
    case("linalg.slogdet", (_m, np.linalg.slogdet))
    case("linalg.inv", (_m, np.linalg.inv))
    case(
        "linalg.cholesky",
        (_m, lambda x: np.linalg.cholesky(positive(x))),
        (_m, lambda x: np.linalg.cholesky(positive(x), upper=True)),
    )
    case("linalg.eigvalsh", (_m, lambda x: np.linalg.eigvalsh(symmetric(x))))
    case(
        "linalg.eigh",
        (_m, lambda x: np.linalg.eigh(symmetric(x))[0]),
        (_m, lambda x: np.linalg.eigh(x)[1]),
        (_m, lambda x: np.linalg.eigh(x, "U")[1]),
    )
    case(
        "linalg.svd",
        (_m, lambda x: np.linalg.svd(x, compute_uv=False)),
        (_m, lambda x: np.abs(np.linalg.svd(x, full_matrices=False)[2])),
    )
    case("linalg.svdvals", (_m, np.linalg.svdvals))
    case(
        "linalg.qr",
        (_m, lambda x: np.abs(np.linalg.qr(x)[0])),
        (_m, lambda x: np.abs(np.linalg.qr(x, mode="r"))),
    )
    case("linalg.pinv", (_m[..., :2], np.linalg.pinv), (_m, lambda x: np.linalg.pinv(x, rtol=1e-12)))
    case(
        "linalg.cond",
        (_m, np.linalg.cond),
        (_m, lambda x: np.linalg.cond(x, 1)),
        (_m, lambda x: np.linalg.cond(x, "fro")),
        (_m, lambda x: np.linalg.cond(x, -2)),
    )
    case(
        "linalg.matrix_power",
        (_m, lambda x: np.linalg.matrix_power(x, 3)),
        (_m, lambda x: np.linalg.matrix_power(x, -2)),
        (_m, lambda x: np.linalg.matrix_power(x, 0) + x),
    )
    case(
        "linalg.matrix_norm",
        (_m, np.linalg.matrix_norm),
        (_m, lambda x: np.linalg.matrix_norm(x, ord="nuc", keepdims=True)),
    )
    case("linalg.solve", (_m, V, lambda a, b: np.linalg.solve(a, b[:3])), (_m, A, np.linalg.solve))
case(
    "linalg.svd",
    (A, lambda x: np.linalg.svd(x)[1]),
    (A, lambda x: np.abs(np.linalg.svd(x)[2][:3])),
    (A.T, lambda x: np.abs(np.linalg.svd(x)[0][:, :3])),
)
case("linalg.solve", (SQUARE, BATCH, np.linalg.solve))
case("linalg.qr", (A.T, lambda x: np.abs(np.linalg.qr(x)[1])))
for _ord in (None, 1, 2, np.inf, -np.inf, 3, 0.5):
    case(
        "linalg.norm",
        (V, lambda x, o=_ord: np.linalg.norm(x, o)),
        (A, lambda x, o=_ord: np.linalg.norm(x, o, axis=1, keepdims=True)),
    )
for _ord in ("fro", "nuc", 1, -1, 2, -2, np.inf):
    case(
        "linalg.norm",
        (A, lambda x, o=_ord: np.linalg.norm(x, o)),
        (T, lambda x, o=_ord: np.linalg.norm(x, o, axis=(0, 2))),
    )
case(
    "linalg.norm",
    (T, np.linalg.norm),
    (A, lambda x: np.linalg.norm(x, keepdims=True)),
    (A, lambda x: np.linalg.norm(x, 0, axis=0) + x[0]),
)
case(
    "linalg.vector_norm",
    (T, np.linalg.vector_norm),
    (T, lambda x: np.linalg.vector_norm(x, axis=(0, 1), ord=1, keepdims=True)),
)
case(
    "linalg.lstsq",
    (A.T, V, lambda a, b: np.linalg.lstsq(a, b[:4])),
    (A.T, B.T, np.linalg.lstsq),
    (A, V, lambda a, b: np.linalg.lstsq(a, b[:3], rcond=None)),
)
case("linalg.multi_dot", (A, B, SQUARE, lambda x, y, z: np.linalg.multi_dot([z, x, y.T])))
case(
    "linalg.tensorsolve",
    (
        np.eye(6).reshape(6, 2, 3) + 0.1 * np.arange(36).reshape(6, 2, 3) ** 0.5,
        V,
        lambda a, b: np.linalg.tensorsolve(a, np.concatenate([b, b[:1]])),
    ),
)
case(
    "linalg.tensorinv",
    (
        np.eye(6).reshape(6, 2, 3) + 0.1 * np.arange(36).reshape(6, 2, 3) ** 0.5,
        lambda a: np.linalg.tensorinv(a, 1),
    ),
)

# --- the real part of numpy.emath

for _name in ("sqrt", "log", "log2", "log10", "arccos", "arcsin", "arctanh"):
    case(f"emath.{_name}", (A, getattr(np.emath, _name)))
case("emath.logn", (A, lambda x: np.emath.logn(2.0, x)))
case("emath.power", (A, lambda x: np.emath.power(x, 1.5)))
