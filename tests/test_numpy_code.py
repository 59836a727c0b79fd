"""What code written for NumPy does with an array besides calling functions: operators, `x.size`, slices."""

import copy
import operator
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from op_db.spec import ALL, UNSIGNED

pytestmark = pytest.mark.own("PyTorch's x.size is a method, and it refuses steps below 0")


@st.composite
def shapes_and_indices(draw):
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=4))
    return shape, draw(hnp.basic_indices(shape, allow_newaxis=True))


@given(shapes_and_indices())
def test_slices_either_way(lib, drawn):
    shape, index = drawn
    a = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
    x = lib.tensor(a, requires_grad=True)
    part = x[index]
    np.testing.assert_array_equal(part.detach().numpy(), a[index])
    (part * part).sum().backward()
    expected = np.zeros(shape)
    expected[index] = 2 * a[index]
    np.testing.assert_array_equal(x.grad.numpy(), expected)


@given(shapes_and_indices(), st.booleans())
def test_writing_through_slices_either_way(lib, drawn, broadcasts):
    shape, index = drawn
    a = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
    x = lib.tensor(a.copy())
    value = -np.arange(1.0, 1 + a[index].size).reshape(a[index].shape)
    if broadcasts and value.ndim:
        value = value[:1]
    a[index] = value
    x[index] = lib.tensor(np.asarray(value))
    np.testing.assert_array_equal(x.numpy(), a)
    a[index] *= 3
    x[index] *= 3
    np.testing.assert_array_equal(x.numpy(), a)
    a[index] = 7
    x[index] = 7
    np.testing.assert_array_equal(x.numpy(), a)


def test_gradients_of_what_was_written_backwards(lib):
    w, x = (lib.tensor(np.ones((2, 3)), requires_grad=True) for _ in range(2))
    y = x * 1
    y[:, ::-2] = w[:, :2] * 5
    (y * np.arange(6.0).reshape(2, 3)).sum().backward()
    np.testing.assert_array_equal(w.grad.numpy(), [[10, 0, 0], [25, 15, 0]])
    np.testing.assert_array_equal(x.grad.numpy(), [[0, 1, 0], [0, 4, 0]])


def test_slices_backwards_are_copies(lib):
    x = lib.arange(3.0)
    r = x[::-1]
    r[0] = 7
    assert (x.tolist(), r.tolist()) == ([0, 1, 2], [7, 1, 0])
    x[:] = x[::-1]
    assert x.tolist() == [2, 1, 0]
    with pytest.raises(ValueError, match="slice step cannot be zero"):
        x[::0]


def test_slices_backwards_beside_arrays(lib):
    a = np.arange(24.0).reshape(2, 3, 4)
    x = lib.tensor(a.copy())
    for index in [(slice(None, None, -1), [0, 2]), ([1, 0], slice(None, None, -2), 1)]:
        np.testing.assert_array_equal(x[index].numpy(), a[index])
        with pytest.raises(ValueError, match="must be positive beside arrays of indices"):
            x[index] = 1
    np.testing.assert_array_equal(x.numpy(), a)


@pytest.mark.parametrize("size", [(0,), (3, 0), (0, 2)])
def test_masks_without_elements(lib, size):
    a = np.ones((3, 2, 4))
    mask = np.zeros(size, bool)
    x = lib.tensor(a, requires_grad=True)
    for key in (mask, lib.tensor(mask)):
        assert x[key].shape == a[mask].shape
        x[key].sum().backward()
        assert x.grad.count_nonzero() == 0
        with lib.no_grad():
            x[key] = 5
        np.testing.assert_array_equal(x.detach().numpy(), a)
    with pytest.raises(IndexError, match="The shape of the mask"):
        x[np.zeros((0, 3), bool)]


@pytest.mark.parametrize("shape", [(), (0, 3), (2, 3, 4)])
def test_size(lib, shape):
    x = lib.ones(shape)
    size = x.size
    assert isinstance(size, int)
    assert size == np.ones(shape).size
    assert size is lib.zeros(shape).size
    assert size() == x.size() == x.shape
    assert [x.size(i) for i in range(-x.ndim, x.ndim)] == [*shape, *shape]
    assert lib.Variable.size(x) == x.shape
    assert [type(f(size)) for f in (copy.deepcopy, lambda n: pickle.loads(pickle.dumps(n)))] == [int, int]
    with pytest.raises(IndexError, match="Dimension"):
        size(3)


