"""Which dials decide the verdict of a claim: tornado, Morris screening, Sobol indices.

The output is the mean over the deciding effects of the claim's first verdict (`flips.mean_effect`): positive
supports the claim. All evaluations share their seeds (common random numbers), so that it is a function of
the dials; luck is in its level, hardly in its differences.

First every dial is turned alone to both ends of its range (tornado), which costs least and is easiest to
read. Then Morris screening (elementary effects; Morris 1991, Campolongo et al. 2007) tells the dials that do
anything anywhere in the space from those that do not. Sobol indices (variance shares; Saltelli et al. 2010,
Jansen 1999) are worked out for the foremost few, all others as the scenario has them. Samples and estimators
are SALib's (extra `sensitivity`), which is imported only here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from longgame.experiments.claim import AnyClaim
from longgame.experiments.design.dials import Dial, turned, value_at
from longgame.experiments.design.plan import Answer, Design, Plan, Tables, apart
from longgame.experiments.inference.effects import Effect, effect_of
from longgame.experiments.inference.flips import first_plan, first_verdict, mean_effect
from longgame.experiments.words import number
from longgame.sim.errors import extra
from longgame.sim.scenario import Scenario

#: Levels of the Morris grid, as most of the literature has it.
LEVELS = 4
RESAMPLES = 1000
LEVEL = 0.95

#: Points evaluated in one plan: enough to keep workers busy, few enough to hold their tables.
BATCH = 48

#: A point: a value for every dial that is turned.
Point = Mapping[Dial, float]

#: Returns the output at every point, NaN where there is none.
Model = Callable[[Sequence[Point]], np.ndarray]


class Unmeasurable(RuntimeError):
    """Too few points gave a number."""


def salib() -> Any:
    """Import SALib.

    Raises
    ------
    InputError
        If the extra is not installed.
    """
    with extra("sensitivity", "sensitivity"):
        import SALib
        import SALib.analyze.morris
        import SALib.analyze.sobol
        import SALib.sample.morris
        import SALib.sample.sobol
    return SALib


# -- the output ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdicts:
    """The first verdict of a claim as a function of dials.

    Parameters
    ----------
    claim : AnyClaim
    scenario : Scenario
    seeds : tuple of int
        The same at every point.
    answer : callable
        Runs a plan and returns its tables.
    tell : callable
        Told how far it is: points done and points in all.
    """

    claim: AnyClaim
    scenario: Scenario
    seeds: tuple[int, ...]
    answer: Answer
    tell: Callable[[int, int], None] = lambda done, total: None

    def plan(self, point: Point) -> Plan:
        """Return what is run at a point."""
        return first_plan(self.claim, turned(self.scenario, point), self.seeds)

    def effects(self, points: Sequence[Point]) -> list[Effect]:
        """Return the mean effect at every point; one whose runs gave nothing is NaN."""
        found: list[Effect] = []
        for start in range(0, len(points), BATCH):
            found += self._batch(points[start : start + BATCH])
            self.tell(len(found), len(points))
        return found

    def __call__(self, points: Sequence[Point]) -> np.ndarray:
        """Return the values of the mean effects."""
        return np.array([effect.value for effect in self.effects(points)])

    def _batch(self, points: Sequence[Point]) -> list[Effect]:
        """Run some points in one plan."""
        plans = [self.plan(point) for point in points]
        markets = Design({})
        for k, plan in enumerate(plans):
            markets |= plan.markets.under(k)
        found = apart(self.answer(Plan(markets, self.seeds, plans[0].measures)))
        return [self._effect(found.get(k)) for k in range(len(points))]

    def _effect(self, tables: Tables | None) -> Effect:
        """Return the mean effect in the tables of a point; NaN where all of its runs failed."""
        if tables is None:
            return effect_of(pd.Series(dtype=float), unit="")
        return mean_effect(first_verdict(self.claim, tables), len(self.seeds))


# -- one dial at a time -------------------------------------------------------------------------------


def tornado_points(scenario: Scenario, dials: Sequence[Dial]) -> list[Point]:
    """Return the scenario itself, then every dial at its low and at its high end."""
    return [{}, *({dial: end} for dial in dials for end in (dial.low, dial.high))]


def tornado(dials: Sequence[Dial], effects: Sequence[Effect]) -> pd.DataFrame:
    """Return the effect at both ends of every dial, the widest swing first.

    Parameters
    ----------
    dials : sequence of Dial
    effects : sequence of Effect
        At `tornado_points`.

    Returns
    -------
    pandas.DataFrame
        ``dial``, ``base`` and, for both ends, value of the dial, effect, interval and n; ``swing``, the
        largest change from one of the three to another; ``flips``, whether the effect is clear of 0 with
        different signs at two of them.
    """
    base, rows = effects[0], []
    for dial, low, high in zip(dials, effects[1::2], effects[2::2], strict=True):
        values = [e.value for e in (base, low, high)]
        rows.append(
            {
                "dial": str(dial),
                "base": base.value,
                **{
                    f"{end}_{part}": value
                    for end, at, e in (("low", dial.low, low), ("high", dial.high, high))
                    for part, value in (("end", at), ("effect", e.value), ("from", e.low), ("to", e.high), ("n", e.n))
                },
                "swing": np.ptp(values),  # not a number where an end is not
                "flips": {1, -1} <= {e.sign for e in (base, low, high)},
            }
        )
    return pd.DataFrame(rows).sort_values("swing", ascending=False, kind="stable", ignore_index=True)


# -- all dials at once --------------------------------------------------------------------------------


def _problem(dials: Sequence[Dial]) -> dict[str, Any]:
    """Return dials as SALib takes them: places from 0 to 1, so that ranges may be gone through by factors."""
    return {"num_vars": len(dials), "names": [str(dial) for dial in dials], "bounds": [[0.0, 1.0]] * len(dials)}


def _points(dials: Sequence[Dial], sample: np.ndarray) -> list[Point]:
    """Return rows of a sample as values of dials."""
    return [{dial: value_at(dial, float(place)) for dial, place in zip(dials, row, strict=True)} for row in sample]


def morris(dials: Sequence[Dial], model: Model, trajectories: int, seed: int) -> pd.DataFrame:
    """Screen dials by their elementary effects (Morris 1991).

    Parameters
    ----------
    dials : sequence of Dial
    model : callable
    trajectories : int
        Each takes a point per dial and one more. One with a point that gave no number is left out.
    seed : int
        Of the sample and of the resampling.

    Returns
    -------
    pandas.DataFrame
        The foremost dial first: ``dial``, ``mu`` (mean elementary effect over the whole range),
        ``mu_star`` (mean of its size, the measure of importance; Campolongo et al. 2007) with its bootstrap
        interval ``low`` to ``high``, ``sigma`` (how much it depends on where the others are), ``n``
        trajectories.

    Raises
    ------
    Unmeasurable
        If fewer than two trajectories are left.
    """
    lib, problem = salib(), _problem(dials)
    sample = lib.sample.morris.sample(problem, trajectories, num_levels=LEVELS, seed=seed)
    found = np.asarray(model(_points(dials, sample)), dtype=float)
    whole = _whole_blocks(found, len(dials) + 1)
    if whole.sum() < 2 * (len(dials) + 1):
        raise _too_few(whole.sum() // (len(dials) + 1), trajectories, "trajectories")
    result = lib.analyze.morris.analyze(
        problem,
        sample[whole],
        found[whole],
        conf_level=LEVEL,
        num_resamples=RESAMPLES,
        num_levels=LEVELS,
        seed=seed + 1,
    )
    star, half = (np.asarray(result[k], dtype=float) for k in ("mu_star", "mu_star_conf"))
    table = pd.DataFrame(
        {
            "dial": problem["names"],
            "mu": np.asarray(result["mu"], dtype=float),
            "mu_star": star,
            "low": np.maximum(star - half, 0.0),
            "high": star + half,
            "sigma": np.asarray(result["sigma"], dtype=float),
            "n": int(whole.sum()) // (len(dials) + 1),
        }
    )
    return table.sort_values("mu_star", ascending=False, kind="stable", ignore_index=True)


@dataclass(frozen=True)
class Sobol:
    """Sobol indices, and what was found on the way.

    Attributes
    ----------
    table : pandas.DataFrame
        ``dial``; ``first`` (share of the variance by the dial alone) and ``total`` (with everything it does
        together with others), each with ``_low`` and ``_high``; ``n`` base samples. The shares are NaN where the
        output is the same everywhere.
    values : numpy.ndarray
        The output at independent points of the space: its two base samples.
    """

    table: pd.DataFrame
    values: np.ndarray

    @property
    def above(self) -> float:
        """Part of the space in which the output is above 0."""
        return float((self.values > 0).mean())


def sobol(dials: Sequence[Dial], model: Model, samples: int, seed: int) -> Sobol:
    """Share the variance of the output out among dials (Saltelli et al. 2010).

    Parameters
    ----------
    dials : sequence of Dial
    model : callable
    samples : int
        Base samples, a power of 2; each takes a point per dial and two more. One with a point that gave no
        number is left out.
    seed : int

    Raises
    ------
    Unmeasurable
        If fewer than eight base samples are left.
    """
    lib, problem, width = salib(), _problem(dials), len(dials) + 2
    sample = lib.sample.sobol.sample(problem, samples, calc_second_order=False, seed=seed)
    found = np.asarray(model(_points(dials, sample)), dtype=float)
    whole = _whole_blocks(found, width)
    if whole.sum() < 8 * width:
        raise _too_few(whole.sum() // width, samples, "base samples")
    left = found[whole]
    bases = left.reshape(-1, width)[:, [0, -1]].ravel()
    names = problem["names"]
    if np.ptp(left) <= 1e-12 * np.abs(left).max():  # nothing varies: no share of nothing is defined
        indices = {key: np.full(len(names), np.nan) for key in ("S1", "ST", "S1_conf", "ST_conf")}
    else:
        # `seed` must not be 0, which SALib takes for none and falls back to the global generator.
        indices = lib.analyze.sobol.analyze(
            problem, left, calc_second_order=False, conf_level=LEVEL, num_resamples=RESAMPLES, seed=seed + 1
        )
    columns: dict[str, Any] = {"dial": names}
    for key, name in (("S1", "first"), ("ST", "total")):
        value, half = np.asarray(indices[key]), np.asarray(indices[f"{key}_conf"])
        columns |= {name: value, f"{name}_low": value - half, f"{name}_high": value + half}
    table = pd.DataFrame({**columns, "n": len(left) // width})
    return Sobol(table.sort_values("total", ascending=False, kind="stable", ignore_index=True), bases)


def _whole_blocks(found: np.ndarray, width: int) -> np.ndarray:
    """Return for every row whether all rows of its block of `width` are numbers."""
    return np.repeat(np.isfinite(found).reshape(-1, width).all(axis=1), width)


def _too_few(left: int, count: int, what: str) -> Unmeasurable:
    """Return the error that too few parts of a sample have an effect at all of their points."""
    return Unmeasurable(
        f"only {left} of {count} {what} have an effect at every point; give narrower ranges (--dials DIAL=LOW:HIGH)"
    )


def foremost(table: pd.DataFrame, dials: Sequence[Dial], top: int) -> list[Dial]:
    """Return the dials that Morris screening puts first, in that order."""
    by_name = {str(dial): dial for dial in dials}
    return [by_name[name] for name in table["dial"][:top]]


def stages(dials: int, trajectories: int, top: int, samples: int) -> Iterator[tuple[str, int]]:
    """Yield every stage with the number of points it takes.

    Examples
    --------
    >>> dict(stages(5, 10, 3, 64))
    {'tornado': 11, 'Morris': 60, 'Sobol': 320}
    """
    yield "tornado", 2 * dials + 1
    yield "Morris", trajectories * (dials + 1)
    yield "Sobol", samples * (min(top, dials) + 2)


def shown(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the tables of all stages as one to read, a row per dial, the most important first."""
    tornado, morris = (tables[name].set_index("dial") for name in ("tornado", "morris"))
    sobol = tables["sobol"].set_index("dial") if "sobol" in tables else None
    rows = []
    for dial in morris.index:
        alone, anywhere = tornado.loc[dial], morris.loc[dial]
        row = {
            "dial": dial,
            "from": number(alone["low_end"]),
            "to": number(alone["high_end"]),
            "effect there": _to(alone["low_effect"], alone["high_effect"]) + " *" * bool(alone["flips"]),
            "mu*": number(anywhere["mu_star"]),
            "its interval": _to(anywhere["low"], anywhere["high"]),
            "first order": "",
            "total": "",
            "interval of the total": "",
        }
        if sobol is not None and dial in sobol.index:
            s = sobol.loc[dial]
            row |= {
                "first order": _share(s["first"]),
                "total": _share(s["total"]),
                "interval of the total": f"{_share(s['total_low'])} to {_share(s['total_high'])}",
            }
            if np.isnan(s["total"]):
                row["interval of the total"] = ""
        rows.append(row)
    return pd.DataFrame(rows)


def _share(value: float) -> str:
    """Write a share of the variance."""
    return "undefined" if np.isnan(value) else f"{value:.2f}"


def _to(low: float, high: float) -> str:
    """Write two numbers."""
    return f"{number(low)} to {number(high)}"
