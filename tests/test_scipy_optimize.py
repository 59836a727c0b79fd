"""tapegrad.scipy.optimize: SciPy's optimisers, with derivatives from the tape."""

import numpy as np
import pytest

so = pytest.importorskip("scipy.optimize")
pytestmark = pytest.mark.own("PyTorch has no such functions")

GRADIENT = ["CG", "BFGS", "L-BFGS-B", "TNC", "SLSQP", None]
SECOND = ["Newton-CG", "trust-constr", "trust-ncg", "trust-krylov", "trust-exact", "dogleg"]
VALUE = ["Nelder-Mead", "Powell", "COBYLA"]


@pytest.fixture
def optimize(lib):
    return lib.scipy.optimize


def rosenbrock(x):
    head, tail = x[:-1], x[1:]
    return (100 * (tail - head**2) ** 2 + (1 - head) ** 2).sum()


def quartic(x):
    """Convex everywhere, as dogleg asks."""
    return ((x - 1) ** 4).sum() + ((x - 1) ** 2).sum() + (x[0] - x[1]) ** 2


def by_hand(method):
    """SciPy's own derivatives of the Rosenbrock function, for what the method takes."""
    given = {} if method in VALUE else {"jac": so.rosen_der}
    if method in ("trust-exact", "dogleg"):
        given["hess"] = so.rosen_hess
    elif method in SECOND:
        given["hessp"] = so.rosen_hess_prod
    return given


@pytest.mark.parametrize("method", [*GRADIENT, *SECOND[:-1], *VALUE])
def test_the_same_steps_as_with_derivatives_by_hand(optimize, method):
    start = np.array([1.3, 0.7, 0.8])
    options = {"maxfun" if method == "TNC" else "maxiter": 60}
    found = optimize.minimize(rosenbrock, start, method=method, options=options)
    wanted = so.minimize(so.rosen, start, method=method, options=options, **by_hand(method))
    assert (found.get("nit"), found.nfev, found.status) == (wanted.get("nit"), wanted.nfev, wanted.status)
    assert found.x == pytest.approx(wanted.x, rel=1e-5)
    assert type(found.x) is np.ndarray
    assert np.shape(found.fun) == ()
    assert start.tolist() == [1.3, 0.7, 0.8]


@pytest.mark.parametrize("method", [*GRADIENT, *SECOND])
def test_every_method_finds_the_minimum(optimize, method):
    found = optimize.minimize(quartic, [3.0, -1.0, 2.0], method=method)
    assert found.success
    assert found.x == pytest.approx([1, 1, 1], abs=2e-2)


def test_one_call_for_value_and_derivatives(optimize):
    calls = []

    def counted(x):
        calls.append(x.requires_grad)
        return rosenbrock(x)

    found = optimize.minimize(counted, np.zeros(3), method="trust-exact")
    assert len(calls) == found.nfev
    assert all(calls)
    calls.clear()
    found = optimize.minimize(counted, np.zeros(3), method="Nelder-Mead", options={"maxiter": 5})
    assert len(calls) == found.nfev
    assert not any(calls)


def test_a_custom_method_gets_every_derivative(optimize):
    def newton(fun, x0, args, jac, hessp, **options):
        gradient = jac(x0)
        hessian = np.array([hessp(x0, unit) for unit in np.eye(len(x0))])
        return so.OptimizeResult(x=x0 - np.linalg.solve(hessian, gradient), success=True)

    found = optimize.minimize(lambda x: (x[0] - 2) ** 2 + x[0] * x[1] + x[1] ** 2, np.ones(2), method=newton)
    assert found.x == pytest.approx([8 / 3, -4 / 3])


@pytest.mark.parametrize("grad_mode_on", [True, False])
def test_any_grad_mode_and_other_leaves(lib, optimize, grad_mode, grad_mode_on):
    weight = lib.tensor(2.0, dtype=lib.float64, requires_grad=True)
    lib.set_grad_enabled(grad_mode_on)
    found = optimize.minimize(lambda x: (weight * (x - 3) ** 2).sum(), np.zeros(2))
    assert found.x == pytest.approx([3, 3])
    assert weight.grad is None
    assert lib.is_grad_enabled() is grad_mode_on


