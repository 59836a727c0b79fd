"""What makes tensors: values, dtype, shape, requires_grad, sharing, errors; in PyTorch's conventions."""

import numpy as np
import pytest
from op_db.run import dtype_name, to_numpy
from op_db.spec import ALL, FLOATS, INTS, UNSIGNED

LEGACY = {
    "FloatTensor": "float32",
    "DoubleTensor": "float64",
    "LongTensor": "int64",
    "IntTensor": "int32",
    "ShortTensor": "int16",
    "CharTensor": "int8",
    "ByteTensor": "uint8",
    "BoolTensor": "bool",
}


def check(tensor, dtype: str, values):
    """A leaf without grad that has this dtype and these values."""
    expected = np.array(values, dtype)
    assert dtype_name(tensor) == dtype
    assert tuple(tensor.shape) == expected.shape
    assert tensor.is_leaf
    assert not tensor.requires_grad
    np.testing.assert_array_equal(to_numpy(tensor), expected)


# --- from data


@pytest.mark.parametrize("name", ["tensor", "as_tensor"])
@pytest.mark.parametrize(
    ("data", "dtype"),
    [
        (3, "int64"),
        (2.5, "float32"),
        (True, "bool"),
        ([], "float32"),
        ([[]], "float32"),
        ([1, 2], "int64"),
        ((1, 2.5), "float32"),
        ([True, False], "bool"),
        ([True, 2], "int64"),
        ([True, 2.5], "float32"),
        ([[1, 2], (3, 4)], "int64"),
        ([[[1.0]], [[2]]], "float32"),
        ([float("nan"), float("inf")], "float32"),
        (range(3), "int64"),
        (np.float64(2), "float64"),
        (np.int8(2), "int8"),
        (np.bool_(True), "bool"),
        ([np.float64(2), np.float64(3)], "float64"),
        ([2**53 + 1, -(2**63)], "int64"),
    ],
    ids=repr,
)
def test_from_python(lib, name, data, dtype):
    check(getattr(lib, name)(data), dtype, list(data) if isinstance(data, range) else data)


@pytest.mark.parametrize("name", ["tensor", "as_tensor", "from_numpy"])
@pytest.mark.parametrize("dtype", ALL)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (2, 0)])
def test_from_ndarray_keeps_the_dtype(lib, name, dtype, shape):
    array = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
    check(getattr(lib, name)(array), dtype, array)


@pytest.mark.parametrize("dtype", ALL)
def test_dtype_argument(lib, dtype):
    wanted = getattr(lib, dtype)
    check(lib.tensor([[0, 1], [2, 3]], dtype=wanted), dtype, [[0, 1], [2, 3]])
    check(lib.tensor(np.array([0.0, 1.0, 2.5]), dtype=wanted), dtype, np.array([0.0, 1.0, 2.5]).astype(dtype))
    check(lib.as_tensor(lib.tensor([0, 1]), dtype=wanted), dtype, [0, 1])


def test_nested_tensors_and_arrays_in_lists(lib):
    check(lib.tensor([lib.tensor(1.5), lib.tensor(2)]), "float32", [1.5, 2])
    check(lib.tensor([[np.float32(1), 2.0]]), "float32", [[1, 2]])


def test_strided_arrays(lib):
    array = np.arange(12.0).reshape(3, 4)
    for view in (array.T, array[::2], array[:, 1::2], array[1:, 2:]):
        for name in ("tensor", "as_tensor", "from_numpy"):
            check(getattr(lib, name)(view), "float64", view)
    assert lib.from_numpy(array.T).stride() == (1, 4)


def test_sharing(lib):
    array = np.zeros(3)
    copied, shared, numpy_shared = lib.tensor(array), lib.as_tensor(array), lib.from_numpy(array)
    array[0] = 1
    assert copied.tolist() == [0, 0, 0]
    assert shared.tolist() == numpy_shared.tolist() == [1, 0, 0]
    shared[1] = 2
    assert array.tolist() == [1, 2, 0]
    shared.numpy()[2] = 3
    assert array.tolist() == [1, 2, 3]
    other = lib.as_tensor(array, dtype=lib.float32)
    array[0] = 9
    assert other.tolist() == [1, 2, 3]


