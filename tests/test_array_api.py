"""The namespace of the array API standard 2024.12: names and signatures, elementwise values, dtypes."""

import inspect
import math
from itertools import product

import numpy as np
import pytest

pytestmark = pytest.mark.own("PyTorch has no namespace of the standard's")

# Names, parameters and defaults, as the standard states them. A parameter before `/` may have any name.
SIGNATURES = """
all(x, /, *, axis=None, keepdims=False)
any(x, /, *, axis=None, keepdims=False)
arange(start, /, stop=None, step=1, *, dtype=None, device=None)
argmax(x, /, *, axis=None, keepdims=False)
argmin(x, /, *, axis=None, keepdims=False)
argsort(x, /, *, axis=-1, descending=False, stable=True)
asarray(obj, /, *, dtype=None, device=None, copy=None)
astype(x, dtype, /, *, copy=True, device=None)
broadcast_arrays(*arrays)
broadcast_to(x, /, shape)
can_cast(from_, to, /)
clip(x, /, min=None, max=None)
concat(arrays, /, *, axis=0)
count_nonzero(x, /, *, axis=None, keepdims=False)
cumulative_prod(x, /, *, axis=None, dtype=None, include_initial=False)
cumulative_sum(x, /, *, axis=None, dtype=None, include_initial=False)
diff(x, /, *, axis=-1, n=1, prepend=None, append=None)
empty(shape, *, dtype=None, device=None)
empty_like(x, /, *, dtype=None, device=None)
expand_dims(x, /, *, axis=0)
eye(n_rows, n_cols=None, /, *, k=0, dtype=None, device=None)
finfo(type, /)
flip(x, /, *, axis=None)
from_dlpack(x, /, *, device=None, copy=None)
full(shape, fill_value, *, dtype=None, device=None)
full_like(x, /, fill_value, *, dtype=None, device=None)
iinfo(type, /)
isdtype(dtype, kind)
linspace(start, stop, /, num, *, dtype=None, device=None, endpoint=True)
matmul(x1, x2, /)
matrix_transpose(x, /)
max(x, /, *, axis=None, keepdims=False)
mean(x, /, *, axis=None, keepdims=False)
meshgrid(*arrays, indexing='xy')
min(x, /, *, axis=None, keepdims=False)
moveaxis(x, source, destination, /)
nonzero(x, /)
ones(shape, *, dtype=None, device=None)
ones_like(x, /, *, dtype=None, device=None)
permute_dims(x, /, axes)
prod(x, /, *, axis=None, dtype=None, keepdims=False)
repeat(x, repeats, /, *, axis=None)
reshape(x, /, shape, *, copy=None)
result_type(*arrays_and_dtypes)
roll(x, /, shift, *, axis=None)
searchsorted(x1, x2, /, *, side='left', sorter=None)
sort(x, /, *, axis=-1, descending=False, stable=True)
squeeze(x, /, axis)
stack(arrays, /, *, axis=0)
std(x, /, *, axis=None, correction=0.0, keepdims=False)
sum(x, /, *, axis=None, dtype=None, keepdims=False)
take(x, indices, /, *, axis=None)
take_along_axis(x, indices, /, *, axis=-1)
tensordot(x1, x2, /, *, axes=2)
tile(x, repetitions, /)
tril(x, /, *, k=0)
triu(x, /, *, k=0)
unique_all(x, /)
unique_counts(x, /)
unique_inverse(x, /)
unique_values(x, /)
unstack(x, /, *, axis=0)
var(x, /, *, axis=None, correction=0.0, keepdims=False)
vecdot(x1, x2, /, *, axis=-1)
where(condition, x1, x2, /)
zeros(shape, *, dtype=None, device=None)
zeros_like(x, /, *, dtype=None, device=None)
__array_namespace_info__()
linalg.cholesky(x, /, *, upper=False)
linalg.cross(x1, x2, /, *, axis=-1)
linalg.det(x, /)
linalg.diagonal(x, /, *, offset=0)
linalg.eigh(x, /)
linalg.eigvalsh(x, /)
linalg.inv(x, /)
linalg.matmul(x1, x2, /)
linalg.matrix_norm(x, /, *, keepdims=False, ord='fro')
linalg.matrix_power(x, n, /)
linalg.matrix_rank(x, /, *, rtol=None)
linalg.matrix_transpose(x, /)
linalg.outer(x1, x2, /)
linalg.pinv(x, /, *, rtol=None)
linalg.qr(x, /, *, mode='reduced')
linalg.slogdet(x, /)
linalg.solve(x1, x2, /)
linalg.svd(x, /, *, full_matrices=True)
linalg.svdvals(x, /)
linalg.tensordot(x1, x2, /, *, axes=2)
linalg.trace(x, /, *, offset=0, dtype=None)
linalg.vecdot(x1, x2, /, *, axis=-1)
linalg.vector_norm(x, /, *, axis=None, keepdims=False, ord=2)
"""
UNARY = [
    "abs",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atanh",
    "ceil",
    "conj",
    "cos",
    "cosh",
    "exp",
    "expm1",
    "floor",
    "imag",
    "isfinite",
    "isinf",
    "isnan",
    "log",
    "log1p",
    "log2",
    "log10",
    "negative",
    "positive",
    "real",
    "reciprocal",
    "round",
    "sign",
    "signbit",
    "sin",
    "sinh",
    "sqrt",
    "square",
    "tan",
    "tanh",
    "trunc",
]
UNARY_INTEGER = [
    "abs",
    "bitwise_invert",
    "ceil",
    "floor",
    "isfinite",
    "negative",
    "positive",
    "round",
    "sign",
    "square",
    "trunc",
]
BINARY = [
    "add",
    "atan2",
    "copysign",
    "divide",
    "equal",
    "floor_divide",
    "greater",
    "greater_equal",
    "hypot",
    "less",
    "less_equal",
    "logaddexp",
    "maximum",
    "minimum",
    "multiply",
    "nextafter",
    "not_equal",
    "pow",
    "remainder",
    "subtract",
]
BINARY_INTEGER = [
    "add",
    "bitwise_and",
    "bitwise_or",
    "bitwise_xor",
    "equal",
    "floor_divide",
    "greater",
    "greater_equal",
    "less",
    "less_equal",
    "maximum",
    "minimum",
    "multiply",
    "not_equal",
    "remainder",
    "subtract",
]
LOGICAL = ["logical_and", "logical_or", "logical_xor", "bitwise_and", "bitwise_or", "bitwise_xor", "equal"]
OTHERS = ["logical_not", "bitwise_left_shift", "bitwise_right_shift"]
INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
DTYPES = ["bool", *INTEGERS, "float32", "float64"]


