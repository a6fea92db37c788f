"""The figure of fitted conducts: how the best one changes with the horizon, and what it earns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from longgame.experiments.design.arms import SINGLETON, Arm
from longgame.experiments.figures.axes import bars, headline, label_ends, money_axis, panels, runs
from longgame.experiments.figures.axes import zero_line as zero
from longgame.experiments.figures.looks import OKABE_ITO, look
from longgame.experiments.figures.style import line_width
from longgame.experiments.studies.best_conduct import BESIDE, Fit
from longgame.experiments.words import years
from longgame.sim.library import STRATEGIES

#: Colours, markers and lines of the dials, in the order in which they are searched.
_COLOURS = ("blue", "orange", "green", "purple", "vermillion", "sky", "black")
_MARKERS = "o^sDvXP"
_LINES = ("-", "--", "-.", ":")


def draw(figure: Figure, fits: Sequence[Fit]) -> None:
    """Fill a figure with the searched dials and the gain over both opponents, by horizon."""
    left, right = panels(figure, 2, height=2.4)
    months = [fit.contest.scenario.months for fit in fits]
    _dials(left, fits, months)
    _gains(right, fits, months)
    for ax in (left, right):
        if _by_factors(months):
            ax.set_xscale("log")
        ax.xaxis.set_major_locator(FixedLocator(months))
        ax.xaxis.set_minor_locator(NullLocator())
        ax.set_xticks(months, [f"{m / 12:g}" for m in months])
        ax.set_xlabel("horizon in years")
        ax.margins(x=0.06)
    first = fits[0]
    headline(
        figure,
        finding(fits),
        f"Differential evolution, up to {max(f.evaluations for f in fits)} candidates a search. Best "
        "conduct: bars = range among finalists that are not clearly worse. Gain: in the same place, "
        f"{runs(first.profit.n)} on fresh seeds, mean and 95% interval (BCa bootstrap).",
    )


def finding(fits: Sequence[Fit]) -> str:
    """Say how the best conduct changes with the horizon.

    The scale runs from the dials of the adversarial strategy (0%) to those of the collaborative (100%).
    """
    first, last = fits[0], fits[-1]
    contest = first.contest
    rivals = f"beside {' and '.join(contest.rivals)} rivals" if contest.rivals else "in a market of its own"
    kind = "a singleton" if contest.organisation == SINGLETON else "a herd"
    short = years(first.contest.scenario.months)
    said = (
        f"The best conduct found for {kind} {rivals} is {_way(first)} of the way from adversarial to "
        f"collaborative over {short}"
    )
    if len(fits) > 1:
        said += f" and {_way(last)} over {years(last.contest.scenario.months)}"
    better = [name for name in first.ahead if any(fit.ahead[name].sign == -1 for fit in fits)]
    return f"{said}; yet {' and '.join(better)} clearly earns more there" if better else said


def _way(fit: Fit) -> str:
    return f"{fit.way:.0%}".replace("-", "−")


def _by_factors(months: Sequence[int]) -> bool:
    """Whether horizons stand on a logarithmic axis."""
    return len(months) > 1 and months[-1] / months[0] >= 8


def _beside(months: Sequence[int], part: float) -> np.ndarray:
    """Return places beside horizons, a part of the axis away, so that bars do not cover each other."""
    at = np.array(months, dtype=float)
    return at * (at[-1] / at[0]) ** part if _by_factors(months) else at + part * (at[-1] - at[0] or 1.0)


def _dials(ax, fits: Sequence[Fit], months: Sequence[int]) -> None:
    """Draw a line per searched dial, as a part of its range."""
    ends = []
    shifts = np.linspace(-0.015, 0.015, max(2, len(fits[0].contest.dials)))
    for k, (dial, (low, high)) in enumerate(fits[0].contest.dials.items()):
        colour = OKABE_ITO[_COLOURS[k % len(_COLOURS)]]
        values = np.array([fit.dial(dial) for fit in fits])
        ranges = np.array([fit.between(dial) for fit in fits])
        places = _beside(months, shifts[k])
        parts, lows, highs = ((v - low) / (high - low) for v in (values, ranges[:, 0], ranges[:, 1]))
        ax.errorbar(
            places,
            parts,
            yerr=[parts - lows, highs - parts],
            **bars(),
            color=colour,
            marker=_MARKERS[k % len(_MARKERS)],
            linestyle=_LINES[k % len(_LINES)],
        )
        ends.append((float(parts[-1]), dial, colour))
    ax.set_ylim(-0.05, 1.05)
    ax.set_ylabel("dial (part of its range)")
    ax.set_title("Best conduct")
    label_ends(ax, ends)


def _gains(ax, fits: Sequence[Fit], months: Sequence[int]) -> None:
    """Draw how much more the best conduct earns than each opponent in the same place."""
    ends = []
    for k, name in enumerate(BESIDE):
        its = look(Arm(name, SINGLETON))
        effects = [fit.ahead[name] for fit in fits]
        values = np.array([e.value for e in effects])
        below, above = (np.nan_to_num([abs(getattr(e, end) - e.value) for e in effects]) for end in ("low", "high"))
        ax.errorbar(
            _beside(months, 0.02 * k - 0.01),
            values,
            yerr=[below, above],
            **bars(),
            color=its.colour,
            marker=its.marker,
            linestyle="-" if k else "--",
            linewidth=line_width(),
        )
        ends.append((float(values[-1]), f"against {name}", its.colour))
    zero(ax)
    money_axis(ax)
    ax.set_ylabel("money per salesperson-year")
    ax.set_title("Gain in profit over the opponents")
    label_ends(ax, ends)


def opponents(fit: Fit) -> dict[str, dict[str, float]]:
    """Return the searched dials of both opponents, to set beside the conduct."""
    return {
        name: {dial: getattr(STRATEGIES[name].with_prospects, dial) for dial in fit.contest.dials} for name in BESIDE
    }
