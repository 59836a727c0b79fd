"""Views, and reshapes that have to copy."""

from functools import partial

import numpy as np

from .spec import LAYOUTS, Op, S, bad

INVALID = (RuntimeError, "is invalid for input of size")
NOT_VIEWABLE = (RuntimeError, "view size is not compatible")
OUT_OF_RANGE = (IndexError, "Dimension out of range")
EXPANDED = (RuntimeError, "The expanded size of the tensor")


def cases(*arguments, errors=()):
    """A sample for each (shape, *args) or (layout, shape, *args); errors are (type, phrase, shape, *args)."""

    def samples(g):
        for first, *rest in arguments:
            if isinstance(first, str):
                shape, *args = rest
                yield S(g(*shape, layout=first), *args)
            else:
                yield S(g(*first), *rest)
        for error, phrase, where, *args in errors:
            layout, shape = where if where and isinstance(where[0], str) else (None, where)
            yield bad(error, phrase, g(*shape, layout=layout), *args)

    return samples


IN_LAYOUTS = [(layout, (3, 4)) for layout in LAYOUTS]


def in_layouts(*args):
    return [(*case, *args) for case in IN_LAYOUTS]


RESHAPES = cases(
    ((2, 3), (6,)),
    ((2, 3), (3, 2)),
    ((2, 3), (-1,)),
    ((2, 6), (2, -1, 3)),
    ((2, 3), (1, 2, 1, 3, 1)),
    ((), (1, 1)),
    ((1, 1), ()),
    ((0, 3), (3, 0)),
    ((0,), (2, 0)),
    ("transposed", (3, 4), (3, 2, 2)),
    ("stepped", (3, 4), (3, 2, 2)),
    ("expanded", (3, 4), (3, 2, 2)),
    ("offset", (4, 3), (2, 2, 3)),
    errors=[
        (*INVALID, (2, 3), (4,)),
        (*INVALID, (2, 3), (-1, 4)),
        (RuntimeError, "", (2, 3), (-1, -1)),
        (RuntimeError, "", (2, 3), (-2, 3)),
        (RuntimeError, "", (0, 3), (0, -1)),
        (TypeError, "", (2, 3), (2.0, 3)),
    ],
)
NOT_VIEWS = [(*NOT_VIEWABLE, (layout, (3, 4)), (12,)) for layout in ("transposed", "expanded")]


def views(g):
    yield from RESHAPES(g)
    yield from cases(errors=NOT_VIEWS)(g)


RESHAPES_WITH_COPY = cases(
    ("transposed", (3, 4), (12,)),
    ("expanded", (3, 4), (4, 3)),
    ("stepped", (2, 3), (3, 2)),
)
PERMUTES_BY_SIZES = cases(((2, 3), 1, 0), ((2, 3, 4), -1, 0, 1))
TRANSPOSES = cases(
    ((), 0, 0),
    ((), -1, 0),
    ((3,), 0, -1),
    ((2, 3), 0, 1),
    ((2, 3), 1, 1),
    ((2, 3, 4), 0, -1),
    ((2, 3, 4), -3, 1),
    ((0, 3), 0, 1),
    *in_layouts(0, 1),
    errors=[(*OUT_OF_RANGE, (2, 3), 0, 2), (*OUT_OF_RANGE, (2, 3), -3, 0)],
)
PERMUTES = cases(
    ((), ()),
    ((3,), (0,)),
    ((2, 3), (1, 0)),
    ((2, 3, 4), (2, 0, 1)),
    ((2, 3, 4), (-1, 0, -2)),
    ((2, 0, 3), (1, 2, 0)),
    *in_layouts((1, 0)),
    errors=[
        (RuntimeError, "", (2, 3), (0, 0)),
        (RuntimeError, "", (2, 3), (0,)),
        (*OUT_OF_RANGE, (2, 3), (0, 2)),
    ],
)
EXPANDS = cases(
    ((), (2, 3)),
    ((3,), (2, 3)),
    ((3,), 2, 3),
    ((1, 3), (2, -1)),
    ((2, 1, 3), (2, 4, 3)),
    ((2, 1), (4, 2, 3)),
    ((1, 3), (0, 3)),
    ((2, 3), (2, 3)),
    ("transposed", (3, 1), (3, 4)),
    ("stepped", (1, 3), (2, 3)),
    errors=[
        (*EXPANDED, (2, 3), (3, 3)),
        (RuntimeError, "", (2, 3), (3,)),
        (RuntimeError, "", (3,), (-1, 3)),
    ],
)
SQUEEZES = cases(
    ((),),
    ((1,),),
    ((2, 1, 3, 1),),
    ((2, 3),),
    ((1, 0),),
    ((2, 1), 1),
    ((2, 1), -1),
    ((2, 1), 0),
    ((), 0),
    ((1, 2, 1), (0, 2)),
    ((1, 2, 1), (0, -2)),
    ("transposed", (3, 1)),
    ("stepped", (1, 3), 0),
    errors=[(*OUT_OF_RANGE, (2, 1), 2), (RuntimeError, "", (1, 1), (0, 0))],
)
UNSQUEEZES = cases(
    ((), 0),
    ((), -1),
    ((3,), 0),
    ((3,), 1),
    ((2, 3), -1),
    ((2, 3), -3),
    ((0, 3), 1),
    *in_layouts(1),
    errors=[(*OUT_OF_RANGE, (2, 3), 3), (*OUT_OF_RANGE, (2, 3), -4)],
)
FLATTENS = cases(
    ((),),
    ((3,),),
    ((2, 3),),
    ((2, 3, 4), 1),
    ((2, 3, 4), 0, 1),
    ((2, 3, 4), -2, -1),
    ((2, 0, 4),),
    ((2, 3, 4), 1, 1),
    ("offset", (4, 3), 1),
    errors=[(RuntimeError, "", (2, 3), 1, 0), (*OUT_OF_RANGE, (2, 3), 2)],
)
MATRICES = cases(((2, 3),), ((0, 3),), ((1, 1),), *IN_LAYOUTS)
UP_TO_MATRICES = cases(((),), ((3,),), ((2, 3),), *IN_LAYOUTS, errors=[(RuntimeError, "", (2, 2, 2))])
BATCHES = cases(((2, 3),), ((4, 2, 3),), ((0, 2, 3),), *IN_LAYOUTS, errors=[(RuntimeError, "", (3,))])


