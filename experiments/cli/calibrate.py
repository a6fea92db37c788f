"""``longgame calibrate``: a scenario fitted to an order log."""

from __future__ import annotations

import contextlib
import os
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from longgame.experiments.cli.codes import DONE
from longgame.experiments.cli.options import FileName, Seed, reader, screen_width, whole
from longgame.experiments.cli.order_file import OrderFile

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from longgame.experiments.orders.calibrate import Calibration

#: Endings of figures, and the formats they stand for.
KINDS = {".png": "png", ".pdf": "pdf", ".svg": "svg"}


def calibrate(
    orders: str,
    /,
    *more: str,
    out: FileName,
    figure: FileName | None = None,
    seed: Seed = 0,
    salespeople: Annotated[
        int | None, Parameter(converter=reader(whole("salespeople", 10_000_000)), metavar="N")
    ] = None,
    reading: OrderFile = OrderFile(),
) -> int:
    """Fit a scenario to an order log, write it, and print how well it fits.

    Parameters
    ----------
    orders : str
        Order log: CSV, text, JSON, Parquet or a workbook.
    *more : str
        Further files of the same columns, such as one a month; all are read as one.
    out : str
        Scenario file to write (.toml).
    figure : str, optional
        Also draw the fit beside the data (.png, .pdf, .svg).
    seed : int
        Seed of the fit.
    salespeople : int, optional
        Salespeople in the market, where the log does not name them.
    """
    from longgame.experiments.orders.calibrate import calibrate
    from longgame.sim.errors import InputError
    from longgame.sim.files import write_atomically
    from longgame.sim.scenario_files import dump_scenario

    kind = KINDS.get(Path(figure).suffix.lower()) if figure else None
    if figure and kind is None:
        raise InputError(f"--figure {figure}: has an ending that is not known; choose {', '.join(KINDS)}")
    for option, path in (("--out", out), ("--figure", figure)):
        if path is not None and any(_same_file(path, one) for one in (orders, *more)):
            raise InputError(f"{option} {path}: is the order log itself; name another file")
    if Path(out).suffix.lower() != ".toml":
        raise InputError(f"--out {out}: is written as TOML; give it the ending .toml")
    log = reading.read(orders, *more)
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


def _fit_figure(fit: Calibration) -> Figure:
    """Return the figure of a fit."""
    from matplotlib.figure import Figure

    from longgame.experiments.orders.figure import plot_fit

    figure = Figure(figsize=(9.6, 2.8), layout="constrained")
    plot_fit(fit, axes=figure.subplots(1, 3))
    return figure
