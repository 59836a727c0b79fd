"""What variables print as, against text recorded from PyTorch (see record_printing.py)."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest
from record_printing import CASES, DATA, build, with_grad
from semantics import meanwhile

import tapegrad as tg
from tapegrad._printing import variable_repr

RECORDED = json.loads(DATA.read_text())["texts"]
DEFAULTS = {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80, "sci_mode": None}


@pytest.fixture(autouse=True)
def default_options():
    tg.set_printoptions(profile="default")
    yield
    tg.set_printoptions(profile="default")


def test_every_case_is_recorded():
    assert list(RECORDED) == list(CASES)


@pytest.mark.parametrize("name", CASES)
def test_prints_as_recorded(name):
    case = CASES[name]
    v = with_grad(tg.tensor(build(case)), case)
    with tg.printoptions(**case.get("options", {})):
        assert repr(v) == RECORDED[name].replace("torch.", "tapegrad.")


RULES = [
    (lambda lib: lib.zeros(0), "tensor([])"),
    (lambda lib: lib.zeros(0, 3), "tensor([], size=(0, 3))"),
    (lambda lib: lib.zeros(0, dtype=lib.int64), "tensor([], dtype=lib.int64)"),
    (lambda lib: lib.zeros(2, 0, dtype=lib.bool), "tensor([], size=(2, 0), dtype=lib.bool)"),
    (lambda lib: lib.tensor([1, 2]), "tensor([1, 2])"),
    (lambda lib: lib.tensor([True]), "tensor([True])"),
    (lambda lib: lib.tensor([1, 2], dtype=lib.int32), "tensor([1, 2], dtype=lib.int32)"),
    (lambda lib: lib.tensor([1.0, 2.0], dtype=lib.float64), "tensor([1., 2.], dtype=lib.float64)"),
    (lambda lib: lib.tensor([0.123456, 20.0]), "tensor([ 0.1235, 20.0000])"),
    (lambda lib: lib.ones(1, requires_grad=True), "tensor([1.], requires_grad=True)"),
    (lambda lib: lib.ones(1, requires_grad=True) * 2, "tensor([2.], grad_fn=<MulBackward0>)"),
    (lambda lib: written_since(lib), "tensor([2.], grad_fn=<Invalid>)"),
    (
        lambda lib: lib.ones(2, dtype=lib.float64, requires_grad=True).sum(),
        "tensor(2., dtype=lib.float64, grad_fn=<SumBackward0>)",
    ),
    (lambda lib: lib.arange(1001), "tensor([   0,    1,    2,  ...,  998,  999, 1000])"),
    (lambda lib: lib.tensor([1.0, 1000.0]), "tensor([   1., 1000.])"),
    (lambda lib: lib.tensor([1.0, 1001.0]), "tensor([1.0000e+00, 1.0010e+03])"),
    (lambda lib: lib.tensor([1e8, 5e7]), "tensor([100000000.,  50000000.])"),
    (lambda lib: lib.tensor([2e8, 1.5e8]), "tensor([2.0000e+08, 1.5000e+08])"),
    (lambda lib: lib.tensor([1e-5, 1e-4]), "tensor([1.0000e-05, 1.0000e-04])"),
    (lambda lib: lib.tensor([1e-3, 1e-2, 0.0]), "tensor([0.0010, 0.0100, 0.0000])"),
    (lambda lib: lib.tensor([1.0, 500.0, float("inf"), 0.0]), "tensor([  1., 500.,  inf,   0.])"),
]


def written_since(lib):
    y = lib.ones(1, requires_grad=True) * 1
    with lib.no_grad():
        view = y[:1]
    y.mul_(2)
    return view


@pytest.mark.parametrize(("make", "text"), RULES, ids=[text for _, text in RULES])
def test_rules(lib, make, text):
    assert repr(make(lib)) == text.replace("lib.", f"{lib.__name__}.")


def test_lines_have_80_columns(lib):
    lines = repr(lib.arange(100)).split("\n")
    assert [line.count(",") for line in lines] == [18, 18, 18, 18, 18, 9]
    assert len(lines[1]) == 79


def test_str_is_repr():
    v = tg.tensor(np.ones((2, 3)))
    assert str(v) == repr(v)


def test_strided_views_print_their_elements():
    a = np.arange(24.0).reshape(2, 3, 4)
    assert repr(tg.tensor(a).transpose(0, 2)) == repr(tg.tensor(a.transpose(2, 1, 0).copy()))


def test_subclasses_print_their_name():
    class Weight(tg.Variable):
        pass

    assert repr(Weight(tg.tensor(np.float32([1.0, 2.0])))) == "Weight([1., 2.])"


def test_named_results_print_each_on_a_line(lib):
    results = lib.tensor([[1.0, 3.0], [2.0, 0.0]]).max(1)
    name = f"{lib.__name__}.return_types.max"
    assert repr(results) == str(results) == f"{name}(\nvalues=tensor([3., 2.]),\nindices=tensor([1, 0]))"


def test_printing_records_nothing():
    x = tg.tensor(np.ones(3), requires_grad=True)
    y = x * 2
    node = y.grad_fn
    repr(x), repr(y)
    assert y.grad_fn is node
    assert x.grad is None


def test_printing_keeps_quiet_whatever_numpy_is_told():
    with np.errstate(all="raise"):
        assert repr(tg.tensor(np.array([5e-324, 1.7e308, np.nan, np.inf]))).startswith("tensor([4.9407e-324,")
        assert repr(tg.tensor(np.float32([1e-45, 3.4e38]))) == "tensor([1.4013e-45, 3.4000e+38])"


def test_view_made_without_grad_and_written_since_has_an_invalid_node():
    x = tg.tensor(np.float32([1.0, 2.0]), requires_grad=True)
    y = x * 1
    with tg.no_grad():
        view = y[:1]
    y.mul_(2)
    assert repr(view) == "tensor([2.], grad_fn=<Invalid>)"


def test_prints_a_variable_that_cannot_tell_its_node():
    class Variable:
        shape, dtype, requires_grad = (2,), tg.float32, True

        @property
        def grad_fn(self):
            raise RuntimeError("a view made under no_grad, written to since")

        def detach(self):
            return self

        def numpy(self):
            return np.float32([2.0, 2.0])

        def numel(self):
            return 2

        def dim(self):
            return 1

    assert variable_repr(Variable()) == "tensor([2., 2.], grad_fn=<Invalid>)"


def test_large_variables_print_at_once():
    v = tg.tensor(np.zeros((3_000, 1_000), np.float32))
    start = time.perf_counter()
    text = repr(v)
    assert time.perf_counter() - start < 0.1  # formatting every element takes seconds
    assert text.count("0.") == 36


# format() ------------------------------------------------------------------------------------------


def test_format_of_0d_is_that_of_the_number():
    x = tg.tensor(np.float32(3.14159274), requires_grad=True)
    assert f"{x:.2f}" == "3.14"
    assert f"{x * 2:8.3f}|" == "   6.283|"
    assert f"{x}" == "3.1415927410125732"
    assert f"{tg.tensor(np.int64(42)):5d}" == "   42"
    with pytest.raises(ValueError, match="format code"):
        format(x, "d")


def test_format_of_others_takes_no_spec():
    v = tg.tensor(np.ones((2, 3), np.float32))
    assert f"{v}" == str(v)
    with pytest.raises(TypeError, match=r"unsupported format string.*'\.2f'.*\(2, 3\).*printoptions"):
        format(v, ".2f")


# Options -------------------------------------------------------------------------------------------


def test_default_options():
    assert tg.get_printoptions() == DEFAULTS


@pytest.mark.parametrize(
    ("profile", "differs"),
    [("default", {}), ("short", {"precision": 2, "edgeitems": 2}), ("full", {"threshold": np.inf})],
)
def test_profiles(profile, differs):
    tg.set_printoptions(precision=9, threshold=9, edgeitems=9, linewidth=9)
    tg.set_printoptions(profile=profile)
    assert tg.get_printoptions() == DEFAULTS | differs


def test_options_override_the_profile():
    tg.set_printoptions(profile="short", edgeitems=5)
    assert tg.get_printoptions() == DEFAULTS | {"precision": 2, "edgeitems": 5}


def test_options_left_out_keep_their_value_but_for_sci_mode():
    tg.set_printoptions(precision=2, linewidth=100, sci_mode=True)
    tg.set_printoptions(threshold=10)
    assert tg.get_printoptions() == DEFAULTS | {"precision": 2, "linewidth": 100, "threshold": 10}


def test_options_round_trip():
    tg.set_printoptions(profile="full", precision=7, sci_mode=False)
    before = tg.get_printoptions()
    tg.set_printoptions(profile="default")
    tg.set_printoptions(**before)
    assert tg.get_printoptions() == before


def test_get_printoptions_returns_a_copy():
    tg.get_printoptions()["precision"] = 1
    assert tg.get_printoptions() == DEFAULTS


def test_options_take_numpy_numbers_and_no_limit():
    tg.set_printoptions(precision=np.int64(2), threshold=np.inf, linewidth=np.inf, sci_mode=np.True_)
    assert "\n" not in repr(tg.tensor(np.linspace(0, 1, 1500)))


@pytest.mark.parametrize(
    ("error", "options"),
    [
        (ValueError, {"precision": -1}),
        (ValueError, {"precision": 10**9}),
        (TypeError, {"precision": 2.5}),
        (TypeError, {"precision": "4"}),
        (TypeError, {"precision": True}),
        (ValueError, {"threshold": float("nan")}),
        (ValueError, {"threshold": -1}),
        (TypeError, {"threshold": "all"}),
        (ValueError, {"edgeitems": -1}),
        (TypeError, {"edgeitems": 2.0}),
        (ValueError, {"linewidth": -80}),
        (TypeError, {"linewidth": []}),
        (ValueError, {"profile": "long"}),
        (ValueError, {"profile": ["short"]}),
        (TypeError, {"sci_mode": 1}),
    ],
)
def test_bad_options_say_which_and_change_nothing(error, options):
    tg.set_printoptions(precision=3, sci_mode=False)
    before = tg.get_printoptions()
    (name,) = options
    with pytest.raises(error, match=f"{name} must be"):
        tg.set_printoptions(**({"precision": 5, "linewidth": 99} | options))
    with pytest.raises(error, match=f"{name} must be"), tg.printoptions(**options):
        pass
    assert tg.get_printoptions() == before


def test_printoptions_ends_with_its_block():
    v = tg.tensor(np.float32([0.123456]))
    tg.set_printoptions(sci_mode=True, precision=1)
    before = tg.get_printoptions()
    with tg.printoptions(precision=2):
        assert repr(v) == "tensor([0.12])"
        with tg.printoptions(profile="full"):
            assert repr(v) == "tensor([0.1235])"
        assert repr(v) == "tensor([0.12])"
    assert tg.get_printoptions() == before
    assert repr(v) == "tensor([1.2e-01])"


def test_printoptions_ends_when_its_block_fails():
    before = tg.get_printoptions()
    with pytest.raises(ZeroDivisionError), tg.printoptions(precision=2):
        raise ZeroDivisionError
    assert tg.get_printoptions() == before


def test_printing_while_options_change_uses_one_set_of_them():
    v = tg.tensor(np.arange(200.0, dtype=np.float32))
    texts = set()
    for profile in ("short", "default"):
        with tg.printoptions(profile=profile, threshold=100):
            texts.add(repr(v))

    def flip():
        tg.set_printoptions(profile="short", threshold=100)
        tg.set_printoptions(profile="default", threshold=100)

    tg.set_printoptions(threshold=100)
    with meanwhile(flip):
        assert {repr(v) for _ in range(100)} <= texts
