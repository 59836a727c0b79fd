"""Checks that no weak symbol leaves the objects of csrc/kernels/vector, which are compiled once an instruction set.

    python tools/check_weak_symbols.py BUILD_DIR     # of a build that optimises

Of a weak symbol in several objects (an inline function that was not inlined) the linker keeps any one. Were that the one
compiled for AVX-512, all callers would run it, on processors that do not have it too.
"""

import re
import subprocess
import sys
from pathlib import Path

# Weak or unique, and defined: V and v objects, W functions, u what the C++ library must have only once.
WEAK = re.compile(r"^[0-9a-f]+ ([VvWu]) (.+)$")


def weak_symbols(path: Path) -> list[str]:
    done = subprocess.run(["nm", "--demangle", str(path)], capture_output=True, text=True, check=True)
    return [found[2] for line in done.stdout.splitlines() if (found := WEAK.match(line))]


def main() -> int:
    objects = sorted(Path(sys.argv[1]).glob("**/tapegrad_vector_*.dir/**/*.o"))
    if not objects:
        print(f"no objects of csrc/kernels/vector below {sys.argv[1]}")
        return 1
    faults = [f"{path.parts[-5]}/{path.name}: {symbol}" for path in objects for symbol in weak_symbols(path)]
    print("\n".join(faults) or f"no weak symbol in {len(objects)} objects")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
