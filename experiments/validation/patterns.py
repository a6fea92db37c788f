"""Empirical patterns, measured in runs of the default market or of a stated variation of it.

One function per pattern takes tables to a few numbers per run. The markets stand in
`longgame.experiments.validation.patterns_markets`; what is expected, and the verdicts, in
`longgame.experiments.validation.patterns_table`. Nothing in `sim` is tuned to any of this.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from longgame.sim import Result, Scenario
from longgame.sim.books import Books
from longgame.sim.engine import in_ranges
from longgame.sim.layout import build
from longgame.sim.month import pass_on, play_month, see_to_firms
from longgame.sim.state import DECLINED, FROM_CHANCE, SOLD, State, customer_ids

Numbers = NDArray[np.float64]

# -- looking into a run -------------------------------------------------------------------------------


def replay(scenario: Scenario, seed: int, look: Callable[[State, int], None]) -> Result:
    """Play a run again and look at the state after every month, before anybody leaves."""
    state, books, do = build(scenario, seed), Books(scenario, seed), in_ranges()
    for month in range(1, books.last + 1):
        state = play_month(state, month, do)
        books.enter(state, month)
        see_to_firms(state, month, books)
        if month > scenario.burn_in:
            look(state, month - scenario.burn_in)
        pass_on(state, month, books)
    return books.result(state)


# -- consulting effort --------------------------------------------------------------------------------


def consultants(result: Result) -> pd.DataFrame:
    """Return deals and revenue per salesperson-year of the consultants of a run."""
    rows = result.monthly[result.monthly["strategy"] == "consultant"]
    sums = rows[["salespeople", "deals", "revenue"]].sum()
    years = sums["salespeople"] / 12
    return pd.DataFrame({"deals": [sums["deals"] / years], "revenue": [sums["revenue"] / years]})


def end_slopes(x: Sequence[float], y: Sequence[float]) -> tuple[float, float]:
    """Return the slopes of a quadratic fit at the lowest and at the highest x (Lind & Mehlum 2010).

    Examples
    --------
    >>> [round(s, 9) for s in end_slopes([0, 0.5, 1], [0, 1, 0])]
    [4.0, -4.0]
    """
    curve = np.polynomial.Polynomial.fit(np.asarray(x, float), np.asarray(y, float), 2)
    ends = curve.deriv()(np.array([min(x), max(x)], float))
    return float(ends[0]), float(ends[1])


# -- the first bad word -------------------------------------------------------------------------------

#: Months before and after the first bad word that are looked at; growth is from quarter to quarter.
BEFORE, AFTER, QUARTER = 6, 3, 3


class Diary:
    """Deals and bad stories of every salesperson, month by month.

    Attributes
    ----------
    deals, bad : ndarray
        Persons × months; NaN in `deals` where somebody was not at work.
    kind : ndarray
        Group and strategy of each person, as a number.
    """

    def __init__(self, deals: Numbers, bad: Numbers, kind: NDArray[np.int64]) -> None:
        self.deals, self.bad, self.kind = deals, bad, kind

    def first(self) -> NDArray[np.int64]:
        """Return the column of each person's first bad story; the number of columns if there is none."""
        told = self.bad > 0
        return np.where(told.any(axis=1), told.argmax(axis=1), self.bad.shape[1])

    def around(self, row: int, at: int) -> Numbers:
        """Return a person's deals from `BEFORE` months before a column to `AFTER` after; NaN outside work."""
        path = np.full(BEFORE + 1 + AFTER, np.nan)
        low, high = max(at - BEFORE, 0), min(at + AFTER + 1, self.deals.shape[1])
        path[low - at + BEFORE : high - at + BEFORE] = self.deals[row, low:high]
        return path


def diary(scenario: Scenario, seed: int) -> Diary:
    """Play a run and keep what each salesperson sold and what bad was told of them, month by month."""
    months: list[pd.DataFrame] = []

    def look(state: State, month: int) -> None:
        months.append(
            pd.DataFrame(
                {
                    "id": state.salespeople["id"],
                    "month": month,
                    "kind": state.salespeople["cell"],
                    "deals": state.tally["deals"],
                    "bad": state.tally["told_bad"],
                }
            )
        )

    replay(scenario, seed, look)
    rows = pd.concat(months, ignore_index=True)
    wide = rows.pivot(index="id", columns="month", values=["deals", "bad"])
    kind = rows.groupby("id")["kind"].first().to_numpy(np.int64)
    return Diary(wide["deals"].to_numpy(float), wide["bad"].fillna(0).to_numpy(float), kind)


