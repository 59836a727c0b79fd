"""What a tensor tells about itself, and what is asked of shapes alone."""

import math

import pytest
from op_db.spec import ALL, UNSIGNED


@pytest.mark.parametrize("dtype", ALL + UNSIGNED)
def test_kinds_of_dtypes(lib, dtype):
    x = lib.ones(2, dtype=getattr(lib, dtype))
    assert x.is_signed() == (dtype[0] not in "ub")
    assert lib.is_signed(x) == x.is_signed()
    assert x.is_floating_point() == dtype.startswith("float")


def test_is_nonzero(lib):
    assert lib.is_nonzero(lib.tensor([[-0.5]]))
    assert not lib.tensor(0).is_nonzero()
    assert lib.tensor(math.nan).is_nonzero()
    for size in (0, 2):
        with pytest.raises(RuntimeError, match="Boolean value of Tensor"):
            lib.is_nonzero(lib.ones(size))


def test_is_same_size(lib):
    assert lib.ones(2, 3).is_same_size(lib.zeros(2, 3, dtype=lib.int8))
    assert not lib.is_same_size(lib.ones(2), lib.ones(1, 2))


def test_the_cpu_has_the_number_minus_1(lib):
    assert lib.ones(2).get_device() == lib.get_device(lib.ones(())) == -1


def test_broadcast_shapes(lib):
    assert lib.broadcast_shapes() == lib.Size([])
    assert lib.broadcast_shapes((2, 1), (3,), (1, 1, 1)) == (1, 2, 3)
    assert lib.broadcast_shapes((0, 1), 3) == (0, 3)
    assert isinstance(lib.broadcast_shapes((2,)), lib.Size)
    with pytest.raises(RuntimeError):
        lib.broadcast_shapes((2,), (3,))


def test_parts_and_sums_of_sizes(lib):
    shape, more = lib.ones(2, 3, 4).shape, (5,)
    assert shape[1:].numel() == 12
    for size in (shape[::2], shape + shape, shape + more, more + shape, shape * 2, shape[:0]):
        assert type(size) is lib.Size
    assert more + shape == (5, 2, 3, 4)
    assert shape[::2] == (2, 4)
    assert shape + more == (2, 3, 4, 5)
    assert shape[-1] == 4
    with pytest.raises(IndexError):
        shape[3]
    with pytest.raises(TypeError):
        shape + list(more)


def test_constants(lib):
    assert (lib.pi, lib.e, lib.inf) == (math.pi, math.e, math.inf)
    assert math.isnan(lib.nan)
    assert lib.ones(2)[lib.newaxis].shape == (1, 2)
