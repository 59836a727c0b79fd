"""Functions that networks are made of, beyond what the op database asks of them."""

import numpy as np
import pytest
from semantics import leaf, raises


@pytest.fixture
def functional(lib):
    return lib.nn.functional


def test_dropout(lib, functional):
    x = lib.ones(1000, requires_grad=True)
    lib.manual_seed(3)
    y = functional.dropout(x, 0.25)
    assert sorted(set(y.tolist())) == pytest.approx([0, 4 / 3])
    assert 0.15 < (y == 0).sum().item() / 1000 < 0.35
    y.sum().backward()
    assert x.grad.tolist() == y.tolist()
    lib.manual_seed(3)
    assert functional.dropout(x, 0.25).tolist() == y.tolist()
    assert functional.dropout(x, 1.0).tolist() == [0] * 1000
    assert functional.dropout(x, 0.5, training=False).tolist() == x.tolist()
    for p in (-0.5, 1.5):
        with raises("dropout probability has to be between 0 and 1", ValueError):
            functional.dropout(x, p)


@pytest.mark.parametrize("name", ["mse_loss", "l1_loss"])
def test_losses_of_other_shapes_warn(lib, functional, name):
    x = leaf(lib, [[1.0, 2.0]])
    with pytest.warns(UserWarning, match="Using a target size .* that is different to the input size"):
        loss = getattr(functional, name)(x, lib.zeros(2, 1))
    loss.backward()
    assert x.grad.tolist() == [[1, 2]] if name == "mse_loss" else [[0.5, 0.5]]


def test_weights_of_classes(lib, functional):
    x, target = leaf(lib, [[0.0, 1.0], [2.0, 0.5], [1.0, 1.0]]), lib.tensor([0, 1, -100])
    weight = lib.tensor([1.0, 3.0])
    loss = functional.cross_entropy(x, target, weight)
    logs = x.log_softmax(1)
    expected = -(logs[0, 0] + 3 * logs[1, 1]) / 4
    assert loss.item() == pytest.approx(expected.item())
    grads = [lib.autograd.grad(value, x)[0] for value in (loss, expected)]
    assert lib.allclose(*grads)
    smooth = functional.cross_entropy(x, target, weight, label_smoothing=0.5)
    everywhere = -((logs * weight)[:2].sum()) / 4 / 2
    assert smooth.item() == pytest.approx((0.5 * expected + 0.5 * everywhere).item())
    shares = lib.tensor([[0.25, 0.75]] * 3)
    found = functional.cross_entropy(x, shares, weight, reduction="none")
    assert found.tolist() == pytest.approx((-(logs * shares * weight).sum(1)).tolist())


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_cross_entropy_of_no_classes(lib, smoothing):
    x, cross_entropy = lib.zeros(2, 0), lib.nn.functional.cross_entropy
    assert cross_entropy(x, x, label_smoothing=smoothing).isnan()
    assert cross_entropy(x, x, label_smoothing=smoothing, reduction="none").tolist() == [0, 0]


@pytest.mark.parametrize("name", ["nll_loss", "cross_entropy", "binary_cross_entropy"])
def test_weights_get_no_gradient(lib, functional, name):
    x, weight = lib.tensor([[0.5, 0.25]], requires_grad=True), lib.ones(2, requires_grad=True)
    target = x.detach() if name == "binary_cross_entropy" else lib.tensor([0])
    loss = getattr(functional, name)
    with raises("is not differentiable with respect to argument 'weight'"):
        loss(x, target, weight)
    with lib.no_grad():
        expected = loss(x, target, weight)
    assert loss(x, target, weight.detach()).item() == expected.item()


def test_kl_div_of_a_mean_warns(lib, functional):
    x, target = leaf(lib, [[0.5, 1.0]]), lib.tensor([[0.25, 0.75]])
    with pytest.warns(UserWarning, match="'batchmean' divides only by the batch size"):
        loss = functional.kl_div(x, target)
    assert loss.item() == pytest.approx(functional.kl_div(x, target, reduction="batchmean").item() / 2)


