"""The table of evidence: every row is whole, and a wrong one is refused in one line."""

from __future__ import annotations

import ast
import itertools
import math
import re
from pathlib import Path

import numpy as np
import pytest

from longgame.experiments.evidence import table
from longgame.experiments.evidence.table import DERIVED, KINDS, Evidence, Row, evidence, read, rows, targets
from longgame.experiments.validation.patterns_table import PATTERNS
from longgame.sim.configurations import PLAUSIBLE
from longgame.sim.errors import InputError
from longgame.sim.scenario import Scenario

WHOLE = """
[tolerances]
meta-analysis = 0.05
"real log" = 0.10
"single study" = 0.15
"trade survey" = 0.25

[[row]]
id = "a-rate"
use = "fit"
measure = "evidence"
regularity = "a rate"
low = 0.2
high = 0.5
tolerance = "given"
unit = "share"
population = "firms"
source = "Somebody 1999, A Journal 1"
strength = "real log"
"""


def written(folder, text):
    path = folder / "evidence.toml"
    path.write_text(text, encoding="utf-8")
    return path


def made(**changes) -> Row:
    given = {
        "id": "a-rate",
        "use": "fit",
        "measure": "evidence",
        "regularity": "a rate",
        "tolerance": "given",
        "unit": "share",
        "population": "firms",
        "source": "Somebody 1999",
        "strength": "real log",
    }
    return Row(**{**given, **changes})


def target(**changes):
    return Evidence((), evidence().tolerances).target(made(**changes))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.id)
def test_every_row_is_whole(row):
    assert row.population and row.source and set(row.kinds) <= set(KINDS)
    assert re.search(r"\b(19|20)\d\d\b", row.source) or row.strength == "assumed"
    assert row.use != "fit" or (row.low is not None and row.high is not None) or row.value


def test_the_kinds_are_the_plausible_configurations():
    assert KINDS == PLAUSIBLE
    assert all(rows(kind=kind) for kind in KINDS)


def test_rows_by_use_and_kind():
    assert {row.use for row in rows()} == {"input", "fit", "test"}
    assert len(rows()) == sum(len(rows(use)) for use in ("input", "fit", "test"))
    assert "returns" in {row.id for row in rows("fit", "repeat-supply")}
    assert "returns" not in {row.id for row in rows("fit", "projects")}


def test_inputs_name_dials_whose_range_holds_them():
    numbers = {path: info for path, info, _ in Scenario().numbers()}
    for row in rows("input"):
        if row.dial not in DERIVED:
            assert row.low is not None and row.high is not None
            for end in (row.low, row.high):
                kind = int if numbers[row.dial].annotation is int else float
                assert Scenario().but({row.dial: kind(end)})


def test_what_takes_several_runs_names_a_pattern_or_says_so():
    known = {pattern.pattern for pattern in PATTERNS}
    several = [row for row in rows("test") if row.measure == "runs"]
    assert {row.pattern for row in several if row.pattern} <= known
    assert {row.id for row in several if not row.pattern} == {"price-elasticity", "effort-elasticity"}


