"""Measures everything that strategy cards tell of the library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from longgame.experiments.design.arms import SINGLETON
from longgame.experiments.design.compositions import POSTS, market, market_firms, mixed, monoculture, payoff_table
from longgame.experiments.design.compositions import plan as compositions_plan
from longgame.experiments.design.plan import Answer, Plan
from longgame.experiments.studies import cards, tournament
from longgame.experiments.studies import cards_traits as traits
from longgame.sim.library import STRATEGIES
from longgame.sim.scenario import Scenario

#: Of all ways to turn the strategies around the posts of a mixed market, every so many-th is measured.
TURNS = 4


def plans(scenario: Scenario, tournament_seeds: int, trait_seeds: int) -> tuple[Plan, Plan]:
    """Return what is run: the tournament, and the markets in which traits are measured."""
    firms = market_firms(scenario, SINGLETON)
    everything = tournament.compositions(STRATEGIES, firms, SINGLETON)
    league = compositions_plan(scenario, everything, range(tournament_seeds))
    alone = [monoculture(name, firms, SINGLETON) for name in STRATEGIES]
    among = mixed(STRATEGIES, firms, SINGLETON)[::TURNS]
    made = {one.name: market(scenario, one) for one in (*alone, *among)}
    return league, Plan(made, tuple(range(trait_seeds)), (traits.OF_DEALS,))


def measured(scenario: Scenario, both: tuple[Plan, Plan], answer: Answer, about: Mapping[str, Any]) -> cards.Measured:
    """Run both plans and return what cards need of them."""
    league, deals = both
    firms = market_firms(scenario, SINGLETON)
    table = answer(deals)[traits.OF_DEALS.name]
    one = ~table["market"].str.contains("+", regex=False)
    payoffs = payoff_table(answer(league)[POSTS.name])
    return cards.Measured(
        about,
        {"alone": traits.averaged(table[one]), "mixed": traits.averaged(table[~one])},
        tournament.league(tournament.scores(payoffs, firms)),
        tournament.results(payoffs),
        tournament.shares_of("duel", firms),
    )
