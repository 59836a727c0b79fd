"""Are gradients right? Analytical ones against finite differences of the function itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import _core
from .._core import Variable
from .._core import _grad as grad
from .._on_demand import Lookup, on_demand
from .._warning import warn_caller
from ._finite_differences import Array, Problem, Tolerance, as_tuple, is_differentiable
from ._gradcheck_report import mismatch_report
from .function import Function

__all__ = ["GradcheckError", "gradcheck", "gradgradcheck"]

_OLD = (
    "get_analytical_jacobian",
    "get_numerical_jacobian",
    "get_numerical_jacobian_wrt_specific_input",
)
__getattr__: Lookup = on_demand(__name__, **dict.fromkeys(_OLD, "tapegrad.autograd._jacobians"))


class GradcheckError(RuntimeError):
    """A gradient that is not what finite differences say, or a backward that breaks a rule."""


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Check the gradients of ``func(*inputs)`` against finite differences.

    Every input that requires grad is checked, in float64 preferably, against every output that requires
    grad; other arguments and results may be anything. True where all agree. The error says which output by
    which input, the worst element with both numbers, and what probably is wrong; a kink of the function,
    where finite differences say nothing, is recognised.

    Args:
        func: takes the inputs and returns a Variable or a tuple with Variables.
        inputs: a Variable or a tuple.
        eps: how far an element is moved, to both sides.
        atol, rtol: a gradient is right within ``atol + rtol * abs(numerical)``.
        raise_exception: False returns False instead of raising GradcheckError.
        nondet_tol: how far two backward passes may differ.
        check_undefined_grad: check that backward takes outputs that no gradient came to.
        check_grad_dtypes: check that gradients have the dtypes of their inputs.
        check_batched_grad: check that a batch of cotangents, ``grad(..., is_grads_batched=True)``, gives
            what they give one by one.
        check_forward_ad: check products with tangents too. There is no forward mode: they are made by
            differentiating the gradient with respect to its cotangent, so what is checked is the backward
            of backward.
        check_batched_forward_grad: the same of a batch of tangents.
        check_backward_ad: False leaves gradients out.
        fast_mode: compare one random combination of all elements instead of each.
        masked: accepted for PyTorch's sake; there are no sparse variables.

    Raises:
        GradcheckError: a gradient is wrong.
        ValueError: no input requires grad.
    """
    if not (check_forward_ad or check_backward_ad):
        raise AssertionError("Expected at least one of check_forward_ad or check_backward_ad to be True")
    if check_batched_grad and not check_backward_ad:
        raise AssertionError("Setting check_batched_grad=True requires check_backward_ad to be True")
    if check_batched_forward_grad and not check_forward_ad:
        raise AssertionError("Setting check_batched_forward_grad=True requires check_forward_ad to be True")
    inputs = as_tuple(inputs)
    _check_inputs(inputs)
    problem = Problem(func, inputs, Tolerance(eps, atol, rtol))
    try:
        if not problem.differentiable:
            _check_constant(problem)
            return True
        if check_forward_ad:
            _check_tangents(problem, fast_mode, check_batched_forward_grad)
        if not check_backward_ad:
            return True
        if fast_mode:
            _check_combinations(problem, nondet_tol, check_grad_dtypes)
        else:
            _check_elements(problem, nondet_tol, check_grad_dtypes)
        _check_linear(problem)
        if check_batched_grad:
            _check_batched(problem)
        if check_undefined_grad:
            _check_undefined(problem)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """Check the gradients of the gradients of ``func(*inputs)``, as `gradcheck` does those of the function.

    Args:
        grad_outputs: cotangents of the outputs to differentiate with; by default numbers from -1 to 1, the
            same each time, that require grad themselves.
        gen_non_contig_grad_outputs: makes those with gaps between their elements.

    The other arguments are those of `gradcheck`.
    """
    if not (check_fwd_over_rev or check_rev_over_rev):
        raise AssertionError("Expected at least one of check_fwd_over_rev or check_rev_over_rev to be True")
    if check_undefined_grad and not check_rev_over_rev:
        raise AssertionError("Setting check_undefined_grad=True requires check_rev_over_rev to be True")
    if check_batched_grad and not check_rev_over_rev:
        raise AssertionError("Setting check_batched_grad=True requires check_rev_over_rev to be True")
    inputs = as_tuple(inputs)
    if grad_outputs is None:
        outputs = [o for o in as_tuple(func(*inputs)) if is_differentiable(o)]
        grad_outputs = _random_cotangents(outputs, gen_non_contig_grad_outputs)
    grad_outputs = as_tuple(grad_outputs)
    count = len(inputs)

    def gradients(*args: Any) -> tuple[Variable, ...]:
        outputs = [o for o in as_tuple(func(*args[:count])) if is_differentiable(o)]
        wanted = [x for x in args[:count] if is_differentiable(x)]
        found = grad(outputs, wanted, args[count:], create_graph=True, allow_unused=True)
        return tuple(g for g in found if g is not None)

    return gradcheck(
        gradients,
        inputs + grad_outputs,
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=raise_exception,
        nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad,
        check_grad_dtypes=check_grad_dtypes,
        check_batched_grad=check_batched_grad,
        check_forward_ad=check_fwd_over_rev,
        check_backward_ad=check_rev_over_rev,
        fast_mode=fast_mode,
        masked=masked,
    )


