"""Losses and layers of tapegrad.nn.functional."""

import numpy as np

from .spec import ALL, FLOATS, NONZERO, NUMBERS, POSITIVE, REAL, Op, S, bad, kink, large

IGNORED = -100
SHARES = ((0.1, 0.9),)  # probabilities


def functional(name, ref, samples, variant="", **flags):
    def call(lib, *args, **kwargs):
        return getattr(lib.nn.functional, name)(*args, **kwargs)

    flags = {"method": False, "dtypes": FLOATS, "rows": ()} | flags
    return Op(f"{name}{variant}", ref, samples, call, **flags)


# --- losses


def pairs(*domains, **kwargs):
    """Inputs and targets, or arrays from each of these domains, and what else the loss takes."""

    def samples(g):
        def drawn(*shape):
            return [g(*shape, domain=domain) for domain in domains or (None, None)]

        for shape in ((3, 2), (), (2, 3, 4)):
            yield S(*drawn(*shape), **kwargs)
        if not domains:
            yield S(g(3, 4, layout="transposed"), g(3, 4, layout="stepped"), **kwargs)
        yield large(*drawn(300, 211), **kwargs)
        yield bad(ValueError, "is not a valid value for reduction", *drawn(3), reduction="most")

    return samples


def weighed(*names, **kwargs):
    """Logits or probabilities, targets, and weights by these names."""

    def samples(g):
        for shape in ((3, 2), (4,)):
            weights = {name: g.indices(*shape[-1:], below=4) % 4 for name in names}
            yield S(g(*shape), g(*shape, domain=SHARES), **weights, **kwargs)
        if not names:
            yield bad(ValueError, "arget size", g(3), g(2))
            if g.domain is SHARES:
                yield kink(g.values(0, 1, 0.5, 1, 0), g.values(0, 1, 1, 0, 1))
                yield bad(RuntimeError, "all elements of input should be between 0 and 1", g.values(2), g(1))
            else:
                yield kink(g.hard()[:-3], g.hard()[:-3].clip(0, 1))

    return samples


def signed(inputs, **kwargs):
    """Inputs and targets that are 1 or -1."""

    def samples(g):
        for shape in ((3, 2), (4,)):
            signs = np.where(g.ties(*shape) > 0, 1, -1).astype(g.dtype)
            yield S(*(g(*shape) for _ in range(inputs)), signs.astype(np.int64), **kwargs)

    return samples


def varied(**kwargs):
    """Means, targets and variances."""

    def samples(g):
        for shape in ((3, 2), (3, 1), (3,)):
            yield S(g(3, 2), g(3, 2), g(*shape, domain=POSITIVE), **kwargs)
        yield S(g(3, 2), g(3, 2), 0.5, **kwargs)
        yield kink(g(3), g(3), g(3, domain=((1e-7, 1e-6),)), **kwargs)
        yield bad(ValueError, "var is of incorrect size", g(3, 2), g(3, 2), g(2, 2, domain=POSITIVE))
        yield bad(ValueError, "var has negative entry/entries", g(2), g(2), -0.5)

    return samples


def coded(g):
    for shape in ((3, 2), (), (0,)):
        yield S(np.asarray(g.indices(*shape, below=4) % 4), 5)
    yield S(np.array([[0, 2], [1, 1]]))
    yield bad(RuntimeError, "Class values must be non-negative", np.array([0, -1]))
    yield bad(RuntimeError, "Class values must be smaller than num_classes", np.array([0, 2]), 2)
    yield bad(RuntimeError, "Can not infer total number of classes", np.zeros(0, np.int64))
    yield bad(RuntimeError, "Can not infer total number of classes", np.zeros(0, np.int64), 0)
    yield bad(RuntimeError, "Class values must be smaller than num_classes", np.array([0]), -3)
    yield bad(RuntimeError, "is only applicable to index tensor", np.array([0], np.int32))


def rows_of(g):
    for shape in ((3, 2), ()):
        yield S(np.asarray(g.indices(*shape, below=4) % 4), g(4, 3))
    yield kink(np.zeros(0, np.int64), g(4, 3))  # which PyTorch has no second gradient for
    yield kink(np.array([1, 2, 1]), g(4, 3), padding_idx=1)
    yield kink(np.array([3, 2, 1]), g(4, 3, layout="transposed"), padding_idx=-1)
    yield bad(IndexError, "index out of range in self", np.array([4]), g(4, 3))
    yield bad(
        AssertionError, "adding_idx must be within num_embeddings", np.array([1]), g(4, 3), padding_idx=4
    )


def lengths(*args, **kwargs):
    def samples(g):
        for shape in ((3, 2), (2, 3, 4)):
            yield S(g(*shape), *args, **kwargs)
        yield kink(g.values(0, 0, 1).reshape(1, 3), *args, **kwargs)

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
            yield S(g(*shape), g(*shape, domain=SHARES), **kwargs)

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
    functional("mse_loss", squares, pairs(), rows=("mse_loss",)),
    functional("mse_loss", squares, pairs(reduction="sum"), ".sum"),
    functional("mse_loss", squares, pairs(reduction="none"), ".none"),
    functional("smooth_l1_loss", None, pairs(beta=2.5), rows=("smooth_l1_loss",)),
    functional("huber_loss", None, pairs(delta=2.5), rows=("huber_loss",)),
    functional("huber_loss", None, pairs(reduction="none"), ".none"),
    functional("kl_div", None, pairs(REAL, POSITIVE, reduction="batchmean")),
    functional("kl_div", None, pairs(reduction="sum", log_target=True), ".logs"),
    functional("poisson_nll_loss", None, pairs(REAL, POSITIVE, full=True), dtypes=NUMBERS, to_float=True),
    functional("poisson_nll_loss", None, pairs(POSITIVE, POSITIVE, log_input=False), ".rates", dtypes=NUMBERS,
               to_float=True),
    functional("gaussian_nll_loss", None, varied()),
    functional("gaussian_nll_loss", None, varied(full=True, reduction="none"), ".full"),
    functional("hinge_embedding_loss", None, signed(1, margin=4.0)),
    functional("soft_margin_loss", None, signed(1)),
    functional("margin_ranking_loss", None, signed(2, margin=9.0), dtypes=NUMBERS),
    functional("binary_cross_entropy", None, weighed(), domain=SHARES,
               rtol={"float64": 1e-8}, rows=("binary_cross_entropy",)),  # PyTorch has 1e-12 in float32
    functional("binary_cross_entropy", None, weighed("weight", reduction="sum"), ".weight", domain=SHARES,
               rtol={"float64": 1e-8}),
    functional("binary_cross_entropy_with_logits", None, weighed(),
               rows=("binary_cross_entropy_with_logits",)),
    functional("binary_cross_entropy_with_logits", None, weighed("weight", "pos_weight", reduction="none"),
               ".weights"),
    functional("normalize", None, lengths()),
    functional("normalize", None, lengths(1.0, dim=-1), ".ones", domain=NONZERO),
    functional("one_hot", None, coded, dtypes=ALL, grad=False),
    functional("embedding", None, rows_of, dtypes=ALL),
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