def first_bad_words(book: Diary) -> pd.DataFrame:
    """Return mean deals around the first bad word: of those it hit, and of matched sellers it did not hit.

    Who was hit after at least `BEFORE` months at work and stayed `AFTER` more is matched with the seller of
    the same group and strategy who at that time had no bad word yet, and whose last quarter was most alike
    (the first of equals).

    Returns
    -------
    pandas.DataFrame
        ``who`` (``hit``, and of the pairs: ``matched hit``, ``matched spared``), ``month`` (0 is that of the
        bad word), ``deals``, ``cases``.
    """
    first = book.first()
    paths: dict[str, list[Numbers]] = {"hit": [], "matched hit": [], "matched spared": []}
    for row, at in enumerate(first):
        path = book.around(row, at)
        if at >= book.bad.shape[1] or np.isnan(path).any():
            continue
        paths["hit"].append(path)
        spared = np.flatnonzero((first > at) & (book.kind == book.kind[row]))
        others = [book.around(other, at) for other in spared]
        whole = [other for other in others if not np.isnan(other).any()]
        if whole:
            level = path[BEFORE - QUARTER : BEFORE].mean()
            gaps = [abs(other[BEFORE - QUARTER : BEFORE].mean() - level) for other in whole]
            paths["matched hit"].append(path)
            paths["matched spared"].append(whole[int(np.argmin(gaps))])
    return pd.DataFrame(
        [
            {
                "who": who,
                "month": month,
                "deals": np.mean([p[k] for p in found]) if found else np.nan,
                "cases": len(found),
            }
            for who, found in paths.items()
            for k, month in enumerate(range(-BEFORE, AFTER + 1))
        ]
    )


def growth_before_and_after(profile: pd.Series) -> tuple[float, float]:
    """Return growth into the last quarter before the bad word, and from it into the quarter after.

    Parameters
    ----------
    profile : pandas.Series
        Deals by month, as `first_bad_words` gives them. Unit of the growth: deals a month, per quarter.
    """
    last = profile.loc[-QUARTER:-1].mean()
    return float(last - profile.loc[-BEFORE : -QUARTER - 1].mean()), float(profile.loc[1:AFTER].mean() - last)


def bad_words(result: Result) -> pd.DataFrame:
    """Return `first_bad_words` of a run; a result keeps nothing per person and month, so it is replayed."""
    return first_bad_words(diary(result.scenario, result.seed))


# -- what is told -------------------------------------------------------------------------------------


def stories(result: Result) -> pd.DataFrame:
    """Return how many good and bad stories were told, and how many experiences of each kind there were.

    ``bad_deals``, ``good_deals``: deals with an experience below ½, or not. ``turned_away``: visits. All are
    experiences that may be told.
    """
    totals = result.monthly[["told_good", "told_bad", "turned_away", "walked_away", "referred"]].sum()
    kept = np.zeros(3, np.int64)

    def look(state: State, month: int) -> None:
        visits = state.visits[: int(state.n_visits[0])]
        sold = visits["outcome"] >= SOLD
        kept[:] += [
            (sold & (visits["x"] >= 0.5)).sum(),
            (sold & (visits["x"] < 0.5)).sum(),
            ((visits["outcome"] == DECLINED) & (visits["weight"] > 0)).sum(),
        ]

    replay(result.scenario, result.seed, look)
    return pd.DataFrame([{**totals.to_dict(), "good_deals": kept[0], "bad_deals": kept[1], "pestered": kept[2]}])


# -- after a problem ----------------------------------------------------------------------------------

#: A customer who is still there buys again from the same firm within this time, or does not. Unit: months.
HORIZON = 24

#: How a deal ended, in the order of what is expected of it.
NO_PROBLEM, SILENT, UNSOLVED, SOLVED, TEAM_SOLVED, TEAM_UNSOLVED = range(6)
ENDINGS = (
    "no problem",
    "not voiced",
    "voiced, not solved",
    "voiced and solved",
    "solved by a team",
    "not solved by a team",
)


def endings(visits: NDArray) -> NDArray[np.int64]:
    """Return how each deal ended, as an index of `ENDINGS`."""
    handed, solved, voiced = (visits[name] > 0 for name in ("handed", "solved", "voiced"))
    return np.select(
        [visits["issue"] == 0, handed & solved, handed, solved, voiced],
        [NO_PROBLEM, TEAM_SOLVED, TEAM_UNSOLVED, SOLVED, UNSOLVED],
        SILENT,
    )


def bought_again(deals: pd.DataFrame, there: Sequence[NDArray], open_: Sequence[NDArray]) -> pd.DataFrame:
    """Return for every deal whether the customer bought again from the same firm within `HORIZON` months.

    Parameters
    ----------
    deals : pandas.DataFrame
        ``customer``, ``firm``, ``month`` and anything else.
    there, open_ : sequence of ndarray
        Customers in the market and firms in business in each month, month 1 first.

    Returns
    -------
    pandas.DataFrame
        Deals whose customer and firm are both still there `HORIZON` months later, with ``again``.
    """
    log = deals.sort_values(["customer", "firm", "month"], kind="stable")
    following = log.groupby(["customer", "firm"])["month"].shift(-1)
    log = log.assign(again=(following - log["month"]) <= HORIZON)
    pieces = []
    for month, rows in log.groupby("month"):
        later = int(month) + HORIZON  # type: ignore[arg-type]
        if later <= len(there):
            stay = np.isin(rows["customer"], there[later - 1]) & np.isin(rows["firm"], open_[later - 1])
            pieces.append(rows[stay])
    return pd.concat(pieces) if pieces else log.iloc[:0]


