"""Type promotion as a table: operations by pairs of operands, and the dtype that comes out."""

from pathlib import Path

from .run import dtype_name
from .spec import ALL

PATH = Path(__file__).parents[1] / "data" / "promotion.json"

NUMBERS = {"bool": True, "int": 2, "float": 1.5}
TENSORS = [f"{dtype}[{shape}]" for dtype in ALL for shape in ("3", "")]
OPERANDS = TENSORS + [f"python {kind}" for kind in NUMBERS]


def operand(lib, name: str):
    """'int8[3]', 'int8[]' (0-d) or 'python int'"""
    if name.startswith("python"):
        return NUMBERS[name.split()[1]]
    dtype, shape = name.rstrip("]").split("[")
    return lib.ones((int(shape),) if shape else (), dtype=getattr(lib, dtype))


OPERATIONS = {
    "add": lambda lib, a, b: a + b,
    "div": lambda lib, a, b: a / b,
    "add_": lambda lib, a, b: a.add_(b),
    "result_type": lambda lib, a, b: lib.result_type(a, b),
}


def outcome(lib, operation: str, left: str, right: str) -> str:
    """The dtype, or "error"; "" where the library plays no part."""
    a, b = operand(lib, left), operand(lib, right)
    numbers = [x for x in (left, right) if x.startswith("python")]
    if operation != "result_type" and (
        len(numbers) == 2 or (numbers and operation == "add_" and left in numbers)
    ):
        return ""
    try:
        result = OPERATIONS[operation](lib, a, b)
    except RuntimeError:
        return "error"
    return str(result).rpartition(".")[2] if operation == "result_type" else dtype_name(result)


def table(lib) -> dict[str, list[list[str]]]:
    return {
        operation: [[outcome(lib, operation, left, right) for right in OPERANDS] for left in OPERANDS]
        for operation in OPERATIONS
    }
