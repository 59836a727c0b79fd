"""Runs samples in a library: instantiates, calls, differentiates, compares. Imports no library."""

import warnings
from functools import cache

import numpy as np

from .spec import LAYOUTS, Dtype, Op, Sample, Strided, tree_map

RTOL = {"float64": 1e-11, "float32": 2e-5}


class Call:
    """One sample in one library: its arguments as tensors, the leaves among them, and the outputs."""

    def __init__(self, lib, op: Op, sample: Sample, *, leaves: bool = False, plain: bool = False):
        self.lib, self.op = lib, op
        self.leaves: list = []
        self._wants_leaves, self._plain = leaves, plain
        self.args = tree_map(self._instantiate, sample.args)
        self.kwargs = tree_map(self._instantiate, sample.kwargs)

    def _instantiate(self, item):
        match item:
            case np.ndarray() | Strided():
                tensor = make(self.lib, item, plain=self._plain)
                if self._wants_leaves and tensor.dtype in (self.lib.float32, self.lib.float64):
                    tensor.requires_grad_(True)
                    self.leaves.append(tensor)
                return tensor
            case Dtype():
                return getattr(self.lib, item)
        return item

    def outputs(self) -> list:
        return as_list(self.op(self.lib, *self.args, **self.kwargs))


def make(lib, item, plain: bool = False):
    """The tensor of an array, in its layout unless `plain`."""
    if isinstance(item, np.ndarray):
        return lib.tensor(item)
    if plain:
        return lib.tensor(item.value.copy())
    base, view = LAYOUTS[item.layout]
    return view(lib.tensor(base(item.value)), item.value)


def as_list(result) -> list:
    return list(result) if isinstance(result, tuple | list) else [result]


def to_numpy(tensor) -> np.ndarray:
    """The array on the tensor's memory."""
    return tensor.numpy(force=True)


def dtype_name(tensor) -> str:
    return str(tensor.dtype).rpartition(".")[2]


@cache
def cotangent(shape, dtype, k: int = 0) -> np.ndarray:
    """A gradient to start from: fixed, of both signs, never zero, exact in every floating dtype."""
    return ((7 * np.arange(np.prod(shape, dtype=int)) + 5 * k) % 17 / 4 - 1.875).reshape(shape).astype(dtype)


def like(lib, tensor, k: int = 0):
    """The k-th cotangent for `tensor`."""
    return lib.tensor(cotangent(tuple(tensor.shape), dtype_name(tensor), k))


def reference(op: Op, sample: Sample) -> list[np.ndarray]:
    """What the NumPy or SciPy reference says."""

    def plain(item):
        if isinstance(item, Dtype):
            return np.dtype(str(item))
        value = item.value if isinstance(item, Strided) else item
        whole = isinstance(value, np.ndarray) and value.dtype.kind != "f"
        return value.astype(np.float32) if whole and op.to_float else value

    with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
        result = op.ref(*tree_map(plain, sample.args), **tree_map(plain, sample.kwargs))
    return [np.asarray(r) for r in as_list(result)]


def gradients(lib, outputs, leaves, grad_outputs, **kwargs) -> list:
    """Of those outputs that can be differentiated; None where a leaf plays no part."""
    roots = [(o, g) for o, g in zip(outputs, grad_outputs, strict=True) if o.requires_grad]
    if not roots or not leaves:
        return [None] * len(leaves)
    roots, starts = zip(*roots, strict=True)
    return list(lib.autograd.grad(roots, leaves, starts, allow_unused=True, **kwargs))


def first_gradients(lib, op: Op, sample: Sample) -> tuple[list, list]:
    """Outputs, and the gradients of every leaf from the fixed cotangents."""
    call = Call(lib, op, sample, leaves=True)
    outputs = call.outputs()
    starts = [like(lib, o, k) if o.requires_grad else None for k, o in enumerate(outputs)]
    return outputs, gradients(lib, outputs, call.leaves, starts)


