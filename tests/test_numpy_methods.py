"""ndarray's methods on Variables: calls that PyTorch's method of the name does not take, `flat`, round()."""

import importlib
import math

import numpy as np
import pytest

pytestmark = pytest.mark.own("PyTorch's methods take PyTorch's arguments alone")

A = np.random.default_rng(5).uniform(0.5, 2.0, (2, 3, 4))
MASK = A > 1

CALLS = {
    "all": lambda x: x.all(axis=(0, 1), where=MASK),
    "argsort": lambda x: x.argsort(kind="stable"),
    "clip": lambda x: x.clip(0.7, 1.5, None),
    "cumprod": lambda x: x.cumprod(),
    "cumsum": lambda x: x.cumsum(),
    "diagonal": lambda x: x.diagonal(offset=1, axis1=0, axis2=2),
    "dot": lambda x: x.dot(A[0].T),
    "dot of matrices": lambda x: x[0].dot(x[1].T),
    "flatten": lambda x: x.flatten("F"),
    "max": lambda x: x.max(axis=1, initial=1.2),
    "mean": lambda x: x.mean(0, float),
    "mean where": lambda x: x.mean(axis=0, where=MASK | np.equal(A, A.max(0))),
    "min": lambda x: x.min(axis=0, initial=1.2),
    "prod": lambda x: x.prod(axis=(0, 2)),
    "ravel": lambda x: x.ravel("F"),
    "repeat": lambda x: x.repeat(2, axis=1),
    "repeat each": lambda x: x.repeat([1, 0, 2], axis=1),
    "reshape": lambda x: x.reshape(4, 6, order="F"),
    "reshape to a tuple": lambda x: x.reshape((4, -1), order="F"),
    "round": lambda x: x.round(1),
    "squeeze": lambda x: x[:1].squeeze(axis=None),
    "std": lambda x: x.std(axis=0, dtype=float, ddof=1),
    "sum": lambda x: x.sum(axis=(0, 2), where=MASK),
    "take": lambda x: x.take([0, 5, 5]),
    "take along": lambda x: x.take([2, 0], axis=1),
    "trace": lambda x: x.trace(offset=1),
    "transpose": lambda x: x.transpose(),
    "transpose by a list": lambda x: x.transpose([1, 0, 2]),
    "transpose by numbers": lambda x: x.transpose(2, 0, 1),
    "var": lambda x: x.var(axis=0, dtype=float),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_calls_of_ndarray(lib, call):
    expected = call(A)
    x = lib.tensor(A, requires_grad=True)
    result = call(x)
    assert result.dtype == expected.dtype
    np.testing.assert_allclose(result.detach().numpy(), expected, rtol=1e-12)
    if not result.is_floating_point():
        return
    weights = np.random.default_rng(6).standard_normal(expected.shape)
    (result * weights).sum().backward()
    gradient = np.zeros_like(A)
    for at in np.ndindex(*A.shape):
        step = np.zeros_like(A)
        step[at] = 1e-6
        gradient[at] = np.sum((call(A + step) - call(A - step)) * weights) / 2e-6
    np.testing.assert_allclose(x.grad.numpy(), gradient, rtol=1e-6, atol=1e-7)


def test_elements_by_their_place(lib):
    x = lib.tensor(A, requires_grad=True)
    assert x.item(7) == A.item(7)
    assert x.item(1, 2, 3) == x.item((1, 2, 3)) == A[1, 2, 3]
    with pytest.raises(IndexError):
        x.item(99)


def test_out_of_a_constant_is_an_array(lib):
    out = np.zeros(3)
    assert lib.tensor(A[0]).sum(axis=1, out=out) is out
    np.testing.assert_allclose(out, A[0].sum(1))
    with pytest.raises(TypeError, match="out must be a Variable"):
        lib.tensor(A[0], requires_grad=True).sum(axis=1, out=out)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: x.cumsum("a"), TypeError, r"cumsum\(\): argument 'dim'"),
        (lambda x: x.cumsum(1, 2, 3, 4), TypeError, r"cumsum\(\) takes 2 positional"),
        (lambda x: x.sum(nonsense=1), TypeError, "unexpected keyword argument 'nonsense'"),
        (lambda x: x.transpose(0, 1, 2, 3), ValueError, "axis 3 is out of bounds"),
        (lambda x: x[0, 0].dot(A[0, 0, :3]), RuntimeError, "inconsistent tensor size"),
        (lambda x: x.exp(1), TypeError, r"exp\(\) takes 1 positional"),
    ],
)
def test_calls_of_neither(lib, call, error, message):
    with pytest.raises(error, match=message):
        call(lib.tensor(A))


