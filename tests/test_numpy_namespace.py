"""`tapegrad.numpy`: NumPy's names, and Variables where NumPy has arrays."""

import importlib

import numpy
import pytest
from numpy_cases import A, V

pytestmark = pytest.mark.own("a namespace that torch does not have")


@pytest.fixture(scope="module")
def np(lib):
    return importlib.import_module("tapegrad.numpy")


def test_every_name_of_numpy_is_there(np):
    for name in numpy.__all__:
        if name not in ("test", "ndarray") and name[0] != "_":
            assert hasattr(np, name), name
    for module in ("linalg", "fft", "random"):
        theirs, ours = getattr(numpy, module), getattr(np, module)
        for name in theirs.__all__:
            if name != "test":
                assert hasattr(ours, name), f"{module}.{name}"
        assert set(dir(ours)) >= set(theirs.__all__) - {"test"}
    assert set(dir(np)) >= set(numpy.__all__) - {"test", "__array_namespace_info__", "__version__"}
    with pytest.raises(AttributeError, match="nonsense"):
        np.nonsense  # noqa: B018
    with pytest.raises(AttributeError, match="nonsense"):
        np.linalg.nonsense  # noqa: B018


def test_constants_dtypes_and_classes_are_numpys(np, lib):
    for name in (
        "pi",
        "e",
        "inf",
        "newaxis",
        "float64",
        "int32",
        "dtype",
        "errstate",
        "finfo",
        "iinfo",
        "generic",
    ):
        assert getattr(np, name) is getattr(numpy, name)
    assert np.ndarray is lib.Variable
    assert isinstance(np.zeros(3), np.ndarray)
    assert np.linalg.LinAlgError is numpy.linalg.LinAlgError


CONSTRUCTED = {
    "array": lambda m: m.array([[1.5, 2], [3, 4]]),
    "array of ints": lambda m: m.array([1, 2], dtype=m.float32),
    "array of bools": lambda m: m.array([True, False]),
    "array ndmin": lambda m: m.array(3.0, ndmin=2),
    "asarray": lambda m: m.asarray([1, 2, 3]),
    "ascontiguousarray": lambda m: m.ascontiguousarray(A.T),
    "asarray_chkfinite": lambda m: m.asarray_chkfinite([1.0, 2.0]),
    "zeros": lambda m: m.zeros((2, 3)),
    "ones": lambda m: m.ones(3, dtype=m.int32),
    "eye": lambda m: m.eye(3, k=1),
    "identity": lambda m: m.identity(2),
    "full": lambda m: m.full((2, 2), 7),
    "full of floats": lambda m: m.full(2, 7.5, dtype=m.float32),
    "arange": lambda m: m.arange(5),
    "arange of floats": lambda m: m.arange(0, 1, 0.25),
    "linspace": lambda m: m.linspace(0, 1, 7),
    "logspace": lambda m: m.logspace(0, 2, 4),
    "geomspace": lambda m: m.geomspace(1, 100, 4),
    "zeros_like": lambda m: m.zeros_like([1, 2]),
    "ones_like": lambda m: m.ones_like(A),
    "full_like": lambda m: m.full_like(A, 3),
    "fromfunction": lambda m: m.fromfunction(lambda i, j: i + j, (2, 3)),
    "tri": lambda m: m.tri(3),
    "indices": lambda m: m.indices((2, 2)),
    "hanning": lambda m: m.hanning(5),
    "fftfreq": lambda m: m.fft.fftfreq(5) if m is numpy else m.asarray(m.fft.fftfreq(5)),
    "meshgrid": lambda m: m.meshgrid([1, 2], [3.0, 4.0])[1],
}


@pytest.mark.parametrize("name", sorted(CONSTRUCTED))
def test_constructors(np, lib, name):
    got, expected = CONSTRUCTED[name](np), CONSTRUCTED[name](numpy)
    assert isinstance(got, lib.Variable)
    assert got.numpy().dtype == expected.dtype
    numpy.testing.assert_allclose(got.numpy(), expected, rtol=1e-15)


def test_array_keeps_what_is_on_the_tape(np, lib):
    a, b = np.array(0.5).requires_grad_(), np.array(1.5).requires_grad_()
    x = np.array([[a, 2.0], [b, a * b]])
    assert x.dtype == lib.float64
    (x * np.array([[1.0, 2.0], [3.0, 4.0]])).sum().backward()
    assert (a.grad.item(), b.grad.item()) == (1 + 4 * 1.5, 3 + 4 * 0.5)
    assert np.array(x) is not x
    assert np.asarray(x) is x
    assert np.full(3, a).requires_grad
    with pytest.raises(ValueError, match="one shape"):
        np.array([[a, a], a])


