"""Every op of the database: value, dtype, derivatives, PyTorch's recorded results, every way to call it."""

import operator

import numpy as np
import pytest
from op_db import GRAPH_ROWS, OPS, RANDOM_ROWS, recorded, view_copies
from op_db.constructors import TAKING_OUT
from op_db.run import (
    Call,
    SecondOrder,
    as_list,
    assert_close,
    central_differences,
    cotangent,
    first_gradients,
    for_each,
    gradients,
    like,
    make,
    reference,
    to_numpy,
)
from op_db.spec import ALL, UNSIGNED, Op, Sample, Strided

NUMERIC = {"rtol": 1e-5, "atol": 1e-6}


def every_op(keep=lambda op: True):
    return pytest.mark.parametrize("op", [op for op in OPS if keep(op)], ids=str)


def every_op_and_dtype(keep=lambda op, dtype: dtype in op.dtypes, dtypes=ALL):
    own = pytest.mark.own("PyTorch has few ops of this dtype")
    pairs = [
        pytest.param(op, dtype, marks=[own] if dtype in UNSIGNED else [])
        for op in OPS
        for dtype in dtypes
        if keep(op, dtype)
    ]
    return pytest.mark.parametrize(("op", "dtype"), pairs, ids=str)


@pytest.fixture(scope="module")
def torch_said():
    return recorded.load()


# --- what it computes


@every_op_and_dtype(lambda op, dtype: op.ref and op.takes(dtype), dtypes=ALL + UNSIGNED)
def test_value(lib, op, dtype):
    """Value, shape and dtype are those of the NumPy reference, and the arguments are left alone."""
    if lib.__name__ == "torch" and op.id == "linalg_svd" and dtype == "float32":
        pytest.skip("torch's singular vectors of many small matrices miss the reference's last digits")

    def check(sample: Sample):
        call = Call(lib, op, sample, leaves=True)
        before = [to_numpy(leaf).copy() for leaf in call.leaves]
        outputs = call.outputs()
        for k, (output, expected) in enumerate(zip(outputs, reference(op, sample), strict=True)):
            rounding = {"atol": 1e-6 * abs(expected).max()} if sample.large and expected.dtype == "f" else {}
            assert_close(output, expected, op, f"output {k}", **rounding)
            assert output.requires_grad == (op.grad and bool(call.leaves) and expected.dtype.kind == "f")
        for leaf, old in zip(call.leaves, before, strict=True):
            np.testing.assert_array_equal(to_numpy(leaf), old, "an argument has changed")

    for_each(op, op.good(dtype), check)


@every_op_and_dtype()
def test_recorded(lib, op, dtype, torch_said):
    """Values, dtypes, shapes, a view's strides and first gradients are PyTorch's."""
    said = torch_said.get(op.id, {}).get(dtype, {})
    assert said.get("digest") == op.digest(dtype), "stale: run python tests/record_parity.py"
    results = iter(said["results"])

    def check(sample: Sample):
        result = next(results)
        outputs, grads = first_gradients(lib, op, sample)
        for k, (output, expected) in enumerate(zip(outputs, result["outputs"], strict=True)):
            assert_close(output, expected["value"], op, f"output {k}")
            if op.view and output.numel():
                assert list(output.stride()) == expected["strides"]
        for k, (grad, expected) in enumerate(zip(grads, result["gradients"], strict=True)):
            assert (grad is None) == (expected is None), f"gradient {k}: {grad}, PyTorch has {expected}"
            if grad is not None:
                assert_close(grad, expected["value"], op, f"gradient {k}")

    for_each(op, op.small(dtype), check)


@every_op_and_dtype(lambda op, dtype: dtype not in op.dtypes)
def test_dtype_not_taken(lib, op, dtype, torch_said):
    with pytest.raises((RuntimeError, TypeError)):
        Call(lib, op, op.small(dtype)[0]).outputs()
    assert "error" in torch_said[op.id][dtype], "PyTorch takes this dtype"


@every_op_and_dtype(lambda op, dtype: not op.takes(dtype), dtypes=UNSIGNED)
def test_unsigned_not_taken(lib, op, dtype):
    with pytest.raises((RuntimeError, TypeError)):
        Call(lib, op, op.small(dtype)[0]).outputs()


