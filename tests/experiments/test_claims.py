"""Claims: found by their file, fair by construction, and able to fail."""

import os
import re
import sys
from dataclasses import replace

import pytest

from longgame.experiments import claims
from longgame.experiments.claim import as_measured, nothing
from longgame.experiments.claims import annuity, champion, desperate, herd, once, walk_away
from longgame.experiments.design import arms
from longgame.experiments.design.dials import FREQUENCY, Dial
from longgame.experiments.inference.pairs import of_both_kinds
from longgame.experiments.runs.runner import run_plan
from longgame.sim import STRATEGIES, FirmPolicy, Firms, Scenario, Strategy, firms
from longgame.sim.configurations import chance_of_need
from longgame.sim.errors import InputError
from tests.experiments.conftest import SEEDS, SMALL

pytestmark = pytest.mark.usefixtures("few_resamples")

#: A file with a claim.
FULL = """
from longgame.experiments.claim import Ask, Claim
from longgame.experiments.design.dials import FREQUENCY, RANGES
from longgame.experiments.design.plan import Measure
from longgame.experiments.inference.pairs import of_both_kinds
from longgame.experiments.measures.kept import HORIZONS, by_horizon


def mine(result):
    return by_horizon(result)


CLAIM = Claim(
    name="early-bird",
    text="The early bird gets the worm.\\n\\nMore.",
    pairs=of_both_kinds("collaborative", "adversarial"),
    measures=(Measure("horizons", mine),),
    asks=(Ask("Does it?", "it got {amount} {direction}"),),
    dials=(FREQUENCY, RANGES["months"]),
    draw=lambda tables: {},
)
"""


