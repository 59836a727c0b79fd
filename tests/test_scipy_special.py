"""tapegrad.scipy.special: values as SciPy's, derivatives by finite differences, conventions at the edges."""

import importlib
import subprocess
import sys

import numpy as np
import pytest

sc = pytest.importorskip("scipy.special")
pytestmark = pytest.mark.own("by SciPy's names, on SciPy's functions")

REAL = (-2.3, -0.7, 0.4, 1.9, 3.1)
POSITIVE = (0.2, 0.9, 1.7, 3.4, 8.0)
INSIDE = (0.05, 0.3, 0.5, 0.8, 0.97)
DOMAINS = {
    **dict.fromkeys(["erf", "erfc", "erfcx", "erfi", "dawsn", "expit", "log_expit", "exp2", "expm1"], REAL),
    **dict.fromkeys(["i0", "i0e", "i1", "i1e", "j0", "j1", "ndtr", "log_ndtr", "gamma", "gammaln"], REAL),
    **dict.fromkeys(["digamma", "psi", "rgamma", "expi", "gammasgn"], REAL),
    **dict.fromkeys(["erfinv", "logit", "ndtri", "erfcinv"], INSIDE),
    **dict.fromkeys(["cbrt", "exp10", "cosm1", "sindg", "cosdg", "tandg", "cotdg", "wrightomega"], REAL),
    **dict.fromkeys(["exprel", "hyp0f1", "hyp1f1", "stdtr", "owens_t"], REAL),
    **dict.fromkeys(["huber", "pseudo_huber"], REAL),
    **dict.fromkeys(["ellipk", "ellipe", "hyp2f1"], (-3.0, 0.0, *INSIDE[:3])),
    **dict.fromkeys(["betainc", "betaincc", "betaincinv", "betainccinv", "gammaincinv"], INSIDE),
    **dict.fromkeys(["ellipkinc", "ellipeinc", "gammainccinv", "stdtrit", "chdtri", "poch"], INSIDE),
    **dict.fromkeys([name for name in dir(sc) if name.startswith("eval_")], (-0.9, -0.3, 0.0, 0.6, 1.0)),
    **dict.fromkeys(["boxcox", "boxcox1p", "inv_boxcox", "inv_boxcox1p"], (-0.6, 0.0, 0.4, 1.9, 3.1)),
}
# The first arguments of those that take several, and what is differentiated by.
PAIRS = {
    **dict.fromkeys(["beta", "betaln", "rel_entr", "kl_div", "xlogy"], ((0.6,), (0, 1))),
    "xlog1py": ((0.6,), (0, 1)),
    **dict.fromkeys(["gammainc", "gammaincc"], ((2.5,), (1,))),
    **dict.fromkeys(["iv", "ive", "kv", "kve", "jv", "jn", "yv"], ((1.5,), (1,))),
    **dict.fromkeys(["kn", "yn"], ((2.0,), (1,))),
    **dict.fromkeys(
        ["betainc", "betaincc", "betaincinv", "betainccinv", "fdtr", "fdtrc"], ((1.5, 2.5), (2,))
    ),
    **dict.fromkeys(["gammaincinv", "gammainccinv", "stdtr", "stdtrit", "chdtr", "chdtrc"], ((2.5,), (1,))),
    **dict.fromkeys(["chdtri", "hyp0f1"], ((2.5,), (1,))),
    **dict.fromkeys(["pdtr", "pdtrc", "expn"], ((3.0,), (1,))),
    **dict.fromkeys(["binom", "poch"], ((6.3,), (0, 1))),
    **dict.fromkeys(["powm1", "owens_t", "huber", "pseudo_huber"], ((0.6,), (0, 1))),
    **dict.fromkeys(["boxcox", "boxcox1p", "inv_boxcox", "inv_boxcox1p"], ((0.6,), (0, 1))),
    **dict.fromkeys(["ellipkinc", "ellipeinc"], ((0.6,), (0, 1))),
    **dict.fromkeys(["hyp1f1", "hyperu"], ((1.5, 2.5), (2,))),
    "hyp2f1": ((1.5, 2.5, 1.2), (3,)),
    **dict.fromkeys(["eval_chebyt", "eval_chebyu", "eval_laguerre", "eval_legendre"], ((3.0,), (1,))),
    **dict.fromkeys(["eval_hermite", "eval_hermitenorm"], ((3,), (1,))),
    **dict.fromkeys(["eval_gegenbauer", "eval_genlaguerre"], ((3.0, 0.7), (2,))),
    "eval_jacobi": ((3.0, 0.7, 0.4), (3,)),
}
FUNCTIONS = sorted(
    set(importlib.import_module("tapegrad.scipy.special").__all__)
    - {"logsumexp", "softmax", "log_softmax", "polygamma", "multigammaln", "sinc"}
)


