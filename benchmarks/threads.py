"""Whether Python threads overlap: the same work by one thread, and shared by several.

    python benchmarks/threads.py                # tapegrad, and PyTorch where it is installed
    python benchmarks/threads.py --threads 4

Each piece of work builds a graph of its own on an array and runs it backward, its kernels in one thread. A
gain of 2 by two threads means that the interpreter's lock is given up all the while; small arrays, whose time
is the tape's own, keep it.
"""

import argparse
import importlib
import math
import sys
import time
from collections.abc import Callable
from threading import Thread
from types import ModuleType

import numpy as np

SIZES = (1_000, 100_000, 1_000_000)


def piece(lib: ModuleType, size: int) -> Callable[[], object]:
    values = np.random.default_rng(0).standard_normal(size).astype(np.float32)

    def run() -> object:
        x = lib.tensor(values, requires_grad=True)
        (lib.tanh(x) * lib.exp(-x * x)).sum().backward()
        return x.grad

    return run


def seconds(work: Callable[[], object], pieces: int, threads: int) -> float:
    """Of so many pieces of work, shared by so many threads."""

    def share() -> None:
        for _ in range(pieces // threads):
            work()

    workers = [Thread(target=share) for _ in range(threads)]
    start = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return time.perf_counter() - start


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--smoke", action="store_true", help="one round on the smallest array: does it run?")
    options = parser.parse_args()
    rounds, sizes = (1, SIZES[:1]) if options.smoke else (options.rounds, SIZES)
    print(f"{'':24}{'one thread':>14}{f'{options.threads} threads':>14}{'gain':>8}")
    for name in ("tapegrad", "torch"):
        try:
            lib = importlib.import_module(name)
        except ModuleNotFoundError as error:
            print(f"without {name}: {error}", file=sys.stderr)
            continue
        lib.set_num_threads(1)
        for size in sizes:
            work = piece(lib, size)
            pieces = options.threads * max(1, 2_000_000 // size)
            best = dict.fromkeys((1, options.threads), math.inf)
            for _ in range(rounds):
                for threads in best:
                    best[threads] = min(best[threads], seconds(work, pieces, threads))
            alone, shared = best[1], best[options.threads]
            cells = f"{alone * 1e3:>11.1f} ms{shared * 1e3:>11.1f} ms{alone / shared:>8.2f}"
            print(f"{name + ', ' + format(size, ',') + ' floats':24}{cells}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
