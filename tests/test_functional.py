"""autograd.functional: products with Jacobians and Hessians, and these themselves."""

import pytest
from semantics import raises


def f64(lib, values):
    return lib.tensor(values, dtype=lib.float64)


@pytest.fixture
def fun(lib):
    return lib.autograd.functional


@pytest.fixture
def x(lib):
    return f64(lib, [1.0, 2.0])


@pytest.fixture
def y(lib):
    return f64(lib, [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])


def lists(tree):
    return tuple(map(lists, tree)) if isinstance(tree, (tuple, list)) else tree.tolist()


def test_vjp_and_jvp(lib, fun, x, y):
    out, product = fun.vjp(lambda x, y: y @ x**2, (x, y), f64(lib, [1.0, 0.0, -1.0]))
    assert lists((out, product)) == ([9, 25 + 0 - 6, 29], ([-8, -16], [[1, 4], [0, 0], [-1, -4]]))
    out, product = fun.jvp(
        lambda x, y: (y @ x**2, x.sum()), (x, y), (f64(lib, [1.0, 0.0]), lib.zeros_like(y))
    )
    assert lists((out, product)) == (([9, 19, 29], 3), ([2, 6, 10], 1))
    assert lists(fun.vjp(lambda x: x.sum(), x)) == (3, [1, 1])
    assert lists(fun.jvp(lambda x: (x, x * x), f64(lib, 3.0))) == ((3, 9), (1, 6))
    assert not out[0].requires_grad
    assert not product[0].requires_grad


def test_hvp_and_vhp(lib, fun, x):
    f = lambda x: (x**3).sum() + x[0] * x[1]  # noqa: E731
    for product in (fun.hvp, fun.vhp):
        assert lists(product(f, x, f64(lib, [1.0, 10.0]))) == (11, [6 + 10, 1 + 120])
        value, both = product(lambda a, b: (a * b).sum(), (x, x), (x, x))
        assert lists((value, both)) == (5, ([1, 2], [1, 2]))
    assert lists(fun.hvp(lambda x: x.exp() * 0, f64(lib, 1.0))) == (0, 0)


@pytest.mark.parametrize("vectorize", [False, True])
def test_jacobian(lib, fun, x, y, vectorize):
    jacobian = fun.jacobian(lambda x, y: (y @ x, x[0] * x[1]), (x, y), vectorize=vectorize)
    assert lists(jacobian[0][0]) == lists(y)
    assert jacobian[0][1].shape == (3, 3, 2)
    assert lists(jacobian[1]) == ([2, 1], [[0, 0], [0, 0], [0, 0]])
    assert lists(fun.jacobian(lambda x: x**2, x, vectorize=vectorize)) == [[2, 0], [0, 4]]
    assert lists(fun.jacobian(lambda x: (x**2,), x, vectorize=vectorize)) == ([[2, 0], [0, 4]],)
    assert lists(fun.jacobian(lambda x: x.sum(), (x,), vectorize=vectorize)) == ([1, 1],)
    assert lists(fun.jacobian(lambda x: f64(lib, [1.0]), x, vectorize=vectorize)) == [[0, 0]]


@pytest.mark.filterwarnings("ignore:There is a performance drop")
@pytest.mark.parametrize("vectorize", [False, True])
def test_hessian(lib, fun, x, vectorize):
    f = lambda x: (x**3).sum() + x[0] * x[1]  # noqa: E731
    assert lists(fun.hessian(f, x, vectorize=vectorize)) == [[6, 1], [1, 12]]
    both = fun.hessian(lambda a, b: (a**2 * b).sum(), (x, x + 1), vectorize=vectorize)
    assert lists(both) == (([[4, 0], [0, 6]], [[2, 0], [0, 4]]), ([[2, 0], [0, 4]], [[0, 0], [0, 0]]))


@pytest.mark.filterwarnings("ignore:.torch.jit.script")
@pytest.mark.filterwarnings("ignore:There is a performance drop")
def test_by_columns(lib, fun, x, y):
    by_columns = {"vectorize": True, "strategy": "forward-mode"}
    g = lambda x, y: (y @ x, x[0] * x[1])  # noqa: E731
    assert lists(fun.jacobian(g, (x, y), **by_columns)) == lists(fun.jacobian(g, (x, y)))
    f = lambda x: (x**3).sum() + x[0] * x[1]  # noqa: E731
    found = fun.hessian(f, x, vectorize=True, outer_jacobian_strategy="forward-mode")
    assert lists(found) == [[6, 1], [1, 12]]


def test_create_graph(lib, fun, x):
    x.requires_grad_()
    jacobian = fun.jacobian(lambda x: x**3, x, create_graph=True)
    jacobian.sum().backward()
    assert x.grad.tolist() == [6, 12]
    x.grad = None
    fun.vjp(lambda x: x**3, x, lib.ones_like(x), create_graph=True)[1].sum().backward()
    fun.jvp(lambda x: x**3, x, lib.ones_like(x), create_graph=True)[1].sum().backward()
    assert x.grad.tolist() == [12, 24]
    x.grad = None
    fun.hvp(lambda x: (x**3).sum(), x, lib.ones_like(x), create_graph=True)[1].sum().backward()
    fun.vhp(lambda x: (x**3).sum(), x, lib.ones_like(x), create_graph=True)[1].sum().backward()
    fun.hessian(lambda x: (x**3).sum(), x, create_graph=True).sum().backward()
    assert x.grad.tolist() == [18, 18]
    v = lib.ones_like(x, requires_grad=True)
    (found,) = lib.autograd.grad(fun.vjp(lambda x: x**3, x, v, create_graph=True)[1].sum(), v)
    assert found.tolist() == [3, 12]


