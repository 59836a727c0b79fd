"""One adapter a library: how it runs a workload.

An adapter turns a function `f(ops, *leaves, *constants)` and its `Data` into a call without arguments to be
timed, in one of four ways, or into None where the library has no such thing:

    plain     the function's value, nothing recorded
    record    the same with the leaves' operations recorded for a later backward
    gradient  the function and its pullback from start to end: the value and every leaf's gradient
    product   the Hessian by the one leaf, times a vector

`ops` has the names that differ between libraries, as PyTorch spells them: exp, softmax, linalg.cholesky ...
One that a library does not have raises `NotOffered` where the workload asks for it. Every adapter gets the
same arrays.
"""

import importlib
from collections.abc import Callable, Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np


class Data(NamedTuple):
    leaves: Sequence[np.ndarray]
    constants: Sequence[np.ndarray] = ()
    cotangent: np.ndarray | None = (
        None  # None for a function whose value is a scalar; in a product, the vector
    )


Function = Callable[..., Any]
Call = Callable[[], Any] | None


class NotOffered(Exception):
    """The library has no such operation, or no derivative of it."""


class Ops(SimpleNamespace):
    def __getattr__(self, name: str) -> Any:
        raise NotOffered(name)


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

    def product(self, function: Function, data: Data, by_hand: Function | None) -> Call:
        return None

    def set_threads(self, count: int) -> bool:
        """Whether the library can be told how many threads to use."""
        return False

    @staticmethod
    def numbers(result: Any) -> np.ndarray:
        return np.asarray(result)


def numpy_like(np: Any, **others: Any) -> Ops:
    same = ("exp", "log", "log1p", "abs", "sin", "tanh", "sqrt", "sum", "stack")
    given = {"relu": lambda x: np.maximum(x, 0), "transpose": np.swapaxes} | others
    return Ops(**{name: getattr(np, name) for name in same}, **given)


class Tapegrad(Adapter):
    name, modules = "tapegrad", ("tapegrad", "tapegrad.linalg")

    def plain(self, function, data, by_hand):
        return partial(function, self.lib, *self.constants((*data.leaves, *data.constants)))

    def record(self, function, data, by_hand):
        return partial(function, self.lib, *self.leaves(data), *self.constants(data.constants))

    def gradient(self, function, data, by_hand):
        leaves, constants = self.leaves(data), self.constants(data.constants)
        cotangent = None if data.cotangent is None else self.lib.tensor(data.cotangent)

        def run():
            for leaf in leaves:
                leaf.grad = None
            value = function(self.lib, *leaves, *constants)
            value.backward(cotangent)
            return value, *(leaf.grad for leaf in leaves)

        return run

    def product(self, function, data, by_hand):
        (leaf,), constants = self.leaves(data), self.constants(data.constants)
        vector, grad = self.lib.tensor(data.cotangent), self.lib.autograd.grad

        def run():
            (gradient,) = grad(function(self.lib, leaf, *constants), leaf, create_graph=True)
            return grad(gradient, leaf, vector)

        return run

    def leaves(self, data: Data) -> list[Any]:
        return [self.lib.tensor(values, requires_grad=True) for values in data.leaves]

    def constants(self, arrays: Sequence[np.ndarray]) -> list[Any]:
        return [self.lib.tensor(values) for values in arrays]

    def set_threads(self, count):
        self.lib.set_num_threads(count)
        return True

    @staticmethod
    def numbers(result):
        return result.detach().numpy()


class Torch(Tapegrad):
    name, modules = "torch", ("torch",)


