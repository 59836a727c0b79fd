"""NumPy's ufuncs on Variables: NumPy's values, gradients by finite differences, every way to call them."""

import functools
import operator
import subprocess
import sys
import textwrap
import types
import warnings

import numpy as np
import pytest

pytestmark = pytest.mark.own("torch's tensors do not answer for NumPy's ufuncs")

UFUNCS = sorted({u for u in vars(np).values() if isinstance(u, np.ufunc)}, key=lambda u: u.__name__)
REALS = np.array([[0.3, 0.62, 0.81], [0.22, 0.55, 0.71]])
OTHERS = np.array([0.41, 0.37, 0.93])
INTEGERS = {"bitwise_and", "bitwise_or", "bitwise_xor", "left_shift", "right_shift", "gcd", "lcm", "invert"}
INTEGERS |= {"bitwise_count"}
COMPARING = {
    "equal",
    "not_equal",
    "less",
    "less_equal",
    "greater",
    "greater_equal",
    "isfinite",
    "isinf",
    "isnan",
}
COMPARING |= {"logical_and", "logical_or", "logical_xor", "logical_not", "signbit"}
REFUSED = {"isnat", "nextafter", "spacing"}
# constant between jumps: the node says at backward that there is no derivative
NOT_IMPLEMENTED = {"floor_divide", "heaviside", "divmod"}
DIFFERENTIABLE = [u for u in UFUNCS if u.__name__ not in INTEGERS | COMPARING | REFUSED | NOT_IMPLEMENTED]


def samples(ufunc):
    """Arguments inside the ufunc's domain, away from kinks."""
    if ufunc.__name__ == "arccosh":
        return (REALS + 1.5,)
    if ufunc.__name__ == "ldexp":
        return (REALS, np.array([1, -2, 3]))
    return {
        "matmul": (REALS, REALS.T),
        "matvec": (REALS, OTHERS),
        "vecmat": (OTHERS, np.stack([OTHERS, OTHERS * 2, OTHERS**2])),
        "vecdot": (REALS, OTHERS),
    }.get(ufunc.__name__, (REALS, OTHERS)[: ufunc.nin])


def variables(lib, arrays):
    return [lib.tensor(a).requires_grad_(a.dtype.kind == "f") for a in arrays]


def parts(result):
    return result if isinstance(result, tuple) else (result,)


def assert_same(result, expected, **tolerance):
    assert tuple(result.shape) == np.shape(expected)
    value = result.detach().numpy()
    assert value.dtype == expected.dtype, (value.dtype, expected.dtype)
    np.testing.assert_allclose(value, expected, **{"rtol": 1e-14, "atol": 1e-15, **tolerance})


def gradcheck(lib, function, arrays):
    leaves = variables(lib, arrays)

    def flat(*args):
        return tuple(p for p in parts(function(*args)) if p.requires_grad)

    assert lib.autograd.gradcheck(flat, leaves)


@pytest.mark.parametrize("ufunc", UFUNCS, ids=lambda u: u.__name__)
def test_every_ufunc_has_its_place(lib, ufunc):
    from tapegrad._numpy.ufuncs import lookup

    assert lookup(ufunc) is not None


@pytest.mark.parametrize("ufunc", DIFFERENTIABLE, ids=lambda u: u.__name__)
def test_differentiable(lib, ufunc):
    arrays = samples(ufunc)
    result = ufunc(*variables(lib, arrays))
    for got, expected in zip(parts(result), parts(ufunc(*arrays)), strict=True):
        assert_same(got, expected)
    assert any(p.requires_grad for p in parts(result))
    gradcheck(lib, ufunc, arrays)


@pytest.mark.parametrize("ufunc", [u for u in UFUNCS if u.__name__ in COMPARING], ids=lambda u: u.__name__)
def test_constant(lib, ufunc):
    arrays = samples(ufunc)
    result = ufunc(*variables(lib, arrays))
    assert isinstance(result, lib.Variable)
    assert not result.requires_grad
    assert_same(result, ufunc(*arrays))


