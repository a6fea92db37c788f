"""The game of the lesson page: its tree is what the market plays."""

import numpy as np
import pytest

from longgame.experiments.lesson import game
from longgame.sim import Market, Salesperson
from longgame.sim.columns import OUTCOMES
from tests.lesson_pages import SMALL, data_of, small_page


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The page and its data."""
    return data_of(tmp_path_factory)


def leaves(tree, path=()):
    """Yield (steps, nodes) of every way through a tree."""
    for asking, choices in tree.items():
        for choice, node in choices.items():
            here = (*path, ((asking, choice), node))
            yield here
            if node[2] is not None:
                yield from leaves(node[2], here)


@pytest.mark.parametrize("number", range(3))
def test_the_tree_is_what_the_market_of_agents_plays(made, number):
    """Ways through the tree, drawn at random, are played again by a salesperson written in Python."""
    _, data = made
    guest = data["game"]["guests"][number]
    small = game.market(SMALL)
    with small_page():
        found = game.guests(small)[number]
    ways = list(leaves(guest["tree"]))
    conducts = {choice.key: choice.conduct for choice in game.CHOICES}
    rng = np.random.default_rng(number)
    for way in [ways[i] for i in rng.choice(len(ways), 6, replace=False)]:
        steps = [step for step, _ in way]

        class Reader(Salesperson):
            steps_left = list(steps)  # noqa: RUF012

            def conduct(self, customer):
                if customer.id != found.place or not self.steps_left:
                    return super().conduct(customer)
                asking, choice = self.steps_left.pop(0)
                return conducts[choice].but(discovery=game.ASKING[asking])

        market = Market(small, rng=found.seed, classes={"you": Reader})
        for _, node in way:
            numbers = dict(zip(data["game"]["fields"], node[0], strict=True))
            market.run_for(numbers["month"] - market.month)
            visits = market.table("visits")
            visit = visits[visits["customer"] == found.place].iloc[0]
            assert OUTCOMES[numbers["outcome"]] == OUTCOMES[int(visit["outcome"]) - 4]
            assert numbers["estimate"] == round(100 * visit["estimate"])
            if numbers["price"]:
                assert numbers["price"] == round(visit["price"] / 100)
                assert numbers["gain"] == round(visit["surplus"] / 100)
            agent = market.customer_agents[found.place]
            assert numbers["general"] == round(100 * agent.trust_general)


def test_what_may_be_chosen_leads_to_different_ends(made):
    _, data = made
    for guest in data["game"]["guests"]:
        for asking in ("ask", "skip"):
            nodes = guest["tree"][asking]
            end = {choice: OUTCOMES[node[0][0]] for choice, node in nodes.items()}
            assert end["walk"] == "walked_away"
            assert end.get("refer", "referred") in ("referred", "walked_away")
            price = {choice: node[0][data["game"]["fields"].index("asked")] for choice, node in nodes.items()}
            assert price["discount"] < price["honest"] == price["promise"] == price["push"] < price["hard"]


def test_asking_takes_time_and_sharpens_the_estimate(made):
    _, data = made
    minutes = data["game"]["fields"].index("minutes")
    for guest in data["game"]["guests"]:
        tree = guest["tree"]
        assert tree["ask"]["walk"][0][minutes] > tree["skip"]["walk"][0][minutes]
