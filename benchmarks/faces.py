"""The Mesa face beside the compiled run, the same market in turn: `python -m benchmarks.faces`."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable

from longgame.sim import Client, Conduct, Market, Salesperson, Scenario, run


class Own(Salesperson):
    """Sells as its strategy prescribes, by code of its own."""

    def conduct(self, customer: Client) -> Conduct:
        """Return what the strategy prescribes."""
        return super().conduct(customer)


def quarter(scenario: Scenario) -> str:
    """Return the name of a group of firms with a quarter of the salespeople.

    Raises
    ------
    ValueError
        If there is none.
    """
    for group in scenario.firms:
        if 4 * group.count * group.members == scenario.sellers:
            return group.name
    raise ValueError("no group of firms has a quarter of the salespeople")


def seconds(play: Callable[[], object]) -> float:
    """Return the processor time of a call."""
    begun = time.process_time()
    play()
    return time.process_time() - begun


def main() -> None:
    """Play all in turn and print a JSON line with the seconds of every round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    scenario = Scenario(months=asked.months)
    own = {quarter(scenario): Own}
    ways: dict[str, Callable[[int], object]] = {
        "compiled": lambda seed: run(scenario, seed).monthly,
        "face": lambda seed: Market(scenario, rng=seed).run_for(asked.months),
        "own conduct": lambda seed: Market(scenario, rng=seed, classes=own).run_for(asked.months),
    }
    for play in ways.values():
        play(0)
    found = {
        name: [seconds(lambda play=play, s=s: play(s)) for s in range(asked.rounds)] for name, play in ways.items()
    }
    print(json.dumps({**vars(asked), "seconds": found}))


if __name__ == "__main__":
    main()