@every_op_and_dtype(dtypes=("float64", "int64", "bool"))
def test_errors(lib, op, dtype):
    def check(sample: Sample):
        error, phrase = sample.error
        with pytest.raises(error) as caught:
            Call(lib, op, sample).outputs()
        assert phrase in str(caught.value)

    for_each(op, [s for s in op.all_samples(dtype) if s.error], check)


# --- derivatives


@every_op(lambda op: op.grad)
def test_gradient(lib, op):
    def check(sample: Sample):
        outputs, grads = first_gradients(lib, op, sample)
        call = Call(lib, op, sample, leaves=True, plain=True)
        if lib.float32 in {t.dtype for t in outputs + call.leaves}:
            return  # too coarse

        def value() -> float:
            outputs = [to_numpy(o) for o in call.outputs() if o.dtype == lib.float64]
            return float(sum((cotangent(o.shape, o.dtype, k) * o).sum() for k, o in enumerate(outputs)))

        for grad, slopes in zip(grads, central_differences(value, call.leaves), strict=True):
            assert_close(grad, slopes, what="gradient", **NUMERIC)

    for_each(op, op.smooth(), check)


TORCH_SECOND = {
    **dict.fromkeys(("cdist", "pdist"), "torch has no second derivative of distances"),
    "hardsigmoid": "torch has no second derivative of hardsigmoid",
    "ormqr": "torch's second derivative of ormqr is not that of finite differences",
}


@every_op(lambda op: op.grad)
def test_second_gradient(lib, op):
    if lib.__name__ == "torch" and op.name in TORCH_SECOND:
        pytest.skip(TORCH_SECOND[op.name])

    def check(sample: Sample):
        function = SecondOrder(lib, op, sample, plain=True)
        if lib.float32 in {t.dtype for t in function.variables}:
            return  # too coarse
        slopes = central_differences(function.value, function.variables)
        for grad, expected in zip(function.gradient(), slopes, strict=True):
            assert_close(grad, expected, what="second gradient", **NUMERIC)

    for_each(op, op.plain(), check)


# --- ways to call it


def compare_calls(lib, op: Op, sample: Sample, other):
    """other(*args, **kwargs) has the outputs and gradients of the op itself."""
    outputs, grads = first_gradients(lib, op, sample)
    call = Call(lib, op, sample, leaves=True)
    others = as_list(other(*call.args, **call.kwargs))
    starts = [like(lib, o, k) if o.requires_grad else None for k, o in enumerate(others)]
    pairs = zip(outputs + grads, others + gradients(lib, others, call.leaves, starts), strict=True)
    for expected, actual in pairs:
        assert (actual is None) == (expected is None)
        if expected is not None:
            assert_close(actual, to_numpy(expected), op)


# How an in-place method says that its result does not fit.
REFUSED = r"can't be cast|doesn't match the broadcast shape|Bad in-place call|size mismatch"


def starts_with_array(sample: Sample) -> bool:
    return isinstance(sample.args[0], np.ndarray | Strided)


@every_op(lambda op: op.method and op.function and not op.call and not op.attribute)
def test_method(lib, op):
    def check(sample: Sample):
        compare_calls(lib, op, sample, lambda x, *args, **kwargs: getattr(x, op.name)(*args, **kwargs))

    for_each(op, [s for s in op.good(op.dtypes[0]) if starts_with_array(s)], check)


@every_op(lambda op: op.fields)
def test_named_outputs(lib, op):
    sample = op.small(op.dtypes[0])[0]
    call = Call(lib, op, sample)
    result = op(lib, *call.args, **call.kwargs)
    assert isinstance(result, tuple)
    for field, output in zip(op.fields, result, strict=True):
        assert_close(getattr(result, field), to_numpy(output))


TORCH_IN_PLACE = {
    **dict.fromkeys(
        ("addbmm", "addr", "masked_scatter"), "torch enlarges the operand, or has other words for the refusal"
    ),
    **dict.fromkeys(("asinh", "acosh", "atanh"), "torch computes in place with other last digits"),
    "float_power": "torch has other words for the refusal",
}


