"""Special functions. Their values are compared with mpmath in test_accuracy.py, here with PyTorch's."""

import numpy as np

from .binary import binary, minuends, pairs
from .elementwise import BETWEEN, INSIDE, without
from .spec import FLOATS, LAYOUTS, NONZERO, NUMBERS, POSITIVE, REAL, Op, S, kink
from .unary import SHAPES

INF = (np.inf, -np.inf)
COARSE = {"float64": 1e-8, "float32": 1e-3}  # PyTorch's trigamma has that few digits


def special(name, domain=REAL, exclude=(), **flags):
    """A function of the module special; `exclude`: hard values at which PyTorch's own result is wrong."""

    def call(lib, x, **kwargs):
        return getattr(lib.special, name)(x, **kwargs)

    flags = {"rows": (f"special_{name}",), "method": False, "to_float": True} | flags
    return Op(f"special.{name}", None, without(exclude), call, domain=domain, **flags)


def without_derivative(name, exclude):
    """A function that is differentiable here, but not in PyTorch."""

    def call(lib, x, **kwargs):
        return getattr(lib.special, name)(x.detach(), **kwargs)

    flags = {"rows": (), "method": False, "to_float": True, "grad": False}
    return Op(f"special.{name}", None, without(exclude), call, **flags)


def function(name, domain=REAL, exclude=(), **flags):
    flags = {"to_float": True, "inplace": True, "out": True} | flags
    return Op(name, None, without(exclude), domain=domain, **flags)


def orders(g):
    for n in (0, 1, 2, 3):
        yield from (S(n, g(*shape)) for shape in SHAPES)
    yield from (S(2, g(3, 4, layout=layout)) for layout in LAYOUTS)
    if g.floating:
        yield kink(2, g.values(0.5, 1, 100, -0.5))
        yield kink(1, g.values(np.inf, -np.inf, np.nan, 0, 1e30))


def dimensions(g):
    yield from (S(g(*shape), 2) for shape in SHAPES)
    yield S(g(3, 4, layout="stepped"), 3)


def of_one(g):
    """zeta(s, q) with the gradient by q alone."""
    yield from (S(2, g(*shape)) for shape in SHAPES)
    yield S(3.5, g(3, 4, layout="stepped"))
    if g.floating:
        yield kink(1.0, g.values(np.nan))
        yield kink(np.nan, g.values(0, -1, -np.inf, 0.5))


def incomplete(name):
    """igamma(a, x) with the gradient by x alone."""

    def call(lib, a, x, **kwargs):
        return getattr(lib, name)(lib.tensor(a, dtype=x.dtype), x, **kwargs)

    flags = {"method": False, "out": True, "rtol": {"float64": 1e-8, "float32": 1e-4}}
    return Op(name, None, gammas, call, domain=POSITIVE, dtypes=FLOATS, **flags)


def with_numbers(g):
    yield from pairs(g)
    yield from (S(g(2, 3), number) for number in (2.5, 3))


def logarithm(name, call, samples, *rows):
    return Op(name, None, samples, call, rows=rows, domain=POSITIVE, to_float=True, method=False)


def gammas(g):
    yield from (S(2.5, g(*shape)) for shape in SHAPES)
    yield from (S(0.5, g(3, 4, layout=layout)) for layout in LAYOUTS)
    yield S([0.5, 1.0, 3.0], g(2, 3))
    yield S([[0.5], [2.0]], g(3))
    if not g.floating:
        return
    for a in (0.0, 0.5, 1.0, 3.0, np.inf):
        ends = (
            (0.5, 1, 3) if a == 1 else (0, 0.5, 1, 3, np.inf)
        )  # PyTorch's derivative is NaN at those of a = 1
        yield kink(a, g.values(*ends))
    yield kink([-1.0, 1.0, np.nan, 2.0], g.values(1, -1, 2, np.nan))
    yield kink([2.0, 100.0, 1e4], g.values(2, 90, 1.01e4))
    yield kink([np.inf, np.nan, np.nan, 0.0], g.values(np.nan, 0, np.inf, np.nan))


