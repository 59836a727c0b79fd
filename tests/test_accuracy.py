"""Accuracy of elementary and special functions against mpmath: random points, and hard ones."""

import mpmath
import numpy as np
import pytest

HARD = np.array([0.5, 1, 2, 1e-3, 1e-8, 1e-30, 0.9999, 1.0001, np.pi / 2, np.pi, 3.7, 10, 22, 88.7])


def signed(low: float, high: float):
    """Points of both signs: across [low, high] and near its ends, and hard ones."""

    def points(random: np.random.RandomState) -> np.ndarray:
        spread = random.uniform(low, high, 150)
        tiny = random.uniform(low, high, 50) * 10.0 ** random.uniform(-12, 0, 50)
        every = np.concatenate([spread, tiny, HARD, -HARD])
        return every[(every >= low) & (every <= high)]

    return points


ELEMENTARY = {
    "exp": (mpmath.exp, signed(-80, 80)),
    "exp2": (lambda x: mpmath.mpf(2) ** x, signed(-120, 120)),
    "expm1": (mpmath.expm1, signed(-80, 80)),
    "log": (mpmath.log, signed(1e-30, 1e6)),
    "log2": (lambda x: mpmath.log(x, 2), signed(1e-30, 1e6)),
    "log10": (mpmath.log10, signed(1e-30, 1e6)),
    "log1p": (mpmath.log1p, signed(-0.999, 1e6)),
    "sin": (mpmath.sin, signed(-1000, 1000)),
    "cos": (mpmath.cos, signed(-1000, 1000)),
    "tan": (mpmath.tan, signed(-1000, 1000)),
    "asin": (mpmath.asin, signed(-1, 1)),
    "acos": (mpmath.acos, signed(-1, 1)),
    "atan": (mpmath.atan, signed(-1e6, 1e6)),
    "sinh": (mpmath.sinh, signed(-80, 80)),
    "cosh": (mpmath.cosh, signed(-80, 80)),
    "tanh": (mpmath.tanh, signed(-30, 30)),
    "asinh": (mpmath.asinh, signed(-1e6, 1e6)),
    "acosh": (mpmath.acosh, signed(1, 1e6)),
    "atanh": (mpmath.atanh, signed(-0.9999, 0.9999)),
    "erf": (mpmath.erf, signed(-6, 6)),
    "erfc": (mpmath.erfc, signed(-6, 9)),
}
# Where a function passes through 0 its error is bounded by what its argument's last digit means.
SPECIAL = {
    "special.erfinv": (mpmath.erfinv, signed(-0.9999, 0.9999)),
    "special.erfcx": (lambda x: mpmath.exp(x * x) * mpmath.erfc(x), signed(-20, 60)),
    "special.ndtr": (mpmath.ncdf, signed(-30, 10)),
    "special.ndtri": (lambda p: -mpmath.sqrt(2) * mpmath.erfinv(1 - 2 * p), signed(1e-3, 0.999)),
    "special.log_ndtr": (lambda x: mpmath.log(mpmath.ncdf(x)), signed(-30, 8)),
    "special.entr": (lambda x: -x * mpmath.log(x), signed(1e-8, 60)),
    "special.gammaln": (lambda x: mpmath.log(abs(mpmath.gamma(x))), signed(0.05, 100)),
    "special.digamma": (mpmath.digamma, signed(0.05, 100)),
    "special.i0": (lambda x: mpmath.besseli(0, x), signed(-80, 80)),
    "special.i0e": (lambda x: mpmath.besseli(0, x) * mpmath.exp(-abs(x)), signed(-900, 900)),
    "special.i1": (lambda x: mpmath.besseli(1, x), signed(-80, 80)),
    "special.i1e": (lambda x: mpmath.besseli(1, x) * mpmath.exp(-abs(x)), signed(-900, 900)),
    "special.bessel_j0": (lambda x: mpmath.besselj(0, x), signed(-50, 50)),
    "special.bessel_j1": (lambda x: mpmath.besselj(1, x), signed(-50, 50)),
    "special.bessel_y0": (lambda x: mpmath.bessely(0, x), signed(0.01, 50)),
    "special.bessel_y1": (lambda x: mpmath.bessely(1, x), signed(0.01, 50)),
    "special.modified_bessel_k0": (lambda x: mpmath.besselk(0, x), signed(0.01, 650)),
    "special.modified_bessel_k1": (lambda x: mpmath.besselk(1, x), signed(0.01, 650)),
    "special.scaled_modified_bessel_k0": (lambda x: mpmath.besselk(0, x) * mpmath.exp(x), signed(0.01, 900)),
    "special.scaled_modified_bessel_k1": (lambda x: mpmath.besselk(1, x) * mpmath.exp(x), signed(0.01, 900)),
    "special.spherical_bessel_j0": (lambda x: mpmath.sin(x) / x, signed(-50, 50)),
    "special.airy_ai": (mpmath.airyai, signed(-20, 20)),
    "T of 9": (lambda x: mpmath.chebyt(9, x), signed(-1.5, 1.5)),
    "U of 9": (lambda x: mpmath.chebyu(9, x), signed(-1.5, 1.5)),
    "P of 9": (lambda x: mpmath.legendre(9, x), signed(-1.5, 1.5)),
    "H of 9": (lambda x: mpmath.hermite(9, x), signed(-4, 4)),
    "L of 9": (lambda x: mpmath.laguerre(9, 0, x), signed(-4, 9)),
    "trigamma": (lambda x: mpmath.psi(1, x), signed(0.05, 100)),
    "tetragamma": (lambda x: mpmath.psi(2, x), signed(0.05, 100)),
    "trigamma far below 0": (
        lambda x: (mpmath.pi / mpmath.sinpi(x)) ** 2 - mpmath.psi(1, 1 - x),
        signed(-1e13, -1e3),
    ),
    "gammainc": (lambda x: mpmath.gammainc(2.5, 0, x, regularized=True), signed(0.01, 60)),
    "gammaincc": (lambda x: mpmath.gammainc(40, x, mpmath.inf, regularized=True), signed(0.01, 90)),
    "zeta": (lambda s: mpmath.zeta(s, mpmath.mpf(1.75)), signed(1.1, 60)),
}
CALLS = {
    "trigamma": lambda lib, x: lib.polygamma(1, x),
    "tetragamma": lambda lib, x: lib.polygamma(2, x),
    "trigamma far below 0": lambda lib, x: lib.polygamma(1, x),
    "gammainc": lambda lib, x: lib.special.gammainc(lib.tensor(2.5), x),
    "gammaincc": lambda lib, x: lib.special.gammaincc(lib.tensor(40.0), x),
    "zeta": lambda lib, x: lib.special.zeta(x, 1.75),
    "T of 9": lambda lib, x: lib.special.chebyshev_polynomial_t(x, 9),
    "U of 9": lambda lib, x: lib.special.chebyshev_polynomial_u(x, 9),
    "P of 9": lambda lib, x: lib.special.legendre_polynomial_p(x, 9),
    "H of 9": lambda lib, x: lib.special.hermite_polynomial_h(x, 9),
    "L of 9": lambda lib, x: lib.special.laguerre_polynomial_l(x, 9),
}