@pytest.fixture(scope="module")
def xp(lib):
    return lib.tensor(1.0).__array_namespace__()


def parameters(function):
    return [
        (None if p.kind is p.POSITIONAL_ONLY else p.name, p.kind, p.default)
        for p in inspect.signature(function).parameters.values()
    ]


def stated():
    for line in SIGNATURES.split("\n"):
        if line:
            name, rest = line.split("(", 1)
            yield name, f"({rest}"
    for names, text in (
        (UNARY + UNARY_INTEGER, "(x, /)"),
        (BINARY + BINARY_INTEGER + LOGICAL, "(x1, x2, /)"),
    ):
        yield from ((name, text) for name in sorted(set(names)))
    yield from zip(OTHERS, ["(x, /)", "(x1, x2, /)", "(x1, x2, /)"], strict=True)


def find(namespace, name):
    for part in name.split("."):
        namespace = getattr(namespace, part)
    return namespace


@pytest.mark.parametrize(("name", "text"), [*stated()])
def test_signature(xp, name, text):
    scope = {}
    exec(f"def wanted{text}: ...", scope)
    function = find(xp, name)
    assert parameters(function) == parameters(scope["wanted"])
    assert function.__doc__
    assert function.__name__ == name.split(".")[-1]


def test_names_are_the_standards(xp):
    names = {name for name, _ in stated() if not name.startswith("linalg.")}
    constants = {"e", "inf", "nan", "newaxis", "pi", "linalg", "__array_api_version__"}
    assert set(xp.__all__) == names | constants | set(DTYPES)
    assert set(xp.linalg.__all__) == {name[7:] for name, _ in stated() if name.startswith("linalg.")}
    assert (xp.e, xp.pi, xp.inf, xp.newaxis) == (math.e, math.pi, math.inf, None)
    assert math.isnan(xp.nan)


# --- the array


