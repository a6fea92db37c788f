"""A fitted market as a reader gets it: beside the book, what is not matched first, and what a book cannot tell."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from longgame.experiments.books.fitted import Fitted
from longgame.experiments.books.numbers import KNOWN
from longgame.experiments.books.space import PLACES
from longgame.experiments.figures.axes import headline, panels
from longgame.experiments.figures.looks import OKABE_ITO
from longgame.experiments.study import Findings
from longgame.experiments.words import listed, many, number

#: What an order book holds nothing of.
UNSEEN = "trust, gossip, habit, how people sell, and rivals"

#: A dial whose interval is wider than this part of its prior's is said to be told by nothing.
WIDE = 0.8

#: What the dials are called.
DIALS = {
    "customers.count": "customers at one time",
    "customers.rate": "needs of a customer a month",
    "customers.rate_spread": "how much customers differ in that (CV)",
    "customers.churn": "customers who leave for good, a month",
    "customers.stake": "worth of a perfect solution (median)",
    "customers.stake_spread": "spread of that between customers (ln)",
    "customers.stake_noise": "spread of that within customers (ln)",
    PLACES: "salespeople at one time",
    "staffing.turnover": "salespeople who leave of their own, a year",
    "service.liability": "misled customers who give the goods back",
}


def findings(fitted: Fitted, about: dict[str, object] | None = None) -> Findings:
    """Return a fit as findings: sentences, tables to read, tables to compute with, a figure."""
    compared, estimates = fitted.compared(), fitted.estimates()
    scaled = estimates["dial"].isin(["customers.count", PLACES])
    shown_estimates = estimates.copy()
    shown_estimates.loc[scaled, ["nearest", "median", "low", "high"]] /= fitted.frame.part
    return Findings(
        "calibrate",
        f"A market fitted to {fitted.name}.",
        sentences=tuple(sentences(fitted, estimates)),
        shown={
            "The market beside the book": pd.DataFrame([_row(row) for row in compared.to_dict("records")]),
            "What the book tells (90 % of the fitted markets)": pd.DataFrame(
                [_dial(row) for row in shown_estimates.to_dict("records")]
            ),
        },
        tables={"compared": compared, "dials": shown_estimates},
        figures={"fit": partial(draw, fitted=fitted)},
        scenario=fitted.scenario(),
        about={"book": fitted.name, "seed": fitted.seed, "runs": fitted.runs, **(about or {})},
    )


def sentences(fitted: Fitted, estimates: pd.DataFrame) -> list[str]:
    """Return what has to be known before any number is used: first what is not matched."""
    missed, frame = fitted.not_matched, fitted.frame
    said = [
        f"NOT matched: {listed(missed)}. Do not use the market for questions about these."
        if missed
        else "Matched: every number that has to be lies within 10 % of the book, one-time buyers within 5 points."
    ]
    nearer, far = fitted.outside()
    if fitted.is_outside:
        what = f": {listed(far)}" if far else ", in how its numbers go together"
        said.append(f"The book lies OUTSIDE the books that such markets write{what}.")
    else:
        said.append(
            f"The book lies among those that such markets write: {nearer:.0%} of them are nearer to their middle."
        )
    if frame.part < 1:
        said.append(
            f"The market holds {frame.part:.3g} of your customers and salespeople; totals are counted up to the book."
        )
    said.append(
        f"A customer has at most one need a {frame.step}. The market has "
        f"{many(fitted.scenario().sellers, 'salesperson', 'salespeople')} ({frame.sellers_from})."
    )
    if frame.cohort:
        said.append(
            f"All customers come by month {frame.cohort}. The market begins with its customers, and none follow; those "
            "whose first order is later are not counted."
        )
    kept = fitted.weights() > 0
    said.append(
        f"{kept.sum()} of {many(len(kept), 'market')} are kept; the others miss a number that has to be met by more "
        f"than three deviations. {fitted.runs:,} runs were made."
    )
    vague = [DIALS[row.dial] for row in estimates.itertuples() if row.narrowed > WIDE]
    said.append(
        f"A book does not tell of {UNSEEN}. These differ between the markets as the evidence for {frame.kind} allows."
        + (f" This book says nothing of {listed(vague)} either." if vague else "")
    )
    return said


def _row(row: dict) -> dict[str, str]:
    """Return a row of the comparison to be read."""
    share = KNOWN[row["number"]].kind == "share"
    off = f"{100 * row['off']:+.1f} {'points' if KNOWN[row['number']].in_points else '%'}".replace("-", "−")
    return {
        "number": row["words"],
        "book": _value(row["book"], share),
        "market": _value(row["market"], share),
        "fitted markets": f"{_value(row['low'], share)} to {_value(row['high'], share)}",
        "off": off,
        "verdict": row["verdict"],
    }


def _dial(row: dict) -> dict[str, str]:
    """Return a row of the estimates to be read."""
    return {
        "number": DIALS[row["dial"]],
        "market": number(row["nearest"]),
        "median": number(row["median"]),
        "interval": f"{number(row['low'])} to {number(row['high'])}",
        "narrowed to": f"{min(row['narrowed'], 1.0):.0%} of its range",
    }


def _value(value: float, share: bool) -> str:
    """Write a number of a book."""
    return f"{100 * value:.1f} %" if share else number(value)


def draw(figure: Figure, fitted: Fitted) -> None:
    """Fill a figure with the delivered market beside the book: number by number, and the repeat curve."""
    left, right = panels(figure, 2)
    table = fitted.compared().iloc[::-1].reset_index(drop=True)
    kept = fitted.cloud.values[fitted.weights() > 0]
    places = np.arange(len(table))
    for place, row in zip(places, table.to_dict("records"), strict=True):
        one = KNOWN[row["number"]]
        ends = [100 * one.off(row[end], row["book"]) for end in ("low", "high")]
        colour = OKABE_ITO["vermillion"] if row["verdict"] in ("NOT matched", "far") else OKABE_ITO["blue"]
        left.plot(np.clip(ends, -60, 60), [place, place], color="0.7", linewidth=3, solid_capstyle="butt")
        left.plot(np.clip(100 * row["off"], -60, 60), place, "o", color=colour)
    left.axvspan(-10, 10, color="0.93", zorder=0)
    left.axvline(0, color="0.3", linewidth=0.8)
    left.set_yticks(places, table["words"])
    left.set(xlim=(-62, 62), xlabel="market less book (%, points)")
    left.grid(axis="x")
    months = np.arange(1, len(fitted.curve) + 1)
    curves = fitted.cloud.curves[fitted.weights() > 0][:, : len(months)]
    low, high = np.nanquantile(curves, [0.05, 0.95], axis=0)
    right.fill_between(months, 100 * low, 100 * high, color="0.85", label="90 % of fitted markets")
    right.plot(months, 100 * np.nanmean(fitted.delivered.curves, axis=0), color=OKABE_ITO["blue"], label="market")
    right.plot(months, 100 * fitted.curve, "o", color=OKABE_ITO["black"], label="book", markersize=3)
    right.set(xlabel="months after the first order", ylabel="customers buying (%)")
    right.set_ylim(0, 1.4 * right.dataLim.y1)  # the legend above the points
    right.legend(loc="upper right")
    missed = fitted.not_matched
    finding = f"NOT matched: {listed(missed)}" if missed else "All that has to be is matched"
    headline(figure, finding, f"{fitted.name}; grey: 90 % of {len(kept)} fitted markets; dots: the market delivered.")
