"""Products that are added to something, contractions, chains of matrices."""

import warnings

import numpy as np

from .spec import ALL, NUMBERS, Op, S, bad, kink, large

ADDED = {  # shapes of input and factors
    "addmm": [((2, 4), (2, 3), (3, 4)), ((4,), (2, 3), (3, 4)), ((2, 1), (2, 3), (3, 4)),
              ((2, 4), (2, 0), (0, 4)),
              ((0, 4), (0, 3), (3, 4)), ((1, 1), (1, 3), (3, 1))],
    "addmv": [((2,), (2, 3), (3,)), ((1,), (2, 3), (3,)), ((), (2, 3), (3,)), ((2,), (2, 0), (0,))],
    "addbmm": [((2, 4), (5, 2, 3), (5, 3, 4)), ((4,), (5, 2, 3), (5, 3, 4)), ((2, 4), (0, 2, 3), (0, 3, 4)),
               ((2, 4), (5, 2, 0), (5, 0, 4))],
    "baddbmm": [((5, 2, 4), (5, 2, 3), (5, 3, 4)), ((2, 1), (5, 2, 3), (5, 3, 4)),
                ((0, 2, 4), (0, 2, 3), (0, 3, 4)),
                ((5, 2, 4), (5, 2, 0), (5, 0, 4))],
    "addr": [((2, 3), (2,), (3,)), ((3,), (2,), (3,)), ((2, 1), (2,), (3,)), ((0, 3), (0,), (3,))],
}  # fmt: skip
WRONG = {
    "addmm": [("", (2, 5), (2, 3), (3, 4)), ("shapes cannot be multiplied", (4,), (2, 3), (2, 4)),
              ("mat1 must be a matrix", (4,), (3,), (3, 4))],
    "addmv": [("size mismatch, got input", (2,), (2, 3), (2,)), ("", (3,), (2, 3), (3,))],
    "addbmm": [("", (2, 4), (5, 2, 3), (4, 3, 4)), ("", (2, 4), (2, 3), (5, 3, 4))],
    "baddbmm": [("Expected size for first two dimensions", (2, 4), (5, 2, 3), (4, 3, 4)),
                ("", (2, 4), (2, 3), (5, 3, 4))],
    "addr": [("The expanded size of the tensor", (2, 4), (2,), (3,)),
             ("Expected 1-D argument", (2, 3), (2, 1), (3,))],
}  # fmt: skip


def added_reference(name):
    def reference(x, a, b, beta=1, alpha=1):
        product = np.multiply.outer(a, b) if name == "addr" else a @ b
        product = product.sum(0, dtype=product.dtype) if name == "addbmm" else product
        beta, alpha = (product.dtype.type(v) for v in (beta, alpha))
        return (alpha * product + (beta * x if beta else 0) * np.ones_like(product)).astype(product.dtype)

    return reference


def added_samples(name):
    def samples(g):
        shapes = ADDED[name]
        yield from (S(*(g(*s) for s in case)) for case in shapes)
        x, a, b = shapes[0]
        yield S(g(*x), g(*a), g(*b), beta=2, alpha=3)
        if g.floating:
            yield S(g(*x), g(*a), g(*b), beta=0.5, alpha=-1.5)
            yield kink(g(*x) * np.nan, g(*a), g(*b), beta=0)
        yield S(g(*x), g(*a), g(*b), beta=0)
        if len(a) > 1:
            yield S(g(*x, layout="stepped"), g(*a, layout="transposed"), g(*b, layout="offset"))
            yield S(g(*x), g(*a, layout="expanded"), g(*b, layout="stepped"))
        for phrase, *case in WRONG[name]:
            yield bad(RuntimeError, phrase, *(g(*s) for s in case))

    return samples


def added(name, **flags):
    return Op(name, added_reference(name), added_samples(name), inplace=True, out=True, **flags)


def pairs(*shapes, errors=(), layout="transposed"):
    """Samples of two arrays of these shapes, and in layouts; errors are (type, phrase, shape, shape)."""

    def samples(g):
        yield from (S(g(*a), g(*b), *rest) for a, b, *rest in shapes)
        a, b, *rest = shapes[0]
        yield S(g(*a, layout=layout if len(a) > 1 else "stepped"), g(*b, layout="offset"), *rest)
        yield from (bad(error, phrase, g(*a), g(*b), *rest) for error, phrase, a, b, *rest in errors)

    return samples


