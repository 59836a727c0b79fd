"""Functions that networks are made of, by PyTorch's names: tapegrad.nn.functional.pad(x, (1, 1))."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence

from .. import _core
from .._core import Variable, _functional
from .._core._functional import *  # noqa: F403
from .._core._functional import _reduced, hardtanh, log_softmax, nll_loss
from .._limits import finfo

__all__ = [name for name in vars(_functional) if not name.startswith("_")]
__all__ += ["cross_entropy", "dropout", "embedding", "gaussian_nll_loss", "glu", "hinge_embedding_loss"]
__all__ += ["kl_div", "linear", "margin_ranking_loss", "normalize", "one_hot", "poisson_nll_loss", "prelu"]
__all__ += ["relu6", "soft_margin_loss", "softsign", "tanhshrink"]
__all__ += ["cosine_embedding_loss", "group_norm", "layer_norm", "rms_norm", "scaled_dot_product_attention"]
__all__ += ["triplet_margin_loss"]


def _floating(function: str, input: Variable) -> Variable:
    """The input, an array made a Variable. Raises RuntimeError for a dtype that is not floating."""
    input = _core.as_tensor(input)
    if not input.is_floating_point():
        dtype = str(input.dtype).rpartition(".")[2]
        raise RuntimeError(
            f"{function} is not implemented for {dtype}: convert the input to a floating dtype"
        )
    return input


def relu6(input: Variable, inplace: bool = False) -> Variable:
    """The input kept within [0, 6]; `inplace` writes that over the input."""
    return hardtanh(input, 0.0, 6.0, inplace)


def softsign(input: Variable) -> Variable:
    """``input / (1 + abs(input))``."""
    return input / (input.abs() + 1)


def tanhshrink(input: Variable) -> Variable:
    """``input - tanh(input)``."""
    return input - input.tanh()


def glu(input: Variable, dim: int = -1) -> Variable:
    """The first half along a dimension times the sigmoid of the second.

    Raises:
        RuntimeError: where that dimension has no two halves.
    """
    input = _floating("glu", input)
    if input.dim() == 0:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    if input.size(dim) % 2:
        raise RuntimeError(
            f"Halving dimension must be even, but dimension {dim % input.dim()} is size {input.size(dim)}"
        )
    kept, gate = input.chunk(2, dim)
    return kept * gate.sigmoid()


def prelu(input: Variable, weight: Variable) -> Variable:
    """The input, times `weight` where it is not positive: one slope, or one for each channel (dimension 1).

    Raises:
        RuntimeError: where `weight` has another number of slopes.
    """
    input = _floating("prelu", input)
    channels = input.shape[1] if input.dim() > 1 else 1
    if weight.dim() > 1:
        raise RuntimeError(
            f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {weight.dim()}"
        )
    if weight.numel() not in (1, channels):
        raise RuntimeError(
            "Mismatch of parameter numbers and input channel size. Found parameter numbers = "
            f"{weight.numel()} and channel size = {channels}."
        )
    weight = weight.reshape(()) if weight.numel() == 1 else weight.reshape(-1, *[1] * (input.dim() - 2))
    positive = input > 0
    return _core.where(positive, input, 0.0) + weight * _core.where(positive, 0.0, input)


def normalize(
    input: Variable, p: float = 2.0, dim: int = 1, eps: float = 1e-12, out: Variable | None = None
) -> Variable:
    """The input divided by its p-norms along a dimension, which count as `eps` where they are less."""
    input = _floating("normalize", input)
    return _core.div(input, _core.norm(input, p, dim, True).clamp_min(eps), out=out)


def _check_normalized(input: Variable, shape: tuple[int, ...], **given: Variable | None) -> None:
    """Raises RuntimeError where the input's last dimensions, or those of what is given, are others."""
    if not shape:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, "
            "but got normalized_shape = []"
        )
    for name, v in given.items():
        if v is not None and tuple(v.shape) != shape:
            raise RuntimeError(
                f"Expected {name} to be of same shape as normalized_shape, but got {name} of shape "
                f"{list(v.shape)} and normalized_shape = {list(shape)}"
            )
    if tuple(input.shape[-len(shape) :]) != shape:
        expected = ", ".join(map(str, ("*", *shape)))
        raise RuntimeError(
            f"Given normalized_shape={list(shape)}, expected input with shape [{expected}], but got input of "
            f"size{list(input.shape)}"
        )


