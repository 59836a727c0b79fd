"""Copies, conversions, and writing over what is there."""

from functools import partial

import numpy as np

from .shape import IN_LAYOUTS, cases
from .spec import ALL, LAYOUTS, Dtype, Op, S, bad, kink, large

COPIES = cases(((),), ((0, 3),), ((5,),), ((2, 3),), *IN_LAYOUTS)
CONTIGUOUS = cases(((2, 3),), ((),), ((0, 3),))
STRIDED = cases(*IN_LAYOUTS)


def copies_onto(g):
    for to, source in [
        ((), ()),
        ((2, 3), (2, 3)),
        ((2, 3), (3,)),
        ((2, 3), ()),
        ((2, 3), (2, 1)),
        ((0, 3), (1, 3)),
    ]:
        yield S(g(*to), g(*source))
    yield from (S(g(3, 4, layout=layout), g(3, 4)) for layout in LAYOUTS)
    yield from (S(g(3, 4), g(3, 4, layout=layout)) for layout in LAYOUTS)
    yield S(g(2, 3), g.mask(2, 3))
    yield from (S(g(2, 3), g(3).astype(dtype)) for dtype in ("float64", "int8"))
    yield bad(RuntimeError, "", g(2, 3), g(2))
    yield bad(RuntimeError, "", g(3), g(2, 3))


def copied_onto(x, source):
    x = x.copy()
    x[...] = source
    return x


def conversions(g):
    yield from (S(g(2, 3), Dtype(dtype)) for dtype in ALL)
    yield from (S(g(3, 4, layout=layout), Dtype("float32")) for layout in LAYOUTS)
    yield S(g(), dtype=Dtype("float64"))
    yield S(g(2, 3), "cpu")
    if g.floating:
        yield S(g(2), g(3).astype("float32"))
    yield large(g(3, 1031), Dtype("float32"))
    yield large(g(3, 1031, layout="stepped"), Dtype("float64"))


def converted(x, to=None, dtype=None):
    to = to.dtype if isinstance(to, np.ndarray) else x.dtype if to == "cpu" else to or dtype
    return x.astype(to)


def truth(g):
    yield from COPIES(g)
    yield kink(g.hard())


def fillings(g):
    for number in (g.number(2), g.dtype.type(2), g()):
        yield S(g(2, 3), number)
        yield S(g(), number)
    yield from (S(g(3, 4, layout=layout), g.number(1)) for layout in LAYOUTS)
    yield bad(RuntimeError, "", g(2, 3), g(3))


def angles(g):
    yield from cases(((),), ((0, 3),), ((2, 3),), *IN_LAYOUTS)(g)
    yield kink(g.hard())


def angle(x):
    return np.where(np.isnan(x), x, np.where(x < 0, np.pi, 0)).astype(x.dtype)


def bytes_as(g):
    """The bytes of an array as elements of as many bytes, of fewer, and of more."""
    for dtype in ("int8", "int32", "float64"):
        yield S(g(2, 8), Dtype(dtype))
        yield S(g(8), Dtype(dtype))
    if g.dtype.itemsize == 4:
        yield S(g(3, 4, layout="transposed"), Dtype("int32"))
    if g.dtype.itemsize < 8:
        yield bad(RuntimeError, "must be divisible by", g(3), Dtype("int64"))
        yield bad(RuntimeError, "must be 1 to view", g(4, 8, layout="transposed"), Dtype("int64"))
        yield bad(RuntimeError, "cannot be 0 to view", g(), Dtype("int64"))


def to(name):
    return lambda x: x.astype(name)


def copy(x):
    return x.copy()


def over_a_copy(name):
    """x.name(...) in place, of a copy of x"""
    return lambda lib, x, *args: getattr(x.clone(), name)(*args)


in_place = partial(Op, method=False)
conversion = partial(Op, samples=COPIES, function=False, rows=())

OPS = [
    Op("clone", copy, COPIES),
    Op("contiguous", copy, STRIDED, function=False, rows=()),
    Op("contiguous.already", copy, CONTIGUOUS, function=False, view=True, rows=()),
    Op("detach", copy, COPIES, grad=False, view=True, rows=()),
    in_place("copy_", copied_onto, copies_onto, over_a_copy("copy_")),
    in_place("fill_", copied_onto, fillings, over_a_copy("fill_"), rows=("fill_", "fill_number_")),
    in_place("fill", copied_onto, fillings, rows=("fill", "fill_number")),
    in_place("zero_", np.zeros_like, COPIES, over_a_copy("zero_")),
    Op("to", converted, conversions, function=False),
    *(conversion(name, to(dtype)) for name, dtype in {"float": "float32", "double": "float64"}.items()),
    *(conversion(name, to(dtype), grad=False) for name, dtype in {"long": "int64", "int": "int32"}.items()),
    *(Op(name, copy, COPIES, view=True, rows=()) for name in ("conj", "resolve_conj", "resolve_neg")),
    Op("real", copy, COPIES, view=True, method=False, rows=()),
    Op("conj_physical", copy, COPIES, view=True, out=True, inplace=True, rows=()),
    Op("angle", angle, angles, to_float=True, out=True),
    Op(
        "view.dtype", lambda x, dtype: x.view(dtype), bytes_as, function=False, grad=False, view=True, rows=()
    ),
    Op("bool", to("bool"), truth, function=False, grad=False, rows=()),
]
