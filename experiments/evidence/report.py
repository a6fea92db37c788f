"""What a search for an ensemble found: the ensemble, tables to read and to compute with, sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from longgame.experiments.evidence import checks, figures
from longgame.experiments.evidence.conflict import sentences as conflict_sentences
from longgame.experiments.evidence.ensemble import Ensemble, effective
from longgame.experiments.evidence.implausibility import Target
from longgame.experiments.evidence.posterior import LEAST, MARKETS, Candidates, thinned, weights
from longgame.experiments.evidence.space import Space
from longgame.experiments.evidence.table import Kind, Row
from longgame.experiments.evidence.waves import History
from longgame.experiments.study import Draw, Findings, headline
from longgame.experiments.words import listed, many, number

#: Day on which the table of evidence was split into *fit* and *test*, before any wave was run.
SPLIT = "2026-11-29"

#: Middle part of a distribution that is shown, as quantiles.
SHOWN = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Made:
    """Everything that was found on the way to an ensemble.

    Attributes
    ----------
    kind, space : Kind, Space
    targets : sequence of Target
        Those that chose.
    tests : sequence of Row
        Those that did not.
    history : History
    candidates : Candidates or None
        None where nothing is left.
    screening : pandas.DataFrame
        Total Sobol indices.
    recovered : pandas.DataFrame or None
        Known truths.
    hidden, without : tuple of str
        Targets that no market shows; targets that were left out by hand.
    fixed : dict
        Dials and numbers that are alike in all markets.
    seed : int
    seeds : tuple of int
    runs : int
        Of all plans together.
    """

    kind: Kind
    space: Space
    targets: Sequence[Target]
    tests: Sequence[Row]
    history: History
    candidates: Candidates | None
    screening: pd.DataFrame
    recovered: pd.DataFrame | None
    hidden: tuple[str, ...]
    without: tuple[str, ...]
    fixed: dict[str, Any]
    seed: int
    seeds: tuple[int, ...]
    runs: int

    @cached_property
    def shares(self) -> np.ndarray:
        """Weights of the candidates, shape (points,)."""
        assert self.candidates is not None
        return weights(self.targets, self.candidates)

    @property
    def found(self) -> bool:
        """Whether there are markets with weight."""
        return self.candidates is not None and bool(self.shares.sum() > 0)

    @cached_property
    def prior(self) -> list[dict[str, float]]:
        """Markets drawn from the prior."""
        rng = np.random.default_rng([self.seed, 106])
        return self.space.values(self.space.snapped(rng.random((MARKETS, len(self.space)))))

    def ensemble(self, made: Mapping[str, Any]) -> Ensemble:
        """Return the markets with their weights."""
        assert self.candidates is not None
        chosen, kept = thinned(self.shares, MARKETS, self.seed)
        points = [tuple(values.values()) for values in self.space.values(self.candidates.places[chosen])]
        return Ensemble(
            name=self.kind,
            kind=self.kind,
            dials=tuple(self.space.names),
            fixed=self.fixed,
            points=tuple(points),
            weights=tuple(kept.tolist()),
            prior=tuple(tuple(values.values()) for values in self.prior),
            made={**made, "seeds": list(self.seeds), "seed": self.seed, "split": SPLIT, "without": list(self.without)},
        )


@dataclass(frozen=True)
class EnsembleFindings(Findings):
    """Findings with the ensemble itself, which is written beside them.

    Attributes
    ----------
    made : Made, optional
    """

    made: Made | None = field(default=None, repr=False)

    def ensemble(self) -> Ensemble | None:
        """Return the ensemble, None where nothing is left."""
        if self.made is None or not self.made.found:
            return None
        kept = {key: self.about[key] for key in ("command", "model", "commit", "versions") if key in self.about}
        searched = {name: metadata.version(name) for name in ("scikit-learn", "SALib")}
        return self.made.ensemble({**kept, "versions": {**kept.get("versions", {}), **searched}})

    def write(self, folder: Path) -> None:
        """Write everything into a folder, and the ensemble as a file of its own."""
        super().write(folder)
        ensemble = self.ensemble()
        if ensemble is not None:
            ensemble.write(folder / f"{ensemble.name}.json")


def findings(made: Made, text: str) -> EnsembleFindings:
    """Return what was found."""
    tables = {
        "screening": made.screening,
        "waves": _waves(made),
        "targets": _targets(made),
        "evidence": _evidence(made),
    }
    tables["tests"] = _tests(made)
    if made.found:
        tables["dials"] = _dials(made)
        assert made.candidates is not None
        tables["left-out"] = checks.left_out(made.targets, made.candidates)
        tables["markets"] = _markets(made)
    if made.recovered is not None:
        tables["recovery"] = made.recovered
    if made.history.conflict is not None:
        tables["nearest"] = _nearest(made)
    drawn: dict[str, Draw] = {
        "waves": partial(figures.shares_left, table=tables["waves"], kind=made.kind),
        "evidence": partial(figures.evidence, table=tables["evidence"], tests=tables["tests"], kind=made.kind),
    }
    if made.history.conflict is None:
        drawn["depth"] = partial(figures.depth, history=made.history, kind=made.kind)
    about = {"runs": made.runs, "seeds": list(made.seeds), "split": SPLIT, "without": list(made.without)}
    about |= {"dials": made.space.names, "fixed": made.fixed, "seed": made.seed}
    return EnsembleFindings(
        "ensemble",
        f"Plausible markets: {made.kind}",
        sentences=tuple(_sentences(made, tables, text)),
        shown=_shown(tables),
        tables=tables,
        figures=drawn,
        about=about,
        made=made,
    )


# -- tables -------------------------------------------------------------------------------------------


def _waves(made: Made) -> pd.DataFrame:
    """Return one row per wave: points, emulators, share left."""
    rows = [{"wave": 0, "points": 0, "emulators": 0, "dropped": "", "order": 0, "passing": 1.0, "share": 1.0}]
    for number_, (wave, share) in enumerate(zip(made.history.waves, made.history.shares()[1:], strict=True), 1):
        gone = [*(one.target for one in wave.dropped), *wave.unlearned]
        rows.append(
            {
                "wave": number_,
                "points": len(wave.places),
                "emulators": len(wave.emulators),
                "dropped": ", ".join(gone),
                "order": wave.order,
                "passing": wave.passing,
                "share": share,
            }
        )
    return pd.DataFrame(rows)


def _targets(made: Made) -> pd.DataFrame:
    """Return one row per wave and target: how well it is emulated, and what it rules out."""
    rows = []
    for number_, wave in enumerate(made.history.waves, 1):
        for one in (*wave.emulators, *wave.dropped):
            row = {"wave": number_, "target": one.target, "r2": one.r2, "within": one.within, "used": one.predicts}
            rows.append({**row, "out": wave.out.get(one.target, np.nan), "only": wave.only.get(one.target, np.nan)})
    return pd.DataFrame(rows, columns=["wave", "target", "r2", "within", "used", "out", "only"])


def _beside(made: Made, names: Sequence[str], first: int) -> pd.DataFrame:
    """Return prior and ensemble of some numbers of the runs, which begin at a column."""
    wave, last = made.history.waves[0], first + len(names)
    even = np.ones(len(wave.places))
    table = checks.predicted(names, wave.values[:, :, first:last], even).add_prefix("prior_")
    if made.found:
        assert made.candidates is not None
        after = checks.predicted(names, made.candidates.values[:, :, first:last], made.shares)
    else:
        after = pd.DataFrame(np.nan, index=table.index, columns=["low", "median", "high", "name"])
    after = after.add_prefix("ensemble_").drop(columns="ensemble_name")
    return pd.concat([table.rename(columns={"prior_name": "name"}), after], axis=1)


def _evidence(made: Made) -> pd.DataFrame:
    """Return one row per target: published, prior, ensemble."""
    table = _beside(made, [target.name for target in made.targets], 0)
    for column in ("low", "high", "value"):
        table[column] = [float(getattr(target, column)) for target in made.targets]
    table["log"] = [target.log for target in made.targets]
    table["met"] = (table["ensemble_median"] >= table["low"]) & (table["ensemble_median"] <= table["high"])
    return table


def _tests(made: Made) -> pd.DataFrame:
    """Return one row per number that chose nothing: published, prior, ensemble."""
    table = _beside(made, [row.id for row in made.tests], len(made.targets))
    for column in ("low", "high", "value"):
        found = [getattr(row, column) for row in made.tests]
        table[column] = np.array([np.nan if value is None else value for value in found], dtype=float)
    low = table["low"].fillna(-np.inf).where(table[["low", "high"]].notna().any(axis=1))
    middle = table["ensemble_median"]
    # One published number without a range is met where the middle 90 % of the ensemble hold it.
    point = (table["ensemble_low"] <= table["value"]) & (table["ensemble_high"] >= table["value"])
    table["met"] = np.where(low.notna(), (middle >= low) & (middle <= table["high"].fillna(np.inf)), point)
    table["log"] = False
    return table


def _dials(made: Made) -> pd.DataFrame:
    """Return one row per dial: prior range and source, the ensemble's middle 90 %, coverage."""
    assert made.candidates is not None
    covered = checks.coverage(made.space, made.targets, made.candidates, made.seed).set_index("dial")
    values = pd.DataFrame(made.space.values(made.candidates.places))
    rows = []
    for k, prior in enumerate(made.space.priors):
        low, median, high = checks.quantiles(values[prior.name].to_numpy(), made.shares, SHOWN)
        inner = checks.quantiles(made.candidates.places[:, k], made.shares, (0.05, 0.95))
        rows.append(
            {
                "dial": prior.name,
                "prior_low": prior.low,
                "prior_high": prior.high,
                "low": low,
                "median": median,
                "high": high,
                "mean": float(values[prior.name].to_numpy() @ made.shares),
                "width": float(inner[1] - inner[0]) / 0.9,
                "held": covered.loc[prior.name, "held"],
                "truths": covered.loc[prior.name, "truths"],
                "source": prior.source,
            }
        )
    return pd.DataFrame(rows).sort_values("width", kind="stable", ignore_index=True)


