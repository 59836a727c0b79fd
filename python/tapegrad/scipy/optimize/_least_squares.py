"""Nonlinear least squares and systems of equations in Variables."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.optimize as so
from scipy.sparse.linalg import LinearOperator

from ... import _core
from ._layout import Layout, refuse
from ._recorded import Recorded

_OURS = ("jac", "diff_step", "jac_sparsity", "workers")


def least_squares(
    fun: Callable[..., Any],
    x0: Any,
    *,
    args: Any = (),
    kwargs: dict[str, Any] | None = None,
    **options: Any,
) -> so.OptimizeResult:
    """As scipy.optimize.least_squares, for residuals ``fun(x, *args, **kwargs)`` of Variables.

    The Jacobian comes from the tape of the call that gave the residuals, by as many passes as there are
    residuals or numbers in x, whichever are fewer. With ``tr_solver="lsmr"`` it is never made: SciPy gets
    its products with vectors, each one pass, as it does not with ``x_scale="jac"``, which needs the matrix.

    Args:
        fun: takes float64 Variables in the form of `x0` and gives a Variable of any shape, or a list of
            Variables.
        x0: an array of any shape, a Variable, or a nested tuple, list or dict of these.
        options: SciPy's other arguments: ``bounds`` (also by the names of a dict, as `minimize` takes them),
            ``method``, ``loss``, ``ftol``, ``max_nfev``, ...

    Raises TypeError where `fun` gives no Variable or `options` has what the tape is for (``jac``,
    ``diff_step``, ``jac_sparsity``), RuntimeError where the residuals do not come from x on the tape.
    """
    refuse("least_squares", {name: options[name] for name in _OURS if name in options})
    layout = Layout(x0)
    residuals = Recorded(fun, layout, args if isinstance(args, tuple) else (args,), kwargs)
    products = options.get("tr_solver") == "lsmr" and not isinstance(options.get("x_scale"), str)
    if "bounds" in options:
        options["bounds"] = layout.bounds(options["bounds"])
    if "callback" in options:
        options["callback"] = layout.callback(options["callback"])
    found = so.least_squares(
        residuals.value, layout.start, _operator(residuals) if products else residuals.jacobian, **options
    )
    return layout.result(found)


def curve_fit(
    f: Callable[..., Any], xdata: Any, ydata: Any, p0: Any = None, **options: Any
) -> tuple[np.ndarray, ...]:
    """As scipy.optimize.curve_fit, for a model ``f(xdata, a, b, ...)`` that computes on Variables.

    The Jacobian comes from the tape, also for the covariance of the result.

    Args:
        f: gets `xdata` as it is given, a list as an ndarray, and each parameter as a float64 Variable of one
            element; gives a Variable with an element for each of `ydata`, or one for all.
        p0: where the parameters start; by default SciPy counts the arguments of `f`, and starts at ones.
        options: SciPy's other arguments: ``sigma``, ``absolute_sigma``, ``bounds``, ``method``, ...

    Returns the parameters and their covariance, ndarrays of shapes (n,) and (n, n), and with ``full_output``
    what SciPy adds. Raises TypeError for ``jac`` or where `f` gives no Variable, RuntimeError where its
    result does not come from the parameters on the tape.
    """
    refuse("curve_fit", {name: options[name] for name in _OURS if name in options})
    shape = np.shape(ydata)
    models: list[tuple[Any, Recorded]] = []  # of the data that SciPy passes on, which may lack some of ours

    def recorded(x: Any, parameters: tuple[Any, ...]) -> Recorded:
        if not models or models[0][0] is not x:
            start = Layout(np.zeros(len(parameters)))
            models[:] = [(x, Recorded(functools.wraps(f)(lambda p: f(x, *p.unbind())), start))]
        return models[0][1]

    @functools.wraps(f)
    def value(x: Any, *parameters: Any) -> np.ndarray:
        found: np.ndarray = recorded(x, parameters).value(np.array(parameters))
        return found.reshape(shape) if found.size == math.prod(shape) else found

    def jacobian(x: Any, *parameters: Any) -> np.ndarray:
        rows = recorded(x, parameters).jacobian(np.array(parameters))
        # SciPy spreads the value of a constant model over the data, but not its derivatives.
        count = np.shape(x)[-1] if options.get("nan_policy") == "omit" else math.prod(shape)
        return np.repeat(rows, count, axis=0) if len(rows) == 1 else rows

    result: tuple[np.ndarray, ...] = so.curve_fit(value, xdata, ydata, p0, jac=jacobian, **options)
    return result


def _operator(residuals: Recorded) -> Callable[..., Any]:
    """The Jacobian as a pair of products; each holds for the point it was made at."""

    def jacobian(point: Any, *unused: Any) -> LinearOperator:
        here = point.copy()

        def times(vector: Any) -> Any:
            residuals.value(here)
            return residuals.times(_core.tensor(vector.reshape(-1), dtype=_core.float64))

        def transposed(vector: Any) -> Any:
            residuals.value(here)
            return residuals.times_transposed(_core.tensor(vector.reshape(-1), dtype=_core.float64))

        shape = (residuals.value(here).size, here.size)
        return LinearOperator(shape, matvec=times, rmatvec=transposed, dtype=float)

    return jacobian


def root(
    fun: Callable[..., Any],
    x0: Any,
    args: Any = (),
    method: str = "hybr",
    *,
    tol: float | None = None,
    callback: Callable[..., Any] | None = None,
    options: dict[str, Any] | None = None,
    **others: Any,
) -> so.OptimizeResult:
    """As scipy.optimize.root, for equations ``fun(x, *args) == 0`` in Variables.

    ``hybr`` and ``lm`` get the Jacobian; the other methods use none and record nothing.

    Args:
        fun: takes float64 Variables in the form of `x0` and gives as many numbers, in a Variable of any
            shape or a list of Variables.
        x0: an array of any shape, a Variable, or a nested tuple, list or dict of these.

    Raises TypeError for ``jac`` or where `fun` gives no Variable, RuntimeError where its result does not come
    from x on the tape.
    """
    refuse("root", others)
    layout = Layout(x0)
    equations = Recorded(fun, layout, args if isinstance(args, tuple) else (args,))
    exact = method.lower() in ("hybr", "lm")
    found = so.root(
        equations.value if exact else equations.untaped,
        layout.start,
        method=method,
        jac=equations.jacobian if exact else None,
        tol=tol,
        callback=None if exact else layout.callback(callback),
        options=options,
    )
    return layout.result(found)
