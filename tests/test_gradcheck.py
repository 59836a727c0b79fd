"""gradcheck and gradgradcheck: what passes, what fails, and what the failure says."""

import importlib
import itertools

import numpy as np
import pytest

OWN_TEXT = "the report is tapegrad's own"


@pytest.fixture
def check(lib):
    return lib.autograd.gradcheck


def error(lib):
    return importlib.import_module(lib.__name__ + ".autograd.gradcheck").GradcheckError


def leaf(lib, values=(1.0, 2.0)):
    return lib.tensor(values, dtype=lib.float64, requires_grad=True)


def custom(lib, forward, backward):
    """A function with a backward of its own, by its values."""

    def run(ctx, x):
        ctx.save_for_backward(x)
        return forward(x)

    body = {
        "forward": staticmethod(run),
        "backward": staticmethod(lambda ctx, g: backward(g, *ctx.saved_tensors)),
    }
    return type(lib.autograd.Function)("Wrong", (lib.autograd.Function,), body).apply


@pytest.mark.parametrize("fast", [False, True])
def test_right_gradients_pass(lib, check, fast):
    x, y = leaf(lib), leaf(lib, [[0.5], [1.5], [2.5]])
    own = lib.__name__ == "tapegrad"  # PyTorch cannot take these
    constant = lambda x: ((x > 1).int(), "text") if own else ()  # noqa: E731
    many = lambda x, k, y: (x * y, (x * k).sum(), y.exp().mean(0), *constant(x))  # noqa: E731
    assert check(many, (x, 3, y), fast_mode=fast)
    assert check(lambda x: x.sin(), x, fast_mode=fast)
    assert check(lambda x, i: x[i], (x, lib.tensor([1, 0, 1])), fast_mode=fast)
    assert lib.autograd.gradgradcheck(lambda x, y: (x**3 * y, x.exp()), (x, y), fast_mode=fast)
    assert check(lambda x: x.sum(), leaf(lib, 3.0), fast_mode=fast)
    if own:
        assert check(lambda x: x.sum(), leaf(lib, np.zeros((0, 2))), fast_mode=fast)
    assert (x.tolist(), x.grad, x._version) == ([1, 2], None, 0)


@pytest.mark.parametrize("fast", [False, True])
def test_wrong_gradient_fails(lib, check, fast):
    x = leaf(lib)
    wrong = custom(lib, lambda x: x**2, lambda g, x: 3 * x * g)
    text = "Jacobian mismatch for output 0 with respect to input 0"
    with pytest.raises(error(lib), match=text) as caught:
        check(wrong, x, fast_mode=fast)
    assert isinstance(caught.value, RuntimeError)
    assert check(wrong, x, raise_exception=False, fast_mode=fast) is False

    # right itself, wrong when differentiated again
    def halves(g, x):
        return 2 * x.detach() * g

    once = custom(lib, lambda x: x**2, halves)
    assert check(once, x, fast_mode=fast)
    with pytest.raises(error(lib), match="Jacobian mismatch"):
        lib.autograd.gradgradcheck(once, x, fast_mode=fast)


def test_arguments(lib, check):
    x = leaf(lib)
    with pytest.raises(ValueError, match="expects at least one input tensor to require gradient"):
        check(lambda x: x, x.detach())
    with pytest.raises(RuntimeError, match="dimension with stride 0"):
        check(lambda x: x * 2, leaf(lib, [1.0]).expand(3))
    with pytest.raises(AssertionError, match="at least one of check_forward_ad or check_backward_ad"):
        check(lambda x: x, x, check_backward_ad=False)
    with pytest.raises(AssertionError, match="check_batched_grad=True requires check_backward_ad"):
        check(lambda x: x, x, check_forward_ad=True, check_backward_ad=False, check_batched_grad=True)
    with pytest.raises(AssertionError, match="check_undefined_grad=True requires check_rev_over_rev"):
        lib.autograd.gradgradcheck(lambda x: x, x, check_fwd_over_rev=True, check_rev_over_rev=False)
    single = lib.tensor([1.0], requires_grad=True)
    with pytest.warns(
        UserWarning, match="Input #0 requires gradient and is not a double precision"
    ) as caught:
        check(lambda x: x * 2, single, eps=1e-2)
    if lib.__name__ == "tapegrad":
        assert caught[0].filename == __file__
    with pytest.raises(AssertionError, match="same shape when inputs are perturbed"):
        check(lambda x: x[x < 2.0000001], x)


