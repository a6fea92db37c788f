"""A leopard does not change its spots: hire for collaboration rather than convert.

The idea: who was hired for a record of closings brings the habit along; it is easier to hire people who
collaborate than to turn those who do not.

Collaborative herds that hire by culture are set against the same herds that hire by record. Newcomers hired by
record sell in the market's habitual way. A tenth, or half, of those left convert each year. Two habits are tried:
the pushy (adversarial) one of the essays, and the ordinary (order-taker) one, which most sellers have. Finding the
right person costs: every hire by culture is charged with three months of wage, as an agency would. The charge is
taken off profit afterwards, so that it closes no firm. Hiring by record and converting are free.

Judged in profit after that charge, at the longest horizon, shared and separate. Each verdict on profit says what a
hire might cost before the answer turns. A firm cannot look up what a candidate's clients say; the model has no such
search.

The essays' idea: a leopard does not change its spots. Rules: docs/odd.md, 7.10 (filling, converting) and 7.13
(hiring).
"""

from collections.abc import Mapping

import pandas as pd

from longgame.experiments.claim import POINTS, Ask, Claim
from longgame.experiments.design.arms import HERD, Arm, chosen, markets, policy_of
from longgame.experiments.design.dials import FREQUENCY, RANGES
from longgame.experiments.design.plan import Design, Measure, Tables
from longgame.experiments.figures.pairs import Shown, figure_pairs, in_each_market
from longgame.experiments.inference.pairs import PROFIT_UNIT
from longgame.experiments.measures.clients import departures
from longgame.experiments.measures.kept import HORIZONS, by_horizon, horizons, strategy_shares
from longgame.experiments.study import Draw
from longgame.experiments.words import number
from longgame.sim.books import Result
from longgame.sim.organisation import FirmPolicy
from longgame.sim.scenario import Scenario

CULTURE = "collaborative"

#: Habits of those hired by record, by the name that markets have for them.
HABITS = {"pushy": "adversarial", "ordinary": "order-taker"}

#: Share of those hired by record who convert in a year.
CONVERSIONS = (0.1, 0.5)

#: Months of wage to find one who sells the firm's way: agencies take about a quarter of a year's pay (assumed).
SEARCH = 3.0


def _arms(policy: FirmPolicy | None = None) -> list[Arm]:
    """Return the arms, with the policy of herds changed in how they hire; without one, their names only."""

    def hiring(**changes) -> FirmPolicy | None:
        return policy and FirmPolicy(**{**policy.model_dump(), **changes})

    return [
        Arm(CULTURE, HERD, "hire-culture", hiring(hiring="culture", conversion=0.0)),
        *(
            Arm(CULTURE, HERD, f"convert-{100 * share:.0f}", hiring(hiring="record", conversion=share))
            for share in CONVERSIONS
        ),
    ]


HIRE, *CONVERT = ARMS = _arms()
PAIRS = [(HIRE, other) for other in CONVERT]


def _design(scenario: Scenario) -> Design:
    """Return three ways to hire × two habits of those hired by record, shared and separate."""
    arms, made = _arms(policy_of(scenario, HERD)), Design({})
    for habit, strategy in HABITS.items():
        here = markets(scenario.but({"staffing.habitual": strategy}), arms).also(habit=habit)
        made |= here.renamed(lambda name, habit=habit: f"{name}@{habit}")
    return made


def searched(result: Result) -> pd.DataFrame:
    """Return what finding people would cost every group at every horizon.

    Returns
    -------
    pandas.DataFrame
        ``group``, ``months``, ``each`` (cost per salesperson-year at a month of wage per hire) and ``after`` (profit
        per salesperson-year less `SEARCH` times that).
    """
    profit = by_horizon(result).set_index(["group", "months"])["profit"]
    pieces = []
    for months in horizons(result.scenario.months):
        left = departures(result.salespeople, months)
        hired = (left["dismissed"] + left["resigned"]).rename("hired")
        pieces.append(hired.reset_index().assign(months=months))
    each = pd.concat(pieces).set_index(["group", "months"])["hired"] * result.scenario.economy.wage
    found = pd.DataFrame({"profit": profit, "each": each.reindex(profit.index).fillna(0.0)})
    return found.assign(after=found["profit"] - SEARCH * found["each"]).drop(columns="profit").reset_index()


