"""Every claim, study and strategy of the house by the contract, and the contract by values that break it."""

import importlib
import pkgutil
from dataclasses import replace
from functools import partial

import pytest

from longgame.experiments import claims, contracts, studies
from longgame.experiments.claim import Ask
from longgame.experiments.claims import champion, walk_away
from longgame.experiments.contracts import Broken, check_claim, check_strategy, check_study
from longgame.experiments.design.arms import markets
from longgame.experiments.design.dials import FREQUENCY, RANGES, Dial
from longgame.experiments.design.plan import Design, Plan
from longgame.experiments.inference.verdicts import Verdict
from longgame.experiments.measures.kept import AT_END
from longgame.experiments.study import Findings, Study
from longgame.sim import STRATEGIES, Strategy
from tests.experiments.conftest import SMALL, seeds_of

pytestmark = pytest.mark.usefixtures("few_resamples")

#: A market for values that are broken somewhere.
TINY = SMALL.but({"customers.count": 100, "months": 12})


def in_a_market(scenario, seeds):
    """Return the plan of one market."""
    return Plan(Design({"market": scenario}), seeds, [AT_END])


def found_in(tables):
    """Return what was found there."""
    said = f"A seller earned {tables['horizons']['profit'].mean():.0f} a year."
    return Findings("level", "How much sellers earn.", sentences=(said,), tables={"runs": tables["horizons"]})


LEVEL = Study("level", "How much sellers earn.", plan=in_a_market, analyse=found_in)
MODULES = [importlib.import_module(f"{studies.__name__}.{one.name}") for one in pkgutil.iter_modules(studies.__path__)]
STUDIES = [module.STUDY for module in MODULES if hasattr(module, "STUDY")]


@pytest.mark.parametrize("name", claims.names())
def test_claim(name, answer):
    claim = claims.load(name)
    check_claim(claim, answer, seeds=seeds_of(claim))


@pytest.mark.parametrize("study", [LEVEL, *STUDIES], ids=lambda study: study.name)
def test_study(study, answer):
    check_study(study, answer)


@pytest.mark.parametrize("name", STRATEGIES)
def test_strategy(name):
    check_strategy(STRATEGIES[name], scenario=TINY)


# -- what breaks it -----------------------------------------------------------------------------------


class Loud:
    """A claim that does not fit the pattern, and can be made wrong anywhere."""

    name, text, question = "loud", "The loud sell more.", "Do the loud sell more?"
    dials = (FREQUENCY, RANGES["word_of_mouth.gossip"])
    _pairs = walk_away.PAIRS

    def __init__(self, **wrong):
        for part, value in wrong.items():
            setattr(self, part, value)

    def plan(self, scenario, seeds):
        return Plan(markets(scenario, [arm for pair in self._pairs for arm in pair]), seeds, [AT_END])

    def analyse(self, tables):
        said = Ask("Do the loud sell more?", "the loud sold {amount} {direction}", pairs=self._pairs)
        return Findings(
            "loud", self.text, verdicts=(said.verdict("loud", tables, ()),), tables={"runs": tables["horizons"]}
        )


def test_an_object_that_is_no_claim_value_passes_as_well(answer):
    check_claim(Loud(), answer, scenario=TINY)


def once_more(found):
    """Return findings with the first verdict twice over in its own effects."""
    first = found.verdicts[0]
    return replace(found, verdicts=(replace(first, effects=(*first.effects, *first.effects)),))


def analysing(change):
    """Return an analysis of `Loud` whose findings are changed."""
    return lambda tables: change(Loud().analyse(tables))


def with_verdict(**changes):
    """Return a change of the first verdict."""
    return lambda found: replace(found, verdicts=(replace(found.verdicts[0], **changes),))


def unlabelled(scenario, seeds):
    """Return a plan whose markets differ in a dial that no label names."""
    quiet = scenario.but({"word_of_mouth.gossip": 0.1})
    return Plan({"loud": scenario, "quiet": quiet}, seeds, [AT_END])


def unequal(scenario, seeds):
    """Return a plan in whose second market more people sell."""
    few = scenario.but(firms=[group.model_dump() for group in scenario.firms[:2]])
    return Plan(Design({"all": scenario, "few": few}, {"few": {"size": 1}}), seeds, [AT_END])


counted = iter(range(1000))

