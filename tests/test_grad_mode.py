"""Grad modes: contexts, decorators, threads."""

import asyncio
import threading

import pytest
from semantics import leaf

pytestmark = pytest.mark.usefixtures("grad_mode")


# --- grad modes


def test_modes(lib):
    assert lib.is_grad_enabled()
    x = leaf(lib)
    with lib.no_grad():
        assert not (x * 2).requires_grad
        assert leaf(lib).requires_grad  # factories ignore the mode
        with lib.enable_grad():
            assert (x * 2).requires_grad
        with lib.set_grad_enabled(True):
            assert (x * 2).requires_grad
        assert not lib.is_grad_enabled()
    assert lib.is_grad_enabled()
    lib.set_grad_enabled(False)
    try:
        assert not lib.is_grad_enabled()
    finally:
        lib.set_grad_enabled(True)
    with pytest.raises(ZeroDivisionError), lib.no_grad():
        raise ZeroDivisionError
    assert lib.is_grad_enabled()


def test_decorators(lib):
    def mode():
        """What it says."""
        return lib.is_grad_enabled()

    assert lib.no_grad(mode)() is False
    assert lib.no_grad()(mode)() is False
    assert lib.no_grad()(mode).__doc__ == mode.__doc__
    assert lib.no_grad()(mode).__name__ == "mode"
    with lib.no_grad():
        assert lib.enable_grad()(mode)() is True
        assert lib.set_grad_enabled(True)(mode)() is True
        assert not lib.is_grad_enabled()
    wrapped = lib.set_grad_enabled(False)(mode)
    assert lib.is_grad_enabled()
    assert wrapped() is False


def test_generator(lib):
    @lib.no_grad()
    def modes():
        try:
            got = yield lib.is_grad_enabled()
            yield got, lib.is_grad_enabled()
        except KeyError:
            yield lib.is_grad_enabled()
        return 7

    running = modes()
    assert next(running) is False
    assert lib.is_grad_enabled()
    assert running.send("sent") == ("sent", False)
    assert running.throw(KeyError) is False
    assert lib.is_grad_enabled()
    with pytest.raises(StopIteration) as stop:
        next(running)
    assert stop.value.value == 7
    assert lib.is_grad_enabled()


@pytest.mark.own("torch's decorator does nothing to coroutines")
def test_coroutine(lib):
    @lib.no_grad()
    async def inside():
        before = lib.is_grad_enabled()
        await asyncio.sleep(0)
        return before, lib.is_grad_enabled()

    async def outside():
        task = asyncio.ensure_future(inside())
        await asyncio.sleep(0)
        here = lib.is_grad_enabled()
        return here, await task

    assert asyncio.run(outside()) == (True, (False, False))
    assert lib.is_grad_enabled()


def test_modes_are_thread_local(lib):
    seen = []
    with lib.no_grad():
        thread = threading.Thread(
            target=lambda: (seen.append(lib.is_grad_enabled()), lib.set_grad_enabled(False))
        )
        thread.start()
        thread.join()
    assert seen == [True]
    assert lib.is_grad_enabled()


def test_set_grad_enabled_acts_when_called(lib):
    x = leaf(lib)
    mode = lib.set_grad_enabled(False)
    assert not (x * 2).requires_grad
    with mode:
        assert not lib.is_grad_enabled()
    assert lib.is_grad_enabled()


def test_modes_tell_and_are_cloned(lib):
    assert type(lib.no_grad().clone()) is lib.no_grad
    mode = lib.set_grad_enabled(False)
    assert mode.mode is False
    assert str(mode) == f"{lib.__name__}.autograd.grad_mode.set_grad_enabled(mode=False)"
    lib.set_grad_enabled(True)
    with lib.inference_mode(False).clone() as _:
        assert lib.is_grad_enabled()
    assert lib.inference_mode().mode is True


def test_mode_is_restored_where_a_decorated_function_raises(lib):
    @lib.no_grad()
    def function():
        raise KeyError(lib.is_grad_enabled())

    @lib.no_grad()
    def generator():
        yield
        raise KeyError(lib.is_grad_enabled())

    for call in (function, lambda: list(generator())):
        with pytest.raises(KeyError, match="False"):
            call()
        assert lib.is_grad_enabled()
