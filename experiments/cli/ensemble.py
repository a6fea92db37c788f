"""``longgame ensemble``: markets that agree with published numbers, with weights."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from longgame.default_market import DEFAULT
from longgame.experiments.cli.carry import carry_out
from longgame.experiments.cli.options import (
    SEVERAL,
    Folder,
    Line,
    Market,
    Months,
    Running,
    Seed,
    Settings,
    reader,
    report,
    whole,
)

if TYPE_CHECKING:
    from longgame.experiments.design.plan import Plan
    from longgame.experiments.evidence.study import Budget
    from longgame.sim.scenario import Scenario


def _count(what: str, most: int, least: int = 1) -> Parameter:
    return Parameter(converter=reader(whole(what, most, least=least)), metavar="N")


@Parameter(name="*")
@dataclass(frozen=True)
class Effort:
    """Options of how much is run.

    Attributes
    ----------
    waves : int, optional
        Waves at most; they end before where the space left no longer shrinks (default 6, with --quick 2).
    points : int, optional
        Points of a wave per dial that varies (default 20, with --quick 4).
    screen : int, optional
        Points of the screening per dial (default 6, with --quick 2).
    seeds : int, optional
        Runs of every point, at least 2 (default 4, with --quick 2).
    customers : int, optional
        Customers of every market (default 2000, with --quick 400).
    truths : int, optional
        Markets made by the model that are to be found again (default 10, with --quick 2).
    truth_waves : int, optional
        Waves for each of them; the first is shared and takes no runs (default 1).
    quick : bool
        A first look, of no use for verdicts.
    """

    waves: Annotated[int | None, _count("waves", 20)] = None
    points: Annotated[int | None, _count("points", 1000)] = None
    screen: Annotated[int | None, _count("points", 1000)] = None
    seeds: Annotated[int | None, _count("seeds", 1000, 2)] = None
    customers: Annotated[int | None, _count("customers", 1_000_000, 20)] = None
    truths: Annotated[int | None, _count("truths", 1000, 0)] = None
    truth_waves: Annotated[int | None, _count("waves", 20)] = None
    quick: bool = False

    def budget(self) -> Budget:
        """Return how much is run."""
        from longgame.experiments.evidence.study import QUICK, Budget

        given = {
            name: getattr(self, name)
            for name in ("waves", "points", "screen", "truths", "truth_waves")
            if getattr(self, name) is not None
        }
        return replace(QUICK if self.quick else Budget(), **given)


def ensemble(
    kind: str = DEFAULT,
    /,
    *,
    effort: Effort = Effort(),
    dials: Annotated[tuple[str, ...], SEVERAL, Parameter(metavar="DIAL")] = (),
    without: Annotated[tuple[str, ...], SEVERAL, Parameter(metavar="TARGET")] = (),
    settings: Settings = (),
    months: Months | None = None,
    seed: Seed = 1,
    running: Running = Running(),
    out: Folder | None = None,
    line: Line,
) -> int:
    """Find markets that agree with published numbers: an ensemble with weights, and how far to believe it.

    Parameters
    ----------
    kind : str
        Kind of market: repeat-supply, projects or consumer-services.
    dials : tuple of str
        Dials that may vary (default: every one with a prior range).
    without : tuple of str
        Targets of the table of evidence that are left out.
    settings : tuple of str
        Hold one number of all markets; may be repeated. A dial that is set varies no more.
    months : int, optional
        Length of the runs behind their burn-in (default 120).
    seed : int
        Seed of designs, populations and emulators.
    out : str, optional
        Where the results go (default results/ensemble-KIND); the ensemble is KIND.json there.
    """
    from longgame.experiments.evidence.emulator import sklearn
    from longgame.experiments.evidence.priors import MONTHS, space_of
    from longgame.experiments.evidence.study import Matching
    from longgame.experiments.evidence.table import KINDS, targets
    from longgame.sim.errors import InputError, nearest

    if kind not in KINDS:
        raise InputError(f"{kind}: is no kind of market with an ensemble; {nearest(kind, KINDS)}")
    names = [target.name for target in targets(kind)]
    for option, given, known in (("--without", without, names), ("--dials", dials, space_of(kind).names)):
        for word in given:
            if word not in known:
                raise InputError(f"{option} {word}: is not known; {nearest(word, known)}")
    sklearn()
    count = effort.customers or (400 if effort.quick else 2000)
    chosen = Market(kind, (f"customers.count={count}", *settings), months or MONTHS).load()

    def announce(_: str, plan: Plan, scenario: Scenario) -> None:
        report(
            f"ensemble of {kind}: runs of {scenario.customers.count:,} customers x {scenario.months} months; "
            "the same command goes on where it was stopped"
        )

    held = [text.partition("=")[0].strip() for text in settings]
    study = Matching(kind, effort.budget(), without, seed, report, dials or None, held)
    seeds = effort.seeds or (2 if effort.quick else 4)
    return carry_out(
        study,
        chosen,
        seeds,
        name=f"ensemble-{kind}",
        running=running,
        out=out,
        line=line,
        whole=False,  # a market whose runs fail has no numbers
        before=announce,
        between="learning from the runs",
    )
