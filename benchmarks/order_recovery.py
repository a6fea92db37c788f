"""Recovery by the whole road: markets are drawn, write their books, and are fitted from the files.

    python benchmarks/order_recovery.py --logs 20 --markets 100 --seed 1 --out recovery.csv

Every truth is drawn from the prior ranges of all dials of `repeat-supply`, or with ``--plausible`` from the stored
ensemble. It prints how often the truth lies within the 50, 80 and 90 % intervals, and how far sellers and customers at
one time are off.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from longgame.experiments.books.fit import fit
from longgame.experiments.books.fitted import Fitted
from longgame.experiments.books.space import PLACES
from longgame.experiments.evidence.ensemble import Ensemble, scenario_at
from longgame.experiments.evidence.priors import market, space_of
from longgame.experiments.orders.read import read_orders
from longgame.experiments.orders.write import write_orders
from longgame.sim import Scenario, run
from longgame.sim.errors import InputError

#: Levels of the intervals that are checked.
LEVELS = (0.5, 0.8, 0.9)


def truth_of(seed: int, given: argparse.Namespace) -> Scenario:
    """Return a market drawn from the stored ensemble, or from the prior ranges of all dials."""
    rng, fixed = np.random.default_rng([seed, 301]), {"customers.count": given.customers, "months": given.months}
    if given.plausible:
        kept = Ensemble.load("repeat-supply")
        point = kept.points[rng.choice(len(kept.points), p=kept.shares)]
        return scenario_at("repeat-supply", dict(zip(kept.dials, point, strict=True)), {**kept.fixed, **fixed})
    space = space_of("repeat-supply")
    (truth,) = space.values(rng.random((1, len(space))))
    return market("repeat-supply", truth, fixed)


def one(seed: int, given: argparse.Namespace) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return a row per dial of one truth, and a row on its book."""
    scenario = truth_of(seed, given)
    orders = run(scenario, 10_000 + seed, orders=True).orders
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "orders.csv")
        write_orders(orders, path)
        log = read_orders(path)
    started = time.perf_counter()
    fitted = fit(log, seed=seed, markets=given.markets)
    seconds = time.perf_counter() - started
    values = {path: value for path, _, value in scenario.numbers()} | {PLACES: scenario.sellers}
    rows, nearest = [], fitted.estimates()["nearest"]
    for k, prior in enumerate(fitted.frame.told.priors):
        place = float(norm.ppf(np.clip(prior.place(float(values[prior.name])), 1e-4, 1 - 1e-4)))
        rank = float(np.average(fitted.places[:, k] < place, weights=fitted.weights()))
        rows.append({"seed": seed, "dial": prior.name, "truth": values[prior.name], "rank": rank,
                     "nearest": nearest[k]})  # fmt: skip
    return rows, {
        "seed": seed,
        "orders": len(log.frame),
        "seconds": seconds,
        **about(fitted, scenario.sellers, given.customers),
    }


def about(fitted: Fitted, sellers: int, customers: int) -> dict[str, Any]:
    """Return what was delivered for one book."""
    table = fitted.compared().set_index("number")
    nearer, far = fitted.outside()
    return {
        "sellers": fitted.scenario().sellers / fitted.frame.part / sellers - 1,
        "customers": fitted.nearest["customers.count"] / fitted.frame.part / customers - 1,
        "not_matched": "; ".join(fitted.not_matched),
        "outside": nearer,
        "far": "; ".join(far),
        "kept": int((fitted.weights() > 0).sum()),
        **{
            f"off_{name}": table.loc[name, "off"]
            for name in table.index
            if table.loc[name, "verdict"].endswith("atched")
        },
    }


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description="Recovery by the whole road.")
    parser.add_argument("--logs", type=int, default=20)
    parser.add_argument("--markets", type=int, default=100)
    parser.add_argument("--customers", type=int, default=800)
    parser.add_argument("--months", type=int, default=36)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plausible", action="store_true", help="truths of the stored ensemble, not of the prior")
    parser.add_argument("--out", default="recovery.csv")
    given = parser.parse_args()
    ranks: list[dict[str, Any]] = []
    books: list[dict[str, Any]] = []
    for seed in range(given.seed, given.seed + given.logs):
        try:
            rows, book = one(seed, given)
        except InputError as error:
            print(seed, error, flush=True)
            continue
        ranks, books = ranks + rows, [*books, book]
        pd.DataFrame(ranks).to_csv(given.out, index=False)
        pd.DataFrame(books).to_csv(Path(given.out).with_suffix(".books.csv"), index=False)
        print({k: round(v, 3) if isinstance(v, float) else v for k, v in book.items()}, flush=True)
    table = pd.DataFrame(ranks)
    for level in LEVELS:
        table[f"{level:.0%}"] = (table["rank"] - 0.5).abs() <= level / 2
    print(table.groupby("dial")[[f"{level:.0%}" for level in LEVELS]].mean().round(2).to_string())
    print("all", table[[f"{level:.0%}" for level in LEVELS]].mean().round(3).to_dict(), "logs", len(books))


if __name__ == "__main__":
    main()