@pytest.fixture
def special(lib):
    return lib.scipy.special


def arguments(lib, name, dtype="float64"):
    first = PAIRS.get(name, ((), ()))[0]
    last = DOMAINS.get(name, POSITIVE)
    return [lib.tensor(np.array(v, None if isinstance(v, int) else dtype)) for v in (*first, last)]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_values(lib, special, name, dtype):
    args = arguments(lib, name, dtype)
    found = getattr(special, name)(*args)
    wanted = getattr(sc, name)(*(a.numpy() for a in args))
    assert found.dtype == getattr(lib, dtype)
    assert found.numpy() == pytest.approx(wanted, rel=1e-13 if dtype == "float64" else 1e-5)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_first_and_second_derivatives(lib, special, name):
    args = arguments(lib, name)
    for i in PAIRS.get(name, ((), (0,)))[1]:
        args[i].requires_grad_()
    assert lib.autograd.gradcheck(getattr(special, name), args)
    assert lib.autograd.gradgradcheck(getattr(special, name), args)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_broadcasting_and_numbers(lib, special, name):
    *first, last = arguments(lib, name)
    column = last.reshape(-1, 1).expand(5, 3).clone().requires_grad_()
    arrays = [np.full((1, 3), a.item()) for a in first]  # beside a Variable
    found = getattr(special, name)(*arrays, column)
    assert found.shape == (5, 3)
    found.sum().backward()
    assert column.grad.isfinite().all()
    numbers = [a.item() for a in first]
    number = getattr(special, name)(*numbers, float(last[0]))
    assert (number.shape, number.dtype) == ((), lib.float64)
    assert number.item() == pytest.approx(found[0, 0].item(), rel=1e-12)
    assert getattr(special, name)(*numbers, last.tolist()).numpy() == pytest.approx(
        found[:, 0].detach().numpy()
    )


@pytest.mark.parametrize("name", sorted(n for n, (first, by) in PAIRS.items() if len(by) <= len(first)))
def test_missing_derivatives_raise(lib, special, name):
    *first, x = arguments(lib, name)
    first = [a.double().requires_grad_() for a in first]
    x = x.requires_grad_()
    y = getattr(special, name)(*first, x)
    (alone,) = lib.autograd.grad(y.sum(), x, retain_graph=True)
    assert alone.isfinite().all()
    for a in first:
        with pytest.raises(
            NotImplementedError, match=f"derivative of {y.grad_fn.name()[:-8]} by .* not impl"
        ):
            lib.autograd.grad(y.sum(), a, retain_graph=True)
    with pytest.raises(NotImplementedError, match="as numbers, as arrays, or detach"):
        y.sum().backward()


def test_polygamma(lib, special):
    x = lib.tensor(POSITIVE, dtype=lib.float64, requires_grad=True)
    orders = np.array([0, 1, 2, 3, 1])
    assert special.polygamma(orders, x).detach().numpy() == pytest.approx(sc.polygamma(orders, POSITIVE))
    assert special.polygamma(2, x).detach().numpy() == pytest.approx(sc.polygamma(2, POSITIVE))
    assert special.polygamma(orders.reshape(-1, 1), x).shape == (5, 5)
    assert lib.autograd.gradgradcheck(lambda x: special.polygamma(orders, x), (x,))
    assert special.polygamma(lib.tensor([0, 1, 2, 3, 1]), x)[1] == special.polygamma(1, x)[1]
    for wrong in (-1, 1.5, [1, -2]):
        with pytest.raises(ValueError, match="order of polygamma must be whole"):
            special.polygamma(wrong, x)
    n = lib.tensor(2.0, requires_grad=True)
    with pytest.raises(NotImplementedError, match="polygamma by n"):
        special.polygamma(n, x).sum().backward()


