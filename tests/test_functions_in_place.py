"""The methods in place that are functions too: exp_(x) is x.exp_()."""

import pytest

NO_DERIVATIVE = pytest.mark.own("PyTorch has no derivative of these in place")
FUNCTIONS = [
    "abs_",
    "acos_",
    "arccos_",
    "arcsin_",
    "arctan_",
    "asin_",
    "atan_",
    "ceil_",
    "cos_",
    "cosh_",
    "deg2rad_",
    "erf_",
    "erfc_",
    "exp2_",
    "exp_",
    "expm1_",
    "fix_",
    "floor_",
    "frac_",
    "i0_",
    "log10_",
    "log1p_",
    "log2_",
    "log_",
    "logit_",
    "nan_to_num_",
    "neg_",
    "negative_",
    "rad2deg_",
    "reciprocal_",
    "relu_",
    "round_",
    "rsqrt_",
    "sigmoid_",
    "sin_",
    "sinc_",
    "sinh_",
    "sqrt_",
    "square_",
    "tan_",
    "tanh_",
    "trunc_",
    *(
        pytest.param(name, marks=NO_DERIVATIVE)
        for name in ("acosh_", "arccosh_", "arcsinh_", "arctanh_", "asinh_", "atanh_")
    ),
]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_in_place(lib, name):
    start = 1.5 if name in ("acosh_", "arccosh_") else 0.25
    x = lib.full((2,), start, requires_grad=True)
    y = x * 1
    assert getattr(lib, name)(y) is y
    assert y.tolist() == getattr(lib, name.removesuffix("_"))(x).tolist()
    y.sum().backward()
    (grad,) = lib.autograd.grad(getattr(lib, name.removesuffix("_"))(x).sum(), x)
    assert x.grad.tolist() == grad.tolist()


def test_functions_in_place_with_arguments(lib):
    x = lib.tensor([1.0, 4.0])
    assert lib.clamp_(x, min=2) is x
    assert x.tolist() == [2, 4]
    assert lib.clamp_max_(lib.clamp_min_(x, 3), 3).tolist() == [3, 3]
    assert lib.clip_(x, 4, 5) is x
    assert lib.ldexp_(x, lib.tensor([0, 1])).tolist() == [4, 8]
    assert lib.xlogy_(x, lib.ones(2)).tolist() == [0, 0]
    assert lib.addmv_(x, lib.eye(2), lib.ones(2)) is x
    assert x.tolist() == [1, 1]
    whole = lib.tensor([4, 6])
    assert lib.gcd_(whole, lib.tensor([6, 9])).tolist() == [2, 3]
    assert lib.lcm_(whole, lib.tensor([5, 2])) is whole
    assert whole.tolist() == [10, 6]
    y = (x.requires_grad_() * 2).relu()
    assert lib.detach_(y) is y
    assert not y.requires_grad
    with pytest.raises(TypeError):
        lib.exp_(2)
