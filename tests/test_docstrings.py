"""Everything public has a docstring: modules, functions, classes, their methods and properties."""

import importlib
import inspect
import pkgutil

import pytest

pytestmark = pytest.mark.own("of tapegrad's own text")


def modules(package):
    yield package
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not any(part.startswith("_") for part in info.name.split(".")) and "openblas" not in info.name:
            yield importlib.import_module(info.name)


def public(module):
    """The names of a module that are its own to document."""
    for name in getattr(module, "__all__", [n for n in vars(module) if not n.startswith("_")]):
        value = getattr(module, name)
        is_own = (getattr(value, "__module__", None) or "tapegrad").startswith("tapegrad")
        if callable(value) and is_own:
            yield name, value


def attributes(cls):
    for name, member in vars(cls).items():
        documented = isinstance(member, property) or inspect.isgetsetdescriptor(member)
        if not name.startswith("_") and (documented or callable(getattr(cls, name))):
            yield f"{cls.__name__}.{name}", getattr(cls, name)


def test_docstrings(lib):
    checked, missing = 0, set()
    for module in modules(lib):
        if not module.__doc__:
            missing.add(module.__name__)
        for name, value in public(module):
            parts = [(name, value), *(attributes(value) if inspect.isclass(value) else ())]
            checked += len(parts)
            missing |= {f"{module.__name__}: {part}" for part, it in parts if not inspect.getdoc(it)}
    assert missing == set()
    assert checked > 1500


def test_docstrings_say_how_to_call(lib):
    """Compiled functions show their parameters to help() and inspect."""
    for name, value in public(lib):
        if inspect.isbuiltin(value) and value.__text_signature__ is None:
            assert f"{name}(" in value.__doc__, name
