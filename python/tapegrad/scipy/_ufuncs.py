"""Which function stands for which of SciPy's ufuncs: what `numpy_ufunc(variable)` is to find here."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sc

from .. import _core
from .._core import Variable, _functional, _special
from . import _distributions, _functions, _hypergeometric
from ._elementwise import Lifted, operands

_OPS: dict[str, Lifted] = {
    "digamma": _core.digamma,
    "entr": _special.entr,
    "erf": _core.erf,
    "erfc": _core.erfc,
    "erfcx": _special.erfcx,
    "erfinv": _core.erfinv,
    "exp2": _core.exp2,
    "expit": _special.expit,
    "expm1": _core.expm1,
    "gammaln": _special.gammaln,
    "i0": _core.i0,
    "i0e": _special.i0e,
    "i1": _special.i1,
    "i1e": _special.i1e,
    "log1p": _core.log1p,
    "log_expit": _functional.logsigmoid,
    "log_ndtr": _special.log_ndtr,
    "logit": _core.logit,
    "ndtr": _special.ndtr,
    "ndtri": _special.ndtri,
    "xlog1py": _special.xlog1py,
    "xlogy": _core.xlogy,
}
_FUNCTIONS = {
    _functions: (
        *(
            "beta",
            "betainc",
            "betaln",
            "binom",
            "cbrt",
            "cosdg",
            "cosm1",
            "cotdg",
            "dawsn",
            "erfcinv",
            "erfi",
        ),
        *(
            "exp1",
            "exp10",
            "expi",
            "expn",
            "gamma",
            "gammainc",
            "gammaincc",
            "gammasgn",
            "huber",
            "iv",
            "ive",
        ),
        *("j0", "j1", "jv", "k0", "k0e", "k1", "k1e", "kl_div", "kn", "kv", "kve", "loggamma", "poch"),
        *("powm1", "pseudo_huber", "rel_entr", "rgamma", "sindg", "tandg", "wrightomega", "y0", "y1", "yn"),
        "yv",
    ),
    _hypergeometric: (
        *("boxcox", "boxcox1p", "ellipe", "ellipeinc", "ellipk", "ellipkinc", "eval_chebyt", "eval_chebyu"),
        *("eval_gegenbauer", "eval_genlaguerre", "eval_hermite", "eval_hermitenorm", "eval_jacobi"),
        *("eval_laguerre", "eval_legendre", "exprel", "hyp0f1", "hyp1f1", "hyp2f1", "hyperu", "inv_boxcox"),
        *("inv_boxcox1p", "spence"),
    ),
    _distributions: (
        *("betaincc", "betainccinv", "betaincinv", "chdtr", "chdtrc", "chdtri", "fdtr", "fdtrc"),
        *("gammainccinv", "gammaincinv", "owens_t", "pdtr", "pdtrc", "stdtr", "stdtrit"),
    ),
}
_ALIASES = {"jn": "jv", "psi": "digamma"}


def _lifted(name: str, op: Lifted) -> Lifted:
    """An op that takes what the other functions take: numbers and lists too."""

    def function(*args: Any) -> Variable:
        return op(*operands(*args))

    function.__name__ = function.__qualname__ = name
    return function


def by_name() -> dict[str, Lifted]:
    """The functions on Variables by SciPy's names, those that are ufuncs there."""
    found = {name: _lifted(name, op) for name, op in _OPS.items()}
    for module, names in _FUNCTIONS.items():
        found |= {name: getattr(module, name) for name in names}
    for name, function in found.items():
        function.__doc__ = function.__doc__ or f"scipy.special.{name} of Variables, with all derivatives."
    return found | {alias: found[name] for alias, name in _ALIASES.items()}


def ufuncs() -> dict[np.ufunc, Lifted]:
    """SciPy's ufuncs that have a derivative, and for each the same as a function of Variables.

    The functions take one argument for each input of the ufunc, Variables, arrays or numbers.
    """
    return {getattr(sc, name): function for name, function in by_name().items()}
