"""Checks what `import tapegrad` adds to `import numpy`: the best of some new processes.

python tools/import_time.py [MOST_MILLISECONDS]
"""

import subprocess
import sys

CODE = "import numpy, time; start = time.perf_counter(); import tapegrad; print(time.perf_counter() - start)"
ROUNDS = 20


def main() -> int:
    most = float(sys.argv[1]) if len(sys.argv) > 1 else 15.0
    rounds = [
        subprocess.run([sys.executable, "-c", CODE], capture_output=True, check=True) for _ in range(ROUNDS)
    ]
    best = min(float(done.stdout) for done in rounds) * 1e3
    print(f"import tapegrad: {best:.1f} ms more than import numpy, of at most {most:g} ms")
    return best > most


if __name__ == "__main__":
    sys.exit(main())
