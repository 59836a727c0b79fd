"""Sphinx: `python -m sphinx -W docs build/docs`. Reads the tests' op database, the C++ sources and what the
benchmarks measured, too."""

import sys
from pathlib import Path

import tapegrad

root = Path(__file__).parent.parent
sys.path[:0] = [str(root / "docs" / "_extensions"), str(root / "tests"), str(root / "benchmarks")]

project = "tapegrad"
version = release = tapegrad.__version__
extensions = ["operators", "sphinx.ext.doctest"]
html_theme = "alabaster"
html_theme_options = {"description": "PyTorch's autograd for NumPy users", "page_width": "1100px"}
exclude_patterns = ["_build"]
doctest_global_setup = """
import warnings

import numpy as np
import tapegrad as tg

tg.manual_seed(0)
warnings.simplefilter("ignore")  # anomaly mode's, which show the whole of the caller's stack
"""


def setup(app):
    """Draws the plots of docs/benchmarks.rst, which are not in the repository."""
    import plots

    plots.draw(root / "docs" / "plots")
