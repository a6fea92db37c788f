"""The results store: every run that was ever made, in one SQLite file.

A run is identified by the key of its scenario (a hash of every number and of the model version) and its seed,
so a run that several experiments ask for is made once. A measure is identified by its name, its version and what its
function does (`longgame.experiments.design.identity`). Every finished run is one transaction: whatever kills
the process, runs that were finished are there afterwards, whole, and others are not. Only one process at a
time writes (`longgame.experiments.store.lock`); any number may read meanwhile.

Each measure is a table of its own, named after it and its version (``horizons_v3``), so that results can be
queried with SQL; docs/howto/cluster.md has an example. On the tables of the claims that took 0.2 to 0.7 ms a
table; Arrow or Parquet kept in a cell took 0.3 to 3.5 ms, and nobody can query it.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from longgame.experiments.design.plan import Measure, Plan, Run
from longgame.experiments.store.encoding import LARGEST, decode, encode
from longgame.experiments.store.lock import Lock
from longgame.experiments.store.schema import connect, free_name, lower, make_folder, reading, remove_empty, sql_name
from longgame.sim.errors import InputError
from longgame.sim.scenario import MODEL_VERSION, Scenario
from longgame.sim.scenario_files import dump_scenario

#: Name of a results store in a results folder.
FILE = "runs.sqlite"


@dataclass(frozen=True)
class Finished:
    """The result of a run on a worker: its tables or its error, and how they came about."""

    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    error: str = ""
    details: str = ""
    started: str = field(default_factory=lambda: now())
    seconds: float = 0.0
    environment: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Failure:
    """A run that ended in an error."""

    market: str
    seed: int
    error: str
    details: str = ""


def now() -> str:
    """Return the time as results stores write it: UTC, with microseconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class ResultStore:
    """A results store, open.

    Parameters
    ----------
    path : path, optional
        The file; made with its folder where there is none. Without, a store in memory.
    read_only : bool
        Only read, also while another process writes.

    Raises
    ------
    InputError
        If the file is no results store, one of another version, or being written by another process.

    Examples
    --------
    >>> with ResultStore() as store:
    ...     plan = Plan({"short": Scenario(months=1)}, (0, 1), (Measure("m", len),))
    ...     len(store.missing(plan))
    2
    """

    def __init__(self, path: str | PathLike[str] | None = None, *, read_only: bool = False) -> None:
        self.path = None if path is None else Path(path)
        self._lock: Lock | None = None
        made: list[Path] = []
        try:
            if self.path is not None and not read_only:
                made = make_folder(self.path)
                self._lock = Lock(self.path.with_name(self.path.name + ".lock"), str(self.path))
            self.connection = connect(self.path, read_only)
        except InputError:
            if self._lock is not None:
                self._lock.release()
            remove_empty(made)
            raise
        self._inserts: dict[tuple[int, str], tuple[int, str]] = {}

    def close(self) -> None:
        """Close the file."""
        if self._lock is not None:
            with contextlib.suppress(sqlite3.Error):  # back into a single file, unless somebody is reading
                self.connection.execute("PRAGMA journal_mode = DELETE")
        self.connection.close()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # -- what is there, what is missing -------------------------------------------------------------------

    def missing(self, plan: Plan) -> list[tuple[Run, tuple[Measure, ...]]]:
        """Return the runs of a plan still to be made, with the measures to take of each.

        Failed runs are among them. A run of several equal markets is there once.
        """
        runs = list(plan.runs())
        with self._wanting([run.key for run in runs]):
            ids = [self._measure(measure) for measure in plan.measures]
            there = set(
                self.connection.execute(
                    "SELECT DISTINCT r.key, r.measure FROM results AS r JOIN wanted USING (key) "
                    "WHERE r.layout IS NOT NULL"
                )
            )
        todo: dict[str, tuple[Run, tuple[Measure, ...]]] = {}
        for run in runs:
            lacking = tuple(m for m, id in zip(plan.measures, ids, strict=True) if (run.key, id) not in there)
            if lacking:
                todo.setdefault(run.key, (run, lacking))
        return list(todo.values())

    def failures(self, plan: Plan) -> list[Failure]:
        """Return the runs of a plan that failed when they were last tried."""
        runs = list(plan.runs())
        with self._wanting([run.key for run in runs]):
            chosen = _among(self._measure(measure) for measure in plan.measures)
            rows = self.connection.execute(
                "SELECT w.position, max(runs.error), runs.details FROM wanted AS w "
                f"JOIN results AS r ON r.key = w.key AND r.layout IS NULL AND r.measure IN {chosen} "
                "JOIN runs ON runs.id = r.run GROUP BY w.position ORDER BY w.position"
            ).fetchall()
            return [Failure(runs[i].market, runs[i].seed, error, details or "") for i, error, details in rows]

    def environments(self, plan: Plan) -> list[tuple[dict[str, str | None], int]]:
        """Return what the runs of a plan were made with, and how many with each."""
        with self._wanting(run.key for run in plan.runs()):
            chosen = _among(self._measure(measure) for measure in plan.measures)
            rows = self.connection.execute(
                "SELECT e.description, count(DISTINCT r.run) FROM wanted AS w "
                f"JOIN results AS r ON r.key = w.key AND r.layout IS NOT NULL AND r.measure IN {chosen} "
                "JOIN runs ON runs.id = r.run JOIN environments AS e ON e.id = runs.environment "
                "GROUP BY e.id ORDER BY e.id"
            ).fetchall()
            return [(json.loads(description), count) for description, count in rows]

    def tables(self, plan: Plan) -> dict[str, pd.DataFrame]:
        """Return one tidy table per measure, with ``market``, ``seed`` and the plan's labels in front.

        A run that lacks any measure is in none of the tables.
        """
        lacking = {run.key for run, _ in self.missing(plan)}
        runs = [run for run in plan.runs() if run.key not in lacking]
        names, seeds = [run.market for run in runs], [run.seed for run in runs]
        found = {}
        for measure in plan.measures:
            with reading(self.path):
                id = self._measure(measure)
            positions, table = self.read(id, [run.key for run in runs])
            table = in_front(table, market=_pick(names, positions), seed=_pick(seeds, positions))
            found[measure.name] = plan.markets.labelled(table)
        return found

    def read(self, measure: int, keys: Sequence[str]) -> tuple[list[int], pd.DataFrame]:
        """Return what is there of a measure (by its id) for some keys, in their order, and whose each row is.

        The first is the place in `keys` that each row belongs to.
        """
        query = self.connection.execute
        pieces: list[tuple[list[int], pd.DataFrame]] = []
        with self._wanting(keys):
            (source,) = query("SELECT source FROM measures WHERE id = ?", (measure,)).fetchone() or ("",)
            layouts = query(
                "SELECT l.id, l.description, l.held FROM wanted AS w "
                "JOIN results AS r ON r.key = w.key AND r.measure = ? JOIN layouts AS l ON l.id = r.layout "
                "GROUP BY l.id ORDER BY min(w.position)",
                (measure,),
            ).fetchall()
            for layout, description, held in layouts:
                columns = "".join(f', m."{name}"' for name in json.loads(held))
                rows = query(
                    f"SELECT w.position{columns} FROM wanted AS w "
                    "JOIN results AS r ON r.key = w.key AND r.measure = ? AND r.layout = ? "
                    f'JOIN "{source}" AS m ON m.run = r.run ORDER BY w.position, m.row',
                    (measure, layout),
                ).fetchall()
                positions = [row[0] for row in rows]
                pieces.append((positions, decode(description, [row[1:] for row in rows])))
        return _merged(pieces)

    # -- writing ------------------------------------------------------------------------------------------

    def record(self, name: str, plan: Plan) -> None:
        """Note a plan by name, in place of an earlier one of that name: `longgame status` reports how far it is."""
        with self._transaction() as query:
            query("DELETE FROM plan_runs WHERE plan = ?", (name,))
            query("DELETE FROM plan_measures WHERE plan = ?", (name,))
            labels = {"markets": plan.markets.labels, "groups": plan.markets.groups}
            query("INSERT OR REPLACE INTO plans VALUES (?, ?, ?)", (name, now(), json.dumps(labels, default=_plain)))
            keys = {name: self._scenario(scenario) for name, scenario in plan.markets.items()}
            rows = [
                (name, i, run.market, keys[run.market], _storable(run.seed), run.key)
                for i, run in enumerate(plan.runs())
            ]
            self.connection.executemany("INSERT INTO plan_runs VALUES (?, ?, ?, ?, ?, ?)", rows)
            for measure in plan.measures:
                query("INSERT INTO plan_measures VALUES (?, ?)", (name, self._measure(measure, add=True)))

    def save(self, run: Run, measures: Iterable[Measure], finished: Finished) -> Finished:
        """Keep a run, whole or not at all, in place of an earlier failure of it.

        Returns
        -------
        Finished
            As it was kept: a run whose tables cannot be kept is a failed one.
        """
        measures = tuple(measures)
        encoded = []
        try:
            if not finished.error:
                encoded = [(len(t := finished.tables[m.name]), *encode(t)) for m in measures]
        except (TypeError, ValueError) as error:
            finished = replace(finished, error=f"{type(error).__name__}: {error}", tables={})
        with self._transaction() as query:
            number = self._insert_run(run, finished)
            for measure in measures:
                id = self._measure(measure, add=True)
                query("DELETE FROM results WHERE key = ? AND measure = ? AND layout IS NULL", (run.key, id))
                layout = None
                if not finished.error:
                    size, description, columns = encoded.pop(0)
                    layout, insert = self._layout(id, description)
                    rows = zip(itertools.repeat(number, size), range(size), *columns, strict=True)
                    self.connection.executemany(insert, rows)
                query("INSERT INTO results VALUES (?, ?, ?, ?)", (run.key, id, number, layout))
            query(
                "DELETE FROM runs WHERE key = ? AND id NOT IN (SELECT run FROM results WHERE key = ?)",
                (run.key, run.key),
            )
        return finished

    def _insert_run(self, run: Run, finished: Finished) -> int:
        """Insert the row of a run and return its id."""
        query = self.connection.execute
        made_with = json.dumps(dict(finished.environment))
        query("INSERT OR IGNORE INTO environments (description) VALUES (?)", (made_with,))
        (environment,) = query("SELECT id FROM environments WHERE description = ?", (made_with,)).fetchone()
        scenario = self._scenario(run.scenario, run.key.rpartition("-")[0])
        number = query(
            "INSERT INTO runs (key, scenario, seed, model, started, seconds, environment, error, details) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                run.key,
                scenario,
                _storable(run.seed),
                MODEL_VERSION,
                finished.started,
                finished.seconds,
                environment,
                _printable(finished.error),
                _printable(finished.details),
            ),
        ).lastrowid
        assert number is not None
        return number

    def _scenario(self, scenario: Scenario, key: str | None = None) -> str:
        """Return the key of a scenario that is in the store, put there if it is not."""
        key = key or scenario.key()
        query = self.connection.execute
        if query("SELECT 1 FROM scenarios WHERE key = ?", (key,)).fetchone() is None:
            text = io.StringIO()
            dump_scenario(scenario, text)
            query("INSERT INTO scenarios VALUES (?, ?, ?, ?)", (key, scenario.name, MODEL_VERSION, text.getvalue()))
        return key

    def _measure(self, measure: Measure, add: bool = False) -> int:
        """Return the id of a measure; 0 if it is not there and not to be added."""
        query = self.connection.execute
        identity = (measure.name, measure.version, measure.function)
        known = query("SELECT id FROM measures WHERE name = ? AND version = ? AND function = ?", identity).fetchone()
        if known is not None:
            return known[0]
        if not add:
            return 0
        taken = {name for (name,) in query("SELECT lower(name) FROM sqlite_master")}
        source = free_name(sql_name(f"{measure.name}_v{measure.version}"), taken)
        query(
            f'CREATE TABLE "{source}" (run INTEGER NOT NULL REFERENCES runs, row INTEGER NOT NULL, '
            "PRIMARY KEY (run, row)) WITHOUT ROWID"
        )
        sql = "INSERT INTO measures (name, version, function, source) VALUES (?, ?, ?, ?)"
        id = query(sql, (*identity, source)).lastrowid
        assert id is not None
        return id

    def _layout(self, measure: int, description: str) -> tuple[int, str]:
        """Return the id of a measure's columns and the statement that inserts a row of them."""
        if (measure, description) in self._inserts:
            return self._inserts[measure, description]
        query = self.connection.execute
        (source,) = query("SELECT source FROM measures WHERE id = ?", (measure,)).fetchone()
        known = query(
            "SELECT id, held FROM layouts WHERE measure = ? AND description = ?", (measure, description)
        ).fetchone()
        if known is not None:
            id, held = known[0], json.loads(known[1])
        else:
            taken, held = {"run", "row"}, []
            for name, _ in json.loads(description):
                held.append(free_name(sql_name(name), taken))
                taken.add(lower(held[-1]))
            there = {lower(row[1]) for row in query(f'PRAGMA table_info("{source}")')}
            for name in held:
                if lower(name) not in there:
                    query(f'ALTER TABLE "{source}" ADD COLUMN "{name}"')
            sql = "INSERT INTO layouts (measure, description, held) VALUES (?, ?, ?)"
            id = int(query(sql, (measure, description, json.dumps(held))).lastrowid or 0)
        columns = "".join(f', "{name}"' for name in held)
        marks = ", ?" * len(held)
        insert = f'INSERT INTO "{source}" (run, row{columns}) VALUES (?, ?{marks})'
        self._inserts[measure, description] = id, insert
        return id, insert

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[Any]:
        """Give `execute`; what it does stays only if the block ends without an error."""
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            yield self.connection.execute
            self.connection.execute("COMMIT")
        except BaseException as error:
            self._inserts.clear()  # what they name may be rolled back
            with contextlib.suppress(sqlite3.Error):
                self.connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error | json.JSONDecodeError):
                raise InputError(
                    f"{self.path}: cannot be written ({error}); what was finished before is kept"
                ) from error
            raise

    @contextlib.contextmanager
    def _wanting(self, keys: Iterable[str]) -> Iterator[None]:
        """Give a temporary table `wanted` of keys and their places, and report damage that is met meanwhile."""
        query = self.connection.execute
        with reading(self.path):
            query("CREATE TEMP TABLE IF NOT EXISTS wanted (position INTEGER PRIMARY KEY, key TEXT NOT NULL)")
            query("BEGIN")  # one state of the file, whatever is written meanwhile
            try:
                self.connection.executemany("INSERT INTO temp.wanted VALUES (?, ?)", enumerate(keys))
                yield
            finally:
                if self.connection.in_transaction:  # SQLite ends it itself where the file cannot be read
                    query("ROLLBACK")


