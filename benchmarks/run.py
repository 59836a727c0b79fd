"""What tapegrad costs beside PyTorch, autograd, JAX and NumPy: the same work, timed in turns.

    python benchmarks/run.py                          # every workload and every library that is installed
    python benchmarks/run.py --only op document       # workloads whose name starts so
    python benchmarks/run.py --libraries tapegrad torch --markdown

See README.md beside this file for how to read the table.
"""

import argparse
import json
import math
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from importlib.metadata import version
from typing import Any

import numpy as np
from adapters import ADAPTERS, Adapter, Tapegrad
from workloads import WORKLOADS, Workload

Timer = Callable[[], float]  # times one round; seconds a call
Times = dict[str, float]  # by library


def call_timer(call: Callable[[], Any], least: float) -> Timer:
    """Times a loop of so many calls that it takes at least `least` seconds."""

    def loop(calls: int) -> float:
        start = time.perf_counter()
        for _ in range(calls):
            call()
        return time.perf_counter() - start

    calls = 1
    while loop(calls) < least:
        calls *= 2
    return lambda: loop(calls) / calls


def import_timer(module: str) -> Timer:
    """Times `import module` after `import numpy`, each round in a new process."""
    code = f"import numpy, time; s = time.perf_counter(); import {module}; print(time.perf_counter() - s)"
    return lambda: float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)


def timers(workload: Workload, adapters: Iterable[Adapter], least: float) -> dict[str, Timer]:
    """A timer for each library that can run the workload, once their results are found to agree."""
    if workload.kind == "import":
        return {a.name: import_timer(a.modules[0]) for a in adapters if a.name not in ("numpy", "jax.jit")}
    assert workload.function
    assert workload.data
    found: dict[str, Timer] = {}
    expected = None
    for adapter in adapters:
        data = workload.data(np.random.default_rng(0))
        call = getattr(adapter, workload.kind)(workload.function, data, workload.by_hand)
        if call is None:
            continue
        result = adapter.numbers(call())
        expected = result if expected is None else expected
        tolerance = 1e-4 * float(np.abs(expected).max())
        if result.shape != expected.shape or not np.allclose(result, expected, 1e-3, tolerance):
            raise AssertionError(f"{adapter.name} has another result than {next(iter(found))}")
        found[adapter.name] = call_timer(call, least)
    return found


def measure(workload: Workload, adapters: Iterable[Adapter], rounds: int, least: float) -> Times:
    """The best of some rounds; the libraries take turns, so that the machine's drift touches all of them."""
    timer = timers(workload, adapters, least)
    best = dict.fromkeys(timer, math.inf)
    for _ in range(rounds):
        for name in timer:
            best[name] = min(best[name], timer[name]())
    return best


def installed(names: list[str] | None) -> list[Adapter]:
    """The adapters asked for; without a peer that is not installed."""
    found = []
    for adapter in ADAPTERS:
        if names is None or adapter.name in names:
            try:
                found.append(adapter())
            except ModuleNotFoundError as error:
                if adapter is Tapegrad:
                    raise
                print(f"without {adapter.name}: {error}", file=sys.stderr)
    return found


def duration(seconds: float) -> str:
    units = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
    unit = next((unit for unit, size in units.items() if seconds >= size), "ns")
    value = seconds / units[unit]
    return f"{value:.{max(0, 2 - math.floor(math.log10(value)))}f} {unit}"


def ratio(value: float) -> str:
    return f"{value:.2g}x" if value < 10 else f"{value:,.0f}x"


def row(workload: str, times: Times, libraries: list[str]) -> list[str]:
    """Each library's time and how many times the first library's that is."""
    first, cells = times.get(libraries[0]), [workload]
    for name in libraries:
        cell = duration(times[name]) if name in times else "-"
        if first and name in times and name != libraries[0]:
            cell += f" ({ratio(times[name] / first)})"
        cells.append(cell)
    return cells


def table(rows: list[list[str]], markdown: bool) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [[cells[0].ljust(widths[0]), *map(str.rjust, cells[1:], widths[1:])] for cells in rows]
    if not markdown:
        return "\n".join("  ".join(cells) for cells in lines)
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [lines[0], rule, *lines[1:]])


def surroundings(adapters: list[Adapter]) -> dict[str, Any]:
    modules = sorted({"numpy"} | {adapter.modules[0] for adapter in adapters})
    return {
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        **{module: version(module) for module in modules},
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--libraries", nargs="+", choices=[a.name for a in ADAPTERS], help="all by default")
    parser.add_argument("--only", nargs="+", default=[""], help="beginnings of the workloads' names")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--smoke", action="store_true", help="one short round: do all run and agree?")
    parser.add_argument("--markdown", action="store_true", help="print the table in Markdown")
    parser.add_argument("--json", metavar="FILE", help="also write the times, in seconds, and the versions")
    options = parser.parse_args()
    adapters = installed(options.libraries)
    libraries = [adapter.name for adapter in adapters]
    rounds, least = (1, 0.0) if options.smoke else (options.rounds, 0.02)

    seconds: dict[str, Times] = {}
    failed = False
    for name, workload in WORKLOADS.items():
        if not name.startswith(tuple(options.only)) or (options.smoke and workload.large):
            continue
        try:
            seconds[name] = measure(workload, adapters, rounds, least)
        except Exception as error:  # one that cannot run is reported, and is not the end of the others
            failed = True
            print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
    rows = [row(name, times, libraries) for name, times in seconds.items()]
    print(table([["", *libraries], *rows], options.markdown))
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"surroundings": surroundings(adapters), "seconds": seconds}, file, indent=2)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
