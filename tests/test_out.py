"""The out= argument: it is filled and returned, and is no way to differentiate."""

import numpy as np
import pytest
from op_db.constructors import TAKING_OUT
from op_db.run import Call
from op_db.spec import Op


def test_out_receives_the_result_and_is_returned(lib):
    x, out = lib.tensor([1.0, 2.0]), lib.zeros(2)
    assert lib.add(x, x, out=out) is out
    assert out.tolist() == [2.0, 4.0]


def test_out_converts_to_its_dtype(lib):
    out = lib.zeros(2, dtype=lib.float64)
    lib.mul(lib.tensor([1.0, 2.0]), 3, out=out)
    assert out.dtype == lib.float64
    assert out.tolist() == [3.0, 6.0]


def test_an_empty_out_takes_the_shape_of_the_result(lib):
    out = lib.empty(0)
    lib.cat([lib.ones(2), lib.zeros(1)], out=out)
    assert out.tolist() == [1.0, 1.0, 0.0]


def test_out_is_written_through_a_view(lib):
    base = lib.zeros(4)
    lib.exp(lib.zeros(2), out=base[::2])
    assert base.tolist() == [1.0, 0.0, 1.0, 0.0]


def test_out_that_partly_overlaps_an_argument_is_refused(lib):
    x = lib.arange(4.0)
    square = x.view(2, 2)
    for call in (
        lambda: lib.add(x[1:], 1, out=x[:-1]),
        lambda: lib.exp(square, out=square.t()),
        lambda: lib.cat([x[:1], x[2:3]], out=x[1:3]),
    ):
        with pytest.raises(RuntimeError, match="unsupported operation"):
            call()
    assert x.tolist() == [0.0, 1.0, 2.0, 3.0]
    assert lib.add(x, 1, out=x).tolist() == [1.0, 2.0, 3.0, 4.0]
    assert lib.exp(x[:2] * 0, out=x[2:]).tolist() == [1.0, 1.0]


def test_out_of_several_results(lib):
    values, indices = lib.empty(0), lib.empty(0, dtype=lib.int64)
    result = lib.max(lib.tensor([[1.0, 5.0], [7.0, 2.0]]), 1, out=(values, indices))
    assert values.tolist() == [5.0, 7.0]
    assert indices.tolist() == [1, 0]
    assert result.values is values
    assert result.indices is indices


def test_out_leaves_a_new_version(lib):
    x = lib.tensor([2.0], requires_grad=True)
    saved = lib.tensor([3.0])
    y = x * saved
    lib.exp(lib.zeros(1), out=saved)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward()


@pytest.mark.parametrize("which", ["input", "out"])
def test_out_does_not_record(lib, which):
    x, out = lib.tensor([1.0], requires_grad=which == "input"), lib.zeros(1, requires_grad=which == "out")
    with pytest.raises(RuntimeError, match="don't support automatic differentiation"):
        lib.exp(x, out=out)
    assert out.tolist() == [0.0]
    with lib.no_grad():
        lib.exp(x, out=out)
    assert out.tolist() == pytest.approx([np.e])


def test_out_that_cannot_hold_the_result(lib):
    out = lib.zeros(1, dtype=lib.int64)
    with pytest.raises(RuntimeError, match="can't be cast to the desired output type"):
        lib.exp(lib.ones(1), out=out)
    assert out.tolist() == [0]


EXACT = {
    "abs": lambda lib, x: (x,),
    "amax": lambda lib, x: (x, 0),
    "aminmax": lambda lib, x: (x,),
    "argmax": lambda lib, x: (x,),
    "gather": lambda lib, x: (x, 0, lib.tensor([0, 1])),
    "isposinf": lambda lib, x: (x,),
    "kthvalue": lambda lib, x: (x, 1),
    "matmul": lambda lib, x: (x, x),
    "max": lambda lib, x: (x, 0),
    "multinomial": lambda lib, x: (x, 1),
    "scatter_reduce": lambda lib, x: (x, 0, lib.tensor([0, 0]), x, "sum"),
    "softmax": lambda lib, x: (x, 0),
    "sort": lambda lib, x: (x,),
    "transpose_copy": lambda lib, x: (x, 0, 0),
    "unbind_copy": lambda lib, x: (x.reshape(1, 2),),
    "where": lambda lib, x: (x > 0, x, x),
}


@pytest.mark.parametrize("name", EXACT)
def test_out_has_the_dtype_of_the_result_where_torch_asks_for_it(lib, name):
    function, arguments = getattr(lib, name), EXACT[name](lib, lib.tensor([1.0, 2.0]))
    result = function(*arguments)
    several = isinstance(result, tuple)
    results = list(result) if several else [result]
    outs = [lib.zeros_like(r, dtype=lib.float64 if k == 0 else r.dtype) for k, r in enumerate(results)]
    with pytest.raises(RuntimeError, match=r"type|boolean|Long"):
        function(*arguments, out=tuple(outs) if several else outs[0])
    assert all((out == 0).all() for out in outs)
    outs = [lib.zeros_like(r) for r in results]
    function(*arguments, out=tuple(outs) if several else outs[0])
    if name != "multinomial":
        assert [out.tolist() for out in outs] == [r.tolist() for r in results]


