"""A function called on arguments that have been made differentiable."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from .. import _core
from .._core import Variable, _leads_elsewhere, _set_grad_enabled, is_grad_enabled, is_inference_mode_enabled
from .._warning import warn_caller
from ..autograd.functional import gradients_or_none
from ._tree import leaves, rebuilt


def variable_from(leaf: Any, what: str) -> Variable:
    """A leaf of a tree as a floating point Variable. Python's floats are float64, as NumPy has them."""
    if isinstance(leaf, Variable):
        v = leaf
    elif isinstance(leaf, (np.ndarray, np.generic)):
        v = _core.as_tensor(leaf)
    elif isinstance(leaf, (float, int)):
        v = _core.tensor(leaf, dtype=_core.float64 if isinstance(leaf, float) else None)
    else:
        raise TypeError(f"{what} holds a {type(leaf).__name__}: derivatives are of arrays and floats")
    if not v.is_floating_point():
        kind = type(leaf).__name__ if isinstance(leaf, (int, bool)) else f"of dtype {v.dtype}"
        raise TypeError(
            f"{what} is {kind}: derivatives are of floating point numbers. Convert it first, as by 1.0 * x"
        )
    return v


def need_recording() -> None:
    """Raises RuntimeError in inference mode."""
    if is_inference_mode_enabled():
        raise RuntimeError(
            "nothing is recorded in inference mode, so that derivatives would be zero: use no_grad(), or "
            "inference_mode(False) around the call"
        )


def like_given(v: Variable, given: Any) -> Any:
    """A result as what it belongs to was given: a float for a float, an ndarray for an ndarray.

    What is part of a graph stays a Variable: it may have to be differentiated again.
    """
    if isinstance(given, Variable) or v.requires_grad:
        return v
    if v.dim() == 0 and not isinstance(given, np.ndarray):
        return v.item()
    # Compiled code that takes the array may not look at its strides, which an expanded gradient has 0 of.
    return v.contiguous().numpy()


class _Leaves(weakref.WeakValueDictionary[int, Variable]):
    """Leaves that are not kept alive, by identity."""

    def add(self, variables: Iterable[Variable]) -> None:
        self.update((id(v), v) for v in variables)


class _Running(threading.local):
    """Of each trace whose function runs, the outermost first, the leaves that traces inside it have made."""

    def __init__(self) -> None:
        self.made: list[_Leaves] = []


_running = _Running()


def make_known(variables: Iterable[Variable]) -> None:
    """Says to the trace around this one, if there is one, that these leaves are nobody's but ours."""
    if _running.made:
        _running.made[-1].add(variables)


class Trace:
    """The call, what was differentiable in it, and what came of it.

    `given` are the leaves of the chosen arguments as the caller gave them, `inputs` the Variables that
    stand for them in the call, `output` the tree that the function returned, `outputs` its leaves.
    """

    def __init__(
        self,
        func: Callable[..., Any],
        args: Sequence[Any],
        kwargs: dict[str, Any],
        argnums: int | Sequence[int],
        has_aux: bool = False,
    ) -> None:
        self.chosen = _chosen(args, argnums)
        self.given = leaves(self.chosen)
        outer = is_grad_enabled()
        variables = [variable_from(leaf, "a differentiated argument") for leaf in self.given]
        need_recording()
        tracked = outer and any(v.requires_grad for v in variables)
        self.inputs = [
            v.view_as(v) if outer and v.requires_grad else v.detach().requires_grad_() for v in variables
        ]
        call = _with_inputs(args, argnums, rebuilt(self.chosen, iter(self.inputs)))
        made = _Leaves()  # by the traces inside
        _running.made.append(made)
        _set_grad_enabled(True)
        try:
            result = func(*call, **kwargs)
        finally:
            _set_grad_enabled(outer)
            _running.made.pop()
        self.output: Any
        self.aux: Any
        self.output, self.aux = _split(result) if has_aux else (result, None)
        self.outputs = [_output(leaf) for leaf in leaves(self.output)]
        self.output = rebuilt(self.output, iter(self.outputs))
        # Results must stay differentiable where something but the arguments can get a gradient from them.
        inner = list(made.values())
        self.tracked = tracked or (outer and _leads_elsewhere(self.outputs, self.inputs + inner))
        make_known([x for x in self.inputs if x.is_leaf] + inner)
        if has_aux and not self.tracked:
            self.aux = _detached(self.aux)

    def gradients(
        self, outputs: Sequence[Variable], cotangents: Sequence[Variable] | None = None, keep: bool = False
    ) -> list[Variable]:
        """Of the outputs with respect to the inputs; zeros where there is none."""
        return gradients(outputs, self.inputs, cotangents, self.tracked, keep or self.tracked)

    def value(self) -> Any:
        """The output, without history unless it must have one; as numbers if the arguments were."""
        results: Iterable[Any] = (v if self.tracked else v.detach() for v in self.outputs)
        if not any(isinstance(leaf, Variable) for leaf in self.given):
            results = (like_given(v, None) for v in results)
        return rebuilt(self.output, iter(results))

    def like_chosen(self, results: Iterable[Variable]) -> Any:
        """A tree of results, one for each input."""
        return rebuilt(self.chosen, map(like_given, results, self.given))