def _markets(made: Made) -> pd.DataFrame:
    """Return the markets that are kept: weight, dials, and what their runs gave."""
    assert made.candidates is not None
    chosen, kept = thinned(made.shares, MARKETS, made.seed)
    means = checks.over_seeds(made.candidates.values[chosen])
    names = [*(target.name for target in made.targets), *(row.id for row in made.tests)]
    dials = pd.DataFrame(made.space.values(made.candidates.places[chosen]))
    return pd.concat(
        [pd.DataFrame({"weight": kept}), dials, pd.DataFrame(means[:, : len(names)], columns=names)], axis=1
    )


def _nearest(made: Made) -> pd.DataFrame:
    """Return the points that come nearest where nothing is left."""
    found = made.history.conflict
    assert found is not None
    missed = [", ".join(f"{name} ({value:.1f})" for name, value in row.items()) for row in found.misses]
    return pd.DataFrame({"misses": missed, **pd.DataFrame(made.space.values(found.nearest)).to_dict("list")})


# -- words --------------------------------------------------------------------------------------------


def _sentences(made: Made, tables: Mapping[str, pd.DataFrame], text: str) -> list[str]:
    """Say what was found."""
    last = made.history.waves
    said = [headline(text)]
    said.append(
        f"{many(made.runs, 'run')} in {many(len(last), 'wave')} and beside them; {many(len(made.space), 'dial')} vary, "
        f"{many(len(made.targets), 'target')} choose. {made.history.share:.2g} of the prior is left."
    )
    if made.without:
        said.append(f"Left out by hand: {listed(list(made.without))}.")
    if made.hidden:
        said.append(f"No market shows {listed(list(made.hidden))}: these targets chose nothing.")
    if made.history.conflict is not None:
        said += conflict_sentences(made.history.conflict)
        said.append("The table of nearest points says what each misses. Tolerances were not widened.")
    elif not made.found:
        said.append("No run in what is left has all the numbers that choose, so there are no weights.")
    else:
        said += _weighed(made, tables)
    if made.recovered is not None and len(made.recovered):
        there = int(made.recovered["found"].sum())
        said.append(
            f"Of {many(len(made.recovered), 'known truth')} {there} are in what the same procedure leaves, "
            f"on average {made.recovered['share'].mean():.2g} of the prior."
        )
    return said


