"""Gradients where the derivative is a convention: ties, NaN, kinks, powers at zero, dead branches."""

import math

import pytest
from semantics import leaf, raises

INF, NAN = math.inf, math.nan


def gradient(lib, f, *values):
    leaves = [leaf(lib, v) for v in values]
    result = f(*leaves)
    (result if result.ndim == 0 else result.sum()).backward()
    grads = [None if x.grad is None else x.grad.tolist() for x in leaves]
    return grads[0] if len(grads) == 1 else grads


def same(found, expected):
    assert found == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("name", ["max", "amax", "min", "amin", "median"])
def test_ties_of_everything_share(lib, name):
    """But for the median, which is the one that was returned."""
    values = [3.0, 1.0, 3.0] if "max" in name else [1.0, 3.0, 1.0]
    expected = [0.5, 0, 0.5]
    if name == "median":
        values, expected = [1.0, 2.0, 2.0, 3.0], [0, 0.5, 0.5, 0]
    same(gradient(lib, lambda x: getattr(x, name)(), values), expected)


@pytest.mark.own("PyTorch's maximum takes no number")
def test_ties_with_a_number(lib):
    same(gradient(lib, lambda x: lib.maximum(x, 2.0), [1.0, 2.0, 3.0]), [0, 0.5, 1])
    same(gradient(lib, lambda x: lib.minimum(2.0, x), [1.0, 2.0, 3.0]), [1, 0.5, 0])


@pytest.mark.parametrize("name", ["max", "min", "median", "topk"])
def test_ties_along_a_dimension_go_to_the_index(lib, name):
    x = leaf(lib, [2.0, 2.0, 2.0])
    values, indices = x.topk(1) if name == "topk" else getattr(x, name)(0, keepdim=True)
    values.sum().backward()
    assert x.grad.tolist() == [float(i == indices.item()) for i in range(3)]


@pytest.mark.parametrize("name", ["amax", "amin"])
def test_amax_shares_along_a_dimension_too(lib, name):
    same(gradient(lib, lambda x: getattr(x, name)(0), [2.0, 2.0]), [0.5, 0.5])


@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_ties_of_two(lib, name):
    assert gradient(lib, getattr(lib, name), [1.0], [1.0]) == [[0.5], [0.5]]
    assert gradient(lib, getattr(lib, name), [NAN, 1.0], [1.0, NAN]) == [[1, 1], [1, 1]]
    first = getattr(lib, "f" + name[:3])
    assert gradient(lib, first, [1.0], [1.0]) == [[1], [0]]


def test_nan(lib):
    for name in ("max", "min", "median"):
        same(gradient(lib, lambda x, name=name: getattr(x, name)(), [NAN, 1.0, NAN]), [0.5, 0, 0.5])
    for name in ("amax", "amin"):
        same(gradient(lib, lambda x, name=name: getattr(x, name)(), [NAN, 1.0, NAN]), [NAN, NAN, NAN])
    same(gradient(lib, lambda x: x.relu(), [NAN]), [1])
    same(gradient(lib, lambda x: x.abs(), [NAN]), [0])
    same(gradient(lib, lambda x: x.clamp(0, 1), [NAN]), [0])


def assert_linear_at_the_origin(lib, f):
    """Of the gradient there, which is 0 whatever is passed back, the derivative by that is 0."""
    x, y, back = leaf(lib, [0.0]), leaf(lib, [0.0]), leaf(lib, [1.0])
    gradients = lib.autograd.grad(f(x, y), (x, y), back, create_graph=True)
    assert lib.autograd.grad(sum(gradients), back)[0].tolist() == [0]


def test_kinks(lib):
    same(gradient(lib, lambda x: x.abs(), [0.0, -0.0]), [0, 0])
    same(gradient(lib, lambda x: x.relu(), [0.0]), [0])
    same(gradient(lib, lambda x: x.norm(), [0.0, 0.0]), [0, 0])
    same(gradient(lib, lambda x: x.std(), [2.0, 2.0]), [0, 0])
    same(gradient(lib, lambda x: x.sqrt(), [0.0]), [INF])
    same(gradient(lib, lambda x: x.clamp(0, 1), [0.0, 1.0, 2.0]), [1, 1, 0])
    functional = lib.nn.functional
    same(gradient(lib, lambda x: functional.leaky_relu(x, 0.25), [0.0, -0.0]), [0.25, 0.25])
    same(gradient(lib, functional.relu6, [0.0, 1.0, 6.0]), [0, 1, 0])
    same(gradient(lib, functional.hardtanh, [-1.0, 0.0, 1.0]), [0, 1, 0])
    assert gradient(lib, lib.atan2, [0.0], [0.0]) == [[0], [0]]
    assert_linear_at_the_origin(lib, lib.atan2)
    for side in gradient(lib, lib.hypot, [0.0], [0.0]):
        same(side, [NAN])


