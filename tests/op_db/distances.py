"""Least squares, distances, norms of matrices."""

from functools import partial

import numpy as np

from .linalg import linalg, regular
from .spec import FLOATS, NUMBERS, Op, S, bad, kink, large

SYSTEMS = [((4, 2), (4, 3)), ((3, 3), (3, 2)), ((2, 4), (2, 3)), ((4, 2), (4,)), ((2, 4, 2), (2, 4, 3)),
           ((2, 4, 2), (2, 4)), ((0, 4, 2), (0, 4, 3))]  # fmt: skip


def systems(driver):
    def samples(g):
        for a, b in SYSTEMS:
            yield S(regular(g, *a), g(*b), driver=driver)
        yield S(regular(g, 3, 3, layout="transposed"), g(3, 2, layout="stepped"), driver=driver)
        if driver == "gels":  # PyTorch's ranks are those before broadcasting
            yield S(regular(g, 2, 1, 4, 2), g(2, 3, 4, 2), driver=driver)
        yield large(regular(g, 40, 12, 5), g(40, 12, 2), driver=driver)
        if not g.floating:
            return
        if driver != "gels":  # LAPACK's least of several solutions
            low = np.outer(np.arange(1.0, 5), [1, 2, 3]).astype(g.dtype)
            yield kink(low, g(4, 2), driver=driver)
            yield kink(low, g(4, 2), rcond=0.1, driver=driver)
        yield kink(np.zeros((3, 2), g.dtype), g(3, 2), driver=driver)
        yield bad(RuntimeError, "input must have at least 2 dimensions", g(3), g(3))
        yield bad(RuntimeError, "input.size(-2) should match other.size(-2)", g(4, 2), g(3, 2))
        yield bad(RuntimeError, "(input.dim() - other.dim()) <= 1", g(2, 3, 4, 2), g(4))
        yield bad(RuntimeError, "should be one of (gels, gelsy, gelsd, gelss)", g(4, 2), g(4, 2), driver="qr")

    return samples


def least(a, b, driver, rcond=None):
    vector = b.ndim == a.ndim - 1
    x = np.linalg.pinv(a, rcond=a.dtype.type(rcond or np.finfo(a.dtype).eps * max(a.shape[-2:])))
    return (x @ (b[..., None] if vector else b))[..., 0] if vector else x @ b


def solution(lib, a, b, **kwargs):
    return lib.linalg.lstsq(a, b, **kwargs).solution


# Singular values are there, but have no derivative here.
def without_values(lib, a, b, **kwargs):
    return lib.linalg.lstsq(a, b, **kwargs)[:3]


def detached_lstsq(lib, a, b, **kwargs):
    return lib.linalg.lstsq(a.detach(), b.detach(), **kwargs)


ROWS = [((3, 2), (4, 2)), ((5, 1, 3, 2), (2, 4, 2)), ((1, 9), (2, 9)), ((3, 0), (2, 0)), ((0, 2), (4, 2)),
        ((0, 3, 2), (0, 2, 2)), ((3, 17), (3, 17))]  # fmt: skip


PRODUCT = {"compute_mode": "use_mm_for_euclid_dist"}


def rows(p, **kwargs):
    def samples(g):
        for a, b in ROWS:
            yield S(g(*a), g(*b), p=p, **kwargs)
        yield S(g(3, 2, layout="transposed"), g(3, 2, layout="stepped"), p, **kwargs)
        yield large(g(3, 70, 5), g(3, 60, 5), p=p, **kwargs)
        yield bad(RuntimeError, "must have the same number of columns", g(3, 2), g(3, 3), p=p)
        if not g.floating:
            return
        same = g(3, 2)
        yield kink(same, same.copy(), p=p, **kwargs)
        yield kink(np.zeros((2, 3), g.dtype), g.values(1, 0, -1, 0, 0, 0).reshape(2, 3), p=p, **kwargs)
        if p not in (0, np.inf) and kwargs != PRODUCT:
            yield kink(g.values(np.inf, 1).reshape(1, 2), g(2, 2), p=p, **kwargs)
        yield bad(RuntimeError, "cdist only supports at least 2D tensors, X1 got: 1D", g(3), g(3, 2), p=p)
        yield bad(RuntimeError, "cdist only supports non-negative p values", g(3, 2), g(3, 2), p=-1.0)
        yield bad(ValueError, "is not a valid value for compute_mode", g(3, 2), g(3, 2), compute_mode="fast")

    return samples


