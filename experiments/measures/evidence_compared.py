"""What the table of evidence keeps for tests: the numbers of one run that never choose markets, one column per row."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from longgame.experiments.design.plan import Measure
from longgame.experiments.evidence import table
from longgame.experiments.measures import careers
from longgame.experiments.measures.order_book import Flags, Numbers, OrderBook, Whole, correlation
from longgame.sim.books import Result

#: A customer buys again within this time, or does not. Unit: months.
HORIZON = 24

YEAR = 12

#: Orders of the largest and of the smallest fifth stand for TARP's losses above 100 and below 5 dollars.
FIFTH = 0.2


class Seen(NamedTuple):
    """A run as the measures see it: its orders sorted, and by order the group, and what became of the delivery."""

    result: Result
    orders: OrderBook
    group: Whole
    failure: np.ndarray


def see(result: Result) -> Seen:
    """Return what the measures look at, made once for all of them."""
    assert result.orders is not None
    book = OrderBook.of(result.orders, result.scenario.months)
    log = result.orders[["group", "failure"]].iloc[book.order]
    return Seen(result, book, log["group"].cat.codes.to_numpy(np.int64), log["failure"].astype(str).to_numpy())


def alike(group: Whole, values: Numbers, sides: tuple[Flags, Flags], weighty: Flags) -> tuple[float, float]:
    """Return the means of two sides, both as if their cases were spread over groups in the same way.

    Groups sell differently; pooled, the two sides would differ by who is on them. Each group weighs by its cases that
    are `weighty`; groups in which a side has no case are left out.
    """
    n = int(group.max(initial=0)) + 1
    cases = [np.bincount(group[side], minlength=n) for side in sides]
    weights = np.where((cases[0] > 0) & (cases[1] > 0), np.bincount(group[weighty], minlength=n), 0)
    if not weights.sum():
        return float("nan"), float("nan")
    sums = [np.bincount(group[side], values[side], n) for side in sides]
    one, two = (
        float(np.average(total / np.maximum(count, 1), weights=weights))
        for total, count in zip(sums, cases, strict=True)
    )
    return one, two


def watched(seen: Seen) -> Flags:
    """Return the orders after which customer and firm are both there for `HORIZON` months, and the customer to the end.

    Whether a customer leaves the market does not hang on what they went through.
    """
    book, firms = seen.orders, seen.result.firms
    stay = np.isin(book.customer, seen.result.customers["customer"].to_numpy())
    closed = firms.set_index("firm")["closed"].astype("Float64").fillna(np.inf).astype(float)
    until = closed.reindex(book.firm).to_numpy()
    return stay & (book.month <= book.end - HORIZON) & (until > book.month + HORIZON)


# -- who sells -----------------------------------------------------------------------------------------


def orientation(seen: Seen) -> tuple[float, float]:
    """Return how honesty goes with sales of the first year (r), and with their growth (deals a month, per year)."""
    people = careers.honesty_by_person(seen.result)
    people = people[people["sales"] == "deals"]
    return careers.correlation(people), careers.slope(people)


def trust_given_experience(seen: Seen) -> float:
    """Return the correlation of trust with the latest choice of supplier, experience held.

    Of customers who remember somebody and bought in the latest `HORIZON` months: trust in whom they trust most, and
    whether the latest order was theirs, both less what number and satisfaction of earlier orders from them explain.
    """
    assert seen.result.orders is not None
    log, customers = seen.result.orders, seen.result.customers
    log = log[["customer", "salesperson", "month", "satisfaction"]]
    known = customers.loc[customers["favourite"].notna(), ["customer", "favourite", "trust_favourite"]]
    latest = log.drop_duplicates("customer", keep="last")
    people = known.merge(latest[latest["month"] > seen.orders.end - HORIZON], on="customer")
    if len(people) < 3:
        return float("nan")
    # The latest order is what is explained; experience is what came before.
    earlier = log.drop(latest.index).merge(known, on="customer")
    earlier = earlier[earlier["salesperson"] == earlier["favourite"]]
    liked = earlier.groupby("customer")["satisfaction"].agg(["size", "mean"])
    size, liking = liked.reindex(people["customer"]).fillna(0.0).to_numpy(float).T
    experience = np.column_stack([np.ones(len(people)), size, size > 0, liking])
    trust, chosen = people["trust_favourite"].to_numpy(float), people["salesperson"] == people["favourite"]
    left = [y - experience @ np.linalg.lstsq(experience, y, rcond=None)[0] for y in (trust, chosen.to_numpy(float))]
    return correlation(*left)


# -- after a problem -----------------------------------------------------------------------------------


def again(seen: Seen) -> dict[str, float]:
    """Return how many buy again from the firm after a problem, solved and not, of large orders and small, alike."""
    book, there = seen.orders, watched(seen)
    back = (book.gap <= HORIZON).astype(float)
    low, high = np.quantile(book.amount, [FIFTH, 1 - FIFTH]) if len(book.amount) else (np.nan, np.nan)
    found = {}
    for size, here in (("large", book.amount >= high), ("small", book.amount <= low)):
        unsolved, solved = (there & here & (seen.failure == how) for how in ("unsolved", "solved"))
        names = (f"again-unsolved-{size}", f"again-solved-{size}")
        found |= dict(zip(names, alike(seen.group, back, (unsolved, solved), unsolved | solved), strict=True))
    return found


def recovery(seen: Seen) -> dict[str, float]:
    """Return what a solved problem is worth against none, in satisfaction and in buying again, within groups."""
    book, there = seen.orders, watched(seen)
    solved, none = seen.failure == "solved", seen.failure == "none"
    liked = alike(seen.group, book.satisfaction, (solved, none), solved)
    back = (book.gap <= HORIZON).astype(float)
    returned = alike(seen.group, back, (there & solved, there & none), there & solved)
    return {"recovery-satisfaction": liked[0] - liked[1], "recovery-repurchase": returned[0] - returned[1]}


# -- who was recommended -------------------------------------------------------------------------------


def referred(seen: Seen) -> dict[str, float]:
    """Return new customers on a recommendation against others, within groups: loss, and first year's net revenue."""
    book, there = seen.orders, watched(seen)
    lost = (book.gap > HORIZON).astype(float)
    sides = there & book.first & book.recommended, there & book.first & ~book.recommended
    churn = alike(seen.group, lost, sides, sides[0])
    begun = np.zeros(int(book.pair.max(initial=0)) + 1)
    begun[book.pair[book.first]] = book.month[book.first]
    early = (begun[book.pair] > 0) & (book.month < begun[book.pair] + YEAR)
    earned = np.bincount(book.pair[early], book.net[early], len(begun))[book.pair]
    whole = book.first & (book.month <= book.end - YEAR + 1)
    margin = alike(seen.group, earned, (whole & book.recommended, whole & ~book.recommended), whole & book.recommended)
    return {"referred-churn": _ratio(churn), "referred-margin": _ratio(margin)}


