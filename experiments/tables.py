"""Tables of words: one writer for the screen, one for Markdown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import zip_longest


def widths(rows: Iterable[Sequence[str]]) -> list[int]:
    """Return how wide the columns of a table have to be. Unit: letters.

    Examples
    --------
    >>> widths([["a", "number"], ["herds", "1"]])
    [5, 6]
    """
    return [max(len(line) for cell in column for line in cell.split("\n")) for column in zip(*rows, strict=True)]


def text_row(cells: Sequence[str], wide: Sequence[int], right: Collection[int] = (), indent: str = "") -> str:
    r"""Return one row of a table for the screen, for tables that are written while their numbers are made.

    Parameters
    ----------
    cells : sequence of str
        A cell may have several lines; its row has as many.
    wide : sequence of int
        Width of each column. Unit: letters.
    right : collection of int
        Columns, counted from 0, that stand to the right: those with numbers.
    indent : str
        What each line begins with.

    Examples
    --------
    >>> print(text_row(["herds", "7", "last\nfirst"], [7, 2, 4], right=[1]))
    herds     7  last
                 first
    """
    lines = zip_longest(*(cell.split("\n") for cell in cells), fillvalue="")
    aligned = (
        "  ".join(
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, wide, strict=True))
        )
        for line in lines
    )
    return "\n".join(f"{indent}{line}".rstrip() for line in aligned)


def text_table(rows: Sequence[Sequence[str]], right: Collection[int] = (), indent: str = "") -> str:
    """Return a table for the screen, each column as wide as it has to be.

    Parameters
    ----------
    rows : sequence of sequence of str
        All of one length, the heads first if there are any.
    right, indent
        As for `text_row`.

    Examples
    --------
    >>> print(text_table([["", "runs"], ["herds", "7"]], right=[1]))
           runs
    herds     7
    """
    wide = widths(rows)
    return "\n".join(text_row(cells, wide, right, indent) for cells in rows)


def markdown_table(heads: Sequence[str], rows: Iterable[Sequence[str]], right: Collection[int] = ()) -> str:
    r"""Return a Markdown table; bars in cells are made harmless.

    Parameters
    ----------
    heads : sequence of str
    rows : iterable of sequence of str
    right : collection of int
        Columns, counted from 0, that stand to the right.

    Examples
    --------
    >>> print(markdown_table(["way", "runs"], [["a|b", "7"]], right=[1]))
    | way | runs |
    |---|--:|
    | a\|b | 7 |
    """
    rule = "|".join("--:" if column in right else "---" for column in range(len(heads)))
    bars = ("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |" for cells in rows)
    return "\n".join(["| " + " | ".join(heads) + " |", f"|{rule}|", *bars])