def _standardised(x: Variable, dims: tuple[int, ...], eps: float) -> Variable:
    centred = x - x.mean(dims, keepdim=True)
    return centred * (centred.square().mean(dims, keepdim=True) + eps).rsqrt()


def _scaled(x: Variable, weight: Variable | None, bias: Variable | None) -> Variable:
    if weight is not None:
        x = x * weight
    return x if bias is None else x + bias


def layer_norm(
    input: Variable,
    normalized_shape: Sequence[int],
    weight: Variable | None = None,
    bias: Variable | None = None,
    eps: float = 1e-5,
) -> Variable:
    """The input with mean 0 and variance 1 over its last dimensions, times `weight`, plus `bias`.

    Ba, Kiros and Hinton, arXiv:1607.06450.

    Args:
        normalized_shape: the sizes of those dimensions, and the shape of `weight` and `bias`.
        eps: what is added to the variance, which is that of a population.

    Raises:
        RuntimeError: where shapes do not fit, or for a dtype that is not floating.
    """
    input, shape = _floating("layer_norm", input), tuple(normalized_shape)
    _check_normalized(input, shape, weight=weight, bias=bias)
    return _scaled(_standardised(input, tuple(range(-len(shape), 0)), eps), weight, bias)


def rms_norm(
    input: Variable,
    normalized_shape: Sequence[int],
    weight: Variable | None = None,
    eps: float | None = None,
) -> Variable:
    """The input divided by its root mean square over its last dimensions, times `weight`.

    Zhang and Sennrich, arXiv:1910.07467.

    Args:
        normalized_shape: the sizes of those dimensions, and the shape of `weight`.
        eps: what is added to the mean square: by default the resolution of the dtype.

    Raises:
        RuntimeError: where shapes do not fit, or for a dtype that is not floating.
    """
    input, shape = _floating("rms_norm", input), tuple(normalized_shape)
    _check_normalized(input, shape, weight=weight)
    eps = finfo(input.dtype).eps if eps is None else eps
    square = input.square().mean(tuple(range(-len(shape), 0)), keepdim=True)
    return _scaled(input * (square + eps).rsqrt(), weight, None)


def group_norm(
    input: Variable,
    num_groups: int,
    weight: Variable | None = None,
    bias: Variable | None = None,
    eps: float = 1e-5,
) -> Variable:
    """The input, (samples, channels, ...), with mean 0 and variance 1 over each group of a sample's channels.

    Then each channel, times its `weight`, plus its `bias`. Wu and He, arXiv:1803.08494.

    Raises:
        RuntimeError: where shapes do not fit, or for a dtype that is not floating.
    """
    input = _floating("group_norm", input)
    if input.dim() < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {input.dim()}")
    channels = input.shape[1]
    if num_groups < 1 or channels % num_groups:
        raise RuntimeError(
            "Expected number of channels in input to be divisible by num_groups, but got input of shape "
            f"{list(input.shape)} and num_groups={num_groups}"
        )
    for name, v in (("weight", weight), ("bias", bias)):
        if v is not None and tuple(v.shape) != (channels,):
            raise RuntimeError(
                f"Expected {name} to be a vector of size equal to the number of channels in input, but got "
                f"{name} of shape {list(v.shape)} and input of shape {list(input.shape)}"
            )
    result = input
    if input.numel():
        groups = input.reshape(input.shape[0], num_groups, -1)
        result = _standardised(groups, (-1,), eps).reshape(input.shape)
    each = (channels, *[1] * (input.dim() - 2))
    return _scaled(
        result,
        None if weight is None else weight.reshape(each),
        None if bias is None else bias.reshape(each),
    )