def test_array_copies_and_asarray_shares(np):
    data = numpy.zeros(3)
    np.array(data)[0] = 1
    assert data[0] == 0
    np.asarray(data)[0] = 1
    assert data[0] == 1
    with pytest.raises(ValueError, match="infs or NaNs"):
        np.asarray_chkfinite([1.0, numpy.nan])
    with pytest.raises(TypeError, match="complex128"):
        np.array([1j])


def test_functions_of_lists_of_variables(np, lib):
    x = np.asarray(V).requires_grad_()
    for result, expected in (
        (np.sum([x, x], axis=0), 2 * V),
        (np.sin([x, x * 2]), numpy.sin([V, V * 2])),
        (np.add.reduce([x, x]), 2 * V),
        (np.maximum(0.5, [x[0], x[1]]), numpy.maximum(0.5, V[:2])),
        (np.mean([x[0], x[1]]), V[:2].mean()),
        (np.linalg.norm([x[0], x[1]]), numpy.linalg.norm(V[:2])),
        (np.median(list(x)), numpy.median(V)),
    ):
        assert isinstance(result, lib.Variable)
        assert result.requires_grad
        numpy.testing.assert_allclose(result.detach().numpy(), expected, rtol=1e-14)


def test_what_is_not_a_variable_is_numpys(np):
    assert np.sqrt(4.0) == 2
    assert type(np.sin(A)) is numpy.ndarray
    assert type(np.sum([1, 2, 3])) is numpy.int64
    assert np.add(1, 2) == 3
    assert np.add.identity == 0
    assert np.prod((2, 3)) == 6
    assert "add" in repr(np.add)
    out = numpy.zeros(3)
    np.sin(numpy.ones(3), out)
    numpy.testing.assert_array_equal(out, numpy.sin(1))


def test_ufuncs_take_out_by_position(np, lib):
    x, out = np.asarray(V).requires_grad_(), np.zeros(5)
    assert np.sin(x, out) is out
    assert np.multiply(x, 2, out=out) is out
    out.sum().backward()
    assert x.grad.tolist() == [2] * 5
    np.add.at(out, [0, 0], x[:2].detach())


def test_a_script(np, lib):
    """Written for NumPy, and given only another import."""

    def loss(m, w):
        x = m.linspace(-1, 1, 20).reshape(-1, 1) ** m.arange(3)
        y = m.sin(x[:, 1])
        z = m.zeros(20)
        for k in range(3):
            z += x[:, k] * w[k]
        r = m.where(m.abs(z - y) < 0.1, (z - y) ** 2, 0.2 * m.abs(z - y) - 0.01)
        return m.mean(r) + m.linalg.norm(w) * 0.1

    w = np.array([0.3, -0.2, 0.5]).requires_grad_()
    value = loss(np, w)
    assert value.item() == pytest.approx(loss(numpy, numpy.array([0.3, -0.2, 0.5])), rel=1e-14)
    assert lib.autograd.gradcheck(lambda v: loss(np, v), [w])
    assert lib.autograd.gradcheck(lambda v: loss(numpy, v), [w])


# --- random


def test_random_arrays_are_numpys_numbers(np, lib):
    ours, theirs = np.random.default_rng(5), numpy.random.default_rng(5)
    for draw in (
        lambda g: g.normal(size=3),
        lambda g: g.standard_normal((2, 2)),
        lambda g: g.integers(0, 10, 4),
        lambda g: g.permutation(5),
        lambda g: g.choice([1.5, 2.5, 3.5], 2),
        lambda g: g.uniform(1, [2, 3]),
    ):
        got, expected = draw(ours), draw(theirs)
        assert isinstance(got, lib.Variable)
        numpy.testing.assert_array_equal(got.numpy(), expected)
        assert got.numpy().dtype == expected.dtype
    assert isinstance(ours.normal(), float)
    assert isinstance(ours, numpy.random.Generator)
    assert np.random.default_rng(ours) is ours
    state, old = np.random.RandomState(3), numpy.random.RandomState(3)
    numpy.testing.assert_array_equal(state.randn(3).numpy(), old.randn(3))


def test_random_functions(np, lib):
    """The functions of the module, with its own generator."""
    draws = {
        "randn": (2, 3),
        "rand": (2,),
        "randint": (0, 5, 3),
        "normal": (1.0, 2.0, 4),
        "permutation": (5,),
    }
    for name, args in draws.items():
        np.random.seed(7)
        got = getattr(np.random, name)(*args)
        np.random.seed(7)
        expected = getattr(numpy.random, name)(*args)
        assert isinstance(got, lib.Variable)
        numpy.testing.assert_array_equal(got.numpy(), expected)
    x = np.arange(6)
    np.random.shuffle(x)
    assert sorted(x.tolist()) == list(range(6))


def test_random_has_no_derivative_in_its_parameters(np):
    scale = np.array(2.0).requires_grad_()
    for draw in (np.random.normal, np.random.default_rng(0).normal):
        with pytest.raises(TypeError, match="no derivative in its parameters"):
            draw(0.0, scale, 3)
        draw(0.0, scale.detach(), 3)
