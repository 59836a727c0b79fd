"""Activations of tapegrad.nn.functional."""

import numpy as np

from .networks import functional
from .spec import NONZERO, NUMBERS, S, bad, kink, large

SHAPES = ((3, 2), (), (0, 2))


def bent(*args, finite=False, **kwargs):
    """With `finite` not at infinity."""

    def samples(g):
        for shape in SHAPES:
            yield S(g(*shape), *args, **kwargs)
        yield S(g(3, 4, layout="transposed"), *args, **kwargs)
        yield S(g(3, 4, layout="stepped"), *args, **kwargs)
        yield large(g(300, 211), *args, **kwargs)
        if g.floating:
            hard = g.hard()
            yield kink(hard[np.isfinite(hard)] if finite else hard, *args, **kwargs)

    return samples


def bounded(low, high):
    def samples(g):
        yield from bent(low, high)(g)
        yield bad(ValueError, "min_val cannot be greater than max_val", g(3), 2.0, 1.0)

    return samples


def refused(samples, error, phrase, *args, **kwargs):
    """These samples, and arguments beside an array that are refused."""

    def more(g):
        yield from samples(g)
        yield bad(error, phrase, g(3), *args, **kwargs)

    return more


def halves(g):
    for shape in ((3, 4), (2,), (0, 2), (2, 3, 2)):
        yield S(g(*shape))
    yield S(g(4, 3, layout="stepped"), 0)
    yield S(g(4, 3), dim=-2)
    yield large(g(300, 212))
    yield bad(RuntimeError, "Halving dimension must be even, but dimension 1 is size 3", g(2, 3), 1)
    yield bad(RuntimeError, "glu does not support scalars", g())
    yield bad(IndexError, "Dimension out of range", g(2, 4), 2)


def sloped(g):
    for shape in ((3, 2), (3,), (), (0, 2), (2, 3, 4)):
        yield S(g(*shape), g(1))
    yield S(g(2, 3, layout="transposed"), g(3))
    yield S(g(2, 3, 4), g(3))
    yield S(g(2, 3), g())
    yield large(g(300, 211), g(211))
    yield bad(RuntimeError, "Found parameter numbers = 2 and channel size = 3.", g(2, 3), g(2))
    yield bad(RuntimeError, "Expected `weight` to be a scalar or 1D tensor", g(2, 3), g(1, 3))


def clipped(x, min_val=-1.0, max_val=1.0):
    return np.clip(x, x.dtype.type(min_val), x.dtype.type(max_val))


def leaky_relu(x, negative_slope=0.01):
    return np.where(x > 0, x, x * x.dtype.type(negative_slope))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softplus(x, beta=1.0, threshold=20.0):
    return np.where(x * beta > threshold, x, np.logaddexp(0, x * beta) / beta).astype(x.dtype)


def elu(x, alpha=1.0, scale=1.0, over=1.0):
    falling = alpha * np.expm1(np.minimum(x, 0) / over)
    return np.asarray(scale * np.where(x > 0, x, falling), x.dtype)


def gelu_tanh(x, approximate):
    return np.asarray(0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))), x.dtype)


def threshold(x, threshold, value):
    return np.where(x <= threshold, x.dtype.type(value), x)


def hardshrink(x, lambd=0.5):
    return np.where(abs(x) <= lambd, 0, x).astype(x.dtype)


def softshrink(x, lambd=0.5):
    return (np.sign(x) * np.maximum(abs(x) - lambd, 0)).astype(x.dtype)


def glu(x, dim=-1):
    kept, gate = np.split(x, 2, dim)
    return kept * sigmoid(gate)


def prelu(x, weight):
    slopes = weight.reshape(-1, *[1] * (x.ndim - 2)) if weight.size > 1 else weight.reshape(())
    return np.where(x > 0, x, slopes * x)


def pair(name, *rows):
    """The rows of an op and of its gradient."""
    return {"rows": (name, f"{name}_gradient", *rows)}


SHRUNK = ((-3.0, -0.6), (-0.4, 0.4), (0.6, 3.0))
BENT_AT_3 = ((-5.0, -3.1), (-2.9, 2.9), (3.1, 5.0))
OPS = [
    functional("leaky_relu", leaky_relu, bent(0.25), domain=NONZERO, **pair("leaky_relu")),
    functional("hardtanh", clipped, bounded(0.0, 2.0), domain=((0.1, 1.9), (2.1, 3.0)), dtypes=NUMBERS,
               **pair("hardtanh")),
    functional("relu6", lambda x: clipped(x, 0, 6), bent(), domain=NONZERO, dtypes=NUMBERS),
    functional("hardsigmoid", lambda x: np.clip(x / 6 + 0.5, 0, 1), bent(), domain=BENT_AT_3,
               rtol={"float64": 1e-7}, **pair("hardsigmoid")),  # PyTorch has 1 / 6 in float32
    functional("threshold", threshold, bent(1, 2), domain=((-3.0, 0.9), (1.1, 3.0)), dtypes=NUMBERS,
               **pair("threshold")),
    functional("hardshrink", hardshrink, bent(), domain=SHRUNK, **pair("hardshrink")),
    functional("softshrink", softshrink, refused(bent(), RuntimeError, "lambda must be", -1.0), domain=SHRUNK,
               **pair("softshrink")),
    functional("softplus", softplus, bent(), rows=("softplus",)),
    functional("softplus", softplus, bent(2.0, 3.0), ".threshold", domain=((-3.0, 1.4), (1.6, 3.0))),
    functional("logsigmoid", lambda x: -np.logaddexp(0, -x).astype(x.dtype), bent(), rows=("logsigmoid",)),
    functional("silu", lambda x: x * sigmoid(x), bent(), rows=("silu",)),
    functional("mish", lambda x: x * np.tanh(softplus(x)), bent(), rows=("mish",)),
    # At infinity PyTorch's is infinity or NaN, depending on the machine.
    functional("gelu", None, refused(bent(finite=True), RuntimeError, "approximate argument",
                                     approximate="most"), rows=("gelu",)),
    functional("gelu", gelu_tanh, bent(approximate="tanh"), ".tanh"),
    functional("elu", elu, bent(0.5), domain=NONZERO, rows=("elu",)),
    functional("celu", lambda x, alpha: elu(x, alpha, over=alpha),
               refused(bent(2.0), RuntimeError, "alpha cannot be 0", 0.0), domain=NONZERO, rows=("celu",)),
    functional("selu", lambda x: elu(x, 1.6732632423543772, 1.0507009873554805), bent(), domain=NONZERO),
    functional("hardswish", lambda x: x * np.clip(x + 3, 0, 6) / 6, bent(), domain=BENT_AT_3,
               rows=("hardswish",)),
    functional("softsign", lambda x: x / (1 + abs(x)), bent(), domain=NONZERO, dtypes=NUMBERS, to_float=True),
    functional("tanhshrink", lambda x: x - np.tanh(x), bent(), dtypes=NUMBERS, to_float=True),
    functional("glu", glu, halves),
    functional("prelu", prelu, sloped, domain=NONZERO),
]  # fmt: skip