def test_functions_take_pytorchs_arguments_alone(lib):
    x = lib.tensor(A)
    for call in (lambda: lib.cumsum(x), lambda: lib.transpose(x), lambda: lib.round(x, 1)):
        with pytest.raises(TypeError):
            call()


def test_values_and_indices_are_no_array(lib):
    x = lib.tensor(A[0], requires_grad=True)
    for call in (
        lambda: x - x.max(axis=0),
        lambda: x.max(axis=0, keepdims=True) * x,
        lambda: np.add(x, x.max(0)),
    ):
        with pytest.raises(TypeError, match=r"take \.values, or call numpy\.max\(\)"):
            call()
    y = lib.tensor(A[0])
    with pytest.raises(TypeError, match=r"take \.values$"):
        y -= y.kthvalue(1, 0)
    np.testing.assert_array_equal((x - np.max(x, axis=0)).detach().numpy(), A[0] - A[0].max(0))


def test_flat(lib):
    x = lib.tensor(A, requires_grad=True)
    assert len(x.flat) == A.size
    assert [v.item() for v in x.flat] == A.ravel().tolist()
    (sum(v**2 for v in x.flat) + x.flat[5] * 3 + x.flat[-2:].sum()).backward()
    expected = 2 * A.ravel()
    expected[5] += 3
    expected[-2:] += 1
    np.testing.assert_allclose(x.grad.numpy().ravel(), expected)


@pytest.mark.parametrize("key", [3, -1, slice(2, 9, 3), slice(0, 0), [1, 5], np.array([7, 0])], ids=repr)
def test_flat_is_written(lib, key):
    a, x = A.copy(), lib.tensor(A)
    places = np.arange(A.size)[key]
    new = np.arange(1.0, 1 + places.size).reshape(places.shape)
    v = lib.tensor(new, requires_grad=True)
    a.flat[key] = new
    x.flat[key] = v
    np.testing.assert_array_equal(x.detach().numpy(), a)
    if places.size:
        x.sum().backward()
        assert (v.grad == 1).all()
    a.T.flat[2] = -1
    with lib.no_grad():
        x.permute(2, 1, 0).flat[2] = -1
    np.testing.assert_array_equal(x.detach().numpy(), a)


def test_rounding_numbers(lib):
    x = lib.tensor(np.array(2.567), requires_grad=True)
    assert (round(x), math.trunc(x.detach()), math.floor(x.detach()), math.ceil(x.detach())) == (3, 2, 2, 3)
    assert type(round(x)) is int
    assert round(x, 1).item() == 2.6
    assert round(x, 1).requires_grad
    assert round(lib.tensor(0.5)) == 0
    assert (round(lib.tensor(126), -1).item(), round(lib.tensor(126), 1).item()) == (130, 126)
    with pytest.raises(RuntimeError, match="3 elements"):
        round(lib.ones(3))


def test_vectorize(lib):
    tnp = importlib.import_module("tapegrad.numpy")
    x = lib.tensor(A[0], requires_grad=True)
    f = tnp.vectorize(lambda v, w: v**2 * w if v > 1 else np.sin(v))
    f(x, 3.0).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), np.where(A[0] > 1, 6 * A[0], np.cos(A[0])))
    theirs = np.vectorize(lambda v, w: v**2 * w if v > 1 else np.sin(v))
    np.testing.assert_allclose(f(x, [1.0, 2, 3, 4]).detach().numpy(), theirs(A[0], [1.0, 2, 3, 4]))
    assert isinstance(f(A[0], 1.0), np.ndarray)
    both = tnp.vectorize(lambda v: (v, v * 2))(x)
    assert [tuple(r.shape) for r in both] == [(3, 4), (3, 4)]
    with pytest.raises(ValueError, match="size 0"):
        f(x[:0], 1.0)
    with pytest.raises(TypeError, match="excluded="):
        tnp.vectorize(lambda v, w: v, excluded={1})(x, 1)


