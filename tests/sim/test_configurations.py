"""The reference configurations are in proportion, and every number of theirs has its reason."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from longgame.sim.configurations import (
    CHANGES,
    CONFIGURATIONS,
    DESCRIPTIONS,
    OUTSIDE,
    PLAUSIBLE,
    cover,
    description,
    load,
)
from longgame.sim.scenario import Scenario
from longgame.sim.strategy import Conduct, Strategy


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_configurations_are_in_proportion(name):
    scenario = CONFIGURATIONS[name]
    assert scenario.name == name
    assert Scenario.model_validate(scenario.model_dump()) == scenario
    # Every need can be served, and the margin of the needs pays the wage several times over.
    # (`anonymous` is scarcer of hours on purpose: there not every visit can be served. In the markets that could exist
    # the bands of their economy say more: tests/experiments/measures/test_firms.py.)
    assert cover(scenario) >= 4.0
    if name not in ("anonymous", *PLAUSIBLE):
        assert 0.6 <= load(scenario) <= 0.9
        assert cover(scenario) <= 7.0


def test_load_and_cover_by_hand():
    own = Strategy(
        name="own", description="d", with_prospects=Conduct(discovery=0.8, advice=0.2, aftercare=0.8, markup=0.4)
    )
    # Ten customers with a need every month; each visit takes 60 + 360·0.8 + 240·0.2 = 396 minutes, then 60 of
    # service and, for one in 0.15·0.6, a complaint of 60 and support of 480·0.8.
    s = Scenario().but(
        {
            "customers.count": 10,
            "customers.rate": 50.0,
            "customers.rate_spread": 0.0,
            "customers.stake": 100.0,
            "customers.stake_spread": 0.0,
            "economy.wage": 10.0,
            "attention.talk": 60,
            "attention.ask": 360,
            "attention.advise": 240,
            "attention.capacity": 9600,
            "service.issue": 0.15,
            "service.voice": 0.6,
            "service.service": 60,
            "service.complaint": 60,
            "service.support": 480,
            "offer.unit_cost": 0.4,
            "strategies": [own.model_dump()],
            "firms": [{"name": "a", "strategies": {"own": 1}}],
        }
    )
    assert load(s) == pytest.approx(10 * (396 + 60 + 0.09 * (60 + 384)) / 9600)
    assert cover(s) == pytest.approx(10 * 0.4 * 0.4 * 100 / 10)
    assert math.isinf(cover(s.but({"economy.wage": 0.0})))


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_every_changed_number_has_its_reason(name):
    assert set(CHANGES) == set(DESCRIPTIONS) == set(CONFIGURATIONS)
    default, scenario = Scenario(), CONFIGURATIONS[name]
    before = {path: value for path, _, value in default.numbers()}
    differs = {path for path, _, value in scenario.numbers() if value != before[path]}
    stated = [change.path for change in CHANGES[name]]
    assert differs <= set(stated) and len(stated) == len(set(stated))
    assert all(change.reason for change in CHANGES[name])
    assert all(path in description(name) for path in stated)


def test_a_configuration_outside_the_bands_says_so():
    odd = (Path(__file__).parents[2] / "docs" / "odd.md").read_text(encoding="utf-8")
    table = odd.partition("<!-- longgame bands -->")[2].partition("<!-- /longgame bands -->")[0]
    head, _, *rows = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("|")]
    names = [cell.strip() for cell in head[2:]]
    assert names == list(CONFIGURATIONS)
    outside = {name for row in rows for name, cell in zip(names, row[2:], strict=True) if "**" in cell}
    assert outside == {name for name in CONFIGURATIONS if OUTSIDE in DESCRIPTIONS[name]}
    assert outside == {name for name in CONFIGURATIONS if OUTSIDE in description(name)}
    assert outside == set(CONFIGURATIONS) - set(PLAUSIBLE)
