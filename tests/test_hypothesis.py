"""Random shapes that broadcast, and random small graphs, against NumPy and finite differences."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import mutually_broadcastable_shapes
from op_db.run import central_differences, sum_to, to_numpy

# --- broadcasting

BINARY = {
    "add": (np.add, lambda a, b: (1, 1)),
    "sub": (np.subtract, lambda a, b: (1, -1)),
    "mul": (np.multiply, lambda a, b: (b, a)),
    "div": (np.divide, lambda a, b: (1 / b, -a / b**2)),
    "pow": (np.power, lambda a, b: (b * a ** (b - 1), a**b * np.log(a))),
    "maximum": (np.maximum, lambda a, b: (a > b, a < b)),
    "minimum": (np.minimum, lambda a, b: (a < b, a > b)),
}
SHAPES = {n: mutually_broadcastable_shapes(num_shapes=n, min_side=0, max_side=4, max_dims=4) for n in (2, 3)}


def numbers(shape, seed: int) -> np.ndarray:
    return np.asarray(np.random.default_rng(seed).uniform(0.5, 2, shape))


def leaf(lib, value: np.ndarray):
    return lib.tensor(value).requires_grad_(True)


@given(shapes=SHAPES[2], name=st.sampled_from(sorted(BINARY)), seed=st.integers(0, 1000))
def test_broadcast_of_two(lib, shapes, name, seed):
    function, slopes = BINARY[name]
    values = [numbers(shape, seed + k) for k, shape in enumerate(shapes.input_shapes)]
    weights = numbers(shapes.result_shape, seed + 2)
    leaves = [leaf(lib, v) for v in values]
    output = getattr(lib, name)(*leaves)
    np.testing.assert_allclose(to_numpy(output), function(*values))
    gradients = lib.autograd.grad([output], leaves, [lib.tensor(weights)])
    for value, slope, gradient in zip(values, slopes(*values), gradients, strict=True):
        np.testing.assert_allclose(to_numpy(gradient), sum_to(weights * slope, value.shape), 1e-12)


@given(shapes=SHAPES[3], seed=st.integers(0, 1000))
def test_broadcast_of_three(lib, shapes, seed):
    values = [numbers(shape, seed + k) for k, shape in enumerate(shapes.input_shapes)]
    condition = values[0] > 1.2
    weights = numbers(shapes.result_shape, seed + 3)
    a, b = (leaf(lib, v) for v in values[1:])
    output = lib.where(lib.tensor(condition), a, b)
    np.testing.assert_array_equal(to_numpy(output), np.where(condition, *values[1:]))
    for gradient, chosen in zip(
        lib.autograd.grad([output], [a, b], [lib.tensor(weights)]), (condition, ~condition), strict=True
    ):
        np.testing.assert_allclose(to_numpy(gradient), sum_to(weights * chosen, tuple(gradient.shape)))


@given(shapes=SHAPES[2], seed=st.integers(0, 1000))
def test_expand_and_broadcast_assignment(lib, shapes, seed):
    value = leaf(lib, numbers(shapes.input_shapes[0], seed))
    weights = numbers(shapes.result_shape, seed + 1)
    target = lib.zeros(shapes.result_shape, dtype=lib.float64)
    target.copy_(value)
    for output in (value.expand(shapes.result_shape), target):
        np.testing.assert_array_equal(to_numpy(output), np.broadcast_to(to_numpy(value), shapes.result_shape))
        (gradient,) = lib.autograd.grad([output], [value], [lib.tensor(weights)])
        np.testing.assert_allclose(to_numpy(gradient), sum_to(weights, tuple(value.shape)))


# --- graphs: each instruction makes a value from two earlier ones

INSTRUCTIONS = {
    "add": lambda lib, a, b: a + b,
    "sub": lambda lib, a, b: a - b,
    "mul": lambda lib, a, b: a * b,
    "ratio": lambda lib, a, b: a / (b * b + 1),
    "power": lambda lib, a, b: (a * a + 0.5) ** b.tanh(),
    "cube": lambda lib, a, b: a**3 * 0.1,
    "rsub": lambda lib, a, b: 2 - a,
    "inverse": lambda lib, a, b: 1 / (2 + a.sin()),
    "exp": lambda lib, a, b: a.tanh().exp(),
    "log": lambda lib, a, b: (a * a + 1).log(),
    "sqrt": lambda lib, a, b: (a * a + b * b + 1).sqrt(),
    "sin": lambda lib, a, b: a.sin(),
    "cos": lambda lib, a, b: a.cos(),
    "sigmoid": lambda lib, a, b: lib.sigmoid(a),
    "neg": lambda lib, a, b: -a,
    "square": lambda lib, a, b: lib.square(a),
    "augmented": lambda lib, a, b: (a * 1).add_(a.sin()).mul_(0.5),
}
STEPS = st.tuples(st.sampled_from(sorted(INSTRUCTIONS)), st.integers(0, 10), st.integers(0, 10))
PROGRAMS = st.lists(STEPS, min_size=1, max_size=8)
LEAF_SHAPES = st.lists(st.sampled_from([(), (1,), (2,), (2, 1), (1, 2)]), min_size=1, max_size=3)


def evaluate(lib, program, leaves):
    values = list(leaves)
    for name, i, j in program:
        values.append(INSTRUCTIONS[name](lib, values[-1 - i % len(values)], values[-1 - j % len(values)]))
    return values[-1].sum()


def tame(slopes) -> bool:
    """Where rounding does not drown a difference."""
    return all(np.isfinite(s).all() and (abs(s) < 1e3).all() for s in slopes)


@given(program=PROGRAMS, shapes=LEAF_SHAPES, seed=st.integers(0, 1000))
def test_gradient_of_graph(lib, program, shapes, seed):
    leaves = [leaf(lib, numbers(shape, seed + k) - 1) for k, shape in enumerate(shapes)]
    evaluate(lib, program, leaves).backward()
    expected = central_differences(lambda: evaluate(lib, program, leaves).item(), leaves)
    assume(tame(expected))
    for x, slopes in zip(leaves, expected, strict=True):
        gradient = np.zeros(slopes.shape) if x.grad is None else to_numpy(x.grad)
        np.testing.assert_allclose(gradient, slopes, rtol=1e-5, atol=1e-5)


@settings(max_examples=50)
@given(program=PROGRAMS, shapes=LEAF_SHAPES, seed=st.integers(0, 1000))
def test_second_gradient_of_graph(lib, program, shapes, seed):
    leaves = [leaf(lib, numbers(shape, seed + k) - 1) for k, shape in enumerate(shapes)]

    def weighted_gradient(create_graph: bool):
        """A number that depends on the leaves through the gradient alone."""
        output = evaluate(lib, program, leaves)
        gradients = lib.autograd.grad(output, leaves, create_graph=create_graph, allow_unused=True)
        return sum((g * (k + 1)).sum() for k, g in enumerate(gradients) if g is not None)

    number = weighted_gradient(create_graph=True)
    if not number.requires_grad:
        return  # linear
    seconds = lib.autograd.grad(number, leaves, allow_unused=True)
    expected = central_differences(lambda: weighted_gradient(create_graph=False).item(), leaves)
    assume(tame(expected))
    for second, slopes in zip(seconds, expected, strict=True):
        second = np.zeros(slopes.shape) if second is None else to_numpy(second)
        np.testing.assert_allclose(second, slopes, rtol=1e-4, atol=1e-4)
