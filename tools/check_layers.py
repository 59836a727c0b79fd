"""Checks that layers include only from layers to their left, and that files keep to a readable size.

    python tools/check_layers.py

DESIGN: core <- kernels <- graph <- ops <- engine <- bindings. Only bindings knows Python.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
LAYERS = ["core", "kernels", "graph", "ops", "engine", "bindings"]
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
PYTHON = re.compile(r"^(Python\.h|pybind11/|numpy/)")
MOST_LINES = {".h": 280, ".cpp": 560, ".py": 560, ".pyi": 6000}
FOLDERS = ["csrc", "python", "tests", "benchmarks", "examples", "tools"]


def include_faults(path: Path) -> Iterator[str]:
    """What a source file of csrc/ includes that its layer may not know."""
    layer = path.relative_to(ROOT / "csrc").parts[0]
    if layer not in LAYERS:
        yield f"{layer} is no layer: {', '.join(LAYERS)}"
        return
    visible = LAYERS[: LAYERS.index(layer) + 1]
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if not (found := INCLUDE.match(line)):
            continue
        bracket, name = found.groups()
        if PYTHON.match(name):
            if layer != "bindings":
                yield f"{number}: only bindings/ knows Python, not {layer}/: {name}"
        elif bracket == '"' and name.split("/")[0] not in visible:
            yield f"{number}: {layer}/ includes {name}; it may include from {', '.join(visible)}"


def size_faults(path: Path) -> Iterator[str]:
    most = MOST_LINES[path.suffix]
    lines = path.read_text("utf-8").count("\n")
    if lines > most:
        yield f"{lines} lines; a {path.suffix} file has at most {most}: one concept a file"


def main() -> int:
    faults = []
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix not in MOST_LINES:
                continue
            found = [*size_faults(path)]
            if folder == "csrc":
                found += include_faults(path)
            faults += [f"{path.relative_to(ROOT)}: {fault}" for fault in found]
    print("\n".join(faults) or "layers and sizes: as they should be")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
