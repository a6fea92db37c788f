"""Claims: found by their file, fair by construction, and able to fail."""

import re

import numpy as np
import pandas as pd
import pytest

from longgame.experiments import claims
from longgame.experiments.claims import annuity, champion, desperate, herd, once, walk_away
from longgame.experiments.design import arms
from longgame.experiments.design.dials import FREQUENCY, Dial
from longgame.experiments.inference import verdicts as statistics
from longgame.experiments.inference.flips import first_plan, first_verdict
from longgame.experiments.inference.pairs import of_both_kinds
from longgame.experiments.runs.runner import run_plan
from longgame.sim import STRATEGIES, FirmPolicy, Firms, Scenario, Strategy, firms
from tests.experiments.conftest import SEEDS, SMALL


class TestDiscovery:
    def test_one_file_is_one_claim(self, tmp_path, monkeypatch):
        (tmp_path / "early_bird.py").write_text(
            '"""The early bird gets the worm.\n\nMore."""\nQUESTION = "?"\nKNOBS = ()\n'
            "def plan(s, n): ...\ndef verdicts(t): ...\ndef figures(t): ...\n"
        )
        (tmp_path / "half.py").write_text('"""Half a claim."""\n')
        (tmp_path / "_shared.py").write_text("")
        monkeypatch.setattr(claims, "__path__", [*claims.__path__, str(tmp_path)])
        assert {"annuity", "herd", "once", "early-bird", "half"} <= set(claims.names())
        assert "-shared" not in claims.names()
        assert claims.headline("early-bird") == "The early bird gets the worm."
        assert claims.load("early-bird").QUESTION == "?"
        with pytest.raises(TypeError, match="lacks QUESTION, DIALS, plan, verdicts, figures"):
            claims.load("half")

    def test_unknown(self):
        with pytest.raises(KeyError):
            claims.load("no-such-claim")

    @pytest.mark.parametrize("name", claims.names())
    def test_every_claim_says_what_it_tests(self, name):
        module = claims.load(name)
        assert claims.headline(name) == module.__doc__.partition("\n")[0]
        assert module.QUESTION.endswith("?")
        assert "MODEL.md" in module.__doc__


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


#: How ours and theirs are swapped in claims that do not list their pairs.
SWAPPED = {
    "annuity": {"OURS": "adversarial", "RIVALS": ("collaborative", "order-taker")},
    "herd": {"HERD": arms.SINGLETON, "SINGLETON": arms.HERD},
}
COMPARING = [name for name in claims.names() if name in SWAPPED or hasattr(claims.load(name), "PAIRS")]


def exaggerated(tables, ahead):
    """Return tables in which some groups are far ahead of all others in everything, whatever they did."""
    rng = np.random.default_rng(0)
    made = {}
    for name, table in tables.items():
        table = table.copy()
        if "group" in table:
            keys = {"seed", "months", "month", *(column for column in table if "." in column)}
            numbers = [c for c in table.select_dtypes("number") if c not in keys]
            luck = pd.Series(rng.random(table["seed"].nunique()), sorted(table["seed"].unique()))
            lead = table["group"].isin(ahead) * 1e6 * (1 + table["seed"].map(luck))
            for column in numbers:
                table[column] = 1000.0 + lead
        made[name] = table
    return made


