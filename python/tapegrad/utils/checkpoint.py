"""Checkpoints: what a part of a computation would save is computed again in backward instead.

There are two variants. The one without re-entrance (``use_reentrant=False``, to be preferred) records the
part as usual, but keeps places in the values' stead, by saved-tensor hooks; the first place that is asked
for fills all, by running the part again. The re-entrant one runs the part unrecorded, as a Function whose
backward runs it again and calls backward on that.
"""

from __future__ import annotations

import contextlib
import os
import warnings
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any

from .. import _core
from .._core import (
    Variable,
    _backward,
    _call_at_end,
    _current_run,
    _goes_to_all_leaves,
    _is_running,
    get_rng_state,
    is_grad_enabled,
    set_rng_state,
)
from ..autograd._saved_hooks import saved_tensors_hooks
from ..autograd.function import Function
from ..autograd.grad_mode import enable_grad
from ..random import fork_rng
from ._selective import (
    CheckpointPolicy,
    SelectiveCheckpointContext,
    create_selective_checkpoint_contexts,
)

__all__ = [
    "CheckpointError",
    "CheckpointFunction",
    "CheckpointPolicy",
    "GraphExecGroup",
    "SelectiveCheckpointContext",
    "check_backward_validity",
    "checkpoint",
    "checkpoint_sequential",
    "create_selective_checkpoint_contexts",
    "detach_variable",
    "noop_context_fn",
    "set_checkpoint_debug_enabled",
    "set_checkpoint_early_stop",
]

Contexts = tuple[AbstractContextManager[Any], AbstractContextManager[Any]]


class CheckpointError(RuntimeError):
    """The part of a computation did something else when it ran again."""


def noop_context_fn() -> Contexts:
    """Two contexts that do nothing."""
    return contextlib.nullcontext(), contextlib.nullcontext()


def detach_variable(inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """The same tuple with Variables as leaves of their own, which require grad where those did."""
    if not isinstance(inputs, tuple):
        raise RuntimeError(f"Only tuple of tensors is supported. Got Unsupported input type: {type(inputs)}")
    return tuple(v.detach().requires_grad_(v.requires_grad) if isinstance(v, Variable) else v for v in inputs)


def check_backward_validity(inputs: Any) -> None:
    """Warns where none of the inputs requires grad."""
    if not any(isinstance(v, Variable) and v.requires_grad for v in inputs):
        warnings.warn("None of the inputs have requires_grad=True. Gradients will be None", stacklevel=4)


_debug: bool | None = None


@contextmanager
def set_checkpoint_debug_enabled(enabled: bool | None) -> Iterator[None]:
    """Whether errors say where values were saved, for the calls in a block; it goes before their `debug`."""
    global _debug
    before, _debug = _debug, enabled
    try:
        yield
    finally:
        _debug = before


_early_stop: bool | None = None


@contextmanager
def set_checkpoint_early_stop(enable: bool) -> Iterator[None]:
    """Whether parts stop when they run again as soon as all values are there, for the calls in a block.

    It goes before their own `early_stop`.
    """
    global _early_stop
    before, _early_stop = _early_stop, enable
    try:
        yield
    finally:
        _early_stop = before


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    context_fn: Callable[[], Contexts] = noop_context_fn,
    determinism_check: str = "default",
    debug: bool = False,
    early_stop: bool = True,
    **kwargs: Any,
) -> Any:
    """``function(*args, **kwargs)``, whose saved values are computed again in backward instead of being
    kept.

    The function must do the same each time; random numbers are the same again.

    Args:
        use_reentrant: which variant, see above; False is better, and should be said.
        context_fn: gives two context managers, for the first run and for those in backward, as
            `create_selective_checkpoint_contexts` does. Not re-entrant only.
        determinism_check: ``"default"`` compares shapes and dtypes of the values, ``"none"`` nothing.
        debug: errors about values that differ say where both were saved. Not re-entrant only.
        early_stop: stop the second run when the last value has been saved.
        preserve_rng_state: by keyword, True by default: the random numbers are the same again.

    Raises:
        CheckpointError: in backward, where other values were saved than the first time.
        ValueError: keywords for the re-entrant variant, an unknown `determinism_check`.
    """
    preserve = kwargs.pop("preserve_rng_state", True)
    if use_reentrant is None:
        _warn_variant("checkpoint")
        use_reentrant = True
    if not use_reentrant:
        return _run_recorded(
            function, preserve, context_fn, determinism_check, debug, early_stop, args, kwargs
        )
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    if context_fn is not noop_context_fn or debug:
        raise ValueError("Passing `context_fn` or `debug` is only supported when use_reentrant=False.")
    return CheckpointFunction.apply(function, preserve, *args)


