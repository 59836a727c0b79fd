"""How many instructions tapegrad's small work takes: a gate that a busy machine does not blur.

    python benchmarks/instructions.py             # compare with instructions.json: exit 1 where 5 % above
    python benchmarks/instructions.py --update    # make the counts the baseline: on purpose only
    python benchmarks/instructions.py --top 12    # also the functions that a script's instructions are in

Needs valgrind (`apt-get install valgrind`); without it the exit status is 2. One process under callgrind
runs all scripts, each few and many times between marks at which callgrind writes out its counter; the
difference is that of so many calls, and start-up and warm-up drop out of it. Hash seed, addresses,
environment, threads, instruction set and BLAS kernels are fixed, so that counts repeat to one in a thousand,
most of them exactly. They still depend on the compilers of the interpreter and the library: the baseline says
with what it was made, and nothing is compared with others.
"""

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import timeit
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
BASELINE = HERE / "instructions.json"
TOLERANCE = 0.05
MARK = "getppid"  # a function of the C library that nothing else calls: os.getppid() is a mark


class Script(NamedTuple):
    statement: str  # what is counted
    names: Callable[[Any], dict[str, Any]]  # what it works on, of the library
    few: int = 20
    many: int = 220

    def repeat(self, lib: Any) -> Callable[[int], object]:
        return timeit.Timer(self.statement, globals=self.names(lib)).timeit


def leaf(*shape: int) -> Callable[[Any], dict[str, Any]]:
    return lambda lib: {"x": lib.ones(*shape, requires_grad=True)}


def document(lib: Any) -> dict[str, Any]:
    x, cotangent = lib.ones(3, 4, requires_grad=True), lib.ones(3, 4)

    def run() -> None:
        x.grad = None
        y = x**2 + 4 * x
        (2 * y + 3).backward(cotangent)

    return {"document": run}


def chain(lib: Any) -> dict[str, Any]:
    x = lib.ones(4, requires_grad=True)

    def run() -> None:
        x.grad = None
        y = x
        for _ in range(1000):
            y = y * 1.0001
        y.sum().backward()

    return {"chain": run}


SCRIPTS = {
    "add, plain": Script("x + x", lambda lib: {"x": lib.ones(4)}),
    "add": Script("x + x", leaf(4)),
    "mul by a number": Script("x * 2.0", leaf(4)),
    "exp": Script("x.exp()", leaf(4)),
    "sum": Script("x.sum()", leaf(4)),
    "matmul": Script("x @ x", leaf(3, 3)),
    "transpose": Script("x.transpose(0, 1)", leaf(3, 4)),
    "item": Script("x.item()", lambda lib: {"x": lib.tensor(1.5)}),
    "x[1]": Script("x[1]", leaf(3, 4)),
    "x[1, 2]": Script("x[1, 2]", leaf(3, 4)),
    "x[1:]": Script("x[1:]", leaf(3, 4)),
    "elements and backward": Script("x.grad = None; (x[0, 1] * x[1, 2] + x[2, 3]).backward()", leaf(3, 4)),
    "document": Script("document()", document),
    "chain of 1000": Script("chain()", chain, 2, 12),
}


def run_scripts() -> None:
    """The process under callgrind: import and every script between marks."""
    import gc

    import numpy  # noqa: F401 - so that what follows is tapegrad's import alone

    gc.disable()
    os.getppid()
    import tapegrad

    os.getppid()
    for script in SCRIPTS.values():
        repeat = script.repeat(tapegrad)
        repeat(script.few)  # the interpreter specialises its code, free lists fill
        for count in (script.few, script.many):
            os.getppid()
            repeat(count)
            os.getppid()


def between_marks(folder: Path) -> list[Path]:
    """callgrind's files of what lay between the marks; those of the rest are left out."""
    dumps = sorted(folder.glob("counts.*"), key=lambda path: int(path.suffix[1:]))
    wanted = 2 * (1 + 2 * len(SCRIPTS))
    if len(dumps) != wanted:
        raise SystemExit(f"callgrind wrote {len(dumps)} files where the marks ask for {wanted}")
    return dumps[1::2]


def total(dump: Path) -> int:
    found = re.search(r"^totals: (\d+)", dump.read_text(), re.MULTILINE)
    assert found, f"{dump} has no totals"
    return int(found[1])


def by_function(dump: Path) -> Counter[str]:
    """A function's own instructions. In callgrind's files a name is written out where it is first met, and
    the line after `calls=` counts what was called."""
    names: dict[str, str] = {}
    own: Counter[str] = Counter()
    function, skip = "", False
    for line in dump.read_text().splitlines():
        if found := re.match(r"c?fn=\((\d+)\)(?: (.*))?", line):
            number, name = found.groups()
            if name:
                names[number] = name
            if line.startswith("fn"):
                function = names[number]
        elif line.startswith("calls="):
            skip = True
        elif found := re.match(r"[+*\-\d]\S* (\d+)$", line):
            own[function] += 0 if skip else int(found[1])
            skip = False
    return own


