"""Screening: which dials move any target at all.

Total Sobol indices (Saltelli et al. 2010) of the emulated mean of every target over the whole prior, by SALib. A dial
whose index is above `LEAST` in any target stays; the others are set to what the configuration has. Switches of
structure stay whatever they do: rival structures are asked about, not assumed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from longgame.experiments.evidence.emulator import Emulator
from longgame.experiments.evidence.space import Space
from longgame.sim.errors import extra

#: Least total index in any target with which a dial stays.
LEAST = 0.02

#: Base samples of the indices: a point per dial and two each, all emulated.
SAMPLES = 512


def indices(space: Space, emulators: Sequence[Emulator], seed: int) -> pd.DataFrame:
    """Return the total Sobol index of every dial in every target that is emulated.

    Returns
    -------
    pandas.DataFrame
        ``dial``, a column per target, ``most`` (the largest of them); the dial that does most comes first.

    Raises
    ------
    InputError
        If the extra `evidence` is not installed.
    """
    with extra("ensemble", "evidence"):
        import SALib.analyze.sobol
        import SALib.sample.sobol
    problem = {"num_vars": len(space), "names": space.names, "bounds": [[0.0, 1.0]] * len(space)}
    sample = SALib.sample.sobol.sample(problem, SAMPLES, calc_second_order=False, seed=seed + 1)
    snapped, columns = space.snapped(sample), {}
    for emulator in emulators:
        said = emulator.mean.expected(snapped)
        found = SALib.analyze.sobol.analyze(
            problem, said, calc_second_order=False, num_resamples=2, seed=seed + 1, print_to_console=False
        )
        # Where nothing varies no share is defined: no dial does anything.
        columns[emulator.target] = np.clip(np.nan_to_num(np.asarray(found["ST"], dtype=float)), 0.0, None)
    table = pd.DataFrame({"dial": space.names, **columns})
    most = table.drop(columns="dial").max(axis=1) if columns else pd.Series(0.0, index=table.index)
    return table.assign(most=most).sort_values("most", ascending=False, kind="stable", ignore_index=True)


def staying(table: pd.DataFrame, space: Space) -> list[str]:
    """Return the names of the dials that stay, in the order of the space."""
    moving = set(table.loc[table["most"] > LEAST, "dial"])
    return [name for name in space.names if name in moving or name.startswith("switch.")]
