"""Studies that take more than one claim: tournament, invasion, evolution, maps, sensitivity; and studies by name.

A file of this folder with a value ``STUDY`` can be run by name: ``level_of_pay.py`` is the study ``level-of-pay``. It
needs a docstring, whose first line says what is found out. `longgame.experiments.contracts.check_study` reports what a
study still lacks. A study in a file of the user's own goes by the path of that file.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from longgame.experiments.claim import AnyClaim
    from longgame.experiments.study import Experiment


def headlines() -> dict[str, str]:
    """Return the name and the headline of every study that can be run by name, without importing any."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        for file in (Path(folder) / f"{module.name}.py" for folder in __path__):
            source = file.read_text(encoding="utf-8") if file.is_file() else ""
            if "\nSTUDY" in source:
                text = ast.get_docstring(ast.parse(source)) or ""
                found[module.name.replace("_", "-")] = text.partition("\n")[0]
    return found


def load(word: str) -> Experiment:
    """Return an experiment.

    Parameters
    ----------
    word : str
        The name of a claim or a study, or the path of a file of the user's own (``.py``) with a ``CLAIM`` or a
        ``STUDY``.

    Raises
    ------
    InputError
        In one line, if there is none, or it lacks a part.
    """
    from longgame.experiments import claims
    from longgame.sim.errors import InputError

    if word.endswith(claims.OWN):
        module = claims.run_file(word)
        return _checked(word, module.STUDY) if hasattr(module, "STUDY") else _runnable(claims.own(word, module))
    if word not in claims.names() and word in headlines():
        module = importlib.import_module(f"{__name__}.{word.replace('-', '_')}")
        study = _checked(word, module.STUDY)
        if study.name != word:
            raise InputError(f"{word}: STUDY.name is {study.name!r}; it must be {word!r}, after its file")
        return study
    return _runnable(claims.load(word))


def _runnable(claim: AnyClaim) -> Experiment:
    """Return a claim as an experiment; one that is no `Claim` may have no method ``run``."""
    from longgame.experiments.study import Experiment, Study

    return claim if isinstance(claim, Experiment) else Study(claim.name, claim.text, claim.plan, claim.analyse)


def _checked(word: str, study: object) -> Experiment:
    """Return a study that has every part of one."""
    from longgame.experiments.study import Experiment
    from longgame.sim.errors import InputError

    if not isinstance(study, Experiment):
        missing = [part for part in ("name", "text", "run") if not hasattr(study, part)]
        raise InputError(f"{word}: STUDY lacks {', '.join(missing)}; make it a Study, or give it those parts")
    return study
