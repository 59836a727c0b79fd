"""Norms of matrices, and condition numbers."""

import numpy as np

from .linalg import NO_SQUARE, linalg, regular
from .spec import S, bad, kink, large

ORDERS = ["fro", "nuc", 1, -1, 2, -2, float("inf"), -float("inf")]


def matrix_norms(g):
    for order in ORDERS:
        for shape in [(3, 3), (4, 2), (2, 2, 4), (0, 2, 2)]:
            yield S(regular(g, *shape), order)
        yield S(regular(g, 2, 3, 4), ord=order, dim=(0, 2))
        yield S(regular(g, 2, 3, 4), ord=order, dim=(-1, 0), keepdim=True)
        yield S(regular(g, 3, 3, layout="transposed"), order)
        yield large(regular(g, 30, 9, 7), order)
        if g.floating and order in ("fro", 1, np.inf):
            yield kink(np.zeros((2, 2), g.dtype), order)
    for order in ("fro", "nuc", 1):
        yield S(g(2, 0, 3), order)
    yield S(regular(g, 3, 3))
    yield bad(RuntimeError, "must have at least 2 dimensions" * g.floating, g(3))
    if g.floating:
        yield bad(RuntimeError, "Order 3 not supported", g(2, 2), 3)
        yield bad(RuntimeError, "Order max not supported", g(2, 2), "max")
        yield bad(RuntimeError, "dim must be a 2-tuple", g(2, 2), dim=(0,))
        yield bad(RuntimeError, "dims must be different", g(2, 2), dim=(0, 0))


def norms_of_nothing(g):
    """Zero, whatever there is, for PyTorch not a function of it."""
    for order in (2, np.inf):
        yield S(g(2, 0, 3), order)


def np_norm(A, ord="fro", dim=(-2, -1), keepdim=False):
    if A.size == 0:
        return np.zeros(np.zeros(A.shape)[..., :1, 0].sum(-1).shape, A.dtype)
    return np.linalg.norm(A, ord, dim, keepdim)


def norms(g):
    for shape in [(3,), (3, 3), (2, 3, 4), (0,), (2, 0)]:
        yield S(regular(g, *shape) if len(shape) > 1 else g(*shape))
    for order in ORDERS:
        yield S(regular(g, 3, 4), order)
        yield S(regular(g, 2, 3, 4), order, dim=(0, 1), keepdim=True)
        if not isinstance(order, str):
            yield S(g(3), order)
            yield S(g(2, 3), order, dim=1)
    yield S(g(4), 3)
    yield S(g(2, 3), 0, (1,))
    yield S(regular(g, 3, 3), keepdim=True)
    if g.floating:
        yield bad(RuntimeError, "the input must be 1D or 2D", g(2, 2, 2), 2)
        yield bad(RuntimeError, "it must be of length 1 or 2", g(2, 2, 2), dim=(0, 1, 2))


def conditions(orders):
    def samples(g):
        for p in orders:
            yield S(regular(g, 3, 3), p)
            yield S(regular(g, 2, 2, 2), p)
        if not g.floating:
            return
        if 2 in orders:
            yield S(regular(g, 4, 2), 2)
            yield S(regular(g, 2, 4), -2)
        else:
            yield from (kink(g(3, 0, 0), p) for p in (2, *orders))
            yield kink(np.stack([np.zeros((2, 2)), np.eye(2)]).astype(g.dtype), orders[0])
            yield bad(*NO_SQUARE, g(2, 3), orders[0])
        yield bad(RuntimeError, "got an invalid norm type", g(2, 2), 3)
        yield bad(RuntimeError, "got an invalid norm type", g(2, 2), "max")

    return samples


def detached_cond(lib, x, *args, **kwargs):
    """PyTorch writes into what its own backward needs."""
    return lib.linalg.cond(x.detach(), *args, **kwargs)


OPS = [
    linalg("matrix_norm", np_norm, matrix_norms, out=True),
    linalg("matrix_norm.nothing", np_norm, norms_of_nothing, grad=False),
    linalg("norm", None, norms, out=True),
    linalg("cond", None, conditions([None, 2, -2, "nuc"]), out=True),
    linalg("cond.by_inverse", None, conditions(["fro", 1, -1, np.inf, -np.inf]), detached_cond, grad=False),
]
