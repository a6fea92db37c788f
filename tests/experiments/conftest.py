"""Small experiments, run once and read by several tests."""

import pytest

from longgame.experiments import claims
from longgame.experiments.inference.effects import fewest
from longgame.experiments.runs.runner import run_plan
from longgame.sim import Scenario, firms

#: 20 salespeople, 600 customers, two years: seconds for a whole claim.
SMALL = Scenario(
    months=24, firms=[*firms("adversarial", singletons=5, herds=1), *firms("collaborative", singletons=5, herds=1)]
).but({"customers.count": 600})
SEEDS = tuple(range(10))


class Answers(dict):
    """Tables of every claim on the small market, by name; made when first asked for."""

    def __missing__(self, name):
        claim = claims.load(name)
        # Large plans get as many seeds as a verdict needs, no more.
        seeds = SEEDS if len(claim.plan(SMALL, (0,))) <= 5 else SEEDS[: fewest()]
        outcome = run_plan(claim.plan(SMALL, seeds), workers=1, progress=False)
        assert not outcome.failures, outcome.failures[0].details
        self[name] = outcome.tables
        return outcome.tables


@pytest.fixture(scope="session")
def answered():
    """The answers, shared by the tests of a session."""
    return Answers()
