"""Writes python/tapegrad/_core/*.pyi, the types of the compiled module, from the module itself, and _in_place.pyi.

    python tools/stubs.py             writes the stubs: __init__.pyi, and one file a submodule
    python tools/stubs.py --check     exits 1 and shows the difference where one is out of date

Names, parameters and defaults are the module's; the types come from stub_tables.py and stub_classes.py. A parameter
whose name has no type there is an error: add a row to PARAMETERS.
"""

import ast
import difflib
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType

from stub_classes import CLASSES, CONSTRUCTORS, HIDDEN, IGNORES, OPERATORS, PROPERTIES, SETTABLE, SIZE
from stub_tables import (
    HEADER,
    OTHER_NAMES,
    OVERLOADS,
    PARAMETERS,
    RETURNS,
    SHARED_NAMES,
    SUBMODULE_HEADER,
    SUBMODULE_IMPORTS,
)

from tapegrad import _in_place
from tapegrad._numpy import METHODS

STUBS = Path(__file__).parents[1] / "python" / "tapegrad" / "_core"
WIDTH = 110  # ruff's line length


class Parameter:
    """One parameter: `text` is what stands before the name (stars), `default` what follows '='."""

    def __init__(self, name: str, stars: str = "", default: str | None = None) -> None:
        self.name, self.stars, self.default = name, stars, default
        self.type = ""

    def __str__(self) -> str:
        if not self.type:
            return self.stars + self.name
        return f"{self.stars}{self.name}: {self.type}" + (f" = {self.default}" if self.default else "")


def shown(default: ast.expr) -> str:
    return ast.unparse(default).replace("'", '"')


def signature(function: object) -> tuple[list[Parameter], str | None]:
    """Parameters, and the type of the result where the documentation (pybind11's) states it."""
    text = getattr(function, "__text_signature__", None)
    first_line = (function.__doc__ or "").split("\n")[0]
    source = f"f{text}".replace("$", "") if text else first_line
    (parsed,) = ast.parse(f"def {source}: ...").body
    assert isinstance(parsed, ast.FunctionDef)
    arguments = parsed.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(positional) - len(arguments.defaults)) + [*arguments.defaults]
    result = [Parameter(a.arg, default=d and shown(d)) for a, d in zip(positional, defaults, strict=True)]
    if arguments.posonlyargs:
        result.insert(len(arguments.posonlyargs), Parameter("/"))
    if arguments.vararg:
        result.append(Parameter(arguments.vararg.arg, "*"))
    elif arguments.kwonlyargs:
        result.append(Parameter("*"))
    for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        result.append(Parameter(a.arg, default=d and shown(d)))
    return result, parsed.returns and ast.unparse(parsed.returns)


def define(name: str, parameters: list[str], result: str, decorator: str = "", ignore: str = "") -> list[str]:
    """Lines of a `def`, broken as ruff breaks them."""
    comment = f"  # type: ignore[{ignore}]" if ignore else ""
    lines = [f"@{decorator}"] if decorator else []
    one = f"def {name}({', '.join(parameters)}) -> {result}: ..."
    if len(one) + 4 * (parameters[:1] == ["self"]) <= WIDTH:
        return [*lines, one + comment]
    indent = 4 + 4 * (parameters[:1] == ["self"])
    inner = ", ".join(parameters)
    body = [f"    {inner}"] if len(inner) + indent <= WIDTH else [f"    {p}," for p in parameters]
    return [*lines, f"def {name}(", *body, f") -> {result}: ...{comment}"]


def function_lines(name: str, function: object, method: bool, free: bool = False) -> Iterator[str]:
    """A function or method, and its overloads; `free`: a method as a function."""
    parameters, stated = signature(function)
    if method:
        parameters[0] = Parameter("self")
    # What an alias is another name for.
    name_in_tables = getattr(function, "__name__", name)
    base = name_in_tables.removesuffix("_") if method and not name.startswith("_") else name_in_tables
    for parameter in parameters:
        if parameter.name not in "*/" and not (method and parameter is parameters[0]):
            types = (PARAMETERS.get(f"{base}.{parameter.name}"), PARAMETERS.get(parameter.name))
            if not any(types):
                raise SystemExit(f"{name}(): parameter {parameter.name!r} has no type: add it to PARAMETERS")
            parameter.type = types[0] or types[1] or ""
    if free:
        parameters[0].type = "Variable"
        parameters.insert(1, Parameter("/"))
    if name in RETURNS:
        result = RETURNS[name]
    elif stated:
        result = f"builtins.{stated}" if stated in ("bool", "int", "float") else stated
    else:
        own = not free and name.endswith("_") and not name.startswith("_")
        result = "Self" if method and own else "Variable"

    variants: list[tuple[list[str], str]] = []
    chosen, choices = OVERLOADS.get(name, ("", [("", result)]))
    if any(p.name in chosen.split() and not p.default for p in parameters):
        chosen, choices = (
            "",
            [("", result)],
        )  # a method whose argument is required, where the function's is not
    for renamed in ({}, *OTHER_NAMES):
        if renamed and not any(p.stars + p.name in renamed for p in parameters):
            continue
        for type_, gives in choices:
            shown = []
            for parameter in parameters:
                name_in_full = parameter.stars + parameter.name
                p = Parameter(renamed.get(name_in_full, parameter.name), parameter.stars, parameter.default)
                p.type = parameter.type
                if parameter.stars and name_in_full in renamed:
                    shown.append(Parameter("*"))
                    p.stars = ""
                if parameter.name in chosen.split():
                    p.type = type_
                    p.default = parameter.default if type_ == "None" else None
                shown.append(p)
            variants.append(([str(p) for p in shown], gives))
    for shown_parameters, gives in variants:
        yield from define(name, shown_parameters, gives, "overload" if len(variants) > 1 else "")


