"""Every sample of the op database in tapegrad and in PyTorch, side by side."""

import numpy as np
import pytest
from op_db import OPS
from op_db.run import Call, SecondOrder, assert_close, first_gradients, for_each, to_numpy

torch = pytest.importorskip("torch")

PAIRS = [(op, dtype) for op in OPS for dtype in op.dtypes]
COARSE = {"float32": {"rtol": 1e-3, "atol": 1e-4}, "float64": {"rtol": 1e-9, "atol": 1e-10}}


@pytest.mark.parametrize(("op", "dtype"), PAIRS, ids=str)
def test_values_and_gradients(lib, op, dtype):
    def check(sample):
        tolerance = COARSE.get(dtype, {}) if sample.large and dtype not in op.rtol else {}
        ours, theirs = (first_gradients(library, op, sample) for library in (lib, torch))
        for what, mine, other in zip(("output", "gradient"), ours, theirs, strict=True):
            for k, (actual, expected) in enumerate(zip(mine, other, strict=True)):
                assert (actual is None) == (expected is None), f"{what} {k}: {actual}, PyTorch has {expected}"
                if actual is not None:
                    assert_close(actual, to_numpy(expected), op, f"{what} {k}", **tolerance)

    for_each(op, op.good(dtype), check)


# PyTorch's derivative of a derivative is missing, or NaN.
NO_SECOND = ("cdist", "hardsigmoid", "pdist")


@pytest.mark.parametrize("op", [op for op in OPS if op.grad and op.name not in NO_SECOND], ids=str)
def test_second_gradients(lib, op):
    def check(sample):
        ours, theirs = (SecondOrder(library, op, sample) for library in (lib, torch))
        for variable, actual, expected in zip(
            ours.variables, ours.gradient(), theirs.gradient(), strict=True
        ):
            zeros = np.zeros_like(to_numpy(variable))
            assert_close(
                zeros if actual is None else actual, zeros if expected is None else to_numpy(expected), op
            )

    for_each(op, op.smooth(), check)


@pytest.mark.parametrize(("op", "dtype"), PAIRS, ids=str)
def test_errors(op, dtype):
    """The errors that the database names are PyTorch's."""

    def check(sample):
        error, phrase = sample.error
        with pytest.raises(error) as caught:
            Call(torch, op, sample).outputs()
        assert phrase in str(caught.value)

    for_each(op, [s for s in op.all_samples(dtype) if s.error], check)
