"""x[index] and x[index] = value. tests/test_indexing.py draws indices at random; here is one of each kind."""

import math

import numpy as np

from .spec import LAYOUTS, Op, S, bad, large

_ = slice(None)
A = np.array

BASIC = {
    (5,): [0, -1, _, slice(1, 4), slice(-3, None), slice(None, None, 2), slice(3, 1), None, ..., ()],
    (2, 3): [
        1,
        (0, 2),
        (_, -1),
        (..., 0),
        (None, 1, None),
        (slice(0, 1), slice(1, None, 2)),
        (_, None, slice(9, 12)),
    ],
    (2, 3, 4): [(1, ..., 2), (..., None), (_, 1), (0, _, slice(None, None, 3)), (..., slice(1, 3), -4)],
    (): [(), ..., None],
    (0, 3): [_, (_, 1), slice(0, 2)],
}
ADVANCED = {
    (5,): [
        A([0, 2, 2, -1]),
        [3, 1],
        A([[0, 1], [4, 0]]),
        A([], np.int64),
        A(2),
        (A([1, 1]),),
        [True, False] * 2 + [True],
    ],
    (2, 3): [
        A([1, 0, 1]),
        (A([0, 1]), A([2, 0])),
        (A([[0], [1]]), A([0, 2, 2])),
        (_, A([2, 0])),
        (0, A([2, 0])),
        (A([1, 1]), slice(0, 2)),
        (A([1, 0]), None),
        ([0, 1], [1, 1]),
        A([[True, False, True], [False, True, True]]),
        A([True, False]),
        (_, A([True, False, True])),
        (A([True, True]), A([0, 2])),
        A([[False] * 3] * 2),
        True,
        False,
    ],
    (2, 3, 4): [
        (A([0, 1]), _, A([3, 0])),
        (_, A([0, 1]), A([3, 0])),
        (0, _, A([3, 3, 0])),
        (..., A([3, 3, 0])),
        (A([[0, 1], [1, 1]]), ..., 2),
        (slice(0, 1), A([True, False, True]), None, slice(None, None, 2)),
        (A([0, 1]), None, A([1, 2])),
        (1, A([0, 2]), A([1, 1])),
    ],
    (): [True, False, A(True)],
    (0, 3): [A([], np.int64), (_, A([1, 1])), A([[]] * 0, bool).reshape(0, 3)],
}
ERRORS = {
    (5,): [
        (IndexError, "is out of bounds for dimension", 5),
        (IndexError, "is out of bounds for dimension", -6),
        (IndexError, "out of bounds", A([0, 5])),
        (IndexError, "too many indices for tensor", (0, 0)),
        (IndexError, "The shape of the mask", A([True, False])),
        (TypeError, "", "a"),
        (IndexError, "", 1.5),
        (IndexError, "", A([0.5])),
    ],
    (): [(IndexError, "invalid index of a 0-dim tensor", 0), (IndexError, "", _)],
    (2, 3): [
        (IndexError, "The shape of the mask", A([[True, False]])),
        (IndexError, "", (A([0, 1, 1]), A([0, 1]))),
        (IndexError, "too many indices for tensor", (_, _, 0)),
    ],
}


def each(table):
    return [(shape, index) for shape, indices in table.items() for index in indices]


def basic(g):
    yield from (S(g(*shape), index) for shape, index in each(BASIC))
    yield from (S(g(3, 4, layout=layout), (slice(1, None), slice(None, None, 2))) for layout in LAYOUTS)
    yield from (bad(error, phrase, g(*shape), index) for shape, (error, phrase, index) in each(ERRORS))


def advanced(g):
    yield from (S(g(*shape), index) for shape, index in each(ADVANCED))
    yield from (S(g(3, 4, layout=layout), (A([2, 0]), slice(None, None, 2))) for layout in LAYOUTS)
    yield from (S(g(3, 4, layout=layout), (g.mask(3, 4),)) for layout in LAYOUTS)
    yield large(g(517, 9), g.indices(1031, below=517))
    yield large(g(517, 9), g.mask(517, 9))


def getitem(lib, x, index):
    return x[index]


def setitem(lib, x, index, value):
    x = x.clone()
    x[index] = value
    return x


def numpy_getitem(x: np.ndarray, index) -> np.ndarray:
    """NumPy's indexing in PyTorch's order: numbers, slices, None and ... first, then all arrays together."""
    basic, arrays = [], []
    for item in index if isinstance(index, tuple) else (index,):
        if isinstance(item, list | np.ndarray | bool):
            item = np.asarray(item, None if np.size(item) else getattr(item, "dtype", np.int64))
            if item.dtype.kind == "b" and item.ndim == 0:
                basic.append(None)
                arrays.append(item[None])
            elif item.ndim == 0:
                basic.append(int(item))
            else:
                basic += [_] * (item.ndim if item.dtype.kind == "b" else 1)
                arrays.append(item)
        else:
            basic.append(item)
            if not isinstance(item, int | np.integer):
                arrays.append(... if item is ... else _)
    return x[tuple(basic)][tuple(arrays)]


def places(shape, index) -> np.ndarray:
    """The positions in row-major order that an index reads or writes."""
    return numpy_getitem(np.arange(math.prod(shape)).reshape(shape), index)


def numpy_setitem(x, index, value):
    x = x.copy()
    x.reshape(-1)[places(x.shape, index)] = value
    return x


def sets(table):
    def samples(g):
        for shape, index in each(table):
            written = places(shape, index)
            if np.unique(written).size < written.size:
                continue
            yield S(g(*shape), index, g(*written.shape))
            yield S(g(*shape), index, g.number(1))
            yield S(g(*shape), index, g())
            if written.ndim > 1:
                yield S(g(*shape), index, g(*written.shape[1:]))
                yield S(g(*shape), index, g(1, *written.shape[1:]))
        yield from (
            S(g(3, 4, layout=layout), (slice(1, None), slice(None, None, 2)), g(2)) for layout in LAYOUTS
        )
        yield from (S(g(3, 4), (slice(1, None),), g(2, 4, layout=layout)) for layout in LAYOUTS)
        yield S(g(2, 3), 0, g(1, 1, 3))
        yield S(g(2, 3), 0, g(3).astype("float32"))
        yield bad(RuntimeError, "", g(2, 3), 0, g(2))
        yield bad(RuntimeError, "", g(2, 3), A([0, 1]), g(2))
        yield bad(IndexError, "is out of bounds for dimension", g(2, 3), 2, g(3))
        yield bad(TypeError, "", g(2, 3), 0, "a")

    return samples


OPS = [
    Op("getitem", numpy_getitem, basic, getitem, method=False, view=True, rows=("select", "slice", "alias")),
    Op("getitem.advanced", numpy_getitem, advanced, getitem, method=False, rows=("index", "nonzero")),
    Op("setitem", numpy_setitem, sets(BASIC), setitem, method=False, rows=()),
    Op("setitem.advanced", numpy_setitem, sets(ADVANCED), setitem, method=False, rows=("index_put_",)),
]
