"""x[index], x[index] = value and their gradients, on indices that hypothesis makes up.

`places` says which elements an index means (NumPy's indexing in PyTorch's order); all checks follow from it.
"""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from op_db.indexing import places
from op_db.run import make, sum_to, to_numpy
from op_db.spec import Strided, spread
from semantics import raises

SHAPES = st.lists(st.integers(0, 4), max_size=4).map(tuple)
BOUNDS = st.none() | st.integers(-6, 6)
SLICES = st.builds(slice, BOUNDS, BOUNDS, st.none() | st.integers(1, 3))


def arrays_of_indices(size: int, shape) -> st.SearchStrategy:
    count = int(np.prod(shape))
    numbers = st.lists(st.integers(-size, size - 1), min_size=count, max_size=count)
    return numbers.map(lambda values: np.array(values, np.int64).reshape(shape))


def masks(shape) -> st.SearchStrategy:
    count = int(np.prod(shape))
    return st.lists(st.booleans(), min_size=count, max_size=count).map(
        lambda v: np.array(v, bool).reshape(shape)
    )


@st.composite
def basic_indices(draw, shape):
    """Numbers, slices, None, one ..., in any order."""
    items = []
    for size in shape[: draw(st.integers(0, len(shape)))]:
        items.append(draw(SLICES | st.integers(-size, size - 1) if size else SLICES))
    for extra in draw(st.lists(st.none(), max_size=2)):
        items.insert(draw(st.integers(0, len(items))), extra)
    if draw(st.booleans()):
        # Numbers to the right of ... count from the last dimension
        at = draw(st.integers(0, len(items)))
        fits = all(isinstance(i, slice) or i is None for i in items[at:])
        items.insert(at if fits else len(items), ...)
    return tuple(items)


@st.composite
def advanced_indices(draw, shape):
    """The same mixed with arrays of numbers that broadcast together, and perhaps with a mask."""
    common = draw(st.lists(st.integers(0, 3), max_size=2).map(tuple))
    masked = draw(st.booleans())
    items = []
    axis = 0
    while axis < len(shape):
        size = shape[axis]
        kinds = ["slice"] + ["number", "array", "array"] * (size > 0) + ["mask"] * (masked and 2)
        kind = draw(st.sampled_from(kinds))
        taken = 1
        if kind == "slice":
            items.append(draw(SLICES))
        elif kind == "number":
            items.append(draw(st.integers(-size, size - 1)))
        elif kind == "array":
            # of the common shape, or one that broadcasts to it; beside a mask one of one element
            cut = draw(st.integers(0, len(common)))
            array_shape = tuple(draw(st.sampled_from([1, n])) for n in common[cut:])
            items.append(draw(arrays_of_indices(size, (1,) if masked else array_shape)))
        else:
            masked = False
            taken = draw(st.integers(1, min(2, len(shape) - axis)))
            items.append(draw(masks(shape[axis : axis + taken])))
            # what comes after must broadcast with the places of the mask
            common = (1,)
        axis += taken
    items = items[: draw(st.integers(0, len(items)))]
    for extra in draw(st.lists(st.none(), max_size=1)):
        items.insert(draw(st.integers(0, len(items))), extra)
    return tuple(items)


@st.composite
def cases(draw):
    """A shape and an index into it."""
    shape = draw(SHAPES)
    index = draw(basic_indices(shape) | advanced_indices(shape))
    return shape, index


LAYOUTS = st.sampled_from([None, "transposed", "stepped", "offset"])


def leaf(lib, shape, layout=None):
    value = np.asarray(np.arange(np.prod(shape)).reshape(shape) * 0.5 - 3)
    fits = layout and len(shape) >= (2 if layout == "transposed" else 1)
    return make(lib, Strided(value, layout) if fits else value).requires_grad_(True)


