"""Densities and distribution functions on Variables, by the names and arguments of scipy.stats.

``logpdf``, ``pdf``, ``cdf``, ``logcdf``, ``sf`` and ``logsf`` of ``norm``, ``t``, ``gamma``, ``chi2``,
``beta``, ``expon``, ``laplace`` and ``logistic``; of ``poisson`` ``logpmf``, ``pmf`` and the same;
``logpdf`` and ``pdf`` of ``multivariate_normal`` (with ``cdf``, ``logcdf`` and ``entropy``) and
``dirichlet``. A family that is called with parameters gives one that is frozen:
``norm(1.0, 2.0).logpdf(x)``. ``rvs`` gives SciPy's random numbers, which are constant.

They are differentiable by x and by all parameters, to every order, but for these, by which a gradient
raises NotImplementedError:

- `df` in the distribution functions of ``t`` and ``chi2``, `a` in those of ``gamma``, `a` and `b` in those
  of ``beta``;
- `k` and `loc` of ``poisson``, where everything is constant between whole numbers;
- `cov` of ``multivariate_normal`` with ``allow_singular=True``.

Outside the support a logpdf is -inf, and its gradient 0; where parameters are out of bounds the result is
nan, and so are the gradients.
"""

from ._multivariate import dirichlet, multivariate_normal
from ._univariate import beta, chi2, expon, gamma, laplace, logistic, norm, poisson, t

__all__ = [
    "beta",
    "chi2",
    "dirichlet",
    "expon",
    "gamma",
    "laplace",
    "logistic",
    "multivariate_normal",
    "norm",
    "poisson",
    "t",
]
