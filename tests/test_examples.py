"""Every example prints what was recorded: python examples/NAME.py > examples/output/NAME.txt, from any folder."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
SCRIPTS = sorted(path for path in EXAMPLES.glob("*.py") if path.name != "solara_app.py")  # tests/test_app.py


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_it_prints_what_was_recorded(script, tmp_path):
    done = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout == (EXAMPLES / "output" / f"{script.stem}.txt").read_text(encoding="utf-8")


def test_every_recorded_output_has_its_example():
    assert {path.stem for path in (EXAMPLES / "output").iterdir()} == {path.stem for path in SCRIPTS}
