"""Modes that say whether operations are recorded: context managers and decorators, for each thread."""

from __future__ import annotations

import functools
import inspect
import sys
import threading
import warnings
from collections.abc import AsyncGenerator, Callable, Generator
from types import TracebackType
from typing import Any, ParamSpec, TypeVar, cast, overload

from .._core import (
    _set_grad_enabled,
    _set_inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
)
from .._on_demand import Lookup, on_demand

__getattr__: Lookup = on_demand(
    __name__,
    _unsafe_preserve_version_counter="tapegrad.autograd._seldom",
    enforce_grad_layout_policy="tapegrad.autograd._seldom",
)

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., Any])


class _Mode:
    """Sets a mode for a block, or, as a decorator, while a function, generator or coroutine runs."""

    _mode: bool

    def _switch(self) -> Any:
        """Sets the mode; gives what _restore() needs."""
        before = is_grad_enabled()
        _set_grad_enabled(self._mode)
        return before

    def _restore(self, before: Any) -> None:
        _set_grad_enabled(before)

    def __enter__(self) -> None:
        self._before = self._switch()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._restore(self._before)

    @property
    def mode(self) -> bool:
        return self._mode

    def clone(self) -> _Mode:
        """Another mode like this one."""
        return type(self)()

    def __call__(self, function: F) -> F:
        return self._decorated(function)

    def _decorated(self, function: F) -> F:
        """What a method that the user called gives for the function that is to run in this mode."""
        if inspect.isclass(function):
            warnings.warn(
                "Decorating classes is deprecated and will be disabled in future versions: decorate its "
                "__init__, which is all that is decorated now",
                FutureWarning,
                stacklevel=3,
            )
            setattr(function, "__init__", self(function.__init__))  # noqa: B010
            return cast(F, function)
        for is_kind, wrap in _WRAPPERS:
            if is_kind(function):
                return cast(F, wrap(self, function))

        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            with _Block(self):
                return function(*args, **kwargs)

        return cast(F, wrapper)


class _Block:
    """A mode for one call: a decorated function may call itself."""

    def __init__(self, mode: _Mode) -> None:
        self._mode = mode

    def __enter__(self) -> None:
        self._before = self._mode._switch()

    def __exit__(self, *error: object) -> None:
        self._mode._restore(self._before)