def _random_cotangents(outputs: Sequence[Variable], gaps: bool) -> tuple[Variable, ...]:
    random = np.random.default_rng(0)  # the user's own state stays as it is
    made = []
    for output in outputs:
        values = random.uniform(-1, 1, (*output.shape, 2 if gaps else 1))[..., 0]
        made.append(
            _core.tensor(values).to(output.dtype) if not gaps else _core.from_numpy(values).to(output.dtype)
        )
    return tuple(v.detach().requires_grad_() for v in made)


def _check_inputs(inputs: tuple[Any, ...]) -> None:
    checked = [(i, x) for i, x in enumerate(inputs) if is_differentiable(x)]
    if not checked:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them have "
            "requires_grad=True."
        )
    for i, x in checked:
        if x.dtype != _core.float64:
            warn_caller(
                f"Input #{i} requires gradient and is not a double precision floating point or complex. This "
                f"check will likely fail: {x.dtype} is too coarse for finite differences. Use .double()"
            )
        if any(step == 0 and size > 1 for step, size in zip(x.stride(), x.shape, strict=True)):
            raise RuntimeError(
                f"Input {i} (counted from 0) has a dimension with stride 0. gradcheck only supports inputs "
                "that are non-overlapping to be able to compute the numerical gradients correctly. You "
                "should call .contiguous on the input before passing it to gradcheck."
            )


# --- the checks


def _check_elements(problem: Problem, nondet_tol: float, check_dtypes: bool) -> None:
    """Every element of every Jacobian."""
    numerical = {i: problem.jacobians(i) for i in problem.inputs_checked}
    for output in problem.differentiable:
        rows = [np.eye(output.value.numel())[j] for j in range(output.value.numel())]
        analytical = _cotangent_products(problem, output.value, rows, nondet_tol, check_dtypes)
        for i, columns in zip(problem.inputs_checked, analytical, strict=True):
            if not problem.tolerance.close(columns, numerical[i][output.place]):
                raise GradcheckError(mismatch_report(problem, output, i, numerical[i][output.place], columns))


def _check_combinations(problem: Problem, nondet_tol: float, check_dtypes: bool) -> None:
    """One product v J u for each Jacobian J, with random positive vectors of length 1."""
    random = np.random.default_rng(0)

    def vector(length: int) -> Array:
        v = random.uniform(size=length)
        return v / np.linalg.norm(v) if length else v

    directions = {i: vector(problem.inputs[i].numel()) for i in problem.inputs_checked}
    numerical = {i: problem.along(i, u) for i, u in directions.items()}
    for output in problem.differentiable:
        v = vector(output.value.numel())
        analytical = _cotangent_products(problem, output.value, [v], nondet_tol, check_dtypes)
        for i, column in zip(problem.inputs_checked, analytical, strict=True):
            u = directions[i]
            a, n = column[:, 0] @ u, numerical[i][output.place].reshape(-1) @ v
            allowed = problem.tolerance._replace(atol=problem.tolerance.atol * u.sum() * v.sum())
            if not allowed.close(a, n):
                raise GradcheckError(_fast_report(problem, output, i, n, a))


