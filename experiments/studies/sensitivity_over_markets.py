"""Which dials the effect of a claim goes with, over the markets of an ensemble and over its prior.

The outcome is the mean over the comparisons that decide the claim's first verdict, in every market. What moves it among
guesses need not move it among markets that agree with the evidence: there, what is known holds dials together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, cast

import numpy as np
import pandas as pd

from longgame.experiments.figures.over_markets import PLAUSIBLE, PRIOR, figure_importance
from longgame.experiments.inference.importance import Importance, importance
from longgame.experiments.studies.over_markets import Sample
from longgame.experiments.studies.over_markets_report import meaning, percent
from longgame.experiments.study import Findings, headline
from longgame.experiments.words import many, number
from longgame.sim.errors import InputError

#: Markets with an effect below which nothing can be learned of dials.
FEWEST = 20

SEED = 20_260_102


def outcomes(compared: pd.DataFrame) -> pd.Series:
    """Return the mean effect of a claim by market, in the unit of the claim.

    Parameters
    ----------
    compared : pandas.DataFrame
        From `over_markets.compare`, of one claim.
    """
    return cast(pd.Series, compared.groupby("market", sort=False)["mean"].mean())


def findings(
    name: str,
    text: str,
    compared: pd.DataFrame,
    samples: Sequence[Sample],
    points: pd.DataFrame,
    about: Mapping[str, Any],
) -> Findings:
    """Return which dials the effect of a claim goes with.

    Parameters
    ----------
    name : str
        The ensemble.
    text : str
        The claim.
    compared : pandas.DataFrame
        From `over_markets.compare`.
    samples : sequence of Sample
        `PLAUSIBLE` and `PRIOR`.
    points : pandas.DataFrame
        Dials by market.
    about : mapping
        What it takes to do it again.

    Raises
    ------
    InputError
        If too few markets have an effect.
    """
    effect, found = outcomes(compared), {}
    for sample in samples:
        weights = _in(sample, effect)
        if len(weights) >= FEWEST:
            found[sample.name] = importance(points.loc[weights.index], effect[weights.index], weights.to_numpy(), SEED)
    if PLAUSIBLE not in found:
        raise InputError(f"--markets {name}: fewer than {FEWEST} of its markets have an effect; take more of them")
    unit, shown, weights = str(compared["unit"].iloc[0]), table(found), _in(samples[0], effect)
    mean = float(np.average(effect[weights.index], weights=weights))
    return Findings(
        "sensitivity",
        f"What moves the effect among plausible markets: {headline(text)}",
        sentences=(
            _said(found[PLAUSIBLE]),
            f"The effect is in {unit}; its mean over {many(len(weights), 'market')} of the ensemble {name} is "
            f"{number(mean)}.",
            "Importance: loss of explained variance in markets left out, once a dial is shuffled. "
            "A dial counts where it does better than every shuffled copy.",
            *(f"{dial}: {meaning(dial)}." for dial in shown["dial"]),
        ),
        shown={"Dials": shown},
        tables={
            "importance": pd.concat([one.table.assign(sample=sample) for sample, one in found.items()]),
            "effects": effect.rename("effect").reset_index(),
            "dials": points.rename_axis("market").reset_index(),
        },
        figures={"importance": partial(figure_importance, found={key: one.table for key, one in found.items()})},
        about=about,
    )


def _in(sample: Sample, effect: pd.Series) -> pd.Series:
    """Return the weights of the markets of a sample that have an effect."""
    return pd.Series({market: weight for market, weight in sample.weights.items() if market in effect.index})


def table(found: Mapping[str, Importance]) -> pd.DataFrame:
    """Return the dials that count among plausible markets or in the prior, as they are read."""
    ours = found[PLAUSIBLE].table
    before = found[PRIOR].table.set_index("dial") if PRIOR in found else None
    rows = []
    for row in ours.itertuples():
        guessed = before is not None and bool(before.loc[row.dial, "counts"])
        if not row.counts and not guessed:
            continue
        cells = {
            "dial": row.dial,
            "importance": f"{row.importance:.2f}" if row.counts else "none",
            "effect as it rises": _way(row.direction) if row.counts else "",
        }
        if before is not None:
            cells["in the prior"] = f"{before.loc[row.dial, 'importance']:.2f}" if guessed else "none"
        rows.append(cells)
    heads = ["dial", "importance", "effect as it rises", *(["in the prior"] if before is not None else [])]
    return pd.DataFrame(rows, columns=heads)


def _way(direction: float) -> str:
    """Write a rank correlation."""
    if abs(direction) < 0.1:
        return "neither way"
    return f"{'rises' if direction > 0 else 'falls'} ({direction:+.2f})"


def _said(found: Importance) -> str:
    """Say how much the dials foretell, and which counts most."""
    first = found.table.iloc[0]
    if not first["counts"]:
        return "No dial foretells the effect among plausible markets."
    told = percent(max(found.explained, 0.0))
    return f"`{first['dial']}` counts most; all dials together foretell {told} of the variance among plausible markets."