@pytest.fixture(scope="module", autouse=True)
def few_resamples():
    """Make intervals from fewer resamples: they need not be fine here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(statistics, "RESAMPLES", 999)
        yield


class TestShape:
    @pytest.mark.parametrize("name", claims.names())
    def test_dials_can_be_turned_from_end_to_end(self, name):
        module = claims.load(name)
        assert 2 <= len(module.DIALS) <= 5
        assert len({dial.name for dial in module.DIALS}) == len(module.DIALS)
        for dial in module.DIALS:
            assert isinstance(dial, Dial) and dial.low < dial.high
            low, high = (dial.at(SMALL, value) for value in (dial.low, dial.high))
            assert low != high
            for scenario in (low, high):
                assert len(module.plan(scenario, (0,))) > 1

    def test_frequency_is_turned_with_as_many_needs_in_all(self):
        for name in claims.names():  # nobody turns the load along with it
            dials = [dial for dial in claims.load(name).DIALS if dial.name == "customers.rate"]
            assert dials in ([], [FREQUENCY])
        for rate in (FREQUENCY.low, 0.3, FREQUENCY.high):
            there = FREQUENCY.at(SMALL, rate)
            assert there.customers.rate == rate
            assert rate * there.customers.count == pytest.approx(SMALL.customers.rate * 600, abs=rate / 2)
            assert there.but({"customers.rate": 0.25, "customers.count": 600}) == SMALL
        assert str(FREQUENCY) == "customers.rate (× customers.count held)"
        fractions = Dial("trust.prior", 0.1, 0.9, holding="word_of_mouth.gossip")
        assert fractions.at(SMALL, 0.25).word_of_mouth.gossip == pytest.approx(
            SMALL.trust.prior * SMALL.word_of_mouth.gossip / 0.25
        )

    @pytest.mark.parametrize("name", claims.names())
    def test_plan_is_paired_and_fair(self, name):
        plan = claims.load(name).plan(SMALL, (3, 5))
        runs = {seed: [run.market for run in plan.runs() if run.seed == seed] for seed in (3, 5)}
        assert runs[3] == runs[5] == list(plan.markets)
        points = {}
        for market, scenario in plan.markets.items():
            points.setdefault(market.partition("@")[2], []).append(scenario)
        for there in points.values():
            sellers = [scenario.sellers for scenario in there]
            assert max(sellers) - min(sellers) < max(g.members for s in there for g in s.firms)
            rest = {"firms", "name", "strategies"}
            assert len({scenario.model_dump_json(exclude=rest) for scenario in there}) == 1

    @pytest.mark.parametrize("name", claims.names())
    def test_first_verdict_needs_no_more_than_its_plan(self, name, answered):
        module = claims.load(name)
        seeds = tuple(sorted(answered[name]["horizons"]["seed"].unique()))
        whole, part = module.plan(SMALL, seeds), first_plan(module, SMALL, seeds)
        assert part.markets.items() <= whole.markets.items() and part.seeds == seeds
        assert set(part.measures) <= set(whole.measures)
        tables = answered[name]
        if hasattr(module, "first"):
            assert len(part) < len(whole)
            tables = run_plan(part, workers=1, progress=False).tables
            assert set(tables) == {measure.name for measure in part.measures}
        found, expected = first_verdict(module, tables), module.verdicts(answered[name])[0]
        assert repr(found) == repr(expected)  # NaN is no NaN's equal

    @pytest.mark.parametrize("name", claims.names())
    def test_effects_say_where_and_when(self, name, answered):
        module = claims.load(name)
        verdicts = module.verdicts(answered[name])
        kinds = {market.startswith(arms.SHARED) for market in module.plan(SMALL, (0,)).markets}
        assert verdicts[0].question.rstrip("?").startswith(module.QUESTION.rstrip("?")[:20])
        for verdict in verdicts:
            assert verdict.claim == name and verdict.sentence.endswith(".")
            assert verdict.outcome in ("holds", "does not hold", "depends", "undecided")
            assert verdict.effects and len({str(e.unit) for e in verdict.effects}) == 1
            for effects in (verdict.effects, verdict.others):
                places = [tuple(e.at.items()) for e in effects]
                assert len(set(places)) == len(places)  # no two effects at one place
                if len(kinds) > 1:
                    assert all("market" in e.at for e in effects)
                timed = all({"horizon", "window"} & set(e.at) for e in effects)
                assert timed or re.search(r"\d.* (month|year)s?\b", verdict.horizon)

    @pytest.mark.parametrize("name", ["annuity", "herd", "once"])
    def test_old_claims_cover_all_four(self, name, answered):
        for verdict in claims.load(name).verdicts(answered[name]):
            places = {e.at["market"] for e in verdict.effects}
            assert places == {"shared market", "separate markets"}
        groups = set().union(*(set(table["group"]) for table in answered[name].values()))
        assert {f"{s}-{o}" for s in ("collaborative", "adversarial") for o in arms.ORGANISATIONS} <= groups

    @pytest.mark.parametrize("name", COMPARING)
    def test_ours_and_theirs_swapped_turn_the_verdict_round(self, name, answered, monkeypatch):
        module = claims.load(name)

        def swap():
            pairs = [(theirs, ours) for ours, theirs in getattr(module, "PAIRS", ())]
            for part, value in SWAPPED.get(name, {"PAIRS": pairs}).items():
                monkeypatch.setattr(module, part, value)

        if name in SWAPPED:
            ahead = {
                "annuity": ["collaborative-singleton", "collaborative-herd"],
                "herd": [f"{conduct}-herd" for conduct in herd.CONDUCTS],
            }[name]
        else:
            ahead = {ours.name for ours, _ in module.PAIRS}
            assert not ahead & {theirs.name for _, theirs in module.PAIRS}
        plain, far = answered[name], exaggerated(answered[name], ahead)
        before, outcome = module.verdicts(plain)[0], module.verdicts(far)[0].outcome
        swap()
        after = module.verdicts(plain)[0]
        assert [-e.value for e in after.effects] == pytest.approx([e.value for e in before.effects], nan_ok=True)
        other = {"holds": "does not hold", "does not hold": "holds"}
        assert module.verdicts(far)[0].outcome == other[outcome]

    def test_profit_is_judged_at_the_longest_horizon_and_told_at_all(self, answered):
        for verdict in annuity.verdicts(answered["annuity"]):
            assert {e.at["horizon"] for e in verdict.effects} == {"2 years"}
            assert {e.at["horizon"] for e in verdict.others} == {"1 year"}

    def test_an_effect_is_the_mean_paired_difference(self, answered):
        table = answered["herd"]["horizons"]
        rows = table[(table["market"] == "shared") & (table["months"] == 24)]
        wide = rows.pivot(index="seed", columns="group", values="profit")
        expected = (wide["collaborative-herd"] - wide["collaborative-singleton"]).mean()
        effects = herd.verdicts(answered["herd"])[0].effects
        found = [e for e in effects if e.at == {"market": "shared market", "horizon": "2 years"}]
        assert found[0].value == pytest.approx(expected)

    def test_runs_shorter_than_a_year(self):
        short = SMALL.but(months=5)
        for claim in (annuity, herd, once):
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


class TestFalseClaims:
    """Claims that are false by construction must come out so."""

    def test_same_conduct_under_two_names_earns_no_more(self, scenario, monkeypatch):
        monkeypatch.setattr(annuity, "OURS", "twin-a")
        monkeypatch.setattr(annuity, "RIVALS", ("twin-b",))
        tables = run_plan(annuity.plan(scenario, SEEDS), workers=2, progress=False).tables
        for verdict in annuity.verdicts(tables):
            assert verdict.outcome in ("does not hold", "undecided"), verdict.sentence
            alone = [e for e in verdict.effects if e.at["market"] == "separate markets"]
            assert [(e.value, e.sign) for e in alone] == [(0, 0), (0, 0)]  # the same market twice

    def test_same_conduct_under_two_names_does_not_hold(self, scenario, monkeypatch):
        # In the shared market the twins stand in other places: with seeds enough, luck is told from worth.
        monkeypatch.setattr(walk_away, "PAIRS", of_both_kinds("twin-a", "twin-b"))
        plan = walk_away.plan(scenario.but({"customers.count": 300}), MANY)
        said = walk_away.verdicts(run_plan(plan, workers=2, progress=False).tables)[0]
        assert said.outcome == "does not hold", said.sentence
        assert "no advantage worth speaking of" in said.sentence

    def test_an_effect_whose_mechanism_is_off_does_not_hold(self):
        # Nothing ever goes wrong, so nobody has anything to fight for.
        plan = champion.plan(SMALL.but({"customers.count": 300, "service.issue": 0.0}), MANY)
        said = champion.verdicts(run_plan(plan, workers=2, progress=False).tables)[0]
        assert said.outcome == "does not hold", said.sentence
        alone = [e for e in said.effects if e.at["market"] == "separate markets"]
        assert [(e.value, e.sign) for e in alone] == [(0, 0), (0, 0)]

    def test_what_is_a_gain_is_not_denied(self):
        # The same rule on a true effect: a seller who keeps a fair price earns more than at a loss.
        said = desperate.verdicts(run_plan(desperate.plan(SMALL, SEEDS), workers=2, progress=False).tables)[0]
        assert said.outcome == "holds", said.sentence

    def test_a_herd_does_no_more_for_one_twin_than_for_the_other(self, scenario, monkeypatch):
        monkeypatch.setattr(herd, "CONDUCTS", ("twin-a", "twin-b"))
        tables = run_plan(herd.plan(scenario, SEEDS), workers=2, progress=False).tables
        interaction = herd.verdicts(tables)[-1]
        assert interaction.outcome in ("does not hold", "undecided"), interaction.sentence

    def test_a_herd_that_only_costs_does_worse(self):
        costly = FirmPolicy(overhead=2.0)
        groups = [Firms(name="x", count=2, strategies={"adversarial": 5}, policy=costly)]
        scenario = SMALL.but(firms=[g.model_dump() for g in groups])
        tables = run_plan(herd.plan(scenario, SEEDS), workers=2, progress=False).tables
        for verdict in herd.verdicts(tables)[:2]:
            assert verdict.outcome == "does not hold", verdict.sentence

    def test_without_memory_a_win_lose_costs_nothing_later(self):
        forgetful = SMALL.but({"trust.memory": False, "months": 36})
        tables = run_plan(once.plan(forgetful, SEEDS), workers=2, progress=False).tables
        assert once.verdicts(tables)[0].outcome != "holds"
