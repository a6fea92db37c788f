"""The herd outlives the singleton.

The idea: sellers who share leads, what they know of clients, and a delivery team stay in business where the same
sellers fail each on their own. A firm begins with capital. It fails when its cash is used up.

The claim itself is judged from the founding on. All firms begin in month 1, without a burn-in and unknown to all.
Compared is the share that has not failed after five years (Kaplan & Meier 1958). Beside it stand failures per
firm-year in a market that has gone through its burn-in. There new firms are told of, all runs together, as herds that
never fail leave no room for new herds. The same conduct and price stand on both sides, in the shared market and in
separate ones.

Beside survival stands the ratio of hazards: how many times as often herds fail in a month as singletons of the same
age (Mantel & Haenszel 1959). It takes that ratio to be the same at every age. In the shared market the groups' shares
of all revenue stand beside it.

A singleton also ends when its owner leaves. A herd outlives its members by construction, so such an end is no
failure: it censors. It counts in the last question only. Where the scenario gives firms unlimited cash, they get that
of the markets that could exist.

The essays' idea: the herd outlives the singleton. Rules: docs/odd.md, 4.10, 7.9, 7.10 and 7.13.
"""

from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

import pandas as pd

from longgame.experiments.claim import Ask, Claim, nothing
from longgame.experiments.design.arms import HERD, SHARED, SINGLETON, Arm, Side, chosen, crossed, markets
from longgame.experiments.design.dials import ASSUMED_NUMBERS, FREQUENCY, RANGES
from longgame.experiments.design.plan import Design, Tables
from longgame.experiments.figures.pairs import Shown, figure_pairs, in_each_market
from longgame.experiments.measures.firms import FATES, FIRM_LIVES, MARKET_SHARE, HazardRatio, hazard_ratio, share_alive
from longgame.experiments.measures.kept import HORIZONS, horizons
from longgame.experiments.study import Draw
from longgame.experiments.words import MARKET_WORDS, capital, named, number, years
from longgame.sim.configurations import CONFIGURATIONS, PLAUSIBLE
from longgame.sim.scenario import Scenario

CONDUCTS = ("collaborative", "adversarial")
PAIRS = [(Arm(conduct, HERD), Arm(conduct, SINGLETON)) for conduct in CONDUCTS]
MODEL = CONFIGURATIONS[PLAUSIBLE[0]]

#: Years after which firms are counted.
YEARS = 5
FOUNDING, GROWN = {"start": "founding"}, {"start": "grown"}


def _design(scenario: Scenario) -> Design:
    """Return the market from its founding on, and after a burn-in, each shared and separate."""
    scenario = scenario.but({"economy.capital": scenario.economy.capital or MODEL.economy.capital})
    made = Design({})
    for start, months in (("founding", 0), ("grown", scenario.burn_in or MODEL.burn_in)):
        there = markets(scenario.but({"burn_in": months}), crossed(CONDUCTS)).also(start=start)
        made |= there.renamed(lambda name, start=start: f"{name}@{start}")
    return made


def _prepare(tables: Tables) -> Tables:
    """Add the founders' fates up to five years."""
    if "fates" not in tables:
        return tables
    fates = tables["fates"]
    return {**tables, "founders": fates.loc[fates["months"] <= max(12 * YEARS, fates["months"].min())]}


def _failures(tables: Tables) -> str:
    """Say how many firms failed in all."""
    fates = tables["founders"]
    last = fates[fates["months"] == fates["months"].max()]
    failed = float((last["failed_a_year"] * last["firm_years"]).sum())
    if not failed:
        return "No firm failed in any run."
    return " ".join([f"In all {failed:,.0f} firms failed.", *_hazards(tables, FOUNDING)])


def _hazard_of(lives: pd.DataFrame, conduct: str, where: Side) -> HazardRatio:
    """Return how many times as often herds of a conduct failed as singletons of the same age."""
    sides = ({**where, "group": Arm(conduct, kind).name} for kind in (HERD, SINGLETON))
    ours, theirs = (lives.loc[chosen(lives, side)] for side in sides)
    return hazard_ratio(ours, theirs, failures_alone=True)


def _hazards(tables: Tables, start: Side) -> list[str]:
    """Say how many times as often herds failed as singletons of the same age, where both failed."""
    said = []
    for setting, conduct in product(MARKET_WORDS, CONDUCTS):
        found = _hazard_of(tables["firms"], conduct, {**start, "setting": setting})
        if found.low == found.low:
            place = capital(MARKET_WORDS[setting])
            said.append(
                f"{place}: {conduct} herds failed {number(found.value)} times as often a month as {conduct} singletons "
                f"of the same age ({number(found.low)} to {number(found.high)})."
            )
    return said