def test_trees(lib, optimize):
    start = {"w": np.zeros((2, 3), np.float32), "b": [lib.zeros(2, requires_grad=True), (1.0,)]}
    seen = []

    def objective(p):
        w, (b, (c,)) = p["w"], p["b"]
        assert (w.shape, b.shape, c.shape, w.dtype) == ((2, 3), (2,), (), lib.float64)
        return ((w - 3) ** 2).sum() + ((b + 1) ** 2).sum() + (c * 2 - 1) ** 2

    found = optimize.minimize(objective, start, callback=seen.append, method="BFGS")
    assert found.x["w"] == pytest.approx(np.full((2, 3), 3.0))
    assert found.x["b"][0] == pytest.approx([-1, -1])
    assert found.x["b"][1] == (pytest.approx(0.5),)
    assert found.jac["w"].shape == (2, 3)
    assert seen[-1]["w"].tolist() == found.x["w"].tolist()
    assert start["w"].dtype == np.float32
    matrix = optimize.minimize(lambda m: ((m - 1) ** 2).sum(), np.zeros((2, 2)))
    assert matrix.x == pytest.approx(np.ones((2, 2)))
    number = optimize.minimize(lambda x: ((x - 1) ** 2).sum(), 3)
    assert number.x == pytest.approx([1])


def test_callbacks(optimize):
    shapes = []

    def stop(intermediate_result):
        shapes.append((intermediate_result.x.shape, intermediate_result.fun))
        if len(shapes) == 3:
            raise StopIteration

    rows = optimize.minimize(lambda m: rosenbrock(m.reshape(-1)), np.zeros((2, 2)), callback=stop)
    assert [shape for shape, _ in shapes] == [(2, 2)] * 3
    assert (rows.nit, rows.success) == (3, False)
    states = []
    optimize.minimize(
        quartic, np.zeros(2), method="trust-constr", callback=lambda x, state: states.append(state.nit)
    )
    assert states == list(range(1, len(states) + 1))


def test_arguments(lib, optimize):
    target = np.array([1.0, 2.0])
    found = optimize.minimize(lambda x, a, k: ((x - lib.from_numpy(a)) ** 2).sum() * k, [0, 0], (target, 3.0))
    assert found.x == pytest.approx(target)
    found = optimize.minimize(lambda x, k: ((x - k) ** 2).sum(), [0.0], args=3.0)
    assert found.x == pytest.approx([3])
    found = optimize.minimize(rosenbrock, np.zeros(2), bounds=[(0, 0.5), (None, None)])
    assert found.x == pytest.approx([0.5, 0.25], abs=1e-5)
    found = optimize.minimize(rosenbrock, np.zeros(2), method="BFGS", tol=1e-1, options={"maxiter": 3})
    assert found.nit <= 3


@pytest.mark.parametrize("infinite", ["a number", "a Variable"])
def test_out_of_bounds_by_a_constant(lib, optimize, infinite):
    outside = lib.tensor(np.inf) if infinite == "a Variable" else np.inf

    def barrier(x):
        return (x - x.log()).sum() if (x > 0).all() else outside

    assert optimize.minimize(barrier, [5.0, 0.5]).x == pytest.approx([1, 1], abs=1e-4)


DICTS = [
    {"type": "ineq", "fun": lambda x, k: k - x[0] ** 2 - x[1], "args": (1,)},
    {"type": "eq", "fun": lambda x: x[0] - 2 * x[1]},
]
OWN = [
    {"type": "ineq", "fun": lambda x: 1 - x[0] ** 2 - x[1], "jac": lambda x: np.array([-2 * x[0], -1])},
    so.LinearConstraint([[1, -2]], 0, 0),
]
OBJECTS = [
    so.NonlinearConstraint(lambda x: [x[0] ** 2 + x[1]], -np.inf, 1),
    so.NonlinearConstraint(lambda x: x[:1] - 2 * x[1:], 0, 0, hess=so.SR1()),
]


