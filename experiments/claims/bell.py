"""Counting closings rewards the wrong thing.

The idea: the bell rung for every sale and the prize for the top closer teach to close, not to keep. Pay for closings
is set against pay for repeat business, for satisfaction and for the team.

Herds have collaborative and adversarial members (of five, three and two). They differ in what their variable pay
counts, and in nothing else. Conduct responds to pay (`economy.incentive`): who is paid for closings claims more and
pushes more, who is paid for repeat business or satisfaction less. That response is assumed, not found; what it does
to the books is the question. The first verdict asks what firm and sellers earn together, as the schemes cost
differently. The next two ask for the customers' gain and their trust. Recognition is asked apart: a monthly prize
for most deals is then the only variable pay.

The essays' idea: counting closings rewards the wrong thing. Rules: docs/odd.md, 7.9 and 7.13 (pay).
"""

from functools import partial

from longgame.experiments.claim import POINTS, Ask, Claim
from longgame.experiments.design.arms import HERD, Arm, herd_size, markets, policy_of
from longgame.experiments.design.dials import FREQUENCY, RANGES, Dial
from longgame.experiments.design.plan import Design, Tables
from longgame.experiments.figures.matrix import figure_against
from longgame.experiments.figures.pairs import Shown, in_each_market
from longgame.experiments.inference.pairs import PROFIT_UNIT
from longgame.sim.organisation import FirmPolicy
from longgame.sim.scenario import Scenario

GOOD, BAD = "collaborative", "adversarial"

#: What variable pay counts, and nothing else: the names of weights of `Pay`.
BELLS, OTHERS = ("closings", "contest"), ("repeat", "satisfaction", "team")

#: How far conduct moves with pay where the scenario does not say: by a fifth of its range for a full weight.
INCENTIVE = 0.2

ARMS = {scheme: Arm(GOOD, HERD, label=scheme) for scheme in (*BELLS, *OTHERS)}
PAIRS = {bell: [(ARMS[scheme], ARMS[bell]) for scheme in OTHERS] for bell in BELLS}


def _design(scenario: Scenario) -> Design:
    """Return five ways to pay mixed herds whose conduct responds to pay, shared and separate."""
    there = scenario.but({"economy.incentive": scenario.economy.incentive or INCENTIVE})
    policy, others = policy_of(scenario, HERD), {BAD: herd_size(scenario, len(ARMS)) // 2}
    return markets(there, [Arm(GOOD, HERD, scheme, _paying(policy, scheme), others) for scheme in ARMS])


def _paying(policy: FirmPolicy, scheme: str) -> FirmPolicy:
    """Return a policy that pays for one thing only."""
    tree = policy.model_dump()
    nothing = {name: weight if name == "lead_split" else 0.0 for name, weight in tree["pay"].items()}
    return FirmPolicy(**{**tree, "pay": {**nothing, scheme: 1.0}})


def _with_earned(tables: Tables) -> Tables:
    """Add profit with pay."""
    horizons = tables["horizons"]
    return {"horizons": horizons.assign(earned=horizons["profit"] + horizons["pay"])}


CLAIM = Claim(
    name="bell",
    text=__doc__,
    pairs=PAIRS["closings"],
    design=_design,
    prepare=_with_earned,
    asks=(
        Ask(
            "Do firm and sellers together earn more if pay counts something other than closings?",
            "profit and pay together were {amount} {direction} per salesperson-year than under pay for closings",
            "earned",
        ),
        Ask(
            "Do customers gain more if pay counts something other than closings?",
            "customers gained {amount} {direction} per salesperson-year than under pay for closings",
            "surplus",
        ),
        Ask(
            "Do clients trust sellers more whose pay counts something other than closings?",
            "clients' trust was {amount} percentage points {direction} than under pay for closings",
            "client_trust",
            **POINTS,
        ),
        Ask(
            "Do firm and sellers together earn more without a contest?",
            "profit and pay together were {amount} {direction} per salesperson-year than under a contest",
            "earned",
            pairs=PAIRS["contest"],
        ),
    ),
    dials=(
        Dial("economy.incentive", 0.02, 0.5),  # at 0 conduct would not respond
        RANGES["choice.credence"],
        RANGES["service.liability"],
        FREQUENCY,
        RANGES["months"],
    ),
    draw=partial(
        in_each_market,
        figure_against,
        columns={
            "earned": Shown("earned", "profit with pay", PROFIT_UNIT),
            "trust": Shown("client_trust", "clients' trust", "percentage points", 100),
        },
        arms=list(ARMS.values()),
        base=ARMS["closings"],
        rows="pay that counts",
    ),
)
