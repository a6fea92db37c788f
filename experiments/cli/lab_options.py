"""What the commands of the strategy lab share: who takes part, in which market, and the payoff table."""

from __future__ import annotations

import argparse
import sys
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from longgame.experiments.cli.options import (
    MOST_SEEDS,
    add_running,
    add_scenario,
    chosen_scenario,
    file_name,
    name_of_run,
    running,
    tell_failures,
    whole_number,
)
from longgame.experiments.words import many

#: As `longgame.experiments.design.arms` knows them; importing that would slow down every `--help`.
SINGLETON, HERD = ORGANISATIONS = ("singleton", "herd")

#: Runs of every market: enough for verdicts on all pairs of the library at once (`statistics.fewest`).
SEEDS = 16


def dial_value(dial: str) -> Any:
    """Return a converter for the value of a dial that runs from 0 to 1."""

    def convert(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if not 0 <= value <= 1:
            raise argparse.ArgumentTypeError(f"is {text!r}; {dial} must be a number from 0 to 1")
        return value

    return convert


def add(command: argparse.ArgumentParser, out: str) -> None:
    """Add the options that every command of the lab has."""
    command.add_argument(
        "strategies",
        metavar="STRATEGY",
        nargs="*",
        help="names from `longgame list`, and files of your own: .toml with [[strategies]], .py with "
        "Strategy objects, which is run (default, and beside files alone: all that have a name)",
    )
    command.add_argument(
        "--organisation",
        choices=ORGANISATIONS,
        default=SINGLETON,
        help="whether all sell alone or in herds (default singleton)",
    )
    command.add_argument(
        "--noise",
        type=dial_value("noise"),
        metavar="X",
        help="standard deviation of what is delivered, in stakes (offer.quality_noise)",
    )
    command.add_argument(
        "--turnover",
        type=dial_value("turnover"),
        metavar="X",
        help="probability that a customer leaves the market in a month (customers.churn)",
    )
    add_scenario(command)
    command.add_argument(
        "--seeds",
        type=whole_number("seeds", MOST_SEEDS),
        default=SEEDS,
        metavar="N",
        help=f"runs of every market (default {SEEDS})",
    )
    add_running(command)
    command.add_argument(
        "--out",
        type=file_name,
        metavar="DIR",
        help=f"where the results go (default results/{out}, with six letters of what was chosen)",
    )


def add_payoff(command: argparse.ArgumentParser, default: str, why: str) -> None:
    """Add the choice of what a payoff is."""
    command.add_argument(
        "--payoff",
        choices=["profit", "pay"],
        default=default,
        help=f"profit of the firm after all costs, or pay of the salesperson (default {default}{why})",
    )


@dataclass(frozen=True)
class Chosen:
    """What the options choose.

    Attributes
    ----------
    scenario : Scenario
    strategies : mapping of str to Strategy
        Who takes part, in the order of names.
    organisation : str
    firms : int
        Firms in a market of two.
    """

    scenario: Any
    strategies: dict[str, Any]
    organisation: str
    firms: int


def chosen(options: argparse.Namespace) -> Chosen:
    """Return what the options choose.

    Raises
    ------
    InputError
        As `chosen_scenario` and `design.entrants.entrants` do; or if a number is set twice.
    """
    from longgame.experiments.design.compositions import market_firms
    from longgame.experiments.design.entrants import entrants
    from longgame.sim.errors import InputError

    dials = {"noise": "offer.quality_noise", "turnover": "customers.churn"}
    set_too = {text.partition("=")[0].strip() for text in options.settings}
    for name, dial in dials.items():
        value = getattr(options, name)
        if value is not None and dial in set_too:
            raise InputError(f"--{name} {value:g}: sets {dial}, and so does --set; give it once")
        if value is not None:
            options.settings = [*options.settings, f"{dial}={value}"]
    scenario = chosen_scenario(options)
    return Chosen(
        scenario,
        entrants(options.strategies, scenario),
        options.organisation,
        market_firms(scenario, options.organisation),
    )


def results_path(command: str, options: argparse.Namespace, choice: Chosen) -> Any:
    """Return where results go: as asked, else named after the command and what was chosen."""
    from pathlib import Path

    return Path(options.out or Path("results") / run_name(command, options, choice))


def run_name(command: str, options: argparse.Namespace, choice: Chosen) -> str:
    """Return a name that differs where market, organisation or strategies do."""
    name = name_of_run(command, options, choice.scenario)
    if options.organisation != SINGLETON:
        name += f"-{options.organisation}"
    if options.strategies:
        said = "\n".join(strategy.model_dump_json() for strategy in choice.strategies.values())
        name += f"-{zlib.crc32(said.encode()):08x}"[:7]
    return name


def simulate(
    name: str, plan_of: Callable[[], Any], options: argparse.Namespace, choice: Chosen
) -> tuple[Any, Any] | None:
    """Run a plan and return it with its outcome; say what is run, and what failed.

    Returns
    -------
    (Plan, Outcome) or None
        None where there is no whole result: runs failed, or the executor broke down.

    Raises
    ------
    InputError
        If the scenario cannot hold the strategies.
    """
    from pydantic import ValidationError

    from longgame.experiments.runs.runner import run_plan
    from longgame.sim.errors import InputError, refusals

    try:
        plan = plan_of()
    except ValidationError as error:
        raise InputError(f"--scenario: cannot hold these strategies: {refusals(error)}") from None
    scenario = choice.scenario
    print(
        f"{name}: {many(len(choice.strategies), 'strategy', 'strategies')}, "
        f"{many(len(plan.markets), 'market')} x {many(len(plan.seeds), 'seed')} = "
        f"{many(len(plan), 'run')} of about {many(scenario.customers.count, 'customer')} x "
        f"{many(scenario.months, 'month')}",
        file=sys.stderr,
        flush=True,
    )
    with running(options) as how:
        outcome = run_plan(plan, name=run_name(name, options, choice), **how)
    tell_failures(outcome, len(plan), options.store)
    return None if outcome.failures else (plan, outcome)


def payoff_table(
    name: str, compositions: Iterable[Any], options: argparse.Namespace, choice: Chosen
) -> tuple[Any, dict[str, Any]] | None:
    """Simulate compositions and return the payoff table, and what is needed to make it again."""
    from longgame.experiments.design.compositions import payoff_table, plan
    from longgame.experiments.reports.run import about

    wanted = list(compositions)
    made = simulate(
        name, lambda: plan(choice.scenario, wanted, range(options.seeds), choice.strategies), options, choice
    )
    if made is None:
        return None
    return payoff_table(made[1].tables["posts"]), about(["longgame", name], *made)


def write(
    draft: Any,
    tables: dict[str, Any],
    about: dict[str, Any],
    options: argparse.Namespace,
    choice: Chosen,
    arguments: Sequence[str],
) -> None:
    """Write tables as CSV, the strategies that are the user's own, and what is needed to do it again."""
    import json

    from longgame.sim.scenario_files import dump_scenario

    for name, table in tables.items():
        table.to_csv(draft / f"{name}.csv", index=False, float_format="%.10g")
    dump_scenario(choice.scenario, draft / "scenario.toml")
    whole = {
        **about,
        "command": " ".join(["longgame", *arguments]),
        "organisation": options.organisation,
        "strategies": {name: one.model_dump(mode="json") for name, one in choice.strategies.items()},
    }
    (draft / "about.json").write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
