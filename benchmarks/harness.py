"""Single numbers with care, on a machine that does other things too; and how they are kept and printed.

What is compared runs in turns (A B C, C B A, A B C, ...), each turn a loop long enough for the clock and
short enough to fit between two interruptions; the best turn counts, with the garbage collector off. Ratios
are of one run.
"""

import gc
import json
import math
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

Call = Callable[[], Any]
Timer = Callable[[], float]  # times one turn; seconds a call
Times = dict[str, float]  # the best of a library, by its name

RESULTS = Path(__file__).resolve().parent / "results"
PEERS = ("numpy", "torch", "autograd", "jax", "mygrad", "mlx", "casadi")


@contextmanager
def no_collection() -> Iterator[None]:
    was = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def loop_seconds(call: Call, calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        call()
    return time.perf_counter() - start


def call_timer(call: Call, least: float) -> Timer:
    """Times a loop of so many calls that it takes at least `least` seconds."""
    calls = 1
    while loop_seconds(call, calls) < least:
        calls *= 2
    return lambda: loop_seconds(call, calls) / calls


def best_of(timers: Mapping[str, Timer], rounds: int, most: float = math.inf) -> Times:
    """The best of some rounds; of at least two, but no more than take `most` seconds together."""
    best = dict.fromkeys(timers, math.inf)
    end = time.perf_counter() + most
    with no_collection():
        for done in range(rounds):
            if done >= 2 and time.perf_counter() > end:
                break
            for name in timers if done % 2 == 0 else reversed(timers):
                best[name] = min(best[name], timers[name]())
    return best


def compare(
    calls: Mapping[str, Call], rounds: int = 7, least: float = 0.002, most: float = math.inf
) -> Times:
    return best_of({name: call_timer(call, least) for name, call in calls.items()}, rounds, most)


# --- what it was measured on --------------------------------------------------------------------------------


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    fields = dict(map(str.strip, line.split(":", 1)) for line in lines if ":" in line)
    flags = fields.get("flags", "").split()
    widest = "AVX-512" if "avx512f" in flags else "AVX2" if "avx2" in flags else platform.machine()
    return f"{fields.get('model name', platform.machine())} ({widest})"


def surroundings() -> dict[str, Any]:
    """Machine, versions, date; and the load at that time, as a warning to who reads the numbers."""
    versions = {}
    for name in PEERS:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return {
        "date": time.strftime("%Y-%m-%d"),
        "processor": processor(),
        "processors": os.cpu_count(),
        "memory, GB": round(memory_bytes("MemTotal") / 1e9, 1),
        "load": round(os.getloadavg()[1], 1),  # of the last five minutes, its own included
        "system": platform.system() + " " + platform.machine(),
        "python": platform.python_version(),
        "versions": versions,
    }


def memory_bytes(field: str) -> int:
    """A field of /proc/meminfo: MemTotal, MemAvailable."""
    for line in Path("/proc/meminfo").read_text("utf-8").splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    raise KeyError(field)


def save(name: str, content: Mapping[str, Any], path: Path | None = None) -> None:
    path = path or RESULTS / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    text = json.dumps({"surroundings": surroundings(), **rounded(content)}, indent=1)
    path.write_text(text + "\n", "utf-8")
    print(f"wrote {path}", file=sys.stderr)


def rounded(content: Any) -> Any:
    """Four digits are more than the measurement is good for."""
    if isinstance(content, float):
        return float(f"{content:.4g}")
    if isinstance(content, Mapping):
        return {str(key): rounded(value) for key, value in content.items()}
    return [rounded(value) for value in content] if isinstance(content, list | tuple) else content


def load(name: str) -> dict[str, Any] | None:
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else None


# --- tables -------------------------------------------------------------------------------------------------


def duration(seconds: float) -> str:
    units = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
    unit = next((unit for unit, size in units.items() if seconds >= size), "ns")
    value = seconds / units[unit]
    return f"{value:.{max(0, 2 - math.floor(math.log10(value)))}f} {unit}" if value > 0 else "0 ns"


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


def table(rows: Iterable[list[str]], markdown: bool) -> str:
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [[cells[0].ljust(widths[0]), *map(str.rjust, cells[1:], widths[1:])] for cells in rows]
    if not markdown:
        return "\n".join("  ".join(cells) for cells in lines)
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [lines[0], rule, *lines[1:]])
