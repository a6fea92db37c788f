"""Dials that an outcome goes with over markets: known importances, dependent dials, and the whole road."""

import numpy as np
import pandas as pd
import pytest

from longgame.experiments.cli import main as cli
from longgame.experiments.cli.options import Market
from longgame.experiments.cli.over_markets import drawn as drawn_markets
from longgame.experiments.evidence.ensemble import Ensemble
from longgame.experiments.evidence.priors import space_of
from longgame.experiments.inference.importance import importance
from longgame.experiments.studies.over_markets import Sample
from longgame.experiments.studies.sensitivity_over_markets import findings, outcomes
from longgame.sim.errors import InputError
from tests.experiments.test_cli_over_markets import drawn


def dials(count=150, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(rng.random((count, 4)), columns=["strong", "weak", "none", "other"])


def test_known_importances_come_back_in_order():
    points = dials()
    found = importance(points, 4 * points["strong"] - 2 * points["weak"], np.ones(len(points)), 1)
    table = found.table.set_index("dial")
    assert list(table.index[:2]) == ["strong", "weak"] and found.explained > 0.8
    assert table["counts"].tolist() == [True, True, False, False]
    assert table.loc["strong", "direction"] > 0.7 and table.loc["weak", "direction"] < -0.2
    # Shuffling a term of a sum of independent ones costs twice its variance (Breiman 2001; Gregorutti et al. 2017).
    share = np.var(4 * points["strong"]) / np.var(4 * points["strong"] - 2 * points["weak"])
    assert table.loc["strong", "importance"] == pytest.approx(2 * share, rel=0.3)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_pure_luck_moves_nothing(seed):
    points = dials(seed=seed)
    luck = pd.Series(np.random.default_rng(seed + 100).standard_normal(len(points)))
    found = importance(points, luck, np.ones(len(points)), seed)
    assert found.explained < 0.05 and not found.table["counts"].any()


def test_weights_decide_which_markets_speak():
    points = dials()
    heavy = points["other"] > 0.5
    outcome = points["strong"].where(heavy, points["weak"])
    found = importance(points, outcome, np.where(heavy, 1.0, 1e-9), 1)
    assert found.table["dial"].iloc[0] == "strong" and not found.table.set_index("dial").loc["weak", "counts"]


def test_the_same_seed_finds_the_same():
    points = dials(60)
    one, other = (importance(points, points["strong"], np.ones(60), 5).table for _ in range(2))
    pd.testing.assert_frame_equal(one, other)


def compared(effect):
    rows = [
        ("made-up", market, place, "money", 0.0, 3, value + place, 1.0)
        for market, value in effect.items()
        for place in (0, 1)
    ]
    return pd.DataFrame(rows, columns=["claim", "market", "place", "unit", "worth", "n", "mean", "variance"])


def test_outcome_is_the_mean_over_comparisons():
    assert outcomes(compared(pd.Series({"m1": 1.0, "m0": -3.0}))).to_dict() == {"m1": 1.5, "m0": -2.5}


def test_findings_name_what_moves_plausible_markets_and_what_moves_guesses():
    points = dials(160).set_axis([f"m{k}" for k in range(160)])
    first, last = points.index[:80], points.index[80:]
    effect = pd.concat([10 * points.loc[first, "strong"], 10 * points.loc[last, "weak"]])
    samples = [Sample("plausible", dict.fromkeys(first, 1.0)), Sample("prior", dict.fromkeys(last, 1.0))]
    found = findings("made", "A claim.\n\nText.", compared(effect), samples, points, {})
    table = found.shown["Dials"].set_index("dial")
    assert table.loc["strong", "effect as it rises"].startswith("rises")
    assert table.loc["strong", "in the prior"] == table.loc["weak", "importance"] == "none"
    assert "`strong` counts most" in found.sentences[0] and "money" in found.sentences[1]


def test_too_few_markets_are_refused():
    points = dials(10).set_axis([f"m{k}" for k in range(10)])
    samples = [Sample("plausible", dict.fromkeys(points.index, 1.0))]
    with pytest.raises(InputError, match="fewer than 20"):
        findings("made", "A claim.", compared(points["strong"]), samples, points, {})


@pytest.fixture
def ensemble(tmp_path, monkeypatch):
    """Many tiny markets, in the current folder."""
    monkeypatch.chdir(tmp_path)
    Ensemble(
        name="tiny",
        kind="repeat-supply",
        dials=tuple(space_of("repeat-supply").names),
        fixed={"customers.count": 100, "months": 12, "burn_in": 0},
        points=drawn(40, 1),
        weights=(1 / 40,) * 40,
        prior=drawn(6, 2),
    ).write(tmp_path / "tiny.json")
    return tmp_path


def test_from_end_to_end(ensemble, capsys):
    words = ["sensitivity", "walk-away", "--markets", "tiny.json", "--seeds", "2", "--workers", "1", "--out", "out"]
    assert cli.main(words) == 0
    assert "its mean over 40 markets of the ensemble tiny is" in " ".join(capsys.readouterr().out.split())
    found = pd.read_csv(ensemble / "out" / "importance.csv")
    assert set(found["dial"]) == set(space_of("repeat-supply").names)
    assert (ensemble / "out" / "figures" / "slide" / "importance.png").is_file()


def test_best_conduct_from_end_to_end(ensemble, capsys):
    words = "fit-strategy --markets tiny.json --dials discovery --budget 5 --seeds 4 --fresh 4 --against adversarial"
    assert cli.main([*words.split(), "--workers", "1", "--out", "fit"]) == 0
    assert "n = 4 markets of the ensemble tiny.json that neither search nor choice has seen" in " ".join(
        capsys.readouterr().out.split()
    )
    assert len(list((ensemble / "fit").glob("fitted-*.toml"))) == 1
    assert pd.read_csv(ensemble / "fit" / "fits.csv")["n"].tolist() == [4]


def test_markets_that_search_and_report_are_different_ones(ensemble):
    name, markets = drawn_markets("tiny.json", Market(), 40, 1)
    assert name == "tiny" and len({market.key() for market in markets}) == 40


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sensitivity", "herd", "--quick"], "--quick: goes with --markets"),
        (["sensitivity", "herd", "--markets", "tiny.json", "--all"], "does not go with --dials"),
        (["fit-strategy", "--markets", "tiny.json", "--months", "12"], "does not go with --scenario"),
        (["fit-strategy", "--markets", "tiny.json", "--fresh", "20"], "60 different markets are needed, it has 40"),
    ],
)
def test_what_does_not_go_is_refused(ensemble, capsys, words, said):
    assert cli.main(words) == 2
    assert said in capsys.readouterr().err
