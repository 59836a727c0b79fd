"""How cost grows: with the size of arrays, with the number of nodes, with threads.

    python benchmarks/sweep.py                          # prints tables
    python benchmarks/sweep.py --only nodes --json sweep.json

A library drops out of a series where the next point would take too long, or more memory than there is.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from adapters import Adapter, Data, Function, JaxJit
from harness import Call, Times, compare, duration, load, memory_bytes, ratio, save, table
from run import installed
from workloads import (
    normal,
    one,
    poly,
    poly_by_hand,
    transcendental,
    transcendental_by_hand,
)

SIZES = [10**exponent for exponent in range(9)]
NODES = [10**exponent for exponent in range(1, 8)]
MOST_SECONDS = {"sizes": 4.0, "nodes": 8.0}  # of one call, as the one before lets expect
ARRAYS = 16  # so many of the size at hand may be alive at once
Series = dict[int, Times]  # by size, the libraries' seconds a call


def moments(ops: Any, x: Any) -> Any:
    """Two reductions and what is broadcast between them: the rows' variances, summed."""
    centred = x - x.mean(1)[:, None]
    return (centred * centred).mean(1).sum()


def moments_by_hand(leaves: Any, constants: Any, cotangent: None) -> tuple[Any, ...]:
    (x,) = leaves
    centred = x - x.mean(1)[:, None]
    return (centred * centred).mean(1).sum(), centred * np.float32(2 / x.shape[1])


def product(ops: Any, x: Any, y: Any) -> Any:
    return (x @ y).sum()


def product_by_hand(leaves: Any, constants: Any, cotangent: None) -> tuple[Any, ...]:
    x, y = leaves
    ones = np.ones((x.shape[0], y.shape[1]), x.dtype)
    return (x @ y).sum(), ones @ y.T, x.T @ ones