def in_lib(lib, index, form: str):
    """The index with its arrays as tensors, as NumPy's, or the one-dimensional ones as lists."""
    convert = {
        "tensor": lib.tensor,
        "numpy": lambda a: a,
        "list": lambda a: a.tolist() if a.ndim == 1 and len(a) else lib.tensor(a),
    }[form]
    return tuple(convert(i) if isinstance(i, np.ndarray) else i for i in index)


FORMS = st.sampled_from(["tensor", "numpy", "list"])


@given(case=cases(), form=FORMS, layout=LAYOUTS)
def test_get(lib, case, form, layout):
    shape, index = case
    x = leaf(lib, shape, layout)
    expected = places(shape, index)
    y = x[in_lib(lib, index, form)]
    assert tuple(y.shape) == expected.shape
    np.testing.assert_array_equal(to_numpy(y), to_numpy(x).reshape(-1)[expected])

    weights = np.arange(1.0, expected.size + 1).reshape(expected.shape)
    (grad,) = lib.autograd.grad([y], [x], [lib.tensor(weights)])
    scattered = np.zeros(shape).reshape(-1)
    np.add.at(scattered, expected, weights)
    np.testing.assert_allclose(to_numpy(grad), scattered.reshape(shape))


@given(case=cases(), form=FORMS, layout=LAYOUTS, data=st.data())
def test_set(lib, case, form, layout, data):
    shape, index = case
    written = places(shape, index)
    assume(np.unique(written).size == written.size)
    # a value that broadcasts to what is written
    kept = written.shape[data.draw(st.integers(0, written.ndim)) :]
    value = leaf(lib, tuple(1 if n and data.draw(st.booleans()) else n for n in kept))
    x = leaf(lib, shape, layout)

    y = x * 1
    y[in_lib(lib, index, form)] = value
    expected = to_numpy(x).copy().reshape(-1)
    expected[written] = to_numpy(value)
    np.testing.assert_array_equal(to_numpy(y), expected.reshape(shape))

    weights = np.arange(1.0, expected.size + 1).reshape(shape)
    x_grad, value_grad = lib.autograd.grad([y], [x, value], [lib.tensor(weights)], allow_unused=True)
    kept_grad = weights.copy().reshape(-1)
    kept_grad[written] = 0
    np.testing.assert_array_equal(to_numpy(x_grad), kept_grad.reshape(shape))
    if value_grad is not None:  # some libraries find that nothing was written
        summed = sum_to(weights.reshape(-1)[written], tuple(value.shape))
        np.testing.assert_allclose(to_numpy(value_grad), summed)
    else:
        assert not written.size


@given(case=cases(), number=st.sampled_from([2, 2.5, True]))
def test_augmented(lib, case, number):
    shape, index = case
    written = places(shape, index)
    assume(np.unique(written).size == written.size)
    x = leaf(lib, shape)
    y = x * 1
    y[in_lib(lib, index, "tensor")] *= number
    factors = np.ones(int(np.prod(shape)))
    factors[written] = number
    np.testing.assert_array_equal(to_numpy(y), to_numpy(x) * factors.reshape(shape))
    (grad,) = lib.autograd.grad([y], [x], [lib.ones(shape, dtype=lib.float64)])
    np.testing.assert_array_equal(to_numpy(grad), factors.reshape(shape))


def test_views_and_copies(lib):
    x = lib.zeros(3, 4)
    x[1][2] = 5
    assert x[1, 2].item() == 5
    x[:, 1:][0] = 7
    assert to_numpy(x)[0].tolist() == [0, 7, 7, 7]
    x[lib.tensor([0, 1])].mul_(0)
    assert x[0, 1].item() == 7, "an array of numbers reads a copy"


@pytest.mark.parametrize("dtype", ["int32", "int64", "bool"])
def test_dtypes_of_indices(lib, dtype):
    index = lib.tensor(np.array([1, 0, 1], dtype))
    expected = np.arange(6.0).reshape(3, 2)[np.array([1, 0, 1], bool if dtype == "bool" else int)]
    assert to_numpy(lib.arange(6.0).reshape(3, 2)[index]).tolist() == expected.tolist()


