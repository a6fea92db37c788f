"""Styles and files: nothing global changes, and the same figure gives the same bytes."""

import os
import subprocess
import sys
from pathlib import Path

import matplotlib
import pytest

from longgame.experiments import claims
from longgame.experiments.figures.style import FORMATS, hatching, save, style
from tests.experiments.figures.drawing import drawn

ROOT = Path(__file__).parents[3]


def test_files_in_both_styles_and_the_same_bytes_again(tmp_path, answered):
    title, draw = next(iter(claims.load("herd").figures(answered["herd"]).items()))
    first = save(draw, tmp_path / "a" / title)
    again = save(draw, tmp_path / "b" / title)
    assert sorted(p.relative_to(tmp_path / "a").as_posix() for p in first) == sorted(
        f"{kind}/{title}.{form}" for kind, forms in FORMATS.items() for form in forms
    )
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in again]


def test_nothing_global_changes(answered):
    before = dict(matplotlib.rcParams)
    drawn(next(iter(claims.load("herd").figures(answered["herd"]).values())), "slide")
    with pytest.raises(RuntimeError), style("paper"):
        raise RuntimeError
    assert dict(matplotlib.rcParams) == before


def test_pyplot_is_never_imported():
    modules = ", ".join(
        f"longgame.experiments.figures.{path.stem}" for path in (ROOT / "experiments" / "figures").glob("[a-z]*.py")
    )
    code = f"import {modules}, sys; sys.exit('matplotlib.pyplot' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})


def test_unknown_style():
    with pytest.raises(ValueError, match="choose from paper, slide"), style("poster"):
        pass


def test_hatches_are_as_dense_on_paper_as_on_a_slide():
    found = {}
    for kind in ("paper", "slide"):
        with style(kind):
            found[kind] = hatching("//")
    assert found == {"paper": "////", "slide": "//"}
