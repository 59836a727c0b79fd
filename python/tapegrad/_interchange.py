"""Arrays and buffers of other libraries as Variables on the same memory."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from ._core import Variable, from_numpy
from ._core import dtype as DType
from ._device import device as Device

_HOST = (1, 3, 11)  # DLPack's kDLCPU, and memory of CUDA and ROCm that is pinned in the host


def from_dlpack(
    x: Any, /, *, device: Device | str | None = None, copy: builtins.bool | None = None
) -> Variable:
    """A Variable on the memory of an array that has `__dlpack__`: of NumPy, PyTorch, JAX and others.

    Writes to one are seen in the other, which lives as long as either; what is exported read-only stays so.
    copy=True copies; copy=False never does. Raises BufferError where the array cannot be exported (it
    requires grad, or it is not in the host's memory and `device` is not 'cpu'), TypeError for what has no
    `__dlpack__` or a dtype that tapegrad lacks, ValueError for a device other than the CPU.
    """
    if device is not None and str(device) not in ("cpu", "cpu:0"):
        raise ValueError(f"tapegrad computes on the CPU only: device must be 'cpu' or None, not {device!r}")
    if not hasattr(x, "__dlpack__"):
        raise TypeError(f"from_dlpack() takes an array that has __dlpack__, not {type(x).__name__}")
    kind, _ = x.__dlpack_device__()
    asked: dict[str, Any] = {}
    if kind not in _HOST:
        if device is None:
            raise BufferError(
                f"the array is not in the host's memory (DLPack device {kind}): use device='cpu'"
            )
        asked["device"] = "cpu"
    if copy is False:
        asked["copy"] = False
    try:
        array = np.from_dlpack(x, **asked)
    except RuntimeError as error:  # NumPy's, for dtypes that it lacks
        raise BufferError(f"the array cannot be taken: {error}") from error
    return from_numpy(array.copy() if copy else array)


def asarray(
    obj: Any,
    *,
    dtype: DType | None = None,
    device: Device | str | None = None,
    copy: builtins.bool | None = None,
    requires_grad: builtins.bool | None = None,
) -> Variable:
    """A Variable of an array, of what has a buffer or DLPack, of a number, or of nested sequences.

    copy=None shares memory where dtype allows, True never does, False always does, or raises ValueError. It
    requires a gradient, and keeps its history, where `obj` does, or as `requires_grad` says.
    """
    from .array_api.creation import asarray as make

    made = make(obj, dtype=dtype, device=device, copy=copy)
    if requires_grad is None or requires_grad == made.requires_grad:
        return made
    return made.requires_grad_() if requires_grad else made.detach()


def frombuffer(
    buffer: Any,
    *,
    dtype: DType,
    count: builtins.int = -1,
    offset: builtins.int = 0,
    requires_grad: builtins.bool = False,
) -> Variable:
    """A vector on the memory of a buffer: `count` elements from the byte `offset` on, or all there are.

    What is written to one is seen in the other; of a buffer that is read-only it is a copy. Raises ValueError
    where the buffer is too small or empty.
    """
    array = np.frombuffer(buffer, np.dtype(dtype.name), count, offset)
    if array.size == 0:
        raise ValueError(f"frombuffer(): the buffer has no elements from byte {offset} on")
    return from_numpy(array if array.flags.writeable else array.copy()).requires_grad_(requires_grad)
