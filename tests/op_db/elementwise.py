"""The elementwise functions of csrc/ops/math.h."""

from functools import partial

import numpy as np

from .binary import BROADCASTS, LAYOUT_PAIRS, binary, pairs
from .spec import ALL, FLOATS, INTS, LAYOUTS, NONZERO, NUMBERS, POSITIVE, Op, S, bad, kink, large
from .unary import SHAPES, real, unary

INSIDE = ((-0.9, 0.9),)
BETWEEN = ((0.1, 0.9),)
ABOVE_1 = ((1.2, 3.0),)
# Between whole numbers, where steps are flat.
FLAT = ((-2.9, -2.1), (-0.9, -0.1), (0.6, 0.9), (1.1, 1.4))


def without(values):
    """Samples of one array; the hard ones without those values."""

    def samples(g):
        yield from (S(g(*shape)) for shape in SHAPES)
        yield from (S(g(3, 4, layout=layout)) for layout in LAYOUTS)
        hard = g.hard()
        every = ~np.isin(hard, values) & ~np.isnan(hard) if g.floating else np.isin(hard, (0, 1, 2))
        yield kink(hard[every])
        yield large(g(3, 1031))

    return samples


def decimals(g):
    yield from (S(g(2, 3), decimals=n) for n in (1, 2, -1))
    yield kink(g.hard(), decimals=1)


def logits(g):
    yield from (S(g(*shape)) for shape in SHAPES)
    yield from (S(g(*shape), 0.05) for shape in SHAPES)
    yield from (S(g(3, 4, layout=layout), eps=0.01) for layout in LAYOUTS)
    if g.floating:
        x = g.values(0, 1, 0.5, -1, 2, np.nan)
        yield kink(x)
        yield kink(x, 0.1)


def divisions(g):
    """Divisors without zeros; hard ones of floats."""
    second = NONZERO if g.floating else ((1, 9), (-9, -1))
    yield from (S(g(2, 3), g(3, domain=second)) for _ in range(3))
    yield S(g(2, 1), g(1, 3, domain=second))
    yield from (S(g(3, 4, layout=a), g(3, 4, layout=b, domain=second)) for a, b in LAYOUT_PAIRS)
    yield from (S(g(2, 3), number) for number in ((2.5, 2, -3) if g.floating else (2, 3)))
    yield large(g(3, 1031), g(1031, domain=second))
    if g.floating:
        yield kink(*g.hard_pairs())
        yield kink(g.hard(), 0.0)
    elif g.dtype.kind in "iu":
        yield bad(RuntimeError, "ZeroDivisionError", g(2), g.values(0, 1))
        yield bad(RuntimeError, "ZeroDivisionError", g(2), 0)


def quotients(g):
    for mode in ("floor", "trunc", None):
        for sample in divisions(g):
            if not sample.error:
                yield type(sample)(sample.args, {"rounding_mode": mode}, sample.kink, sample.large)
    yield bad(RuntimeError, "rounding_mode", g(2), g(2), rounding_mode="up")


def shifts(g):
    few = ((0, 5),)
    yield S(g(2, 3), g(3, domain=few))
    if g.dtype.kind not in "iu":
        return
    yield S(g(2, 1), g(3, domain=few))
    yield S(g(3, 4, layout="stepped"), 2)
    info = np.iinfo(g.dtype)
    yield kink(g.values(info.max, info.min, 1, 1, 3), g.values(1, 1, info.bits - 1, info.bits, info.bits + 1))
    yield large(g(3, 1031), g(1031, domain=few))


def reversed_pairs(g):
    yield from pairs(g)
    yield S(g(2, 3), g(3), alpha=2)
    yield S(g(2, 3), g.number(2), alpha=2)
    yield S(g(2, 3), g.number(2))


def divisors(g):
    """Not the least number of a dtype: PyTorch ends the process over it."""
    yield from (S(g(*a), g(*b)) for a, b in BROADCASTS)
    yield S(g(3, 4, layout="transposed"), g(3, 4, layout="stepped"))
    yield large(g(3, 1031), g(1031))
    yield S(g.values(0, 0, 12, 12, 7), g.values(0, 5, 0, 18, 7))
    if g.dtype.kind == "i":
        most = np.iinfo(g.dtype).max
        yield S(g.values(-12, 12, -12, most, -most), g.values(18, -18, -18, most, 1))


