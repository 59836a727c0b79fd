"""Factorisations, what is solved with them, and the older names of both."""

import numpy as np
import scipy.linalg

from .linalg import MATRICES, NO_MATRIX, NO_SQUARE, RTOL, SQUARES, linalg, matrices, mt, regular, solved
from .spec import ALL, BOOL, FLOATS, NUMBERS, Op, S, bad, kink, large

SHUFFLED = [*MATRICES, (3, 5), (5, 3), (2, 2, 4, 3)]


def shuffled(g, *shape, layout=None):
    """Regular, but the rows are in the wrong order."""
    value = regular(g, *shape)[..., ::-1, :].copy()
    return type(g(*shape, layout=layout))(value, layout) if layout else value


def factored(*args, text=NO_MATRIX, **kwargs):
    def samples(g):
        yield from (S(shuffled(g, *shape), *args, **kwargs) for shape in SHUFFLED)
        for layout in ("transposed", "stepped", "offset"):
            yield S(shuffled(g, 3, 3, layout=layout), *args, **kwargs)
        yield large(shuffled(g, 40, 12, 12), *args, **kwargs)
        yield kink(np.zeros((2, 2), g.dtype) if singular else shuffled(g, 2, 2), *args, **kwargs)
        yield bad(*text, g(3), *args, **kwargs)
        yield bad(
            RuntimeError, "LU without pivoting is not implemented on the CPU", shuffled(g, 2, 2), pivot=False
        )

    singular = kwargs.pop("singular", False)
    return samples


MORE_DIMENSIONS = (RuntimeError, "Expected tensor with 2 or more dimensions")


def factored_or_singular(g):
    yield from factored(text=MORE_DIMENSIONS)(g)
    if g.floating:
        zero = np.zeros((2, 2), g.dtype)
        yield bad(RuntimeError, "is zero", zero)
        yield bad(RuntimeError, "(Batch element 1): U[", np.stack([np.eye(2, dtype=g.dtype), zero]))


def pivots(*values):
    return np.array(values, np.int32)


LU_SIDES = [((3, 3), (3, 2)), ((2, 3, 3), (3, 2)), ((3, 3), (4, 3, 2)), ((2, 1, 3, 3), (4, 3, 2)),
            ((3, 3), (3, 0)), ((0, 0), (0, 2)), ((0, 3, 3), (0, 3, 2))]  # fmt: skip


def lu_sides(g):
    for a, b in LU_SIDES:
        swaps = np.broadcast_to(pivots(3, 2, 3)[: a[-1]], a[:-1]).copy()
        for adjoint in (False, True):
            yield S(regular(g, *a), swaps, g(*b), adjoint=adjoint)
            yield S(regular(g, *a), swaps, np.ascontiguousarray(mt(g(*b))), left=False, adjoint=adjoint)
    yield S(regular(g, 3, 3, layout="transposed"), pivots(2, 2, 3), g(3, 2, layout="stepped"))
    yield large(
        regular(g, 60, 9, 9), np.broadcast_to(np.arange(1, 10, dtype=np.int32), (60, 9)).copy(), g(60, 9, 3)
    )
    good, three = regular(g, 3, 3), pivots(1, 2, 3)
    yield bad(RuntimeError, "Incompatible shapes of A and B", good, three, g(2, 2))
    yield bad(RuntimeError, "must have at least 2 dimensions", good, three, g(3))
    yield bad(RuntimeError, "Number of pivots per batch should be same", good, pivots(1, 2), g(3, 2))
    yield bad(RuntimeError, "must all be greater or equal to 1", good, pivots(1, 0, 3), g(3, 2))
    yield bad(RuntimeError, "must all be smaller or equal to LU.size(-2)", good, pivots(1, 4, 3), g(3, 2))
    yield bad(RuntimeError, "scalar type torch.int32", good, three.astype(np.int64), g(3, 2))


