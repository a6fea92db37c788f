"""``longgame limits``: the market compared with exact results of theory."""

from __future__ import annotations

import os
import time
from functools import partial
from pathlib import Path
from typing import Any

from longgame.experiments.cli.codes import DONE, FAILED
from longgame.experiments.cli.options import Folder
from longgame.experiments.tables import text_row, widths


def limits(*, quick: bool = False, out: Folder = "results/limits") -> int:
    """Simulate the exact limits, print them beside theory, and write table and figures.

    Parameters
    ----------
    quick : bool
        One case of each, for a first look.
    out : str
        Where the results go.
    """
    from longgame.experiments.reports.folder import results_folder

    path = Path(out)
    with results_folder(path) as draft:
        from longgame.experiments.figures.style import save
        from longgame.experiments.runs.runner import warm
        from longgame.experiments.validation import limits_table

        warm()
        start = time.perf_counter()
        heads = limits_table.COLUMNS[:-1]
        wide = widths([heads, *((row.limit, row.case, "", "", "") for row in limits_table.rows(quick))])
        show = partial(text_row, right=range(2, 5))
        print(show((*heads, ""), (*wide, 4)), flush=True)

        def tell(row: Any) -> None:
            numbers = (f"{row[name]:.4f}" for name in heads[2:])
            held = "pass" if row["holds"] else "FAIL"
            print(show((row["limit"], row["case"], *numbers, held), (*wide, 4)), flush=True)

        table = limits_table.table(quick, tell)
        table.to_csv(draft / "limits.csv", index=False, float_format="%.9g")
        if not quick:
            for name, draw in limits_table.FIGURES.items():
                save(lambda figure, draw=draw: draw(figure, table), draft / "figures" / name)
    failed = int((~table["holds"]).sum())
    print(
        f"\n{len(table) - failed} of {len(table)} within tolerance ({limits_table.SIGMAS:g} standard errors "
        f"of the simulated number), in {time.perf_counter() - start:.0f} s. Results: {path}{os.sep}"
    )
    return FAILED if failed else DONE
