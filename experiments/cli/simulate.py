"""``longgame simulate``: one market."""

from __future__ import annotations

import os
import textwrap
from math import isnan

from longgame.experiments.cli.codes import DONE
from longgame.experiments.cli.options import FileName, Folder, Market, Seed, folder, screen_width
from longgame.experiments.tables import text_table
from longgame.experiments.words import many

#: What is printed of every group: column, heading, format.
_SHOWN = (
    ("salesperson_years", "person-years", "{:,.0f}"),
    ("profit", "profit/year", "{:,.0f}"),
    ("revenue", "revenue/year", "{:,.0f}"),
    ("pay", "pay/year", "{:,.0f}"),
    ("deals", "deals/year", "{:,.1f}"),
    ("annuity_share", "repeat", "{:.0%}"),
    ("win_win_share", "win-win", "{:.0%}"),
    ("client_trust", "client trust", "{:.2f}"),
    ("relational_quotient", "RQ", "{:.2f}"),
)


def simulate(
    *, market: Market = Market(), seed: Seed = 0, orders: FileName | None = None, out: Folder | None = None
) -> int:
    """Run one market, print a line per group and write the tables.

    Parameters
    ----------
    seed : int
        Same scenario and seed, same result.
    orders : str, optional
        Also write the order log (.csv, .csv.gz, .parquet).
    out : str, optional
        Where the tables go (default results/simulate, as for run).
    """
    from longgame.experiments.measures.totals import summary
    from longgame.experiments.orders.write import ending_of, write_orders
    from longgame.experiments.reports.folder import results_folder
    from longgame.experiments.runs.runner import warm
    from longgame.sim.scenario_files import dump_scenario

    chosen = market.load()
    if orders is not None:
        ending_of(orders)
    path = folder(chosen.name("simulate"), out)
    with results_folder(path) as draft:
        warm()
        from longgame.sim import run

        result = run(chosen.scenario, seed, orders=orders is not None)
        for name in ("monthly", "market", "salespeople", "customers"):
            getattr(result, name).to_csv(draft / f"{name}.csv", index=False)
        dump_scenario(chosen.scenario, draft / "scenario.toml")
        if orders is not None:
            write_orders(result.orders, orders)
    rows = [["", *(heading for _, heading, _ in _SHOWN)]]
    for group, row in summary(result.monthly).iterrows():
        rows.append([str(group), *("–" if isnan(row[c]) else f.format(row[c]) for c, _, f in _SHOWN)])
    print(text_table(rows, right=range(1, len(rows[0]))))
    months = many(chosen.scenario.months, "month")
    notes = (
        f"Seed {seed}, {months}; money per salesperson and year; profit is after all costs.",
        "repeat: share of the revenue from customers who had bought before; win-win: share of deals.",
        "RQ: relational quotient, the geometric mean of win-win share, repeat share of deals and client "
        "trust (0 to 1).",
    )
    print()
    for note in notes:
        print(textwrap.fill(note, screen_width(), subsequent_indent="  "))
    print(f"Tables: {path}{os.sep}" + (f"; order log: {orders}" if orders else ""))
    return DONE
