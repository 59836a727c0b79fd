"""Products with Jacobians and Hessians, and these themselves, of functions of Variables.

Every function here takes ``func`` and its ``inputs`` (a Variable or a tuple), and gives results in the
shape of what it was given: a Variable for a Variable, a tuple for a tuple. With ``create_graph`` results
can be differentiated themselves; with ``strict`` an output that does not depend on an input is an error,
not a zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from .. import _core
from .._core import Variable, is_grad_enabled
from .._core import _grad as grad
from .grad_mode import enable_grad, set_grad_enabled

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]

_OUTPUTS = "outputs of the user-provided function"


# --- what all of them do


def _as_tuple(values: Any, what: str, function: str) -> tuple[bool, tuple[Variable, ...]]:
    """Whether it was a tuple, and the tuple. Raises TypeError for what is not a Variable."""
    many = isinstance(values, tuple)
    several = values if many else (values,)
    for i, value in enumerate(several):
        if not isinstance(value, Variable):
            which = f"the value at index {i}" if many else f"the given {what}"
            raise TypeError(
                f"The {what} given to {function} must be either a Tensor or a tuple of Tensors but "
                f"{which} has "
                f"type {type(value)}."
            )
    return many, several


def _fresh(inputs: Sequence[Variable], create_graph: bool, need_graph: bool) -> tuple[Variable, ...]:
    """New variables on the same memory, so that the function's arguments are told from what it knows
    otherwise."""
    return tuple(
        x.view_as(x) if create_graph and x.requires_grad else x.detach().requires_grad_(need_graph)
        for x in inputs
    )


def _finished(tree: Any, create_graph: bool) -> Any:
    """Results without history, unless the user asked for it."""
    if create_graph:
        return tree
    return (
        tree.detach() if isinstance(tree, Variable) else tuple(_finished(item, create_graph) for item in tree)
    )


def gradients_or_none(
    outputs: Sequence[Variable | None],
    inputs: Sequence[Variable],
    cotangents: Sequence[Variable] | None = None,
    create_graph: bool = False,
    retain_graph: bool | None = None,
) -> tuple[Variable | None, ...]:
    """As `grad`, where some outputs may be None or without gradient."""
    used = [i for i, out in enumerate(outputs) if out is not None and out.requires_grad]
    if not used:
        return (None,) * len(inputs)
    given = None if cotangents is None else [cotangents[i] for i in used]
    return grad(
        [outputs[i] for i in used],  # type: ignore[misc]
        inputs,
        given,
        allow_unused=True,
        create_graph=create_graph,
        retain_graph=retain_graph,
    )


class _Call(NamedTuple):
    """The function, called on fresh inputs."""

    inputs: tuple[Variable, ...]
    outputs: tuple[Variable, ...]
    inputs_many: bool
    outputs_many: bool


def _call(
    name: str, func: Callable[..., Any], inputs: tuple[Variable, ...], many: bool, strict: bool
) -> _Call:
    outputs_many, outputs = _as_tuple(func(*inputs), _OUTPUTS, name)
    if strict:
        _check_recorded(outputs, "outputs")
    return _Call(inputs, outputs, many, outputs_many)


_STRICT = "This is not allowed in strict mode"
_INDEPENDENT = {
    "outputs": "Output {i} of the user-provided function does not require gradients. The outputs must be "
    "computed in a differentiable manner from the input when running in strict mode.",
    "grad_inputs": "The gradient with respect to input {i} is independent of the inputs of the user-provided "
    f"function. {_STRICT}.",
    "jacobian": "While computing the hessian, found that the jacobian of the user-provided function with "
    f"respect to input {{i}} is independent of the input. {_STRICT}. You should ensure that your function is "
    "twice differentiable and that the jacobian depends on the inputs (this would be violated by a linear "
    "function for example).",
    "hessian": "The hessian of the user-provided function with respect to input {i} is independent of the "
    f"input. {_STRICT}. You should ensure that your function is thrice differentiable and that the hessian "
    "depends on the inputs.",
    # of a gradient that is missing, by what was differentiated
    "back": f"The output of the user-provided function is independent of input {{i}}. {_STRICT}.",
    "back_trick": "The gradient with respect to the input is independent of entry {i} in the grad_outputs "
    f"when using the double backward trick to compute forward mode gradients. {_STRICT}.",
    "double_back": f"The jacobian of the user-provided function is independent of input {{i}}. {_STRICT}.",
    "double_back_trick": "The hessian of the user-provided function is independent of entry {i} in the "
    f"grad_jacobian. {_STRICT} as it prevents from using the double backward trick to replace forward "
    "mode AD.",
}


def _check_recorded(values: Sequence[Variable | None], what: str) -> None:
    """Strict mode: all of them depend on the inputs in a way that can be differentiated."""
    for i, value in enumerate(values):
        if value is None:
            raise RuntimeError(_INDEPENDENT["back"].format(i=i))
        if not value.requires_grad:
            raise RuntimeError(_INDEPENDENT[what].format(i=i))


def _filled(
    found: Sequence[Variable | None], like: Sequence[Variable], strict: bool, create_graph: bool, stage: str
) -> tuple[Variable, ...]:
    """The gradients, zeros for the missing ones; errors in strict mode."""
    result = []
    for i, (g, x) in enumerate(zip(found, like, strict=True)):
        if g is None and strict:
            raise RuntimeError(_INDEPENDENT[stage].format(i=i))
        if strict and create_graph and g is not None and not g.requires_grad:
            what = "hessian" if "double" in stage else "jacobian"
            raise RuntimeError(
                f"The {what} of the user-provided function is independent of input {i}. This is not "
                "allowed in "
                "strict mode when create_graph=True."
            )
        result.append(_core.zeros_like(x) if g is None else g)
    return tuple(result)


def _unpacked(tree: Any, outer: bool, inner: bool | None = None) -> Any:
    """Undoes `_as_tuple` where it made a tuple, at one level or two."""
    if inner is False:
        tree = tuple(item[0] for item in tree)
    return tree if outer else tree[0]


def _vector(
    v: Any, name: str, like: Sequence[Variable], many: bool, create_graph: bool, needless: str
) -> tuple[Variable, ...] | None:
    """The vector of a product, checked against what it goes with; None where there is one number only."""
    if v is None:
        if len(like) != 1 or like[0].numel() != 1:
            raise RuntimeError(f"The vector v can only be None if {needless}.")
        return None
    vectors = _fresh(_as_tuple(v, "v", name)[1], create_graph, need_graph=False)
    if len(like) != len(vectors):
        if many:
            raise RuntimeError(
                f"v is a tuple of invalid length: should be {len(like)} but got {len(vectors)}."
            )
        raise RuntimeError("The given v should contain a single Tensor.")
    for i, (mine, other) in enumerate(zip(vectors, like, strict=True)):
        if mine.shape != other.shape:
            which = f"Entry {i} in " if many else ""
            raise RuntimeError(f"{which}v has invalid size: should be {other.shape} but got {mine.shape}.")
    return vectors


_ONE_OUTPUT = "the user-provided function returns a single Tensor with a single element"
_ONE_INPUT = "the input to the user-provided function is a single Tensor with a single element"


def _start(name: str, inputs: Any, create_graph: bool) -> tuple[bool, tuple[Variable, ...]]:
    many, several = _as_tuple(inputs, "inputs", name)
    return many, _fresh(several, create_graph, need_graph=True)


def _mode(create_graph: bool) -> set_grad_enabled:
    return set_grad_enabled(create_graph or is_grad_enabled())


# --- products


def vjp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The function's outputs, and the product of the vector `v` (of their shape) with its Jacobian."""
    with enable_grad():
        many, fresh = _start("vjp", inputs, create_graph)
        call = _call("vjp", func, fresh, many, strict)
        v = _vector(v, "vjp", call.outputs, call.outputs_many, create_graph, _ONE_OUTPUT)
    with _mode(create_graph):
        found = gradients_or_none(call.outputs, call.inputs, v, create_graph)
        product = _filled(found, call.inputs, strict, create_graph, "back")
    return (
        _unpacked(_finished(call.outputs, create_graph), call.outputs_many),
        _unpacked(_finished(product, create_graph), many),
    )


