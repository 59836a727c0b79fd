"""Measures anew what is committed in results/, and writes the tables from it.

    python benchmarks/record.py workloads      # the README's table, in five minutes
    python benchmarks/record.py                # everything, in an hour

On a machine that does nothing else; then look at the difference and commit it.
"""

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PARTS = {"workloads": "run.py", "sweep": "sweep.py", "memory": "memory.py", "kernels": "kernels.py"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", choices=[*PARTS], help="all by default")
    failed = False
    for part in parser.parse_args().parts or PARTS:
        command = [str(HERE / PARTS[part]), "--json", str(HERE / "results" / f"{part}.json")]
        failed |= bool(subprocess.run([sys.executable, "-W", "ignore", *command]).returncode)
    return subprocess.run([sys.executable, str(HERE / "report.py")]).returncode or int(failed)


if __name__ == "__main__":
    sys.exit(main())
