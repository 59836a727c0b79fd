"""Arrays in files: tapegrad.save() and tapegrad.load(), for .npz and .safetensors. No code runs on load."""

from __future__ import annotations

import io
import os
import secrets
import shutil
import zipfile
import zlib
from collections.abc import Callable, Mapping
from math import prod
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from . import _safetensors
from ._core import Variable, from_numpy, tensor

Array = np.ndarray[Any, Any]

# What zipfile raises for archives that are corrupt, encrypted, or compressed in a way of their own.
FAULTS = (ValueError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError)


def save(arrays: Mapping[str, Any], path: str | os.PathLike[str] | BinaryIO) -> None:
    """Writes a dict of arrays to a file, whose suffix says how: `.npz` or `.safetensors`.

    Variables, ndarrays, and what tapegrad.tensor() takes; values alone are kept, in their shapes and dtypes,
    not requires_grad nor gradients. The file is whole or not written: it is made under another name, and
    renamed in one step. In place of a path a file that is open for writing bytes, as io.BytesIO(), gets
    `.npz` where it stands. Raises ValueError for another suffix or a name that the format
    cannot keep, TypeError for what is not a dict of arrays, and for a file of text.
    """
    write = _format(path)[1] if isinstance(path, (str, os.PathLike)) else _write_npz
    if not isinstance(arrays, Mapping):
        raise TypeError(f"save() takes a dict of arrays, save({{'x': x}}, path), not {type(arrays).__name__}")
    checked = {}
    for name, array in arrays.items():
        if not isinstance(name, str):
            raise TypeError(f"the names of arrays are strings, but one is {name!r}")
        checked[name] = _ndarray(name, array)
    if isinstance(path, (str, os.PathLike)):
        _in_one_step(Path(os.path.realpath(path)), lambda file: write(file, checked))
    elif isinstance(path, io.TextIOBase) or not hasattr(path, "write"):
        raise TypeError(
            "save() takes a path, a str or os.PathLike, or a file that is open for bytes ('wb'), not "
            f"{type(path).__name__}"
        )
    else:
        content = io.BytesIO()  # zipfile seeks, which not every file can
        write(content, checked)
        path.write(content.getvalue())


def load(path: str | os.PathLike[str] | BinaryIO) -> dict[str, Variable]:
    """The dict of Variables that is in a `.npz` or `.safetensors` file, none of which requires grad.

    Files of np.savez() and of the package safetensors are read too. Nothing in a file is run. In place of a
    path a file that is open for reading bytes is read from where it stands to its end; its first bytes say
    which of the two it is. Raises ValueError for a file that is truncated, corrupt or of a dtype that
    tapegrad lacks, OSError for one that cannot be read, TypeError for a file of text.
    """
    read: Reader
    if not isinstance(path, (str, os.PathLike)):
        content: Any = path.read() if hasattr(path, "read") else None
        if not isinstance(content, (bytes, bytearray, memoryview)):
            raise TypeError(
                "load() takes a path, a str or os.PathLike, or a file that is open for bytes ('rb'), not "
                f"{type(path).__name__}"
            )
        read = _read_npz if bytes(content[:2]) == b"PK" else _safetensors.read
        return _loaded(read, io.BytesIO(content), len(content), "the file")
    read = _format(path)[0]
    with open(path, "rb") as file:
        return _loaded(read, file, os.fstat(file.fileno()).st_size, repr(os.fspath(path)))


Reader = Callable[[BinaryIO, int], dict[str, Array]]
Writer = Callable[[BinaryIO, Mapping[str, Array]], None]


def _loaded(read: Reader, file: BinaryIO, size: int, name: str) -> dict[str, Variable]:
    try:
        arrays = read(file, size)
    except FAULTS as error:
        raise ValueError(f"{name} cannot be loaded: {error}") from error
    return {name: from_numpy(array) for name, array in arrays.items()}


def _format(path: str | os.PathLike[str]) -> tuple[Reader, Writer]:
    suffix = Path(path).suffix
    if suffix == ".npz":
        return _read_npz, _write_npz
    if suffix == ".safetensors":
        return _safetensors.read, _safetensors.write
    raise ValueError(f"a file is named *.npz or *.safetensors, not {os.fspath(path)!r}")


def _ndarray(name: str, array: Any) -> Array:
    try:
        return (array if isinstance(array, Variable) else tensor(array)).detach().numpy()
    except TypeError as error:
        raise TypeError(f"array {name!r} cannot be saved: {error}") from error


def _in_one_step(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """Has the file written under another name in its folder, then renamed."""
    temporary = path.with_name(f".tapegrad-{secrets.token_hex(6)}")
    try:
        with open(temporary, "xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, temporary)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _write_npz(file: BinaryIO, arrays: Mapping[str, Array]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            if "\0" in name or "\\" in name:
                raise ValueError(f"a .npz file cannot keep the name {name!r}: use a .safetensors file")
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)


def _read_npz(file: BinaryIO, size: int) -> dict[str, Array]:
    arrays = {}
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            name = info.filename.removesuffix(".npy")
            if name in arrays:
                raise ValueError(f"array {name!r} is in it twice")
            if name == info.filename:
                raise ValueError(f"{name!r} is in it, which is no .npy file")
            if info.compress_size > size:
                raise ValueError(f"{info.filename!r} would be longer than the file")
            try:
                arrays[name] = _read_npy(archive, info)
            except (ValueError, EOFError, OSError) as error:
                raise ValueError(f"array {name!r}: {error}") from error
    return arrays


def _read_npy(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Array:
    with archive.open(info) as member:
        version = np.lib.format.read_magic(member)
        readers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
        if version not in readers:
            raise ValueError(f"version {version} of the .npy format is not read")
        shape, _, dtype = readers[version](member)
        if dtype.newbyteorder("<") not in _safetensors.NAMES:
            raise ValueError(f"tapegrad has no dtype {dtype}")
        count = prod(shape)
        if min(shape, default=0) < 0 or member.tell() + count * dtype.itemsize != info.file_size:
            raise ValueError(f"its {info.file_size} bytes do not hold {count} elements of {dtype}")
    # Reading to the end has the checksum compared.
    return np.lib.format.read_array(io.BytesIO(archive.read(info)), allow_pickle=False)
