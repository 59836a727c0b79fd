"""What tapegrad costs beside PyTorch, autograd, JAX, MyGrad, MLX, CasADi and NumPy, on the same work.

    python benchmarks/run.py                          # every workload and every library that is installed
    python benchmarks/run.py --only op document       # workloads whose name starts so
    python benchmarks/run.py --libraries tapegrad torch --markdown

See README.md beside this file for how to read the table.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from adapters import ADAPTERS, Adapter, Casadi, Jax, NotOffered, Tapegrad
from harness import Call, Timer, Times, best_of, call_timer, row, save, table
from workloads import WORKLOADS, Workload

Results = list[np.ndarray]


def import_timer(module: str) -> Timer:
    """Times `import module` after `import numpy`, each round in a new process."""
    code = f"import numpy, time; s = time.perf_counter(); import {module}; print(time.perf_counter() - s)"
    return lambda: float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)


def results(adapter: Adapter, result: Any) -> Results:
    """Value and gradients as arrays."""
    return [adapter.numbers(part) for part in (result if isinstance(result, tuple | list) else [result])]


def agree(found: Results, expected: Results) -> bool:
    def close(a: np.ndarray, b: np.ndarray) -> bool:
        doubles = b.dtype == np.float64
        scale = float(np.abs(b).max())
        relative, absolute = (1e-6, 1e-8 * scale) if doubles else (1e-3, 1e-4 * scale)
        return a.shape == b.shape and bool(np.allclose(a, b, relative, absolute))

    return len(found) == len(expected) and all(map(close, found, expected))


def calls(workload: Workload, adapters: Iterable[Adapter], check: bool = True) -> dict[str, Call]:
    """A call for each library that can run the workload; with `check`, value and gradients must agree."""
    assert workload.function
    assert workload.data
    found: dict[str, Call] = {}
    expected: Results | None = None
    for adapter in adapters:
        if adapter.name in workload.without or (isinstance(adapter, Casadi) and not workload.scalar):
            continue
        data = workload.data(np.random.default_rng(0))
        try:
            call = getattr(adapter, workload.kind)(workload.function, data, workload.by_hand)
            if call is None:
                continue
            got = results(adapter, call()) if check else []
        except NotOffered:
            continue
        found[adapter.name] = call
        expected = expected or got
        if check and not agree(got, expected):
            raise AssertionError(f"{adapter.name} has another result than {next(iter(found))}")
    return found


def measure(workload: Workload, adapters: list[Adapter], rounds: int, least: float) -> Times:
    """The best of some rounds; the libraries take turns, so that the machine's drift touches all of them."""
    if workload.kind == "import":
        timers = {a.name: import_timer(a.modules[0]) for a in adapters if a.name != "numpy"}
        return best_of(timers, rounds, most=20)
    timers = {name: call_timer(call, least) for name, call in calls(workload, adapters).items()}
    return best_of(timers, rounds, most=8)


def installed(names: list[str] | None) -> list[Adapter]:
    """The adapters asked for; without a peer that is not installed."""
    found = []
    for adapter in ADAPTERS:
        if adapter.name in names if names else adapter is not Jax:
            try:
                found.append(adapter())
            except ModuleNotFoundError as error:
                if adapter is Tapegrad:
                    raise
                print(f"without {adapter.name}: {error}", file=sys.stderr)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--libraries", nargs="+", choices=[a.name for a in ADAPTERS], help="all but jax by default"
    )
    parser.add_argument("--only", nargs="+", default=[""], help="beginnings of the workloads' names")
    parser.add_argument("--rounds", type=int, default=31)
    parser.add_argument("--smoke", action="store_true", help="one short round: do all run and agree?")
    parser.add_argument("--markdown", action="store_true", help="print the table in Markdown")
    parser.add_argument(
        "--json", metavar="FILE", type=Path, help="also write the times, in seconds, and the versions"
    )
    options = parser.parse_args()
    adapters = installed(options.libraries)
    libraries = [adapter.name for adapter in adapters]
    rounds, least = (1, 0.0) if options.smoke else (options.rounds, 0.004)

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
        save("workloads", {"seconds": seconds}, options.json)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
