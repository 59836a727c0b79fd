"""tapegrad.func: derivatives of plain functions of plain arguments."""

import collections
import math
import weakref

import numpy as np
import pytest
from scipy import optimize

TORCH_LOADS = pytest.mark.filterwarnings("ignore:.torch.jit.script")
Pair = collections.namedtuple("Pair", "a b")


def f64(lib, values, **options):
    return lib.tensor(values, dtype=lib.float64, **options)


def test_grad(lib):
    x = f64(lib, [1.0, 2.0])
    f = lambda x, y: (x**2 * y).sum()  # noqa: E731
    grad = lib.func.grad
    assert grad(f)(x, x).tolist() == [2, 8]
    assert grad(f, argnums=1)(x, x).tolist() == [1, 4]
    assert grad(f, argnums=-1)(x, x).tolist() == [1, 4]
    both = grad(f, argnums=(1, 0))(x, x)
    assert isinstance(both, tuple)
    assert [g.tolist() for g in both] == [[1, 4], [2, 8]]
    value, g = _value_and_grad(lib)(f)(x, x)
    assert (value.tolist(), g.tolist()) == (9, [2, 8])
    assert [v.requires_grad for v in (value, g, x)] == [False] * 3


def _value_and_grad(lib):
    """PyTorch has it the other way round."""
    if hasattr(lib.func, "value_and_grad"):
        return lib.func.value_and_grad
    return lambda f: lambda *args: lib.func.grad_and_value(f)(*args)[::-1]


def test_aux(lib):
    x = f64(lib, [1.0, 2.0])

    def f(x):
        return (x**2).sum(), {"twice": x * 2}

    g, aux = lib.func.grad(f, has_aux=True)(x)
    assert (g.tolist(), aux["twice"].tolist()) == ([2, 4], [2, 4])
    assert not aux["twice"].requires_grad


def test_nested(lib):
    cube = lambda x: x**3  # noqa: E731
    grad = lib.func.grad
    x = f64(lib, 2.0)
    found = [grad(cube), grad(grad(cube)), grad(grad(grad(cube)))]
    assert [g(x).tolist() for g in found] == [12, 12, 6]
    # the inner derivative depends on the outer argument through the function alone
    assert grad(lambda x: grad(lambda y: x * y)(f64(lib, 5.0)))(x).tolist() == 1
    assert grad(lambda x: x * grad(lambda y: x + y)(x))(x).tolist() == 1


def test_leaves_outside_get_gradients_too(lib):
    w = f64(lib, 3.0, requires_grad=True)
    x = f64(lib, 2.0)
    g = lib.func.grad(lambda x: w * x**2)(x)
    g.backward()
    assert (g.tolist(), w.grad.tolist()) == (12, 4)
    x.requires_grad_()
    lib.func.grad(lambda x: x**3)(x).backward()
    assert x.grad.tolist() == 12
    with lib.no_grad():
        g = lib.func.grad(lambda x: w * x**2)(x)
    assert (g.tolist(), g.requires_grad) == (12, False)
    assert lib.func.grad(lambda x: w.detach() * 1.0)(x).tolist() == 0


def test_trees(lib):
    tree = {"w": [f64(lib, [1.0, 2.0]), (f64(lib, 3.0),)], "p": Pair(f64(lib, 4.0), f64(lib, [5.0]))}
    f = lambda t: t["w"][0].sum() * t["w"][1][0] * t["p"].a + t["p"].b.sum()  # noqa: E731
    g = lib.func.grad(f)(tree)
    assert g["w"][0].tolist() == [12, 12]
    assert g["w"][1][0].tolist() == 12
    assert isinstance(g["p"], Pair)
    assert (g["p"].a.tolist(), g["p"].b.tolist()) == (9, [1])


