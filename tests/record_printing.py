"""Record what PyTorch prints: `python tests/record_printing.py` writes `tests/data/printing.json`.

The inputs are the data below. They are built by exact arithmetic, so that NumPy makes the same bits
everywhere and the tests can rebuild them without PyTorch. The same PyTorch always records the same file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

DATA = Path(__file__).parent / "data" / "printing.json"
ORACLE = "2.13.0"

nan, inf = float("nan"), float("inf")

# {name: case}. Elements: `values` as they stand, a `ramp` (start, step), or `noise` (scale, offset) spread
# evenly over +-scale round offset. `grad`: "leaf", or the op to apply to a leaf. `options`: of printing.
CASES: dict[str, dict[str, Any]] = {
    # No dimensions.
    "0-d": {"shape": (), "values": [1.5]},
    "0-d integral": {"shape": (), "values": [-3.0]},
    "0-d small": {"shape": (), "values": [1e-5]},
    "0-d large": {"shape": (), "values": [123456789.0]},
    "0-d nan": {"shape": (), "values": [nan]},
    "0-d minus zero": {"shape": (), "values": [-0.0]},
    "0-d int64": {"shape": (), "values": [7], "dtype": "int64"},
    "0-d bool": {"shape": (), "values": [True], "dtype": "bool"},
    "0-d leaf": {"shape": (), "values": [36.0], "grad": "leaf"},
    "0-d result": {"shape": (), "values": [36.0], "grad": "add"},
    # No elements.
    "empty": {"shape": (0,), "values": []},
    "empty (0, 3)": {"shape": (0, 3), "values": []},
    "empty (2, 0, 3)": {"shape": (2, 0, 3), "values": []},
    "empty float64": {"shape": (0,), "values": [], "dtype": "float64"},
    "empty int64": {"shape": (0,), "values": [], "dtype": "int64"},
    "empty (1, 0) bool": {"shape": (1, 0), "values": [], "dtype": "bool"},
    "empty leaf": {"shape": (3, 0), "values": [], "dtype": "float64", "grad": "leaf"},
    # Notation.
    "fixed": {"shape": (4,), "values": [0.1, -1.25, 20.0, 999.0]},
    "fixed rounds": {"shape": (4,), "values": [0.00005, 0.12345, 0.99995, 0.99999]},
    "integral": {"shape": (4,), "values": [1.0, -20.0, 300.0, 0.0]},
    "integral wide": {"shape": (3,), "values": [1e8, -1e8, 5e7]},
    "zeros": {"shape": (3, 4), "values": [0.0] * 12},
    "zeros fill lines": {"shape": (60,), "values": [0.0] * 60},
    "minus zeros": {"shape": (2,), "values": [-0.0, 0.0]},
    "minus zero, scientific": {"shape": (3,), "values": [-0.0, 1e-6, 0.0]},
    "ratio 1000": {"shape": (2,), "values": [1.0, 1000.0]},
    "ratio above 1000": {"shape": (2,), "values": [1.0, 1001.0]},
    "ratio just above 1000": {"shape": (2,), "values": [1.0, 1000.0000000000001], "dtype": "float64"},
    "largest above 1e8": {"shape": (2,), "values": [100000008.0, 50000000.0]},
    "smallest 1e-4, float64": {"shape": (2,), "values": [1e-4, 0.05], "dtype": "float64"},
    "smallest 1e-4, float32": {"shape": (2,), "values": [1e-4, 0.05]},
    "smallest below 1e-4": {"shape": (2,), "values": [9.9999e-5, 0.05]},
    "three-digit exponents": {"shape": (3,), "values": [1e-300, -1e300, 1.0], "dtype": "float64"},
    "subnormal": {"shape": (3,), "values": [5e-324, 1.0, 1.7e308], "dtype": "float64"},
    "subnormal float32": {"shape": (2,), "values": [1e-45, 3.4e38]},
    "inf and nan": {"shape": (5,), "values": [inf, -inf, nan, 1.5, 2.0]},
    "inf and nan, integral": {"shape": (5,), "values": [inf, -inf, nan, 1.0, 2.0]},
    "inf and nan, scientific": {"shape": (5,), "values": [inf, -inf, nan, 1e-9, 2.0]},
    "inf and nan alone": {"shape": (2, 2), "values": [inf, -inf, nan, nan]},
    "inf and nan and zero": {"shape": (3,), "values": [-inf, 0.0, nan]},
    # Dtypes.
    "float64": {"shape": (2, 2), "ramp": [0.5, 0.25], "dtype": "float64"},
    "int8": {"shape": (4,), "values": [-128, 127, 0, 5], "dtype": "int8"},
    "int16": {"shape": (2, 3), "ramp": [-3, 1], "dtype": "int16"},
    "int32": {"shape": (2, 2, 2), "ramp": [0, 100], "dtype": "int32"},
    "int64": {"shape": (3,), "values": [-(2**63), 2**63 - 1, 0], "dtype": "int64"},
    "int64 past 2**53": {"shape": (2,), "values": [2**53 + 1, -(2**53) - 1], "dtype": "int64"},
    "uint8": {"shape": (3,), "values": [0, 10, 255], "dtype": "uint8"},
    "bool": {"shape": (2, 3), "values": [True, False, True, True, True, False], "dtype": "bool"},
    "bool all true": {"shape": (3,), "values": [True, True, True], "dtype": "bool"},
    # Nesting and lines.
    "(1, 1)": {"shape": (1, 1), "values": [2.5]},
    "(3, 4)": {"shape": (3, 4), "ramp": [-1.0, 0.125]},
    "(2, 3, 4)": {"shape": (2, 3, 4), "ramp": [0.0, 1.0]},
    "(2, 2, 3, 2)": {"shape": (2, 2, 3, 2), "noise": [3.0, 0.0]},
    "(2, 1, 2, 1, 2)": {"shape": (2, 1, 2, 1, 2), "noise": [30.0, 1.0], "dtype": "float64"},
    "wraps": {"shape": (30,), "noise": [1.0, 0.0]},
    "wraps in 2-d": {"shape": (2, 25), "noise": [100.0, 0.0], "dtype": "float64"},
    "wraps in 3-d": {"shape": (2, 2, 15), "noise": [1e-5, 0.0]},
    "wraps int64": {"shape": (100,), "ramp": [0, 1], "dtype": "int64"},
    "1000 elements": {"shape": (1000,), "ramp": [0, 1], "dtype": "int64"},
    # Summaries.
    "1001 elements": {"shape": (1001,), "ramp": [0, 1], "dtype": "int64"},
    "summary, floats": {"shape": (2000,), "noise": [2.0, 0.0]},
    "summary, 2-d": {"shape": (40, 40), "ramp": [0.0, 1.0]},
    "summary, short axes whole": {"shape": (3, 400), "noise": [5.0, 0.0], "dtype": "float64"},
    "summary, 3-d": {"shape": (10, 11, 12), "ramp": [-5.0, 0.5]},
    "summary, 4-d": {"shape": (2, 7, 2, 50), "ramp": [0, 3], "dtype": "int32"},
    "summary, axes of 6 and 7": {"shape": (6, 7, 30), "ramp": [0, 1], "dtype": "int64"},
    "summary hides the extremes": {"shape": (1100,), "values": [1.0] * 500 + [1e9, 0.5] * 50 + [2.0] * 500},
    "summary, bool": {"shape": (1500,), "values": [True] * 1499 + [False], "dtype": "bool"},
    "summary, leaf": {"shape": (50, 50), "noise": [1.0, 0.0], "grad": "leaf"},
    # Autograd, and where the suffix goes.
    "leaf": {"shape": (2, 2), "values": [1.0] * 4, "grad": "leaf"},
    "leaf, float64": {"shape": (2, 2), "values": [1.5] * 4, "dtype": "float64", "grad": "leaf"},
    "AddBackward0": {"shape": (2, 2), "values": [2.0] * 4, "grad": "add"},
    "MulBackward0": {"shape": (3,), "values": [1.5, 2.5, -3.5], "dtype": "float64", "grad": "mul"},
    "PowBackward0": {"shape": (2, 2), "values": [3.0] * 4, "grad": "pow"},
    "SumBackward0": {"shape": (2, 2), "values": [9.0] * 4, "grad": "sum"},
    "suffix ends the line": {"shape": (7,), "noise": [1.0, 0.0], "grad": "add"},
    "suffix on the next line": {"shape": (8,), "noise": [1.0, 0.0], "grad": "add"},
    "two suffixes, one line": {"shape": (3,), "noise": [1.0, 0.0], "dtype": "float64", "grad": "add"},
    "two suffixes, two lines": {"shape": (6,), "noise": [1.0, 0.0], "dtype": "float64", "grad": "add"},
    "two suffixes on the next line": {"shape": (9,), "noise": [1.0, 0.0], "dtype": "float64", "grad": "add"},
    "suffix just fits": {"shape": (1,), "values": [1.5], "grad": "leaf", "options": {"linewidth": 37}},
    "suffix just does not": {"shape": (1,), "values": [1.5], "grad": "leaf", "options": {"linewidth": 36}},
    "suffix just fits, 2-d": {
        "shape": (2, 1),
        "values": [1.5] * 2,
        "grad": "leaf",
        "options": {"linewidth": 39},
    },
    "suffix just does not, 2-d": {
        "shape": (2, 1),
        "values": [1.5] * 2,
        "grad": "leaf",
        "options": {"linewidth": 38},
    },
    "second suffix just fits": {
        "shape": (3,),
        "values": [1.5] * 3,
        "dtype": "float64",
        "grad": "leaf",
        "options": {"linewidth": 46},
    },
    "second suffix just does not": {
        "shape": (3,),
        "values": [1.5] * 3,
        "dtype": "float64",
        "grad": "leaf",
        "options": {"linewidth": 45},
    },
    # Options.
    "precision 2": {"shape": (3,), "noise": [1.0, 0.0], "options": {"precision": 2}},
    "precision 0": {"shape": (3,), "noise": [9.0, 0.0], "options": {"precision": 0}},
    "precision 10, scientific": {"shape": (3,), "noise": [1e-7, 0.0], "options": {"precision": 10}},
    "sci_mode on": {"shape": (4,), "values": [1.0, 2.0, 0.0, inf], "options": {"sci_mode": True}},
    "sci_mode on, zeros": {"shape": (2,), "values": [0.0, 0.0], "options": {"sci_mode": True}},
    "sci_mode off": {"shape": (3,), "values": [1e-6, 1.0, 1e9], "options": {"sci_mode": False}},
    "sci_mode off, integral": {"shape": (2,), "values": [1.0, 1e20], "options": {"sci_mode": False}},
    "linewidth 40": {"shape": (2, 12), "noise": [1.0, 0.0], "options": {"linewidth": 40}},
    "linewidth 1": {"shape": (3,), "noise": [1.0, 0.0], "grad": "leaf", "options": {"linewidth": 1}},
    "threshold 5": {"shape": (10,), "ramp": [0, 1], "dtype": "int64", "options": {"threshold": 5}},
    "threshold 0, 0-d": {"shape": (), "values": [1.5], "options": {"threshold": 0}},
    "edgeitems 1": {"shape": (4, 4), "ramp": [0.0, 0.5], "options": {"edgeitems": 1, "threshold": 10}},
    "edgeitems 0": {"shape": (4, 4), "ramp": [0.0, 0.5], "options": {"edgeitems": 0, "threshold": 10}},
    "edgeitems 0, no summary": {"shape": (2,), "ramp": [0.0, 0.5], "options": {"edgeitems": 0}},
    "profile short": {"shape": (40, 40), "noise": [1.0, 0.0], "options": {"profile": "short"}},
    "profile full": {"shape": (2, 600), "ramp": [0, 1], "dtype": "int16", "options": {"profile": "full"}},
    "profile and precision": {
        "shape": (4,),
        "noise": [1.0, 0.0],
        "options": {"profile": "short", "precision": 6},
    },
}

OPS = {
    "add": lambda x: x + 1,
    "mul": lambda x: x * 2,
    "pow": lambda x: x**2,
    "sum": lambda x: x.sum(),
}


def build(case: dict[str, Any]) -> np.ndarray:
    """The elements of a case, the same bits on every machine."""
    shape, dtype = case["shape"], np.dtype(case.get("dtype", "float32"))
    places = np.arange(np.prod(shape, dtype=np.int64))
    if "values" in case:
        elements = np.array(case["values"], dtype)
    elif "ramp" in case:
        start, step = case["ramp"]
        elements = start + step * places
    else:
        scale, offset = case["noise"]
        elements = offset + scale * ((places * 40503 % 65536) / 32768 - 1)
    return elements.astype(dtype).reshape(shape)


def with_grad(leaf: Any, case: dict[str, Any]) -> Any:
    """`leaf`, a fresh tensor, as the case's `grad` wants it."""
    grad = case.get("grad")
    if grad is None:
        return leaf
    leaf.requires_grad_()
    return leaf if grad == "leaf" else OPS[grad](leaf)


def main() -> None:
    import torch  # here, since the tests import this file where there is no torch

    if torch.__version__.split("+")[0] != ORACLE:
        raise SystemExit(f"the oracle is torch {ORACLE}, not {torch.__version__}")
    texts = {}
    for name, case in CASES.items():
        with torch._tensor_str.printoptions(**case.get("options", {})):
            texts[name] = repr(with_grad(torch.from_numpy(build(case)), case))
    DATA.parent.mkdir(exist_ok=True)
    DATA.write_text(json.dumps({"torch": ORACLE, "texts": texts}, indent=1) + "\n")
    print(f"{DATA}: {len(texts)} texts")


if __name__ == "__main__":
    main()