@every_op_and_dtype(lambda op, dtype: op.inplace and dtype in op.dtypes, dtypes=("float64", "int64", "bool"))
def test_inplace(lib, op, dtype):
    """x.op_(...) has the result of op in x itself, and its gradient, where shape and dtype allow."""
    if lib.__name__ == "torch" and op.name in TORCH_IN_PLACE:
        pytest.skip(TORCH_IN_PLACE[op.name])

    def inplace(x, *args, **kwargs):
        x = x.clone()
        result = getattr(x, op.name + "_")(*args, **kwargs)
        assert result is x
        return x

    def check(sample: Sample):
        x = sample.args[0].value if isinstance(sample.args[0], Strided) else sample.args[0]
        expected = to_numpy(Call(lib, op, sample).outputs()[0])
        lossy = "biuf".index(expected.dtype.kind) > "biuf".index(x.dtype.kind)
        if lossy or (expected.shape != x.shape and not op.view):
            call = Call(lib, op, sample, leaves=True)
            with pytest.raises(
                RuntimeError,
                match=r"can't be cast|doesn't match the broadcast shape|Bad in-place call|size mismatch",
            ):
                inplace(*call.args, **call.kwargs)
        elif op.grad:
            compare_calls(lib, op, sample, inplace)
        else:
            call = Call(lib, op, sample)
            assert_close(inplace(*call.args, **call.kwargs), expected.astype(x.dtype))

    for_each(op, [s for s in op.good(dtype) if starts_with_array(s)], check)


@pytest.mark.own("PyTorch's functions have no text signature")
def test_out_is_tested_wherever_it_is_taken(lib):
    functions = [getattr(lib, name) for name in dir(lib)]
    texts = {getattr(f, "__name__", ""): getattr(f, "__text_signature__", None) or "" for f in functions}
    tested = {op.name for op in OPS if op.out} | TAKING_OUT.keys()
    assert {name for name, text in texts.items() if "out=" in text} <= tested


LAX = (
    "softmax log_softmax ger inner tensordot matrix_power diag conj_physical lu diff quantile nanquantile "
    "norm linalg_tensorinv linalg_tensorsolve linalg_matrix_norm linalg_norm linalg_cond slice_scatter"
)
TORCH_OUT = {
    "matmul": "torch.matmul(out=) fails where it folds dimensions",
    **dict.fromkeys(LAX.split(), "torch's out= lets arguments require grad here"),
    **dict.fromkeys(("linalg_lu", "lu_unpack"), "torch leaves parts of a strided out= unwritten"),
    "narrow_copy": "torch writes to a strided out= as if it were contiguous",
    "isin": "torch's isin gives an out= for numbers another shape than its result",
    **dict.fromkeys(("argsort", "bucketize", "var", "std"), "torch takes out= with some of the forms only"),
    **{op.name: "torch records copies into out=, or returns None" for op in view_copies.OPS},
}


@every_op(lambda op: op.out)
def test_out(lib, op):
    """out= is filled and returned, strided or not; it is no way to differentiate."""

    if lib.__name__ == "torch" and op.name in TORCH_OUT:
        pytest.skip(TORCH_OUT[op.name])

    def call_out(call, outs):
        return op(lib, *call.args, **call.kwargs, out=outs[0] if len(outs) == 1 else tuple(outs))

    def check(sample: Sample):
        call = Call(lib, op, sample)
        expected = [to_numpy(o) for o in call.outputs()]
        for layout in ("stepped", "offset", None):
            zeros = [np.zeros_like(e, order="C") for e in expected]
            outs = [make(lib, Strided(z, layout) if layout and z.ndim else z) for z in zeros]
            results = as_list(call_out(call, outs))
            assert all(r is o for r, o in zip(results, outs, strict=True))
            for out, e in zip(outs, expected, strict=True):
                assert_close(out, e, op, f"out, {layout}")
        call = Call(lib, op, sample, leaves=True)
        if call.leaves and op.grad:
            with pytest.raises(RuntimeError, match="don't support automatic differentiation"):
                call_out(call, outs)

    for_each(op, op.good(op.dtypes[0]), check)


