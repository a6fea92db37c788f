"""``longgame patterns``: the market compared with published empirical patterns."""

from __future__ import annotations

import json
import os
import time
from functools import partial
from pathlib import Path

from longgame.experiments.cli.codes import DONE, Stopped
from longgame.experiments.cli.options import FileName, Folder, Line, Processes, Seeds, cores
from longgame.experiments.words import many


def patterns(
    *,
    quick: bool = False,
    seeds: Seeds | None = None,
    workers: Processes | None = None,
    out: Folder = "results/patterns",
    write: FileName | None = None,
    line: Line,
) -> int:
    """Measure the empirical patterns, print and write them; one not met is a finding, not an error.

    Parameters
    ----------
    quick : bool
        Ten seeds, for a first look.
    seeds : int, optional
        Runs of every market (default 100, with --quick 10; from 6 on there are verdicts).
    workers : int, optional
        Worker processes (default: one per core; 1 runs in this process).
    out : str
        Where the results go.
    write : str, optional
        Also write the table into FILE, between its marks, and figures/patterns.png beside it.
    """
    from longgame.experiments.reports.folder import results_folder

    start = time.perf_counter()
    path = Path(out)
    with results_folder(path) as draft:
        from longgame.experiments.figures.style import save
        from longgame.experiments.reports.documents import check_place
        from longgame.experiments.runs.workers import Failed, Lost
        from longgame.experiments.validation import patterns_figure, patterns_report, patterns_table

        if write:  # before the long run: a wrong file is reported at once
            check_place(write, "patterns")
        count = seeds or (patterns_table.QUICK_SEEDS if quick else patterns_table.SEEDS)
        try:
            tables = patterns_table.measure(range(count), workers or cores())
        except (Failed, Lost) as error:
            raise Stopped(str(error)) from None
        table = patterns_table.table(tables)
        print(patterns_report.terminal(table))
        about = patterns_report.about([line], count)
        (draft / "about.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
        table.to_csv(draft / "patterns.csv", index=False, float_format="%.6g")
        (draft / "tables").mkdir()
        for name, measured in tables.items():
            measured.to_csv(draft / "tables" / f"{name.replace(' ', '-')}.csv", index=False)
        draw = partial(patterns_figure.figure, tables=tables, df=table)
        save(draw, draft / "figures" / "patterns", ("paper",))
        if write:
            _write(write, patterns_report.markdown(table, about), draft)
    print(
        f"\n{patterns_report.summary(table)} ({many(count, 'seed')} of every market; what is not met is a "
        f"finding, not an error), in {time.perf_counter() - start:.0f} s. Results: {path}{os.sep}"
    )
    return DONE


def _write(document: str, text: str, draft: Path) -> None:
    """Write the table of patterns into a document, and the figure beside it."""
    from longgame.experiments.reports.documents import write_into
    from longgame.sim.files import write_atomically

    picture = (draft / "figures" / "paper" / "patterns.png").read_bytes()
    folder = Path(document).parent / "figures"
    folder.mkdir(exist_ok=True)
    with write_atomically(folder / "patterns.png", binary=True) as stream:
        stream.write(picture)
    write_into(document, "patterns", text)
