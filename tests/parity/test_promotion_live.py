"""Type promotion in tapegrad and in PyTorch, side by side: every pair of dtypes and kinds of operand."""

import operator

import pytest
from op_db.promotion import OPERANDS, OPERATIONS, operand, outcome
from op_db.run import dtype_name
from op_db.spec import ALL

torch = pytest.importorskip("torch")

MORE = {
    name: getattr(operator, name)
    for name in ("sub", "mul", "truediv", "pow", "eq", "lt", "floordiv", "mod", "and_")
}


def result(lib, function, left: str, right: str) -> str:
    if left.startswith("python") and right.startswith("python"):
        return ""
    try:
        return dtype_name(function(operand(lib, left), operand(lib, right)))
    except (RuntimeError, TypeError):
        return "error"


@pytest.mark.parametrize("operation", OPERATIONS)
def test_table(lib, operation):
    for left in OPERANDS:
        ours, theirs = (
            {right: outcome(library, operation, left, right) for right in OPERANDS}
            for library in (lib, torch)
        )
        assert ours == theirs, left


@pytest.mark.parametrize("name", MORE)
def test_operators(lib, name):
    operands = [x for x in OPERANDS if name != "pow" or x != "python bool"]  # bool ** True is undefined here
    for left in operands:
        ours, theirs = (
            {right: result(library, MORE[name], left, right) for right in operands}
            for library in (lib, torch)
        )
        assert ours == theirs, left


@pytest.mark.parametrize("name", ["maximum", "minimum", "atan2", "where", "cat", "stack"])
def test_functions(lib, name):
    def call(library):
        f = getattr(library, name)
        if name == "where":
            return lambda a, b: f(library.ones(3, dtype=library.bool), a, b)
        if name in ("cat", "stack"):
            return lambda a, b: f([a, b])
        return f

    tensors = [x for x in OPERANDS if not x.startswith("python")]
    for left in tensors:
        ours, theirs = (
            {right: result(library, call(library), left, right) for right in tensors}
            for library in (lib, torch)
        )
        assert ours == theirs, left


@pytest.mark.parametrize("name", ["promote_types", "can_cast"])
def test_pairs_of_dtypes(lib, name):
    for left in ALL:
        for right in ALL:
            ours, theirs = (
                getattr(library, name)(getattr(library, left), getattr(library, right))
                for library in (lib, torch)
            )
            assert str(ours).rpartition(".")[2] == str(theirs).rpartition(".")[2], (left, right)
