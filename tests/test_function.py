"""Custom Functions: what forward may leave in ctx, what backward may return, and what is kept alive."""

import gc
import weakref

import pytest
from semantics import leaf, raises


def make(lib, forward, backward=None, name="Custom", **more):
    body = {"forward": staticmethod(forward)} | {key: staticmethod(value) for key, value in more.items()}
    if backward:
        body["backward"] = staticmethod(backward)
    return type(lib.autograd.Function)(name, (lib.autograd.Function,), body)


def cube(lib):
    def forward(ctx, x):
        assert not lib.is_grad_enabled()
        ctx.save_for_backward(x, None)
        return x**3

    def backward(ctx, g):
        x, none = ctx.saved_tensors
        assert none is None
        return 3 * x**2 * g

    return make(lib, forward, backward, "Cube")


def test_every_order(lib):
    x = leaf(lib)
    y = cube(lib).apply(x)
    assert type(y.grad_fn).__name__ == y.grad_fn.name() == "CubeBackward"
    assert y.grad_fn.next_functions[0][0].variable is x
    (g,) = lib.autograd.grad(y.sum(), x, create_graph=True)
    (h,) = lib.autograd.grad(g.sum(), x, create_graph=True)
    (third,) = lib.autograd.grad(h.sum(), x)
    assert (g.tolist(), h.tolist(), third.tolist()) == ([3, 12], [6, 12], [6, 6])


def test_saved_values_are_freed_and_checked(lib):
    x = leaf(lib)
    y = cube(lib).apply(x)
    y.sum().backward()
    with raises("Trying to backward through the graph a second time"):
        y.sum().backward()
    with raises("Trying to backward through the graph a second time"):
        y.grad_fn.saved_tensors  # noqa: B018
    a = x * 1
    y = cube(lib).apply(a)
    a.add_(1)
    with raises("modified by an inplace operation"):
        y.sum().backward()
    double = make(lib, lambda ctx, x: x * 2, lambda ctx, g: g * 2)
    y = double.apply(x)
    for _ in range(2):  # nothing was saved
        y.sum().backward()


def test_arguments_and_outputs(lib):
    seen = []

    def forward(ctx, x, power, label):
        ctx.power = power
        assert ctx.needs_input_grad == (True, False, False)
        return x * power, label, x > 1

    def backward(ctx, g, label, mask):
        seen.append((label, mask.tolist()))
        return g * ctx.power, None, None, None

    x = leaf(lib)
    y, label, mask = make(lib, forward, backward).apply(x, 3, "name")
    assert (label, mask.requires_grad) == ("name", False)
    y.sum().backward()
    assert x.grad.tolist() == [3, 3]
    assert seen == [(None, [False, False])]


@pytest.mark.parametrize("materialize", [True, False])
def test_undefined_gradients(lib, materialize):
    seen = []

    def forward(ctx, x):
        ctx.set_materialize_grads(materialize)
        return x * 1, x * 2

    def backward(ctx, a, b):
        seen.append(b)
        return a

    x = leaf(lib)
    make(lib, forward, backward).apply(x)[0].sum().backward()
    assert seen[0].tolist() == [0, 0] if materialize else seen == [None]


def test_needs_input_grad_is_of_the_forward_call(lib):
    seen = []

    def forward(ctx, x, w):
        seen.append(ctx.needs_input_grad)
        return x * w

    def backward(ctx, g):
        seen.append(ctx.needs_input_grad)
        return g, g

    x, w = leaf(lib), leaf(lib)
    y = make(lib, forward, backward).apply(x, w)
    x.requires_grad = False
    y.sum().backward(inputs=[w])
    assert seen == [(True, True)] * 2


def test_wrong_returns(lib):
    x = leaf(lib)

    def run(*args, returns):
        make(lib, lambda ctx, x, k=2: x * k, lambda ctx, g: returns(g)).apply(*args).sum().backward()

    for returns in (lambda g: g, lambda g: [g, None]):
        with raises("returned an incorrect number of gradients"):
            run(x, 2, returns=returns)
    with raises("returned a gradient different than None"):
        run(x, 2, returns=lambda g: (g, 3))
    with raises("expected Variable or None"):
        run(x, returns=lambda g: 3)
    with raises("returned an invalid gradient at index 0"):
        run(x, returns=lambda g: lib.ones(3))
    run(x, returns=lambda g: (g, None, None))
    with raises("oops", ValueError):

        def oops(g):
            raise ValueError("oops")

        run(x, returns=oops)
    assert x.grad.tolist() == [1, 1]


