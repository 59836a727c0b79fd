"""uint16, uint32, uint64 beside NumPy: values to the ends of their ranges, promotion, Python's numbers."""

import itertools
import operator
import pickle

import numpy as np
import pytest
from op_db.run import dtype_name, to_numpy
from op_db.spec import UNSIGNED

pytestmark = pytest.mark.own("PyTorch has few functions of these dtypes")

SIGNED = ("int8", "int16", "int32", "int64")
INTEGERS = ("uint8", *UNSIGNED, *SIGNED)
TOP = 2**64 - 1


def ends(dtype):
    info = np.iinfo(dtype)
    middle = info.max // 2
    some = (0, 1, 2, 3, 7, 100, middle, middle + 1, middle + 2, info.max - 1, info.max)
    return np.array(some, dtype)


def all_pairs(dtype, others=None):
    few = ends(dtype)
    return tuple(a.ravel() for a in np.meshgrid(few, few if others is None else others, indexing="ij"))


def agree(result, expected, dtype=None):
    expected = np.asarray(expected)
    assert dtype_name(result) == (dtype or expected.dtype.name)
    np.testing.assert_array_equal(to_numpy(result), expected)


# --- functions of one array

UNARY = {
    "neg": operator.neg,
    "abs": abs,
    "invert": operator.invert,
    "square": lambda x: x * x,
    "cube": lambda x: x**3,
    "times a number": lambda x: x * 3,
    "number minus": lambda x: 5 - x,
    "number over": lambda x: 1000 // (x | 1),
    "halves": lambda x: x // 2,
    "rest": lambda x: x % 10,
    "shifted": lambda x: x << 3,
    "shifted back": lambda x: x >> 3,
    "reversed": lambda x: x[::-1],
    "as bool": lambda x: x != 0,
}
NAMED = ["sign", "square", "positive", "floor", "ceil", "trunc", "isnan", "isinf", "isfinite", "signbit"]
NAMED += ["logical_not", "bitwise_not", "sort", "argsort", "max", "min", "argmax", "argmin", "unique", "diff"]
NAMED += ["fliplr", "ravel", "count_nonzero", "any", "all"]


@pytest.mark.parametrize("dtype", UNSIGNED)
@pytest.mark.parametrize("name", UNARY)
def test_operators_of_one(lib, dtype, name):
    with np.errstate(all="ignore"):
        agree(UNARY[name](lib.tensor(ends(dtype))), UNARY[name](ends(dtype)))


@pytest.mark.parametrize("dtype", UNSIGNED)
@pytest.mark.parametrize("name", NAMED)
def test_functions_of_one(lib, dtype, name):
    array = np.random.RandomState(0).permutation(np.repeat(ends(dtype), 3)).reshape(3, -1)
    if name in ("max", "min", "argmax", "argmin", "sort", "argsort", "unique", "any", "all", "count_nonzero"):
        array = array.ravel()
    x = lib.tensor(array)
    result = getattr(lib, name)(x) if name not in ("sort", "argsort") else getattr(lib, name)(x, stable=True)
    expected = getattr(np, name.replace("neg", "negative"))(
        array, **({"kind": "stable"} if "sort" in name else {})
    )
    agree(result[0] if name == "sort" else result, expected, "bool" if name in ("any", "all") else None)


