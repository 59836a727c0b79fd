"""What the tests of the tape's semantics start from."""

import signal
import subprocess
import sys
import textwrap
import threading
import weakref
from contextlib import contextmanager

import pytest


def leaf(lib, values=(1.0, 2.0), dtype=None):
    """A leaf that requires grad; `dtype` by name."""
    return lib.tensor(values, dtype=None if dtype is None else getattr(lib, dtype), requires_grad=True)


def raises(text, kind=RuntimeError):
    return pytest.raises(kind, match=text)


@contextmanager
def meanwhile(work):
    """Calls work() again and again in another thread while the block runs."""
    stop = threading.Event()

    def run():
        while not stop.is_set():
            work()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextmanager
def alarm(seconds, handler):
    """Calls `handler` once, as the handler of a signal, so many seconds after the block began."""
    before = signal.signal(signal.SIGALRM, lambda *_: handler())
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def function_of(lib, name, forward, backward):
    """A custom Function of that name."""
    base = lib.autograd.Function
    body = {"forward": staticmethod(forward), "backward": staticmethod(backward)}
    return type(base)(name, (base,), body)


def nested_function(lib, inside):
    """The identity of a Variable, with a depth: its backward calls `inside(the Function, depth)`."""

    def forward(ctx, x, depth):
        ctx.depth = depth
        return x.clone()

    def backward(ctx, g):
        inside(nested, ctx.depth)
        return g, None

    nested = function_of(lib, "Nested", forward, backward)
    return nested


def saving_its_result(alive):
    """A forward that clones its input and saves the clone, of which `alive` gets a weak reference."""

    def forward(ctx, x):
        y = x.clone()
        alive.append(weakref.ref(y))
        ctx.save_for_backward(y)
        return y

    return forward


def doubling(lib, name, backward):
    """A Function that saves its input and doubles it."""

    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * 2

    return function_of(lib, name, forward, backward)


def child(code: str, library: str = "tapegrad") -> str:
    """What `code`, in which the library is `tg`, prints in a process of its own on a stack of 8 MB."""

    def small_stack():
        import resource  # not on Windows

        resource.setrlimit(resource.RLIMIT_STACK, (8 << 20, 8 << 20))

    program = f"import {library} as tg\n" + textwrap.dedent(code)
    command = [sys.executable, "-X", "faulthandler", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, preexec_fn=small_stack)
    assert done.returncode == 0, f"exit code {done.returncode}\n{done.stderr[-3000:]}"
    return done.stdout
