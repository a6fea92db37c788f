"""What the commands of the strategy lab share: strategies that take part, and their market."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from longgame.experiments.cli.carry import carry_out
from longgame.experiments.cli.options import Chosen, Market, Running, between, reader

if TYPE_CHECKING:
    from longgame.experiments.study import Experiment
    from longgame.sim.strategy import Strategy

#: As `longgame.experiments.design.arms.ORGANISATIONS`; importing that would slow down every `--help`.
Organisation = Literal["singleton", "herd"]

#: Runs of every market: enough for verdicts on all pairs of the library at once (`inference.effects.fewest`).
SEEDS = 16

#: Names of strategies, and files of the user's own.
Strategies = Annotated[
    str,
    Parameter(
        metavar="STRATEGY",
        help="Names from `longgame list`, and files of your own: .toml with [[strategies]], .py with Strategy objects, "
        "which is run (default, and beside files alone: all that have a name).",
    ),
]
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

    def carry_out(self, study: Experiment, seeds: int, running: Running, out: str | None, line: str) -> int:
        """Run a study of these strategies, as `carry.carry_out` does."""
        strategies = {name: one.model_dump(mode="json") for name, one in self.strategies.items()}
        name = self.name(study.name)
        return carry_out(
            study,
            self.chosen,
            seeds,
            name=name,
            running=running,
            out=out,
            line=line,
            about={"organisation": self.organisation, "strategies": strategies},
        )

    def name(self, command: str) -> str:
        """Return a name that differs where market, organisation or strategies do."""
        name = self.chosen.name(command)
        if self.organisation != "singleton":
            name += f"-{self.organisation}"
        if self.named:
            said = "\n".join(strategy.model_dump_json() for strategy in self.strategies.values())
            name += f"-{zlib.crc32(said.encode()):08x}"[:7]
        return name