def rows_of(width: int) -> Callable[[int], Callable[[np.random.Generator], Data]]:
    return lambda size: one(max(1, size // width), min(size, width))


def two_squares(size: int) -> Callable[[np.random.Generator], Data]:
    side = max(1, round(size**0.5))
    return lambda rng: Data([normal(rng, side, side), normal(rng, side, side)])


BY_SIZE = {
    "poly": (poly, one, poly_by_hand),
    "transcendental": (transcendental, one, transcendental_by_hand),
    "moments of rows of 256": (moments, rows_of(256), moments_by_hand),
    "matrix product": (product, two_squares, product_by_hand),
}


def chain(length: int) -> Callable[..., Any]:
    def function(ops: Any, x: Any) -> Any:
        y = x
        for _ in range(length):
            y = y * 1.0001
        return y.sum()

    return function


class Watched:
    """Which libraries may still go on in a series: none whose next point would take too long."""

    def __init__(self, adapters: Iterable[Adapter], most: float) -> None:
        self.adapters, self.most = list(adapters), most

    def times(
        self, function: Function, data: Data, by_hand: Function | None, growth: int, rounds: int
    ) -> Times:
        """Of the point at hand. The next one takes `growth` times as long."""
        calls: dict[str, Call] = {}
        for adapter in [*self.adapters]:
            try:
                call = adapter.gradient(function, data, by_hand)
                if call is not None:
                    call()  # compiles, too
                    calls[adapter.name] = call
            except (RecursionError, MemoryError):
                self.adapters.remove(adapter)
        found = compare(calls, rounds, most=4)
        self.adapters = [a for a in self.adapters if found.get(a.name, 0) * growth < self.most]
        return found


def over_sizes(adapters: list[Adapter], sizes: list[int], rounds: int) -> dict[str, Series]:
    found: dict[str, Series] = {}
    for name, (function, data_of, by_hand) in BY_SIZE.items():
        watched = Watched(adapters, MOST_SECONDS["sizes"])
        growth = 30 if function is product else 10
        found[name] = {}
        for size in sizes:
            if size * 4 * ARRAYS > memory_bytes("MemAvailable"):
                print(f"{name}: {size:,} is too much for this machine's memory", file=sys.stderr)
                break
            if not watched.adapters:
                break
            data = data_of(size)(np.random.default_rng(0))
            found[name][size] = watched.times(function, data, by_hand, growth, rounds)
            print(f"{name}, {size:,}: {found[name][size]}", file=sys.stderr)
    return found


def over_nodes(adapters: list[Adapter], lengths: list[int], rounds: int) -> Series:
    """Seconds of the whole chain."""
    watched = Watched(adapters, MOST_SECONDS["nodes"])
    found: Series = {}
    for length in lengths:
        if length * 1000 > memory_bytes("MemAvailable") or not watched.adapters:
            break
        if length > 1000:  # its compiler would take minutes
            watched.adapters = [adapter for adapter in watched.adapters if not isinstance(adapter, JaxJit)]
        data = one(4)(np.random.default_rng(0))
        found[length] = watched.times(chain(length), data, None, 10, rounds)
        print(f"nodes, {length:,}: {found[length]}", file=sys.stderr)
    return found


def over_threads(adapters: list[Adapter], size: int, rounds: int) -> dict[str, Series]:
    """The same work with as many threads as the libraries are told to use."""
    found: dict[str, Series] = {}
    for name, (function, data_of, _) in BY_SIZE.items():
        found[name] = {}
        for threads in range(1, (os.cpu_count() or 1) + 1):
            told = [adapter for adapter in adapters if adapter.set_threads(threads)]
            data = data_of(size)(np.random.default_rng(0))
            calls = {a.name: a.gradient(function, data, None) for a in told}
            found[name][threads] = compare(calls, rounds, most=4)
    return found


def series_rows(title: str, series: Any, each: bool = False) -> list[list[str]]:
    """A line a size; after a library's time how many times tapegrad's it is. `each`: of one of so many."""
    names = dict.fromkeys(name for times in series.values() for name in times)
    rows = [[title, *names]]
    for size, times in series.items():
        cells = [f"{int(size):,}"]
        for name in names:
            if name not in times:
                cells.append("-")
                continue
            cell = duration(times[name] / int(size) if each else times[name])
            cells.append(cell if name == "tapegrad" else f"{cell} ({ratio(times[name] / times['tapegrad'])})")
        rows.append(cells)
    return rows


def all_rows(content: dict[str, Any]) -> Iterable[list[list[str]]]:
    for name, series in content.get("sizes", {}).items():
        yield series_rows(name, series)
    if "nodes" in content:
        yield series_rows("time of a node, in a chain of", content["nodes"], each=True)
    for name, series in content.get("threads", {}).items():
        yield series_rows(f"{name} of 1,000,000, threads", series)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--only", nargs="+", choices=["sizes", "nodes", "threads"], default=["sizes", "nodes", "threads"]
    )
    parser.add_argument("--libraries", nargs="+", help="all but jax and casadi by default")
    parser.add_argument("--smoke", action="store_true", help="the smallest points, once: does it run?")
    parser.add_argument("--json", metavar="FILE", type=Path, help="also write the times, in seconds")
    options = parser.parse_args()
    adapters = [adapter for adapter in installed(options.libraries) if adapter.name != "casadi"]
    rounds = 1 if options.smoke else 15
    found: dict[str, Any] = {}
    if "sizes" in options.only:
        found["sizes"] = over_sizes(adapters, SIZES[:4] if options.smoke else SIZES, rounds)
    if "nodes" in options.only:
        found["nodes"] = over_nodes(adapters, NODES[:2] if options.smoke else NODES, rounds)
    if "threads" in options.only:
        found["threads"] = over_threads(adapters, 10**4 if options.smoke else 10**6, rounds)
    for rows in all_rows(found):
        print(table(rows, markdown=False), end="\n\n")
    if options.json:
        kept = load("sweep") or {}
        save("sweep", {**{k: v for k, v in kept.items() if k != "surroundings"}, **found}, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