def degrees(g):
    for n in (0, 1, 2, 5):
        yield from (S(g(*shape), n) for shape in SHAPES)
    yield from (S(g(3, 4, layout=layout), 3) for layout in LAYOUTS)
    yield S(g(3), np.array([[-1], [0], [4]]))
    yield S(g(3), np.array([2.0, 3.7, -1.0], g.dtype if g.floating else np.float32))
    if g.floating:
        yield kink(g.values(1, -1, 0.5, 0, -0.5), 12)


def polynomial(name):
    """A family of polynomials p_n(x). PyTorch computes float32 in float32."""

    def call(lib, x, n, **kwargs):
        return getattr(lib.special, name)(x, n, **kwargs)

    flags = {"rtol": {"float64": 1e-9, "float32": 1e-3}, "to_float": True, "method": False, "grad": False}
    return Op(f"special.{name}", None, degrees, call, rows=("special_polynomial",), **flags)


OPS = [
    function("erf"),
    function("erfc"),
    function("erfinv", INSIDE),
    function("lgamma", POSITIVE, (-1, -20, -100, -np.inf), rtol=COARSE),
    function("digamma", POSITIVE, (0, -1, -20, -100, -0.5, *INF), rtol=COARSE),
    Op("polygamma", None, orders, domain=POSITIVE, to_float=True, out=True, method=False, rtol=COARSE),
    Op(
        "mvlgamma",
        None,
        dimensions,
        dtypes=NUMBERS,
        domain=((2.5, 5.0),),
        rtol=COARSE,
        to_float=True,
        inplace=True,
        out=True,
        rows=(),
    ),
    function("i0", REAL, (100, -100, *INF)),
    special("erfcx", REAL, INF),
    special("ndtr", REAL),
    special("ndtri", BETWEEN),
    special("log_ndtr", REAL, (-100, -np.inf)),
    special("entr", POSITIVE),
    special("i0e", REAL),
    special("i1", NONZERO, (100, -100, *INF)),
    special("i1e", NONZERO, (1e-9,)),
    special("bessel_j0", REAL, (20, -20, 100, -100), grad=False),
    special("bessel_j1", REAL, (20, -20, 100, -100), grad=False),
    special("bessel_y0", POSITIVE, (20, 100), grad=False),
    special("bessel_y1", POSITIVE, (20, 100), grad=False),
    *(without_derivative(f"modified_bessel_i{n}", (100, -100, *INF)) for n in (0, 1)),
    *(
        special(f"{scaled}modified_bessel_k{n}", POSITIVE, grad=False)
        for n in (0, 1)
        for scaled in ("", "scaled_")
    ),
    special("spherical_bessel_j0", REAL, grad=False),
    special("airy_ai", ((-2.0, 3.0),), (-3,), grad=False, rtol=COARSE),
    *(polynomial(f"{name}chebyshev_polynomial_{kind}") for name in ("", "shifted_") for kind in "tuvw"),
    *(polynomial(f"hermite_polynomial_{kind}") for kind in ("h", "he")),
    polynomial("laguerre_polynomial_l"),
    polynomial("legendre_polynomial_p"),
    Op(
        "special.zeta",
        None,
        of_one,
        lambda lib, s, q: lib.special.zeta(s, q),
        rows=("special_zeta",),
        domain=POSITIVE,
        to_float=True,
        method=False,
    ),
    incomplete("igamma"),
    incomplete("igammac"),
    binary("xlogy", None, with_numbers, domain=POSITIVE, to_float=True, rows=("xlogy", "xlogy_number")),
    logarithm("xlogy.number", lambda lib, number, x: lib.xlogy(number, x), minuends, "number_xlogy"),
    logarithm(
        "special.xlog1py",
        lambda lib, x, y: lib.special.xlog1py(x, y),
        with_numbers,
        "special_xlog1py",
        "special_xlog1py_number",
    ),
    logarithm(
        "special.xlog1py.number",
        lambda lib, number, x: lib.special.xlog1py(number, x),
        minuends,
        "special_number_xlog1py",
    ),
]