@pytest.mark.filterwarnings("ignore:Backwards compatibility")
def test_backward_rules(lib, check):
    x = leaf(lib)
    constant = custom(lib, lambda x: x * 1, lambda g, x: lib.ones_like(x))
    with pytest.raises(error(lib), match="backward not multiplied by grad_output"):
        check(constant, leaf(lib, [1.0]), check_undefined_grad=False)
    counter = iter(range(1000))
    drifting = custom(lib, lambda x: x * 1, lambda g, x: g + 1e-3 * next(counter) * g)
    with pytest.raises(error(lib), match="Backward is not reentrant"):
        check(drifting, x)
    assert check(drifting, x, nondet_tol=1e3, atol=10)
    with pytest.raises(error(lib), match="expected to be zero"):
        check(lambda x: x.detach() * 2, x)
    assert check(lambda x: (x > 0).int(), x)

    class NeedsOne(lib.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.set_materialize_grads(False)
            return x * 1, x * 2

        @staticmethod
        def backward(ctx, a, b):
            if a is None and b is None:
                raise RuntimeError("a gradient is missing")
            return (0 if a is None else a) + (0 if b is None else 2 * b)

    with pytest.raises(error(lib), match="Expected backward function to handle undefined output grads"):
        check(NeedsOne.apply, x)
    assert check(NeedsOne.apply, x, check_undefined_grad=False)


def test_inputs_are_put_back(lib, check):
    x = leaf(lib)
    calls = []

    def fails_later(x):
        calls.append(None)
        if len(calls) == 3:
            raise KeyError("later")
        return x * 2

    if lib.__name__ == "tapegrad":
        with pytest.raises(KeyError):
            check(fails_later, x)
        assert x.tolist() == [1, 2]
    assert check(lambda *_: x * 2, x)  # the function knows x by itself
    assert x.tolist() == [1, 2]


def changing():
    calls = itertools.count()
    return lambda x: x * (1 + next(calls) % 7)


SUGGESTIONS = {
    "sign": (lambda lib: custom(lib, lambda x: x**2, lambda g, x: -2 * x * g), "wrong sign"),
    "factor": (lambda lib: custom(lib, lambda x: x**2, lambda g, x: x * g), "times 2 it is "
    "the numerical one"),
    "none": (lambda lib: lambda x: x.detach() ** 2 + 0 * x, "No gradient arrives at this input"),
    "transposed": (
        lambda lib: custom(
            lib, lambda x: lib.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=lib.float64) @ x,
            lambda g, x: lib.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=lib.float64) @ g,
        ),
        "right but for a transposition",
    ),
    "infinite": (lambda lib: custom(lib, lambda x: x**2, lambda g, x: g / 0.0), "not finite"),
    "term": (
        lambda lib: custom(lib, lambda x: x**2, lambda g, x: 2 * x * g * lib.tensor([0.0, 1.0],
        dtype=lib.float64)),
        "right where it is not zero",
    ),
    "kink": (lambda lib: lambda x: (x - 1).relu(), "kink there: its slope is 0 to the left and 1 to "
    "the right"),
    "jump": (lambda lib: lambda x: (x - 1).sign() + x, "The function jumps there"),
    "random": (
        lambda lib: changing(),
        "gives other values each time",
    ),
    "rounding": (lambda lib: lambda x: x + 1e8 - 1e8, "With eps=0.0001 both agree at that element: "
    "rounding"),
    "else": (
        lambda lib: custom(lib, lambda x: x**2, lambda g, x: x**3 * g + 1 * g),
        "Look at the backward of WrongBackward first",
    ),
}  # fmt: skip


@pytest.mark.own(OWN_TEXT)
@pytest.mark.parametrize("name", SUGGESTIONS)
def test_suggestions(lib, check, name):
    make, text = SUGGESTIONS[name]
    with pytest.raises(error(lib), match=text):
        check(make(lib), leaf(lib))


