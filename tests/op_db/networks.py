"""Functions that networks are made of: tapegrad.nn.functional."""

import numpy as np

from .spec import FLOATS, NONZERO, NUMBERS, Op, S, bad, kink, large

IGNORED = -100


def functional(name, ref, samples, variant="", **flags):
    def call(lib, *args, **kwargs):
        return getattr(lib.nn.functional, name)(*args, **kwargs)

    flags = {"method": False, "dtypes": FLOATS, "rows": ()} | flags
    return Op(f"{name}{variant}", ref, samples, call, **flags)


# --- what has a bend


def bent(*args):
    def samples(g):
        for shape in ((3, 2), (), (0, 2)):
            yield S(g(*shape), *args)
        yield S(g(3, 4, layout="transposed"), *args)
        yield S(g(3, 4, layout="stepped"), *args)
        yield large(g(300, 211), *args)
        if g.floating:
            yield kink(g.hard(), *args)

    return samples


def bounded(low, high):
    def samples(g):
        yield from bent(low, high)(g)
        yield bad(ValueError, "min_val cannot be greater than max_val", g(3), 2.0, 1.0)

    return samples


def clipped(x, min_val=-1.0, max_val=1.0):
    return np.clip(x, x.dtype.type(min_val), x.dtype.type(max_val))


def leaky_relu(x, negative_slope=0.01):
    return np.where(x > 0, x, x * x.dtype.type(negative_slope))


# --- losses


def pairs(**kwargs):
    def samples(g):
        for shape in ((3, 2), (), (2, 3, 4)):
            yield S(g(*shape), g(*shape), **kwargs)
        yield S(g(3, 4, layout="transposed"), g(3, 4, layout="stepped"), **kwargs)
        yield large(g(300, 211), g(300, 211), **kwargs)
        yield bad(ValueError, "is not a valid value for reduction", g(3), g(3), reduction="most")

    return samples


def reduced(losses, reduction):
    if reduction == "none":
        return losses
    total = losses.sum() if reduction == "sum" else losses.mean()
    return total.astype(losses.dtype)


def squares(input, target, reduction="mean"):
    return reduced((input - target) ** 2, reduction)


def distances(input, target, reduction="mean"):
    return reduced(abs(input - target), reduction)


SHAPES = [(4, 3), (3,), (2, 3, 5), (2, 3, 2, 2)]


def targets(g, shape, ignored=None):
    """Classes for log-probabilities of this shape, the first of them ignored."""
    rest = shape[:1] + shape[2:] if len(shape) > 1 else ()
    classes = np.asarray(g.indices(*rest, below=3) % 3)
    if ignored is not None and rest:
        classes[0] = ignored
    return classes


def classified(**kwargs):
    def samples(g):
        for shape in SHAPES:
            yield S(g(*shape), targets(g, shape), **kwargs)
        yield S(g(4, 3, layout="transposed"), targets(g, (4, 3), IGNORED), **kwargs)
        yield S(g(4, 3), targets(g, (4, 3), 1), ignore_index=1, **kwargs)
        yield large(g(700, 30), g.indices(700, below=30) % 30, **kwargs)
        if not kwargs:
            yield kink(g(2, 3), np.array([IGNORED, IGNORED]))  # nothing counts
            yield kink(g(0, 3), np.zeros(0, np.int64))
            yield bad(IndexError, "is out of bounds", g(2, 3), np.array([0, 3]))
            yield bad(IndexError, "is out of bounds", g(2, 3), np.array([-1, 0]))
            yield bad(ValueError, "Expected input batch_size (2) to match target batch_size (3)", g(2, 3),
                      np.array([0, 1, 2]))  # fmt: skip
            yield bad(
                RuntimeError,
                "Expected target size [2, 4], got [2, 5]",
                g(2, 3, 4),
                np.zeros((2, 5), np.int64),
            )
            yield bad(RuntimeError, "weight tensor should be defined either for all 3 classes or no classes",
                      g(2, 3), np.array([0, 1]), weight=g(2))  # fmt: skip

    return samples


def probable(**kwargs):
    """Targets that are probabilities."""

    def samples(g):
        for shape in SHAPES:
            yield S(g(*shape), g(*shape, domain=((0.1, 0.9),)), **kwargs)

    return samples


def nll(x, target, weight=None, ignore_index=IGNORED, reduction="mean"):
    rows = x[None] if x.ndim == 1 else np.moveaxis(x, 1, -1)
    wanted = np.atleast_1d(target)
    counts = wanted != ignore_index
    index = np.where(counts, wanted, 0)
    weights = np.where(counts, 1 if weight is None else weight[index], 0).astype(x.dtype)
    losses = np.where(counts, -np.take_along_axis(rows, index[..., None], -1)[..., 0] * weights, 0)
    losses = losses.reshape(target.shape).astype(x.dtype)
    if reduction != "mean":
        return reduced(losses, reduction)
    with np.errstate(invalid="ignore"):
        return np.divide(losses.sum(), weights.sum()).astype(x.dtype)


def logs_of(x):
    axis = 0 if x.ndim == 1 else 1
    shifted = x - x.max(axis, keepdims=True, initial=-1e9)
    return shifted - np.log(np.exp(shifted).sum(axis, keepdims=True))


def entropy(x, target, **kwargs):
    return nll(logs_of(x), target, **kwargs)


def lines(*bias):
    def samples(g):
        for shape in ((4, 3), (3,), (2, 4, 3), (0, 3)):
            yield S(g(*shape), g(2, 3), *(g(2) for _ in bias))
        yield S(g(3, 4, layout="transposed"), g(2, 4, layout="stepped"), *(g(2) for _ in bias))
        yield large(g(200, 60), g(70, 60), *(g(70) for _ in bias))

    return samples


OPS = [
    functional("leaky_relu", leaky_relu, bent(0.25), domain=NONZERO,
               rows=("leaky_relu", "leaky_relu_gradient")),
    functional("hardtanh", clipped, bounded(0.0, 2.0), domain=((0.1, 1.9), (2.1, 3.0)), dtypes=NUMBERS,
               rows=("hardtanh", "hardtanh_gradient")),
    functional("relu6", lambda x: clipped(x, 0, 6), bent(), domain=NONZERO, dtypes=NUMBERS),
    functional("mse_loss", squares, pairs(), rows=("mse_loss",)),
    functional("mse_loss", squares, pairs(reduction="sum"), ".sum"),
    functional("mse_loss", squares, pairs(reduction="none"), ".none"),
    functional("l1_loss", distances, pairs()),
    functional("l1_loss", distances, pairs(reduction="none"), ".none", dtypes=NUMBERS),
    functional("nll_loss", nll, classified(), rows=("nll_loss",)),
    functional("nll_loss", nll, classified(reduction="sum"), ".sum"),
    functional("nll_loss", nll, classified(reduction="none"), ".none"),
    functional("cross_entropy", entropy, classified()),
    functional("cross_entropy", None, classified(label_smoothing=0.25), ".smooth"),
    functional("cross_entropy", None, classified(label_smoothing=0.25, reduction="sum"), ".smooth_sum"),
    functional("cross_entropy", None, probable(), ".probabilities"),
    functional("cross_entropy", None, probable(reduction="none", label_smoothing=0.5), ".probabilities_none"),
    functional("linear", lambda x, w: x @ w.T, lines(), dtypes=NUMBERS),
    functional("linear", lambda x, w, b: x @ w.T + b, lines(True), ".bias", dtypes=NUMBERS),
]  # fmt: skip