class Autograd(Adapter):
    """HIPS autograd."""

    name = "autograd"
    modules = ("autograd", "autograd.numpy", "autograd.core", "autograd.tracer")

    def __init__(self):
        super().__init__()
        self.numpy, self.core, self.tracer = self.parts
        self.ops = numpy_like(
            self.numpy,
            logsumexp=self.logsumexp,
            softmax=self.softmax,
            diagonal=self.numpy.diag,
            linalg=self.linalg(),
        )

    def linalg(self) -> Ops:
        linalg = self.numpy.linalg
        ops = Ops(cholesky=linalg.cholesky, solve=linalg.solve, slogdet=linalg.slogdet)
        try:
            triangular = importlib.import_module("autograd.scipy.linalg").solve_triangular
        except ModuleNotFoundError:
            return ops
        ops.solve_triangular = lambda a, b, upper: triangular(a, b, lower=not upper)
        return ops

    def logsumexp(self, x, axis):
        top = self.tracer.getval(x).max(axis, keepdims=True)
        return self.numpy.log(self.numpy.exp(x - top).sum(axis)) + top.squeeze(axis)

    def softmax(self, x, axis):
        powers = self.numpy.exp(x - self.tracer.getval(x).max(axis, keepdims=True))
        return powers / powers.sum(axis, keepdims=True)

    def plain(self, function, data, by_hand):
        return partial(function, self.ops, *data.leaves, *data.constants)

    def record(self, function, data, by_hand):
        node = self.core.VJPNode.new_root
        leaves = [self.tracer.new_box(values, 0, node()) for values in data.leaves]
        return partial(function, self.ops, *leaves, *data.constants)

    def gradient(self, function, data, by_hand):
        def of_leaves(leaves):
            return function(self.ops, *leaves, *data.constants)

        def run():
            pullback, value = self.core.make_vjp(of_leaves, tuple(data.leaves))
            return value, *pullback(np.ones_like(value) if data.cotangent is None else data.cotangent)

        return run

    def product(self, function, data, by_hand):
        gradient = self.lib.grad(lambda leaf: function(self.ops, leaf, *data.constants))

        def run():
            pullback, _ = self.core.make_vjp(gradient, data.leaves[0])
            return [pullback(data.cotangent)]

        return run

    @staticmethod
    def numbers(result):
        return np.asarray(getattr(result, "_value", result))


class Jax(Adapter):
    """JAX, an operation at a time."""

    name, modules = "jax", ("jax", "jax.numpy", "jax.nn", "jax.scipy.linalg")

    def __init__(self):
        super().__init__()
        self.lib.config.update("jax_enable_x64", True)  # else it makes float32 of all
        self.numpy, nn, scipy = self.parts
        linalg = self.numpy.linalg
        self.ops = numpy_like(
            self.numpy,
            logsumexp=nn.logsumexp,
            softmax=nn.softmax,
            diagonal=self.numpy.diagonal,
            linalg=Ops(
                cholesky=linalg.cholesky,
                solve=linalg.solve,
                slogdet=linalg.slogdet,
                solve_triangular=lambda a, b, upper: scipy.solve_triangular(a, b, lower=not upper),
            ),
        )

    def compiled(self, function: Function) -> Function:
        return function

    def plain(self, function, data, by_hand):
        of_arrays = self.compiled(lambda arrays: function(self.ops, *arrays))
        arrays = [self.numpy.asarray(values) for values in (*data.leaves, *data.constants)]
        return lambda: of_arrays(arrays).block_until_ready()

    def gradient(self, function, data, by_hand):
        def of_leaves(leaves, constants, cotangent):
            value, pullback = self.lib.vjp(lambda *leaves: function(self.ops, *leaves, *constants), *leaves)
            return value, *pullback(self.numpy.ones_like(value) if cotangent is None else cotangent)

        return self.call_of(of_leaves, data)

    def product(self, function, data, by_hand):
        def of_leaves(leaves, constants, vector):
            gradient = self.lib.grad(lambda leaf: function(self.ops, leaf, *constants))
            return [self.lib.jvp(gradient, tuple(leaves), (vector,))[1]]

        return self.call_of(of_leaves, data)

    def call_of(self, function: Function, data: Data) -> Call:
        compiled = self.compiled(function)
        arguments = self.lib.tree.map(self.numpy.asarray, tuple(data))
        return lambda: self.lib.block_until_ready(compiled(*arguments))


class JaxJit(Jax):
    """JAX, the whole workload compiled; the compilation is not timed."""

    name = "jax.jit"

    def compiled(self, function):
        return self.lib.jit(function)


