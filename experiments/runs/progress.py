"""The progress of runs: a bar on a terminal and in a notebook, elsewhere a line every few seconds."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from longgame.sim.say import saying


@contextmanager
def bar(total: int, there: int = 0, shown: bool = True) -> Iterator[Callable[[], object]]:
    """Give a function that moves a progress bar on by one.

    Parameters
    ----------
    total : int
        Runs.
    there : int
        How many of them are done already.
    shown : bool
        Whether to show the bar where it can be: on a terminal, or in a notebook, there as a widget or (without
        ipywidgets) as text. Elsewhere a line says every few seconds how many are done.
    """
    kind, notebook = _kind()
    disable = False if notebook else None  # None is tqdm's own rule: silent unless stderr is a terminal
    with kind(total=total, initial=there, unit="run", disable=disable if shown else True, leave=False) as moved:
        done = there

        def advance() -> None:
            nonlocal done
            done += 1
            moved.update(1)

        piped = shown and not notebook and moved.disable
        with saying(lambda: f"{done:,} of {total:,} runs are done") if piped else nullcontext():
            yield advance


def _kind() -> tuple[Any, bool]:
    """Return the class of the bar, and whether this is a notebook.

    ``tqdm.auto`` chooses alike, but warns in a notebook without ipywidgets, and then shows nothing.
    """
    from tqdm import tqdm

    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None or "IPKernelApp" not in shell.config:
        return tqdm, False
    import tqdm.notebook as widgets

    return (tqdm if widgets.IProgress is None else widgets.tqdm), True