def scaled_dot_product_attention(
    query: Variable,
    key: Variable,
    value: Variable,
    attn_mask: Variable | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
) -> Variable:
    """``softmax(query @ key.mT * scale + attn_mask) @ value``, of (..., queries, features) and the like.

    Vaswani et al., arXiv:1706.03762. A query that may look at nothing gets zeros.

    Args:
        attn_mask: where a query may look, bools, or what is added to scores, (..., queries, keys).
        dropout_p: how many of the weights are dropped, always.
        is_causal: queries look at no later keys.
        scale: by default one by the root of the number of features.

    Raises:
        RuntimeError: for a mask beside `is_causal`, or for shapes or dtypes that do not fit.
    """
    if attn_mask is not None and is_causal:
        raise RuntimeError("Explicit attn_mask should not be set when is_causal=True")
    if attn_mask is not None and attn_mask.dtype not in (_core.bool, _core.float32, query.dtype):
        raise RuntimeError(
            "Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: "
            f"{attn_mask.dtype} and query.dtype: {query.dtype} instead"
        )
    scale = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    scores = (query * scale) @ key.mT
    if is_causal:
        attn_mask = _core.ones(*scores.shape[-2:], dtype=_core.bool).tril()
    if attn_mask is not None and attn_mask.dtype is _core.bool:
        scores = _core.where(attn_mask, scores, -math.inf)
    elif attn_mask is not None:
        scores = scores + attn_mask
    nothing = (scores == -math.inf).all(-1, keepdim=True)
    weights = _core.where(nothing, 0.0, _core.softmax(_core.where(nothing, 0.0, scores), -1))
    return dropout(weights, dropout_p) @ value


def one_hot(tensor: Variable, num_classes: int = -1) -> Variable:
    """Zeros with a one for each class, int64: the shape gets a last dimension of `num_classes`.

    Args:
        num_classes: -1 stands for as many as the largest class asks for.

    Raises:
        RuntimeError: for classes that are not int64, negative, or not below `num_classes`.
    """
    tensor = _core.as_tensor(tensor)
    if tensor.dtype is not _core.int64:
        raise RuntimeError("one_hot is only applicable to index tensor of type LongTensor (int64).")
    if tensor.numel() == 0 and num_classes <= 0:
        raise RuntimeError("Can not infer total number of classes from empty tensor.")
    if tensor.numel():
        if int(tensor.min()) < 0:
            raise RuntimeError("Class values must be non-negative.")
        largest = int(tensor.max())
        if num_classes == -1:
            num_classes = largest + 1
        elif largest >= num_classes:
            raise RuntimeError(f"Class values must be smaller than num_classes: {largest}, {num_classes}")
    return (tensor.unsqueeze(-1) == _core.arange(num_classes)).to(_core.int64)


