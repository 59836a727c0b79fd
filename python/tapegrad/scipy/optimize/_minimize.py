"""Minimisation of a function of Variables, with constraints on Variables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import scipy.optimize as so
from scipy.sparse.linalg import LinearOperator

from ._layout import Layout, refuse
from ._recorded import Recorded

_WITHOUT = {"nelder-mead", "powell", "cobyla", "cobyqa"}
_PRODUCTS = {"newton-cg", "trust-ncg", "trust-krylov", "trust-constr"}
_HESSIANS = {"dogleg", "trust-exact"}


def minimize(
    fun: Callable[..., Any],
    x0: Any,
    args: Any = (),
    method: str | Callable[..., Any] | None = None,
    *,
    hess: so.HessianUpdateStrategy | None = None,
    bounds: Any = None,
    constraints: Any = (),
    tol: float | None = None,
    callback: Callable[..., Any] | None = None,
    options: dict[str, Any] | None = None,
    **others: Any,
) -> so.OptimizeResult:
    """As scipy.optimize.minimize, for ``fun(x, *args)`` of Variables.

    The method gets what it can use: the gradient, by one backward pass of the call that gave the value;
    for ``Newton-CG``, ``trust-ncg``, ``trust-krylov`` and ``trust-constr`` products of the Hessian and a
    vector, for ``dogleg`` and ``trust-exact`` the Hessian. Methods that use no derivative record nothing.

    Args:
        fun: takes float64 Variables in the form of `x0` and gives a Variable of one element. It may say
            that a point is out of bounds by a constant inf or nan.
        x0: an array of any shape, a Variable, or a nested tuple, list or dict of these.
        hess: a strategy such as ``scipy.optimize.BFGS()`` for ``trust-constr`` to approximate the Hessian
            with, instead of the exact products.
        bounds: as SciPy's, an entry for each number of `x0` from left to right; or where `x0` is a dict, one
            of pairs ``(low, high)`` by its names, of numbers, arrays or None: each pair is for the whole of
            what it names.
        constraints: as SciPy's, with functions of Variables in the form of `x0`: dicts with ``type``,
            ``fun`` and ``args``, or NonlinearConstraint, to which Jacobians are added, and Hessians in
            the place of BFGS(); one that brings a ``jac`` of its own is passed on as it is, with functions
            of vectors. LinearConstraint takes the numbers of `x0` from left to right.
        callback: gets points in the form of `x0`.

    Raises TypeError for ``jac`` and ``hessp``, TypeError or ValueError where `fun` does not give one number,
    RuntimeError where its result does not come from x on the tape.
    """
    refuse("minimize", others)
    layout = Layout(x0)
    args = args if isinstance(args, tuple) else (args,)
    name = method.lower() if isinstance(method, str) else method
    second = callable(name) or name in _PRODUCTS | _HESSIANS
    if hess is not None and (name != "trust-constr" or not isinstance(hess, so.HessianUpdateStrategy)):
        raise TypeError(
            "hess takes a strategy such as scipy.optimize.BFGS(), for method='trust-constr' alone: "
            "Hessians themselves come from the tape"
        )
    objective = Recorded(fun, layout, args, scalar=True, twice=second and hess is None)
    derivatives: dict[str, Any] = {}
    if name not in _WITHOUT:
        derivatives["jac"] = objective.gradient
        if hess is not None:
            derivatives["hess"] = hess
        elif name in _HESSIANS:
            derivatives["hess"] = objective.hessian
        elif second:
            derivatives["hessp"] = objective.product
    found = so.minimize(
        objective.untaped if name in _WITHOUT else objective.value,
        layout.start,
        method=method,
        bounds=layout.bounds(bounds),
        constraints=_constraints(constraints, layout, name),
        tol=tol,
        callback=layout.callback(callback),
        options=options,
        **derivatives,
    )
    return layout.result(found)


def _constraints(given: Any, layout: Layout, method: Any) -> Any:
    if isinstance(given, Sequence):
        return [_constraint(one, layout, method) for one in given]
    return _constraint(given, layout, method)


def _constraint(given: Any, layout: Layout, method: Any) -> Any:
    if isinstance(given, so.NonlinearConstraint) and not callable(given.jac):
        recorded = Recorded(given.fun, layout)
        # trust-constr alone reads it; the others warn of what is not the default
        exact = method == "trust-constr" and isinstance(given.hess, so.BFGS)
        return so.NonlinearConstraint(
            recorded.value,
            given.lb,
            given.ub,
            recorded.jacobian,
            _curvature(recorded) if exact else given.hess,
            keep_feasible=given.keep_feasible,
        )
    if isinstance(given, dict) and not callable(given.get("jac")) and callable(given.get("fun")):
        args = given.get("args", ())
        recorded = Recorded(given["fun"], layout, args if isinstance(args, tuple) else (args,))
        return {"type": given.get("type"), "fun": recorded.value, "jac": recorded.jacobian}
    return given


def _curvature(recorded: Recorded) -> Callable[..., Any]:
    """The Hessian of the constraints, weighted by multipliers: what multiplies vectors with it."""

    def hessian(point: Any, multipliers: Any) -> Any:
        weighted, here = recorded.weighted(multipliers), point.copy()

        def product(vector: Any) -> Any:
            return weighted.product(here, vector)

        return LinearOperator((here.size, here.size), matvec=product, rmatvec=product, dtype=float)

    return hessian
