"""The examples and the README's first use run as they stand, and give what they promise."""

import io
import re
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.own("the examples import tapegrad")


def run(example: str, *arguments: str) -> str:
    command = [sys.executable, "-X", "utf8", str(ROOT / "examples" / example), *arguments]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_digits(tmp_path: Path) -> None:
    for package in ("matplotlib", "sklearn", "tqdm"):
        pytest.importorskip(package)
    picture = tmp_path / "digits.png"
    accuracy = re.match(r"held-out accuracy: (\d+\.\d+)%", run("digits.py", "--output", str(picture)))
    assert accuracy
    assert float(accuracy[1]) >= 96
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_rosenbrock() -> None:
    distance = re.search(r"in 30 dimensions, every x within (\S+) of 1", run("rosenbrock.py", "--size", "30"))
    assert distance
    assert float(distance[1]) < 1e-5


def test_first_use_in_readme() -> None:
    """Each `print(...)  # text` in it prints that text."""
    for code in re.findall(r"^```python\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.M | re.S):
        promised = re.findall(r"^print\(.*\)  # (.*)$", code, re.MULTILINE)
        with redirect_stdout(io.StringIO()) as printed:
            exec(code, {})
        assert promised
        assert printed.getvalue().splitlines() == promised
