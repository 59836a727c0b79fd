"""The device: there is one, the CPU, and its name is accepted wherever PyTorch takes a device."""

from __future__ import annotations


class device:
    """The device of a Variable. Equal to another of the same type, and to nothing else."""

    def __init__(self, type: str | device) -> None:
        name = str(type)
        if name not in ("cpu", "cpu:0"):
            raise RuntimeError(f"tapegrad computes on the CPU only: device must be 'cpu', not {name!r}")
        self.type = "cpu"
        self.index = 0 if name.endswith("0") else None

    def __repr__(self) -> str:
        index = "" if self.index is None else f", index={self.index}"
        return f"device(type={self.type!r}{index})"

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))


CPU = device("cpu")