def _weighed(made: Made, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Say what the weights are worth, and what they show."""
    size = effective(made.shares)
    said = [f"The runs in what is left weigh as much as {size:.0f} equal ones."]
    if size < LEAST:
        said.append(
            f"That is fewer than {LEAST}: a share of one half of the markets is uncertain by {1 / np.sqrt(size):.0%}."
        )
    missed = tables["evidence"].loc[~tables["evidence"]["met"].astype(bool), "name"].tolist()
    said.append(
        f"The middle market lies outside the published range of {listed(missed)}."
        if missed
        else "The middle market lies within every published range that chose."
    )
    tests = tables["tests"]
    seen = tests[tests["ensemble_median"].notna()]
    failed = seen.loc[~seen["met"].astype(bool), "name"].tolist()
    said.append(
        f"Of {many(len(seen), 'number')} that chose nothing {len(seen) - len(failed)} agree"
        + (f"; not {listed(failed)}." if failed else ".")
    )
    lost = tables["left-out"].loc[~tables["left-out"]["met"].astype(bool), "target"].tolist()
    if lost:
        said.append(f"The other targets do not foretell {listed(lost)}: each of these decides for itself.")
    return said


def _range(low: float, high: float) -> str:
    return "" if np.isnan(low) and np.isnan(high) else f"{number(low)} to {number(high)}"


def _shown(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables to read."""
    waves = tables["waves"]
    shown = {
        "What the waves leave": pd.DataFrame(
            {
                "wave": waves["wave"].astype(str),
                "points": waves["points"].map("{:,}".format),
                "emulators used": waves["emulators"].astype(str),
                "cut on": waves["order"].map({0: "", 1: "the largest", 2: "the second largest"}),
                "left of the prior": waves["share"].map("{:.2g}".format),
                "dropped": waves["dropped"],
            }
        ),
        "What each target rules out": _shown_targets(tables["targets"]),
        "Targets that choose": _shown_numbers(tables["evidence"]),
        "Numbers that chose nothing": _shown_numbers(tables["tests"]),
    }
    if "dials" in tables:
        shown["Dials"] = _shown_dials(tables["dials"])
        shown["What the other targets say of each"] = _shown_left_out(tables["left-out"])
    if "nearest" in tables:
        shown["Nearest points"] = tables["nearest"][["misses"]]
    if "recovery" in tables:
        found = tables["recovery"]
        shown["Known truths"] = found.assign(
            share=found["share"].map("{:.2g}".format), found=found["found"].map({True: "yes", False: "no"})
        ).astype(str)
    return shown


def _shown_targets(table: pd.DataFrame) -> pd.DataFrame:
    """Return what targets rule out, a row per target, a column per wave."""
    if table.empty:
        return pd.DataFrame({"target": []})
    cells = table.assign(
        cell=[
            f"{out:.0%} (R² {r2:.2f})" if used else f"unused (R² {r2:.2f})"
            for out, r2, used in zip(table["out"], table["r2"], table["used"], strict=True)
        ]
    )
    wide = cells.pivot(index="target", columns="wave", values="cell").fillna("")
    order = table.groupby("target")["out"].max().sort_values(ascending=False, na_position="last").index
    return wide.loc[order].rename(columns=lambda wave: f"wave {wave}").reset_index()


def _shown_numbers(table: pd.DataFrame) -> pd.DataFrame:
    """Return published numbers beside prior and ensemble."""
    return pd.DataFrame(
        {
            "number": table["name"],
            "published": [_range(row.low, row.high) or number(row.value) for row in table.itertuples(index=False)],
            "prior, middle 90 %": [_range(a, b) for a, b in zip(table["prior_low"], table["prior_high"], strict=True)],
            "ensemble, median": [number(value) for value in table["ensemble_median"]],
            "ensemble, middle 90 %": [
                _range(a, b) for a, b in zip(table["ensemble_low"], table["ensemble_high"], strict=True)
            ],
            "agrees": [
                "" if np.isnan(middle) else "yes" if met else "no"
                for middle, met in zip(table["ensemble_median"], table["met"], strict=True)
            ],
        }
    )


def _shown_dials(table: pd.DataFrame) -> pd.DataFrame:
    """Return prior and ensemble of the dials, the most narrowed first."""
    return pd.DataFrame(
        {
            "dial": table["dial"],
            "prior": [_range(a, b) for a, b in zip(table["prior_low"], table["prior_high"], strict=True)],
            "ensemble, median": [
                f"on in {row.mean:.0%}" if str(row.dial).startswith("switch.") else number(row.median)
                for row in table[["dial", "mean", "median"]].itertuples(index=False)
            ],
            "middle 90 %": [_range(a, b) for a, b in zip(table["low"], table["high"], strict=True)],
            "width ÷ prior's": table["width"].map("{:.2f}".format),
            "truths held by 90 % intervals": table["held"].map("{:.0%}".format),
            "source": table["source"],
        }
    )


def _shown_left_out(table: pd.DataFrame) -> pd.DataFrame:
    """Return what is foretold of each target by the others."""
    return pd.DataFrame(
        {
            "target": table["target"],
            "median": table["median"].map(number),
            "middle 90 %": [_range(a, b) for a, b in zip(table["low"], table["high"], strict=True)],
            "weighs as": table["effective"].map("{:.0f}".format),
            "meets the range": table["met"].map({True: "yes", False: "no"}),
        }
    )