def test_sinc(lib, special):
    x = lib.tensor([0.0, -0.3, 2.5], dtype=lib.float64, requires_grad=True)
    assert special.sinc(x).detach().numpy() == pytest.approx(sc.sinc([0.0, -0.3, 2.5]))
    assert lib.autograd.gradgradcheck(special.sinc, (x,))


def test_multigammaln(lib, special):
    x = lib.tensor([3.0, 4.5], dtype=lib.float64, requires_grad=True)
    assert special.multigammaln(x, 3).detach().numpy() == pytest.approx(sc.multigammaln([3.0, 4.5], 3))
    assert lib.autograd.gradgradcheck(lambda x: special.multigammaln(x, 3), (x,))


MATRIX = np.array([[1.0, -2, 3], [800, 800, -np.inf]])


@pytest.mark.parametrize("axis", [None, 0, 1, -1, (0, 1)])
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("factors", [None, np.array([[1.0, 2, 0.5]]), np.array([[1.0], [-3.0]]), 2.0])
def test_logsumexp(lib, special, axis, keepdims, factors):
    given = {"axis": axis, "keepdims": keepdims, "b": factors}
    with np.errstate(invalid="ignore"):
        wanted = sc.logsumexp(MATRIX, **given)
        size, sign = sc.logsumexp(MATRIX, **given, return_sign=True)
    assert special.logsumexp(MATRIX, **given).numpy() == pytest.approx(wanted, nan_ok=True)
    found = special.logsumexp(lib.tensor(MATRIX), **given, return_sign=True)
    assert found[0].numpy() == pytest.approx(size)
    assert found[1].numpy().tolist() == sign.tolist()


def test_logsumexp_derivatives(lib, special):
    a = lib.tensor([[0.3, -1.0, 2.0], [1.0, 0.5, -0.2]], dtype=lib.float64, requires_grad=True)
    b = lib.tensor([0.5, 2.0, -1.0], dtype=lib.float64, requires_grad=True)
    for axis in (None, 1, (0, 1)):
        assert lib.autograd.gradgradcheck(lambda a, axis=axis: special.logsumexp(a, axis), (a,))

        def signed(a, b, axis=axis):
            return special.logsumexp(a, axis, b, return_sign=True)[0]

        assert lib.autograd.gradcheck(signed, (a, b))
        assert lib.autograd.gradgradcheck(signed, (a, b))
    # where the factor is 0 the exponent does not count, overflow or not
    a = lib.tensor([1.0, np.inf], dtype=lib.float64, requires_grad=True)
    y = special.logsumexp(a, b=[2.0, 0.0])
    y.backward()
    assert y.item() == pytest.approx(1 + np.log(2))
    assert a.grad.tolist() == [1, 0]


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize("axis", [None, 0, 1, (0, 1)])
def test_softmax(lib, special, name, axis):
    matrix = np.array([[1.0, -2, 3], [80, 81, -700]])
    function = getattr(special, name)
    assert function(matrix, axis).numpy() == pytest.approx(
        getattr(sc, name)(matrix, axis), rel=1e-12, abs=1e-300
    )
    x = lib.tensor([[0.3, -1.0, 2.0], [1.0, 0.5, -0.2]], dtype=lib.float64, requires_grad=True)
    assert lib.autograd.gradgradcheck(lambda x: function(x, axis), (x,))


