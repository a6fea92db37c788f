"""The herd does better than the singleton.

The idea: sellers who share leads, what they know of clients, and a delivery team do better than the same
sellers each on their own. A herd pays its overhead and its delivery team.

Conduct is crossed with organisation, over horizons of 1 to 20 years. Members of a herd differ in what they sell, and
pass a customer on to whom fits better. A singleton has no such assortment. So two kinds of herd are set against
singletons. In one, members differ as singletons do (assortment). In the other, all members sell one product, and
only sharing is left.

Judged in profit after all costs per salesperson-year at every horizon, in the shared market and in separate ones,
for each conduct on its own. Asked beside it: whether the herd does more for collaborators, whether fewer herds
fail, and what each kind of sharing brings alone. For the last a herd shares one thing only and pays the same overhead,
in separate markets.

The essays' idea: the herd outlives the singleton. Rules: docs/odd.md, 4.10, 7.4 (colleagues) and 7.13.
"""

from collections.abc import Mapping
from functools import partial

from longgame.experiments.claim import Ask, Claim, Contrast
from longgame.experiments.design.arms import HERD, SEPARATE, SINGLETON, Arm, crossed, policy_of
from longgame.experiments.design.dials import ASSUMED_NUMBERS, FREQUENCY, RANGES
from longgame.experiments.design.grids import with_between
from longgame.experiments.design.plan import Design, Tables
from longgame.experiments.figures.exchanges import figure_exchange_shares
from longgame.experiments.figures.pairs import PROFIT, figure_pairs, in_each_market
from longgame.experiments.figures.paths import figure_herd
from longgame.experiments.inference.pairs import IN_SETTINGS, Lead, Pair, in_each_setting
from longgame.experiments.measures.firms import FATES
from longgame.experiments.measures.kept import EXCHANGES, HORIZONS
from longgame.experiments.study import Draw
from longgame.experiments.words import MARKET_WORDS
from longgame.sim.organisation import POLICIES, FirmPolicy
from longgame.sim.scenario import Scenario

CONDUCTS = OURS, THEIRS = ("collaborative", "adversarial")
QUESTION = "Does a herd earn its sellers more than the same sellers earn as singletons?"

#: Kinds of sharing, by what a herd that does nothing else is called.
ALONE = {"leads": "shares_leads", "memory": "shares_memory", "attention": "shares_attention", "team": "delivery_team"}
NOTHING = {**dict.fromkeys(ALONE.values(), False), "delivery_team": 0.0}


def _herd(conduct: str, kind: str, policy: FirmPolicy, **changes: object) -> Arm:
    """Return a herd that works otherwise than the scenario's."""
    other = FirmPolicy(**{**policy.model_dump(), **changes})
    return Arm(conduct, HERD, f"{conduct}-{kind}", other, title=f"{conduct}, {kind.replace('-', ' ')}")


def _one_product(conduct: str, policy: FirmPolicy = POLICIES[HERD]) -> Arm:
    """Return a herd whose members all sell the same."""
    return _herd(conduct, "one-product", policy, one_product=True, specialises=False)


def _sharing(policy: FirmPolicy = POLICIES[HERD]) -> list[Pair]:
    """Return herds that share one thing alone, each against singletons."""
    team = {"delivery_team": policy.delivery_team or POLICIES[HERD].delivery_team}
    return [
        (_herd(conduct, kind, policy, **{**NOTHING, rule: team.get(rule, True)}), Arm(conduct, SINGLETON))
        for conduct in CONDUCTS
        for kind, rule in ALONE.items()
    ]


def _design(scenario: Scenario) -> Design:
    """Return singletons and both kinds of herd, shared and separate, and each sharing alone."""
    policy = policy_of(scenario, HERD)
    arms = [*crossed(CONDUCTS), *(_one_product(conduct, policy) for conduct in CONDUCTS)]
    return with_between(scenario, arms, [herd for herd, _ in _sharing(policy)])


