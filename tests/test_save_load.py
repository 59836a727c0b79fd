"""Files of arrays: what is saved is loaded, other libraries agree, and faulty files are refused."""

import gzip
import io
import json
import os
import pickle
import zipfile
from random import Random

import numpy as np
import pytest
from op_db.spec import ALL, UNSIGNED

pytestmark = pytest.mark.own("PyTorch's save() pickles")

DTYPES = ALL + UNSIGNED
SUFFIXES = ["npz", "safetensors"]


@pytest.fixture
def arrays(lib):
    whole = np.arange(6).reshape(2, 3)
    return {dtype: lib.tensor(whole, dtype=getattr(lib, dtype)) for dtype in DTYPES} | {
        "": lib.zeros(0, 3),
        "no dimensions": lib.tensor(2.5, dtype=lib.float64),
        'é/ñ "quoted"': lib.ones(3, requires_grad=True) * 2,
        "transposed": lib.tensor(whole).T,
        "special": lib.tensor([float("nan"), float("inf"), -0.0]),
    }


def same(found, wanted):
    assert set(found) == set(wanted)
    for name, array in wanted.items():
        assert found[name].dtype is array.dtype
        assert found[name].shape == array.shape
        np.testing.assert_array_equal(found[name].numpy(), array.detach().numpy())


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_is_saved_is_loaded(lib, arrays, tmp_path, suffix):
    path = tmp_path / f"arrays.{suffix}"
    lib.save(arrays, path)
    found = lib.load(str(path))
    same(found, arrays)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    for array in found.values():
        assert array.is_leaf
        assert not array.requires_grad
        assert array.numpy().flags.writeable
        assert array.numpy().flags.aligned
    lib.save({}, path)
    assert lib.load(path) == {}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_is_no_variable(lib, tmp_path, suffix):
    path = tmp_path / f"arrays.{suffix}"
    odd = {"swapped": np.arange(4, dtype=">i4")[::-1], "list": [1, 2.5], "number": 3}
    lib.save(odd, path)
    same(lib.load(path), {name: lib.tensor(array) for name, array in odd.items()})


def test_numpy_reads_and_writes_it(lib, arrays, tmp_path):
    path = tmp_path / "arrays.npz"
    lib.save(arrays, path)
    with np.load(path, allow_pickle=False) as found:
        same({name: lib.from_numpy(found[name]) for name in found}, arrays)
    for write in (np.savez, np.savez_compressed):
        write(path, x=np.eye(3), y=np.asfortranarray(np.ones((2, 3), ">f4")))
        same(lib.load(path), {"x": lib.eye(3, dtype=lib.float64), "y": lib.ones(2, 3)})


def test_safetensors_reads_and_writes_it(lib, arrays, tmp_path):
    safetensors = pytest.importorskip("safetensors.numpy")
    path = tmp_path / "arrays.safetensors"
    lib.save(arrays, path)
    found = safetensors.load_file(path)
    same({name: lib.from_numpy(array) for name, array in found.items()}, arrays)
    safetensors.save_file(found, path, metadata={"made": "elsewhere"})
    same(lib.load(path), arrays)


def test_elements_are_aligned_in_the_file(lib, arrays, tmp_path):
    path = tmp_path / "arrays.safetensors"
    lib.save(arrays, path)
    length = int.from_bytes(path.read_bytes()[:8], "little")
    header = json.loads(path.read_bytes()[8 : 8 + length])
    assert length % 8 == 0
    for name, entry in header.items():
        assert entry["data_offsets"][0] % arrays[name].itemsize == 0