@pytest.mark.own(OWN_TEXT)
def test_report_names_the_element(lib, check):
    def wrong_in_one(g, x):
        scale = np.ones((2, 2))
        scale[1, 0] = 2.5
        return 2 * x * g * lib.tensor(scale)

    f = custom(lib, lambda x: x**2, wrong_in_one)
    with pytest.raises(error(lib)) as caught:
        check(lambda k, x: (x.sum(), k, f(x)), (3, leaf(lib, [[1.0, 2.0], [3.0, 4.0]])))
    text = str(caught.value)
    for part in (
        "Jacobian mismatch for output 1 with respect to input 1",
        "made by WrongBackward and has shape (2, 2); input 1 has shape (2, 2) and dtype tapegrad.float64",
        "Worst: d output[1, 0] / d input[1, 0], where the input is 3.0: numerical 6.0",
        "analytical 15.0; they differ by 9, and may by 0.006",
        "Wrong: 1 of 16 elements.",
    ):
        assert part in text, text


@pytest.mark.own(OWN_TEXT)
def test_kink_is_judged(lib, check):
    at = leaf(lib, [0.0])
    outside = custom(lib, lambda x: x.relu(), lambda g, x: g * 7)
    with pytest.raises(error(lib), match="does not lie within these, so it is wrong in any case"):
        check(outside, at)
    with pytest.raises(error(lib), match="lies within these, so it need not be wrong"):
        check(lambda x: x.relu(), at)
    assert check(lambda x: x.abs(), at)  # the mean of both sides is 0, as the gradient
    with pytest.raises(error(lib), match=r"too coarse for differences over 1e-06. Use .double\(\)"):
        check(lambda x: x.float() ** 2, leaf(lib, [1.1]))


@pytest.mark.filterwarnings("ignore:.*jit.script:DeprecationWarning")
@pytest.mark.parametrize("fast", [False, True])
def test_tangents(lib, check, fast):
    x, y = leaf(lib), leaf(lib, [[0.5], [1.5]])
    forward = {"check_forward_ad": True, "check_batched_forward_grad": True, "fast_mode": fast}
    assert check(lambda x, y: (x * y, x.sin().sum(), x[:0]), (x, y), **forward)
    assert check(lambda x: x**2, x, check_backward_ad=False, check_undefined_grad=False, **forward)
    assert lib.autograd.gradgradcheck(lambda x: x**3, x, check_fwd_over_rev=True, fast_mode=fast)


@pytest.mark.own("there: from a jvp that the Function has")
@pytest.mark.parametrize("fast", [False, True])
def test_wrong_tangents(lib, check, fast):
    wrong = custom(lib, lambda x: x**2, lambda g, x: 3 * x * g)
    with pytest.raises(error(lib), match="Jacobian mismatch for output 0 with respect to input 0"):
        check(
            wrong,
            leaf(lib),
            check_forward_ad=True,
            check_backward_ad=False,
            check_undefined_grad=False,
            fast_mode=fast,
        )


@pytest.mark.parametrize("fast", [False, True])
def test_batches(lib, check, fast):
    x, y = leaf(lib), leaf(lib, [[0.5], [1.5]])
    batched = {"check_batched_grad": True, "fast_mode": fast}
    assert check(lambda x, y: (x * y, x.sin().sum(), x[:0]), (x, y), **batched)
    assert lib.autograd.gradgradcheck(lambda x: x**3, x, **batched)


@pytest.mark.own("there a batch is one call, which may differ otherwise")
def test_batches_that_differ(lib, check):
    calls = []

    def moody(g, x):
        calls.append(g)
        return 2 * g if len(calls) <= 4 else 3 * g

    with pytest.raises(error(lib), match="While testing batched gradients"):
        check(custom(lib, lambda x: x * 2, moody), leaf(lib, [1.0]), check_batched_grad=True, nondet_tol=10)


def test_gradgradcheck_takes_cotangents(lib):
    x = leaf(lib)
    g = leaf(lib, [0.5, -1.0])
    assert lib.autograd.gradgradcheck(lambda x: x**3, x, g)
    assert lib.autograd.gradgradcheck(lambda x: x**3, x, gen_non_contig_grad_outputs=True)
    assert x.grad is None
    assert g.grad is None


def test_functions_that_return_no_variable(lib, check):
    with pytest.raises((ValueError, AttributeError)):
        check(lambda x: x.sum().item() ** 2, leaf(lib, [1.0]))