def _charged(tables: Tables) -> Tables:
    """Take the search off the profit of herds that hire by culture, and keep how many members collaborate."""
    keys = ["market", "group", "seed", "months"]
    both = tables["horizons"].merge(tables["search"][[*keys, "each", "after"]], on=keys, how="left")
    net = both["after"].where(both["group"] == HIRE.name, both["profit"])
    kept: dict[str, pd.DataFrame] = {**tables, "horizons": both.drop(columns="after").assign(net=net)}
    if "conduct" in tables:
        conduct = tables["conduct"]
        kept["conduct"] = conduct.loc[conduct["strategy"] == CULTURE]
    return kept


def _worth(tables: Tables) -> str:
    """Report up to what cost of a hire culture is ahead, in separate markets; tables are those of one habit."""
    table = tables["horizons"]
    last = table.loc[chosen(table, {"months": table["months"].max(), "setting": "separate"})]
    mean = last.groupby("group", observed=True)[["profit", "each"]].mean()
    ours, said = mean.loc[HIRE.name], []
    for arm, share in zip(CONVERT, CONVERSIONS, strict=True):
        lead = float(ours["profit"] - mean.loc[arm.name, "profit"])
        most = f"{number(lead / ours['each'])} months of wage" if lead > 0 and ours["each"] > 0 else "nothing"
        said.append(f"{most} where {100 * share:.0f} % convert")
    return f"In separate markets a hire by culture may cost at most {' and '.join(said)}."


def _ended(tables: Tables) -> str:
    """Report how many collaborated at the end."""
    conduct = tables["conduct"]
    left = conduct[conduct["months"] == conduct["months"].max()].groupby("group", observed=True)["share"].mean()
    shares = [f"{100 * left[arm.name]:.0f} % in {arm.label} herds" for arm in ARMS]
    return f"At the end {', '.join(shares)} were collaborative, over both habits."


def _draw(tables: Tables) -> Mapping[str, Draw]:
    """Return profit after the search and who collaborates, for either habit."""
    drawn: dict[str, Draw] = {}
    for habit in HABITS:
        here = {name: table.loc[chosen(table, {"habit": habit})] for name, table in tables.items()}
        columns = {
            f"profit-{habit}": Shown("net", "profit after the search", PROFIT_UNIT),
            f"conduct-{habit}": Shown(
                "share", "the share of collaborative sellers", "percentage points", 100, "conduct"
            ),
        }
        drawn |= in_each_market(figure_pairs, here, columns, pairs=PAIRS)
    return drawn


def _earns(habit: str) -> Ask:
    """Ask for profit after the search where those hired by record have a habit."""
    return Ask(
        f"Does a herd that hires for collaboration earn more than one that converts {habit} sellers?",
        "herds that hire for collaboration made {amount} {direction} profit per salesperson-year than those that "
        f"hire {habit} sellers and convert",
        "net",
        where={"habit": habit},
        note=_worth,
    )


CLAIM = Claim(
    name="spots",
    text=__doc__,
    pairs=PAIRS,
    design=_design,
    measures=(HORIZONS, Measure("search", searched), Measure("conduct", strategy_shares)),
    prepare=_charged,
    asks=(
        _earns("pushy"),
        _earns("ordinary"),
        Ask(
            "Do clients trust sellers of a herd more that hires for collaboration?",
            "clients' trust was {amount} percentage points {direction} in herds that hire for collaboration",
            "client_trust",
            where={"habit": "pushy"},
            note=_ended,
            **POINTS,
        ),
        Ask(
            "Do customers gain more from herds that hire for collaboration?",
            "customers gained {amount} {direction} per salesperson-year from herds that hire for collaboration",
            "surplus",
            where={"habit": "pushy"},
        ),
    ),
    dials=(
        RANGES["staffing.turnover"],
        RANGES["staffing.dismissal"],
        FREQUENCY,
        RANGES["word_of_mouth.gossip"],
        RANGES["months"].between(24, 240),  # conversion is counted by the year
    ),
    draw=_draw,
    first_measures=("horizons", "search"),
)
