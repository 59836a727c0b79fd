"""Arrays of other libraries in and out: DLPack, NumPy's protocols, pickle, pandas, memory of every layout."""

import copy
import gc
import operator
import pickle
import subprocess
import sys
import weakref

import numpy as np
import pytest
from op_db.spec import ALL, UNSIGNED
from semantics import raises

DTYPES = [*ALL, *UNSIGNED]
own = pytest.mark.own("PyTorch has other rules")


@pytest.fixture
def matrix():
    return np.arange(12.0).reshape(3, 4)


# --- DLPack


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (2, 0, 3)])
def test_dlpack_with_numpy(lib, dtype, shape):
    array = np.arange(int(np.prod(shape))).reshape(shape).astype(dtype)
    x = lib.from_dlpack(array)
    assert x.dtype is getattr(lib, dtype)
    assert tuple(x.shape) == shape
    back = np.from_dlpack(x)
    assert back.dtype == array.dtype
    np.testing.assert_array_equal(back, array)
    if array.size:
        assert np.shares_memory(back, array)


def test_dlpack_of_strided_arrays(lib, matrix):
    for view in (matrix.T, matrix[::2, 1:], matrix[1]):
        x = lib.from_dlpack(view)
        np.testing.assert_array_equal(x.numpy(), view)
        assert np.shares_memory(np.from_dlpack(x), matrix)
    x = lib.tensor(matrix)[:, 1::2].T
    np.testing.assert_array_equal(np.from_dlpack(x), matrix[:, 1::2].T)


@own
def test_dlpack_of_reversed_arrays(lib, matrix):
    x = lib.from_dlpack(matrix[::-1, ::-1])
    np.testing.assert_array_equal(x.numpy(), matrix[::-1, ::-1])
    np.testing.assert_array_equal(np.from_dlpack(x), matrix[::-1, ::-1])


def test_dlpack_shares_writes(lib, matrix):
    x = lib.from_dlpack(matrix)
    x[0, 0] = 7
    matrix[0, 1] = 8
    assert x[0, :2].tolist() == [7, 8]
    y = lib.zeros(2)
    np.from_dlpack(y)[1] = 3
    assert y.tolist() == [0, 3]


@own
def test_dlpack_keeps_read_only(lib, matrix):
    matrix.flags.writeable = False
    x = lib.from_dlpack(matrix)
    with pytest.raises(RuntimeError, match="read-only"):
        x.add_(1)
    assert not np.from_dlpack(x).flags.writeable
    with pytest.raises(BufferError, match="read"):
        x.__dlpack__()  # the older protocol cannot say so
    assert "versioned" in repr(x.__dlpack__(max_version=(1, 0)))
    assert np.from_dlpack(x, copy=True).flags.writeable


class Exporter:
    """An array of a library of its own, on a device of its own."""

    def __init__(self, array, device=(1, 0)):
        self.array, self.device, self.asked = array, device, []

    def __dlpack__(self, **asked):
        self.asked.append(asked)
        return self.array.__dlpack__(**{k: v for k, v in asked.items() if k != "dl_device"})

    def __dlpack_device__(self):
        return self.device


@own
def test_what_the_producer_is_asked(lib, matrix):
    producer = Exporter(matrix)
    assert np.shares_memory(lib.from_dlpack(producer).numpy(), matrix)
    assert np.shares_memory(lib.from_dlpack(producer, copy=False).numpy(), matrix)
    assert producer.asked[1]["copy"] is False
    assert producer.asked[0]["max_version"] >= (1, 0)
    assert not np.shares_memory(lib.from_dlpack(producer, copy=True).numpy(), matrix)
    assert lib.from_dlpack(producer, device="cpu").tolist() == matrix.tolist()
    elsewhere = Exporter(matrix, device=(2, 0))
    with pytest.raises(BufferError, match="DLPack device 2"):
        lib.from_dlpack(elsewhere)
    assert not elsewhere.asked
    assert lib.from_dlpack(elsewhere, device=lib.device("cpu")).tolist() == matrix.tolist()
    assert elsewhere.asked[-1]["dl_device"][0] == 1