def test_numbers_of_numpy_and_0d_tensors(lib):
    x = lib.arange(12).reshape(3, 4)
    for two in (np.int64(2), np.array(2), lib.tensor(2)):
        assert x[two].tolist() == [8, 9, 10, 11]
        assert x[:, two].tolist() == [2, 6, 10]
    assert x[: lib.tensor(1)].tolist() == [[0, 1, 2, 3]]
    assert x[np.int64(2) :, 0].tolist() == [8]
    assert x[range(2)].tolist() == x[:2].tolist()


def test_iteration(lib):
    x = lib.arange(6.0).reshape(3, 2).requires_grad_(True)
    assert len(x) == 3
    assert [row.tolist() for row in x] == [[0, 1], [2, 3], [4, 5]]
    first, *_ = x
    first.sum().backward()
    assert x.grad.tolist() == [[1, 1], [0, 0], [0, 0]]
    with pytest.raises(TypeError, match=r"len\(\) of a 0-d tensor"):
        len(lib.tensor(1.0))
    with pytest.raises(TypeError, match="iteration over a 0-d tensor"):
        iter(lib.tensor(1.0))


def test_errors_leave_the_tensor_alone(lib):
    x = lib.arange(6.0).reshape(2, 3)
    before = x.tolist()
    wrong = [
        (IndexError, "is out of bounds for dimension", 2, 1),
        (IndexError, "out of bounds", lib.tensor([-3, 0]), 1),
        (IndexError, "The shape of the mask", lib.tensor([True, False, True]), 1),
        (RuntimeError, "The expanded size of the tensor", 0, lib.ones(2)),
        (RuntimeError, "cannot be broadcast", lib.tensor([0, 1]), lib.ones(2)),
        (RuntimeError, "cannot be broadcast", x > 1, lib.ones(2)),
        (TypeError, "", 0, "a"),
        (TypeError, "", slice(0.5, 1), 1),
    ]
    for error, phrase, index, value in wrong:
        with pytest.raises(error, match=phrase or None):
            x[index] = value
        assert x.tolist() == before


@pytest.mark.own("PyTorch writes up to the number that is out of bounds")
def test_numbers_are_checked_before_anything_is_written(lib):
    x = lib.arange(6.0)
    with pytest.raises(IndexError, match="out of bounds"):
        x[lib.tensor([0, 1, 6])] = 9
    assert x.tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.own("arrays with negative strides are accepted")
def test_negative_strides(lib):
    reversed_array = np.arange(6.0).reshape(2, 3)[::-1, ::-1]
    np.testing.assert_array_equal(lib.from_numpy(reversed_array)[:, 1:].numpy(), reversed_array[:, 1:])


def test_spread_puts_the_value_at_odd_places():
    assert spread(np.ones((2, 2)), 0)[1::2].tolist() == [[1, 1], [1, 1]]


# --- kinds of indices


@pytest.mark.parametrize("dtype", ["int8", "int16", "int32", "int64", "uint16", "uint32", "uint64"])
def test_numpy_integers_of_any_width(lib, dtype):
    x = lib.arange(6)
    assert x[np.array([4, 1], dtype)].tolist() == [4, 1]
    assert x[np.array(4, dtype)].item() == 4
    x[np.array([0, 5], dtype)] = 9
    assert x.tolist() == [9, 1, 2, 3, 4, 9]


def test_masks_of_uint8_are_deprecated(lib):
    x = lib.arange(4)
    mask = np.array([1, 0, 0, 1], np.uint8)
    for index in (mask, lib.tensor(mask), (lib.tensor(mask),)):
        with pytest.warns(UserWarning, match="indexing with dtype .*uint8 is now deprecated"):
            assert x[index].tolist() == [0, 3]
    with (
        pytest.warns(UserWarning, match="deprecated"),
        pytest.raises(IndexError, match="The shape of the mask"),
    ):
        x[mask[:2]]


