"""copy, deepcopy, pickle; subclasses; attributes and weak references."""

import copy
import gc
import pickle
import subprocess
import sys
import weakref

import pytest
from semantics import leaf, raises


def test_deepcopy_of_a_leaf(lib):
    x = leaf(lib)
    x.note = [1]
    x.register_hook(lambda g: g * 100)
    (x * 2).sum().backward()
    y = copy.deepcopy(x)
    assert y is not x
    assert y.tolist() == [1, 2]
    assert y.requires_grad
    assert y.is_leaf
    assert y.grad.tolist() == x.grad.tolist()
    assert y.grad is not x.grad
    assert y.note == [1]
    assert y.note is not x.note
    y.grad = None
    (y * 2).sum().backward()
    assert y.grad.tolist() == [2, 2]  # hooks stay behind
    with lib.no_grad():
        y.add_(1)
    assert x.tolist() == [1, 2]


def test_deepcopy_keeps_identity(lib):
    x = leaf(lib)
    a, b = copy.deepcopy([x, x])
    assert a is b
    assert not copy.deepcopy(lib.tensor([1, 2])).requires_grad


def test_deepcopy_keeps_what_is_shared(lib):
    base = lib.zeros(2, 3)
    whole, row, turned, wide = copy.deepcopy((base, base[1], base.t(), base[:, :1].expand(2, 4)))
    whole[1, 0] = 5
    assert row.tolist() == [5, 0, 0]
    assert turned[0].tolist() == [0, 5]
    assert wide[1].tolist() == [5, 5, 5, 5]
    assert (turned.stride(), wide.stride()) == ((1, 3), (3, 0))
    assert base.tolist() == [[0, 0, 0], [0, 0, 0]]
    assert not row._is_view()
    alone = copy.deepcopy(base)
    alone.add_(1)
    assert whole[0].tolist() == [0, 0, 0]