@own
def test_dlpack_refusals(lib):
    leaf = lib.ones(2, requires_grad=True)
    for take in (np.from_dlpack, lib.from_dlpack):
        with pytest.raises(BufferError, match="require gradient"):
            take(leaf)
        with pytest.raises(BufferError, match="require gradient"):
            take(leaf * 2)
        assert take(leaf.detach()).tolist() == [1, 1]
    x = lib.ones(2)
    assert x.__dlpack_device__() == (1, 0)
    with pytest.raises(BufferError):
        x.__dlpack__(dl_device=(2, 0))
    with pytest.raises((RuntimeError, ValueError), match="stream"):  # as the NumPy that answers has it
        x.__dlpack__(stream=1)
    with pytest.raises(TypeError, match="__dlpack__"):
        lib.from_dlpack([1, 2])
    with pytest.raises(ValueError, match="CPU"):
        lib.from_dlpack(x, device="cuda")
    with pytest.raises(TypeError, match="float16"):
        lib.from_dlpack(np.ones(2, "float16"))


@own
def test_memory_lives_as_long_as_anyone_holds_it(lib):
    class Owner(np.ndarray):
        pass

    array = np.arange(1000.0).view(Owner)
    gone = weakref.ref(array)
    x = lib.from_dlpack(array)
    del array
    gc.collect()
    taken = np.from_dlpack(x[10:20])
    del x
    gc.collect()
    assert taken.tolist() == [*range(10, 20)]
    assert gone() is not None
    del taken
    gc.collect()
    assert gone() is None
    capsule = lib.ones(1000).__dlpack__()
    del capsule  # never taken


@own
def test_dlpack_with_pytorch(lib, matrix):
    torch = pytest.importorskip("torch")
    for dtype in DTYPES:
        theirs = torch.arange(6).reshape(2, 3).T.to(getattr(torch, dtype))
        ours = lib.from_dlpack(theirs)
        assert ours.dtype is getattr(lib, dtype)
        assert ours.tolist() == theirs.tolist()
        assert ours.data_ptr() == theirs.data_ptr()
        assert torch.from_dlpack(ours).data_ptr() == theirs.data_ptr()
    x = lib.tensor(matrix)
    torch.from_dlpack(x)[0, 0] = 5
    assert x[0, 0].item() == 5
    with pytest.raises(BufferError, match="gradient"):
        lib.from_dlpack(torch.ones(2, requires_grad=True))
    with pytest.raises(BufferError, match="cannot be taken"):
        lib.from_dlpack(torch.ones(2, dtype=torch.bfloat16))


@own
def test_dlpack_with_jax(lib, matrix):
    jax = pytest.importorskip("jax")
    ours = lib.from_dlpack(jax.numpy.arange(3))
    assert ours.tolist() == [0, 1, 2]
    assert not ours.numpy().flags.writeable
    np.testing.assert_array_equal(jax.dlpack.from_dlpack(lib.tensor([1.0, 2.0])), [1, 2])


# --- NumPy


@pytest.mark.parametrize("dtype", DTYPES)
def test_asarray_shares_memory(lib, dtype):
    x = lib.tensor([[0, 1, 2], [3, 4, 5]], dtype=getattr(lib, dtype)).T
    array = np.asarray(x)
    assert array.dtype == np.dtype(dtype)
    assert array.strides == tuple(stride * array.itemsize for stride in x.stride())
    assert array.__array_interface__["data"][0] == x.data_ptr()
    assert np.asarray(x, dtype=np.float16).dtype == np.float16


@own
def test_array_copies(lib):
    x = lib.ones(3)
    assert not np.shares_memory(np.array(x), np.asarray(x))
    assert np.shares_memory(np.array(x, copy=False), np.asarray(x))