def repurchase(result: Result) -> pd.DataFrame:
    """Return by group and ending of a deal: ``cases``, and how many bought ``again`` (`bought_again`)."""
    deals, there, open_ = [], [], []
    groups = [group.name for group in result.scenario.firms]

    def look(state: State, month: int) -> None:
        visits = state.visits[: int(state.n_visits[0])]
        visits = visits[visits["outcome"] >= SOLD]
        firms = state.salespeople["firm"][visits["seller"]]
        deals.append(
            pd.DataFrame(
                {
                    "customer": customer_ids(state, visits["customer"]),
                    "firm": state.firms["id"][firms],
                    "group": state.firms["group"][firms],
                    "month": month,
                    "ending": endings(visits),
                }
            )
        )
        there.append(customer_ids(state, np.flatnonzero(state.arrived >= 0)))
        open_.append(state.firms["id"].copy())

    replay(result.scenario, result.seed, look)
    log = bought_again(pd.concat(deals, ignore_index=True), there, open_)
    counts = log.groupby(["group", "ending"])["again"].agg(["size", "sum"]).reset_index()
    return counts.assign(
        group=counts["group"].map(groups.__getitem__), ending=counts["ending"].map(ENDINGS.__getitem__)
    ).rename(columns={"size": "cases", "sum": "again"})


def standardised(counts: pd.DataFrame) -> float:
    """Return how much more often customers return after a solved problem than after none, in percent.

    Groups sell and solve differently; each is compared with itself and weighs by its solved cases.
    """
    cells = counts.set_index(["group", "ending"])
    rate = (cells["again"] / cells["cases"]).unstack()
    weight = cells["cases"].unstack().reindex(columns=ENDINGS)[ENDINGS[SOLVED]]
    gap = (rate.reindex(columns=ENDINGS)[ENDINGS[SOLVED]] - rate[ENDINGS[NO_PROBLEM]]).dropna()
    return 100 * float(np.average(gap, weights=weight[gap.index])) if len(gap) else np.nan


# -- what a name is worth -----------------------------------------------------------------------------


def premium(
    trust: Numbers, trusted: float, claim: Numbers, betrayed: float, price: Numbers, reference_weight: float
) -> Numbers:
    """Return how much more could be asked at the same chance to sell if trust were `trusted`, ÷ price.

    The offer is worth T·claim + (1 − T)·betrayed − price + reference_weight·(expected − price) to a customer
    who does not remember the seller (docs/odd.md, 7.5), so trust is worth ΔT·(claim − betrayed), and a higher
    price costs 1 + reference_weight times itself.
    """
    return (trusted - trust) * (claim - betrayed) / (1 + reference_weight) / price


def reputation(result: Result) -> pd.DataFrame:
    """Return what trust is worth to collaborative sellers when a complete stranger is pitched to.

    ``full``: `premium` if the stranger trusted fully; ``client``: if as much as the sellers' own clients do.
    """
    honest = [k for k, group in enumerate(result.scenario.firms) if "collaborative" in group.strategies]
    pitched, clients = [], []

    def look(state: State, month: int) -> None:
        visits = state.visits[: int(state.n_visits[0])]
        visits = visits[visits["met"] >= 0]
        group = state.firms["group"][state.salespeople["firm"][visits["seller"]]]
        visits = visits[np.isin(group, honest) & (visits["seller"] == visits["met"])]
        asked = (visits["outcome"] == DECLINED) | (visits["outcome"] >= SOLD)
        new = visits[asked & (visits["source"] == FROM_CHANCE)]
        pitched.append(np.column_stack([new["trust"], new["claim"], new["price"] / new["stake"]]))
        clients.append(visits["trust"][visits["client"] > 0])

    replay(result.scenario, result.seed, look)
    trust, claim, price = np.concatenate(pitched).T
    choice = result.scenario.choice
    as_clients = float(np.concatenate(clients).mean())
    each = {
        name: premium(trust, trusted, claim, choice.betrayed, price, choice.reference_weight).mean()
        for name, trusted in (("full", 1.0), ("client", as_clients))
    }
    return pd.DataFrame([{**each, "trust": trust.mean(), "client_trust": as_clients}])


def minds(result: Result) -> pd.DataFrame:
    """Return how many salespeople a customer remembers at the end of a run, on average."""
    return pd.DataFrame({"remembered": [result.customers["remembered"].mean()]})
