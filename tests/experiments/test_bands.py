"""The table of markets beside the ranges of one that could exist, and the command that prints and writes it."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from longgame.experiments.cli import main as cli
from longgame.experiments.measures.firms import BANDS
from longgame.experiments.validation import bands
from longgame.sim import configurations
from longgame.sim.scenario import Scenario
from tests.experiments.cli_folder import files

GOOD = {
    "needs": 100,
    "deals": 90,
    "declined": 210,
    "leavers": 2,
    "person_months": 100,
    "cost": 10.0,
    "revenue": 100.0,
    "cost_alone": 6.0,
    "revenue_alone": 40.0,
    "repeat_revenue": 60.0,
    "minutes": 480_000,
    "firm_years": 10,
    "loss_years": 3,
}


def tables(**markets):
    """Return tables of two seeds, with so many firms open after five years of ten, and changes of the sums."""
    sums, lives = [], []
    for market, (alive, changes) in markets.items():
        for seed in (0, 1):
            sums.append({"market": market, "seed": seed, **GOOD, **changes})
            lives.append({"market": market, "seed": seed, "group": "a", "duration": 60, "reason": "", "firms": alive})
            failed = {"duration": 12, "reason": "failed", "firms": 10 - alive}
            lives.append({"market": market, "seed": seed, "group": "a", **failed})
    return {"economy": pd.DataFrame(sums), "firms": pd.DataFrame(lives)}


@pytest.fixture
def table():
    return bands.table(tables(good=(5, {}), bad=(2, {"deals": 70, "revenue_alone": 0.0, "cost_alone": 0.0})))


def test_every_market_has_every_number(table):
    assert table["market"].tolist() == ["good"] * len(BANDS) + ["bad"] * len(BANDS)
    found = table.set_index(["market", "number"])
    assert found.loc["good", "holds"].all()
    assert found.loc[("good", "unmet"), "found"] == pytest.approx(0.1)
    assert found.loc[("good", "win_rate"), "found"] == pytest.approx(0.3)
    assert found.loc[("bad", "survival"), "found"] == pytest.approx(0.2)
    outside = found.loc["bad"].query("not holds")
    # .7 of the needs are met; without revenue there is no ratio, which is outside, too.
    assert set(outside.index) == {"unmet", "selling_cost_alone", "survival"}
    assert pd.isna(outside.loc["selling_cost_alone", "found"])


def test_the_screen_marks_what_is_outside_by_a_star(table):
    head, *rows = bands.terminal(table).splitlines()
    assert head.split() == ["range", "good", "bad"] and len(rows) == len(BANDS)
    assert [row.split("  ")[0] for row in rows] == [band.meaning for band in BANDS]
    assert re.search(r" 0-0\.2 +0\.10 +0\.30\*$", rows[0])
    assert rows[-1].endswith("0.20*") and rows[3].endswith("-*") and sum("*" in row for row in rows) == 3


def test_the_document_has_them_bold_and_says_where_ranges_are_from(table):
    body, _, sources = bands.markdown(table).partition("\n\nSources of the ranges:\n\n")
    head, _, *rows = body.splitlines()
    assert [cell.strip() for cell in head.strip("|").split("|")] == ["", "range", "good", "bad"]
    assert len(rows) == len(BANDS) and "**0.30**" in rows[0] and "**-**" in rows[3] and "**0.10**" not in rows[0]
    assert sources.splitlines() == [f"* {band.meaning}: {band.source}." for band in BANDS]


def test_the_plan_is_every_market_with_every_seed():
    plan = bands.plan({"a": Scenario(), "b": Scenario()}, (0, 1, 2))
    assert [(run.market, run.seed) for run in plan.runs()][:2] == [("a", 0), ("b", 0)] and len(plan) == 6
    assert [measure.name for measure in plan.measures] == ["economy", "firms"]


SMALL = """
name = "small"
months = 12
[customers]
count = 100
[economy]
capital = 1.0
"""


class TestCommand:
    @pytest.fixture(autouse=True)
    def elsewhere(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "small.toml").write_text(SMALL)

    def bands(self, *more):
        return cli.main(["bands", "--seeds", "1", "--workers", "1", "--scenario", "small.toml", *more])

    def test_a_market_outside_the_ranges_is_a_finding(self, capsys):
        assert self.bands() == 0
        said = capsys.readouterr().out
        assert said.startswith(" " * 20) and "small.toml" in said.splitlines()[0]
        assert f"\n{bands.summary(0)} (1 seed of every market, " in said
        assert "*" in said

    def test_of_a_market_that_should_be_in_them_it_is_an_error(self, capsys, monkeypatch):
        monkeypatch.setattr(configurations, "PLAUSIBLE", ("small.toml",))
        assert self.bands() == 1
        said = capsys.readouterr().out
        stars = sum("*" in line for line in said.splitlines())
        assert stars > 1 and f"\n{bands.summary(stars)} (1 seed of every market, " in said

    def test_the_table_is_written_between_its_marks(self, tmp_path):
        document = tmp_path / "a.md"
        document.write_text("before\n<!-- longgame bands -->\nstale\n<!-- /longgame bands -->\nafter\n")
        assert self.bands("--write", "a.md") == 0
        text = document.read_text()
        assert "stale" not in text and text.startswith("before\n") and text.endswith("\nafter\n")
        assert "| small.toml |" in text and "Sources of the ranges:" in text

    def test_a_document_without_a_place_is_refused_before_any_run(self, tmp_path, capsys):
        (tmp_path / "a.md").write_text("nothing")
        assert self.bands("--write", "a.md") == 2
        assert "<!-- longgame bands -->" in capsys.readouterr().err
        assert files() == ["a.md", "small.toml"]
