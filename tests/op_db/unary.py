"""Elementwise functions of one array."""

from functools import partial

import numpy as np

from .spec import ALL, INTEGRAL, LAYOUTS, NONZERO, NUMBERS, POSITIVE, REAL, Op, S, kink, large

SHAPES = [(), (0,), (1,), (5,), (2, 3), (2, 1, 3), (2, 0, 3)]


def samples(g):
    yield from (S(g(*shape)) for shape in SHAPES)
    yield from (S(g(3, 4, layout=layout)) for layout in LAYOUTS)
    yield kink(g.hard())
    yield large(g(3, 1031))
    yield large(g(517, 3, layout="offset"))
    yield large(g(5, 517, layout="stepped"))


def unary(name, ref, domain=REAL, dtypes=ALL, **flags):
    return Op(name, ref, samples, domain=domain, dtypes=dtypes, **({"inplace": True, "out": True} | flags))


real = partial(unary, to_float=True)  # what makes floats of integers

OPS = [
    unary("neg", np.negative, dtypes=NUMBERS, operator="neg"),
    unary("abs", np.abs, NONZERO, NUMBERS, operator="abs"),
    unary(
        "relu",
        lambda x: np.where(x <= 0, np.zeros_like(x), x),
        NONZERO,
        NUMBERS,
        out=False,
        rows=("relu", "relu_gradient"),
    ),
    unary("sign", lambda x: x if x.dtype == bool else np.where(np.isnan(x), 0, np.sign(x)), NONZERO),
    unary("square", lambda x: x * (x.astype(np.int64) if x.dtype == bool else x), rows=()),
    real("exp", np.exp),
    real("log", np.log, POSITIVE),
    real("sqrt", np.sqrt, POSITIVE),
    real("sin", np.sin),
    real("cos", np.cos),
    real("tanh", np.tanh),
    real("sigmoid", lambda x: 1 / (1 + np.exp(-x))),
    real("reciprocal", np.reciprocal, NONZERO),
    unary("logical_not", np.logical_not, grad=False),
    unary("bitwise_not", np.bitwise_not, dtypes=INTEGRAL, grad=False, operator="invert"),
]
