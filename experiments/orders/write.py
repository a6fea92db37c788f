"""Order logs written as CSV, gzipped CSV or Parquet."""

from __future__ import annotations

import gzip
import os
from typing import TYPE_CHECKING

from longgame.experiments.orders.log import SCHEMA
from longgame.sim.errors import InputError
from longgame.sim.files import write_atomically

if TYPE_CHECKING:
    import pandas as pd


def ending_of(path: str | os.PathLike[str]) -> str:
    """Return which kind of file an order log of this name is: ``.csv``, ``.csv.gz`` or ``.parquet``.

    Raises
    ------
    InputError
        If the ending is another.
    """
    name = os.fspath(path)
    for ending in (".csv", ".csv.gz", ".parquet"):
        if str(name).lower().endswith(ending):
            return ending
    raise InputError(f"{name}: has an ending that is not known; choose .csv, .csv.gz or .parquet")


def write_orders(frame: pd.DataFrame, path: str | os.PathLike[str]) -> None:
    """Write an order log as ``.csv``, ``.csv.gz`` or ``.parquet``, by the ending of the name.

    Parameters
    ----------
    frame : pandas.DataFrame
        At least the columns of `SCHEMA` (`Result.orders` has them). Further columns are written behind them.
    path : str or path
        The file, which appears whole or not at all.

    Raises
    ------
    InputError
        If a column is missing, the ending is another, or the file cannot be written.
    """
    shown = os.fspath(path)
    lacking = [name for name in SCHEMA if name not in frame.columns]
    if lacking:
        raise InputError(f"{shown}: the table has no column `{lacking[0]}`; an order log has {', '.join(SCHEMA)}")
    ordered = frame[[*SCHEMA, *[name for name in frame.columns if name not in SCHEMA]]]
    ending = ending_of(path)
    if ending == ".parquet":
        with write_atomically(path, binary=True) as stream:
            ordered.to_parquet(stream, index=False)
    elif ending == ".csv":
        with write_atomically(path) as stream:
            ordered.to_csv(stream, index=False, lineterminator="\n")
    else:
        # No name and no time in the header: equal logs give equal files.
        with (
            write_atomically(path, binary=True) as stream,
            gzip.GzipFile(fileobj=stream, mode="wb", filename="", mtime=0) as packed,
        ):
            ordered.to_csv(packed, index=False, lineterminator="\n")
