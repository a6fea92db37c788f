"""The results of a run: tidy tables with declared columns, and books that balance to the cent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from longgame.sim.columns import CUSTOMERS, FIRMS, MARKET, MONEY, MONTHLY, ORDERS, OUTCOMES, SALESPEOPLE, TABLES
from longgame.sim.scenario import Scenario
from longgame.sim.stages.acquaintance import look_back
from longgame.sim.stages.books import collect
from longgame.sim.state import (
    ACCOUNT,
    CENTS,
    CLOSED,
    CUSTOMER,
    DISMISSED,
    FIRST_OUTCOME,
    FIXED_POINT,
    MARKET_SUMS,
    RESIGNED,
    SHED,
    SOLD,
    TALLY,
    State,
    customer_ids,
    general_trust,
)

if TYPE_CHECKING:
    import pandas as pd

_REASONS = {0: "", RESIGNED: "resigned", DISMISSED: "dismissed", SHED: "shed", CLOSED: "firm closed"}

# How a customer came, and what became of a delivery, in the order of their codes.
SOURCES = ("memory", "contact", "rival", "chance")
FAILURES = ("none", "solved", "unsolved")

# How a firm ended.
_ENDINGS = ("", "failed", "owner left")
FAILED, OWNER_LEFT = 1, 2


class Months(NamedTuple):
    """The books of a run as whole numbers: what `Result.monthly` is made of.

    Attributes
    ----------
    numbers : ndarray of int64, shape (months, groups × strategies, columns)
        Money in cents, means as sums of the engine's fixed point. A cell without people has zeros alone, but where
        steps are shorter than a month and all left within one: people are counted at its end.
    columns : tuple of str
        Names of the columns, which are those of `Result.monthly`.
    groups, strategies : tuple of str
        The cell of group g and strategy s is g × number of strategies + s.
    """

    numbers: NDArray[np.int64]
    columns: tuple[str, ...]
    groups: tuple[str, ...]
    strategies: tuple[str, ...]


class Result:
    """The result of one run. Units and meanings of all columns stand in `longgame.sim.columns`.

    Each table is made when it is first asked for: most measures need one of them, and small runs take about as
    long as their tables.

    Attributes
    ----------
    scenario : Scenario
    seed : int
    months : Months
        The books as whole numbers.
    makers : mapping of str to callable
        Make the tables, by their names.
    """

    def __init__(self, scenario: Scenario, seed: int, months: Months, makers: Mapping[str, Callable[[], Any]]) -> None:
        self.scenario, self.seed, self.months, self.makers = scenario, seed, months, makers

    @cached_property
    def monthly(self) -> pd.DataFrame:
        """One row per month × group of firms × strategy."""
        return self.makers["monthly"]()

    @cached_property
    def market(self) -> pd.DataFrame:
        """One row per month."""
        return self.makers["market"]()

    @cached_property
    def salespeople(self) -> pd.DataFrame:
        """One row per person who ever worked in the market."""
        return self.makers["salespeople"]()

    @cached_property
    def firms(self) -> pd.DataFrame:
        """One row per firm that ever was in the market."""
        return self.makers["firms"]()

    @cached_property
    def customers(self) -> pd.DataFrame:
        """One row per place that is taken at the end."""
        return self.makers["customers"]()

    @cached_property
    def orders(self) -> pd.DataFrame | None:
        """One row per deal, or None unless it was asked for."""
        return self.makers["orders"]()

    def whole(self) -> Self:
        """Return the result with every table made, which needs nothing of the run any more."""
        for name in TABLES:
            getattr(self, name)
        self.makers = {}
        return self

    def __getstate__(self) -> dict[str, Any]:
        return vars(self.whole())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.scenario.name!r}, seed={self.seed})"


class Books:
    """Collects the months of one run."""

    def __init__(self, scenario: Scenario, seed: int, *, orders: bool = False) -> None:
        self.scenario = scenario
        self.seed = seed
        self.strategies = [s.name for s in scenario.strategies_used()]
        self.groups = list(scenario.firms)
        cells = len(self.groups) * len(self.strategies)
        self.steps = scenario.steps
        self.burn_in, self.last = scenario.burn_in * self.steps, (scenario.burn_in + scenario.months) * self.steps
        self.monthly = np.zeros((self.last, cells, len(TALLY.names or ()) + 1), np.int64)
        self.market = np.zeros(self.last, MARKET_SUMS)
        self.former: list[dict[str, NDArray[Any]]] = []
        self.closed: list[dict[str, NDArray[Any]]] = []
        self.orders: list[dict[str, NDArray[Any]]] | None = [] if orders else None
        self.months = self.noted = 0

    @property
    def sums(self) -> NDArray[np.int64]:
        """The months of the market as numbers, in the same memory."""
        return self.market.view(np.int64).reshape(len(self.market), -1)

    def enter(self, state: State, month: int) -> None:
        """Enter a finished month."""
        collect(state, month, self.monthly[month - 1], self.sums[month - 1])
        self.months = month
        self.note_deals(state, month)

    def note_deals(self, state: State, month: int) -> None:
        """Keep the deals of a finished month, once, if orders are asked for."""
        if self.orders is not None and month > max(self.burn_in, self.noted):
            self.noted = month
            self.orders.append(self._deals(state, month))

    def _of_months(self, of_steps: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the books of the months after the burn-in, of which all steps are played.

        Everything adds up but the number of people, which is that at the end of the month.
        """
        played = of_steps[self.burn_in : self.months]
        parts = played[: len(played) // self.steps * self.steps].reshape(-1, self.steps, *played.shape[1:])
        found = parts.sum(axis=1)
        people = -1 if of_steps is self.monthly else (MARKET_SUMS.names or ()).index("customers")
        found[..., people] = parts[:, -1, ..., people]
        return found

    def _month(self, step: Any) -> Any:
        """Return the month to which a step belongs; 1 is the first after the burn-in."""
        return -((self.burn_in - step) // self.steps)

    def latest(self, name: str) -> NDArray[np.int64]:
        """Return a column of `longgame.sim.columns.MONTHLY` in the latest month, by group of firms.

        Money is in cents, means are sums of the engine's fixed point.
        """
        k = [*(TALLY.names or ()), "salespeople"].index(name)
        return self._of_months(self.monthly)[-1, :, k].reshape(len(self.groups), -1).sum(axis=1)

    def farewell(self, state: State, month: int, rows: NDArray[np.intp]) -> None:
        """Enter the records of people who leave at the end of a month."""
        if len(rows) and month > self.burn_in:
            self.former.append(self._people(state, rows, left=month))

    def close(self, state: State, month: int, firms: NDArray[np.intp], why: int) -> None:
        """Enter the records of firms that end with a month."""
        if len(firms) and month > self.burn_in:
            self.closed.append(self._firms(state, firms, month, why))

    def result(self, state: State) -> Result:
        """Return the tables of all months entered so far; the state must not change before they are made."""
        makers = {
            "monthly": self._monthly_table,
            "market": self._market_table,
            "salespeople": lambda: self._salespeople_table(state),
            "firms": lambda: self._firms_table(state),
            "customers": lambda: self._customers_table(state),
            "orders": lambda: self._orders_table(state),
        }
        names, columns = tuple(group.name for group in self.groups), (*(TALLY.names or ()), "salespeople")
        months = Months(self._of_months(self.monthly), columns, names, tuple(self.strategies))
        return Result(self.scenario, int(self.seed), months, makers)

    # -- tables -----------------------------------------------------------------------------------

    def _labels(self, cells: NDArray[Any]) -> dict[str, Any]:
        """Return group, organisation and strategy of cells as categories."""
        import pandas as pd

        group, strategy = np.divmod(cells, len(self.strategies))
        organisations = np.array([["singleton", "herd"].index(g.organisation) for g in self.groups])
        return {
            "group": pd.Categorical.from_codes(group, [g.name for g in self.groups]),
            "organisation": pd.Categorical.from_codes(organisations[group], ["singleton", "herd"]),
            "strategy": pd.Categorical.from_codes(strategy, self.strategies),
        }

    def _monthly_table(self) -> pd.DataFrame:
        import pandas as pd

        numbers = self._of_months(self.monthly)
        months, cells = np.nonzero(numbers.any(axis=2))
        rows = numbers[months, cells]
        table: dict[str, Any] = {"month": months + 1, **self._labels(cells)}
        for k, name in enumerate(TALLY.names or ()):
            table[name] = rows[:, k] / CENTS if MONTHLY[name].unit == MONEY else rows[:, k]
        table["salespeople"] = rows[:, -1]
        for mean, count in (("satisfaction", "deals"), ("trust", "visits"), ("client_trust", "client_visits")):
            n = table[count]
            table[mean] = np.where(n > 0, table[mean] / (FIXED_POINT * np.maximum(n, 1)), np.nan)
        return pd.DataFrame({name: table[name] for name in MONTHLY})

    def _market_table(self) -> pd.DataFrame:
        import pandas as pd

        sums = self._of_months(self.sums).view(MARKET_SUMS)[:, 0]
        table: dict[str, Any] = {"month": np.arange(1, len(sums) + 1)}
        needs = sums["needs"]
        for name in MARKET_SUMS.names or ():
            if MARKET[name].unit.startswith("mean"):
                table[name] = np.where(needs > 0, sums[name] / (FIXED_POINT * np.maximum(needs, 1)), np.nan)
            else:
                table[name] = sums[name]
        return pd.DataFrame({name: table[name] for name in MARKET})

    def _people(self, state: State, rows: NDArray[np.intp], left: int) -> dict[str, NDArray[Any]]:
        person, career = state.salespeople[rows], state.career[rows]
        return {
            "salesperson": person["id"].copy(),
            "post": person["post"].astype(np.int64),
            "firm": state.firms["id"][person["firm"]],
            "cell": person["cell"].copy(),
            "skill": person["skill"].copy(),
            "position": person["position"].copy(),
            "hired": np.maximum(self._month(person["hired"].astype(np.int64)), 1),
            "left": np.full(len(rows), self._month(left)),
            "reason": person["leaving"].copy(),
            "late_deals": state.recent_deals[rows].sum(axis=1),
            **{name: career[name].copy() for name in career.dtype.names or ()},
        }

    def _salespeople_table(self, state: State) -> pd.DataFrame:
        import pandas as pd

        here = np.flatnonzero(state.salespeople["hired"] <= self.months + 1)
        now = self._people(state, here, left=self.burn_in)
        parts = [*self.former, now]
        table: dict[str, Any] = {name: np.concatenate([part[name] for part in parts]) for name in now}
        table |= self._labels(table["cell"])
        table["left"] = pd.array(table["left"], dtype="Int64")
        table["left"][table["left"] == 0] = pd.NA
        table["reason"] = pd.Categorical.from_codes(table["reason"], [_REASONS[k] for k in sorted(_REASONS)])
        for name in ("revenue", "refunds", "pay", "profit"):
            table[name] = table[name] / CENTS
        frame = pd.DataFrame({name: table[name] for name in SALESPEOPLE})
        return frame.sort_values(["post", "hired"], ignore_index=True)

    def _firms(self, state: State, rows: NDArray[np.intp], closed: int, why: int) -> dict[str, NDArray[Any]]:
        firm = state.firms[rows]
        return {
            "firm": firm["id"].copy(),
            "post": firm["post"].astype(np.int64),
            "group": firm["group"].copy(),
            "founded": self._month(np.maximum(firm["founded"], 1).astype(np.int64)),
            "closed": np.full(len(rows), self._month(closed)),
            "reason": np.full(len(rows), why),
            "members": firm["staff"].astype(np.int64),
            **{name: firm[name].copy() for name in ("years", "losses", "revenue", "profit")},
        }

    def _firms_table(self, state: State) -> pd.DataFrame:
        import pandas as pd

        open_now = np.flatnonzero(state.firms["founded"] <= self.months + 1)
        parts = [*self.closed, self._firms(state, open_now, self.burn_in, 0)]
        table: dict[str, Any] = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        table |= {name: self._labels(table["group"] * len(self.strategies))[name] for name in ("group", "organisation")}
        table["closed"] = pd.arrays.IntegerArray(table["closed"], table["closed"] == 0)
        table["reason"] = pd.Categorical.from_codes(table["reason"], _ENDINGS)
        for name in ("revenue", "profit"):
            table[name] = table[name] / CENTS
        return pd.DataFrame({name: table[name] for name in FIRMS}).sort_values(["post", "founded"], ignore_index=True)

    def _customers_table(self, state: State) -> pd.DataFrame:
        import pandas as pd

        places = np.flatnonzero(state.arrived >= 0)
        n = len(places)
        favourite, trust, remembered, loyalty = (
            np.empty(n, kind) for kind in (np.int32, np.float64, np.int64, np.float64)
        )
        look_back(state, places, favourite, trust, remembered, loyalty)
        # One column at a time: with ten million customers a copy of all records would not fit beside them.
        person = {name: state.customers[name] for name in CUSTOMER.names or ()}
        person |= {name: state.accounts[name] for name in ACCOUNT.names or ()}
        person |= {"arrived": state.arrived, "prosperity": state.prosperity}
        person |= {"rate": state.rate * np.float32(self.steps)}
        table = {
            "customer": customer_ids(state, places),
            "place": places,
            "arrived": np.maximum(self._month(person["arrived"][places].astype(np.int64)), 0).astype(np.int16),
            **{
                name: person[name][places].astype(float)
                for name in ("rate", "stake", "need", "prosperity", "expected_price")
            },
            "trust_general": general_trust({name: person[name][places] for name in ("good", "bad")}, state.params[0]),
            "remembered": remembered,
            "favourite": pd.arrays.IntegerArray(
                np.where(favourite >= 0, state.salespeople["id"][favourite], 0), favourite < 0
            ),
            "trust_favourite": trust,
            "loyalty": loyalty,
            "deals": person["deals"][places],
            **{name: person[name][places] / CENTS for name in ("spent", "refunded", "surplus")},
        }
        return pd.DataFrame({name: table[name] for name in CUSTOMERS}, copy=False)

    def _deals(self, state: State, month: int) -> dict[str, NDArray[Any]]:
        visits = state.visits[: int(state.n_visits[0])]
        visits = visits[visits["outcome"] >= SOLD]
        person = state.salespeople[visits["seller"]]
        places = visits["customer"]
        return {
            "customer": customer_ids(state, places),
            "salesperson": person["id"],
            "firm": state.firms["id"][person["firm"]],
            "month": np.full(len(visits), self._month(month)),
            "cell": person["cell"],
            "repeat": visits["client"] > 0,
            "exchange": visits["outcome"] - np.uint8(FIRST_OUTCOME),
            "satisfaction": visits["x"],
            "source": visits["source"],
            "failure": visits["issue"] * (2 - visits["solved"]),
            **{name: visits[name] for name in ("price", "refund", "stake", "delivered", "claim")},
        }

    def _orders_table(self, state: State) -> pd.DataFrame | None:
        import pandas as pd

        if self.orders is None:
            return None
        parts = self.orders or [self._deals(state, 0)]
        table: dict[str, Any] = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        table |= self._labels(table["cell"])
        table["amount"] = table["price"] / CENTS
        table["refund"] = table["refund"] / CENTS
        for name in ("delivered", "claim"):
            table[name] = np.round(table[name] * table["stake"]) / CENTS
        table["source"] = pd.Categorical.from_codes(table["source"], SOURCES)
        table["failure"] = pd.Categorical.from_codes(table["failure"], FAILURES)
        table["exchange"] = pd.Categorical.from_codes(table["exchange"], OUTCOMES)
        return pd.DataFrame({name: table[name] for name in ORDERS})
