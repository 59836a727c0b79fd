"""The place where `Variable` was imported from when it was a type beside the tensor's."""

from .._core import Variable

__all__ = ["Variable"]