def test_copies_keep_their_layout(lib):
    x = lib.zeros(2, 3).t()
    for y in (copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        assert y.stride() == (1, 3)
        y.add_(1)
    assert copy.deepcopy(lib.zeros(0, 3)).shape == (0, 3)
    assert copy.deepcopy(lib.tensor(3.0)).item() == 3


def test_deepcopy_of_a_non_leaf(lib):
    with raises(r"created explicitly by the user \(graph leaves\)"):
        copy.deepcopy(leaf(lib) * 2)


def test_copy(lib):
    x = leaf(lib)
    x.note = [1]
    x.grad = lib.ones(2)
    y = copy.copy(x)
    assert y is not x
    assert y.requires_grad
    assert y.grad is None
    assert y.note is x.note
    assert y.data_ptr() == x.data_ptr()


@pytest.mark.filterwarnings("ignore:copy.copy")
def test_copy_of_a_non_leaf(lib):
    assert copy.copy(leaf(lib) * 2).is_leaf


@pytest.mark.own("PyTorch is silent")
def test_copy_of_a_non_leaf_warns(lib):
    with pytest.warns(UserWarning, match="leaves the tape") as seen:
        copy.copy(leaf(lib) * 2)
    assert seen[0].filename == copy.__file__
    copy.copy((leaf(lib) * 2).detach())


@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_pickle(lib, protocol):
    x = leaf(lib)
    x.grad = lib.ones(2)
    y = pickle.loads(pickle.dumps(x, protocol))
    assert type(y) is type(x)
    assert y.tolist() == [1, 2]
    assert y.dtype == x.dtype
    assert y.requires_grad
    assert y.grad is None
    for dtype in ("int64", "bool", "float64", "uint8"):
        values = lib.tensor([[1, 0]]).to(getattr(lib, dtype))
        again = pickle.loads(pickle.dumps(values, protocol))
        assert again.dtype == values.dtype
        assert again.tolist() == values.tolist()
    zero_d = pickle.loads(pickle.dumps(lib.tensor(3.0), protocol))
    assert (zero_d.shape, zero_d.item()) == ((), 3)


@pytest.mark.filterwarnings("ignore")
def test_pickle_of_a_non_leaf(lib):
    y = pickle.loads(pickle.dumps(leaf(lib) * 2))
    assert y.is_leaf
    assert y.requires_grad
    assert y.tolist() == [2, 4]


# --- subclasses


def make(lib):
    return type("Special", (lib.Tensor,), {})


def test_results_keep_the_subclass(lib):
    special = make(lib)
    s = special([1.0, 2.0])
    s.requires_grad_()
    plain = leaf(lib)
    results = {
        "add": s + 1,
        "radd": 1 + s,
        "mixed": plain * s,
        "function": lib.exp(s),
        "method": s.sum(),
        "item": s[0],
        "detach": s.detach(),
        "clone": s.clone(),
        "data": s.data,
        "T": s.reshape(1, 2).T,
        "neg": -s,
        "like": lib.ones_like(s),
        "stack": lib.stack([s, s]),
        "unbind": s.unbind()[1],
        "rows": next(iter(s.reshape(1, 2))),
        "compare": s > 1,
    }
    assert {name: type(value) for name, value in results.items()} == dict.fromkeys(results, special)
    (s * 2).sum().backward()
    assert type(s.grad) is not special
    assert type(plain * 2) is not special
    in_place = s * 1
    before = id(in_place)
    in_place += 1
    assert id(in_place) == before


def test_as_subclass(lib):
    special = make(lib)
    x = leaf(lib)
    y = x.as_subclass(special)
    assert type(y) is special
    assert isinstance(y, lib.Tensor)
    assert type(y.as_subclass(lib.Tensor)) is lib.Tensor
    (y * 3).sum().backward()
    assert x.grad.tolist() == [3, 3]


def test_what_slots_hold_goes_with_the_object(lib):
    class Slotted(lib.Tensor):
        __slots__ = ("owner",)

    class Owner:
        pass

    x, owner = lib.ones(2).as_subclass(Slotted), Owner()
    x.owner = owner
    kept = weakref.ref(owner)
    del owner
    assert kept() is x.owner
    del x
    assert kept() is None


def test_methods_of_a_subclass(lib):
    def double(self):
        return self * 2

    special = type("Special", (lib.Tensor,), {"double": double})
    s = lib.ones(2).as_subclass(special)
    assert (s + 1).double().double().tolist() == [8, 8]


# --- attributes and weak references


def test_attributes_and_weak_references(lib):
    x = leaf(lib)
    x.note = "here"
    assert (x.note, vars(x)) == ("here", {"note": "here"})
    with raises("no attribute", AttributeError):
        x.missing  # noqa: B018
    ended = []
    reference = weakref.ref(x, lambda r: ended.append(r))
    assert reference() is x
    del x
    gc.collect()
    assert reference() is None
    assert len(ended) == 1


def test_attributes_live_while_the_library_holds_the_variable(lib):
    x = leaf(lib)
    (x * 2).sum().backward()
    x.grad.note = "kept"
    gc.collect()
    assert x.grad.note == "kept"


# --- named results


def test_named_results_are_copied(lib):
    results = lib.tensor([[1.0, 3.0], [2.0, 0.0]]).max(1)
    for copied in (copy.copy(results), copy.deepcopy(results), pickle.loads(pickle.dumps(results))):
        assert type(copied) is type(results)
        assert copied.values.tolist() == [3, 2]
        assert copied.indices.tolist() == [1, 0]
    assert copy.copy(results).values is results.values
    assert copy.deepcopy(results).values is not results.values


def test_named_results_are_loaded_where_none_was_made(lib):
    kept = pickle.dumps(lib.linalg.slogdet(lib.eye(2)))
    load = f"import pickle; r = pickle.loads({kept!r}); print(r.sign.item(), r.logabsdet.item())"
    done = subprocess.run([sys.executable, "-c", load], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1.0", "0.0"]
