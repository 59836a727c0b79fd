"""Functions with a backward of one's own."""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable
from typing import Any

from .._core import _FunctionBase, _FunctionCtx, is_grad_enabled
from .._on_demand import Lookup, on_demand
from .grad_mode import no_grad

__all__ = [
    "BackwardCFunction",
    "Function",
    "FunctionCtx",
    "FunctionMeta",
    "InplaceFunction",
    "once_differentiable",
]

FunctionCtx = _FunctionCtx
BackwardCFunction = _FunctionCtx
FunctionMeta: type[type] = type(_FunctionBase)

__getattr__: Lookup = on_demand(__name__, NestedIOFunction="tapegrad.autograd._seldom")

# What a context has, and an instance of a Function has not.
_OF_CONTEXTS = frozenset(name for name in dir(_FunctionCtx) if name not in dir(object)) | {
    "_register_hook",
    "_register_hook_dict",
}


class Function(_FunctionBase):
    """An operation that says itself how it is differentiated.

    Derive from it, write the static methods `forward(ctx, *args)` and `backward(ctx, *gradients)`, and
    call `apply(*args)`. `forward` runs with nothing recorded, and leaves in `ctx` what `backward` needs,
    Variables through `ctx.save_for_backward`. `backward` gets a gradient for each output and returns one
    for each argument, None where there is none; it is recorded itself under create_graph. Instead of
    taking `ctx`, `forward` may be a plain function beside `setup_context(ctx, inputs, output)`.

    >>> class Cube(Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x**3
    ...
    ...     @staticmethod
    ...     def backward(ctx, gradient):
    ...         (x,) = ctx.saved_tensors
    ...         return 3 * x**2 * gradient
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        warnings.warn(
            f"{type(self)} should not be instantiated. Methods on autograd functions are all static: call "
            f"{type(self).__name__}.apply",
            DeprecationWarning,
            stacklevel=2,
        )

    # saved_tensors gives its values once, and then lets go of them: for a backward that needs the memory.
    clear_saved_tensors_on_access = False

    def __getattr__(self, name: str) -> Any:
        if name == "metadata":
            raise RuntimeError(
                "You attempted to access the anomaly metadata of a custom autograd function but the "
                "underlying PyNode has already been deallocated: use the ctx that forward and backward get"
            )
        if name in _OF_CONTEXTS:
            raise RuntimeError(
                f"Attribute '{name}' is invalid for an instance of a Function, which is a legacy access "
                "pattern: use the ctx that forward and backward get"
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(
            "Legacy autograd function with non-static forward method is deprecated. Make forward and "
            f"backward static methods, and call {type(self).__name__}.apply"
        )

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """The results of a call, from `ctx` and the arguments; without `ctx` beside a setup_context."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> Any:
        """Leaves in `ctx` what backward needs, for a forward that has no `ctx`."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any, **_: Any) -> Any:
        """A gradient for each argument, or None, from `ctx` and a gradient for each result."""
        # To type checkers, `**_` lets it be overridden with any number of gradients.
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use "
            "it with backward mode AD."
        )

    vjp = backward

    # There is no forward mode for them and no vmap yet: the names are here for classes that define them.
    generate_vmap_rule = False

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any) -> Any:
        """For a class to define; raises NotImplementedError."""
        raise NotImplementedError(
            "You must implement the jvp function for custom autograd.Function to use it with forward mode AD."
        )

    @staticmethod
    def vmap(info: Any, in_dims: Any, *args: Any) -> Any:
        """For a class to define; raises NotImplementedError."""
        raise NotImplementedError(
            "To use autograd.Function with vmap, you must either override the vmap staticmethod or set "
            "generate_vmap_rule=True."
        )


class InplaceFunction(Function):
    """For functions that may work in place."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace


def _by_position(
    forward: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], with_context: bool
) -> tuple[Any, ...]:
    """The arguments of a forward, all by position and with its defaults, but for its context."""
    context = (None,) if with_context else ()
    bound = inspect.signature(forward).bind(*context, *args, **kwargs)
    bound.apply_defaults()
    if bound.kwargs:
        raise TypeError(
            f"apply() passes arguments on by position, but forward takes {', '.join(bound.kwargs)} by "
            "keyword alone: let it take them by position too"
        )
    return bound.args[len(context) :]


class _DifferentiatedTwice(Function):
    """The identity, whose derivative raises."""

    @staticmethod
    def forward(ctx: Any, *args: Any) -> Any:
        return args

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        raise RuntimeError(
            "trying to differentiate twice a function that was marked with @once_differentiable: write its "
            "backward with operations on Variables alone, and leave the decorator out"
        )


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """Decorates a backward that cannot be differentiated itself: nothing in it is recorded.

    Differentiating through its results raises RuntimeError, also where PyTorch gives a result that lacks a
    part: where the gradient that came in was not recorded.
    """

    @functools.wraps(backward)
    def wrapper(ctx: Any, *args: Any, **kwargs: Any) -> Any:
        with no_grad():
            outputs = backward(ctx, *args, **kwargs)
        # Whether or not the gradients that came in are recorded: the results depend on the inputs too.
        if not is_grad_enabled() or not any(ctx.needs_input_grad):
            return outputs
        several = outputs if isinstance(outputs, tuple) else (outputs,)
        marked = _DifferentiatedTwice.apply(
            *(out if out is None else out.detach().requires_grad_() for out in several)
        )
        return marked if isinstance(outputs, tuple) else marked[0]

    return wrapper
