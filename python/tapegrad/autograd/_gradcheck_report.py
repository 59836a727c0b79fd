"""What gradcheck says of a gradient that is wrong: where, how wrong, and why, probably."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from .. import _core
from ._finite_differences import Array, Output, Problem

# The second step for one-sided slopes is so much shorter.
_SHORTER = 8


def mismatch_report(problem: Problem, output: Output, i: int, numerical: Array, analytical: Array) -> str:
    """The text of the error, for Jacobians of one output by input i."""
    with np.errstate(all="ignore"):
        return _Mismatch(problem, output, i, numerical, analytical).report()


class _Place(NamedTuple):
    """An element of a Jacobian: which of the input's, which of the output's."""

    input: tuple[int, ...]
    output: tuple[int, ...]


class _Mismatch:
    def __init__(self, problem: Problem, output: Output, i: int, numerical: Array, analytical: Array) -> None:
        self.problem, self.output, self.i = problem, output, i
        self.numerical, self.analytical = numerical, analytical
        self.error = np.abs(analytical - numerical)
        worst = int(np.argmax(np.where(np.isnan(self.error), math.inf, self.error)))
        self.element = divmod(worst, numerical.shape[1])
        row, column = self.element
        self.place = _Place(
            _index(row, tuple(problem.inputs[i].shape)), _index(column, tuple(output.value.shape))
        )
        node = output.value.grad_fn
        self.maker = "the input itself" if node is None else node.name()

    def report(self) -> str:
        tolerance, i, k = self.problem.tolerance, self.i, self.output.place
        x, out = self.problem.inputs[i], self.output.value
        close = np.isclose(self.analytical, self.numerical, rtol=tolerance.rtol, atol=tolerance.atol)
        n, a = self.numerical[self.element], self.analytical[self.element]
        return (
            f"Jacobian mismatch for output {k} with respect to input {i},\n"
            f"numerical:{_core.tensor(self.numerical)}\nanalytical:{_core.tensor(self.analytical)}\n"
            f"Output {k} is made by {self.maker} and has shape {tuple(out.shape)}; "
            f"input {i} has shape {tuple(x.shape)} and dtype {x.dtype}.\n"
            f"Worst: d output{list(self.place.output)} / d input{list(self.place.input)}, where the input is "
            f"{self.problem.array(i)[self.place.input]}: numerical {n}, analytical {a}; they differ by "
            f"{self.error[self.element]:.3g}, and may by {tolerance.allowed(n):.3g}. "
            f"Wrong: {int((~close).sum())} of {close.size} elements.\n"
            f"{self.suggestion()}"
        )

    def suggestion(self) -> str:
        again = zip(self.problem.values(), self.problem.values(), strict=True)
        if any(not np.array_equal(a, b, equal_nan=True) for a, b in again):
            return (
                "The function gives other values each time it is called with the same inputs: fix the random "
                "seed inside it, or take the randomness out."
            )
        rounding = self.agrees_over(100.0, "rounding spoils the differences")
        return (
            (rounding and self.coarseness())
            or rounding
            or self.roughness()
            or self.coarseness()
            or _pattern(self.numerical, self.analytical)
            or self.agrees_over(0.01, "the function bends too much for the distance")
            or f"Look at the backward of {self.maker} first, then check the function's parts one by one."
        )

    def slopes(self, eps: float) -> tuple[float, float]:
        """To the left and to the right at the worst element."""
        left, right = self.problem.one_sided(self.i, self.place.input, eps)
        k, element = self.output.place, self.place.output
        return float(left[k][element]), float(right[k][element])

    def agrees_over(self, factor: float, why: str) -> str:
        """Whether finite differences over another distance agree: then those were wrong."""
        eps = self.problem.tolerance.eps * factor
        if not self.problem.tolerance.close(self.analytical[self.element], sum(self.slopes(eps)) / 2):
            return ""
        return f"With eps={eps:g} both agree at that element: {why}. Pass another eps."

    def roughness(self) -> str:
        """Whether the function has a kink or a jump there, told by slopes to both sides over two
        distances."""
        tolerance = self.problem.tolerance
        eps = tolerance.eps
        slopes, near = self.slopes(eps), self.slopes(eps / _SHORTER)
        steepest, gap, near_gap = max(map(abs, slopes)), abs(slopes[1] - slopes[0]), abs(near[1] - near[0])
        values = self.output.value.detach().numpy()
        noise = 8 * float(np.spacing(np.abs(values[self.place.output]))) / (eps / _SHORTER)
        if math.isfinite(sum(near)) and max(map(abs, near)) > max(noise, steepest * _SHORTER / 2):
            return (
                f"The function jumps there: it changes by {steepest * eps:.3g} however near the other "
                "point is. "
                "Move the input away from the jump."
            )
        slack = tolerance.allowed(steepest)
        if not math.isfinite(gap) or gap <= slack or near_gap <= noise or near_gap < gap / 2:
            return ""  # smooth, if strongly bent
        a = self.analytical[self.element]
        if min(slopes) - slack <= a <= max(slopes) + slack:
            verdict = "lies within these, so it need not be wrong"
        else:
            verdict = "does not lie within these, so it is wrong in any case"
        return (
            f"The function has a kink there: its slope is {near[0]:.6g} to the left and {near[1]:.6g} to the "
            f"right, and finite differences give their mean. The analytical gradient {verdict}. Move "
            "the input "
            f"further than {eps:g} away from the kink."
        )

    def coarseness(self) -> str:
        x, out = self.problem.inputs[self.i], self.output
        for what, v in ((f"Input {self.i}", x), (f"Output {out.place}", out.value)):
            if v.dtype != _core.float64:
                return (
                    f"{what} is of {v.dtype}: too coarse for differences over "
                    f"{self.problem.tolerance.eps:g}. Use .double(), or a larger eps, atol and rtol."
                )
        return ""


def _index(flat: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(k) for k in np.unravel_index(flat, shape)) if shape else ()


def _pattern(numerical: Array, analytical: Array) -> str:
    """A wrong Jacobian that has something to do with the right one."""

    def same(a: Array, b: Array = numerical) -> bool:
        return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-4, atol=1e-6))

    if not np.isfinite(analytical).all():
        return (
            "The analytical gradient is not finite: is there a division by zero, or the root or log of 0, in "
            "backward?"
        )
    used = analytical != 0
    if not used.any():
        return (
            "No gradient arrives at this input, though the output depends on it: there is a detach(), .data, "
            "no_grad() or NumPy on the way, or a backward that returns None or zeros."
        )
    if same(-analytical):
        return "The analytical gradient has the wrong sign everywhere."
    if analytical.size > 1 and same(analytical.T):
        return "The analytical gradient is right but for a transposition: transpose something in backward."
    ratio = float((analytical * numerical).sum()) / float((analytical * analytical).sum())
    if ratio and same(analytical * ratio):
        return (
            f"The analytical gradient is right but for a factor: times {ratio:.6g} it is the numerical one."
        )
    if same(analytical[used], numerical[used]):
        return "The analytical gradient is right where it is not zero: backward leaves elements or terms out."
    return ""
