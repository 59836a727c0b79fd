"""Linear algebra. Symmetric arguments are made symmetric, vectors free in sign positive."""

import warnings

import numpy as np

from .spec import FLOATS, NUMBERS, Op, S, bad, kink, large

SQUARES = [(3, 3), (2, 3, 3), (1, 1), (2, 1, 2, 2), (0, 0), (0, 2, 2), (2, 0, 0)]
WIDE = [(3, 3), (2, 4), (2, 2, 3), (0, 0), (0, 2, 3)]
MATRICES = [*SQUARES, (4, 2), (2, 4), (2, 3, 2), (3, 0), (0, 3)]
RTOL = {"float64": 1e-8, "float32": 1e-2}
NO_MATRIX = (RuntimeError, "must have at least 2 dimensions")
NO_SQUARE = (RuntimeError, "must be batches of square matrices")


def regular(g, *shape, layout=None):
    """Far from singular, singular values apart: its diagonal outweighs the rest."""
    rows, columns = shape[-2:]
    step = 2.5 * (1 + np.arange(rows))[:, None] * np.eye(rows, columns)
    value = g(*shape, domain=((-0.4, 0.4),)) + step.astype(g.dtype)
    return type(g(*shape, layout=layout))(value, layout) if layout and layout != "expanded" else value


def matrices(shapes, *args, square=True, words=True, **kwargs):
    """Samples of these shapes; without `words` any error will do for what is no (square) matrix."""

    def samples(g):
        yield from (S(regular(g, *shape), *args, **kwargs) for shape in shapes)
        for layout in ("transposed", "stepped", "offset"):
            yield S(regular(g, 3, 3, layout=layout), *args, **kwargs)
        yield large(regular(g, 40, 12, 12), *args, **kwargs)
        yield bad(NO_MATRIX[0], NO_MATRIX[1] * words, g(3), *args, **kwargs)
        if square:
            yield bad(NO_SQUARE[0], NO_SQUARE[1] * words, g(2, 3), *args, **kwargs)

    return samples


def with_singular(phrase, *args, **kwargs):
    def samples(g):
        yield from matrices(SQUARES, *args, **kwargs)(g)
        if g.floating:
            zero = np.zeros((2, 2), g.dtype)
            yield bad(RuntimeError, phrase, zero, *args, **kwargs)
            batch = np.stack([np.eye(2, dtype=g.dtype), zero])
            yield bad(RuntimeError, f"(Batch element 1): {phrase}", batch)

    return samples


def mt(x):
    return x.swapaxes(-1, -2)


def symmetric(x):
    return x + x.mT


def positive(lib, x):
    return x @ x.mT + lib.eye(x.shape[-1], dtype=x.dtype)


def np_positive(x):
    return x @ mt(x) + np.eye(x.shape[-1], dtype=x.dtype)


SIDES = [((3, 3), (3, 2)), ((3, 3), (3,)), ((2, 3, 3), (3, 2)), ((2, 3, 3), (2, 3)), ((3, 3), (4, 3, 2)),
         ((2, 1, 3, 3), (4, 3, 2)), ((0, 0), (0, 2)), ((3, 3), (3, 0)), ((0, 3, 3), (0, 3))]  # fmt: skip


def sides(g):
    yield from (S(regular(g, *a), g(*b)) for a, b in SIDES)
    yield S(regular(g, 3, 3), g(2, 3), left=False)
    yield S(regular(g, 3, 3, layout="transposed"), g(3, 2, layout="stepped"))
    yield bad(RuntimeError, "Incompatible shapes of A and B", regular(g, 3, 3), g(2, 2))
    if g.floating:
        zero = np.zeros((2, 2), g.dtype)
        yield bad(RuntimeError, "The solver failed because the input matrix is singular", zero, g(2, 1))


def sides_or_not(g):
    yield from (S(regular(g, *a), g(*b)) for a, b in SIDES)
    yield S(regular(g, 3, 3), g(2, 3), left=False)
    if g.floating:
        zero = np.zeros((2, 2), g.dtype)
        yield bad(
            RuntimeError,
            "The solver failed because the input matrix is singular",
            zero,
            g(2, 1),
            check_errors=True,
        )