def measure(lib, name: str, exact, points, dtype: str):
    """Arguments, results, and exact results as mpmath has them."""
    x = points(np.random.RandomState(7)).astype(dtype)
    if name in CALLS:
        y = CALLS[name](lib, lib.tensor(x))
    else:
        y = getattr(lib.special if name.startswith("special.") else lib, name.rpartition(".")[2])(
            lib.tensor(x)
        )
    with mpmath.workprec(160):
        wanted = [exact(mpmath.mpf(float(v))) for v in x]
    return x, y.numpy(), wanted


@pytest.mark.own("libmvec's bound, which PyTorch's library does not keep everywhere")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ELEMENTARY)
def test_elementary_functions_are_within_4_ulp(lib, name, dtype):
    x, y, wanted = measure(lib, name, *ELEMENTARY[name], dtype)
    with mpmath.workprec(160):
        ulps = [
            float(
                abs(mpmath.mpf(float(a)) - w)
                / mpmath.mpf(float(np.spacing(abs(np.asarray(float(w), dtype)))))
            )
            for a, w in zip(y, wanted, strict=True)
        ]
    worst = int(np.argmax(ulps))
    print(f"{name} {dtype}: at most {ulps[worst]:.2f} ulp, at {x[worst]!r}")
    assert ulps[worst] <= 4


def gamma_points(random: np.random.RandomState) -> np.ndarray:
    """In every interval of the algorithms, and where they meet."""
    ranges = [(-60, -6), (-6, 0), (0, 0.75), (0.75, 1.125), (1.125, 2.75), (2.75, 8), (8, 30), (30, 1e6)]
    spread = [random.uniform(low, high, 60) for low, high in ranges]
    wide = 10.0 ** random.uniform(-30, 30, 60)
    edges = np.array([0.75, 1, 1.125, 1.75, 2, 2.75, 3, 7.9, 8, 100])
    return np.concatenate([*spread, wide, edges, np.nextafter(edges, 0), -edges[edges % 1 != 0]])