def test_as_tensor_of_a_tensor_is_itself(lib):
    x = lib.ones(2, requires_grad=True)
    assert lib.as_tensor(x) is x
    assert lib.as_tensor(x, dtype=lib.float32) is x
    assert lib.as_tensor(x * 2, dtype=lib.float64).grad_fn is not None


def test_memory_outlives_the_array(lib):
    x = lib.from_numpy(np.arange(1000.0))
    np.zeros(1000)
    assert x[-1].item() == 999


@pytest.mark.parametrize(
    ("error", "data"),
    [
        (ValueError, [[1, 2], [3]]),
        (TypeError, [[1, 2], 3]),
        (TypeError, [1, "a"]),
        (TypeError, "abc"),
        (RuntimeError, object()),
        (RuntimeError, None),
        (RuntimeError, 2**63),
        (TypeError, np.array(["a"])),
        (TypeError, np.array([object()])),
    ],
    ids=repr,
)
def test_bad_data(lib, error, data):
    # PyTorch is not of one mind about TypeError, ValueError and RuntimeError here
    kinds = (
        (error, TypeError, ValueError, OverflowError)
        if error is RuntimeError
        else (error, ValueError, TypeError)
    )
    with pytest.raises(kinds):
        lib.tensor(data)


@pytest.mark.own("its dtypes are these")
@pytest.mark.parametrize("dtype", ["float16", "complex64", "longdouble", "U3", "O", "M8[s]"])
def test_dtypes_it_does_not_have(lib, dtype):
    for make in (lib.tensor, lib.as_tensor, lib.from_numpy):
        with pytest.raises(TypeError, match=r"np\.ndarray of type"):
            make(np.zeros(2, dtype))


def test_from_numpy_takes_arrays_only(lib):
    with pytest.raises(TypeError):
        lib.from_numpy([1, 2])


@pytest.mark.own("no warning, and read-only stays read-only; any strides")
def test_readonly_arrays_and_negative_strides(lib):
    array = np.arange(3.0)
    array.flags.writeable = False
    for x in (lib.from_numpy(array), lib.as_tensor(array)):
        for write in (
            lambda x=x: x.add_(1),
            lambda x=x: x.__setitem__(0, 1),
            lambda x=x: x[1:].detach().zero_(),
            lambda x=x: lib.exp(x, out=x),
        ):
            with pytest.raises(RuntimeError, match="read-only"):
                write()
        assert not x.numpy().flags.writeable
    assert array.tolist() == [0, 1, 2]
    shared = np.arange(3.0)
    check(lib.from_numpy(shared[::-1]), "float64", [2, 1, 0])
    lib.from_numpy(shared[::-1])[0] = 7
    assert shared.tolist() == [0, 1, 7]
    check(lib.tensor(np.arange(6).reshape(2, 3)[::-1, ::-1]), "int64", [[5, 4, 3], [2, 1, 0]])


# --- filled


FILLED = [
    ("zeros", 0),
    ("ones", 1),
    pytest.param("empty", 0, marks=pytest.mark.own("empty is zero-filled")),
]


@pytest.mark.parametrize(("name", "value"), FILLED)
def test_filled(lib, name, value):
    make = getattr(lib, name)
    for args in [(2, 3), ((2, 3),), ([2, 3],), (lib.zeros(2, 3).shape,), (np.int64(2), 3)]:
        check(make(*args), "float32", np.full((2, 3), value))
    check(make(size=(2,)), "float32", [value] * 2)
    check(make(()), "float32", value)
    check(make(0), "float32", [])
    check(make(2, 0, 3), "float32", np.zeros((2, 0, 3)))
    for dtype in ALL:
        check(make(2, dtype=getattr(lib, dtype)), dtype, [value] * 2)
    check(make(2, device="cpu"), "float32", [value] * 2)
    large = to_numpy(make(300, 400))
    assert (large == value).all()