OUTER = pairs(
    ((2,), (3,)), ((0,), (3,)), ((1,), (1,)), errors=[(RuntimeError, "outer: Expected 1-D", (2, 2), (3,))]
)
INNER = pairs(
    ((2, 3), (4, 3)), ((3,), (3,)), ((), (2, 3)), ((2, 3), (3,)), ((2, 0), (3, 0)), ((2, 2, 3), (4, 3)),
    errors=[(RuntimeError, "inner() the last dimension must match", (2,), (3,))],
)  # fmt: skip
VDOT = pairs(
    ((3,), (3,)), ((0,), (0,)), errors=[(RuntimeError, "", (2,), (3,)), (RuntimeError, "", (2, 2), (2,))]
)
KRON = pairs(
    ((2, 3), (3, 2)),
    ((3,), (2,)),
    ((), (2,)),
    ((2, 3), (2, 1, 2)),
    ((0, 2), (2, 2)),
    ((), ()),
    layout="stepped",
)
CROSS = pairs(
    ((2, 3), (2, 3), 1), ((3, 2), (3, 2), 0), ((1, 3), (4, 3), -1), ((3,), (3,), 0), ((0, 3), (0, 3), 1),
    errors=[
        (RuntimeError, "must have length 3", (2, 2), (2, 2), 1),
        (RuntimeError, "same number of dimensions", (3,), (2, 3), 0),
        (IndexError, "Dimension out of range", (2, 3), (2, 3), 2),
    ],
)  # fmt: skip
TENSORDOT = pairs(
    ((2, 3, 4), (3, 4, 5)), ((2, 3), (3, 4), 1), ((2, 3), (2, 2), 0),
    ((2, 3, 4), (4, 5, 3), ([1, 2], [2, 0])),
    ((2, 3), (2, 3), ([0, -1], [0, 1])), ((2, 1), (3, 2), 1), ((2, 3), (1, 2), 1), ((0, 3), (3, 2), 1),
    ((2, 0), (0, 3), 1), ((), (2,), 0), ((2, 2, 2), (2, 2, 2), ([], [])),
    errors=[
        (RuntimeError, "tensordot expects dims >= 0", (2, 3), (3, 2), -1),
        (RuntimeError, "contracted dimensions need to match", (2, 4), (3, 2), 1),
        (RuntimeError, "both dimension lists should have same length", (2, 4), (4, 2), ([1], [0, 1])),
        (RuntimeError, "", (2, 2), (2, 2), ([0, 0], [0, 1])),
        (IndexError, "Dimension out of range", (2, 2), (2, 2), ([2], [0])),
    ],
)  # fmt: skip


def tensordot_reference(a, b, dims=2):
    if isinstance(dims, int):
        dims = (list(range(a.ndim - dims, a.ndim)), list(range(dims)))
    size = {(p, q): max(a.shape[p], b.shape[q]) for p, q in zip(*dims, strict=True)}
    for (p, q), n in size.items():
        a = np.broadcast_to(a, [n if i == p % a.ndim else s for i, s in enumerate(a.shape)])
        b = np.broadcast_to(b, [n if i == q % b.ndim else s for i, s in enumerate(b.shape)])
    return np.asarray(np.tensordot(a, b, dims), a.dtype)


CHAINS = [
    ((2, 3), (3, 4), (4, 5)),
    ((5, 1), (1, 4), (4, 1), (1, 3)),
    ((2, 3), (3, 2)),
    ((2, 0), (0, 3), (3, 2)),
]


def chains(g):
    yield from (S(*(g(*s) for s in case)) for case in CHAINS)
    yield S(g(2, 3, layout="transposed"), g(3, 4, layout="stepped"), g(4, 2, layout="offset"))
    yield bad(RuntimeError, "cannot be multiplied", g(2, 3), g(2, 3))
    yield bad(RuntimeError, "", g(2, 2, 2), g(2, 3))
    yield bad(RuntimeError, "", g(2, 3), g(3), g(3, 2))