def embedding(
    input: Variable,
    weight: Variable,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Variable:
    """Rows of `weight`, (rows, size): those at the integers `input`, in an array (\\*input.shape, size).

    Args:
        padding_idx: a row that gets no gradient.
        max_norm: rows whose norm of order `norm_type` is larger are first scaled to that, in `weight` itself.
        scale_grad_by_freq: the gradient of a row is divided by how often it comes.
        sparse: is for PyTorch's code; gradients are arrays here whether or not.

    Raises:
        IndexError: for a row that is none.
    """
    indices = input.reshape(-1)
    if max_norm is not None:
        used, memory = indices.unique().long(), weight.detach()
        memory.index_copy_(0, used, memory.index_select(0, used).renorm(norm_type, 0, max_norm))
    if padding_idx is not None:
        count = weight.shape[0]
        if not -count <= padding_idx < count:
            raise AssertionError("padding_idx must be within num_embeddings")
        kept = _core.arange(count) != padding_idx % count
        weight = _core.where(kept.unsqueeze(1), weight, weight.detach())
    rows = weight.index_select(0, indices)
    if scale_grad_by_freq and rows.requires_grad:
        often = indices.bincount()[indices].unsqueeze(1)
        rows.register_hook(lambda gradient: gradient / often)
    return rows.reshape(*input.shape, weight.shape[1])


def linear(input: Variable, weight: Variable, bias: Variable | None = None) -> Variable:
    """``input @ weight.T + bias``."""
    if bias is None:
        return input @ weight.t()
    if input.dim() == 2:
        return _core.addmm(bias, input, weight.t())
    return input @ weight.t() + bias


def dropout(input: Variable, p: float = 0.5, training: bool = True, inplace: bool = False) -> Variable:
    """Zeros in place of elements, each with probability `p`, and the others divided by ``1 - p``.

    `inplace` writes that over the input.

    Raises:
        ValueError: where `p` is no probability.
    """
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not training or p == 0:
        return input
    kept = _core.zeros_like(input)
    if p < 1:
        kept.bernoulli_(1 - p).div_(1 - p)
    return input.mul_(kept) if inplace else input * kept


def cross_entropy(
    input: Variable,
    target: Variable,
    weight: Variable | None = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Variable:
    """`nll_loss` of ``log_softmax(input)``, along the dimension of the classes: the second, or the only one.

    A floating `target` of the input's shape holds the probabilities of the classes.

    Args:
        label_smoothing: how much of each target goes to all classes alike.
    """
    if not 0 <= label_smoothing <= 1:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}")
    classes = 0 if input.dim() == 1 else 1
    logs = log_softmax(input, classes)
    count = input.shape[classes]
    share = label_smoothing / max(count, 1)
    if target.dtype.is_floating_point and target.shape == input.shape:
        target = target * (1 - label_smoothing) + share
        if weight is not None:
            target = target * weight.reshape(-1, *[1] * (input.dim() - classes - 1))
        losses = -(logs * target).sum(classes)
        if reduction != "mean":
            return _reduced(losses, reduction)
        return losses.sum() / (losses.numel() if count else 0)  # of no classes, the mean of nothing
    loss = nll_loss(logs, target, weight, ignore_index=ignore_index, reduction=reduction)
    if label_smoothing == 0:
        return loss
    weights = _core.ones(count, dtype=input.dtype) if weight is None else weight
    everywhere = -(logs * weights.reshape(-1, *[1] * (input.dim() - classes - 1))).sum(classes)
    everywhere = everywhere.masked_fill(target == ignore_index, 0.0)
    if reduction == "mean":
        counted = target != ignore_index
        everywhere = everywhere.sum() / weights[target * counted].mul(counted).sum()
    else:
        everywhere = _reduced(everywhere, reduction)
    return (1 - label_smoothing) * loss + share * everywhere


def kl_div(input: Variable, target: Variable, reduction: str = "mean", log_target: bool = False) -> Variable:
    """``target * (log(target) - input)``: the divergence of the log-probabilities `input` from `target`.

    Args:
        reduction: 'batchmean' divides the sum by the first dimension's size; or 'mean', 'sum', 'none'.
        log_target: whether `target` holds logarithms too.
    """
    input = _floating("kl_div", input)
    share = target.exp() if log_target else target
    entropy = share * target if log_target else _core.xlogy(target, target)
    losses = entropy - share * input
    if reduction == "batchmean":
        total = losses.sum()
        return total / input.shape[0] if input.dim() else total
    if reduction == "mean":
        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size."
            "'batchmean' divides only by the batch size, and aligns with the KL div math definition.",
            stacklevel=2,
        )
    return _reduced(losses, reduction)


def poisson_nll_loss(
    input: Variable,
    target: Variable,
    log_input: bool = True,
    full: bool = False,
    eps: float = 1e-8,
    *,
    reduction: str = "mean",
) -> Variable:
    """Minus the log-likelihood of the counts `target` under Poisson distributions, without ``log(target!)``.

    Args:
        log_input: whether `input` holds logarithms of rates; else rates, whose logarithms `eps` keeps finite.
        full: adds Stirling's approximation of ``log(target!)`` where a count is above 1.
    """
    losses = input.exp() - target * input if log_input else input - target * (input + eps).log()
    if full:
        stirling = target * target.log() - target + 0.5 * (2 * math.pi * target).log()
        losses = losses + stirling.masked_fill(target <= 1, 0)
    return _reduced(losses, reduction)


