"""Claims over markets, written down: shares in words, a table with one line a claim, what decides as a sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from longgame.experiments.claim import AnyClaim
from longgame.experiments.evidence.ensemble import Ensemble, effective
from longgame.experiments.figures.over_markets import PLAUSIBLE, PRIOR, figure_map, figure_shares
from longgame.experiments.inference.deciding import Deciding, Region, deciding
from longgame.experiments.studies.over_markets import SAYS, Sample, heard, shares
from longgame.experiments.studies.over_markets_stored import Told
from longgame.experiments.study import Draw, Findings, headline
from longgame.experiments.words import DIAL_WORDS, listed, many, number
from longgame.sim.refusals import meaning_of


def meaning(dial: str) -> str:
    """Return what a dial means, in words.

    Examples
    --------
    >>> meaning("firms.herds"), meaning("customers.rate")
    ('share of salespeople in herds', 'mean number of needs of a customer, per month')
    """
    return DIAL_WORDS.get(dial) or ", ".join(filter(None, meaning_of(dial)))


def bound(dial: str, low: float, high: float) -> str:
    """Write between which values a dial lies.

    Examples
    --------
    >>> bound("switch.record", 0.5, math.inf), bound("customers.rate", 0.2123, math.inf)
    ('`switch.record` is on', '`customers.rate` is above 0.212')
    >>> bound("trust.prior", 0.2, 0.3)
    '`trust.prior` is between 0.2 and 0.3'
    """
    if dial.startswith("switch."):
        return f"`{dial}` is {'on' if low > 0 else 'off'}"
    if math.isinf(low):
        return f"`{dial}` is at most {number(high)}"
    if math.isinf(high):
        return f"`{dial}` is above {number(low)}"
    return f"`{dial}` is between {number(low)} and {number(high)}"


def where(region: Region) -> str:
    """Write where a region lies."""
    return listed([bound(dial, *ends) for dial, ends in region.bounds.items()])


def percent(share: float) -> str:
    """Write a share.

    Examples
    --------
    >>> percent(0.834), percent(float("nan"))
    ('83 %', 'n/a')
    """
    return "n/a" if math.isnan(share) else f"{100 * share:.0f} %"


def said(found: Deciding) -> str:
    """Write what decides in a sentence with numbers that can be checked."""
    if not found.dials:
        return "No one or two dials tell where."
    best = found.best
    return f"Where {where(best)}: in {percent(best.share)}. Elsewhere: in {percent(found.elsewhere)}."


def table(shown: pd.DataFrame, decided: Mapping[str, str], heads: Mapping[str, str]) -> pd.DataFrame:
    """Return one line a claim: shares among plausible markets, that of the prior beside it, what decides.

    Parameters
    ----------
    shown : pandas.DataFrame
        From `shares`.
    decided, heads : mapping of str to str
        Sentences and headlines by claim.
    """
    rows = []
    for claim in dict.fromkeys(shown["claim"]):
        here = shown[shown["claim"] == claim].set_index(["sample", "says"])
        cells = {"claim": f"{claim}: {heads[claim]}"}
        for says in SAYS:
            share = here.loc[(PLAUSIBLE, says)]
            interval = f" ({100 * share['low']:.0f} to {100 * share['high']:.0f})" if says in ("for", "against") else ""
            cells[says] = percent(share["share"]) + interval
        cells["for, in the prior"] = (
            percent(here.loc[(PRIOR, "for")]["share"]) if (PRIOR, "for") in here.index else "n/a"
        )
        rows.append({**cells, "holds most": decided[claim]})
    return pd.DataFrame(rows)


def findings(
    ensemble: Ensemble,
    compared: pd.DataFrame,
    samples: Sequence[Sample],
    points: pd.DataFrame,
    claims: Mapping[str, AnyClaim],
    among: int,
    about: Mapping[str, Any],
) -> tuple[Findings, Told]:
    """Return what was found of claims over an ensemble, and the part of it that is kept.

    Parameters
    ----------
    ensemble : Ensemble
    compared : pandas.DataFrame
        From `over_markets.compare`.
    samples : sequence of Sample
        `PLAUSIBLE` first, then `PRIOR`.
    points : pandas.DataFrame
        Dials by market, of both samples.
    claims : mapping of str to AnyClaim
        In the order in which they are shown.
    among : int
        Claims that are read side by side.
    about : mapping
        What it takes to do it again.
    """
    says = heard(compared)
    counted = shares(says, samples, among)
    counted["claim"] = pd.Categorical(counted["claim"], list(claims))
    counted = counted.sort_values("claim", kind="stable").astype({"claim": str}).reset_index(drop=True)
    decided = {claim: _decided(claim, says, samples[0], points) for claim in dict.fromkeys(counted["claim"])}
    heads = {name: headline(claim.text) for name, claim in claims.items()}
    sentences = {claim: said(found) for claim, found in decided.items()}
    plausible = samples[0]
    weights = np.array(list(plausible.weights.values()))
    seeds = int(compared["n"].max()) if len(compared) else 0
    told = (
        f"{many(len(weights), 'market')} of the ensemble {ensemble.name}, which agree with the evidence, count like "
        f"{effective(weights):.0f} of one weight. Beside them: {many(len(samples[1].weights), 'market')} of the prior. "
        f"{many(seeds, 'seed')} of each.",
        f"Shares are of markets. Intervals are for {many(among, 'claim')} read side by side (Bonferroni).",
        "Mixed: some comparisons are clear for the claim, others clear against it. Undecided: not clear.",
        *(f"{dial}: {meaning(dial)}." for dial in dict.fromkeys(d for found in decided.values() for d in found.dials)),
    )
    found = Findings(
        "claims",
        f"Claims over plausible markets: {ensemble.name}",
        sentences=told,
        shown={"Claims": table(counted, sentences, heads)},
        tables={
            "shares": counted,
            "markets": says,
            "compared": compared,
            "dials": points.rename_axis("market").reset_index(),
        },
        figures=_figures(counted, says, decided, points, samples, heads),
        about=about,
    )
    return found, Told(ensemble.name, counted, heads, sentences, about)


def _decided(claim: str, says: pd.DataFrame, sample: Sample, points: pd.DataFrame) -> Deciding:
    """Return what decides a claim among the markets of a sample."""
    here = says[says["claim"] == claim].set_index("market")["says"].reindex(list(sample.weights))
    holds = (here == "for").to_numpy(bool)
    return deciding(points.loc[list(sample.weights)], holds, np.array(list(sample.weights.values())))


def _figures(
    counted: pd.DataFrame,
    says: pd.DataFrame,
    decided: Mapping[str, Deciding],
    points: pd.DataFrame,
    samples: Sequence[Sample],
    heads: Mapping[str, str],
) -> Mapping[str, Draw]:
    """Return the strip of every claim, and a map of the dials that decide each claim that has some."""
    drawn: dict[str, Draw] = {"shares": partial(figure_shares, shares={"": counted})}
    for claim, found in decided.items():
        if found.dials:
            here = says[says["claim"] == claim].set_index("market")["says"].reindex(points.index).fillna("undecided")
            drawn[f"map-{claim}"] = partial(
                figure_map, points=points, says=here, weights=samples[0].weights, found=found, title=heads[claim]
            )
    return drawn
