"""``longgame calibrate``: markets fitted to an order book, and the nearest of them."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from longgame.default_market import DEFAULT
from longgame.experiments.cli.codes import DONE
from longgame.experiments.cli.options import FileName, Line, Running, Seed, between, reader, report, screen_width, whole
from longgame.experiments.cli.order_file import BookFile, MoreFiles, OrderFile

if TYPE_CHECKING:
    from longgame.experiments.books.fitted import Fitted

#: Endings of figures, and the formats they stand for.
KINDS = {".png": "png", ".pdf": "pdf", ".svg": "svg"}

Share = Annotated[float | None, Parameter(converter=reader(between("a share", 0.001, 0.999)), metavar="SHARE")]


@Parameter(name="*")
@dataclass(frozen=True)
class Fitting:
    """Options of a fit to an order book.

    Attributes
    ----------
    like : str
        Kind of market that stands for what a book does not tell of: repeat-supply, projects or consumer-services.
    salespeople : int, optional
        Salespeople at one time, where the book does not name them.
    trust : float, optional
        Share of strangers who trust a salesperson, from a survey.
    recommended : float, optional
        Share of new customers who come by recommendation, from a survey.
    share_of_wallet : float, optional
        Share of what customers need that they buy of you, from a survey.
    markets : int
        Markets that are fitted.
    seed : int
        Seed of the fit.
    """

    like: str = DEFAULT
    salespeople: Annotated[int | None, Parameter(converter=reader(whole("salespeople", 10_000_000)), metavar="N")] = (
        None
    )
    trust: Share = None
    recommended: Share = None
    share_of_wallet: Share = None
    markets: Annotated[int, Parameter(converter=reader(whole("markets", 10_000, least=30)), metavar="N")] = 100
    seed: Seed = 0

    def fit(self, reading: OrderFile, files: tuple[str, ...], running: Running) -> Fitted:
        """Read a book and fit markets to it.

        Raises
        ------
        InputError
            If the file cannot be read, or is too thin to be fitted, or an option cannot be.
        """
        from longgame.experiments.books.fit import fit
        from longgame.experiments.evidence.table import KINDS as MARKET_KINDS
        from longgame.sim.errors import InputError, nearest

        if self.like not in MARKET_KINDS:
            raise InputError(f"--like {self.like}: is no kind of market; {nearest(self.like, MARKET_KINDS)}")
        log = reading.read(*files)
        print(log.summary(), end="\n\n", flush=True)
        given = {"trust": self.trust, "recommended": self.recommended, "wallet": self.share_of_wallet}
        with running.open(progress=False) as workers:
            return fit(
                log,
                kind=self.like,
                salespeople=self.salespeople,
                survey={name: value for name, value in given.items() if value is not None},
                seed=self.seed,
                markets=self.markets,
                answer=workers.tables,
                tell=report,
            )


def calibrate(
    orders: BookFile,
    /,
    *more: MoreFiles,
    out: FileName,
    figure: FileName | None = None,
    fitting: Fitting = Fitting(),
    running: Running = Running(),
    reading: OrderFile = OrderFile(),
    line: Line,
) -> int:
    """Fit markets to an order book, write them and the nearest of them, and say how well they reproduce it.

    Parameters
    ----------
    out : str
        Scenario file to write (.toml): the nearest market. The others go into a file of that name with .json.
    figure : str, optional
        Also draw the market beside the book (.png, .pdf, .svg).
    """
    from longgame.experiments.books.report import findings
    from longgame.experiments.figures.style import style
    from longgame.experiments.runs.provenance import made_by
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
    started, about = time.perf_counter(), made_by(line)
    fitted = fitting.fit(reading, (orders, *more), running)
    found = findings(fitted, about)
    markets = Path(out).with_suffix(".json")
    fitted.ensemble(about).write(markets)
    dump_scenario(
        fitted.scenario(), out, comments=[f"Fitted by longgame calibrate to {fitted.name}", found.sentences[0]]
    )
    if figure:
        with style("paper"), write_atomically(figure, binary=True) as stream:
            found.plot("fit").savefig(stream, format=kind, dpi=200)
    print(found.text(screen_width()))
    where = f"Scenario: {out}; markets: {markets}" + (f"; figure: {figure}" if figure else "")
    print(f"\n{where}. Done in {time.perf_counter() - started:.0f} s.")
    return DONE


def _same_file(one: str, other: str) -> bool:
    """Return whether two names are of one file."""
    with contextlib.suppress(OSError, ValueError):
        return os.path.samefile(one, other)
    return os.path.abspath(one) == os.path.abspath(other)