def _check_tangents(problem: Problem, fast_mode: bool, batched: bool) -> None:
    """Products J u: by differentiating v J with respect to v, and numerically."""
    wanted = [problem.inputs[i] for i in problem.inputs_checked]
    random = np.random.default_rng(0)
    numerical = {}
    tangents = {}
    for i, x in zip(problem.inputs_checked, wanted, strict=True):
        if fast_mode:
            tangents[i] = random.uniform(size=(1, x.numel()))
            numerical[i] = [column[None] for column in problem.along(i, tangents[i][0])]
        else:
            tangents[i], numerical[i] = np.eye(x.numel()), problem.jacobians(i)
    for output in problem.differentiable:
        v = _core.zeros_like(output.value).requires_grad_()
        products = grad(output.value, wanted, v, create_graph=True, allow_unused=True)
        for i, product in zip(problem.inputs_checked, products, strict=True):
            found = _tangent_products(product, v, tangents[i], batched)
            if not problem.tolerance.close(found, numerical[i][output.place]):
                if not fast_mode:
                    report = mismatch_report(problem, output, i, numerical[i][output.place], found)
                    raise GradcheckError(f"With forward mode: {report}")
                raise GradcheckError(
                    f"Jacobian mismatch for output {output.place} with respect to input {i}, with forward "
                    f"mode: J u is numerically {numerical[i][output.place][0]}, analytically {found[0]}, for "
                    "a random u"
                )


def _tangent_products(product: Variable | None, v: Variable, tangents: Array, batched: bool) -> Array:
    """A row for each tangent u: the derivative of ``product`` (v J) with respect to v, times u."""
    rows = np.zeros((len(tangents), v.numel()))
    if product is None or not product.requires_grad or not len(tangents):
        return rows
    batch = _core.tensor(tangents.reshape(-1, *product.shape)).to(product.dtype)
    options = {"retain_graph": True, "materialize_grads": True}
    if batched:
        (together,) = grad(product, v, batch, is_grads_batched=True, **options)
        return together.detach().numpy().reshape(rows.shape)
    for row, u in zip(rows, batch, strict=True):
        row[:] = grad(product, v, u, **options)[0].detach().numpy().reshape(-1)
    return rows


def _fast_report(problem: Problem, output: Any, i: int, n: Any, a: Any) -> str:
    """The report of the slow mode, which knows the element; after what the fast mode saw."""
    numerical = problem.jacobians(i)[output.place]
    rows = list(np.eye(output.value.numel()))
    place = problem.inputs_checked.index(i)
    analytical = _cotangent_products(problem, output.value, rows, np.inf, False)[place]
    head = (
        f"In fast mode, v J u is numerically {n}, analytically {a}, for random u and v. Element by element:\n"
    )
    report = head + mismatch_report(problem, output, i, numerical, analytical)
    if problem.tolerance.close(analytical, numerical):
        report += (
            "\nFast gradcheck failed but element-wise differences are small. This means that the test "
            "might've "
            "passed in slow_mode! Call gradcheck with fast_mode=False."
        )
    return report


def _cotangent_products(
    problem: Problem, output: Variable, rows: Sequence[Array], nondet_tol: float, check_dtypes: bool
) -> list[Array]:
    """For each input checked, a column for each row: the gradient for that cotangent."""
    wanted = [problem.inputs[i] for i in problem.inputs_checked]

    def once() -> list[Array]:
        columns = [np.zeros((x.numel(), len(rows))) for x in wanted]
        for j, row in enumerate(rows):
            cotangent = _core.tensor(row.reshape(tuple(output.shape))).to(output.dtype)
            found = grad(output, wanted, cotangent, retain_graph=True, allow_unused=True)
            for x, g, column in zip(wanted, found, columns, strict=True):
                if g is None:
                    continue
                if g.shape != x.shape:
                    raise GradcheckError("Analytical gradient has incorrect size")
                if check_dtypes and g.dtype != x.dtype:
                    raise GradcheckError("Gradient has dtype mismatch")
                column[:, j] = g.detach().numpy().reshape(-1)
        return columns

    first, second = once(), once()
    for a, b in zip(first, second, strict=True):
        with np.errstate(invalid="ignore"):  # infinite both times
            differ = a.size and np.nanmax(np.abs(a - b), initial=0) > nondet_tol
        if differ:
            raise GradcheckError(
                "Backward is not reentrant, i.e., running backward with same input and grad_output multiple "
                f"times gives different values. The tolerance for nondeterminism was {nondet_tol}. If it is "
                "meant to be random, pass nondet_tol; else look for state that backward changes."
            )
    return first