@pytest.fixture
def own_folder(tmp_path, monkeypatch):
    """A user's folder; what was imported from it is forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield tmp_path
    for file in tmp_path.glob("*.py"):
        if getattr(sys.modules.get(file.stem), "__file__", None) == str(file):
            del sys.modules[file.stem]


class TestFiles:
    def test_one_file_is_one_claim(self, tmp_path, monkeypatch):
        (tmp_path / "early_bird.py").write_text(f'"""The early bird gets the worm.\n\nMore."""\n{FULL}')
        (tmp_path / "_shared.py").write_text("")
        monkeypatch.setattr(claims, "__path__", [*claims.__path__, str(tmp_path)])
        assert {"annuity", "herd", "once", "early-bird"} <= set(claims.names())
        assert "-shared" not in claims.names()
        assert claims.headline("early-bird") == claims.load("early-bird").headline == "The early bird gets the worm."
        with pytest.raises(KeyError):
            claims.headline("late-bird")

    @pytest.mark.parametrize("name", claims.names())
    def test_every_claim_says_what_it_tests(self, name):
        claim = claims.load(name)
        assert claims.headline(name) == claim.headline
        assert "The idea" in claim.text and not re.search(r"MODEL\.md|DESIGN\.md", claim.text)

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("", "half.py: declares no claim; write CLAIM = Claim(...), as docs/howto/add-a-claim.md does"),
            (
                "class CLAIM:\n    name = text = question = 'x'",
                "half.py: CLAIM lacks dials, plan, analyse; make it a Claim, or give it those parts",
            ),
            ("x = 1\n\n1 / 0", "half.py: line 3: ZeroDivisionError: division by zero; mend the file"),
            ("x = (", "half.py: line 1: SyntaxError: '(' was never closed (half.py, line 1); mend the file"),
            (
                FULL.replace("early-bird", "herd"),
                "half.py: CLAIM.name is 'herd', a claim of longgame; choose another name",
            ),
        ],
    )
    def test_a_file_that_is_no_claim_gets_one_line(self, text, line, own_folder):
        (own_folder / "half.py").write_text(text)
        with pytest.raises(InputError) as raised:
            claims.load("half.py")
        assert raised.value.lines == (line,)

    @pytest.mark.parametrize(
        ("name", "line"),
        [
            ("anuity", "anuity: is not a claim; did you mean `annuity`?"),
            ("x", "x: is not a claim; `longgame list` shows all; a file of your own ends in .py"),
            ("mone-own.py", "mone-own.py: there is no such file; did you mean `mine-own.py`?"),
            ("mine-own.py", "mine-own.py: cannot be imported; name the file with letters, digits and _ only"),
            ("statistics.py", "statistics.py: statistics is the name of another module; rename the file"),
        ],
    )
    def test_what_cannot_be_loaded_gets_one_line(self, name, line, own_folder):
        for own in ("mine-own.py", "statistics.py"):
            (own_folder / own).write_text(FULL)
        with pytest.raises(InputError) as raised:
            claims.load(name)
        assert raised.value.lines == (line,)

    def test_a_file_with_another_name_than_its_claim_is_refused(self, tmp_path, monkeypatch):
        (tmp_path / "late_bird.py").write_text(FULL)
        monkeypatch.setattr(claims, "__path__", [*claims.__path__, str(tmp_path)])
        with pytest.raises(InputError, match="must be 'late-bird', after its file"):
            claims.load("late-bird")

    def test_a_file_of_ones_own_is_read_anew_and_workers_find_its_measures(self, own_folder):
        file = own_folder / "worm.py"
        file.write_text(FULL)
        claim = claims.load(str(file))
        plan = claim.plan(SMALL.but({"customers.count": 100, "months": 6}), (0, 1)).only(["shared"])
        outcome = run_plan(plan, workers=2, progress=False)
        assert not outcome.failures and len(outcome.tables["horizons"]) == 8
        file.write_text(FULL.replace("Does it?", "Does it ever?"))
        os.utime(file, (0, 0))  # whatever the clock, it is another file
        assert claims.load(str(file)).question == "Does it ever?"


class TestArms:
    def test_every_market_has_as_many_salespeople_and_all_else_alike(self):
        for strategies in (herd.CONDUCTS, [annuity.OURS, *annuity.RIVALS]):
            made = arms.markets(Scenario(), arms.crossed(strategies))
            assert len({m.sellers for m in made.values()}) == 1
            everything_else = {m.model_dump_json(exclude={"firms", "name"}) for m in made.values()}
            assert len(everything_else) == 1

    def test_arms_share_a_market_in_equal_parts(self):
        shared = arms.markets(Scenario(), arms.crossed(herd.CONDUCTS))[arms.SHARED]
        assert {g.name: g.count * g.members for g in shared.firms} == dict.fromkeys(
            ["collaborative-singleton", "collaborative-herd", "adversarial-singleton", "adversarial-herd"], 10
        )

    def test_size_and_policy_of_herds_are_the_scenarios(self):
        own = FirmPolicy(shares_leads=True, overhead=0.5)
        scenario = Scenario(firms=(Firms(name="x", count=4, strategies={"milker": 4}, policy=own),))
        for market in arms.markets(scenario, arms.crossed(herd.CONDUCTS)).values():
            for group in market.firms:
                if group.organisation == arms.HERD:
                    assert (group.members, group.rules) == (4, own)
                else:
                    assert group.rules == FirmPolicy()

    @pytest.mark.parametrize("sellers", [1, 3, 7, 40, 101])
    def test_any_number_of_salespeople_can_be_arranged(self, sellers):
        scenario = Scenario(firms=firms("adversarial", singletons=sellers))
        made = arms.markets(scenario, arms.crossed(["collaborative", "adversarial", "order-taker"]))
        assert len({m.sellers for m in made.values()}) == 1


class TestAnswers:
    def test_frequency_is_turned_with_as_many_needs_in_all(self):
        for rate in (FREQUENCY.low, 0.3, FREQUENCY.high):
            there = FREQUENCY.at(SMALL, rate)
            assert there.customers.rate == rate
            chance, usual = (chance_of_need(one, SMALL.customers.rate_spread) for one in (rate, 0.25))
            assert chance * there.customers.count == pytest.approx(usual * 600, abs=chance / 2)
            assert there.but({"customers.rate": 0.25, "customers.count": 600}) == SMALL
        assert str(FREQUENCY) == "customers.rate (number of needs held)"
        fractions = Dial("trust.prior", 0.1, 0.9, holding="word_of_mouth.gossip")
        assert fractions.at(SMALL, 0.25).word_of_mouth.gossip == pytest.approx(
            SMALL.trust.prior * SMALL.word_of_mouth.gossip / 0.25
        )

    @pytest.mark.parametrize("name", claims.names())
    def test_effects_say_where_and_when(self, name, answered):
        claim = claims.load(name)
        kinds = {labels.get("setting") for labels in claim.plan(SMALL, (0,)).markets.labels.values()}
        verdicts = claim.verdicts(answered[name])
        assert verdicts[0].question.rstrip("?").startswith(claim.question.rstrip("?")[:20])
        for verdict in verdicts:
            for effects in (verdict.effects, verdict.others):
                if len(kinds) > 1:
                    assert all("market" in e.at for e in effects)
                timed = all({"horizon", "window"} & set(e.at) for e in effects)
                assert timed or re.search(r"\d.* (month|year)s?\b", verdict.horizon)

    @pytest.mark.parametrize(("name", "theirs"), [("annuity", "-equal"), ("herd", ""), ("once", "-equal")])
    def test_old_claims_cover_all_four(self, name, theirs, answered):
        first = claims.load(name).verdicts(answered[name])[0]
        assert {e.at["market"] for e in first.effects} == {"shared market", "separate markets"}
        groups = set().union(*(set(table["group"]) for table in answered[name].values()))
        assert {f"{s}-{o}" for s in ("collaborative", f"adversarial{theirs}") for o in arms.ORGANISATIONS} <= groups

    def test_profit_is_judged_at_the_longest_horizon_and_told_at_all(self, answered):
        for verdict in annuity.CLAIM.verdicts(answered["annuity"])[:4]:
            assert {e.at["horizon"] for e in verdict.effects} == {"2 years"}
            assert {e.at["horizon"] for e in verdict.others} == {"1 year"}

    def test_an_effect_is_the_mean_paired_difference(self, answered):
        table = answered["herd"]["horizons"]
        rows = table[(table["market"] == "shared") & (table["months"] == 24)]
        wide = rows.pivot(index="seed", columns="group", values="profit")
        expected = (wide["collaborative-herd"] - wide["collaborative-singleton"]).mean()
        effects = herd.CLAIM.verdicts(answered["herd"])[0].effects
        at = {"market": "shared market", "arm": "collaborative", "horizon": "2 years"}
        found = [e for e in effects if at.items() <= e.at.items()]
        assert found[0].value == pytest.approx(expected)

    def test_runs_shorter_than_a_year(self):
        short = SMALL.but(months=5)
        for claim in (annuity.CLAIM, herd.CLAIM, once.CLAIM):
            tables = run_plan(claim.plan(short, (0, 1)), workers=1, progress=False).tables
            for verdict in claim.verdicts(tables):
                assert verdict.outcome == "undecided"  # two seeds cannot tell


def twins():
    """Two strategies that differ in nothing but their name."""
    conduct = STRATEGIES["collaborative"].with_prospects
    return [
        Strategy(name=name, description="One of two twins.", with_prospects=conduct) for name in ("twin-a", "twin-b")
    ]


@pytest.fixture(scope="module")
def scenario():
    """The small market, where both twins are known."""
    return SMALL.but(strategies=[t.model_dump() for t in twins()])


#: Seeds enough to tell luck from what is worth having, in markets as small as these.
MANY = tuple(range(50))


def answered_by(claim, scenario, seeds=SEEDS):
    """Return the verdicts of a claim."""
    return claim.verdicts(run_plan(claim.plan(scenario, seeds), workers=2, progress=False).tables)


class TestFalseClaims:
    """Claims that are false by construction must come out so."""

    def test_same_conduct_under_two_names_earns_no_more(self, scenario):
        pairs = of_both_kinds("twin-a", "twin-b")
        asks = tuple(replace(ask, pairs=pairs, note=nothing) for ask in (annuity.CLAIM.asks[0], annuity.CLAIM.asks[2]))
        twins = replace(annuity.CLAIM, pairs=pairs, design=None, asks=asks)
        for verdict in answered_by(twins, scenario):
            assert verdict.outcome in ("does not hold", "undecided"), verdict.sentence
            # The same market twice is no comparison: it is left out, and named.
            assert {e.at["market"] for e in verdict.effects} == {"shared market"}
            assert "the books of both sides are the same" in verdict.sentence

    def test_same_conduct_under_two_names_does_not_hold(self, scenario):
        # In the shared market the twins stand in other places: with seeds enough, luck is told from worth.
        asks = walk_away.CLAIM.asks[:1]
        pairs = of_both_kinds("twin-a", "twin-b")
        twins = replace(walk_away.CLAIM, pairs=pairs, asks=asks, arms=None, prepare=as_measured)
        said = answered_by(twins, scenario.but({"customers.count": 300}), MANY)[0]
        assert said.outcome == "does not hold", said.sentence
        assert "the least worth having" in said.sentence

    def test_an_effect_whose_mechanism_is_off_does_not_hold(self):
        # Nothing ever goes wrong, so nobody has anything to fight for.
        said = answered_by(champion.CLAIM, SMALL.but({"customers.count": 300, "service.issue": 0.0}), MANY)[0]
        assert said.outcome == "does not hold", said.sentence
        assert {e.at["market"] for e in said.effects} == {"shared market"}
        assert "Left out, as the books of both sides are the same" in said.sentence

    def test_what_is_a_gain_is_not_denied(self):
        # The same rule on a true effect: a seller who keeps a fair price earns more than at a loss.
        said = answered_by(desperate.CLAIM, SMALL)[0]
        assert said.outcome == "holds", said.sentence

    def test_a_herd_does_no_more_for_one_twin_than_for_the_other(self, scenario):
        ours, theirs = (
            tuple({"strategy": twin, "organisation": kind} for kind in (arms.HERD, arms.SINGLETON))
            for twin in ("twin-a", "twin-b")
        )
        interaction = replace(herd.CLAIM.asks[2], lead=ours, beyond=theirs)
        twins = replace(
            herd.CLAIM, asks=(interaction,), design=None, arms=lambda scenario: arms.crossed(["twin-a", "twin-b"])
        )
        (said,) = answered_by(twins, scenario)
        assert said.outcome in ("does not hold", "undecided"), said.sentence

    def test_a_herd_that_only_costs_does_worse(self):
        costly = FirmPolicy(overhead=2.0)
        groups = [Firms(name="x", count=2, strategies={"adversarial": 5}, policy=costly)]
        for verdict in answered_by(herd.CLAIM, SMALL.but(firms=[g.model_dump() for g in groups]))[:2]:
            assert verdict.outcome == "does not hold", verdict.sentence

    def test_without_memory_a_win_lose_costs_nothing_later(self):
        assert answered_by(once.CLAIM, SMALL.but({"trust.memory": False, "months": 36}))[0].outcome != "holds"
