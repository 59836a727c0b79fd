"""numpy.random with Variables in the place of arrays: NumPy's names, streams and seeds.

A parameter that requires grad raises, for a draw has no derivative in it. Write `loc + scale * noise`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as _np

from .._numpy.convert import as_result, requires_grad, values_of

__all__ = list(_np.random.__all__)


def _wrapped(draw: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(draw)
    def call(*args: Any, **kwargs: Any) -> Any:
        if requires_grad(args, kwargs):
            raise TypeError(
                f"numpy.random.{draw.__name__} has no derivative in its parameters: draw noise that does "
                "not depend on them and compute from it, as loc + scale * noise, or give them as .detach()"
            )
        result = draw(*values_of(args), **values_of(kwargs))
        return as_result(result) if isinstance(result, _np.ndarray) else result

    return call


class Generator(_np.random.Generator):
    """NumPy's generator, whose arrays are Variables."""


class RandomState(_np.random.RandomState):
    """NumPy's older generator, whose arrays are Variables."""


def _wrap_methods(cls: Any, base: Any) -> None:
    for name in dir(base):
        if not name.startswith("_") and name not in (
            "spawn",
            "bit_generator",
            "get_state",
            "set_state",
            "seed",
        ):
            method = getattr(base, name)
            if name == "shuffle":  # in place: of a Variable, on its memory
                setattr(cls, name, lambda self, x, *args, m=method, **kw: m(self, values_of(x), *args, **kw))
            elif callable(method):
                setattr(cls, name, _method(method))


def _method(method: Any) -> Any:
    @wraps(method)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        return _wrapped(lambda *a, **k: method(self, *a, **k))(*args, **kwargs)

    return call


_wrap_methods(Generator, _np.random.Generator)
_wrap_methods(RandomState, _np.random.RandomState)


def default_rng(seed: Any = None) -> Generator:
    """A generator whose arrays are Variables; of the same numbers as NumPy's with this seed."""
    if isinstance(seed, Generator):
        return seed
    return Generator(_np.random.default_rng(seed).bit_generator)


def shuffle(x: Any) -> None:
    """In place: of a Variable on its memory."""
    _np.random.shuffle(values_of(x))  # noqa: NPY002  (NumPy's older name is what is asked for)


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    theirs = getattr(_np.random, name)
    plain = (
        isinstance(theirs, type)
        or not callable(theirs)
        or name in ("seed", "get_state", "set_state", "shuffle")
    )
    found = globals()[name] = theirs if plain else _wrapped(theirs)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