def lu_sides_older(g):
    for sample in lu_sides(g):
        if not sample.kwargs or not (sample.kwargs["adjoint"] or "left" in sample.kwargs):
            lu, swaps, b = sample.args
            yield type(sample)((b, lu, swaps), {}, error=sample.error, large=sample.large)


def unpackings(g):
    for shape in SHUFFLED:
        k = min(shape[-2:])
        swaps = np.broadcast_to(np.full(k, shape[-2], np.int32), (*shape[:-2], k)).copy()
        yield S(g(*shape), swaps)
    yield S(g(3, 3, layout="transposed"), pivots(2, 3, 3))
    yield S(g(3, 3), pivots(2, 3, 3), unpack_pivots=False)
    yield bad(
        RuntimeError,
        "LU_pivots is expected to be a contiguous tensor of torch.int32",
        g(2, 2),
        np.array([1, 2]),
    )


def reflectors(g):
    for a, tau in [((3, 3), 3), ((4, 2), 2), ((4, 3), 2), ((3, 2), 0), ((2, 4, 2), 2), ((1, 1), 1),
                   ((3, 0), 0), ((0, 3, 2), 2), ((2, 0, 0), 0)]:  # fmt: skip
        yield S(g(*a), g(*a[:-2], tau))
    yield S(g(4, 3, layout="transposed"), g(3, layout="stepped"))
    yield S(g(4, 3), g.values(0, 1.5, 0))
    yield large(g(30, 12, 5, domain=((-0.3, 0.3),)), g(30, 5))
    yield bad(RuntimeError, "must have at least 2 dimensions", g(3), g(3))
    yield bad(RuntimeError, "must be greater than or equal to input.shape[-1]", g(2, 3), g(2))
    yield bad(RuntimeError, "must be greater than or equal to tau.shape[-1]", g(3, 2), g(3))
    yield bad(RuntimeError, "Expected tau to have one dimension less than input", g(2, 3, 2), g(2))


def reflected(g):
    for left in (True, False):
        for transpose in (False, True):
            for a, other in [((4, 2), (4, 3)), ((3, 3), (3, 3)), ((2, 4, 3), (2, 4, 2)), ((2, 4), (2, 3)),
                             ((3, 0), (3, 2)), ((0, 3, 2), (0, 3, 4)), ((3, 2), (3, 0))]:  # fmt: skip
                c = g(*other)
                tau = g(*a[:-2], min(a[-2:]))
                yield S(
                    g(*a), tau, c if left else np.ascontiguousarray(mt(c)), left=left, transpose=transpose
                )
    yield S(g(4, 3, layout="transposed"), g(3, layout="stepped"), g(4, 2, layout="transposed"))
    yield bad(RuntimeError, "must have at least 2 dimensions", g(3), g(3), g(3, 2))
    yield bad(RuntimeError, "must be equal to input.shape[-2]", g(3, 2), g(2), g(2, 2))
    yield bad(RuntimeError, "tau.shape[-1] must be equal to min", g(3, 2), g(1), g(3, 2))
    yield bad(RuntimeError, "the same number of dimensions as input", g(2, 3, 2), g(2, 2), g(3, 2))


def triangle(g, *shape, layout=None):
    """Regular, and its upper triangle zero."""
    value = np.tril(regular(g, *shape))
    return type(g(*shape, layout=layout))(value, layout) if layout else value


def cholesky_sides(g):
    for a, b in LU_SIDES:
        yield S(g(*b), triangle(g, *a))
    yield S(g(3, 2, layout="stepped"), triangle(g, 3, 3, layout="stepped"))
    yield S(g(3, 2), np.ascontiguousarray(mt(triangle(g, 3, 3))), upper=True)
    yield large(g(60, 9, 3), triangle(g, 60, 9, 9))
    yield bad(RuntimeError, "should have at least 2 dimensions", g(3), regular(g, 3, 3))
    yield bad(RuntimeError, "must be batches of square matrices", g(3, 2), g(3, 2))
    yield bad(RuntimeError, "Incompatible matrix sizes for cholesky_solve", g(2, 2), regular(g, 3, 3))


