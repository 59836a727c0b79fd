"""What variables print as, against the PyTorch that is installed."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tapegrad as tg

torch = pytest.importorskip("torch")

FLOATS = ["float32", "float64"]
OTHERS = ["int8", "int16", "int32", "int64", "uint8", "bool"]
AWKWARD = [0.0, -0.0, 1.0, -1.0, 0.1, 1e-4, 9.9999e-5, 1e3, 1.0001e3, 1e8, 1.0001e8, 0.99995, 1e-38, 3e38]
SHAPES = hnp.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=9)
LARGE_SHAPES = st.sampled_from([(1000,), (1001,), (40, 41), (3, 500), (7, 7, 7, 7), (2, 6, 7, 30)])


@st.composite
def arrays(draw):
    """Of any dtype and of one magnitude or many; sometimes large enough to be summarised."""
    shape = draw(SHAPES | LARGE_SHAPES)
    dtype = draw(st.sampled_from(FLOATS * 3 + OTHERS))
    size = int(np.prod(shape))
    if dtype not in FLOATS:
        pool = draw(hnp.arrays(dtype, 8))
        return np.resize(pool, size).reshape(shape)
    width = np.dtype(dtype).itemsize * 8
    near = draw(st.sampled_from([1e-30, 1e-6, 1e-3, 1.0, 1e3, 1e7, 1e12]))
    finite = st.floats(-1, 1, width=16).map(lambda x: x * near)
    anything = st.floats(width=width) | st.sampled_from([np.inf, -np.inf, np.nan])
    integral = st.integers(-(10**9), 10**9).map(float)
    numbers = draw(st.sampled_from([finite, finite | anything, anything, integral, st.sampled_from(AWKWARD)]))
    pool = np.array(draw(st.lists(numbers, min_size=1, max_size=12)), np.float64)
    with np.errstate(all="ignore"):
        return np.resize(pool, size).reshape(shape).astype(dtype)


OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "precision": st.integers(0, 12),
        "threshold": st.integers(0, 2000) | st.just(np.inf),
        "edgeitems": st.integers(0, 5),
        "linewidth": st.integers(0, 200),
        "profile": st.sampled_from(["default", "short", "full"]),
        "sci_mode": st.booleans() | st.none(),
    },
)
GRADS = {
    "none": lambda x: x,
    "leaf": lambda x: x.requires_grad_(),
    "add": lambda x: x.requires_grad_() + 0,
    "mul": lambda x: x.requires_grad_() * 1,
    "sum": lambda x: x.requires_grad_().sum(),
}


def printed(library, array, grad="none", options=None):
    """What `library` prints for `array`."""
    module = torch._tensor_str if library is torch else tg
    with module.printoptions(**(options or {})):
        return repr(GRADS[grad](library.tensor(array))).replace("torch.", "tapegrad.")


@given(arrays())
def test_prints_as_torch_does(array):
    assert printed(tg, array) == printed(torch, array)


@given(arrays(), OPTIONS)
def test_prints_as_torch_does_with_options(array, options):
    assert printed(tg, array, options=options) == printed(torch, array, options=options)


@given(arrays().filter(lambda a: a.dtype.kind == "f"), st.sampled_from(["leaf", "add", "mul"]), OPTIONS)
def test_prints_as_torch_does_with_grad(array, grad, options):
    assert printed(tg, array, grad, options) == printed(torch, array, grad, options)


def test_prints_sum_as_torch_does():
    array = np.full((2, 2), 9, np.float32)
    assert printed(tg, array, "sum") == printed(torch, array, "sum") == "tensor(36., grad_fn=<SumBackward0>)"


@given(st.lists(OPTIONS, max_size=4))
def test_options_change_as_torch_s_do(changes):
    with contextlib.ExitStack() as stack:
        for module in (tg, torch._tensor_str):
            stack.enter_context(module.printoptions(**module.get_printoptions()))
        for options in changes:
            tg.set_printoptions(**options)
            torch.set_printoptions(**options)
            assert tg.get_printoptions() == torch._tensor_str.get_printoptions()


@given(
    st.floats(width=32) | st.integers(-(2**62), 2**62) | st.booleans(),
    st.sampled_from(["", ".3f", "e", "8", "+.2g", "x", ">12", "nonsense"]),
)
def test_formats_0d_as_torch_does(number, spec):
    def outcome(library):
        try:
            return format(library.tensor(number), spec)
        except (TypeError, ValueError) as error:
            return type(error)

    assert outcome(tg) == outcome(torch)