def terms(name: str, x: mpmath.mpf, value: mpmath.mpf) -> mpmath.mpf:
    """The greatest of what is added up where x is negative; elsewhere the result itself."""
    if x > 0:
        return abs(value)
    if name == "trigamma":
        return 2 * abs(value)  # a square
    above = mpmath.loggamma(1 - x) if name == "lgamma" else -mpmath.digamma(1 - x)
    return max(abs(value), abs(above), abs(value + above))


GAMMA = {
    "lgamma": lambda x: mpmath.log(abs(mpmath.gamma(x))),
    "digamma": mpmath.digamma,
    "trigamma": lambda x: mpmath.psi(1, x),
}


@pytest.mark.own("PyTorch's digamma is less accurate")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", GAMMA)
def test_gamma_functions_are_within_4_ulp(lib, name, dtype):
    """Of a negative argument the unit is of the greater term of the reflection: they cancel near zeros."""
    x, y, wanted = measure(lib, name, GAMMA[name], gamma_points, dtype)
    with mpmath.workprec(160):
        ulps = []
        for a, v, w in zip(x, y, wanted, strict=True):
            size = float(terms(name, mpmath.mpf(float(a)), w))
            if size > float(np.finfo(dtype).max):
                assert v == np.inf
                continue
            unit = np.spacing(np.asarray(size, dtype))
            ulps.append(float(abs(mpmath.mpf(float(v)) - w) / mpmath.mpf(float(unit))))
    print(f"{name} {dtype}: at most {max(ulps):.2f} ulp")
    assert max(ulps) <= 4


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_gamma_functions_at_poles_and_ends(lib, dtype):
    inf, nan = np.inf, np.nan
    x = lib.tensor(np.array([0.0, -0.0, -1, -2, inf, nan, 1, 2], dtype))
    np.testing.assert_array_equal(lib.lgamma(x).numpy(), [inf, inf, inf, inf, inf, nan, 0, 0])
    np.testing.assert_array_equal(lib.digamma(x[:6]).numpy(), [-inf, inf, nan, nan, inf, nan])
    most = np.finfo(dtype).max
    assert lib.lgamma(lib.tensor(np.array([most, -most, -inf], dtype)))[[0, 2]].tolist() == [inf, inf]


@pytest.mark.own("PyTorch's own are less accurate")
@pytest.mark.parametrize("name", SPECIAL)
def test_special_functions(lib, name):
    x, y, wanted = measure(lib, name, *SPECIAL[name], "float64")
    with mpmath.workprec(160):
        errors = [
            float(abs(mpmath.mpf(float(a)) - w) / max(abs(w), mpmath.mpf(1e-3)))
            for a, w in zip(y, wanted, strict=True)
        ]
    worst = int(np.argmax(errors))
    print(f"{name}: relative error at most {errors[worst]:.1e}, at {x[worst]!r}")
    assert errors[worst] <= 1e-12


FAMILIES = (
    "chebyshev_polynomial_t",
    "hermite_polynomial_h",
    "laguerre_polynomial_l",
    "legendre_polynomial_p",
)


@pytest.mark.own("PyTorch takes steps without end")
@pytest.mark.parametrize("name", FAMILIES)
def test_polynomials_of_immense_degree(lib, name):
    """They take no time: those of Chebyshev have a formula, others give up."""
    x = lib.tensor([0.5, -0.25, 1.0], dtype=lib.float64)
    for n in (1e12, 2.0**62):
        values = getattr(lib.special, name)(x, n)
        assert (values.abs() <= 1).all() if "chebyshev" in name else values.isnan().all()
    for n in (2.0**63, np.inf, np.nan, -1.0):
        assert (getattr(lib.special, name)(x, n) == 0).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_chebyshev_polynomials_of_high_degree(lib, dtype):
    """By their definition, with a = acos(x)."""
    angle = np.linspace(0.1, 3.0, 30)
    x = lib.tensor(np.cos(angle).astype(dtype))
    angle = np.arccos(x.numpy().astype("float64"))
    expected = {
        "t": np.cos(100 * angle),
        "u": np.sin(101 * angle) / np.sin(angle),
        "v": np.cos(100.5 * angle) / np.cos(angle / 2),
        "w": np.sin(100.5 * angle) / np.sin(angle / 2),
    }
    rounding = 1e-12 if dtype == "float64" else 1e-4
    for kind, values in expected.items():
        found = getattr(lib.special, f"chebyshev_polynomial_{kind}")(x, 100)
        np.testing.assert_allclose(found.numpy(), values, rtol=rounding, atol=20 * rounding)
