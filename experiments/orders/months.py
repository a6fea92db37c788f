"""Calendar dates as numbers of months: which months a log covers, and which of them are complete."""

from __future__ import annotations

import re

import numpy as np

from longgame.experiments.orders.columns import brief
from longgame.experiments.orders.left import Left
from longgame.sim.errors import InputError

#: Months without an order, between two orders, that no running business has.
LONGEST_GAP = 60


def number_months(
    left: Left, window: tuple[str | None, str | None], daily: bool, notes: list[str], keep_going: bool
) -> tuple[int, str | None]:
    """Count months from the first one on; return their number, and the first calendar month if there is one.

    Parameters
    ----------
    left : Left
        Orders with ``date`` and a running ``month``; months outside the window are dropped.
    window : (str or None, str or None)
        First and last month to keep.
    daily : bool
        Whether days are known: only then can the last month be seen to be incomplete.
    notes : list of str
        Where oddities are put.
    keep_going : bool
        Accept years without an order.
    """
    if "date" not in left.table:
        if any(window):
            raise InputError(f"{left.path}: window needs calendar months, and the log has numbers of months only")
        left.table["date"] = np.full(len(left.table), "NaT", "datetime64[s]")
        return int(left.table["month"].max()), None
    _keep_window(left, window)
    if not keep_going:
        _refuse_gap(left)
    first, last = int(left.table["month"].min()), int(left.table["month"].max())
    if daily:
        last = _drop_incomplete(left, first, last, notes)
    left.table["month"] = left.table["month"] - (first - 1)
    return last - first + 1, month_text(first)


def _keep_window(left: Left, window: tuple[str | None, str | None]) -> None:
    """Drop orders outside the window."""
    low, high = (_month_of(left.path, text) if text else None for text in window)
    if low is None and high is None:
        return
    said = f"{window[0] or 'the first month'} to {window[1] or 'the last month'}"
    if low is not None and high is not None and low > high:
        raise InputError(f"{left.path}: window is {said}; the months must be in order")
    month = left.table["month"]
    left.drop((month < (low or 0)) | (month > (high or 10**6)), f"orders outside {said}")
    if left.table.empty:
        raise InputError(
            f"{left.path}: no orders between {window[0] or 'the first month'} and {window[1] or 'the last month'}; "
            "choose months that the log covers"
        )


def _refuse_gap(left: Left) -> None:
    """Refuse a log in which years lie between two orders: a date is mistyped, or a placeholder."""
    months = np.unique(left.table["month"].to_numpy(dtype=np.int64))
    gaps = np.diff(months)
    if len(gaps) and gaps.max() > LONGEST_GAP:
        k = int(gaps.argmax())
        early = int((left.table["month"] <= months[k]).sum())
        late = len(left.table) - early
        name = brief(left.chosen.get("date", left.chosen.get("month")))
        keep = (months[k + 1], months[-1]) if late >= early else (months[0], months[k])
        low, high = (month_text(int(month)) for month in keep)
        raise InputError(
            f"{left.path}: dates span {int(months[-1] - months[0]) + 1:,} months, with no order between "
            f"{month_text(int(months[k]))} and {month_text(int(months[k + 1]))}; {min(early, late):,} of "
            f"{len(left.table):,} orders lie beyond; mend column {name}, keep part of it with window=('{low}', "
            f"'{high}'), or go on with keep_going=True"
        )


def _drop_incomplete(left: Left, first: int, last: int, notes: list[str]) -> int:
    """Drop the last month if it is incomplete, and note a first one that is; return the last month left."""
    days = left.table["when"].to_numpy(dtype=np.int64)
    gap = _edge_gap(days)
    if _first_day(last + 1) - 1 - days.max() > gap and last > first:
        left.drop(left.table["month"] == last, f"orders in the incomplete last month ({month_text(last)})")
        last -= 1
    begin = _first_day(first)
    if days.min() - begin > gap and last > first:
        notes.append(
            f"the first month ({month_text(first)}) seems incomplete: its first order is on day "
            f"{int(days.min() - begin) + 1}; it was kept"
        )
    return last


def _edge_gap(days: np.ndarray) -> int:
    """Return the usual number of days without an order: the 99 % point of gaps between order days."""
    gaps = np.diff(np.unique(days))
    return max(1, int(np.quantile(gaps, 0.99))) if len(gaps) else 1


def _month_of(path: str, text: str) -> int:
    """Return the running number of a calendar month written YYYY-MM."""
    found = re.fullmatch(r"(\d{4})-(\d{2})", text)
    if not found or not 1 <= int(found[2]) <= 12:
        raise InputError(f"{path}: window names {brief(text)}; write months like 2017-01")
    return int(found[1]) * 12 + int(found[2]) - 1


def month_text(number: int) -> str:
    """Return YYYY-MM of a running month number."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def _first_day(number: int) -> int:
    """Return the first day of a month by its running number, in days since 1970."""
    return int(np.datetime64(month_text(number), "D").astype(np.int64))
