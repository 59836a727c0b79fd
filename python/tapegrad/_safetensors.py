"""The safetensors format: eight bytes with the length of a header, the header in JSON, the arrays' bytes.

The header maps each name to {"dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end]}: offsets into
what follows it, which the arrays, little-endian and row-major, fill without gaps or
overlaps. `__metadata__` is no array.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import prod
from typing import Any, BinaryIO, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]

DTYPES = {
    "BOOL": "?",
    "U8": "u1",
    "U16": "<u2",
    "U32": "<u4",
    "U64": "<u8",
    "I8": "i1",
    "I16": "<i2",
    "I32": "<i4",
    "I64": "<i8",
    "F32": "<f4",
    "F64": "<f8",
}
NAMES = {np.dtype(dtype): name for name, dtype in DTYPES.items()}
METADATA = "__metadata__"
LONGEST_HEADER = 100_000_000


class Entry(NamedTuple):
    """What the header says of an array; its offsets are those of its shape and dtype."""

    begin: int
    end: int
    shape: tuple[int, ...]
    dtype: str


def write(file: BinaryIO, arrays: Mapping[str, Array]) -> None:
    """Writes arrays of the dtypes above. Raises ValueError for an array named `__metadata__`."""
    if METADATA in arrays:
        raise ValueError(f"an array may not be named {METADATA!r}: safetensors keeps this name for itself")
    # Wider elements first, so that all of them are aligned.
    order = sorted(arrays, key=lambda name: (-arrays[name].itemsize, name))
    dtypes = {name: NAMES[arrays[name].dtype.newbyteorder("<")] for name in order}
    header, end = {}, 0
    for name in order:
        begin, end = end, end + arrays[name].nbytes
        shape = [*arrays[name].shape]
        header[name] = {"dtype": dtypes[name], "shape": shape, "data_offsets": [begin, end]}
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    file.write(len(text).to_bytes(8, "little"))
    file.write(text)
    for name in order:
        little = arrays[name].astype(DTYPES[dtypes[name]], order="C", copy=False)
        file.write(little.reshape(-1).view(np.uint8).data)


def read(file: BinaryIO, size: int) -> dict[str, Array]:
    """The arrays of a file of `size` bytes, each in memory of its own. Raises ValueError for a fault."""
    header = _read_header(file, size)
    start = file.tell()
    arrays, end = {}, 0
    for name, entry in sorted(header.items(), key=lambda item: item[1]):
        if entry.begin != end:
            fault = "overlaps another array" if entry.begin < end else "leaves a gap before it"
            raise ValueError(f"array {name!r}, of bytes {entry.begin} to {entry.end}, {fault}")
        end = entry.end
        if start + end > size:
            raise ValueError(
                f"array {name!r} ends at byte {start + end} of a file of {size}: it is truncated"
            )
        arrays[name] = _read_array(file, name, entry)
    if start + end != size:
        raise ValueError(f"{size - start - end} bytes follow the last array")
    return {name: arrays[name] for name in header}


def _read_array(file: BinaryIO, name: str, entry: Entry) -> Array:
    array = np.empty(entry.end - entry.begin, np.uint8)
    if file.readinto(array.data) != array.nbytes:  # type: ignore[attr-defined]
        raise ValueError(f"array {name!r} is truncated")
    if entry.dtype == "BOOL" and array.size and array.max() > 1:
        raise ValueError(f"array {name!r} of dtype BOOL has a byte that is neither 0 nor 1")
    return array.view(DTYPES[entry.dtype]).reshape(entry.shape)


def _read_header(file: BinaryIO, size: int) -> dict[str, Entry]:
    prefix = file.read(8)
    length = int.from_bytes(prefix, "little")
    if len(prefix) < 8 or length > size - 8:
        raise ValueError(f"the header would be {length} bytes long, in a file of {size}")
    if length > LONGEST_HEADER:
        raise ValueError(f"the header is {length} bytes long; at most {LONGEST_HEADER} are read")
    try:
        header = json.loads(file.read(length).decode(), object_pairs_hook=_without_repeats)
    except RecursionError:
        raise ValueError("the header is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"the header is not JSON: {error}") from None
    if not isinstance(header, dict):
        raise ValueError("the header is not a JSON object")
    return {name: _entry(name, entry) for name, entry in header.items() if name != METADATA}


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is in the header twice")
    return found


def _entry(name: str, given: Any) -> Entry:
    if not isinstance(given, dict) or set(given) != {"dtype", "shape", "data_offsets"}:
        raise ValueError(f"the header's entry of {name!r} is not of dtype, shape and data_offsets")
    dtype, shape, offsets = given["dtype"], given["shape"], given["data_offsets"]
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise ValueError(f"array {name!r} is of dtype {dtype!r}; tapegrad has {', '.join(DTYPES)}")
    for numbers in (shape, offsets):
        if not isinstance(numbers, list) or not all(type(n) is int and n >= 0 for n in numbers):
            raise ValueError(f"shape and data_offsets of {name!r} are not lists of whole numbers")
    if len(offsets) != 2 or offsets[1] - offsets[0] != prod(shape) * np.dtype(DTYPES[dtype]).itemsize:
        raise ValueError(f"data_offsets {offsets} of {name!r} are not those of {dtype}, shape {shape}")
    return Entry(offsets[0], offsets[1], tuple(shape), dtype)
