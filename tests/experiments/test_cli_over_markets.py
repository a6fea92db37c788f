"""`--markets` through the command line: shares are written and told, and what does not go is refused."""

import json

import numpy as np
import pytest

from longgame.experiments.cli import main as cli
from longgame.experiments.cli.over_markets import chosen
from longgame.experiments.evidence.ensemble import Ensemble
from longgame.experiments.evidence.priors import space_of

SMALL = {"customers.count": 200, "months": 12, "burn_in": 12}


def drawn(count, seed):
    space = space_of("repeat-supply")
    found = space.values(np.random.default_rng(seed).random((count, len(space))))
    return tuple(tuple(point[name] for name in space.names) for point in found)


@pytest.fixture(scope="module")
def made():
    """A small ensemble of small markets; the weights are anything but alike."""
    weights = np.array([4.0, 3.0, 2.0, 1.0, 1.0, 1.0])
    return Ensemble(
        name="made",
        kind="repeat-supply",
        dials=tuple(space_of("repeat-supply").names),
        fixed=SMALL,
        points=drawn(6, 1),
        weights=tuple(weights / weights.sum()),
        prior=drawn(6, 2),
    )


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch, made):
    monkeypatch.chdir(tmp_path)
    made.write(tmp_path / "made.json")


def test_one_claim_over_an_ensemble(tmp_path, capsys):
    words = ["walk-away", "--markets", "made.json", "--workers", "1"]
    assert cli.main(["run", *words]) == 0
    shown = capsys.readouterr().out
    assert "6 markets of the ensemble made" in shown and "walk-away" in shown and "3 seeds of each" in shown
    folder = tmp_path / "results" / "walk-away-made"
    assert {path.name for path in folder.iterdir()} >= {
        "shares.csv",
        "markets.csv",
        "compared.csv",
        "dials.csv",
        "told.json",
    }
    before = (folder / "told.json").read_text()
    told = json.loads(before)
    for sample in ("plausible", "prior"):
        assert sum(row["share"] for row in told["claims"][0]["shares"] if row["sample"] == sample) == pytest.approx(1)
    assert cli.main(["claims", *words, "--out", "again"]) == 0
    again = json.loads((tmp_path / "again" / "told.json").read_text())
    assert again["claims"] == told["claims"] and again["about"]["runs"] == told["about"]["runs"] > 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["claims", "--markets", "none.json"], "none.json"),
        (["claims", "--markets", "nowhere"], "nowhere"),
        (["claims", "--markets", "made.json", "--months", "12"], "does not go with --scenario, --set or --months"),
        (["claims", "--markets", "made.json", "--no-flips"], "does not go with --write or --no-flips"),
        (["claims", "--markets", "made.json", "--seeds", "1"], "--seeds 1: must be 2 or more"),
        (["run", "herd", "--markets", "made.json", "--until-clear"], "--markets: goes with claims alone"),
    ],
)
def test_what_does_not_go_is_refused_in_a_line_before_any_run(words, said, capsys, tmp_path):
    assert cli.main(words) == 2
    complaint = capsys.readouterr().err
    assert len(complaint.splitlines()) == 1 and said in complaint
    assert not (tmp_path / "results").exists()


def test_a_thinned_ensemble_keeps_the_weights(made):
    markets, (plausible, prior), points = chosen(made, 4)
    assert sum(plausible.weights.values()) == 4 and len(prior.weights) == 1
    assert list(markets) == list(points.index) == [*plausible.weights, *prior.weights]
    heaviest = next(iter(made.scenarios()))
    assert plausible.weights[heaviest] >= 1
    everything = chosen(made, None)[1]
    assert sum(everything[0].weights.values()) == pytest.approx(1) and len(everything[1].weights) == 2
