"""``longgame fit-strategy``: the best conduct in a market, by horizon."""

from __future__ import annotations

import argparse
import os
import sys
import textwrap
from collections.abc import Sequence
from functools import partial
from typing import Any

from longgame.experiments.cli.options import (
    MOST_MONTHS,
    MOST_SEEDS,
    add_running,
    add_scenario,
    chosen_scenario,
    file_name,
    name_of_run,
    results_path,
    running,
    screen_width,
    seed_number,
    whole_number,
)
from longgame.experiments.tables import text_table
from longgame.experiments.words import many


def add(command: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    command.add_argument(
        "--against",
        nargs="*",
        metavar="STRATEGY",
        help="rivals who share the market in equal parts, by name or from files of your own (default "
        "adversarial collaborative; none: a market of its own)",
    )
    command.add_argument("--organisation", choices=["singleton", "herd"], default="singleton", help="default singleton")
    command.add_argument(
        "--dials",
        nargs="+",
        metavar="DIAL[=LOW:HIGH]",
        help="dials of the conduct to search (default discovery overpromise pressure markup aftercare)",
    )
    command.add_argument(
        "--base",
        metavar="STRATEGY",
        default="collaborative",
        help="strategy whose conduct gives the other dials (default collaborative)",
    )
    command.add_argument(
        "--horizons",
        nargs="+",
        type=whole_number("months", MOST_MONTHS),
        metavar="MONTHS",
        help="a search for each of these horizons (default: the scenario's months)",
    )
    add_scenario(command)
    command.add_argument(
        "--budget",
        type=whole_number("candidates", 1_000_000),
        metavar="N",
        default=200,
        help="candidates of a search at most (default 200)",
    )
    command.add_argument(
        "--seeds",
        type=whole_number("seeds", MOST_SEEDS),
        metavar="N",
        default=4,
        help="runs of a candidate (default 4)",
    )
    command.add_argument(
        "--fresh",
        type=whole_number("seeds", MOST_SEEDS),
        metavar="N",
        default=20,
        help="runs on other seeds: of the foremost candidates to choose among, and then of the chosen one to "
        "tell what it earns (default 20)",
    )
    command.add_argument("--seed", type=seed_number, metavar="N", default=1, help="of the search (default 1)")
    add_running(command)
    command.add_argument(
        "--out", type=file_name, metavar="DIR", help="where the results go (default results/fit-strategy)"
    )


def run(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    """Search the best conduct for every horizon; print it, and write scenarios, tables and the figure."""
    import json

    from pydantic import ValidationError

    from longgame.experiments.figures.style import save
    from longgame.experiments.reports.folder import results_folder
    from longgame.experiments.runs.workers import Failed, Lost, Workers
    from longgame.experiments.studies import best_conduct as fit
    from longgame.experiments.studies import best_conduct_figure as fit_figure
    from longgame.sim.errors import InputError, refusals
    from longgame.sim.scenario_files import dump_scenario

    scenario = chosen_scenario(options)
    contests = _contests(options, scenario)
    out = results_path("fit-strategy", options, scenario)
    seeds = fit.seed_sets(options.seeds, options.fresh, options.fresh)
    fits: list[Any] = []
    with results_folder(out) as draft, running(options) as how, Workers(**how) as workers:
        answer = partial(workers.tables, name=name_of_run("fit-strategy", options, scenario), whole=True)
        try:
            _announce(contests, options, seeds)
            for contest in contests:
                fits.append(
                    fit.fit(
                        contest,
                        answer,
                        budget=options.budget,
                        seeds=seeds,
                        seed=options.seed,
                        tell=lambda text, months=contest.scenario.months: _tell(f"{months} months: {text}"),
                    )
                )
                found = fits[-1]
                market = contest.market(found.strategy).but(name=f"fitted-{contest.scenario.months}")
                dump_scenario(market, draft / f"{market.name}.toml", comments=_comments(found, arguments))
        except ValidationError as error:
            raise InputError(f"--scenario: cannot hold the arms of the market: {refusals(error)}") from None
        except (Lost, Failed) as error:
            _tell(f"longgame: {error}; finished runs are kept in {options.store}")
            return 1
        fit.table(fits).to_csv(draft / "fits.csv", index=False, float_format="%.10g")
        fit.finalists(fits).to_csv(draft / "finalists.csv", index=False, float_format="%.10g")
        text = json.dumps(_about(options, arguments, scenario, seeds), indent=2, ensure_ascii=False) + "\n"
        (draft / "about.json").write_text(text, encoding="utf-8")
        save(lambda figure: fit_figure.draw(figure, fits), draft / "figures" / "fit")
    _say(fits, options.base)
    print(textwrap.fill(fit_figure.finding(fits) + ".", screen_width()))
    print(f"Scenarios with the strategy: {out}{os.sep}fitted-*.toml; figure: {out}{os.sep}figures{os.sep}")
    return 0


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _contests(options: argparse.Namespace, scenario: Any) -> list[Any]:
    """Return the market of every horizon."""
    from longgame.experiments.design.entrants import declared
    from longgame.experiments.studies import best_conduct as fit
    from longgame.sim.errors import InputError

    if options.budget < fit.FEWEST:
        raise InputError(f"--budget {options.budget}: is no search; give at least {fit.FEWEST} candidates")
    rivals = list(fit.BESIDE) if options.against is None else options.against
    rivals, scenario = declared(rivals, "--against", scenario)
    if len(set(rivals)) < len(rivals):
        raise InputError("--against: names a strategy twice; name each rival once")
    if fit.FITTED in rivals:
        raise InputError(f"--against {fit.FITTED}: is what the candidate is called; rename that strategy")
    (base,), scenario = declared([options.base], "--base", scenario, most=1)
    base = scenario.strategy(base).with_prospects
    dials = _dials(options.dials) if options.dials else dict(fit.DIALS)
    horizons = sorted(set(options.horizons or [scenario.months]))
    kept = scenario.but(strategies=[s.model_dump() for s in scenario.strategies if s.name != fit.FITTED])
    return [fit.Contest(kept.but(months=months), dials, rivals, options.organisation, base) for months in horizons]


def _dials(texts: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Read the dials of the conduct, with their ranges."""
    import math

    from pydantic import ValidationError

    from longgame.sim.errors import InputError, nearest
    from longgame.sim.refusals import problems
    from longgame.sim.strategy import Conduct

    found: dict[str, tuple[float, float]] = {}
    for text in texts:
        name, _, ends = text.partition("=")
        if name not in Conduct.model_fields:
            help = nearest(name, Conduct.model_fields)
            raise InputError(f"--dials {name}: is not a dial of a conduct; {help}")
        if name in found:
            raise InputError(f"--dials {name}: is named twice")
        try:
            low, high = (float(end) for end in ends.split(":")) if ends else (0.0, 1.0)
        except ValueError:
            low = high = math.nan
        if not low < high:
            raise InputError(f"--dials {text}: is no range; write {name}=LOW:HIGH, the lower number first")
        for value in (low, high):
            try:
                Conduct().but(**{name: value})
            except ValidationError as error:
                raise InputError(*problems(error, Conduct, {}, f"--dials {text}")) from None
        found[name] = (low, high)
    return found


def _announce(contests: Sequence[Any], options: argparse.Namespace, seeds: Sequence[Sequence[int]]) -> None:
    """Say how many runs there will be at most, and about how long they take."""
    from longgame.experiments.cli.options import cores
    from longgame.experiments.runs.speed import minutes
    from longgame.experiments.studies import best_conduct as fit

    search, choose, report = (len(s) for s in seeds)
    each = options.budget * search + fit.FINALISTS * choose + (1 + len(fit.BESIDE)) * report
    markets = [contest.market("collaborative") for contest in contests]
    work = each * sum(m.customers.count * m.months for m in markets)
    workers = options.workers or cores()
    _tell(
        f"fit-strategy: {many(len(contests), 'search', 'searches')}"
        + f" of {many(options.budget, 'candidate')} at most, {len(contests) * each:,} runs at most, "
        f"{minutes(work, workers)}; the same command goes on where it was stopped"
    )


def _comments(fit: Any, arguments: Sequence[str]) -> list[str]:
    """Return the head of a scenario file."""
    return [
        f"Best conduct found by: longgame {' '.join(arguments)}",
        f"Profit per salesperson-year on fresh seeds: {fit.profit}",
        *(f"More than {name} in the same place: {effect}" for name, effect in fit.ahead.items()),
    ]


def _about(
    options: argparse.Namespace, arguments: Sequence[str], scenario: Any, seeds: Sequence[Sequence[int]]
) -> dict[str, Any]:
    """Return what is needed to do it again."""
    from longgame.experiments.runs.provenance import commit, versions
    from longgame.sim.scenario import MODEL_VERSION

    names = ("search", "choose", "report")
    return {
        "command": " ".join(["longgame", *arguments]),
        "seed": options.seed,
        "budget": options.budget,
        "seeds": {name: list(part) for name, part in zip(names, seeds, strict=True)},
        "key": scenario.key(),
        "model": MODEL_VERSION,
        "commit": commit(),
        "versions": versions(),
    }


def _say(fits: Sequence[Any], base: str) -> None:
    """Print the dials of every horizon, beside the opponents', and what they earn."""
    from longgame.experiments.studies.best_conduct_figure import opponents
    from longgame.experiments.words import number, years

    dials = list(fits[0].contest.dials)
    heads = ["", *dials, "profit (95%)", *(f"more than {name}" for name in fits[0].ahead)]
    rows = [heads]
    for fit in fits:
        cells = [number(fit.dial(d)) for d in dials]
        effects = [
            f"{number(e.value)} ({number(e.low)} to {number(e.high)})" for e in (fit.profit, *fit.ahead.values())
        ]
        rows.append([years(fit.contest.scenario.months), *cells, *effects])
    rows += [
        [n, *(number(v) for v in d.values()), "", *[""] * len(fits[0].ahead)] for n, d in opponents(fits[0]).items()
    ]
    print(text_table(rows))
    text = (
        f"Money per salesperson-year, n = {fits[0].profit.n} seeds that neither search nor choice has seen. "
        f"Dials that were not searched are those of {base}."
    )
    print(f"\n{textwrap.fill(text, screen_width())}")
