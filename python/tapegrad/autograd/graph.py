"""The graph itself: nodes and edges, hooks on several Variables, what it saves, what it looks like."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from .._core import Variable, _gradient_edge, _increment_version, _Node
from .._on_demand import Lookup, on_demand
from ._saved_hooks import (
    allow_mutation_on_saved_tensors,
    disable_saved_tensors_hooks,
    save_on_cpu,
    save_to_disk,
    saved_tensors_hooks,
)
from .multi_hook import register_multi_grad_hook

if TYPE_CHECKING:
    from .._core import _Node as Node
    from ._tape import tape, tape_info
else:

    class Node(metaclass=ABCMeta):
        """A recorded operation: what `grad_fn` is, and `ctx` of a custom Function.

        It has `name()`, `metadata` (a dict for notes), `next_functions` (pairs of the node that the gradient
        of each input goes to and which of its outputs that input is), `register_hook(fn)` and
        `register_prehook(fn)`, and what it saved, `_saved_self` and the like. Called with gradients of its
        outputs, it gives those of its inputs. Nodes are told by isinstance(); none is made from this class.
        """

        @abstractmethod
        def name(self) -> str:
            """Name of the node."""

    Node.register(_Node)


def set_warn_on_accumulate_grad_stream_mismatch(enabled: bool) -> None:
    """For PyTorch's sake: there are no streams, and so nothing to warn of."""


def set_override_stale_capture_stream(enabled: bool) -> None:
    """For PyTorch's sake: there are no streams."""


__getattr__: Lookup = on_demand(__name__, tape="tapegrad.autograd._tape", tape_info="tapegrad.autograd._tape")


__all__ = [
    "GradientEdge",
    "Node",
    "allow_mutation_on_saved_tensors",
    "disable_saved_tensors_hooks",
    "get_gradient_edge",
    "increment_version",
    "register_multi_grad_hook",
    "save_on_cpu",
    "save_to_disk",
    "saved_tensors_hooks",
    "set_override_stale_capture_stream",
    "set_warn_on_accumulate_grad_stream_mismatch",
    "tape",
    "tape_info",
]


class GradientEdge(NamedTuple):
    """Where a gradient goes: output `output_nr` of `node`. backward() and grad() take it for a Variable."""

    node: Any
    output_nr: int
    ownership_token: Any = None


def get_gradient_edge(tensor: Variable) -> GradientEdge:
    """The edge that the gradient of a Variable takes. The Variable need not be kept to use it.

    Raises RuntimeError for one that does not require grad.
    """
    return GradientEdge(*_gradient_edge(tensor))


def increment_version(tensor: Variable | Iterable[Variable]) -> None:
    """Says that Variables were written in a way that tapegrad could not see."""
    for one in (tensor,) if isinstance(tensor, Variable) else tensor:
        _increment_version(one)
