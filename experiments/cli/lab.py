"""What the commands of the strategy lab share: strategies that take part, their market, and the payoff table."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from longgame.experiments.cli.options import Chosen, Market, between, held, reader, report
from longgame.experiments.words import many

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from longgame.experiments.design.compositions import Composition
    from longgame.experiments.design.plan import Plan
    from longgame.experiments.runs.workers import Workers
    from longgame.sim.strategy import Strategy

#: As `longgame.experiments.design.arms.ORGANISATIONS`; importing that would slow down every `--help`.
Organisation = Literal["singleton", "herd"]

#: Runs of every market: enough for verdicts on all pairs of the library at once (`inference.effects.fewest`).
SEEDS = 16

#: Names of strategies, and files of the user's own.
Strategies = Annotated[str, Parameter(metavar="STRATEGY")]
Payoff = Literal["profit", "pay"]


@Parameter(name="*")
@dataclass(frozen=True)
class Lab:
    """Options of every command of the lab.

    Attributes
    ----------
    organisation : str
        Whether all sell alone or in herds.
    noise : float, optional
        Standard deviation of what is delivered, in stakes (offer.quality_noise).
    turnover : float, optional
        Probability that a customer leaves the market in a month (customers.churn).
    """

    organisation: Organisation = "singleton"
    noise: Annotated[float | None, Parameter(converter=reader(between("noise", 0, 1)), metavar="X")] = None
    turnover: Annotated[float | None, Parameter(converter=reader(between("turnover", 0, 1)), metavar="X")] = None

    def choose(self, words: Sequence[str], market: Market) -> Contest:
        """Return the market with those who take part.

        Raises
        ------
        InputError
            As `Market.load` and `design.entrants.entrants`; or if a number is set twice.
        """
        from longgame.experiments.design.compositions import market_firms
        from longgame.experiments.design.entrants import entrants
        from longgame.sim.errors import InputError

        set_too = {text.partition("=")[0].strip() for text in market.settings}
        more = []
        for option, value, dial in (
            ("--noise", self.noise, "offer.quality_noise"),
            ("--turnover", self.turnover, "customers.churn"),
        ):
            if value is not None and dial in set_too:
                raise InputError(f"{option} {value:g}: sets {dial}, and so does --set; give it once")
            if value is not None:
                more.append(f"{dial}={value}")
        chosen = market.load(*more)
        scenario = chosen.scenario
        firms = market_firms(scenario, self.organisation)
        return Contest(chosen, entrants(words, scenario), bool(words), self.organisation, firms)


@dataclass(frozen=True)
class Contest:
    """A market with those who take part.

    Attributes
    ----------
    chosen : Chosen
    strategies : mapping of str to Strategy
        Those who take part, in the order of names.
    named : bool
        Whether they were named; if not, they are all that have a name.
    organisation : {"singleton", "herd"}
    firms : int
        Firms in a market of two.
    """

    chosen: Chosen
    strategies: dict[str, Strategy]
    named: bool
    organisation: Organisation
    firms: int

    def name(self, command: str) -> str:
        """Return a name that differs where market, organisation or strategies do."""
        name = self.chosen.name(command)
        if self.organisation != "singleton":
            name += f"-{self.organisation}"
        if self.named:
            said = "\n".join(strategy.model_dump_json() for strategy in self.strategies.values())
            name += f"-{zlib.crc32(said.encode()):08x}"[:7]
        return name

    def folder(self, command: str, out: str | None) -> Path:
        """Return where results go: as asked, else named after the command and what was chosen."""
        from pathlib import Path

        return Path(out) if out is not None else Path("results") / self.name(command)

    def about(self) -> dict[str, Any]:
        """Return what it takes to have the same contest again."""
        strategies = {name: one.model_dump(mode="json") for name, one in self.strategies.items()}
        return {"organisation": self.organisation, "strategies": strategies}


def simulate(name: str, plan_of: Callable[[], Plan], contest: Contest, workers: Workers) -> Mapping[str, pd.DataFrame]:
    """Run a plan, report what is run, and return its tables.

    Raises
    ------
    InputError
        If the scenario cannot hold the strategies.
    Failed, Lost
        If a run failed, or the executor broke down.
    """
    with held("these strategies"):
        plan = plan_of()
    scenario = contest.chosen.scenario
    report(
        f"{name}: {many(len(contest.strategies), 'strategy', 'strategies')}, {many(len(plan.markets), 'market')} x "
        f"{many(len(plan.seeds), 'seed')} = {many(len(plan), 'run')} of about "
        f"{many(scenario.customers.count, 'customer')} x {many(scenario.months, 'month')}"
    )
    return workers.tables(plan, contest.name(name), whole=True)


def payoff_table(
    name: str, compositions: Iterable[Composition], contest: Contest, seeds: int, workers: Workers, line: str
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Simulate compositions and return the payoff table, and what is needed to make it again."""
    from longgame.experiments.design import compositions as design
    from longgame.experiments.reports.run import about

    plan = design.plan  # its arguments are those of the contest
    wanted, strategies = list(compositions), contest.strategies
    made: list[Plan] = []

    def planned() -> Plan:
        made.append(plan(contest.chosen.scenario, wanted, range(seeds), strategies))
        return made[0]

    tables = simulate(name, planned, contest, workers)
    assert workers.outcome is not None
    return design.payoff_table(tables["posts"]), about([line], made[0], workers.outcome)


def write(draft: Path, tables: Mapping[str, pd.DataFrame], about: Mapping[str, Any], contest: Contest) -> None:
    """Write tables as CSV, the strategies that take part, and what is needed to do it again."""
    import json

    from longgame.sim.scenario_files import dump_scenario

    for name, table in tables.items():
        table.to_csv(draft / f"{name}.csv", index=False, float_format="%.10g")
    dump_scenario(contest.chosen.scenario, draft / "scenario.toml")
    whole = {**about, **contest.about()}
    (draft / "about.json").write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
