"""How often verdicts of `invade` are wrong, on markets where the truth is known.

``python -m longgame.experiments.studies.error_rates`` prints a table; the how-to page *tournament*
records one.

In a market of one strategy a tenth of the salespeople are called invaders: they sell as all others do, so the
true gap is 0 and *invaded* and *stable* are false. Their gaps in many runs, with the luck of posts left in
(taken off, copies differ by exactly nothing), are real noise with a known mean. Studies are drawn from it:
so many pairs, so many seeds, verdicts at the level for all pairs. With the noise moved to the smallest
difference worth having, *neutral* is false instead.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from longgame.experiments.design.arms import ORGANISATIONS
from longgame.experiments.design.compositions import by_post, market, market_firms, monoculture, part_of
from longgame.experiments.inference.games import Array
from longgame.experiments.studies.invasion import INVADED, NEUTRAL, RARE, STABLE, gap_effect, level_for, verdict
from longgame.experiments.tables import markdown_table
from longgame.sim.scenario import Scenario


def copies_gaps(scenario: Scenario, strategy: str, organisation: str, seeds: Sequence[int]) -> Array:
    """Return what a tenth who sell as all others do earned beyond them, in every run. True mean: 0."""
    from longgame.sim import run

    firms = market_firms(scenario, organisation)
    alone = market(scenario, monoculture(strategy, firms, organisation))
    found = []
    for seed in seeds:
        profit = by_post(run(alone, seed))["profit"].to_numpy()
        few = len(profit) // firms * part_of(firms, RARE)
        found.append(profit[-few:].mean() - profit[:-few].mean())
    return np.array(found)


def wrong(
    noise: Array, *, pairs: int, seeds: int, studies: int, shift: float, worth: float, rng: np.random.Generator
) -> dict[str, float]:
    """Return the share of studies in which any pair gets a verdict, for each verdict that can be false.

    Parameters
    ----------
    noise : array
        Gaps whose true mean is 0; each study draws from them with replacement, their mean taken off.
    pairs, seeds, studies : int
    shift : float
        True gap.
    worth : float
        Smallest difference worth having.
    rng : numpy.random.Generator
    """
    gaps = noise - noise.mean() + shift
    level = level_for(pairs)
    counts = dict.fromkeys((INVADED, STABLE, NEUTRAL), 0)
    for _ in range(studies):
        said = {verdict(gap_effect(rng.choice(gaps, seeds).tolist(), level, worth)) for _ in range(pairs)}
        for name in counts:
            counts[name] += name in said
    return {name: count / studies for name, count in counts.items()}


def main() -> None:
    """Print false verdicts, per hundred studies, of a small market in both organisations."""
    scenario = Scenario(months=36).but({"customers.count": 800})
    rng = np.random.default_rng(1)
    heads = ("market", "noise", "pairs", "seeds", "invaded (true gap 0)", "stable (0)", "neutral (worth having)")
    rows = []
    for organisation in ORGANISATIONS:
        for strategy in ("collaborative", "adversarial"):
            noise = copies_gaps(scenario, strategy, organisation, range(400))
            for pairs, seeds in ((2, 8), (2, 16), (12, 16)):
                studies = 1200 // pairs
                how = {"pairs": pairs, "seeds": seeds, "studies": studies, "rng": rng}
                still = wrong(noise, shift=0.0, worth=0.0, **how)
                # As wide a zone as makes equivalence provable at all with so much noise.
                worth = 3.0 * float(noise.std()) * (2.5 if pairs > 2 or seeds < 16 else 1) / np.sqrt(seeds)
                edge = wrong(noise, shift=worth, worth=worth, **how)
                shares = (still[INVADED], still[STABLE], edge[NEUTRAL])
                where = (f"{strategy} {organisation}", f"{noise.std():,.0f}", str(pairs), str(seeds))
                rows.append((*where, *(f"{share:.1%}" for share in shares)))
    print(markdown_table(heads, rows))


if __name__ == "__main__":
    main()