def test_vjp(lib):
    x = f64(lib, [1.0, 2.0])
    out, product = lib.func.vjp(lambda x, y: {"s": x * y, "t": (x.sum(),)}, x, x + 1)
    assert (out["s"].tolist(), out["t"][0].tolist()) == ([2, 6], 3)
    for _ in range(2):
        gx, gy = product({"s": f64(lib, [1.0, 0.0]), "t": (f64(lib, 10.0),)})
        assert (gx.tolist(), gy.tolist()) == ([12, 10], [1, 0])
    out, product, aux = lib.func.vjp(lambda x: (x * 2, x + 1), x, has_aux=True)
    assert (product(x)[0].tolist(), aux.tolist()) == ([2, 4], [2, 3])


@TORCH_LOADS
def test_jvp(lib):
    x = f64(lib, [1.0, 2.0])
    out, tangent = lib.func.jvp(lambda x, y: (x * y, x.sum()), (x, x + 1), (f64(lib, [1.0, 0.0]), x))
    assert (out[0].tolist(), out[1].tolist()) == ([2, 6], 3)
    assert (tangent[0].tolist(), tangent[1].tolist()) == ([3, 4], 1)
    second = lib.func.jvp(lib.func.grad(lambda x: (x**3).sum()), (x,), (f64(lib, [1.0, 0.0]),))[1]
    assert second.tolist() == [6, 0]


@TORCH_LOADS
def test_jacobians(lib):
    x = f64(lib, [1.0, 2.0])
    f = lambda x, y: (x**2, {"p": x[0] * x[1] * y})  # noqa: E731
    for jacobian in (lib.func.jacrev, lib.func.jacfwd):
        first, second = jacobian(f)(x, f64(lib, 2.0))
        assert (first.tolist(), second["p"].tolist()) == ([[2, 0], [0, 4]], [4, 2])
        (gx, gy), _ = jacobian(f, argnums=(0, 1))(x, f64(lib, 2.0))
        assert (gx.tolist(), gy.tolist()) == ([[2, 0], [0, 4]], [0, 0])
        matrix = jacobian(lambda m: m.transpose(0, 1))(f64(lib, [[1.0, 2.0, 3.0]]))
        assert matrix.shape == (3, 1, 1, 3)
        assert matrix.reshape(3, 3).tolist() == np.eye(3).tolist()
    assert lib.func.hessian(lambda x: (x**3).sum() + x[0] * x[1])(x).tolist() == [[6, 1], [1, 12]]
    cube = lambda x: x**3  # noqa: E731
    second = lib.func.jacfwd(lib.func.jacrev(cube))(x)
    assert second.tolist() == lib.func.jacrev(lib.func.jacfwd(cube))(x).tolist()
    assert second.sum() == 18


def test_errors(lib):
    x = f64(lib, [1.0, 2.0])
    with pytest.raises(RuntimeError, match="to return a scalar Tensor"):
        lib.func.grad(lambda x: x)(x)
    with pytest.raises(RuntimeError, match="Got argnum=2, but only 1 positional inputs"):
        lib.func.grad(lambda x: x.sum(), argnums=2)(x)


NUMBERS = "NumPy arrays and floats are tapegrad's own"


@pytest.mark.own("PyTorch takes no function whose result has dimensions")
def test_results_of_one_element(lib):
    f = lambda x: np.sum(np.sin(x), axis=1, keepdims=True)  # noqa: E731
    value, gradient = lib.func.value_and_grad(f)(x := np.array([[1.0, 2.0]]))
    np.testing.assert_allclose(value, f(x))
    np.testing.assert_allclose(gradient, np.cos(x))
    np.testing.assert_allclose(lib.func.hessian(f)(x).reshape(2, 2), np.diag(-np.sin(x[0])))
    assert lib.func.grad(lambda x: x[:1] ** 2)(f64(lib, [3.0, 1.0])).tolist() == [6, 0]