def test_what_is_not_implemented(lib):
    x = leaf(lib)
    with raises("must implement the forward function", NotImplementedError):
        lib.autograd.Function.apply(x)
    with raises("must implement either the backward or vjp", NotImplementedError):
        make(lib, lambda ctx, x: x * 1).apply(x).sum().backward()
    with raises("can only save variables", TypeError):
        make(lib, lambda ctx, x: ctx.save_for_backward(3) or x * 1).apply(x)
    with pytest.warns(DeprecationWarning, match="should not be instantiated"):
        lib.autograd.Function()


def test_setup_context(lib):
    def setup(ctx, inputs, output):
        x, ctx.power = inputs
        ctx.save_for_backward(x, output)

    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g * ctx.power * y / x, None

    function = make(lib, lambda x, power=2: x**power, backward, setup_context=setup)
    x = leaf(lib)
    function.apply(x).sum().backward()
    assert x.grad.tolist() == [2, 4]
    x.grad = None
    function.apply(x, power=3).sum().backward()
    assert x.grad.tolist() == [3, 12]


def doubled(lib):
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(2)

    return make(lib, forward, lambda ctx, g: g * 2)


def test_in_place(lib):
    x = leaf(lib)
    with raises("leaf Variable that requires grad has been used"):
        doubled(lib).apply(x)
    x = leaf(lib)
    y = x * 1
    assert doubled(lib).apply(y) is y
    y.sum().backward()
    assert x.grad.tolist() == [2, 2]
    x.grad, base = None, x * 1
    part = base[:1]
    assert doubled(lib).apply(part) is part
    base.sum().backward()
    assert x.grad.tolist() == [2, 1]
    with lib.no_grad():
        for written in (lib.ones(2), leaf(lib), leaf(lib) * 1):
            result = doubled(lib).apply(written)
            assert result is written or written.requires_grad  # the same numbers without the gradient
            assert result.data_ptr() == written.data_ptr()
            assert not result.requires_grad
            assert written._version == 2  # the operation's, and mark_dirty's
    with raises("marked as dirty"):
        make(lib, lambda ctx, x: ctx.mark_dirty(x) or x * 1, lambda ctx, g: g).apply(x * 1)

    def marks_its_output(ctx, x):
        y = x * 1
        ctx.mark_dirty(y)
        return y

    with pytest.warns(UserWarning, match="received a tensor that was not an input"):
        make(lib, marks_its_output, lambda ctx, g: g).apply(x * 1)
    with raises("a view of a leaf Variable that requires grad"):
        doubled(lib).apply(x[:1])


def test_views(lib):
    x = leaf(lib)
    for forward in (lambda ctx, x: x, lambda ctx, x: x[:1]):
        y = make(lib, forward, lambda ctx, g: g, "Part").apply(x * 1)
        assert y.grad_fn.name() == "PartBackward"
        with raises("view was created inside a custom Function"):
            y.add_(1)


@pytest.mark.parametrize("materialize", [True, False])
def test_non_differentiable(lib, materialize):
    seen = []

    def forward(ctx, x):
        ctx.set_materialize_grads(materialize)
        a, b = x * 1, x * 2
        ctx.mark_non_differentiable(b)
        return a, b

    x = leaf(lib)
    a, b = make(lib, forward, lambda ctx, a, b: seen.append(b) or a).apply(x)
    assert (a.requires_grad, b.requires_grad) == (True, False)
    a.sum().backward()
    assert x.grad.tolist() == [1, 1]
    assert [g if g is None else g.tolist() for g in seen] == [[0, 0] if materialize else None]


def test_input_returned_as_is_is_a_view(lib):
    x = leaf(lib)
    y = make(lib, lambda ctx, x: x, lambda ctx, g: g * 3, "Same").apply(x)
    assert y is not x
    assert y._base is x
    assert y.data_ptr() == x.data_ptr()
    assert y.grad_fn.name() == "SameBackward"
    y.sum().backward()
    assert x.grad.tolist() == [3, 3]


def test_once_differentiable(lib):
    once = lib.autograd.function.once_differentiable
    function = make(lib, lambda ctx, x: x * 2, once(lambda ctx, g: g * 2))
    x = leaf(lib)
    (g,) = lib.autograd.grad((function.apply(x) ** 2).sum(), x, create_graph=True)
    assert g.tolist() == [8, 16]
    with raises("marked with @once_differentiable"):
        g.sum().backward()


def test_backward_inside_backward(lib):
    def backward(ctx, g):
        with lib.enable_grad():
            inner = leaf(lib, [3.0])
            (inner * inner).sum().backward()
        return g * inner.grad

    x = leaf(lib)
    make(lib, lambda ctx, x: x * 1, backward).apply(x).sum().backward()
    assert x.grad.tolist() == [6, 6]


def test_context_outlives_its_graph(lib):
    x = leaf(lib)
    y = cube(lib).apply(x)
    ctx = y.grad_fn
    assert y.grad_fn is ctx
    del y
    gc.collect()
    assert ctx.next_functions[0][0].variable is x
    assert ctx.saved_tensors[0] is x


