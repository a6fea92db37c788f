"""One page of small pictures: each empirical pattern as the market shows it, beside what is expected."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from longgame.experiments.figures.axes import headline, label_ends
from longgame.experiments.figures.looks import OKABE_ITO
from longgame.experiments.inference.effects import interval
from longgame.experiments.validation.patterns import ENDINGS, NO_PROBLEM, SILENT, SOLVED, TEAM_SOLVED, UNSOLVED
from longgame.experiments.validation.patterns_markets import EFFORTS
from longgame.experiments.validation.patterns_table import Tables

_BLUE, _ORANGE = OKABE_ITO["blue"], OKABE_ITO["orange"]
_EXPECTED = {"facecolor": "#d9d9d9", "edgecolor": "#999999", "linewidth": 0.5, "zorder": 1}


def _points(ax: Axes, x: float, values: pd.Series, colour: str = _BLUE, marker: str = "o") -> None:
    """Draw the mean over seeds with its interval."""
    low, high = interval(list(values.dropna()))
    mean = float(values.mean())
    ax.errorbar(
        [x],
        [mean],
        yerr=[[mean - low], [high - mean]],
        fmt=marker,
        color=colour,
        markerfacecolor="white",
        capsize=2,
        zorder=3,
    )


def _careers(ax: Axes, tables: Tables, column: str, label: str) -> None:
    """Draw one point per strategy over honesty."""
    rows = tables["careers"]
    means = rows[rows["sales"] == "deals"].groupby(["honesty", "strategy"])[column].mean().reset_index()
    ax.plot(means["honesty"], means[column], "o", color=_BLUE, markerfacecolor="white")
    named = means[means["strategy"].isin(["bait-and-switch", "discounter"])]
    for row in named.to_dict("records"):
        beside = row["honesty"] < 0.5
        ax.annotate(
            row["strategy"],
            (row["honesty"], row[column]),
            (6, 0) if beside else (0, -6),
            va="center" if beside else "top",
            ha="left" if beside else "center",
            textcoords="offset points",
        )
    ax.set(xlabel="honesty (1 − overpromise)", ylabel=label, xlim=(-0.05, 1.05))


def early(ax: Axes, tables: Tables) -> None:
    """Draw the sales of the first year over honesty."""
    _careers(ax, tables, "early", "deals of the first year")
    ax.set_ylim(bottom=0)


def growing(ax: Axes, tables: Tables) -> None:
    """Draw the growth of sales over honesty."""
    _careers(ax, tables, "growth", "growth (deals a\nmonth, per year)")
    ax.axhline(0, color="#222222", linewidth=0.8, zorder=1)


def effort(ax: Axes, tables: Tables) -> None:
    """Draw sales over consulting effort, relative to their mean."""
    ends = []
    for sales, colour, line in (("deals", _BLUE, "-"), ("revenue", _ORANGE, "--")):
        wide = tables["consultants"].pivot(index="seed", columns="market", values=sales)
        wide = wide[[f"{e:g}" for e in EFFORTS]]
        curve = 100 * wide.div(wide.mean(axis=1), axis=0).mean().to_numpy(float)
        ax.plot(EFFORTS, curve, line, color=colour, marker="o", markersize=3)
        ends.append((float(curve[-1]), sales, colour))
    label_ends(ax, ends)
    ax.set(xlabel="consulting effort (discovery = advice)", ylabel="% of their mean", ylim=(0, None))


def bad_word(ax: Axes, tables: Tables) -> None:
    """Draw deals around the first bad word, of those whom it hit and of matched sellers."""
    rows = tables["bad words"]
    ends = []
    for who, colour, line in (("hit", _BLUE, "-"), ("spared", _ORANGE, "--")):
        mean = rows[rows["who"] == f"matched {who}"].groupby("month")["deals"].mean()
        ax.plot(mean.index, mean, line, color=colour, marker="o", markersize=3, clip_on=False)
        ends.append((float(mean.iloc[-1]), who, colour))
    ax.axvline(0, color="#555555", linewidth=0.8, linestyle=":")
    label_ends(ax, ends)
    ax.set(xlabel="months since the first bad word", ylabel="deals a month", ylim=(0, None))


def told(ax: Axes, tables: Tables) -> None:
    """Draw how many stories are told, and from what."""
    rows = tables["stories"]
    values = {
        "good stories told": rows["told_good"],
        "bad stories told": rows["told_bad"],
        "good deals": rows["good_deals"],
        "bad deals": rows["bad_deals"],
        "pestered, no deal": rows["pestered"],
        "turned away": rows["turned_away"],
    }
    # What is told stands apart from the experiences that it is told of.
    places = [-k - 0.5 * (k > 1) for k in range(len(values))]
    for place, (name, value) in zip(places, values.items(), strict=True):
        good = name.startswith("good")
        ax.barh(
            place,
            value.mean() / 1000,
            0.75,
            edgecolor="#333333",
            linewidth=0.5,
            color=_BLUE if good else _ORANGE,
            hatch="" if good else "////",
        )
    ax.set_yticks(places, list(values))
    ax.grid(axis="y", visible=False)
    ax.set_xlabel("thousand a run")


def repurchase(ax: Axes, tables: Tables) -> None:
    """Draw how many buy again by how a problem ended, beside what TARP reports (± 15 points)."""
    rows = tables["repurchase"]
    sums = rows.groupby(["ending", "seed"])[["again", "cases"]].sum()
    share = 100 * sums["again"].astype(float) / sums["cases"]
    kinds = (
        (SILENT, "not\nvoiced", 9),
        (UNSOLVED, "voiced,\nin vain", 19),
        (SOLVED, "voiced,\nsolved", 54),
        (TEAM_SOLVED, "team\nsolved", 82),
        (NO_PROBLEM, "all\nwell", None),
    )
    for k, (ending, _, expected) in enumerate(kinds):
        if expected is not None:
            low, high = max(0, expected - 15), min(100, expected + 15)
            ax.bar(k, high - low, 0.6, bottom=low, **_EXPECTED)
        if ENDINGS[ending] in share.index.get_level_values(0):
            _points(ax, k, share.loc[ENDINGS[ending]])
    ax.set_xticks(range(len(kinds)), [name for _, name, _ in kinds])
    ax.set(ylabel="% buy again in 2 years", ylim=(0, 100))


def recovery(ax: Axes, tables: Tables) -> None:
    """Draw repurchase after no problem and after one that was solved, group by group."""
    rows = tables["repurchase"].groupby(["group", "ending"])[["again", "cases"]].sum()
    share = (100 * rows["again"].astype(float) / rows["cases"]).unstack().reindex(columns=ENDINGS)
    # Herds leave nearly all problems to their teams.
    mended = share[ENDINGS[SOLVED]].dropna()
    mended = mended[[group for group in mended.index if group.endswith("singleton")]]
    for k, (group, value) in enumerate(mended.items()):
        pair = (float(share.loc[group, ENDINGS[NO_PROBLEM]]), float(value))
        ax.plot(pair, [-k + 0.12, -k - 0.12], color="#777777", zorder=2)
        ax.plot(pair[:1], [-k + 0.12], "o", color=_BLUE, label="no problem" if k == 0 else None)
        ax.plot(pair[1:], [-k - 0.12], "^", color=_ORANGE, label="solved" if k == 0 else None)
    # Names of groups are long: they stand beside their rows, where none can touch another.
    ax.set_yticks([-k for k in range(len(mended))], [str(name).removesuffix("-singleton") for name in mended.index])
    ax.grid(axis="x", visible=True)
    ax.grid(axis="y", visible=False)
    ax.set(xlabel="% of singletons' clients who\nbuy again in 2 years", xlim=(-3, 103), ylim=(-len(mended) + 0.4, 1.1))
    if len(mended):
        ax.legend(loc="upper right", ncols=2, columnspacing=1.0)


def worth(ax: Axes, tables: Tables) -> None:
    """Draw what trust is worth, as a share of the price, beside what is reported."""
    rows = 100 * tables["reputation"][["full", "client"]]
    for k, name in enumerate(("full", "client")):
        ax.bar(k, 5, 0.6, bottom=5, **_EXPECTED)
        _points(ax, k, rows[name])
    ax.set_xticks([0, 1], ["if trusted fully", "if trusted like\nby a client"])
    ax.set(ylabel="premium, % of price", xlim=(-0.6, 1.6), ylim=(0, None))


#: Every panel: its title, what it draws, and the pattern that its title reports.
PANELS: tuple[tuple[str, Callable[[Axes, Tables], None], str], ...] = (
    ("Honesty and early sales", early, "honesty and early sales"),
    ("Honesty and growth", growing, "honesty and growth"),
    ("Inverted U over effort", effort, "inverted U of effort"),
    ("First bad word", bad_word, "first bad word"),
    ("More good word than bad", told, "word of mouth"),
    ("Buying again after a problem", repurchase, "repurchase after a problem"),
    ("No recovery paradox", recovery, "no recovery paradox"),
    ("Worth of reputation", worth, "worth of reputation"),
)


def tally(outcomes: pd.Series) -> str:
    """Say how many of a pattern's numbers are as expected.

    Examples
    --------
    >>> tally(pd.Series(["pass", "FAIL", "pass"])), tally(pd.Series(["FAIL"]))
    ('2 of 3 as expected', 'not as expected')
    >>> tally(pd.Series(["unclear"])), tally(pd.Series(["pass", "pass"]))
    ('unclear', 'as expected')
    """
    met, count = int((outcomes == "pass").sum()), len(outcomes)
    if met == count:
        return "as expected"
    if met == 0:
        return "not as expected" if (outcomes == "FAIL").all() else "unclear"
    return f"{met} of {count} as expected"


def figure(canvas: Figure, tables: Tables, df: pd.DataFrame) -> None:
    """Draw every panel.

    Parameters
    ----------
    canvas : matplotlib.figure.Figure
    tables : mapping of str to pandas.DataFrame
        From `patterns_table.measure`.
    df : pandas.DataFrame
        The table of patterns.
    """
    canvas.set_size_inches(7, 9)  # a page; eight panels are too many for a slide
    grid = canvas.subplots(4, 2)
    for ax, (title, draw, name) in zip(grid.flat, PANELS, strict=True):
        draw(ax, tables)
        ax.set_title(f"{title}:\n{tally(df.loc[df['pattern'] == name, 'outcome'])}")
    counts = df.loc[df["outcome"] != "input", "outcome"].value_counts()
    met, missed, open_ = (int(counts.get(word, 0)) for word in ("pass", "FAIL", "unclear"))
    seeds = int(df["n"].max())
    headline(
        canvas,
        f"The untuned market shows {met} of {met + missed + open_} published numbers; {missed} it does not, "
        f"{open_} {'is' if open_ == 1 else 'are'} unclear",
        f"points = mean of {seeds} runs with 95% interval (where none is seen it is smaller than the point), "
        "grey = expected; first row: one point per strategy of the library; docs/trace.md has every number",
    )
