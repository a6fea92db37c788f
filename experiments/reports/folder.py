"""Results folders: written at once, or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from longgame.experiments.store.lock import Lock
from longgame.experiments.store.schema import remove_empty
from longgame.sim.errors import InputError
from longgame.sim.files import FULL, WRITTEN, clear_parts
from longgame.sim.locks import abandoned

#: How the folders begin in which results are written before they move to their place; each has a lock beside it.
DRAFT, LOCK = ".draft-", ".lock"


@contextlib.contextmanager
def results_folder(path: Path) -> Iterator[Path]:
    """Give an empty folder; what is put there moves to `path` when the block ends without an error.

    After an error or Ctrl-C `path` is as it was before. Files of other names that it holds stay. Drafts and
    parts of files that killed processes have left in it, or in a folder beside it, are removed.

    Raises
    ------
    InputError
        If `path` is a file, cannot be made or written to, or the disk is full.
    """
    _clear(path)
    new = [folder for folder in (path, *path.parents) if not os.path.exists(folder)]
    with contextlib.ExitStack() as stack:
        try:
            stack.callback(remove_empty, new)
            path.mkdir(parents=True, exist_ok=True)
            draft = stack.enter_context(_draft(path))
        except (FileExistsError, NotADirectoryError):
            raise InputError(f"--out {path}: it, or a part of it, is a file; name a directory") from None
        except (OSError, ValueError) as error:
            if isinstance(error, InputError):
                raise
            reason = getattr(error, "strerror", None) or error
            raise InputError(f"--out {path}: cannot be written to ({reason}); choose another directory") from None
        try:
            yield draft
            _move(draft, path)
            WRITTEN.append(path)
        except OSError as error:
            if error.errno not in FULL:
                raise
            raise InputError(
                f"--out {path}: cannot be written ({error.strerror}); make room, or choose another"
            ) from None


@contextlib.contextmanager
def _draft(path: Path) -> Iterator[Path]:
    """Give a folder in another one, locked as long as this process uses it, and removed in the end."""
    descriptor, name = tempfile.mkstemp(LOCK, DRAFT, path)  # before the folder, which is never without its lock
    os.close(descriptor)
    lock = Lock(Path(name), f"--out {path}")
    draft = Path(name.removesuffix(LOCK))
    try:
        draft.mkdir()
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        lock.release()


def _clear(path: Path) -> None:
    """Remove what killed processes have left half written in a results folder or in those beside it."""
    with contextlib.suppress(OSError, ValueError):
        for lock in (*path.glob(f"{DRAFT}*{LOCK}"), *path.parent.glob(f"*/{DRAFT}*{LOCK}")):
            with abandoned(lock) as free:
                if free:
                    shutil.rmtree(lock.with_name(lock.name.removesuffix(LOCK)), ignore_errors=True)
                    lock.unlink(missing_ok=True)
        for folder in (path, *path.parent.glob("*/")):
            clear_parts(folder)


def _move(draft: Path, path: Path) -> None:
    """Move every file of the draft to its place."""
    for file in sorted(p for p in draft.rglob("*") if p.is_file()):
        target = path / file.relative_to(draft)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(file, target)
        except OSError as error:
            if error.errno in FULL:
                raise
            raise InputError(
                f"--out {path}: {target.relative_to(path)} cannot be replaced ({error.strerror}); remove it"
            ) from None
