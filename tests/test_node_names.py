"""What nodes are called, of which nodes composite operations consist."""

import re

import pytest
from semantics import leaf


def x2(lib):
    return leaf(lib, [[1.0, 2.0], [3.0, 5.0]])


def chain(y):
    """The names along the first arguments that have nodes, without Backward0, leaf excluded."""
    names, node = [], y.grad_fn
    while node is not None and type(node).__name__ != "AccumulateGrad":
        names.append(re.sub(r"Backward(\d)$", r"\1", type(node).__name__).removesuffix("0"))
        node = next((n for n, _ in node.next_functions if n is not None), None)
    return " < ".join(names)


def written(value, change):
    y = value * 1
    change(y)
    return y


NAMES = [
    ("Add", lambda lib, x: x + 1),
    ("Add", lambda lib, x: 1 + x),
    ("Sub", lambda lib, x: x - 1),
    ("Rsub1", lambda lib, x: 2 - x),
    ("Rsub1", lambda lib, x: lib.rsub(x, 2, alpha=3)),
    ("Rsub", lambda lib, x: lib.rsub(x, x)),
    ("Rsub", lambda lib, x: lib.rsub(x, x, alpha=3)),
    ("ClampMin", lambda lib, x: x.clamp_min(2)),
    ("ClampMin1", lambda lib, x: x.clamp_min(x)),
    ("ClampMax", lambda lib, x: lib.clamp_max(x, 2)),
    ("ClampMax1", lambda lib, x: lib.clamp_max(x, x)),
    ("Xlogy", lambda lib, x: lib.xlogy(x, x)),
    ("Xlogy1", lambda lib, x: lib.xlogy(2, x)),
    ("Xlogy2", lambda lib, x: lib.xlogy(x, 2)),
    ("SpecialXlog1Py1", lambda lib, x: lib.special.xlog1py(2, x)),
    ("SpecialXlog1Py2", lambda lib, x: lib.special.xlog1py(x, 2)),
    ("Copysign", lambda lib, x: x.copysign(x)),
    ("Copysign1", lambda lib, x: x.copysign(-1)),
    ("Roll", lambda lib, x: x.roll(1)),
    ("Roll", lambda lib, x: x.sum().roll(1)),
    ("Mul", lambda lib, x: 2 * x),
    ("Div", lambda lib, x: x / 2),
    ("Mul < Reciprocal", lambda lib, x: 1 / x),
    ("Pow", lambda lib, x: x**2),
    ("Pow", lambda lib, x: x.square()),
    ("Pow1", lambda lib, x: x**x),
    ("Pow2", lambda lib, x: 2**x),
    ("Neg", lambda lib, x: -x),
    ("Abs", lambda lib, x: abs(x)),
    ("Exp", lambda lib, x: x.exp()),
    ("Log", lambda lib, x: x.log()),
    ("Sqrt", lambda lib, x: x.sqrt()),
    ("Sin", lambda lib, x: x.sin()),
    ("Tanh", lambda lib, x: x.tanh()),
    ("Sigmoid", lambda lib, x: x.sigmoid()),
    ("Relu", lambda lib, x: x.relu()),
    ("Sum", lambda lib, x: x.sum()),
    ("Sum1", lambda lib, x: x.sum(0)),
    ("Mean", lambda lib, x: x.mean()),
    ("Mean1", lambda lib, x: x.mean(0)),
    ("Max1", lambda lib, x: x.max()),
    ("Max", lambda lib, x: x.max(0)[0]),
    ("Min1", lambda lib, x: x.min()),
    ("Min", lambda lib, x: x.min(0)[0]),
    ("Amax", lambda lib, x: x.amax(0)),
    ("Logsumexp", lambda lib, x: x.logsumexp(0)),
    ("Softmax", lambda lib, x: x.softmax(0)),
    ("LogSoftmax", lambda lib, x: x.log_softmax(0)),
    ("Maximum", lambda lib, x: lib.maximum(x, x)),
    ("Maximum", lambda lib, x: lib.max(x, x)),
    ("Minimum", lambda lib, x: lib.minimum(x, x)),
    ("Clamp1", lambda lib, x: x.clamp(0, 1)),
    ("Clamp", lambda lib, x: x.clamp(lib.zeros(2), lib.ones(2))),
    ("Where", lambda lib, x: lib.where(x > 1, x, 0.0)),
    ("Mm", lambda lib, x: x @ x),
    ("Mv < Mul", lambda lib, x: (x * 1) @ lib.ones(2)),
    ("Dot < Select", lambda lib, x: x[0] @ lib.ones(2)),
    ("UnsafeView < Bmm", lambda lib, x: chain_3d(lib, x)),
    ("T", lambda lib, x: x.t()),
    ("Permute", lambda lib, x: x.T),
    ("Transpose", lambda lib, x: x.mT),
    ("Transpose", lambda lib, x: x.transpose(0, 1)),
    ("Permute", lambda lib, x: x.permute(1, 0)),
    ("View", lambda lib, x: x.reshape(4)),
    ("View", lambda lib, x: x.flatten()),
    ("UnsafeView < Clone < T", lambda lib, x: x.t().reshape(4)),
    ("View < Expand", lambda lib, x: x.expand(1, 2, 2).reshape(2, 2)),
    ("ReshapeAlias < Expand", lambda lib, x: x[:1].expand(3, 2).reshape(3, 1, 2)),
    ("Squeeze", lambda lib, x: x.squeeze()),
    ("Squeeze1", lambda lib, x: x.squeeze(0)),
    ("Squeeze2", lambda lib, x: x.squeeze((0, 1))),
    ("Unsqueeze", lambda lib, x: x.unsqueeze(0)),
    ("Expand", lambda lib, x: x.expand(3, 2, 2)),
    ("ToCopy", lambda lib, x: x.to(lib.float64)),
    ("Cat", lambda lib, x: lib.cat([x, x])),
    ("Stack", lambda lib, x: lib.stack([x, x])),
    ("Select", lambda lib, x: x[0]),
    ("Select < Select", lambda lib, x: x[0, 0]),
    ("Slice", lambda lib, x: x[1:]),
    ("Slice", lambda lib, x: x[:]),
    ("Unsqueeze", lambda lib, x: x[None]),
    ("Alias", lambda lib, x: x[...]),
    ("Index", lambda lib, x: x[lib.tensor([0])]),
    ("Index", lambda lib, x: x[x > 1]),
    ("CopySlices < Mul", lambda lib, x: written(x, lambda y: y.__setitem__(0, 1))),
    ("IndexPut < Mul", lambda lib, x: written(x, lambda y: y.__setitem__(lib.tensor([0]), 1.0))),
    ("Fill2", lambda lib, x: written(x, lambda y: y.fill_(1))),
    ("Zero", lambda lib, x: written(x, lambda y: y.zero_())),
    ("CopyBackwards", lambda lib, x: lib.zeros(2, 2).copy_(x)),
    ("Clone", lambda lib, x: x.clone()),
    ("Remainder", lambda lib, x: x % 2),
    ("Remainder1", lambda lib, x: x % x),
    ("Fmod", lambda lib, x: lib.fmod(x, 2)),
    ("Fmod1", lambda lib, x: lib.fmod(x, x)),
    ("Div2", lambda lib, x: lib.div(x, 2, rounding_mode="floor")),
    ("Log1P", lambda lib, x: x.log1p()),
    ("Expm1", lambda lib, x: x.expm1()),
    ("Atan2", lambda lib, x: lib.atan2(x, x)),
    ("NanToNum", lambda lib, x: x.nan_to_num()),
    ("Prod", lambda lib, x: x.prod()),
    ("Prod1", lambda lib, x: x.prod(0)),
    ("Median", lambda lib, x: x.median()),
    ("Median1", lambda lib, x: x.median(0)[0]),
    ("Amin", lambda lib, x: x.amin(0)),
    ("Std", lambda lib, x: x.std()),
    ("Var", lambda lib, x: x.var()),
    ("Cumsum", lambda lib, x: x.cumsum(0)),
    ("Cumprod", lambda lib, x: x.cumprod(0)),
    ("LinalgVectorNorm", lambda lib, x: x.norm()),
    ("Sort", lambda lib, x: x.sort()[0]),
    ("Sort1", lambda lib, x: x.sort(stable=True)[0]),
    ("Squeeze4 < Mm", lambda lib, x: x[0] @ lib.ones(2, 2)),
    ("Bmm", lambda lib, x: lib.bmm(x[None], x[None])),
    ("Permute", lambda lib, x: x.movedim(0, 1)),
    ("Squeeze3", lambda lib, x: written(x, lambda y: y.squeeze_())),
    ("Unsqueeze1", lambda lib, x: written(x, lambda y: y.unsqueeze_(0))),
    ("T1", lambda lib, x: written(x, lambda y: y.t_())),
    ("Transpose1", lambda lib, x: written(x, lambda y: y.transpose_(0, 1))),
    ("Repeat", lambda lib, x: x.tile((2, 1))),
    ("Cat", lambda lib, x: lib.hstack([x, x])),
    ("Unbind", lambda lib, x: x.unbind()[0]),
    ("Unbind", lambda lib, x: next(iter(x))),
    ("Split", lambda lib, x: x.split(1)[0]),
    ("Split", lambda lib, x: x.chunk(2)[0]),
    ("SplitWithSizes", lambda lib, x: x.split([1, 1])[0]),
    ("Slice", lambda lib, x: x.tensor_split(2)[0]),
    ("DiagonalBackward0_copy", lambda lib, x: x.diag()),
    ("DiagEmbed", lambda lib, x: x[0].diag()),
    ("Gather", lambda lib, x: x.gather(0, lib.tensor([[0, 0]]))),
    ("IndexSelect", lambda lib, x: x.index_select(0, lib.tensor([0]))),
    ("CopySlices < Mul", lambda lib, x: written(x, lambda y: y[0].mul_(2))),
    ("Fill3", lambda lib, x: written(x, lambda y: y.__setitem__(slice(None), 1))),
    ("Fill3", lambda lib, x: written(x, lambda y: y.fill_(lib.tensor(1.0)))),
    ("MaskedFill", lambda lib, x: x.masked_fill(x > 1, 0.0)),
    ("MaskedFill1", lambda lib, x: x.masked_fill(x > 1, lib.tensor(0.0))),
    ("Scatter", lambda lib, x: x.scatter(0, lib.tensor([[0, 0]]), lib.ones(1, 2))),
    ("Scatter1", lambda lib, x: x.scatter(0, lib.tensor([[0, 0]]), 1.0)),
    ("LinalgInvEx", lambda lib, x: lib.linalg.inv(x)),
    ("LinalgSolveEx", lambda lib, x: lib.linalg.solve(x, lib.ones(2, 2))),
    ("LinalgCholeskyEx", lambda lib, x: lib.linalg.cholesky(x @ x.mT)),
    ("LinalgDet", lambda lib, x: lib.linalg.det(x)),
    ("LinalgSlogdet", lambda lib, x: lib.linalg.slogdet(x)[1]),
    ("LinalgEigh", lambda lib, x: lib.linalg.eigh(x)[0]),
    ("LinalgSvd", lambda lib, x: lib.linalg.svd(x)[1]),
    ("LinalgQr", lambda lib, x: lib.linalg.qr(x)[0]),
    ("LinalgPinv", lambda lib, x: lib.linalg.pinv(x)),
    ("Sub", lambda lib, x: x - x),
    ("Rsub1", lambda lib, x: 1 - x),
    ("Mul", lambda lib, x: x * x),
    ("Div", lambda lib, x: x / x),
    ("Div2", lambda lib, x: lib.div(x, x, rounding_mode="trunc")),
    ("Std", lambda lib, x: x.std(0)),
    ("Var", lambda lib, x: x.var(0)),
    ("LinalgVectorNorm", lambda lib, x: x.norm(1, dim=0)),
    ("Clamp1", lambda lib, x: x.clamp(min=0)),
    ("Clamp", lambda lib, x: x.clamp(max=lib.ones(2))),
    ("Minimum", lambda lib, x: lib.min(x, x)),
    ("Mv", lambda lib, x: x @ x[0]),
    ("Squeeze4", lambda lib, x: written(x[None], lambda y: y.squeeze_(0))),
    ("Squeeze5", lambda lib, x: written(x[None], lambda y: y.squeeze_((0,)))),
    ("View < Expand", lambda lib, x: x[None].expand(1, 2, 2).flatten()),
    ("UnsafeView < Clone < Expand", lambda lib, x: x.expand(3, 2, 2).reshape(6, 2)),
    ("Index", lambda lib, x: x[[0, 1]]),
    ("IndexPut < Mul", lambda lib, x: written(x, lambda y: y.__setitem__(y.detach() > 1, 0.0))),
    ("MaskedFill < Mul", lambda lib, x: written(x, lambda y: y.masked_fill_(y.detach() > 1, 0))),
    ("Hardtanh", lambda lib, x: lib.nn.functional.relu6(x)),
    ("Softplus", lambda lib, x: lib.nn.functional.softplus(x)),
    ("LogSigmoid", lambda lib, x: lib.nn.functional.logsigmoid(x)),
    ("Silu", lambda lib, x: lib.nn.functional.silu(x)),
    ("Mish", lambda lib, x: lib.nn.functional.mish(x)),
    ("Gelu", lambda lib, x: lib.nn.functional.gelu(x)),
    ("Elu", lambda lib, x: lib.nn.functional.elu(x)),
    ("Celu", lambda lib, x: lib.nn.functional.celu(x)),
    ("Elu", lambda lib, x: lib.nn.functional.selu(x)),
    ("Hardswish", lambda lib, x: lib.nn.functional.hardswish(x)),
    ("Hardsigmoid", lambda lib, x: lib.nn.functional.hardsigmoid(x)),
    ("Threshold", lambda lib, x: lib.nn.functional.threshold(x, 0, 1)),
    ("Hardshrink", lambda lib, x: lib.nn.functional.hardshrink(x)),
    ("Softshrink", lambda lib, x: lib.nn.functional.softshrink(x)),
    (
        "BinaryCrossEntropy < Sigmoid",
        lambda lib, x: lib.nn.functional.binary_cross_entropy(x.sigmoid(), lib.ones(2, 2)),
    ),
    ("Mm", lambda lib, x: lib.nn.functional.linear(x, lib.ones(3, 2))),
    ("Addmm", lambda lib, x: lib.nn.functional.linear(x, lib.ones(3, 2), lib.ones(3))),
    ("MseLoss", lambda lib, x: lib.nn.functional.mse_loss(x, lib.ones(2, 2))),
    ("Mean < Abs", lambda lib, x: lib.nn.functional.l1_loss(x, lib.ones(2, 2))),
    ("NllLoss < LogSoftmax", lambda lib, x: lib.nn.functional.cross_entropy(x, lib.tensor([0, 1]))),
    ("Mul", lambda lib, x: lib.nn.functional.dropout(x, 0.5)),
]


def chain_3d(lib, x):
    return x.expand(3, 2, 2) @ lib.ones(3, 2, 2)


@pytest.mark.parametrize(("names", "make"), NAMES, ids=[f"{i}-{n[0]}" for i, n in enumerate(NAMES)])
def test_node_names(lib, names, make):
    got = chain(make(lib, x2(lib)))
    assert got == names or got.startswith(names + " < ")


def test_names_of_writes(lib):
    y = x2(lib) * 1
    y[0] = 1
    assert (type(y.grad_fn).__name__, y.grad_fn.name()) == ("CopySlices", "torch::autograd::CopySlices")
    copy = lib.zeros(2, 2).copy_(x2(lib))
    assert copy.grad_fn.name() == "torch::autograd::CopyBackwards"
    assert type(copy.grad_fn).__name__ == "CopyBackwards"