@pytest.mark.own(NUMBERS)
@pytest.mark.parametrize("constant", [3.0, 3, np.float32(3), np.array(3.0), np.array([3])])
def test_constants_have_derivative_zero_with_a_warning(lib, constant):
    func = lib.func
    with pytest.warns(UserWarning, match="either it does not depend on its arguments") as caught:
        assert func.value_and_grad(lambda x: constant)(1.0) == (3.0, 0.0)
    assert caught[0].filename == __file__
    with pytest.warns(UserWarning, match="taken to be zero"):
        assert func.jacrev(lambda x: (2 * x, constant))(1.0) == (2.0, 0.0)


@pytest.mark.own(NUMBERS)
def test_numbers_and_arrays(lib):
    func = lib.func
    g = func.grad(f := lambda x: x**3 + x.sin())(2.0)
    assert type(g) is float
    assert g == pytest.approx(12 + math.cos(2))
    assert type(func.grad(func.grad(f))(2.0)) is float
    a = np.array([1.0, 2.0])
    value, g = func.value_and_grad(lambda a: (a * a).sum())(a)
    assert type(value) is float
    assert type(g) is np.ndarray
    assert (g.dtype, g.tolist(), a.tolist()) == (np.float64, [2, 4], [1, 2])
    single = func.grad(lambda a: a.sum())(np.ones(2, np.float32))
    assert single.dtype == np.float32
    g = func.grad(lambda t: t["a"].sum() * t["b"])({"a": a, "b": 3.0})
    assert (g["a"].tolist(), g["b"]) == ([3, 3], 3)
    assert func.hessian(lambda a: (a**3).sum())(a).tolist() == [[6, 0], [0, 12]]
    assert func.jacrev(lambda a, k: a * k, argnums=1)(a, 2.0).tolist() == [1, 2]
    out, product = func.vjp(lambda a: a * 2, a)
    assert type(out) is np.ndarray
    assert product(np.ones(2))[0].tolist() == [2, 2]
    assert func.jvp(lambda x: x**2, (3.0,), (2.0,)) == (9, 12)
    # the inner function's result is part of the outer's graph, so it is no float
    assert func.grad(lambda x: func.grad(lambda y: x * y**2)(2.0))(3.0) == 4
    assert func.grad(lambda x: (x**2, "aux"), has_aux=True)(3.0) == (6, "aux")
    assert func.grad(lambda x, none: x * 2, argnums=(0, 1))(1.0, None) == (2, None)


@pytest.mark.own(NUMBERS)
def test_wrong_numbers(lib):
    func = lib.func
    with pytest.raises(TypeError, match="is int: derivatives are of floating point numbers"):
        func.grad(lambda x: x * 2)(3)
    with pytest.raises(TypeError, match=r"of dtype tapegrad\.int64"):
        func.grad(lambda x: x.sum())(np.arange(3))
    with pytest.raises(TypeError, match="holds a str"):
        func.grad(lambda x: x)("x")
    with pytest.raises(RuntimeError, match="got ndarray: either it does not depend"):
        func.grad(lambda x: np.array(["x"]))(1.0)
    with pytest.raises(TypeError, match="the function returned a bool"):
        func.grad(lambda x: np.allclose(x, x))(1.0)
    with pytest.raises(RuntimeError, match="got tuple: use jacrev"):
        func.grad(lambda x: (x, x))(1.0)
    with pytest.raises(RuntimeError, match="a tuple of two"):
        func.grad(lambda x: x, has_aux=True)(1.0)
    with pytest.raises(TypeError, match="argnums must be"):
        func.grad(lambda x: x, argnums=("x",))(1.0)
    _, product = func.vjp(lambda x: {"a": x}, 1.0)
    with pytest.raises(ValueError, match="cotangent must be a dict with the keys"):
        product(1.0)
    with pytest.raises(ValueError, match=r"has shape \(2,\) where \(\) is expected"):
        product({"a": np.ones(2)})
    with pytest.raises(RuntimeError, match="to be tuples"):
        func.jvp(lambda x: x, 1.0, 1.0)
    with pytest.raises(ZeroDivisionError):
        func.grad(lambda x: x * (1 / 0))(1.0)
    assert lib.is_grad_enabled()
    with lib.no_grad(), pytest.raises(ZeroDivisionError):
        func.grad(lambda x: x * (1 / 0))(1.0)
    assert lib.is_grad_enabled()


