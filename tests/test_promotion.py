"""Type promotion: every pair of dtypes and kinds of operand as PyTorch has it, and NumPy's scalars."""

import json

import numpy as np
import pytest
from op_db.promotion import OPERANDS, OPERATIONS, PATH, operand, outcome
from op_db.run import dtype_name
from semantics import raises


@pytest.fixture(scope="module")
def torch_said():
    return json.loads(PATH.read_text())


@pytest.mark.parametrize("left", OPERANDS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_as_recorded(lib, operation, left, torch_said):
    said = dict(zip(OPERANDS, torch_said[operation][OPERANDS.index(left)], strict=True))
    assert {right: outcome(lib, operation, left, right) for right in OPERANDS} == said


NUMPY_SCALARS = [
    ("int8[3]", np.int64(1), "int8"),
    ("int8[]", np.int64(1), "int8"),
    ("uint8[3]", np.int32(1), "uint8"),
    ("float32[3]", np.float64(2), "float32"),
    ("float32[]", np.float64(2), "float32"),
    ("int64[3]", np.float64(1.5), "float32"),
    ("int64[3]", np.float32(1.5), "float32"),
    ("bool[3]", np.int8(1), "int64"),
]


@pytest.mark.parametrize(("tensor", "scalar", "expected"), NUMPY_SCALARS)
def test_numpy_scalars_count_as_python_numbers(lib, tensor, scalar, expected):
    assert dtype_name(operand(lib, tensor) * scalar) == expected


@pytest.mark.own("PyTorch gives an ndarray here")
@pytest.mark.parametrize(("tensor", "scalar", "expected"), NUMPY_SCALARS)
def test_numpy_scalars_on_the_left(lib, tensor, scalar, expected):
    result = scalar * operand(lib, tensor)
    assert isinstance(result, lib.Tensor)
    assert dtype_name(result) == expected


@pytest.mark.parametrize("name", ["exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "reciprocal"])
@pytest.mark.parametrize("integer", ["int64[3]", "int8[]", "uint8[3]", "bool[]"])
def test_functions_of_integers_are_float32(lib, name, integer):
    assert dtype_name(getattr(lib, name)(operand(lib, integer))) == "float32"


def test_gradient_has_the_dtype_of_its_leaf(lib):
    single = lib.ones(3, dtype=lib.float32, requires_grad=True)
    double = lib.ones(3, dtype=lib.float64, requires_grad=True)
    (single * double).sum().backward()
    assert dtype_name(single.grad) == "float32"
    assert dtype_name(double.grad) == "float64"


def test_augmented_assignment_keeps_the_dtype(lib):
    x = lib.ones(3, dtype=lib.float32)
    x += lib.ones(3, dtype=lib.float64)
    assert dtype_name(x) == "float32"
    with pytest.raises(RuntimeError, match="can't be cast to the desired output type"):
        lib.ones(3, dtype=lib.int64).div_(2)
    with pytest.raises(RuntimeError, match="can't be cast to the desired output type"):
        lib.ones(3, dtype=lib.bool).add_(1)


@pytest.mark.own("PyTorch takes np.bool_ for a float")
def test_numpy_bools_are_bools(lib):
    assert dtype_name(operand(lib, "bool[3]") & np.True_) == "bool"
    assert dtype_name(operand(lib, "int64[3]") * np.True_) == "int64"
    assert dtype_name(operand(lib, "uint8[3]") + np.bool_(True)) == "uint8"


TIERS = [
    (lambda lib, of: of("float32[1]") + of("float64[]"), "float32"),
    (lambda lib, of: of("int64[1]") + of("float64[]"), "float64"),
    (lambda lib, of: of("int64[1]") + 1.5, "float32"),
    (lambda lib, of: of("int8[1]") * np.int64(1), "int8"),
    (lambda lib, of: of("uint8[3]") + of("int8[3]"), "int16"),
    (lambda lib, of: of("int64[1]") + of("float32[1]"), "float32"),
    (lambda lib, of: of("bool[]") + 1, "int64"),
    (lambda lib, of: lib.sin(of("int64[]")), "float32"),
]


@pytest.mark.parametrize(("compute", "expected"), TIERS)
def test_dimensioned_over_0d_over_numbers(lib, compute, expected):
    """A lower tier counts only if it is of a higher kind: bool, int, float."""
    assert dtype_name(compute(lib, lambda name: operand(lib, name))) == expected


def test_clamp_is_in_the_dtype_of_input_and_bounds(lib):
    small, flags = lib.tensor([1, 200], dtype=lib.uint8), lib.tensor([True, False])
    assert lib.clamp(small, 0.5, 300).tolist() == [1.0, 200.0]
    assert lib.clamp(small, 0.5, 300).dtype == lib.float32
    assert lib.clamp(flags, 0, 1).tolist() == [1, 0]
    assert lib.clamp(flags, 0, 1).dtype == lib.int64
    assert lib.tensor([1, 2], dtype=lib.int8).clamp(min=lib.tensor([0.5, 300.0])).tolist() == [1.0, 300.0]
    assert lib.tensor([1, 2], dtype=lib.int8).clamp(max=lib.tensor([-300.0, 9.0])).tolist() == [-300.0, 2.0]
    with raises("without overflow"):
        lib.clamp(small, 0, 300)
    with raises("can't be cast"):
        small.clamp_(0.5, 300)
    with raises("unsigned type with negative limits"):
        lib.nn.functional.hardtanh(small, -1, 1)