def jvp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The function's outputs, and the product of its Jacobian with the vector `v` (of the inputs' shape).

    Backward is linear in the outputs' gradients; the derivative of that is the product.
    """
    with enable_grad():
        many, fresh = _start("jvp", inputs, create_graph)
        v = _vector(v, "jvp", fresh, many, create_graph, _ONE_INPUT)
        call = _call("jvp", func, fresh, many, strict)
        cotangents = tuple(_core.zeros_like(out, requires_grad=True) for out in call.outputs)
        gradients = gradients_or_none(call.outputs, call.inputs, cotangents, create_graph=True)
        if strict:
            _check_recorded(gradients, "grad_inputs")
    with _mode(create_graph):
        found = gradients_or_none(gradients, cotangents, v, create_graph)
        product = _filled(found, call.outputs, strict, create_graph, "back_trick")
    return (
        _unpacked(_finished(call.outputs, create_graph), call.outputs_many),
        _unpacked(_finished(product, create_graph), call.outputs_many),
    )


def _gradient_of_one(
    name: str, func: Callable[..., Any], inputs: tuple[Variable, ...], many: bool, strict: bool
) -> tuple[_Call, tuple[Variable | None, ...]]:
    """A function of one number, called, and its gradient, recorded."""
    call = _call(name, func, inputs, many, strict)
    if call.outputs_many:
        raise RuntimeError(f"The function given to {name} should return a single Tensor")
    if call.outputs[0].numel() != 1:
        raise RuntimeError(
            f"The Tensor returned by the function given to {name} should contain a single element"
        )
    gradient = gradients_or_none(call.outputs, call.inputs, create_graph=True)
    if strict:
        _check_recorded(gradient, "jacobian")
    return call, gradient


def vhp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The value of a function of one number, and the product of the vector `v` with its Hessian."""
    with enable_grad():
        many, fresh = _start("vhp", inputs, create_graph)
        v = _vector(v, "vhp", fresh, many, create_graph, _ONE_INPUT)
        call, gradient = _gradient_of_one("vhp", func, fresh, many, strict)
    with _mode(create_graph):
        found = gradients_or_none(gradient, call.inputs, v, create_graph)
        product = _filled(found, call.inputs, strict, create_graph, "double_back")
    return _finished(call.outputs[0], create_graph), _unpacked(_finished(product, create_graph), many)


