"""Peak memory of forward and backward beside PyTorch's, and what a node of a long graph takes.

    python benchmarks/memory.py
    python benchmarks/memory.py --only mlp --json memory.json

Each figure is of a process of its own: the resident peak of three calls above what was resident before them,
pages of code left out, in MB. The graphs of many nodes are chains on four floats; the cost of a node is that
of recording it, running it backward and freeing it.
"""

import argparse
import json
import math
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from adapters import ADAPTERS, Adapter
from harness import memory_bytes, no_collection, save, table
from run import calls
from workloads import WORKLOADS

LIBRARIES = ("tapegrad", "torch")
NODES = {
    "x + 1, which saves nothing": lambda lib, x: x + 1.0,
    "sin(x), which saves x": lambda lib, x: x.sin(),
}
LENGTHS = {"tapegrad": (10**3, 10**6, 10**7), "torch": (10**3, 10**6)}


def status(field: str) -> int:
    """A field of /proc/self/status, in bytes."""
    for line in Path("/proc/self/status").read_text("utf-8").splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    raise KeyError(field)


def peak_of(call: Callable[[], Any]) -> int:
    """How far the resident memory rises while it runs, but for pages of files that are read in."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
    before, files = status("VmRSS"), status("RssFile")
    call()
    return status("VmHWM") - before - (status("RssFile") - files)


def workload_peak(adapter: Adapter, name: str) -> dict[str, float]:
    call = calls(WORKLOADS[name], [adapter], check=False)[adapter.name]

    def thrice() -> None:
        for _ in range(3):
            call()

    return {"bytes": peak_of(thrice)}


def node_cost(adapter: Adapter, kind: str, length: int) -> dict[str, float]:
    """Bytes and seconds a node."""
    x = adapter.lib.tensor(np.full(4, 0.5, np.float32), requires_grad=True)
    step, lib = NODES[kind], adapter.lib

    def build() -> Any:
        y = x
        for _ in range(length):
            y = step(lib, y)
        return y

    def run() -> None:
        x.grad = None
        build().sum().backward()

    with no_collection():
        before, files = status("VmRSS"), status("RssFile")
        y = build()
        held = status("VmRSS") - before - (status("RssFile") - files)
        del y
        best = math.inf
        for _ in range(max(2, min(200, 10**6 // length))):
            start = time.perf_counter()
            run()
            best = min(best, time.perf_counter() - start)
    return {"bytes": held / length, "seconds": best / length}


def in_child(*arguments: str) -> dict[str, float]:
    """What this file prints in a new process."""
    command = [sys.executable, "-W", "ignore", __file__, "--child", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}:\n{done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(done.stdout)
    return found


def child(library: str, kind: str, length: str = "") -> dict[str, float]:
    adapter = next(adapter for adapter in ADAPTERS if adapter.name == library)()
    return node_cost(adapter, kind, int(length)) if length else workload_peak(adapter, kind)


def measure(beginnings: tuple[str, ...]) -> dict[str, Any]:
    peaks: dict[str, dict[str, float]] = {}
    for name, workload in WORKLOADS.items():
        if workload.kind in ("gradient", "product") and name.startswith(beginnings):
            peaks[name] = {library: in_child(library, name)["bytes"] for library in LIBRARIES}
            print(f"{name}: {peaks[name]}", file=sys.stderr)
    nodes: dict[str, dict[str, dict[int, dict[str, float]]]] = {}
    for kind in NODES if "nodes".startswith(beginnings) else ():
        nodes[kind] = {
            library: {
                length: in_child(library, kind, str(length))
                for length in LENGTHS[library]
                if length * 1000 < memory_bytes("MemAvailable")
            }
            for library in LIBRARIES
        }
    return {"peaks": peaks, "nodes": nodes}


def peak_rows(peaks: dict[str, dict[str, float]]) -> list[list[str]]:
    rows = [["peak above the start, MB", *LIBRARIES, "tapegrad / torch"]]
    for name, found in peaks.items():
        ours, theirs = (found[library] / 1e6 for library in LIBRARIES)
        rows.append([name, f"{ours:,.1f}", f"{theirs:,.1f}", f"{ours / theirs:.2f}" if theirs > 0.1 else "-"])
    return rows


def node_rows(nodes: dict[str, Any]) -> list[list[str]]:
    rows = [["a node that is", "library", "nodes", "bytes a node", "time a node", "of that at 1,000"]]
    for kind, libraries in nodes.items():
        for library, lengths in libraries.items():
            first = next(iter(lengths.values()))["seconds"]
            for length, cost in lengths.items():
                size = f"{cost['bytes']:.0f}" if int(length) >= 10**6 else "-"
                times = f"{cost['seconds'] * 1e9:,.0f} ns", f"{cost['seconds'] / first:.2f}x"
                rows.append([kind, library, f"{int(length):,}", size, *times])
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", default=[""], help="beginnings of the workloads' names; nodes")
    parser.add_argument("--json", metavar="FILE", type=Path, help="also write the figures")
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(child(*options.child)))
        return 0
    found = measure(tuple(options.only))
    for rows in (peak_rows(found["peaks"]), node_rows(found["nodes"])):
        print(table(rows, markdown=False), end="\n\n")
    if options.json:
        save("memory", found, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
