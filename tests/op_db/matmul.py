"""Matrix products."""

from itertools import product

import numpy as np

from .spec import NUMBERS, Op, S, bad, kink, large

# By the numbers of dimensions of both
SHAPES = {
    (1, 1): [((3,), (3,)), ((0,), (0,))],
    (2, 1): [((2, 3), (3,)), ((2, 0), (0,)), ((0, 3), (3,))],
    (1, 2): [((3,), (3, 4)), ((0,), (0, 2))],
    (2, 2): [((2, 3), (3, 4)), ((1, 3), (3, 1)), ((0, 3), (3, 2)), ((2, 0), (0, 3))],
    (3, 3): [((5, 2, 3), (5, 3, 4)), ((1, 2, 3), (1, 3, 2)), ((4, 0, 3), (4, 3, 2)), ((2, 2, 0), (2, 0, 3))],
}
BATCHED = [
    ((5, 2, 3), (3,)),
    ((3,), (5, 3, 4)),
    ((5, 2, 3), (3, 4)),
    ((2, 3), (5, 3, 4)),
    ((2, 1, 2, 3), (3, 3, 2)),
    ((1, 2, 3), (4, 3, 2)),
    ((0, 2, 3), (3, 4)),
]
LARGE = {
    (1, 1): ((1030,), (1030,)),
    (2, 1): ((64, 130), (130,)),
    (1, 2): ((130,), (130, 64)),
    (2, 2): ((33, 70), (70, 45)),
    (3, 3): ((3, 17, 18), (3, 18, 19)),
}
LAYOUTS = {
    1: (None, "stepped"),
    2: (None, "transposed", "offset"),
    3: (None, "transposed", "stepped", "expanded"),
}
MULTIPLIED = (RuntimeError, "shapes cannot be multiplied")


def of(*dims, errors=(), same="", extra=()):
    """Samples with these (numbers of dimensions); errors are (type, phrase, shape, shape)."""

    def samples(g):
        yield from (S(g(*a), g(*b)) for d in dims for a, b in SHAPES[d])
        yield from (S(g(*a), g(*b)) for a, b in extra)
        for left, right in dims:
            a, b = SHAPES[left, right][0]
            yield from (
                S(g(*a, layout=x), g(*b, layout=y)) for x, y in product(LAYOUTS[left], LAYOUTS[right])
            )
            a, b = LARGE[left, right]
            yield large(g(*a), g(*b))
            yield large(g(*a, layout=LAYOUTS[left][1]), g(*b, layout=LAYOUTS[right][1]))
        yield from (bad(error, phrase, g(*a), g(*b)) for error, phrase, a, b in errors)
        if g.floating:
            a, b = SHAPES[dims[-1]][0]
            yield kink(g(*a) * g.values(np.nan, 0, np.inf), g(*b))
            other = "float32" if g.dtype == np.float64 else "float64"
            yield bad(RuntimeError, same, g(*a), g(*b).astype(other))

    return samples


def product_of(name, samples, **flags):
    return Op(name, np.matmul, samples, dtypes=NUMBERS, **({"out": True} | flags))


MATMULS = of(
    *SHAPES,
    extra=BATCHED,
    errors=[
        (*MULTIPLIED, (2, 3), (2, 3)),
        (RuntimeError, "", (2,), (3,)),
        (RuntimeError, "size mismatch, got input", (2, 3), (2,)),
        (RuntimeError, "", (2, 2, 3), (3, 3, 4)),
        (RuntimeError, "", (2, 2, 3), (2, 2, 3)),
        (RuntimeError, "", (), (3,)),
    ],
)
SAME = "to have the same dtype"
MM = of((2, 2), same=SAME, errors=[(*MULTIPLIED, (2, 3), (2, 3)), (RuntimeError, "", (2,), (2, 2))])
BMM = of((3, 3), errors=[(RuntimeError, "", (2, 2, 3), (2, 2, 3)), (RuntimeError, "", (1, 2, 3), (2, 3, 2))])
MV = of(
    (2, 1), errors=[(RuntimeError, "size mismatch, got input", (2, 3), (2,)), (RuntimeError, "", (3,), (3,))]
)
DOT = of((1, 1), errors=[(RuntimeError, "", (2,), (3,)), (RuntimeError, "", (2, 2), (2,))])

OPS = [
    product_of("matmul", MATMULS, operator="matmul", rows=()),
    product_of("mm", MM),
    product_of("bmm", BMM),
    product_of("mv", MV),
    product_of("dot", DOT),
]
