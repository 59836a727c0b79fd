"""The tutorial in data/document.txt: every cell of the example shows what the tutorial shows."""

import importlib
import re
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import pytest

EXAMPLE = Path(__file__).parents[1] / "examples" / "variable_autograd.py"
DOCUMENT = Path(__file__).parent / "data" / "document.txt"
pytestmark = pytest.mark.own("the example imports tapegrad")
RANDOM, LAST = "9", "28"  # the cell of the random cotangent; the cell that raises


def by_cell(text: str) -> dict[str, str]:
    """What follows each `In [..]:`, code and output and headings, under the cell's number."""
    before, *pieces = re.split(r"^In \[(\d+)\]:\n", text, flags=re.MULTILINE)
    return {"before": before} | dict(zip(pieces[::2], pieces[1::2], strict=True))


def masked(text: str) -> str:
    """Without the nodes' addresses, which differ from run to run."""
    return re.sub(r" object at 0x[0-9a-fA-F]+>", " object at 0x...>", text)


EXPECTED = by_cell(
    DOCUMENT.read_text(encoding="utf-8").replace(
        "import torch\nfrom torch.autograd", "import tapegrad as torch\nfrom tapegrad.autograd"
    )
)


class Run(NamedTuple):
    cells: dict[str, str]
    variables: dict[str, Any]
    warnings: list[str]


@pytest.fixture(scope="module")
def run(lib: Any) -> Run:
    """The example, run in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(EXAMPLE.parent)
        runner = importlib.import_module("run_cells")
    lib.manual_seed(0)  # numbers further apart could be printed in scientific notation
    variables: dict[str, Any] = {}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        shown = "\n".join(runner.run_cells(str(EXAMPLE), variables))
    return Run(by_cell(shown), variables, [str(warning.message) for warning in caught])


def test_same_cells(run: Run) -> None:
    assert list(run.cells) == list(EXPECTED)
    assert len(EXPECTED) == 20


@pytest.mark.parametrize("cell", [cell for cell in EXPECTED if cell not in (RANDOM, LAST)])
def test_cell(run: Run, cell: str) -> None:
    assert masked(run.cells[cell]) == masked(EXPECTED[cell])


def test_random_cotangent(run: Run) -> None:
    """With y = x**2 + 4x and z = 2y + 3 at x = 0, the gradient is 8 times the cotangent."""
    cotangent, gradient = (run.variables[name] for name in ("loss", "x"))
    gradient = gradient.grad
    assert (gradient.numpy() == 8 * cotangent.numpy()).all()

    number = r"\d\.\d{4}"
    shown, expected = run.cells[RANDOM], EXPECTED[RANDOM]
    assert re.sub(number, "#", shown) == re.sub(number, "#", expected)
    values = [f"{value:.4f}" for value in gradient.numpy().ravel()]
    assert re.findall(number, shown) == values


def test_second_backward(run: Run) -> None:
    """The document's words to the letter; what follows them, on lines of its own, is ours."""
    shown, expected = run.cells[LAST], EXPECTED[LAST]
    assert shown.startswith(expected + "\n")
    out, gradient = run.variables["out"], run.variables["grad"]
    assert gradient.shape != out.shape  # freed buffers are met before the wrong shape
    with pytest.raises(RuntimeError) as raised:
        out.backward(gradient)
    assert type(raised.value) is RuntimeError
    assert f"RuntimeError: {raised.value}".splitlines()[0] == expected.splitlines()[-1]


def test_warns_only_of_gradients_of_non_leaves(run: Run) -> None:
    assert len(run.warnings) == 4  # y.grad, z.grad, b.grad, c.grad
    assert all("not a leaf Tensor is being accessed" in warning for warning in run.warnings)


def test_as_a_script(run: Run) -> None:
    """`python examples/variable_autograd.py` shows every cell and ends well."""
    done = subprocess.run([sys.executable, str(EXAMPLE)], capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    cells = by_cell(done.stdout.removesuffix("\n"))
    assert list(cells) == list(EXPECTED)
    for cell in EXPECTED:
        if cell != RANDOM:
            assert masked(cells[cell]) == masked(run.cells[cell])
