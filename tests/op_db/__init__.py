"""The op database: an entry an op, from which tests/test_ops.py and tests/parity draw all they check.

To add an op: add an `Op` to the table of its family (`OPS` of a file here), then run
`python tests/record_parity.py` (needs torch).
`spec.py` says what an entry is made of, `run.py` runs samples.
"""

from importlib import import_module
from pkgutil import iter_modules

FAMILIES = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
OPS = [op for family in FAMILIES for op in getattr(family, "OPS", ())]

# Rows that the graph makes nodes of by itself; the tests of the tape see to them.
GRAPH_ROWS = {"accumulate_grad", "copy_slices", "as_strided", "custom_function"}

# What random functions make nodes of; tests/test_random.py sees to them.
RANDOM_ROWS = {
    *("bernoulli", "bernoulli_", "bernoulli_number_", "binomial", "cauchy_", "exponential_", "geometric_"),
    *("log_normal_", "normal_", "normal_both", "normal_mean", "normal_std", "poisson"),
    *("random_", "random_below_", "random_between_", "uniform_"),
}

assert len({op.id for op in OPS}) == len(OPS), "two entries with one id"
