"""What the graph keeps alive, and what it looks like; scalars and NumPy."""

import gc
import math
import re
import subprocess
import sys
import textwrap
import warnings
import weakref

import numpy as np
import pytest
from op_db.spec import INTEGRAL
from semantics import leaf, raises

pytestmark = pytest.mark.usefixtures("grad_mode")


# --- what the graph keeps alive


@pytest.mark.own("a tape that keeps no leaf alive")
def test_create_graph_does_not_leak(lib):
    gc.disable()
    try:
        x = leaf(lib)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            (x * x * x).sum().backward(create_graph=True)
        gone, grad = weakref.ref(x), weakref.ref(x.grad)
        del x
        assert gone() is None  # by counting alone
        assert grad() is None
    finally:
        gc.enable()


@pytest.mark.own("a tape that keeps no leaf alive")
def test_dropped_leaf_is_collected(lib):
    x, w = leaf(lib), leaf(lib)
    y = x * w
    accumulator = y.grad_fn.next_functions[0][0]
    gone = weakref.ref(x)
    assert accumulator.variable is x
    del x
    assert gone() is None
    assert accumulator.variable is None
    y.sum().backward()
    assert w.grad.tolist() == [1, 2]


# --- looking at the graph


def test_next_functions(lib):
    x, w = leaf(lib), leaf(lib)
    y = x * w
    (first, one), (second, two) = y.grad_fn.next_functions
    assert (one, two) == (0, 0)
    assert first.variable is x
    assert second.variable is w
    assert y.grad_fn is y.grad_fn
    assert (x * 2).grad_fn.next_functions[0][0] is first
    assert type(first).__name__ == "AccumulateGrad"
    assert first.name() == "torch::autograd::AccumulateGrad"
    assert len((x * 2).grad_fn.next_functions) == 2
    assert (x * 2).grad_fn.next_functions[1] == (None, 0)
    assert len((x**2).grad_fn.next_functions) == 1
    assert y.grad_fn.name() == "MulBackward0"
    assert repr(y.grad_fn).startswith("<MulBackward0 object at 0x")


# --- scalars, NumPy


def test_numpy_of_what_requires_grad(lib):
    x = leaf(lib)
    for take in (x.numpy, lambda: np.asarray(x)):
        with raises(r"Can't call numpy\(\) on Tensor that requires grad"):
            take()
    assert x.numpy(force=True).tolist() == [1, 2]
    assert x.detach().numpy().tolist() == [1, 2]
    with lib.no_grad():
        assert x.numpy().tolist() == [1, 2]
        assert np.asarray(x).tolist() == [1, 2]


def test_scalar_conversions(lib):
    two = lib.ones(2)
    with raises("cannot be converted to Scalar"):
        two.item()
    for kind in (float, int):
        with raises("only one element tensors can be converted", ValueError):
            kind(two)
    assert (float(lib.tensor([2.5])), int(lib.tensor([[2.5]])), bool(lib.tensor([0.0]))) == (2.5, 2, False)
    assert list(range(3))[lib.tensor(1)] == 1
    for many in (two, lib.ones(0)):
        with raises("Boolean value of Tensor.* is ambiguous"):
            bool(many)
    with raises("len.. of a 0-d tensor", TypeError):
        len(lib.tensor(1.0))
    with raises("iteration over a 0-d tensor", TypeError):
        iter(lib.tensor(1.0))
    x = leaf(lib)
    assert (x.sum().item(), x.tolist()) == (3, [1, 2])
    assert hash(x) != hash(leaf(lib))
    assert x in {x}


def test_shape_messages(lib):
    for text, make in {
        "must match the size of tensor b": lambda: lib.ones(2) + lib.ones(3),
        "shapes cannot be multiplied": lambda: lib.ones(2, 3) @ lib.ones(2, 3),
        "size mismatch, got input": lambda: lib.ones(2, 3) @ lib.ones(2),
        "to have the same dtype": lambda: lib.ones(2, 2) @ lib.ones(2, 2, dtype=lib.float64),
        "is invalid for input of size": lambda: lib.ones(4).view(3),
        "view size is not compatible": lambda: lib.ones(2, 3).t().view(6),
        "Sizes of tensors must match": lambda: lib.cat([lib.ones(2, 2), lib.ones(2, 3)], 0),
        "expects each tensor to be equal size": lambda: lib.stack([lib.ones(2), lib.ones(3)]),
        "The expanded size of the tensor": lambda: lib.ones(2).expand(3),
        r"max\(\): Expected reduction dim": lambda: lib.ones(0).max(),
        r"min\(\): Expected reduction dim": lambda: lib.ones(0).min(),
        "could not infer output dtype": lambda: lib.ones(2, dtype=lib.int64).mean(),
        "Integers to negative integer powers": lambda: lib.ones(2, dtype=lib.int64) ** -1,
    }.items():
        with raises(text):
            make()
    for text, make in {
        "Dimension out of range": lambda: lib.ones(2).sum(1),
        "is out of bounds for dimension": lambda: lib.ones(2)[2],
        "too many indices for tensor": lambda: lib.ones(2)[0, 0],
        "invalid index of a 0-dim tensor": lambda: lib.tensor(1.0)[0],
        "The shape of the mask": lambda: lib.ones(2)[lib.ones(3, dtype=lib.bool)],
    }.items():
        with raises(text, IndexError):
            make()
    for other in ("a", None):
        with raises("unsupported operand type", TypeError):
            lib.ones(2) + other


