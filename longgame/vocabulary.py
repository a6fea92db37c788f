"""Everything that the notebooks of the course speak of, in one import: ``from longgame.vocabulary import *``."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from longgame.experiments import claims
from longgame.experiments.books.fit import fit
from longgame.experiments.books.numbers import numbers
from longgame.experiments.books.report import findings as said_of
from longgame.experiments.design import compositions
from longgame.experiments.design.arms import (
    HERD,
    SEPARATE,
    SHARED,
    SINGLETON,
    Arm,
    chosen,
    crossed,
    each_alone,
    markets,
    values,
)
from longgame.experiments.design.grids import grid, sweep, with_dial
from longgame.experiments.design.plan import Plan
from longgame.experiments.evidence.ensemble import Ensemble
from longgame.experiments.figures.exchanges import figure_exchange_shares
from longgame.experiments.figures.looks import arms_in
from longgame.experiments.figures.maps import figure_grid, figure_map
from longgame.experiments.figures.paths import (
    crossovers,
    figure_cumulative_profit,
    figure_herd,
    figure_revenue_areas,
    say_crossover,
)
from longgame.experiments.figures.sweeps import figure_sweep
from longgame.experiments.inference.effects import effect_of, paired
from longgame.experiments.inference.pairs import PROFIT_UNIT, effects, of_both_kinds
from longgame.experiments.lesson import course
from longgame.experiments.lesson.course import SMALL
from longgame.experiments.measures.clients import repeat_purchase_rate
from longgame.experiments.measures.kept import AT_END, EXCHANGES, HORIZONS, PATHS
from longgame.experiments.measures.totals import totals
from longgame.experiments.orders.log import SCHEMA, order_log
from longgame.experiments.orders.read import read_orders
from longgame.experiments.orders.write import write_orders
from longgame.experiments.runs.runner import run_plan
from longgame.experiments.store.store import ResultStore
from longgame.experiments.studies import tournament, tournament_figure
from longgame.experiments.words import named, number, years
from longgame.sim import POLICIES, STRATEGIES, Conduct, Firms, Market, Pay, Salesperson, Scenario, Strategy, run
from longgame.sim.configurations import CONFIGURATIONS

__all__ = [
    "AT_END",
    "CONFIGURATIONS",
    "EXCHANGES",
    "HERD",
    "HORIZONS",
    "PATHS",
    "POLICIES",
    "PROFIT_UNIT",
    "SCHEMA",
    "SEPARATE",
    "SHARED",
    "SINGLETON",
    "SMALL",
    "STRATEGIES",
    "Arm",
    "Conduct",
    "Ensemble",
    "Figure",
    "Firms",
    "Market",
    "Path",
    "Pay",
    "Plan",
    "ResultStore",
    "Salesperson",
    "Scenario",
    "Strategy",
    "arms_in",
    "chosen",
    "claims",
    "compositions",
    "course",
    "crossed",
    "crossovers",
    "each_alone",
    "effect_of",
    "effects",
    "figure_cumulative_profit",
    "figure_exchange_shares",
    "figure_grid",
    "figure_herd",
    "figure_map",
    "figure_revenue_areas",
    "figure_sweep",
    "fit",
    "grid",
    "markets",
    "named",
    "number",
    "numbers",
    "of_both_kinds",
    "order_log",
    "paired",
    "pd",
    "read_orders",
    "repeat_purchase_rate",
    "run",
    "run_plan",
    "said_of",
    "say_crossover",
    "sweep",
    "tempfile",
    "totals",
    "tournament",
    "tournament_figure",
    "values",
    "with_dial",
    "write_orders",
    "years",
]
