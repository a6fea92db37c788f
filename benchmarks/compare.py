"""The small market against its peers: every peer at every size, interleaved, each run its own process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from benchmarks.launch import Skipped, launch, started
from benchmarks.small import Market


class Contender(NamedTuple):
    """One peer: its module, what the tables call it, and on how many threads it is run."""

    module: str
    label: str
    threads: tuple[int, ...] = (1,)


PROJECT = Contender("project", "this project", (1, 2))
PEERS = (
    Contender("c_loop", "plain C loop", (1, 2)),
    Contender("jax_arrays", "JAX"),
    Contender("numpy_arrays", "NumPy"),
    Contender("polars_tables", "Polars"),
    Contender("mesa_objects", "Mesa objects"),
    Contender("mesa_naive", "naive Mesa"),
    Contender("agentpy_objects", "AgentPy objects"),
)
CONTENDERS = (PROJECT, *PEERS)

SIZES = (Market(10_000, 50, 120), Market(1_000_000, 1_000, 24))

Row = dict[str, Any]


def measure(peer: Contender, market: Market, seed: int, threads: int) -> Row:
    """Let one peer play one market once."""
    line = launch(
        f"benchmarks.peers.{peer.module}",
        "--customers",
        market.customers,
        "--sellers",
        market.sellers,
        "--months",
        market.months,
        "--seed",
        seed,
        "--threads",
        threads,
        "--started",
        started(),
        threads=threads,
    )
    return {"peer": peer.module, "round": seed, "threads": threads, **market._asdict(), **line}


def compare(
    rounds: Sequence[int], tell: Callable[[str], None], sizes: Sequence[Market] = SIZES
) -> tuple[list[Row], dict[str, str]]:
    """Return a row per run, and why peers were skipped; `rounds` has a number for each size."""
    rows: list[Row] = []
    skipped: dict[str, str] = {}
    for market, times in zip(sizes, rounds, strict=True):
        for seed in range(times):
            tell(f"small market, {market.customers:,} customers, round {seed + 1} of {times}")
            for peer in CONTENDERS:
                for threads in peer.threads:
                    if peer.module in skipped:
                        continue
                    try:
                        rows.append(measure(peer, market, seed, threads))
                    except Skipped as reason:
                        skipped[peer.module] = str(reason)
    return rows, skipped