def test_kl_div_of_a_number_is_summed_over_the_batch(lib, functional):
    share = lib.tensor([[0.2, 0.8], [0.5, 0.5]])
    loss = functional.kl_div(lib.tensor(-1.0), share, reduction="batchmean")
    assert loss.shape == ()
    assert loss.item() == pytest.approx(functional.kl_div(lib.tensor([-1.0]), share, reduction="sum").item())


def test_wrong_losses(lib, functional):
    x = leaf(lib, [[0.0, 1.0]])
    with raises("label_smoothing must be between 0.0 and 1.0"):
        functional.cross_entropy(x, lib.tensor([0]), label_smoothing=2.0)
    with raises("Long"):
        functional.nll_loss(x, lib.tensor([0], dtype=lib.int32))
    with raises("Expected 1 or more dimensions", ValueError):
        functional.nll_loss(x[0, 0], lib.tensor(0))
    for name in ("mse_loss", "l1_loss"):
        with raises("is not a valid value for reduction", ValueError):
            getattr(functional, name)(x, x, reduction="most")


@pytest.mark.parametrize("name", ["leaky_relu", "hardtanh", "relu6"])
def test_bends_have_a_curvature_of_zero(lib, functional, name):
    x = leaf(lib, [-3.0, 0.5, 7.0])
    (slope,) = lib.autograd.grad(getattr(functional, name)(x).sum(), x, create_graph=True)
    assert slope.requires_grad
    assert lib.autograd.grad(slope.sum(), x)[0].tolist() == [0, 0, 0]
    with raises("does not support negative values for beta"):
        functional.smooth_l1_loss(x, x.detach(), beta=-1.0)
    with raises("does not support non-positive values for delta"):
        functional.huber_loss(x, x.detach(), delta=0.0)
    assert functional.smooth_l1_loss(x, x.detach() + 2, beta=0.0).item() == 2


@pytest.mark.parametrize("dtype", ["float64", "int64", "uint8", "bool"])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_mse_loss_of_two_dtypes(lib, functional, dtype, reduction):
    """The target is converted, and kept for the gradient as it was converted."""
    x = leaf(lib, [1.0, 2.0, 4.0])
    target = lib.tensor([0, 1, 1]).to(getattr(lib, dtype))
    loss = functional.mse_loss(x, target, reduction=reduction)
    loss.sum().backward()
    factor = 2 / 3 if reduction == "mean" else 2
    assert x.grad.tolist() == pytest.approx([factor * d for d in (1, 1, 3)])


IN_PLACE = {
    "relu": (), "relu6": (), "leaky_relu": (0.25,), "hardtanh": (-1.0, 1.0), "elu": (0.5,), "celu": (2.0,),
    "selu": (), "silu": (), "mish": (), "hardswish": (), "hardsigmoid": (), "threshold": (0.5, 2.0),
}  # fmt: skip


@pytest.mark.parametrize("name", IN_PLACE)
def test_activations_in_place(lib, functional, name):
    function, parameters = getattr(functional, name), IN_PLACE[name]
    x = leaf(lib, [-3.5, -0.25, 0.75, 7.0])
    expected = function(x, *parameters)
    (slopes,) = lib.autograd.grad(expected.sum(), x)
    y = x * 1
    assert function(y, *parameters, inplace=True) is y
    assert y.tolist() == expected.tolist()
    y.sum().backward()
    assert x.grad.tolist() == pytest.approx(slopes.tolist(), rel=1e-5)
    with raises("leaf Variable that requires grad"):
        function(x, *parameters, True)


def test_dropout_in_place(lib, functional):
    x = lib.ones(100)
    assert functional.dropout(x, 0.5, inplace=True) is x
    assert set(x.tolist()) == {0, 2}


def test_weights_of_probabilities_are_no_larger_than_these(lib, functional):
    x, target = lib.tensor([[0.25], [0.5]]), lib.tensor([[1.0], [0.0]])
    with raises("doesn't match the broadcast shape"):
        functional.binary_cross_entropy(x, target, lib.ones(2, 3))
    assert functional.binary_cross_entropy(x, target, lib.ones(1)).item() > 0