def gradients(
    outputs: Sequence[Variable],
    inputs: Sequence[Variable],
    cotangents: Sequence[Variable] | None,
    create_graph: bool,
    keep: bool,
) -> list[Variable]:
    """As `autograd.grad`, for outputs that may have no history; zeros where there is no gradient."""
    found = gradients_or_none(outputs, inputs, cotangents, create_graph, retain_graph=keep)
    return [_core.zeros_like(x) if g is None else g for g, x in zip(found, inputs, strict=True)]


def _chosen(args: Sequence[Any], argnums: int | Sequence[int]) -> Any:
    if isinstance(argnums, int):
        return args[_position(args, argnums)]
    return tuple(args[_position(args, i)] for i in argnums)


def _with_inputs(args: Sequence[Any], argnums: int | Sequence[int], chosen: Any) -> list[Any]:
    """The arguments with the chosen ones replaced."""
    call = list(args)
    for i, value in (
        zip((argnums,), (chosen,), strict=True)
        if isinstance(argnums, int)
        else zip(argnums, chosen, strict=True)
    ):
        call[i] = value
    return call


def _position(args: Sequence[Any], argnum: int) -> int:
    if not isinstance(argnum, int):
        raise TypeError(f"argnums must be an int or a tuple of ints, not {argnum!r}")
    if not -len(args) <= argnum < len(args):
        raise RuntimeError(f"Got argnum={argnum}, but only {len(args)} positional inputs")
    return argnum


def _output(leaf: Any) -> Variable:
    """A leaf of the result. Numbers and arrays of them are constants: they are taken with a warning."""
    if isinstance(leaf, Variable):
        return leaf
    if isinstance(leaf, (bool, np.bool)):
        raise TypeError(f"the function returned a {type(leaf).__name__}: derivatives are of numbers")
    why = (
        "either it does not depend on its arguments, or they became numbers on the way (float(), item(), "
        "numpy())"
    )
    if isinstance(leaf, (float, int, np.floating, np.integer)) or (
        isinstance(leaf, np.ndarray) and leaf.dtype.kind in "fiu"
    ):
        warn_caller(
            f"The function returned a {type(leaf).__name__} where Variables are expected: {why}. Its "
            "derivative is taken to be zero"
        )
        return _core.tensor(np.asarray(leaf, dtype=np.float64))
    raise RuntimeError(f"Expected the function to return Variables, got {type(leaf).__name__}: {why}")


def _split(result: Any) -> tuple[Any, Any]:
    if not (isinstance(result, tuple) and len(result) == 2):
        raise RuntimeError("with has_aux=True the function must return a tuple of two, (output, aux)")
    return result


def _detached(tree: Any) -> Any:
    return rebuilt(tree, (v.detach() if isinstance(v, Variable) else v for v in leaves(tree)))
