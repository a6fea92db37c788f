"""Pairs of arms: headlines follow the numbers, gaps are paired, and what pairs share is said once."""

from functools import partial

import numpy as np
import pandas as pd
import pytest

from longgame.experiments import claims
from longgame.experiments.design.arms import Arm
from longgame.experiments.figures.axes import EndLabels
from longgame.experiments.figures.pairs import PROFIT, Shown, figure_pairs, in_each_market
from longgame.experiments.inference.effects import effect_of
from longgame.experiments.inference.pairs import PROFIT_UNIT, of_both_kinds
from longgame.experiments.inference.said import say
from tests.experiments.figures.drawing import assert_readable, drawn, herds, said, table

PAIRS = of_both_kinds("principled", "collaborative")


def pairs_figure(gap_alone, gap_herd, **options):
    (ours, theirs), (our_herd, their_herd) = PAIRS
    levels = {ours: 50 + gap_alone, theirs: 50, our_herd: 80 + gap_herd, their_herd: 80}
    return partial(
        figure_pairs,
        tables={"horizons": table(levels, levels.values(), **options)},
        pairs=PAIRS,
        market="shared",
        column="profit",
        what="profit",
        unit="money",
        where="shared market",
    )


def test_columns_by_markets():
    pair = herds("a", "b")
    alone = [table([arm], [level], market=arm.name) for arm, level in zip(pair, (10, 20), strict=True)]
    both = pd.concat([table(pair, (10, 20)), *alone])
    visits = both.rename(columns={"profit": "visits"}).assign(visits=lambda rows: 1 - rows["visits"])
    columns = {"money": PROFIT, "calls": Shown("visits", "the number of calls", table="did")}
    found = in_each_market(figure_pairs, {"horizons": both, "did": visits}, columns, pairs=[tuple(pair)])
    assert list(found) == ["money-shared", "calls-shared", "money-separate", "calls-separate"]
    assert said(found["money-shared"])[0].startswith("Shared market: over 2 years profit per salesperson-year is")
    calls = said(found["calls-separate"])[0]
    assert calls.startswith("Separate markets: over 2 years the number of calls per") and "higher" in calls


def test_headline_follows_the_data():
    title, note = said(pairs_figure(20, -20))
    assert title.startswith("Shared market: over 2 years profit is ")
    assert " higher for principled than for collaborative singletons" in title
    assert title.endswith(" lower for herds") and "not clearly" not in title
    assert note.startswith("n = 8 runs;")


def test_what_is_not_clear_is_not_called_higher():
    title, _ = said(pairs_figure(0.1, 20, spread=30.0))
    assert "not clearly" in title


def test_what_is_counted_per_year_is_said_to_be():
    draw = partial(pairs_figure(20, -20), unit=PROFIT_UNIT)
    assert "over 2 years profit per salesperson-year is" in said(draw)[0]
    assert say(effect_of(pd.Series([2.0] * 8), unit=""), "hours per week", "load") == "2 hours higher"


def test_labels_say_what_differs_once():
    pairs = [tuple(Arm(kind, "herd", label=f"{kind}-{way}") for way in ("team", "alone")) for kind in ("kind", "cruel")]
    arms = [arm for pair in pairs for arm in pair]
    tables = {"horizons": table(arms, [10.0] * 4)}
    draw = partial(pairs_figure(0, 0), tables=tables, pairs=pairs, sides=("team", "alone"))
    figure = drawn(draw, "slide")
    levels_panel, difference = (
        {text.get_text() for labels in ax.findobj(EndLabels) for text in labels.texts} for ax in figure.axes
    )
    assert levels_panel == {"kind-team", "kind-alone", "cruel-team", "cruel-alone"}  # all are herds
    assert difference == {"kind", "cruel"}
    assert figure.axes[1].get_ylabel().startswith("team − alone")


def test_several_rivals_of_one_are_named_after_each_other():
    a, b, c = herds("a", "b", "c")
    tables = {"horizons": table((a, b, c), (9, 5, 20))}
    draw = partial(pairs_figure(0, 0), tables=tables, pairs=[(a, b), (a, c)])
    title, _ = said(draw)
    assert " higher for a than for b herds, and " in title and title.endswith(" lower than for c")
    assert drawn(draw, "slide").axes[1].get_ylabel().startswith("a − others")


def test_the_gap_is_paired_and_has_its_zero_line():
    figure = drawn(pairs_figure(10, 10, spread=0.001), "paper")
    levels, difference = figure.axes
    assert all(any(list(line.get_ydata()) == [0, 0] for line in ax.lines) for ax in figure.axes)
    drawn_gaps = [c.lines[0].get_ydata() for c in difference.containers]
    assert np.allclose(drawn_gaps, [[10, 20], [10, 20]], atol=0.1)  # what seeds share has gone
    low, high = levels.get_ylim()
    assert low <= 0 <= high


@pytest.mark.parametrize("kind", ["paper", "slide"])
def test_no_text_is_clipped_or_too_small(kind):
    assert_readable(drawn(pairs_figure(20, -20), kind), kind)


def test_a_team_is_set_against_none_in_the_figures_of_its_claim(answered):
    figure = drawn(claims.load("handover").figures(answered["handover"])["new-deals-shared"], "slide")
    assert figure.axes[1].get_ylabel().startswith("team − alone")
