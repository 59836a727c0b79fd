"""The workloads, each written once for all libraries, and by hand in NumPy where one would do that.

Here are single operations and small graphs; `scripts.py` has what people write.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scripts
from adapters import Data, Function

Array = np.ndarray
Arrays = Sequence[np.ndarray]


@dataclass(frozen=True)
class Workload:
    kind: str  # the adapters' method: plain, record, gradient, product; or import
    function: Function | None = None  # f(ops, *leaves, *constants)
    data: Callable[[np.random.Generator], Data] | None = None
    by_hand: Function | None = (
        None  # of the Data; returns the value (but in a product) and every leaf's gradient
    )
    large: bool = False  # left out of a smoke run
    scalar: bool = False  # made of scalars, so that CasADi can have it
    without: tuple[str, ...] = ()  # libraries that cannot, for a reason given there


def normal(rng: np.random.Generator, *shape: int) -> Array:
    return rng.standard_normal(shape).astype(np.float32)


def one(*shape: int) -> Callable[[np.random.Generator], Data]:
    return lambda rng: Data([normal(rng, *shape)])


def chain(ops: Any, x: Any) -> Any:
    y = x
    for _ in range(1000):
        y = y * 1.0001
    return y.sum()


def document(ops: Any, x: Any) -> Any:
    """The tutorial's graph; with a cotangent, as there."""
    y = x**2 + 4 * x
    return 2 * y + 3


def document_by_hand(leaves: Arrays, constants: Arrays, cotangent: Array) -> tuple[Array, ...]:
    (x,) = leaves
    y = x**2 + 4 * x
    return 2 * y + 3, 2 * cotangent * (2 * x + 4)


def poly(ops: Any, x: Any) -> Any:
    return document(ops, x).sum()


def poly_by_hand(leaves: Arrays, constants: Arrays, cotangent: None) -> tuple[Array, ...]:
    (x,) = leaves
    y = x**2 + 4 * x
    return (2 * y + 3).sum(), 4 * x + 8


def transcendental(ops: Any, x: Any) -> Any:
    return (ops.tanh(x) * ops.exp(-x * x) + ops.sin(x)).sum()


def transcendental_by_hand(leaves: Arrays, constants: Arrays, cotangent: None) -> tuple[Array, ...]:
    (x,) = leaves
    tanh, bell = np.tanh(x), np.exp(-x * x)
    return (tanh * bell + np.sin(x)).sum(), bell * (1 - tanh * tanh - 2 * x * tanh) + np.cos(x)


def bias(ops: Any, b: Any, x: Any) -> Any:
    return (ops.relu(x + b) * x).sum()


def bias_by_hand(leaves: Arrays, constants: Arrays, cotangent: None) -> tuple[Array, ...]:
    (b,), (x,) = leaves, constants
    total = x + b
    return (np.maximum(total, 0) * x).sum(), np.where(total > 0, x, 0).sum(0)


def bias_data(rng: np.random.Generator) -> Data:
    return Data([normal(rng, 1024)], [normal(rng, 1024, 1024)])


def mlp(ops: Any, w1: Any, b1: Any, w2: Any, b2: Any, x: Any, target: Any) -> Any:
    predicted = ops.tanh(x @ w1 + b1) @ w2 + b2
    return ((predicted - target) ** 2).mean()


def mlp_by_hand(leaves: Arrays, constants: Arrays, cotangent: None) -> tuple[Array, ...]:
    (w1, b1, w2, b2), (x, target) = leaves, constants
    hidden = np.tanh(x @ w1 + b1)
    error = hidden @ w2 + b2 - target
    value = (error**2).mean()
    to_output = error * np.float32(2 / error.size)
    to_hidden = to_output @ w2.T * (1 - hidden * hidden)
    return value, x.T @ to_hidden, to_hidden.sum(0), hidden.T @ to_output, to_output.sum(0)


def mlp_data(batch: int, inputs: int, hidden: int, outputs: int) -> Callable[[np.random.Generator], Data]:
    def data(rng: np.random.Generator) -> Data:
        w1 = normal(rng, inputs, hidden) / math.sqrt(inputs)
        w2 = normal(rng, hidden, outputs) / math.sqrt(hidden)
        leaves = [w1, normal(rng, hidden), w2, normal(rng, outputs)]
        return Data(leaves, [normal(rng, batch, inputs), normal(rng, batch, outputs)])

    return data


def softmax_loss(ops: Any, logits: Any, rows: Any, labels: Any) -> Any:
    return (ops.logsumexp(logits, 1) - logits[rows, labels]).mean()


