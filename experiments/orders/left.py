"""The rows of a log that are left while it is read, and what was left out, in rows and in money."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from longgame.experiments.orders.columns import brief
from longgame.experiments.orders.log import LeftOut
from longgame.sim.errors import InputError

#: Share of the rows, or of the money, that may be unusable.
TENTH = 0.1
_RIGHT = {
    "customer": "give every row a customer",
    "date": "write dates as YYYY-MM-DD from 1900 to 2100 in the Gregorian calendar, or give date_format='%d.%m.%Y'",
    "month": "number the months 1, 2, 3, …, or write 2024-01",
    "amount": "give amounts above 0, like 1234.50",
    "status": "give every row a status, or say which values are sales with won=[...]",
}
#: The column that is to blame for a reason.
_BLAME = (("customer", "customer"), ("date", "date"), ("month", "month"), ("amount", "amount"), ("return", "amount"))
_BLAME += (("orders of 0", "amount"), ("deals", "status"), ("cancelled", "status"), ("status", "status"))


class Left:
    """The rows that are left, and how many were dropped for which reason.

    Parameters
    ----------
    path : path
        The file, for messages.
    rows : int
        Its rows.
    chosen : mapping of str to str
        Meaning → column.
    """

    def __init__(self, path: Path, rows: int, chosen: Mapping[str, str]) -> None:
        self.path, self.rows, self.chosen = str(path), rows, chosen
        self.table = pd.DataFrame()
        self.units: set[str] = set()
        self.out: tuple[LeftOut, ...] = ()
        self.unusable = LeftOut("", 0, 0.0)
        self.examples: dict[str, list[str]] = {}

    @property
    def priced(self) -> bool:
        """Whether the file says how much an order was."""
        return "amount" in self.chosen or "unit_price" in self.chosen

    def note_rows(self, rows: int, money: float, why: str) -> None:
        """Count rows that were left out."""
        if rows or money > 0:
            self.out += (LeftOut(why, rows, money),)

    def drop(self, bad: Any, why: str, unusable: bool = False) -> None:
        """Leave out rows, and count them and their money under a reason."""
        bad = np.asarray(bad, dtype=bool)
        if not bad.any():
            return
        gone = self.table[bad]
        rows = int(gone["rows"].sum()) if "rows" in gone else len(gone)
        amounts = gone["amount"][np.isfinite(gone["amount"])]
        money = round(float(amounts.sum()), 2) if len(amounts) else math.nan
        self.note_rows(rows, money, why)
        if unusable:
            size = float(amounts.abs().sum())
            self.unusable = LeftOut("", self.unusable.rows + rows, self.unusable.money + size)
        self.table = self.table[~bad]

    def said(self) -> str:
        """Return what was left out, in words."""
        return "; ".join(
            f"{out.rows:,} {out.why}" + (f" ({out.money:,.2f})" if math.isfinite(out.money) else "") for out in self.out
        )

    def _blamed(self, whys: list[LeftOut]) -> str:
        """Return which column the most frequent reason speaks of, a value of it, and what would be right."""
        why = max(whys, key=lambda out: out.rows).why
        what = next((meaning for word, meaning in _BLAME if word in why and meaning in self.chosen), "amount")
        if "date" in why and "date" not in self.chosen:
            what = "month"
        name = self.chosen.get(what, self.chosen.get("unit_price", what))
        seen = f" (such as {brief(self.examples[what][0])})" if self.examples.get(what) else ""
        return f"column {brief(name)}{seen}: {_RIGHT[what]}"

    def refuse_empty(self) -> None:
        """Raise the `InputError` that names the most frequent reason, if no row is left."""
        if self.table.empty:
            raise InputError(
                f"{self.path}: none of the {self.rows:,} rows can be used: {self.said()}; "
                f"{self._blamed(list(self.out))}"
            )

    def refuse_lossy(self) -> None:
        """Raise the `InputError` that names the reasons, if more than a tenth of rows or money cannot be used."""
        money = float(self.table["amount"].abs().sum()) + self.unusable.money
        rows, worth = self.unusable.rows / self.rows, self.unusable.money / money if money > 0 else 0.0
        if max(rows, worth) > TENTH:
            bad = [out for out in self.out if out.why.startswith("rows") and not out.why.startswith("rows in ")]
            raise InputError(
                f"{self.path}: {rows:.0%} of the rows and {worth:.0%} of the money cannot be used: {self.said()}; "
                f"{self._blamed(bad)}; or go on without them with keep_going=True"
            )
