"""Run a script in percent format and show what a notebook shows: each cell, then its output.

    python examples/run_cells.py examples/variable_autograd.py

A line `# %% In [3]` starts a cell, `# %% [markdown]` a cell of text in comments; what stands before the first
is skipped. Of a cell's bare expressions the last is displayed. An exception ends the run, unless the cell is
tagged, as in Jupyter, `tags=["raises-exception"]`: then its message is shown and the next cell runs.
"""

import ast
import contextlib
import io
import re
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

MARK = re.compile(r'^# %% (?P<title>.*?)(?P<raises> tags=\["raises-exception"\])?\n', re.MULTILINE)


class Cell(NamedTuple):
    title: str
    raises: bool
    text: str
    line: int  # where in the file the text starts, counted from 1


def read_cells(path: str) -> Iterator[Cell]:
    source = Path(path).read_text(encoding="utf-8")
    marks = list(MARK.finditer(source))
    ends = [mark.start() for mark in marks[1:]] + [len(source)]
    for mark, end in zip(marks, ends, strict=True):
        line = source.count("\n", 0, mark.end()) + 1
        yield Cell(mark["title"], bool(mark["raises"]), source[mark.end() : end].rstrip("\n"), line)


def execute(cell: Cell, path: str, namespace: dict[str, Any]) -> tuple[str, str]:
    """Run a cell; return what it printed, and what it displays or the error that it raised."""
    printed, displayed = io.StringIO(), ""
    match ast.parse("\n" * (cell.line - 1) + cell.text, path).body:  # keeps the file's line numbers
        case [*body, ast.Expr(last)]:
            pass
        case body:
            last = ast.Constant(None, lineno=cell.line, col_offset=0)
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(ast.Module(body, []), path, "exec"), namespace)
            value = eval(compile(ast.Expression(last), path, "eval"), namespace)
            displayed = "" if value is None else repr(value)
    except Exception as error:
        if not cell.raises:
            raise
        displayed = "".join(traceback.format_exception_only(error)).rstrip("\n")
    return printed.getvalue(), displayed


def run_cells(path: str, namespace: dict[str, Any]) -> Iterator[str]:
    """The file as a notebook shows it, a piece a cell; the cells share `namespace`."""
    for cell in read_cells(path):
        if cell.title == "[markdown]":
            yield re.sub(r"^# ?", "", cell.text, flags=re.MULTILINE) + "\n"
        else:
            parts = f"{cell.title}:\n{cell.text}", *execute(cell, path, namespace)
            yield "\n\n".join(filter(None, parts)) + "\n"


def main(path: str) -> None:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # a cell's text may be in any language
    for piece in run_cells(path, {"__name__": "__main__"}):
        print(piece, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
