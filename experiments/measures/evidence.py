"""What the table of evidence is held against: the numbers of one run that choose markets, one column per row.

A number is NaN where a run cannot show it: it is too short, or what is counted never happened in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from longgame.experiments.design.plan import Measure
from longgame.experiments.evidence import table
from longgame.experiments.measures.firms import ECONOMY_ROWS, economy, firm_lives, numbers
from longgame.experiments.measures.order_book import OrderBook, correlation, mean, share, top_shares
from longgame.sim.books import Result

YEAR = 12

#: Customers whose suppliers are counted are watched for two years. Unit: months.
SUPPLIED = 24

#: Fewest orders in `SUPPLIED` months that show a main firm.
ORDERS = 3

#: Fewest customers of which a fifth is a customer.
CUSTOMERS = 5

#: How a salesperson leaves a firm that goes on.
LEFT = ("resigned", "dismissed", "shed")


class Seen(NamedTuple):
    """A run as the measures see it: its tables, its orders sorted, and sums over all months."""

    result: Result
    orders: OrderBook
    sums: Mapping[str, float]


_SUMS = (
    "visits",
    "client_visits",
    "deals",
    "repeat_deals",
    "declined",
    "issues",
    "solved",
    "refunded",
    "told_good",
    "told_bad",
    "revenue",
    "repeat_revenue",
    "refunds",
)


def see(result: Result) -> Seen:
    """Return what the measures look at, made once for all of them."""
    assert result.orders is not None
    added = result.monthly[list(_SUMS)].to_numpy(float).sum(axis=0)
    return Seen(result, OrderBook.of(result.orders, result.scenario.months), dict(zip(_SUMS, added, strict=True)))


# -- visits and stories --------------------------------------------------------------------------------


def win_rate(seen: Seen) -> float:
    """Return deals ÷ pitches, to prospects and clients."""
    return share(seen.sums["deals"], seen.sums["deals"] + seen.sums["declined"])


def client_odds(seen: Seen) -> float:
    """Return the odds that a client's visit ends in a deal ÷ the odds of a prospect's."""
    s = seen.sums
    lost = s["client_visits"] - s["repeat_deals"]
    first = s["deals"] - s["repeat_deals"]
    return share(s["repeat_deals"] * (s["visits"] - s["client_visits"] - first), lost * first)


def lead_rate(seen: Seen) -> float:
    """Return the share of prospects' visits that end in a deal."""
    s = seen.sums
    return share(s["deals"] - s["repeat_deals"], s["visits"] - s["client_visits"])


def good_to_bad(seen: Seen) -> float:
    """Return good ÷ bad experiences told."""
    return share(seen.sums["told_good"], seen.sums["told_bad"])


def complaints_solved(seen: Seen) -> float:
    """Return the share of problems that were solved."""
    return share(seen.sums["solved"], seen.sums["issues"])


def returns(seen: Seen) -> float:
    """Return the share of deals of which something was paid back."""
    return share(seen.sums["refunded"], seen.sums["deals"])


def returns_value(seen: Seen) -> float:
    """Return what was paid back ÷ revenue."""
    return share(seen.sums["refunds"], seen.sums["revenue"])


def existing(seen: Seen) -> float:
    """Return the share of revenue from customers who had bought from the firm before."""
    return share(seen.sums["repeat_revenue"], seen.sums["revenue"])


# -- people --------------------------------------------------------------------------------------------


def turnover(seen: Seen) -> float:
    """Return how many people leave in a year, ÷ people at work."""
    months = seen.result.monthly["salespeople"].to_numpy().sum()
    return share(YEAR * int(seen.result.salespeople["left"].notna().sum()), months)


def rep_spread(seen: Seen) -> float:
    """Return the share of the latest year's deals that the top fifth closed, of those at work throughout."""
    people, end = seen.result.salespeople, seen.orders.end
    throughout = people["left"].isna().to_numpy() & (people["hired"].to_numpy() <= end - YEAR + 1)
    deals = people["late_deals"].to_numpy(float)[throughout]
    shares, _, _ = top_shares(deals, np.zeros(len(deals), np.int64))
    return float(shares[0]) if end >= YEAR and len(deals) else float("nan")


