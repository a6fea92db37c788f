"""``longgame advise``: what would change for the people of an order book."""

from __future__ import annotations

import time

from longgame.experiments.cli.calibrate import Fitting
from longgame.experiments.cli.codes import DONE
from longgame.experiments.cli.options import Folder, Line, Running, folder, report
from longgame.experiments.cli.order_file import BookFile, MoreFiles, OrderFile


def advise(
    orders: BookFile,
    /,
    *more: MoreFiles,
    out: Folder | None = None,
    fitting: Fitting = Fitting(),
    running: Running = Running(),
    reading: OrderFile = OrderFile(),
    line: Line,
) -> int:
    """Say what would change if your people sold or worked together in another way, in markets that fit your book.

    Parameters
    ----------
    out : str, optional
        Where the results go (default results/advise): advice.html is one page to print, report.md the same as text.
    """
    from longgame.experiments.books.advise import advise, findings
    from longgame.experiments.cli.carry import show
    from longgame.experiments.reports.folder import results_folder
    from longgame.experiments.runs.provenance import made_by

    started, path = time.perf_counter(), folder("advise", out)
    with results_folder(path) as draft:
        fitted = fitting.fit(reading, (orders, *more), running)
        report("changes: the same in every market that fits")
        with running.open(progress=False) as workers:
            found = findings(advise(fitted, workers.tables), {**made_by(line), "runs": fitted.runs})
        found.write(draft)
        (draft / "advice.html").write_text(found.html(), encoding="utf-8")
    show(found, path, time.perf_counter() - started)
    return DONE
