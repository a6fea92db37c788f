"""Status and exported tables of a results store, for people and for other programs."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from longgame.experiments.design.plan import labelled
from longgame.experiments.store.lock import holder
from longgame.experiments.store.schema import BROKEN, Damaged, reading
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
        avg(seconds) AS seconds, max(started) AS last, (SELECT labels FROM plans WHERE plans.name = found.name)
    FROM (
        SELECT p.plan AS name, p.position, count(*) - count(r.layout) AS lacking,
            count(r.run) - count(r.layout) AS broken, max(runs.seconds) AS seconds,
            max(runs.started) AS started
        FROM plan_runs AS p JOIN plan_measures AS m USING (plan)
        LEFT JOIN results AS r ON r.key = p.key AND r.measure = m.measure LEFT JOIN runs ON runs.id = r.run
        GROUP BY p.plan, p.position
    ) AS found
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

#: The runs of every plan; those of no named plan belong to the plan "".
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


#: The runs that hold a measure, where the tables of plans and runs cannot be read.
_KEYS = "SELECT '', '', '', '', key FROM results WHERE measure = :measure AND layout IS NOT NULL"


def find(path: str | Path) -> Path:
    """Return the results store that is meant by a file or its folder."""
    return Path(path) / FILE if os.path.isdir(path) else Path(path)


def status(store: ResultStore) -> str:
    """Return how far the plans of a results store are, what it was made with, and what failed.

    Raises
    ------
    Damaged
        If the store cannot be read.
    """
    with reading(store.path):
        return _status(store)


def _status(store: ResultStore) -> str:
    """Return the lines of `status`."""
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
    rows = [["plan", "wanted", "done", "failed", "missing", "s a run", "last run", "labels"]]
    for name, wanted, done, failed, seconds, begun, labels in query(_PLANS):
        missing = wanted - done - failed
        counts = [f"{count:,}" for count in (wanted, done, failed, missing)]
        when = [f"{seconds:.2f}" if seconds else "–", _ago(begun) if begun else "–"]
        rows.append([name, *counts, *when, ", ".join(_label_names(labels)) or "–"])
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

    Every table has the columns `plan`, `market`, `scenario` (its key) and `seed` in front, and behind them the labels
    of the plans; what two plans share is there once for each.

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
    Damaged
        If not all that is there can be read. The files then hold what can be.
    """
    to = Path(to)
    with reading(store.path):
        known = store.connection.execute("SELECT id, name, version, source FROM measures ORDER BY id").fetchall()
        names = sorted({name for _, name, _, _ in known})
    for name in measures:
        if name not in names:
            choice = f"choose from {', '.join(names)}" if names else "it has no measures yet"
            raise InputError(f"--measure {name}: {store.path} has no such measure{closest(name, names)}; {choice}")
    chosen = [row for row in known if not measures or row[1] in measures]
    ending = to.suffix.lower().removeprefix(".")
    if ending in FORMATS and not os.path.isdir(to):
        if len(chosen) != 1 or not measures:
            sources = ", ".join(row[3] for row in chosen) or "nothing"
            raise InputError(
                f"--to {to}: one file holds one measure, chosen are {sources}; name a folder, or one --measure"
            )
        form = form or ending
        files = {chosen[0][0]: to}
    else:
        form = form or FORMATS[0]
        try:
            to.mkdir(parents=True, exist_ok=True)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise InputError(f"--to {to}: cannot be made ({reason}); name another folder") from None
        files = {id: to / f"{source}.{form}" for id, _, _, source in chosen}
    lost: list[str] = []
    written = []
    for id, file in files.items():
        try:
            table, missing = _exported(store, id)
        except Damaged:
            lost.append(file.name)
            continue
        written.append(_write(table, file, form))
        lost += [f"{many(missing, 'run')} of {file.name}"] if missing else []
    if not measures:
        try:
            written.append(_write(_runs_table(store), to / f"runs.{form}", form))
        except Damaged:
            lost.append(f"runs.{form}")
    if lost:
        raise Damaged(
            f"{store.path}: is damaged; what can still be read was written to {to}, without {', '.join(lost)}"
        )
    return written


def _exported(store: ResultStore, measure: int) -> tuple[pd.DataFrame, int]:
    """Return the table of a measure as far as it can be read, and how many of its runs cannot.

    Raises
    ------
    Damaged
        If nothing says any more which runs the measure has.
    """
    try:
        wanted = store.connection.execute(_WANTED, {"measure": measure}).fetchall()
    except sqlite3.Error:
        with reading(store.path):
            wanted = store.connection.execute(_KEYS, {"measure": measure}).fetchall()
    positions, table, lost = _readable(store, measure, [row[-1] for row in wanted])
    columns = {
        name: [wanted[i][column] for i in positions]
        for column, name in enumerate(("plan", "market", "scenario", "seed"))
    }
    return _labelled(store, in_front(table, **columns)), lost


def _readable(store: ResultStore, measure: int, keys: list[str]) -> tuple[list[int], pd.DataFrame, int]:
    """Return what `ResultStore.read` does, without the runs that cannot be read, and how many these are."""
    try:
        return *store.read(measure, keys), 0
    except Damaged:
        if len(keys) < 2:
            return [], pd.DataFrame(), len(keys)
    half = len(keys) // 2
    places, table, lost = _readable(store, measure, keys[:half])
    others, more, missing = _readable(store, measure, keys[half:])
    tables = [part for part in (table, more) if len(part)] or [table]
    return [*places, *(half + place for place in others)], pd.concat(tables, ignore_index=True), lost + missing


def _labelled(store: ResultStore, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the labels of its plans as columns behind those that are in front."""
    made: dict[str, pd.Series] = {}
    for plan in table["plan"].unique():
        with contextlib.suppress(*BROKEN):  # damaged: a table without labels is one, too
            (text,) = store.connection.execute("SELECT labels FROM plans WHERE name = ?", (plan,)).fetchone() or ("{}",)
            found, rows = json.loads(text), table["plan"] == plan
            part = labelled(table[rows], found.get("markets", {}), found.get("groups", {}))
            for name in [name for name in part if name not in table]:
                made.setdefault(name, pd.Series(None, table.index, object)).loc[rows] = part[name]
    for place, (name, column) in enumerate(made.items(), 1 + list(table).index("seed")):
        table.insert(place, name, column)
    return table


def _label_names(labels: str | None) -> list[str]:
    """Return the names of the labels that a plan carries."""
    found = json.loads(labels or "{}")
    return list(dict.fromkeys(name for each in found.values() for labels in each.values() for name in labels))


def _runs_table(store: ResultStore) -> pd.DataFrame:
    """Return the table of all runs."""
    with reading(store.path):
        rows = store.connection.execute(_RUNS)
        return pd.DataFrame(rows.fetchall(), columns=[about[0] for about in rows.description])


def _write(table: pd.DataFrame, path: Path, form: str) -> Path:
    """Write a table, whole or not at all."""
    if form == "csv":
        with write_atomically(path) as stream:
            table.to_csv(stream, index=False)
    else:
        with write_atomically(path, binary=True) as stream:
            table.apply(_of_one_type).to_parquet(stream, index=False)
    return path


def _of_one_type(column: pd.Series) -> pd.Series:
    """Return a column as it is, or as text where plans give labels of several types by one name."""
    kinds = {type(value) for value in column.dropna()} if column.dtype == object else set()
    if len(kinds) < 2 or kinds == {int, float}:
        return column
    return column.where(column.isna(), column.map(str))


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
