"""Functions from functions: gradients, Jacobians and Hessians of plain functions of plain arguments.

Arguments may be Variables, NumPy arrays, floats, and nested tuples, lists, dicts and namedtuples of these;
a derivative comes in the shape of the argument, a float for a float and an ndarray for an ndarray. The
function itself sees Variables. Everything nests: ``grad(grad(f))``.

>>> from tapegrad.func import grad
>>> grad(lambda x: x**3)(2.0)
12.0
>>> grad(grad(lambda x: x**3))(2.0)
12.0
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import _core
from .._core import Variable, is_grad_enabled
from ..autograd.grad_mode import enable_grad
from ._trace import Trace, gradients, like_given, make_known, variable_from
from ._tree import leaves_like, rebuilt

__all__ = ["grad", "hessian", "jacfwd", "jacrev", "jvp", "value_and_grad", "vjp"]

ArgNums = int | tuple[int, ...]


def grad(func: Callable[..., Any], argnums: ArgNums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """The function that gives the gradient of `func`, which returns one number.

    Args:
        argnums: which positional argument to differentiate by; a tuple gives a tuple of gradients.
        has_aux: `func` returns ``(output, aux)``, and the gradient function ``(gradient, aux)``.
    """
    both = value_and_grad(func, argnums, has_aux)

    @functools.wraps(func)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        value, result = both(*args, **kwargs)
        return (result, value[1]) if has_aux else result

    return gradient


def value_and_grad(
    func: Callable[..., Any], argnums: ArgNums = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """The function that gives ``(value, gradient)`` of `func`, or ``((value, aux), gradient)``.

    The arguments are those of `grad`. It is what SciPy's optimisers take with ``jac=True``.
    """

    @functools.wraps(func)
    def value_and_gradient(*args: Any, **kwargs: Any) -> Any:
        trace = Trace(func, args, kwargs, argnums, has_aux)
        if not isinstance(trace.output, Variable):
            raise RuntimeError(
                f"Expected f(*args) to return a scalar Tensor, got {type(trace.output).__name__}: use "
                "jacrev for "
                "functions of several outputs, has_aux=True for results that are not to be differentiated"
            )
        if trace.output.numel() != 1:
            raise RuntimeError(
                f"Expected f(*args) to return a scalar Tensor, got tensor with {trace.output.dim()} "
                f"dims, of shape {tuple(trace.output.shape)}: sum() it, or use jacrev"
            )
        gradient = trace.like_chosen(trace.gradients(trace.outputs))
        return ((trace.value(), trace.aux) if has_aux else trace.value()), gradient

    return value_and_gradient


def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """The output of ``func(*primals)``, and the function that multiplies vectors with its Jacobian.

    That function takes cotangents in the shape of the output and gives a tuple, an entry for each primal.
    With `has_aux` the result is ``(output, function, aux)``.
    """
    trace = Trace(func, primals, {}, tuple(range(len(primals))), has_aux)

    def product(cotangents: Any) -> Any:
        vectors = _vectors(cotangents, trace.output, trace.outputs, "the cotangent")
        create = is_grad_enabled() and (trace.tracked or any(v.requires_grad for v in vectors))
        return trace.like_chosen(gradients(trace.outputs, trace.inputs, vectors, create, keep=True))

    return (trace.value(), product, trace.aux) if has_aux else (trace.value(), product)


def jvp(
    func: Callable[..., Any], primals: tuple[Any, ...], tangents: tuple[Any, ...], *, has_aux: bool = False
) -> Any:
    """The output of ``func(*primals)``, and the product of its Jacobian with the tangents.

    `primals` and `tangents` are tuples, with an entry for each argument. With `has_aux` the result is
    ``(output, product, aux)``.
    """
    if not isinstance(primals, tuple) or not isinstance(tangents, tuple):
        raise RuntimeError(
            "jvp(func, primals, tangents): Expected primals and tangents to be tuples, one entry an argument"
        )
    trace = Trace(func, primals, {}, tuple(range(len(primals))), has_aux)
    vectors = _vectors(tangents, primals, trace.inputs, "the tangent")
    forward = _Forward(trace)
    tracked = trace.tracked or (is_grad_enabled() and any(v.requires_grad for v in vectors))
    products = forward.times(vectors, tracked, keep=False)
    numbers = not any(isinstance(leaf, Variable) for leaf in trace.given)
    results = rebuilt(trace.output, (like_given(v, None) if numbers else v for v in products))
    return (trace.value(), results, trace.aux) if has_aux else (trace.value(), results)


class _Forward:
    """The Jacobian from the left: backward is linear in its cotangents, and the derivative of that by
    them."""

    def __init__(self, trace: Trace) -> None:
        with enable_grad():
            self.cotangents = [_core.zeros_like(out, requires_grad=True) for out in trace.outputs]
            make_known(self.cotangents)
            self.gradients = gradients(
                trace.outputs, trace.inputs, self.cotangents, create_graph=True, keep=True
            )

    def times(self, tangents: Sequence[Variable], create_graph: bool, keep: bool) -> list[Variable]:
        return gradients(self.gradients, self.cotangents, tangents, create_graph, keep or create_graph)


def jacrev(func: Callable[..., Any], argnums: ArgNums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """The function that gives the Jacobian of `func`, by one backward pass for each number of the output.

    The result is built as the output is, and at each of its leaves as the chosen argument is; a block has
    the shape of the output's leaf, then that of the argument's. The arguments are those of `grad`.
    """

    @functools.wraps(func)
    def jacobian(*args: Any, **kwargs: Any) -> Any:
        trace = Trace(func, args, kwargs, argnums, has_aux)
        blocks = []
        for out in trace.outputs:
            rows = [trace.gradients([out], [unit], keep=True) for unit in _units(out)]
            blocks.append(
                trace.like_chosen(
                    _joined([row[k] for row in rows], out.shape, x) for k, x in enumerate(trace.inputs)
                )
            )
        result = rebuilt(trace.output, iter(blocks))
        return (result, trace.aux) if has_aux else result

    return jacobian


def jacfwd(func: Callable[..., Any], argnums: ArgNums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """As `jacrev`, by one pass for each number of the argument: for functions with more outputs than
    inputs."""

    @functools.wraps(func)
    def jacobian(*args: Any, **kwargs: Any) -> Any:
        trace = Trace(func, args, kwargs, argnums, has_aux)
        forward = _Forward(trace)
        blocks: list[list[Variable]] = [[] for _ in trace.outputs]
        zeros = [_core.zeros_like(x) for x in trace.inputs]
        for k, x in enumerate(trace.inputs):
            columns = [
                forward.times([*zeros[:k], unit, *zeros[k + 1 :]], trace.tracked, keep=True)
                for unit in _units(x)
            ]
            for i, out in enumerate(trace.outputs):
                block = _joined([column[i] for column in columns], x.shape, out)
                blocks[i].append(block.permute(*range(x.dim(), block.dim()), *range(x.dim())))
        result = rebuilt(trace.output, (trace.like_chosen(block) for block in blocks))
        return (result, trace.aux) if has_aux else result

    return jacobian


def hessian(func: Callable[..., Any], argnums: ArgNums = 0) -> Callable[..., Any]:
    """The function that gives the Hessian of `func`: the Jacobian of its gradient, in the shape of the
    argument twice."""
    return jacrev(jacrev(func, argnums), argnums)


def _vectors(tree: Any, model: Any, like: Sequence[Variable], what: str) -> list[Variable]:
    """Tangents or cotangents as Variables. Raises ValueError where they are not built as what they belong
    to."""
    vectors = []
    for leaf, x in zip(leaves_like(tree, model, what), like, strict=True):
        v = variable_from(leaf, what).to(x.dtype)
        if v.shape != x.shape:
            raise ValueError(f"{what} has shape {tuple(v.shape)} where {tuple(x.shape)} is expected")
        vectors.append(v)
    return vectors


def _units(like: Variable) -> list[Variable]:
    """The standard basis, in the shape of `like`."""
    identity = np.eye(like.numel(), dtype=like.detach().numpy().dtype)
    return list(_core.from_numpy(identity.reshape(like.numel(), *like.shape)))


def _joined(rows: list[Variable], shape: Sequence[int], like: Variable) -> Variable:
    """Rows, one for each number of something of `shape`, as one Variable."""
    if not rows:
        return _core.zeros(*shape, *like.shape, dtype=like.dtype)
    return _core.stack(rows).view(*shape, *like.shape) if shape or like.shape else rows[0]
