"""Counting closings rewards the wrong thing.

The idea: the bell that is rung for every sale, and the prize for the top closer, teach a sales force to
close, not to keep. Pay for closings and a contest are set against pay for repeat business, for satisfaction
and for the team.

Herds that are alike start with collaborative and adversarial members (in herds of five, three and two) and
differ in what their variable pay counts. Nobody in the model changes conduct for money: pay works only
through who copies whom. Once a year a member may look at one colleague and copy the better paid, and nobody
leaves, so that nothing else moves conduct. The first verdict asks whether more collaborate at the end than
where closings are counted or a contest is held; the others what that does to what firm and sellers earn
together (the schemes cost differently, so pay is counted in) and to the customers' gain.

The essays' idea: counting closings rewards the wrong thing. Rules: docs/odd.md, 7.9, 7.10 and 7.13 (pay).
"""

from functools import partial

from longgame.experiments.claim import POINTS, Ask, Claim
from longgame.experiments.design.arms import HERD, Arm, herd_size, markets, policy_of
from longgame.experiments.design.dials import FREQUENCY, RANGES
from longgame.experiments.design.plan import Design, Measure, Tables
from longgame.experiments.figures.matrix import figure_against
from longgame.experiments.figures.pairs import Shown, in_each_market
from longgame.experiments.inference.pairs import PROFIT_UNIT
from longgame.experiments.measures.kept import HORIZONS, strategy_shares
from longgame.sim.organisation import FirmPolicy
from longgame.sim.scenario import Scenario

GOOD, BAD = "collaborative", "adversarial"

#: What variable pay counts, and nothing else: the names of weights of `Pay`.
BELLS, OTHERS = ("closings", "contest"), ("repeat", "satisfaction", "team")

#: Yearly probability of looking at a colleague's pay, where the scenario has none.
IMITATION = 0.5

ARMS = {scheme: Arm(GOOD, HERD, label=scheme) for scheme in (*BELLS, *OTHERS)}


def _design(scenario: Scenario) -> Design:
    """Return five ways to pay mixed herds that learn from colleagues, shared and separate."""
    imitation = scenario.staffing.imitation or IMITATION
    there = scenario.but({"staffing.imitation": imitation, "staffing.turnover": 0.0, "staffing.dismissal": 0.0})
    policy, others = policy_of(scenario, HERD), {BAD: herd_size(scenario, len(ARMS)) // 2}
    return markets(there, [Arm(GOOD, HERD, scheme, _paying(policy, scheme), others) for scheme in ARMS])


def _paying(policy: FirmPolicy, scheme: str) -> FirmPolicy:
    """Return a policy that pays for one thing only, and whose members learn from each other."""
    tree = policy.model_dump()
    nothing = {name: weight if name == "lead_split" else 0.0 for name, weight in tree["pay"].items()}
    return FirmPolicy(**{**tree, "learning": "colleagues", "pay": {**nothing, scheme: 1.0}})


def _with_shares(tables: Tables) -> Tables:
    """Return the share of collaborative sellers, and profit with pay."""
    conduct, horizons = tables["conduct"], tables["horizons"]
    return {
        "horizons": horizons.assign(earned=horizons["profit"] + horizons["pay"]),
        "conduct": conduct.loc[conduct["strategy"] == GOOD],
    }


def _ended(tables: Tables) -> str:
    """Report how many collaborated at the start and at the end."""
    conduct = tables["conduct"]
    last = conduct[conduct["months"] == conduct["months"].max()].groupby("group")["share"].mean()
    shares = [f"{100 * last[arm.name]:.0f} % ({scheme})" for scheme, arm in ARMS.items()]
    start = 100 * conduct["start"].mean()
    return f"Of {start:.0f} % collaborative at the start, there were in the end: {', '.join(shares)}."


CLAIM = Claim(
    name="bell",
    text=__doc__,
    pairs=[(ARMS[scheme], ARMS[bell]) for bell in BELLS for scheme in OTHERS],
    design=_design,
    measures=(HORIZONS, Measure("conduct", strategy_shares)),
    prepare=_with_shares,
    asks=(
        Ask(
            "Do more salespeople end up collaborating if pay counts something other than closings?",
            "the share of collaborative sellers at the end was {amount} percentage points {direction} than under pay "
            "for closings or a contest",
            "share",
            "conduct",
            note=_ended,
            **POINTS,
        ),
        Ask(
            "Do firm and sellers together earn more if pay counts something other than closings?",
            "profit and pay together were {amount} {direction} per salesperson-year than under pay for closings or a "
            "contest",
            "earned",
        ),
        Ask(
            "Do customers gain more if pay counts something other than closings?",
            "customers gained {amount} {direction} per salesperson-year than under pay for closings or a contest",
            "surplus",
        ),
    ),
    dials=(
        RANGES["staffing.selection"],
        RANGES["staffing.payback"],
        FREQUENCY,
        RANGES["months"].between(24, 240),  # members look at each other once a year
    ),
    draw=partial(
        in_each_market,
        figure_against,
        columns={
            "conduct": Shown("share", "the share of collaborative sellers", "percentage points", 100, "conduct"),
            "earned": Shown("earned", "profit with pay", PROFIT_UNIT),
        },
        arms=list(ARMS.values()),
        base=ARMS["closings"],
        rows="pay that counts",
    ),
)