def test_size_as_a_number(lib):
    x = lib.tensor(np.arange(4.0), requires_grad=True)
    mean = np.sum(x) / x.size
    mean.backward()
    np.testing.assert_array_equal(x.grad.numpy(), np.full(4, 0.25))
    assert (x.size + 1, np.zeros(x.size).shape, f"{x.size}", x.size(dim=0), x.size(axis=-1)) == (
        5,
        (4,),
        "4",
        4,
        4,
    )
    with pytest.raises(TypeError, match="must be an int"):
        x.size("first")
    with pytest.raises(AttributeError, match="every such shape"):
        x.size.shape = (9, 9)
    with pytest.raises(TypeError, match="of a Variable"):
        vars(lib.Variable)["size"].__get__(5)


@pytest.mark.parametrize("name", ALL + UNSIGNED)
def test_dtypes_answer_what_numpys_do(lib, name):
    dtype, wanted = lib.zeros(1, dtype=getattr(lib, name)).dtype, np.dtype(name)
    assert (dtype.kind, dtype.char, dtype.name) == (wanted.kind, wanted.char, wanted.name)
    assert dtype.type is wanted.type
    assert issubclass(dtype.type, np.generic)


# --- every kind of operand, on either side of every operator

OPERATORS = "add sub mul truediv floordiv mod pow divmod lt le eq ne gt ge".split()  # noqa: SIM905
VALUES = {
    "bool": True,
    "int": 2,
    "float": 1.5,
    "float64": np.float64(1.5),
    "float32": np.float32(1.5),
    "int64": np.int64(2),
    "0-d": np.array(2.5),
    "1-d": np.array([1.0, 2.0, 4.0]),
    "2-d": np.array([[1.0, 2.0, 4.0], [3.0, 1.0, 2.5]]),
    "list": [1.0, 2.0, 4.0],
    "list of ints": [1, 2, 4],
    "nested list": [[1.0, 2.0, 4.0], [3.0, 1.0, 2.5]],
    "tuple": (1.0, 2.0, 4.0),
    "half": np.array([1.0, 2.0, 4.0], np.float16),
    "uint16": np.array([1, 2, 4], np.uint16),
    "uint32": np.array([1, 2, 4], np.uint32),
    "uint64": np.array([1, 2, 4], np.uint64),
    "swapped": np.array([1.0, 2.0, 4.0], ">f8"),
    "reversed": np.array([4.0, 2.0, 1.0])[::-1],
}


@pytest.mark.parametrize("name", OPERATORS)
@pytest.mark.parametrize("kind", [*VALUES, "Variable"])
def test_operands_of_every_kind(lib, name, kind):
    a = np.array([[1.5, 2.5, 3.0], [0.5, 4.0, 2.0]])
    other = VALUES.get(kind, VALUES["2-d"])
    operand = lib.tensor(other) if kind == "Variable" else other
    if (kind, name) == ("bool", "sub"):
        with pytest.raises(RuntimeError, match="with a bool tensor is not supported"):
            lib.tensor(a) - operand
        return
    op = divmod if name == "divmod" else getattr(operator, name)
    for swapped in (False, True):
        x = lib.tensor(a, requires_grad=True)
        found = op(operand, x) if swapped else op(x, operand)
        expected = op(np.asarray(other), a) if swapped else op(a, np.asarray(other))
        for ours, theirs in zip(found, expected, strict=True) if name == "divmod" else [(found, expected)]:
            assert type(ours) is lib.Variable
            assert ours.dtype == theirs.dtype
            assert ours.requires_grad == (theirs.dtype == float)
            np.testing.assert_allclose(ours.detach().numpy(), theirs, rtol=1e-14)


@pytest.mark.parametrize("name", [f"i{name}" for name in OPERATORS[:7]])
@pytest.mark.parametrize("kind", [*VALUES, "Variable"])
def test_operands_of_every_kind_in_place(lib, name, kind):
    a = np.array([[1.5, 2.5, 3.0], [0.5, 4.0, 2.0]])
    other = VALUES.get(kind, VALUES["2-d"])
    if (kind, name) == ("bool", "isub"):
        with pytest.raises(RuntimeError, match="with a bool tensor is not supported"):
            operator.isub(lib.tensor(a), other)
        return
    leaf = lib.tensor(a, requires_grad=True)
    x = same = leaf * 1
    x = getattr(operator, name)(x, lib.tensor(other) if kind == "Variable" else other)
    assert x is same
    np.testing.assert_allclose(
        x.detach().numpy(), getattr(operator, name)(a.copy(), np.asarray(other)), rtol=1e-14
    )
    if name != "ifloordiv":
        x.sum().backward()
        assert leaf.grad.shape == a.shape