def signs(g):
    yield from pairs(g)
    yield S(g(2, 3), -2.0)
    yield kink(g.hard(), 3.0)


def close(g):
    yield S(g.ties(3, 4), g.ties(3, 4))
    yield S(g(2, 3), g(3))
    if g.floating:
        x = g.hard()
        yield kink(x, x.copy())
        yield kink(x, x.copy(), equal_nan=True)
        yield kink(*g.hard_pairs())
        y = g(2, 3)
        yield S(y, y * g.dtype.type(1.001), rtol=0.01)
        yield S(y, y + g.dtype.type(0.5), atol=1.0)
        yield bad(RuntimeError, "rtol must be greater than or equal to zero", y, y, rtol=-1.0)


def replaced(g):
    yield from (S(g(*shape)) for shape in SHAPES)
    yield S(g(3, 4, layout="transposed"))
    yield kink(g.hard())
    yield kink(g.hard(), nan=1.0, posinf=2.0, neginf=-3.0)
    yield kink(g.hard(), 5.0)
    yield large(g(3, 1031))


def weighted(g):
    yield S(g(2, 3), g(2, 3), 0.3)
    yield S(g(2, 3), g(3), 0.75)
    yield S(g(2, 1), g(3), g(2, 3))
    yield S(g(3, 4, layout="stepped"), g(3, 4), g(4))
    yield S(g(2, 3), g(2, 3), g())
    yield kink(g.hard(), g.values(1), g.values(1))
    yield large(g(3, 1031), g(3, 1031), 0.25)


def terms(g):
    second = NONZERO
    yield S(g(2, 3), g(2, 3), g(2, 3, domain=second))
    yield S(g(2, 3), g(3), g(2, 1, domain=second), value=2 if not g.floating else 0.5)
    yield S(g(), g(3, 4, layout="transposed"), g(4, domain=second))
    yield S(g(0, 3), g(3), g(1, domain=second), value=3)
    yield large(g(3, 1031), g(1031), g(3, 1, domain=second))


def exponents(g):
    """Without exponents beyond float32, where PyTorch multiplies by inf."""
    yield from (s for s in pairs(g) if g.floating or not s.kink)


def heaviside(x, values):
    return np.where(x == 0, values, (x > 0).astype(x.dtype))


def detached(name):
    """A call for what would record a node without a derivative."""

    def call(lib, x, y, **kwargs):
        plain = [a.detach() if isinstance(a, lib.Tensor) else a for a in (x, y)]
        return getattr(lib, name)(*plain, **kwargs)

    return call


def bounds(g):
    yield S(g(2, 3), 1)
    yield S(g(3, 4, layout="stepped"), 2)
    yield S(g(2, 3), g(3))
    yield kink(g.hard(), 1)
    if g.floating:
        yield kink(*g.hard_pairs())


step = partial(unary, domain=FLAT, dtypes=NUMBERS)
question = partial(unary, grad=False, inplace=False)
two_floats = partial(binary, dtypes=FLOATS, samples=pairs)

