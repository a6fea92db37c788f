"""What a results store holds, for people and for other programs: status and exported tables."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from longgame.experiments.store.lock import holder
from longgame.experiments.store.store import FILE, ResultStore, in_front
from longgame.experiments.tables import text_table
from longgame.experiments.words import many
from longgame.sim.errors import InputError, closest
from longgame.sim.files import write_atomically
from longgame.sim.scenario import MODEL_VERSION

FORMATS = ("csv", "parquet")

#: Failed runs that `status` lists.
MOST_ERRORS = 5

#: How far every plan is: a run is done when all the measures of the plan are there.
_PLANS = """
    SELECT name, count(*) AS wanted, sum(lacking = 0) AS done, sum(lacking > 0 AND broken > 0) AS failed,
        avg(seconds) AS seconds, max(started) AS last
    FROM (
        SELECT p.plan AS name, p.position, count(*) - count(r.layout) AS lacking,
            count(r.run) - count(r.layout) AS broken, max(runs.seconds) AS seconds,
            max(runs.started) AS started
        FROM plan_runs AS p JOIN plan_measures AS m USING (plan)
        LEFT JOIN results AS r ON r.key = p.key AND r.measure = m.measure LEFT JOIN runs ON runs.id = r.run
        GROUP BY p.plan, p.position
    )
    GROUP BY name ORDER BY name
"""

_ERRORS = """
    SELECT p.plan, p.market, p.seed, runs.error
    FROM plan_runs AS p JOIN plan_measures AS m USING (plan)
    JOIN results AS r ON r.key = p.key AND r.measure = m.measure AND r.layout IS NULL
    JOIN runs ON runs.id = r.run GROUP BY p.plan, p.position ORDER BY p.plan, p.position
"""

#: Every run, without its traceback.
_RUNS = """
    SELECT s.name AS scenario, runs.scenario AS scenario_key, runs.seed, runs.model, runs.started,
        runs.seconds, runs.error, e.description AS made_with, runs.key
    FROM runs JOIN scenarios AS s ON s.key = runs.scenario JOIN environments AS e ON e.id = runs.environment
    ORDER BY runs.id
"""

#: Who asked for which run; runs that nobody asks for by name are of the plan "".
_WANTED = """
    SELECT p.plan, p.market, p.scenario, p.seed, p.key FROM plan_runs AS p
    JOIN plan_measures AS m ON m.plan = p.plan AND m.measure = :measure
    UNION ALL
    SELECT '', s.name, runs.scenario, runs.seed, runs.key FROM results AS r JOIN runs ON runs.id = r.run
    JOIN scenarios AS s ON s.key = runs.scenario
    WHERE r.measure = :measure AND r.layout IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM plan_runs AS p JOIN plan_measures AS m ON m.plan = p.plan AND m.measure = :measure
        WHERE p.key = r.key
    )