def solved_or_not(A, B, left=True):
    x = solved(A, B, left)
    return x, np.zeros(A.shape[:-2], np.int32)


def solved(A, B, left=True):
    if not left:
        return mt(np.linalg.solve(mt(A), mt(B)))
    vector = B.ndim == 1 or (B.ndim == A.ndim - 1 and B.shape == A.shape[:-1])
    x = np.linalg.solve(A, B[..., None] if vector else B)
    return x[..., 0] if vector else x


def triangles(g):
    for upper in (False, True):
        for left in (False, True):
            yield S(regular(g, 2, 3, 3), g(3, 3), upper=upper, left=left)
            yield S(regular(g, 3, 3), g(3, 3), upper=upper, left=left, unitriangular=True)
    yield S(regular(g, 3, 3), g(3, 0), upper=True)
    yield S(regular(g, 0, 0), g(0, 2), upper=True)
    yield S(regular(g, 3, 3, layout="transposed"), g(3, 2, layout="stepped"), upper=False)
    yield bad(*NO_SQUARE, g(2, 3), g(2, 1), upper=True)


def solved_triangle(A, B, upper, left=True, unitriangular=False):
    A = np.triu(A) if upper else np.tril(A)
    if unitriangular:
        A = A - A * np.eye(A.shape[-1]) + np.eye(A.shape[-1])
    return solved(A, np.broadcast_to(B, A.shape[:-2] + B.shape), left).astype(B.dtype)


def powers(g):
    for n in (2, 0, 1, 3, 5, -1, -2):
        if n >= 0 or g.floating:
            yield S(regular(g, 3, 3), n)
    yield S(regular(g, 2, 2, 2), 3)
    yield S(regular(g, 0, 0), 2)
    yield bad(RuntimeError, "must be batches of square matrices", g(2, 3), 2)


def pseudo(g):
    yield from matrices(MATRICES, square=False, words=False)(g)
    yield S(regular(g, 3, 3), rtol=0.3)
    yield S(regular(g, 4, 2), atol=0.1)


def chains(g):
    yield S([g(2, 3), g(3, 4), g(4, 2)])
    yield S([g(3), g(3, 4), g(4)])
    yield S([g(3), g(3)])
    yield S([g(5, 1), g(1, 5), g(5, 2), g(2, 3)])
    yield bad(RuntimeError, "expected at least 2 tensors", [g(2, 2)])
    yield bad(RuntimeError, "cannot be multiplied", [g(2, 3), g(2, 3)])


def function(name):
    """linalg.name, which the database knows as linalg_name."""
    return lambda lib, *args, **kwargs: getattr(lib.linalg, name)(*args, **kwargs)


def linalg(name, ref, samples, call=None, **flags):
    flags = {"dtypes": FLOATS, "rtol": RTOL, "rows": ()} | flags
    return Op(f"linalg_{name}", ref, samples, call or function(name.split(".")[0]), **flags)


def cholesky(lib, x, **kwargs):
    return lib.linalg.cholesky(positive(lib, x), **kwargs)


def older_cholesky(lib, x, **kwargs):
    with warnings.catch_warnings(action="ignore"):  # PyTorch prefers linalg.cholesky
        return lib.cholesky(positive(lib, x), **kwargs)


def cholesky_ex(lib, x, **kwargs):
    return lib.linalg.cholesky_ex(positive(lib, x), **kwargs)


def not_positive(g):
    yield from matrices(SQUARES, words=False)(g)
    yield S(regular(g, 3, 3), upper=True)


def cholesky_as_given(g):
    yield kink(np.eye(3, dtype=g.dtype) * 4)
    if not g.floating:
        return
    yield bad(RuntimeError, "input is not positive-definite", -np.eye(2, dtype=g.dtype))
    yield bad(RuntimeError, "leading minor of order 2", np.diag(g.values(1, -1, 1)))


def svd(lib, x, full_matrices):
    k = min(x.shape[-2:])
    u, s, vh = lib.linalg.svd(x, full_matrices=full_matrices)
    return abs(u[..., :k]), s, abs(vh[..., :k, :])


def np_svd(x, full_matrices):
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    return abs(u), s, abs(vh)


def eigh(lib, x):
    values, vectors = lib.linalg.eigh(symmetric(x))
    return values, abs(vectors)


