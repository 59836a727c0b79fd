"""A user's program in types: what is right passes mypy's strict mode, what is wrong does not."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.own("of tapegrad's own types")

HEAD = """
from typing import Any
import numpy as np
import tapegrad as tg
import tapegrad.array_api as xp
from tapegrad import Variable, autograd

w: Variable = tg.tensor([[1.0, 2.0]], requires_grad=True)
data: np.ndarray[Any, np.dtype[np.float64]] = np.ones((3, 1))
"""
RIGHT = """
class Cube(autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Variable) -> Variable:
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx: Any, gradient: Variable) -> tuple[Variable, None]:
        (x,) = ctx.saved_tensors
        return 3 * x**2 * gradient, None

total: Variable = (tg.from_numpy(data) @ w.double()).sum(dim=0, keepdim=True).sum(axis=0) + 1.0
total.mean().backward(retain_graph=True)
gradient: Variable | None = w.grad
assert gradient is not None
scaled: Variable = 2 * gradient[0, 1:] + np.float32(3)
values, indices = tg.max(w, 0)
both: tuple[Variable, Variable] = (values, indices)
(again,) = autograd.grad(total.sum(), w, create_graph=True, allow_unused=True)
with tg.no_grad():
    w -= 0.1 * gradient
number: float = w.sum().item()
length: int = len(w)
shape: tuple[int, ...] = w.shape
for row in w:
    row.clamp(min=0).tolist()
singular: Variable = xp.linalg.svd(xp.add(1, w)).S
loaded: dict[str, Variable] = tg.load("x.npz")
tg.save({"w": w, "data": data}, "x.safetensors")
taken: Variable = tg.from_dlpack(data, copy=True)
config: dict[str, Any] = tg.show_config("dicts")
same: Variable = w.to_device("cpu")
joined: Variable = tg.cat([w, w], axis=0)
"""
WRONG = """
total: int = tg.sum(w)
tg.zeros(2, dtype="no such thing" + 1)
w.no_such_method()
tg.exp("text")
tg.save(w, "x.npz")
xp.add("a", w)
xp.sum(w, 0)
w.to_device()
tg.show_config("json")
"""


def check(lib, tmp_path, code):
    """The numbers of the lines in which mypy finds an error."""
    if importlib.util.find_spec("mypy") is None:
        pytest.skip("mypy is not installed")
    (tmp_path / "user.py").write_text(HEAD + code)
    folder = Path(lib.__file__).parents[1]
    path = {} if folder.name == "site-packages" else {"MYPYPATH": str(folder)}
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={tmp_path}", "user.py"],
        cwd=tmp_path,
        env={k: v for k, v in os.environ.items() if k != "LD_PRELOAD"} | path,  # not a sanitizer's
        capture_output=True,
        text=True,
    )
    return {int(line) for line in re.findall(r"user\.py:(\d+): error", done.stdout)}, done.stdout


def test_right(lib, tmp_path):
    errors, output = check(lib, tmp_path, RIGHT)
    assert not errors, output
    assert "Success" in output


def test_wrong(lib, tmp_path):
    errors, output = check(lib, tmp_path, WRONG)
    first = HEAD.count("\n") + 2
    assert errors == set(range(first, first + WRONG.count("\n") - 1)), output