@pytest.mark.parametrize(("name", "value"), FILLED)
def test_filled_like(lib, name, value):
    make = getattr(lib, name + "_like")
    for dtype in ALL:
        check(make(lib.ones(2, 3, dtype=getattr(lib, dtype))), dtype, np.full((2, 3), value))
    x = lib.ones(3, 4, requires_grad=True)
    check(make(x.t()), "float32", np.full((4, 3), value))
    check(make(x[:, ::2], dtype=lib.int64), "int64", np.full((3, 2), value))
    assert make(x, requires_grad=True).requires_grad


@pytest.mark.parametrize(
    ("value", "dtype"), [(2.5, "float32"), (3, "int64"), (True, "bool"), (np.nan, "float32")]
)
def test_full(lib, value, dtype):
    check(lib.full((2, 3), value), dtype, np.full((2, 3), value))
    check(lib.full((), value), dtype, value)
    check(lib.full([2], fill_value=value, dtype=lib.float64), "float64", [value] * 2)
    check(lib.full_like(lib.ones(2), value), "float32", [value] * 2)


@pytest.mark.parametrize("name", ["zeros", "ones", "empty", "rand", "randn"])
def test_bad_sizes(lib, name):
    make = getattr(lib, name)
    with pytest.raises(RuntimeError):
        make(-1)
    with pytest.raises(RuntimeError):
        make(2**40, 2**40)
    for sizes in [(1.5,), ("a",), ((2, 1.5),), (None,)]:
        with pytest.raises(TypeError):
            make(*sizes)


def test_out_of_memory(lib):
    with pytest.raises((RuntimeError, MemoryError)):
        lib.zeros(10**15)
    assert lib.zeros(2).tolist() == [0, 0]


def test_eye(lib):
    check(lib.eye(3), "float32", np.eye(3))
    check(lib.eye(2, 4), "float32", np.eye(2, 4))
    check(lib.eye(3, 2, dtype=lib.int64), "int64", np.eye(3, 2))
    check(lib.eye(0), "float32", np.eye(0))
    with pytest.raises(RuntimeError):
        lib.eye(-1)


# --- ranges


@pytest.mark.parametrize(
    ("args", "dtype"),
    [
        ((5,), "int64"),
        ((0,), "int64"),
        ((2, 7), "int64"),
        ((2, 7, 2), "int64"),
        ((7, 2, -2), "int64"),
        ((-3, 3), "int64"),
        ((3, 3), "int64"),
        ((5.0,), "float32"),
        ((1, 2, 0.25), "float32"),
        ((0, 1, 0.3), "float32"),
        ((2.5, 0, -1), "float32"),
        ((0, 10, 2.5), "float32"),
    ],
    ids=repr,
)
def test_arange(lib, args, dtype):
    check(lib.arange(*args), dtype, np.arange(*args).astype(dtype))
    check(lib.arange(*args, dtype=lib.float64), "float64", np.arange(*args, dtype="float64"))


def test_arange_keywords_and_errors(lib):
    check(lib.arange(start=1, end=7, step=3), "int64", [1, 4])
    check(lib.arange(end=3), "int64", [0, 1, 2])
    check(lib.arange(3, dtype=lib.int8), "int8", [0, 1, 2])
    assert lib.arange(3.0, requires_grad=True).requires_grad
    for args in [(1, 5, 0), (5, 1), (1, 5, -1), (float("nan"),), (0, float("inf"))]:
        with pytest.raises(RuntimeError):
            lib.arange(*args)
    with pytest.raises(TypeError):
        lib.arange("a")


@pytest.mark.parametrize(
    "args", [(0, 1, 5), (1, 0, 4), (-2.5, 2.5, 11), (3, 3, 3), (2, 5, 1), (2, 5, 0), (0, 1, 100)]
)
def test_linspace(lib, args):
    expected = np.linspace(*args)
    for dtype, rtol in (("float32", 1e-6), ("float64", 1e-14)):
        made = lib.linspace(*args, dtype=getattr(lib, dtype))
        assert dtype_name(made) == dtype
        np.testing.assert_allclose(to_numpy(made), expected, rtol, atol=rtol)
        if args[2] > 1:
            assert made[0].item() == args[0]
            assert made[-1].item() == args[1]
    assert dtype_name(lib.linspace(0, 1, steps=3)) == "float32"


