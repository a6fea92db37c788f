"""Polars: memories are a long table, a month is a handful of joins and expressions on it.

mesa-frames, which puts Mesa's interface over Polars, needs NumPy 1 and cannot be installed beside the
project; this is what its agents would do inside, without its bookkeeping.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from polars import DataFrame, col

from benchmarks.peers.common import Outcome, main, now, times
from benchmarks.small import RULES, Market, needs, sellers

_MEMORY = {
    "customer": pl.Int32,
    "seller": pl.Int32,
    "good": pl.Float32,
    "bad": pl.Float32,
    "value": pl.Float32,
    "paid": pl.Float32,
    "last": pl.Int32,
}


def logistic(x: pl.Expr) -> pl.Expr:
    """Return 1 / (1 + exp(-x))."""
    return 1 / (1 + (-x).exp())


TRUST = (col("good") + RULES.prior_weight * RULES.prior) / (col("good") + col("bad") + RULES.prior_weight)
SURPLUS = (
    col("trust") * col("value")
    + (1 - col("trust")) * pl.min_horizontal(pl.lit(RULES.betrayed, pl.Float32), "value")
    - col("paid")
)
DISTANCE = (col("need") - col("position")).abs()
FIT = (1 - pl.min_horizontal(DISTANCE, 1 - DISTANCE) / RULES.breadth).clip(lower_bound=0)
OFFER = (
    col("trust") * col("claim")
    + (1 - col("trust")) * pl.when("known").then("value").otherwise(RULES.betrayed)
    - col("price")
    + RULES.persuasion * col("pressure")
)
FELT = (
    col("delivered")
    - col("price")
    + RULES.claim_weight * (col("delivered") - col("claim"))
    - RULES.pressure_weight * col("pressure")
)


class SmallMarket:
    """The market as tables."""

    def __init__(self, market: Market, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.market = market
        self.need = needs(market, seed)
        people = {name: a.astype(np.float32) for name, a in sellers(market, seed)._asdict().items()}
        self.people = DataFrame({"seller": np.arange(market.sellers, dtype=np.int32), **people})
        self.memories = DataFrame(schema=_MEMORY)
        self.deals = np.zeros(market.sellers, np.int64)
        self.needs = self.visits = 0

    def uniform(self, rows: int) -> pl.Series:
        """Return uniform random numbers."""
        return pl.Series("u", self.rng.random(rows, np.float32))

    def candidates(self, active: DataFrame) -> tuple[DataFrame, DataFrame]:
        """Return what active customers remember, and that together with the strangers whom they meet."""
        remembered = self.memories.with_row_index("row").join(active, on="customer", how="semi")
        rows = len(active)
        met = DataFrame(
            {
                "customer": np.repeat(active["customer"].to_numpy(), RULES.reach),
                "seller": self.rng.integers(self.market.sellers, size=rows * RULES.reach, dtype=np.int32),
            }
        )
        strangers = met.unique().join(remembered, on=["customer", "seller"], how="anti")
        strangers = strangers.with_columns(
            good=pl.lit(0, pl.Float32),
            bad=pl.lit(0, pl.Float32),
            value=pl.lit(RULES.hope, pl.Float32),
            paid=pl.lit(RULES.expected_price, pl.Float32),
        )
        return remembered, pl.concat([remembered, strangers], how="diagonal")

    def approach(self, candidates: DataFrame, active: DataFrame) -> DataFrame:
        """Return the candidate whom each customer approaches (a logit, as the highest of Gumbel draws)."""
        rng = self.rng
        gumbel = pl.Series(rng.gumbel(size=len(candidates)).astype(np.float32))
        nobody = active.select("customer", nobody=pl.Series(rng.gumbel(size=len(active)).astype(np.float32)))
        return (
            candidates.with_columns(trust=TRUST)
            .with_columns(appeal=SURPLUS / RULES.temperature + gumbel)
            .group_by("customer")
            .agg(pl.all().get(col("appeal").arg_max()))
            .join(nobody, on="customer")
            .filter(col("appeal") > col("nobody"))
            .drop("appeal", "nobody")
        )

    def step(self, month: int) -> None:
        """Play one month."""
        rng = self.rng
        who = np.flatnonzero(rng.random(len(self.need), np.float32) < RULES.need_probability)
        active = DataFrame({"customer": who.astype(np.int32), "need": self.need[who]})
        self.needs += len(active)
        remembered, candidates = self.candidates(active)
        visits = self.approach(candidates, active)
        self.visits += len(visits)

        pitches = visits.join(active, on="customer").join(self.people, on="seller")
        pitches = (
            pitches.with_columns(known=col("row").is_not_null(), fit=FIT)
            .with_columns(claim=col("fit") + col("overpromise") * (1 - col("fit")))
            .with_columns(buys=self.uniform(len(pitches)) < logistic(OFFER / RULES.buy_temperature))
        )
        deals = pitches.filter("buys")
        noise = pl.Series(rng.standard_normal(len(deals), np.float32)) * RULES.quality_noise
        deals = deals.with_columns(delivered=(col("fit") + noise).clip(lower_bound=0)).with_columns(
            x=logistic(FELT / RULES.experience_temperature)
        )
        self.deals += np.bincount(deals["seller"].to_numpy(), minlength=self.market.sellers)
        self.remember(remembered, deals, month)

    def remember(self, remembered: DataFrame, deals: DataFrame, month: int) -> None:
        """Let this month's deals enter memory; whoever is full forgets the weakest."""
        fresh = deals.with_columns(
            good=RULES.forgetting * col("good") + col("x"),
            bad=RULES.forgetting * col("bad") + RULES.negativity * (1 - col("x")),
            value=pl.when("known")
            .then(col("value") + RULES.value_rate * (col("delivered") - col("value")))
            .otherwise("delivered"),
            paid=pl.when("known")
            .then(col("paid") + RULES.value_rate * (col("price") - col("paid")))
            .otherwise("price"),
            last=pl.lit(month, pl.Int32),
        )
        newcomers = deals.filter(~col("known")).select("customer")
        forgotten = (
            remembered.join(newcomers, on="customer", how="semi")
            .sort(col("good") + col("bad"), "last")
            .group_by("customer", maintain_order=True)
            .agg(col("row").first(), size=pl.len())
            .filter(col("size") >= RULES.remembered)
            .select("row")
        )
        gone = pl.concat([fresh.select("row").drop_nulls(), forgotten])["row"].to_numpy()
        keep = np.ones(len(self.memories), bool)
        keep[gone] = False
        self.memories = pl.concat([self.memories.filter(keep), fresh.select(list(_MEMORY))])


def run(market: Market, seed: int, threads: int) -> Outcome:
    """Play the market."""
    started = now()
    model = SmallMarket(market, seed)
    laid_out = now()
    for month in range(1, market.months + 1):
        model.step(month)
    ended = now()
    return Outcome(
        needs=model.needs,
        visits=model.visits,
        deals=int(model.deals.sum()),
        revenue=float(model.deals @ sellers(market, seed).price),
        **times(started, laid_out, ended),
    )


if __name__ == "__main__":
    main(run)
