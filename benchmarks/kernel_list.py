"""The kernels whose every size is swept, by the names that tapegrad and PyTorch share.

A row is a function `f(lib, *tensors)`, the shapes of its arguments for about n elements, and what one would
write in NumPy. Where the shapes depend on n by a short or a long side, the row's name says so:
`sum 1 of (n/16, 16)` sums along axis 1, sixteen long.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray
RNG = np.random.default_rng(0)
Shape = tuple[int, ...]
Make = Callable[[np.random.Generator, int, type], Sequence[Array]]


@dataclass(frozen=True)
class Kernel:
    name: str
    function: Callable[..., Any]  # f(lib, *tensors); all floating tensors require a gradient
    make: Make  # the arguments, of about n elements together or each
    by_hand: Callable[..., Any] | None = None  # the forward, f(*arrays)
    most: int = 10**8  # larger ones are left out: slow without telling more
    gradient: bool = True  # has one
    doubles: bool = False  # swept in float64 too


def normal(rng: np.random.Generator, shape: Shape, dtype: type) -> Array:
    return rng.standard_normal(shape, dtype=dtype)


def positive(rng: np.random.Generator, shape: Shape, dtype: type) -> Array:
    return rng.random(shape, dtype=dtype) + dtype(0.5)


def shaped(*shapes: Callable[[int], Shape], fill: Callable[..., Array] = normal) -> Make:
    return lambda rng, n, dtype: [fill(rng, shape(n), dtype) for shape in shapes]


def flat(n: int) -> Shape:
    return (n,)


def square(n: int) -> Shape:
    side = max(1, math.isqrt(n))
    return side, side


def short_rows(n: int) -> Shape:
    return max(1, n // 16), min(n, 16)


def long_rows(n: int) -> Shape:
    return min(n, 16), max(1, n // 16)


def middle(n: int) -> Shape:
    return max(1, n // 256), min(n, 16), min(max(1, n // 16), 16)


def batch_of(side: int) -> Callable[[int], Shape]:
    return lambda n: (max(1, n // side**2), side, side)


# --- elementwise ------------------------------------------------------------------------------------------


def elementwise() -> Iterator[Kernel]:
    for name in (
        "exp",
        "log",
        "tanh",
        "sin",
        "sqrt",
        "abs",
        "square",
        "reciprocal",
        "log1p",
        "expm1",
        "sinh",
        "atan",
        "floor",
        "neg",
    ):
        fill = positive if name in ("log", "sqrt", "reciprocal", "log1p") else normal
        in_numpy = {"abs": np.abs, "atan": np.arctan, "neg": np.negative}.get(name) or getattr(np, name)
        yield Kernel(
            name,
            lambda lib, x, name=name: getattr(lib, name)(x),
            shaped(flat, fill=fill),
            in_numpy,
            doubles=name in ("exp", "log", "tanh", "sin"),
        )
    yield Kernel("sigmoid", lambda lib, x: lib.sigmoid(x), shaped(flat), lambda x: 1 / (1 + np.exp(-x)))
    yield Kernel("relu", lambda lib, x: lib.relu(x), shaped(flat), lambda x: np.maximum(x, 0))
    yield Kernel("erf", lambda lib, x: lib.erf(x), shaped(flat))
    yield Kernel("lgamma", lambda lib, x: lib.lgamma(x), shaped(flat, fill=positive), most=10**6)
    yield Kernel("clamp", lambda lib, x: lib.clamp(x, -1, 1), shaped(flat), lambda x: np.clip(x, -1, 1))
    yield Kernel("x * 2.5", lambda lib, x: x * 2.5, shaped(flat), lambda x: x * 2.5)
    yield Kernel("x + 1", lambda lib, x: x + 1, shaped(flat), lambda x: x + 1)
    yield Kernel("1 / x", lambda lib, x: 1 / x, shaped(flat, fill=positive), lambda x: 1 / x)
    yield Kernel("x ** 2", lambda lib, x: x**2, shaped(flat), lambda x: x**2)
    yield Kernel("x ** 3", lambda lib, x: x**3, shaped(flat), lambda x: x**3)
    yield Kernel("x ** 0.5", lambda lib, x: x**0.5, shaped(flat, fill=positive), lambda x: x**0.5)
    yield Kernel("x ** 1.7", lambda lib, x: x**1.7, shaped(flat, fill=positive), lambda x: x**1.7)
    two = shaped(flat, flat)
    yield Kernel("x + y", lambda lib, x, y: x + y, two, np.add, doubles=True)
    yield Kernel("x * y", lambda lib, x, y: x * y, two, np.multiply, doubles=True)
    yield Kernel("x / y", lambda lib, x, y: x / y, shaped(flat, flat, fill=positive), np.divide)
    yield Kernel("x ** y", lambda lib, x, y: x**y, shaped(flat, flat, fill=positive), np.power, most=10**7)
    yield Kernel("maximum", lambda lib, x, y: lib.maximum(x, y), two, np.maximum)
    yield Kernel("atan2", lambda lib, x, y: lib.atan2(x, y), two, np.arctan2)
    yield Kernel(
        "where x > 0", lambda lib, x, y: lib.where(x > 0, x, y), two, lambda x, y: np.where(x > 0, x, y)
    )
    yield Kernel("x > y", lambda lib, x, y: x > y, two, np.greater, gradient=False)
    yield Kernel("matrix + row", lambda lib, x, b: x + b, shaped(square, lambda n: square(n)[:1]), np.add)
    yield Kernel(
        "matrix * column", lambda lib, x, b: x * b, shaped(square, lambda n: (square(n)[0], 1)), np.multiply
    )
    yield Kernel(
        "short rows + row", lambda lib, x, b: x + b, shaped(short_rows, lambda n: short_rows(n)[1:]), np.add
    )
    yield Kernel(
        "column * row",
        lambda lib, x, y: x * y,
        shaped(lambda n: (square(n)[0], 1), lambda n: square(n)[:1]),
        np.multiply,
    )
    yield Kernel("matrix + its transpose", lambda lib, x: x + x.t(), shaped(square), lambda x: x + x.T)
    yield Kernel("x[::2] * 2", lambda lib, x: x[::2] * 2, shaped(flat), lambda x: x[::2] * 2)


# --- reductions -------------------------------------------------------------------------------------------


def norm_by_hand(axis: int | None) -> Callable[[Array], Array]:
    return lambda x: np.sqrt((x * x).sum(axis))


def softmax_by_hand(x: Array, axis: int) -> Array:
    powers = np.exp(x - x.max(axis, keepdims=True))
    return powers / powers.sum(axis, keepdims=True)


def logsumexp_by_hand(x: Array, axis: int) -> Array:
    top = x.max(axis, keepdims=True)
    return np.log(np.exp(x - top).sum(axis)) + top.squeeze(axis)


REDUCED = {
    "sum": (lambda lib, x, a: lib.sum(x, a), lambda x, a: x.sum(a)),
    "mean": (lambda lib, x, a: lib.mean(x, a), lambda x, a: x.mean(a)),
    "amax": (lambda lib, x, a: lib.amax(x, a), lambda x, a: x.max(a)),
    "max": (lambda lib, x, a: lib.max(x, a)[0], lambda x, a: x.max(a)),
    "argmax": (lambda lib, x, a: lib.argmax(x, a), lambda x, a: x.argmax(a)),
    "prod": (lambda lib, x, a: lib.prod(x, a), lambda x, a: x.prod(a)),
    "var": (lambda lib, x, a: lib.var(x, a), lambda x, a: x.var(a, ddof=1)),
    "std": (lambda lib, x, a: lib.std(x, a), lambda x, a: x.std(a, ddof=1)),
    "norm": (lambda lib, x, a: lib.linalg.vector_norm(x, 2, a), lambda x, a: norm_by_hand(a)(x)),
    "softmax": (lambda lib, x, a: lib.softmax(x, a), softmax_by_hand),
    "log_softmax": (
        lambda lib, x, a: lib.log_softmax(x, a),
        lambda x, a: x - logsumexp_by_hand(x, a).reshape([1 if i == a else s for i, s in enumerate(x.shape)]),
    ),
    "logsumexp": (lambda lib, x, a: lib.logsumexp(x, a), logsumexp_by_hand),
    "cumsum": (lambda lib, x, a: lib.cumsum(x, a), lambda x, a: x.cumsum(a)),
    "cumprod": (lambda lib, x, a: lib.cumprod(x, a), lambda x, a: x.cumprod(a)),
    "sort": (lambda lib, x, a: lib.sort(x, a)[0], lambda x, a: np.sort(x, a)),
    "argsort": (lambda lib, x, a: lib.argsort(x, a), lambda x, a: np.argsort(x, a)),
    "median": (lambda lib, x, a: lib.median(x, a)[0], lambda x, a: np.median(x, a)),
}
WHOLE = {
    "sum": (lambda lib, x: x.sum(), np.sum),
    "mean": (lambda lib, x: x.mean(), np.mean),
    "max": (lambda lib, x: x.max(), np.max),
    "prod": (lambda lib, x: lib.prod(x), np.prod),
    "var": (lambda lib, x: x.var(), lambda x: x.var(ddof=1)),
    "std": (lambda lib, x: x.std(), lambda x: x.std(ddof=1)),
    "norm": (lambda lib, x: lib.linalg.norm(x), np.linalg.norm),
    "any": (lambda lib, x: (x > 9).any(), lambda x: (x > 9).any()),
    "count_nonzero": (lambda lib, x: lib.count_nonzero(x), np.count_nonzero),
    "argmax": (lambda lib, x: lib.argmax(x), np.argmax),
}
WITHOUT_GRADIENT = ("argmax", "argsort", "any", "count_nonzero")
LAYOUTS = {
    "1 of (n/16, 16)": (1, short_rows),
    "1 of (16, n/16)": (1, long_rows),
    "0 of (n/16, 16)": (0, short_rows),
    "0 of (16, n/16)": (0, long_rows),
    "1 of (n/256, 16, 16)": (1, middle),
    "1 of square": (1, square),
    "0 of square": (0, square),
}


def reductions() -> Iterator[Kernel]:
    for name, (function, by_hand) in WHOLE.items():
        yield Kernel(
            name,
            function,
            shaped(flat),
            by_hand,
            gradient=name not in WITHOUT_GRADIENT,
            doubles=name in ("sum", "norm"),
        )
    for name, (function, by_hand) in REDUCED.items():
        slow = name in ("sort", "argsort", "median")
        for layout, (axis, shape) in LAYOUTS.items():
            if "middle" in layout and slow:
                continue
            yield Kernel(
                f"{name} {layout}",
                lambda lib, x, axis=axis, function=function: function(lib, x, axis),
                shaped(shape),
                lambda x, axis=axis, by_hand=by_hand: by_hand(x, axis),
                gradient=name not in WITHOUT_GRADIENT,
                most=10**6 if slow else 10**7,
                doubles=name == "sum" and "square" in layout,
            )
    mm = shaped(flat)
    yield Kernel("dot", lambda lib, x, y: x @ y, shaped(flat, flat), np.dot)
    yield Kernel("sort", lambda lib, x: lib.sort(x)[0], mm, np.sort, most=10**6)
    yield Kernel(
        "topk 10",
        lambda lib, x: lib.topk(x, 10)[0],
        shaped(lambda n: (max(n, 10),)),
        lambda x: -np.sort(np.partition(-x, 9)[:10]),
        most=10**7,
    )
    yield Kernel("unique", lambda lib, x: lib.unique(x), mm, np.unique, gradient=False, most=10**6)


# --- copies, shapes, indices ------------------------------------------------------------------------------


def indices(rng: np.random.Generator, below: int, shape: Shape) -> Array:
    return rng.integers(0, below, shape)


def with_indices(shape: Callable[[int], Shape], count: Callable[[int], Shape]) -> Make:
    """A float array and indices into its first axis."""

    def make(rng: np.random.Generator, n: int, dtype: type) -> list[Array]:
        x = normal(rng, shape(n), dtype)
        return [x, indices(rng, x.shape[0], count(n))]

    return make


def table(n: int) -> Shape:
    return max(1, n // 64), 64


def gather_data(rng: np.random.Generator, n: int, dtype: type) -> list[Array]:
    x = normal(rng, square(n), dtype)
    return [x, indices(rng, x.shape[1], x.shape)]


def masked(rng: np.random.Generator, n: int, dtype: type) -> list[Array]:
    x = normal(rng, (n,), dtype)
    return [x, rng.random(n) < 0.5]


def scatter_data(rng: np.random.Generator, n: int, dtype: type) -> list[Array]:
    return [normal(rng, (n,), dtype), indices(rng, n, (n,)), normal(rng, (n,), dtype)]


def add_at(x: Array, index: Array, y: Array) -> Array:
    x = x.copy()
    np.add.at(x, index, y)
    return x


def movements() -> Iterator[Kernel]:
    yield Kernel("clone", lambda lib, x: x.clone(), shaped(flat), np.copy)
    yield Kernel("transposed copy", lambda lib, x: x.t().contiguous(), shaped(square), lambda x: x.T.copy())
    yield Kernel(
        "transposed copy of (n/16, 16)",
        lambda lib, x: x.t().contiguous(),
        shaped(short_rows),
        lambda x: x.T.copy(),
    )
    yield Kernel(
        "permute 2 0 1",
        lambda lib, x: x.permute(2, 0, 1).contiguous(),
        shaped(middle),
        lambda x: x.transpose(2, 0, 1).copy(),
    )
    yield Kernel("flip", lambda lib, x: lib.flip(x, (0,)), shaped(flat), lambda x: x[::-1].copy())
    yield Kernel("roll", lambda lib, x: lib.roll(x, 3), shaped(flat), lambda x: np.roll(x, 3))
    yield Kernel("tril", lambda lib, x: lib.tril(x), shaped(square), np.tril)
    yield Kernel("repeat 3", lambda lib, x: lib.tile(x, (3,)), shaped(flat), lambda x: np.tile(x, 3))
    yield Kernel("diff", lambda lib, x: lib.diff(x), shaped(flat), np.diff)
    yield Kernel("to float64", lambda lib, x: x.to(lib.float64), shaped(flat), lambda x: x.astype(np.float64))
    yield Kernel(
        "cat", lambda lib, x, y: lib.cat([x, y]), shaped(flat, flat), lambda x, y: np.concatenate([x, y])
    )
    yield Kernel(
        "cat 1 of squares",
        lambda lib, x, y: lib.cat([x, y], 1),
        shaped(square, square),
        lambda x, y: np.concatenate([x, y], 1),
    )
    yield Kernel(
        "stack", lambda lib, x, y: lib.stack([x, y]), shaped(flat, flat), lambda x, y: np.stack([x, y])
    )
    yield Kernel(
        "stack 1",
        lambda lib, x, y: lib.stack([x, y], 1),
        shaped(flat, flat),
        lambda x, y: np.stack([x, y], 1),
    )
    yield Kernel(
        "cat of 100",
        lambda lib, x: lib.cat([x] * 100),
        shaped(lambda n: (max(1, n // 100),)),
        lambda x: np.concatenate([x] * 100),
    )
    yield Kernel("x[1:-1]", lambda lib, x: x[1:-1] * 1, shaped(lambda n: (n + 2,)), lambda x: x[1:-1] * 1)
    yield Kernel("x[index]", lambda lib, x, i: x[i], with_indices(flat, flat), lambda x, i: x[i])
    yield Kernel(
        "x[rows]",
        lambda lib, x, i: x[i],
        with_indices(table, lambda n: (max(1, n // 64),)),
        lambda x, i: x[i],
    )
    yield Kernel(
        "index_select 0",
        lambda lib, x, i: lib.index_select(x, 0, i),
        with_indices(table, lambda n: (max(1, n // 64),)),
        lambda x, i: x.take(i, 0),
    )
    yield Kernel(
        "64 rows of a table", lambda lib, x, i: x[i], with_indices(table, lambda n: (64,)), lambda x, i: x[i]
    )
    yield Kernel(
        "gather 1",
        lambda lib, x, i: lib.gather(x, 1, i),
        gather_data,
        lambda x, i: np.take_along_axis(x, i, 1),
    )
    yield Kernel(
        "gather 0",
        lambda lib, x, i: lib.gather(x, 0, i),
        gather_data,
        lambda x, i: np.take_along_axis(x, i, 0),
    )
    yield Kernel("x[mask]", lambda lib, x, m: x[m], masked, lambda x, m: x[m])
    yield Kernel(
        "masked_fill", lambda lib, x, m: x.masked_fill(m, 0.0), masked, lambda x, m: np.where(m, 0, x)
    )
    yield Kernel("scatter_add", lambda lib, x, i, y: lib.scatter_add(x, 0, i, y), scatter_data, add_at)
    yield Kernel("index_add", lambda lib, x, i, y: lib.index_add(x, 0, i, y), scatter_data, add_at)
    yield Kernel(
        "zeros",
        lambda lib, x: lib.zeros(x.shape[0]),
        shaped(flat),
        lambda x: np.zeros(x.shape[0], x.dtype),
        gradient=False,
    )
    yield Kernel(
        "arange",
        lambda lib, x: lib.arange(x.shape[0]),
        shaped(flat),
        lambda x: np.arange(x.shape[0]),
        gradient=False,
    )
    yield Kernel(
        "randn",
        lambda lib, x: lib.randn(x.shape[0]),
        shaped(flat),
        lambda x: RNG.standard_normal(x.shape[0], np.float32),
        gradient=False,
    )
    yield Kernel(
        "rand",
        lambda lib, x: lib.rand(x.shape[0]),
        shaped(flat),
        lambda x: RNG.random(x.shape[0], np.float32),
        gradient=False,
    )
    yield Kernel(
        "tolist", lambda lib, x: x.tolist(), shaped(flat), lambda x: x.tolist(), gradient=False, most=10**5
    )


# --- linear algebra ---------------------------------------------------------------------------------------


def definite(rng: np.random.Generator, shape: Shape, dtype: type) -> Array:
    x = normal(rng, shape, dtype)
    return x @ x.swapaxes(-1, -2) / shape[-1] + np.eye(shape[-1], dtype=dtype)


def linear_algebra() -> Iterator[Kernel]:
    yield Kernel(
        "matmul of squares",
        lambda lib, x, y: x @ y,
        shaped(square, square),
        np.matmul,
        most=10**6,
        doubles=True,
    )
    yield Kernel(
        "matmul by transpose",
        lambda lib, x, y: x @ y.t(),
        shaped(square, square),
        lambda x, y: x @ y.T,
        most=10**6,
    )
    yield Kernel(
        "matmul (n/64, 64) (64, 64)", lambda lib, x, y: x @ y, shaped(table, lambda n: (64, 64)), np.matmul
    )
    yield Kernel(
        "matmul (64, n/64) (n/64, 64)",
        lambda lib, x, y: x @ y,
        shaped(lambda n: table(n)[::-1], table),
        np.matmul,
    )
    yield Kernel(
        "matrix @ vector", lambda lib, x, y: x @ y, shaped(square, lambda n: square(n)[:1]), np.matmul
    )
    yield Kernel(
        "vector @ matrix",
        lambda lib, x, y: y @ x,
        shaped(square, lambda n: square(n)[:1]),
        lambda x, y: y @ x,
    )
    yield Kernel(
        "outer",
        lambda lib, x, y: lib.outer(x, y),
        shaped(lambda n: square(n)[:1], lambda n: square(n)[:1]),
        np.outer,
    )
    yield Kernel(
        "addmm",
        lambda lib, b, x, y: lib.addmm(b, x, y),
        shaped(lambda n: (64,), table, lambda n: (64, 64)),
        lambda b, x, y: b + x @ y,
    )
    for side in (2, 3, 4, 8, 16, 32, 64):
        shape = batch_of(side)
        yield Kernel(
            f"bmm of {side} x {side}", lambda lib, x, y: x @ y, shaped(shape, shape), np.matmul, most=10**7
        )
    yield Kernel(
        "einsum bij,bjk->bik",
        lambda lib, x, y: lib.einsum("bij,bjk->bik", x, y),
        shaped(batch_of(16), batch_of(16)),
        lambda x, y: x @ y,
    )
    yield Kernel(
        "einsum ij,ij->i",
        lambda lib, x, y: lib.einsum("ij,ij->i", x, y),
        shaped(square, square),
        lambda x, y: np.einsum("ij,ij->i", x, y),
    )
    for side in (3, 8, 32):
        shape = batch_of(side)
        yield from decompositions(
            f"of {side} x {side}", shape, lambda n, side=side: (max(1, n // side**2), side, 1)
        )
    yield from decompositions("of square", square, lambda n: (square(n)[0], 1))


def decompositions(
    name: str, shape: Callable[[int], Shape], right: Callable[[int], Shape]
) -> Iterator[Kernel]:
    def system(rng: np.random.Generator, n: int, dtype: type) -> list[Array]:
        return [definite(rng, shape(n), dtype), normal(rng, right(n), dtype)]

    alone = shaped(shape, fill=definite)
    most = 300**2 if name == "of square" else 10**6
    yield Kernel(f"cholesky {name}", lambda lib, x: lib.linalg.cholesky(x), alone, np.linalg.cholesky, most)
    yield Kernel(f"inv {name}", lambda lib, x: lib.linalg.inv(x), alone, np.linalg.inv, most)
    yield Kernel(f"solve {name}", lambda lib, x, b: lib.linalg.solve(x, b), system, np.linalg.solve, most)
    yield Kernel(f"det {name}", lambda lib, x: lib.linalg.det(x), alone, np.linalg.det, most)
    yield Kernel(
        f"slogdet {name}",
        lambda lib, x: lib.linalg.slogdet(x)[1],
        alone,
        lambda x: np.linalg.slogdet(x)[1],
        most,
    )
    yield Kernel(
        f"eigh {name}", lambda lib, x: lib.linalg.eigh(x)[0], alone, np.linalg.eigvalsh, min(most, 10**5)
    )
    yield Kernel(
        f"svd {name}",
        lambda lib, x: lib.linalg.svd(x, full_matrices=False)[1],
        alone,
        lambda x: np.linalg.svd(x, compute_uv=False),
        min(most, 10**5),
    )
    yield Kernel(
        f"qr {name}",
        lambda lib, x: lib.linalg.qr(x)[1],
        alone,
        lambda x: np.linalg.qr(x)[1],
        min(most, 10**5),
    )
    yield Kernel(
        f"triangular solve {name}",
        lambda lib, x, b: lib.linalg.solve_triangular(lib.tril(x), b, upper=False),
        system,
        None,
        most,
    )


KERNELS = [*elementwise(), *reductions(), *movements(), *linear_algebra()]
