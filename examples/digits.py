"""Train a two-layer network on scikit-learn's handwritten digits, with mini-batches and momentum.

Run it so: python examples/digits.py --epochs 30 --seed 0 --output digits.png
"""

import argparse

import numpy as np
from matplotlib.figure import Figure  # without pyplot: draws to a file, needs no display
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from tqdm import trange

import tapegrad as tg

HIDDEN, BATCH = 128, 32
RATE, MOMENTUM = 0.05, 0.9


def initial_parameters(inputs: int, outputs: int) -> list[tg.Tensor]:
    """Weights and biases of both layers, scaled so that activations keep their size."""
    w1 = tg.randn(inputs, HIDDEN) * (2 / inputs) ** 0.5
    w2 = tg.randn(HIDDEN, outputs) * (1 / HIDDEN) ** 0.5
    return [p.requires_grad_() for p in (w1, tg.zeros(HIDDEN), w2, tg.zeros(outputs))]


def network(images: tg.Tensor, parameters: list[tg.Tensor]) -> tg.Tensor:
    w1, b1, w2, b2 = parameters
    return tg.relu(images @ w1 + b1) @ w2 + b2


def cross_entropy(logits: tg.Tensor, labels: tg.Tensor) -> tg.Tensor:
    return (tg.logsumexp(logits, 1) - logits[tg.arange(len(labels)), labels]).mean()


def step(parameters: list[tg.Tensor], velocities: list[tg.Tensor]) -> None:
    """Gradient descent with momentum, in place."""
    with tg.no_grad():
        for p, v in zip(parameters, velocities, strict=True):
            v.copy_(MOMENTUM * v + p.grad)
            p.copy_(p - RATE * v)
            p.grad = None


def accuracy(images: tg.Tensor, labels: tg.Tensor, parameters: list[tg.Tensor]) -> float:
    with tg.no_grad():
        return (network(images, parameters).argmax(1) == labels).float().mean().item()


def train(epochs: int, seed: int) -> tuple[list[float], list[float]]:
    """The mean loss and the held-out accuracy of each epoch."""
    tg.manual_seed(seed)
    images, labels = load_digits(return_X_y=True)
    images = (images / 16).astype(np.float32)  # pixels from 0 to 1
    split = train_test_split(images, labels, test_size=0.2, stratify=labels, random_state=seed)
    train_x, test_x, train_y, test_y = map(tg.from_numpy, split)

    parameters = initial_parameters(images.shape[1], outputs=10)
    velocities = [tg.zeros_like(p) for p in parameters]
    rng = np.random.default_rng(seed)
    losses, accuracies = [], []
    progress = trange(epochs, desc="training", unit="epoch")
    for _ in progress:
        order, total = rng.permutation(len(train_y)), 0.0
        for start in range(0, len(order), BATCH):
            batch = tg.from_numpy(order[start : start + BATCH])
            loss = cross_entropy(network(train_x[batch], parameters), train_y[batch])
            loss.backward()
            step(parameters, velocities)
            total += loss.item() * len(batch)
        losses.append(total / len(order))
        accuracies.append(accuracy(test_x, test_y, parameters))
        progress.set_postfix(loss=f"{losses[-1]:.4f}", accuracy=f"{accuracies[-1]:.2%}")
    return losses, accuracies


def plot(losses: list[float], accuracies: list[float], output: str) -> None:
    figure = Figure(figsize=(9, 3.5), layout="constrained")
    left, right = figure.subplots(1, 2)
    epochs = range(1, len(losses) + 1)
    left.semilogy(epochs, losses)
    left.set(title="Training loss", xlabel="epoch", ylabel="cross-entropy")
    right.plot(epochs, [100 * value for value in accuracies])
    right.set(title="Held-out accuracy", xlabel="epoch", ylabel="%")
    figure.savefig(output, dpi=120)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", default="digits.png", help="the picture of loss and accuracy")
    options = parser.parse_args()
    losses, accuracies = train(options.epochs, options.seed)
    plot(losses, accuracies, options.output)
    print(f"held-out accuracy: {accuracies[-1]:.2%} (curves in {options.output})")


if __name__ == "__main__":
    main()
