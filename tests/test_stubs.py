"""The checked-in stub is that of the module under test."""

import importlib.util
import shutil
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[1] / "tools" / "stubs.py"


@pytest.fixture(scope="module")
def stubs():
    sys.path.insert(0, str(TOOL.parent))
    try:
        spec = importlib.util.spec_from_file_location("stubs", TOOL)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(TOOL.parent))
    return module


def test_stub_is_up_to_date(stubs, capsys):
    assert stubs.main(["--check"]) == 0, f"run `python tools/stubs.py`:\n{capsys.readouterr().out}"


def test_difference_is_shown(stubs, capsys, tmp_path, monkeypatch):
    shutil.copytree(stubs.STUBS, tmp_path, dirs_exist_ok=True)
    stale = tmp_path / "__init__.pyi"
    stale.write_text(stale.read_text("utf-8").replace("def sum(", "def total("), "utf-8")
    monkeypatch.setattr(stubs, "STUBS", tmp_path)
    assert stubs.main(["--check"]) == 1
    out = capsys.readouterr().out
    assert "-def total(" in out
    assert "+def sum(" in out