def test_relu_has_a_curvature_of_zero(lib):
    x = leaf(lib, [-1.0, 0.0, 2.0])
    (slope,) = lib.autograd.grad(x.relu().sum(), x, create_graph=True)
    assert slope.requires_grad
    same(lib.autograd.grad(slope.sum(), x)[0], [0, 0, 0])
    (slope,) = lib.autograd.grad((x.relu() * x).sum(), x, create_graph=True)
    same(lib.autograd.grad(slope.sum(), x)[0], [0, 0, 2])


def test_powers(lib):
    same(gradient(lib, lambda x: x**0, [0.0, 1.0, INF]), [0, 0, 0])
    same(gradient(lib, lambda x: x ** lib.zeros(2), [0.0, 2.0]), [0, 0])
    _, exponent = gradient(lib, lambda x, y: x**y, [0.0, 0.0, 0.0, -1.0], [0.0, 2.0, -1.0, 2.0])
    same(exponent, [0, 0, -INF, NAN])


@pytest.mark.own("NaN in PyTorch")
def test_powers_of_zero_have_a_curvature_by_the_exponent(lib):
    y = lib.tensor([0.5, 1.5, 3.0], requires_grad=True)
    for zero in (0.0, lib.zeros(3), lib.zeros(3, requires_grad=True)):
        (slope,) = lib.autograd.grad((zero**y).sum(), y, create_graph=True)
        assert slope.tolist() == [0, 0, 0]
        assert lib.autograd.grad(slope.sum(), y)[0].tolist() == [0, 0, 0]


def test_zero_times_infinity(lib):
    same(gradient(lib, lambda x: x * lib.log(x), [0.0]), [NAN])
    same(gradient(lib, lambda x: x.logsumexp(0), [-INF, -INF]), [NAN, NAN])
    same(gradient(lib, lambda x: lib.where(x > 0, x.sqrt(), 0.0), [0.0]), [NAN])


def test_broadcast_to_nothing(lib):
    x = leaf(lib, [[1.0], [2.0]])
    (x + lib.ones(2, 0)).sum().backward()
    assert x.grad.tolist() == [[0], [0]]


def test_steps_give_zeros(lib):
    for name in ("floor", "ceil", "sign", "round", "trunc"):
        same(gradient(lib, lambda x, name=name: getattr(x, name)(), [1.5, -0.2]), [0, 0])


def test_count_of_what_is_not_zero_has_no_gradient(lib):
    assert gradient(lib, lambda x: x.norm(p=0), [1.0, 0.0]) is None


def test_floor_division_has_no_derivative(lib):
    y = leaf(lib) // 2
    assert y.requires_grad
    assert type(y.grad_fn).__name__ == "NotImplemented"
    with raises("is not implemented"):
        y.sum().backward()


@pytest.mark.own("PyTorch refuses the second derivative")
@pytest.mark.parametrize("include_self", [True, False])
@pytest.mark.parametrize("dim", [0, 1])
def test_scattered_products_of_several_zeros(lib, dim, include_self):
    x = leaf(lib, [[1.0, 0, 2, 3], [2, 2, 0, 1], [1, 3, 2, 2]], dtype="float64")
    src = leaf(lib, [[0.0, 2, 0, 1], [0, 3, 1, 2], [0, 0, 4, 0]], dtype="float64")
    index = lib.tensor([[0, 1, 1, 1], [0, 1, 1, 2], [0, 1, 2, 2]])
    check = lib.autograd.gradgradcheck
    assert check(lambda x, s: x.scatter_reduce(dim, index, s, "prod", include_self=include_self), (x, src))
    places = index[0, : src.shape[dim]]
    assert check(lambda x, s: x.index_reduce(dim, places, s, "prod", include_self=include_self), (x, src))


@pytest.mark.parametrize("name", ["i1", "i1e"])
def test_curvature_of_bessel_functions_at_0(lib, name):
    x = leaf(lib, [0.0, 1.0])
    (slope,) = lib.autograd.grad(getattr(lib.special, name)(x).sum(), x, create_graph=True)
    (curvature,) = lib.autograd.grad(slope.sum(), x)
    assert slope[0] == 0.5
    assert curvature[0] == 0
    assert curvature[1] != 0


def test_incomplete_gamma_functions_have_no_slope_by_the_first(lib):
    x = leaf(lib, [1.0])
    for function in (lib.igamma, lib.igammac):
        with pytest.raises(NotImplementedError, match="is not implemented"):
            function(x, x).sum().backward()