@pytest.mark.own("PyTorch refuses to give NumPy's file a leaf")
def test_numpy_saves_and_loads(lib, tmp_path):
    x, leaf = lib.tensor([[1.5, 2.0], [3.0, 4.0]]).T, lib.ones(2, requires_grad=True)
    np.save(tmp_path / "x.npy", x)
    np.savez(tmp_path / "x.npz", x=x, y=lib.arange(3))
    assert lib.from_numpy(np.load(tmp_path / "x.npy")).tolist() == x.tolist()
    with np.load(tmp_path / "x.npz") as found:
        assert found["y"].tolist() == [0, 1, 2]
    np.save(tmp_path / "leaf.npy", leaf)  # a file has no tape: nothing is lost unseen
    assert np.load(tmp_path / "leaf.npy").tolist() == [1, 1]


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickle(lib, protocol):
    leaf = lib.tensor([[1.0, 2.0]], requires_grad=True)
    for x in (leaf, leaf.detach().T, lib.arange(3), lib.zeros(2, 0), lib.tensor(True)):
        found = pickle.loads(pickle.dumps(x, protocol))
        assert type(found) is type(x)
        assert found.dtype is x.dtype
        assert found.shape == x.shape
        assert found.requires_grad == x.requires_grad
        assert found.tolist() == x.tolist()
    assert pickle.loads(pickle.dumps(lib.float64, protocol)) is lib.float64


# --- memory of every layout (D8)


def layouts(array):
    swapped = array.astype(array.dtype.newbyteorder())
    misaligned = np.frombuffer(b"\0" + array.tobytes(), np.uint8)[1:].view(array.dtype).reshape(array.shape)
    read_only = array.copy()
    read_only.flags.writeable = False
    yield from (array[::-1], array[:, ::-2], array.T[::-1], swapped, swapped[::-1], misaligned, read_only)
    yield np.broadcast_to(array[:1], array.shape)
    yield np.asfortranarray(array)
    yield np.ma.masked_array(array).data


@own
@pytest.mark.parametrize("dtype", ["float32", "float64", "int16", "int64"])
def test_layouts(lib, dtype):
    array = np.arange(12).reshape(3, 4).astype(dtype)
    for view in layouts(array):
        for make in (lib.tensor, lib.as_tensor, lib.from_numpy):
            x = make(view)
            assert x.dtype is getattr(lib, dtype)
            np.testing.assert_array_equal(x.numpy(), view)
            assert (x * 2 + x.T.T).tolist() == (view * 2 + view).tolist()
            assert x.sum(0).tolist() == view.sum(0).tolist()
        assert lib.tensor(view).numpy().flags.writeable


@own
@pytest.mark.parametrize("mode", ["r", "r+", "c"])
def test_memory_maps(lib, tmp_path, mode):
    np.save(tmp_path / "x.npy", np.arange(6.0))
    mapped = np.load(tmp_path / "x.npy", mmap_mode=mode)
    for make in (lib.from_numpy, lib.as_tensor):
        x = make(mapped)
        assert np.shares_memory(x.numpy(), mapped)
        assert x.numpy().flags.writeable == (mode != "r")
    copied = lib.tensor(mapped)
    del mapped
    if mode == "r":
        with pytest.raises(RuntimeError, match="read-only"):
            x.mul_(2)
    else:
        x.mul_(2)
        assert x.tolist() == [0, 2, 4, 6, 8, 10]
    assert copied.tolist() == [0, 1, 2, 3, 4, 5]
    del x
    gc.collect()
    on_disk = np.load(tmp_path / "x.npy")
    assert on_disk[5] == (10 if mode == "r+" else 5)


def test_buffers(lib):
    from array import array

    numbers = array("d", [1.0, 2.0])
    x = lib.as_tensor(np.asarray(numbers))
    numbers[0] = 5
    assert x.tolist() == [5, 2]