@pytest.mark.parametrize(
    "ufunc", [u for u in UFUNCS if u.__name__ in NOT_IMPLEMENTED], ids=lambda u: u.__name__
)
def test_jumps_say_that_they_have_no_derivative(lib, ufunc):
    arrays = samples(ufunc)
    results = parts(ufunc(*variables(lib, arrays)))
    for got, expected in zip(results, parts(ufunc(*arrays)), strict=True):
        assert_same(got, expected)
    with pytest.raises(RuntimeError, match="is not implemented"):
        results[0].sum().backward()


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_refused(lib, name):
    ufunc = getattr(np, name)
    x = variables(lib, (REALS, OTHERS)[: ufunc.nin])
    with pytest.raises(TypeError, match=rf"numpy.{name}.*detach"):
        ufunc(*x)
    if name != "isnat":
        assert_same(ufunc(*(v.detach() for v in x)), ufunc(REALS, OTHERS) if ufunc.nin == 2 else ufunc(REALS))


# Not of those without integers, or of a dtype that Variables do not have.
OF_INTEGERS = [u for u in UFUNCS if u.signature is None and u.__name__ not in REFUSED | {"bitwise_count"}]


@pytest.mark.parametrize("ufunc", OF_INTEGERS, ids=lambda u: u.__name__)
@pytest.mark.parametrize("dtype", [np.int64, np.int8])
def test_integers(lib, ufunc, dtype):
    """Integers have no gradients; a unary ufunc's result has NumPy's dtype, as far as there is one."""
    a, b = np.array([1, 2, 3], dtype), np.array([2, 1, 1], dtype)
    arrays = (a, b)[: ufunc.nin]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        expected = parts(ufunc(*arrays))
        results = parts(ufunc(*(lib.tensor(x) for x in arrays)))
    for got, e in zip(results, expected, strict=True):
        np.testing.assert_allclose(got.numpy(), e, rtol=1e-3 if e.dtype.itemsize < 8 else 1e-6)
        if ufunc.nin == 1 and e.dtype != np.float16:
            assert got.numpy().dtype == e.dtype


def test_float32_stays(lib):
    x = REALS.astype(np.float32)
    for ufunc in (np.sin, np.exp, np.sqrt, np.square):
        assert_same(ufunc(lib.tensor(x)), ufunc(x), rtol=1e-6)
    assert_same(np.add(lib.tensor(x), 2.0), x + 2.0)


# --- keywords


@pytest.mark.parametrize("ufunc", [np.add, np.multiply, np.sin, np.log, np.arctan2], ids=lambda u: u.__name__)
def test_where_computes_only_there(lib, ufunc):
    arrays = [a.copy() for a in samples(ufunc)]
    mask = np.array([[True, False, True], [False, True, True]])
    arrays[0][0, 1] = 0.0  # log's derivative is infinite here

    def function(*args):
        return ufunc(*args, where=mask, out=lib.tensor(np.full((2, 3), 7.0)) * 1)

    leaves = variables(lib, arrays)
    expected = ufunc(*arrays, where=mask, out=np.full((2, 3), 7.0))
    assert_same(function(*leaves), expected)
    function(*leaves).sum().backward()
    assert np.isfinite(leaves[0].grad.numpy()).all()
    assert (leaves[0].grad.numpy() != 0).tolist() == mask.tolist()
    gradcheck(lib, function, [np.where(a == 0, 0.5, a) for a in arrays])
    rest = ufunc(*leaves, where=mask).detach().numpy()
    assert (rest[~mask] == 0).all()


def test_dtype(lib):
    (x,) = variables(lib, [REALS])
    assert_same(np.sin(x, dtype=np.float32), np.sin(REALS, dtype=np.float32), rtol=1e-6)
    assert_same(np.add(x, 1, dtype="float32"), np.add(REALS, 1, dtype="float32"), rtol=1e-6)
    whole = np.arange(3)
    assert_same(np.sqrt(lib.tensor(whole), dtype=float), np.sqrt(whole, dtype=float))
    with pytest.raises(TypeError, match="complex128"):
        np.sin(x, dtype=complex)