def test_empty_and_kinds(lib):
    empty = lib.ones(0)
    assert empty.sum().item() == 0
    assert empty.prod().item() == 1
    assert math.isnan(empty.mean().item())
    assert math.isnan(empty.median().item())
    for find in (
        *(lambda: empty.max(0), lambda: empty.min(0), lambda: empty.argmax(), lambda: empty.argmin()),
        *(lambda: empty.amax(0), lambda: lib.ones(0, 3).amin((0, 1))),
    ):
        with raises("Expected reduction dim", IndexError):
            find()
    assert empty.logsumexp(0).item() == -math.inf
    for dtype in INTEGRAL:
        assert lib.ones(2, dtype=getattr(lib, dtype)).sum().dtype == lib.int64
    ints = lib.tensor([1, 2])
    assert (ints / ints).dtype == lib.float32
    assert (lib.tensor([-3, 3]) // 2).tolist() == [-2, 1]
    assert (lib.tensor([-3, 3]) % 2).tolist() == [1, 1]
    assert (lib.tensor([-3, 3]) % -2).tolist() == [-1, -1]
    assert (lib.tensor([-7.5, 7.5]) // 2).tolist() == [-4, 3]
    assert (lib.tensor([-7.5, 7.5]) % 2).tolist() == [0.5, 1.5]
    assert lib.tensor([0.5, 1.5, 2.5, -0.5]).round().tolist() == [0, 2, 2, 0]
    assert lib.tensor([1.0, 3.0]).std().item() == pytest.approx(math.sqrt(2))
    assert lib.tensor([4.0, 1.0, 2.0, 3.0]).median().item() == 2
    with raises("singular", lib.linalg.LinAlgError):
        lib.linalg.inv(lib.zeros(2, 2))
    assert issubclass(lib.linalg.LinAlgError, RuntimeError)


@pytest.mark.own("an ndarray on either side gives a Variable")
def test_ndarray_on_either_side(lib):
    x, array = leaf(lib), np.array([3.0, 4.0], np.float32)
    for result, expected in (
        (x * array, [3, 8]),
        (array * x, [3, 8]),
        (array - x, [2, 2]),
        (x @ array, 11),
        (array @ x, 11),
        (array / x, [3, 2]),
        (np.float32(2) * x, [2, 4]),
    ):
        assert isinstance(result, lib.Tensor)
        assert result.requires_grad
        assert result.tolist() == expected
    assert (array > x).tolist() == [True, True]


def test_float_of_what_requires_grad_warns_once(lib):
    code = f"""
        import math, warnings, {lib.__name__} as lib
        warnings.simplefilter("always")
        x = lib.tensor([2.0], requires_grad=True)
        with warnings.catch_warnings(record=True) as seen:
            x.item(), x.tolist()
            assert not seen
            assert float(x) == 2 and math.sqrt(x * 2) == 2 and int(x) == 2
        assert len(seen) == 1 and "requires_grad=True to a scalar" in str(seen[0].message), seen
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True, timeout=60)


def test_dlpack_of_what_requires_grad(lib):
    x = leaf(lib)
    for mode in (lib.enable_grad(), lib.no_grad()):
        with mode, raises("Can't export tensors that require gradient", BufferError):
            np.from_dlpack(x)
    assert np.from_dlpack(x.detach()).tolist() == [1, 2]


@pytest.mark.own("its own advice")
def test_advice_names_this_library(lib):
    y = leaf(lib) * 1
    z = y * y
    y.add_(1)
    ints = lib.tensor([1, 2])
    texts = []
    for call in (lambda: z.sum().backward(), lambda: ints.mean(), lambda: ints**-1):
        with pytest.raises(RuntimeError) as caught:
            call()
        texts.append(str(caught.value))
    for text in texts:
        assert "tapegrad." in text
        assert "torch" not in text
        assert re.search(r"[a-z]\.[A-Z]", text) is None  # a space follows a full stop


def test_size_is_a_tuple(lib):
    size = lib.ones(2, 3).shape
    assert type(size) is lib.Size
    assert isinstance(size, tuple)
    assert size == (2, 3)
    assert repr(size) == f"{lib.__name__}.Size([2, 3])"
