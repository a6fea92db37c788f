"""Exact limits of firms: how long they live on their cash, what a record tells, what a leaver takes along."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from longgame.experiments.validation.limits import Measured, market, sells
from longgame.sim import Firms, Scenario, run
from longgame.sim.books import Books
from longgame.sim.engine import in_ranges
from longgame.sim.layout import build
from longgame.sim.month import pass_on, play_month
from longgame.sim.trust import NOBODY

# -- survival -----------------------------------------------------------------------------------------

#: Customers who come to a firm by chance every month, on average, and what each leaves in its books.
CUSTOM, MARGIN = 30, 100.0

#: Standard deviation of a firm's profit of a month: custom is binomial, all but Poisson.
SPREAD = MARGIN * CUSTOM**0.5


def living_on_cash(cash: float, drift: float, *, firms: int, months: int) -> Scenario:
    """Return a market of like singletons to whom customers come by chance alone.

    Nobody remembers anything and everybody buys, so a firm's monthly profits are independent, `drift` ± 1 in units
    of `SPREAD`, and `cash` is what it begins with. A new firm takes the place of a closed one at once, so that the
    custom of the others stays what it was. Such custom is a little skewed, for which `theory.survival` is off by
    up to 0.006, a fifth of the tolerance.
    """
    wage = CUSTOM * MARGIN - drift * SPREAD
    alone = sells("alone", markup=1.0)
    changes: dict[str, Any] = {
        "customers.count": CUSTOM * firms,
        "customers.stake": 2 * MARGIN,
        "offer.unit_cost": 0.5,
        "trust.memory": False,
        "trust.remembered": 1,
        "trust.brands": 1,
        "choice.reach": 1,
        "economy.wage": wage,
        "economy.capital": cash * SPREAD / wage,
        "economy.vacancy": 0,
    }
    return market([Firms(name="alone", count=firms, strategies={"alone": 1})], [alone], changes, months)


def alive_after(table: pd.DataFrame, months: int, last: int) -> Measured:
    """Return the share of firms (`Result.firms`) that lived longer than so many months, of those founded in time."""
    early = table[table["founded"] + months - 1 <= last]
    lived = (early["closed"] - early["founded"] + 1).fillna(last + 1)
    share = float((lived > months).mean())
    return Measured(share, float(np.sqrt(share * (1 - share) / len(early))))


def share_alive(cash: float, drift: float, after: int, *, firms: int = 3000, seed: int = 1) -> Measured:
    """Simulate the share of firms alive after so many months; arguments as in `living_on_cash`."""
    months = 2 * after
    return alive_after(run(living_on_cash(cash, drift, firms=firms, months=months), seed).firms, after, months)


# -- a public record ----------------------------------------------------------------------------------

#: The experience of a delivery as promised, and of one that failed.
KEPT, FAILED = 0.5, 0.0


def on_record(weight: float, failures: float, *, sellers: int, months: int) -> Scenario:
    """Return a market in which every experience is posted, a share of them bad, and customers forget everything.

    A promise that is kept is an experience of ½, one that fails of 0, as in `limits.returning`.
    """
    alone = sells("alone", markup=0.0)
    changes: dict[str, Any] = {
        "customers.count": 20 * sellers,
        "customers.churn": 1.0,
        "offer.unit_cost": 0.01,
        "trust.remembered": 1,
        "trust.brands": 1,
        "trust.record": weight,
        "trust.posted": 1.0,
        "trust.record_full": 100.0,
        "choice.reach": 1,
        "experience.value_weight": 0.0,
        "experience.claim_weight": 10.0,
        "experience.pressure_weight": 0.0,
        "experience.experience_temperature": 1e-4,
        "service.issue": failures,
        "service.severity": 1.0,
        "service.voice": 0.0,
    }
    return market([Firms(name="alone", count=sellers, strategies={"alone": 1})], [alone], changes, months)


def strangers_trust(weight: float, failures: float, *, sellers: int = 400, months: int = 60, seed: int = 1) -> Measured:
    """Simulate the trust of strangers in sellers whose records are long; nobody ever meets anybody twice."""
    scenario = on_record(weight, failures, sellers=sellers, months=months)
    state, do = build(scenario, seed), in_ranges()
    for month in range(1, months + 1):
        state = play_month(state, month, do)
    visits = state.visits[: int(state.n_visits[0])]
    visits = visits[visits["met"] != NOBODY]
    trust = pd.Series(visits["trust"]).groupby(visits["met"]).mean()
    return Measured(float(trust.mean()), float(trust.std(ddof=1) / np.sqrt(len(trust))))


# -- leavers ------------------------------------------------------------------------------------------


def handing_on(succession: float, customers: int) -> Scenario:
    """Return a market of one firm of ten, half of whom leave at the end of a year."""
    member = sells("member", markup=0.4)
    changes: dict[str, Any] = {
        "customers.count": customers,
        "customers.rate": 0.1,
        "offer.unit_cost": 0.4,
        "choice.reach": 1,
        "choice.nobody": True,
        "choice.betrayed": 0.2,
        "choice.habit_weight": 0.3,
        "choice.habit_rate": 0.5,
        "staffing.turnover": 0.5,
        "staffing.succession": succession,
    }
    return market([Firms(name="firm", strategies={"member": 10})], [member], changes, 13)


def lost_by_leaving(succession: float, *, customers: int = 200_000, seed: int = 1) -> Measured:
    """Simulate how much less often leavers' clients come back to whoever has taken them over.

    Compared with clients of those who stay, in the month after a year's end, as a share of needs. Only those count
    who knew one person of the firm, so that nobody knew the successor before.
    """
    scenario = handing_on(succession, customers)
    state, do, books = build(scenario, seed), in_ranges(), Books(scenario, seed)
    for month in range(1, 13):
        state = play_month(state, month, do)
        books.enter(state, month)
    before = state.memories["seller"].copy()
    one = (before != NOBODY).sum(axis=1) == 1
    known = before.max(axis=1)
    people = state.salespeople["generation"].copy()
    pass_on(state, 12, books)
    left = (state.salespeople["generation"] != people)[known]
    after = state.memories["seller"].max(axis=1)
    state = play_month(state, 13, do)
    visits = state.visits[: int(state.n_visits[0])]
    places = visits["customer"]
    came = visits["met"] == after[places]
    mine, others = (came[one[places] & (left[places] == flag)] for flag in (True, False))
    gap = mine.mean() - others.mean()
    return Measured(float(gap), float(np.sqrt(mine.var() / len(mine) + others.var() / len(others))))
