"""Checks that a Linux wheel of tapegrad is small, complete and needs nothing from outside.

    python tools/audit_wheel.py dist/tapegrad-*.whl

What it looks at: size; the files; which libraries the shared objects need and where they look for them; that they are
stripped, have names of their own, and show nothing but the module's entry point. Needs readelf and nm (binutils).
"""

import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

MOST_MEGABYTES = {"x86_64": 12, "aarch64": 14}
BLAS = "libtapegrad_openblas.so"
# What every Linux with GNU's C library has, or any compiler's run-time package brings (manylinux allows the same).
SYSTEM = re.compile(r"^(lib(c|m|dl|pthread|rt|stdc\+\+|gcc_s)\.so\.\d+|ld-linux-[\w-]+\.so\.\d+)$")
NEEDED_FILES = [
    "tapegrad/__init__.py",
    "tapegrad/_core/__init__.pyi",
    "tapegrad/py.typed",
    f"tapegrad/{BLAS}",
]
FILES = re.compile(r"^tapegrad(/[\w./]+\.(py|pyi|so)|/_core\.[\w-]+\.so|/py\.typed|-[^/]+\.dist-info/.+)$")
PUBLIC = re.compile(r"^PyInit__core$")


def run(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def dynamic(path: Path, tag: str) -> list[str]:
    """The values of a tag of the dynamic section."""
    return re.findall(rf"\({tag}\).*\[(.*)\]", run("readelf", "--dynamic", "--wide", path))


def versions(path: Path, family: str) -> list[tuple[int, ...]]:
    found = re.findall(rf"{family}_(\d+(?:\.\d+)+)", run("readelf", "--version-info", "--wide", path))
    return [tuple(map(int, version.split("."))) for version in found]


def object_faults(path: Path, inside: set[str]) -> Iterator[str]:
    for library in dynamic(path, "NEEDED"):
        if library not in inside and not SYSTEM.match(library):
            yield f"needs {library}, which is not in the wheel"
    is_module = path.name.startswith("_core")
    paths = dynamic(path, "RUNPATH") + dynamic(path, "RPATH")
    if any(part != "$ORIGIN" for entry in paths for part in entry.split(":")) or (is_module and not paths):
        yield f"looks for libraries in {paths}, not in $ORIGIN alone"
    if not is_module and dynamic(path, "SONAME") != [path.name]:
        yield f"has the SONAME {dynamic(path, 'SONAME')}, not its own name"
    sections = set(re.findall(r"\] (\.\w+)", run("readelf", "--sections", "--wide", path)))
    if left := sections & {".debug_info", ".debug_line"} | (sections & {".symtab"} if is_module else set()):
        yield f"is not stripped: {', '.join(sorted(left))}"
    if is_module:
        lines = run("nm", "--dynamic", "--defined-only", "--format=posix", path).splitlines()
        if public := [name for line in lines if not PUBLIC.match(name := line.split()[0])]:
            yield f"shows {len(public)} symbols besides its entry point: {', '.join(public[:5])} ..."


def faults(wheel: Path) -> Iterator[str]:
    machine = next((machine for machine in MOST_MEGABYTES if machine in wheel.name), "x86_64")
    size = wheel.stat().st_size / 1e6
    print(f"{wheel.name}: {size:.1f} MB")
    if size > MOST_MEGABYTES[machine]:
        yield f"is larger than {MOST_MEGABYTES[machine]} MB"
    with zipfile.ZipFile(wheel) as archive, tempfile.TemporaryDirectory() as folder:
        # auditwheel lists folders too
        names = [name for name in archive.namelist() if not name.endswith("/")]
        archive.extractall(folder)
        for name in names:
            if not FILES.match(name):
                yield f"has a file that does not belong there: {name}"
        for name in NEEDED_FILES:
            if name not in names:
                yield f"has no {name}"
        if not any(name.endswith(".dist-info/licenses/LICENSE") for name in names):
            yield "has no licence"
        objects = [Path(folder, name) for name in names if re.search(r"\.so(\.\d+)*$", name)]
        if not any(path.name.startswith("_core.") for path in objects):
            yield "has no _core"
        for path in objects:
            needs = {family: max(versions(path, family), default=()) for family in ("GLIBC", "GLIBCXX")}
            text = ", ".join(f"{family} {'.'.join(map(str, v))}" for family, v in needs.items() if v)
            print(
                f"  {path.name}: {path.stat().st_size / 1e6:.1f} MB, needs {text or 'no versioned symbols'}"
            )
            for fault in object_faults(path, {path.name for path in objects}):
                yield f"{path.name} {fault}"


def main() -> int:
    found = [f"{wheel}: {fault}" for wheel in sys.argv[1:] for fault in faults(Path(wheel))]
    print("\n".join(found) or "nothing to find fault with")
    return bool(found) or len(sys.argv) < 2


if __name__ == "__main__":
    sys.exit(main())
