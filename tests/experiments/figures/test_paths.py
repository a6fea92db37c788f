"""Paths of profit and revenue: headlines follow the data, differences are paired, panels share a scale."""

import numpy as np
import pandas as pd

from longgame.experiments.design.arms import Arm, crossed
from longgame.experiments.figures import paths
from longgame.experiments.inference.effects import paired
from longgame.experiments.words import number
from tests.experiments.figures.drawing import drawn, herds, said

OURS, THEIRS = herds("collaborative", "adversarial")
PAIRS = [(OURS, THEIRS)]


def two_paths(gap, months=36, seeds=6):
    """Two arms, one of which earns `gap` a month more from month 13 on, and 1 a month less before."""
    rng = np.random.default_rng(0)
    rows = []
    for seed in range(seeds):
        base = np.cumsum(rng.normal(5, 1, months))
        extra = np.cumsum([-1.0] * 12 + [gap] * (months - 12))
        for arm, path in ((OURS, base + extra), (THEIRS, base)):
            rows.append(
                pd.DataFrame(
                    {
                        "group": arm.name,
                        "strategy": arm.way,
                        "organisation": arm.organisation,
                        "seed": seed,
                        "month": range(1, months + 1),
                        "profit": path,
                        "first_revenue": 1.0,
                        "repeat_revenue": 3.0 if arm is OURS else 1.0,
                    }
                )
            )
    return pd.concat(rows)


def profit(df):
    return lambda figure: paths.figure_cumulative_profit(figure, df, PAIRS, "shared market")


def test_headline_follows_the_data():
    title, note = said(profit(two_paths(+4.0)))
    assert "28 higher" in title  # (24 × 4 − 12) / 3 years
    assert "ahead for good from month 16" in note and "n = 6" in note  # 12 lost, 4 a month regained
    title, note = said(profit(two_paths(-4.0)))
    assert "36 lower" in title
    assert "never ahead for good" in note


def test_headline_has_the_number_of_the_verdict_and_not_another_of_the_same_effect():
    """The mean of a year, as the verdict has it, and not the median of all years."""
    df = two_paths(+4.0)
    df.loc[(df["group"] == OURS.name) & (df["seed"] == 0), "profit"] += 600
    ours, theirs = (df[(df["group"] == arm.name) & (df["month"] == 36)].set_index("seed") for arm in (OURS, THEIRS))
    stated = number(paired(ours["profit"] / 3, theirs["profit"] / 3, unit="").value)
    title, note = said(profit(df))
    assert stated == "61.3" and stated in title and "per salesperson-year" in title
    assert "Headline: mean" in note


def test_what_is_not_clear_is_not_called_more():
    title, _ = said(profit(two_paths(0.52)))  # 0.48 more in the end, of sums that wander by some tens
    assert "0.16 higher" in title  # the luck that seeds share has gone
    df = two_paths(0.0)
    turn = np.where(df["group"] == OURS.name, (df["seed"] % 2) * 40.0 - 7.0, 0.0)
    assert "not clearly higher (0.333)" in said(profit(df.assign(profit=df["profit"] + turn)), "paper")[0]


def test_difference_has_its_zero_line_and_band_is_named():
    ax = paths.plot_profit_difference(two_paths(4.0), PAIRS)
    assert any(list(line.get_ydata()) == [0, 0] for line in ax.lines)
    assert "80%" in said(profit(two_paths(4.0)))[1]


def test_areas_start_at_zero_with_one_scale():
    df = two_paths(4.0)
    alone = df.assign(group=df["strategy"] + "-singleton", organisation="singleton")
    both, arms = pd.concat([df, alone]), crossed(["collaborative", "adversarial"])
    figure = drawn(lambda f: paths.figure_revenue_areas(f, both, arms, "shared market"), "paper")
    limits = {ax.get_ylim() for ax in figure.axes}
    assert len(limits) == 1 and next(iter(limits))[0] == 0 and next(iter(limits))[1] >= 4
    assert "75%" in figure.get_suptitle() and "50%" in figure.get_suptitle()


def test_each_panel_alone(answered):
    df = two_paths(1.0)
    horizons = answered["herd"]["horizons"].query("setting == 'shared'")
    panels = [
        paths.plot_cumulative_profit(df),
        paths.plot_revenue_areas(df[df["group"] == OURS.name]),
        paths.plot_by_horizon(horizons),
        paths.plot_herd_difference(horizons, ["collaborative", "adversarial"]),
    ]
    for ax in panels:
        ax.figure.draw_without_rendering()
        assert ax.get_xlabel()


def test_a_crossover_is_that_of_the_arms_named():
    df = two_paths(4.0)
    assert set(paths.crossovers(df, OURS, THEIRS)) == {16}
    assert set(paths.crossovers(df, THEIRS, OURS)) == {None}
    assert paths.crossovers(df, Arm("collaborative", "singleton"), THEIRS) == []
