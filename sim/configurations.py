"""Named reference configurations: markets that differ in stake, frequency, conversation and memory.

In `anonymous` every mechanism of model version 2 is off: nobody can look a stranger up, needs do not wait, no firm can
fail. `repeat-supply`, `projects` and `consumer-services` could exist: their economy lies in the bands of
`longgame.experiments.measures.firms`. Their numbers are from published ranges where there are any, else assumed; sizes
and wages were searched for the bands alone, before any claim was asked. The others are older, chosen for plausibility
from general knowledge; docs/odd.md says which bands they miss.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from longgame.sim.organisation import firms
from longgame.sim.scenario import Scenario


class Change(NamedTuple):
    """One number of a configuration that differs from the default scenario, and why."""

    path: str
    value: Any
    reason: str


def _together(*parts: tuple[Change, ...] | Change) -> tuple[Change, ...]:
    """Return some changes in one row; of two of the same number the latter counts."""
    changes = [change for part in parts for change in ([part] if isinstance(part, Change) else part)]
    return tuple({change.path: change for change in changes}.values())


def _sellers(singletons: int, herds: int, of: int = 5) -> list[dict[str, Any]]:
    """Return the 2×2 of the default scenario with these numbers per conduct."""
    return [
        group.model_dump(mode="json")
        for conduct in ("adversarial", "collaborative")
        for group in firms(conduct, singletons=singletons, herds=herds, of=of)
    ]


#: Markets that could exist: their economy lies in all bands.
PLAUSIBLE = ("repeat-supply", "projects", "consumer-services")

#: What is said of the others.
OUTSIDE = "Its economy is outside the ranges of `longgame bands`."

_LINES = {
    "repeat-supply": "Supply of firms by wholesalers: medium stake, about three needs a year, informed customers.",
    "projects": "Projects for firms, such as software: high stake, rare needs, long discovery, much service.",
    "consumer-services": "Household services: small stake, a need every other month, neighbours who talk.",
    "anonymous": "Model version 1: 40 salespeople, medium stake, strangers of whom nothing can be known.",
    "chewing-gum": "A kiosk: tiny stake, a need nearly every month, hardly a word, 240 customers per seller.",
    "plane-ticket": "A travel agency: some hundreds per trip, a few trips a year, a short conversation.",
    "software": "Business software: high stake, rare needs, long discovery, much service, long clients.",
    "used-cars": "Used cars: high stake, a need every four years, quality that cannot be seen, few return.",
    "main-street": "A small town: a dozen sellers, all have 20 contacts, a need every other month.",
}

#: Each configuration in one line.
DESCRIPTIONS: dict[str, str] = {
    name: line if name in PLAUSIBLE else f"{line} {OUTSIDE}" for name, line in _LINES.items()
}

#: What makes a market one that could exist. Where nothing else is said the value is assumed.
_PLAUSIBLE: tuple[Change, ...] = (
    Change("burn_in", 60, "five years, after which firms and clients have found each other"),
    Change("customers.rate_spread", 1.2, "1-2 in four logs (BG/NBD r .25-.83)"),
    Change("customers.patience", 0.97, "a need of a firm does not go away: half are still there after two years"),
    Change("customers.stake_spread", 0.7, ".61-.77 in three logs"),
    Change("customers.stake_noise", 0.65, ".56-.76 in three logs"),
    Change("trust.prior", 0.4, ".15-.5 (Gallup 2018)"),
    Change("trust.record", 1.0, "a long record counts like one experience of one's own"),
    Change("choice.reach", 3, "somebody in need looks for more than two"),
    Change("choice.reference", 0.5, "a price between the fair and the cheap one"),
    Change("choice.credence", 0.5, "half of Bayes' rule"),
    Change("choice.learned_fallback", 0.5, "half of it is learned"),
    Change("experience.attentive", 0.05, "a twentieth of the stake for full attention"),
    Change("experience.advice_felt", 0.05, "as much for full advice"),
    Change("experience.third_win", 0.1, "twice as much for a gain of one's own customers"),
    Change("attention.knowledge_width", 0.2, "a change of need by a fifth of the circle makes knowledge stale"),
    Change("attention.tailoring", 0.3, "full discovery removes a third of a misfit"),
    Change("service.war", 120, "two hours for an angry client"),
    Change("service.misled_by", 0.4, "a claim that is wrong by two fifths of the stake"),
    Change("service.liability", 0.2, "one in five gives the goods back"),
    Change("service.speed", 0.3, "part of the hassle is waiting"),
    Change("service.sorry", 0.1, "an apology is worth a tenth of full satisfaction"),
    Change("word_of_mouth.story_weight", 1.0, "a declined pitch is less of a story than a purchase"),
    Change("word_of_mouth.bad_ratio", 1.2, "people told per experience, 1-2 (TARP 1986)"),
    Change("economy.capital", 24.0, "two years of costs"),
    Change("staffing.turnover", 0.15, "with dismissals and failures .15-.35 a year (trade surveys)"),
    Change("staffing.dismissal", 0.25, "the same"),
    Change("staffing.lead_credit", 0.5, "half of a lead is the work of who passed it on"),
    Change("staffing.succession", 0.7, "a leaver's clients cost 13-18 % of their sales (Shi et al. 2017)"),
)

#: Business software.
_SOFTWARE: tuple[Change, ...] = (
    Change("months", 180, "long clients need a long run"),
    Change("customers.count", 2_200, "55 customers per seller"),
    Change("customers.rate", 0.1, "a project or renewal a year"),
    Change("customers.stake", 60_000.0, "worth of a project"),
    Change("customers.stake_spread", 1.0, "small firms and large ones"),
    Change("customers.churn", 0.005, "client firms last: 17 years on average"),
    Change("customers.drift", 0.03, "requirements change"),
    Change("offer.unit_cost", 0.35, "most cost is people"),
    Change("offer.quality_noise", 0.2, "projects vary"),
    Change("offer.craft", 0.3, "what is delivered hangs on those who deliver it"),
    Change("attention.talk", 180, "several meetings"),
    Change("attention.ask", 900, "two days of analysis for a full discovery"),
    Change("attention.advise", 480, "a day with the client"),
    Change("attention.estimate_noise", 0.4, "hard to judge from outside"),
    Change("service.issue", 0.4, "most projects have a serious problem some day"),
    Change("service.severity", 0.7, "and it can cost most of the value"),
    Change("service.service", 240, "introduction and training"),
    Change("service.complaint", 90, "a meeting"),
    Change("service.support", 900, "two days of escalation"),
    Change("word_of_mouth.gossip", 0.2, "firms talk less than neighbours"),
    Change(
        "economy.wage",
        20_000.0,
        "in proportion: about a sixth of the margin of a busy seller: analysts are dear, and so are failures",
    ),
)

#: The numbers in which each configuration differs from the default, and their reasons.
CHANGES: dict[str, tuple[Change, ...]] = {
    "anonymous": (),
    "repeat-supply": _together(
        _PLAUSIBLE,
        Change("customers.count", 3_700, "86 customers per seller: they serve most needs, and few firms make losses"),
    ),
    "projects": _together(
        _PLAUSIBLE,
        _SOFTWARE,
        Change("customers.count", 3_300, "77 customers per seller, nearly as in repeat-supply"),
        Change("economy.wage", 12_000.0, "in proportion to the margin of a busy seller, as in repeat-supply"),
    ),
    "consumer-services": _together(
        _PLAUSIBLE,
        Change("customers.count", 5_000, "116 customers per seller, a third more than in repeat-supply"),
        Change("customers.rate", 0.5, "a need every other month"),
        Change("customers.stake", 300.0, "household and repairs"),
        Change("customers.churn", 0.015, "people move"),
        Change("network.contacts", 10, "neighbours and colleagues"),
        Change("attention.talk", 60, "and chats"),
        Change("attention.ask", 180, "a look at the house"),
        Change("attention.advise", 120, "across the counter"),
        Change("service.service", 30, "delivery"),
        Change("service.support", 240, "an afternoon"),
        Change("economy.wage", 280.0, "in proportion to the margin of a busy seller, as in repeat-supply"),
    ),
    "chewing-gum": (
        Change("customers.count", 9_600, "many customers per seller: 240"),
        Change(
            "customers.rate", 3.0, "bought every few days; one period counts at most one need, so nearly every month"
        ),
        Change("customers.stake", 2.0, "a packet costs about 1"),
        Change("customers.stake_spread", 0.3, "everyone buys the same packet"),
        Change("customers.drift", 0.05, "tastes change easily"),
        Change("offer.craft", 0.02, "the seller adds next to nothing to what is in the packet"),
        Change("offer.quality_noise", 0.02, "factory-made"),
        Change("choice.habit_weight", 0.2, "bought on the way: habit is worth more than comparing"),
        Change("choice.ask_around", 0.02, "nobody asks a friend where to buy gum"),
        Change(
            "attention.talk",
            20,
            "no conversation to speak of: a minute or two for each of a month's purchases, which count as one",
        ),
        Change("attention.ask", 4, "'mint or fruit?'"),
        Change("attention.advise", 0, "nothing to advise on"),
        Change("attention.estimate_noise", 0.1, "what the packet is can be read on it"),
        Change("service.issue", 0.01, "hardly anything can go wrong"),
        Change("service.service", 0, "no work after the sale"),
        Change("service.complaint", 2, "a word at the counter"),
        Change("service.support", 5, "a new packet"),
        Change("service.voice", 0.1, "few bother to complain about a trifle"),
        Change("word_of_mouth.gossip", 0.02, "nothing to tell"),
        Change("prosperity.growth", 0.0, "gum changes nobody's business"),
        Change("prosperity.advice_growth", 0.0, "nor does advice on it"),
        Change(
            "economy.wage",
            20.0,
            "the gum's part of the wage among all that the counter sells: about a fifth of its margin",
        ),
    ),
    "plane-ticket": (
        Change("customers.count", 9_000, "225 customers per seller"),
        Change("customers.rate", 0.25, "three trips a year"),
        Change("customers.stake", 600.0, "a ticket costs about 400"),
        Change("customers.stake_spread", 0.6, "short hops and long hauls"),
        Change("customers.drift", 0.05, "the next trip is another trip"),
        Change("offer.unit_cost", 0.5, "the airline takes most of the price"),
        Change("offer.craft", 0.1, "the seller picks the flight, others fly it"),
        Change("attention.talk", 30, "a counter or a call"),
        Change("attention.ask", 90, "dates, route, preferences"),
        Change("attention.advise", 60, "visa and itinerary"),
        Change("service.issue", 0.1, "cancellations and missed connections"),
        Change("service.service", 20, "tickets and changes"),
        Change("service.complaint", 30, "a call"),
        Change("service.support", 180, "rebooking"),
        Change("economy.wage", 2_000.0, "in proportion: about a fifth of the margin of a busy seller"),
    ),
    "software": _SOFTWARE,
    "used-cars": (
        Change("months", 240, "a need every four years or so takes twenty years to tell"),
        Change("customers.count", 18_000, "450 customers per seller, of whom nine need a car in a month"),
        Change("customers.rate", 0.02, "a car every four years"),
        Change("customers.rate_spread", 0.5, "most people keep a car for similar times"),
        Change("customers.stake", 12_000.0, "a car costs about 8,000"),
        Change("customers.drift", 0.1, "after four years another car is wanted"),
        Change("customers.churn", 0.015, "by the next car many have moved away"),
        Change("offer.unit_cost", 0.5, "the trade-in price"),
        Change("offer.quality_noise", 0.3, "lemons (Akerlof 1970): quality that the buyer cannot see"),
        Change("attention.estimate_noise", 0.4, "nor can the seller without an inspection"),
        Change("trust.forgetting", 0.8, "a memory of four years ago"),
        Change("attention.talk", 120, "a test drive"),
        Change("attention.ask", 480, "a day of looking for the right car"),
        Change("attention.advise", 120, "upkeep"),
        Change("service.issue", 0.3, "used"),
        Change("service.service", 120, "papers and handing over"),
        Change("service.support", 600, "repairs"),
        Change("word_of_mouth.gossip", 0.4, "a car is worth a story"),
        Change("economy.wage", 6_500.0, "in proportion: about a sixth of the margin of a busy seller"),
    ),
    "main-street": (
        Change("customers.count", 800, "a small town, 67 customers per seller"),
        Change("customers.rate", 0.5, "a need every other month"),
        Change("customers.stake", 300.0, "household and repairs"),
        Change("customers.churn", 0.004, "people stay: 21 years on average"),
        Change("network.contacts", 20, "everyone knows everyone"),
        Change("trust.remembered", 8, "the sellers of a small town can nearly all be known"),
        Change("trust.forgetting", 0.95, "a small town remembers"),
        Change("choice.reach", 1, "few strangers"),
        Change("choice.ask_around", 0.8, "one asks"),
        Change("attention.talk", 60, "and chats"),
        Change("attention.ask", 180, "known families"),
        Change("attention.advise", 120, "across the counter"),
        Change("service.service", 30, "delivery"),
        Change("service.support", 240, "an afternoon"),
        Change("word_of_mouth.gossip", 0.5, "one talks"),
        Change("word_of_mouth.witness", 0.7, "witnesses are known in person"),
        Change("economy.wage", 350.0, "in proportion: about a sixth of the margin of a busy seller"),
    ),
}

#: Sellers per conduct (singletons, herds, members of a herd) where they differ from the 40 of `anonymous`.
_FIRMS: dict[str, tuple[int, int, int]] = {"main-street": (3, 1, 3)}

#: Sellers of a plausible market (singletons, herds of 5): ordinary ones, collaborative ones, and 19 % adversarial.
#: 5-20 % are dishonest (Egan, Matvos & Seru 2019: 7 %, in some firms above 15 %).
MIX: dict[str, tuple[int, int]] = {"order-taker": (10, 2), "collaborative": (5, 2), "adversarial": (3, 1)}


def _configuration(name: str) -> Scenario:
    """Return the market `anonymous` with the changes of one configuration."""
    changes: dict[str, Any] = {change.path: change.value for change in CHANGES[name]}
    if name in _FIRMS:
        changes["firms"] = _sellers(*_FIRMS[name])
    if name in PLAUSIBLE:
        groups = (firms(conduct, singletons=alone, herds=herds) for conduct, (alone, herds) in MIX.items())
        changes["firms"] = [each.model_dump(mode="json") for group in groups for each in group]
    return Scenario().but({**changes, "name": name})


#: The reference configurations by name.
CONFIGURATIONS: dict[str, Scenario] = {name: _configuration(name) for name in DESCRIPTIONS}


def description(name: str) -> str:
    """Return a configuration's line and the reason of each of its numbers, one a line.

    Raises
    ------
    KeyError
        If there is no configuration of that name.
    """
    lines = [DESCRIPTIONS[name]]
    lines += [f"  {change.path} = {change.value}: {change.reason}" for change in CHANGES[name]]
    if name in _FIRMS:
        alone, herds, of = _FIRMS[name]
        lines.append(f"  firms: per conduct {alone} singletons and {herds} herd of {of}, all that a small town feeds")
    if name in PLAUSIBLE:
        each = (f"{alone} {way} singletons, {herds} herds of 5" for way, (alone, herds) in MIX.items())
        lines.append(f"  firms: {'; '.join(each)}: adversaries are a minority")
    return "\n".join(lines)


# -- proportion ----------------------------------------------------------------------------------------


def minutes_per_visit(scenario: Scenario) -> float:
    """Return the expected minutes of one visit that ends in a deal, over all salespeople (an upper bound).

    They are conversation, discovery and advice; afterwards service, complaints and support, unless a delivery
    team takes these over. Every client is taken as unknown and every visit as a deal, so the real load is lower.
    """
    hours, after = scenario.attention, scenario.service
    total = 0.0
    for group in scenario.firms:
        team = 1.0 if group.rules.delivery_team > 0 else 0.0
        for name, members in group.strategies.items():
            conduct = scenario.strategy(name).with_prospects
            visit = hours.talk + hours.ask * conduct.discovery + hours.advise * conduct.advice
            issues = after.issue * after.voice * (after.complaint + after.support * conduct.aftercare)
            total += group.count * members * (visit + (1.0 - team) * (after.service + issues))
    return total / scenario.sellers


def needs_per_seller(scenario: Scenario) -> float:
    """Return the expected needs per salesperson and month at normal prosperity."""
    people = scenario.customers
    return people.count * needs_a_month(people.rate, people.rate_spread, scenario.steps) / scenario.sellers


def needs_a_month(rate: float, spread: float, steps: int) -> float:
    """Return the expected new needs of a customer in a month of so many steps, at normal prosperity."""
    return steps * chance_of_need(rate / steps, spread)


def chance_of_need(rate: float, spread: float) -> float:
    """Return the probability that a customer has a new need in a step with this rate, at normal prosperity.

    A customer has at most one need a step, with probability 1 - exp(-λ); λ is gamma distributed over
    customers, so the mean of exp(-λ) is (1 + λ̄·cv²)^(-1/cv²).
    """
    cv2 = spread**2
    none = (1.0 + rate * cv2) ** (-1.0 / cv2) if cv2 > 1e-9 else math.exp(-rate)
    return 1.0 - none


def load(scenario: Scenario) -> float:
    """Return the share of the month that every salesperson would need to serve all needs (1: all of it)."""
    return needs_per_seller(scenario) * minutes_per_visit(scenario) / scenario.attention.capacity


def margin_per_seller(scenario: Scenario) -> float:
    """Return a month's gross margin per salesperson if every need were served and bought, in money."""
    people = scenario.customers
    markup = mean_markup(scenario)
    stake = people.stake * math.exp(people.stake_spread**2 / 2.0)
    served = needs_per_seller(scenario) / max(load(scenario), 1.0)
    return served * scenario.offer.unit_cost * markup * stake


def mean_markup(scenario: Scenario) -> float:
    """Return the mean markup towards prospects, over all salespeople."""
    parts = [
        (group.count * members, scenario.strategy(name).with_prospects.markup)
        for group in scenario.firms
        for name, members in group.strategies.items()
    ]
    return sum(n * markup for n, markup in parts) / scenario.sellers


def cover(scenario: Scenario) -> float:
    """Return how many times the possible margin pays the wage (infinite without a wage)."""
    wage = scenario.economy.wage
    return margin_per_seller(scenario) / wage if wage else math.inf


def proportions() -> Mapping[str, tuple[float, float]]:
    """Return (load, cover) of every configuration."""
    return {name: (load(s), cover(s)) for name, s in CONFIGURATIONS.items()}
