"""Functions that networks are made of, by PyTorch's names: tapegrad.nn.functional.pad(x, (1, 1))."""

from __future__ import annotations

import math
import warnings

from .. import _core
from .._core import Variable, _functional
from .._core._functional import *  # noqa: F403
from .._core._functional import _reduced, hardtanh, log_softmax, nll_loss

__all__ = [name for name in vars(_functional) if not name.startswith("_")]
__all__ += ["cross_entropy", "dropout", "embedding", "gaussian_nll_loss", "glu", "hinge_embedding_loss"]
__all__ += ["kl_div", "linear", "margin_ranking_loss", "normalize", "one_hot", "poisson_nll_loss", "prelu"]
__all__ += ["relu6", "soft_margin_loss", "softsign", "tanhshrink"]


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


def normalize(input: Variable, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Variable:
    """The input divided by its p-norms along a dimension, which count as `eps` where they are less."""
    input = _floating("normalize", input)
    return input / _core.norm(input, p, dim, True).clamp_min(eps)


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


def embedding(input: Variable, weight: Variable, padding_idx: int | None = None) -> Variable:
    """Rows of `weight`, (rows, size): those at the integers `input`, in an array (\\*input.shape, size).

    Args:
        padding_idx: a row that gets no gradient.

    Raises:
        IndexError: for a row that is none.
    """
    if padding_idx is not None:
        rows = weight.shape[0]
        if not -rows <= padding_idx < rows:
            raise AssertionError("padding_idx must be within num_embeddings")
        kept = _core.arange(rows) != padding_idx % rows
        weight = _core.where(kept.unsqueeze(1), weight, weight.detach())
    return weight.index_select(0, input.reshape(-1)).reshape(*input.shape, weight.shape[1])


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
    if target.dtype.is_floating_point and target.shape == input.shape:
        target = target * (1 - label_smoothing) + label_smoothing / count
        if weight is not None:
            target = target * weight.reshape(-1, *[1] * (input.dim() - classes - 1))
        losses = -(logs * target).sum(classes)
        if reduction != "mean":
            return _reduced(losses, reduction)
        return losses.sum() / losses.numel()
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
    return (1 - label_smoothing) * loss + label_smoothing / count * everywhere


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
        return losses.sum() / input.shape[0] if input.dim() else losses
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
    input = _floating("gaussian_nll_loss", input)
    variances = _core.full_like(input, var) if isinstance(var, (int, float)) else _core.as_tensor(var)
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
    """The input where the target is 1, and ``max(0, margin - input)`` where it is -1."""
    input = _floating("hinge_embedding_loss", input)
    apart = _core.where(target != 1, (margin - input).clamp_min(0), 0.0)
    return _reduced(apart + _core.where(target != -1, input, 0.0), reduction)


def margin_ranking_loss(
    input1: Variable, input2: Variable, target: Variable, margin: float = 0.0, *, reduction: str = "mean"
) -> Variable:
    """``max(0, margin - target * (input1 - input2))``: target 1 asks for the first to be larger."""
    return _reduced((margin - target * (input1 - input2)).clamp_min(0), reduction)
