"""What networks are made of, by PyTorch's names."""

from . import functional

__all__ = ["functional"]