def test_derivatives_at_edges(lib, special):
    def slope(function, at):
        x = lib.tensor(at, dtype=lib.float64, requires_grad=True)
        return lib.autograd.grad(function(x), x)[0].item()

    assert slope(special.j1, 0.0) == 0.5
    assert slope(special.i1, 0.0) == 0.5
    assert slope(lambda x: special.gammainc(1.0, x), 0.0) == 1
    assert slope(lambda x: special.gammainc(2.0, x), 0.0) == 0
    assert slope(lambda x: special.gammainc(0.5, x), 0.0) == np.inf
    assert slope(lambda x: special.gammaincc(2.0, x), np.inf) == 0
    assert slope(lambda x: special.betainc(1.0, 1.0, x), 1.0) == 1
    assert slope(lambda x: special.rel_entr(x, 2.0), 0.0) == -np.inf
    assert slope(lambda x: special.rel_entr(1.0, x), 0.0) == 0  # inf on all sides
    assert slope(lambda x: special.log_expit(x), -800.0) == 1
    assert slope(lambda x: special.log_expit(x), 40.0) == pytest.approx(np.exp(-40))


def test_orders_of_polynomials(lib, special):
    x = lib.tensor([0.3, -0.5], dtype=lib.float64, requires_grad=True)
    for order, slopes in ((0, [0, 0]), (1, [2, 2]), (2, [2.4, -4])):
        y = special.eval_hermite(order, x)
        assert lib.autograd.grad(y.sum(), x)[0].tolist() == pytest.approx(slopes)
    with pytest.raises(ValueError, match="order of eval_hermite must be whole"):
        special.eval_hermite(1.5, x)


def test_scalars_arrays_and_wrong_types(lib, special):
    single = lib.tensor([1.0, 2.0])
    assert special.jv(1, single).dtype == lib.float32
    assert special.jv(np.float64(1), single).dtype == lib.float32
    assert special.beta(np.ones(2), single).dtype == lib.float64
    assert special.gamma(lib.tensor([3, 4])).tolist() == [2, 6]
    assert special.gamma(np.array([3, 4], np.uint16)).tolist() == [2, 6]
    with pytest.raises(TypeError, match="real, not str"):
        special.gamma("x")
    with pytest.raises(TypeError, match="real, not complex"):
        special.j0(1j)
    with pytest.raises(TypeError, match="takes 2 arguments, got 1"):
        special.jv(single)


def test_ufuncs_of_scipy(lib):
    table = importlib.import_module("tapegrad.scipy._ufuncs").ufuncs()
    asked = """erf erfc erfinv gamma gammaln digamma expit logit log_expit xlogy xlog1py entr rel_entr ndtr
        log_ndtr ndtri j0 j1 y0 y1 jn i0 i0e i1 i1e iv beta betaln gammainc gammaincc"""
    assert {getattr(sc, name) for name in asked.split()} <= set(table)
    for ufunc, function in table.items():
        args = arguments(lib, ufunc.__name__)
        assert len(args) == ufunc.nin
        assert function(*args).numpy() == pytest.approx(ufunc(*(a.numpy() for a in args)), rel=1e-12)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_ufuncs_of_scipy_take_variables(lib, name):
    args = arguments(lib, name)
    args[-1].requires_grad_()
    found = getattr(sc, name)(*args)
    wanted = getattr(sc, name)(*(a.detach().numpy() for a in args))
    assert found.detach().numpy() == pytest.approx(wanted, rel=1e-13)
    assert lib.autograd.gradcheck(lambda x: getattr(sc, name)(*args[:-1], x), (args[-1],))