def checkpoint_sequential(
    functions: Any, segments: int, input: Any, use_reentrant: bool | None = None, **kwargs: Any
) -> Any:
    """Functions applied one after the other, in `segments` parts with a checkpoint each but the last.

    Args:
        functions: a sequence of functions of one argument, or an object whose ``children()`` are.
        use_reentrant, preserve_rng_state: as for `checkpoint`.
    """
    if use_reentrant is None:
        _warn_variant("checkpoint_sequential")
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    chain = list(functions.children() if hasattr(functions, "children") else functions)
    size = len(chain) // segments
    if size == 0:
        raise ValueError(
            f"checkpoint_sequential: {len(chain)} functions make no {segments} segments, each of which "
            "needs one"
        )
    done = 0
    for _ in range(segments - 1):
        part = _chained(chain[done : done + size])
        input = checkpoint(part, input, use_reentrant=use_reentrant, preserve_rng_state=preserve)
        done += size
    return _chained(chain[done:])(input)


def _chained(functions: Sequence[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    def run(value: Any) -> Any:
        for function in functions:
            value = function(value)
        return value

    return run


def _warn_variant(name: str) -> None:
    warnings.warn(
        f"tapegrad.utils.checkpoint.{name}: the use_reentrant parameter should be passed explicitly. "
        "use_reentrant=False is recommended; what you get now is use_reentrant=True.",
        stacklevel=3,
    )


@contextmanager
def _random_numbers_from(state: Variable | None) -> Iterator[None]:
    """The random numbers that follow `state`, for a block; None leaves them alone."""
    with fork_rng(enabled=state is not None):
        if state is not None:
            set_rng_state(state)
        yield


# --- the re-entrant variant


class CheckpointFunction(Function):
    """The re-entrant variant, whose backward runs the function again."""

    @staticmethod
    def forward(ctx: Any, function: Callable[..., Any], preserve: bool, *args: Any) -> Any:
        check_backward_validity(args)
        ctx.function = function
        ctx.state = get_rng_state() if preserve else None
        ctx.places = [i for i, a in enumerate(args) if isinstance(a, Variable)]
        ctx.args = [None if isinstance(a, Variable) else a for a in args]
        ctx.save_for_backward(*(args[i] for i in ctx.places))
        return function(*args)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        if not _goes_to_all_leaves():
            raise RuntimeError(
                "When use_reentrant=True, tapegrad.utils.checkpoint is incompatible with .grad() or "
                "passing an "
                "`inputs` parameter to .backward(). To resolve this error, you can either set "
                "use_reentrant=False, or "
                "call .backward() without passing the `inputs` argument."
            )
        args = list(ctx.args)
        for i, value in zip(ctx.places, detach_variable(ctx.saved_tensors), strict=True):
            args[i] = value
        with _random_numbers_from(ctx.state), enable_grad():
            outputs = ctx.function(*args)
        several = outputs if isinstance(outputs, tuple) else (outputs,)
        pairs = [
            (out, g)
            for out, g in zip(several, gradients, strict=True)
            if isinstance(out, Variable) and out.requires_grad
        ]
        if not pairs:
            raise RuntimeError("none of output has requires_grad=True, this checkpoint() is not necessary")
        _backward([out for out, _ in pairs], [g for _, g in pairs])
        return None, None, *(a.grad if isinstance(a, Variable) else None for a in args)


# --- the variant without re-entrance


class GraphExecGroup:
    """A block whose calls of backward and grad together go through a graph once.

    Parts with a checkpoint are then run again once for all of these calls, and not once for each. Where two
    of them need the same value, RuntimeError is raised, also with retain_graph.
    """

    _current: GraphExecGroup | None = None

    def __init__(self) -> None:
        self._parts: list[_Part] = []

    def __enter__(self) -> GraphExecGroup:
        if GraphExecGroup._current is not None:
            raise RuntimeError("GraphExecGroup contexts cannot be nested")
        GraphExecGroup._current = self
        return self

    def __exit__(self, *_: object) -> None:
        GraphExecGroup._current = None
        for part in self._parts:
            part.forget(self)
        self._parts.clear()


# What values are computed again for: a backward by its number, or a group of them.
_Round = int | GraphExecGroup


class _Place:
    """What the graph keeps for a saved value, and the value itself once it has been computed again, until it
    is used."""

    def __init__(self) -> None:
        self.values: dict[_Round, Variable] = {}
        self.used: set[_Round] = set()


class _Stop(BaseException):
    """All values are there: the second run need not go on."""


class _Inputs(Function):
    """Saves the arguments as an operation would, so that a checkpoint round this one packs them too."""

    @staticmethod
    def forward(ctx: Any, _: Variable, *args: Any) -> Variable:
        ctx.save_for_backward(*args)
        return _core.empty(0)

    @staticmethod
    def backward(ctx: Any, gradient: Variable) -> None:
        raise AssertionError("the node of a checkpoint's arguments is not meant to run")


class _Part:
    """A checkpointed call: its places in the graph, in the order of saving, and how to fill them."""

    def __init__(
        self,
        run: Callable[..., Any],
        args: Sequence[Any],
        early_stop: bool,
        describe: Callable[[Variable], Any],
        debug: bool,
    ) -> None:
        self.run, self.early_stop, self.describe, self.debug = run, early_stop, describe, debug
        self.places: list[weakref.ref[_Place]] = []
        self.filled: set[_Round] = set()
        self.descriptions: list[Any] = []
        self.lines: list[str] = []
        self.finished = False
        self.constants = [None if isinstance(a, Variable) else a for a in args]
        variables = [i for i, a in enumerate(args) if isinstance(a, Variable)]
        self.where = variables
        trigger = _core.empty(0, requires_grad=True)
        self.inputs = _Inputs.apply(trigger, *(args[i] for i in variables)).grad_fn

    # first run

    def keep_place(self, value: Variable) -> _Place:
        place = _Place()
        self.places.append(weakref.ref(place))
        self.descriptions.append(self.describe(value))
        if self.debug:
            self.lines.append(_caller())
        return place

    # second run

    def value_of(self, place: _Place) -> Variable:
        """The value for the backward that runs, once; outside of any it is computed anew each time."""
        this: _Round = GraphExecGroup._current or _current_run()
        if not this:
            try:
                self.fill(0)
                return self.taken(place, 0)
            finally:
                self.forget(0)
        if this not in self.filled:
            for before in [r for r in self.filled if isinstance(r, int) and not _is_running(r)]:
                self.forget(before)  # of a backward that failed
            self.filled.add(this)
            if isinstance(this, GraphExecGroup):
                this._parts.append(self)
            else:
                _call_at_end(partial(self.forget, this))
            self.fill(this)
        if this in place.used:
            if isinstance(this, GraphExecGroup):
                raise RuntimeError(
                    "Performing two backward calls that overlap, that is, need the same saved values, is not "
                    "possible in one GraphExecGroup: use one for each, or none"
                )
            raise RuntimeError(
                "Unpack is being triggered for a tensor that was already unpacked once in this backward. A "
                "value that was computed again is given once: ask for ctx.saved_tensors once, and keep it"
            )
        place.used.add(this)
        return self.taken(place, this)

    def taken(self, place: _Place, this: _Round) -> Variable:
        value = place.values.pop(this, None)
        if value is None:
            raise CheckpointError(
                "tapegrad.utils.checkpoint: a value that was saved in the first run was not saved in "
                "the second"
            )
        return value

    def forget(self, this: _Round) -> None:
        """Drops what is left of the values for a backward that is over."""
        self.filled.discard(this)
        for reference in self.places:
            place = reference()
            if place is not None:
                place.values.pop(this, None)
                place.used.discard(this)

    def fill(self, this: _Round) -> None:
        """Runs the part again, and leaves each value that it saves in the place for it."""
        args = list(self.constants)
        for i, value in zip(self.where, self.inputs.saved_tensors, strict=True):
            args[i] = value
        count = 0
        lines: list[str] = []

        def keep(value: Variable) -> Variable:
            nonlocal count
            if self.debug:
                lines.append(_caller())
            if count >= len(self.places):
                if self.finished:
                    raise CheckpointError(
                        "tapegrad.utils.checkpoint: trying to save more tensors during recomputation "
                        "than during the "
                        "original forward pass." + self.advice(count, lines)
                    )
                return value
            value = value.detach() if value.requires_grad else value
            place = self.places[count]()
            if place is not None:
                self.check(count, value, lines)
                place.values[this] = value
            count += 1
            if self.early_stop and count == len(self.places):
                raise _Stop
            return value

        with saved_tensors_hooks(keep, lambda value: value), enable_grad(), contextlib.suppress(_Stop):
            self.run(*args)
        if self.finished and count != len(self.places):
            raise CheckpointError(
                "tapegrad.utils.checkpoint: A different number of tensors was saved during the "
                "original forward and "
                f"recomputation.\nNumber of tensors saved during forward: {len(self.places)}\nNumber "
                "of tensors saved "
                f"during recomputation: {count}." + self.advice(count, lines)
            )

    def check(self, index: int, value: Variable, lines: list[str]) -> None:
        before, now = self.descriptions[index], self.describe(value)
        if before != now:
            raise CheckpointError(
                "tapegrad.utils.checkpoint: Recomputed values for the following tensors have "
                "different metadata than "
                f"during the forward pass.\ntensor at position {index}:\nsaved metadata: "
                f"{before}\nrecomputed "
                f"metadata: {now}" + self.advice(index, lines)
            )

    def advice(self, index: int, lines: list[str]) -> str:
        text = "\nThe function must do the same each time it runs; look for state that it changes or reads."
        if not self.debug:
            return text + " With debug=True this error says where."
        before = self.lines[index] if index < len(self.lines) else "nowhere"
        now = lines[index] if index < len(lines) else "nowhere"
        return (
            f"{text}\nYou are seeing this error because you passed `debug=True` to checkpoint: the value at "
            f"position {index} was saved first at {before}, then at {now}."
        )


_PACKAGE = os.path.dirname(os.path.dirname(__file__))


def _caller() -> str:
    """The line of the user's that an operation was called on."""
    import traceback  # here: it brings a tokenizer along

    for frame in reversed(traceback.extract_stack()):
        if not frame.filename.startswith((_PACKAGE, contextlib.__file__)):
            return f"{frame.filename}:{frame.lineno}, in {frame.name}"
    return "an unknown line"


def _described(value: Variable) -> dict[str, Any]:
    return {"shape": tuple(value.shape), "dtype": str(value.dtype), "device": str(value.device)}


_DETERMINISM_CHECKS: dict[str, Callable[[Variable], Any]] = {"default": _described, "none": lambda _: None}


def _run_recorded(
    function: Callable[..., Any],
    preserve: bool,
    context_fn: Callable[[], Contexts],
    determinism_check: str,
    debug: bool,
    early_stop: bool,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    if determinism_check not in _DETERMINISM_CHECKS:
        raise ValueError(
            f"determinism_check should be one of {list(_DETERMINISM_CHECKS)}, but got {determinism_check}"
        )
    first, again = context_fn()
    state = get_rng_state() if preserve else None
    if not is_grad_enabled():
        return function(*args, **kwargs)

    def run(*values: Any) -> None:
        with _random_numbers_from(state), again:
            function(*values, **kwargs)

    stop = early_stop if _early_stop is None else _early_stop
    debug = debug if _debug is None else _debug
    part = _Part(run, args, stop, _DETERMINISM_CHECKS[determinism_check], debug)
    with saved_tensors_hooks(part.keep_place, part.value_of), first:
        result = function(*args, **kwargs)
        part.finished = True
        return result
    raise RuntimeError(
        "tapegrad.utils.checkpoint: the forward context provided by context_fn suppressed an "
        "exception raised during "
        "the checkpointed forward. This is not supported because checkpoint cannot return a value for "
        "a failed forward."
    )
