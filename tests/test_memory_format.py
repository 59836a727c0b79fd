"""memory_format: in which order the dimensions of a new array lie."""

import pickle
import re

import numpy as np
import pytest
from op_db.run import to_numpy

SHAPE = (2, 3, 4, 5)
STRIDES = {
    "contiguous_format": (60, 20, 5, 1),
    "preserve_format": (20, 40, 5, 1),  # of an array whose first two dimensions are exchanged
    "channels_last": (60, 1, 15, 3),
}
MAKERS = {
    "clone": lambda lib, x, format: x.clone(memory_format=format),
    "to": lambda lib, x, format: x.to(lib.float32, memory_format=format),
    "double": lambda lib, x, format: x.float().double(memory_format=format),
    **{
        name: lambda lib, x, format, name=name: getattr(lib, name)(x, memory_format=format)
        for name in ("zeros_like", "ones_like", "empty_like", "rand_like", "randn_like")
    },
    "full_like": lambda lib, x, format: lib.full_like(x, 2, memory_format=format),
    "randint_like": lambda lib, x, format: lib.randint_like(x, 5, memory_format=format),
}


def exchanged(lib):
    values = np.arange(120.0).reshape(3, 2, 4, 5)
    return lib.tensor(values).transpose(0, 1)


@pytest.mark.parametrize("format", STRIDES)
@pytest.mark.parametrize("maker", MAKERS)
def test_strides(lib, maker, format):
    x = exchanged(lib)
    made = MAKERS[maker](lib, x, getattr(lib, format))
    assert tuple(made.shape) == SHAPE
    assert made.stride() == STRIDES[format]
    if maker in ("clone", "to", "double"):
        np.testing.assert_array_equal(to_numpy(made), to_numpy(x))
    if maker in ("ones_like", "full_like"):
        assert set(made.reshape(-1).tolist()) == {1.0 if maker == "ones_like" else 2.0}


@pytest.mark.parametrize("maker", MAKERS)
def test_strides_are_preserved_by_default(lib, maker):
    assert MAKERS[maker](lib, exchanged(lib), None).stride() == STRIDES["preserve_format"]


@pytest.mark.parametrize(
    ("strides", "expected"),
    [
        ((1, 100, 2), (1, 8, 2)),
        ((2, 16, 4), (1, 8, 2)),
        ((24, 8, 2), (12, 4, 1)),
        ((0, 4, 1), (12, 4, 1)),
        ((1, 0, 2), (1, 2, 6)),
        ((0, 0, 0), (12, 4, 1)),
        ((7, 7, 7), (1, 2, 6)),
    ],
)
@pytest.mark.parametrize("name", ["zeros_like", "ones_like", "empty_like", "clone", "double"])
def test_gaps_and_overlaps_are_not_preserved(lib, name, strides, expected):
    """The order of the strides is."""
    x = lib.as_strided(lib.zeros(500), (2, 3, 4), strides)
    assert MAKERS[name](lib, x, None).stride() == expected


def test_contiguous(lib):
    x = exchanged(lib)
    last = x.contiguous(memory_format=lib.channels_last)
    assert last.stride() == STRIDES["channels_last"]
    assert last.is_contiguous(memory_format=lib.channels_last)
    assert not last.is_contiguous()
    assert last.contiguous(memory_format=lib.channels_last) is last
    assert last.contiguous().stride() == STRIDES["contiguous_format"]
    assert lib.zeros(2, 3, 2, 2, 2).contiguous(memory_format=lib.channels_last_3d).stride() == (
        24,
        1,
        12,
        6,
        3,
    )


def test_sizes_of_one(lib):
    x = lib.zeros(1, 3, 1, 1)
    assert x.is_contiguous(memory_format=lib.channels_last)
    assert x.is_contiguous()
    assert not lib.zeros(2, 3).is_contiguous(memory_format=lib.channels_last)


def test_gradient_flows(lib):
    x = exchanged(lib).requires_grad_()
    y = x.clone(memory_format=lib.channels_last)
    assert y.grad_fn.name() == "CloneBackward0"
    assert not x.is_contiguous(memory_format=lib.preserve_format)
    (y * y).sum().backward()
    np.testing.assert_array_equal(to_numpy(x.grad), 2 * to_numpy(x.detach()))


def test_errors(lib):
    x = lib.zeros(2, 3)
    with pytest.raises(RuntimeError, match="required rank 4 tensor to use channels_last format"):
        x.clone(memory_format=lib.channels_last)
    with pytest.raises(RuntimeError, match="required rank 5 tensor to use channels_last_3d format"):
        lib.zeros_like(x, memory_format=lib.channels_last_3d)
    with pytest.raises(RuntimeError, match=r"(?i)preserve memory format"):
        x.t().contiguous(memory_format=lib.preserve_format)
    with pytest.raises(TypeError, match="memory_format"):
        x.clone(memory_format="channels_last")


def test_objects(lib):
    for name in (*STRIDES, "channels_last_3d"):
        format = getattr(lib, name)
        assert isinstance(format, lib.memory_format)
        assert re.fullmatch(rf"{lib.__name__}\.{name}", repr(format))
        assert pickle.loads(pickle.dumps(format)) is format
