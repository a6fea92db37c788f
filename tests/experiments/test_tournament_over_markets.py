"""The tournament over markets: places by hand, sure and unsure winners, weighted shares, and the whole road."""

import numpy as np
import pandas as pd
import pytest

from longgame.experiments.cli import main as cli
from longgame.experiments.studies.over_markets import Sample
from longgame.experiments.studies.tournament_over_markets import places, standings
from tests.experiments.test_cli_over_markets import elsewhere, made  # noqa: F401  fixtures


def played(levels, noise=0.0, seeds=3, event="mixed"):
    """Return what strategies earned: a market a row of `levels`, by strategy."""
    rng = np.random.default_rng(0)
    rows = [
        (f"m{m}", event, name, seed, level + noise * rng.standard_normal())
        for m, row in enumerate(levels)
        for name, level in row.items()
        for seed in range(seeds)
    ]
    return pd.DataFrame(rows, columns=["market", "event", "strategy", "seed", "payoff"])


LEVELS = [{"a": 10.0, "b": 5.0, "c": 1.0}, {"a": 2.0, "b": 5.0, "c": 1.0}, {"a": 9.0, "b": 5.0, "c": 30.0}]


def test_places_by_hand():
    found = places(played(LEVELS)).pivot(index="market", columns="strategy", values="place")
    assert found.to_numpy().tolist() == [[1, 2, 3], [2, 1, 3], [2, 3, 1]]


def test_a_lead_within_luck_is_not_clear():
    levels = [{"a": 100.0, "b": 0.0}] * 20 + [{"a": 0.1, "b": 0.0}] * 20
    found = places(played(levels, noise=2.0))
    first = found[found["place"] == 1].set_index("market")["clear"]
    sure = set(first[first].index)
    assert sure >= {f"m{k}" for k in range(20)} and len(sure) < 26
    assert set(found.loc[found["clear"], "place"]) == {1}


def test_one_alone_is_first_of_one():
    found = places(played([{"a": 1.0}, {"a": 2.0}]))
    assert found[["place", "clear"]].to_numpy().tolist() == [[1, False], [1, False]]


def test_shares_are_weighted():
    found = standings(
        places(played(LEVELS)), [Sample("plausible", {"m0": 2.0, "m1": 1.0, "m2": 1.0}), Sample("prior", {"m1": 1.0})]
    ).set_index(["sample", "strategy"])
    assert found.loc["plausible", "first"].to_dict() == pytest.approx({"a": 0.5, "b": 0.25, "c": 0.25})
    assert found.loc["plausible", "place"].to_dict() == pytest.approx({"a": 1.5, "b": 2.0, "c": 2.5})
    assert found.loc["prior", "first"].to_dict() == {"b": 1.0, "a": 0.0, "c": 0.0}
    assert found.eval("low <= first <= high").tolist() == [True] * 6


def test_from_end_to_end(tmp_path, capsys):
    words = ["tournament", "collaborative", "adversarial", "--markets", "made.json", "--workers", "1", "--out", "out"]
    assert cli.main([*words, "--seeds", "2"]) == 0
    shown = capsys.readouterr().out
    assert "Among all," in shown and "6 markets of the ensemble made" in shown
    found = pd.read_csv(tmp_path / "out" / "standings.csv")
    assert set(found["event"]) == {"mixed", "alone"} and set(found["strategy"]) == {"collaborative", "adversarial"}
    here = found[found["sample"] == "plausible"]
    assert here.groupby("event")["first"].sum().to_numpy() == pytest.approx(1.0)


def test_what_does_not_go_is_refused(capsys):
    assert cli.main(["tournament", "collaborative", "adversarial", "--quick"]) == 2
    assert "--quick: goes with --markets" in capsys.readouterr().err
