"""Files of the user's, read as TOML and written whole or not at all; each failure is one `InputError`."""

from __future__ import annotations

import errno
import os
import re
import secrets
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from longgame.sim.errors import InputError, closest
from longgame.sim.locks import RENAMES_OPEN_FILES, abandoned, take

#: Largest scenario or strategy file that is read, in bytes.
SIZE_LIMIT = 1_000_000
#: Deepest nesting of tables and lists that is looked at; the deepest meaningful one is 5.
DEPTH_LIMIT = 20


def open_problem(path: Path, error: OSError) -> InputError:
    """Return the `InputError` that says why a file could not be opened or read."""
    if isinstance(error, FileNotFoundError):
        near = closest(path.name, _beside(path))
        return InputError(f"{path}: there is no such file{near or '; check the name and the folder'}")
    if isinstance(error, IsADirectoryError):
        return InputError(f"{path}: is a directory; name a file in it")
    if isinstance(error, NotADirectoryError):
        return InputError(f"{path}: a part of this path is a file, not a directory; check the folders")
    if isinstance(error, PermissionError):
        return InputError(f"{path}: may not be read; change its permissions")
    return InputError(f"{path}: cannot be read ({error.strerror or error}); name a readable file")


def _beside(path: Path) -> list[str]:
    """Return the names of the files beside a path; none where its folder cannot be read."""
    try:
        return [other.name for other in path.parent.iterdir()]
    except OSError:
        return []


def depth_of(tree: object) -> int:
    """Return how deep tables and lists are nested, without recursion."""
    depth, level = 0, [tree]
    while level and depth <= DEPTH_LIMIT:
        nested = [x for x in level if isinstance(x, dict | list)]
        level = [y for x in nested for y in (x.values() if isinstance(x, dict) else x)]
        depth += bool(nested)
        if not nested:
            break
    return depth


def read_file(path: str | os.PathLike[str]) -> bytes:
    """Return the content of a small file of the user's.

    Raises
    ------
    InputError
        If the file is missing, a directory, unreadable, over `SIZE_LIMIT` bytes, or has an impossible name.
    """
    path = Path(path)
    try:
        if os.path.isdir(path):
            raise IsADirectoryError(errno.EISDIR, "is a directory")
        with path.open("rb") as stream:
            raw = stream.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise open_problem(path, error) from None
    except ValueError:  # a NUL in the name
        raise InputError(f"{path}: is not a possible file name; check the name") from None
    if len(raw) > SIZE_LIMIT:
        raise InputError(f"{path}: is larger than {SIZE_LIMIT} bytes; scenarios and strategies are a few kilobytes")
    return raw


def read_toml(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the content of a TOML file.

    Raises
    ------
    InputError
        As for `read_file`; also if it is not UTF-8, not TOML (with the line), or nested deeper than `DEPTH_LIMIT`.
    """
    raw = read_file(path)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}: line {line} is not UTF-8 text; save the file as UTF-8") from None
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: is not valid TOML: {error}; {_toml_advice(str(error))}") from None
    except RecursionError:
        raise InputError(f"{path}: is nested too deeply; at most {DEPTH_LIMIT} levels") from None
    except ValueError as error:  # Python refuses to read integers of more than 4300 digits
        raise InputError(f"{path}: holds a number that cannot be read ({error}); write a smaller one") from None
    if depth_of(tree) > DEPTH_LIMIT:
        raise InputError(f"{path}: is nested too deeply; at most {DEPTH_LIMIT} levels")
    return tree


def _toml_advice(message: str) -> str:
    """Return what to write instead, for a message of `tomllib`."""
    if "overwrite" in message or "declare" in message or "mutate" in message:
        return "give every key and every [section] once"
    if "Invalid value" in message:
        return 'write numbers as 0.5, words as "word", switches as true or false'
    return "write `key = value` lines under [section] headings"


#: Errors of a disk that takes no more.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS)

#: Files and folders that this process has written whole: an interrupted command reports what is there.
WRITTEN: list[Path] = []

#: Names of files that are still being written: that of the target and eight digits.
_PART = re.compile(r"\..+\.[0-9a-f]{8}\.part")


def clear_parts(folder: Path) -> None:
    """Remove half written files that killed processes have left in a folder."""
    with suppress(OSError, ValueError):
        for part in folder.glob(".*.part"):
            if _PART.fullmatch(part.name):
                with abandoned(part) as free:
                    if free:
                        part.unlink()


def _new_part(target: Path) -> tuple[Path, int]:
    """Make the file that is written first, locked; return it and its descriptor."""
    while True:
        part = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.part")
        # O_EXCL: never through somebody's link; 0o666: the usual permissions, less the user's mask.
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        take(descriptor, wait=True)
        if os.path.exists(part):
            return part, descriptor
        os.close(descriptor)  # before it was locked, another process took it for one left behind


@contextmanager
def write_atomically(path: str | os.PathLike[str], *, binary: bool = False, reported: bool = True) -> Iterator[Any]:
    """Open a file for writing that appears whole, under its name, when the block ends without an error.

    The text (or bytes) goes to a temporary file next to the target, which is renamed at the end. After an
    error the target is as it was before and the temporary file is gone. What killed processes have left of
    such files in the folder is removed.

    Parameters
    ----------
    path : str or path
        The target. A link is followed; a device such as ``/dev/stdout`` is written directly.
    binary : bool
        Open for bytes, not for UTF-8 text.
    reported : bool
        Whether an interrupted command names the file among what it has written.

    Yields
    ------
    file
        The open temporary file.

    Raises
    ------
    InputError
        If the folder does not exist or is not writable, the target is a directory, or the disk is full.
    """
    shown = os.fspath(path)
    how: dict[str, Any] = {"mode": "wb"} if binary else {"mode": "w", "encoding": "utf-8", "newline": "\n"}
    try:
        target = Path(os.path.realpath(path))
        if target.is_dir():
            raise InputError(f"{shown}: is a directory; name a file in it")
        if target.exists() and not target.is_file():
            with open(target, **how) as stream:
                yield stream
            return
        if not target.parent.is_dir():
            raise InputError(f"{shown}: the folder {target.parent} does not exist; create it or choose another")
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, "is write-protected")
        clear_parts(target.parent)
        part, descriptor = _new_part(target)
    except OSError as error:
        raise InputError(f"{shown}: cannot be written ({error.strerror or error}); choose another place") from None
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{shown}: is not a possible file name; check the name") from None
    try:
        with open(descriptor, **how) as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
            if RENAMES_OPEN_FILES:  # while it is locked
                os.replace(part, target)
        if not RENAMES_OPEN_FILES:
            os.replace(part, target)
        if reported:
            WRITTEN.append(Path(path))
    except OSError as error:
        if error.errno in FULL:
            raise InputError(
                f"{shown}: cannot be written ({error.strerror}); make room or choose another place"
            ) from None
        raise
    finally:
        part.unlink(missing_ok=True)