# --- nothing half-written


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_failed_save_leaves_the_file_as_it_was(lib, tmp_path, suffix, monkeypatch):
    path = tmp_path / f"arrays.{suffix}"
    lib.save({"x": lib.ones(2)}, path)
    path.chmod(0o640)
    before = path.read_bytes()

    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        lib.save({"x": lib.zeros(100)}, path)
    monkeypatch.undo()
    with pytest.raises(TypeError, match="'bad'"):
        lib.save({"x": lib.zeros(100), "bad": np.array(["a"])}, path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    lib.save({"x": lib.zeros(100)}, path)
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_a_link_is_followed(lib, tmp_path):
    (tmp_path / "link.npz").symlink_to(tmp_path / "file.npz")
    lib.save({"x": lib.ones(2)}, tmp_path / "link.npz")
    assert (tmp_path / "link.npz").is_symlink()
    assert lib.load(tmp_path / "file.npz")["x"].tolist() == [1, 1]


def test_bad_arguments(lib, tmp_path):
    x = lib.ones(2)
    for path in ("x.pt", "x", tmp_path / "x.npy"):
        with pytest.raises(ValueError, match=r"npz or \*\.safetensors"):
            lib.save({"x": x}, path)
        with pytest.raises(ValueError, match=r"npz or \*\.safetensors"):
            lib.load(path)
    for suffix in SUFFIXES:
        path = tmp_path / f"x.{suffix}"
        with pytest.raises(TypeError, match="dict of arrays"):
            lib.save(x, path)
        with pytest.raises(TypeError, match="strings"):
            lib.save({1: x}, path)
        with pytest.raises(FileNotFoundError):
            lib.load(path)
        with pytest.raises(FileNotFoundError):
            lib.save({"x": x}, tmp_path / "missing" / path.name)
    with pytest.raises(ValueError, match="__metadata__"):
        lib.save({"__metadata__": x}, tmp_path / "x.safetensors")
    with pytest.raises(ValueError, match="cannot keep the name"):
        lib.save({"a\0b": x}, tmp_path / "x.npz")


# --- faulty files


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_truncated_at_any_byte(lib, tmp_path, suffix):
    path = tmp_path / f"x.{suffix}"
    lib.save({"x": lib.ones(3), "y": lib.arange(2)}, path)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match="cannot be loaded"):
            lib.load(path)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_corrupt_bytes_raise_or_change_values_alone(lib, tmp_path, suffix):
    path = tmp_path / f"x.{suffix}"
    lib.save({"x": lib.ones(3), "y": lib.tensor([True, False])}, path)
    whole = path.read_bytes()
    random, refused = Random(6), 0
    for _ in range(500):
        changed = bytearray(whole)
        for _ in range(random.choice([1, 1, 2, 8])):
            changed[random.randrange(len(whole))] = random.randrange(256)
        path.write_bytes(changed)
        try:
            found = lib.load(path)
        except ValueError:
            refused += 1
        else:
            assert sum(array.nbytes for array in found.values()) <= len(whole)
            for array in found.values():
                repr(array)
    assert refused > 150


def test_checksums_are_compared(lib, tmp_path):
    path = tmp_path / "x.npz"
    lib.save({"x": lib.full((100,), 7, dtype=lib.uint8)}, path)
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"\7" * 100, b"\7" * 99 + b"\x08"))
    with pytest.raises(ValueError, match="CRC"):
        lib.load(path)


