"""Counting closings rewards the wrong thing.

The idea: the bell that is rung for every sale, and the prize for the top closer, teach a sales force to
close, not to keep. MODEL.md, section 7, row *bell*: pay for closings, a contest, repeat business,
satisfaction, or the team.

Herds that are alike start with collaborative and adversarial members (in herds of five, three and two) and
differ in what their variable pay counts. Nobody in the model changes conduct for money: pay works only
through who copies whom. Once a year a member may look at one colleague and copy the better paid, and nobody
leaves, so that nothing else moves conduct. The first verdict asks whether more collaborate at the end than
where closings are counted or a contest is held; the others what that does to what firm and sellers earn
together (the schemes cost differently, so pay is counted in) and to the customers' gain.
"""

from __future__ import annotations

from longgame.experiments.design.arms import HERD, Arm, herd_size, markets, policy_of
from longgame.experiments.design.plan import Measure, Plan
from longgame.experiments.figures.axes import Draw
from longgame.experiments.figures.matrix import figure_against
from longgame.experiments.figures.pairs import Shown, in_each_market
from longgame.experiments.inference.flips import FREQUENCY, Knob
from longgame.experiments.inference.pairs import HORIZONS, ONE_POINT, PROFIT_UNIT, Tables, a_twentieth, judge_pairs
from longgame.experiments.inference.verdicts import Verdict
from longgame.experiments.measures import kept as measures
from longgame.sim.organisation import FirmPolicy
from longgame.sim.scenario import Scenario

QUESTION = "Do more salespeople end up collaborating if pay counts something other than closings?"

GOOD, BAD = "collaborative", "adversarial"

#: What variable pay counts, and nothing else: weights of `Pay`.
BELLS = {"closings": {"closings": 1.0}, "contest": {"contest": 1.0}}
OTHERS = {"repeat": {"repeat": 1.0}, "satisfaction": {"satisfaction": 1.0}, "team": {"team": 1.0}}

#: Yearly probability of looking at a colleague's pay, where the scenario has none.
IMITATION = 0.5

ARMS = {scheme: Arm(GOOD, HERD, label=scheme) for scheme in (*BELLS, *OTHERS)}
PAIRS = [(ARMS[scheme], ARMS[bell]) for bell in BELLS for scheme in OTHERS]

KNOBS = (
    Knob("staffing.selection", 0.5, 20.0),
    Knob("staffing.payback", 1, 60, whole=True),
    FREQUENCY,
    Knob("months", 24, 240, whole=True),
)


def plan(scenario: Scenario, seeds: tuple[int, ...]) -> Plan:
    """Return the plan: five ways to pay mixed herds that learn from colleagues, shared and separate."""
    imitation = scenario.staffing.imitation or IMITATION
    there = scenario.but({"staffing.imitation": imitation, "staffing.turnover": 0.0, "staffing.dismissal": 0.0})
    policy, size = policy_of(scenario, HERD), herd_size(scenario, len(ARMS))
    arms = [
        Arm(GOOD, HERD, scheme, _paying(policy, weights), {BAD: size // 2})
        for scheme, weights in {**BELLS, **OTHERS}.items()
    ]
    return Plan(markets(there, arms), seeds, (HORIZONS, Measure("conduct", measures.strategy_shares)))


def _paying(policy: FirmPolicy, weights: dict[str, float]) -> FirmPolicy:
    """Return a policy that pays for one thing only, and whose members learn from each other."""
    tree = policy.model_dump()
    nothing = {name: weight if name == "lead_split" else 0.0 for name, weight in tree["pay"].items()}
    return FirmPolicy(**{**tree, "learning": "colleagues", "pay": {**nothing, **weights}})


def _conduct(tables: Tables) -> Tables:
    """Return the tables with the share of collaborative sellers beside profit and pay."""
    conduct = tables["conduct"]
    conduct = conduct[conduct["strategy"] == GOOD].assign(change=lambda rows: rows["share"] - rows["start"])
    horizons = tables["horizons"]
    return {"horizons": horizons.assign(earned=horizons["profit"] + horizons["pay"]), "conduct": conduct}


def verdicts(tables: Tables) -> tuple[Verdict, ...]:
    """Return verdicts on who collaborates at the end, what is earned, and what customers gain."""
    tables = _conduct(tables)
    conduct = tables["conduct"]
    last = conduct[conduct["months"] == conduct["months"].max()].groupby("group")["share"].mean()
    shares = [f"{100 * last[arm.name]:.0f} % ({scheme})" for scheme, arm in ARMS.items()]
    note = f"Of {100 * conduct['start'].mean():.0f} % collaborative at the start, there were in the end: "
    return (
        judge_pairs(
            "bell",
            QUESTION,
            tables,
            PAIRS,
            "share",
            table="conduct",
            unit="percentage points",
            scale=100,
            worth=ONE_POINT,
            finding="the share of collaborative sellers at the end was {amount} percentage points "
            "{direction} under other pay than under pay for closings or a contest",
            more="higher",
            less="lower",
            note=f"{note}{', '.join(shares)}.",
        ),
        judge_pairs(
            "bell",
            "Do firm and sellers together earn more if pay counts something other than closings?",
            tables,
            PAIRS,
            "earned",
            worth=a_twentieth(tables),
            finding="profit and pay together were {amount} {direction} per salesperson-year under other pay "
            "than under pay for closings or a contest",
        ),
        judge_pairs(
            "bell",
            "Do customers gain more if pay counts something other than closings?",
            tables,
            PAIRS,
            "surplus",
            worth=a_twentieth(tables),
            finding="customers gained {amount} {direction} per salesperson-year under other pay than under "
            "pay for closings or a contest",
        ),
    )


def figures(tables: Tables) -> dict[str, Draw]:
    """Return the figures: how many collaborate at the end, and what was earned."""
    share = "the share of collaborative sellers"
    columns = {
        "conduct": Shown("share", share, "percentage points", 100, "conduct"),
        "earned": Shown("earned", "profit with pay", PROFIT_UNIT),
    }
    arms = list(ARMS.values())
    return in_each_market(
        figure_against, _conduct(tables), columns, arms=arms, base=ARMS["closings"], rows="pay that counts"
    )
