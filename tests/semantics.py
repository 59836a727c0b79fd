"""What the tests of the tape's semantics start from."""

import pytest


def leaf(lib, values=(1.0, 2.0), dtype=None):
    """A leaf that requires grad; `dtype` by name."""
    return lib.tensor(values, dtype=None if dtype is None else getattr(lib, dtype), requires_grad=True)


def raises(text, kind=RuntimeError):
    return pytest.raises(kind, match=text)


def function_of(lib, name, forward, backward):
    """A custom Function of that name."""
    base = lib.autograd.Function
    body = {"forward": staticmethod(forward), "backward": staticmethod(backward)}
    return type(base)(name, (base,), body)


def doubling(lib, name, backward):
    """A Function that saves its input and doubles it."""

    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * 2

    return function_of(lib, name, forward, backward)