class Token:
    pass


@pytest.mark.parametrize(
    "keep", ["output", "ctx", pytest.param("sum", marks=pytest.mark.own("PyTorch keeps this one"))]
)
def test_cycles_are_collected(lib, keep):
    contexts = []

    def forward(ctx, x):
        contexts.append(ctx)
        ctx.token = Token()
        return x * 1

    y = make(lib, forward, lambda ctx, g: g).apply(leaf(lib))
    ctx = contexts.pop()
    gone = weakref.ref(ctx.token)
    ctx.kept = {"output": y, "ctx": ctx, "sum": y.sum()}[keep]
    del ctx
    gc.collect()
    assert gone() is not None  # y needs it
    y.sum().backward()
    y.grad_fn.token  # noqa: B018
    del forward, y
    gc.collect()
    assert gone() is None


def test_freed_without_recursion(lib):
    function = make(lib, lambda ctx, x: x * 1, lambda ctx, g: g)
    y = x = leaf(lib)
    for _ in range(20_000):
        y = function.apply(y)
    y.sum().backward()
    assert x.grad.tolist() == [1, 1]
    del y


def test_none_for_outputs_without_gradient(lib):
    seen = []

    def forward(ctx, x):
        ctx._materialize_non_diff_grads = False
        a, b = x * 1, x * 2
        ctx.mark_non_differentiable(b)
        return a, b, x * 3

    make(lib, forward, lambda ctx, a, b, c: seen.extend([b, c]) or a).apply(leaf(lib))[0].sum().backward()
    assert seen[0] is None
    assert seen[1].tolist() == [0, 0]


def test_saved_variables_is_deprecated(lib):
    x = leaf(lib)
    y = cube(lib).apply(x)
    with pytest.warns(DeprecationWarning, match="'saved_variables' is deprecated; use 'saved_tensors'"):
        assert y.grad_fn.saved_variables[0] is x


def test_view_returned_where_nothing_is_recorded(lib):
    x = leaf(lib)
    function = make(lib, lambda ctx, x: x[:1], lambda ctx, g: g)
    for base in (x, x * 1):
        with lib.no_grad():
            returned, plain = function.apply(base), base[:1]
        for view in (returned, plain):
            assert view.requires_grad
            assert view.grad_fn is None
            assert view._base is base


@pytest.mark.parametrize("size", [1, 2])
def test_returned_view_that_was_written_leads_through_the_function(lib, size):
    class Add(lib.autograd.Function):
        @staticmethod
        def forward(ctx, a, b):
            a.add_(b)
            ctx.mark_dirty(a)
            return a

        @staticmethod
        def backward(ctx, g):
            return g * 3, g * 5

    a, b = lib.ones(2, requires_grad=True), lib.ones(size, requires_grad=True)
    written = Add.apply(a.clone()[:size], b)
    written.sum().backward()
    assert a.grad.tolist() == [3] * size + [0] * (2 - size)
    assert b.grad.tolist() == [5] * size


def test_other_transforms_of_functions_are_refused(lib):
    function = lib.autograd.Function
    assert function.generate_vmap_rule is False
    with raises("You must implement the jvp function", NotImplementedError):
        function.jvp(None)
    with raises("you must either override the vmap staticmethod", NotImplementedError):
        function.vmap(None, None)
    with raises("Legacy autograd function with non-static forward method is deprecated"):
        function.__call__(function.__new__(function), leaf(lib))


def test_variable_has_a_module(lib):
    assert lib.autograd.variable.Variable is lib.autograd.Variable


@pytest.mark.own("PyTorch leaves a part out without a word")
def test_second_derivatives_through_once_differentiable_are_refused(lib):
    class Square(lib.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**2

        @staticmethod
        @lib.autograd.function.once_differentiable
        def backward(ctx, g):
            return 2 * ctx.saved_tensors[0] * g

    x = leaf(lib)
    (g,) = lib.autograd.grad(Square.apply(x).sum() + (x**3).sum(), x, create_graph=True)
    assert g.tolist() == [5, 16]
    with raises("marked with @once_differentiable"):
        g.sum().backward()


def test_arguments_by_keyword(lib):
    class Scaled(lib.autograd.Function):
        @staticmethod
        def forward(ctx, x, weight=None):
            ctx.save_for_backward(x, weight)
            return x * weight

        @staticmethod
        def backward(ctx, g):
            x, weight = ctx.saved_tensors
            return g * weight, g * x

    x, w = leaf(lib, [2.0]), leaf(lib, [3.0])
    y = Scaled.apply(x, weight=w)
    y.backward()
    assert (y.item(), x.grad.item(), w.grad.item()) == (6, 3, 2)
    with pytest.raises(TypeError, match="argument"):
        Scaled.apply(x, x=x)
