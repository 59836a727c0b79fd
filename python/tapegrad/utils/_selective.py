"""Checkpoints that keep the results of some operations, and compute only the others again."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from enum import Enum
from typing import Any

from .. import _core
from .._core import Variable, _pop_interceptor, _push_interceptor


class CheckpointPolicy(Enum):
    """What becomes of an operation's result in a checkpointed part.

    ``MUST`` and ``PREFER`` are the same here; so are ``SAVE`` and ``CPU_OFFLOAD``: all memory is the CPU's.
    """

    MUST_SAVE = 0
    PREFER_SAVE = 1
    MUST_RECOMPUTE = 2
    PREFER_RECOMPUTE = 3
    MUST_CPU_OFFLOAD = 4
    PREFER_CPU_OFFLOAD = 5


_RECOMPUTES = (CheckpointPolicy.MUST_RECOMPUTE, CheckpointPolicy.PREFER_RECOMPUTE)


class SelectiveCheckpointContext:
    """What a policy is told beside the call: the result, `op_output`."""

    def __init__(self, *, is_recompute: bool, op_output: Any = None) -> None:
        self.is_recompute = is_recompute
        self.op_output = op_output


Policy = Callable[..., "CheckpointPolicy | bool"]


# What tells the operations of one function apart, in their names: pow_number and number_pow are pow's.
_VARIANTS = re.compile(
    "^number_|_(number|dim|tensors|decimals|floor|trunc|stable|adding|multiplying|mean|std|both)$"
)


class _Functions(dict[str, Any]):
    """The public functions that operations belong to, by the operations' names; these where there is none."""

    def __missing__(self, name: str) -> Any:
        import tapegrad

        places: list[Any] = [tapegrad, tapegrad.nn.functional, Variable]
        name_there = name.removesuffix("_ex")
        if name.startswith(("linalg_", "special_")):
            module, _, name_there = name_there.partition("_")
            places = [getattr(tapegrad, module)]
        for spelling in (name_there, _VARIANTS.sub("", name_there)):
            for place in places:
                if hasattr(place, spelling):
                    return self.setdefault(name, getattr(place, spelling))
        return self.setdefault(name, name)


_functions = _Functions()


# Functions that leave the work to one of several operations, whichever fits the shapes.
_CHOOSE = {"matmul": ("mm", "mv", "dot", "bmm")}


def _policy_of(functions: Sequence[Any]) -> Policy:
    """To keep the results of these."""
    kept = list(functions)
    for function in functions:
        chosen = _CHOOSE.get(getattr(function, "__name__", ""), ())
        kept += [getattr(_core, name) for name in chosen]
        if not chosen and all(function is not _functions[name] for name in _core.op_rows()):
            raise ValueError(
                f"Expected functions that are one operation, such as tapegrad.mm, but got: {function!r}. "
                "What is made of several is kept by naming these: the graph's nodes are called after them"
            )

    def policy(_: SelectiveCheckpointContext, op: Any, *__: Any, **___: Any) -> bool:
        return op in kept

    return policy


class _Kept:
    """A result, and the version that it had."""

    def __init__(self, value: Variable) -> None:
        self.value = value
        self.version = None if value.is_inference() else value._version

    def get(self, written_too: bool) -> Variable:
        if not written_too and self.version not in (None, self.value._version):
            raise RuntimeError(
                "Tensor cached during selective activation checkpoint has been mutated; with "
                "allow_cache_entry_mutation=True it is used as it is now"
            )
        return self.value


_RECOMPUTE, _CONSUMED = (), None
# The results of each operation's calls, in their order.
_Storage = dict[str, list[tuple[_Kept, ...] | None]]


class _Intercepted(AbstractContextManager[None]):
    """A block whose operations an interceptor sees."""

    def __init__(self, storage: _Storage) -> None:
        self.storage = storage

    def __exit__(self, *_: object) -> None:
        _pop_interceptor()


class _FirstRun(_Intercepted):
    def __init__(self, storage: _Storage, policy: Policy) -> None:
        super().__init__(storage)
        self.policy = policy

    def __enter__(self) -> None:
        _push_interceptor(None, self.keep)

    def keep(
        self, name: str, results: tuple[Variable, ...], operands: tuple[Any, ...], attributes: dict[str, Any]
    ) -> None:
        context = SelectiveCheckpointContext(
            is_recompute=False, op_output=results[0] if len(results) == 1 else results
        )
        policy = self.policy(context, _functions[name], *operands, **attributes)
        recomputes = not policy if isinstance(policy, bool) else policy in _RECOMPUTES
        self.storage[name].append(_RECOMPUTE if recomputes else tuple(map(_Kept, results)))


class _SecondRun(_Intercepted):
    def __init__(self, storage: _Storage, written_too: bool) -> None:
        super().__init__(storage)
        self.written_too = written_too
        self.calls: dict[str, int] = defaultdict(int)

    def __enter__(self) -> None:
        self.calls.clear()
        _push_interceptor(self.recall, None)

    def recall(self, name: str) -> tuple[Variable, ...] | None:
        """The results that were kept of this call; None where it is to be computed."""
        index = self.calls[name]
        self.calls[name] += 1
        kept = self.storage.get(name, [])
        if index >= len(kept):
            raise RuntimeError(
                f"{name} invocation index {index} encountered during backward but not found in storage: the "
                "first run did not call it as often. The function must do the same each time it runs"
            )
        results = kept[index]
        if results is None:
            raise RuntimeError(
                "Trying to backward an extra time. You are only allowed to backward once on any region "
                "computed under selective activation checkpoint"
            )
        if not results:
            return None
        kept[index] = _CONSUMED
        return tuple(result.get(self.written_too) for result in results)


def create_selective_checkpoint_contexts(
    policy_fn_or_list: Policy | list[Any], allow_cache_entry_mutation: bool = False
) -> tuple[AbstractContextManager[Any], AbstractContextManager[Any]]:
    """The contexts of a checkpoint that keeps the results of some operations: to be given to `checkpoint`,
    with ``functools.partial``, as its `context_fn`.

    Each operation is asked about, also those that another function or an operator consists of: ``x @ y`` of
    matrices is `tapegrad.mm`. Views and operations in place are not: they run again. One backward may go
    through such a part, whatever its `retain_graph`.

    Args:
        policy_fn_or_list: a list of functions (``[tapegrad.mm, tapegrad.exp]``) whose results are kept; or
            a policy, ``policy(ctx, op, *operands, **attributes)``, that gives a `CheckpointPolicy` or a bool
            for each call. ``op`` is the operation's public function, ``ctx.op_output`` the result, and the
            attributes are what a node has as ``_saved_dim`` and its like.
        allow_cache_entry_mutation: use results that were written since, where an error is raised otherwise.
    """
    if isinstance(policy_fn_or_list, list):
        policy = _policy_of(policy_fn_or_list)
    elif callable(policy_fn_or_list):
        policy = policy_fn_or_list
    else:
        raise TypeError("policy_fn_or_list must be either a function or a list of ops.")
    storage: _Storage = defaultdict(list)
    return _FirstRun(storage, policy), _SecondRun(storage, allow_cache_entry_mutation)
