"""Ordinary differential equations with right-hand sides on Variables, by SciPy's name and arguments.

>>> from tapegrad.scipy import integrate
>>> rate = tg.tensor(0.5, dtype=tg.float64, requires_grad=True)
>>> y = integrate.odeint(lambda y, t, rate: -rate * y, [1.0], [0.0, 2.0], args=(rate,))
>>> y[1].backward()
>>> y[1].item(), rate.grad.item()
(0.36787..., -0.73575...)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy.integrate as si

from .. import _core
from .._core import Variable, _leads_elsewhere, is_grad_enabled
from ..autograd.function import Function
from ..autograd.grad_mode import enable_grad
from ..func import vjp
from ..func._tree import leaves, rebuilt
from ._elementwise import operands

_OPTIONS = ("rtol", "atol", "tcrit", "h0", "hmax", "hmin", "mxstep", "mxordn", "mxords")
Rate = Callable[..., Variable]


class _Flow(Function):
    """The states at the times `t`. Gradients flow back along the adjoint equation (Frohlich et al., 2017):
    it starts anew at each of the states, and its parameters are those of `rate`."""

    @staticmethod
    def forward(
        ctx: Any, rate: Rate, options: dict[str, Any], y0: Variable, t: Variable, *parameters: Variable
    ) -> Variable:
        def derivative(y: Any, s: float) -> Any:
            return rate(_core.tensor(y), _core.tensor(s, dtype=t.dtype), *parameters).numpy()

        states = _core.as_tensor(si.odeint(derivative, y0.numpy(), t.numpy(), **options))
        ctx.rate, ctx.options = rate, options
        ctx.save_for_backward(states, t, *parameters)
        return states

    @staticmethod
    def backward(ctx: Any, gradient: Variable) -> Any:
        states, t, *parameters = ctx.saved_tensors
        size = states.shape[1]
        wanted = [i for i, needed in enumerate(ctx.needs_input_grad[4:]) if needed]

        def adjoint(state: Variable, s: Variable, *given: Variable) -> Variable:
            def along(y: Variable, *chosen: Variable) -> Variable:
                call = list(given)
                for i, p in zip(wanted, chosen, strict=True):
                    call[i] = p
                slope: Variable = ctx.rate(y, s, *call)
                return slope

            slope, back = vjp(along, state[:size], *(given[i] for i in wanted))
            return _core.cat([slope, *(x.reshape(-1) for x in back(-state[size : 2 * size]))])

        by_state = gradient[-1]
        by_parameters = _core.zeros(sum(parameters[i].numel() for i in wanted), dtype=t.dtype)
        for k in range(len(t) - 1, 0, -1):
            start = _core.cat([states[k], by_state, by_parameters])
            end = _solved(adjoint, ctx.options, start, t[[k, k - 1]], *parameters)[1]
            by_state, by_parameters = end[size : 2 * size], end[2 * size :]
            if k > 1:
                by_state = by_state + gradient[k - 1]
        by_t = None
        if ctx.needs_input_grad[3]:
            pulls = [-by_state if len(t) > 1 else _core.zeros_like(by_state), *gradient[1:]]
            slopes = [ctx.rate(y, s, *parameters) for y, s in zip(states, t, strict=True)]
            by_t = _core.stack([(p * slope).sum() for p, slope in zip(pulls, slopes, strict=True)])
        if len(t) > 1:
            by_state = by_state + gradient[0]
        blocks = iter(by_parameters.split([parameters[i].numel() for i in wanted]) if wanted else ())
        of_parameters = [
            next(blocks).view(p.shape) if i in wanted else None for i, p in enumerate(parameters)
        ]
        return None, None, by_state, by_t, *of_parameters


def _solved(
    rate: Rate, options: dict[str, Any], y0: Variable, t: Variable, *parameters: Variable
) -> Variable:
    result: Variable = _Flow.apply(rate, options, y0, t, *parameters)
    return result


def odeint(
    func: Callable[..., Any], y0: Any, t: Any, args: Any = (), *, tfirst: bool = False, **options: Any
) -> Variable:
    """The solution of ``dy/dt = func(y, t, *args)`` at the times `t`, where y is `y0` at the first: a row for
    each of them, in float64.

    It is differentiable by `y0`, `t` and the floating point numbers in `args`, which may be nested tuples,
    lists and dicts. `func` is called with Variables and gives a vector, or a list of numbers.

    Args:
        tfirst: func is called as ``func(t, y, *args)``.
        options: SciPy's rtol, atol, tcrit, h0, hmax, hmin, mxstep, mxordn and mxords; they hold for the
            equation of the gradients too.
    """
    if wrong := sorted(set(options) - set(_OPTIONS)):
        raise TypeError(
            f"odeint() on Variables does not take {', '.join(wrong)}; it takes {', '.join(_OPTIONS)}"
        )
    args = args if isinstance(args, tuple) else (args,)
    given = leaves(args)
    places = [i for i, leaf in enumerate(given) if _is_differentiable(leaf)]
    start, times, *parameters = (x.to(_core.float64) for x in operands(y0, t, *(given[i] for i in places)))
    if start.dim() > 1 or times.dim() != 1:
        raise ValueError(
            f"y0 must be a vector and t too, and they have shapes {tuple(start.shape)}, {tuple(times.shape)}"
        )
    start = start.reshape(-1)

    def rate(y: Variable, s: Variable, *numbers: Variable) -> Variable:
        call = list(given)
        for i, p in zip(places, numbers, strict=True):
            call[i] = p
        tree = rebuilt(args, iter(call))
        return _vector(func(s, y, *tree) if tfirst else func(y, s, *tree), len(start))

    if is_grad_enabled() and len(times):
        _check_closed(rate, start, times[0], *parameters)
    return _solved(rate, options, start, times, *parameters)


def _is_differentiable(leaf: Any) -> bool:
    if isinstance(leaf, Variable):
        return leaf.is_floating_point()
    return isinstance(leaf, float) or (isinstance(leaf, (np.ndarray, np.generic)) and leaf.dtype.kind == "f")


def _vector(value: Any, size: int) -> Variable:
    if isinstance(value, Sequence):
        value = _core.stack([x.reshape(()) for x in operands(*value)])
    (vector,) = operands(value)
    if vector.numel() != size:
        raise ValueError(f"func must give {size} numbers, as y0 has, and gave shape {tuple(vector.shape)}")
    return vector.reshape(-1).to(_core.float64)


def _check_closed(rate: Rate, *inputs: Variable) -> None:
    """Raises RuntimeError where a gradient would be lost: by what `rate` uses beside its arguments."""
    with enable_grad():
        variables = [x.detach().requires_grad_() for x in inputs]
        if _leads_elsewhere([rate(*variables)], variables):
            raise RuntimeError(
                "func uses a Variable that requires grad and is not in args: it would get no gradient. Give "
                "it in args, or detach() it"
            )


__all__ = ["odeint"]
