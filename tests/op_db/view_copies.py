"""Views made as copies: transpose_copy and its like."""

import numpy as np

from .parts import PLACES, REPEATING, memory
from .shape import IN_LAYOUTS, OUT_OF_RANGE, cases, expand, in_layouts, squeeze
from .spec import Dtype, Op, S, bad

COPIES = cases(((),), ((0, 3),), ((2, 3),), *IN_LAYOUTS)


def layouts(g):
    for shape, size, stride, offset in PLACES + REPEATING:
        yield S(g(*shape), size, stride, offset)
    yield bad(RuntimeError, "out of bounds for storage", g(6), (3, 3), (3, 1))


def slices(g):
    yield S(g(4))
    for start, end, step in ((1, None, 1), (-3, -1, 1), (None, 9, 2), (3, 1, 1)):
        yield S(g(4, 3), 0, start, end, step)
    yield from (S(g(3, 4, layout=layout), 1, start=1, step=2) for layout, _ in IN_LAYOUTS)
    yield bad(RuntimeError, "slice step must be positive", g(4), 0, 0, 2, 0)
    yield bad(IndexError, "cannot be applied to a 0-dim tensor", g())
    yield bad(*OUT_OF_RANGE, g(4), 1)


def other_views(g):
    """view_copy(x, size or dtype)"""
    yield from (S(g(2, 3), size) for size in ((6,), (3, 2), (-1,)))
    yield S(g(), (1, 1))
    yield bad(RuntimeError, "is invalid for input of size", g(2, 3), (4,))


def bytes_of(g):
    yield from (S(g(2, 8), Dtype(dtype)) for dtype in ("int8", "int32"))


def sliced(x, dim=0, start=None, end=None, step=1):
    return np.moveaxis(np.moveaxis(x, dim, 0)[start:end:step], 0, dim)


def windows(x, dim, size, step):
    found = np.lib.stride_tricks.sliding_window_view(x, size, dim)
    return np.moveaxis(np.moveaxis(found, dim, 0)[::step], 0, dim)


def parts(x, sizes, dim=0):
    if isinstance(sizes, int):
        sizes = [sizes] * (x.shape[dim] // sizes) + [x.shape[dim] % sizes] * (x.shape[dim] % sizes > 0)
    return tuple(np.split(x, np.cumsum(sizes)[:-1], dim))


def unbound(x, dim=0):
    return tuple(np.moveaxis(x, dim, 0))


def detached_copy(lib, x, **kwargs):
    """PyTorch's asks for a derivative that it does not have."""
    return lib.detach_copy(x.detach(), **kwargs)


def copied(name, ref, samples, call=None, **flags):
    """name_copy, or a variant of it"""
    name, _, variant = name.partition(".")
    full = f"{name}_copy" + (f".{variant}" if variant else "")
    return Op(full, ref, samples, call, **({"method": False, "rows": (), "out": True} | flags))


OPS = [
    copied("alias", np.copy, COPIES),
    copied("detach", np.copy, COPIES, detached_copy, grad=False),
    copied("as_strided", memory, layouts),
    copied("diagonal", np.diagonal, cases(((3, 4),), ((3, 4), 1), ((2, 3, 3), 0, -1, 1), *in_layouts(-1))),
    copied("expand", expand, cases(((3,), (2, 3)), ((1, 3), (4, -1)), ((), (2,)), *in_layouts((2, 3, 4)))),
    copied("permute", np.transpose, cases(((2, 3, 4), (2, 0, 1)), ((), ()), *in_layouts((-1, 0)))),
    copied("select", lambda x, dim, i: np.take(x, i, dim), cases(((3,), 0, 1), *in_layouts(1, -2),
           errors=[(IndexError, "out of", (3,), 0, 3)])),
    copied("slice", sliced, slices),
    copied("squeeze", squeeze, cases(((1, 3, 1),), ((1, 3, 1), -1), ((1, 3, 1), (0, 1)), ((),), *IN_LAYOUTS)),
    copied("t", np.transpose, cases(((),), ((3,),), *IN_LAYOUTS)),
    copied("transpose", np.swapaxes, cases(((2, 3, 4), 0, -1), *in_layouts(0, 1))),
    copied("unfold", windows, cases(((7,), 0, 3, 2), *in_layouts(-1, 2, 1))),
    copied("unsqueeze", np.expand_dims, cases(((), 0), ((3,), -1), *in_layouts(1))),
    copied("view", np.reshape, other_views),
    copied("view.dtype", lambda x, dtype: x.view(dtype), bytes_of, grad=False),
    copied("unbind", unbound, cases(((3,),), ((2, 3), 1), *in_layouts(-1))),
    copied("split", parts, cases(((5,), 2), *in_layouts(3, 1))),
    copied("split_with_sizes", parts, cases(((5,), (2, 3)), *in_layouts((1, 3), 1))),
]  # fmt: skip