def _ratio(sides: tuple[float, float]) -> float:
    """Return one side ÷ the other; NaN where the other is 0."""
    return sides[0] / sides[1] if sides[1] else float("nan")


# -- all together --------------------------------------------------------------------------------------

#: Functions that give a number, or several by the ids of their rows.
TEST: tuple[Callable[[Seen], dict[str, float]], ...] = (
    lambda seen: dict(zip(("orientation-sales", "orientation-growth"), orientation(seen), strict=True)),
    lambda seen: {"trust-given-experience": trust_given_experience(seen)},
    again,
    recovery,
    referred,
)


def evidence_test(result: Result) -> pd.DataFrame:
    """Return the numbers of a run that are only compared: one row, a column per *test* row that one run can show.

    The columns are the ids of the rows, in the order of the table; without a deal all are NaN.
    """
    assert result.orders is not None
    found: dict[str, float] = {}
    if len(result.orders):
        seen = see(result)
        found = {name: value for function in TEST for name, value in function(seen).items()}
    names = [row.id for row in table.rows("test") if row.measure == "evidence_test"]
    return pd.DataFrame([{name: found.get(name, float("nan")) for name in names}])


#: A new row that one run can show, or another id, is another version.
EVIDENCE_TEST = Measure("evidence_test", evidence_test, version=1, orders=True)
