"""One test body, two libraries: `--lib torch` runs the suite on the oracle in place of tapegrad."""

import importlib

import pytest
from hypothesis import settings

# The default is the same examples on every run; `--hypothesis-profile explore` looks for new ones.
settings.register_profile("default", max_examples=100, deadline=None, database=None, derandomize=True)
settings.register_profile("explore", max_examples=3000, deadline=None, database=None, print_blob=True)
settings.load_profile("default")


def pytest_addoption(parser):
    parser.addoption("--lib", default="tapegrad", help="module under test: tapegrad (default) or torch")


def pytest_configure(config):
    config.addinivalue_line("markers", "own(why): tapegrad differs from PyTorch here on purpose")


def pytest_runtest_setup(item):
    own = item.get_closest_marker("own")
    if own and item.config.getoption("--lib") != "tapegrad":
        pytest.skip(f"tapegrad's own: {own.args[0]}")


@pytest.fixture(scope="session")
def lib(request):
    """The library under test. Test modules import neither it nor torch by name."""
    return importlib.import_module(request.config.getoption("--lib"))


@pytest.fixture
def grad_mode(lib):
    """One test's failure leaves the next one's mode alone."""
    yield
    lib.set_grad_enabled(True)