class SecondOrder:
    """The number sum(u * gradient), a function of leaves and cotangents; and its gradient."""

    def __init__(self, lib, op: Op, sample: Sample, *, plain: bool = False):
        self.lib = lib
        self.call = Call(lib, op, sample, leaves=True, plain=plain)
        outputs = self.call.outputs()
        starts = [like(lib, o, k) if o.requires_grad else None for k, o in enumerate(outputs)]
        self.starts = [s.requires_grad_(True) if s is not None else None for s in starts]
        self.variables = self.call.leaves + [s for s in self.starts if s is not None]

    def _first(self, create_graph: bool) -> list:
        leaves = self.call.leaves
        first = gradients(self.lib, self.call.outputs(), leaves, self.starts, create_graph=create_graph)
        return [g for g in first if g is not None]

    def value(self) -> float:
        first = map(to_numpy, self._first(create_graph=False))
        return float(sum((cotangent(g.shape, g.dtype, 3 + k) * g).sum() for k, g in enumerate(first)))

    def gradient(self) -> list:
        first = self._first(create_graph=True)
        starts = [like(self.lib, g, 3 + k) if g.requires_grad else None for k, g in enumerate(first)]
        return gradients(self.lib, first, self.variables, starts)


def central_differences(f, tensors, step: float = 1e-6) -> list[np.ndarray]:
    """The derivative of the number f() by every element of `tensors`, which are written to through NumPy."""
    results = []
    for tensor in tensors:
        memory = to_numpy(tensor).reshape(-1)
        slopes = np.empty(memory.size)
        for i, value in enumerate(memory.copy()):
            memory[i] = value + step
            above = f()
            memory[i] = value - step
            slopes[i] = (above - f()) / (2 * step)
            memory[i] = value
        results.append(slopes.reshape(tuple(tensor.shape)))
    return results


def close(actual: np.ndarray, expected: np.ndarray, rtol: float, atol: float) -> bool:
    equal = actual == expected
    if actual.dtype.kind == "f":
        with np.errstate(invalid="ignore"):
            near = abs(actual - expected) <= atol + rtol * abs(expected)
        equal = equal | (near & np.isfinite(expected)) | (np.isnan(actual) & np.isnan(expected))
    return bool(equal.all())


def assert_close(actual, expected: np.ndarray, op: Op | None = None, what: str = "value", **tolerances):
    """Equal shape and dtype, numbers equal to within the dtype's tolerance. None is a gradient of zeros."""
    if not isinstance(actual, np.ndarray):
        actual = np.zeros_like(expected) if actual is None else to_numpy(actual)
    assert actual.shape == expected.shape, f"{what}: shape {actual.shape}, expected {expected.shape}"
    assert actual.dtype == expected.dtype, f"{what}: dtype {actual.dtype}, expected {expected.dtype}"
    rtol = RTOL.get(actual.dtype.name, 0)
    if op:
        rtol = op.rtol.get(actual.dtype.name, rtol)
    bounds = {"rtol": rtol, "atol": rtol / 10} | tolerances
    if not close(actual, expected, **bounds):
        np.testing.assert_allclose(actual, expected, err_msg=what, **bounds)  # says it in words; is slow


def sum_to(x: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """What undoes a broadcast from `shape`."""
    x = x.sum(tuple(range(x.ndim - len(shape))))
    ones = tuple(i for i, n in enumerate(shape) if n == 1 and x.shape[i] != 1)
    return x.sum(ones, keepdims=True)


def for_each(op: Op, samples, check) -> None:
    """check(sample) for every sample; all failures together, each with its sample."""
    failures = []
    for i, sample in enumerate(samples):
        try:
            check(sample)
        except Exception as error:
            error.add_note(f"{op}, sample {i}: {sample}")
            failures.append(error)
    if failures:
        raise ExceptionGroup(f"{op}: {len(failures)} of {len(samples)} samples", failures[:3])