@pytest.mark.parametrize("name", ["huber_loss", "smooth_l1_loss"])
def test_infinite_residuals_have_the_slope_of_the_line(lib, functional, name):
    x = lib.tensor([float("inf"), -float("inf"), 1.0, 0.25], requires_grad=True)
    loss = getattr(functional, name)(x, lib.zeros(4), reduction="none")
    (slopes,) = lib.autograd.grad(loss.sum(), x)
    assert slopes.tolist() == [1, -1, 1, 0.25]


def test_huber_loss_without_a_bend(lib, functional):
    x = lib.tensor([1.0, 5.0], requires_grad=True)
    functional.huber_loss(x, lib.zeros(2), delta=float("inf")).backward()
    assert x.grad.tolist() == [0.5, 2.5]


def test_gaussian_nll_loss_of_variances_at_the_limits(lib, functional):
    variances = lib.tensor([float("inf"), 1e-9, 0.0, 4.0], requires_grad=True)
    loss = functional.gaussian_nll_loss(lib.zeros(4), lib.zeros(4), variances, reduction="none", eps=1e-4)
    assert loss.tolist() == pytest.approx([float("inf"), np.log(1e-2), np.log(1e-2), np.log(2)])
    loss.sum().backward()
    assert variances.grad.tolist() == pytest.approx([0, 5e3, 5e3, 0.125])


def test_prelu_of_no_channels(lib, functional):
    for shape in ((4, 0), (4, 0, 3)):
        x, weight = lib.zeros(shape, requires_grad=True), lib.zeros(0, requires_grad=True)
        y = functional.prelu(x, weight)
        y.sum().backward()
        assert (y.shape, x.grad.shape, weight.grad.shape) == (shape, shape, (0,))


@pytest.mark.own("PyTorch's take tensors alone")
def test_arrays_in_place_of_variables(lib, functional):
    x = np.array([[0.5, -1.0], [2.0, 0.25]])
    target = np.array([[0.5, 0.5], [0.25, 0.75]])
    for call in (
        lambda x: functional.glu(x),
        lambda x: functional.normalize(x),
        lambda x: functional.kl_div(x, target, reduction="sum"),
        lambda x: functional.gaussian_nll_loss(x, target, target),
        lambda x: functional.soft_margin_loss(x, target),
    ):
        assert call(x).tolist() == call(lib.tensor(x)).tolist()
    assert functional.one_hot(np.array([0, 2])).tolist() == [[1, 0, 0], [0, 0, 1]]


def test_gradients_of_outcomes_that_are_almost_certain(lib):
    F = lib.nn.functional
    x = lib.tensor([-15.0, -20.0, 15.0], requires_grad=True)
    target, weight = lib.tensor([0.0, 0.0, 0.0]), lib.full((3,), 2.0)
    for options in ({}, {"pos_weight": weight}):
        x.grad = None
        F.binary_cross_entropy_with_logits(x, target, reduction="sum", **options).backward()
        assert x.grad.tolist() == pytest.approx([3.059022e-07, 2.0611537e-09, 1.0], rel=1e-5)


def test_cosine_embedding_loss_broadcasts(lib):
    loss = lib.nn.functional.cosine_embedding_loss
    rows, one = lib.tensor([[1.0, 0.0], [0.0, 2.0], [-1.0, 0.0]]), lib.tensor([[1.0, 0.0]])
    assert loss(rows, one, lib.tensor([1]), reduction="none").tolist() == pytest.approx([0, 1, 2], abs=1e-6)
    assert loss(rows, one, lib.tensor([-1, 1, -1])).item() == pytest.approx(2 / 3, abs=1e-6)


def test_masks_of_attention_are_bools_or_floats(lib):
    x, attention = lib.ones(2, 3), lib.nn.functional.scaled_dot_product_attention
    for dtype in (lib.int64, lib.float64):
        with raises("Expected attn_mask dtype to be bool or float or to match query dtype"):
            attention(x, x, x, lib.ones(2, 2, dtype=dtype))
    x = x.double()
    assert attention(x, x, x, lib.ones(2, 2)).tolist() == [[1, 1, 1], [1, 1, 1]]