def hvp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The value of a function of one number, and the product of its Hessian with the vector `v`.

    It is `vhp` for a Hessian that is symmetric, which is cheaper.
    """
    with enable_grad():
        many, fresh = _start("hvp", inputs, create_graph)
        v = _vector(v, "hvp", fresh, many, create_graph, _ONE_INPUT)
        call, gradient = _gradient_of_one("hvp", func, fresh, many, strict)
        cotangents = tuple(_core.zeros_like(x, requires_grad=True) for x in call.inputs)
        double = gradients_or_none(gradient, call.inputs, cotangents, create_graph=True)
        if strict:
            _check_recorded(gradient, "hessian")
    with _mode(create_graph):
        found = gradients_or_none(double, cotangents, v, create_graph)
        product = _filled(found, call.inputs, strict, create_graph, "double_back_trick")
    return _finished(call.outputs[0], create_graph), _unpacked(_finished(product, create_graph), many)


# --- whole matrices


def _units(like: Variable) -> Iterator[Variable]:
    """The vectors of the standard basis, of the shape of `like`."""
    for i in range(like.numel()):
        unit = _core.zeros_like(like)
        unit.numpy().flat[i] = 1
        yield unit


def _stacked(rows: list[Variable], shape: tuple[int, ...], like: Variable) -> Variable:
    if not rows:
        return (
            _core.zeros_like(like).reshape(shape)
            if like.numel() == 0
            else _core.empty(shape, dtype=like.dtype)
        )
    return _core.stack(rows).view(shape)


def jacobian(
    func: Callable[..., Any],
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """The Jacobian of a function: for each output and input a Variable of both shapes, one after the other.

    Args:
        vectorize: accepted as PyTorch's: here a row is a backward pass either way.
        strategy: ``"reverse-mode"``, a pass a row, or ``"forward-mode"``, two passes and one a column, for
            functions with more outputs than inputs.
    """
    if strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError(
            'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your function '
            "has more "
            'outputs than inputs, "forward-mode" tends to be more performant. Otherwise, prefer to use '
            '"reverse-mode".'
        )
    if strategy == "forward-mode":
        return _jacobian_by_columns(func, inputs, create_graph, strict, vectorize)
    with enable_grad():
        many, fresh = _start("jacobian", inputs, create_graph)
        call = _call("jacobian", func, fresh, many, strict)
        if vectorize and strict:
            raise RuntimeError(
                "tapegrad.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not "
                "supported together. "
                "Please either set `strict=False` or `vectorize=False`."
            )
        blocks = []
        for i, out in enumerate(call.outputs):
            rows: tuple[list[Variable], ...] = tuple([] for _ in call.inputs)
            for unit in _units(out):
                found = gradients_or_none((out,), call.inputs, (unit,), create_graph, retain_graph=True)
                for k, (g, x) in enumerate(zip(found, call.inputs, strict=True)):
                    if strict:
                        _check_row(g, i, k, create_graph)
                    rows[k].append(_core.zeros_like(x) if g is None else g)
            blocks.append(
                tuple(_stacked(r, (*out.shape, *x.shape), x) for r, x in zip(rows, call.inputs, strict=True))
            )
    return _unpacked(_finished(tuple(blocks), create_graph), call.outputs_many, many)


def _check_row(g: Variable | None, output: int, input: int, create_graph: bool) -> None:
    if g is None:
        raise RuntimeError(
            f"Output {output} of the user-provided function is independent of input {input}. This is "
            "not allowed in "
            "strict mode."
        )
    if create_graph and not g.requires_grad:
        raise RuntimeError(
            f"The jacobian of the user-provided function is independent of input {output}. This is not "
            "allowed in "
            "strict mode when create_graph=True."
        )


def _jacobian_by_columns(
    func: Callable[..., Any], inputs: Any, create_graph: bool, strict: bool, vectorize: bool
) -> Any:
    where = "tapegrad.autograd.functional.jacobian: "
    apart = '`strategy="forward-mode"` are not supported together (yet). Please either set'
    if create_graph:
        raise NotImplementedError(
            f'{where}`create_graph=True` and {apart} `create_graph=False` or `strategy="reverse-mode"`.'
        )
    if strict:
        raise RuntimeError(f'{where}`strict=True` and {apart} `strict=False` or `strategy="reverse-mode"`.')
    if not vectorize:
        raise NotImplementedError(
            "Computing Jacobian using forward-AD or forward-over-reverse Hessian is only implemented for "
            "`vectorize=True`."
        )
    with enable_grad():
        many, fresh = _start("jacobian", inputs, create_graph=False)
        call = _call("jacobian", func, fresh, many, strict=False)
        cotangents = tuple(_core.zeros_like(out, requires_grad=True) for out in call.outputs)
        gradients = gradients_or_none(call.outputs, call.inputs, cotangents, create_graph=True)
        columns: list[list[list[Variable]]] = [[[] for _ in call.inputs] for _ in call.outputs]
        for k, (g, x) in enumerate(zip(gradients, call.inputs, strict=True)):
            for unit in _units(x):
                found = gradients_or_none((g,), cotangents, (unit,), retain_graph=True)
                for i, (column, out) in enumerate(zip(found, call.outputs, strict=True)):
                    columns[i][k].append(_core.zeros_like(out) if column is None else column)
    blocks = tuple(
        tuple(
            _stacked(columns[i][k], (*x.shape, *out.shape), out)
            .permute(*range(x.dim(), x.dim() + out.dim()), *range(x.dim()))
            .contiguous()
            for k, x in enumerate(call.inputs)
        )
        for i, out in enumerate(call.outputs)
    )
    return _unpacked(_finished(blocks, False), call.outputs_many, many)


def hessian(
    func: Callable[..., Any],
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """The Hessian of a function of one number: for each two inputs a Variable of both shapes."""
    many, several = _as_tuple(inputs, "inputs", "hessian")
    if outer_jacobian_strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError('Expected strategy to be either "forward-mode" or "reverse-mode".')

    def one_number(*args: Variable) -> Variable:
        out_many, outputs = _as_tuple(func(*args), _OUTPUTS, "hessian")
        if strict:
            _check_recorded(outputs, "outputs")
        if out_many:
            raise RuntimeError("The function given to hessian should return a single Tensor")
        if outputs[0].numel() != 1:
            raise RuntimeError(
                "The Tensor returned by the function given to hessian should contain a single element"
            )
        return outputs[0].squeeze()

    def gradient(*args: Variable) -> Any:
        found = jacobian(one_number, args, create_graph=True)
        if strict:
            _check_recorded(found, "jacobian")
        return found

    result = jacobian(gradient, several, create_graph, strict, vectorize, strategy=outer_jacobian_strategy)
    return _unpacked(result, many, many)