@pytest.mark.parametrize(
    ("call", "advice"),
    [
        (lambda x: np.vectorize(math.sqrt)(x), r"tapegrad\.numpy\.vectorize\(\)"),
        (lambda x: list(np.ndenumerate(x)), r"np\.ndindex\(v\.shape\)"),
        (lambda x: np.mean([x, x]), r"np\.stack\(\[v, w\]\), or use tapegrad\.numpy\.mean"),
        (lambda x: np.r_[x, x], r"tapegrad\.numpy\.r_"),
        (
            lambda x: np.fill_diagonal(np.zeros((2, 2)), x[0]),
            r"numpy\.fill_diagonal .* tapegrad\.tensor\(array\)",
        ),
        (lambda x: np.full(3, x.sum()), r"numpy\.full .* use numpy\.full_like\(\)"),
        (
            lambda x: np.testing.assert_allclose(x, A),
            r"numpy\.testing\.assert_allclose .* give it \.detach\(\)",
        ),
        (lambda x: np.polynomial.Polynomial(x), r"numpy\.polynomial\.Polynomial .* give it \.detach\(\)"),
        (lambda x: np.array([x, x]), r"np\.stack\(\[v, w\]\)"),
    ],
)
def test_advice_for_what_numpy_asks_nobody_about(lib, call, advice):
    with pytest.raises(RuntimeError, match=r"Can't call numpy\(\) on Tensor.*" + advice):
        call(lib.tensor(A[0, 0], requires_grad=True))


def test_spectra_by_the_advice(lib):
    x = lib.tensor(A[0, 0], requires_grad=True)
    n = len(x)
    with pytest.raises(TypeError, match=r"np\.cos\(a\) @ x and the imaginary part -np\.sin\(a\) @ x"):
        np.fft.fft(x)
    a = 2 * np.pi / n * np.outer(np.arange(n), np.arange(n))
    expected = np.fft.fft(A[0, 0])
    np.testing.assert_allclose((np.cos(a) @ x).detach().numpy(), expected.real)
    np.testing.assert_allclose((-np.sin(a) @ x).detach().numpy(), expected.imag, atol=1e-15)


def test_memory_as_ndarray_tells_it(lib, tmp_path):
    array = np.arange(6.0, dtype=np.float32).reshape(2, 3)
    x = lib.tensor(array)
    for found, wanted in (
        (x, array),
        (x.T, array.T),
        (x[:, ::2], array[:, ::2]),
        (x[0, 0], array[0, :1].reshape(())),
    ):
        assert found.strides == wanted.strides
        assert found.flags.c_contiguous == wanted.flags.c_contiguous
        assert found.flags["F_CONTIGUOUS"] == wanted.flags["F_CONTIGUOUS"]
    frozen = np.ones(2)
    frozen.flags.writeable = False
    assert x.flags.writeable
    assert not lib.from_numpy(frozen).flags.writeable
    assert x.base is None
    assert x.T[0].base is x
    assert lib.ones(2, requires_grad=True).strides == (4,)
    x.tofile(tmp_path / "x")
    assert np.fromfile(tmp_path / "x", np.float32).tolist() == array.ravel().tolist()
    with pytest.raises(RuntimeError, match="Can't call numpy"):
        lib.ones(2, requires_grad=True).tofile(tmp_path / "x")


def test_views_of_bytes_by_numpys_dtypes(lib):
    array = np.array([1.0, -2.0], np.float32)
    x = lib.tensor(array)
    for dtype in (np.int32, "uint8", np.dtype("<i4"), np.float32):
        assert x.view(dtype).numpy().tobytes() == array.tobytes()
        assert x.view(dtype).numpy().dtype == np.dtype(dtype)
    x.view(np.int32)[0] = 0
    assert x.tolist() == [0, -2]
    with pytest.raises(TypeError, match="view"):
        x.view("complex64")


def test_what_neither_takes_raises(lib):
    with pytest.raises(TypeError, match="diagonal"):
        lib.ones(3, 3).diagonal(None, (0,))
    with pytest.raises(TypeError, match="trace"):
        lib.ones(3, 3).trace(True)


def test_methods_inside_hooks_of_the_same(lib):
    """What runs inside is another call, on another Variable."""
    mask, found = np.array([True, False, True]), []

    def pack(t):
        found.append(t.detach().std(ddof=0, where=np.ones(t.shape, bool)))
        return t

    v = lib.tensor([1.0, 2.0, 4.0], requires_grad=True)
    with lib.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
        y = (v * v).std(ddof=1, where=mask)
    assert y.item() == pytest.approx(np.std([1.0, 16.0], ddof=1))
    assert found