@pytest.mark.parametrize("name", ["diff", "lerp"])
def test_out_converts_where_torch_does(lib, name):
    x, out = lib.tensor([1.0, 3.0]), lib.zeros(1 if name == "diff" else 2, dtype=lib.float64)
    arguments = {"diff": (x,), "lerp": (x, 3 * x, 0.5)}[name]
    assert getattr(lib, name)(*arguments, out=out).tolist() == {"diff": [2.0], "lerp": [2.0, 6.0]}[name]


def test_out_of_the_maximum_of_two_converts(lib):
    x, out = lib.tensor([1.0, 2.0]), lib.zeros(2, dtype=lib.float64)
    assert lib.max(x, lib.tensor([2.0, 0.0]), out=out).tolist() == [2.0, 2.0]


def test_out_of_random_numbers_from_arrays(lib):
    x, out, whole = lib.full((3,), 1.0), lib.zeros(3), lib.zeros(3, dtype=lib.int32)
    lib.manual_seed(1)
    expected = lib.normal(x, 2.0)
    lib.manual_seed(1)
    assert lib.normal(x, 2.0, out=out).tolist() == expected.tolist()
    assert lib.bernoulli(x, out=whole).tolist() == [1, 1, 1]


@pytest.mark.own("torch resizes it, with a warning")
def test_out_of_a_wrong_shape_is_refused(lib):
    out = lib.zeros(3)
    with pytest.raises(RuntimeError, match=r"out has the shape \[3\], but the result \[2\]"):
        lib.exp(lib.ones(2), out=out)
    assert out.tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("out", [3, "x", [1.0], np.zeros(2)])
def test_out_of_a_wrong_type_is_refused(lib, out):
    with pytest.raises(TypeError):
        lib.exp(lib.ones(2), out=out)


@pytest.mark.own("torch names no such argument")
def test_in_place_methods_take_no_out(lib):
    x = lib.ones(2)
    with pytest.raises(TypeError, match="takes no out="):
        x.exp_(out=lib.zeros(2))
    assert x.tolist() == [1.0, 1.0]


UNFILLED = pytest.param("empty", marks=pytest.mark.own("torch's empty array is not filled"))


@pytest.mark.parametrize("name", [UNFILLED if name == "empty" else name for name in TAKING_OUT])
def test_out_of_constructors(lib, name):
    """The result is made in out's dtype, from the same random numbers."""
    op = Op(name, None, ())
    call = Call(lib, op, TAKING_OUT[name])
    lib.manual_seed(1)
    (expected,) = call.outputs()
    for dtype in (expected.dtype, lib.float64) if name != "multinomial" else (expected.dtype,):
        out = lib.zeros(expected.shape, dtype=dtype)
        call.kwargs["out"] = out
        lib.manual_seed(1)
        assert call.outputs()[0] is out
        assert out.dtype == dtype
        if dtype == expected.dtype:
            assert out.tolist() == expected.tolist()


def test_a_constructor_with_out_may_ask_for_gradients(lib):
    out = lib.zeros(2)
    assert lib.ones(2, out=out, requires_grad=True) is out
    assert out.requires_grad
    with pytest.raises(RuntimeError, match="don't support automatic differentiation"):
        lib.ones(2, out=out)
    assert out.tolist() == [1.0, 1.0]


def test_out_sets_the_dtype_to_compute_in(lib):
    out = lib.zeros((), dtype=lib.float64)
    lib.sum(lib.tensor([2**24, 1], dtype=lib.int32), 0, out=out)
    assert out.item() == 2**24 + 1
    lib.sum(lib.full((2,), 2.0**24, dtype=lib.float32) + lib.tensor([0.0, 2.0]), 0, out=out)
    assert out.item() == 2**25 + 2
    lib.sum(lib.tensor([0.6, 0.6]), 0, out=(whole := lib.ones((), dtype=lib.int64)))
    assert whole.item() == 0


@pytest.mark.parametrize("function", ["zeros", "sum"])
def test_a_dtype_that_is_not_that_of_out_is_refused(lib, function):
    out = lib.ones(3, dtype=lib.float64)
    arguments = (3,) if function == "zeros" else (lib.ones(2, 3), 0)
    with pytest.raises(RuntimeError, match=r"does not match dtype of out|Expected out tensor to have dtype"):
        getattr(lib, function)(*arguments, dtype=lib.float32, out=out)
    assert out.tolist() == [1.0, 1.0, 1.0]
