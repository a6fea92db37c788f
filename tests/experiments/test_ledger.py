"""The ledger on two made-up claims: one that must hold, one whose arms are the same."""

import csv
import io
import json
import re
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from longgame.experiments import claims
from longgame.experiments.cli import main as cli
from longgame.experiments.design.dials import Dial
from longgame.experiments.design.plan import Measure, Plan
from longgame.experiments.inference.effects import Effect, effect_of, fewest, widened
from longgame.experiments.inference.flips import find_flip, mean_effect
from longgame.experiments.inference.verdicts import Verdict, decide, judge
from longgame.experiments.measures.totals import summary
from longgame.experiments.reports.documents import marks
from longgame.experiments.runs.runner import run_plan
from longgame.experiments.runs.workers import Lost, Workers, work_of
from longgame.experiments.store.store import ResultStore
from longgame.experiments.studies import all_claims as ledger
from longgame.experiments.studies import all_claims_page as ledger_page
from longgame.experiments.studies import all_claims_report as ledger_report
from longgame.experiments.study import Findings
from longgame.experiments.words import number
from longgame.sim import Scenario

TINY = Scenario(months=6).but({"customers.count": 60})
SEEDS = 12


def profit(result):
    """Profit of the whole market; a measure."""
    return summary(result.monthly).reset_index()[["group", "profit", "pay"]]


PROFIT = Measure("profit", profit)


def made_up(name, dial, ours):
    """Return a claim: profit is higher where a dial of the scenario is `ours` than where it is as given."""

    def analyse(tables):
        table = tables["profit"].groupby(["seed", "market"])["profit"].mean().unstack()
        found = effect_of(table["ours"] - table["theirs"], unit="money per salesperson-year", at={"market": "all"})
        said = {"finding": "profit was {amount} {direction}", "horizon": "over 6 months"}
        verdict = judge(name, "Is <it> & more so?", [found], **said)
        return Findings(name, f"The claim {name} <b>.", verdicts=(verdict,), figures={"one": draw, "two": draw})

    def plan(scenario, seeds):
        arms = {"ours": scenario if ours is None else scenario.but({dial: ours}), "theirs": scenario}
        return Plan(arms, seeds, (PROFIT,))

    def draw(figure):
        figure.suptitle(f'{name} is "drawn"')
        figure.add_subplot().plot([1, 2])

    return SimpleNamespace(
        name=name,
        text=f"The claim {name} <b>.\n",
        question="Is <it> & more so?",
        plan=plan,
        analyse=analyse,
        dials=(Dial(dial, 100.0, 1900.0),),
    )


