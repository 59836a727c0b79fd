"""inference_mode and the arrays that are made in it."""

import threading

import pytest
from semantics import function_of, leaf, raises

pytestmark = pytest.mark.usefixtures("grad_mode")


def test_all_constructors_make_inference_tensors(lib):
    with lib.inference_mode():
        made = [
            lib.zeros(2),
            lib.tensor([1.0]),
            lib.arange(3),
            lib.rand(2),
            lib.randn(2),
            lib.randint(3, (2,)),
            lib.randperm(3),
        ]
    assert all(x.is_inference() for x in made)


def test_the_mode(lib):
    x = leaf(lib)
    assert not lib.is_inference_mode_enabled()
    with lib.inference_mode():
        assert lib.is_inference_mode_enabled()
        assert not lib.is_grad_enabled()
        assert not (x * 2).requires_grad
        with lib.enable_grad():
            assert lib.is_grad_enabled()
            assert not (x * 2).requires_grad
        with lib.inference_mode(False):
            assert not lib.is_inference_mode_enabled()
            assert (x * 2).requires_grad
        assert lib.is_inference_mode_enabled()
    assert not lib.is_inference_mode_enabled()
    assert (x * 2).requires_grad


def test_mode_ends_with_an_exception_and_is_of_its_thread(lib):
    seen = []

    def fail():
        thread = threading.Thread(target=lambda: seen.append(lib.is_inference_mode_enabled()))
        thread.start()
        thread.join()
        raise KeyError

    with pytest.raises(KeyError), lib.inference_mode():
        fail()
    assert seen == [False]
    assert not lib.is_inference_mode_enabled()


def test_decorator(lib):
    @lib.inference_mode()
    def one():
        return lib.is_inference_mode_enabled()

    @lib.inference_mode
    def two():
        return lib.is_inference_mode_enabled()

    @lib.inference_mode()
    def three():
        yield lib.is_inference_mode_enabled()

    assert (one(), two(), list(three())) == (True, True, [True])
    assert not lib.is_inference_mode_enabled()


def test_what_is_an_inference_tensor(lib):
    x = leaf(lib)
    with lib.inference_mode():
        made = {"factory": lib.ones(2), "result": x * 2, "tensor": lib.tensor([1.0])}
        view = x[0]
    assert all(v.is_inference() for v in made.values())
    assert not view.is_inference()
    one = made["factory"]
    assert one.view(2).is_inference()
    assert one.detach().is_inference()
    assert not one.clone().is_inference()
    assert not x.is_inference()
    assert not (one + 1).is_inference()


def test_what_inference_tensors_refuse(lib):
    x = leaf(lib)
    with lib.inference_mode():
        one = lib.ones(2)
        one.add_(1)
    with raises("Inference tensors do not track version counter"):
        one._version  # noqa: B018
    with raises("Inplace update to inference tensor"):
        one.add_(1)
    with raises("Inplace update to inference tensor"):
        one[0] = 1
    with raises("Setting requires_grad=True on inference tensor"):
        one.requires_grad_()
    with raises("Inference tensors cannot be saved for backward"):
        one * x
    (one + x).sum().backward()
    assert x.grad.tolist() == [1, 1]
    normal, x.grad = one.clone(), None
    (normal * x).sum().backward()
    assert x.grad.tolist() == normal.tolist()


@pytest.mark.own("torch writes first and refuses then")
def test_refused_write_changes_nothing(lib):
    with lib.inference_mode():
        one = lib.ones(2)
    for write in (lambda: one.add_(1), lambda: one.__setitem__(0, 3), lambda: one.zero_()):
        with raises("Inplace update to inference tensor"):
            write()
    assert one.tolist() == [1, 1]


def test_in_place_on_a_normal_tensor_bumps(lib):
    x = lib.ones(2)
    w = leaf(lib)
    y = x * w
    before = x._version
    with lib.inference_mode():
        x.add_(1)
    assert x._version == before + 1
    with raises("modified by an inplace operation"):
        y.sum().backward()


def test_views_and_data_of_inference_tensors(lib):
    with lib.inference_mode():
        one = lib.ones(2, requires_grad=True)
        assert not one.view(2).requires_grad
        assert not (one * 2).requires_grad
    assert one.data.is_inference()


def test_numbers_beside_inference_tensors_are_normal(lib):
    with lib.inference_mode():
        p = lib.ones(2, requires_grad=True)
    (p * 2 + 1).sum().backward()
    assert p.grad.tolist() == [2, 2]
    assert not p.exp().requires_grad


@pytest.mark.parametrize("inside", [False, True])
def test_function_returns_an_inference_tensor(lib, inside):
    same = function_of(lib, "Same", lambda ctx, x, w: x, lambda ctx, g: (g, None))
    with lib.inference_mode():
        x = lib.ones(2) * 3
        if inside:
            assert same.apply(x, x[:1]).tolist() == [3, 3]
    y = same.apply(x, lib.ones(2))
    assert y.is_inference()
    assert not y.requires_grad
    assert y.tolist() == [3, 3]