def np_eigh(x):
    values, vectors = np.linalg.eigh(x + mt(x))
    return values, abs(vectors)


def qr(lib, x, mode):
    return lib.linalg.qr(x, mode)


OPS = [
    linalg("inv", np.linalg.inv, with_singular("The diagonal element 1 is zero"), rows=("linalg_inv_ex",),
           out=True),
    linalg("inv_ex", lambda x: (np.linalg.inv(x), np.zeros(x.shape[:-2], np.int32)), matrices(SQUARES),
           fields=("inverse", "info"), out=True),
    linalg("solve", solved, sides, rows=("linalg_solve_ex",), out=True),
    linalg("solve_ex", solved_or_not, sides_or_not, fields=("result", "info"), out=True),
    linalg("solve_triangular", solved_triangle, triangles, rows=("linalg_solve_triangular",), out=True),
    linalg("cholesky", None, not_positive, cholesky, rows=("linalg_cholesky_ex",), out=True),
    linalg("cholesky.as_given", None, cholesky_as_given),
    linalg("cholesky_ex", lambda x: (np.linalg.cholesky(np_positive(x)), np.zeros(x.shape[:-2], np.int32)),
           matrices(SQUARES, words=False), cholesky_ex,
           fields=("L", "info"), out=True),
    linalg("det", np.linalg.det, matrices(SQUARES), rows=("linalg_det", "linalg_cofactors"), out=True),
    linalg("slogdet", np.linalg.slogdet, matrices(SQUARES), rows=("linalg_slogdet",),
           fields=("sign", "logabsdet"), out=True),
    linalg("qr", lambda x, mode: np.linalg.qr(x, mode), matrices(MATRICES, "reduced", square=False), qr,
           rows=("linalg_qr",), fields=("Q", "R")),
    linalg("qr.complete", None, matrices(WIDE, "complete", square=False), qr),
    linalg("eigh", np_eigh, matrices(SQUARES, words=False), eigh, rows=("linalg_eigh",)),
    linalg("eigvalsh", lambda x: np.linalg.eigvalsh(x + mt(x)), matrices(SQUARES, words=False),
           lambda lib, x: lib.linalg.eigvalsh(symmetric(x))),
    linalg("svd", np_svd, matrices(MATRICES, False, square=False), svd, rows=("linalg_svd",)),
    linalg("svd.full", np_svd, matrices(MATRICES, True, square=False), svd),
    linalg("svdvals", lambda x: np.linalg.svd(x, compute_uv=False), matrices(MATRICES, square=False)),
    linalg("pinv", None, pseudo, rows=("linalg_pinv",)),
    linalg("pinv.hermitian", lambda x: np.linalg.pinv(x + mt(x)),
           matrices([(3, 3), (2, 2, 2), (0, 0)], words=False),
           lambda lib, x: lib.linalg.pinv(symmetric(x), hermitian=True)),
    linalg("matrix_power", np.linalg.matrix_power, powers, dtypes=NUMBERS),
    linalg("multi_dot", None, chains, dtypes=NUMBERS),
    Op("matrix_power", np.linalg.matrix_power, powers, rows=(), dtypes=NUMBERS, rtol=RTOL, out=True),
    Op("inverse", np.linalg.inv, matrices(SQUARES), rows=(), dtypes=FLOATS, rtol=RTOL, out=True),
    Op("cholesky", None, not_positive, older_cholesky, rows=(), dtypes=FLOATS, rtol=RTOL, out=True),
    Op("det", np.linalg.det, matrices(SQUARES), rows=(), dtypes=FLOATS, rtol=RTOL),
    Op("logdet", lambda x: np.log(np.linalg.det(x)), matrices(SQUARES), rows=(), dtypes=FLOATS, rtol=RTOL),
    Op("slogdet", np.linalg.slogdet, matrices(SQUARES), rows=(), dtypes=FLOATS, rtol=RTOL,
       fields=("sign", "logabsdet"), out=True),
    Op("pinverse", np.linalg.pinv, matrices([(3, 3), (4, 2), (2, 4)], square=False, words=False), rows=(),
       dtypes=FLOATS, rtol=RTOL),
]  # fmt: skip
