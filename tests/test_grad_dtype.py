"""grad_dtype: what the gradients of a leaf are cast to."""

import copy
import warnings

import pytest
from semantics import function_of, leaf, raises


def widened(lib):
    """The identity, whose gradient comes back as float64."""
    return function_of(lib, "Widened", lambda ctx, x: x.clone(), lambda ctx, g: g.to(lib.float64)).apply


def test_the_leaf_s_own_at_first(lib):
    x = leaf(lib)
    assert x.grad_dtype is lib.float32
    assert lib.ones(2, dtype=lib.float64).grad_dtype is lib.float64
    widened(lib)(x).sum().backward()
    assert x.grad.dtype is lib.float32


@pytest.mark.parametrize("used", [False, True])
@pytest.mark.parametrize("hooked", [False, True])
@pytest.mark.parametrize("wanted", ["float64", None])
def test_gradients_are_cast_to_it(lib, used, hooked, wanted):
    x = leaf(lib)
    seen = []
    if used:
        before = x * 1  # there is an accumulator already
    if hooked:
        x.register_hook(lambda g: seen.append(g.dtype))
    x.grad_dtype = wanted and lib.float64
    assert x.grad_dtype is (wanted and lib.float64)
    (x * 2).sum().backward()
    narrow = lib.float64 if wanted else lib.float32
    assert x.grad.dtype is narrow
    x.grad = None
    widened(lib)(x).sum().backward()
    assert x.grad.dtype is lib.float64
    (x * 2).sum().backward()  # added in place: the dtype that there is stays
    assert x.grad.dtype is lib.float64
    assert x.grad.tolist() == [3, 3]
    assert seen == [narrow, lib.float64, narrow] * hooked
    if used:
        before.sum().backward()
        assert x.grad.tolist() == [4, 4]


def test_narrower_than_the_leaf(lib):
    x = leaf(lib, dtype="float64")
    x.grad_dtype = lib.float32
    for _ in range(2):
        (x * 2).sum().backward()
    assert x.grad.dtype is lib.float32
    assert x.grad.tolist() == [4, 4]
    assert lib.autograd.grad((x * 2).sum(), x)[0].dtype is lib.float32


def test_a_root_s_own_gradient(lib):
    x = leaf(lib)
    x.grad_dtype = None
    x.backward(lib.ones(2, dtype=lib.float64))
    assert x.grad.dtype is lib.float64


def test_assigned_gradients_must_match(lib):
    x = leaf(lib)
    x.grad_dtype = lib.float64
    with raises("attempting to assign a gradient with dtype .* to a tensor with grad_dtype"):
        x.grad = lib.ones(2)
    x.grad = lib.ones(2, dtype=lib.float64)
    x.grad_dtype = lib.float64
    with raises("Cannot set grad_dtype .*because there is already a gradient"):
        x.grad_dtype = lib.float32
    x.grad_dtype = None
    x.grad = lib.ones(2)
    assert x.grad.dtype is lib.float32


def test_of_leaves_alone(lib):
    x = leaf(lib) * 2
    with raises("grad_dtype can only be accessed on leaf tensors"):
        _ = x.grad_dtype
    with warnings.catch_warnings(), raises("grad_dtype can only be set on leaf tensors"):
        warnings.simplefilter("ignore")  # PyTorch looks at .grad
        x.grad_dtype = lib.float64
    with raises("grad_dtype must be a .*dtype or None, but got int"):
        leaf(lib).grad_dtype = 3


@pytest.mark.own("PyTorch crashes")
def test_it_cannot_be_deleted(lib):
    x = leaf(lib)
    with raises("grad_dtype cannot be deleted"):
        del x.grad_dtype
    x.grad_dtype = None
    x.data = lib.ones(3, dtype=lib.float64)
    (x * 2).sum().backward()
    assert x.grad.dtype is lib.float64
    assert copy.deepcopy(leaf(lib)).grad_dtype is lib.float32