def test_absent_scipy(lib):
    code = """
import sys
sys.modules["scipy"] = None
import tapegrad
from tapegrad import *
try:
    tapegrad.scipy
except ImportError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'tapegrad[scipy]'" in done.stdout


def test_logsumexp_by_a_factor_of_0(lib, special):
    def slopes(a, b):
        b = lib.tensor(b, dtype=lib.float64, requires_grad=True)
        return lib.autograd.grad(special.logsumexp(np.array(a), b=b), b)[0].tolist()

    assert slopes([0.0, 0.0], [0.0, 1.0]) == [1, 1]
    assert slopes([1.0, 0.0], [0.0, 2.0]) == pytest.approx([np.e / 2, 0.5])
    assert slopes([2000.0, 0.0], [0.0, 1.0])[0] > 1e300


def test_second_derivatives_far_out(lib, special):
    hessian = lib.func.hessian
    for function, at in ((special.log_ndtr, 40.0), (special.log_expit, 800.0)):
        assert hessian(function)(at) == 0
    for at in (-50.0, -3.0, 0.0, 1.5):
        slope = lib.func.grad(special.log_ndtr)(at)
        assert hessian(special.log_ndtr)(at) == pytest.approx(-slope * (at + slope), rel=1e-9)
    assert hessian(lambda z: np.logaddexp(0.0, z))(-800.0) == 0
    assert hessian(lambda z: np.logaddexp2(z, 1.0))(-2000.0) == 0
    near = hessian(np.sinc)(0.0), hessian(np.sinc)(1e-9), hessian(np.sinc)(0.1499), hessian(np.sinc)(0.1501)
    assert near[:2] == pytest.approx((-(np.pi**2) / 3,) * 2)
    assert near[2] == pytest.approx(near[3], rel=2e-3)
    assert lib.autograd.gradgradcheck(
        lib.sinc, lib.tensor([0.0, 0.1, -0.14, 0.16, 2.0]).double().requires_grad_()
    )


@pytest.mark.parametrize(
    "name", ["eval_chebyt", "eval_chebyu", "eval_gegenbauer", "eval_hermite", "eval_legendre"]
)
def test_every_derivative_of_a_basis(lib, special, name):
    """Those of polynomials of low order are 0 after some, whole bases are differentiated at once."""
    orders = np.arange(4)[:, None]
    parameters = (0.7,) if name == "eval_gegenbauer" else ()
    x = lib.tensor([0.3, 0.4], dtype=lib.float64, requires_grad=True)
    y = getattr(special, name)(orders, *parameters, x).sum()
    for _ in range(4):
        (y,) = lib.autograd.grad(y.sum(), x, create_graph=True)
        assert y.isfinite().all()
    assert y.tolist() == pytest.approx([0, 0], abs=1e-12)


def test_derivatives_below_order_0_of_exponential_integrals(lib, special):
    x = lib.tensor([0.5, 1.5, 3.0], dtype=lib.float64, requires_grad=True)
    for order in (0, 1, 2):
        assert lib.autograd.gradcheck(lambda x, n=order: special.expn(n, x), (x,))
        assert lib.autograd.gradgradcheck(lambda x, n=order: special.expn(n, x), (x,))
    (slope,) = lib.autograd.grad(special.expn(1, x).sum(), x, create_graph=True)
    (second,) = lib.autograd.grad(slope.sum(), x)
    wanted = (-x).exp() * (1 / x + 1 / x**2)
    assert second.tolist() == pytest.approx(wanted.tolist())


def test_nan_that_does_not_count(lib, special):
    a = lib.tensor([np.nan, 1.0], dtype=lib.float64, requires_grad=True)
    y = special.logsumexp(a, b=[0.0, 1.0])
    y.backward()
    assert (y.item(), a.grad.tolist()) == (1, [0, 1])


def test_student_t_of_infinite_degrees_of_freedom(lib, special):
    slope = lib.func.grad(lambda t: special.stdtr(np.inf, t))(1.0)
    assert slope == pytest.approx(np.exp(-0.5) / np.sqrt(2 * np.pi))


def slopes(lib, function, at, order=1):
    """A derivative of a function that takes numbers one by one."""
    x = y = lib.tensor(at, dtype=lib.float64, requires_grad=True)
    y = function(x)
    for _ in range(order):
        (y,) = lib.autograd.grad(y.sum(), x, create_graph=True)
    return y.tolist()


def test_confluent_hypergeometric_functions_far_out(lib, special):
    """SciPy's hyp1f1 does not return from there."""
    far = [np.inf, 1e17, -np.inf, -1e17, -800.0]
    wanted = [np.inf, np.inf, 0, 1e-34, 1 / 800**2]
    assert slopes(lib, special.exprel, far) == pytest.approx(wanted, rel=1e-12, abs=0)
    assert slopes(lib, special.exprel, far, 2)[:3] == [np.inf, np.inf, 0]
    single = lib.tensor([np.inf, -np.inf], requires_grad=True)
    special.exprel(single).sum().backward()
    assert single.grad.tolist() == [np.inf, 0]
    assert special.hyp1f1([2.0, 2.5], [3.0, 0.5], [1e17, np.inf]).tolist() == [np.inf, np.inf]
    assert special.hyp1f1([-2.0, 1.0], [3.0, 1e10], [1e16, 1e9]).tolist() == pytest.approx(
        sc.hyp1f1([-2.0, 1.0], [3.0, 1e10], [1e16, 1e9])
    )
    for x, lmbda in ((0.0, -0.5), (np.inf, 0.5)):
        assert slopes(lib, lambda at, x=x: special.boxcox([x], at), lmbda) == np.inf


