"""Elementwise functions beyond what the op database draws: aliases, operators, errors."""

import operator

import numpy as np
import pytest

ALIASES = {
    "absolute": "abs",
    "arccos": "acos",
    "arccosh": "acosh",
    "arcsin": "asin",
    "arcsinh": "asinh",
    "arctan": "atan",
    "arctanh": "atanh",
    "clip": "clamp",
    "divide": "div",
    "fix": "trunc",
    "greater": "gt",
    "greater_equal": "ge",
    "less": "lt",
    "less_equal": "le",
    "multiply": "mul",
    "negative": "neg",
    "not_equal": "ne",
    "subtract": "sub",
    "true_divide": "div",
}


@pytest.mark.parametrize("alias", ALIASES)
def test_alias(lib, alias):
    x = lib.tensor([1.25, 2.5], dtype=lib.float64)
    two = () if ALIASES[alias] in ("abs", "neg", "trunc") or ALIASES[alias][0] == "a" else (2.0,)
    expected = getattr(lib, ALIASES[alias])(x, *two).numpy()
    np.testing.assert_array_equal(getattr(lib, alias)(x, *two).numpy(), expected)
    np.testing.assert_array_equal(getattr(x, alias)(*two).numpy(), expected)
    written = x.clone()
    assert getattr(written, alias + "_")(*two) is written
    np.testing.assert_array_equal(written.numpy(), expected.astype(np.float64))


@pytest.mark.parametrize("name", ["expit", "gammaln", "psi", "exp2", "erf", "sinc", "i0"])
def test_special_alias(lib, name):
    x = lib.tensor([0.5, 2.5])
    plain = {"expit": "sigmoid", "gammaln": "lgamma", "psi": "digamma"}.get(name, name)
    np.testing.assert_array_equal(getattr(lib.special, name)(x).numpy(), getattr(lib, plain)(x).numpy())