def softmax_loss_by_hand(leaves: Arrays, constants: Arrays, cotangent: None) -> tuple[Array, ...]:
    (logits,), (rows, labels) = leaves, constants
    top = logits.max(1, keepdims=True)
    powers = np.exp(logits - top)
    total = powers.sum(1, keepdims=True)
    value = (np.log(total) + top - logits[rows, labels, None]).mean()
    gradient = powers / total
    gradient[rows, labels] -= 1
    return value, gradient / np.float32(len(rows))


def softmax_loss_data(rng: np.random.Generator) -> Data:
    rows = np.arange(256)
    return Data([normal(rng, 256, 1000)], [rows, rng.integers(0, 1000, len(rows))])


def add(ops: Any, x: Any) -> Any:
    return x + x


WORKLOADS = {
    "import": Workload("import"),
    "empty": Workload("record", lambda ops, x: x, one(4)),
    "op_plain": Workload("plain", add, one(4)),
    "op_record": Workload("record", add, one(4)),
    "op_scalar": Workload("record", lambda ops, x: x * 2.0, one(4)),
    "op_exp": Workload("record", lambda ops, x: ops.exp(x), one(4)),
    "op_sum": Workload("record", lambda ops, x: x.sum(), one(4)),
    "op_matmul": Workload("record", lambda ops, x: x @ x, one(3, 3)),
    "op_index": Workload("record", lambda ops, x: x[1], one(3, 4)),
    "op_index_pair": Workload("record", lambda ops, x: x[1, 2], one(3, 4)),
    "op_transpose": Workload("record", lambda ops, x: ops.transpose(x, 0, 1), one(3, 4)),
    "document": Workload(
        "gradient",
        document,
        lambda rng: Data([normal(rng, 3, 4)], cotangent=normal(rng, 3, 4)),
        document_by_hand,
    ),
    "chain_1000": Workload("gradient", chain, one(4)),
    "poly_1e3": Workload("gradient", poly, one(1_000), poly_by_hand),
    "poly_1e5": Workload("gradient", poly, one(100_000), poly_by_hand),
    "poly_1e7": Workload(
        "gradient",
        poly,
        one(10_000_000),
        poly_by_hand,
        large=True,
        without=("mlx",),  # its sum is 0.4 % off
    ),
    "transcendental_1e5": Workload("gradient", transcendental, one(100_000), transcendental_by_hand),
    "transcendental_1e7": Workload(
        "gradient", transcendental, one(10_000_000), transcendental_by_hand, large=True
    ),
    "bias_1024": Workload("gradient", bias, bias_data, bias_by_hand),
    "mlp_small": Workload("gradient", mlp, mlp_data(32, 64, 64, 10), mlp_by_hand),
    "mlp_large": Workload("gradient", mlp, mlp_data(256, 784, 512, 10), mlp_by_hand, large=True),
    "softmax_loss": Workload("gradient", softmax_loss, softmax_loss_data, softmax_loss_by_hand),
    "rnn": Workload("gradient", scripts.rnn, scripts.rnn_data, scripts.rnn_by_hand),
    "attention": Workload("gradient", scripts.attention, scripts.attention_data, scripts.attention_by_hand),
    "embedding": Workload("gradient", scripts.embedding, scripts.embedding_data, scripts.embedding_by_hand),
    "logistic": Workload("gradient", scripts.logistic, scripts.logistic_data, scripts.logistic_by_hand),
    "hessian_product": Workload(
        "product", scripts.logistic, scripts.logistic_product_data, scripts.logistic_product_by_hand
    ),
    "gaussian_process": Workload(
        "gradient", scripts.gaussian_process, scripts.gaussian_process_data, scripts.gaussian_process_by_hand
    ),
    "kalman": Workload("gradient", scripts.kalman, scripts.kalman_data),
    "nbody": Workload("gradient", scripts.nbody, scripts.nbody_data),
    "euler": Workload(
        "gradient",
        scripts.euler,
        scripts.euler_data,
        scripts.euler_by_hand,
        scalar=True,
        without=("jax.jit",),  # XLA computes the steps that two use again for each
    ),
    "rows": Workload("gradient", scripts.rows, scripts.rows_data, scripts.rows_by_hand),
    "rosenbrock": Workload(
        "gradient", scripts.rosenbrock, scripts.rosenbrock_data, scripts.rosenbrock_by_hand, scalar=True
    ),
}
