"""detach_: in place, of what has views or was saved."""

import math

import pytest
from semantics import leaf, raises


def test_detach_in_place(lib):
    x = leaf(lib)
    y = x * 2
    view = y[0]
    assert y.detach_() is y
    assert y.is_leaf
    assert not y.requires_grad
    view.backward()
    assert x.grad.tolist() == [2, 0]
    with raises("Can't detach views in-place"):
        (x * 2)[0].detach_()


def test_detach_in_place_after_a_view_was_written(lib):
    x = leaf(lib)
    h = x * 3
    view = h[:1]
    view.mul_(2)
    h.detach_()
    view.sum().backward()
    assert x.grad.tolist() == [6, 0]
    h = x * 3
    view = h.view(-1)
    h.detach_()
    with raises("a view of a leaf Variable that requires grad"):
        view.mul_(2)
    assert h.tolist() == pytest.approx((x * 3).tolist())


def test_detach_in_place_of_saved_values(lib):
    x = leaf(lib)
    y = x * 2
    z = (y * y).sum()
    y.detach_()
    with raises("saved tensor that has been detached in-place"):
        z.backward()
    y = (x * 1).exp()
    z = y.sum()
    y.detach_()
    z.backward()
    assert x.grad.tolist() == pytest.approx([math.e, math.e**2])