@pytest.mark.parametrize(
    ("args", "dtype", "values"),
    [
        ((0.0, -8.000001, -4.0), "int64", [0, -4]),
        ((0.1, -7.9, -4.0), "int64", [0, -4]),
        ((2.1, -2.9, -1.0), "uint8", [2, 1, 0, 255, 254]),
        ((0.5, 2.7, 0.9), "int32", [0, 0, 0]),
        ((0.5, 3), "int64", [0, 1, 2]),
    ],
)
def test_arange_counts_integers_in_integers(lib, args, dtype, values):
    check(lib.arange(*args, dtype=getattr(lib, dtype)), dtype, values)


def test_linspace_of_integers_and_errors(lib):
    check(lib.linspace(4.3, -3, 5, dtype=lib.int64), "int64", [4, 2, 0, -1, -3])
    check(lib.linspace(0.5, 1.9, 3, dtype=lib.int32), "int32", [0, 0, 1])
    check(lib.linspace(0, 10, 5, dtype=lib.int64), "int64", [0, 2, 5, 7, 10])
    with pytest.raises(RuntimeError, match="must be non-negative"):
        lib.linspace(0, 1, -1)
    with pytest.raises(TypeError):
        lib.linspace(0, 1)


def test_logspace(lib):
    check(lib.logspace(0, 2, 3), "float32", [1, 10, 100])
    check(lib.logspace(2, -2, 3, base=2, dtype=lib.float64), "float64", [4, 1, 0.25])
    check(lib.logspace(0.5, 2.7, 4, dtype=lib.int64), "int64", [1, 4, 21, 100])
    check(lib.logspace(0, 1, 1), "float32", [1])
    check(lib.logspace(0, 1, 0), "float32", [])
    with pytest.raises(RuntimeError, match="must be non-negative"):
        lib.logspace(0, 1, -1)


def test_scalar_tensor(lib):
    check(lib.scalar_tensor(3), "float32", 3)
    check(lib.scalar_tensor(3, dtype=lib.int64), "int64", 3)
    assert lib.scalar_tensor(2.0, requires_grad=True).requires_grad


# --- of given strides


def test_empty_strided(lib):
    for x in (
        lib.empty_strided((2, 3), (1, 4), dtype=lib.float64),
        lib.ones(1, dtype=lib.float64).new_empty_strided((2, 3), (1, 4)),
    ):
        assert x.stride() == (1, 4)
        assert not x._is_view()
        check(x.fill_(2), "float64", np.full((2, 3), 2.0))
    assert lib.empty_strided((0, 3), (1, 2)).stride() == (1, 2)
    assert lib.empty_strided((), (), requires_grad=True).requires_grad
    with pytest.raises(RuntimeError, match=r"mismatch in length|must match dimensionality"):
        lib.empty_strided((2,), (1, 2))


def test_empty_permuted(lib):
    assert lib.empty_permuted((2, 3, 4), (2, 0, 1)).stride() == (3, 1, 6)
    assert lib.empty_permuted((), ()).shape == ()
    check(lib.empty_permuted((2, 0), (1, 0), dtype=lib.int8), "int8", np.zeros((2, 0)))
    for physical in ((0,), (0, 0), (0, 1, 2)):
        with pytest.raises(RuntimeError):
            lib.empty_permuted((2, 3), physical)


# --- of another's dtype


def test_new_ones_have_the_dtype_of_another(lib):
    x = lib.ones(2, dtype=lib.float64, requires_grad=True)
    check(x.new_zeros(2, 3), "float64", np.zeros((2, 3)))
    check(x.new_zeros((2, 3)), "float64", np.zeros((2, 3)))
    check(x.new_zeros(size=(2,)), "float64", [0, 0])
    check(x.new_ones(2, dtype=lib.int8), "int8", [1, 1])
    check(x.new_full((2,), 3), "float64", [3, 3])
    check(x.new_tensor([[1, 2]]), "float64", [[1, 2]])
    check(x.new_tensor(2.5, dtype=lib.float32, device="cpu"), "float32", 2.5)
    assert x.new_empty(()).dtype == lib.float64
    assert x.new_ones(2, requires_grad=True).requires_grad