EINSUMS = [
    ("ij,jk->ik", (2, 3), (3, 4)), ("ij,jk", (2, 3), (3, 4)), ("ba", (2, 3)), ("ii", (3, 3)),
    ("ii->i", (3, 3)),
    ("iij->ji", (2, 2, 3)), ("iji->j", (2, 3, 2)), ("iii->i", (2, 2, 2)), ("ij->", (2, 3)),
    ("ijk->ki", (2, 3, 4)),
    ("i,j", (2,), (3,)), ("i,i", (3,), (3,)), ("i,i->i", (3,), (3,)), ("ij,kj", (2, 3), (4, 3)),
    (",i", (), (3,)),
    ("bij,bjk->bik", (5, 2, 3), (5, 3, 4)), ("bij,bjk->kib", (5, 2, 3), (5, 3, 4)),
    ("bi,bi->b", (4, 3), (4, 3)),
    ("aB,Bc", (2, 3), (3, 4)), ("ba,Bc", (2, 3), (3, 2)),
    (" i j , j k -> k i", (2, 3), (3, 2)),
    ("...ij->...ji", (2, 3, 4)), ("i...", (2, 3)), ("...i,...i->...", (2, 3), (3,)),
    ("a...b,b...", (2, 3, 4), (4, 3)),
    ("...ij,...jk", (2, 1, 2, 3), (4, 3, 2)), ("...ij->i", (2, 3, 4)), ("...", (2, 3)),
    ("...,...", (2, 3), ()),
    ("i->i...", (2,)), ("ij,ij->ij", (1, 3), (2, 3)),
    ("ij,j->i", (2, 0), (0,)),
    ("ij,jk->ik", (0, 2), (2, 3)), ("ij,jk,kl->il", (2, 3), (3, 4), (4, 2)),
    ("ij,jk,kl", (4, 1), (1, 3), (3, 2)),
    ("i,i,i->i", (3,), (3,), (3,)), ("bi,ij,bj->b", (2, 3), (3, 4), (2, 4)),
    ("ab,bc,cd,de->ae", (2, 2), (2, 3), (3, 1), (1, 2)),
    ("ii,ij,jj->i", (2, 2), (2, 3), (3, 3)), ("i,j,k->ijk", (2,), (1,), (3,)),
    ("ij,ik,il->jkl", (2, 2), (2, 3), (2, 2)),
    ("abc,cd,...b->...ad", (2, 2, 3), (3, 2), (2, 2)),
]  # fmt: skip
EINSUM_ERRORS = [
    ("fewer operands were provided", "ij,jk->ik", (2, 3)),
    ("more operands were provided", "ij->ij", (2, 3), (2,)),
    ("does not match the number of dimensions", "ijk->i", (2, 3)),
    ("does not match the number", "i->i", (2, 3)),
    ("output subscript j does not appear", "i->j", (2,)),
    ("appears more than once in the output", "i->ii", (2,)),
    ("does not broadcast with previously seen size", "ij,jk", (2, 3), (4, 2)),
    ("invalid subscript given", "i$", (2, 3)),
    ("that is not part of any ellipsis", "i.j", (2, 3)), ("invalid subscript given", "ij->i->j", (2, 3)),
    ("an ellipsis", "...i...", (2, 3)), ("is repeated for operand 0", "ii", (2, 3)),
    ("does not broadcast with previously seen", "...i,...i", (2, 3), (4, 3)),
    ("an ellipsis", "i->...i...", (2,)),
    ("", "i,...ijk", (2,), (2, 3)),
]  # fmt: skip


def einsums(g):
    # Where an operand is summed alone, PyTorch makes int64 of lesser integers, or raises for the mixture.
    alone = [("ij,kl->jl", (2, 3), (4, 5)), ("ij,jk->ik", (2, 1), (3, 4))]
    for equation, *shapes in EINSUMS + (alone if g.dtype.itemsize == 8 or g.floating else []):
        yield S(equation, *(g(*s) for s in shapes))
    yield S("ij,jk", g(2, 3, layout="transposed"), g(3, 4, layout="stepped"))
    yield S("ii,ij->j", g(3, 3, layout="offset"), g(3, 4, layout="expanded"))
    yield large("bhqd,bhkd->bhqk", g(2, 3, 20, 16), g(2, 3, 24, 16))
    for phrase, equation, *shapes in EINSUM_ERRORS:
        yield bad(RuntimeError, phrase, equation, *(g(*s) for s in shapes))
    yield bad(ValueError, "must specify the equation string", "ij")


def einsum_reference(equation, *operands):
    return np.asarray(np.einsum(equation.replace(" ", ""), *operands), dtype=operands[0].dtype)


def sublists(g):
    yield S(g(2, 3), [0, 1], g(3, 4), [1, 2], [0, 2])
    yield S(g(2, 3), [5, 1])
    yield S(g(2, 3, 3), [..., 1, 1], [..., 1])
    yield S(g(2, 3), [..., 30], g(3), [30])
    yield bad(ValueError, "not within the valid range [0, 52)", g(2, 3), [0, 60])


def chain(lib, *matrices, **kwargs):
    with warnings.catch_warnings(action="ignore"):  # PyTorch prefers linalg.multi_dot
        return lib.chain_matmul(*matrices, **kwargs)


OPS = [
    *(added(name, dtypes=ALL if name == "addr" else NUMBERS) for name in ADDED),
    Op("vdot", np.vdot, VDOT, dtypes=NUMBERS, out=True),
    Op("outer", np.multiply.outer, OUTER, rows=(), out=True),
    Op("ger", np.multiply.outer, OUTER, rows=(), out=True),
    Op("inner", np.inner, INNER, rows=(), dtypes=NUMBERS, out=True),
    Op("kron", np.kron, KRON, rows=(), out=True),
    Op("cross", lambda a, b, dim: np.cross(a, b, axis=dim), CROSS, rows=("linalg_cross",), dtypes=NUMBERS,
       out=True),
    Op("tensordot", tensordot_reference, TENSORDOT, rows=(), dtypes=NUMBERS, method=False, out=True),
    Op("chain_matmul", lambda *m: np.linalg.multi_dot(m) if len(m) > 2 else m[0] @ m[1], chains, chain,
       rows=(), dtypes=NUMBERS, method=False, out=True),
    Op("einsum", None, einsums, rows=(), dtypes=NUMBERS, method=False),
    Op("einsum.sublists", None, sublists, rows=(), dtypes=NUMBERS, method=False),
]  # fmt: skip
