"""Small experiments, run once and read by several tests."""

import pytest

from longgame.experiments import claims, contracts
from longgame.experiments.inference import effects
from longgame.experiments.inference.effects import fewest

#: 20 salespeople, 600 customers, two years: seconds for a whole claim.
SMALL = contracts.MARKET
SEEDS = tuple(range(10))


def seeds_of(claim):
    """Return the seeds with which a claim is answered: large plans get as many as a verdict needs, no more."""
    return SEEDS if len(claim.plan(SMALL, (0,))) <= 5 else SEEDS[: fewest()]


class Answers(dict):
    """Tables of every claim on the small market, by name; made when first asked for."""

    def __init__(self, answer):
        super().__init__()
        self._answer = answer

    def __missing__(self, name):
        claim = claims.load(name)
        self[name] = self._answer(claim.plan(SMALL, seeds_of(claim)))
        return self[name]


@pytest.fixture(scope="session")
def answer():
    """Runs plans; what was run in this session is not run again."""
    return contracts.Runs()


@pytest.fixture(scope="session")
def answered(answer):
    """The answers, shared by the tests of a session."""
    return Answers(answer)


@pytest.fixture(scope="module")
def few_resamples():
    """Make intervals from fewer resamples, where they need not be fine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(effects, "RESAMPLES", 999)
        yield