def test_grad_mode_does_not_matter(lib, fun, x):
    with lib.no_grad():
        assert lists(fun.jacobian(lambda x: x**2, x)) == [[2, 0], [0, 4]]
        assert lists(fun.vjp(lambda x: (x**2).sum(), x)) == (5, [2, 4])
        assert lists(fun.hvp(lambda x: (x**3).sum(), x, lib.ones_like(x))) == (9, [6, 12])
        assert not lib.is_grad_enabled()


def test_arguments_are_not_what_the_function_knows(lib, fun, x):
    x.requires_grad_()
    assert lists(fun.jacobian(lambda a: a * x, x)) == [[1, 0], [0, 2]]


def test_errors(lib, fun, x):
    with raises("inputs given to vjp must be either a Tensor or a tuple of Tensors but the given", TypeError):
        fun.vjp(lambda x: x, 3.0)
    with raises("value at index 1 has type", TypeError):
        fun.jacobian(lambda x, k: x, (x, 3))
    with raises("outputs of the user-provided function given to jvp must be", TypeError):
        fun.jvp(lambda x: 3.0, x, x)
    with raises("vector v can only be None if the user-provided function returns a single Tensor"):
        fun.vjp(lambda x: x, x)
    with raises("vector v can only be None if the input to"):
        fun.jvp(lambda x: x, x)
    with raises("v has invalid size: should be"):
        fun.vjp(lambda x: x, x, f64(lib, [1.0]))
    with raises("Entry 0 in v has invalid size"):
        fun.jvp(lambda x: x, (x,), (f64(lib, [1.0]),))
    with raises("v is a tuple of invalid length: should be 1 but got 2"):
        fun.hvp(lambda x: x.sum(), (x,), (x, x))
    with raises("The given v should contain a single Tensor"):
        fun.vjp(lambda x: x, x, (x, x))
    for name in ("hvp", "vhp"):
        product = getattr(fun, name)
        with raises(f"function given to {name} should return a single Tensor"):
            product(lambda x: (x.sum(), x), x, x)
        with raises(f"returned by the function given to {name} should contain a single element"):
            product(lambda x: x, x, x)
    with raises("function given to hessian should return a single Tensor"):
        fun.hessian(lambda x: (x.sum(), x), x)
    with raises("should contain a single element"):
        fun.hessian(lambda x: x, x)
    for call in (fun.jacobian, lambda f, x, strategy: fun.hessian(f, x, outer_jacobian_strategy=strategy)):
        with raises("Expected strategy to be either", AssertionError):
            call(lambda x: x, x, strategy="sideways")
    with raises('`create_graph=True` and `strategy="forward-mode"` are not supported', NotImplementedError):
        fun.jacobian(lambda x: x, x, create_graph=True, strategy="forward-mode")
    with raises('`strict=True` and `strategy="forward-mode"` are not supported'):
        fun.jacobian(lambda x: x, x, strict=True, strategy="forward-mode")
    with raises("only implemented for|is only implemented for|isonly implemented for", NotImplementedError):
        fun.jacobian(lambda x: x, x, strategy="forward-mode")
    with raises("`strict=True` and `vectorized=True` are not supported"):
        fun.jacobian(lambda x: x, x, strict=True, vectorize=True)


def test_strict(lib, fun, x):
    v = lib.ones_like(x)
    unrelated = lambda x: lib.zeros(2, dtype=lib.float64)  # noqa: E731
    for product in (fun.vjp, fun.jvp):
        with raises("Output 0 of the user-provided function does not require gradients"):
            product(unrelated, x, v, strict=True)
    ignored = lambda a, b: a * 2  # noqa: E731
    with raises("output of the user-provided function is independent of input 1"):
        fun.vjp(ignored, (x, x), v, strict=True)
    with raises("The output of the user-provided function is independent of input 1"):
        fun.jvp(ignored, (x, x), (v, v), strict=True)
    with raises("Output 0 of the user-provided function is independent of input 1"):
        fun.jacobian(ignored, (x, x), strict=True)
    linear = lambda x: (x * 2).sum()  # noqa: E731
    for call in (lambda: fun.vhp(linear, x, v, strict=True), lambda: fun.hessian(linear, x, strict=True)):
        with raises("jacobian of the user-provided function with respect to input 0 is independent"):
            call()
    with raises("The jacobian of the user-provided function is independent of input 0"):
        fun.vjp(linear, x, strict=True, create_graph=True)
    with raises("The jacobian of the user-provided function is independent of input 0"):
        fun.jacobian(linear, x, strict=True, create_graph=True)
    mixed = lambda a, b: (a**2).sum() + b.sum()  # noqa: E731
    for product in (fun.vhp, fun.hvp):
        with raises("input 1 is independent of the input. This is not allowed in strict mode"):
            product(mixed, (x, x), (v, v), strict=True)
    square = lambda x: (x * x).sum()  # noqa: E731
    for product in (fun.vhp, fun.hvp):
        with raises("The hessian of the user-provided function is independent of input 0"):
            product(square, x, v, strict=True, create_graph=True)
    assert lists(fun.jacobian(lambda x: x**2, x, strict=True)) == [[2, 0], [0, 4]]