# PyTorch gives the triangle that is not read a gradient, too: here it is cut off before.
def cholesky_solve(lib, B, L, upper=False, **kwargs):
    return lib.cholesky_solve(B, L.triu() if upper else L.tril(), upper, **kwargs)


def cholesky_inverse(lib, L, upper=False, **kwargs):
    return lib.cholesky_inverse(L.triu() if upper else L.tril(), upper, **kwargs)


def factors_to_invert(g):
    yield from (S(triangle(g, *shape)) for shape in SQUARES)
    yield S(triangle(g, 3, 3, layout="stepped"))
    yield S(np.ascontiguousarray(mt(triangle(g, 3, 3))), upper=True)
    yield bad(*NO_MATRIX, g(3))
    yield bad(*NO_SQUARE, g(2, 3))
    if g.floating:
        yield bad(RuntimeError, "The diagonal element 2 is zero", np.diag(g.values(1, 0, 1)))


def triangular(g):
    for upper in (True, False):
        for transpose in (True, False):
            for unitriangular in (True, False):
                flags = {"upper": upper, "transpose": transpose, "unitriangular": unitriangular}
                yield S(g(3, 2), regular(g, 3, 3), **flags)
    for a, b in LU_SIDES:
        yield S(g(*b), regular(g, *a))
    yield bad(RuntimeError, "to have at least 2 dimensions", g(3), regular(g, 3, 3))
    yield bad(RuntimeError, "Incompatible matrix sizes for triangular_solve", g(2, 2), regular(g, 3, 3))


def np_triangular(b, A, upper=True, transpose=False, unitriangular=False):
    t = np.triu(A) if upper else np.tril(A)
    if unitriangular:
        t = t - t * np.eye(A.shape[-1]) + np.eye(A.shape[-1])
    batch = np.broadcast_shapes(A.shape[:-2], b.shape[:-2])
    return solved(mt(t) if transpose else t, b).astype(b.dtype), np.broadcast_to(A, batch + A.shape[-2:])


def exponents(g):
    yield from (S(g(*shape)) for shape in SQUARES)
    for scale in (1e-3, 0.03, 0.1, 0.3, 5):
        yield S((g(3, 3) * scale).astype(g.dtype))
    yield S(g(3, 3, layout="transposed"))
    yield S(np.array([[1, 4], [0, 1]], g.dtype))
    yield large(g(20, 10, 10))
    yield bad(*NO_MATRIX, g(3))
    yield bad(*NO_SQUARE, g(2, 3))
    if g.floating:
        yield kink(np.zeros((2, 2), g.dtype))
        yield kink(g.values(np.nan, 1, 1, 1).reshape(2, 2))
        yield kink(g.values(20, -3, 5, -40).reshape(2, 2))


def expm(A):
    with np.errstate(all="ignore"):
        return scipy.linalg.expm(A) if np.isfinite(A).all() else np.full_like(A, np.nan)


def ranks(g):
    yield from matrices(MATRICES, square=False, words=False)(g)
    low = np.outer(np.arange(1, 4), np.arange(1, 4)).astype(g.dtype)
    both = np.stack([low, np.eye(3, dtype=g.dtype)])
    yield S(low)
    yield S(low, hermitian=True)
    yield S(both, 0.5)
    yield S(both, 2.0, True)
    yield S(both, tol=20.0, hermitian=True)
    yield S(both, atol=0.5, rtol=0.1)
    yield S(both, rtol=1.0)
    if g.floating:
        yield S(both, g.values(20, 0.5))
        yield S(both, atol=g.values(20, 0))
        yield S(both, atol=g.values(0, 0), rtol=g.values(0.1, 2))
        yield S(both, atol=np.asarray(2, g.dtype))
    yield bad(RuntimeError, "must be batches of square matrices" * g.floating, g(2, 3), hermitian=True)


