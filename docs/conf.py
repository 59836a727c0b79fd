"""Sphinx: `python -m sphinx -W docs build/docs`. Reads the tests' op database, the C++ sources and what the
benchmarks measured, too."""

import os
import sys
from pathlib import Path

import tapegrad

root = Path(__file__).parent.parent
sys.path[:0] = [str(root / name) for name in ("docs/_extensions", "tests", "examples", "benchmarks")]
# The notebook's kernel is to import what this process did.
os.environ["PYTHONPATH"] = str(Path(tapegrad.__file__).parents[1])
os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"

project = "tapegrad"
version = release = tapegrad.__version__
extensions = [
    "beside",
    "both",
    "coverage_table",
    "errors",
    "numpy_coverage",
    "operators",
    "reference",
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.doctest",
    "sphinx.ext.napoleon",
]
exclude_patterns = ["_build"]
default_role = "literal"

html_theme = "furo"
html_title = "tapegrad"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
html_show_copyright = False
html_show_sourcelink = False
pygments_style = "friendly"
pygments_dark_style = "native"

nb_custom_formats = {".cells": "notebook.from_cells"}
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_render_error_lexer = "text"  # messages with backticks are no IPython
nb_output_stderr = "remove"  # warnings, with paths of the machine that builds this

autodoc_member_order = "bysource"
autodoc_typehints = "none"
napoleon_numpy_docstring = False
napoleon_use_rtype = False

doctest_global_setup = """
import warnings

import numpy as np
import tapegrad
import tapegrad as tg
from tapegrad.autograd import Function

tg.manual_seed(0)
warnings.simplefilter("ignore")  # anomaly mode's, which show the whole of the caller's stack
"""


def setup(app):
    """Draws the plots of docs/benchmarks.rst, which are not in the repository."""
    import plots

    plots.draw(root / "docs" / "plots")