def test_what_is_asked_of_an_array(lib, xp):
    x = lib.tensor([[1.5, 2.0]])
    assert xp.__array_api_version__ == "2024.12"
    for version in (None, "2024.12", "2022.12"):
        assert x.__array_namespace__(api_version=version) is xp
    with pytest.raises(ValueError, match=r"2024\.12"):
        x.__array_namespace__(api_version="2030.12")
    assert x.to_device("cpu") is x
    assert x.to_device(x.device) is x
    with pytest.raises(ValueError, match="CPU"):
        x.to_device("cuda")
    with pytest.raises(ValueError, match="stream"):
        x.to_device("cpu", stream=1)
    assert complex(x[0, 0]) == 1.5 + 0j
    assert x.__complex__.__name__ == "__complex__"
    with pytest.raises(ValueError, match="one element"):
        x.__complex__()
    with pytest.warns(UserWarning, match="requires_grad=True to a scalar") as seen:
        assert complex(lib.ones(1, requires_grad=True)) == 1
    assert seen[0].filename == __file__


def test_complex_numbers_that_are_real(lib):
    xp = lib.array_api
    assert (xp.asarray(3 + 0j).item(), xp.asarray(0j).dtype) == (3, xp.float32)
    assert xp.asarray(2 + 0j, dtype=xp.float64).dtype == xp.float64
    with pytest.raises(TypeError, match="no complex dtypes"):
        xp.asarray(1j)


def test_inspection(lib, xp):
    info = xp.__array_namespace_info__()
    assert info.capabilities() == {
        "boolean indexing": True,
        "data-dependent shapes": True,
        "max dimensions": 64,
    }
    lib.zeros((1,) * 64)
    with pytest.raises(ValueError, match="64"):
        lib.zeros((1,) * 65)
    (device,) = info.devices()
    assert device == info.default_device() == lib.zeros(1).device
    assert set(info.dtypes()) == set(DTYPES)
    assert set(info.dtypes(kind="integral")) == set(INTEGERS)
    assert set(info.dtypes(kind=("bool", "real floating"))) == {"bool", "float32", "float64"}
    assert info.dtypes(kind="complex floating") == {}
    defaults = info.default_dtypes(device=device)
    assert defaults["real floating"] is xp.asarray(1.0).dtype is xp.zeros(1).dtype
    assert defaults["integral"] is xp.asarray(1).dtype is xp.arange(3).dtype
    assert defaults["indexing"] is xp.argmax(xp.zeros(2)).dtype
    with pytest.raises(ValueError, match="no kind"):
        info.dtypes(kind="floating")


# --- values


def same(found, wanted, tolerance=0.0):
    """Equal to NumPy's in dtype, shape, values and the sign of zeros."""
    if isinstance(wanted, tuple | list):
        assert len(found) == len(wanted)
        for a, b in zip(found, wanted, strict=True):
            same(a, b, tolerance)
        return
    found, wanted = found.detach().numpy(), np.asarray(wanted)
    assert found.dtype == wanted.dtype
    np.testing.assert_allclose(found, wanted, rtol=tolerance, atol=tolerance / 10)
    if wanted.dtype.kind == "f" and not tolerance > 1e-5:
        zero = wanted == 0
        np.testing.assert_array_equal(np.signbit(found[zero]), np.signbit(wanted[zero]))


