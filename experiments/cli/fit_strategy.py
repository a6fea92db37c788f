"""``longgame fit-strategy``: the best conduct in a market, by horizon."""

from __future__ import annotations

import json
import os
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from longgame.experiments.cli.codes import DONE
from longgame.experiments.cli.options import (
    MOST_MONTHS,
    SEVERAL,
    EnsembleName,
    Folder,
    Line,
    Market,
    Running,
    Seed,
    Seeds,
    folder,
    held,
    reader,
    readers,
    report,
    screen_width,
    whole,
)
from longgame.experiments.tables import text_table
from longgame.experiments.words import many

if TYPE_CHECKING:
    from longgame.experiments.studies.best_conduct import Contest, Fit
    from longgame.sim.scenario import Scenario

Horizons = Annotated[
    tuple[int, ...], SEVERAL, Parameter(converter=readers(whole("months", MOST_MONTHS)), metavar="MONTHS")
]


#: Runs of a candidate, and with --markets the markets in which it is run once.
SEEDS, OVER_MARKETS = 4, 20


@Parameter(name="*")
@dataclass(frozen=True)
class Search:
    """Options of a search.

    Attributes
    ----------
    against : tuple of str, optional
        Rivals who share the market in equal parts, by name or from files of your own (default adversarial
        collaborative; none: a market of its own).
    organisation : str
        Whether all sell alone or in herds.
    dials : tuple of str
        Dials of the conduct to search (default discovery overpromise pressure markup aftercare).
    base : str
        Strategy whose conduct gives the other dials.
    horizons : tuple of int
        A search for each of these horizons (default: the scenario's months).
    budget : int
        Candidates of a search at most.
    fresh : int
        Runs on other seeds: of the foremost candidates to choose among, and then of the chosen one to report what it
        earns.
    seed : int
        Seed of the search.
    """

    against: Annotated[tuple[str, ...] | None, Parameter(consume_multiple=True, metavar="STRATEGY")] = None
    organisation: Literal["singleton", "herd"] = "singleton"
    dials: Annotated[tuple[str, ...], SEVERAL, Parameter(metavar="DIAL[=LOW:HIGH]")] = ()
    base: Annotated[str, Parameter(metavar="STRATEGY")] = "collaborative"
    horizons: Horizons = ()
    budget: Annotated[int, Parameter(converter=reader(whole("candidates", 1_000_000)), metavar="N")] = 200
    fresh: Seeds = 20
    seed: Seed = 1


def fit_strategy(
    *,
    search: Search = Search(),
    market: Market = Market(),
    seeds: Seeds | None = None,
    markets: EnsembleName | None = None,
    running: Running = Running(),
    out: Folder | None = None,
    line: Line,
) -> int:
    """Search the best conduct for every horizon; print it, and write scenarios, tables and the figure.

    Parameters
    ----------
    seeds : int, optional
        Runs of a candidate (default 4; with --markets 20 markets, one run each).
    markets : str, optional
        Search in markets of an ensemble instead of one: a stored ensemble, or a file. Those that search, choose and
        report are different ones, drawn by weight.
    out : str, optional
        Where the results go (default results/fit-strategy).
    """
    from longgame.experiments.figures.style import save
    from longgame.experiments.reports.folder import results_folder
    from longgame.experiments.studies import best_conduct, best_conduct_figure
    from longgame.sim.scenario_files import dump_scenario

    sets = best_conduct.seed_sets(seeds or (OVER_MARKETS if markets else SEEDS), search.fresh, search.fresh)
    if markets is None:
        chosen, over = market.load(), ()
        scenario, name = chosen.scenario, chosen.name("fit-strategy")
    else:
        from longgame.experiments.cli.over_markets import drawn

        ensemble, over = drawn(markets, market, sum(map(len, sets)), search.seed)
        scenario, name = over[0], f"fit-strategy-{ensemble}"
    contests = _contests(search, scenario, over)
    path = folder(name, out)
    fits: list[Fit] = []
    with results_folder(path) as draft, running.open(progress=False) as workers:
        answer = partial(workers.tables, name=name, whole=True)
        with held("the arms of the market"):
            _announce(contests, search, sets, workers.workers)
            for contest in contests:
                months = contest.scenario.months
                found = best_conduct.fit(
                    contest,
                    answer,
                    budget=search.budget,
                    seeds=sets,
                    seed=search.seed,
                    tell=lambda text, months=months: report(f"{months} months: {text}"),
                )
                fits.append(found)
                fitted = contest.market(found.strategy).but(name=f"fitted-{months}")
                dump_scenario(fitted, draft / f"{fitted.name}.toml", comments=_comments(found, line))
        best_conduct.table(fits).to_csv(draft / "fits.csv", index=False, float_format="%.10g")
        best_conduct.finalists(fits).to_csv(draft / "finalists.csv", index=False, float_format="%.10g")
        text = json.dumps(_about(search, line, scenario, sets, markets), indent=2, ensure_ascii=False) + "\n"
        (draft / "about.json").write_text(text, encoding="utf-8")
        save(lambda figure: best_conduct_figure.draw(figure, fits), draft / "figures" / "fit")
    _show(fits, search.base, markets)
    print(textwrap.fill(best_conduct_figure.finding(fits) + ".", screen_width()))
    print(f"Scenarios with the strategy: {path}{os.sep}fitted-*.toml; figure: {path}{os.sep}figures{os.sep}")
    return DONE


