"""Elementwise functions of two and three arrays, with broadcasting and scalar operands."""

from functools import partial

import numpy as np

from .spec import ALL, INTEGRAL, NONZERO, NUMBERS, POSITIVE, REAL, Op, S, bad, kink, large

BROADCASTS = [
    ((), ()),
    ((3,), ()),
    ((), (2, 3)),
    ((2, 3), (3,)),
    ((2, 1), (1, 3)),
    ((1, 3), (2, 1, 1)),
    ((2, 1, 3), (4, 1)),
    ((0,), (1,)),
    ((4, 1), (4, 0)),
]
LAYOUT_PAIRS = [
    ("transposed", None),
    (None, "stepped"),
    ("offset", "transposed"),
    ("expanded", "stepped"),
    ("stepped", "expanded"),
]
MISMATCH = "must match the size of tensor b"


def pairs(g, second=None):
    """Two arrays; the second one from its own domain, if it has one."""
    yield from (S(g(*a), g(*b, domain=second)) for a, b in BROADCASTS)
    yield from (S(g(3, 4, layout=a), g(3, 4, layout=b, domain=second)) for a, b in LAYOUT_PAIRS)
    yield kink(*g.hard_pairs())
    yield large(g(3, 1031), g(3, 1031, domain=second))
    yield large(g(517, 3, layout="transposed"), g(517, 1, domain=second))
    yield large(g(2, 1031), g(domain=second))
    yield bad(RuntimeError, MISMATCH, g(2, 3), g(4))


def operands(g, second=None, numbers=(2.5, 2, True)):
    """Two arrays, or an array and a Python number of no higher kind."""
    yield from pairs(g, second)
    lower = {"f": (float, int, bool), "b": (bool,)}.get(g.dtype.kind, (int, bool))
    for number in (n for n in numbers if type(n) in lower):
        yield S(g(2, 3), number)
        yield S(g(), number)
    if g.floating:
        yield from (kink(g.hard(), number) for number in (0, np.inf, np.nan))
    yield bad(TypeError, "", g(2), "2")
    yield bad(TypeError, "", g(2), None)


def scaled(g, numbers=(2.5, 2, True)):
    """Operands, and `alpha`."""
    yield from operands(g, numbers=numbers)
    factors = (2, -1, 0.5) if g.floating else (2, 0) if g.dtype.kind in "iu" else (True,)
    for alpha in factors:
        yield S(g(2, 3), g(3), alpha=alpha)
        yield S(g(2, 3), g.number(1), alpha=alpha)
    if not g.floating:
        yield bad(RuntimeError, "", g(2), g(2), alpha=0.5)


def minuends(g):
    """number - x"""
    for number in (2.5, 2) if g.floating else (2,):
        yield S(number, g(2, 3))
        yield S(number, g(3, 4, layout="stepped"))


def extremes(g):
    yield from pairs(g)
    yield kink(g.ties(3, 4), g.ties(3, 4))


def comparisons(g):
    yield from operands(g)
    yield S(g.ties(3, 4), g.ties(4))
    yield S(g.ties(3, 4), 1)


def powers(g):
    if not g.floating:
        yield from (S(g(*a), g(*b, domain=((0, 3),))) for a, b in BROADCASTS)
        yield from (S(g(2, 3), exponent) for exponent in (0, 1, 2, 3))
        yield S(g(2, 3), 0.5)
        yield S(2, g(2, 3, domain=((0, 3),)))
        if g.dtype.kind == "i":
            yield bad(RuntimeError, "Integers to negative integer powers", g(2), -1)
        return
    yield from pairs(g, REAL)
    for exponent in (0, 1, 2, 3, 4, -1, -2, 0.5, -0.5, 1.5, 2.0, True):
        yield S(g(2, 3), exponent)
        hard = g.hard()
        if exponent in (
            0.5,
            -0.5,
        ):  # PyTorch takes these for sqrt and rsqrt, which differ from pow at -0.0 and -inf
            hard = hard[~np.signbit(hard) | (np.isfinite(hard) & (hard != 0))]
        yield kink(hard, exponent)
    for exponent in (2, 3, 0, -1):
        yield S(g(2, 3, domain=NONZERO), exponent)
        yield kink(g(2, 3, domain=NONZERO), g.values(exponent))
    yield from (large(g(3, 1031), exponent) for exponent in (2, 3, -1, 0.5, 1.5))
    for base in (0, 1, 2, 2.5, -2):
        yield kink(base, g.hard())
    yield from (S(base, g(2, 3)) for base in (2, 0.5))
    yield S(2, g(3, 4, layout="stepped"))


def choices(g):
    """where(condition, a, b)"""
    yield S(g.mask(), g(), g())
    yield S(g.mask(2, 3), g(2, 3), g(2, 3))
    yield S(g.mask(3), g(2, 1), g(2, 3))
    yield S(g.mask(2, 1, 3), g(3), g(4, 1))
    yield S(g.mask(2, 3), g(), g(1))
    yield S(g.mask(4, 1), g(4, 0), g(1))
    yield S(g.mask(3, 4), g(3, 4, layout="stepped"), g(3, 4, layout="transposed"))
    yield kink(g.mask(15 if g.floating else g.hard().size), g.hard(), g.hard()[::-1].copy())
    yield large(g.mask(3, 1031), g(3, 1031), g(1031))
    yield bad(RuntimeError, MISMATCH, g.mask(2), g(3), g(3))


