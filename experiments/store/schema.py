"""The file of a results store: its tables, and how it is opened so that nothing else is ever written to."""

from __future__ import annotations

import contextlib
import itertools
import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from longgame.sim.errors import InputError

#: Marks the file as a results store ("lgme"), and the version of the tables below.
APPLICATION, VERSION = 0x6C676D65, 2

#: Columns without a type keep every value exactly as it is given; REAL, for one, would make 0.0 of -0.0.
TABLES = """
    -- What runs were made with: model, commit, packages, host, as JSON.
    CREATE TABLE environments (id INTEGER PRIMARY KEY, description TEXT NOT NULL UNIQUE);
    -- Markets. The key is a hash of all numbers and the model version.
    CREATE TABLE scenarios (
        key TEXT PRIMARY KEY, name TEXT NOT NULL, model TEXT NOT NULL, toml TEXT NOT NULL
    );
    -- Simulations made: one row each. A seed beyond 64 bits is text.
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY, key TEXT NOT NULL, scenario TEXT NOT NULL REFERENCES scenarios, seed NOT NULL,
        model TEXT NOT NULL, started TEXT NOT NULL, seconds REAL NOT NULL,
        environment INTEGER NOT NULL REFERENCES environments, error TEXT, details TEXT
    );
    CREATE INDEX runs_by_key ON runs (key);
    -- What is taken of runs; `source` is the table that holds it, by run and row.
    CREATE TABLE measures (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL, function TEXT NOT NULL,
        source TEXT NOT NULL UNIQUE COLLATE NOCASE, UNIQUE (name, version, function)
    );
    -- Names and types of a measure's columns, as JSON, and the SQL names of the columns that hold them.
    CREATE TABLE layouts (
        id INTEGER PRIMARY KEY, measure INTEGER NOT NULL REFERENCES measures, description TEXT NOT NULL,
        held TEXT NOT NULL, UNIQUE (measure, description)
    );
    -- Which run holds a measure of a key. No layout: that run failed.
    CREATE TABLE results (
        key TEXT NOT NULL, measure INTEGER NOT NULL REFERENCES measures, run INTEGER NOT NULL REFERENCES runs,
        layout INTEGER REFERENCES layouts, PRIMARY KEY (key, measure)
    ) WITHOUT ROWID;
    CREATE INDEX results_by_run ON results (run);
    -- What was asked for, by name; the labels of its markets and of its groups of firms, as JSON.
    CREATE TABLE plans (name TEXT PRIMARY KEY, recorded TEXT NOT NULL, labels TEXT NOT NULL);
    CREATE TABLE plan_runs (
        plan TEXT NOT NULL REFERENCES plans, position INTEGER NOT NULL, market TEXT NOT NULL,
        scenario TEXT NOT NULL, seed NOT NULL, key TEXT NOT NULL, PRIMARY KEY (plan, position)
    ) WITHOUT ROWID;
    CREATE TABLE plan_measures (
        plan TEXT NOT NULL REFERENCES plans, measure INTEGER NOT NULL REFERENCES measures,
        PRIMARY KEY (plan, measure)
    ) WITHOUT ROWID;
"""


def connect(path: Path | None, read_only: bool = False) -> sqlite3.Connection:
    """Open a results store, made where there is none; None is a store in memory.

    Raises
    ------
    InputError
        If the file is no results store of this version. It is then left as it is; if it cannot be made whole, it is
        not made.
    """
    if path is None:
        connection = sqlite3.connect(":memory:", isolation_level=None)
        _create(connection)
        return connection
    new = not read_only and not os.path.exists(path)
    try:
        _check_header(path, read_only)
        connection = _connect(path, read_only)
    except (OSError, sqlite3.Error, ValueError, RuntimeError) as error:  # RuntimeError: links in a circle
        if isinstance(error, InputError):
            raise
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be opened ({reason}); name another store") from None
    try:
        _check(connection, path, read_only)
        if not read_only:
            # A commit is one append to a log: a killed process loses nothing that was committed, and readers
            # (`longgame status`) are not kept out. After a power cut the last few may be missing, no more.
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
    except sqlite3.Error as error:
        connection.close()
        if new:  # a full disk, for one
            _remove(path)
            raise InputError(f"{path}: cannot be made ({error}); make room, or name another store") from None
        raise InputError(
            f"{path}: cannot be read or written ({error}); make room if the disk is full, else move it away or name "
            "another store"
        ) from None
    except InputError:
        connection.close()
        raise
    return connection


