"""Compares the stubs, and the types of the Python files, with the module as it is at run time, by mypy's stubtest.

    python tools/stubtest.py

Where they differ on purpose stands in stubtest_allowlist.txt. Functions that the stubs overload, most of them for
NumPy's names (`axis`, `keepdims`, `ddof`), are added to it here: a text signature has no place for a second name.
"""

import ast
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

TOOLS = Path(__file__).parent
STUBS = TOOLS.parent / "python" / "tapegrad" / "_core"


def overloaded(path: Path) -> Iterator[str]:
    """The functions of a stub that have more than one signature."""
    module = "tapegrad._core" + ("" if path.stem == "__init__" else f".{path.stem}")
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef) and any(
            isinstance(d, ast.Name) and d.id == "overload" for d in node.decorator_list
        ):
            yield f"{module}.{node.name}"


def main() -> int:
    names = sorted({name for path in STUBS.glob("*.pyi") for name in overloaded(path)})
    with tempfile.TemporaryDirectory() as folder:
        generated = Path(folder, "overloaded.txt")
        generated.write_text("".join(f"{name.replace('.', chr(92) + '.')}\n" for name in names), "utf-8")
        lists = [f"--allowlist={path}" for path in (TOOLS / "stubtest_allowlist.txt", generated)]
        config = f"--mypy-config-file={TOOLS.parent / 'pyproject.toml'}"
        command = [sys.executable, "-m", "mypy.stubtest", "tapegrad", "--concise", config, *lists]
        return subprocess.run([*command, "--ignore-unused-allowlist"]).returncode


if __name__ == "__main__":
    sys.exit(main())
