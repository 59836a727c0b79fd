"""Prints what `import tapegrad` adds to `import numpy`: the best of some new processes.

python tools/import_time.py
"""

import subprocess
import sys

CODE = """
import time
start = time.perf_counter()
import numpy
between = time.perf_counter()
import tapegrad
print(between - start, time.perf_counter() - between)
"""
ROUNDS = 20


def main() -> None:
    rounds = [
        subprocess.run([sys.executable, "-c", CODE], capture_output=True, check=True).stdout.split()
        for _ in range(ROUNDS)
    ]
    numpy, tapegrad = (min(map(float, times)) * 1e3 for times in zip(*rounds, strict=True))
    print(f"import tapegrad: {tapegrad:.1f} ms more than import numpy, which takes {numpy:.1f} ms")


if __name__ == "__main__":
    main()