# --- requires_grad


MAKERS = {
    "tensor": lambda lib, **kw: lib.tensor([1.0, 2.0], **kw),
    "zeros": lambda lib, **kw: lib.zeros(2, **kw),
    "ones": lambda lib, **kw: lib.ones(2, **kw),
    "empty": lambda lib, **kw: lib.empty(2, **kw),
    "full": lambda lib, **kw: lib.full((2,), 1.0, **kw),
    "eye": lambda lib, **kw: lib.eye(2, **kw),
    "arange": lambda lib, **kw: lib.arange(2.0, **kw),
    "linspace": lambda lib, **kw: lib.linspace(0, 1, 2, **kw),
    "rand": lambda lib, **kw: lib.rand(2, **kw),
    "randn": lambda lib, **kw: lib.randn(2, **kw),
    "zeros_like": lambda lib, **kw: lib.zeros_like(lib.ones(2), **kw),
    "ones_like": lambda lib, **kw: lib.ones_like(lib.ones(2), **kw),
    "rand_like": lambda lib, **kw: lib.rand_like(lib.ones(2), **kw),
    "randn_like": lambda lib, **kw: lib.randn_like(lib.ones(2), **kw),
    "full_like": lambda lib, **kw: lib.full_like(lib.ones(2), 3.0, **kw),
}


@pytest.mark.parametrize("name", MAKERS)
def test_requires_grad(lib, name):
    make = MAKERS[name]
    assert not make(lib).requires_grad
    with lib.no_grad():
        x = make(lib, requires_grad=True)
    assert x.requires_grad
    assert x.is_leaf
    assert x.grad_fn is None
    assert dtype_name(make(lib, dtype=lib.float64)) == "float64"
    if not name.startswith("rand"):
        with pytest.raises(RuntimeError, match="dtype can require gradients"):
            make(lib, dtype=lib.int64, requires_grad=True)


# --- by the old names


@pytest.mark.parametrize("name", LEGACY)
def test_legacy_constructors(lib, name):
    make, dtype = getattr(lib, name), LEGACY[name]
    check(make([0, 1]), dtype, [0, 1])
    check(make([[0, 1], [1, 0]]), dtype, [[0, 1], [1, 0]])
    check(make([]), dtype, [])
    check(make(), dtype, [])
    assert tuple(make(3, 4).shape) == (3, 4)
    assert tuple(make(2).shape) == (2,)
    assert tuple(make(0, 2).shape) == (0, 2)
    assert tuple(make(lib.zeros(2, 3).shape).shape) == (2, 3)
    assert dtype_name(make(3, 4)) == dtype
    with pytest.raises((ValueError, TypeError)):
        make([[1, 2], [3]])


def test_tensor_is_the_type_and_makes_float32(lib):
    check(lib.Tensor([1, 2]), "float32", [1, 2])
    check(lib.Tensor([[1, 2], [3, 4]]), "float32", [[1, 2], [3, 4]])
    check(lib.Tensor(np.array([1.5, 2.5])), "float32", [1.5, 2.5])
    assert tuple(lib.Tensor(3, 4).shape) == (3, 4)
    assert isinstance(lib.ones(2), lib.Tensor)
    assert isinstance(lib.Tensor(2), lib.Tensor)


@pytest.mark.own("by size is zero-filled")
def test_legacy_constructors_are_zero_filled(lib):
    for name, dtype in LEGACY.items():
        check(getattr(lib, name)(3, 4), dtype, np.zeros((3, 4)))
    check(lib.Tensor(3, 4), "float32", np.zeros((3, 4)))
    large = np.zeros((300, 400))
    double = lib.ones(2, dtype=lib.float64)
    check(lib.Tensor(300, 400), "float32", large)
    check(double.new_empty(300, 400), "float64", large)
    check(double.new_empty((300, 400), dtype=lib.int8), "int8", large)