def leaver(seen: Seen) -> float:
    """Return the loss of sales to a leaver's clients, against those of people who stay.

    A client of a year is the last seller's. Their spending with the firm in the year after, ÷ that of the year, is
    compared: 1 − ratio of leavers' clients ÷ ratio of stayers' clients. People leave at the end of a year. Herds that
    go on for both years alone count.
    """
    book, people, firms = seen.orders, seen.result.salespeople, seen.result.firms
    years = book.end // YEAR
    whole = book.month <= years * YEAR
    cell = (book.pair * max(years, 1) + (book.month - 1) // YEAR)[whole]
    if years < 2 or not len(cell):
        return float("nan")
    spent = np.bincount(cell, book.amount[whole], (int(book.pair[-1]) + 1) * years)
    # Cells rise with the sorted orders, so the last order of each is the one before the next cell begins.
    last = np.flatnonzero(np.append(cell[1:] != cell[:-1], True))
    cell, seller, firm = cell[last], book.seller[whole][last], book.firm[whole][last]
    year = cell % years
    cell, seller, firm, year = (x[year < years - 1] for x in (cell, seller, firm, year))
    ends = (year + 1) * YEAR
    closed = _of(firms["firm"], firms["closed"].fillna(seen.orders.end + 1), firm)
    herd = _of(firms["firm"], firms["organisation"] == "herd", firm) > 0
    left = _of(people["salesperson"], people["left"].fillna(seen.orders.end + 1), seller)
    on_their_own = _of(people["salesperson"], people["reason"].isin(LEFT), seller) > 0
    counts = herd & (closed > ends + YEAR)
    ratios = [
        share(spent[cell[who] + 1].sum(), spent[cell[who]].sum())
        for who in (counts & on_their_own & (left == ends), counts & (left > ends + YEAR))
    ]
    return 1 - share(*ratios)


def _of(ids: pd.Series, values: pd.Series, wanted: np.ndarray) -> np.ndarray:
    """Return the values that belong to some ids."""
    known = np.zeros(int(ids.max()) + 1)
    known[ids.to_numpy(np.int64)] = values.to_numpy(float)
    return known[wanted]


# -- customers -----------------------------------------------------------------------------------------


def satisfaction_repurchase(seen: Seen) -> float:
    """Return the correlation of satisfaction with a deal and whether another follows from the firm in a year."""
    book = seen.orders
    over = book.month <= book.end - YEAR
    return correlation(book.satisfaction[over], (book.gap[over] <= YEAR).astype(float))


def second_order(seen: Seen) -> float:
    """Return the share of first buyers who buy from the firm again within a year."""
    book = seen.orders
    return mean(book.gap[book.first & (book.month <= book.end - YEAR)] <= YEAR)


def recommended(seen: Seen) -> float:
    """Return the share of first deals on the word of a contact or a rival."""
    return mean(seen.orders.recommended[seen.orders.first])


def top_fifth(seen: Seen) -> float:
    """Return the top fifth of customers' share of a firm's revenue in the latest year, weighted by revenue.

    Firms with fewer than `CUSTOMERS` customers in the year have no fifth of them.
    """
    book = seen.orders
    now = book.latest(YEAR)
    if book.end < YEAR or not now.any():
        return float("nan")
    pair, where = np.unique(book.pair[now], return_index=True)
    spent = np.bincount(book.pair[now], book.amount[now])[pair]
    shares, sums, sizes = top_shares(spent, book.firm[now][where])
    large = sizes >= CUSTOMERS
    return share((shares * sums)[large].sum(), sums[large].sum())


def retention(seen: Seen) -> float:
    """Return the share of a firm's customers of the last year but one who buy from it again in the last.

    Of customers with a need a year or more, and of firms that are still open. Rates are known of customers who are
    still there; those who left the market count as lost, by their share among all customers of that year.
    """
    book, customers, firms = seen.orders, seen.result.customers, seen.result.firms
    if book.end < 2 * YEAR:
        return float("nan")
    before = (book.month > book.end - 2 * YEAR) & ~book.latest(YEAR)
    opened = np.isin(book.firm, firms["firm"].to_numpy()[firms["closed"].isna()])
    then = before & opened
    pair, where = np.unique(book.pair[then], return_index=True)
    who = book.customer[then][where]
    there = np.isin(who, customers["customer"].to_numpy())
    often = np.isin(who, customers["customer"].to_numpy()[customers["rate"].to_numpy() * YEAR >= 1])
    again = np.isin(pair, book.pair[book.latest(YEAR)])
    return mean(again[often]) * mean(there)


def _suppliers(seen: Seen) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return orders, orders with the main firm, and firms, of each customer in the latest `SUPPLIED` months."""
    book = seen.orders
    now = book.latest(SUPPLIED)
    pair, where, orders = np.unique(book.pair[now], return_index=True, return_counts=True)
    who = book.customer[now][where]
    start = np.flatnonzero(np.diff(who, prepend=-1))
    if not len(pair):
        return orders, orders, orders
    firms = np.diff(np.append(start, len(who)))
    return np.add.reduceat(orders, start), np.maximum.reduceat(orders, start), firms


def main_firm(seen: Seen) -> float:
    """Return the mean share of orders with the main firm, of customers with `ORDERS` or more in two years."""
    orders, main, _ = _suppliers(seen)
    enough = orders >= ORDERS
    return mean(main[enough] / orders[enough]) if seen.orders.end >= SUPPLIED else float("nan")


def suppliers(seen: Seen) -> float:
    """Return how many firms a customer buys from in two years, on average, of those who buy."""
    return mean(_suppliers(seen)[2].astype(float)) if seen.orders.end >= SUPPLIED else float("nan")


# -- all together --------------------------------------------------------------------------------------

#: The function of every row, by its id; rows of the economy come from `longgame.experiments.measures.firms`.
FIT: dict[str, Callable[[Seen], float]] = {
    "win-rate": win_rate,
    "client-odds": client_odds,
    "lead-rate": lead_rate,
    "turnover": turnover,
    "rep-spread": rep_spread,
    "leaver": leaver,
    "satisfaction-repurchase": satisfaction_repurchase,
    "returns": returns,
    "returns-value": returns_value,
    "good-to-bad": good_to_bad,
    "recommended": recommended,
    "top-fifth": top_fifth,
    "second-order": second_order,
    "existing": existing,
    "retention": retention,
    "main-firm": main_firm,
    "suppliers": suppliers,
    "complaints-solved": complaints_solved,
}


def evidence(result: Result) -> pd.DataFrame:
    """Return the numbers of a run that choose markets: one row, a column per *fit* row of the table.

    The columns are the ids of the rows, in the order of the table; NaN where a run does not show a number.
    """
    seen = see(result)
    of_economy = numbers(economy(result), firm_lives(result))
    found = {
        row.id: of_economy[row.name.removeprefix(ECONOMY_ROWS)]
        if row.name.startswith(ECONOMY_ROWS)
        else FIT[row.id](seen)
        for row in table.rows("fit")
    }
    return pd.DataFrame([found])


#: A new *fit* row, or another id, is another version: a results store keeps the columns that it has.
EVIDENCE = Measure("evidence", evidence, version=1, orders=True)