@every_op(lambda op: op.operator)
def test_operator(lib, op):
    infix = getattr(operator, op.operator)
    samples = [s for s in op.good(op.dtypes[0]) if starts_with_array(s) and not s.kwargs]
    for_each(op, samples, lambda sample: compare_calls(lib, op, sample, infix))


@every_op_and_dtype(
    lambda op, dtype: op.operator not in (None, "matmul") and dtype in op.dtypes,
    dtypes=("float64", "float32", "int64", "bool"),
)
def test_reflected_operator(lib, op, dtype):
    """number <operator> x"""
    if lib.__name__ == "torch" and op.name == "remainder":
        pytest.skip("torch records no derivative of number % x")
    infix = getattr(operator, op.operator)
    numbers = {"f": (2, 2.5, -1.0), "i": (2, -3), "b": (True,)}[np.dtype(dtype).kind]

    def check(sample: Sample):
        for number in numbers:
            call = Call(lib, op, Sample(sample.args[1:2], {}), leaves=True)
            value = to_numpy(call.args[0])
            whole = op.to_float and value.dtype.kind != "f"
            with np.errstate(all="ignore"):
                expected = infix(number, value.astype(np.float32) if whole else value)
            output = infix(number, call.args[0])
            assert_close(output, np.asarray(expected), op)
            if output.requires_grad:
                zero_d = Sample((np.full((), number, dtype), sample.args[1]), {})
                (grad,) = gradients(lib, [output], call.leaves, [like(lib, output)])
                assert_close(grad, to_numpy(first_gradients(lib, op, zero_d)[1][1]), op)

    samples = [s for s in op.good(dtype) if len(s.args) == 2 and isinstance(s.args[1], np.ndarray | Strided)]
    for_each(op, samples, check)


@every_op(lambda op: op.operator and hasattr(operator, "i" + op.operator.strip("_")) and op.inplace)
def test_augmented_assignment(lib, op):
    """x += y is the same object."""
    augmented = getattr(operator, "i" + op.operator.strip("_"))

    def check(sample: Sample):
        x, y = Call(lib, op, sample).args
        expected = op(lib, x, y)
        if expected.shape == x.shape:
            x = x.clone()
            assert augmented(x, y) is x
            assert_close(x, to_numpy(expected), op)

    for_each(op, [s for s in op.good(op.dtypes[0]) if starts_with_array(s) and not s.kwargs], check)


@pytest.mark.own("an ndarray on either side of an operator")
@every_op(lambda op: op.operator)
def test_ndarray_operand(lib, op):
    infix = getattr(operator, op.operator)

    def check(sample: Sample):
        left, right = (a.value if isinstance(a, Strided) else a for a in sample.args)
        expected = infix(lib.tensor(left), lib.tensor(right))
        for a, b in ((lib.tensor(left), right), (left, lib.tensor(right))):
            result = infix(a, b)
            assert isinstance(result, lib.Tensor)
            assert_close(result, to_numpy(expected), op)
        if op.grad:
            leaf = lib.tensor(right).requires_grad_(True)
            output = infix(left, leaf)
            (grad,) = gradients(lib, [output], [leaf], [like(lib, output)])
            assert_close(grad, to_numpy(first_gradients(lib, op, sample)[1][1]), op)

    pairs = [s for s in op.small(op.dtypes[0]) if len(s.args) == 2 and not s.kwargs]
    for_each(op, [s for s in pairs if all(isinstance(a, np.ndarray | Strided) for a in s.args)], check)


@every_op(lambda op: op.view)
def test_view_shares_memory(lib, op):
    def check(sample: Sample):
        call = Call(lib, op, sample)
        output = call.outputs()[0]
        if output.numel():
            assert np.shares_memory(to_numpy(call.args[0]), to_numpy(output))

    for_each(op, op.small("float64"), check)


# --- the database is complete


@pytest.mark.own("the table of ops is tapegrad's")
def test_every_row_has_an_entry(lib):
    rows = set(lib._core.op_rows())
    covered = {row for op in OPS for row in op.covers} | GRAPH_ROWS | RANDOM_ROWS
    assert not rows - covered, "rows of the C++ table without an entry in tests/op_db"
    assert not covered - rows, "entries name rows that the C++ table does not have"


def test_ids_are_unique():
    assert len({op.id for op in OPS}) == len(OPS)