@own
def test_objects_with_a_buffer(lib):
    from array import array

    numbers = array("d", [1.0, 2.0])
    x = lib.as_tensor(numbers)
    numbers[0] = 5
    assert x.tolist() == [5, 2]
    assert lib.tensor(memoryview(b"ab")).tolist() == [97, 98]
    assert lib.as_tensor(memoryview(b"ab")).numpy().flags.writeable is False


@own
def test_copies_of_read_only_variables_are_writeable(lib, matrix):
    matrix.flags.writeable = False
    x = lib.from_numpy(matrix)
    for copied in (copy.deepcopy(x), pickle.loads(pickle.dumps(x)), x.clone(), lib.tensor(x)):
        copied.add_(1)
        assert copied[0, 0].item() == 1
    assert matrix[0, 0] == 0


# --- pandas


@own
def test_pandas(lib):
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"a": [1.0, 2.5, 3.0], "b": [1, 2, 3], "c": [True, False, True], "d": [*"xyz"]})
    for make in (lib.tensor, lib.as_tensor):
        assert make(table["a"]).dtype is lib.float64
        assert make(table["b"]).dtype is lib.int64
        assert make(table["c"]).tolist() == [True, False, True]
        assert make(table[["a", "b"]]).tolist() == [[1, 1], [2.5, 2], [3, 3]]
        assert make(table["a"].astype("float32")).dtype is lib.float32
        assert make(table.index).tolist() == [0, 1, 2]
        assert make(table["b"].astype("Int64")).tolist() == [1, 2, 3]
        with pytest.raises(TypeError, match="object"):
            make(table)
    codes = pandas.Series(list("xyx")).astype("category").cat.codes  # int8
    leaf = lib.tensor([1.0, 2.0], requires_grad=True)
    leaf[codes].sum().backward()
    assert leaf.grad.tolist() == [2, 1]
    back = pandas.DataFrame(lib.tensor([[1.0, 2.0], [3.0, 4.0]]), columns=["u", "v"])
    assert back["v"].tolist() == [2, 4]
    assert pandas.Series(lib.arange(3)).tolist() == [0, 1, 2]


OPERATORS = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.truediv,
    operator.pow,
    operator.mod,
    operator.floordiv,
]
OPERATORS += [operator.lt, operator.ge, operator.eq]


@own
@pytest.mark.parametrize("requires_grad", [False, True])
def test_operators_of_pandas_leave_to_variables(lib, requires_grad):
    pandas = pytest.importorskip("pandas")
    a = np.array([1.5, 2.0, -3.0])
    v = lib.tensor(np.array([0.5, 2.0, 4.0]), requires_grad=requires_grad)
    b = v.detach().numpy()
    for column in (pandas.Series(a, index=[5, 6, 7]), pandas.Index(a)):
        for op in OPERATORS:
            with np.errstate(invalid="ignore"):
                pairs = [(op(column, v), op(a, b)), (op(v, column), op(b, a))]
            for ours, expected in pairs:
                assert type(ours) is lib.Variable
                np.testing.assert_allclose(ours.detach().numpy(), expected, rtol=1e-14)
    assert type(np.multiply(pandas.Series(a), v)) is lib.Variable
    table = pandas.DataFrame({"x": [1.0, 2.0], "y": [3, 4]})
    np.testing.assert_array_equal((table * v[:2]).detach().numpy(), [[0.5, 6], [1, 8]])
    np.testing.assert_array_equal((v[:2] @ table).detach().numpy(), [4.5, 9.5])
    if requires_grad:
        (pandas.Series(a) * v).sum().backward()
        np.testing.assert_array_equal(v.grad.numpy(), a)


@own
def test_arrays_of_variables_that_require_grad_say_what_to_write(lib):
    v = lib.ones(2, requires_grad=True)
    with pytest.raises(
        RuntimeError, match=r"np\.stack\(\[v, w\]\), np\.concatenate\(\) or tapegrad\.numpy\.array"
    ):
        np.array([v, v])