@pytest.mark.parametrize("constraints", [DICTS, OWN, OBJECTS])
@pytest.mark.parametrize("method", ["SLSQP", "trust-constr"])
@pytest.mark.filterwarnings("ignore:delta_grad == 0.0", "ignore:Constraint options")  # SR1: linear, not used
def test_constraints(optimize, method, constraints):
    found = optimize.minimize(rosenbrock, [0.5, 0.2], method=method, constraints=constraints)
    x = (-1 + np.sqrt(1 + 16)) / 4  # on both
    wanted = so.minimize_scalar(lambda x: so.rosen([x, x / 2]), bounds=(0, x), method="bounded").x
    assert found.x == pytest.approx([wanted, wanted / 2], abs=1e-4)


@pytest.mark.parametrize("method", ["SLSQP", "trust-constr"])
def test_gradients_are_arrays_in_order(optimize, method):
    """The gradient of a sum is one number that is seen as many, and compiled code reads past it."""
    disc = {"type": "ineq", "fun": lambda x: 1 - (x**2).sum()}
    found = optimize.minimize(lambda x: x.sum(), [0.5, 0.0], method=method, constraints=disc)
    assert found.x == pytest.approx([-np.sqrt(0.5)] * 2, abs=1e-4)
    kept = []
    optimize.minimize(
        lambda x: x.sum(),
        np.ones(3),
        method=lambda fun, x, args, jac, **_: kept.append(jac(x)) or so.OptimizeResult(),
    )
    assert kept[0].flags.c_contiguous
    assert kept[0].flags.writeable


def test_curvature_of_constraints_is_exact(optimize):
    """Newton's method then needs few steps, where differences of gradients need more."""
    circle = so.NonlinearConstraint(lambda x: (x**2).sum(), 1, 1)
    found = optimize.minimize(
        lambda x: x.exp().sum(), [0.9, -0.8, 0.1], method="trust-constr", constraints=circle
    )
    plain = so.minimize(
        lambda x: np.exp(x).sum(),
        [0.9, -0.8, 0.1],
        jac=np.exp,
        hess=lambda x: np.diag(np.exp(x)),
        method="trust-constr",
        constraints=so.NonlinearConstraint(
            lambda x: (x**2).sum(), 1, 1, lambda x: 2 * x, lambda x, v: 2 * v[0] * np.eye(3)
        ),
    )
    assert found.nit == plain.nit
    assert found.x == pytest.approx(plain.x, abs=1e-8)


def test_quasi_newton_beside_the_tape(optimize):
    found = optimize.minimize(rosenbrock, [0.5, 0.5], method="trust-constr", hess=so.BFGS())
    assert found.x == pytest.approx([1, 1], abs=1e-3)
    with pytest.raises(TypeError, match="Hessians themselves come from the tape"):
        optimize.minimize(rosenbrock, [0.5, 0.5], method="Newton-CG", hess=so.rosen_hess)


TIMES = np.linspace(0, 1, 20)
HEIGHTS = 2 * np.exp(-3 * TIMES) + 1


def decay(p, times):
    return p[0] * (p[1] * times).exp() + p[2] - HEIGHTS


def decay_jacobian(p, times):
    e = np.exp(p[1] * times)
    return np.stack([e, p[0] * times * e, np.ones_like(times)], 1)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"method": "lm"},
        {"method": "dogbox", "bounds": (-5, 5)},
        {"loss": "soft_l1", "f_scale": 0.1},
        {"tr_solver": "lsmr"},
        {"tr_solver": "lsmr", "x_scale": "jac"},
    ],
)
def test_least_squares(optimize, options):
    start = np.array([1.0, -1.0, 0.0])
    found = optimize.least_squares(decay, start, args=(TIMES,), **options)
    wanted = so.least_squares(
        lambda p, t: p[0] * np.exp(p[1] * t) + p[2] - HEIGHTS, start, decay_jacobian, args=(TIMES,), **options
    )
    assert found.nfev == wanted.nfev
    assert found.x == pytest.approx([2, -3, 1], abs=1e-6)
    operator = "tr_solver" in options and "x_scale" not in options
    jacobian = found.jac @ np.eye(3) if operator else found.jac
    assert jacobian == pytest.approx(decay_jacobian(found.x, TIMES))
    assert isinstance(found.jac, np.ndarray) is not operator
    if operator:
        assert found.jac.T @ np.ones(20) == pytest.approx(decay_jacobian(found.x, TIMES).sum(0))