def sizes(f):
    """A reference whose sizes come as f(x, 2, 3) or f(x, (2, 3))."""
    return lambda x, *s: f(x, s[0] if len(s) == 1 and isinstance(s[0], tuple) else s)


def expand(x, shape):
    padded = (1,) * (len(shape) - x.ndim) + x.shape
    return np.broadcast_to(x, [p if s == -1 else s for p, s in zip(padded, shape, strict=True)])


def squeeze(x, dim=None):
    dims = range(x.ndim) if dim is None else dim if isinstance(dim, tuple) else (dim,)
    dims = [d % max(x.ndim, 1) for d in dims]
    return x.reshape([n for d, n in enumerate(x.shape) if d not in dims or n != 1])


def flatten(x, start=0, end=-1):
    if x.ndim == 0:
        return x.reshape(1)
    start, end = start % x.ndim, end % x.ndim
    return x.reshape(*x.shape[:start], int(np.prod(x.shape[start : end + 1])), *x.shape[end + 1 :])


def transpose(x, a, b):
    return np.swapaxes(x, a, b) if x.ndim else x


view = partial(Op, view=True)

OPS = [
    view("view", sizes(np.reshape), views, function=False),
    view("reshape", sizes(np.reshape), RESHAPES, rows=("reshape_alias",)),
    view("reshape.sizes", sizes(np.reshape), cases(((2, 3), 3, 2), ((2, 3), -1)), function=False, rows=()),
    Op("reshape.copy", np.reshape, RESHAPES_WITH_COPY, rows=("unsafe_view",)),
    view("transpose", transpose, TRANSPOSES, inplace=True, rows=("transpose", "transpose_")),
    view("permute", np.transpose, PERMUTES),
    view("permute.dims", sizes(np.transpose), PERMUTES_BY_SIZES, function=False, rows=()),
    view("T", np.transpose, MATRICES, attribute=True, rows=()),
    view("mT", partial(np.swapaxes, axis1=-1, axis2=-2), BATCHES, attribute=True, rows=()),
    view("t", np.transpose, UP_TO_MATRICES, inplace=True, rows=("t", "t_")),
    view("expand", sizes(expand), EXPANDS, function=False),
    view(
        "squeeze",
        squeeze,
        SQUEEZES,
        inplace=True,
        rows=tuple(f"squeeze{dims}{end}" for dims in ("", "_dim", "_dims") for end in ("", "_")),
    ),
    view("unsqueeze", np.expand_dims, UNSQUEEZES, inplace=True, rows=("unsqueeze", "unsqueeze_")),
    view("mH", lambda x: np.swapaxes(x, -1, -2), BATCHES, attribute=True, rows=()),
    view("adjoint", lambda x: np.swapaxes(x, -1, -2), BATCHES, rows=()),
    view(
        "H",
        np.transpose,
        cases(((2, 3),), *IN_LAYOUTS, errors=[(RuntimeError, "", (2,))]),
        attribute=True,
        rows=(),
    ),
    view("flatten", flatten, FLATTENS, rows=()),
    Op("flatten.copy", flatten, cases(*(case for case in IN_LAYOUTS if case[0] != "offset")), rows=()),
]
