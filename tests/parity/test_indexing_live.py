"""x[index], x[index] = value and index_put in tapegrad and in PyTorch, on the same random indices."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from op_db.indexing import places
from op_db.run import to_numpy
from test_indexing import FORMS, LAYOUTS, advanced_indices, cases, in_lib, leaf

torch = pytest.importorskip("torch")


def weights(lib, like):
    return lib.arange(1.0, like.numel() + 1, dtype=lib.float64).reshape(like.shape)


def assert_alike(ours, theirs):
    for mine, other in zip(ours, theirs, strict=True):
        assert (mine is None) == (other is None)
        if mine is not None:
            np.testing.assert_array_equal(to_numpy(mine), to_numpy(other))


@given(case=cases(), form=FORMS, layout=LAYOUTS)
def test_get(lib, case, form, layout):
    shape, index = case

    def get(library):
        x = leaf(library, shape, layout)
        y = x[in_lib(library, index, form)]
        return [y, *library.autograd.grad([y], [x], [weights(library, y)])], y.grad_fn.name()

    (ours, our_name), (theirs, their_name) = get(lib), get(torch)
    assert_alike(ours, theirs)
    assert our_name == their_name


@given(case=cases(), form=FORMS, layout=LAYOUTS, data=st.data())
def test_set(lib, case, form, layout, data):
    """Also where an element is written more than once: the last value stays, and all get its gradient."""
    shape, index = case
    written = places(shape, index)
    kept = written.shape[data.draw(st.integers(0, written.ndim)) :]
    kept = tuple(1 if n and data.draw(st.booleans()) else n for n in kept)

    def put(library):
        x, value = leaf(library, shape, layout), leaf(library, kept)
        y = x * 1
        y[in_lib(library, index, form)] = value
        grads = library.autograd.grad([y], [x, value], [weights(library, y)], allow_unused=True)
        return [y, *grads]

    ours, theirs = put(lib), put(torch)
    if theirs[2] is None and ours[2] is not None:  # PyTorch finds that nothing was written
        assert not to_numpy(ours[2]).any()
        ours[2] = None
    assert_alike(ours, theirs)


@given(case=st.sampled_from([(4,), (3, 4)]).flatmap(lambda s: st.tuples(st.just(s), advanced_indices(s))))
def test_accumulate(lib, case):
    shape, index = case
    index = [i for i in index if isinstance(i, np.ndarray)]
    if not index or len(index) > len(shape) or index[0].shape[:1] == (0,):
        return
    if any(i.dtype == bool for i in index):
        return

    def add(library):
        x, value = leaf(library, shape), leaf(library, ())
        try:
            y = (x * 1).index_put([library.tensor(i) for i in index], value, accumulate=True)
        except (IndexError, RuntimeError) as error:
            return type(error).__name__
        return [y, *library.autograd.grad([y], [x, value], [weights(library, y)])]

    ours, theirs = add(lib), add(torch)
    if isinstance(theirs, str):
        assert ours == theirs
    else:
        assert_alike(ours, theirs)
