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
    assert set(dir(np)) >= {name for name in numpy.__all__ if name != "test" and name[0] != "_"}
    with pytest.raises(AttributeError, match="nonsense"):
        np.nonsense  # noqa: B018
    with pytest.raises(AttributeError, match="nonsense"):
        np.linalg.nonsense  # noqa: B018


def test_every_way_to_import(np):
    names = {}
    exec("from tapegrad.numpy import *", names)
    assert names["sin"] is np.sin
    assert names["linalg"] is np.linalg
    for statement in (
        "from tapegrad.numpy.linalg import inv as it",
        "from tapegrad.numpy import zeros as it",
        "import tapegrad.numpy.random as it",
        "import tapegrad.numpy.fft as it",
    ):
        exec(statement, names)
        assert names["it"].__doc__


def test_functions_have_docstrings(np):
    for name in np.__all__:
        if callable(getattr(np, name)):
            assert getattr(np, name).__doc__, name


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


def test_constructors_record_or_refuse(np, lib):
    start, step = (np.array(x).requires_grad_() for x in (2.0, 0.5))
    for args in ((2.0, 5.0), (2.0, 4.0, 0.5), (2.0,), (0, 3)):
        ours = tuple({2.0: start, 0.5: step}.get(x, x) for x in args)
        numpy.testing.assert_array_equal(np.arange(*ours).detach().numpy(), numpy.arange(*args))
    assert np.arange(stop=3).tolist() == [0, 1, 2]
    assert np.arange(start, 5, dtype=int).tolist() == [2, 3, 4]
    assert lib.autograd.gradcheck(lambda a, h: np.arange(a, 3.9, h), [start, step])
    x = np.asarray(V).requires_grad_()
    assert lib.autograd.gradcheck(lambda v: np.fromiter((e * e for e in v), float, 3), [x])
    assert np.fromiter([start, step], np.float32).dtype == np.float32
    with pytest.raises(ValueError, match="iterator too short"):
        np.fromiter([start], float, 3)
    for call in (lambda: np.kaiser(5, start), lambda: np.from_dlpack(x), lambda: np.frombuffer(x)):
        with pytest.raises(
            TypeError, match=r"does not take Variables that require grad: give it .detach\(\)"
        ):
            call()
    assert np.from_dlpack(x.detach()).tolist() == x.tolist()
    assert np.kaiser(5, start.detach()).tolist() == numpy.kaiser(5, 2.0).tolist()


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


def test_concatenators(np, lib):
    x = np.array(V).requires_grad_()
    for key in ((V, 0, slice(1, 4)), ("0,2", V, V), (slice(0, 1, 5j), V), (V,)):
        ours = tuple(x if part is V else part for part in key)
        got, expected = np.r_[ours], numpy.r_[key]
        assert got.requires_grad
        numpy.testing.assert_array_equal(got.detach().numpy(), expected)
    numpy.testing.assert_array_equal(np.c_[x, V, x * 2].detach().numpy(), numpy.c_[V, V, V * 2])
    assert lib.autograd.gradcheck(lambda v: np.c_[v, v[::1] ** 2, V], [x])
    assert isinstance(np.r_[1:4], lib.Variable)


def test_random_is_numpys(np):
    assert np.random.default_rng is numpy.random.default_rng
    assert isinstance(np.random.default_rng(0).normal(size=3), numpy.ndarray)
    scale = np.array(2.0).requires_grad_()
    with pytest.raises(RuntimeError, match="numpy"):
        np.random.default_rng(0).normal(0.0, np.ones(3) * scale)


def test_methods_of_ndarray(np, lib):
    x = np.asarray(A).requires_grad_()
    assert x.astype(np.float32).dtype == np.float32
    assert x.astype("int64").dtype == lib.int64
    assert x.copy() is not x
    assert x.copy().requires_grad
    assert (
        x.compress([True, False, True], axis=0).tolist() == A.compress([True, False, True], axis=0).tolist()
    )
    assert x.detach().tobytes() == A.tobytes()
    assert np.array([1, 0]).choose([x[0, :2], x[1, :2]]).tolist() == [A[1, 0], A[0, 1]]
    assert np.array([1.0, 2.0, 3.0]).searchsorted(2.5) == 2
    y = x * 1
    y.fill(x[0, 0])
    y.sum().backward()
    assert x.grad[0, 0] == A.size
    y = (x * 1).reshape(-1)
    y.partition(3)
    assert y[3] == numpy.sort(A, axis=None)[3]
    with pytest.raises(RuntimeError, match="numpy"):
        x.tobytes()


def test_dtypes_are_understood_by_numpy(np, lib):
    x = lib.zeros(3, dtype=lib.float64)
    assert numpy.zeros(2, dtype=x.dtype).dtype == numpy.float64
    assert numpy.dtype(lib.int8) == numpy.int8
    for equal in (np.float64, numpy.dtype("float64"), "float64", float, "f8"):
        assert x.dtype == equal
    for other in (np.float32, numpy.dtype("int64"), "nonsense", None, 3, lib.float32):
        assert x.dtype != other
    assert {lib.float64: 1}[x.dtype] == 1