def test_least_squares_with_few_residuals_and_trees(optimize):
    def residuals(p, *, target):
        return [(p["a"] ** 2).sum() - target, p["b"] - 1]

    found = optimize.least_squares(
        residuals, {"a": np.ones(5), "b": np.zeros((1, 2))}, kwargs={"target": 20.0}
    )
    assert (found.x["a"] ** 2).sum() == pytest.approx(20)
    assert found.x["b"] == pytest.approx(np.ones((1, 2)))
    assert found.grad["a"].shape == (5,)


def test_arguments_that_have_no_place(optimize):
    for function in (optimize.minimize, optimize.least_squares, optimize.root):
        with pytest.raises(TypeError, match=r"takes no jac: derivatives come from the tape, leave it out"):
            function(lambda x: x.sum(), np.ones(2), jac="3-point")
        with pytest.raises(TypeError, match="unexpected keyword argument 'nothing'"):
            function(lambda x: x.sum(), np.ones(2), nothing=3)


@pytest.mark.parametrize("method", ["hybr", "lm", "broyden1", "anderson"])
def test_root(optimize, method):
    def equations(x, k):
        return [x[0] + 0.5 * (x[0] - x[1]) ** 3 - k, 0.5 * (x[1] - x[0]) ** 3 + x[1]]

    found = optimize.root(equations, [0.0, 0.0], args=1.0, method=method)
    assert found.success
    assert found.x == pytest.approx([0.8411639, 0.1588361], abs=1e-5)
    if method in ("hybr", "lm"):
        assert found.njev >= 1
    matrix = optimize.root(lambda m: m @ m - np.array([[2.0, 1], [1, 2]]), np.eye(2), method=method)
    assert matrix.x @ matrix.x == pytest.approx(np.array([[2.0, 1], [1, 2]]), abs=1e-4)


def test_errors(lib, optimize):
    minimize, start = optimize.minimize, np.ones(2)
    with pytest.raises(TypeError, match="must return a Variable, not float: no gradient can be had"):
        minimize(lambda x: 3.0, start)
    with pytest.raises(ValueError, match=r"must return one number, got \(2,\): sum\(\) it"):
        minimize(lambda x: x, start)
    with pytest.raises(ValueError, match="must return one number, got a tuple"):
        minimize(lambda x: (x.sum(), x), start)
    with pytest.raises(RuntimeError, match="returned a constant: no gradient can be had"):
        minimize(lambda x: x.detach().sum(), start)
    other = lib.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="does not use x: no gradient can be had"):
        minimize(lambda x: other.sum(), start)
    with pytest.raises(RuntimeError, match="does not use x"):
        optimize.least_squares(lambda x: other * 1, start)
    with pytest.raises(TypeError, match=r"must hold real numbers, not str"):
        minimize(lambda x: x.sum(), {"a": "b"})
    with pytest.raises(TypeError, match="complex128"):
        minimize(lambda x: x.sum(), np.ones(2, complex))
    with pytest.raises(ZeroDivisionError):
        minimize(lambda x: x.sum() / (1 // 0), start)
    assert lib.is_grad_enabled()
    linear = minimize(lambda x: x.sum(), start, method="trust-exact", options={"maxiter": 2})
    assert linear.hess.tolist() == np.zeros((2, 2)).tolist()


def test_bounds_by_name(lib, optimize):
    start = {"a": 1.0, "b": np.array([1.0, 2.0]), "more": {"c": [0.5, 0.5]}}

    def loss(p):
        return (p["a"] + 1) ** 2 + ((p["b"] - 5) ** 2).sum() + sum((c - 3) ** 2 for c in p["more"]["c"])

    bounds = {"a": (0, None), "b": ([-1, -1], [3, 9]), "more": {"c": (None, 2)}}
    found = optimize.minimize(loss, start, bounds=bounds, method="L-BFGS-B").x
    assert found["a"] == pytest.approx(0, abs=1e-6)
    assert found["b"] == pytest.approx([3, 5])
    assert np.array(found["more"]["c"]) == pytest.approx([2, 2])
    assert optimize.minimize(loss, start, bounds={"more": {}}).x["a"] == pytest.approx(-1, abs=1e-4)
    alone = optimize.minimize(loss, start, bounds={"b": (0, 4)}).x
    assert alone["a"] == pytest.approx(-1, abs=1e-4)
    assert alone["b"] == pytest.approx([4, 4])
    fit = optimize.least_squares(lambda p: p["a"] - 3, {"a": 1.0}, bounds={"a": (0, 2)})
    assert fit.x["a"] == pytest.approx(2)
    for wrong in ({"z": (0, 1)}, {"a": 3}, {"b": ([0, 0, 0], 1)}, {"more": [0, 1]}, {"a": (0, 1, 2)}):
        with pytest.raises(ValueError, match=r"bounds.* must be"):
            optimize.minimize(loss, start, bounds=wrong)


def falling(x, a, rate, c):
    return a * np.exp(-rate * x) + c


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"p0": [2.0, 1.0, 0.0]},
        {"sigma": np.linspace(0.1, 0.3, 40), "absolute_sigma": True},
        {"bounds": ([0, 0, -1], [10, 3, 1])},
        {"method": "trf", "p0": [2.0, 1.0, 0.0]},
    ],
    ids=str,
)
def test_curve_fit(lib, optimize, options):
    x = np.linspace(0, 4, 40)
    y = falling(x, 2.5, 1.3, 0.5) + 0.05 * np.random.default_rng(0).standard_normal(40)
    found, covariance = optimize.curve_fit(falling, x, y, **options)
    wanted, spread = so.curve_fit(falling, x, y, **options)
    assert found == pytest.approx(wanted, rel=1e-5)
    assert covariance == pytest.approx(spread, rel=1e-3)
    again, _ = optimize.curve_fit(falling, lib.tensor(x), y.tolist(), **options)
    assert again == pytest.approx(found, rel=1e-6)


