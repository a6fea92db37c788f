"""A walk through the whole program on a small market: what must work with every version of every dependency.

`make lowest` runs this file alone, with the lowest versions that pyproject.toml declares.
"""

from pathlib import Path

import pandas as pd
import pytest

import longgame
from longgame.experiments.cli.main import main
from tests import class_server
from tests.live_server import get, serving

SMALL = ["--set", "customers.count=200", "--months", "12", "--seeds", "2", "--workers", "1"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_both_faces_give_the_same_tables():
    scenario = longgame.Scenario(months=6).but({"customers.count": 100})
    market = longgame.Market(scenario, rng=1)
    market.run_for(6)
    pd.testing.assert_frame_equal(market.result().monthly, longgame.run(scenario, 1).monthly)


def test_a_claim_is_answered_with_figures_and_tables():
    assert main(["run", "remorse", *SMALL, "--out", "answer"]) == 0
    written = {path.suffix for path in Path("answer").rglob("*.*")}
    assert {".md", ".csv", ".png", ".toml"} <= written


def test_runs_are_kept_and_exported_as_parquet():
    assert main(["run", "once", *SMALL]) == 0
    assert main(["export", "--to", "tables", "--format", "parquet"]) == 0
    assert any(len(pd.read_parquet(path)) for path in Path("tables").glob("*.parquet"))


def test_a_market_is_fitted_to_an_order_log():
    assert main(["simulate", "--set", "customers.count=200", "--months", "24", "--orders", "orders.csv"]) == 0
    assert main(["calibrate", "orders.csv", "--out", "mine.toml", "--markets", "30", "--workers", "1"]) == 0
    assert Path("mine.toml").exists() and Path("mine.json").exists()


def test_strategies_meet_in_a_tournament():
    small = [*SMALL[:4], "--seeds", "1", "--workers", "1"]
    assert main(["tournament", "collaborative", "adversarial", *small, "--out", "league"]) == 0
    assert Path("league", "league.csv").exists()


def test_dials_are_ranked_by_what_they_decide():
    few = ["--trajectories", "2", "--no-sobol", "--seeds", "1", "--workers", "1"]
    assert main(["sensitivity", "annuity", *SMALL[:4], *few, "--out", "dials"]) == 0


def test_markets_that_agree_with_published_numbers_are_found():
    few = ["--waves", "1", "--points", "8", "--screen", "10", "--seeds", "2", "--truths", "1", "--workers", "1"]
    dials = ["--dials", "customers.rate", "economy.wage", "switch.offers"]
    small = ["--customers", "200", "--months", "24", "--set", "burn_in=0"]
    assert main(["ensemble", "repeat-supply", *dials, *few, *small, "--out", "ensemble"]) == 0
    assert Path("ensemble", "evidence.csv").exists()


def test_a_phone_plays_a_year_in_class():
    async def play(port):
        async with class_server.projector(port) as leader, class_server.phone(port) as phone:
            await leader.hear(lambda now: len(now["seats"]) == 1)
            for _ in range(3):
                await class_server.go_on(leader)
            return await phone.hear(lambda now: now["phase"] == "end")

    with class_server.serving(class_server.TOWN.but(months=12)) as (_, port):
        assert class_server.alone(play(port))["last"]["visits"] >= 0
        assert get(f"http://127.0.0.1:{port}/projector")[0] == 200


def test_the_live_market_runs():
    with serving() as address:
        status, _, text = get(f"{address}/monthly.csv")
    assert status == 200 and text.startswith("seed,month,group,")