def choices_of_numbers(g):
    yield S(g.mask(2, 3), g(3), g.number(1))
    yield S(g.mask(2, 3), g.number(1), g(2, 1))


def two_numbers(g):
    yield S(g.mask(2, 3), g.number(1), g.number(0))
    yield S(g.mask(), 1.5, 2)


def conditions(g):
    """where(condition): indices of what is not zero"""
    yield from (S(g.mask(*shape)) for shape in [(), (0,), (5,), (2, 3), (2, 0)])
    yield S(g.ties(3, 4))


def choices_by_method(g):
    """x.where(condition, other)"""
    yield S(g(2, 3), g.mask(3), g(2, 1))


def bounds(g):
    """clamp(x, min, max)"""
    yield S(g(2, 3), g(2, 3), g(2, 3))
    if g.dtype.kind == "b":
        return
    low, high = (-1, 2) if g.dtype.kind in "fi" else (1, 2)
    x = g.hard()
    for shape in [(), (5,), (2, 3), (0, 3)]:
        yield S(g(*shape), low, high)
    yield S(g(3, 4, layout="transposed"), low, high)
    yield S(g(3, 4, layout="stepped"), min=low)
    yield S(g(2, 3), max=high)
    yield S(g(2, 3), low)
    yield S(g(2, 3), high, low)
    yield S(g(2, 3), min=g(2, 3), max=g(2, 3))
    yield S(g(2, 3), g(3), g(2, 1))
    yield S(g(2, 3), g(2, 1), g())
    yield S(g(2, 3), min=g(3))
    yield S(g(2, 3), max=g(2, 1))
    yield kink(x, 1, 2)
    yield kink(x, min=1)
    yield kink(x, max=1)
    yield kink(x, g.values(1), g.values(1))
    yield kink(x, x, x.copy())
    yield large(g(3, 1031), low, high)
    yield large(g(3, 1031), g(1031), g(3, 1))
    yield bad(RuntimeError, "", g(2))
    yield bad(TypeError, "", g(2), g(2), 1)
    yield bad(TypeError, "", g(2), "a")
    if g.floating:
        yield kink(x, np.nan, 1.0)
        yield kink(x, -np.inf, np.inf)
        yield kink(x, g.values(np.nan), g.values(1))


def with_alpha(f):
    return lambda x, y, alpha=None: f(x, y if alpha is None or alpha is True else y * alpha)


def power(x, y):
    whole = isinstance(x, np.ndarray) and x.dtype.kind != "f" and isinstance(y, float)
    return np.power(x.astype(np.float32) if whole else x, y)


def clamp(x, min=None, max=None):
    x = x if min is None else np.maximum(x, min)
    return x if max is None else np.minimum(x, max)


def binary(name, ref, samples=operands, dtypes=ALL, domain=REAL, **flags):
    return Op(name, ref, samples, dtypes=dtypes, domain=domain, **({"inplace": True, "out": True} | flags))


compare = partial(binary, samples=comparisons, grad=False)
logical = partial(binary, samples=pairs, grad=False)
bitwise = partial(binary, dtypes=INTEGRAL, grad=False)

OPS = [
    binary("add", with_alpha(np.add), scaled, operator="add"),
    binary("sub", with_alpha(np.subtract), partial(scaled, numbers=(2.5, 2)), NUMBERS, operator="sub"),
    Op("rsub", np.subtract, minuends, lambda lib, number, x: number - x, dtypes=NUMBERS, method=False),
    binary("mul", np.multiply, operator="mul"),
    binary("div", np.divide, partial(operands, second=NONZERO), operator="truediv", to_float=True),
    binary("pow", power, powers, NUMBERS, POSITIVE, operator="pow", rows=("pow", "pow_number", "number_pow")),
    binary("maximum", np.maximum, extremes, inplace=False),
    binary("minimum", np.minimum, extremes, inplace=False),
    Op("where", np.where, choices, method=False, out=True),
    Op("where.number", np.where, choices_of_numbers, method=False, rows=()),
    Op("where.numbers", None, two_numbers, method=False, rows=(), grad=False),
    Op("where.indices", None, conditions, method=False, rows=(), grad=False),
    Op("where.method", lambda x, c, y: np.where(c, x, y), choices_by_method, function=False, rows=()),
    binary("clamp", clamp, bounds, NUMBERS, rows=("clamp", "clamp_number")),
    compare("eq", np.equal, operator="eq"),
    compare("ne", np.not_equal, operator="ne"),
    compare("lt", np.less, operator="lt"),
    compare("le", np.less_equal, operator="le"),
    compare("gt", np.greater, operator="gt"),
    compare("ge", np.greater_equal, operator="ge"),
    logical("logical_and", np.logical_and),
    logical("logical_or", np.logical_or),
    logical("logical_xor", np.logical_xor),
    bitwise("bitwise_and", np.bitwise_and, operator="and_"),
    bitwise("bitwise_or", np.bitwise_or, operator="or_"),
    bitwise("bitwise_xor", np.bitwise_xor, operator="xor"),
]