def np_cdist(x1, x2, p=2.0, compute_mode=None):
    difference = abs(x1[..., :, None, :] - x2[..., None, :, :])
    if p == 0:
        return (difference != 0).sum(-1).astype(x1.dtype)
    if p == np.inf:
        return difference.max(-1, initial=0)
    return (difference**p).sum(-1) ** x1.dtype.type(1 / p)


EXACT = {"compute_mode": "donot_use_mm_for_euclid_dist"}


def distances(variant, p, rows_of_table=(), **kwargs):
    # Derivatives of PyTorch's derivative: see NO_SECOND of tests/parity/test_ops_live.py.
    return Op(f"cdist{variant}", np_cdist, rows(p, **kwargs), rows=rows_of_table, dtypes=FLOATS, method=False,
              rtol={"float32": 1e-4})  # fmt: skip


def pairs_of_rows(p):
    def samples(g):
        yield S(g(4, 3), p)  # PyTorch crashes where there are no pairs or no columns
        yield S(g(3, 4, layout="transposed"), p)
        yield bad(RuntimeError, "only supports 2D tensors", g(3), p)
        if p:
            yield bad(RuntimeError, "only supports non-negative p values", g(3, 2), -p)

    return samples


def pdist(x, p=2.0):
    rows, columns = np.triu_indices(len(x), 1)
    return np_cdist(x, x, p)[rows, columns]


def two_rows(g):
    for a, b in (((3,), (3,)), ((2, 3), (2, 3)), ((2, 3), (3,)), ((2, 1, 3), (4, 1))):
        yield S(g(*a), g(*b))
    yield S(g(2, 3), g(2, 3), 1.5, 0.5, True)
    yield S(g(3, 4, layout="stepped"), g(3, 4, layout="transposed"), p=1.0)


def vectors(g):
    for a, b, dim in (((2, 3), (2, 3), 1), ((2, 3), (3,), -1), ((3,), (3,), 0), ((4, 2, 1), (4, 1, 3), 1)):
        yield S(g(*a), g(*b), dim)
    yield S(g(3, 4, layout="transposed"), g(3, 4, layout="offset"), eps=0.5)
    if g.floating:
        yield kink(np.zeros((2, 3), g.dtype), g(2, 3))


def cosine_similarity(x, y, dim=1, eps=1e-8):
    x, y = np.broadcast_arrays(x, y)
    lengths = [np.maximum(np.sqrt((v * v).sum(dim)), eps) for v in (x, y)]
    return ((x * y).sum(dim) / lengths[0] / lengths[1]).astype(x.dtype)


between = partial(Op, method=False, dtypes=FLOATS, rows=())

OPS = [
    *(between(f"pdist.{p}", pdist, pairs_of_rows(p)) for p in (2.0, 1.0, 3.5, 0.0, float("inf"))),
    between("pairwise_distance", None, two_rows, dtypes=NUMBERS, to_float=True),
    between("cosine_similarity", cosine_similarity, vectors),
    linalg("lstsq", least, systems("gelsy"), solution, rows=("linalg_lstsq",)),
    linalg("lstsq.gels", None, systems("gels"), fields=("solution", "residuals", "rank", "singular_values")),
    linalg("lstsq.gelsd", None, systems("gelsd"), without_values),
    linalg("lstsq.gelss", None, systems("gelss"), detached_lstsq, grad=False, out=True),
    distances("", 2.0, ("cdist",), **EXACT),
    distances(".product", 2.0, ("euclidean_dist",), **PRODUCT),
    distances(".one", 1.0),
    distances(".three", 3.0),
    distances(".half", 0.5),
    distances(".most", float("inf")),
    distances(".count", 0.0),
]  # fmt: skip
