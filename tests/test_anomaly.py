"""Anomaly mode, and what messages say of the script."""

import re
import warnings

import numpy as np
import pytest
from semantics import function_of, leaf, raises


@pytest.fixture(autouse=True)
def off(lib):
    yield
    lib.autograd.set_detect_anomaly(False)


def warned():
    return pytest.warns(UserWarning, match="Error detected in ")


def root_of_zero(lib):
    return lib.sqrt(leaf(lib, [0.0, 1.0])) * 0


def test_nan_is_found(lib):
    with lib.autograd.set_detect_anomaly(True):
        y = root_of_zero(lib)
        with warned() as caught, raises("Function 'SqrtBackward0' returned nan values"):
            y.sum().backward()
    text = str(caught[0].message)
    assert "Error detected in SqrtBackward0. Traceback of forward call that caused the error:" in text
    assert "in root_of_zero" in text
    lib.autograd.set_detect_anomaly(True)
    y = root_of_zero(lib).sum()
    with warned(), raises("returned nan values in its .*0"):
        y.backward()


def spoiled(lib, where):
    """A result whose node gives NaN for its argument number `where`."""

    def backward(ctx, g):
        return tuple(g * float("nan") if i == where else g for i in range(2))

    add = function_of(lib, "Spoiled", lambda ctx, a, b: a + b, backward)
    return add.apply(leaf(lib), leaf(lib)).sum()


@pytest.mark.parametrize("where", [0, 1])
def test_nan_is_found_in_each_output(lib, where):
    with lib.autograd.set_detect_anomaly(True):
        y = spoiled(lib, where)
        with warned(), raises(f"Function 'SpoiledBackward' returned nan values in its .*{where}"):
            y.backward()


@pytest.mark.own('PyTorch says "1th output"')
def test_number_of_an_output_is_no_ordinal(lib):
    with lib.autograd.set_detect_anomaly(True):
        y = spoiled(lib, 1)
        with warned(), raises(r"nan values in its output 1, the gradient of its input 1 \(counted from 0\)"):
            y.backward()


def test_infinity_is_no_anomaly(lib):
    x = leaf(lib, [0.0, 1.0])
    with lib.autograd.set_detect_anomaly(True):
        lib.sqrt(x).sum().backward()
    assert x.grad.tolist() == [float("inf"), 0.5]


def test_without_check_nan(lib):
    with lib.autograd.set_detect_anomaly(True, check_nan=False):
        assert lib.is_anomaly_enabled()
        assert not lib.is_anomaly_check_nan_enabled()
        root_of_zero(lib).sum().backward()
    assert not lib.is_anomaly_enabled()


def test_forward_outside_the_mode(lib):
    y = root_of_zero(lib)
    lib.autograd.set_detect_anomaly(True)
    with pytest.warns(UserWarning, match="No forward pass information available"), raises("nan values"):
        y.sum().backward()


def test_entry_warns(lib):
    with pytest.warns(UserWarning, match="Anomaly Detection has been enabled"):
        mode = lib.autograd.detect_anomaly()
    with mode:
        assert lib.is_anomaly_enabled()
    assert not lib.is_anomaly_enabled()
    with pytest.warns(UserWarning, match="enabled"), lib.autograd.detect_anomaly(check_nan=False):
        assert not lib.is_anomaly_check_nan_enabled()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        lib.autograd.set_detect_anomaly(True)
    assert lib.is_anomaly_enabled()
    lib.autograd.set_detect_anomaly(False)
    assert not lib.is_anomaly_enabled()


def test_any_error_is_told(lib):
    class Stop(Exception):
        pass

    def fail(g):
        raise Stop

    with lib.autograd.set_detect_anomaly(True):
        y = leaf(lib).exp()
        y.register_hook(fail)
        with pytest.warns(UserWarning, match="Error detected in ExpBackward0"), pytest.raises(Stop):
            y.sum().backward()
        a = leaf(lib) * 1
        z = a * a
        a.add_(1)
        with (
            pytest.warns(UserWarning, match="Error detected in MulBackward0"),
            raises("modified by an inplace"),
        ):
            z.sum().backward()
        y = leaf(lib).exp()
        y.sum().backward()
        with pytest.warns(UserWarning, match="Error detected in ExpBackward0"), raises("second time"):
            y.sum().backward()


def test_metadata(lib):
    x = leaf(lib)
    with lib.autograd.set_detect_anomaly(True):
        y = x * x
        assert "test_metadata" in "".join(y.grad_fn.metadata["traceback_"])
        (g,) = lib.autograd.grad(y.sum(), x, create_graph=True)
        node = g.grad_fn
        while "parent_" not in node.metadata:
            node = node.next_functions[0][0]
        assert isinstance(node.metadata["parent_"], lib.autograd.graph.Node)
    assert "traceback_" not in (x * x).grad_fn.metadata


def test_parents_are_told(lib):
    with lib.autograd.set_detect_anomaly(True):
        x = leaf(lib, [0.0, 1.0])
        (g,) = lib.autograd.grad((x**1.5).sum(), x, create_graph=True)
        with pytest.warns(UserWarning, match="Error detected|induced") as caught, raises("nan values"):
            (g * 0).sum().backward()
    assert any("Previous calculation was induced by PowBackward0" in str(w.message) for w in caught)


def test_writes_by_numpy_are_not_counted(lib):
    memory = np.ones(2, np.float32)
    x, w = lib.from_numpy(memory), leaf(lib)
    y = x * w
    memory[0] = 5
    assert x._version == 0
    y.sum().backward()
    assert w.grad.tolist() == [5, 1]  # as documented


@pytest.mark.own("torch gives wrong gradients silently")
def test_checksums(lib):
    memory = np.ones(3, np.float32)
    x = lib.from_numpy(memory)
    x.requires_grad_()
    with lib.autograd.set_detect_anomaly(True):
        y = (x * x).sum()
        memory[1] = 5
        with warned(), raises("MulBackward0 saved for its gradient was changed"):
            y.backward()
        assert x.grad is None
        y = (x.exp() * 2).sum()
        y.backward()
    assert x.grad is not None


@pytest.mark.own("messages that name the line")
def test_freeing_call_is_named(lib):
    y = leaf(lib).exp().sum()
    y.backward()  # freed here
    with raises("buffers have already been freed") as caught:
        y.backward()
    lines = str(caught.value).splitlines()
    assert len(lines) == 2
    assert "ExpBackward0" in lines[1]
    assert re.search(
        r"freed by the call at .*test_anomaly\.py, line \d+: `y\.backward\(\)  # freed", lines[1]
    )


@pytest.mark.own("messages that name the line")
def test_writer_is_named_with_its_line(lib):
    with lib.autograd.set_detect_anomaly(True):
        a = leaf(lib) * 1
        y = a * a
        a.add_(1)  # written here
        with warned(), raises("modified by an inplace operation") as caught:
            y.sum().backward()
    assert re.search(
        r"add at .*test_anomaly\.py, line \d+: `a\.add_\(1\)", str(caught.value).splitlines()[-1]
    )