def _remove(path: Path) -> None:
    """Remove a store that could not be made, with what SQLite keeps beside it."""
    for end in ("", "-journal", "-wal", "-shm"):
        with contextlib.suppress(OSError):
            path.with_name(path.name + end).unlink()


#: Errors in what was read of a store, where it is not what was written there.
BROKEN = (sqlite3.Error, ValueError, TypeError, LookupError, AttributeError, OverflowError)


class Damaged(InputError):
    """A results store that cannot be read any more, or not in full."""


@contextlib.contextmanager
def reading(path: Path | None) -> Iterator[None]:
    """Report, as `Damaged`, that what was read of a store is not what was written there."""
    try:
        yield
    except InputError:
        raise
    except BROKEN as error:
        raise Damaged(
            f"{path}: is damaged ({error}); save what can be read with `longgame export`, then move it away or name "
            "another store"
        ) from error


def _connect(path: Path, read_only: bool) -> sqlite3.Connection:
    """Connect to the file, without reading it."""
    address = path.resolve().as_uri()
    mode = "ro" if read_only else "rwc"
    connection = sqlite3.connect(f"{address}?mode={mode}", uri=True, isolation_level=None, timeout=30)
    if read_only:
        try:
            connection.execute("SELECT count(*) FROM sqlite_master")
        except sqlite3.OperationalError:
            # Reading, too, makes files beside it. Where nothing can be made nobody writes: read it as it is.
            connection.close()
            if os.access(path.parent, os.W_OK) or path.with_name(f"{path.name}-wal").exists():
                raise
            connection = sqlite3.connect(f"{address}?immutable=1", uri=True, isolation_level=None)
    return connection


def _check_header(path: Path, read_only: bool) -> None:
    """Refuse what is no SQLite file, before SQLite comes near it."""
    if os.path.isdir(path):
        raise InputError(f"{path}: is a directory; name a file in it")
    if not os.path.exists(path):
        if read_only:
            raise InputError(f"{path}: no such file; name a results store or the folder that holds one")
        return
    with open(path, "rb") as file:
        head = file.read(16)
    if head not in (b"", b"SQLite format 3\0"):
        raise InputError(f"{path}: is not a results store; name another file")


def _check(connection: sqlite3.Connection, path: Path, read_only: bool) -> None:
    """Refuse a file of other tables; fill an empty one."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application == APPLICATION and version != VERSION:
        help = "move it away (its runs are made again)" if version < VERSION else "install a newer longgame"
        raise InputError(
            f"{path}: is a results store of version {version}, this longgame keeps version {VERSION}; "
            f"{help}, or name another store"
        )
    if application != APPLICATION and (application or version or tables or read_only):
        raise InputError(f"{path}: is not a results store; name another file")
    if application != APPLICATION:
        _create(connection)


def _create(connection: sqlite3.Connection) -> None:
    """Make the tables, all or none."""
    connection.executescript(
        f"BEGIN; {TABLES} PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION}; COMMIT;"
    )


def sql_name(name: str) -> str:
    """Return a name that can stand between quotes."""
    return "".join(c if c.isprintable() and c != '"' else "_" for c in name) or "_"


def lower(name: str) -> str:
    """Return a name as SQLite compares it: the case of ASCII letters does not count."""
    return name.encode().lower().decode()


def free_name(name: str, taken: Iterable[str]) -> str:
    """Return the name, numbered if it is taken."""
    numbered = itertools.chain([name], (f"{name}_{i}" for i in itertools.count(2)))
    return next(candidate for candidate in numbered if lower(candidate) not in taken)


def make_folder(path: Path) -> list[Path]:
    """Make the folder of a file, and return the folders that were made."""
    made = [folder for folder in path.parents if not os.path.exists(folder)]  # never an error, however long it is
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise InputError(f"{path}: a part of it is a file; name another store") from None
    except (OSError, ValueError) as error:
        remove_empty(made)
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be written to ({reason}); name another store") from None
    return made


def remove_empty(folders: Iterable[Path]) -> None:
    """Remove folders, from the inside out, as far as they are empty."""
    for folder in folders:
        with contextlib.suppress(OSError, ValueError):
            folder.rmdir()
