"""Minimise the Rosenbrock function in many dimensions: SciPy searches, tapegrad differentiates.

Run it so: python examples/rosenbrock.py --size 100
"""

import argparse
import time

import numpy as np

import tapegrad as tg
from tapegrad.scipy.optimize import minimize


def rosenbrock(x: tg.Tensor) -> tg.Tensor:
    """Zero at its minimum, where every x is 1; a long, curved valley leads there."""
    head, tail = x[:-1], x[1:]
    return (100 * (tail - head**2) ** 2 + (1 - head) ** 2).sum()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=100, help="the number of dimensions")
    size = parser.parse_args().size

    start = time.perf_counter()
    result = minimize(rosenbrock, np.zeros(size), method="BFGS")
    seconds = time.perf_counter() - start
    print(result.message)
    print(
        f"minimum {result.fun:.3g} in {size} dimensions, every x within {np.abs(result.x - 1).max():.1e} of 1"
    )
    print(f"{result.nit} iterations, {result.nfev} gradients, {seconds:.3f} s")


if __name__ == "__main__":
    main()
