"""Results of PyTorch on the samples, as data: one .npz with an index (JSON) and one flat array a dtype.

index[op][dtype] is {"digest": of the samples, "results": [one a small sample]}, or {"error": type} where
torch does not take this dtype. A result is {"outputs": [array], "gradients": [array or None]}. An array is
[dtype, shape] or, of a view, [dtype, shape, strides]; its numbers are the next of the flat array.
"""

import json
import math
from pathlib import Path

import numpy as np

PATH = Path(__file__).parents[1] / "data" / "op_parity.npz"


class Writer:
    def __init__(self):
        self.index: dict = {}
        self._flat: dict[str, list] = {}

    def array(self, value: np.ndarray, strides=None) -> list:
        self._flat.setdefault(value.dtype.name, []).append(value.ravel())
        return [value.dtype.name, value.shape] + ([strides] if strides is not None else [])

    def save(self, path: Path = PATH) -> None:
        text = json.dumps(self.index, separators=(",", ":")).encode()
        flat = {name: np.concatenate(arrays) for name, arrays in self._flat.items()}
        np.savez_compressed(path, index=np.frombuffer(text, np.uint8), **flat)


def load(path: Path = PATH) -> dict:
    """The index, its arrays filled in: an array is {"value", "strides"}."""
    with np.load(path) as file:
        flat = {name: file[name] for name in file.files}
    index = json.loads(flat.pop("index").tobytes())
    at = dict.fromkeys(flat, 0)

    def array(entry):
        if entry is None:
            return None
        dtype, shape, *strides = entry
        start = at[dtype]
        at[dtype] = start + math.prod(shape)
        return {
            "value": flat[dtype][start : at[dtype]].reshape(shape),
            "strides": strides[0] if strides else None,
        }

    for dtypes in index.values():
        for record in dtypes.values():
            for result in record.get("results", ()):
                for part in ("outputs", "gradients"):
                    result[part] = [array(entry) for entry in result[part]]
    return index
