"""Copies of Variables and of named results: copy.copy, copy.deepcopy and pickle."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ._core import Variable, _named_type, _storage_id, _storage_view, from_numpy
from ._warning import warn_caller

if TYPE_CHECKING:
    import numpy.typing as npt


def _leaf(cls: type[Variable], data: Variable, requires_grad: bool, attributes: dict[str, Any]) -> Variable:
    # Not cls(...): a subclass may have another __init__.
    leaf = Variable.__new__(cls, data)  # type: ignore[call-arg]
    if requires_grad:
        leaf.requires_grad_()
    vars(leaf).update(attributes)
    return leaf


def shallow_copy(x: Variable) -> Variable:
    if not x.is_leaf:
        warn_caller(
            "copy.copy() of a result leaves the tape: the copy is a leaf, and no gradient flows to what "
            "the result was computed from. Use .clone(), or copy.copy(x.detach()) to say that this is meant"
        )
    return _leaf(type(x), x, x.requires_grad, vars(x))


def deep_copy(x: Variable, memo: dict[Any, Any]) -> Variable:
    if not x.is_leaf:
        raise RuntimeError(
            "Only Variables created explicitly by the user (graph leaves) support the deepcopy protocol at "
            "the moment: copy x.detach() instead"
        )
    if id(x) in memo:
        return cast(Variable, memo[id(x)])
    result = _leaf(type(x), _copied(x, memo), x.requires_grad, {})
    memo[id(x)] = result
    vars(result).update(copy.deepcopy(vars(x), memo))
    if x.grad is not None:
        result.grad = copy.deepcopy(x.grad, memo)
    return result


def _copied(x: Variable, memo: dict[Any, Any]) -> Variable:
    """A copy that lies in memory as x does: what shares memory with x shares that of the copy."""
    if any(step < 0 for step in x.stride()) or not x.numel():
        return x.detach().clone()
    memory = memo.setdefault("memory of Variables", {})  # its other keys are ids
    key = (_storage_id(x), x.dtype)
    if key not in memory:
        memory[key] = _storage_view(x).clone()
    return cast(Variable, memory[key].as_strided(x.shape, x.stride(), x.storage_offset()).detach())


def reduce(x: Variable, protocol: int) -> tuple[Any, ...]:
    return _rebuilt, (type(x), np.array(x.detach()), x.requires_grad, vars(x))


def _rebuilt(
    cls: type[Variable], data: npt.NDArray[Any], requires_grad: bool, attributes: dict[str, Any]
) -> Variable:
    return _leaf(cls, from_numpy(data), requires_grad, attributes)


def reduce_results(results: Any) -> tuple[Any, ...]:
    return _rebuilt_results, (type(results).__name__, type(results).__match_args__, tuple(results))


def _rebuilt_results(name: str, fields: tuple[str, ...], values: tuple[Variable, ...]) -> Any:
    # By name: the process that loads may not have called the function, which is what makes the type.
    return _named_type(name, fields)(values)