@pytest.mark.parametrize("dtype", UNSIGNED)
@pytest.mark.parametrize("isa_length", [3, 64, 1000])
def test_extremes_of_long_rows(lib, dtype, isa_length):
    array = np.random.RandomState(1).choice(ends(dtype), (5, isa_length))
    x = lib.tensor(array)
    for dim in (0, 1):
        agree(x.amax(dim), array.max(dim))
        agree(x.amin(dim), array.min(dim))
        agree(x.max(dim).indices, array.argmax(dim))
        agree(x.cummax(dim).values, np.maximum.accumulate(array, dim))
        agree(x.sort(dim, descending=True).values, np.flip(np.sort(array, dim), dim))
    agree(x.topk(2).values, np.sort(array, 1)[:, :-3:-1])
    agree(x.median(1).values, np.sort(array, 1)[:, (isa_length - 1) // 2])


# --- of two

BINARY = {
    "add": (np.add, "add"),
    "sub": (np.subtract, "sub"),
    "mul": (np.multiply, "mul"),
    "and": (np.bitwise_and, "bitwise_and"),
    "or": (np.bitwise_or, "bitwise_or"),
    "xor": (np.bitwise_xor, "bitwise_xor"),
    "maximum": (np.maximum, "maximum"),
    "minimum": (np.minimum, "minimum"),
    "fmax": (np.fmax, "fmax"),
    "fmin": (np.fmin, "fmin"),
    "heaviside": (lambda a, b: np.where(a == 0, b, np.ones_like(a)), "heaviside"),
    "gcd": (np.gcd, "gcd"),
    "lcm": (np.lcm, "lcm"),
    "pow": (np.power, "pow"),
    "shift left": (np.left_shift, "bitwise_left_shift"),
    "shift right": (np.right_shift, "bitwise_right_shift"),
    "eq": (np.equal, "eq"),
    "ne": (np.not_equal, "ne"),
    "lt": (np.less, "lt"),
    "le": (np.less_equal, "le"),
    "gt": (np.greater, "gt"),
    "ge": (np.greater_equal, "ge"),
    "logical_and": (np.logical_and, "logical_and"),
    "logical_or": (np.logical_or, "logical_or"),
    "logical_xor": (np.logical_xor, "logical_xor"),
    "floor_divide": (np.floor_divide, "floor_divide"),
    "remainder": (np.remainder, "remainder"),
    "fmod": (np.fmod, "fmod"),
}


@pytest.mark.parametrize("dtype", UNSIGNED)
@pytest.mark.parametrize("name", BINARY)
def test_of_two(lib, dtype, name):
    theirs, ours = BINARY[name]
    divides = name in ("floor_divide", "remainder", "fmod")
    a, b = all_pairs(dtype, ends(dtype)[1:] if divides else None)
    with np.errstate(all="ignore"):
        expected = theirs(a, b)
        agree(getattr(lib, ours)(lib.tensor(a), lib.tensor(b)), expected)
        agree(getattr(lib, ours)(lib.tensor(a), lib.tensor(b[7:8])), theirs(a, b[7:8]))
    if expected.dtype == a.dtype and hasattr(lib.Tensor, f"{ours}_"):
        x = lib.tensor(a)
        assert getattr(x, f"{ours}_")(lib.tensor(b)) is x
        agree(x, expected)
    out = lib.zeros(len(a), dtype=getattr(lib, expected.dtype.name))
    if "out=" in (getattr(lib, ours).__text_signature__ or ""):
        agree(getattr(lib, ours)(lib.tensor(a), lib.tensor(b), out=out), expected)


@pytest.mark.parametrize("dtype", UNSIGNED)
def test_division_by_zero_raises(lib, dtype):
    x = lib.tensor(ends(dtype))
    for divide in (operator.floordiv, operator.mod, lib.fmod):
        with pytest.raises(RuntimeError, match="ZeroDivisionError"):
            divide(x, lib.tensor(ends(dtype)))
    agree(x, ends(dtype))


@pytest.mark.parametrize("dtype", UNSIGNED)
def test_rounded_quotients(lib, dtype):
    a, b = all_pairs(dtype, ends(dtype)[1:])
    for mode in ("floor", "trunc"):
        agree(lib.div(lib.tensor(a), lib.tensor(b), rounding_mode=mode), a // b)
    true = lib.tensor(a) / lib.tensor(b)
    np.testing.assert_allclose(to_numpy(true), a.astype(np.float32) / b.astype(np.float32), rtol=1e-6)


# --- promotion


def together(a, b):
    """What the dtypes promote to, by the rule; None where that raises."""
    if "uint64" in (a, b) and set(SIGNED) & {a, b}:
        return None
    found = np.promote_types(a, b)
    return found.name if found.kind != "f" or "float" in a + b else None


def lattice(a, b):
    if "float" in a + b:  # PyTorch's: the float wins
        floats = [d for d in (a, b) if "float" in d]
        return np.promote_types(floats[0], floats[-1]).name
    return together(a, b)


PAIRS = [
    (a, b)
    for a, b in itertools.product((*INTEGERS, "bool", "float32", "float64"), repeat=2)
    if a in UNSIGNED or b in UNSIGNED
]


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_promotion(lib, a, b):
    x, y, expected = lib.ones(2, dtype=getattr(lib, a)), lib.ones(2, dtype=getattr(lib, b)), lattice(a, b)
    calls = {
        "promote_types": lambda: lib.promote_types(x.dtype, y.dtype),
        "result_type": lambda: lib.result_type(x, y),
        "+": lambda: (x + y).dtype,
        "cat": lambda: lib.cat([x, y]).dtype,
        "where": lambda: lib.where(lib.tensor([True, False]), x, y).dtype,
        "maximum": lambda: lib.maximum(x, y).dtype,
    }
    for name, call in calls.items():
        if expected:
            assert call() is getattr(lib, expected), name
        else:
            with pytest.raises(
                RuntimeError, match="Promotion for uint16, uint32, uint64 types is not supported"
            ):
                call()
    lower = [lib.ones((), dtype=y.dtype), lib.ones(2, dtype=x.dtype)]
    kinds = ["bool" not in (a, b), "float" in b and "float" not in a]
    if kinds[0] and not kinds[1]:
        assert (lower[1] + lower[0]).dtype is x.dtype, "no dimensions, and of no higher kind"


def test_refused_promotion_changes_nothing(lib):
    x, y = lib.tensor([1, TOP], dtype=lib.uint64), lib.tensor([5, -6])
    version = x._version
    for call in (x.add_, x.copy_(x).mul_, x.maximum, lambda z: lib.add(x, z, out=lib.zeros(2))):
        with pytest.raises(RuntimeError, match=r"attempted to promote uint64 and int64.*\.to\(\)"):
            call(y)
    assert x.tolist() == [1, TOP]
    assert y.tolist() == [5, -6]
    assert x._version == version + 1, "of copy_ alone"
    x.copy_(y)
    assert x.tolist() == [5, TOP - 5], "a copy converts, whatever promotion says"
    agree(np.concatenate([x, x]), [5, TOP - 5] * 2, "uint64")
    for call in (np.add, lambda a, b: np.concatenate([a, b]), np.maximum):
        with pytest.raises(RuntimeError, match="Promotion for uint16, uint32, uint64 types is not supported"):
            call(x, y)


# --- Python's numbers


def test_numbers_beyond_int64_are_exact(lib):
    u = lib.uint64
    big = 2**63 + 5
    x = lib.tensor([big, TOP, 1], dtype=u)
    assert x.tolist() == [big, TOP, 1]
    assert (x[0].item(), int(x[1]), operator.index(x[1]), hash(x[0].item())) == (big, TOP, TOP, hash(big))
    assert repr(x[:2]) == f"tensor([ {big}, {TOP}], dtype=tapegrad.uint64)"
    assert f"{x[1]}" == str(TOP)
    for made in (
        lib.full((2,), big, dtype=u),
        lib.full_like(x[:2], big),
        x.new_full((2,), big),
        lib.zeros(2, dtype=u).fill_(big),
        lib.tensor(big, dtype=u).expand(2),
        lib.tensor([[big, np.uint64(big)]], dtype=u)[0],
        lib.zeros(2, dtype=u) + big,
        big - lib.zeros(2, dtype=u),
        lib.zeros(2, dtype=u) | np.uint64(big),
        lib.zeros(2, dtype=u).masked_fill(lib.tensor([True, True]), big),
        lib.where(lib.tensor([False, False]), lib.zeros(2, dtype=u), big),
        lib.zeros(2, dtype=u).clamp(big, TOP),
        lib.full((2,), TOP, dtype=u).clamp(0, big),
        lib.full((2,), TOP, dtype=u).clamp_(max=big),
        lib.scatter(lib.zeros(2, dtype=u), 0, lib.tensor([0, 1]), big),
        lib.nn.functional.pad(lib.zeros(0, dtype=u), (1, 1), value=big)
        if hasattr(lib, "nn")
        else x[:1].expand(2),
    ):
        assert dtype_name(made) == "uint64"
        assert made.tolist() == [big, big]
    y = lib.zeros(3, dtype=u)
    y[0], y[1:] = big, TOP
    assert y.tolist() == [big, TOP, TOP]
    assert (y // big).tolist() == [1, 1, 1]
    assert (y % big).tolist() == [0, TOP - big, TOP - big]
    assert lib.arange(TOP - 3, TOP, dtype=u).tolist() == [TOP - 3, TOP - 2, TOP - 1]
    assert lib.arange(big, big - 4, -2, dtype=u).tolist() == [big, big - 2]
    assert float(lib.tensor(2**63, dtype=u)) == 2.0**63
    assert bool(x[0])


COMPARISONS = ["eq", "ne", "lt", "le", "gt", "ge"]


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("name", COMPARISONS)
def test_comparisons_with_numbers_are_exact(lib, dtype, name):
    """Also with those that the dtype does not hold."""
    compare, info = getattr(operator, name), np.iinfo(dtype)
    array = ends(dtype) if info.min == 0 else np.array([info.min, -1, 0, 5, info.max], dtype)
    x = lib.tensor(array)
    for number in (0, 5, -1, info.max, info.min, info.max + 1, info.min - 1, 2**63 - 1, 2**63, TOP, -(2**63)):
        if not -(2**63) <= number <= TOP:
            continue
        expected = [compare(value, number) for value in array.tolist()]
        assert compare(x, number).tolist() == expected, number
        assert compare(number, x).tolist() == [compare(number, value) for value in array.tolist()], number
        assert getattr(x.clone(), f"{name}_")(number).tolist() == [int(e) for e in expected]


def test_numbers_that_fit_nothing(lib):
    x = lib.tensor([1, 2], dtype=lib.uint64)
    for bad in (2**64, -(2**63) - 1):
        for call in (
            lambda n: x + n,
            lambda n: lib.full((2,), n, dtype=lib.uint64),
            lambda n: lib.tensor(n, dtype=lib.uint64),
            lambda n: x.fill_(n),
        ):
            with pytest.raises(RuntimeError, match="Overflow"):
                call(bad)
    assert x.tolist() == [1, 2]


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint32", "uint8"])
def test_numbers_for_uint64_alone(lib, dtype):
    """They do not wrap into what does not hold them, and what is refused changes nothing."""
    x = lib.ones(2, dtype=getattr(lib, dtype))
    for call in (
        lambda n: x + n,
        lambda n: x.add_(n),
        lambda n: x.fill_(n),
        lambda n: x.clamp_(0, n),
        lambda n: lib.where(lib.tensor([True, False]), x, n),
        lambda n: lib.full((2,), n, dtype=x.dtype),
        lambda n: lib.full_like(x, n),
        lambda n: lib.tensor([n], dtype=x.dtype),
        lambda n: x.__setitem__(0, n),
        lambda n: x.masked_fill_(lib.tensor([True, False]), n),
        lambda n: lib.ones(2, dtype=lib.bool) + n,
        lambda n: lib.full((2,), n),
        lambda n: lib.tensor(n),
        lambda n: lib.tensor([n, -1]),
        lambda n: lib.arange(n, n + 2),
        lambda n: lib.scatter(x, 0, lib.tensor([0]), n),
        lambda n: lib.add(x, x, alpha=n),
    ):
        with pytest.raises(RuntimeError, match=r"Overflow|without overflow"):
            call(2**63)
    assert x.tolist() == [1, 1]
    assert (lib.ones(2) + 2**63).tolist() == [2.0**63] * 2
    assert lib.tensor([2**63, 0.5]).tolist() == [2.0**63, 0.5]


# --- conversions


@pytest.mark.parametrize("dtype", UNSIGNED)
@pytest.mark.parametrize("other", [*INTEGERS, "bool", "float32", "float64"])
@pytest.mark.parametrize("step", [1, 2])
def test_conversions(lib, dtype, other, step):
    array = np.repeat(ends(dtype), 2)[::step]
    agree(lib.tensor(np.repeat(ends(dtype), 2))[::step].to(getattr(lib, other)), array.astype(other))
    if other in INTEGERS:
        back = np.array([np.iinfo(other).min, 0, 1, 5, np.iinfo(other).max], other)
        agree(lib.tensor(back).to(getattr(lib, dtype)), back.astype(dtype))


FLOATS = [0.0, -0.0, 0.5, 1.9, 255.5, 65535.9, 65536.0, 2.0**31, 2.0**32 - 1, 2.0**53 + 2, 2.0**63 - 1024]
FLOATS += [2.0**63, 2.0**63 + 2048, 2.0**64 - 2048, 1.5 * 2**63]


@pytest.mark.parametrize("dtype", UNSIGNED)
@pytest.mark.parametrize("floating", ["float32", "float64"])
def test_floats_to_integers(lib, dtype, floating):
    array = np.array(FLOATS * 5, floating)
    array = array[array < 2.0 ** (8 * np.dtype(dtype).itemsize)]
    agree(lib.tensor(array).to(getattr(lib, dtype)), array.astype(dtype))
    assert [lib.tensor(float(f), dtype=getattr(lib, dtype)).item() for f in array] == [int(f) for f in array]


@pytest.mark.parametrize("dtype", UNSIGNED)
def test_floats_out_of_range(lib, dtype):
    """Negative ones wrap as ints do, in one element and in vectors; no others trap."""
    t = getattr(lib, dtype)
    size = 2 ** (8 * np.dtype(dtype).itemsize)
    for n in (1, 40):
        assert lib.full((n,), -5.7, dtype=lib.float64).to(t).tolist() == [size - 5] * n
        assert lib.full((n,), -5.7, dtype=lib.float32).to(t).tolist() == [size - 5] * n
    one = [
        lib.tensor(value, dtype=lib.float64).to(t).item()
        for value in (1e30, -1e30, float("inf"), float("nan"))
    ]
    many = lib.tensor([1e30, -1e30, float("inf"), float("nan")] * 20, dtype=lib.float64).to(t).tolist()
    assert many == one * 20


# --- in and out


@pytest.mark.parametrize("dtype", UNSIGNED)
def test_memory_is_shared(lib, dtype):
    array = ends(dtype)
    for x in (lib.as_tensor(array), lib.from_numpy(array), lib.from_dlpack(array), lib.asarray(array)):
        assert x.dtype is getattr(lib, dtype)
        for back in (np.asarray(x), x.numpy(), np.from_dlpack(x), np.asarray(memoryview(x))):
            assert back.dtype == array.dtype
            assert np.shares_memory(back, array)
    assert not np.shares_memory(lib.tensor(array).numpy(), array)
    swapped = array.astype(array.dtype.newbyteorder())
    agree(lib.tensor(swapped), array)
    agree(lib.frombuffer(array.tobytes(), dtype=getattr(lib, dtype)), array)
    agree(pickle.loads(pickle.dumps(lib.tensor(array))), array)
    assert pickle.loads(pickle.dumps(getattr(lib, dtype))) is getattr(lib, dtype)
    assert lib.tensor(array).to(np.dtype(dtype)).dtype is getattr(lib, dtype)


def test_about_the_dtypes(lib):
    for bits in (16, 32, 64):
        name = f"uint{bits}"
        dtype, signed = getattr(lib, name), getattr(lib, f"int{bits}")
        assert repr(dtype) == f"tapegrad.{name}"
        assert (dtype.itemsize, dtype.is_signed, dtype.is_floating_point) == (bits // 8, False, False)
        x = lib.zeros(2, 4, dtype=dtype)
        assert not x.is_signed()
        assert x.type() == f"tapegrad.UInt{bits}Tensor"
        assert lib.ones(2).type(f"tapegrad.UInt{bits}Tensor").dtype is dtype
        assert lib.can_cast(dtype, lib.float32)
        assert not lib.can_cast(lib.float32, dtype)
        assert (lib.iinfo(dtype).min, lib.iinfo(dtype).max, lib.iinfo(dtype).bits) == (0, 2**bits - 1, bits)
        with pytest.raises(TypeError, match="iinfo"):
            lib.finfo(dtype)
        assert x.view(signed).dtype is signed
        assert lib.tensor([-1], dtype=signed).view(dtype).item() == 2**bits - 1
        assert lib.tensor(ends(name)).view(lib.uint8).tolist() == list(ends(name).tobytes())
        with pytest.raises(RuntimeError, match="can require gradients"):
            lib.zeros(2, dtype=dtype, requires_grad=True)


@pytest.mark.parametrize("dtype", UNSIGNED)
def test_factories(lib, dtype):
    t = getattr(lib, dtype)
    for made, expected in (
        (lib.zeros(2, dtype=t), np.zeros(2)),
        (lib.ones(2, dtype=t), np.ones(2)),
        (lib.arange(2, 11, 3, dtype=t), np.arange(2, 11, 3)),
        (lib.linspace(0, 100, 5, dtype=t), np.linspace(0, 100, 5)),
        (lib.eye(3, dtype=t), np.eye(3)),
        (lib.full((2,), 7, dtype=t), np.full(2, 7)),
        (lib.tensor([1, 2.9, True], dtype=t), np.array([1, 2, 1])),
        (lib.logspace(0, 3, 4, dtype=t), np.logspace(0, 3, 4)),
    ):
        agree(made, expected.astype(dtype))
    x = lib.tensor(ends(dtype))
    agree(lib.tril(x.expand(4, -1)), np.tril(np.broadcast_to(ends(dtype), (4, len(x)))))
    assert (
        lib.zeros_like(x).dtype is x.new_ones(2).dtype is lib.rand_like(x, dtype=lib.float32).to(t).dtype is t
    )
    drawn = lib.randint(3, 9, (500,), dtype=t)
    assert set(drawn.tolist()) == {*range(3, 9)}
    assert sorted(lib.randperm(9, dtype=t).tolist()) == [*range(9)]
    top = 2 ** (8 * x.itemsize)
    whole = lib.zeros(4000, dtype=t).random_().tolist()
    assert (min(whole) < top // 100, max(whole) > top - top // 100) == (True, True)
    assert min(lib.zeros(400, dtype=t).random_(top // 4, None).tolist()) >= top // 4
    for bad in (-1, top):
        with pytest.raises((RuntimeError, OverflowError), match=r"out of bounds|too large|int"):
            lib.randint(bad, bad + 2, (3,), dtype=t)


# --- what has other dtypes by design


@pytest.mark.parametrize("dtype", UNSIGNED)
def test_totals(lib, dtype):
    """int64, as PyTorch's of all integers, unless a dtype is asked for; the array API's are uint64."""
    array = ends(dtype).reshape(1, -1)
    x, t, xp = lib.tensor(array), getattr(lib, dtype), lib.array_api
    with np.errstate(all="ignore"):
        for theirs, ours in (
            (np.sum, "sum"),
            (np.prod, "prod"),
            (np.cumsum, "cumsum"),
            (np.cumprod, "cumprod"),
        ):
            exact = theirs(array, axis=1, dtype=np.uint64)
            agree(getattr(lib, ours)(x, 1), exact.astype(np.int64))
            agree(getattr(lib, ours)(x, 1, dtype=lib.uint64), exact)
            agree(getattr(lib, ours)(x, 1, dtype=t), exact.astype(dtype))
            named = {"cumsum": "cumulative_sum", "cumprod": "cumulative_prod"}.get(ours, ours)
            agree(getattr(xp, named)(x, axis=1), exact)
        agree(xp.linalg.trace(x), array[:, 0].sum())
        agree(x @ x.T, (array @ array.T))
    np.testing.assert_allclose(x.mean(dtype=lib.float64).item(), array.mean(), rtol=1e-12)


@pytest.mark.parametrize("dtype", UNSIGNED)
def test_as_indices(lib, dtype):
    x, array = lib.arange(5) * 10, np.array([4, 0, 2], dtype)
    for index in (lib.tensor(array), array):
        assert x[index].tolist() == [40, 0, 20]
        assert x[index[0]].item() == 40
        y = x.clone()
        y[index] = -1
        assert y.tolist() == [-1, 10, -1, 30, -1]
        with pytest.raises(IndexError, match="out of bounds"):
            x[index + np.array(10, dtype)]
    top = np.array([np.iinfo(dtype).max], dtype)
    for index in (lib.tensor(top), top, lib.tensor(top)[0]):
        with pytest.raises(IndexError, match=f"index {top[0]} is out of bounds"):
            x[index]
    leaf = lib.ones(5, requires_grad=True)
    leaf[lib.tensor(array)].sum().backward()
    assert leaf.grad.tolist() == [1, 0, 1, 0, 1]
    assert lib.bincount(lib.tensor(array)).tolist() == [1, 0, 1, 0, 1]


@pytest.mark.parametrize("dtype", UNSIGNED)
def test_sets_and_searches(lib, dtype):
    array = ends(dtype)
    x = lib.tensor(array)
    agree(lib.isin(x, x[1::3]), np.isin(array, array[1::3]))
    for number in (-1, 0, 7, int(array[-1]), 2**63 - 1):
        inside = number in array.tolist()
        assert lib.isin(x, number).tolist() == [value == number for value in array.tolist()]
        assert lib.isin(number, x).item() == inside
        assert lib.isin(x, number, invert=True).sum() == len(array) - inside
        for side in ("left", "right"):
            place = sum(value < number or (side == "right" and value == number) for value in array.tolist())
            assert lib.searchsorted(x, number, side=side).item() == place
    agree(lib.searchsorted(x, x), np.searchsorted(array, array))
    agree(lib.bucketize(x, x, right=True), np.searchsorted(array, array, "right"))
    values, inverse, counts = lib.unique(x.repeat(2), return_inverse=True, return_counts=True)
    agree(values, array)
    assert counts.tolist() == [2] * len(array)
    assert inverse.tolist() == [*range(len(array))] * 2
    agree(lib.where(x > x[4], x, 0), np.where(array > array[4], array, 0))
    agree(lib.nonzero(x).squeeze(1), np.flatnonzero(array))
    agree(x.clamp(x[2], x[7]), array.clip(array[2], array[7]))
    agree(x.clamp(min=x.flip(0)), np.maximum(array, array[::-1]))
    agree(lib.scatter_reduce(x, 0, lib.zeros(len(x), dtype=lib.int64), x, "amax")[:1], array[-1:])
    agree(lib.equal(x, x) and lib.stack([x, x]).sum(0, dtype=x.dtype), array * 2)
