"""Which markets agree with what is known of markets: an ensemble, by history matching in waves.

Dials that move nothing are set to what the configuration has (total Sobol indices, screening). The others are searched
in waves: runs, emulators of every target, points ruled out whose implausibility is above 3 (Vernon et al. 2010;
Andrianakis et al. 2015; McCulloch et al. 2022). The runs in what is left get weights by approximate Bayesian
computation. Then the same procedure has to find markets that the model made itself, and numbers that chose nothing
are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from longgame.experiments.design.plan import Answer, Measure
from longgame.experiments.evidence import checks, posterior, screening, waves
from longgame.experiments.evidence.emulator import all_learned, one_thread
from longgame.experiments.evidence.implausibility import Target, on_scale
from longgame.experiments.evidence.model import Markets
from longgame.experiments.evidence.priors import space_of, varied
from longgame.experiments.evidence.report import Made, findings
from longgame.experiments.evidence.sampling import maximin
from longgame.experiments.evidence.space import Space
from longgame.experiments.evidence.table import Kind, Row, rows, targets
from longgame.experiments.study import Findings
from longgame.experiments.words import many
from longgame.sim.configurations import CONFIGURATIONS
from longgame.sim.scenario import Scenario

#: A target that fewer of the first points show is one that these markets cannot show.
SHOWN = 0.05


@dataclass(frozen=True)
class Budget:
    """How much is run.

    Attributes
    ----------
    points : int
        Points of a wave per dial.
    screen : int
        Points of the screening per dial.
    waves : int
        At most.
    truths : int
        Markets that are to be found again.
    truth_waves : int
        Waves for each of them; the first is shared and costs nothing.
    """

    points: int = 20
    screen: int = 6
    waves: int = 6
    truths: int = 10
    truth_waves: int = 1


QUICK = Budget(points=4, screen=2, waves=2, truths=2)


def measures() -> tuple[Measure, ...]:
    """Return the measures that give the numbers of the table."""
    from longgame.experiments.measures.evidence import EVIDENCE
    from longgame.experiments.measures.evidence_compared import EVIDENCE_TEST

    return EVIDENCE, EVIDENCE_TEST


@dataclass(frozen=True)
class Matching:
    """The search for an ensemble of one kind of market.

    Attributes
    ----------
    kind : Kind
    budget : Budget
    without : sequence of str
        Targets that are left out.
    seed : int
        Of designs, populations and emulators.
    tell : callable
        Takes a line on how far it is.
    names : sequence of str, optional
        Dials that may vary; all of `priors.space_of` if left out.
    held : sequence of str
        Dials that stay where the scenario has them, as do all in which it differs from the configuration.
    """

    kind: Kind
    budget: Budget = Budget()
    without: Sequence[str] = ()
    seed: int = 1
    tell: Callable[[str], None] = field(default=lambda line: None, repr=False)
    names: Sequence[str] | None = None
    held: Sequence[str] = ()
    name: str = "ensemble"
    text: str = __doc__ or ""

    def run(self, scenario: Scenario, seeds: tuple[int, ...], answer: Answer) -> Findings:
        """Search, weigh and check.

        Parameters
        ----------
        scenario : Scenario
            The configuration of the kind; numbers that differ from it are held in all markets.
        seeds : tuple of int
            Runs of every point, at least two.
        answer : callable
        """
        with one_thread():
            return self._run(scenario, seeds, answer)

    def _run(self, scenario: Scenario, seeds: tuple[int, ...], answer: Answer) -> Findings:
        """Carry out the parts one after another."""
        fit = [target for target in targets(self.kind) if target.name not in self.without]
        tests = [row for row in rows("test", self.kind) if row.measure == "evidence_test"]
        whole, fixed = self._whole(scenario)
        columns = [*(target.name for target in fit), *(row.id for row in tests)]
        model = Markets(self.kind, whole, fixed, measures(), columns, answer)
        table, names = self._screened(model, fit, seeds)
        space, held = varied(self.kind, names)
        model = replace(model, space=space, fixed={**{n: held[n] for n in held if n in whole.names}, **fixed})
        self.tell(f"{many(len(space), 'dial')} of {len(whole)} move a target or are switches of structure")
        return self._matched(model, fit, tests, seeds, table)

    def _whole(self, scenario: Scenario) -> tuple[Space, dict[str, Any]]:
        """Return the dials that may vary, and the numbers that are held and differ from the configuration."""
        fixed = _differing(scenario, CONFIGURATIONS[self.kind])
        allowed = space_of(self.kind) if self.names is None else space_of(self.kind).only(self.names)
        return allowed.only([name for name in allowed.names if name not in {*fixed, *self.held}]), fixed

    def _screened(
        self, model: Markets, fit: Sequence[Target], seeds: tuple[int, ...]
    ) -> tuple[pd.DataFrame, list[str]]:
        """Return total Sobol indices, and the names of the dials that stay: all, where nothing could be emulated."""
        space, rng = model.space, np.random.default_rng([self.seed, 100])
        places = space.snapped(maximin(max(30, self.budget.screen * len(space)), len(space), rng))
        self.tell(f"screening: {many(len(places), 'point')} of {many(len(space), 'dial')}")
        values = model(places, seeds)
        scaled = np.stack([on_scale(target, values[:, :, k]) for k, target in enumerate(fit)], axis=2)
        found, _ = all_learned([target.name for target in fit], places, scaled, self.seed)
        found = [one for one in found if one.predicts]
        table = screening.indices(space, found, self.seed)
        return table, screening.staying(table, space) if found else space.names

    def _matched(
        self, model: Markets, fit: list[Target], tests: list[Row], seeds: tuple[int, ...], table: pd.DataFrame
    ) -> Findings:
        """Return the findings of waves, weights and checks."""
        points, budget = self.budget.points * len(model.space), self.budget
        history, hidden = self._waves(model, fit, points, seeds)
        shown = [target for target in fit if target.name not in hidden]
        kept = [k for k, name in enumerate(model.columns) if name not in hidden]

        def visible(places: np.ndarray, at: tuple[int, ...]) -> np.ndarray:
            return model(places, at)[:, :, kept]

        candidates = None
        if history.conflict is None:
            self.tell("weights: runs in what is left")
            candidates = posterior.gathered(history, visible, points, seeds, self.seed)
        self.tell(f"{many(budget.truths, 'known truth')}")
        recovered = None
        if budget.truths:
            how = {"points": points, "seeds": seeds, "waves": budget.truth_waves, "seed": self.seed}
            recovered = checks.recovery(history, visible, truths=budget.truths, **how)
        made = Made(
            self.kind,
            model.space,
            shown,
            tests,
            history,
            candidates,
            table,
            recovered,
            tuple(sorted(hidden)),
            tuple(self.without),
            dict(model.fixed),
            self.seed,
            seeds,
            model.runs,
        )
        return findings(made, self.text)

    def _waves(
        self, model: Markets, fit: list[Target], points: int, seeds: tuple[int, ...]
    ) -> tuple[waves.History, set[str]]:
        """Return the history of all waves, and the targets that these markets cannot show."""
        rng = np.random.default_rng([self.seed, 0])
        start = waves.begin(model.space, fit, rng)
        places = waves.design(start, points, rng)
        self.tell(f"wave 1: {many(len(places), 'point')}")
        values = model(places, seeds)
        defined = np.isfinite(values).any(axis=1).mean(axis=0)
        hidden = {target.name for k, target in enumerate(fit) if defined[k] < SHOWN}
        kept = [k for k, name in enumerate(model.columns) if name not in hidden]
        start = replace(start, targets=tuple(target for target in fit if target.name not in hidden))
        history = waves.learn(start, places, values[:, :, kept], rng, self.seed)
        self._told(history)

        def visible(places: np.ndarray, at: tuple[int, ...]) -> np.ndarray:
            return model(places, at)[:, :, kept]

        more = {"points": points, "seeds": seeds, "waves": self.budget.waves, "seed": self.seed}
        return waves.match(history, visible, tell=self._told, **more), hidden

    def _told(self, history: waves.History) -> None:
        """Report what a wave has left."""
        last = history.waves[-1]
        self.tell(
            f"wave {len(history.waves)}: {history.share:.2g} of the prior is left; "
            f"{len(last.emulators)} of {len(history.targets)} emulators predict"
        )


def _differing(scenario: Scenario, base: Scenario) -> dict[str, Any]:
    """Return the numbers of a scenario that differ from its configuration."""
    theirs = {path: value for path, _, value in base.numbers()}
    return {path: value for path, _, value in scenario.numbers() if value != theirs[path]}