# --- random


@pytest.fixture
def seeded(lib):
    lib.manual_seed(0)
    return lib


def test_rand(seeded):
    x = to_numpy(seeded.rand(200, 300))
    assert x.shape == (200, 300)
    assert x.dtype == np.float32
    assert x.min() >= 0
    assert x.max() < 1
    assert abs(x.mean() - 0.5) < 0.01
    assert abs(x.var() - 1 / 12) < 0.01
    assert abs(np.corrcoef(x[:, :-1].ravel(), x[:, 1:].ravel())[0, 1]) < 0.02
    assert len(np.unique(to_numpy(seeded.rand(10_000, dtype=seeded.float64)))) == 10_000


@pytest.mark.parametrize("dtype", FLOATS)
def test_randn(seeded, dtype):
    x = to_numpy(seeded.randn(200, 300, dtype=getattr(seeded, dtype)))
    assert x.dtype == dtype
    assert np.isfinite(x).all()
    assert abs(x.mean()) < 0.02
    assert abs(x.var() - 1) < 0.03
    assert abs((x**3).mean()) < 0.05
    assert abs((x**4).mean() - 3) < 0.15
    assert 3.5 < abs(x).max() < 6


def test_randint(seeded):
    x = to_numpy(seeded.randint(-2, 4, (100, 100)))
    assert x.dtype == np.int64
    assert set(np.unique(x)) == set(range(-2, 4))
    counts = np.unique(x, return_counts=True)[1]
    assert abs(counts / 10_000 - 1 / 6).max() < 0.02
    assert to_numpy(seeded.randint(3, (50,))).max() == 2
    assert to_numpy(seeded.randint(high=3, size=(50,), low=1)).min() == 1
    for dtype in FLOATS + INTS + UNSIGNED:
        assert dtype_name(seeded.randint(0, 5, (2,), dtype=getattr(seeded, dtype))) == dtype
    with pytest.raises(RuntimeError):
        seeded.randint(4, 4, (2,))


def test_sizes_of_random_tensors(lib):
    for make in (lib.rand, lib.randn):
        assert tuple(make(2, 3).shape) == tuple(make((2, 3)).shape) == tuple(make([2, 3]).shape) == (2, 3)
        assert tuple(make(()).shape) == ()
        assert tuple(make(0, 3).shape) == (0, 3)
    x = lib.zeros(3, 4, dtype=lib.float64).t()
    for make in (lib.rand_like, lib.randn_like):
        assert tuple(make(x).shape) == (4, 3)
        assert dtype_name(make(x)) == "float64"
    assert tuple(lib.randint_like(x, 5).shape) == (4, 3)
    assert dtype_name(lib.randint_like(lib.ones(2, dtype=lib.int8), 1, 5)) == "int8"


@pytest.mark.parametrize("size", [1, 7, 16, 100, 5000])
def test_seeds(lib, size):
    draws = [
        lambda: lib.rand(size),
        lambda: lib.randn(size),
        lambda: lib.randint(0, 10**6, (size,)),
        lambda: lib.rand(size, dtype=lib.float64),
        lambda: lib.randn(size, dtype=lib.float64),
    ]

    def run(seed):
        lib.manual_seed(seed)
        return [to_numpy(draw()).tolist() for draw in draws + draws]

    first, again, other = run(5), run(5), run(6)
    assert first == again
    assert all(a != b for a, b in zip(first, other, strict=True))
    half = len(draws)
    assert all(a != b for a, b in zip(first[:half], first[half:], strict=True))


@pytest.mark.parametrize("offset", [-1000, -1, 0, 2, 1000])
@pytest.mark.parametrize(("rows", "columns"), [(3, 5), (5, 3), (0, 3), (3, 0)])
def test_triangle_indices(lib, rows, columns, offset):
    for ours, numpys in (lib.triu_indices, np.triu_indices), (lib.tril_indices, np.tril_indices):
        check(ours(rows, columns, offset), "int64", numpys(rows, offset, columns))
