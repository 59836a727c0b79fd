"""Functions that networks are made of, by PyTorch's names: tapegrad.nn.functional.pad(x, (1, 1))."""

from __future__ import annotations

from .. import _core
from .._core import Variable, _functional
from .._core._functional import *  # noqa: F403
from .._core._functional import _reduced, hardtanh, log_softmax, nll_loss

__all__ = [name for name in vars(_functional) if not name.startswith("_")]
__all__ += ["cross_entropy", "dropout", "linear", "relu6"]


def relu6(input: Variable) -> Variable:
    """The input kept within [0, 6]."""
    return hardtanh(input, 0.0, 6.0)


def linear(input: Variable, weight: Variable, bias: Variable | None = None) -> Variable:
    """``input @ weight.T + bias``."""
    if bias is None:
        return input @ weight.t()
    if input.dim() == 2:
        return _core.addmm(bias, input, weight.t())
    return input @ weight.t() + bias


def dropout(input: Variable, p: float = 0.5, training: bool = True) -> Variable:
    """Zeros in place of elements, each with probability `p`, and the others divided by ``1 - p``.

    Raises:
        ValueError: where `p` is no probability.
    """
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not training or p == 0:
        return input
    if p == 1:
        return input * _core.zeros_like(input)
    kept = _core.empty_like(input).bernoulli_(1 - p).div_(1 - p)
    return input * kept


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
