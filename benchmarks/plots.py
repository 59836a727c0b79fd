"""Draws the sweeps: results/sweep.json to PNG files, for the documentation.

python benchmarks/plots.py FOLDER
"""

import sys
from pathlib import Path
from typing import Any

from harness import load

STYLES = {
    "tapegrad": ("black", "o"),
    "torch": ("tab:red", "s"),
    "autograd": ("tab:blue", "^"),
    "jax.jit": ("tab:green", "D"),
    "mygrad": ("tab:purple", "v"),
    "mlx": ("tab:brown", "P"),
    "numpy": ("tab:gray", "x"),
}


def draw_series(axes: Any, series: dict[str, dict[str, float]], each: bool) -> None:
    """A line a library: seconds by size, or of one element of it."""
    for name, (colour, marker) in STYLES.items():
        points = [(int(size), times[name]) for size, times in series.items() if name in times]
        if points:
            sizes = [size for size, _ in points]
            seconds = [seconds / size if each else seconds for size, seconds in points]
            axes.loglog(sizes, seconds, color=colour, marker=marker, markersize=4, linewidth=1.2, label=name)
    axes.grid(True, which="major", alpha=0.3)


def draw_sizes(figure: Any, sizes: dict[str, Any]) -> None:
    grid = figure.subplots(2, 2, sharex=True)
    for axes, (name, series) in zip(grid.flat, sizes.items(), strict=True):
        draw_series(axes, series, each=False)
        axes.set_title(name, fontsize=10)
    for axes in grid[1]:
        axes.set_xlabel("elements")
    for axes in grid[:, 0]:
        axes.set_ylabel("seconds, value and gradient")
    grid[0, 0].legend(fontsize=8)


def draw_nodes(figure: Any, nodes: dict[str, Any]) -> None:
    axes = figure.subplots()
    draw_series(axes, nodes, each=True)
    axes.set_xlabel("nodes in the graph")
    axes.set_ylabel("seconds a node: recorded, run backward, freed")
    axes.legend(fontsize=8)


def draw(folder: Path) -> list[Path]:
    """The files drawn, of what has been measured."""
    from matplotlib.figure import Figure

    content = load("sweep") or {}
    found = []
    for name, (function, size) in {"sizes": (draw_sizes, (9, 7)), "nodes": (draw_nodes, (6, 4))}.items():
        if name in content:
            figure = Figure(figsize=size, layout="constrained")
            function(figure, content[name])
            folder.mkdir(parents=True, exist_ok=True)
            figure.savefig(folder / f"{name}.png", dpi=110)
            found.append(folder / f"{name}.png")
    return found


if __name__ == "__main__":
    for path in draw(Path(sys.argv[1] if len(sys.argv) > 1 else ".")):
        print(path)
