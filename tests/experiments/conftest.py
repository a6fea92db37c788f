"""Small experiments, run once and read by several tests."""

import pytest

from experiments import claims
from experiments.runner import run_plan
from experiments.statistics import fewest
from sim import Scenario, firms

#: 20 salespeople, 600 customers, two years: seconds for a whole claim.
SMALL = Scenario(
    months=24,
    firms=[*firms("adversarial", singletons=5, herds=1), *firms("collaborative", singletons=5, herds=1)],
).but({"customers.count": 600})
SEEDS = tuple(range(10))


@pytest.fixture(scope="session")
def answered():
    """Tables of every claim on the small market, by name."""
    found = {}
    for name in claims.names():
        claim = claims.load(name)
        # Large plans get as many seeds as a verdict needs, no more.
        seeds = SEEDS if len(claim.plan(SMALL, (0,))) <= 5 else SEEDS[: fewest()]
        outcome = run_plan(claim.plan(SMALL, seeds), workers=2, progress=False)
        assert not outcome.failures, outcome.failures[0].details
        found[name] = outcome.tables
    return found