def powers_of(g):
    yield from (S(g(*shape)) for shape in [(3,), (2, 4), (2, 2, 3)])
    yield S(g(3), N=2)
    yield S(g(2, 3), N=5)
    yield S(g(), N=3)
    yield S(g(0), N=3)
    yield S(g(4, layout="stepped"))
    yield kink(g.values(0, 2, 0))
    yield bad(RuntimeError, "N must be greater than 1", g(3), N=1)
    yield bad(RuntimeError, "N must be greater than 1", g())


def wide(x):
    return x.dtype if x.dtype.kind == "f" else np.int64


def np_vander(x, N=None):
    x = np.atleast_1d(x).astype(wide(x))
    return np.stack([x**i for i in range(N or x.shape[-1])], -1)


def older_powers(g):
    yield S(g(3))
    yield S(g(0))
    for n in (0, 1, 2, 5):
        yield S(g(3), n)
        yield S(g(3), N=n, increasing=True)
    yield bad(RuntimeError, "x must be a one-dimensional tensor", g(2, 2))
    yield bad(RuntimeError, "N must be non-negative", g(3), -1)


def pairs(g):
    yield S(g(3), g(3))
    yield S(g(4, 1, 3), g(2, 3))
    yield S(g(2, 3), g(2, 3), dim=0)
    yield S(g(), g())
    yield S(g(0, 3), g(0, 3))
    yield S(g(2, 0), g(2, 0))
    yield S(g(3, 2, layout="transposed"), g(3, 2, layout="stepped"))


def inverses(g):
    yield S(regular(g, 6, 6).reshape(2, 3, 6))
    yield S(regular(g, 6, 6).reshape(6, 3, 2), 1)
    yield S(regular(g, 3, 3), ind=1)
    yield bad(RuntimeError, "prod(self.shape[ind:]) == prod(self.shape[:ind])", g(2, 3, 5))
    yield bad(RuntimeError, "Expected a strictly positive integer for 'ind'", g(2, 3, 6), 0)
    if g.floating:
        yield bad(RuntimeError, "is singular", np.zeros((2, 2, 4), g.dtype))


def equations(g):
    yield S(regular(g, 6, 6).reshape(2, 3, 6), g(2, 3))
    yield S(regular(g, 6, 6).reshape(6, 3, 2), g(6))
    yield S(np.ascontiguousarray(np.moveaxis(regular(g, 6, 6).reshape(2, 3, 6), 2, 1)), g(2, 3), dims=(1,))
    yield bad(
        RuntimeError, "prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim])", g(2, 3, 5), g(2, 3)
    )


def diagonals(g):
    yield S(g(3, 3))
    yield S(g(2, 3, 4), offset=1)
    yield S(g(2, 3, 4), offset=-1, dim1=0, dim2=1)


def older_singular(g):
    for shape in [(3, 3), (4, 2), (2, 4), (2, 3, 2), (0, 0)]:
        yield S(regular(g, *shape))
    yield S(regular(g, 4, 2), some=False)


def older_singular_values(g):
    yield S(regular(g, 4, 2), compute_uv=False)
    yield S(regular(g, 2, 2, 4), True, False)


def older_svd(lib, x, *args, **kwargs):
    u, s, v = lib.svd(x, *args, **kwargs)
    k = s.shape[-1]
    return abs(u[..., :k]), s, abs(v[..., :k])


def older_qr(g):
    for shape in [(3, 3), (4, 2), (2, 4), (2, 3, 2), (0, 0), (3, 0)]:
        yield S(regular(g, *shape))
    yield S(regular(g, 2, 4), some=False)


def detached(name):
    """Where PyTorch has no derivative, or one that fails."""
    return lambda lib, x, *args, **kwargs: getattr(lib, name)(x.detach(), *args, **kwargs)


def older(name, ref, samples, call=None, **flags):
    return Op(name, ref, samples, call, **({"dtypes": FLOATS, "rtol": RTOL, "rows": ()} | flags))


