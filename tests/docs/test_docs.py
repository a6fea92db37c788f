"""The documents say what the code does: generated tables, off values, headings, names, references."""

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest

from longgame.sim.chance import Purpose
from longgame.sim.organisation import FirmPolicy, Firms, Pay
from longgame.sim.scenario import Scenario
from longgame.sim.state import BRAND, CUSTOMER, MEMORY, SALESPERSON, VISIT
from longgame.sim.strategy import Conduct, Strategy

DOCS = Path(__file__).parents[2] / "docs"
_SPEC = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
assert _SPEC is not None and _SPEC.loader is not None
generate = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(generate)

ODD = (DOCS / "odd.md").read_text(encoding="utf-8")
TRACE = (DOCS / "trace.md").read_text(encoding="utf-8")
BODY, _, REFERENCES = ODD.partition("\n## References\n")

HEADINGS = [
    "1 Purpose and patterns",
    "2 Entities, state variables, and scales",
    "3 Process overview and scheduling",
    "4 Design concepts",
    "4.1 Basic principles",
    "4.2 Emergence",
    "4.3 Adaptation",
    "4.4 Objectives",
    "4.5 Learning",
    "4.6 Prediction",
    "4.7 Sensing",
    "4.8 Interaction",
    "4.9 Stochasticity",
    "4.10 Collectives",
    "4.11 Observation",
    "5 Initialization",
    "6 Input data",
    "7 Submodels",
]

DECLARED = list(Scenario().numbers())
OFF = [(path, info.json_schema_extra["off"], value) for path, info, value in DECLARED if info.json_schema_extra["off"]]


def off_value(text: str, default: object) -> object:
    """Read an off value as a scenario file would, as a number of the default's kind."""
    value = tomllib.loads(f"x = {text}")["x"]
    return float(value) if isinstance(default, float) else value


def section(number: str) -> str:
    """Return the text from one main heading to the next."""
    return re.split(r"^## ", ODD.split(f"\n## {number} ", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def test_generated_tables_are_up_to_date():
    for document, made in generate.documents():
        _, drifted = generate.renew(document.read_text(encoding="utf-8"), made)
        assert not drifted, f"run python docs/generate.py; drifted: {', '.join(drifted)}"


def test_check_names_the_table_that_drifted(tmp_path, monkeypatch, capsys):
    edited = tmp_path / "odd.md"
    edited.write_text(ODD.replace("places for customers in the market", "something else"), encoding="utf-8")
    monkeypatch.setattr(generate, "DOCUMENT", edited)
    trace = tmp_path / "trace.md"
    trace.write_text(TRACE.replace("| `win-rate` |", "| `lose-rate` |"), encoding="utf-8")
    monkeypatch.setattr(generate, "TRACE", trace)
    monkeypatch.setattr(generate, "CARDS", tmp_path / "strategies.md")
    assert generate.main(["--check"]) == 1
    told = capsys.readouterr().err
    assert "scenario-customers" in told and "strategies.md: drifted" in told
    assert "trace.md: table 'evidence-fit' drifted" in told
    assert generate.main([]) == 0
    assert trace.read_text(encoding="utf-8") == TRACE
    assert edited.read_text(encoding="utf-8") == ODD
    assert generate.main(["--check"]) == 0


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        ("<!-- generated: nothing-such -->\n<!-- /generated -->", "names no table"),
        ("<!-- generated: pay -->\n<!-- /generated -->", "twice"),
        ("<!-- generated: pay -->", "no `<!-- /generated -->`"),
    ],
)
def test_wrong_markers_are_refused(marker, message):
    with pytest.raises(ValueError, match=message):
        generate.renew(f"{ODD}\n{marker}\n")


def test_missing_marker_is_refused():
    with pytest.raises(ValueError, match="no marker for pay"):
        generate.renew(ODD.replace("<!-- generated: pay -->\n", "", 1))


