"""NumPy's functions on Variables: the differentiable ones against NumPy, and both derivatives numerically."""

import warnings

import numpy as np
import numpy_cases
import numpy_cases_more
import pytest

pytestmark = pytest.mark.own("torch's tensors do not answer for NumPy's functions")

CASES = numpy_cases.CASES + numpy_cases_more.CASES
IDS = [f"{name}-{k}" for k, (name, *_) in enumerate(CASES)]


def flat(result):
    """Arrays of a result that may be a tuple or a list."""
    if isinstance(result, (tuple, list)):
        return [leaf for part in result for leaf in flat(part)]
    return [result]


@pytest.mark.parametrize(("name", "function", "arrays"), CASES, ids=IDS)
def test_differentiable(lib, name, function, arrays):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = flat(function(*arrays))
    leaves = [lib.tensor(a).requires_grad_() for a in arrays]
    results = flat(function(*leaves))
    assert len(results) == len(expected)
    assert any(getattr(r, "requires_grad", False) for r in results), "lost from the tape"
    for got, value in zip(results, expected, strict=True):
        if not isinstance(got, lib.Variable):
            assert got == value
            continue
        assert tuple(got.shape) == np.shape(value)
        assert str(got.dtype).split(".")[-1] == str(np.asarray(value).dtype)
        np.testing.assert_allclose(got.detach().numpy(), value, rtol=1e-10, atol=1e-12)

    def differentiable_part(*args):
        parts = tuple(r for r in flat(function(*args)) if getattr(r, "requires_grad", False))
        return tuple(p.nan_to_num() for p in parts)

    assert lib.autograd.gradcheck(differentiable_part, leaves)
    assert lib.autograd.gradgradcheck(differentiable_part, leaves)


@pytest.mark.parametrize(("name", "function", "arrays"), CASES, ids=IDS)
def test_plain_arrays_and_constants(lib, name, function, arrays):
    """Without requires_grad the results are the same, and nothing is on the tape."""
    constants = [lib.tensor(a) for a in arrays]
    leaves = [lib.tensor(a).requires_grad_() for a in arrays]
    for got, recorded in zip(flat(function(*constants)), flat(function(*leaves)), strict=True):
        if isinstance(got, lib.Variable):
            assert not got.requires_grad
            np.testing.assert_allclose(got.numpy(), recorded.detach().numpy(), rtol=1e-12, atol=1e-14)


def test_every_differentiable_function_has_a_case():
    from tapegrad._numpy.table import DIFFERENTIABLE

    there = {name for name in DIFFERENTIABLE if numpy_cases.is_there(name)}
    assert there - {"row_stack", "trapz"} <= {name for name, *_ in CASES}