def _number(node: ast.expr) -> float | None:
    """Return the number that an expression is, if it is one."""
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def ranges_in(source: str, dial: str = "") -> set[tuple[float, float]]:
    """Return every two numbers side by side in a call, tuple or list; with a dial, of calls that name it alone."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            parts = [*node.args, *(word.value for word in node.keywords)]
        elif isinstance(node, ast.Tuple | ast.List) and not dial:
            parts = node.elts
        else:
            continue
        if not dial or any(isinstance(part, ast.Constant) and part.value == dial for part in parts):
            numbers = [_number(part) for part in parts]
            found |= {(a, b) for a, b in itertools.pairwise(numbers) if a is not None and b is not None}
    return found


def test_a_range_that_stands_elsewhere_is_found():
    assert ranges_in("Band('unmet', 'needs', 0.0, 0.2, 'x')") == {(0.0, 0.2)}
    assert ranges_in("f('trust.prior', 1, high=-2)\nf(3, 4)", dial="trust.prior") == {(1, -2)}


def test_no_number_of_the_table_stands_elsewhere():
    package = Path(table.__file__).parents[1]
    whole = [path for folder in (package, package.parent / "sim") for path in folder.rglob("*.py")]
    judges = [path for path in whole if path.parent.name in ("evidence", "measures", "validation")]
    # Its assumed ranges are of dials; those that the table bounds are looked for by their names below.
    judges = [path for path in judges if path.name != "priors.py"]
    assert len(judges) > 15
    told = {pair for path in judges for pair in ranges_in(path.read_text(encoding="utf-8"))}
    for row in rows():
        if row.low is not None and row.high is not None:
            # Two whole numbers side by side are years, horizons or codes.
            fraction = row.low % 1 > 0 or row.high % 1 > 0
            assert not fraction or (row.low, row.high) not in told, row.id
            if row.dial:
                for path in whole:
                    beside = ranges_in(path.read_text(encoding="utf-8"), row.dial)
                    assert (row.low, row.high) not in beside, (row.id, path.name)


class TestTarget:
    def test_the_edge_of_a_given_range_is_three_deviations_off(self):
        found = target(low=0.2, high=0.5)
        assert (found.value, found.log) == (0.35, False) and found.sd == pytest.approx(0.05)
        assert found.distance([0.2, 0.35, 0.5]) == pytest.approx([-3, 0, 3])

    def test_a_wide_range_is_taken_on_the_log_scale(self):
        found = target(low=0.02, high=0.18)
        assert found.log and found.value == pytest.approx(0.06) and found.sd == pytest.approx(math.log(3) / 3)
        assert found.distance([0.02, 0.06, 0.18]) == pytest.approx([-3, 0, 3])
        assert found.distance(0.0) == -np.inf and np.isnan(found.distance(np.nan))

    def test_a_ratio_of_three_is_not_wide_and_a_range_from_nothing_has_no_logarithm(self):
        assert not target(low=0.25, high=0.75).log and target(low=0.24, high=0.75).log
        assert not target(low=0.0, high=0.75).log

    def test_a_correlation_is_never_taken_on_the_log_scale(self):
        assert not target(low=0.1, high=0.6, unit="r").log

    def test_a_stated_value_is_the_centre(self):
        found = target(low=5, high=20, value=11)
        assert found.log and found.value == 11 and found.sd == pytest.approx(math.log(4) / 6)
        assert found.distance(22) == pytest.approx(3)

    @pytest.mark.parametrize(
        ("tolerance", "share"),
        [("meta-analysis", 0.05), ("real log", 0.1), ("single study", 0.15), ("trade survey", 0.25)],
    )
    def test_a_class_is_a_share_of_the_value(self, tolerance, share):
        found = target(value=-2.0, tolerance=tolerance)
        assert found.sd == pytest.approx(2 * share) and not found.log
        assert (found.low, found.high) == pytest.approx((-2 - 6 * share, -2 + 6 * share))

    def test_one_end_is_no_target(self):
        with pytest.raises(ValueError, match="open to one side"):
            target(use="test", measure="evidence_test", low=0.0)

    @pytest.mark.parametrize("kind", KINDS)
    def test_every_fit_row_of_a_kind_is_a_target(self, kind):
        found = targets(kind)
        assert [each.name for each in found] == [row.id for row in rows("fit", kind)]
        assert all(each.sd > 0 and each.low <= each.value <= each.high for each in found)


class TestRefusals:
    def test_a_right_table_is_read(self, tmp_path):
        (row,) = read(written(tmp_path, WHOLE)).rows
        assert (row.id, row.low, row.high, row.kinds) == ("a-rate", 0.2, 0.5, KINDS)

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("low = 0.2", 'low = "x"', r', a-rate: low is "x"; it must be a number'),
            ("low = 0.2", "low = 0.6", r", a-rate: low is 0.6; it must be below high = 0.5"),
            ("low = 0.2", "low = 0.2\nvalue = 0.7", r", a-rate: value is 0.7; it must lie between low and high"),
            ("low = 0.2\nhigh = 0.5\n", "", r", a-rate: tolerance is given; add low and high"),
            ("high = 0.5\n", "", r", a-rate: use is fit; it must have both low and high"),
            ('tolerance = "given"', 'tolerance = "real log"', r", a-rate: tolerance is a share of the value"),
            ('tolerance = "given"', 'tolerance = "wide"', r', a-rate: tolerance is "wide"; choose from'),
            (
                'measure = "evidence"',
                'measure = "runs"',
                r', a-rate: measure is "runs"; of use fit it must be evidence',
            ),
            ('use = "fit"', 'use = "guess"', r", a-rate: use is \"guess\"; choose from 'input', 'fit' or 'test'"),
            ("1999, ", "", r", a-rate: source is \"Somebody A Journal 1\"; it must name a year"),
            ('unit = "share"', 'unit = "share"\nkinds = ["projects"]', r", a-rate: reason must say why"),
            ('unit = "share"', 'unit = "share"\nkinds = ["gum"]', r', a-rate: kinds.0 is "gum"; choose from'),
            ('unit = "share"', 'unit = "share"\ndial = "trust.prior"', r', a-rate: dial is "trust.prior"'),
            ('unit = "share"\n', "", r", a-rate: unit is missing; add it"),
            (
                'unit = "share"',
                'unit = "share"\nunits = "share"',
                r", a-rate: units is not a known name; did you mean `unit`",
            ),
            ('id = "a-rate"', 'id = "A rate"', r', A rate: id is "A rate"; write lower-case letters'),
            ('"real log" = 0.10\n', "", r", tolerances: real log is missing"),
            ("[[row]]", "[row]", r": row is a table; give tables, each opened by a line \[\[row\]\]"),
            ("[tolerances]", "[extra]\n[tolerances]", r": extra is not a known name"),
            (
                'use = "fit"\nmeasure = "evidence"',
                'use = "input"\ndial = "trust.prio"',
                r', a-rate: dial is "trust.prio".*did you mean `trust.prior`',
            ),
        ],
    )
    def test_a_wrong_entry_is_one_line(self, tmp_path, old, new, said):
        assert old in WHOLE
        path = written(tmp_path, WHOLE.replace(old, new, 1))
        with pytest.raises(InputError) as raised:
            read(path)
        (line,) = raised.value.lines
        assert re.match(re.escape(str(path)) + said, line), line

    def test_an_id_stands_there_once(self, tmp_path):
        row = WHOLE[WHOLE.index("[[row]]") :]
        with pytest.raises(InputError, match="a-rate: id stands there twice"):
            read(written(tmp_path, WHOLE + row))

    def test_the_table_of_the_package_is_the_one_read(self):
        assert evidence() is evidence() and read(table.TABLE) == evidence()
