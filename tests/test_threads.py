"""Threads and processes: backward from several at once, and after a fork."""

import multiprocessing
import os
import subprocess
import sys
import threading
import weakref

import numpy as np
import pytest
from semantics import meanwhile

FORK = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")


def together(work, count=8):
    """Runs work(i) in threads that start at once; raises what the first of them raised."""
    barrier, errors = threading.Barrier(count), []

    def run(i):
        try:
            barrier.wait()
            work(i)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    if errors:
        raise errors[0]


def test_separate_graphs(lib):
    def work(i):
        for k in range(50):
            x = lib.tensor([1.0, 2.0, float(i)], requires_grad=True)
            y = x
            for _ in range(k):
                y = y * 1.5 - y * 0.5
            (y * y).sum().backward()
            assert x.grad.tolist() == [2, 4, 2 * i]

    together(work)


@pytest.mark.parametrize("size", [3, 300_000])
def test_shared_leaves(lib, size):
    x = lib.tensor(np.ones(size, np.float32), requires_grad=True)
    x.grad = lib.zeros(size)

    def work(i):
        for _ in range(20):
            (x * 2).sum().backward()

    together(work)
    assert x.grad.min().item() == x.grad.max().item() == 8 * 20 * 2


def test_one_graph_that_is_kept(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    y = (x.exp() * x).sum()
    expected = lib.autograd.grad(y, x, retain_graph=True)[0].tolist()

    def work(i):
        for _ in range(50):
            assert lib.autograd.grad(y, x, retain_graph=True)[0].tolist() == expected

    together(work)


def test_higher_orders(lib):
    x = lib.tensor(2.0, requires_grad=True)

    def work(i):
        for _ in range(20):
            y = x**3
            (g,) = lib.autograd.grad(y, x, create_graph=True)
            (h,) = lib.autograd.grad(g, x)
            assert (g.item(), h.item()) == (12, 12)

    together(work)


def test_hooks_and_functions(lib):
    seen = []

    class Twice(lib.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            seen.append(threading.get_ident())
            return g * 2

    def work(i):
        x = lib.tensor([1.0], requires_grad=True)
        for _ in range(20):
            Twice.apply(x).sum().backward()
        assert x.grad.item() == 40

    together(work)
    assert len(seen) == 160
    assert len(set(seen)) > 1


def program(lib, size=200_000):
    """A graph in the middle of a program, large enough for threads."""
    x = lib.tensor(np.full(size, 2.0, np.float32), requires_grad=True)
    y = (x * x).exp().log() * 3
    y.sum().backward(retain_graph=True)
    return x, y


def finish(x, y):
    (y * 2).sum().backward()
    return np.allclose(x.grad.numpy(), 12 + 24)


@FORK
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.own("PyTorch's threads do not survive a fork")
def test_fork_in_the_middle(lib):
    x, y = program(lib)
    child = os.fork()
    if child == 0:
        os._exit(0 if finish(x, y) and _threads_work(lib) else 1)
    assert finish(x, y)
    assert os.waitpid(child, 0)[1] == 0


def _threads_work(lib):
    results = []
    thread = threading.Thread(target=lambda: results.append(finish(*program(lib))))
    thread.start()
    thread.join()
    return results == [True]


def _in_child(name, values, queue):
    import importlib

    lib = importlib.import_module(name)
    x = lib.tensor(values, requires_grad=True)
    (x.exp() * 2).sum().backward()
    queue.put(x.grad.tolist())


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.own("PyTorch's threads do not survive a fork")
@pytest.mark.parametrize(
    "method", [m for m in ("fork", "spawn") if m in multiprocessing.get_all_start_methods()]
)
def test_multiprocessing(lib, method):
    x, y = program(lib)
    context = multiprocessing.get_context(method)
    queue = context.Queue()
    children = [
        context.Process(target=_in_child, args=(lib.__name__, [0.0, float(i)], queue)) for i in range(2)
    ]
    for child in children:
        child.start()
    assert finish(x, y)
    found = sorted(queue.get(timeout=60) for _ in children)
    for child in children:
        child.join(60)
        assert child.exitcode == 0
    assert found == [[2, 2], [2, pytest.approx(2 * np.e)]]


FIRST_USE = """
import sys, threading
import numpy as np
import tapegrad as tg

sys.setswitchinterval(1e-6)
x = tg.ones(3, requires_grad=True)
y = x.detach()
barrier = threading.Barrier(8)

def run():
    barrier.wait()
    {call}

threads = [threading.Thread(target=run) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


@pytest.mark.own("what this library looks up at the first use")
@pytest.mark.parametrize(
    "call",
    ["y.numpy()", "repr(y)", "np.from_dlpack(y)", "y + np.float32(1)", "tg.autograd.grad((x * 2).sum(), x)"],
)
def test_first_use_in_several_threads(call):
    subprocess.run([sys.executable, "-c", FIRST_USE.format(call=call)], check=True, timeout=120)


LOADED = """
import os
import numpy

def threads():  # where the system lists them
    return set(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else set()

before = threads()
import tapegrad
print(len(threads() - before), os.environ.get("OPENBLAS_NUM_THREADS"))
"""


@pytest.mark.own("PyTorch starts threads at import")
@pytest.mark.parametrize("given", [None, "3"])
def test_import_starts_no_threads(given):
    environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"}
    environment |= {"OPENBLAS_NUM_THREADS": given} if given else {}
    done = subprocess.run(
        [sys.executable, "-c", LOADED], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["0", str(given)]


ADDED = """
import sys
import numpy
before = set(sys.modules)
import tapegrad
print(*(name for name in set(sys.modules) - before if not name.startswith("tapegrad")))
"""


@pytest.mark.own("a light import")
def test_import_brings_few_modules():
    done = subprocess.run([sys.executable, "-c", ADDED], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= {"__future__", "threading", "_weakrefset"}


@pytest.mark.own("PyTorch raises now and then")
def test_what_a_running_kernel_reads_may_be_replaced(lib):
    """A gradient that is cleared and data that is swapped while another thread computes with them."""
    n = 200_000
    x, p = lib.ones(n, requires_grad=True), lib.ones(n)

    def replace():
        x.grad = None
        p.data = lib.ones(n)
        lib.full((n,), 7.0)

    with meanwhile(replace):
        for _ in range(400):
            (x * 2.0).sum().backward()
            assert (p * 1.0).max().item() == 1.0


@pytest.mark.own("what kernels keep until they end")
def test_what_is_replaced_goes_with_code_that_computes(lib):
    """The array that p had is dropped when the kernel that reads it ends, and then replaces p itself."""
    n = 200_000
    p, gone = lib.ones(n), []

    def compute():
        gone.append((p + 1.0)[0].item())
        p.data = lib.ones(n)

    def replace():
        array = np.ones(n)
        weakref.finalize(array, compute)
        p.data = lib.from_numpy(array)
        lib.full((n,), 7.0)

    with meanwhile(replace):
        for _ in range(200):
            assert (p * 1.0).max().item() == 1.0
    assert set(gone) <= {2.0}