def lu_solve(lib, A, B, **kwargs):
    return lib.linalg.lu_solve(*lib.linalg.lu_factor(A), B, **kwargs)


def lu_product(lib, A, **kwargs):
    p, lower, upper = lib.linalg.lu(A, **kwargs)
    return p @ lower @ upper


def lu_systems(g):
    yield S(shuffled(g, 3, 3), g(3, 2))
    yield S(shuffled(g, 2, 3, 3), g(4, 1, 3, 2))
    yield S(shuffled(g, 3, 3), g(2, 3), left=False)


OPS = [
    linalg("lu", None, factored(text=MORE_DIMENSIONS), rows=("linalg_lu",), fields=("P", "L", "U"), out=True),
    linalg("lu.product", lambda x: x, factored(text=MORE_DIMENSIONS), lu_product),
    linalg("lu_factor", None, factored_or_singular, fields=("LU", "pivots"), out=True),
    linalg("lu_factor_ex", None, factored(text=MORE_DIMENSIONS), rows=("linalg_lu_factor_ex",),
           fields=("LU", "pivots", "info"), out=True),
    linalg("lu_solve", None, lu_sides, rows=("linalg_lu_solve",), out=True),
    linalg("lu_solve.factored", solved, lu_systems, lu_solve),
    older("lu", None, factored(text=MORE_DIMENSIONS), out=True),
    older("lu.infos", None, factored(get_infos=True, text=MORE_DIMENSIONS)),
    older("lu_solve", None, lu_sides_older, out=True),
    older("lu_unpack", None, unpackings, rows=("lu_unpack",), method=False, out=True,
          fields=("P", "L", "U"), dtypes=ALL),
    linalg("householder_product", None, reflectors, rows=("linalg_householder_product",), out=True),
    older("orgqr", None, reflectors, out=True),
    older("ormqr", None, reflected, rows=("ormqr",), out=True),
    older("geqrf", None, matrices(MATRICES, square=False, words=False), detached("geqrf"), rows=("geqrf",),
          grad=False, out=True, fields=("a", "tau")),
    older("qr", lambda x, some=True: np.linalg.qr(x), older_qr, fields=("Q", "R"), out=True),
    older("svd", None, older_singular, call=older_svd),
    older("svd.values", None, older_singular_values, fields=("U", "S", "V"), out=True),
    older("cholesky_solve", lambda B, L, upper=False: solved(mt(L) @ L if upper else L @ mt(L), B),
          cholesky_sides, call=cholesky_solve, rows=("cholesky_solve",), out=True),
    older("cholesky_inverse", lambda L, upper=False: np.linalg.inv(mt(L) @ L if upper else L @ mt(L)),
          factors_to_invert, call=cholesky_inverse, rows=("cholesky_inverse",), out=True),
    older("triangular_solve", np_triangular, triangular, rows=("triangular_solve",), out=True,
          fields=("solution", "cloned_coefficient")),
    linalg("matrix_exp", expm, exponents, rows=("linalg_matrix_exp",)),
    older("matrix_exp", expm, exponents),
    linalg("matrix_rank", None, ranks, grad=False, out=True),
    linalg("vander", np_vander, powers_of, dtypes=NUMBERS),
    older("vander", lambda x, N=None, increasing=False: np.vander(x, N, increasing).astype(wide(x)),
          older_powers, detached("vander"), dtypes=NUMBERS + BOOL, grad=False, method=False),
    linalg("vecdot", lambda x, y, dim=-1: (x * y).sum(dim if x.ndim else None), pairs, out=True),
    linalg("tensorinv", np.linalg.tensorinv, inverses, out=True),
    linalg("tensorsolve", lambda A, B, dims=None: np.linalg.tensorsolve(A, B, dims), equations, out=True),
    linalg("diagonal", lambda x, offset=0, dim1=-2, dim2=-1: np.diagonal(x, offset, dim1, dim2), diagonals,
           view=True, dtypes=ALL),
]  # fmt: skip
