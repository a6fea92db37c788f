"""An ensemble: markets that agree with published numbers as far as can be told, with weights, in one small file.

Stored ensembles are part of the program: `Ensemble.load` takes a name or a file. Beside the markets stand as many drawn
from the prior, before anything was compared: what an ensemble says has to be read against what they say.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Self

import numpy as np
from pydantic import Field, ValidationError, model_validator

from longgame.experiments.evidence.priors import market, space_of
from longgame.experiments.evidence.table import Kind
from longgame.sim.errors import InputError, nearest, refusals
from longgame.sim.files import read_file, write_atomically
from longgame.sim.scenario import Scenario
from longgame.sim.strategy import LongName, Value

#: Where stored ensembles stand.
FOLDER = Path(__file__).parent / "ensembles"

#: Changes when files can no longer be read as before.
FORMAT = 1

Row = Annotated[tuple[float, ...], Field(strict=False)]
Rows = Annotated[tuple[Row, ...], Field(strict=False, min_length=1)]


class Ensemble(Value):
    """Weighted markets of one kind, and as many from its prior.

    Attributes
    ----------
    name : str
        What the markets are named after: ``repeat-supply-001`` and on.
    kind : {"repeat-supply", "projects", "consumer-services"}
        Configuration around which they lie.
    dials : tuple of str
        Names of the dials that vary (`priors.space_of`), in the order of columns.
    fixed : dict of str to Any
        Dials and dotted numbers that are alike in all markets and differ from the configuration, such as the number of
        customers.
    points : tuple of tuple of float
        A market a row: the values of its dials.
    weights : tuple of float
        One per market; they sum to 1.
    prior : tuple of tuple of float
        Markets drawn from the prior, alike in form; all count alike.
    made : dict
        Command, seeds, versions, date of the split: what it takes to make it again.
    """

    format: int = FORMAT
    name: LongName
    kind: Kind
    dials: Annotated[tuple[str, ...], Field(strict=False, min_length=1)]
    fixed: dict[str, Any] = Field(default={})
    points: Rows
    weights: Row
    prior: Rows
    made: dict[str, Any] = Field(default={})

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.format != FORMAT:
            raise ValueError(f"`format` is {self.format}; this program reads {FORMAT}")
        known = {*space_of(self.kind).names, *(path for path, _, _ in Scenario().numbers())}
        for field, names in (("dials", list(self.dials)), ("fixed", [*self.fixed])):
            for name in names:
                if name not in known or names.count(name) > 1:
                    raise ValueError(
                        f"`{field}` has {name!r}, which is no dial or there twice; {nearest(name, known, 'remove it')}"
                    )
        for field, rows in (("points", self.points), ("prior", self.prior)):
            for number, row in enumerate(rows, 1):
                if len(row) != len(self.dials):
                    raise ValueError(f"`{field}` {number} has {len(row)} values; there are {len(self.dials)} dials")
        if len(self.weights) != len(self.points):
            raise ValueError(f"`weights` has {len(self.weights)} numbers; there are {len(self.points)} points")
        if min(self.weights) < 0 or abs(sum(self.weights) - 1) > 1e-3:
            raise ValueError(f"`weights` sum to {sum(self.weights):.4g}; they must be 0 or more and sum to 1")
        return self

    # -- what it holds ----------------------------------------------------------------------------

    @cached_property
    def shares(self) -> np.ndarray:
        """The weights, which sum to 1 to the last digit, shape (markets,)."""
        weights = np.array(self.weights)
        return weights / weights.sum()

    @property
    def effective(self) -> float:
        """Effective sample size: as many unweighted markets would say as much (Kish 1965)."""
        return effective(self.shares)

    def scenarios(self) -> dict[str, Scenario]:
        """Return the markets by name, in the order of `points` and `weights`.

        Raises
        ------
        InputError
            If a market cannot be: the first such one is named.
        """
        return self._scenarios(self.points, self.name)

    def prior_scenarios(self) -> dict[str, Scenario]:
        """Return the markets of the prior by name, in the order of `prior`.

        Raises
        ------
        InputError
            As for `scenarios`.
        """
        return self._scenarios(self.prior, f"{self.name}-prior")

    def _scenarios(self, rows: Sequence[Sequence[float]], name: str) -> dict[str, Scenario]:
        """Return markets by name."""
        found, width = {}, len(str(len(rows)))
        for number, row in enumerate(rows, 1):
            each = f"{name}-{number:0{width}}"
            try:
                found[each] = scenario_at(self.kind, dict(zip(self.dials, row, strict=True)), self.fixed).but(name=each)
            except ValidationError as error:
                raise InputError(f"ensemble {self.name}: market {number} cannot be: {refusals(error)}") from None
        return found

    # -- files ------------------------------------------------------------------------------------

    @classmethod
    def load(cls, name: str | Path) -> Ensemble:
        """Return a stored ensemble by its name, or one from a file.

        Raises
        ------
        InputError
            If there is none, or the file is not one: file, field and reason in one line.
        """
        path = Path(name) if Path(name).suffix == ".json" else FOLDER / f"{name}.json"
        if path.parent == FOLDER and not path.is_file():
            known = ", ".join(stored()) or "none"
            raise InputError(f"ensemble {name}: is not stored; stored are: {known}; or name a .json file")
        try:
            return cls.model_validate_json(read_file(path))
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            said = str(first["msg"]).removeprefix("Value error, ")
            raise InputError(
                f"{path}: {f'{place}: ' if place else ''}{said}; make it again with longgame ensemble"
            ) from None

    def write(self, path: Path) -> None:
        """Write the ensemble into a file of its own, a row of numbers a line."""
        tree = self.model_dump(mode="json")
        weights = [float(f"{weight:.4g}") for weight in tree.pop("weights")]
        tables = {field: [_bare(row) for row in tree.pop(field)] for field in ("points", "prior")}
        lines = [f'"{key}": {json.dumps(value, ensure_ascii=False)}' for key, value in tree.items()]
        lines += [f'"weights": {json.dumps(weights)}']
        for field, rows in tables.items():
            body = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
            lines.append(f'"{field}": [\n{body}\n]')
        with write_atomically(path) as stream:
            stream.write("{\n" + ",\n".join(lines) + "\n}\n")


def effective(weights: np.ndarray) -> float:
    """Return the effective sample size (Kish 1965).

    Examples
    --------
    >>> effective(np.array([1.0, 1.0, 0.0])), effective(np.zeros(2))
    (2.0, 0.0)
    """
    total = float(np.sum(weights**2))
    return float(np.sum(weights)) ** 2 / total if total > 0 else 0.0


def scenario_at(kind: Kind, values: Mapping[str, float], fixed: Mapping[str, Any]) -> Scenario:
    """Return the market at some values; of `fixed` those that are dials too count as such."""
    dials = set(space_of(kind).names)
    held = {name: value for name, value in fixed.items() if name in dials}
    return market(kind, {**held, **values}, {name: value for name, value in fixed.items() if name not in dials})


def stored() -> list[str]:
    """Return the names of the stored ensembles."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def _bare(row: Sequence[float]) -> list[float | int]:
    """Return a row with whole numbers written as such."""
    return [int(value) if float(value).is_integer() else value for value in row]
