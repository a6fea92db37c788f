"""`InputError`, the one kind of error for a mistake in something the user gave, and near matches for its words."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from pydantic import BaseModel, ValidationError

#: Longest line of an error, in characters; of a longer one the middle is left out.
LONGEST = 600
_HEAD, _GAP = 400, " … "


class InputError(ValueError):
    """A mistake in something the user gave: a file, a `--set`, a command line.

    Parameters
    ----------
    *lines : str
        One line per mistake. Each names the file (or `--set`), the field, the value, and what would be right.
        A line over `LONGEST` characters loses its middle: the place stands at its head, the advice at its end.

    Examples
    --------
    >>> str(InputError("a.toml: months is 0; it must be at least 1"))
    'a.toml: months is 0; it must be at least 1'
    """

    def __init__(self, *lines: str) -> None:
        # A name from a file may hold line breaks, terminal codes or a megabyte; a mistake stays a line to be read.
        self.lines: tuple[str, ...] = tuple(_shortened(printable(_shortened(line))) for line in lines)
        super().__init__("\n".join(self.lines))

    def __reduce__(self) -> tuple[type[InputError], tuple[str, ...]]:
        """Pickle by lines, so that the error crosses process boundaries whole."""
        return type(self), self.lines


@contextmanager
def extra(asking: str, name: str) -> Iterator[None]:
    """Refuse, where a package is missing that the block imports: the extra that has it is to be installed.

    Parameters
    ----------
    asking : str
        The command or option that needs it.
    name : str
        The extra, as pyproject.toml declares it.
    """
    try:
        yield
    except ModuleNotFoundError:
        line = f"{asking}: needs the extra `{name}`; install it with: pip install 'longgame[{name}]'"
        raise InputError(line) from None


def printable(text: str) -> str:
    """Return the text on one line, with control characters and lone surrogates escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "replace").decode() for c in text)


def _shortened(line: str) -> str:
    """Return the line, without its middle if it has more than `LONGEST` characters."""
    if len(line) <= LONGEST:
        return line
    return line[:_HEAD] + _GAP + line[_HEAD + len(_GAP) - LONGEST :]


def shown_as(value: object) -> str:
    """Return a value as the user would write it, shortened to a few words."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value if len(value) <= 60 else value[:57] + "...", ensure_ascii=False)
    if isinstance(value, Mapping | BaseModel):
        return "a table"
    if isinstance(value, list | tuple):
        return "a list" if value else "an empty list"
    if isinstance(value, int) and value.bit_length() > 200:
        return f"a whole number of about {int(value.bit_length() * 0.30103) + 1} digits"
    try:
        return str(value)
    except Exception:  # a value of a class of the user's
        return f"a value of the class {type(value).__name__} that cannot be printed"


def refusals(error: ValidationError) -> str:
    """Return the reasons for which a scenario refuses its numbers, in one line."""
    return "; ".join(str(each["msg"]).removeprefix("Value error, ") for each in error.errors())


def nearest(name: str, known: Iterable[str], else_say: str = "") -> str:
    """Return ``did you mean `x`?`` for the nearest name, else `else_say`, or a list of all names.

    Examples
    --------
    >>> nearest("anuity", ["annuity", "herd"]), nearest("xyz", ["annuity", "herd"])
    ('did you mean `annuity`?', 'choose from annuity, herd')
    """
    known = list(known)
    near = difflib.get_close_matches(name, known, 1, 0.5)
    return f"did you mean `{near[0]}`?" if near else else_say or f"choose from {', '.join(known)}"


def closest(word: str, names: Iterable[str]) -> str:
    """Return ``"; did you mean `x`?"`` for the nearest of the names, or an empty string.

    Examples
    --------
    >>> closest("rat", ["rate", "stake"])
    '; did you mean `rate`?'
    """
    names = list(dict.fromkeys(names))
    # A forgotten section is as frequent a slip as a misspelt word: compare whole paths, then last parts.
    for path in names:
        if path.rpartition(".")[2] == word.rpartition(".")[2]:
            return f"; did you mean `{path}`?"
    found = difflib.get_close_matches(word, names, 1, 0.7)
    if not found:
        leaves = {path.rpartition(".")[2]: path for path in names}
        found = [leaves[leaf] for leaf in difflib.get_close_matches(word.rpartition(".")[2], leaves, 1, 0.7)]
    return f"; did you mean `{found[0]}`?" if found else ""
