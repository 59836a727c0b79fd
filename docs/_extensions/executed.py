"""Code of the documentation's own directives, run when the pages are built."""

import ast
import warnings
from typing import Any

import numpy as np

import tapegrad


def run(code: str, namespace: dict[str, Any]) -> Any:
    """Runs a piece of code; gives the value of its last expression, None where it ends otherwise."""
    match ast.parse(code).body:
        case [*body, ast.Expr(last)]:
            pass
        case body:
            last = ast.Constant(None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(ast.fix_missing_locations(ast.Module(body, [])), "docs", "exec"), namespace)
        return eval(compile(ast.fix_missing_locations(ast.Expression(last)), "docs", "eval"), namespace)


def names() -> dict[str, Any]:
    """What the code may use without importing it, as the doctests may."""
    tapegrad.manual_seed(0)
    return {"np": np, "tg": tapegrad, "tapegrad": tapegrad}
