"""Joining arrays."""

import numpy as np

from .spec import Op, S, bad, large

OUT_OF_RANGE = (IndexError, "Dimension out of range")


def joined(*shapes_and_dims, errors):
    """f([arrays], dim)"""

    def samples(g):
        for shapes, *dim in shapes_and_dims:
            yield S([g(*shape) for shape in shapes], *dim)
            yield S(tuple(g(*shape) for shape in shapes), **dict(zip(["dim"], dim, strict=False)))
        for a, b in [("transposed", "stepped"), ("offset", "expanded")]:
            yield from (S([g(3, 4, layout=a), g(3, 4, layout=b)], dim) for dim in (0, 1))
        x = g(2, 3)
        yield large([g(70, 33), g(70, 33, layout="transposed"), g(70, 33, layout="stepped")], 1)
        for error, phrase, shapes, *dim in errors:
            yield bad(error, phrase, [g(*shape) for shape in shapes], *dim)
        yield bad(TypeError, "", [x, 1])

    return samples


CATS = joined(
    ([(3,), (2,)],),
    ([(2, 3), (1, 3)], 0),
    ([(2, 3), (2, 1), (2, 2)], 1),
    ([(2, 3), (2, 1)], -1),
    ([(2, 3, 1), (2, 1, 1)], -2),
    ([(2, 3)], 0),
    ([(0, 3), (2, 3)], 0),
    ([(2, 0), (2, 0)], 1),
    ([(0,), (2, 3)], 0),
    errors=[
        (RuntimeError, "Sizes of tensors must match", [(2, 3), (3, 4)], 0),
        (RuntimeError, "", [(2, 3), (3,)], 0),
        (RuntimeError, "", [(), ()], 0),
        (*OUT_OF_RANGE, [(2, 3), (2, 3)], 2),
        (ValueError, "", []),
    ],
)
STACKS = joined(
    ([(), ()],),
    ([(3,), (3,)], 0),
    ([(2, 3), (2, 3), (2, 3)], 1),
    ([(2, 3), (2, 3)], -1),
    ([(2, 3), (2, 3)], -3),
    ([(2, 3)], 2),
    ([(0, 3), (0, 3)], 1),
    errors=[
        (RuntimeError, "expects each tensor to be equal size", [(2, 3), (1, 3)], 0),
        (*OUT_OF_RANGE, [(2, 3), (2, 3)], 3),
        (RuntimeError, "", []),
    ],
)


def mixed(g):
    """Arrays of different dtypes."""
    third = "uint8" if g.dtype == np.uint64 else "int8"  # uint64 promotes with no signed integer
    yield from (S([g(2, 3), g(1, 3).astype(dtype)], 0) for dtype in ("float64", third, "bool"))


def concatenate(arrays, dim=0):
    """Empty 1-d arrays do not count."""
    return np.concatenate([a for a in arrays if a.shape != (0,)], dim)


def stack(arrays, dim=0):
    return np.stack(arrays, dim)


OPS = [
    Op("cat", concatenate, CATS, method=False, out=True),
    Op("concatenate", concatenate, CATS, method=False, out=True, rows=()),
    Op("cat.mixed", concatenate, mixed, method=False, rows=(), out=True),
    Op("stack", stack, STACKS, method=False, out=True),
]