def test_division_operators(lib):
    x = lib.tensor([7, -7, 5])
    assert (x // 2).tolist() == [3, -4, 2]
    assert (x % 3).tolist() == [1, 2, 2]
    assert (100 // x).tolist() == [14, -15, 20]
    assert (100 % x).tolist() == [2, -5, 0]
    x //= 2
    x %= 3
    assert x.tolist() == [0, 2, 2]


@pytest.mark.own("PyTorch's tensors have no divmod")
def test_divmod(lib):
    assert [part.tolist() for part in divmod(lib.tensor([7, -7]), 2)] == [[3, -4], [1, 1]]
    assert [part.tolist() for part in divmod(7, lib.tensor([2.0, -2.0]))] == [[3, -4], [1, -1]]


def test_shift_operators(lib):
    x = lib.tensor([1, 2, -8])
    assert (x << 2).tolist() == [4, 8, -32]
    assert (x >> 1).tolist() == [0, 1, -4]
    assert (2 << lib.tensor([1, 2])).tolist() == [4, 8]
    x <<= 1
    x >>= 2
    assert x.tolist() == [0, 1, -4]


@pytest.mark.parametrize("op", [operator.lshift, operator.rshift])
@pytest.mark.parametrize("n", [4, [1, 2]])
def test_shifts_of_bools_and_integers_are_of_integers(lib, op, n):
    bools = [True, False]
    x, k = lib.tensor(bools), lib.tensor(n)
    assert op(x, k).tolist() == op(np.array(bools), n).tolist()
    assert op(k, x).tolist() == op(n, np.array(bools)).tolist()
    assert op(x, 4).tolist() == op(np.array(bools), 4).tolist()
    assert op(4, x).tolist() == op(4, np.array(bools)).tolist()
    assert op(lib.tensor([1, 2], dtype=lib.int8), x).dtype == lib.int8


def test_bools_alone_are_not_shifted(lib):
    for other in (True, lib.tensor([True])):
        with pytest.raises(NotImplementedError):
            lib.tensor([True]) << other


@pytest.mark.parametrize(
    "call", ["x // 0", "x % 0", "lib.fmod(x, 0)", "x.div_(0, rounding_mode='floor')", "1 // (x * 0)"]
)
def test_integers_are_not_divided_by_zero(lib, call):
    x = lib.tensor([1, 2])
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        eval(call, {"x": x, "lib": lib})
    assert x.tolist() == [1, 2]


@pytest.mark.parametrize("call", [lambda lib, x: x // 2, lambda lib, x: lib.heaviside(x, x)])
def test_what_has_no_derivative_says_so(lib, call):
    x = lib.tensor([1.5, 2.0], requires_grad=True)
    y = call(lib, x)
    assert y.grad_fn.name() == "torch::autograd::NotImplemented"
    with pytest.raises(RuntimeError, match="is not implemented"):
        y.sum().backward()


def test_equality_of_whole_arrays(lib):
    x = lib.tensor([1.0, 2.0])
    assert lib.equal(x, x.clone()) is True
    assert x.equal(lib.tensor([1.0, 2.5])) is False
    assert lib.equal(x, lib.tensor([[1.0, 2.0]])) is False
    assert lib.allclose(x, x + 1e-9) is True
    assert x.allclose(x + 1) is False
    nan = lib.tensor([float("nan")])
    assert not lib.allclose(nan, nan)
    assert lib.allclose(nan, nan, equal_nan=True)
    with pytest.raises(RuntimeError, match="did not match"):
        lib.isclose(x, lib.tensor([1, 2]))


@pytest.mark.parametrize(
    ("call", "node"),
    [
        (lambda lib, x: lib.log1p(x), "Log1PBackward0"),
        (lambda lib, x: lib.expm1(x), "Expm1Backward0"),
        (lambda lib, x: lib.atan2(x, x), "Atan2Backward0"),
        (lambda lib, x: lib.nan_to_num(x), "NanToNumBackward0"),
        (lambda lib, x: x % 2, "RemainderBackward0"),
        (lambda lib, x: x % x, "RemainderBackward1"),
        (lambda lib, x: lib.fmod(x, 2), "FmodBackward0"),
        (lambda lib, x: lib.div(x, 2, rounding_mode="floor"), "DivBackward2"),
        (lambda lib, x: lib.round(x, decimals=1), "RoundBackward1"),
        (lambda lib, x: lib.lerp(x, x, 0.5), "LerpBackward0"),
        (lambda lib, x: lib.lerp(x, x, x), "LerpBackward1"),
        (lambda lib, x: lib.frexp(x)[0], "FrexpBackward0"),
        (lambda lib, x: lib.special.i0e(x), "SpecialI0EBackward0"),
    ],
)
def test_node_names(lib, call, node):
    assert call(lib, lib.tensor([0.5], requires_grad=True)).grad_fn.name() == node


@pytest.mark.own("arrays for operands")
def test_arrays_beside_variables(lib):
    """Each argument may be an ndarray, in any place."""
    x = lib.tensor([1.0, 2.0, 3.0], requires_grad=True)
    for _ in range(100):  # what was freed may still look right
        mask, values = np.array([True, False, True]), np.array([4.0, 5.0, 6.0], np.float32)
        assert lib.where(mask, x, 0.0).tolist() == [1, 0, 3]
        assert lib.where(mask, values, x).tolist() == [4, 2, 6]
        assert lib.div(values, x).tolist() == [4, 2.5, 2]
        assert lib.clamp(x, min=values).tolist() == [4, 5, 6]
        assert lib.addcmul(values, x, values).tolist() == [8, 15, 24]
        assert lib.lerp(values, x, np.float32(0.5) * np.ones(3, np.float32)).tolist() == [2.5, 3.5, 4.5]
        assert lib.searchsorted(values, x.detach() + 3).tolist() == [0, 1, 2]
        assert lib.cat([x, lib.tensor(values)]).tolist() == [1, 2, 3, 4, 5, 6]
        assert lib.einsum("i,i->", x, lib.tensor(values)).item() == 32


@pytest.mark.parametrize("name", ["relu", "sigmoid", "tanh", "softmax", "log_softmax"])
def test_names_in_functional(lib, name):
    x = lib.tensor([[1.0, -2.0], [0.5, 0.0]])
    arguments = {"dim": 1} if "softmax" in name else {}
    found = getattr(lib.nn.functional, name)(x, **arguments)
    assert found.tolist() == getattr(lib, name)(x, **arguments).tolist()


def test_distances_in_functional(lib):
    x, y = lib.tensor([[0.0, 0.0], [3.0, 4.0]]), lib.ones(2, 2)
    assert lib.nn.functional.pdist(x).tolist() == [5.0]
    for name in ("pairwise_distance", "cosine_similarity"):
        assert getattr(lib.nn.functional, name)(x, y).tolist() == getattr(lib, name)(x, y).tolist()
