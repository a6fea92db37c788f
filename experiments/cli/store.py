"""``longgame status`` and ``longgame export``: what a results store holds."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import Parameter

from longgame.experiments.cli.codes import DONE
from longgame.experiments.cli.options import FileName, file_name, reader


def status(store: FileName = "results", /) -> int:
    """Print how far the experiments of a results store are.

    Parameters
    ----------
    store : str
        Results store or the folder that holds it.
    """
    from longgame.experiments.store import export
    from longgame.experiments.store.store import ResultStore

    with ResultStore(export.find(store), read_only=True) as opened:
        print(export.status(opened))
    return DONE


def export(
    store: FileName = "results",
    /,
    *,
    to: Annotated[str, Parameter(converter=reader(file_name), metavar="DIR_OR_FILE")],
    format: Literal["csv", "parquet"] | None = None,
    measure: Annotated[tuple[str, ...], Parameter(metavar="NAME")] = (),
) -> int:
    """Write the runs of a results store for other programs.

    Parameters
    ----------
    store : str
        Results store or the folder that holds it.
    to : str
        Folder for one file per measure; or, with one --measure, a file (.csv, .parquet).
    format : str, optional
        Default csv, or by the ending of the file.
    measure : tuple of str
        Only this measure; may be repeated.
    """
    from longgame.experiments.store import export
    from longgame.experiments.store.store import ResultStore

    with ResultStore(export.find(store), read_only=True) as opened:
        written = export.export(opened, to, format, measure)
    print("\n".join(map(str, written)))
    return DONE