@pytest.mark.parametrize("options", [{}, {"sigma": np.linspace(0.1, 0.3, 40)}, {"method": "trf"}], ids=str)
def test_curve_fit_of_a_constant(lib, optimize, options):
    y = np.random.default_rng(0).standard_normal(40)
    found, covariance = optimize.curve_fit(lambda x, a: a, np.arange(40.0), y, **options)
    wanted, spread = so.curve_fit(lambda x, a: a, np.arange(40.0), y, **options)
    assert found == pytest.approx(wanted)
    assert covariance == pytest.approx(spread)
    y[4] = np.nan
    options = {**options, "nan_policy": "omit", "check_finite": False}
    if "sigma" not in options:  # which SciPy does not cut
        found, _ = optimize.curve_fit(lambda x, a: a, np.arange(40.0), y, **options)
        assert found == pytest.approx(np.nanmean(y))


def test_inference_mode_is_refused(lib, optimize):
    with lib.inference_mode():
        with pytest.raises(RuntimeError, match="nothing is recorded in inference mode"):
            optimize.minimize(lambda x: (x * x).sum(), [1.0])
        found = optimize.minimize(lambda x: (x * x).sum(), [1.0], method="Nelder-Mead")
    assert found.fun == pytest.approx(0, abs=1e-6)


def test_curve_fit_of_several_variables_and_missing_data(lib, optimize):
    x = np.random.default_rng(1).uniform(0, 1, (2, 30))
    y = 3 * x[0] + np.sin(2 * x[1])
    y[4] = np.nan

    def model(x, a, b):
        return a * x[0] + (b * x[1]).sin()

    found, _ = optimize.curve_fit(model, x, y, [1.0, 1.0], nan_policy="omit", check_finite=False)
    assert found == pytest.approx([3, 2])
    with pytest.raises(TypeError, match="takes no jac"):
        optimize.curve_fit(model, x, y, [1.0, 1.0], jac="2-point")
    with pytest.raises(ValueError, match="Unable to determine number of fit parameters"):
        optimize.curve_fit(lambda x, *p: p[0] * x[0], x, y)
    with pytest.raises(RuntimeError, match="returned a constant"):
        optimize.curve_fit(lambda x, a: lib.tensor(x[0]), x, np.ones(30))
    with pytest.raises(TypeError, match="must return a Variable"):
        optimize.curve_fit(lambda x, a: a.item() * x[0], x, np.ones(30))
