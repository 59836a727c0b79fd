"""The pure parts of the benchmarks: what their tables and gates say of given figures."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def module(monkeypatch):
    """A module of benchmarks/, by its name."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    before = set(sys.modules)
    yield importlib.import_module
    for name in set(sys.modules) - before:
        if Path(getattr(sys.modules[name], "__file__", None) or "").parent == BENCHMARKS:
            del sys.modules[name]


def test_only_what_is_between_the_markers_is_replaced(module):
    filled = module("report").filled
    text = "a\n<!-- t -->\nold\nolder\n<!-- end of t -->\nb <!-- u -->\n"
    assert filled(text, "t", r"\1 new") == "a\n<!-- t -->\n\n\\1 new\n\n<!-- end of t -->\nb <!-- u -->\n"
    with pytest.raises(ValueError, match="must stand there once"):
        filled(text, "u", "new")


def test_the_tables_of_what_is_committed_can_be_written(module):
    report, load = module("report"), module("harness").load
    for name, tables in report.TABLES.items():
        text = (BENCHMARKS.parent / name).read_text("utf-8")
        for marker, (results, write) in tables.items():
            if content := load(results):
                text = report.filled(text, marker, write(content))
                assert write(content) in text


def test_more_instructions_than_the_tolerance_fail_and_fewer_do_not(module, capsys):
    show = module("instructions").show
    counts = {"more": 1051.0, "a little more": 1049.0, "less": 500.0, "new": 1.0}
    old = {"more": 1000.0, "a little more": 1000.0, "less": 1000.0}
    assert show(counts, old, {}) == ["more", "new"]
    assert "less                             500.0       1,000.0   -50.0%  below" in capsys.readouterr().out


def test_calls_are_not_counted_as_the_callers_own_instructions(module, tmp_path):
    dump = tmp_path / "counts.1"
    dump.write_text(
        "fn=(1) outer\n10 5\n+2 7\ncfn=(2) inner\ncalls=3 20\n+1 900\n* 1\n\nfn=(2)\n20 300\ntotals: 1213\n"
    )
    instructions = module("instructions")
    assert instructions.by_function(dump) == {"outer": 13, "inner": 300}
    assert instructions.total(dump) == 1213


def test_results_agree_as_closely_as_their_dtype_allows(module):
    agree = module("run").agree
    exact = [np.float64(3.0), np.array([1.0, 2.0])]
    assert agree([np.float64(3.0), np.array([1.0, 2.0 + 1e-7])], exact)
    assert not agree([np.float64(3.0), np.array([1.0, 2.0 + 1e-4])], exact)
    assert not agree([np.float64(3.0)], exact)
    assert not agree([np.float64(3.0), np.array([[1.0, 2.0]])], exact)
    single = [part.astype(np.float32) for part in exact]
    assert agree([single[0], single[1] + np.float32(1e-4)], single)


def test_the_best_turn_counts_and_every_library_has_as_many(module):
    best_of = module("harness").best_of
    turns = {"a": iter([3.0, 1.0, 2.0]), "b": iter([5.0, 6.0, 4.0])}
    order = []

    def timer(name):
        def take():
            order.append(name)
            return next(turns[name])

        return take

    assert best_of({name: timer(name) for name in turns}, rounds=3) == {"a": 1.0, "b": 4.0}
    assert order == ["a", "b", "b", "a", "a", "b"]


def test_a_kernel_is_behind_the_peers_that_take_clearly_less(module):
    times = {"tapegrad": 1.0, "torch": 0.5, "numpy": 0.98}
    cell = module("kernels").Cell("exp", "float32", "alone", 10, times)
    assert cell.behind() == {"torch": 2.0}
