"""Arguments by the names that PyTorch's signatures have, and errors that name the argument."""

import numpy as np
import pytest
from semantics import raises


@pytest.fixture
def x(lib):
    return lib.arange(12.0).reshape(2, 6)


def lists(parts):
    return [part.tolist() for part in parts]


def test_size_by_name(lib, x):
    assert x.view(size=(3, 4)).shape == x.view(size=[3, -1]).shape == (3, 4)
    row = lib.ones(1, 3)
    assert row.expand(size=(2, -1)).shape == lib.broadcast_to(row, size=(2, 3)).shape == (2, 3)
    assert row.broadcast_to(size=(4, 2, 3)).shape == (4, 2, 3)


@pytest.mark.own("NumPy's name beside PyTorch's")
def test_shape_by_name(lib, x):
    assert x.view(shape=(3, 4)).shape == lib.zeros(shape=(3, 4)).shape == (3, 4)
    assert lib.broadcast_to(lib.ones(1, 3), shape=(2, 3)).shape == (2, 3)


def test_names_of_what_splits(lib, x):
    assert lists(x.split(split_size=4, dim=1)) == lists(x.split(4, 1))
    for name in ("tensor_split", "hsplit", "vsplit", "dsplit"):
        whole = x.view(1, 2, 6) if name == "dsplit" else x
        function, method = getattr(lib, name), getattr(whole, name)
        assert lists(function(whole, sections=2)) == lists(method(sections=2)) == lists(function(whole, 2))
        assert lists(function(whole, indices=(1,))) == lists(method(indices=(1,))) == lists(method((1,)))
    where = lib.tensor([1, 3])
    assert lists(x.tensor_split(tensor_indices_or_sections=where, dim=1)) == lists(x.tensor_split((1, 3), 1))
    with raises("multiple values|invalid combination", TypeError):
        x.hsplit(2, sections=2)


@pytest.mark.parametrize("name", ["max", "min"])
def test_the_other_of_an_extremum(lib, name, x):
    expected = getattr(lib, name + "imum")(x, 11 - x)
    assert getattr(lib, name)(x, other=11 - x).tolist() == expected.tolist()
    assert getattr(x, name)(other=11 - x).tolist() == expected.tolist()
    assert getattr(lib, name)(x, other=11 - x, out=(out := lib.zeros(2, 6))) is out
    assert out.tolist() == expected.tolist()
    for arguments in ({"dim": 0, "other": x}, {"other": 3.0}):
        with pytest.raises(TypeError):
            getattr(x, name)(**arguments)


def test_names_of_isin(lib, x):
    few = lib.tensor([1.0, 5.0])
    assert lib.isin(elements=x, test_elements=few).tolist() == lib.isin(x, few).tolist()
    assert lib.isin(elements=few, test_element=5.0).tolist() == [False, True]
    assert lib.isin(element=5.0, test_elements=few).tolist() is True


def test_names_of_randint(lib):
    for drawn in (
        lib.randint(high=3, size=(50, 2)),
        lib.randint(3, size=(50, 2)),
        lib.randint(low=0, high=3, size=(50, 2)),
        lib.randint_like(lib.zeros(50, 2), high=3),
        lib.randint_like(lib.zeros(50, 2), low=0, high=3),
    ):
        assert drawn.shape == (50, 2)
        assert set(drawn.flatten().tolist()) <= {0, 1, 2}
    for arguments in ({}, {"size": (2,)}, {"high": 3}):
        with pytest.raises(TypeError):
            lib.randint(**arguments)
    with pytest.raises(TypeError):
        lib.randint(3)


def test_names_of_result_type(lib, x):
    assert lib.result_type(tensor=x, other=2) is lib.float32
    assert lib.result_type(tensor=x.int(), other=x.double()) is lib.float64


@pytest.mark.parametrize("name", ["svd", "svdvals"])
def test_the_driver_of_svd(lib, name, x):
    function = getattr(lib.linalg, name)
    found, expected = function(x, driver=None), function(x)
    assert lists(found) == lists(expected)
    with raises("driver"):
        function(x, driver="gesvd")


def test_arguments_of_devices(lib, x):
    y = lib.zeros(2, 6)
    assert y.copy_(x, True).tolist() == y.copy_(x, non_blocking=True).tolist() == x.tolist()
    copied = x.to("cpu", None, True, True)
    assert copied is not x
    assert copied.tolist() == x.tolist()
    assert x.to("cpu", None) is x