BROKEN = {
    "its name must be": {"name": "Loud!"},
    "first line of its text must be one line": {"text": ""},
    "must be a sentence": {"text": "the loud sell more"},
    "must end with a question mark": {"question": "The loud sell more"},
    "two to twelve dials, not 1": {"dials": (FREQUENCY,)},
    "names a dial twice": {"dials": (FREQUENCY, FREQUENCY)},
    "must be values of design.dials.Dial": {"dials": ("months", "gossip")},
    "must be below the high one": {"dials": (FREQUENCY, Dial("months", 24, 12, whole=True))},
    "use dials.FREQUENCY": {"dials": (Dial("customers.rate", 0.1, 1.0), RANGES["months"])},
    "no plan with trust.prior at its end 7": {"dials": (FREQUENCY, Dial("trust.prior", 0.1, 7.0))},
    "must be a Plan, not dict": {"plan": lambda scenario, seeds: dict(markets(scenario, walk_away.PAIRS[0]))},
    "must have the seeds that it is given": {"plan": lambda scenario, seeds: Loud().plan(scenario, (0, 1))},
    "few has 10, all has 20": {"plan": unequal},
    "differ in more than firms": {"plan": unlabelled},
    "must return Findings, not tuple": {"analyse": lambda tables: ()},
    "it has no verdict": {"analyse": analysing(lambda found: replace(found, verdicts=()))},
    "not of 'other'": {"analyse": analysing(with_verdict(claim="other"))},
    "needs a question mark": {"analyse": analysing(with_verdict(question="Louder"))},
    "needs a full stop": {"analyse": analysing(with_verdict(answer="Louder"))},
    "must have 15 words at most, not 17": {"analyse": analysing(with_verdict(answer="so " * 16 + "loud."))},
    "has more than 30 words": {"analyse": analysing(with_verdict(reasons=("Loud.", "so " * 30 + "loud.")))},
    "has no effect": {"analyse": analysing(with_verdict(effects=()))},
    "two effects at one place": {"analyse": analysing(once_more)},
    "the same for the same tables": {
        "analyse": lambda tables: with_verdict(answer=f"{next(counted)}.")(Loud().analyse(tables))
    },
    "must be a part of its plan": {"first_plan": lambda scenario, seeds: in_a_market(scenario.but(months=6), seeds)},
    "measures of its plan only": {
        "first_plan": lambda scenario, seeds: Plan(Loud().plan(scenario, seeds).markets, seeds, champion.CLAIM.measures)
    },
    "must give the first verdict of the whole": {
        "first": lambda tables: Verdict("loud", "?", "holds", ".", (), "", 0, ())
    },
    "with ours far ahead": {"pairs": [(theirs, ours) for ours, theirs in walk_away.PAIRS]},
    "must be undecided, not 'holds'": {"analyse": analysing(with_verdict(outcome="holds"))},
    "a title and at least one table": {"analyse": analysing(lambda found: replace(found, tables={}))},
    "must be named in small letters": {"analyse": analysing(lambda found: replace(found, figures={"a b": print}))},
    "the figure a cannot be drawn: ZeroDivisionError": {
        "analyse": analysing(lambda found: replace(found, figures={"a": lambda figure: 1 / 0}))
    },
    "its findings cannot be written: ": {"analyse": analysing(with_verdict(horizon=frozenset((1,))))},
    "figure a stays empty": {"analyse": analysing(lambda found: replace(found, figures={"a": lambda figure: None}))},
}


@pytest.mark.parametrize("line", BROKEN)
def test_a_claim_that_breaks_a_rule(line, answer):
    with pytest.raises(Broken, match=r"^claim") as raised:
        check_claim(Loud(**BROKEN[line]), answer, scenario=TINY)
    assert line in str(raised.value) and "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"text": "much"}, "must be a sentence"),
        ({"analyse": lambda tables: None}, "must return Findings, not NoneType"),
        ({"analyse": lambda tables: replace(found_in(tables), sentences=(f"{next(counted)}.",))}, "the same again"),
        ({"analyse": lambda tables: replace(found_in(tables), tables={})}, "at least one table"),
        ({"analyse": lambda tables: replace(found_in(tables), sentences=())}, "need a sentence"),
        ({"analyse": lambda tables: replace(found_in(tables), tables={"runs": [1]})}, "must be a DataFrame"),
    ],
)
def test_a_study_that_breaks_a_rule(changes, line, answer):
    with pytest.raises(Broken, match=r"^study level: ") as raised:
        check_study(replace(LEVEL, **changes), answer, scenario=TINY)
    assert line in str(raised.value)


def test_a_study_must_have_its_parts(answer):
    with pytest.raises(Broken, match="needs name, text and run"):
        check_study(Loud(), answer)


def test_a_run_that_fails_is_said():
    broken = replace(AT_END, of=partial(divmod, 1))
    with pytest.raises(Broken, match="a run failed: TypeError"):
        contracts.Runs()(Plan({"market": TINY}, (0,), [broken]))


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"description": "sells"}, "its description must be a sentence"),
        ({"weakness": "not stated"}, "its weakness must be a sentence"),
        ({}, "sells as milker does"),
        ({"client_after": 0}, "client_after: Input should be greater than or equal to 1"),
    ],
)
def test_a_strategy_that_breaks_a_rule(changes, line):
    one = STRATEGIES["milker"].model_copy(update={"name": "cow", **changes})
    with pytest.raises(Broken, match=r"^strategy cow: ") as raised:
        check_strategy(one, scenario=TINY)
    assert line in str(raised.value)


def test_a_strategy_to_which_nobody_comes(monkeypatch):
    quiet = Strategy(name="quiet", description="Waits.", origin="The user.", weakness="Nobody comes.")
    with pytest.raises(Broken, match="strategy quiet: nobody came to it in a market of singletons"):
        check_strategy(quiet, scenario=TINY.but({"customers.rate": 1e-9}))
