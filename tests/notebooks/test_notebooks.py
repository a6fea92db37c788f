"""The course: every notebook runs clean, is the same as its script, and is built as a lesson."""

import importlib.util
import re
from pathlib import Path

import jupytext
import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "notebooks"
_SPEC = importlib.util.spec_from_file_location("course_pages", ROOT / "docs" / "course.py")
assert _SPEC is not None and _SPEC.loader is not None
pages = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(pages)

SCRIPTS = sorted(FOLDER.glob("[0-9]*.py"))
NAMES = [script.stem for script in SCRIPTS]

#: What the prose of a notebook takes for granted of its results, as code in its own names.
SAID = {
    "01-what-is-a-sale": """
kinds = [meet(conduct, who)["outcome"] for conduct, who in (
    (honest, 13), (honest, 9), (honest.but(overpromise=0.8), 9), (honest.but(markup=0.8), 13))]
assert kinds == ["win_win", "declined", "win_lose", "declined"]
fair, promised, pushed = (habits.loc[row] for row in (
    "collaborative", "overpromise 0 → 0.8", "pressure 0 → 0.8"))
assert promised["win-win per 100 deals"] < fair["win-win per 100 deals"]
assert pushed["customer gains"] > fair["customer gains"] and pushed["experience"] < fair["experience"]
""",
    "02-trust-memory": """
lost = {(keep, at): cost(history({at}, trust__forgetting=keep), at) for keep in (0.9, 1.0) for at in (3, 25)}
assert lost[1.0, 25][0] < lost[0.9, 25][0] < lost[0.9, 3][0]
assert lost[1.0, 25][1] is None or lost[1.0, 25][1] > lost[0.9, 25][1]
assert strangers_start(range(1, 25)) < 50 < strangers_start(())
assert cost(one_each["overpromise"])[0] < 1
""",
    "03-annuity": """
assert all(end[arm.name] < 0 for arm in ALONE[0])
assert gap(120, SEPARATE).sign == 1 and gap(120, SHARED).sign == -1
assert list(course.along(points, CHURN, *HERDS).values())[0].sign == 1
clocked = together[together["group"] == "collaborative-herd"].groupby("month")["repeat_revenue"].mean()
years_later = clocked[[m for m in clocked.index if m > 12 and m % 12 == 2]]
assert years_later.mean() < clocked[[m for m in clocked.index if m > 12 and m % 12 == 0]].mean()
""",
    "08-your-order-book": """
whole, of_one, bare = (numbers(one) for one in (log, one_firm, nameless))
assert of_one["once"] > whole["once"] and of_one["repeat"] < whole["repeat"] and of_one["gap"] > whole["gap"]
lost = {name for name in whole if whole[name] == whole[name] != bare[name]}
assert lost == {"sellers", "names", "top_sellers", "main"}
assert not fitted.not_matched
""",
}


#: Moves the slider of a notebook to each of its stops: a stop that cannot be shown is an error in the kernel.
MOVED = """
assert len(slider.options) > 2
for stop in (*slider.options, slider.value):
    slider.value = stop
"""


def told(cell):
    """Return what a cell printed and showed, as text."""
    shown = [out.get("text") or out.get("data", {}).get("text/plain", "") for out in cell.get("outputs", ())]
    return "\n".join(shown)


def test_there_are_eight_and_each_is_a_pair():
    assert [name[:2] for name in NAMES] == [f"{n:02}" for n in range(1, 9)]
    assert [path.stem for path in sorted(FOLDER.glob("*.ipynb"))] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_notebook_and_script_are_in_step(name):
    script, paired = jupytext.read(FOLDER / f"{name}.py"), pages.notebook(name)
    for one, other in zip(script.cells, paired.cells, strict=True):
        assert (one.cell_type, one.source) == (other.cell_type, other.source), "run jupytext --sync"
        assert one.metadata == other.metadata
    # A bet is one only as long as the answer is not on the screen already.
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in paired.cells)


@pytest.mark.parametrize("name", NAMES)
def test_notebook_is_built_as_a_lesson(name):
    cells = pages.notebook(name).cells
    headings = [
        line for c in cells if c.cell_type == "markdown" for line in c.source.splitlines() if re.match("##? ", line)
    ]
    assert headings[0] == f"# {int(name[:2])} · {headings[0].partition(' · ')[2]}"
    assert headings[1] == "## Your bet" and headings[-1] == "## What this leaves out"
    assert "## Exercises" in headings
    assert "minutes" in cells[0].source
    # One import brings all names. The first thing that is run after it is the bet, and it is settled later.
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    assert code[0].startswith("from longgame.vocabulary import *\n") or code[0] == "from longgame.vocabulary import *"
    assert not re.search(r"^(import|from) ", "\n".join(code[1:]), re.MULTILINE)
    assert sum(source.count("course.slider(") for source in code) == 1
    bets = re.findall(r"^(my_bet\w*) = None", code[1], re.MULTILINE)
    assert bets and "course.bet(" in code[1]
    for bet in bets:
        assert any(bet in source and "course.settle" in source for source in code[2:]), bet
    solutions = [cell.metadata for cell in cells if "solution" in cell.metadata.get("tags", ())]
    assert solutions
    for metadata in solutions:
        assert metadata["jupyter"] == {"source_hidden": True, "outputs_hidden": True}
    for cell in cells:
        for target in re.findall(r"\]\(([^)#]+)\)", cell.source) if cell.cell_type == "markdown" else ():
            assert (FOLDER / target).exists(), target


def test_without_a_bet_nothing_is_shown():
    made = pages.notebook("01-what-is-a-sale")
    made.cells = [cell for cell in made.cells if cell.cell_type == "code"][:3]
    with pytest.raises(CellExecutionError, match="Place your bet"):
        pages.run(made)
    assert [out.get("traceback") for out in made.cells[1].outputs] == [
        ["Place your bet: write it in place of None, and run this cell again."]
    ]
    assert not made.cells[2].outputs


@pytest.mark.parametrize("name", NAMES)
def test_notebook_runs_clean_and_its_rendered_copy_is_the_same(name):
    paired = pages.with_bets(name)
    cells = len(paired.cells)
    paired.cells += [nbformat.v4.new_code_cell(source) for source in (MOVED, SAID.get(name, ""))]
    pages.run(paired)
    code = [cell for cell in paired.cells[:cells] if cell.cell_type == "code"]
    for cell in code:
        for out in cell.outputs:
            warning = out.output_type == "stream" and out.name == "stderr"
            assert not warning or out.text.startswith("compiling the market"), out.text
        assert not re.search(r"\bnan\b|n/a", told(cell)), cell.source
        if "solution" in cell.metadata.get("tags", ()):
            assert told(cell), cell.source
    assert any("image/png" in out.get("data", {}) for cell in code for out in cell.outputs)
    stale = f"the rendered copy is stale: python docs/course.py {name}"
    assert (pages.PAGES / f"{name}.md").read_text(encoding="utf-8") == pages.page(name, paired), stale


def test_a_declared_repository_gives_links_that_start_the_notebook(tmp_path, monkeypatch):
    assert pages.starts("04-herd") == []
    monkeypatch.setattr(pages, "DOCS", tmp_path / "docs")
    (tmp_path / "pyproject.toml").write_text('[project]\nurls = { Repository = "https://github.com/someone/thing" }\n')
    (line,) = pages.starts("04-herd")
    assert "mybinder.org/v2/gh/someone/thing/HEAD?labpath=notebooks/04-herd.ipynb" in line
    assert "colab.research.google.com/github/someone/thing/blob/HEAD/notebooks/04-herd.ipynb" in line
