"""show_config(): what a report of a bug needs."""

import os
import platform
import subprocess
import sys

import numpy as np
import pytest

pytestmark = pytest.mark.own("of tapegrad's own build")


def test_it_says_what_is_true(lib):
    found = lib.show_config("dicts")
    assert found["versions"] == {
        "tapegrad": lib.__version__,
        "numpy": np.__version__,
        "python": f"CPython {platform.python_version()}",
    }
    assert found["platform"]["machine"] == platform.machine()
    assert found["platform"]["byte order"] == sys.byteorder
    assert found["platform"]["pointer bits"] == 8 * np.dtype(np.intp).itemsize
    assert "OpenBLAS" in found["compute"]["BLAS and LAPACK"]
    assert os.path.samefile(found["build"]["module"], lib._core.__file__)


def test_threads_are_those_of_now(lib):
    before = lib.get_num_threads()
    try:
        lib.set_num_threads(3)
        assert lib.show_config("dicts")["compute"]["threads"] == 3
    finally:
        lib.set_num_threads(before)


def test_it_is_printed(lib, capsys):
    assert lib.show_config() is None
    lines = capsys.readouterr().out.splitlines()
    for section, entries in lib.show_config("dicts").items():
        assert f"{section}:" in lines
        for name, value in entries.items():
            assert f"  {name}: {value}" in lines


def test_bad_mode(lib):
    with pytest.raises(ValueError, match="'dicts'"):
        lib.show_config("json")


def test_it_needs_no_other_package(lib):
    code = "import sys, tapegrad; tapegrad.show_config(); assert 'scipy' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