def test_out_is_an_in_place_operation(lib):
    x, y = variables(lib, [REALS, OTHERS])
    out = lib.zeros(2, 3, dtype=lib.float64)
    version = out._version
    assert np.multiply(x, y, out=out) is out
    assert out._version > version
    assert_same(out, REALS * OTHERS)
    out.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), np.broadcast_to(OTHERS, (2, 3)))
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        np.add(x, 1, out=x)
    with pytest.raises(TypeError, match="cannot cast"):
        np.add(x, 1, out=lib.zeros(2, 3, dtype=lib.int64))
    with pytest.raises(ValueError, match="shape"):
        np.add(x, 1, out=lib.zeros(7, dtype=lib.float64))


def test_out_of_an_ndarray(lib):
    (x,) = variables(lib, [REALS])
    array = np.zeros((2, 3))
    with pytest.raises(TypeError, match="out= is a numpy"):
        np.add(x, 1, out=array)
    assert (array == 0).all()
    assert np.add(x.detach(), 1, out=array) is array
    np.testing.assert_array_equal(array, REALS + 1)
    with lib.no_grad():
        np.add(x, 2, out=array)
    np.testing.assert_array_equal(array, REALS + 2)


def test_two_outputs(lib):
    (x,) = variables(lib, [REALS * 7])
    outs = lib.zeros(2, 3, dtype=lib.float64), lib.zeros(2, 3, dtype=lib.float64)
    for got, expected in zip(np.modf(x, out=outs), np.modf(REALS * 7), strict=True):
        assert_same(got, expected)
    assert outs[0].requires_grad
    for value in (np.inf, -np.inf, -0.0):
        for got, expected in zip(np.modf(lib.tensor(np.array(value))), np.modf(np.array(value)), strict=True):
            assert got.item() == expected
            assert np.signbit(got.item()) == np.signbit(expected)


def test_unknown_ufuncs_are_refused(lib):
    (x,) = variables(lib, [REALS])
    with pytest.raises(TypeError, match=r"no derivative in tapegrad.*detach"):
        np.frompyfunc(lambda a: a, 1, 1)(x)


def test_a_ufunc_can_be_registered(lib):
    from tapegrad._numpy.ufuncs import CALLS, register_ufunc

    theirs = np.frompyfunc(lambda a: 2 * a, 1, 1)
    register_ufunc(theirs, lambda x: 2 * x)
    try:
        (x,) = variables(lib, [REALS])
        assert_same(theirs(x), 2 * REALS)
        assert_same(theirs(x, where=REALS > 0.5), np.where(REALS > 0.5, 2 * REALS, 0))
    finally:
        del CALLS[theirs]


# --- methods

REDUCED = ["add", "multiply", "maximum", "minimum", "fmax", "fmin", "logaddexp", "logaddexp2", "hypot"]
IN_ORDER = ["subtract", "divide", "power", "arctan2"]


def folded(ufunc, x, axis, keepdims=False):
    """What reduce is to give; NumPy 2.4's own reduce of power and arctan2 leaves out elements."""
    if ufunc.__name__ not in IN_ORDER:
        return np.asarray(ufunc.reduce(x, axis, keepdims=keepdims))
    result = functools.reduce(ufunc, np.moveaxis(x, axis, 0))
    return np.expand_dims(result, axis) if keepdims else result


@pytest.mark.parametrize("name", REDUCED + IN_ORDER)
@pytest.mark.parametrize("keepdims", [False, True])
def test_reduce(lib, name, keepdims):
    ufunc = getattr(np, name)
    for axis in (0, 1, -1, *(((0, 1), None) if name in REDUCED else ())):
        gradcheck(lib, lambda x, axis=axis: ufunc.reduce(x, axis=axis, keepdims=keepdims), [REALS])
        got = ufunc.reduce(lib.tensor(REALS), axis, keepdims=keepdims)
        assert_same(got, folded(ufunc, REALS, axis, keepdims))
    assert_same(ufunc.reduce(lib.tensor(REALS)), folded(ufunc, REALS, 0))