def _merged(pieces: Sequence[tuple[list[int], pd.DataFrame]]) -> tuple[list[int], pd.DataFrame]:
    """Return one table of several, with their rows in the order of their positions."""
    if not pieces:
        return [], pd.DataFrame()
    if len(pieces) == 1:
        return pieces[0]
    positions = list(itertools.chain.from_iterable(places for places, _ in pieces))
    order = sorted(range(len(positions)), key=positions.__getitem__)
    table = pd.concat([piece for _, piece in pieces], ignore_index=True)
    return [positions[i] for i in order], table.iloc[order].reset_index(drop=True)


def in_front(table: pd.DataFrame, **columns: list[Any]) -> pd.DataFrame:
    """Return the table with columns put in front."""
    fronted = {
        name: pd.Series(values, dtype="str" if name != "seed" or not values else None)
        for name, values in columns.items()
    }
    return pd.concat([pd.DataFrame(fronted, index=table.index), table], axis=1)


def _pick(values: Sequence[Any], positions: Iterable[int]) -> list[Any]:
    return [values[i] for i in positions]


def _storable(seed: int) -> int | str:
    """Return a seed as SQLite can hold it."""
    return seed if -LARGEST <= seed <= LARGEST else str(seed)


def _plain(value: Any) -> Any:
    """Return a label as JSON has it: a number of NumPy as a number, anything else as text."""
    return value.item() if isinstance(value, np.generic) else str(value)


def _printable(text: str) -> str | None:
    """Return text that can be stored, None if there is none."""
    return text.encode("utf-8", "backslashreplace").decode() or None


def _among(ids: Iterable[int]) -> str:
    """Return numbers as SQL writes a set."""
    return f"({', '.join(str(int(id)) for id in ids)})"
