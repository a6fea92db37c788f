"""Dials of working together: all herds of a scenario turned at once, and in a sweep."""

from __future__ import annotations

import pytest

from longgame.experiments.claims import herd
from longgame.experiments.cli import main as cli
from longgame.experiments.design.arms import HERD, Arm, policy_of
from longgame.experiments.design.dials import RANGES, read
from longgame.experiments.design.grids import grid
from longgame.experiments.design.herds import MEMBERS, herd_numbers, with_herds
from longgame.sim import POLICIES, Firms, Scenario
from longgame.sim.configurations import CONFIGURATIONS
from longgame.sim.errors import InputError
from longgame.sim.organisation import firms
from tests.experiments.conftest import SMALL

DEFAULT = CONFIGURATIONS["repeat-supply"]
ALONE = Scenario(firms=[g.model_dump() for g in firms("collaborative", singletons=4)])


@pytest.mark.parametrize("name", [name for name, _, _ in herd_numbers(DEFAULT) if name != "herd.conversion"])
def test_a_number_of_the_policy_is_turned_in_herds_alone(name):
    turned = with_herds(DEFAULT, name, 0.7)
    field = name.removeprefix("herd.")
    for before, after in zip(DEFAULT.firms, turned.firms, strict=True):
        if before.members == 1:
            assert after == before
        else:
            assert after.rules.model_dump() == {**before.rules.model_dump(), field: 0.7}
            assert (after.name, after.count, after.strategies) == (before.name, before.count, before.strategies)
    assert turned.but(firms=DEFAULT.firms) == DEFAULT


@pytest.mark.parametrize("size", [2, 3, 5, 10])
def test_herds_of_another_size_have_as_many_people(size):
    turned = with_herds(DEFAULT, MEMBERS, size)
    for before, after in zip(DEFAULT.firms, turned.firms, strict=True):
        if before.members == 1:
            assert after == before
        else:
            assert after.members == size and after.rules == before.rules
            assert abs(after.count * size - before.count * before.members) <= max(size / 2, size - before.members)
    per_head = DEFAULT.customers.count / DEFAULT.sellers
    assert turned.customers.count == pytest.approx(turned.sellers * per_head, abs=0.5)
    assert with_herds(DEFAULT, MEMBERS, 5) == with_herds(turned, MEMBERS, 5).but(
        {"customers.count": DEFAULT.customers.count}, firms=DEFAULT.firms
    )


def test_a_mix_stays_a_mix():
    mixed = Firms(name="mix", count=3, strategies={"collaborative": 4, "adversarial": 2}, policy="herd")
    scenario = Scenario(firms=[mixed.model_dump()])
    for size, expected in ((3, (2, 1)), (6, (4, 2)), (9, (6, 3))):
        (group,) = with_herds(scenario, MEMBERS, size).firms
        assert (group.strategies["collaborative"], group.strategies["adversarial"]) == expected


def test_without_a_herd_there_is_nothing_to_turn():
    assert herd_numbers(ALONE) == []
    with pytest.raises(InputError, match=r"herd\.overhead: there is no herd in"):
        RANGES["herd.overhead"].at(ALONE, 0.5)


def test_dials_of_herds_are_read_by_name():
    assert read("herd.overhead=0:2", "DIAL", DEFAULT).high == 2.0
    assert read("herd.members", "DIAL", DEFAULT).whole
    assert read("herd.team_cost", "DIAL", DEFAULT).low == pytest.approx(0.0, abs=0.01)
    with pytest.raises(InputError, match=r"DIAL herd\.overheads: is not a dial.*herd\.overhead"):
        read("herd.overheads", "DIAL", DEFAULT)
    with pytest.raises(InputError, match="overhead"):
        read("herd.overhead=0:11", "DIAL", DEFAULT)


def test_arms_work_as_the_turned_scenario_says():
    arms = [Arm("collaborative", HERD), Arm("adversarial", HERD)]
    made = grid(DEFAULT, {"herd.overhead": [0.0, 0.8], MEMBERS: [3]}, arms)
    for name, market in made.items():
        assert {g.members for g in market.firms} == {3}
        assert {g.rules.overhead for g in market.firms} == {made.labels[name]["herd.overhead"]}
    assert {labels["herd.overhead"] for labels in made.labels.values()} == {0.0, 0.8}


def test_the_claim_herd_is_turned_in_what_herds_cost_and_their_size():
    dials = {dial.name: dial for dial in herd.CLAIM.dials}
    for value in (dials[MEMBERS].low, dials[MEMBERS].high):
        plan = herd.CLAIM.plan(dials[MEMBERS].at(DEFAULT, value), (0,))
        assert {g.members for m in plan.markets.values() for g in m.firms} - {1} == {value}
    dear = herd.CLAIM.plan(dials["herd.overhead"].at(DEFAULT, 0.9), (0,)).markets
    assert {g.rules.overhead for m in dear.values() for g in m.firms if g.members > 1} == {0.9}
    assert policy_of(DEFAULT, HERD).overhead == POLICIES[HERD].overhead == 0.15


def test_a_dear_herd_is_a_poor_herd(tmp_path, monkeypatch, capsys):
    from longgame.sim import run

    def profit(overhead):
        rows = run(with_herds(SMALL, "herd.overhead", overhead), 1).monthly
        return rows.loc[rows["organisation"] == "herd", ["profit", "overhead"]].sum()

    cheap, dear = profit(0.0), profit(1.0)
    assert cheap["overhead"] == 0.0 and cheap["profit"] - dear["profit"] == pytest.approx(dear["overhead"])
    monkeypatch.chdir(tmp_path)
    line = "sweep herd.overhead=0:1:2 --months 12 --seeds 6 --workers 1 --set customers.count=300 --set burn_in=0"
    assert cli.main(line.split()) == 0
    assert "herd.overhead" in capsys.readouterr().out
