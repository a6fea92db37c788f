"""Firms as outcomes: how long they live, what part of a market they have, and whether such a market could exist.

Survival is that of Kaplan & Meier (1958), by SciPy. Only firms founded within the months of the tables count: of those
founded before, the ones that failed early are not seen.
"""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import CensoredData, ecdf, norm

from longgame.experiments.design.plan import Measure
from longgame.experiments.evidence import table
from longgame.experiments.measures.kept import horizons
from longgame.sim.books import Result

#: Minutes of a salesperson's working month: 160 hours.
WORKING_TIME = 9_600


def firm_lives(result: Result) -> pd.DataFrame:
    """Return the firms founded within a run, counted by group, months in business and how they ended.

    Returns
    -------
    pandas.DataFrame
        ``group``, ``duration`` (months), ``reason`` ("" where the firm is still open: its life is censored), ``firms``.
    """
    firms = result.firms[result.firms["founded"] >= 1]
    end = firms["closed"].fillna(result.scenario.months).astype(int)
    lives = firms.assign(duration=end - firms["founded"] + 1)
    counts = lives.groupby(["group", "duration", "reason"], sort=True, observed=True).size()
    return counts.rename("firms").reset_index()


FIRM_LIVES = Measure("firms", firm_lives)


def survival(lives: pd.DataFrame, failures_alone: bool = False) -> pd.DataFrame:
    """Return the share of firms that are in business after so many months (Kaplan & Meier 1958).

    Parameters
    ----------
    lives : pandas.DataFrame
        Columns of `firm_lives`, of as many runs as there are.
    failures_alone : bool
        Take a firm whose owner left as censored, not as ended.

    Returns
    -------
    pandas.DataFrame
        One row a month with an end: ``months``, ``share``, ``low`` and ``high`` (95 % interval), ``at_risk``.
    """
    curve = _curve(lives, failures_alone)
    if curve is None:
        return pd.DataFrame({name: np.zeros(0) for name in ("months", "share", "low", "high", "at_risk")})
    duration = lives["duration"].repeat(lives["firms"]).to_numpy(float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where all are alive, or none, SciPy says that there is no interval: it is NaN
        bounds = curve.confidence_interval(method="log-log")
    return pd.DataFrame(
        {
            "months": curve.quantiles,
            "share": curve.probabilities,
            "low": bounds.low.probabilities,
            "high": bounds.high.probabilities,
            "at_risk": (duration[:, None] >= curve.quantiles[None, :]).sum(axis=0),
        }
    )


def _curve(lives: pd.DataFrame, failures_alone: bool) -> Any:
    """Return SciPy's survival function of some lives; None where nothing ended."""
    duration = lives["duration"].repeat(lives["firms"]).to_numpy(float)
    ended = ((lives["reason"] == "failed") if failures_alone else (lives["reason"] != "")).repeat(lives["firms"])
    return ecdf(CensoredData.right_censored(duration, ~ended.to_numpy(bool))).sf if ended.any() else None


def share_alive(lives: pd.DataFrame, months: int, failures_alone: bool = False) -> float:
    """Return the share of new firms in business after so many months.

    0 where all ended before; NaN where some were not watched for so long, and none that was is left to tell.
    """
    curve = _curve(lives, failures_alone)
    if (lives["duration"].to_numpy() >= months).any():
        return 1.0 if curve is None else float(curve.evaluate(months))
    return 0.0 if curve is not None and curve.probabilities[-1] == 0.0 else float("nan")


class HazardRatio(NamedTuple):
    """How many times as often firms of one arm end in a month as firms of another that are as old.

    Attributes
    ----------
    value, low, high : float
        The ratio and its 95 % interval; NaN where it is unknown.
    ends, months : int
        Firms of ours that ended, and months in which they were at risk.
    their_ends, their_months : int
        The same of theirs.
    """

    value: float
    low: float
    high: float
    ends: int
    months: int
    their_ends: int
    their_months: int


def hazard_ratio(ours: pd.DataFrame, theirs: pd.DataFrame, failures_alone: bool = False) -> HazardRatio:
    """Return the ratio of the hazards of two arms, age by age (Mantel & Haenszel 1959).

    The interval is log-normal (Greenland & Robins 1985). Hazards may change with age; it is assumed that their ratio
    does not, and that firms end independently. Firms of one run share its luck, so the interval is rather too narrow.

    Parameters
    ----------
    ours, theirs : pandas.DataFrame
        Columns of `firm_lives`, of as many runs as there are.
    failures_alone : bool
        Take a firm whose owner left as censored, not as ended.
    """
    last = int(max(ours["duration"].max(), theirs["duration"].max())) if len(ours) and len(theirs) else 0

    def by_age(lives: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return how many firms ended at each age, and how many were at risk."""
        ended = (lives["reason"] == "failed") if failures_alone else (lives["reason"] != "")
        age, firms = lives["duration"].to_numpy(np.int64), lives["firms"].to_numpy(float)
        gone = np.bincount(age, firms, minlength=last + 1)[1:]
        return np.bincount(age, firms * ended, minlength=last + 1)[1:], gone[::-1].cumsum()[::-1]

    (a, n), (b, m) = by_age(ours), by_age(theirs)
    counts = [int(numbers.sum()) for numbers in (a, n, b, m)]
    with np.errstate(divide="ignore", invalid="ignore"):  # where nobody was at risk, or nobody ended
        if not last:
            return HazardRatio(np.nan, np.nan, np.nan, *counts)
        up, down = (a * m / (n + m)).sum(), (b * n / (n + m)).sum()
        variance = (((a + b) * n * m - a * b * (n + m)) / (n + m) ** 2).sum() / (up * down)
        value, factor = up / down, np.exp(norm.ppf(0.975) * np.sqrt(variance))
    known = up > 0 and down > 0
    low, high = (value / factor, value * factor) if known else (np.nan, np.nan)
    return HazardRatio(float(value), float(low), float(high), *counts)


def market_share(result: Result) -> pd.DataFrame:
    """Return what part of all revenue every group has, per year and over the run so far.

    Returns
    -------
    pandas.DataFrame
        One row per group and year: ``group``, ``months`` (end of the year, or of the run), ``share`` (in the revenue
        of that year) and ``share_so_far`` (in all revenue up to there), both in [0, 1]; NaN where nobody sold.
    """
    year = np.minimum(-(-result.monthly["month"] // 12) * 12, result.scenario.months)
    revenue = result.monthly.groupby([year.rename("months"), "group"], observed=True)["revenue"].sum()
    revenue = revenue.unstack("group", fill_value=0.0)
    parts = {
        name: sums.div(sums.sum(axis=1).replace(0.0, np.nan), axis=0).stack()
        for name, sums in (("share", revenue), ("share_so_far", revenue.cumsum()))
    }
    return pd.DataFrame(parts).reset_index()


MARKET_SHARE = Measure("shares", market_share)


def firm_fates(result: Result) -> pd.DataFrame:
    """Return how firms fared up to every horizon of a run, one row per group.

    Returns
    -------
    pandas.DataFrame
        ``group``, ``months``, ``founders_alive`` (share of the firms of month 1 that did not fail, by Kaplan & Meier:
        an owner who left censors), ``failed_a_year`` and ``ended_a_year`` (ends per firm-year of all firms),
        ``firm_years``.
    """
    firms = result.firms
    closed = firms["closed"].astype("Float64").fillna(np.inf).astype(float)
    pieces = []
    for months in horizons(result.scenario.months):
        here = firms["founded"] <= months
        until = closed[here].clip(upper=months)
        begun = firms.loc[here, "founded"].clip(lower=1)
        ended = closed[here] <= months
        seen = firms.loc[here, ["group", "founded"]].assign(
            duration=(until - begun + 1).astype(int),
            reason=firms.loc[here, "reason"].astype(str).where(ended, ""),
            firms=1,
            firm_years=(until - begun + 1) / 12,
        )
        for group, rows in seen.groupby("group", sort=False, observed=True):
            years = rows["firm_years"].sum()
            row = {
                "group": group,
                "months": months,
                "founders_alive": share_alive(rows[rows["founded"] == 1], months, failures_alone=True),
                "failed_a_year": (rows["reason"] == "failed").sum() / years if years else np.nan,
                "ended_a_year": (rows["reason"] != "").sum() / years if years else np.nan,
                "firm_years": years,
            }
            pieces.append(row)
    return pd.DataFrame(pieces)


FATES = Measure("fates", firm_fates)


class Band(NamedTuple):
    """What a plausible market shows: a number of the economy, its range, and where the range is from."""

    number: str
    meaning: str
    low: float
    high: float
    source: str


#: What the ids of their rows in the table of evidence begin with.
ECONOMY_ROWS = "economy_"

#: Bands in which every reference configuration but `anonymous` should lie.
BANDS = tuple(
    Band(row.name.removeprefix(ECONOMY_ROWS), row.regularity, row.low, row.high, row.source)
    for row in table.rows("fit")
    if row.name.startswith(ECONOMY_ROWS) and row.low is not None and row.high is not None
)


def economy(result: Result) -> pd.DataFrame:
    """Return the sums of a run that the numbers of `BANDS` are made of, one row for the market."""
    monthly, market, people = result.monthly, result.market, result.salespeople
    alone = monthly[monthly["organisation"] == "singleton"]
    cost = ["wages", "commission", "overhead"]
    return pd.DataFrame(
        {
            "needs": [int(market["needs"].sum() - market["renewed"].sum())],
            "deals": [int(monthly["deals"].sum())],
            "declined": [int(monthly["declined"].sum())],
            "leavers": [int(people["left"].notna().sum())],
            "person_months": [int(monthly["salespeople"].sum())],
            "cost": [monthly[cost].to_numpy().sum()],
            "revenue": [monthly["revenue"].sum()],
            "cost_alone": [alone[cost].to_numpy().sum()],
            "revenue_alone": [alone["revenue"].sum()],
            "repeat_revenue": [monthly["repeat_revenue"].sum()],
            "minutes": [int(monthly["talk_minutes"].sum() + monthly["support_minutes"].sum())],
            "firm_years": [int(result.firms["years"].sum())],
            "loss_years": [int(result.firms["losses"].sum())],
        }
    )


ECONOMY = Measure("economy", economy)


def numbers(sums: pd.DataFrame, lives: pd.DataFrame) -> dict[str, float]:
    """Return the numbers of `BANDS` from `economy` and `firm_lives` of some runs of one market; NaN where undefined."""
    s = sums.drop(columns=["seed"], errors="ignore").sum(numeric_only=True)

    def ratio(above: float, below: float) -> float:
        return float(above / below) if below else float("nan")

    return {
        "unmet": 1.0 - ratio(s["deals"], s["needs"]),
        "turnover": 12 * ratio(s["leavers"], s["person_months"]),
        "selling_cost": ratio(s["cost"], s["revenue"]),
        "selling_cost_alone": ratio(s["cost_alone"], s["revenue_alone"]),
        "win_rate": ratio(s["deals"], s["deals"] + s["declined"]),
        "repeat_share": ratio(s["repeat_revenue"], s["revenue"]),
        "customer_hours": ratio(s["minutes"], s["person_months"] * WORKING_TIME),
        "losses": ratio(s["loss_years"], s["firm_years"]),
        "survival": share_alive(lives, 60),
    }


def in_bands(found: dict[str, float]) -> pd.DataFrame:
    """Return the table of bands with the number found and whether it is inside."""
    bands = pd.DataFrame([{**band._asdict(), "found": found[band.number]} for band in BANDS])
    return bands.assign(holds=(bands["found"] >= bands["low"]) & (bands["found"] <= bands["high"]))