class MyGrad(Adapter):
    name, modules = "mygrad", ("mygrad", "mygrad.nnet")

    def __init__(self):
        super().__init__()
        (nnet,) = self.parts
        self.ops = numpy_like(self.lib, relu=nnet.relu, logsumexp=self.logsumexp, softmax=nnet.softmax)

    def logsumexp(self, x, axis):
        top = x.data.max(axis, keepdims=True)
        return self.lib.log(self.lib.exp(x - top).sum(axis)) + top.squeeze(axis)

    def record(self, function, data, by_hand):
        return partial(function, self.ops, *self.leaves(data), *data.constants)

    def gradient(self, function, data, by_hand):
        leaves = self.leaves(data)

        def run():
            for leaf in leaves:
                leaf.null_grad()
            value = function(self.ops, *leaves, *data.constants)
            value.backward(data.cotangent)
            return value, *(leaf.grad for leaf in leaves)

        return run

    def leaves(self, data: Data) -> list[Any]:
        return [self.lib.tensor(values) for values in data.leaves]

    @staticmethod
    def numbers(result):
        return np.asarray(getattr(result, "data", result))


class Mlx(Adapter):
    """MLX on the CPU, its lazy graph evaluated at the end of each call."""

    name, modules = "mlx", ("mlx.core",)

    def __init__(self):
        super().__init__()
        mx = self.lib
        mx.set_default_device(mx.cpu)
        self.ops = numpy_like(mx, logsumexp=mx.logsumexp, softmax=mx.softmax, diagonal=mx.diagonal)

    def plain(self, function, data, by_hand):
        arguments = self.arrays((*data.leaves, *data.constants))

        def run():
            value = function(self.ops, *arguments)
            self.lib.eval(value)
            return value

        return run

    def gradient(self, function, data, by_hand):
        leaves, constants = self.arrays(data.leaves), self.arrays(data.constants)
        cotangents = self.arrays(
            [np.ones((), data.leaves[0].dtype) if data.cotangent is None else data.cotangent]
        )

        def run():
            values, gradients = self.lib.vjp(
                lambda *leaves: function(self.ops, *leaves, *constants), leaves, cotangents
            )
            results = [*values, *gradients]
            self.lib.eval(results)
            return results

        return run

    def product(self, function, data, by_hand):
        constants = self.arrays(data.constants)
        gradient = self.lib.grad(lambda leaf: function(self.ops, leaf, *constants))
        leaves, vectors = self.arrays(data.leaves), self.arrays([data.cotangent])

        def run():
            _, products = self.lib.vjp(gradient, leaves, vectors)
            self.lib.eval(products)
            return products

        return run

    def arrays(self, arrays: Sequence[np.ndarray]) -> list[Any]:
        doubles = {np.dtype(np.float64): self.lib.float64}
        return [self.lib.array(values, dtype=doubles.get(values.dtype)) for values in arrays]


class Casadi(Adapter):
    """CasADi's scalar graphs, made once and run by its virtual machine; for the workloads that are scalar."""

    name, modules = "casadi", ("casadi",)

    def __init__(self):
        super().__init__()
        self.ops = Ops(
            **{name: getattr(self.lib, name) for name in ("exp", "log", "sin", "tanh", "sqrt", "sum")}
        )

    def gradient(self, function, data, by_hand):
        arrays = (*data.leaves, *data.constants)
        symbols = [self.lib.SX.sym(f"x{i}", *values.shape) for i, values in enumerate(arrays)]
        leaves = symbols[: len(data.leaves)]
        value = function(self.ops, *symbols)
        compiled = self.lib.Function(
            "f", symbols, [value, *(self.lib.gradient(value, leaf) for leaf in leaves)]
        )
        return lambda: compiled(*arrays)

    @staticmethod
    def numbers(result):
        return np.asarray(result).squeeze()


class NumPy(Adapter):
    """NumPy, with the gradient written by hand."""

    name, modules = "numpy", ("numpy",)

    def plain(self, function, data, by_hand):
        return partial(function, numpy_like(self.lib), *data.leaves, *data.constants)

    def gradient(self, function, data, by_hand):
        return by_hand and (lambda: by_hand(*data))

    product = gradient


ADAPTERS: tuple[type[Adapter], ...] = (
    Tapegrad,
    Torch,
    Autograd,
    Jax,
    JaxJit,
    MyGrad,
    Mlx,
    Casadi,
    NumPy,
)
