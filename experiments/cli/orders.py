"""``longgame orders``: what an order file holds, before anything is fitted to it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from longgame.experiments.cli.codes import DONE
from longgame.experiments.cli.options import FileName, screen_width
from longgame.experiments.cli.order_file import BookFile, MoreFiles, OrderFile


def orders(
    file: BookFile,
    /,
    *more: MoreFiles,
    as_json: Annotated[bool, Parameter(name="--json")] = False,
    out: FileName | None = None,
    reading: OrderFile = OrderFile(),
) -> int:
    """Show what an order file holds: customers, orders, money, and what was left out.

    Parameters
    ----------
    as_json : bool
        Print the numbers as JSON.
    out : str, optional
        Also write tables and figures into this folder.
    """
    from longgame.experiments.studies.order_book import facts, order_book

    started = time.perf_counter()
    log = reading.read(file, *more)
    if out is not None:
        from longgame.experiments.cli.carry import show
        from longgame.experiments.reports.folder import results_folder

        found = order_book(log)
        with results_folder(Path(out)) as draft:
            found.write(draft)
        if not as_json:
            show(found, Path(out), time.perf_counter() - started)
    elif not as_json:
        print(order_book(log).text(screen_width()))
    if as_json:
        print(json.dumps(facts(log), indent=2, ensure_ascii=False))
    return DONE
