"""How the compiled module's BLAS is loaded: without threads, for the module's own pool calls it.

Those that OpenBLAS starts when it is loaded would never be used, and spin for a tenth of a second.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import numpy  # noqa: F401  (its own OpenBLAS reads the same variable, and must have done so before)

__all__ = ["without_threads"]

_VARIABLE = "OPENBLAS_NUM_THREADS"


@contextmanager
def without_threads() -> Iterator[None]:
    """What is loaded in here takes the number of threads for 1; afterwards the environment is as before."""
    before = os.environ.get(_VARIABLE)
    os.environ[_VARIABLE] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_VARIABLE]
        else:
            os.environ[_VARIABLE] = before
