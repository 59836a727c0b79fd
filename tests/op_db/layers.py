"""Layers of tapegrad.nn.functional that normalise or attend, and losses of rows."""

import numpy as np

from .networks import functional
from .spec import ALL, NUMBERS, S, bad, large


def over_last(*names):
    """Inputs, the sizes of their last dimensions, and parameters of that shape."""

    def samples(g):
        for shape, last in (((3, 4), 1), ((2, 3, 4), 2), ((4,), 1), ((0, 3), 1)):
            yield S(g(*shape), shape[-last:], **{name: g(*shape[-last:]) for name in names})
        yield S(g(3, 4, layout="transposed"), [4], eps=0.25)
        yield large(g(300, 211), (211,))
        yield bad(RuntimeError, "to be at least 1-dimensional", g(3), ())
        yield bad(RuntimeError, "expected input with shape [*", g(2, 4), (3,))
        for name in names:
            yield bad(
                RuntimeError,
                f"Expected {name} to be of same shape as normalized_shape",
                g(2, 3),
                (3,),
                **{name: g(2)},
            )

    return samples


def grouped(g):
    yield S(g(2, 8), 2, g(8), g(8))
    yield S(g(2, 4, 3), 2, g(4), None, 0.5)
    yield S(g(2, 4, 3, 2), 1, g(4), g(4))
    yield bad(RuntimeError, "divisible by num_groups", g(2, 4), 3)
    yield bad(RuntimeError, "vector of size equal to the number of channels", g(2, 4), 2, g(3))


def attended(g):
    for lead in ((), (2,), (2, 3)):
        yield S(g(*lead, 3, 4), g(*lead, 5, 4), g(*lead, 5, 2))
        yield S(g(*lead, 3, 4), g(*lead, 5, 4), g(*lead, 5, 2), g.mask(3, 5))
    yield S(g(3, 4), g(5, 4), g(5, 2), np.zeros((3, 5), bool))
    yield S(g(2, 3, 4), g(2, 3, 4), g(2, 3, 4), is_causal=True)
    yield S(g(2, 3, 4), g(2, 5, 4), g(2, 5, 4), g(3, 5), scale=0.3)
    both = "Explicit attn_mask should not be set when is_causal=True"
    yield bad(RuntimeError, both, g(3, 4), g(3, 4), g(3, 4), g.mask(3, 3), is_causal=True)


def cosines(**kwargs):
    def samples(g):
        yield S(g(4, 3), g(4, 3), np.array([1, -1, 1, -1]), **kwargs)
        yield S(g(3), g(3), np.array(-1), **kwargs)
        yield bad(RuntimeError, "0D target tensor expects 1D input tensors", g(4, 3), g(4, 3), np.array(1))

    return samples


def triplets(**kwargs):
    def samples(g):
        yield S(g(4, 3), g(4, 3), g(4, 3), **kwargs)
        yield S(g(2, 4, 3), g(2, 4, 3), g(2, 4, 3), **kwargs)
        yield bad(ValueError, "margin must be greater than 0, got", g(4, 3), g(4, 3), g(4, 3), margin=-1.0)

    return samples


OPS = [
    functional("layer_norm", None, over_last("weight", "bias")),
    functional("rms_norm", None, over_last("weight")),
    functional("group_norm", None, grouped),
    functional("scaled_dot_product_attention", None, attended),
    functional("cosine_embedding_loss", None, cosines(margin=-0.9), dtypes=ALL, to_float=True),
    functional("cosine_embedding_loss", None, cosines(reduction="none"), ".none", dtypes=ALL, to_float=True),
    functional("triplet_margin_loss", None, triplets(margin=9.0), dtypes=NUMBERS, to_float=True),
    functional(
        "triplet_margin_loss",
        None,
        triplets(margin=9.0, p=3.0, swap=True, reduction="sum"),
        ".swap",
        dtypes=NUMBERS,
        to_float=True,
    ),
]
