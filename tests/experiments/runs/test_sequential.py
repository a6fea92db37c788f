"""More seeds until it is clear: how often luck is taken for an answer, and when it stops."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from longgame.experiments.cli import main as cli
from longgame.experiments.inference import effects as statistics
from longgame.experiments.inference.effects import effect_of, fewest
from longgame.experiments.inference.verdicts import judge
from longgame.experiments.runs import sequential
from longgame.experiments.study import Findings


def made_up(draw):
    """Return a claim whose differences are made up, and what runs its plans."""
    numbers = pd.Series(draw)

    class Seeds(tuple):
        pass

    def analyse(tables):
        found = effect_of(numbers[: tables["n"]], unit="months", at={"market": "shared"})
        verdict = judge("x", "More?", [found], finding="it was {amount} {direction}", horizon="over 1 year")
        return Findings("x", "More.", verdicts=(verdict,))

    claim = SimpleNamespace(name="x", text="More.", plan=lambda scenario, seeds: Seeds(seeds), analyse=analyse)
    return claim, lambda plan: {"n": len(plan)}


def look(claim, answer, planned, tell=lambda text: None):
    """Return what was found when it was clear, and after how many looks."""
    found = sequential.UntilClear(claim, planned, tell).run(None, (), answer)
    return found.verdict, found.about["looks"]["taken"]


@pytest.mark.parametrize("shape", ["normal", "skewed"])
def test_without_an_effect_it_is_clear_in_fewer_than_one_in_twenty(shape, monkeypatch):
    monkeypatch.setattr(statistics, "RESAMPLES", 1999)
    rng, planned, times = np.random.default_rng(5), sequential.schedule(16, 40), 200
    draws = [rng.normal(size=40) if shape == "normal" else rng.exponential(size=40) - 1 for _ in range(times)]
    wrong = 0
    for draw in draws:
        verdict, _ = look(*made_up(draw), planned)
        wrong += verdict.outcome != "undecided"
    assert 0 < wrong / times < 0.05


def test_a_large_effect_stops_it_at_once_and_a_small_one_later():
    rng = np.random.default_rng(1)
    large, small = (made_up(size + rng.normal(size=100)) for size in (3.0, 0.5))
    (at_once, first), (later, second) = (look(*made, sequential.schedule()) for made in (large, small))
    assert first == 1 < second
    assert at_once.outcome == later.outcome == "holds"
    assert "99% intervals" in at_once.sentence and "n = 16 (1 of at most 5 looks, up to n = 100)" in at_once.sentence
    assert "95%" not in at_once.sentence
    assert "conservative" in at_once.sentence and "Bonferroni for 5 looks" in at_once.sentence
    assert {e.level for e in at_once.effects} == {0.99}


def test_what_is_never_clear_ends_with_all_looks_and_says_so():
    told = []
    verdict, looks = look(*made_up(np.tile([-1.0, 1.0], 50)), (10, 20), told.append)
    assert looks == 2 and verdict.outcome == "undecided"
    assert "all planned looks were taken" in verdict.sentence
    assert told == ["look 1 of at most 2, n = 10: undecided", "look 2 of at most 2, n = 20: undecided"]


@pytest.mark.parametrize(("least", "most"), [(10, 100), (6, 6), (6, 9), (2, 7), (50, 60), (10, 100_000), (20, 12)])
def test_every_planned_look_can_tell(least, most):
    planned = sequential.schedule(least, most)
    assert planned[-1] == most and list(planned) == sorted(set(planned)) and len(planned) <= 5
    assert planned[0] >= fewest(1 - 0.05 / len(planned))


def test_too_few_seeds_to_tell_anything_are_refused():
    with pytest.raises(ValueError, match="5 seeds cannot tell"):
        sequential.schedule(10, 5)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--max-seeds", "40"], "--max-seeds: goes with --until-clear"),
        (["--until-clear", "--max-seeds", "5"], "--max-seeds: 5 seeds cannot tell a sign; 6 can"),
        (["--until-clear", "--seeds", "50", "--max-seeds", "40"], "--seeds 50: is more than --max-seeds 40"),
        (["--until-clear", "--quick"], "--quick: does not go with --until-clear"),
    ],
)
def test_the_command_says_what_does_not_go_together(words, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["run", "herd", *words]) == 2
    assert said in capsys.readouterr().err and not list(tmp_path.iterdir())
