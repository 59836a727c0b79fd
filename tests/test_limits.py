"""finfo and iinfo: what a dtype can hold."""

import pytest

FLOATING = ("bits", "eps", "max", "min", "tiny", "smallest_normal", "resolution", "dtype")


def test_finfo(lib):
    found = {name: getattr(lib.finfo(lib.float32), name) for name in FLOATING}
    largest = (2 - 2**-23) * 2.0**127
    assert found == {
        "bits": 32,
        "eps": 2.0**-23,
        "max": largest,
        "min": -largest,
        "tiny": 2.0**-126,
        "smallest_normal": 2.0**-126,
        "resolution": 1e-6,
        "dtype": "float32",
    }
    assert lib.finfo(lib.float64).eps == 2.0**-52
    assert lib.finfo().bits == 32
    assert str(lib.finfo(lib.float64)) == (
        "finfo(resolution=1e-15, min=-1.79769e+308, max=1.79769e+308, eps=2.22045e-16, "
        "smallest_normal=2.22507e-308, tiny=2.22507e-308, dtype=float64)"
    )


@pytest.mark.parametrize(
    ("dtype", "bits", "least", "most"),
    [
        ("int8", 8, -128, 127),
        ("uint8", 8, 0, 255),
        ("uint32", 32, 0, 2**32 - 1),
        ("uint64", 64, 0, 2**64 - 1),
        ("int16", 16, -(2**15), 2**15 - 1),
        ("int64", 64, -(2**63), 2**63 - 1),
    ],
)
def test_iinfo(lib, dtype, bits, least, most):
    found = lib.iinfo(getattr(lib, dtype))
    assert (found.bits, found.min, found.max, found.dtype) == (bits, least, most, dtype)
    assert str(found) == f"iinfo(min={float(least):g}, max={float(most):g}, dtype={dtype})"


def test_of_the_other_kind(lib):
    with pytest.raises(TypeError, match="requires a floating point input type"):
        lib.finfo(lib.int8)
    for dtype in (lib.float32, lib.bool):
        with pytest.raises(TypeError, match="iinfo"):
            lib.iinfo(dtype)