@pytest.mark.parametrize("op", [operator.and_, operator.or_, operator.xor, operator.lshift, operator.rshift])
@pytest.mark.parametrize("other", [2, np.int64(2), np.array([1, 0, 2]), [1, 0, 2], [[1, 0, 2]]], ids=repr)
def test_operators_of_whole_numbers(lib, op, other):
    a = np.array([[5, 6, 7], [1, 2, 3]])
    for ours, theirs in (
        (op(lib.tensor(a), other), op(a, np.asarray(other))),
        (op(other, lib.tensor(a)), op(np.asarray(other), a)),
    ):
        assert (type(ours), ours.tolist()) == (lib.Variable, theirs.tolist())


def test_matrix_products_with_lists(lib):
    x = lib.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=lib.float64, requires_grad=True)
    assert (x @ [1.0, 2.0]).tolist() == [5, 11]
    assert ([1.0, 2.0] @ x).tolist() == [7, 10]
    ([[1.0, 2.0]] @ x).sum().backward()
    assert x.grad.tolist() == [[1, 1], [2, 2]]


@pytest.mark.parametrize(
    "dtype", ["bool", "uint8", "uint16", "int32", "int64", "float16", "float32", "float64"]
)
def test_matrix_products_with_arrays_of_other_dtypes(lib, dtype):
    array = np.array([[1, 0], [2, 1]]).astype(dtype)
    for name in ("float64", "float32"):
        a = np.array([[1.0, 2.0], [3.0, 4.0]], name)
        x = lib.tensor(a, requires_grad=True)
        for other in (array, array[0]):
            for ours, theirs in ((x @ other, a @ other), (other @ x, other @ a)):
                assert ours.tolist() == theirs.tolist()
                # beside float32, integers are weaker than NumPy has them: see the promotion of operators
                assert ours.dtype == (x * array).dtype
        (array @ x).sum().backward()
        assert x.grad.tolist() == (array.astype(float).T @ np.ones((2, 2))).tolist()
    assert (lib.tensor([1.0, 2.0], dtype=lib.float64) @ [3, 4]).item() == 11
    assert ([3, 4] @ lib.tensor([1, 2])).item() == 11
    with pytest.raises(RuntimeError, match="to have the same dtype"):
        lib.ones(2) @ lib.ones(2, dtype=lib.float64)


def test_lists_of_variables_and_of_other_things(lib):
    x = lib.ones(2, requires_grad=True)
    (x * [x[0] * 2, 3.0]).sum().backward()
    assert x.grad.tolist() == [4, 3]
    for wrong in (["a", "b"], [None, 1]):
        with pytest.raises(TypeError):
            x + wrong
    with pytest.raises(ValueError, match="inhomogeneous"):
        x * [[1, 2], [3]]
    with pytest.raises(RuntimeError, match="must match the size"):
        x * [1.0, 2.0, 3.0]


def scan(w):
    level = np.zeros_like(w)
    level[0] = w[0]
    for t in range(1, len(w)):
        level[t] = level[t - 1] * w[t] ** 2
    return level.sum()


def filter_states(w):
    state, total = np.exp(-w), 0.0
    for _ in range(3):
        state /= state.sum()
        total += np.log((state * w).sum())
        state *= np.roll(state, 1) + w
    return total


def into_one_buffer(w):
    buffer = np.empty_like(w)
    np.multiply(w, w, out=buffer)
    np.add(buffer, w, out=buffer)
    buffer *= w
    np.sin(buffer, out=buffer)
    return buffer.sum()


def test_out_is_a_write_in_place(lib):
    """An operand that is written is kept for the derivative, as by a method in place."""
    a = np.random.default_rng(3).uniform(0.5, 1.5, 5)
    w = lib.tensor(a, requires_grad=True)
    result = into_one_buffer(w)
    result.backward()
    np.testing.assert_allclose(result.item(), into_one_buffer(a))
    slopes = [(into_one_buffer(a + step) - into_one_buffer(a - step)) / 2e-6 for step in 1e-6 * np.eye(5)]
    np.testing.assert_allclose(w.grad.numpy(), slopes, rtol=1e-6)


@pytest.mark.parametrize("script", [scan, filter_states])
def test_scripts_that_overwrite_what_they_read(lib, script):
    a = np.random.default_rng(3).uniform(0.5, 1.5, 5)
    with pytest.raises(
        RuntimeError, match=r"modified by an inplace operation[^$]*allow_mutation_on_saved_tensors"
    ):
        script(lib.tensor(a, requires_grad=True)).backward()
    w = lib.tensor(a, requires_grad=True)
    with lib.autograd.graph.allow_mutation_on_saved_tensors():
        result = script(w)
        result.backward()
    np.testing.assert_allclose(result.item(), script(a))
    slopes = [(script(a + step) - script(a - step)) / 2e-6 for step in 1e-6 * np.eye(5)]
    np.testing.assert_allclose(w.grad.numpy(), slopes, rtol=1e-6)
