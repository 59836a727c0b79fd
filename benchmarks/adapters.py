"""One adapter a library: how it runs a workload.

An adapter turns a function `f(ops, *leaves, *constants)` and its `Data` into a call without arguments to be
timed, in one of three ways, or into None where the library has no such thing:

    plain     the function's value, nothing recorded
    record    the same with the leaves' operations recorded for a later backward
    gradient  the function and its pullback from start to end; returns the first leaf's gradient

`ops` has the names that differ between libraries: exp, sin, tanh, relu, logsumexp, transpose. Every
adapter gets the same NumPy arrays.
"""

import importlib
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np


class Data(NamedTuple):
    leaves: Sequence[np.ndarray]
    constants: Sequence[np.ndarray] = ()
    cotangent: np.ndarray | None = None  # None for a function whose value is a scalar


Function = Callable[..., Any]
Call = Callable[[], Any] | None


class Adapter:
    name: str
    modules: tuple[str, ...]  # the first is what `import` times

    def __init__(self) -> None:
        self.lib, *self.parts = (importlib.import_module(module) for module in self.modules)

    def plain(self, function: Function, data: Data, by_hand: Function | None) -> Call:
        return None

    def record(self, function: Function, data: Data, by_hand: Function | None) -> Call:
        return None

    def gradient(self, function: Function, data: Data, by_hand: Function | None) -> Call:
        return None

    @staticmethod
    def numbers(result: Any) -> np.ndarray:
        return np.asarray(result)


def numpy_like(np: Any, **others: Function) -> SimpleNamespace:
    return SimpleNamespace(
        exp=np.exp,
        sin=np.sin,
        tanh=np.tanh,
        relu=lambda x: np.maximum(x, 0),
        transpose=np.swapaxes,
        **others,
    )


class Tapegrad(Adapter):
    name, modules = "tapegrad", ("tapegrad",)

    def plain(self, function, data, by_hand):
        arguments = [self.lib.tensor(values) for values in (*data.leaves, *data.constants)]
        return lambda: function(self.lib, *arguments)

    def record(self, function, data, by_hand):
        arguments = [*self.leaves(data), *self.constants(data)]
        return lambda: function(self.lib, *arguments)

    def gradient(self, function, data, by_hand):
        leaves, constants = self.leaves(data), self.constants(data)
        cotangent = None if data.cotangent is None else self.lib.tensor(data.cotangent)

        def run():
            for leaf in leaves:
                leaf.grad = None
            function(self.lib, *leaves, *constants).backward(cotangent)
            return leaves[0].grad

        return run

    def leaves(self, data: Data) -> list[Any]:
        return [self.lib.tensor(values, requires_grad=True) for values in data.leaves]

    def constants(self, data: Data) -> list[Any]:
        return [self.lib.tensor(values) for values in data.constants]

    @staticmethod
    def numbers(result):
        return result.detach().numpy()


class Torch(Tapegrad):
    name, modules = "torch", ("torch",)


class Autograd(Adapter):
    """HIPS autograd."""

    name, modules = "autograd", ("autograd", "autograd.numpy", "autograd.core", "autograd.tracer")

    def __init__(self):
        super().__init__()
        self.numpy, self.core, self.tracer = self.parts
        self.ops = numpy_like(self.numpy, logsumexp=self.logsumexp)

    def logsumexp(self, x, axis):
        top = self.tracer.getval(x).max(axis, keepdims=True)
        return self.numpy.log(self.numpy.exp(x - top).sum(axis)) + top.squeeze(axis)

    def plain(self, function, data, by_hand):
        return lambda: function(self.ops, *data.leaves, *data.constants)

    def record(self, function, data, by_hand):
        node = self.core.VJPNode.new_root
        leaves = [self.tracer.new_box(values, 0, node()) for values in data.leaves]
        return lambda: function(self.ops, *leaves, *data.constants)

    def gradient(self, function, data, by_hand):
        def of_leaves(leaves):
            return function(self.ops, *leaves, *data.constants)

        def run():
            pullback, value = self.core.make_vjp(of_leaves, tuple(data.leaves))
            return pullback(np.ones_like(value) if data.cotangent is None else data.cotangent)[0]

        return run

    @staticmethod
    def numbers(result):
        return np.asarray(getattr(result, "_value", result))


class Jax(Adapter):
    """JAX, an operation at a time."""

    name, modules = "jax", ("jax", "jax.numpy", "jax.nn")

    def __init__(self):
        super().__init__()
        self.numpy, self.nn = self.parts
        self.ops = numpy_like(self.numpy, logsumexp=self.nn.logsumexp)

    def compiled(self, function: Function) -> Function:
        return function

    def plain(self, function, data, by_hand):
        of_arrays = self.compiled(lambda arrays: function(self.ops, *arrays))
        arrays = [self.numpy.asarray(values) for values in (*data.leaves, *data.constants)]
        return lambda: of_arrays(arrays).block_until_ready()

    def gradient(self, function, data, by_hand):
        def of_leaves(leaves, constants, cotangent):
            value, pullback = self.lib.vjp(lambda *leaves: function(self.ops, *leaves, *constants), *leaves)
            return pullback(self.numpy.ones_like(value) if cotangent is None else cotangent)

        gradients = self.compiled(of_leaves)
        arguments = self.lib.tree.map(self.numpy.asarray, tuple(data))
        return lambda: self.lib.block_until_ready(gradients(*arguments))[0]


class JaxJit(Jax):
    """JAX, the whole workload compiled; the compilation is not timed."""

    name = "jax.jit"

    def compiled(self, function):
        return self.lib.jit(function)


class NumPy(Adapter):
    """NumPy, with the gradient written by hand."""

    name, modules = "numpy", ("numpy",)

    def plain(self, function, data, by_hand):
        ops = numpy_like(self.lib)
        return lambda: function(ops, *data.leaves, *data.constants)

    def gradient(self, function, data, by_hand):
        return by_hand and (lambda: by_hand(*data))


ADAPTERS: tuple[type[Adapter], ...] = (Tapegrad, Torch, Autograd, Jax, JaxJit, NumPy)
