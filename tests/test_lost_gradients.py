"""Calls that once lost a gradient, or gave a wrong one, and what they do now."""

import numpy as np
import pytest
from semantics import leaf

SQUARES = {
    "itself": lambda y: y.mul_(y),
    "operator": lambda y: y.__imul__(y),
    "a view": lambda y: y.mul_(y.view(-1)),
    "over itself": lambda y: y.div_(y),
    "to itself": lambda y: y.pow_(y),
    "product added": lambda y: y.addcmul_(y, y),
    "weights": lambda y: y.lerp_(y * 2, y),
}
SLOPES = {
    "itself": lambda u: 2 * u,
    "operator": lambda u: 2 * u,
    "a view": lambda u: 2 * u,
    "over itself": lambda u: 0 * u,
    "to itself": lambda u: u**u * (np.log(u) + 1),
    "product added": lambda u: 1 + 2 * u,
    "weights": lambda u: 1 + 2 * u,
}


@pytest.mark.parametrize("name", SQUARES)
@pytest.mark.parametrize("count", [3, 30_000])
def test_writes_of_what_is_an_operand_too(lib, name, count):
    u = np.linspace(0.5, 2, count)
    x = leaf(lib, u)
    with lib.autograd.graph.allow_mutation_on_saved_tensors():
        y = x + 0
        SQUARES[name](y)
        y.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), SLOPES[name](u), rtol=1e-12, atol=1e-14)


def test_they_raise_where_that_is_not_allowed(lib):
    y = leaf(lib, [1.0, 2.0]) + 0
    y.mul_(y)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


@pytest.mark.parametrize("name", ["scatter", "scatter_add"])
def test_scattering_a_single_number(lib, name):
    x, s = leaf(lib, [1.0, 2.0]), leaf(lib, 1.5)
    getattr(x, name)(0, lib.tensor([0]), s).sum().backward()
    assert s.grad.tolist() == 1
    assert x.grad.tolist() == [0 if name == "scatter" else 1, 1]


NUMBERS = {
    "alpha": lambda lib, x, s: lib.add(x, x, alpha=s),
    "beta": lambda lib, x, s: lib.addmv(x, lib.ones(2, 2), x, beta=s),
    "value": lambda lib, x, s: lib.addcmul(x, x, x, value=s),
    "slope": lambda lib, x, s: lib.nn.functional.leaky_relu(x, s),
    "fill": lambda lib, x, s: lib.full((2,), s),
    "order": lambda lib, x, s: lib.dist(x, x + 1, s),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_that_would_need_a_gradient_are_refused(lib, name):
    x, s = leaf(lib, [1.0, 2.0]), leaf(lib, 1.5)
    with pytest.raises(TypeError):
        NUMBERS[name](lib, x, s)
    assert NUMBERS[name](lib, x, s.detach()).shape is not None


@pytest.mark.own("PyTorch refuses them there too, where nothing is lost")
def test_without_grad_mode_they_are_numbers(lib):
    x, s = leaf(lib, [1.0, 2.0]), leaf(lib, 1.5)
    with lib.no_grad():
        assert lib.add(x, x, alpha=s).tolist() == [2.5, 5]
    with pytest.raises(TypeError, match=r"'alpha'.*a number without a gradient \(\.detach\(\)"):
        lib.add(x, x, alpha=s)


@pytest.mark.parametrize("index", [[np.int8(0), np.int8(2)], [np.int16(0), np.int16(2)]])
def test_small_integers_as_indices(lib, index):
    assert leaf(lib, [1.0, 2.0, 3.0])[index].tolist() == [1, 3]


class Column:
    """As one of pandas, which gives an array when asked; the codes of categories are int8."""

    def __init__(self, values):
        self.values = np.array(values, np.int8)

    def __array__(self, dtype=None, copy=None):
        return self.values

    def __len__(self):
        return len(self.values)

    def __getitem__(self, i):
        return self.values[i]


def test_columns_of_small_integers_as_indices(lib):
    x = leaf(lib, [1.0, 2.0])
    x[Column([0, 1, 0])].sum().backward()
    assert x.grad.tolist() == [2, 1]


def test_views_made_where_nothing_is_recorded(lib):
    """Such a view is in no graph: it raises as a root, and passes nothing on."""
    w = lib.ones(2, 2, requires_grad=True)
    with lib.no_grad():
        row = w[0]
    with pytest.raises(RuntimeError, match="element 0 of tensors does not require grad"):
        row.backward(lib.ones(2))
    y = row * 2
    assert y.grad_fn.next_functions[0] == (None, 0)
    with pytest.raises(RuntimeError, match=r"not have been used in the graph|does not require grad"):
        lib.autograd.grad(y.sum(), row)
    row.detach().requires_grad_()
    (lib.ones(2, 2, requires_grad=True)[0] * row).sum().backward()
    assert row.grad is None
    assert w.grad is None
