"""Tables that commands write into documents, each between marks of its own."""

from __future__ import annotations

from pathlib import Path

from longgame.sim.errors import InputError
from longgame.sim.files import write_atomically


def marks(name: str) -> tuple[str, str]:
    """Return the comments between which a document keeps what `longgame NAME` writes.

    Examples
    --------
    >>> marks("claims")
    ('<!-- longgame claims -->', '<!-- /longgame claims -->')
    """
    return f"<!-- longgame {name} -->", f"<!-- /longgame {name} -->"


def insert(document: str, name: str, text: str) -> str:
    r"""Return a document with the text in the place that is kept for it.

    Raises
    ------
    ValueError
        If the place is not there exactly once.

    Examples
    --------
    >>> print(insert("<!-- longgame claims -->old<!-- /longgame claims -->", "claims", "new"))
    <!-- longgame claims -->
    <BLANKLINE>
    new
    <!-- /longgame claims -->
    """
    begin, end = marks(name)
    before, found, rest = document.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed or begin in rest or end in before + after:
        raise ValueError(f"needs {begin} and {end} after it, once each")
    return f"{before}{begin}\n\n{text}\n{end}{after}"


def check_place(path: str, name: str) -> None:
    """See that a document has a place for what `longgame NAME` writes, before the runs that take long.

    Raises
    ------
    InputError
        If it cannot be read or has no such place.
    """
    try:
        insert(Path(path).read_text(encoding="utf-8"), name, "")
    except (OSError, ValueError) as error:
        raise InputError(f"--write {path}: {error}") from None


def write_into(path: str, name: str, text: str) -> None:
    """Write a text into its place in a document; the document appears whole or stays as it was."""
    whole = insert(Path(path).read_text(encoding="utf-8"), name, text)
    with write_atomically(path) as stream:
        stream.write(whole)