def gaussian_nll_loss(
    input: Variable,
    target: Variable,
    var: Variable | float,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Variable:
    """Minus the log-likelihood of `target` under normal distributions of means `input` and variances `var`.

    Variances below `eps` count as `eps`, and have the gradient of what they are.

    Args:
        var: a number, or of the input's shape, or with 1 for its last dimension, or without that.
        full: adds the constant ``log(2 * pi) / 2``.

    Raises:
        ValueError: for a variance below 0 or of another shape.
    """
    input = _core.as_tensor(input)
    variances = var * _core.ones_like(input) if isinstance(var, (int, float)) else var
    variances = _floating("gaussian_nll_loss with these variances", variances)
    if variances.shape != input.shape:
        if input.shape[:-1] == variances.shape:
            variances = variances.unsqueeze(-1)
        elif input.shape[:-1] != variances.shape[:-1] or variances.shape[-1] != 1:
            raise ValueError("var is of incorrect size")
    if bool((variances < 0).any()):
        raise ValueError("var has negative entry/entries")
    variances = _core.where(variances < eps, variances + (eps - variances.detach()), variances)
    losses = 0.5 * (variances.log() + (input - target) ** 2 / variances)
    return _reduced(losses + 0.5 * math.log(2 * math.pi) if full else losses, reduction)


def soft_margin_loss(input: Variable, target: Variable, *, reduction: str = "mean") -> Variable:
    """``log(1 + exp(-target * input))`` of targets 1 and -1."""
    return _reduced(-_functional.logsigmoid(target * input), reduction)


def hinge_embedding_loss(
    input: Variable, target: Variable, margin: float = 1.0, *, reduction: str = "mean"
) -> Variable:
    """The input where the target is 1, and ``max(0, margin - input)`` where it is -1.

    Of integers, the margin is one too.
    """
    input = _core.as_tensor(input)
    margin = margin if input.is_floating_point() else int(margin)
    apart = _core.where(target != 1, (margin - input).clamp_min(0), 0)
    return _reduced(apart + _core.where(target != -1, input, 0), reduction)


def margin_ranking_loss(
    input1: Variable, input2: Variable, target: Variable, margin: float = 0.0, *, reduction: str = "mean"
) -> Variable:
    """``max(0, margin - target * (input1 - input2))``: target 1 asks for the first to be larger."""
    return _reduced((margin - target * (input1 - input2)).clamp_min(0), reduction)


def cosine_embedding_loss(
    input1: Variable, input2: Variable, target: Variable, margin: float = 0.0, *, reduction: str = "mean"
) -> Variable:
    """One less the cosine of rows where the target is 1, and ``max(0, cosine - margin)`` where it is -1.

    Raises:
        RuntimeError: where the inputs are no rows with a target each.
    """
    if target.dim() > 1 or any(v.dim() != target.dim() + 1 for v in (input1, input2)):
        raise RuntimeError(
            f"cosine_embedding_loss: target size {list(target.shape)} does not fit inputs of sizes "
            f"{list(input1.shape)} and {list(input2.shape)}: 1D target tensor expects 2D input tensors, 0D "
            "target tensor expects 1D input tensors"
        )
    tiny = 1e-12
    lengths = (input1.square().sum(-1) + tiny) * (input2.square().sum(-1) + tiny)
    cosine = (input1 * input2).sum(-1) / lengths.sqrt()
    losses = _core.where(target == 1, 1 - cosine, 0.0)
    return _reduced(losses + _core.where(target == -1, (cosine - margin).clamp_min(0), 0.0), reduction)


def triplet_margin_loss(
    anchor: Variable,
    positive: Variable,
    negative: Variable,
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
    *,
    reduction: str = "mean",
) -> Variable:
    """``max(0, d(anchor, positive) - d(anchor, negative) + margin)`` of p-norms of differences plus `eps`.

    Args:
        swap: takes the distance from `positive` to `negative` where it is the shorter one.

    Raises:
        ValueError: for a margin that is not positive.
    """
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    near, far = (_core.pairwise_distance(anchor, other, p, eps) for other in (positive, negative))
    if swap:
        far = _core.minimum(far, _core.pairwise_distance(positive, negative, p, eps))
    return _reduced((near - far + margin).clamp_min(0), reduction)