class Bomb:
    def __reduce__(self):
        return os.mkdir, ("ran",)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_no_code_is_run(lib, tmp_path, suffix, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / f"x.{suffix}"
    path.write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(ValueError, match="cannot be loaded"):
        lib.load(path)
    np.savez(tmp_path / "x.npz", x=np.array([Bomb()], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="no dtype object"):
        lib.load(tmp_path / "x.npz")
    assert not (tmp_path / "ran").exists()
    with pytest.raises(TypeError, match="'x'"):
        lib.save({"x": np.array([Bomb()], dtype=object)}, path)


def npz(path, **members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "."), data)


def npy(header, data=b"", version=1):
    text = header.encode() + b"\n"
    return b"\x93NUMPY" + bytes([version, 0]) + len(text).to_bytes(2, "little") + text + data


def described(dtype, shape):
    return f"{{'descr': {dtype}, 'fortran_order': False, 'shape': {shape}}}"


@pytest.mark.parametrize(
    ("match", "data"),
    [
        ("hold 1000000000000 elements", npy(described("'<f8'", (10**12,)))),
        ("hold", npy(described("'<f4'", (2,)), bytes(12))),
        ("hold", npy(described("'<f4'", (-2, -1)), bytes(8))),
        ("no dtype complex64", npy(described("'<c8'", (1,)), bytes(8))),
        ("no dtype", npy(described("[('a', '<f4')]", (1,)), bytes(4))),
        ("malformed node", npy("{'descr': __import__('os').mkdir('ran')}")),
        ("version", npy("{}", version=7)),
        ("magic", b"not an array"),
    ],
)
def test_faulty_npz(lib, tmp_path, match, data):
    path = tmp_path / "x.npz"
    npz(path, x__npy=data)
    with pytest.raises(ValueError, match=match):
        lib.load(path)


def test_other_members_of_npz(lib, tmp_path):
    path = tmp_path / "x.npz"
    npz(path, README=b"text")
    with pytest.raises(ValueError, match=r"no \.npy"):
        lib.load(path)


def tensors(header, data=b"", length=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return (len(text) if length is None else length).to_bytes(8, "little") + text + data


def entry(dtype="F32", shape=(2,), offsets=(0, 8), **more):
    return {"dtype": dtype, "shape": [*shape], "data_offsets": [*offsets], **more}


EIGHT = bytes(8)


@pytest.mark.parametrize(
    ("match", "data"),
    [
        ("header would be", tensors({}, length=2**63)),
        ("header would be", tensors({}, length=3)),
        ("header would be", b"\0" * 4),
        ("not JSON", tensors(b"{'x': 1}")),
        ("not JSON", tensors(b'{"x": ')),
        ("utf-8", tensors(b'{"\xff": 1}')),
        ("not a JSON object", tensors([])),
        ("nested", tensors(b"[" * 200_000 + b"]" * 200_000)),
        ("twice", tensors(b'{"x": 1, "x": 2}')),
        ("entry of 'x'", tensors({"x": 1})),
        ("entry of 'x'", tensors({"x": entry(more=1)}, EIGHT)),
        ("entry of 'x'", tensors({"x": {"dtype": "F32", "shape": []}}, EIGHT)),
        ("dtype 'BF16'", tensors({"x": entry("BF16")}, EIGHT)),
        (r"dtype \['F32'\]", tensors({"x": entry(["F32"])}, EIGHT)),
        ("whole numbers", tensors({"x": entry(shape=(-2,))}, EIGHT)),
        ("whole numbers", tensors({"x": entry(shape=(True, 2))}, EIGHT)),
        ("whole numbers", tensors({"x": entry(shape=(2.0,))}, EIGHT)),
        ("whole numbers", tensors({"x": entry(offsets=(-8, 0))}, EIGHT)),
        ("not those of", tensors({"x": entry(shape=(3,))}, EIGHT)),
        ("not those of", tensors({"x": entry(offsets=(8, 0))}, EIGHT)),
        ("not those of", tensors({"x": entry(offsets=(0, 8, 8))}, EIGHT)),
        ("not those of", tensors({"x": entry(shape=(2**62, 4))}, EIGHT)),
        ("truncated", tensors({"x": entry(shape=(2**60,), offsets=(0, 2**62))}, EIGHT)),
        ("truncated", tensors({"x": entry()}, EIGHT[:7])),
        ("follow the last", tensors({"x": entry()}, EIGHT + b"\0")),
        ("gap", tensors({"x": entry(offsets=(8, 16))}, EIGHT * 2)),
        ("overlaps", tensors({"x": entry(), "y": entry(offsets=(4, 12))}, EIGHT * 2)),
        ("overlaps", tensors({"x": entry(), "y": entry()}, EIGHT)),
        ("neither 0 nor 1", tensors({"x": entry("BOOL", (8,))}, b"\2" * 8)),
        ("dimension", tensors({"x": entry(shape=(1,) * 70 + (2,))}, EIGHT)),
    ],
)
def test_faulty_safetensors(lib, tmp_path, match, data):
    path = tmp_path / "x.safetensors"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=match) as caught:
        lib.load(path)
    assert "x.safetensors' cannot be loaded" in str(caught.value)


def test_open_files_that_do_not_seek(lib, arrays, tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"a header of one's own")
    with open(path, "ab") as opened:
        lib.save(arrays, opened)
    with open(path, "rb") as opened:
        assert opened.read(21) == b"a header of one's own"
        same(lib.load(opened), arrays)
    with gzip.open(path, "wb") as opened:
        lib.save(arrays, opened)
    with gzip.open(path, "rb") as opened:
        same(lib.load(opened), arrays)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_open_files(lib, arrays, tmp_path, suffix):
    if suffix == "npz":
        file = io.BytesIO()
        file.write(b"a header of one's own")
        start = file.tell()
        lib.save(arrays, file)
        file.seek(start)
    else:
        lib.save(arrays, tmp_path / "x.safetensors")
        file = io.BytesIO((tmp_path / "x.safetensors").read_bytes())
    same(lib.load(file), arrays)
    content = file.getvalue()
    with pytest.raises(ValueError, match="the file cannot be loaded"):
        lib.load(io.BytesIO(content[: len(content) // 2]))
    with pytest.raises(ValueError, match="the file cannot be loaded"):
        lib.load(io.BytesIO(b""))
    with pytest.raises(TypeError, match=r"file that is open for bytes \('rb'\)"):
        lib.load(io.StringIO("PK"))
    with pytest.raises(TypeError, match=r"file that is open for bytes \('wb'\)"):
        lib.save(arrays, io.StringIO())
    with open(tmp_path / "x", "wb") as opened:
        lib.save(arrays, opened)
    with open(tmp_path / "x", "rb") as opened, np.load(opened) as found:
        assert set(found) == set(arrays)