def test_odd_headings_are_there_in_order():
    found = re.findall(r"^##+ (\d[\d.]* .+)$", ODD, re.MULTILINE)
    main = [heading for heading in found if heading in HEADINGS]
    assert main == HEADINGS
    # Main headings are `##`, their parts `###`, and nothing else is numbered in between.
    assert re.findall(r"^## (\d .+)$", ODD, re.MULTILINE) == [h for h in HEADINGS if h[1] == " "]
    assert [h for h in found if h.startswith("4.")] == [h for h in HEADINGS if h.startswith("4.")]


def test_submodels_are_numbered_without_gaps():
    numbers = [int(n) for n in re.findall(r"^### 7\.(\d+) ", ODD, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_references_to_sections_lead_somewhere():
    known = set(re.findall(r"^##+ (\d[\d.]*) ", ODD, re.MULTILINE))
    assert set(re.findall(r"\((7\.\d+)", BODY)) | set(re.findall(r"\bin (7\.\d+)", BODY)) <= known


@pytest.mark.parametrize(("path", "off", "default"), OFF, ids=[path for path, _, _ in OFF])
def test_off_value_can_be_set(path, off, default):
    value = off_value(off, default)
    changed = Scenario().but({path: value})
    assert {name: number for name, _, number in changed.numbers()}[path] == value


@pytest.mark.parametrize(("path", "info", "value"), DECLARED, ids=[path for path, _, _ in DECLARED])
def test_number_is_fully_declared(path, info, value):
    assert info.description, f"{path} has no meaning"
    assert info.json_schema_extra["source"], f"{path} has no source"


@pytest.mark.parametrize("cls", [Conduct, Strategy, Firms, FirmPolicy, Pay])
def test_docstring_describes_every_field(cls):
    assert list(generate.attributes(cls)) == list(cls.model_fields)


def test_every_purpose_of_a_random_number_is_explained():
    assert "–" not in generate.draws_table()
    assert len(generate.draws_table().splitlines()) == len(Purpose) + 2


def test_state_variables_stand_in_section_2():
    text = section("2")
    for dtype in (CUSTOMER, MEMORY, BRAND, SALESPERSON, VISIT):
        missing = [name for name in dtype.names or () if f"`{name}`" not in text]
        assert not missing


PROSE = re.sub(r"<!-- generated: .*?<!-- /generated -->", "", ODD, flags=re.DOTALL)


@pytest.mark.parametrize("name", [path.rpartition(".")[2] for path, _, _ in DECLARED])
def test_prose_says_what_every_number_does(name):
    assert re.search(rf"\b{name}\b", PROSE), f"docs/odd.md names `{name}` only in a table"


@pytest.mark.parametrize("name", [n for c in (Conduct, FirmPolicy, Pay) for n in c.model_fields])
def test_prose_says_what_every_dial_and_rule_of_a_firm_does(name):
    # Words such as "shares memory" and "contest" stand for `shares_memory` and `contest`.
    said = name.replace("shares_", "shares? ").replace("_", "[_ ]")
    assert re.search(rf"\b{said}\b", PROSE), f"docs/odd.md names `{name}` only in a table"


def test_every_citation_has_a_reference_and_every_reference_is_cited():
    entries = re.split(r"^\* ", REFERENCES, flags=re.MULTILINE)[1:]
    pattern = r"([A-Z][\w-]+)(?:(?:, [A-Z]\w+)*,? & [A-Z][\w-]+| et al\.)?[, ]\(?(\d{4})\b"
    cited = {(name, year) for name, year in re.findall(pattern, " ".join(BODY.split()))}
    cited = {(name, year) for name, year in cited if 1900 <= int(year) <= 2030}
    for name, year in cited:
        assert any(name in entry and f"({year})" in entry for entry in entries), f"{name} {year}"
    for entry in entries:
        year = re.search(r"\((\d{4})\)", entry)
        assert year is not None
        assert any(entry.partition("(")[0].find(n) >= 0 and y == year[1] for n, y in cited), entry


def test_no_machine_paths_or_addresses():
    assert not re.search(r"(?<![\w`])/(work|tmp|home|usr)/|https?://", ODD)