CHEAPER = made_up("cheaper", "economy.wage", 700.0)  # wages are 1,000 a month: less pay, more profit
SAME = made_up("same", "economy.wage", None)
BOTH = {"cheaper": CHEAPER, "same": SAME}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Entries of both claims, and the store."""
    path = tmp_path_factory.mktemp("ledger") / "runs.sqlite"
    with ResultStore(path) as store, Workers(store, 1) as workers:
        yield list(ledger.answer(BOTH, TINY, ledger.Budget(SEEDS, steps=3), workers)), workers


class TestAnswer:
    def test_what_must_hold_holds_and_what_is_the_same_does_not(self, found):
        cheaper, same = found[0]
        assert (cheaper.outcome, cheaper.corrected) == ("holds", "holds")
        assert cheaper.effect.value == pytest.approx(12 * 300, rel=0.2) and cheaper.effect.low > 0
        assert (same.outcome, same.corrected) == ("does not hold", "does not hold")
        assert same.effect.low == same.effect.high == 0
        assert cheaper.level == same.level == pytest.approx(0.975)

    def test_the_flip_is_where_it_was_put(self, found):
        cheaper, same = found[0]
        (flip,) = cheaper.flips
        assert flip.kind == "flips" and flip.value == pytest.approx(700, abs=30)
        assert re.fullmatch(r"economy\.wage < (6[789]\d|7[0-3]\d)", cheaper.flips_when())
        assert same.flips_when() == "not clear in 1 dial"

    def test_a_search_runs_what_the_first_verdict_needs_and_finds_the_same(self):
        def with_one_more(scenario, seeds):
            plan = CHEAPER.plan(scenario, seeds)
            return replace(plan, markets={**plan.markets, "beside": scenario.but({"economy.wage": 5.0})})

        def answer(plan):
            asked.append(list(plan.markets))
            return run_plan(plan, workers=1, progress=False).tables

        whole = SimpleNamespace(**{**vars(CHEAPER), "plan": with_one_more})
        part = SimpleNamespace(**vars(whole), first_plan=CHEAPER.plan, first=lambda t: CHEAPER.analyse(t).verdicts[0])
        seeds, (dial,) = tuple(range(8)), CHEAPER.dials
        found = {}
        for name, claim, arms in (("whole", whole, 3), ("part", part, 2)):
            asked = []
            found[name] = find_flip(claim, TINY, seeds, dial, answer, steps=1)
            assert [len(markets) for markets in asked] == [arms] * 3
            assert ledger.cost_of(claim, TINY, seeds, dial, 1) == 3 * arms * 60 * 6 * 8
        assert found["part"].kind == found["whole"].kind == "flips"
        assert found["part"].value == pytest.approx(found["whole"].value)  # pandas sums in another order

    def test_runs_that_claims_share_are_made_once_and_never_again(self, found):
        (cheaper, same), workers = found
        # Both claims have the scenario itself, `same` twice; then each evaluation of the flips.
        made = workers.store.connection.execute("SELECT count(*) FROM runs").fetchone()[0]
        base = {700.0, 1000.0}
        turned = {100.0, 1900.0, *(value for value, _ in cheaper.flips[0].tried)} - base
        assert made == SEEDS * len(base) + ledger.flip_seeds(SEEDS) * len(turned)
        again = list(ledger.answer(BOTH, TINY, ledger.Budget(SEEDS, steps=3), workers))
        assert workers.store.connection.execute("SELECT count(*) FROM runs").fetchone()[0] == made
        assert [e.reused for e in again] == [e.runs for e in again] == [2 * SEEDS] * 2
        assert [ledger_report.row(e) for e in again] == [ledger_report.row(e) for e in (cheaper, same)]

    def test_a_budget_leaves_dials_out_and_says_so(self, found):
        budget = ledger.Budget(SEEDS, dials=1, steps=1, work=1.0)
        entry = next(ledger.answer({"cheaper": CHEAPER}, TINY, budget, found[1]))
        assert entry.flips == () and "too many" in entry.skipped[0][1]
        assert entry.flips_when() == "not searched"
        assert work_of(CHEAPER.plan(TINY, (0, 1))) == 2 * 2 * 60 * 6

    def test_other_measures_of_the_same_runs_are_taken_along(self):
        other = Measure("other", profit)
        plans = [Plan({"a": TINY}, (0,), (PROFIT,)), Plan({"b": TINY.but(name="else")}, (0,), (other,))]
        (part,) = ledger.with_measures(plans[0], ledger.wanted_measures(plans))
        assert [m.name for m in part.measures] == ["other", "profit"] and list(part.markets) == ["a"]
        assert ledger.with_measures(plans[0], ledger.wanted_measures(plans[:1])) == []

    def test_a_claim_whose_runs_fail_has_no_answer_and_the_others_have(self, found):
        broken = SimpleNamespace(**vars(CHEAPER))
        broken.plan = lambda scenario, seeds: Plan({"a": scenario}, seeds, (Measure("profit", fails),))
        both = {"broken": broken, "same": SAME}
        with ResultStore() as store, Workers(store, 1) as workers:
            entries = list(ledger.answer(both, TINY, ledger.Budget(1), workers, flips=False))
        assert [e.outcome for e in entries] == ["no answer", "undecided"]
        assert "ValueError: no" in entries[0].error and "ValueError: no" in ledger_report.markdown(entries, ABOUT)
        assert "No answer" in ledger_page.page(entries, {}, ABOUT)


def fails(result):
    raise ValueError("no")


ABOUT = {"command": "longgame claims", "seeds": SEEDS, "scenario": "tiny", "model": 1, "commit": "abc"}


class TestCorrection:
    def verdict(self, differences):
        effect = effect_of(differences, unit="months", at={})
        return judge("x", "?", [effect], finding="{amount} {direction}", horizon="ever")

    def test_one_in_twenty_is_no_answer_among_twenty(self):
        import pandas as pd

        steady = pd.Series([1.0, 3, 2, -1, 2, 3, -1, 2, 1, 2, -1, 1, 2])
        verdict = self.verdict(steady)
        assert verdict.outcome == "holds"
        assert ledger.at_level(verdict, 1) == (pytest.approx(0.95), "holds")
        assert ledger.at_level(verdict, 500)[1] == "too few seeds"  # fewer than could tell
        assert fewest(1 - 0.05 / 100) <= 13
        assert ledger.at_level(verdict, 100)[1] == "undecided"

    def test_what_was_open_stays_open(self):
        effect = Effect(1, 0.5, 2, 20, "months")
        verdict = Verdict("x", "?", "undecided", "Undecided.", (), "ever", 20, (effect,))
        assert ledger.at_level(verdict, 20)[1] == "undecided"

    def test_a_wider_interval_takes_a_verdict_back_but_gives_no_other(self):
        import pandas as pd

        # Clear of 0 and, with 95%, clearly below what is worth having; with 99.75% no longer.
        differences = pd.Series(np.linspace(0.8, 1.2, 20))
        worth = effect_of(differences, unit="months", at={}).high + 1e-9
        effect = effect_of(differences, unit="months", at={}, worth=worth)
        verdict = judge("x", "?", [effect], finding="{amount} {direction}", horizon="ever")
        assert verdict.outcome == "does not hold"
        assert decide([widened(effect, 0.9975)]) == "holds"
        assert ledger.at_level(verdict, 20)[1] == "undecided"


class Reader(HTMLParser):
    """Reads a page: open elements, what is fetched, images, ids and links."""

    VOID = ("meta", "img", "br", "link")

    def __init__(self, text):
        super().__init__()
        self.open, self.fetched, self.images, self.ids, self.links, self.tags = [], [], [], [], [], set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        have = dict(attrs)
        self.tags.add(tag)
        self.fetched += [v for k, v in attrs if k in ("src", "srcset", "data", "action") and v]
        self.links += [have["href"]] if "href" in have else []
        self.ids += [have["id"]] if "id" in have else []
        self.images += [have] if tag == "img" else []
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def page(found):
    pictures = {
        entry.claim: [ledger_page.picture(draw, name) for name, draw in entry.figures.items()] for entry in found[0]
    }
    return ledger_page.page(found[0], pictures, ABOUT)


class TestPage:
    def test_is_well_formed_and_needs_nothing_from_outside(self, page):
        read = Reader(page)
        assert not read.open and page.startswith("<!DOCTYPE html>")
        assert not re.search(r"https?://|//[a-z]+\.|url\(|@import", page.replace("charset", ""))
        assert not read.tags & {"script", "link", "iframe", "object"}
        assert all(source.startswith("data:image/png;base64,") for source in read.fetched)
        assert len(set(read.ids)) == len(read.ids)
        assert {link.removeprefix("#") for link in read.links} <= set(read.ids)

    def test_has_figures_with_words_and_size(self, page):
        images = Reader(page).images
        assert len(images) == 4 and images[0]["alt"] == 'cheaper is "drawn"'
        assert all(int(image["width"]) > 100 for image in images)

    def test_says_everything(self, page, found):
        for words in ("holds", "does not hold", "economy.wage", "700", "money per salesperson-year", "97.5%"):
            assert words in page
        assert "The claim cheaper &lt;b&gt;." in page and "<it>" not in page
        assert "prefers-color-scheme: dark" in page and "@media print" in page and "width=device-width" in page


class TestTable:
    def test_the_mean_leaves_out_what_lost_a_seed(self):
        lost = [effect_of(pd.Series(row), unit="") for row in ([0.0, 1, 2, np.nan], [np.nan, -1, -2, -3])]
        verdict = replace(judge("c", "q?", lost, finding="it", horizon="h"), effects=tuple(lost))
        assert np.isnan(mean_effect(verdict, 4).value)

    def test_files_say_the_same(self, found, tmp_path):
        ledger_report.write(tmp_path, found[0], ABOUT)
        rows = list(csv.DictReader(io.StringIO((tmp_path / "claims.csv").read_text())))
        tree = json.loads((tmp_path / "claims.json").read_text())
        assert [r["verdict"] for r in rows] == [c["verdict"] for c in tree["claims"]] == ["holds", "does not hold"]
        assert float(rows[0]["effect"]) == pytest.approx(tree["claims"][0]["effect"])
        assert tree["claims"][0]["flips"][0]["tried"] and tree["claims"][0]["verdicts"][0]["sentence"]
        text = (tmp_path / "claims.md").read_text()
        assert "**holds**" in text and "| `cheaper`:" in text and "Flip: holds above economy.wage" in text
        for verdict in (verdict for entry in found[0] for verdict in entry.verdicts):
            part = text.partition(f"### {verdict.question}\n\n**{verdict.answer}** {' '.join(verdict.reasons)}")[2]
            part = part.partition("\n#")[0]
            assert f"Unit: {verdict.effects[0].unit}." in part and part.count(" | yes |\n") == len(verdict.effects)
            for effect in map(verdict.at_level, verdict.effects):
                bounds = f"{number(effect.low)} to {number(effect.high)}"
                assert f"| {number(effect.value)} | {bounds} |" in part

    def test_first_verdicts_are_kept_as_data(self, found, tmp_path):
        ledger_report.write(tmp_path, found[0], ABOUT)
        tree = json.loads((tmp_path / "verdicts.json").read_text(encoding="utf-8"))
        assert tree["about"] == ABOUT
        for kept, entry in zip(tree["claims"], found[0], strict=True):
            verdict = entry.verdicts[0]
            assert (kept["claim"], kept["verdict"], kept["runs"]) == (entry.claim, verdict.outcome, verdict.n)
            values = [effect["value"] for effect in kept["effects"]]
            assert values == pytest.approx([effect.value for effect in verdict.effects], rel=1e-5)
            assert kept["searched"] == len(entry.flips)
        (flip,) = found[0][0].flips
        (turn,) = tree["claims"][0]["turns"]
        assert (turn["dial"], turn["holds"]) == ("economy.wage", "above")
        assert turn["at"] == pytest.approx(flip.value, rel=1e-5)

    def test_says_what_is_held_while_a_dial_is_turned(self, found):
        (flip,) = found[0][0].flips
        held = replace(flip, dial=replace(flip.dial, holding="customers.stake"))
        entry = replace(found[0][0], flips=(held,))
        named = "economy.wage (× customers.stake held)"
        assert entry.flips_when().startswith(f"{named} < ") and f"{named} = " in str(held)
        assert any(text.startswith(f"{named}: where") for text in ledger_report.explained([entry]))
        assert not any("held" in text for text in ledger_report.explained(found[0]))

    @pytest.mark.parametrize("width", [40, 60, 80, 100, 120])
    def test_fits_the_terminal(self, found, width):
        lines = ledger_report.terminal(found[0], width).splitlines()
        assert max(map(len, lines)) <= max(width, 44)
        assert any("does not hold" in line for line in lines) and any("flips" in line for line in lines)


class TestCommand:
    SMALL = ("--set", "customers.count=100", "--months", "12", "--seeds", "2", "--workers", "1", "--no-flips")

    @pytest.fixture(autouse=True)
    def made_up_claims(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(claims, "names", lambda: list(BOTH))
        for name, claim in BOTH.items():
            monkeypatch.setitem(sys.modules, f"{claims.__name__}.{name}", SimpleNamespace(CLAIM=claim))

    def test_end_to_end(self, capsys):
        assert cli.main(["claims", *self.SMALL, "--out", "out"]) == 0
        shown = capsys.readouterr()
        assert "[1/2] cheaper: undecided" in shown.out and "[2/2] same: undecided" in shown.out
        assert "2 claims: 2 undecided" in shown.out and "Traceback" not in shown.err
        files = {p.name for p in Path("out").iterdir()}
        assert files == {"claims.csv", "claims.html", "claims.json", "claims.md", "verdicts.json", "scenario.toml"}
        assert str(Path.cwd()) not in "".join(p.read_text() for p in Path("out").iterdir())

    def test_writes_a_short_table_into_its_place_in_a_document(self, capsys):
        begin, end = marks("claims")
        document = Path("a.md")
        document.write_text(f"before\n{begin}\nstale-text\n{end}\nafter\n")
        assert cli.main(["claims", *self.SMALL, "--write", "a.md"]) == 0
        text = document.read_text()
        assert "stale-text" not in text and text.startswith("before\n") and text.endswith("\nafter\n")
        assert "| `cheaper`: " in text and "| **undecided** |" in text and "2 seeds of every" in text
        document.write_text("no place")
        assert cli.main(["claims", *self.SMALL, "--write", "a.md", "--out", "none"]) == 2
        assert "--write a.md: needs" in capsys.readouterr().err
        assert document.read_text() == "no place" and not Path("none").exists()

    def test_one_name_and_a_wrong_one(self, capsys):
        assert cli.main(["claims", "same", *self.SMALL]) == 0
        assert "[1/1] same" in capsys.readouterr().out
        assert cli.main(["claims", "sme", "xyz", *self.SMALL, "--out", "none"]) == 2
        said = capsys.readouterr().err
        assert "did you mean `same`?" in said and "xyz: is not a claim; `longgame list` shows all" in said
        assert not Path("none").exists()

    def test_runs_that_fail_are_told_and_the_exit_code_says_so(self, capsys, monkeypatch):
        broken = SimpleNamespace(**vars(CHEAPER))
        broken.plan = lambda scenario, seeds: Plan({"a": scenario}, seeds, (Measure("profit", fails),))
        monkeypatch.setitem(sys.modules, f"{claims.__name__}.cheaper", SimpleNamespace(CLAIM=broken))
        assert cli.main(["claims", *self.SMALL, "--out", "out"]) == 1
        shown = capsys.readouterr()
        assert "cheaper: 2 of 2 runs failed; the first in market 'a', seed 0: ValueError: no" in shown.err
        assert "1 no answer" in shown.out and Path("out/claims.html").exists()

    def test_an_executor_that_breaks_down_leaves_no_half_report(self, capsys, monkeypatch):
        def lost(self, plan, name=None):
            raise Lost(3, len(plan))

        monkeypatch.setattr(Workers, "run", lost)
        assert cli.main(["claims", *self.SMALL, "--out", "out"]) == 1
        assert "the executor broke down, 3 runs of 4" in capsys.readouterr().err
        assert not [p for p in Path("out").rglob("*") if p.is_file()]
