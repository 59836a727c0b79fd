"""Every kernel at every size, with and without backward, beside PyTorch and NumPy: where is tapegrad behind?

    python benchmarks/kernels.py                       # prints what is behind, by how much
    python benchmarks/kernels.py --only sort max --sizes 1e3 1e5 --threads 1 --all

What seems behind is measured again, longer, before it is said so. The gradient's cotangent is ones. Ctrl-C
ends the sweep early: what was measured until then is reported.
"""

import argparse
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from adapters import ADAPTERS, Adapter
from harness import Call, Times, compare, duration, ratio, save, table
from kernel_list import KERNELS, Kernel

SIZES = [1, 100, 10**4, 10**5, 10**6, 10**7]
KEY = ("kernel", "dtype", "mode", "peer")
BEHIND = 1.05  # how many times the peer's time is more than the measurement's noise


class Cell(NamedTuple):
    kernel: str
    dtype: str
    mode: str
    size: int
    times: Times

    def behind(self) -> dict[str, float]:
        """The peers that are ahead, and tapegrad's time as a multiple of theirs."""
        factors = {name: self.times["tapegrad"] / seconds for name, seconds in self.times.items()}
        return {name: factor for name, factor in factors.items() if factor > BEHIND}


def call_of(lib: Any, kernel: Kernel, arrays: list[np.ndarray], gradient: bool) -> Call:
    function = kernel.function
    if not gradient:
        tensors = [lib.tensor(values) for values in arrays]
        return lambda: function(lib, *tensors)
    tensors = [lib.tensor(values, requires_grad=values.dtype.kind == "f") for values in arrays]
    leaves = [tensor for tensor in tensors if tensor.requires_grad]
    cotangent = lib.ones_like(function(lib, *tensors).detach())

    def run() -> None:
        for leaf in leaves:
            leaf.grad = None
        function(lib, *tensors).backward(cotangent)

    return run


def cell(kernel: Kernel, dtype: type, size: int, gradient: bool, libraries: list[Adapter]) -> Cell:
    arrays = [*kernel.make(np.random.default_rng(0), size, dtype)]
    calls = {adapter.name: call_of(adapter.lib, kernel, arrays, gradient) for adapter in libraries}
    if kernel.by_hand and not gradient:
        calls["numpy"] = lambda: kernel.by_hand(*arrays)
    mode = "with backward" if gradient else "alone"
    found = Cell(kernel.name, np.dtype(dtype).name, mode, size, compare(calls, 25, 0.0006, 0.25))
    if found.behind():
        again = compare(calls, 25, 0.001, 0.6)
        found = found._replace(times={name: min(found.times[name], again[name]) for name in again})
    return found


def sweep(kernels: list[Kernel], sizes: list[int], libraries: list[Adapter]) -> Iterator[Cell]:
    for kernel in kernels:
        for dtype in [np.float32, np.float64] if kernel.doubles else [np.float32]:
            for size in sizes:
                for gradient in [False, True] if kernel.gradient else [False]:
                    if size <= kernel.most:
                        yield cell(kernel, dtype, size, gradient, libraries)
        print(kernel.name, file=sys.stderr)


def behind_rows(behind: list[dict[str, Any]]) -> list[list[str]]:
    """A line a kernel and peer, those first that are furthest behind."""
    rows = [["kernel", "dtype", "", "ahead", "elements: tapegrad's time as a multiple of the peer's"]]
    for entry in sorted(behind, key=lambda entry: -max(entry["factors"].values())):
        factors = ", ".join(f"{int(size):,}: {ratio(factor)}" for size, factor in entry["factors"].items())
        rows.append([*(entry[key] for key in KEY), factors])
    return rows


def summary(cells: list[Cell]) -> dict[str, Any]:
    """The middle ratio a size, and by kernel and peer the sizes at which tapegrad is behind."""
    ratios: dict[int, dict[str, list[float]]] = {}
    behind: dict[tuple[str, ...], dict[int, float]] = {}
    for c in cells:
        for peer in ("torch", "numpy"):
            if peer in c.times:
                at_size = ratios.setdefault(c.size, {"torch": [], "numpy": []})
                at_size[peer].append(c.times[peer] / c.times["tapegrad"])
        for peer, factor in c.behind().items():
            behind.setdefault((c.kernel, c.dtype, c.mode, peer), {})[c.size] = factor
    return {
        "cells": len(cells),
        "peer's time over tapegrad's, median": {
            size: {peer: float(np.median(values)) for peer, values in peers.items() if values}
            for size, peers in sorted(ratios.items())
        },
        "behind": [{**dict(zip(KEY, key, strict=True)), "factors": sizes} for key, sizes in behind.items()],
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", default=[""], help="parts of the kernels' names")
    parser.add_argument("--sizes", nargs="+", type=lambda text: int(float(text)), default=SIZES)
    parser.add_argument("--threads", type=int, help="as many as the libraries choose, by default")
    parser.add_argument("--all", action="store_true", help="print every cell, not only what is behind")
    parser.add_argument("--smoke", action="store_true", help="size 10 alone: does it run?")
    parser.add_argument("--json", metavar="FILE", type=Path, help="also write the summary")
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # of variances of one element
    libraries = [adapter() for adapter in ADAPTERS if adapter.name in ("tapegrad", "torch")]
    for library in libraries:
        if options.threads:
            library.set_threads(options.threads)
    kernels = [kernel for kernel in KERNELS if any(part in kernel.name for part in options.only)]
    cells: list[Cell] = []
    try:
        for measured in sweep(kernels, [10] if options.smoke else options.sizes, libraries):
            cells.append(measured)
    except KeyboardInterrupt:
        print("stopped; this is what was measured so far:", file=sys.stderr)
    if options.all:
        names = ["tapegrad", "torch", "numpy"]
        rows = [["", *names]]
        for c in cells:
            times = [duration(c.times[name]) if name in c.times else "-" for name in names]
            rows.append([f"{c.kernel}, {c.size:,}, {c.dtype}, {c.mode}", *times])
        print(table(rows, markdown=False), end="\n\n")
    found = summary(cells)
    print(table(behind_rows(found["behind"]), markdown=False))
    if options.json:
        save("kernels", {"threads": options.threads or "their own", **found}, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