@pytest.mark.parametrize("name", ["add", "multiply", "maximum", "minimum", "logaddexp"])
def test_reduce_with_initial_and_where(lib, name):
    ufunc = getattr(np, name)
    mask = np.array([[True, False, True], [True, True, False]])
    for options in ({"initial": 0.5}, {"initial": 0.5, "where": mask}):
        if name == "logaddexp" and "where" in options:
            continue
        expected = ufunc.reduce(REALS, 1, **options)
        assert_same(ufunc.reduce(lib.tensor(REALS), 1, **options), expected)
        gradcheck(lib, lambda x, options=options: ufunc.reduce(x, 1, **options), [REALS])
    assert_same(np.add.reduce(lib.tensor(REALS), 1, where=mask), np.add.reduce(REALS, 1, where=mask))
    with pytest.raises(ValueError, match="initial"):
        np.maximum.reduce(lib.tensor(REALS), 1, where=mask)
    with pytest.raises(ValueError, match="reorderable"):
        np.subtract.reduce(lib.tensor(REALS), (0, 1))


def test_reduce_of_nothing(lib):
    empty = np.zeros((0, 3))
    for ufunc in (np.add, np.multiply, np.hypot):
        assert_same(ufunc.reduce(lib.tensor(empty)), ufunc.reduce(empty))
    with pytest.raises((ValueError, RuntimeError, IndexError)):
        np.maximum.reduce(lib.tensor(empty))


@pytest.mark.parametrize("name", ["add", "multiply", "maximum", "minimum", "logaddexp", "subtract", "divide"])
def test_accumulate(lib, name):
    ufunc = getattr(np, name)
    for axis in (0, 1):
        assert_same(ufunc.accumulate(lib.tensor(REALS), axis), ufunc.accumulate(REALS, axis))
        gradcheck(lib, lambda x, axis=axis: ufunc.accumulate(x, axis), [REALS])


@pytest.mark.parametrize("name", ["add", "multiply", "maximum", "minimum", "subtract"])
def test_reduceat(lib, name):
    ufunc = getattr(np, name)
    x, m = np.linspace(0.2, 0.9, 8), np.linspace(0.1, 2.4, 24).reshape(3, 8)
    for indices in ([0, 4, 1, 5, 2, 6, 3, 7], [0, 3], [2, 3, 7], [5, 1, 1]):
        for array, axis in ((x, 0), (m, 1), (m.T, 0)):
            assert_same(
                ufunc.reduceat(lib.tensor(array), indices, axis), ufunc.reduceat(array, indices, axis)
            )
            gradcheck(lib, lambda v, i=indices, axis=axis: ufunc.reduceat(v, i, axis), [array])
    if name != "subtract":
        ints = np.arange(8)
        assert_same(ufunc.reduceat(lib.tensor(ints), [0, 3]), ufunc.reduceat(ints, [0, 3]))
    with pytest.raises(IndexError):
        ufunc.reduceat(lib.tensor(x), [8])


@pytest.mark.parametrize("name", ["add", "multiply", "subtract", "arctan2", "maximum", "power"])
def test_outer(lib, name):
    ufunc = getattr(np, name)
    assert_same(ufunc.outer(lib.tensor(REALS), OTHERS), ufunc.outer(REALS, OTHERS))
    assert_same(ufunc.outer(REALS, lib.tensor(OTHERS)), ufunc.outer(REALS, OTHERS))
    gradcheck(lib, ufunc.outer, [REALS, OTHERS])


@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "divide", "maximum", "power"])
def test_at_counts_every_occurrence(lib, name):
    ufunc = getattr(np, name)
    x, y = np.array([0.3, 0.5, 0.7, 0.9]), np.array([0.31, 0.43, 0.57, 0.21])
    indices = np.array([0, 2, 0, 0])

    def function(a, b):
        a = a * 1
        ufunc.at(a, indices, b)
        return a

    expected = x.copy()
    ufunc.at(expected, indices, y)
    assert_same(function(*variables(lib, [x, y])), expected)
    gradcheck(lib, function, [x, y])