ELEMENTARY = [
    unary("sgn", lambda x: x if x.dtype == bool else np.where(np.isnan(x), 0, np.sign(x)), NONZERO),
    real("rsqrt", lambda x: 1 / np.sqrt(x), POSITIVE),
    real("exp2", np.exp2),
    real("expm1", np.expm1),
    real("log2", np.log2, POSITIVE),
    real("log10", np.log10, POSITIVE),
    real("log1p", np.log1p, POSITIVE),
    real("tan", np.tan, INSIDE),
    real("asin", np.arcsin, INSIDE),
    real("acos", np.arccos, INSIDE),
    real("atan", np.arctan),
    real("sinh", np.sinh),
    real("cosh", np.cosh),
    real("asinh", np.arcsinh),
    real("acosh", np.arccosh, ABOVE_1),
    real("atanh", np.arctanh, INSIDE),
    real("sinc", np.sinc, NONZERO, rtol={"float64": 1e-7}),
    real("deg2rad", np.deg2rad),
    real("rad2deg", np.rad2deg),
    Op("logit", None, logits, domain=BETWEEN, to_float=True, inplace=True, out=True),
]
ROUNDING = [
    step("floor", lambda x: x if x.dtype.kind in "iu" else np.floor(x)),
    step("ceil", lambda x: x if x.dtype.kind in "iu" else np.ceil(x)),
    step("trunc", lambda x: x if x.dtype.kind in "iu" else np.trunc(x)),
    step("round", np.round),
    Op("round.decimals", None, decimals, domain=FLAT, dtypes=FLOATS),
    unary("frac", lambda x: x - np.trunc(x), FLAT, FLOATS),
    binary("floor_divide", np.floor_divide, divisions, NUMBERS, call=detached("floor_divide"), grad=False),
    binary("fmod", np.fmod, divisions, NUMBERS, domain=FLAT, rows=("fmod", "fmod_number")),
    binary(
        "remainder",
        np.remainder,
        divisions,
        NUMBERS,
        domain=FLAT,
        rows=("remainder", "remainder_number"),
        operator="mod",
    ),
    Op("div.rounded", None, quotients, dtypes=NUMBERS, domain=FLAT, rows=("div_floor", "div_trunc")),
]
PAIRS = [
    Op(
        "rsub.function",
        lambda x, y, alpha=1: y - alpha * x,
        reversed_pairs,
        dtypes=NUMBERS,
        method=False,
        rows=("rsub_tensors",),
    ),
    binary("float_power", np.float_power, pairs, domain=POSITIVE, rows=()),
    binary("fmax", np.fmax, pairs, inplace=False),
    binary("fmin", np.fmin, pairs, inplace=False),
    binary("atan2", np.arctan2, pairs, domain=NONZERO, to_float=True),
    two_floats("hypot", np.hypot, domain=NONZERO),
    binary(
        "copysign", np.copysign, signs, domain=NONZERO, to_float=True, rows=("copysign", "copysign_number")
    ),
    two_floats("nextafter", np.nextafter),
    binary("heaviside", heaviside, pairs, call=detached("heaviside"), grad=False),
    binary("ldexp", None, exponents, domain=POSITIVE),
    two_floats("logaddexp", np.logaddexp, inplace=False),
    two_floats("logaddexp2", np.logaddexp2, inplace=False),
    binary("bitwise_left_shift", None, shifts, INTS, grad=False),
    binary("bitwise_right_shift", None, shifts, INTS, grad=False),
    binary("gcd", np.gcd, divisors, INTS, grad=False),
    binary("lcm", np.lcm, divisors, INTS, grad=False),
    Op("frexp", None, without(()), dtypes=FLOATS, fields=("mantissa", "exponent"), out=True),
]
PREDICATES = [
    question("isnan", np.isnan, out=False),
    question("isinf", np.isinf, out=False),
    question("isfinite", np.isfinite, out=False),
    question("isposinf", lambda x: x == np.inf),
    question("isneginf", lambda x: x == -np.inf),
    question("signbit", lambda x: x < 0 if x.dtype.kind != "f" else np.signbit(x)),
    question("isreal", lambda x: np.ones(x.shape, bool), rows=(), out=False),
    Op("isclose", None, close, dtypes=ALL, rows=(), grad=False),
]
BLENDS = [
    Op("lerp", None, weighted, dtypes=FLOATS, rows=("lerp", "lerp_number"), inplace=True, out=True),
    Op("addcmul", lambda x, a, b, value=1: x + value * a * b, terms, dtypes=NUMBERS, inplace=True, out=True),
    Op("addcdiv", lambda x, a, b, value=1: x + value * a / b, terms, dtypes=FLOATS, inplace=True, out=True),
    Op("nan_to_num", None, replaced, inplace=True, out=True),
    Op("clamp_min", None, bounds, rows=("clamp_min", "clamp_min_number"), inplace=True, out=True),
    Op("clamp_max", None, bounds, rows=("clamp_max", "clamp_max_number"), inplace=True, out=True),
]
OPS = ELEMENTARY + ROUNDING + PAIRS + PREDICATES + BLENDS
