"""Win-win-win: a seller who makes the client's business grow does better.

The idea: value goes up the chain; who helps clients so that their own customers gain has larger clients, and an
annuity that grows with them. Advice takes hours that are lost to other customers.

The same collaborative seller gives full advice or none, at the same price. The claim itself is judged in profit at
the longest horizon; levels between are drawn. Judged apart are revenue, the prosperity of clients at the end, and
the share of win-win-win deals. Nobody has those without advice.

Whether advice pays hangs on its price in hours. So full advice is set against none where it takes no time, and up to
two days for one client. Between the two lies the break-even, if advice does anything at all. The last verdict asks
for free advice, and names the break-even.

The essays' idea: "business advisor and partner": value goes up the chain. Rules: docs/odd.md, 7.4 (minutes), 7.6
(kind of deal) and 7.7 (prosperity).
"""

from collections.abc import Mapping
from functools import partial

from longgame.experiments.claim import POINTS, Ask, Claim, Contrast
from longgame.experiments.design.arms import ORGANISATIONS, SEPARATE, chosen
from longgame.experiments.design.dials import FREQUENCY, RANGES
from longgame.experiments.design.grids import grid, sweep, with_between
from longgame.experiments.design.plan import Design, Measure, Tables
from longgame.experiments.figures.maps import figure_grid
from longgame.experiments.figures.pairs import PROFIT, Shown
from longgame.experiments.figures.sweeps import figure_sweep
from longgame.experiments.inference.pairs import IN_ORGANISATIONS
from longgame.experiments.measures.kept import HORIZONS, activity, clients_at_end
from longgame.experiments.study import Draw
from longgame.experiments.words import MARKET_WORDS, ORGANISATION_WORDS, number
from longgame.sim.library import STRATEGIES
from longgame.sim.scenario import Scenario

TIME = "attention.advise"

#: Minutes of full advice to one client: from nothing to two days.
MINUTES = (0, 120, 240, 480, 960)

LEVELS = (0.0, 0.25, 0.5, 0.75, 1.0)
LINES = {kind: sweep(STRATEGIES["collaborative"], "advice", LEVELS, kind) for kind in ORGANISATIONS}
NONE, *_, FULL = (arm.way for arm in LINES[ORGANISATIONS[0]])


def _design(scenario: Scenario) -> Design:
    """Return none and full advice, levels between alone, and both ends alone where advice takes more or less time."""
    ends = [arm for line in LINES.values() for arm in (line[0], line[-1])]
    between = [arm for line in LINES.values() for arm in line[1:-1]]
    timed = grid(scenario, {TIME: MINUTES}, ends).where(setting=SEPARATE)
    return with_between(scenario, ends, between).also(timed=False) | timed.also(timed=True)


def _where(tables: Tables, timed: bool) -> dict:
    """Return the rows of the markets in which advice takes the scenario's time, or others."""
    return {name: table.loc[chosen(table, {"timed": timed})] for name, table in tables.items()}


def _prepare(tables: Tables) -> Tables:
    """Return the tables of the scenario's own time, and one of the others."""
    timed = _where(tables, timed=True)["horizons"]
    return {**_where(tables, timed=False), "timed": timed, "times": timed}  # one is cut down to what is asked


def _break_even(tables: Tables) -> str:
    """Report at how many minutes full advice stops to pay, by the mean gaps and straight lines between them."""
    table, said = tables["times"], []
    last = table[table["months"] == table["months"].max()]
    for kind in ORGANISATIONS:
        here = last[last["organisation"] == kind]
        mean = here.pivot_table(index=TIME, columns="strategy", values="profit", aggfunc="mean")
        gap = (mean[FULL] - mean[NONE]).sort_index()
        said.append(f"for {ORGANISATION_WORDS[kind]} {_crossing([float(x) for x in gap.index], gap.tolist())}")
    return f"Full advice stops to pay {', '.join(said)}."


