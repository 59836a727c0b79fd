"""Distributions of vectors."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import scipy.stats as st

from ... import _core, linalg
from ..._core import Variable, _special
from ...autograd.function import Function
from .._densities import xlogy_to_zero
from .._elementwise import no_derivative, operands, refusing
from ._family import Frozen, Sampled


class _MultivariateNormal(Sampled):
    """The normal distribution of vectors, which lie along the last dimension of x.

    `mean` is a vector, zeros by default; `cov` a matrix, or a vector for a diagonal one, or a number for a
    multiple of the identity. Raises ValueError where shapes do not fit, and LinAlgError where `cov` is not
    positive definite, unless `allow_singular`. As in SciPy, results have no dimensions of size 1.
    """

    name = "multivariate_normal"

    def __call__(self, mean: Any = None, cov: Any = 1, allow_singular: bool = False) -> Frozen:
        return Frozen(self, (mean, cov), {"allow_singular": allow_singular})

    def logpdf(self, x: Any, mean: Any = None, cov: Any = 1, allow_singular: bool = False) -> Variable:
        """The logarithm of the density; of a singular one, on its subspace, and -inf outside that."""
        x, mean, cov = _checked(x, mean, cov)
        deviation = x - mean
        if allow_singular:
            return _squeezed(_on_subspace(deviation, cov))
        factor = _factor(cov)
        columns = deviation.reshape(-1, mean.numel()).transpose(0, 1)
        whitened = linalg.solve_triangular(factor, columns, upper=False)
        squares = (whitened * whitened).sum(0).reshape(deviation.shape[:-1])
        log_root = factor.diagonal().log().sum() + mean.numel() * math.log(2 * math.pi) / 2
        return _squeezed(-squares / 2 - log_root)

    def pdf(self, x: Any, mean: Any = None, cov: Any = 1, allow_singular: bool = False) -> Variable:
        """The density."""
        return self.logpdf(x, mean, cov, allow_singular).exp()

    def entropy(self, mean: Any = None, cov: Any = 1, allow_singular: bool = False) -> Variable:
        """The differential entropy, log det(2 pi e cov) / 2. Raises LinAlgError for a singular one."""
        if mean is None:
            (cov,) = operands(cov)
            mean = _core.zeros(cov.shape[0] if cov.dim() else 1, dtype=cov.dtype)
        _, center, matrix = _checked(mean, mean, cov)
        constant = center.numel() * (1 + math.log(2 * math.pi)) / 2
        return _factor(matrix).diagonal().log().sum() + constant

    def rvs(
        self, mean: Any = None, cov: Any = 1, *args: Any, allow_singular: bool = True, **kwargs: Any
    ) -> Any:
        return super().rvs(mean, cov, *args, **kwargs)

    def cdf(self, x: Any, mean: Any = None, cov: Any = 1, allow_singular: bool = False) -> Variable:
        """The probability of at most x in every component. `cov` must not be singular.

        For more than two dimensions SciPy integrates with random points, to about 5 digits; the derivatives
        are formulas in distribution functions of one and two dimensions fewer.
        """
        x, mean, cov = _checked(x, mean, cov)
        _factor(cov.detach())
        return _squeezed(_below(x - mean, cov))

    def logcdf(self, x: Any, mean: Any = None, cov: Any = 1, allow_singular: bool = False) -> Variable:
        """The logarithm of cdf; of vectors with one component, also where that underflows."""
        x, mean, cov = _checked(x, mean, cov)
        if mean.numel() == 1:
            return _squeezed(_special.log_ndtr(((x - mean) / cov[0].sqrt())[..., 0]))
        return self.cdf(x, mean, cov).log()


def _checked(x: Any, mean: Any, cov: Any) -> tuple[Variable, Variable, Variable]:
    """x as vectors along its last dimension, the mean as a vector, the covariance as a matrix."""
    if mean is None:
        x, cov = operands(x, cov)
    else:
        x, mean, cov = operands(x, mean, cov)
    size = cov.shape[0] if cov.dim() else 1 if mean is None else max(mean.numel(), 1)
    if cov.dim() < 2:
        cov = _core.diag(cov.expand(size))
    if cov.dim() != 2 or cov.shape[0] != cov.shape[1]:
        raise ValueError(
            f"cov must be a square matrix, a vector or a number, and has shape {tuple(cov.shape)}"
        )
    mean = _core.zeros(size, dtype=cov.dtype) if mean is None else mean.reshape(-1)
    if mean.shape != (size,):
        raise ValueError(f"mean has {mean.numel()} components, and cov shape {tuple(cov.shape)}")
    if x.dim() == 0 or (x.dim() == 1 and size == 1):
        x = x[..., None]
    if x.shape[-1] != size:
        raise ValueError(f"x has {x.shape[-1]} components along its last dimension, the distribution {size}")
    return x, mean, cov


def _squeezed(result: Variable) -> Variable:
    return result.squeeze() if 1 in result.shape else result


def _factor(cov: Variable) -> Variable:
    try:
        return linalg.cholesky(cov)
    except linalg.LinAlgError as error:
        raise linalg.LinAlgError(
            f"cov must be symmetric and positive definite, or allow_singular=True given ({error})"
        ) from error


def _on_subspace(deviation: Variable, cov: Variable) -> Variable:
    """The logarithm of the density of a distribution that may be singular. The eigenvalues that SciPy takes
    for 0 count as such here."""
    cov = refusing(cov, no_derivative("multivariate_normal with allow_singular=True", "cov"))
    values, vectors = np.linalg.eigh(cov.detach().numpy())
    cut = {"float32": 1e3, "float64": 1e6}[values.dtype.name] * np.finfo(values.dtype).eps * abs(values).max()
    if (values < -cut).any():
        raise ValueError("cov must be positive semidefinite")
    inside = values > cut
    spread, rest = vectors[:, inside] / np.sqrt(values[inside]), vectors[:, ~inside]
    whitened = deviation @ _core.as_tensor(spread)
    constant = np.log(values[inside]).sum() + inside.sum() * math.log(2 * math.pi)
    result = -(whitened * whitened).sum(-1) / 2 - float(constant) / 2 + 0 * cov.sum()
    off = np.linalg.norm(deviation.detach().numpy() @ rest, axis=-1) > cut
    return _core.where(_core.as_tensor(off), -math.inf, result)


def _below(deviation: Variable, cov: Variable) -> Variable:
    """The distribution function of the normal distribution with mean 0."""
    size = cov.shape[0]
    if size == 0:
        return _core.ones(deviation.shape[:-1], dtype=deviation.dtype)
    roots = cov.diagonal().sqrt()
    standard = deviation / roots
    if size == 1:
        return _special.ndtr(standard[..., 0])
    result: Variable = _Orthant.apply(standard, cov / (roots[:, None] * roots))
    return result


class _Orthant(Function):
    """The distribution function of standardised normal variables with a matrix of correlations.

    Its derivative by a component is that component's density times the distribution function of the others
    given it; by a correlation (Plackett, 1954) the same with two components.
    """

    @staticmethod
    def forward(ctx: Any, z: Variable, correlations: Variable) -> Variable:
        ctx.save_for_backward(z, correlations)
        values = st.multivariate_normal.cdf(
            z.numpy().reshape(-1, z.shape[-1]), cov=correlations.numpy(), allow_singular=True
        )
        return _core.as_tensor(np.reshape(values, z.shape[:-1])).to(z.dtype)

    @staticmethod
    def backward(ctx: Any, gradient: Variable) -> Any:
        z, correlations = ctx.saved_tensors
        size = z.shape[-1]
        by_z = by_correlations = None
        if ctx.needs_input_grad[0]:
            slopes = [_with_given(z, correlations, [i]) for i in range(size)]
            by_z = gradient[..., None] * _core.stack(slopes, -1)
        if ctx.needs_input_grad[1]:
            zero = _core.zeros((), dtype=z.dtype)
            rows = [[zero] * size for _ in range(size)]
            for i in range(size):
                for j in range(i):
                    slope = (gradient * _with_given(z, correlations, [i, j])).sum()
                    rows[i][j] = rows[j][i] = slope / 2  # the matrix stays symmetric
            by_correlations = _core.stack([_core.stack(row) for row in rows])
        return by_z, by_correlations


def _with_given(z: Variable, correlations: Variable, given: list[int]) -> Variable:
    """The density of some components times the distribution function of the others given them."""
    others = [i for i in range(z.shape[-1]) if i not in given]
    among = correlations[given][:, given]
    point = z[..., given]
    pulled = linalg.solve(among, correlations[given][:, others])
    squares = (linalg.solve(among, point.reshape(-1, len(given)).transpose(0, 1)).transpose(0, 1)).reshape(
        point.shape
    )
    density = (-(squares * point).sum(-1) / 2).exp() / (
        (2 * math.pi) ** (len(given) / 2) * linalg.det(among).sqrt()
    )
    rest = correlations[others][:, others] - correlations[others][:, given] @ pulled
    result: Variable = density * _below(z[..., others] - point @ pulled, rest)
    return result


class _Dirichlet(Sampled):
    """The Dirichlet distribution of vectors that are not negative and add up to 1, along the first dimension
    of x; the last component may be left out.

    Raises ValueError where x is none such, or `alpha` no positive vector.
    """

    name = "dirichlet"

    def __call__(self, alpha: Any) -> Frozen:
        return Frozen(self, (alpha,), {})

    def logpdf(self, x: Any, alpha: Any) -> Variable:
        """The logarithm of the density."""
        x, alpha = operands(x, alpha)
        if alpha.dim() != 1 or not alpha.numel() or not (alpha > 0).all():
            raise ValueError("alpha must be a vector of positive numbers")
        if x.dim() and x.shape[0] == alpha.numel() - 1:
            x = _core.cat([x, 1 - x.sum(0, keepdim=True)])
        if not x.dim() or x.shape[0] != alpha.numel():
            raise ValueError(
                f"x must have {alpha.numel()} components along its first dimension, as alpha has, or one "
                f"fewer, and has shape {tuple(x.shape)}"
            )
        tolerance = 1e-9 if x.dtype is _core.float64 else 1e-5
        if (x < 0).any() or ((x.detach().sum(0) - 1).abs() > tolerance).any():
            raise ValueError("x must lie in the simplex: not negative, with components that add up to 1")
        parameters = alpha.reshape(-1, *[1] * (x.dim() - 1))
        if ((x == 0) & (parameters < 1)).any():
            raise ValueError("the density is infinite where x is 0 and alpha less than 1")
        log_beta = _special.gammaln(alpha).sum() - _special.gammaln(alpha.sum())
        return xlogy_to_zero(parameters - 1, x).sum(0) - log_beta

    def pdf(self, x: Any, alpha: Any) -> Variable:
        """The density."""
        return self.logpdf(x, alpha).exp()


multivariate_normal: Final[_MultivariateNormal] = _MultivariateNormal()
dirichlet: Final[_Dirichlet] = _Dirichlet()