SAFE = """
import gc, sys
import numpy as np, tapegrad as tg
capsules = [tg.ones(10).__dlpack__() for _ in range(10)]
views = [np.from_dlpack(tg.ones(1000)) for _ in range(10)]
arrays = [np.asarray(tg.ones(1000)) for _ in range(10)]
held = [tg.from_dlpack(view) for view in views]
sys.views = (capsules, views, arrays, held)  # alive until the interpreter ends
"""


@own
def test_what_is_alive_at_exit(lib):
    done = subprocess.run([sys.executable, "-X", "dev", "-c", SAFE], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


# --- the buffer protocol


@pytest.mark.own("PyTorch's tensors have no buffer")
def test_buffers_share_memory(lib):
    x = lib.tensor(np.arange(12.0).reshape(3, 4))
    for v in (x, x.T, x[::2, 1:]):
        view = memoryview(v)
        assert view.shape == tuple(v.shape)
        assert view.format == "d"
        assert not view.readonly
        assert np.shares_memory(np.asarray(view), v.numpy())
        assert np.asarray(view).tolist() == v.tolist()
    assert bytes(x) == x.numpy().tobytes()
    view = memoryview(x)
    view[0, 1] = 5.0
    assert x[0, 1] == 5
    del x
    assert view[0, 1] == 5  # it keeps the memory


@pytest.mark.own("PyTorch's tensors have no buffer")
def test_buffers_are_refused(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    with raises("Can't export tensors that require gradient", BufferError):
        memoryview(x)
    with lib.no_grad():
        assert np.asarray(x).tolist() == [1, 2]  # by way of __array__
    array = np.arange(3.0)
    array.flags.writeable = False
    assert memoryview(lib.from_numpy(array)).readonly


@pytest.mark.own("PyTorch's __array__ has no copy=")
def test_arrays_without_a_copy(lib):
    x = lib.tensor([1.0, 2.0])
    assert np.shares_memory(np.asarray(x, copy=False), x.numpy())
    with raises("Unable to avoid copy", ValueError):
        np.asarray(x, dtype=np.float64, copy=False)
    with raises("Unable to avoid copy", ValueError):
        x.__array__(np.float64, copy=False)


def test_asarray(lib, matrix):
    x = lib.asarray(matrix)
    assert np.shares_memory(x.numpy(), matrix)
    assert not np.shares_memory(lib.asarray(matrix, copy=True).numpy(), matrix)
    assert lib.asarray(x) is x
    assert lib.asarray([1, 2], dtype=lib.float64).dtype == lib.float64
    with pytest.raises(ValueError, match=r"copy|alias"):
        lib.asarray([1.0], copy=False)
    y = lib.ones(2, requires_grad=True) * 2
    assert lib.asarray(y, requires_grad=True).grad_fn is y.grad_fn
    assert not lib.asarray(y, requires_grad=False).requires_grad
    assert lib.asarray([1.0], requires_grad=True).is_leaf


def test_frombuffer(lib):
    buffer = bytearray(b"abcdef")
    x = lib.frombuffer(buffer, dtype=lib.int16, count=2, offset=2)
    assert x.tolist() == [25699, 26213]
    x[0] = 0
    assert buffer == b"ab\0\0ef"
    assert lib.frombuffer(bytearray(8), dtype=lib.float32, requires_grad=True).requires_grad
    for arguments in ({"count": 4}, {"offset": 6}, {"offset": 1}):
        with pytest.raises(ValueError, match=r"buffer|multiple"):
            lib.frombuffer(buffer, dtype=lib.int16, **arguments)


@own
def test_frombuffer_copies_what_is_read_only(lib):
    buffer = b"abcd"
    lib.frombuffer(buffer, dtype=lib.uint8)[0] = 0
    assert buffer == b"abcd"