def _wrap_generator(mode: _Mode, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        return _drive(mode, function(*args, **kwargs))

    return wrapper


def _wrap_coroutine(mode: _Mode, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        return await _Awaitable(mode, function(*args, **kwargs))

    return wrapper


class _Awaitable:
    def __init__(self, mode: _Mode, coroutine: Any) -> None:
        self._mode, self._coroutine = mode, coroutine

    def __await__(self) -> Generator[Any, Any, Any]:
        return _drive(self._mode, self._coroutine.__await__())


def _drive(mode: _Mode, inner: Any) -> Generator[Any, Any, Any]:
    """Runs a generator step by step, with the mode set during each step and the caller's restored between."""
    step: Callable[[], Any] = functools.partial(next, inner)
    try:
        while True:
            try:
                with _Block(mode):
                    value = step()
            except StopIteration as stop:
                return stop.value
            try:
                sent = yield value
            except GeneratorExit:
                with _Block(mode):
                    inner.close()
                raise
            except BaseException:
                step = functools.partial(inner.throw, sys.exc_info()[1])
            else:
                step = functools.partial(next, inner) if sent is None else functools.partial(inner.send, sent)
    finally:
        del step


def _wrap_async_generator(mode: _Mode, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    async def wrapper(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        inner = function(*args, **kwargs)
        step: Callable[[], Any] = functools.partial(inner.asend, None)
        try:
            while True:
                try:
                    value = await _Awaitable(mode, step())
                except StopAsyncIteration:
                    return
                try:
                    step = functools.partial(inner.asend, (yield value))
                except GeneratorExit:
                    raise
                except BaseException as error:
                    step = functools.partial(inner.athrow, error)
        finally:
            await _Awaitable(mode, inner.aclose())
            del step

    return wrapper


_WRAPPERS: tuple[tuple[Callable[[Any], bool], Callable[..., Any]], ...] = (
    (inspect.isgeneratorfunction, _wrap_generator),
    (inspect.iscoroutinefunction, _wrap_coroutine),
    (inspect.isasyncgenfunction, _wrap_async_generator),
)


class _FixedMode(_Mode):
    """A mode that is also a decorator without parentheses."""

    @overload
    def __new__(cls, function: Callable[P, R]) -> Callable[P, R]: ...  # type: ignore[misc]
    @overload
    def __new__(cls, function: None = None) -> _FixedMode: ...
    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        mode = super().__new__(cls)
        return mode if function is None else mode._decorated(function)


class no_grad(_FixedMode):
    """Nothing is recorded: results do not require grad.

    Use it as a context manager, or as a decorator of a function, generator or coroutine, with or without
    parentheses. It holds for the thread that sets it.
    """

    _mode = False


class enable_grad(_FixedMode):
    """Operations are recorded again inside a block where they were not."""

    _mode = True


class inference_mode(_Mode):
    """Nothing is recorded, and what is made can never be: it has no version counter, which saves work.

    Results may be read outside, but not written in place there, nor saved for a backward; a clone() of them
    is like any other. Use it as no_grad. `inference_mode(False)` leaves the mode for a block.
    """

    @overload
    def __new__(cls, mode: Callable[P, R]) -> Callable[P, R]: ...  # type: ignore[misc]
    @overload
    def __new__(cls, mode: bool = True) -> inference_mode: ...
    def __new__(cls, mode: Callable[..., Any] | bool = True) -> Any:
        if isinstance(mode, bool):
            return super().__new__(cls)
        self = super().__new__(cls)
        self._mode = True
        return self._decorated(mode)

    def __init__(self, mode: bool = True) -> None:
        self._mode = mode

    def clone(self) -> inference_mode:
        return type(self)(self._mode)

    def _switch(self) -> Any:
        before = (is_inference_mode_enabled(), is_grad_enabled())
        _set_inference_mode(self._mode)
        _set_grad_enabled(not self._mode)
        return before

    def _restore(self, before: Any) -> None:
        _set_inference_mode(before[0])
        _set_grad_enabled(before[1])


_multithreading = threading.local()


def is_multithreading_enabled() -> bool:
    """What set_multithreading_enabled said last in this thread; True at first."""
    return getattr(_multithreading, "enabled", True)


class set_multithreading_enabled:
    """For PyTorch's sake: a backward runs in the thread that calls it, whatever is set here."""

    def __init__(self, mode: bool) -> None:
        self.prev: bool = is_multithreading_enabled()
        self.mode: bool = mode
        _multithreading.enabled = mode

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        _multithreading.enabled = self.prev

    def clone(self) -> set_multithreading_enabled:
        """Another mode like this one."""
        return type(self)(self.mode)


class set_grad_enabled(_Mode):
    """Sets whether operations are recorded, at once; as a context manager, until the block ends.

    Raises TypeError for a mode that is not a bool.
    """

    def __init__(self, mode: bool) -> None:
        if not isinstance(mode, bool):
            raise TypeError(f"set_grad_enabled() takes a bool, not {type(mode).__name__}")
        self._mode = mode
        self._before = is_grad_enabled()
        _set_grad_enabled(mode)

    def clone(self) -> set_grad_enabled:
        return type(self)(self._mode)

    def __enter__(self) -> None:
        _set_grad_enabled(self._mode)

    def __call__(self, function: F) -> F:
        _set_grad_enabled(self._before)  # decorating leaves the surrounding mode alone
        return self._decorated(function)

    def __repr__(self) -> str:
        return f"{type(self).__module__}.{type(self).__qualname__}(mode={self._mode})"
