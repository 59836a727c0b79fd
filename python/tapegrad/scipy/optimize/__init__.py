"""SciPy's optimisers and solvers for functions of Variables: the tape gives them every derivative they use.

The function gets `x` as a float64 Variable and returns a Variable; `x0` may be an array of any shape, a
Variable, or a nested tuple, list or dict of these, and the function gets `x` in the same form. Results are
SciPy's, in ndarrays, with `x` (and the gradient) in the form of `x0`.

>>> from tapegrad.scipy.optimize import minimize
>>> found = minimize(lambda p: (p["a"] - 1) ** 2 + (p["b"] ** 2).sum(), {"a": np.array(3.0), "b": np.ones(2)})
>>> bool(found.success), found.x["a"].round(4).item()
(True, 1.0)
"""

from ._least_squares import curve_fit, least_squares, root
from ._minimize import minimize

__all__ = ["curve_fit", "least_squares", "minimize", "root"]