def _check_constant(problem: Problem) -> None:
    """Where no output requires grad, none may depend on an input."""
    for i in problem.inputs_checked:
        for place, jacobian in enumerate(problem.jacobians(i)):
            if (jacobian != 0).any():
                raise GradcheckError(
                    "Numerical gradient for function expected to be zero, as no output requires grad, but "
                    f"output {place} depends on input {i}: there is a detach(), .data, no_grad() or "
                    "NumPy on the way"
                )


def _check_linear(problem: Problem) -> None:
    """Gradients for cotangents that are zero are zero."""
    if not problem.differentiable:
        return
    wanted = [problem.inputs[i] for i in problem.inputs_checked]
    outputs = problem.evaluate_differentiable()
    for i, g in zip(problem.inputs_checked, _gradients_of_zeros(outputs, wanted), strict=True):
        if g is not None and (g != 0).any():
            raise GradcheckError(
                "backward not multiplied by grad_output: with all gradients of the outputs zero, that "
                "of input "
                f"{i} is not: backward must be linear in the gradients it is given"
            )


def _gradients_of_zeros(outputs: Sequence[Variable], wanted: Sequence[Variable]) -> tuple[Any, ...]:
    zeros = [
        _core.zeros(*o.shape, dtype=o.dtype) if o.dim() else _core.tensor(0.0, dtype=o.dtype) for o in outputs
    ]
    return grad(outputs, wanted, zeros, allow_unused=True)


def _check_batched(problem: Problem) -> None:
    """A batch of cotangents gives what they give one by one."""
    wanted = [problem.inputs[i] for i in problem.inputs_checked]
    random = np.random.default_rng(0)
    for output in problem.differentiable:
        values = random.uniform(-1, 1, (2, *output.value.shape))
        batch = _core.tensor(values).to(output.value.dtype)
        options = {"retain_graph": True, "allow_unused": True}
        together = grad(output.value, wanted, batch, is_grads_batched=True, **options)
        for row, cotangent in enumerate(batch):
            alone = grad(output.value, wanted, cotangent, **options)
            for i, many, one in zip(problem.inputs_checked, together, alone, strict=True):
                if many is not None and one is not None and _core.allclose(many[row], one, equal_nan=True):
                    continue
                if many is not one:
                    raise GradcheckError(
                        f"While testing batched gradients, output {output.place} with respect to input {i} "
                        "has another gradient in a batch of cotangents than for the same cotangent alone"
                    )


class _Undefined(Function):
    """The identity; no gradient goes through it, and that is not zero."""

    @staticmethod
    def forward(ctx: Any, x: Variable) -> Variable:
        return x.view_as(x)

    @staticmethod
    def backward(ctx: Any, gradient: Variable) -> None:
        return None


def _check_undefined(problem: Problem) -> None:
    """Backward takes outputs that no gradient came to: all of them, and each by itself."""
    if not problem.differentiable:
        return
    wanted = [problem.inputs[i] for i in problem.inputs_checked]
    count = len(problem.differentiable)
    for cut in [None, *(range(count) if count > 1 else ())]:
        outputs = problem.evaluate_differentiable()
        outputs = [_Undefined.apply(o) if cut in (None, k) else o for k, o in enumerate(outputs)]
        try:
            found = _gradients_of_zeros(outputs, wanted)
        except RuntimeError as error:
            _warn_undefined()
            raise GradcheckError(
                "Expected backward function to handle undefined output grads: an output that nobody "
                "used gives "
                "None as its gradient (pass check_undefined_grad=False to leave this out)"
            ) from error
        if any(g is not None and (g != 0).any() for g in found):
            _warn_undefined()
            raise GradcheckError(
                "Expected all input grads to be undefined or zero when all output grads are undefined "
                "or zero "
                "(pass check_undefined_grad=False to leave this out)"
            )


def _warn_undefined() -> None:
    warn_caller(
        "Backwards compatibility: New undefined gradient support checking feature is enabled by default. "
        "Programs from before it may fail for it: pass check_undefined_grad=False to leave it out"
    )
