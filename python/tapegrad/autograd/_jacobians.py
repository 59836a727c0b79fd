"""Jacobians by finite differences and by backward, by names that PyTorch keeps for old programs."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import _core
from .._core import Variable
from .._core import _grad as grad
from ._finite_differences import Problem, Tolerance, as_tuple, is_differentiable


def _warn_private(name: str) -> None:
    warnings.warn(
        f"`{name}` was part of PyTorch's private API and is here for old programs: use "
        "tapegrad.autograd.functional.jacobian, or gradcheck",
        FutureWarning,
        stacklevel=3,
    )


def _check_grad_out(grad_out: float) -> None:
    if grad_out != 1.0:
        raise ValueError("Expected grad_out to be 1.0. Multiply the Jacobian instead")


def get_numerical_jacobian(
    fn: Callable[..., Any], inputs: Any, target: Any = None, eps: float = 1e-3, grad_out: float = 1.0
) -> list[Variable]:
    """Jacobians of the first result of ``fn(inputs)`` by finite differences.

    One for each of `target` (by default the inputs) that requires grad, with a row for each of its elements
    and a column for each of the result's, in float64. Warns (FutureWarning) that it is obsolete. Raises
    ValueError for a `grad_out` other than 1.
    """
    _warn_private("get_numerical_jacobian")
    _check_grad_out(grad_out)
    inputs = as_tuple(inputs)
    wanted = [id(x) for x in (inputs if target is None else as_tuple(target))]
    problem = Problem(lambda *args: as_tuple(fn(args))[0], inputs, Tolerance(eps, 0.0, 0.0))
    return [
        _core.tensor(problem.jacobians(i)[0])
        for i, x in enumerate(inputs)
        if is_differentiable(x) and id(x) in wanted
    ]


def get_numerical_jacobian_wrt_specific_input(
    fn: Callable[..., Any], input_idx: int, inputs: Any, eps: float, is_forward_ad: bool = False
) -> tuple[Variable, ...]:
    """The same with respect to one input, for each result of ``fn(*inputs)``."""
    problem = Problem(fn, as_tuple(inputs), Tolerance(eps, 0.0, 0.0))
    return tuple(_core.tensor(jacobian) for jacobian in problem.jacobians(input_idx))


def get_analytical_jacobian(
    inputs: Any, output: Variable, nondet_tol: float = 0.0, grad_out: float = 1.0
) -> tuple[tuple[Variable, ...], bool, bool, bool]:
    """Jacobians of `output` by backward: for each input that requires grad, as get_numerical_jacobian.

    Also: whether a second backward gives the same within `nondet_tol`, whether the gradients have the
    inputs' shapes, and whether their dtypes. Warns (FutureWarning) that it is obsolete. Raises ValueError
    for a `grad_out` other than 1.
    """
    _warn_private("get_analytical_jacobian")
    _check_grad_out(grad_out)
    wanted = [x for x in as_tuple(inputs) if is_differentiable(x)]
    first, same = _rows(wanted, output)
    second, _ = _rows(wanted, output)
    reentrant = all(
        not a.size or bool(np.abs(a - b).max() <= nondet_tol) for a, b in zip(first, second, strict=True)
    )
    return tuple(_core.tensor(a) for a in first), reentrant, same, same


def _rows(wanted: Sequence[Variable], output: Variable) -> tuple[list[Any], bool]:
    """The Jacobians, and whether all gradients were like their inputs."""
    jacobians = [np.zeros((x.numel(), output.numel())) for x in wanted]
    same = True
    for column in range(output.numel()):
        cotangent = np.zeros(output.numel())
        cotangent[column] = 1.0
        seed = _core.tensor(cotangent).to(output.dtype).reshape(output.shape)
        for place, g in enumerate(grad(output, wanted, seed, retain_graph=True, allow_unused=True)):
            if g is not None:
                jacobians[place][:, column] = g.detach().reshape(-1).numpy()
                same = same and g.shape == wanted[place].shape and g.dtype == wanted[place].dtype
    return jacobians, same
