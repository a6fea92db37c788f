"""Try mutants: see `tests.mutants`."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutants import MUTANTS, ROOT, Mutant


def caught_by(mutant: Mutant) -> str:
    """Return the test that fails if the rule is broken, or nothing if all pass."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name in ("longgame", "sim", "experiments", "tests", "pyproject.toml"):
            source = ROOT / name
            if source.is_dir():
                # Links as links: the package's lead to the rule that is changed below.
                shutil.copytree(source, place / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, place / name)
        target = place / "sim" / mutant.file
        text = target.read_text(encoding="utf-8")
        assert text.count(mutant.old) == 1, f"{mutant.name}: the rule was not found once in {mutant.file}"
        target.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", mutant.tests],
            cwd=place,
            env={**os.environ, "PYTHONPATH": str(place), "LONGGAME_CACHE": str(place / "cache"), "CI": "true"},
            capture_output=True,
            text=True,
        )
        failed = re.search(r"^FAILED [^:\n]+::(\w+)(.*)$", done.stdout, re.M)
        if done.returncode != 1 or failed is None or "numba.core.errors" in failed[2]:
            return ""
        return failed[1]


def main() -> int:
    """Try all mutants; return 1 if any survives."""
    parser = argparse.ArgumentParser(description="Break each rule in turn.")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("names", nargs="*", help="parts of the names of mutants to try (default: all)")
    arguments = parser.parse_args()
    chosen = [m for m in MUTANTS if not arguments.names or any(n in m.name for n in arguments.names)]
    alive = 0
    with ThreadPoolExecutor(arguments.workers) as pool:
        for mutant, test in zip(chosen, pool.map(caught_by, chosen), strict=True):
            alive += not test
            print(f"{'caught' if test else 'SURVIVED':9} {mutant.name}  ({test or mutant.tests})", flush=True)
    print(f"{len(chosen) - alive} of {len(chosen)} mutants caught")
    return int(alive > 0)


if __name__ == "__main__":
    sys.exit(main())
