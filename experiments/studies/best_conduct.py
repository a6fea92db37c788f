"""The best conduct in a given market: a budgeted search over dials, told without the winner's curse.

A candidate is a strategy that treats everybody alike, by one conduct. It sells as one arm of a market that it
shares with rivals, or has a market of its own, and is worth what it earns there: profit per salesperson-year.
Differential evolution (Storn & Price 1997; SciPy) proposes generations of candidates, each run as one plan.
All candidates share the search seeds (common random numbers).

Whoever comes out first of many has had luck. So the foremost few are run again on other seeds, which choose
among them, and what the chosen one earns is told from a third set of seeds that neither stage has seen,
beside the library's strategies in the same place.

Over the markets of an ensemble, a market takes the place of a seed: some markets for the search, others to choose, and
others again to tell what the chosen one earns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from longgame.experiments.design.arms import SHARED, Arm, markets
from longgame.experiments.design.plan import Answer, Plan
from longgame.experiments.inference.effects import Effect, effect_of, paired
from longgame.experiments.inference.pairs import PROFIT_UNIT
from longgame.experiments.measures.kept import AT_END
from longgame.sim.library import STRATEGIES
from longgame.sim.scenario import Scenario
from longgame.sim.strategy import Conduct, Strategy

#: What every candidate is called, so that equal ones are the same run in any search.
FITTED = "fitted"

#: Strategies that the chosen conduct is set beside, in its place: the essays' two opponents.
BESIDE = ("adversarial", "collaborative")

#: Dials that are searched by default, each with its range: those in which the two opponents differ most.
DIALS = {
    "discovery": (0.0, 1.0),
    "overpromise": (0.0, 1.0),
    "pressure": (0.0, 1.0),
    "markup": (0.0, 1.0),
    "aftercare": (0.0, 1.0),
}

#: Digits of a dial: finer differences mean nothing, and equal candidates need not be run twice.
DIGITS = 2

#: Candidates of a generation at least: differential evolution takes no fewer.
FEWEST = 5

#: Seeds of a market of an ensemble: what differs from market to market is luck as well.
ONE_RUN = (0,)

#: Candidates that are run again on other seeds.
FINALISTS = 6


@dataclass(frozen=True)
class Contest:
    """Where a conduct is to do well.

    Attributes
    ----------
    scenario : Scenario
        Everything but the firms; its months are the horizon.
    dials : mapping of str to (float, float)
        Dials that are searched, and their ranges.
    rivals : tuple of str
        Strategies with which the market is shared in equal parts; none: a market of its own.
    organisation : {"singleton", "herd"}
    base : Conduct
        What the other dials are.
    over : tuple of Scenario
        Markets of an ensemble, one per seed, instead of runs of `scenario`, which then stands for them.
    """

    scenario: Scenario
    dials: Mapping[str, tuple[float, float]]
    rivals: tuple[str, ...]
    organisation: str
    base: Conduct
    over: tuple[Scenario, ...] = ()

    def strategy(self, places: Sequence[float]) -> Strategy:
        """Return the strategy with the searched dials at these values."""
        values = {
            dial: min(max(round(float(value), DIGITS), low), high)
            for (dial, (low, high)), value in zip(self.dials.items(), places, strict=True)
        }
        return Strategy(
            name=FITTED,
            description="The best conduct that a search found.",
            origin="longgame fit-strategy",
            with_prospects=self.base.but(**values),
        )

    def market(self, strategy: str | Strategy, scenario: Scenario | None = None) -> Scenario:
        """Return the market in which a strategy has the place of the candidate."""
        arms = [self._arm(strategy), *(Arm(rival, self.organisation) for rival in self.rivals)]
        return markets(scenario or self.scenario, arms)[SHARED if self.rivals else arms[0].name]

    def _arm(self, strategy: str | Strategy) -> Arm:
        return Arm(strategy, self.organisation, label=FITTED)

    def worth(self, strategies: Sequence[str | Strategy], seeds: tuple[int, ...], answer: Answer) -> pd.DataFrame:
        """Return profit per salesperson-year of every strategy in the candidate's place: seeds × strategies.

        Equal strategies are run once.
        """
        scenarios = [self.over[seed] for seed in seeds] if self.over else [self.scenario]
        asked = [[self.market(strategy, scenario) for strategy in strategies] for scenario in scenarios]
        places = {market.key(): market for row in asked for market in row}
        table = answer(Plan(places, ONE_RUN if self.over else seeds, (AT_END,)))[AT_END.name]
        group = self._arm(FITTED).name
        worth = table[table["group"] == group].pivot(index="seed", columns="market", values="profit")
        rows = [worth.loc[:, [market.key() for market in row]].set_axis(range(len(row)), axis=1) for row in asked]
        return pd.concat(rows).set_axis(list(seeds)) if self.over else rows[0]


@dataclass(frozen=True)
class Fit:
    """The conduct that was found.

    Attributes
    ----------
    contest : Contest
    strategy : Strategy
    profit : Effect
        What it earns on fresh seeds, per salesperson-year.
    ahead : mapping of str to Effect
        How much more than each of `BESIDE` in the same place, on the same fresh seeds.
    searched : float
        What it earned on the search seeds: more, by the winner's curse.
    finalists : pandas.DataFrame
        Searched dials of every finalist, ``profit`` on the seeds that chose among them, and ``as_good``:
        not clearly behind the chosen one there.
    evaluations : int
        Different candidates that were run.
    """

    contest: Contest
    strategy: Strategy
    profit: Effect
    ahead: Mapping[str, Effect]
    searched: float
    finalists: pd.DataFrame
    evaluations: int

    def dial(self, name: str) -> float:
        """Return a dial of the conduct."""
        return getattr(self.strategy.with_prospects, name)

    def between(self, name: str) -> tuple[float, float]:
        """Return the range of a dial among the finalists that are as good."""
        good = self.finalists.loc[self.finalists["as_good"], name]
        return float(good.min()), float(good.max())

    @property
    def way(self) -> float:
        """How far the conduct is on the way from adversarial (0) to collaborative (1), in searched dials.

        The place of its projection on the line between both, each dial as a part of its range.
        """
        dials, (start, end) = self.contest.dials, (STRATEGIES[name].with_prospects for name in BESIDE)

        def parts(conduct: Conduct) -> np.ndarray:
            return np.array([getattr(conduct, d) / (high - low) for d, (low, high) in dials.items()])

        line = parts(end) - parts(start)
        return float((parts(self.strategy.with_prospects) - parts(start)) @ line / max(line @ line, 1e-12))


def seed_sets(search: int, choose: int, report: int) -> tuple[tuple[int, ...], ...]:
    """Return three sets of seeds that share none.

    Examples
    --------
    >>> seed_sets(2, 1, 2)
    ((0, 1), (2,), (3, 4))
    """
    ends = np.cumsum([0, search, choose, report])
    return tuple(tuple(range(a, b)) for a, b in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True))


def population_of(dials: int, budget: int) -> int:
    """Return candidates in a generation: five to a dial, fewer where fewer than four generations fit."""
    return max(FEWEST, min(5 * dials, budget // 4))


def fit(
    contest: Contest,
    answer: Answer,
    *,
    budget: int,
    seeds: Sequence[tuple[int, ...]],
    seed: int,
    tell: Callable[[str], None] = lambda text: None,
) -> Fit:
    """Search, choose among the foremost on other seeds, and measure the chosen one on fresh ones.

    Parameters
    ----------
    contest : Contest
    answer : callable
        Runs a plan and returns its tables.
    budget : int
        Candidates of the search at most.
    seeds : sequence of tuple of int
        From `seed_sets`.
    seed : int
        Of the search itself.
    tell : callable
    """
    search, choose, report = seeds
    found: dict[tuple[float, ...], float] = {}

    def worth(candidates: np.ndarray) -> np.ndarray:
        rounded = [tuple(np.round(c, DIGITS).tolist()) for c in candidates]
        new = [c for c in dict.fromkeys(rounded) if c not in found]
        if new:
            means = contest.worth([contest.strategy(c) for c in new], search, answer).mean()
            found.update(zip(new, means.tolist(), strict=True))
        tell(f"{len(found)} candidates, the best at {max(found.values()):,.0f}")
        return np.array([found[c] for c in rounded])

    evolve(worth, list(contest.dials.values()), budget, seed, start=_known(contest))
    ranked = sorted(found, key=lambda c: (-found[c], c))[:FINALISTS]
    strategies = [contest.strategy(c) for c in ranked]
    again = contest.worth(strategies, choose, answer)
    best = int(again.mean().to_numpy().argmax())
    behind = [effect_of(again[k] - again[best], unit=PROFIT_UNIT).sign == -1 for k in range(len(ranked))]
    finalists = pd.DataFrame(ranked, columns=list(contest.dials)).assign(
        profit=again.mean().to_numpy(), as_good=~np.array(behind)
    )
    fresh = contest.worth([strategies[best], *BESIDE], report, answer)
    ahead = {
        name: paired(fresh[0], fresh[k], unit=PROFIT_UNIT, at={"beside": name}) for k, name in enumerate(BESIDE, 1)
    }
    return Fit(
        contest,
        strategies[best],
        effect_of(fresh[0], unit=PROFIT_UNIT),
        ahead,
        found[ranked[best]],
        finalists,
        len(found),
    )


def _known(contest: Contest) -> list[list[float]]:
    """Return the searched dials of both opponents, as far as the ranges allow."""
    return [
        [float(np.clip(getattr(STRATEGIES[name].with_prospects, d), *ends)) for d, ends in contest.dials.items()]
        for name in BESIDE
    ]


def evolve(
    worth: Callable[[np.ndarray], np.ndarray],
    ranges: Sequence[tuple[float, float]],
    budget: int,
    seed: int,
    start: Sequence[Sequence[float]] = (),
) -> np.ndarray:
    """Return the candidate of largest worth that differential evolution finds.

    Parameters
    ----------
    worth : callable
        Takes candidates (n × dials) and returns what each is worth.
    ranges : sequence of (float, float)
    budget : int
        Candidates at most; at least one generation is made.
    seed : int
    start : sequence
        Candidates of the first generation; the rest of it is spread evenly (Latin hypercube).
    """
    from scipy.optimize import differential_evolution
    from scipy.stats import qmc

    size = population_of(len(ranges), budget)
    low, high = np.array(ranges, dtype=float).T
    rng = np.random.default_rng(seed)
    spread = qmc.scale(qmc.LatinHypercube(len(ranges), rng=rng).random(size), low, high)
    first = np.vstack([*(np.array([c], dtype=float) for c in start), spread])[:size]
    result = differential_evolution(
        lambda x: -worth(x.T),
        list(zip(low, high, strict=True)),
        init=first,
        vectorized=True,
        updating="deferred",
        maxiter=max(0, budget // size - 1),
        tol=0,
        polish=False,
        rng=rng,
    )
    return np.asarray(result.x)


# -- what came out ------------------------------------------------------------------------------------


def table(fits: Sequence[Fit]) -> pd.DataFrame:
    """Return a row per fit: horizon, way, dials and their ranges, profit and gains on fresh seeds."""
    rows = []
    for found in fits:
        row: dict[str, float] = {"months": found.contest.scenario.months, "way": found.way}
        for dial in found.contest.dials:
            row[dial] = found.dial(dial)
            row[f"{dial}_from"], row[f"{dial}_to"] = found.between(dial)
        effects = {"profit": found.profit, **{f"more than {name}": e for name, e in found.ahead.items()}}
        for name, effect in effects.items():
            row |= {name: effect.value, f"{name}_from": effect.low, f"{name}_to": effect.high}
        row |= {"n": found.profit.n, "on search seeds": found.searched, "candidates": found.evaluations}
        rows.append(row)
    return pd.DataFrame(rows)


def finalists(fits: Sequence[Fit]) -> pd.DataFrame:
    """Return every finalist of every fit."""
    return pd.concat([f.finalists.assign(months=f.contest.scenario.months) for f in fits], ignore_index=True)
