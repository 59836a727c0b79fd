"""What people differentiate, cut down to a page each; value and gradients are the same in every library.

Each is a function `f(ops, *leaves, *constants)` over operators, indexing and `ops`, its data, and, where one
would write it so, value and gradients by hand in NumPy.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from adapters import Data

Array = np.ndarray
Arrays = Sequence[np.ndarray]
Generator = np.random.Generator


def floats(rng: Generator, *shape: int) -> Array:
    return rng.standard_normal(shape, np.float32)


# --- networks ---------------------------------------------------------------------------------------------


def rnn(ops: Any, w: Any, u: Any, b: Any, inputs: Any) -> Any:
    """A recurrent network unrolled: 50 steps of a batch of 16."""
    hidden = inputs[0] @ w + b
    for t in range(1, inputs.shape[0]):
        hidden = ops.tanh(inputs[t] @ w + hidden @ u + b)
    return (hidden * hidden).mean()


def rnn_by_hand(leaves: Arrays, constants: Arrays, cotangent: None) -> tuple[Array, ...]:
    (w, u, b), (inputs,) = leaves, constants
    states = [inputs[0] @ w + b]
    for x in inputs[1:]:
        states.append(np.tanh(x @ w + states[-1] @ u + b))
    value = (states[-1] * states[-1]).mean()
    to_w, to_u, to_b = np.zeros_like(w), np.zeros_like(u), np.zeros_like(b)
    to_state = states[-1] * np.float32(2 / states[-1].size)
    for t in range(len(inputs) - 1, 0, -1):
        before = to_state * (1 - states[t] * states[t])
        to_w += inputs[t].T @ before
        to_u += states[t - 1].T @ before
        to_b += before.sum(0)
        to_state = before @ u.T
    return value, to_w + inputs[0].T @ to_state, to_u, to_b + to_state.sum(0)


def rnn_data(rng: Generator) -> Data:
    scale = np.float32(1 / math.sqrt(32))
    return Data(
        [floats(rng, 8, 32) * scale, floats(rng, 32, 32) * scale, floats(rng, 32)], [floats(rng, 50, 16, 8)]
    )


def attention(ops: Any, q: Any, k: Any, v: Any) -> Any:
    """Four heads, 64 positions, 32 wide, of a batch of 4."""
    scores = q @ ops.transpose(k, -1, -2) * (1 / math.sqrt(q.shape[-1]))
    out = ops.softmax(scores, -1) @ v
    return (out * out).sum()


def attention_by_hand(leaves: Arrays, constants: Arrays, cotangent: None) -> tuple[Array, ...]:
    q, k, v = leaves
    scale = np.float32(1 / math.sqrt(q.shape[-1]))
    scores = q @ k.swapaxes(-1, -2) * scale
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    weights = powers / powers.sum(-1, keepdims=True)
    out = weights @ v
    to_out = 2 * out
    to_weights = to_out @ v.swapaxes(-1, -2)
    to_scores = weights * (to_weights - (weights * to_weights).sum(-1, keepdims=True)) * scale
    to_k = to_scores.swapaxes(-1, -2) @ q
    return (out * out).sum(), to_scores @ k, to_k, weights.swapaxes(-1, -2) @ to_out


def attention_data(rng: Generator) -> Data:
    return Data([floats(rng, 4, 4, 64, 32) for _ in range(3)])


def embedding(ops: Any, table: Any, w: Any, words: Any, labels: Any, rows: Any) -> Any:
    """A bag of words: the mean of 20 rows of a table of 10,000, a linear layer, cross-entropy."""
    logits = table[words].mean(1) @ w
    return (ops.logsumexp(logits, 1) - logits[rows, labels]).mean()


def embedding_by_hand(leaves: Arrays, constants: Arrays, cotangent: None) -> tuple[Array, ...]:
    (table, w), (words, labels, rows) = leaves, constants
    bags = table[words].mean(1)
    logits = bags @ w
    top = logits.max(1, keepdims=True)
    powers = np.exp(logits - top)
    total = powers.sum(1, keepdims=True)
    value = (np.log(total) + top - logits[rows, labels, None]).mean()
    to_logits = powers / total
    to_logits[rows, labels] -= 1
    to_logits /= np.float32(len(rows))
    to_bags = to_logits @ w.T / np.float32(words.shape[1])
    to_table = np.zeros_like(table)
    np.add.at(to_table, words, to_bags[:, None, :])
    return value, to_table, bags.T @ to_logits


def embedding_data(rng: Generator) -> Data:
    leaves = [floats(rng, 10_000, 32), floats(rng, 32, 10)]
    return Data(leaves, [rng.integers(0, 10_000, (64, 20)), rng.integers(0, 10, 64), np.arange(64)])


# --- statistics -------------------------------------------------------------------------------------------


def logistic(ops: Any, w: Any, features: Any, signs: Any) -> Any:
    """Logistic regression of 1,000 rows of 20 features, with a ridge."""
    margin = (features @ w) * signs
    loss = ops.log1p(ops.exp(-ops.abs(margin))) + ops.relu(-margin)
    return loss.mean() + 0.005 * (w * w).sum()


def logistic_by_hand(leaves: Arrays, constants: Arrays, cotangent: None) -> tuple[Array, ...]:
    (w,), (features, signs) = leaves, constants
    margin = (features @ w) * signs
    value = np.logaddexp(0, -margin).mean() + 0.005 * (w * w).sum()
    to_margin = -1 / (1 + np.exp(margin)) / len(margin)
    return value, (to_margin * signs) @ features + 0.01 * w


def logistic_data(rng: Generator) -> Data:
    features = rng.standard_normal((1000, 20))
    signs = np.where(features[:, 0] + rng.standard_normal(1000) > 0, 1.0, -1.0)
    return Data([0.1 * rng.standard_normal(20)], [features, signs])


def logistic_product_by_hand(leaves: Arrays, constants: Arrays, vector: Array) -> tuple[Array, ...]:
    """The Hessian of `logistic`, times a vector."""
    (w,), (features, signs) = leaves, constants
    likely = 1 / (1 + np.exp((features @ w) * signs))
    weights = likely * (1 - likely) / len(features)
    return ((weights * (features @ vector)) @ features + 0.01 * vector,)


def logistic_product_data(rng: Generator) -> Data:
    return logistic_data(rng)._replace(cotangent=rng.standard_normal(20))


def gaussian_process(ops: Any, theta: Any, distances: Any, identity: Any, y: Any) -> Any:
    """The negative log marginal likelihood of 200 points, by Cholesky."""
    scale, variance, noise = theta[0], theta[1], theta[2]
    kernel = ops.exp(2 * variance) * ops.exp(-0.5 * distances * ops.exp(-2 * scale))
    factor = ops.linalg.cholesky(kernel + ops.exp(2 * noise) * identity)
    residual = ops.linalg.solve_triangular(factor, y, upper=False)
    return 0.5 * (residual * residual).sum() + ops.log(ops.diagonal(factor)).sum()


def gaussian_process_by_hand(leaves: Arrays, constants: Arrays, cotangent: None) -> tuple[Array, ...]:
    (theta,), (distances, identity, y) = leaves, constants
    scale, variance, noise = np.exp(theta)
    kernel = variance**2 * np.exp(-0.5 * distances / scale**2)
    factor = np.linalg.cholesky(kernel + noise**2 * identity)
    half = np.linalg.solve(factor, np.concatenate([y, identity], 1))
    residual, inverse = half[:, :1], half[:, 1:].T @ half[:, 1:]
    value = 0.5 * (residual * residual).sum() + np.log(np.diagonal(factor)).sum()
    alpha = inverse @ y
    to_kernel = 0.5 * (inverse - alpha @ alpha.T)
    weighted = to_kernel * kernel
    to_noise = 2 * noise**2 * np.trace(to_kernel)
    return value, np.array([(weighted * distances).sum() / scale**2, 2 * weighted.sum(), to_noise])


def gaussian_process_data(rng: Generator) -> Data:
    points = np.sort(rng.uniform(0, 10, 200))
    y = np.sin(points) + 0.1 * rng.standard_normal(200)
    distances = (points[:, None] - points) ** 2
    return Data([np.array([0.1, -0.2, -1.5])], [distances, np.eye(200), y[:, None]])


def kalman(
    ops: Any, theta: Any, observed: Any, move: Any, see: Any, spread: Any, pair: Any, start: Any
) -> Any:
    """The negative log likelihood of 50 noisy positions of a point in the plane at nearly constant speed."""
    process, noise = ops.exp(theta[0]) * spread, ops.exp(theta[1]) * pair
    state, covariance, total = start, 10 * spread, 0.0
    for t in range(observed.shape[0]):
        state = move @ state
        covariance = move @ covariance @ move.T + process
        surprise = observed[t] - see @ state
        seen = see @ covariance
        variance = seen @ see.T + noise
        gain = ops.transpose(ops.linalg.solve(variance, seen), 0, 1)
        weighted = ops.linalg.solve(variance, surprise)
        total = total + (surprise * weighted).sum() + ops.linalg.slogdet(variance)[1]
        state = state + gain @ surprise
        covariance = covariance - gain @ seen
    return 0.5 * total


def kalman_data(rng: Generator) -> Data:
    move = np.eye(4) + 0.1 * np.eye(4, k=2)
    see = np.eye(2, 4)
    path = np.cumsum(0.1 * np.cumsum(0.3 * rng.standard_normal((50, 2, 1)), 0), 0)
    observed = path + 0.5 * rng.standard_normal((50, 2, 1))
    return Data([np.array([-2.0, -1.0])], [observed, move, see, np.eye(4), np.eye(2), np.zeros((4, 1))])


# --- mechanics and optimisation ---------------------------------------------------------------------------


def nbody(ops: Any, places: Any, speeds: Any, masses: Any) -> Any:
    """64 bodies, 10 leapfrog steps; how far they end from the middle."""
    step = 0.01
    for _ in range(10):
        between = places[None, :, :] - places[:, None, :]
        squared = (between * between).sum(2) + 0.1
        pull = (between * (masses / (squared * ops.sqrt(squared)))[:, :, None]).sum(1)
        speeds = speeds + step * pull
        places = places + step * speeds
    return (places * places).sum()


def nbody_data(rng: Generator) -> Data:
    return Data(
        [rng.standard_normal((64, 3)), 0.1 * rng.standard_normal((64, 3))], [rng.uniform(0.5, 1.5, 64)]
    )


def euler(ops: Any, theta: Any) -> Any:
    """Prey and predators, 100 Euler steps of scalars; four rates and two beginnings."""
    growth, eaten, death, fed = theta[0], theta[1], theta[2], theta[3]
    prey, predators = theta[4], theta[5]
    for _ in range(100):
        meet = prey * predators
        prey, predators = (
            prey + 0.05 * (growth * prey - eaten * meet),
            predators + 0.05 * (fed * meet - death * predators),
        )
    return prey * prey + predators * predators


def euler_by_hand(leaves: Arrays, constants: Arrays, cotangent: None) -> tuple[Any, ...]:
    ((growth, eaten, death, fed, prey, predators),) = (leaf.tolist() for leaf in leaves)
    path = []
    for _ in range(100):
        path.append((prey, predators))
        meet = prey * predators
        prey += 0.05 * (growth * prey - eaten * meet)
        predators += 0.05 * (fed * meet - death * predators)
    value = prey * prey + predators * predators
    to_prey, to_predators = 2 * prey, 2 * predators
    to_growth = to_eaten = to_death = to_fed = 0.0
    for prey, predators in reversed(path):
        a, b = 0.05 * to_prey, 0.05 * to_predators
        meet = prey * predators
        to_growth += a * prey
        to_eaten -= a * meet
        to_fed += b * meet
        to_death -= b * predators
        to_meet = b * fed - a * eaten
        to_prey += a * growth + to_meet * predators
        to_predators += to_meet * prey - b * death
    return value, np.array([to_growth, to_eaten, to_death, to_fed, to_prey, to_predators])


def euler_data(rng: Generator) -> Data:
    return Data([np.array([1.1, 0.4, 0.4, 0.1, 10.0, 5.0])])


def rows(ops: Any, x: Any) -> Any:
    """Squares summed row by row, each read by its number."""
    total = ops.sum(x[0] * x[0])
    for i in range(1, x.shape[0]):
        total = total + ops.sum(x[i] * x[i])
    return total


def rows_by_hand(leaves: Arrays, constants: Arrays, cotangent: None) -> tuple[Array, ...]:
    (x,) = leaves
    total, gradient = np.float32(0), np.zeros_like(x)
    for i, row in enumerate(x):
        total += (row * row).sum()
        gradient[i] += 2 * row
    return total, gradient


def rows_data(rng: Generator) -> Data:
    return Data([floats(rng, 300, 100)])


def rosenbrock(ops: Any, x: Any) -> Any:
    ahead, behind = x[1:], x[:-1]
    return ops.sum(100 * (ahead - behind**2) ** 2 + (1 - behind) ** 2)


def rosenbrock_by_hand(leaves: Arrays, constants: Arrays, cotangent: None) -> tuple[Array, ...]:
    (x,) = leaves
    ahead, behind = x[1:], x[:-1]
    curve, line = ahead - behind**2, 1 - behind
    gradient = np.zeros_like(x)
    gradient[:-1] = -400 * behind * curve - 2 * line
    gradient[1:] += 200 * curve
    return (100 * curve**2 + line**2).sum(), gradient


def rosenbrock_data(rng: Generator) -> Data:
    return Data([rng.uniform(-1, 1, 100)])