def _contests(search: Search, scenario: Scenario, over: Sequence[Scenario]) -> list[Contest]:
    """Return the market of every horizon, or the markets of an ensemble."""
    from longgame.experiments.design.entrants import declared
    from longgame.experiments.studies import best_conduct
    from longgame.sim.errors import InputError

    if search.budget < best_conduct.FEWEST:
        raise InputError(f"--budget {search.budget}: is no search; give at least {best_conduct.FEWEST} candidates")
    rivals = list(best_conduct.BESIDE) if search.against is None else search.against
    rivals, scenario = declared(rivals, "--against", scenario)
    if len(set(rivals)) < len(rivals):
        raise InputError("--against: names a strategy twice; name each rival once")
    if best_conduct.FITTED in rivals:
        raise InputError(f"--against {best_conduct.FITTED}: is what the candidate is called; rename that strategy")
    (base,), scenario = declared([search.base], "--base", scenario, most=1)
    conduct = scenario.strategy(base).with_prospects
    dials = _dials(search.dials) if search.dials else dict(best_conduct.DIALS)
    horizons = sorted(set(search.horizons or [scenario.months]))
    kept = scenario.but(strategies=[s.model_dump() for s in scenario.strategies if s.name != best_conduct.FITTED])
    declared_too = [strategy.model_dump() for strategy in kept.strategies]
    return [
        best_conduct.Contest(
            kept.but(months=months),
            dials,
            rivals,
            search.organisation,
            conduct,
            tuple(one.but(months=months, strategies=declared_too) for one in over),
        )
        for months in horizons
    ]


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


def _announce(contests: Sequence[Contest], search: Search, seeds: Sequence[Sequence[int]], workers: int) -> None:
    """Report how many runs there will be at most, and about how long they take."""
    from longgame.experiments.runs.speed import minutes
    from longgame.experiments.studies import best_conduct

    searched, chosen, reported = (len(s) for s in seeds)
    each = search.budget * searched + best_conduct.FINALISTS * chosen + (1 + len(best_conduct.BESIDE)) * reported
    markets = [contest.market("collaborative") for contest in contests]
    work = each * sum(m.customers.count * m.months for m in markets)
    report(
        f"fit-strategy: {many(len(contests), 'search', 'searches')} of {many(search.budget, 'candidate')} at most, "
        f"{len(contests) * each:,} runs at most, {minutes(work, workers)}; the same command goes on where it was "
        "stopped"
    )


def _comments(fit: Fit, line: str) -> list[str]:
    """Return the head of a scenario file."""
    return [
        f"Best conduct found by: {line}",
        f"Profit per salesperson-year on fresh seeds: {fit.profit}",
        *(f"More than {name} in the same place: {effect}" for name, effect in fit.ahead.items()),
    ]


def _about(
    search: Search, line: str, scenario: Scenario, seeds: Sequence[Sequence[int]], markets: str | None
) -> dict[str, Any]:
    """Return what is needed to do it again."""
    from longgame.experiments.runs.provenance import made_by, versions

    names = ("search", "choose", "report")
    return {
        **made_by(line),
        "seed": search.seed,
        "budget": search.budget,
        "seeds": {name: list(part) for name, part in zip(names, seeds, strict=True)},
        **({"key": scenario.key()} if markets is None else {"ensemble": markets}),
        "versions": versions(),
    }


def _show(fits: Sequence[Fit], base: str, markets: str | None) -> None:
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
        f"Money per salesperson-year, n = {fits[0].profit.n} {'seeds' if markets is None else 'markets'} "
        f"{'' if markets is None else f'of the ensemble {markets} '}that neither search nor choice has seen. "
        f"Dials that were not searched are those of {base}."
    )
    print(f"\n{textwrap.fill(text, screen_width())}")