def _shown(tables: Tables) -> Mapping[str, pd.DataFrame]:
    """Return the ratios of hazards, and the groups' shares of a market in which all meet."""
    lives, shares = tables["firms"], tables["shares"]
    ratios = []
    for start, setting, conduct in product((FOUNDING, GROWN), MARKET_WORDS, CONDUCTS):
        found = _hazard_of(lives, conduct, {**start, "setting": setting})
        ratios.append(
            {
                **start,
                "market": MARKET_WORDS[setting],
                "conduct": conduct,
                "herds failed": f"{found.ends:,} in {found.months:,} months",
                "singletons failed": f"{found.their_ends:,} in {found.their_months:,} months",
                "ratio": number(found.value),
                "95% interval": f"{number(found.low)} to {number(found.high)}",
            }
        )
    ends = horizons(int(shares["months"].max()))
    rows = shares.loc[chosen(shares, {"setting": SHARED}) & shares["months"].isin(ends)]
    means = rows.groupby(["start", "group", "months"], observed=True)["share"].mean().unstack("months")
    parts = means.map("{:.0%}".format).rename(columns=lambda months: f"in the year to {years(months)}")
    return {
        "Hazard of failing, herds against singletons:": pd.DataFrame(ratios),
        "Share of all revenue in the shared market:": parts.reset_index().rename_axis(columns=None),
    }


def _new_firms(tables: Tables) -> str:
    """Say how many of the firms founded after the burn-in did not fail, of all runs together."""
    lives, said = tables["firms"], []
    for arm in crossed(CONDUCTS):
        rows = lives.loc[chosen(lives, {**GROWN, "group": arm.name})]
        share, count = share_alive(rows, 12 * YEARS, failures_alone=True), int(rows["firms"].sum())
        if share == share:
            said.append(f"Of {count:,} new {named(arm)} {share:.0%} did not fail within {YEARS} years.")
    return " ".join([*said, *_hazards(tables, GROWN)])


def _hazard(question: str, finding: str, column: str, note: Callable[[Tables], str] = nothing) -> Ask:
    """Ask for ends of firms per firm-year after the burn-in."""
    per: dict[str, Any] = {"unit": "firms per 100 firm-years", "scale": -100, "worth": 1.0}
    return Ask(question, finding, column, "fates", where=GROWN, more="fewer", less="more", note=note, **per)


def _draw(tables: Tables) -> Mapping[str, Draw]:
    """Return survival from the founding on, and failures after the burn-in."""
    drawn: dict[str, Draw] = {}
    for start, name, shown in (
        ("founding", "founders", Shown("founders_alive", "the share of founders that did not fail", "%", 100)),
        ("grown", "failures", Shown("failed_a_year", "the number of failures", "per 100 firm-years", 100)),
    ):
        fates = tables["fates"][tables["fates"]["start"] == start]
        drawn |= in_each_market(figure_pairs, {"horizons": fates}, {name: shown}, pairs=PAIRS)
    return drawn


CLAIM = Claim(
    name="outlives",
    text=__doc__,
    pairs=PAIRS,
    design=_design,
    measures=(FATES, FIRM_LIVES, HORIZONS, MARKET_SHARE),
    prepare=_prepare,
    asks=(
        Ask(
            f"Are more herds than singletons in business {YEARS} years after the founding?",
            "the share of founders that did not fail was {amount} percentage points {direction} among herds",
            "founders_alive",
            "founders",
            where=FOUNDING,
            unit="percentage points",
            scale=100,
            worth=1.0,
            more="higher",
            less="lower",
            note=_failures,
        ),
        _hazard(
            "Do fewer herds than singletons fail a year, after a burn-in?",
            "{amount} {direction} herds than singletons failed per 100 firm-years",
            "failed_a_year",
            _new_firms,
        ),
        _hazard(
            "Do fewer herds than singletons end a year for any reason, after a burn-in?",
            "{amount} {direction} herds than singletons ended per 100 firm-years",
            "ended_a_year",
        ),
    ),
    # What firms begin with, how often customers need something, how long people stay, how many hours there are; then
    # the assumed numbers.
    dials=(
        RANGES["economy.capital"],
        FREQUENCY,
        RANGES["staffing.turnover"],
        RANGES["attention.capacity"],
        RANGES["service.service"],
        *ASSUMED_NUMBERS,
    ),
    draw=_draw,
    shown=_shown,
)
