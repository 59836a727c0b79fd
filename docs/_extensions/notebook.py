"""A script in percent format as a notebook, with the outputs that it had elsewhere beside its own.

The source of such a page is a file `NAME.cells` of three lines: the script, the file with the other outputs,
and what to call them. myst-nb runs the notebook; `beside` puts the outputs into columns.
"""

import re
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from run_cells import read_cells

ROOT = Path(__file__).parents[2]
TITLE = """# The document, on tapegrad

The tutorial that this library was made to run, cell by cell. `{script}` has them to the letter but for the
import lines, and they ran when this page was built. On the left is what the tutorial shows after each cell,
on the right what tapegrad shows. Random numbers and addresses differ; all else is the same.
"""


def other_outputs(path: Path) -> dict[str, str]:
    """What follows each `In [n]:` in the file: code, output, and the text up to the next cell."""
    pieces = re.split(r"^In \[(\d+)\]:\n", path.read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def without(text: str, code: str, following: str) -> str:
    """The output alone: the lines after those of the code and before the text that follows."""
    lines = text.split("\n")[code.count("\n") + 1 :]
    return "\n".join(lines).strip("\n").removesuffix(following).strip("\n")


def from_cells(source: str) -> nbformat.NotebookNode:
    script, outputs, title = source.strip().splitlines()
    given = other_outputs(ROOT / outputs)
    cells = list(read_cells(str(ROOT / script)))
    notebook = [new_markdown_cell(TITLE.format(script=script))]
    for i, cell in enumerate(cells):
        if cell.title == "[markdown]":
            text = re.sub(r"^# ?", "", cell.text, flags=re.MULTILINE)
            notebook.append(new_markdown_cell(text))
            continue
        tags = ["raises-exception"] if cell.raises else []
        notebook.append(new_code_cell(cell.text, metadata={"tags": tags}))
        following = ""
        if i + 1 < len(cells) and cells[i + 1].title == "[markdown]":
            following = re.sub(r"^# ?", "", cells[i + 1].text, flags=re.MULTILINE)
        output = without(given[cell.title.strip("In []")], cell.text, following)
        if output:
            fence = f"```{{code-block}} text\n:class: other-output\n:caption: {title}\n\n{output}\n```"
            notebook.append(new_markdown_cell(fence))
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return new_notebook(cells=notebook, metadata=kernel)
