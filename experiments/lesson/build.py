"""From runs to the page's data."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from longgame.experiments.design.plan import Answer
from longgame.experiments.inference.effects import fewest
from longgame.experiments.lesson import fails, notes, sandbox, sayings_said, story, street_ends, town, why
from longgame.experiments.lesson.asked import MOST_MONTHS, MOST_RUNS, MOST_SEED
from longgame.experiments.lesson.rules import Check, unlimited
from longgame.experiments.runs.provenance import commit
from longgame.sim.configurations import CONFIGURATIONS
from longgame.sim.library import STRATEGIES
from longgame.sim.refusals import permitted
from longgame.sim.scenario import MODEL_VERSION, Scenario

#: Makes the data of a part of the page from a scenario, the number of runs, whatever runs a plan, and what may end
#: long work by raising.
type Part = Callable[[Scenario, int, Answer, Check], dict[str, Any]]

#: The parts of the page by name; each is the module of its screens, too.
PARTS: Mapping[str, Part] = {
    "story": story.data,
    "street": lambda base, seeds, answer, check: street_ends.begin(base, check),
    "why": why.data,
    "fails": fails.data,
    "sandbox": sandbox.data,
    "sayings": lambda base, seeds, answer, check: sayings_said.data(),
    "notes": lambda base, seeds, answer, check: notes.data(base),
}

#: Runs of every market of the live page, whose reader waits for them.
LIVE_SEEDS = town.LEAST_SEEDS

#: The part that the live page does not ask for: there every town is run when a dial is turned.
SANDBOX = "sandbox"


def data(base: Scenario, seeds: int, answer: Answer) -> dict[str, Any]:
    """Return the data of the page that is one file.

    Parameters
    ----------
    base : Scenario
    seeds : int
        Runs of every market.
    answer : callable
        Runs a plan.
    """
    made = {name: part(base, seeds, answer, unlimited) for name, part in PARTS.items()}
    made["street"] |= street_ends.everything(base)  # the live page asks for the years one by one
    return {**frame(base, seeds), **made}


def live(base: Scenario, name: str, bases: Mapping[str, Scenario]) -> dict[str, Any]:
    """Return the data of the live page before it asks for its parts and for runs.

    Parameters
    ----------
    base : Scenario
        The market, of the length asked for.
    name : str
        Name of the scenario in `bases`.
    bases : mapping of str to Scenario
    """
    return {
        **frame(base, LIVE_SEEDS),
        SANDBOX: {"dials": town.described(base, fine=True)},
        "live": {
            "scenario": name,
            "key": "" if CONFIGURATIONS.get(name) == bases[name] else bases[name].key(),
            "scenarios": list(bases),
            "strategies": {n: base.strategy(n).description for n in [*(s.name for s in base.strategies), *STRATEGIES]},
            "sells": [town.COLLABORATIVE, town.ADVERSARIAL],
            "numbers": _numbers(base),
            "fewest": fewest(),
            "most": {"runs": MOST_RUNS, "seed": MOST_SEED, "months": MOST_MONTHS},
        },
    }


def frame(base: Scenario, seeds: int) -> dict[str, Any]:
    """Return the data that no run changes."""
    return {
        "about": {"scenario": base.name, "model": MODEL_VERSION, "commit": commit(), "seeds": seeds},
        "months": base.months,
        "quarters": [0, *town.quarters(base.months)],
        "bets": town.bets(base.months),
        "band": round(100 * (town.BAND[1] - town.BAND[0])),
        "answers": {},  # made on the page, from the results of the other parts
    }


def _numbers(scenario: Scenario) -> list[dict[str, Any]]:
    """Return every number that can be changed: path, value, meaning and permitted range."""
    return [
        {
            "path": path,
            "value": json.dumps(value),
            "meaning": info.description or "",
            "permitted": "true or false" if isinstance(value, bool) else permitted(info),
        }
        for path, info, value in scenario.numbers()
        if path not in ("months", "burn_in", *DIALLED) and not isinstance(value, str)
    ]


#: Numbers that the dials of the town turn.
DIALLED = ("customers.churn", "customers.count", "trust.record", "word_of_mouth.gossip")
