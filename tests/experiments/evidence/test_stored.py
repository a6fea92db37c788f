"""The ensembles of the program: whole, of this model, and of markets that agree with the evidence when run again."""

import numpy as np
import pytest

import longgame
from longgame.experiments.evidence.ensemble import Ensemble, stored
from longgame.experiments.evidence.posterior import LEAST, misses
from longgame.experiments.evidence.study import measures
from longgame.experiments.evidence.table import targets
from longgame.experiments.studies.over_markets_stored import stored as told
from longgame.sim import MODEL_VERSION

#: Markets that are run again: those that weigh most.
AGAIN = 3

#: Standard deviations of discrepancy and seeds within which a market agrees.
WITHIN = 3.0


@pytest.fixture(scope="module", params=stored())
def ensemble(request):
    return Ensemble.load(request.param)


def test_there_is_one():
    assert stored()


def test_it_is_whole_and_says_how_it_was_made(ensemble):
    assert ensemble.effective >= LEAST and ensemble.made["model"] == MODEL_VERSION
    assert ensemble.made["command"].startswith(f"longgame ensemble {ensemble.name} ")
    assert len(ensemble.scenarios()) == len(ensemble.weights) == len(ensemble.prior_scenarios())


def test_its_markets_agree_with_every_target_when_they_are_run_again(ensemble):
    fit, seeds = targets(ensemble.kind), ensemble.made["seeds"]
    markets = dict(list(ensemble.scenarios().items())[:AGAIN])
    tables = longgame.run_many(markets, seeds, measures(), workers=1, progress=False).tables
    numbers = next(table for table in tables.values() if fit[0].name in table)
    values = np.stack([numbers.pivot(index="market", columns="seed", values=one.name) for one in fit], axis=2)
    assert values.shape == (AGAIN, len(seeds), len(fit))
    assert np.abs(misses(fit, values)).max() < WITHIN


def test_what_is_told_is_told_of_stored_ensembles():
    assert {each.name for each in told()} <= set(stored())
