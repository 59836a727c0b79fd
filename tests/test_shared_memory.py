"""What is read and what is written in one piece of memory, also where NumPy's arrays lead to it twice."""

import contextlib

import numpy as np
import pytest
from semantics import meanwhile, raises

import tapegrad as tg

N = 1000


@pytest.fixture
def order():
    return np.random.default_rng(0).permutation(N)


def aliases(array):
    """The same memory by several ways."""
    x = tg.from_numpy(array)
    return {"itself": x, "ndarray": array, "another": tg.from_numpy(array), "dlpack": tg.from_dlpack(array)}


@pytest.mark.parametrize("way", ["itself", "ndarray", "another", "dlpack"])
def test_an_index_that_is_written_meanwhile(order, way):
    values = np.arange(N) * 7 + (1 << 40)
    expected = order.copy()
    expected[order] = values
    memory = order.copy()
    tg.from_numpy(memory)[aliases(memory)[way]] = tg.tensor(values)
    np.testing.assert_array_equal(memory, expected)
    memory = order.copy()
    tg.from_numpy(memory).index_put_(
        (tg.as_tensor(aliases(memory)[way]),), tg.tensor(values), accumulate=True
    )
    expected = order.copy()
    np.add.at(expected, order, values)
    np.testing.assert_array_equal(memory, expected)


SCATTERS = {
    "scatter_": lambda x, i: x.scatter_(0, i, 1 << 40),
    "scatter_add_": lambda x, i: x.scatter_add_(0, i, x.clone()),
    "scatter_reduce_": lambda x, i: x.scatter_reduce_(0, i, x.clone(), "amax"),
    "put_": lambda x, i: x.put_(i, x.clone()),
}


@pytest.mark.parametrize("name", SCATTERS)
def test_scatters_refuse_an_index_in_written_memory(order, name):
    for way in ("itself", "another"):
        memory = order.copy()
        with raises("single memory location"):
            SCATTERS[name](tg.from_numpy(memory), aliases(memory)[way])
        np.testing.assert_array_equal(memory, order)
    x = tg.tensor(order)
    with raises("single memory location"):
        SCATTERS[name](x, x)
    SCATTERS[name](x, x.clone())


def test_parts_that_overlap_by_two_ways():
    memory = np.arange(10.0)
    p, q = tg.from_numpy(memory), tg.from_numpy(memory)
    with raises("single memory location"):
        p[1:].copy_(q[:-1])
    with raises("single memory location"):
        p[:-1].add_(q[1:])
    p.add_(q)  # the same elements
    p[:5].add_(q[5:])  # apart
    np.testing.assert_array_equal(memory, [10, 14, 18, 22, 26, 10, 12, 14, 16, 18])


def test_an_index_that_another_thread_writes():
    """Large arrays are worked on without the interpreter's lock: elements may be wrong, nothing crashes."""
    source, index = tg.ones(1000), tg.zeros(300_000, dtype=tg.int64)
    ones = tg.ones(300_000)

    def write():
        index.fill_(1 << 45)
        index.fill_(0)

    with meanwhile(write):
        for _ in range(60):
            for call in (
                lambda: source[index],
                lambda: source.gather(0, index),
                lambda: source.clone().scatter_add_(0, index, ones),
                lambda: source.take(index),
            ):
                with contextlib.suppress(IndexError, RuntimeError):
                    call()


P = [1, 2, 3, 0]
AT_PLACES = {
    "scatter_": lambda lib, v, source: v.scatter_(0, lib.tensor(P), source),
    "scatter_add_": lambda lib, v, source: v.scatter_add_(0, lib.tensor(P), source),
    "scatter_reduce_": lambda lib, v, source: v.scatter_reduce_(0, lib.tensor(P), source, "prod"),
    "index_add_": lambda lib, v, source: v.index_add_(0, lib.tensor(P), source),
    "index_copy_": lambda lib, v, source: v.index_copy_(0, lib.tensor(P), source),
    "index_reduce_": lambda lib, v, source: v.index_reduce_(0, lib.tensor(P), source, "amax"),
    "put_": lambda lib, v, source: v.put_(lib.tensor(P), source),
    "put_ accumulate": lambda lib, v, source: v.put_(lib.tensor(P), source, True),
    "masked_scatter_": lambda lib, v, source: v.masked_scatter_(v > 1, source),
}


@pytest.mark.own("PyTorch takes masked_scatter_ and index_reduce_, and reads what they have written")
@pytest.mark.parametrize("name", AT_PLACES)
def test_written_at_places_from_itself(lib, name):
    v = lib.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True) * 1
    with raises("single memory location"):
        AT_PLACES[name](lib, v, v)
    assert v.tolist() == [1, 2, 3, 4]
    AT_PLACES[name](lib, v, v.clone())
    assert v.tolist() != [1, 2, 3, 4]


@pytest.mark.own("PyTorch refuses one of these")
def test_indexed_from_itself(lib):
    """Values are read before they are written."""
    x = lib.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
    for write in (lambda v: v.__setitem__(P, v), lambda v: v.index_put_((lib.tensor(P),), v)):
        v = x * 1
        write(v)
        (slopes,) = lib.autograd.grad((v * lib.tensor([1.0, 2.0, 4.0, 8.0])).sum(), x)
        assert (v.tolist(), slopes.tolist()) == ([4, 1, 2, 3], [2, 4, 8, 1])


def test_one_of_its_own_elements_written_everywhere(lib):
    for write in (
        lambda v: v.fill_(v[1]),
        lambda v: v.__setitem__(slice(None), v[1]),
        lambda v: v.masked_fill_(v > 0, v[1]),
    ):
        v = lib.tensor([1.0, 2.0])
        write(v)
        assert v.tolist() == [2, 2]
    v = lib.tensor([1.0, 2.0, 3.0])
    with pytest.raises(RuntimeError, match="refer to a single memory location"):
        v.add_(v[1])