def test_polynomials_at_the_end_of_their_interval(lib, special):
    orders = np.arange(4.0)
    ends = [-1.0, 1.0]
    for name, parameters, lead in (
        ("eval_legendre", (), (orders * (orders + 1) / 2)),
        ("eval_chebyt", (), orders**2),
        ("eval_chebyu", (), orders * (orders + 1) * (orders + 2) / 3),
        ("eval_jacobi", (0.0, 0.0), (orders * (orders + 1) / 2)),
    ):

        def polynomial(x, name=name, parameters=parameters):
            return getattr(special, name)(orders[:, None], *parameters, x)

        signs = -((-1) ** orders)
        assert slopes(lib, polynomial, ends) == pytest.approx([signs @ lead, lead.sum()])
        assert slopes(lib, polynomial, ends, 4) == pytest.approx([0, 0], abs=1e-12)
    assert slopes(lib, lambda x: special.eval_legendre(2.0, x), -1.0, 2) == 3
    assert slopes(lib, lambda x: special.eval_chebyt(np.zeros(2), x), [-3.0, -1.0]) == [0, 0]


@pytest.mark.parametrize("name", ["eval_chebyt", "eval_chebyu", "eval_legendre"])
def test_polynomials_of_orders_below_0(lib, special, name):
    for order in (-4.0, -3.0, -2.0, -1.0, -1.5):
        x = lib.tensor([-0.4, 0.3, 0.9], dtype=lib.float64, requires_grad=True)
        assert lib.autograd.gradcheck(lambda x, n=order: getattr(special, name)(n, x), (x,))
        assert lib.autograd.gradgradcheck(lambda x, n=order: getattr(special, name)(n, x), (x,))


def test_elementary_derivatives_keep_their_digits(lib, special):
    """By mpmath."""
    z = [1e-300, 0.49, 0.51, 1.49, 1.51, 1e16, 1e300]
    wanted = np.log(z) / (1 - np.array(z))
    assert slopes(lib, special.spence, z) == pytest.approx(wanted, rel=1e-13, abs=0)
    for order in (1, 2):
        assert slopes(lib, special.spence, [1.0], order) == pytest.approx([-1, 0.5][order - 1 : order])
    assert slopes(lib, special.spence, 0.0) == -np.inf
    assert slopes(lib, special.spence, 0.0, 2) == np.inf
    m = [-1e14, -0.51, -0.49, 1e-9, 0.49, 0.51, 1 - 1e-15]
    assert slopes(lib, special.ellipk, m) == pytest.approx(
        [
            8.252195006039044e-21,
            0.24601158385245042,
            0.2497943006736764,
            0.39269908214051064,
            0.8290460112061754,
            0.8661429616345346,
            500399958596717.5,
        ],
        rel=1e-13,
        abs=0,
    )
    assert slopes(lib, special.ellipe, m) == pytest.approx(
        [
            -4.999999999999575e-08,
            -0.33515637033744844,
            -0.3369192950329024,
            -0.3926990818459863,
            -0.5000335334722122,
            -0.5069103499654473,
            -8.828041178645172,
        ],
        rel=1e-13,
        abs=0,
    )
    assert slopes(lib, special.ellipk, 1.0) == np.inf
    assert slopes(lib, special.ellipk, -1e300) == 0
    assert slopes(lib, special.ellipe, 1.0) == -np.inf


