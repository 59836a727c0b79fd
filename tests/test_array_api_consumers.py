"""Libraries that take arrays of any namespace take Variables: array-api-compat, SciPy, scikit-learn.

What they write in place into an array that a gradient needs raises, as it should: StandardScaler does.
"""

import importlib.util
import os
import subprocess
import sys
import textwrap

import pytest

pytestmark = pytest.mark.own("PyTorch has no namespace of the standard's")

# In every script: `check(call)` is the call with Variables beside the call with ndarrays.
HEAD = """
import numpy as np, tapegrad as tg
rng = np.random.default_rng(7)
DATA = {
    "x": rng.uniform(0.1, 0.9, (5, 3)), "v": rng.uniform(0.1, 0.9, 6), "w": rng.uniform(0.1, 0.9, 6),
    "many": rng.normal(size=(40, 3)), "target": rng.normal(size=40), "classes": rng.integers(0, 2, 40),
}
def flat(result):
    return [part for each in result for part in flat(each)] if isinstance(result, tuple) else [result]
def check(call, tolerance=1e-9):
    found = flat(eval(call, globals() | {name: tg.tensor(array) for name, array in DATA.items()}))
    wanted = flat(eval(call, globals() | DATA))
    assert len(found) == len(wanted), call
    for a, b in zip(found, wanted):
        assert isinstance(a, tg.Variable) or isinstance(b, (int, float)), (call, a)
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=tolerance, atol=tolerance, err_msg=call)
def check_gradient(call, name):
    leaf = tg.tensor(DATA[name], requires_grad=True)
    assert tg.autograd.gradcheck(lambda given: eval(call, globals() | {name: given}), (leaf,)), call
"""


def run(script, *needed):
    for name in needed:
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"{name} is not installed")
    code = HEAD + textwrap.dedent(script)
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"SCIPY_ARRAY_API": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def test_array_api_compat():
    run(
        """
        import array_api_compat as compat
        x = tg.tensor(DATA["x"])
        assert compat.array_namespace(x) is tg.array_api
        assert compat.array_namespace(x, 1.0, None, api_version="2024.12") is tg.array_api
        assert compat.is_array_api_obj(x)
        assert compat.size(x) == 15
        assert compat.device(x) == x.device
        assert compat.to_device(x, "cpu") is x
        try:
            compat.array_namespace(x, DATA["x"])
        except TypeError:
            pass
        else:
            raise AssertionError("two namespaces")
        """,
        "array_api_compat",
    )


def test_scipy_special():
    run(
        """
        from scipy import special
        for name in ("expit", "log_ndtr", "ndtr", "gammaln", "erf", "erfc", "entr", "logit", "i0", "i1"):
            check(f"special.{name}(x)")
        for name in ("xlogy", "rel_entr"):
            check(f"special.{name}(x, x)")
        for name in ("logsumexp", "softmax", "log_softmax"):
            check(f"special.{name}(x, axis=1)")
        check_gradient("special.logsumexp(x, axis=0)", "x")
        check_gradient("special.softmax(x, axis=1)", "x")
        for name in ("erf", "gammaln", "j0", "log_ndtr", "sinc"):
            check_gradient(f"special.{name}(x)", "x")
        check_gradient("special.xlogy(x, 2 * x)", "x")
        """,
        "scipy",
    )


def test_scipy_functions():
    run(
        """
        from scipy import differentiate, integrate, optimize, stats
        for name in ("zscore", "skew", "kurtosis", "gmean", "hmean", "variation", "sem", "tmean", "describe"):
            check(f"stats.{name}(x)")
        check("stats.moment(x, 3)")
        check("stats.ttest_ind(v, w).pvalue")
        check("stats.pearsonr(v, w).statistic")
        check("integrate.trapezoid(x, axis=0)")
        check("integrate.cumulative_simpson(x)", 1e-6)  # a third of float32
        check("optimize.rosen(v)")
        check("optimize.rosen_der(v)")
        for name in ("zscore", "skew", "kurtosis", "gmean", "entropy"):
            check_gradient(f"stats.{name}(x)", "x")
        check_gradient("stats.skewtest(v.repeat(2)).pvalue", "v")
        check_gradient("integrate.trapezoid(x)", "x")
        check_gradient("optimize.rosen(v)", "v")
        found = differentiate.derivative(lambda t: t**3, tg.tensor(2.0, dtype=tg.float64))
        assert abs(found.df.item() - 12) < 1e-8
        """,
        "scipy",
    )


def test_scikit_learn():
    run(
        """
        from sklearn import config_context, metrics
        from sklearn.decomposition import PCA
        from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
        from sklearn.linear_model import Ridge
        from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, Normalizer, StandardScaler
        with config_context(array_api_dispatch=True):
            for scaler in ("StandardScaler", "MinMaxScaler", "MaxAbsScaler", "Normalizer"):
                check(f"{scaler}().fit_transform(many)")
            check("abs(PCA(2, svd_solver='full').fit_transform(many))")
            check("Ridge(solver='svd').fit(many, target).predict(many)")
            check("LinearDiscriminantAnalysis().fit(many, classes).predict(many)")
            check("metrics.mean_squared_error(target, target + 1)")
            check("metrics.r2_score(target, 2 * target)")
            check("metrics.accuracy_score(classes, 0 * classes)", 1e-6)  # an average of float32
            check("metrics.hinge_loss(classes > 0, target)")
            check("metrics.pairwise.rbf_kernel(many)")
            check("metrics.pairwise.cosine_similarity(many)")
            check_gradient("metrics.pairwise.rbf_kernel(x)", "x")
        """,
        "sklearn",
        "scipy",
    )
