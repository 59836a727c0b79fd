"""Writes the tables of README.md and benchmarks/README.md anew from results/*.json.

    python benchmarks/report.py            # write
    python benchmarks/report.py --check    # exit 1 if what stands there is another

A table stands between `<!-- NAME -->` and `<!-- end of NAME -->`, and nothing else there is kept.
"""

import argparse
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness import load, ratio, row, table
from kernels import behind_rows
from memory import node_rows, peak_rows
from sweep import series_rows

ROOT = Path(__file__).resolve().parents[1]
SHORT = ["tapegrad", "torch", "autograd", "jax.jit", "numpy"]  # of the README's table
ALL = ["tapegrad", "torch", "autograd", "jax.jit", "mygrad", "mlx", "casadi", "numpy"]
MOST_BEHIND = 40  # lines of the list of kernels
WHY = {  # where a peer is expected to be ahead
    ("import", "autograd"): "which is Python alone",
    ("hessian_product", "numpy"): "for the formula by hand needs neither value nor gradient",
    ("euler", "numpy"): "for by hand it is Python's own floats, without an array for each",
}
Content = dict[str, Any]


def measured(content: Content) -> str:
    """One sentence: when, on what, of which versions."""
    about = content["surroundings"]
    versions = ", ".join(f"{name} {version}" for name, version in about["versions"].items())
    text = (
        f"Measured on {about['date']} on {about['processors']} processors ({about['processor']}, "
        f"{about['memory, GB']} GB, {about['system']}), CPython {about['python']}; {versions}."
    )
    if about["load"] > about["processors"] + 0.5:
        text += f" The machine was busy (load {about['load']}), where threads wait: factors are too large."
    return text


def workloads(libraries: list[str]) -> Callable[[Content], str]:
    def write(content: Content) -> str:
        there = [name for name in libraries if any(name in times for times in content["seconds"].values())]
        rows = [["", *there], *(row(name, times, there) for name, times in content["seconds"].items())]
        return table(rows, markdown=True) + "\n\n" + measured(content)

    return write


def workloads_behind(content: Content) -> str:
    """Where torch, autograd or NumPy is ahead."""
    lines = []
    for name, times in content["seconds"].items():
        ahead = {
            peer: times["tapegrad"] / times[peer]
            for peer in ("torch", "autograd", "numpy")
            if peer in times and times["tapegrad"] > times[peer]
        }
        if ahead:
            whys = {peer: f", {WHY[name, peer]}" if (name, peer) in WHY else "" for peer in ahead}
            text = ", ".join(f"{peer} by {ratio(factor)}{whys[peer]}" for peer, factor in ahead.items())
            lines.append(f"- `{name}`: {text}")
    return "\n".join(lines) or "None."


def sizes(content: Content) -> str:
    tables = [table(series_rows(name, series), markdown=True) for name, series in content["sizes"].items()]
    return "\n\n".join([*tables, measured(content)])


def nodes(content: Content) -> str:
    return table(series_rows("time of a node, in a chain of", content["nodes"], each=True), markdown=True)


def threads(content: Content) -> str:
    rows = [["of 1,000,000 elements", "library", "threads", "time", "gain"]]
    for name, series in content["threads"].items():
        for library in ("tapegrad", "torch"):
            alone = next(iter(series.values())).get(library)
            for count, times in series.items():
                if library in times:
                    time = f"{times[library] * 1e3:.2f} ms"
                    rows.append([name, library, count, time, f"{alone / times[library]:.2f}x"])
    return table(rows, markdown=True)


def memory(content: Content) -> str:
    return table(peak_rows(content["peaks"]), markdown=True) + "\n\n" + measured(content)


def kernels(content: Content) -> str:
    rows = behind_rows(content["behind"])
    middle = content["peer's time over tapegrad's, median"]
    medians = [["elements", *next(iter(middle.values()))]]
    medians += [[f"{int(size):,}", *map(ratio, ratios.values())] for size, ratios in middle.items()]
    left_out = len(rows) - 1 - MOST_BEHIND
    parts = [
        f"The median over kernels of the peer's time over tapegrad's, of {content['cells']:,} comparisons "
        f"(threads: {content['threads']}):",
        table(medians, markdown=True),
        "Behind:",
        table(rows[: MOST_BEHIND + 1], markdown=True),
        *([f"And {left_out} lines with smaller factors, in `results/kernels.json`."] if left_out > 0 else []),
    ]
    return "\n\n".join([*parts, measured(content)])


# By file and marker: the results that the table is of, and how it is written.
TABLES: dict[str, dict[str, tuple[str, Callable[[Content], str]]]] = {
    "README.md": {"workloads": ("workloads", workloads(SHORT))},
    "benchmarks/README.md": {
        "workloads": ("workloads", workloads(ALL)),
        "behind": ("workloads", workloads_behind),
        "sizes": ("sweep", sizes),
        "nodes": ("sweep", nodes),
        "threads": ("sweep", threads),
        "memory": ("memory", memory),
        "bytes": ("memory", lambda content: table(node_rows(content["nodes"]), markdown=True)),
        "kernels": ("kernels", kernels),
    },
}


def filled(text: str, marker: str, content: str) -> str:
    """The text with what is between the marker's two lines replaced."""
    start, end = f"<!-- {marker} -->", f"<!-- end of {marker} -->"
    pattern = re.compile(f"{re.escape(start)}\n.*?{re.escape(end)}", re.DOTALL)
    if len(pattern.findall(text)) != 1:
        raise ValueError(f"{start} and {end} must stand there once, in this order")
    return pattern.sub(lambda _: f"{start}\n\n{content}\n\n{end}", text)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 where a table is out of date"
    )
    options = parser.parse_args()
    outdated = False
    for name, tables in TABLES.items():
        path = ROOT / name
        old = text = path.read_text("utf-8")
        for marker, (results, write) in tables.items():
            content = load(results)
            if content:
                text = filled(text, marker, write(content))
        if text != old:
            outdated = True
            print(f"{name}: {'out of date' if options.check else 'written'}", file=sys.stderr)
            if not options.check:
                path.write_text(text, "utf-8")
    return int(options.check and outdated)


if __name__ == "__main__":
    sys.exit(main())