def test_at_of_one_argument_and_of_an_ndarray(lib):
    x = lib.tensor(REALS)
    expected = REALS.copy()
    for key in ((0, [1, 1]), (slice(None), 2), np.array([[True, False, False], [True, True, False]])):
        np.negative.at(x, key)
        np.negative.at(expected, key)
    assert_same(x, expected)
    array = np.zeros(3)
    with pytest.raises(TypeError, match="into a numpy"):
        np.add.at(array, [0, 0], lib.tensor(OTHERS[:2]).requires_grad_())
    np.add.at(array, [0, 0], lib.tensor(OTHERS[:2]))
    np.testing.assert_allclose(array, [OTHERS[:2].sum(), 0, 0])


# --- what is on the other side

LEFT_AND_RIGHT = [
    np.array(2.0),
    np.array([2.0, 1.0, 3.0]),
    np.array([[2.0, 1.0, 3.0], [1.0, 3.0, 2.0]]),
    np.float64(2),
    np.int64(2),
    np.bool_(True),
    [2.0, 1.0, 3.0],
    True,
    2,
    2.0,
    np.array([2, 1, 3]),
    np.array([True, False, True]),
    np.array([2, 1, 3], np.uint16),
    np.array([2, 1, 3], np.float16),
]
OPERATORS = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lt", "le", "gt", "ge", "eq", "ne"]
AS_UFUNC = {
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "divide",
    "floordiv": "floor_divide",
    "mod": "remainder",
}
AS_UFUNC |= {"pow": "power", "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal"}
AS_UFUNC |= {"eq": "equal", "ne": "not_equal"}


def is_bool(value):
    return np.asarray(value).dtype.kind == "b"


def same_variable(lib, a, b):
    assert isinstance(a, lib.Variable)
    assert isinstance(b, lib.Variable)
    assert (a.dtype, a.shape, a.requires_grad) == (b.dtype, b.shape, b.requires_grad)
    np.testing.assert_array_equal(a.detach().numpy(), b.detach().numpy())


@pytest.mark.parametrize(
    "other", LEFT_AND_RIGHT, ids=lambda o: f"{type(o).__name__}{getattr(o, 'dtype', '')}{np.shape(o)}"
)
@pytest.mark.parametrize("name", OPERATORS)
@pytest.mark.parametrize("requires_grad", [True, False])
def test_either_side(lib, name, other, requires_grad):
    """Operator, ufunc and Variable op Variable agree, whatever holds the other numbers."""
    infix, ufunc = getattr(operator, name), getattr(np, AS_UFUNC.get(name, name))
    if name == "sub" and is_bool(other):
        with pytest.raises(RuntimeError, match="with a bool tensor is not supported"):
            ufunc(other, lib.ones(3))
        return
    v = lib.tensor(np.array([[0.7, 1.2, 2.0], [3.1, 2.2, 1.0]])).requires_grad_(requires_grad)
    if isinstance(other, (list, np.ndarray)):
        array = np.asarray(other)
        as_v = lib.tensor(array.astype(np.float64) if array.dtype == np.float16 else array)
    else:
        as_v = other.item() if isinstance(other, np.generic) else other
    right, left = infix(v, as_v), infix(as_v, v)
    same_variable(lib, ufunc(v, other), right)
    same_variable(lib, ufunc(other, v), left)
    same_variable(lib, infix(v, other), right)
    same_variable(lib, infix(other, v), left)


IN_PLACE = [
    pytest.param(name, other, id=f"{name}-{type(other).__name__}{np.shape(other)}")
    for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow")
    for other in LEFT_AND_RIGHT[:6] + LEFT_AND_RIGHT[7:12]
    if not (name == "sub" and is_bool(other))  # refused: test_either_side
]