@pytest.mark.parametrize("dtype", ["int8", "int16", "float32"])
def test_tensors_that_are_no_indices(lib, dtype):
    x = lib.arange(4)
    index = lib.tensor(np.array([1, 0], dtype))
    with pytest.raises(IndexError, match="tensors used as indices must be long, int, byte or bool tensors"):
        x[index]
    with pytest.raises(IndexError, match="tensors used as indices must be"):
        x[index] = 1
    assert x.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("sequence", "meaning"),
    [
        ([[0, 1], [2, 0]], ([0, 1], [2, 0])),
        ([0, slice(1, 3)], (0, slice(1, 3))),
        ([None, 1], (None, 1)),
        ([..., 0], (..., 0)),
        ([[]], ([],)),
        ([np.array([1, 0])], (np.array([1, 0]),)),
    ],
    ids=repr,
)
def test_sequences_that_are_read_as_tuples(lib, sequence, meaning):
    x = lib.arange(6).reshape(2, 3)
    with pytest.warns(UserWarning, match="non-tuple sequence for multidimensional indexing is deprecated"):
        got = x[sequence]
    assert tuple(got.shape) == tuple(x[meaning].shape)
    assert got.tolist() == x[meaning].tolist()


def test_sequences_of_numbers_are_arrays(lib):
    x = lib.arange(6).reshape(2, 3)
    for index in ([1, 0], range(2), [True, False], [1, True]):
        assert x[index].tolist() == x[lib.tensor(np.array(list(index)))].tolist()
    assert x[lib.Size([1, 2])].item() == 5


@pytest.mark.parametrize(
    ("index", "shape"),
    [
        (True, (1, 2, 3)),
        (False, (0, 2, 3)),
        ((0, True), (1, 3)),
        ((True, 0), (1, 3)),
        ((slice(None), True), (2, 1, 3)),
        ((True, False), (0, 2, 3)),
        ((None, ..., None), (1, 2, 3, 1)),
        ([], (0, 3)),
        (np.array([], np.int64), (0, 3)),
        ((), (2, 3)),
    ],
    ids=repr,
)
def test_shapes_and_writes_of_odd_indices(lib, index, shape):
    x = lib.arange(6.0).reshape(2, 3).requires_grad_(True)
    got = x[index]
    assert tuple(got.shape) == shape
    (grad,) = lib.autograd.grad([got.sum()], [x])
    touched = to_numpy(grad)
    assert touched.sum() == got.numel()
    y = x.detach().clone()
    y[index] = -1
    np.testing.assert_array_equal(to_numpy(y), np.where(touched, -1, to_numpy(x)))


@pytest.mark.parametrize(
    ("dtype", "number"),
    [
        ("int32", 2**40),
        ("uint8", 300),
        ("int8", -200),
        ("int32", float("nan")),
        ("int64", 1e30),
        ("float32", 1e300),
    ],
)
def test_numbers_that_do_not_fit(lib, dtype, number):
    x = lib.zeros(2, 3, dtype=getattr(lib, dtype))
    for index in (0, [0], ...):
        with pytest.raises(RuntimeError, match=r"value cannot be converted to type .* without overflow"):
            x[index] = number
    assert not x.any()


def test_numbers_that_wrap_or_are_cut(lib):
    x = lib.zeros(3, dtype=lib.uint8)
    x[0], x[1] = -1, 2.7
    x[[2]] = -2
    assert x.tolist() == [255, 2, 254]


@pytest.mark.own("PyTorch takes tensors and numbers alone")
def test_values_that_are_lists_and_arrays(lib):
    x = lib.zeros(2, 3)
    x[0] = [1, 2, 3]
    x[1] = np.array([4.0, 5.0, 6.0])
    assert x.tolist() == [[1, 2, 3], [4, 5, 6]]
    x[[0, 1], [1, 2]] = (7, 8)
    assert x.tolist() == [[1, 7, 3], [4, 5, 8]]
    x[:, 0] = range(2)
    assert x[:, 0].tolist() == [0, 1]
    x[[0, 1], [0, 0]] = lib.tensor([3, 4])
    assert x[:, 0].tolist() == [3, 4]