PAIRS = {
    conduct: [(herd, Arm(conduct, SINGLETON)) for herd in (Arm(conduct, HERD), _one_product(conduct))]
    for conduct in CONDUCTS
}
BOTH = [pair for pairs in PAIRS.values() for pair in pairs]


def _gain(conduct: str) -> Lead:
    """Return what being in a herd does for sellers of one conduct."""
    return ({"strategy": conduct, "organisation": HERD}, {"strategy": conduct, "organisation": SINGLETON})


def _does_more_for(conduct: str) -> Ask:
    """Ask what a herd does for sellers of one conduct, at every horizon."""
    return Ask(
        f"{QUESTION[:-1]}, when they are {conduct}?",
        f"{conduct} sellers made {{amount}} {{direction}} profit per salesperson-year in herds than as singletons",
        pairs=PAIRS[conduct],
        worth=0.0,
        every_horizon=True,
    )


def _draw(tables: Tables) -> Mapping[str, Draw]:
    """Return the 2×2 over horizons, herds with one product, how exchanges end, and each sharing alone."""
    drawn: dict[str, Draw] = {}
    for setting, words, here in in_each_setting(tables):
        plain = {name: table[table["strategy"].isin(CONDUCTS)] for name, table in here.items()}
        drawn[f"herd-{setting}"] = partial(figure_herd, df=plain["horizons"], conducts=CONDUCTS, where=words)
        drawn[f"exchanges-{setting}"] = partial(figure_exchange_shares, df=plain["exchanges"], where=words)
    one = [pairs[1] for pairs in PAIRS.values()]
    drawn |= in_each_market(figure_pairs, tables, {"one-product": PROFIT}, pairs=one)
    for conduct in CONDUCTS:
        pairs = [pair for pair in _sharing() if pair[1].strategy_name == conduct]
        drawn[f"sharing-{conduct}"] = partial(
            figure_pairs,
            tables=tables,
            pairs=pairs,
            market=SEPARATE,
            where=MARKET_WORDS[SEPARATE],
            column="profit",
            what="profit",
            unit=PROFIT.unit,
        )
    return drawn


CLAIM = Claim(
    name="herd",
    text=__doc__,
    about=QUESTION,
    pairs=BOTH,
    design=_design,
    measures=(HORIZONS, EXCHANGES, FATES),
    asks=(
        *map(_does_more_for, CONDUCTS),
        Contrast(
            f"Does a herd do more for {OURS} sellers than for {THEIRS} ones?",
            f"being in a herd brought {{amount}} {{direction}} profit per salesperson-year to {OURS} sellers than to "
            f"{THEIRS} ones",
            lead=_gain(OURS),
            beyond=_gain(THEIRS),
            places=(IN_SETTINGS,),
            worth=0.0,
            every_horizon=True,
        ),
        Ask(
            "Do fewer herds than singletons fail?",
            "{amount} {direction} herds than singletons failed per 100 firm-years",
            "failed_a_year",
            "fates",
            pairs=BOTH,
            unit="firms per 100 firm-years",
            scale=-100,
            worth=1.0,
            more="fewer",
            less="more",
        ),
        Ask(
            "Does each kind of sharing alone earn its overhead?",
            "sellers who share one thing made {amount} {direction} profit per salesperson-year than singletons",
            pairs=_sharing(),
            kinds={SEPARATE: MARKET_WORDS[SEPARATE]},
            worth=0.0,
        ),
    ),
    # How often customers need something, what a herd costs and how large it is, the hours there are, how long people
    # stay in the job, and how long one waits; then the assumed numbers. With six arms larger herds do not fit.
    dials=(
        FREQUENCY,
        RANGES["herd.overhead"],
        RANGES["herd.members"].between(2, 6),
        RANGES["attention.capacity"],
        RANGES["staffing.turnover"],
        RANGES["months"],
        *ASSUMED_NUMBERS,
    ),
    draw=_draw,
    first_measures=("horizons",),
)