def test_normalize_into_out(lib, x):
    normalize = lib.nn.functional.normalize
    assert normalize(x, out=(out := lib.zeros(2, 6))) is out
    assert out.tolist() == normalize(x).tolist()


def test_the_norms_of_an_embedding(lib):
    embedding, where = lib.nn.functional.embedding, lib.tensor([[0, 2], [2, 2]])
    for order, expected in ((2.0, 5 / 2), (1.0, 7 / 2)):
        weight = lib.tensor([[3.0, 4.0], [6.0, 8.0], [0.5, 0.5]], requires_grad=True)
        rows = embedding(where, weight, None, 2.0, order)
        assert weight.tolist()[1:] == [[6, 8], [0.5, 0.5]]
        assert weight[0].tolist() == pytest.approx([3 / expected, 4 / expected])
        assert rows[0].tolist() == [weight[0].tolist(), [0.5, 0.5]]
        rows.sum().backward()
        assert weight.grad.tolist() == [[1, 1], [0, 0], [3, 3]]


def test_gradients_of_an_embedding_by_how_often_rows_come(lib):
    weight = lib.ones(3, 2, requires_grad=True)
    rows = lib.nn.functional.embedding(
        lib.tensor([[0, 2], [2, 2]]), weight, scale_grad_by_freq=True, sparse=False
    )
    (rows * lib.tensor([1.0, 3.0]).view(2, 1, 1)).sum().backward()
    assert weight.grad.flatten().tolist() == pytest.approx([1, 1, 0, 0, 7 / 3, 7 / 3])


@pytest.mark.own("PyTorch's text is another")
def test_an_element_of_the_wrong_type_is_named_by_its_argument(lib, x):
    with raises(r"mean\(\): every element of argument 'dim' \(position 2\) must be an int, not", TypeError):
        x.mean((0, True), True)
    with raises(r"view\(\): every element of argument 'size' \(position 2\) must be an int, not", TypeError):
        x.view(3, 4.0)
    with raises(r"cat\(\): every element of argument 'tensors' \(position 1\) must be a Variable", TypeError):
        lib.cat([x, None])


@pytest.mark.own("PyTorch writes first and raises then")
def test_out_that_can_require_no_gradient_is_not_written(lib):
    out = lib.zeros(2, 2, dtype=lib.int64)
    with raises("floating point dtype can require gradients"):
        lib.eye(2, 2, requires_grad=True, out=out)
    assert out.tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize(
    ("mode", "amounts", "expected"),
    [
        ("circular", (0, -3), []),
        ("circular", (-1, -2), []),
        ("reflect", (-3, 1), [2]),
        ("reflect", (-4, 2), [1]),
        ("reflect", (2, -3), [3, 2]),
        ("replicate", (-3, 1), [3]),
    ],
)
def test_padding_that_cuts_all_off(lib, mode, amounts, expected):
    x = lib.tensor([[1.0, 2.0, 3.0]], requires_grad=True)
    padded = lib.nn.functional.pad(x, amounts, mode)
    assert padded.tolist() == [expected]
    padded.sum().backward()
    assert x.grad.tolist() == [[float(v in expected) for v in (1, 2, 3)]]


@pytest.mark.parametrize("integer", ["int8", "int64", "bool"])
def test_a_cosine_of_floats_and_integers(lib, integer):
    x = lib.tensor([[1.0, 2.0, 2.0]], dtype=lib.float64, requires_grad=True)
    y = lib.tensor([[1, 0, 1]], dtype=getattr(lib, integer))
    cosine = lib.cosine_similarity(x, y)
    assert cosine.dtype is lib.float64
    assert cosine.item() == pytest.approx(1 / np.sqrt(2))
    assert lib.cosine_similarity(y, x).item() == cosine.item()
    cosine.backward()
    assert x.grad.dtype is lib.float64


def test_losses_of_integers(lib):
    functional, ones = lib.nn.functional, lib.ones(3, dtype=lib.float64)
    x = lib.tensor([2, 0, 1], dtype=lib.int32)
    for variances in (ones, 1.0):
        loss = functional.gaussian_nll_loss(x, ones, variances, reduction="none")
        assert loss.tolist() == [0.5, 0.5, 0]
    signs = lib.tensor([1.0, -1.0, -1.0], dtype=lib.float64)
    loss = functional.hinge_embedding_loss(x, signs, reduction="none")
    assert (loss.dtype, loss.tolist()) == (lib.int32, [2, 1, 0])
    assert functional.hinge_embedding_loss(x, signs, reduction="sum").item() == 3