@pytest.mark.own(NUMBERS)
def test_optimiser_takes_it(lib):
    rosenbrock = lambda x: (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2  # noqa: E731
    both, hessian = lib.func.value_and_grad(rosenbrock), lib.func.hessian(rosenbrock)
    found = optimize.minimize(both, np.zeros(2), jac=True, hess=hessian, method="trust-exact")
    assert found.x == pytest.approx([1, 1])


NESTED = {
    "grad": lambda func, f, x: func.grad(f)(x),
    "jacrev": lambda func, f, x: func.jacrev(f)(x),
    "jacfwd": lambda func, f, x: func.jacfwd(f)(x),
    "value_and_grad": lambda func, f, x: func.value_and_grad(f)(x)[1],
    "jvp": lambda func, f, x: func.jvp(f, (x,), (1.0,))[1],
    "vjp": lambda func, f, x: func.vjp(f, x)[1](1.0)[0],
}


@pytest.mark.own("PyTorch's takes and gives tensors alone")
@pytest.mark.parametrize("inner", NESTED)
@pytest.mark.parametrize("outer", NESTED)
def test_functions_that_close_over_the_outer_argument(lib, inner, outer):
    """The inner derivative belongs to the outer function's graph, and the outer result to nobody's."""
    found = NESTED[outer](lib.func, lambda x: x * NESTED[inner](lib.func, lambda y: x * y**2, 3.0), 2.0)
    assert isinstance(found, float)
    assert found == 24.0


@pytest.mark.own("PyTorch's takes and gives tensors alone")
def test_arguments_of_inner_derivatives_go_when_they_are_done(lib):
    made = []

    def inner(y):
        made.append(weakref.ref(y))
        return (y**2).sum()

    def outer(x):
        for _ in range(3):
            lib.func.grad(inner)(np.ones(5))
            assert made[-1]() is None
        return x * x

    assert lib.func.grad(outer)(1.5) == 3.0


@pytest.mark.own("PyTorch's takes and gives tensors alone")
def test_a_leaf_of_ones_own_keeps_results_on_the_tape(lib):
    w = lib.tensor(2.0, dtype=lib.float64, requires_grad=True)
    grad = lib.func.grad
    result = grad(lambda x: x * grad(lambda y: w * y**2)(3.0))(5.0)
    result.backward()
    assert w.grad.item() == 6.0


@pytest.mark.own("PyTorch's takes and gives tensors alone")
def test_a_loss_with_derivatives_of_its_model(lib):
    """As of a network that has to satisfy a differential equation: SciPy gets plain numbers."""

    def loss(w):
        curvature = lib.func.grad(lib.func.grad(lambda x: np.tanh(w[0] * x)))
        return (curvature(0.5) + 0.3) ** 2

    value, slope = lib.func.value_and_grad(loss)(np.array([0.7]))
    assert isinstance(value, float)
    assert isinstance(slope, np.ndarray)
    assert optimize.minimize(lib.func.value_and_grad(loss), [0.6], jac=True).fun == pytest.approx(0, abs=1e-6)


@pytest.mark.own("PyTorch takes no function that returns numbers")
def test_warnings_about_code_without_a_module_name(lib):
    code = "lib.func.grad(lambda a: (a * a).sum().item())(lib.ones(3))"
    with pytest.warns(UserWarning, match="returned a float where Variables are expected"):
        exec(code, {"lib": lib})


@pytest.mark.own("PyTorch's records in inference mode too")
def test_inference_mode_has_no_derivatives(lib):
    with lib.inference_mode():
        with pytest.raises(RuntimeError, match="nothing is recorded in inference mode"):
            lib.func.grad(lambda x: x * x)(3.0)
        with lib.inference_mode(False):
            assert lib.func.grad(lambda x: x * x)(3.0) == 6