@pytest.mark.parametrize(("name", "other"), IN_PLACE)
@pytest.mark.parametrize("requires_grad", [True, False])
def test_in_place_on_either_side(lib, name, other, requires_grad):
    ufunc = getattr(np, AS_UFUNC.get(name, name))
    leaf = lib.tensor(np.array([[0.7, 1.2, 2.0], [3.1, 2.2, 1.0]])).requires_grad_(requires_grad)
    v = leaf * 1
    same_variable(lib, augmented(name, v, other), ufunc(leaf, other))
    assert augmented(name, v, other) is v
    expected = ufunc(other, leaf)
    kept = np.array(other)
    result = augmented(name, other, leaf)
    same_variable(lib, result, expected)
    writes = isinstance(other, np.ndarray) and np.shape(other) == (2, 3) and not requires_grad
    if isinstance(other, np.ndarray):
        np.testing.assert_array_equal(other, result.detach().numpy() if writes else kept)
        other[...] = kept


def augmented(name, a, b):
    """The statement itself: what NumPy does with an array on the left depends on it."""
    if name == "add":
        a += b
    elif name == "sub":
        a -= b
    elif name == "mul":
        a *= b
    elif name == "truediv":
        a /= b
    elif name == "floordiv":
        a //= b
    elif name == "mod":
        a %= b
    else:
        a **= b
    return a


def test_a_sum_that_starts_as_an_ndarray(lib):
    (x,) = variables(lib, [OTHERS])
    total = np.zeros(3)
    for _ in range(3):
        total += x * x
    total.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), 6 * OTHERS)
    box = {"total": np.zeros(3)}
    box["total"] += x
    assert box["total"].requires_grad
    array = np.zeros((2, 3))
    with pytest.raises(RuntimeError, match="numpy"):
        array[0] += x


def test_the_first_use_of_all_is_an_in_place_operator(lib):
    code = """
        import numpy as np, tapegrad as tg
        total = np.zeros(2)
        total += tg.ones(2, requires_grad=True)
        assert total.requires_grad
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True, timeout=60)


def test_scipys_ufuncs_are_looked_for_where_they_are_implemented(lib, monkeypatch):
    from tapegrad._numpy import ufuncs

    theirs, table = np.frompyfunc(lambda a: 3 * a, 1, 1), dict(ufuncs.CALLS)
    module = types.ModuleType("tapegrad.scipy._ufuncs")
    module.ufuncs = lambda: {theirs: lambda x: 3 * x}
    for name in ("tapegrad.scipy", module.__name__):
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(ufuncs, "_scipy_asked", False)
    monkeypatch.setattr(ufuncs, "CALLS", table)
    (x,) = variables(lib, [REALS])
    result = theirs(x)
    assert_same(result, 3 * REALS)
    assert result.requires_grad


def test_lists_and_object_arrays_of_variables(lib):
    a, b = (lib.tensor(n, dtype=lib.float64, requires_grad=True) for n in (0.4, 0.7))
    boxed = np.array([None, None])
    boxed[0], boxed[1] = a, b
    for many in ([a, b], (a, 0.7), boxed):
        result = np.multiply(many, lib.tensor([1.0, 2.0], dtype=lib.float64))
        assert_same(result, np.array([0.4, 1.4]))
        assert result.requires_grad
    assert all(isinstance(item, lib.Variable) for item in np.sin(boxed))


def test_methods_of_an_ndarray_that_meet_a_variable(lib):
    low, high = (lib.tensor(n, dtype=lib.float64, requires_grad=True) for n in (0.35, 0.7))
    result = REALS.clip(low, high)
    assert_same(result, REALS.clip(0.35, 0.7))
    result.sum().backward()
    assert (low.grad, high.grad) == ((REALS < 0.35).sum(), (REALS > 0.7).sum())


def test_other_types_answer_for_themselves(lib):
    class Other:
        def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
            return "other"

    x = lib.tensor(REALS)
    assert np.add(x, Other()) == "other"
    with pytest.raises(TypeError):
        np.add(x, "text")


def test_second_derivatives(lib):
    leaves = variables(lib, [REALS + 0.1, OTHERS])
    assert lib.autograd.gradgradcheck(lambda a, b: np.cbrt(a) * np.hypot(a, b) + np.modf(a)[0] ** 3, leaves)


def test_subclasses_stay(lib):
    class Mine(lib.Variable):
        pass

    x = lib.tensor(REALS).as_subclass(Mine)
    assert isinstance(np.sin(x), Mine)
    assert isinstance(np.add(REALS, x), Mine)
