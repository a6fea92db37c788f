"""``longgame check``: files of the user's own by the contract of claims, studies and strategies."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from longgame.experiments.cli.codes import DONE, FAILED


def check(*files: Annotated[str, Parameter(metavar="FILE", help="Files of your own, .py or .toml.")]) -> int:
    """Check what files declare by every rule: a claim, a study or strategies; a file .py is run.

    Exit code 1 says that a rule is broken.
    """
    from longgame.experiments.contracts import Broken
    from longgame.sim.errors import InputError

    if not files:
        raise InputError("FILE: is missing; name a file of your own, .py or .toml")
    code = DONE
    for file in files:
        try:
            print(f"{file}: {', '.join(_checked(file))}: every rule is kept")
        except Broken as broken:
            print(f"{file}: {broken}")
            code = FAILED
    return code


def _checked(file: str) -> list[str]:
    """Check everything that a file declares; return what it is, in words.

    Raises
    ------
    Broken
        If a rule is broken.
    InputError
        If the file declares nothing, or cannot be read or run.
    """
    from longgame.experiments import claims, studies
    from longgame.experiments.cli.names import declares
    from longgame.experiments.contracts import check_claim, check_strategy, check_study
    from longgame.experiments.design.entrants import load
    from longgame.sim.errors import InputError
    from longgame.sim.scenario_files import load_scenario

    kind = declares(file)
    if kind == "claim":
        claim = claims.load(file)
        check_claim(claim)
        return [f"claim {claim.name}"]
    if kind == "study":
        study = studies.load(file)
        check_study(study)
        return [f"study {study.name}"]
    strategies = load_scenario(file).strategies if file.endswith(".toml") else load(file)
    if not strategies:
        raise InputError(f"{file}: declares no strategy; write [[strategies]], as docs/howto/add-a-strategy.md does")
    for strategy in strategies:
        check_strategy(strategy)
    return [f"strategy {strategy.name}" for strategy in strategies]