def test_repeated_indices(lib):
    x = lib.zeros(3)
    x[[1, 1]] = lib.tensor([5.0, 6.0])
    assert x.tolist() == [0, 6, 0]
    x[[1, 1]] += 1  # reads, adds, writes: once
    assert x.tolist() == [0, 7, 0]
    x.index_put_((lib.tensor([1, 1]),), lib.tensor(1.0), accumulate=True)
    assert x.tolist() == [0, 9, 0]


def test_index_put_without_indices(lib):
    with pytest.raises((RuntimeError, IndexError)):
        lib.zeros(3).index_put_((), lib.tensor(1.0))


REPEATED = {
    "list": ((3,), lambda y, v: y.__setitem__([0, 0], v), [1.0, 2.0], [0, 4]),
    "negative": ((3,), lambda y, v: y.__setitem__([2, 1, -1], v), [1.0, 2.0, 3.0], [0, 4, 6]),
    "rows": ((2, 2), lambda y, v: y.__setitem__([1, 1], v), [[1.0, 2.0], [3.0, 4.0]], [[0, 0], [6, 8]]),
    "columns": (
        (2, 2),
        lambda y, v: y.__setitem__((slice(None), [0, 0]), v),
        [[1.0, 2.0], [3.0, 4.0]],
        [[0, 4], [0, 8]],
    ),
    "two": ((2, 2), lambda y, v: y.__setitem__(([0, 1, 0], [1, 1, 1]), v), [1.0, 2.0, 3.0], [0, 4, 6]),
    "apart": (
        (2, 1, 2),
        lambda y, v: y.__setitem__(([1, 1], slice(None), [0, 0]), v),
        [[1.0], [2.0]],
        [[0], [4]],
    ),
    "of many": ((100_000,), lambda y, v: y.__setitem__([99_999, 5, -1], v), [1.0, 2.0, 3.0], [0, 4, 6]),
    "one for all": ((2,), lambda y, v: y.__setitem__([0, 0, 1], v), 3.0, 12),
}


@pytest.mark.own("PyTorch leaves it open which of several values gets the gradient")
@pytest.mark.parametrize("name", REPEATED)
def test_of_values_for_one_place_the_last_gets_the_gradient(lib, name):
    shape, write, values, expected = REPEATED[name]
    y, v = lib.zeros(*shape), lib.tensor(values, requires_grad=True)
    write(y, v)
    (y**2).sum().backward()
    assert v.grad.tolist() == expected
    assert lib.autograd.gradcheck(
        lambda v: write(y := lib.zeros(*shape, dtype=lib.float64), v) or (y**2).sum(), (v.double(),)
    )


def test_one_number_selected_more_than_once(lib):
    for index in ([0, 0, 0], []):
        with raises("Index to scalar can have only 1 value"):
            lib.tensor(1.5).index_select(0, lib.tensor(index, dtype=lib.int64))
    assert lib.tensor(1.5).index_select(0, lib.tensor([0])).item() == 1.5


def test_masks_of_index_put_have_the_arrays_sizes(lib):
    for mask in ([True, False, True], [[True], [False]]):
        x = lib.zeros(2, 3)
        for put in (x.index_put, x.index_put_):
            with raises(
                "The shape of the mask .* does not match the shape of the indexed tensor", IndexError
            ):
                put((lib.tensor(mask),), lib.tensor(2.0))
        assert not x.any()
    with raises("too many indices|The shape of the mask", IndexError):
        lib.zeros(2).index_put((lib.tensor([[True, False]]),), lib.tensor(2.0))
    mask = lib.tensor([[True, False, False], [False, False, True]])
    assert lib.zeros(2, 3).index_put((mask,), lib.tensor(2.0)).tolist() == [[2, 0, 0], [0, 0, 2]]