def property_lines(cls: type, name: str) -> Iterator[str]:
    of_class = f"{cls.__name__}.{name}"
    type_ = PROPERTIES[of_class if of_class in PROPERTIES else name]
    yield from define(name, ["self"], type_, "property")
    if name in SETTABLE:
        yield from define(name, ["self", f"value: {type_}"], "None", f"{name}.setter")


# Set by tapegrad._numpy and tapegrad._attributes.
FROM_PYTHON = {
    "size": "size: ElementCount",
    "__array_function__": "__array_function__: ClassVar[Any]",
    "__array_ufunc__": "__array_ufunc__: ClassVar[Any]",
    **{name: f"def {name}(self, *args: Any, **kwargs: Any) -> Any: ..." for name in METHODS},
}


def class_lines(
    cls: type, head: str, constructors: Callable[[], Iterator[str]] | None = None
) -> Iterator[str]:
    """A class: properties, operators, methods."""
    hidden = HIDDEN | {"dtype", "__eq__"} if cls.__name__ == "dtype" else HIDDEN  # set by tapegrad._numpy
    members = {name: member for name, member in vars(cls).items() if name not in hidden}
    yield head
    body: list[str] = list(constructors()) if constructors else []
    if "__array_ufunc__" in members:
        body[:0] = FROM_PYTHON.values()
    properties = sorted(n for n, m in members.items() if hasattr(m, "__set__"))
    for name in properties:
        body += property_lines(cls, name)
    operators = [name for name in OPERATORS if name in members]
    for name in operators:
        ignore = f"  # type: ignore[{IGNORES[name]}]" if name in IGNORES else ""
        body.append(f"def {name}{OPERATORS[name]}: ...{ignore}")
    for name in sorted(members.keys() - {*properties, *operators, *FROM_PYTHON}):
        member = members[name]
        if name.startswith("_pybind11") or name == "__reduce__":
            continue
        body += function_lines(name, member, method=True)
    for line in body:
        yield f"    {line}"
    yield ""


def constructor_lines() -> Iterator[str]:
    for constructor in CONSTRUCTORS:
        yield from ("@overload", f"def __init__{constructor}: ...")


def with_imports(lines: list[str], core: str) -> str:
    """The text of a stub of functions alone, which names what it uses of the stub `core`."""
    body = "\n".join(lines) + "\n"
    imports, shared = (
        [name for name in names if re.search(rf"\b{name}\b", body)]
        for names in (SUBMODULE_IMPORTS, SHARED_NAMES)
    )
    lines = [SUBMODULE_IMPORTS[name] for name in imports] + [""] * bool(imports)
    return "\n".join([SUBMODULE_HEADER, *lines, f"from {core} import {', '.join(shared)}", "", body])


def submodule_stub(module: ModuleType) -> str:
    """The text of the stub of a submodule, which has functions alone."""
    lines: list[str] = []
    for name, value in sorted(vars(module).items()):
        if not name.startswith("__"):
            lines += function_lines(name, value, method=False)
    return with_imports(lines, ".")


def in_place_stub(variable: type, names: Iterable[str]) -> str:
    """The text of the stub of methods that are functions too."""
    lines: list[str] = []
    for name in sorted(names):
        lines += function_lines(name, getattr(variable, name), method=True, free=True)
    return with_imports(lines, "._core")


def stubs(core: ModuleType) -> dict[str, str]:
    """The texts of all stubs of the imported module, by file name."""
    submodules = {name: value for name, value in vars(core).items() if isinstance(value, ModuleType)}
    in_place = [name for name in vars(_in_place) if name.endswith("_") and not name.startswith("_")]
    texts = {
        "__init__.pyi": stub(core, submodules),
        "../_in_place.pyi": in_place_stub(core.Variable, in_place),
    }
    return texts | {f"{name}.pyi": submodule_stub(value) for name, value in sorted(submodules.items())}


def stub(core: ModuleType, submodules: dict[str, ModuleType]) -> str:
    """The text of the stub of the module itself."""
    lines = [HEADER]
    names = {name: value for name, value in vars(core).items() if name == "__version__" or name[:2] != "__"}
    names = {name: value for name, value in names.items() if name not in submodules}
    dtype, _, variable = (names.pop(name) for name in ("dtype", "Size", "Variable"))
    lines += class_lines(dtype, "class dtype:")
    lines += [*SIZE, ""]
    lines += class_lines(variable, "class Variable:", constructor_lines)
    lines.append(CLASSES)
    plain, functions = [], []
    for name in sorted(names):
        value = names[name]
        if value is variable:
            plain.append(f"{name} = Variable")
        elif isinstance(value, type):
            assert f"class {name}" in CLASSES, f"{name} is not in CLASSES"
        elif f"\n{name}: " in CLASSES:
            continue
        elif isinstance(value, dtype):
            plain.append(f"{name}: Final[dtype]")
        elif isinstance(value, str):
            plain.append(f"{name}: Final[str]")
        else:
            functions += function_lines(name, value, method=False)
    return "\n".join([*lines, *plain, "", *functions]) + "\n"


def main(arguments: list[str]) -> int:
    from tapegrad import _core

    faults = 0
    for name, wanted in stubs(_core).items():
        path = STUBS / name
        if "--check" not in arguments:
            path.write_text(wanted, "utf-8")
            continue
        found = path.read_text("utf-8") if path.exists() else ""
        difference = difflib.unified_diff(
            found.splitlines(True), wanted.splitlines(True), f"{name} (checked in)", f"{name} (wanted)"
        )
        sys.stdout.writelines(difference)
        faults += found != wanted
    return min(faults, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