def environment(cache: Path) -> dict[str, str]:
    """Nothing of the caller's but what finds the interpreter and the library."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "VIRTUAL_ENV") if name in os.environ}
    return kept | {
        "PYTHONHASHSEED": "0",
        "PYTHONPYCACHEPREFIX": str(cache),
        "TAPEGRAD_ISA": "v3",
        "TAPEGRAD_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_CORETYPE": "Haswell",
        "LC_ALL": "C",
    }


def count(top: int) -> tuple[dict[str, float], dict[str, list[tuple[str, float]]]]:
    """Instructions a call by name; and for each the `top` functions that have most of them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        child = [sys.executable, str(HERE / "instructions.py"), "--child"]
        fixed = ["setarch", platform.machine(), "-R"] if shutil.which("setarch") else []
        if fixed and subprocess.run([*fixed, "true"], capture_output=True).returncode:
            print("setarch -R is not allowed here: addresses vary, and counts a little", file=sys.stderr)
            fixed = []
        settings = environment(folder / "cache")
        subprocess.run(child, env=settings, check=True)  # compiles the Python files
        grind = [
            "valgrind",
            "--tool=callgrind",
            f"--dump-before={MARK}",
            f"--callgrind-out-file={folder}/counts",
        ]
        done = subprocess.run([*fixed, *grind, *child], env=settings, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"the scripts failed under valgrind:\n{done.stderr[-3000:]}")
        imported, *rest = between_marks(folder)
        counts, tops = {"import": float(total(imported))}, {}
        if top:
            tops["import"] = [*map(as_float, by_function(imported).most_common(top))]
        for (name, script), few, many in zip(SCRIPTS.items(), rest[::2], rest[1::2], strict=True):
            calls = script.many - script.few
            counts[name] = (total(many) - total(few)) / calls
            if top:
                own = by_function(many)
                own.subtract(by_function(few))
                tops[name] = [(function, value / calls) for function, value in own.most_common(top)]
        return counts, tops


def as_float(item: tuple[str, int]) -> tuple[str, float]:
    return item[0], float(item[1])


def made_with() -> dict[str, Any]:
    """What counts depend on besides the source."""
    import tapegrad._core

    flags = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    return {
        "python": sys.version,
        "python's flags": sysconfig.get_config_var("PY_CFLAGS"),
        "tapegrad's compiler": tapegrad._core._build_config()["compiler"],
        "C library": " ".join(platform.libc_ver()),
        "machine": platform.machine() + (" with avx2" if " avx2 " in flags else ""),
        "valgrind": subprocess.run(["valgrind", "--version"], capture_output=True, text=True).stdout.strip(),
    }


def show(
    counts: dict[str, float], old: dict[str, float], tops: dict[str, Sequence[tuple[str, float]]]
) -> list[str]:
    """Prints the table; the names of what has become more than the tolerance allows."""
    above = []
    print(f"{'instructions a call':<24}{'now':>14}{'baseline':>14}{'change':>9}")
    for name, now in counts.items():
        line = f"{name:<24}{now:>14,.1f}"
        if before := old.get(name):
            change = now / before - 1
            line += f"{before:>14,.1f}{change:>+9.1%}"
            if change > TOLERANCE:
                above.append(name)
                line += "  above"
            elif change < -TOLERANCE:
                line += "  below: hold it with --update"
        elif old:
            above.append(name)
            line += "  has no baseline: --update"
        print(line)
        for function, value in tops.get(name, ()):
            print(f"{value:>38,.1f}  {function[:100]}")
    return above


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--update", action="store_true", help="make these counts the baseline")
    parser.add_argument(
        "--top", type=int, default=0, metavar="N", help="list the N functions with most instructions"
    )
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        run_scripts()
        return 0
    if not shutil.which("valgrind"):
        print("NOTHING WAS COUNTED: valgrind is not installed (apt-get install valgrind)", file=sys.stderr)
        return 2
    here = made_with()
    counts, tops = count(options.top)
    baseline = (
        json.loads(BASELINE.read_text("utf-8"))
        if BASELINE.exists()
        else {"made with": here, "instructions": {}}
    )
    if options.update:
        BASELINE.write_text(json.dumps({"made with": here, "instructions": counts}, indent=2) + "\n", "utf-8")
        show(counts, baseline["instructions"], tops)
        print(f"{BASELINE.name} has these counts now")
        return 0
    then = baseline["made with"]
    if differ := [name for name in here if here[name] != then.get(name)]:
        show(counts, {}, tops)
        print("NOTHING WAS COMPARED: the baseline was made with something else:", file=sys.stderr)
        for name in differ:
            print(f"  {name}: {then.get(name)!r} then, {here[name]!r} now", file=sys.stderr)
        return 0
    above = show(counts, baseline["instructions"], tops)
    if above:
        print(f"more than {TOLERANCE:.0%} above the baseline: {', '.join(above)}", file=sys.stderr)
    return int(bool(above))


if __name__ == "__main__":
    sys.exit(main())