def _crossing(at: list[float], gaps: list[float]) -> str:
    """Write where a line through gaps first falls to 0.

    Examples
    --------
    >>> _crossing([0, 120], [30, -10]), _crossing([0, 120], [-1, -2]), _crossing([0, 120], [2, 1])
    ('at 90 minutes', 'nowhere: not even free advice pays', 'nowhere: it pays at 120 minutes, too')
    """
    if gaps[0] <= 0:
        return "nowhere: not even free advice pays"
    for k in range(1, len(at)):
        if gaps[k] <= 0:
            minutes = at[k - 1] + (at[k] - at[k - 1]) * gaps[k - 1] / (gaps[k - 1] - gaps[k])
            return f"at {number(minutes)} minutes"
    return f"nowhere: it pays at {number(at[-1])} minutes, too"


SHOWN = {
    "profit": PROFIT,
    "revenue": Shown("revenue", "revenue"),
    "prosperity": Shown("prosperity", "clients' prosperity", "percent of normal", 100, "clients"),
}


def _draw(tables: Tables) -> Mapping[str, Draw]:
    """Return profit, revenue and prosperity over advice, and profit over the time that it takes."""
    drawn: dict[str, Draw] = {}
    for market, words in MARKET_WORDS.items():
        lines = LINES if market == SEPARATE else {kind: [line[0], line[-1]] for kind, line in LINES.items()}
        for name, shown in SHOWN.items():
            drawn[f"{name}-{market}"] = partial(
                figure_sweep,
                tables={"horizons": tables[shown.table]},
                arms=lines,
                market=market,
                where=words,
                dial="advice",
                column=shown.column,
                what=shown.what,
                unit=shown.unit,
                scale=shown.scale,
            )
    for kind, line in LINES.items():
        drawn[f"time-{kind}"] = partial(
            figure_grid,
            table=tables["timed"],
            dial=TIME,
            arms=[line[-1], line[0]],
            column="profit",
            what="profit",
            where=MARKET_WORDS[SEPARATE],
        )
    return drawn


CLAIM = Claim(
    name="win-win-win",
    text=__doc__,
    pairs=[(line[-1], line[0]) for line in LINES.values()],
    design=_design,
    prepare=_prepare,
    measures=(HORIZONS, Measure("activity", activity, 2), Measure("clients", clients_at_end)),
    asks=(
        Ask(
            "Does a seller who makes clients' business grow earn more than one who gives no advice?",
            "sellers who give advice made {amount} {direction} profit per salesperson-year than those who give none",
            where={"timed": False},
        ),
        Ask(
            "Does advice bring more revenue?",
            "sellers who give advice had {amount} {direction} revenue per salesperson-year than those who give none",
            "revenue",
            worth=("revenue",),
        ),
        Ask(
            "Do clients of sellers who give advice prosper more?",
            "clients' prosperity was {amount} percent of normal {direction} with advice than without",
            "prosperity",
            "clients",
            **{**POINTS, "unit": "percent of normal"},
        ),
        Ask(
            "Do clients' customers gain in more of the deals?",
            "the share of win-win-win deals was {amount} percentage points {direction} with advice than without",
            "win_win_win_share",
            "activity",
            **POINTS,
        ),
        Contrast(
            "Does advice that takes no time earn more than none?",
            "sellers who give advice that takes no time made {amount} {direction} profit per salesperson-year",
            table="timed",
            where={TIME: MINUTES[0]},
            lead=({"strategy": FULL}, {"strategy": NONE}),
            places=(("market", "setting", {SEPARATE: MARKET_WORDS[SEPARATE]}), IN_ORGANISATIONS),
            note=_break_even,
        ),
    ),
    # How much advice brings, how long it lasts, what it takes, how long clients stay, how often they come.
    dials=(
        RANGES["prosperity.advice_growth"],
        RANGES["prosperity.reversion"],
        RANGES["attention.advise"],
        RANGES["customers.churn"],
        FREQUENCY,
    ),
    draw=_draw,
    first_measures=("horizons",),
)