def test_box_cox_transformations_of_0(lib, special):
    for function, x in ((special.boxcox, [0.0, 1.0, 2.0]), (special.boxcox1p, [-1.0, 0.0, 1.0])):
        last = 2**0.5 * np.log(2) / 0.5 - (2**0.5 - 1) / 0.25
        assert slopes(lib, lambda at, f=function, x=x: f(x, at), 0.5) == pytest.approx(4 + last)
        assert slopes(lib, lambda at, f=function, x=x: f(x[:1], at), [0.5, 2.0]) == [4, 0.25]
        assert slopes(lib, lambda at, f=function, x=x: f(x[:1], at), [0.5, 2.0], 2) == [-16, -0.25]
    x = lib.tensor([1e-300, 1e-10, 1e-3, 0.5], dtype=lib.float64, requires_grad=True)
    lmbda = lib.tensor([0.5, 0.3, 0.3, 0.2], dtype=lib.float64, requires_grad=True)
    (slope,) = lib.autograd.grad(special.boxcox(x, lmbda).sum(), lmbda, create_graph=True)
    power = x**lmbda
    wanted = power * x.log() / lmbda - (power - 1) / lmbda**2
    assert slope.tolist() == pytest.approx(wanted.tolist())
    (mixed,) = lib.autograd.grad(slope.sum(), x)
    assert mixed.tolist() == pytest.approx((power / x * x.log()).tolist())


def test_inverse_box_cox_transformations_at_0(lib, special):
    for name in ("inv_boxcox", "inv_boxcox1p"):
        inverse = getattr(special, name)
        points = ((-2.0, 0.5, 0, 0), (-1.0, 1.0, 1, -1), (-0.5, 2.0, np.inf, -np.inf))
        for y, lmbda, by_y, by_lmbda in points:
            assert slopes(lib, lambda at, p=lmbda, f=inverse: f(at, p), y) == by_y
            assert slopes(lib, lambda at, y=y, f=inverse: f(y, at), lmbda) == by_lmbda
        y = lib.tensor([3.0, 3.0, -0.9, -4.0, 40.0], dtype=lib.float64, requires_grad=True)
        lmbda = lib.tensor([0.16, 0.17, 0.9, 0.2, 3.0], dtype=lib.float64, requires_grad=True)
        assert lib.autograd.gradcheck(inverse, (y, lmbda))
        assert lib.autograd.gradgradcheck(inverse, (y, lmbda))


def test_the_f_distribution_far_out(lib, special):
    """By mpmath."""
    densities = (
        (5.0, 3.0, 1e16, 2.366993065196159e-40),
        (5.0, 1.0, 1e16, 3.796066898224944e-25),
        (5.0, 3.0, 1e100, 2.3669930651961592e-250),
        (5.0, 3.0, 0.7, 0.48536743689404926),
        (5.0, 3.0, 1e-20, 1.8263835379599992e-29),
        (40.0, 60.0, 9.0, 1.2774735716899546e-13),
        (2.0, 100000000.0, 1.3, 0.2725317905539733),
        (100000000.0, 2.0, 0.7, 0.4890837438478384),
        (5.0, 3.0, 1e200, 0.0),
        (5.0, 1.0, np.inf, 0.0),
    )
    for dfn, dfd, x, wanted in densities:
        assert slopes(lib, lambda x, a=dfn, b=dfd: special.fdtr(a, b, x), x) == pytest.approx(
            wanted, rel=1e-12, abs=0
        )
        assert slopes(lib, lambda x, a=dfn, b=dfd: special.fdtrc(a, b, x), x) == pytest.approx(
            -wanted, rel=1e-12, abs=0
        )


@pytest.mark.parametrize("name", ["kn", "yn"])
def test_whole_orders_of_bessel_functions(lib, special, name):
    with pytest.raises(ValueError, match=f"order of {name} must be whole"):
        getattr(special, name)(1.7, 2.0)