"""


def find(path: str | Path) -> Path:
    """Return the results store that is meant by a file or its folder."""
    path = Path(path)
    return path / FILE if path.is_dir() else path


def status(store: ResultStore) -> str:
    """Return how far the plans of a results store are, what it was made with, and what failed."""
    assert store.path is not None
    query = store.connection.execute
    (runs,) = query("SELECT count(*) FROM runs").fetchone()
    (last,) = query("SELECT max(started) FROM runs").fetchone()
    size = sum(
        file.stat().st_size for end in ("", "-wal") if (file := store.path.with_name(store.path.name + end)).exists()
    )
    lines = [f"{store.path}: {_bytes(size)}, {many(runs, 'run')}" + (f", the last begun {_ago(last)}" if last else "")]
    if (who := holder(store.path.with_name(store.path.name + ".lock"))) is not None:
        lines.append(f"being written by {who}")
    rows = [["plan", "wanted", "done", "failed", "missing", "s a run", "last run"]]
    for name, wanted, done, failed, seconds, begun in query(_PLANS):
        missing = wanted - done - failed
        counts = [f"{count:,}" for count in (wanted, done, failed, missing)]
        rows.append([name, *counts, f"{seconds:.2f}" if seconds else "–", _ago(begun) if begun else "–"])
    if len(rows) > 1:
        lines += ["", text_table(rows, right=range(1, len(rows[0])))]
    lines += ["", *_made_with(store)]
    errors = query(_ERRORS).fetchall()
    if errors:
        lines += ["", "Failed (the next start tries again):"]
        for plan, market, seed, error in errors[:MOST_ERRORS]:
            lines.append(f"  {plan}, {market}, seed {seed}: {_short(error)}")
        if len(errors) > MOST_ERRORS:
            lines.append(f"  and {len(errors) - MOST_ERRORS:,} more")
    return "\n".join(lines)


def _made_with(store: ResultStore) -> list[str]:
    """Return a line for every environment that runs were made with."""
    rows = store.connection.execute(
        "SELECT e.description, count(*), r.model "
        "FROM runs AS r JOIN environments AS e ON e.id = r.environment "
        "GROUP BY e.id, r.model ORDER BY e.id"
    )
    lines = []
    for description, count, model in rows:
        about = {name: value for name, value in json.loads(description).items() if value}
        old = "" if model == MODEL_VERSION else f" (this longgame has {MODEL_VERSION}: not used any more)"
        host, commit = about.pop("host", "?"), about.pop("commit", "unknown")
        about.pop("model", None)
        versions = ", ".join(f"{name} {version}" for name, version in about.items())
        lines.append(f"{many(count, 'run')} of model {model}{old}, commit {commit}, on {host}: {versions}")
    return lines


def export(store: ResultStore, to: str | Path, form: str | None = None, measures: Sequence[str] = ()) -> list[Path]:
    """Write the tables of a results store, one file per measure and one of the runs.

    Every table has the columns `plan`, `market`, `scenario` (its key) and `seed` in front; what two plans share
    is there once for each.

    Parameters
    ----------
    store : ResultStore
    to : path
        A folder; or, for a single measure, a file ending in .csv or .parquet.
    form : {'csv', 'parquet'}, optional
        Default: by the ending of the file, csv for a folder.
    measures : sequence of str
        Names of the measures wanted; all if left out.

    Returns
    -------
    list of Path
        The files written, each whole or not at all.

    Raises
    ------
    InputError
        If there is no such measure, or a file cannot be written.
    """
    to = Path(to)
    known = store.connection.execute("SELECT id, name, version, source FROM measures ORDER BY id").fetchall()
    names = sorted({name for _, name, _, _ in known})
    for name in measures:
        if name not in names:
            choice = f"choose from {', '.join(names)}" if names else "it has no measures yet"
            raise InputError(f"--measure {name}: {store.path} has no such measure{closest(name, names)}; {choice}")
    chosen = [row for row in known if not measures or row[1] in measures]
    ending = to.suffix.lower().removeprefix(".")
    if ending in FORMATS and not to.is_dir():
        if len(chosen) != 1 or not measures:
            sources = ", ".join(row[3] for row in chosen) or "nothing"
            raise InputError(
                f"--to {to}: one file holds one measure, chosen are {sources}; name a folder, or one --measure"
            )
        return [_write(_exported(store, chosen[0][0]), to, form or ending)]
    form = form or FORMATS[0]
    try:
        to.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--to {to}: cannot be made ({error.strerror}); name another folder") from None
    written = [_write(_exported(store, id), to / f"{source}.{form}", form) for id, _, _, source in chosen]
    if not measures:
        runs = pd.read_sql_query(_RUNS, store.connection)
        written.append(_write(runs, to / f"runs.{form}", form))
    return written


def _exported(store: ResultStore, measure: int) -> pd.DataFrame:
    """Return the whole table of a measure."""
    wanted = store.connection.execute(_WANTED, {"measure": measure}).fetchall()
    positions, table = store.read(measure, [row[-1] for row in wanted])
    columns = {
        name: [wanted[i][column] for i in positions]
        for column, name in enumerate(("plan", "market", "scenario", "seed"))
    }
    return in_front(table, **columns)


def _write(table: pd.DataFrame, path: Path, form: str) -> Path:
    """Write a table, whole or not at all."""
    if form == "csv":
        with write_atomically(path) as stream:
            table.to_csv(stream, index=False)
    else:
        with write_atomically(path, binary=True) as stream:
            table.to_parquet(stream, index=False)
    return path


def _bytes(size: float) -> str:
    """Write a size of a file."""
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} GB"


def _ago(time: str) -> str:
    """Write how long ago a time of the store was."""
    seconds = (datetime.now(UTC) - datetime.fromisoformat(time)).total_seconds()
    for unit, length in (("days", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit} ago"
    return f"{max(seconds, 0):.0f} s ago"


def _short(text: Any, width: int = 100) -> str:
    """Return the first line of a text, shortened."""
    line = str(text).partition("\n")[0]
    return line if len(line) <= width else line[: width - 1] + "…"
