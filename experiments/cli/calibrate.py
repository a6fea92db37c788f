"""``longgame calibrate``: a scenario fitted to an order log."""

from __future__ import annotations

import contextlib
import os
import re
import textwrap
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from longgame.experiments.cli.codes import DONE
from longgame.experiments.cli.options import FileName, Seed, reader, screen_width, whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from longgame.experiments.orders.calibrate import Calibration

Column = Annotated[str | None, Parameter(metavar="COL")]

#: Endings of figures, and the formats they stand for.
KINDS = {".png": "png", ".pdf": "pdf", ".svg": "svg"}


@Parameter(name="*")
@dataclass(frozen=True)
class Columns:
    """Options that name the columns of an order log, as `longgame.experiments.orders.read.read_orders` knows them.

    Attributes
    ----------
    customer : str, optional
        Column that holds the customer.
    salesperson : str, optional
        Column that holds the salesperson.
    firm : str, optional
        Column that holds the firm.
    date : str, optional
        Column that holds the date.
    month : str, optional
        Column that holds the month.
    amount : str, optional
        Column that holds the amount.
    order : str, optional
        Column that holds the order.
    """

    customer: Column = None
    salesperson: Column = None
    firm: Column = None
    date: Column = None
    month: Column = None
    amount: Column = None
    order: Column = None


def calibrate(
    orders: str,
    /,
    *,
    out: FileName,
    figure: FileName | None = None,
    seed: Seed = 0,
    salespeople: Annotated[
        int | None, Parameter(converter=reader(whole("salespeople", 10_000_000)), metavar="N")
    ] = None,
    columns: Columns = Columns(),
    date_format: Annotated[str | None, Parameter(metavar="FORMAT")] = None,
) -> int:
    """Fit a scenario to an order log, write it, and print how well it fits.

    Parameters
    ----------
    orders : str
        Order log: CSV, text or Parquet.
    out : str
        Scenario file to write (.toml).
    figure : str, optional
        Also draw the fit beside the data (.png, .pdf, .svg).
    seed : int
        Seed of the fit.
    salespeople : int, optional
        Salespeople in the market, where the log does not name them.
    date_format : str, optional
        Format of the dates, for example %d.%m.%Y.
    """
    from longgame.experiments.orders.calibrate import calibrate
    from longgame.experiments.orders.read import read_orders
    from longgame.sim.errors import InputError
    from longgame.sim.files import write_atomically
    from longgame.sim.scenario_files import dump_scenario

    kind = KINDS.get(Path(figure).suffix.lower()) if figure else None
    if figure and kind is None:
        raise InputError(f"--figure {figure}: has an ending that is not known; choose {', '.join(KINDS)}")
    for option, path in (("--out", out), ("--figure", figure)):
        if path is not None and _same_file(path, orders):
            raise InputError(f"{option} {path}: is the order log itself; name another file")
    if Path(out).suffix.lower() != ".toml":
        raise InputError(f"--out {out}: is written as TOML; give it the ending .toml")
    named = {name: column for name, column in asdict(columns).items() if column}
    try:
        log = read_orders(orders, named or None, date_format=date_format)
    except InputError as error:
        raise InputError(*map(_in_options, error.lines)) from None
    print(log.summary(), end="\n\n", flush=True)
    fit = calibrate(log, salespeople=salespeople, seed=seed)
    comments = [f"Fitted by longgame calibrate to {log.name}", *filter(None, [fit.warning])]
    dump_scenario(fit.scenario(), out, comments=comments)
    if figure:
        with write_atomically(figure, binary=True) as stream:
            _fit_figure(fit).savefig(stream, format=kind)
    print(fit.report())
    print(f"\nScenario: {out}" + (f"; figure: {figure}" if figure else ""))
    if fit.warning:
        print(f"\n{textwrap.fill(fit.warning, screen_width())}")
    return DONE


def _same_file(one: str, other: str) -> bool:
    """Return whether two names are of one file."""
    with contextlib.suppress(OSError, ValueError):
        return os.path.samefile(one, other)
    return os.path.abspath(one) == os.path.abspath(other)


def _in_options(line: str) -> str:
    """Return a remedy of `longgame.experiments.orders.read.read_orders` in the options of this command."""
    line = re.sub(r"columns=\{'(\w+)': \.\.\.\}", r"--\1 COL", line)
    return line.replace("date_format=", "--date-format ").replace("give date_format", "give --date-format")


def _fit_figure(fit: Calibration) -> Figure:
    """Return the figure of a fit."""
    from matplotlib.figure import Figure

    from longgame.experiments.orders.figure import plot_fit

    figure = Figure(figsize=(9.6, 2.8), layout="constrained")
    plot_fit(fit, axes=figure.subplots(1, 3))
    return figure