def special(dtype):
    limits = np.finfo(dtype)
    ends = [limits.tiny, -limits.tiny, limits.max, limits.min]
    return np.array([0.0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3, np.inf, -np.inf, np.nan, *ends], dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", UNARY)
def test_unary_special_cases(lib, xp, name, dtype):
    x = special(dtype)
    with np.errstate(all="ignore"):
        wanted = getattr(np, name)(x)
    same(getattr(xp, name)(lib.from_numpy(x)), wanted, 2e-6 if dtype == "float32" else 1e-14)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", BINARY)
def test_binary_special_cases(lib, xp, name, dtype):
    x = special(dtype)
    if name in ("maximum", "minimum"):
        x = np.delete(x, 1)  # which zero is the greater is open
    pairs = np.array([*product(x, x)]).T
    with np.errstate(all="ignore"):
        wanted = getattr(np, name)(*pairs)
        if name == "floor_divide":  # the standard has what NumPy, as Python, rounds or has no number for
            wanted = np.where(np.isinf(pairs).any(0), pairs[0] / pairs[1], wanted)
    same(getattr(xp, name)(*map(lib.from_numpy, pairs)), wanted, 2e-6 if dtype == "float32" else 1e-14)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_number_is_divided_once(lib, xp, dtype):
    x = np.array([np.finfo(dtype).smallest_subnormal, 3, 49, -np.inf], dtype)
    for number in (0.0, -0.0, 7, 1.0, np.inf):
        with np.errstate(all="ignore"):
            wanted = np.divide(number, x)
        same(xp.divide(number, lib.from_numpy(x)), wanted)
    leaf = lib.from_numpy(x).requires_grad_()
    xp.divide(3.0, leaf)[1:].sum().backward()
    np.testing.assert_allclose(leaf.grad.numpy()[1:], -3 / x[1:] ** 2, rtol=1e-6)


@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers(lib, xp, dtype):
    low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    x = np.array([0, 1, 2, 3, 7, high, high - 1, low, low // 2], dtype)
    for name in UNARY_INTEGER:
        same(getattr(xp, name)(lib.from_numpy(x)), getattr(np, name)(x))
    a, b = np.array([*product(x, x)], dtype).T
    for name in BINARY_INTEGER:
        divisor = np.where(b == 0, 1, b).astype(dtype) if name in ("floor_divide", "remainder") else b
        with np.errstate(all="ignore"):
            wanted = getattr(np, name)(a, divisor)
        same(getattr(xp, name)(lib.from_numpy(a.copy()), lib.from_numpy(divisor)), wanted)
    bits = np.arange(5, dtype=dtype)
    for name in OTHERS[1:]:
        same(getattr(xp, name)(lib.from_numpy(bits), lib.from_numpy(bits)), getattr(np, name)(bits, bits))


def test_booleans(lib, xp):
    a, b = np.array([*product([False, True], repeat=2)]).T
    for name in LOGICAL:
        same(getattr(xp, name)(lib.from_numpy(a), lib.from_numpy(b)), getattr(np, name)(a, b))
    same(xp.logical_not(lib.from_numpy(a)), ~a)
    same(xp.bitwise_invert(lib.from_numpy(a)), ~a)


@pytest.mark.parametrize(("first", "second"), [*product(INTEGERS, repeat=2)])
def test_promotion_is_by_dtype_alone(xp, first, second):
    wanted = np.result_type(first, second).name
    a, b = getattr(xp, first), getattr(xp, second)
    if wanted == "float64":  # uint64 and a signed one, which the standard leaves open
        assert not xp.can_cast(a, b)
        for call in (lambda: xp.result_type(a, b), lambda: xp.add(xp.ones(2, dtype=a), xp.ones((), dtype=b))):
            with pytest.raises(
                RuntimeError, match="Promotion for uint16, uint32, uint64 types is not supported"
            ):
                call()
        return
    for shape_a, shape_b in product([(), (2,)], repeat=2):
        x, y = xp.ones(shape_a, dtype=a), xp.ones(shape_b, dtype=b)
        for name in ("add", "maximum", "bitwise_and", "floor_divide"):
            assert getattr(xp, name)(x, y).dtype is getattr(xp, wanted), (shape_a, shape_b)
        assert xp.where(xp.asarray(True), x, y).dtype is getattr(xp, wanted)
    assert xp.result_type(a, y) is xp.result_type(x, b, 1) is getattr(xp, wanted)
    assert xp.can_cast(a, b) == (wanted == second)


def test_promotion_of_floats_and_numbers(xp):
    single, double = xp.ones(2), xp.asarray(1.0, dtype=xp.float64)
    assert xp.add(single, double).dtype is xp.concat([single, double], axis=None).dtype is xp.float64
    assert xp.matmul(xp.eye(2, dtype=xp.float64), single).dtype is xp.stack([double, xp.e * double]).dtype
    small = xp.ones(2, dtype=xp.int8)
    assert xp.add(1, small).dtype is xp.multiply(small, 2).dtype is xp.int8
    assert xp.divide(1.0, single).dtype is xp.pow(single, 2).dtype is xp.float32
    assert xp.result_type(xp.float32, 1.0, 1) is xp.float32
    for no_array in (lambda: xp.add(1, 2), lambda: xp.result_type(1, 2.0)):
        with pytest.raises(TypeError, match="at least one"):
            no_array()
