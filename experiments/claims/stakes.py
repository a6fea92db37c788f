"""From chewing gum to plane tickets the same formula holds: collaborating beats pushing.

The idea: for a packet of gum nobody needs a salesperson to trust; the more is at stake and the more often, the more
the relationship is worth. Yet the formula is said to be the same from gum to tickets.

The stake is turned to a tenth and ten times what the scenario has. How often one customer needs something is turned
to a quarter and four times. Wages go with the stake, and all customers together need as much as before. So
salespeople have as much to do and as much to live on. Value, price and cost are shares of the stake. A stake with
its wage therefore changes the unit of money alone; rounding to cents may tip a deal, so rows agree but for luck. The
advantage is the profit of collaborative less that of adversarial sellers at the longest horizon, in stakes. Both ask
the same price.

The first verdict asks for the sign of that advantage at every stake and frequency: is it the same formula? The
second asks at each side's own best price. The last two ask whether the advantage grows with frequency and with the
stake. What else tells gum from tickets (conversation, service, memory) is in the named configurations: `longgame run
stakes --scenario chewing-gum`, `plane-ticket` or `software` asks there.

The essays' idea: from chewing gum to plane tickets. Rules: docs/odd.md, 7.1 and 7.5.
"""

from collections.abc import Mapping
from functools import partial
from itertools import product

from longgame.experiments.claim import Claim, Contrast
from longgame.experiments.design.arms import ORGANISATIONS, SHARED, Arm, chosen
from longgame.experiments.design.dials import ASSUMED_NUMBERS, FREQUENCY, RANGES
from longgame.experiments.design.grids import grid
from longgame.experiments.design.plan import Design, Tables
from longgame.experiments.design.prices import at_best_price, at_price_of
from longgame.experiments.figures.maps import figure_map
from longgame.experiments.inference.pairs import IN_ORGANISATIONS, IN_SETTINGS, Lead
from longgame.experiments.measures.kept import AT_END
from longgame.experiments.study import Draw
from longgame.experiments.words import MARKET_WORDS
from longgame.sim.scenario import Scenario

OURS, THEIRS = "collaborative", "adversarial"
RATE, STAKE, WAGE = "customers.rate", "customers.stake", "economy.wage"

#: Factors on what the scenario has.
NEEDS = {"rare": 0.25, "usual": 1.0, "frequent": 4.0}
STAKES = {"low": 0.1, "usual": 1.0, "high": 10.0}

EQUAL = {kind: (Arm(OURS, kind), at_price_of(THEIRS, OURS, kind)) for kind in ORGANISATIONS}
BEST = {kind: tuple(at_best_price(None, name, kind) for name in (OURS, THEIRS)) for kind in ORGANISATIONS}


def _point(scenario: Scenario, needs: str, stakes: str) -> Design:
    """Return the markets of one point of the map, at equal prices."""
    there = FREQUENCY.at(scenario, NEEDS[needs] * scenario.customers.rate)
    factor = STAKES[stakes]
    values = {
        RATE: [there.customers.rate],
        STAKE: [factor * scenario.customers.stake],
        WAGE: [factor * scenario.economy.wage],
    }
    arms = [arm for pair in EQUAL.values() for arm in pair]
    return grid(there, values, arms).also(needs=needs, stakes=stakes, prices="equal")


def _design(scenario: Scenario) -> Design:
    """Return a grid of shared markets, its cross also separate, and its middle at best prices."""
    made = Design({})
    for needs, stakes in product(NEEDS, STAKES):
        here = _point(scenario, needs, stakes)
        cross = "usual" in (needs, stakes)
        made |= (here if cross else here.where(setting=SHARED)).also(cross=cross)
    best = [at_best_price(scenario, name, kind) for kind in ORGANISATIONS for name in (OURS, THEIRS)]
    middle = {STAKE: [scenario.customers.stake]}
    at_best = grid(scenario, middle, best).also(needs="usual", stakes="usual", prices="best")
    return made | at_best.renamed(lambda name: f"{name},best")


def _with_stakes(tables: Tables) -> Tables:
    """Add profit and pay counted in stakes, and the points whose markets are also separate."""
    table = tables["horizons"]
    point = table["needs"] + " needs, " + table["stakes"] + " stakes"
    counted = {f"{name}_in_stakes": table[name] / table[STAKE] for name in ("profit", "pay")}
    return {"horizons": table.assign(point=point, **counted)}


def _lead(**there: str) -> Lead:
    """Return the lead of collaborative sellers at equal prices, at a point."""
    ours, theirs = (arm.way for arm in EQUAL[ORGANISATIONS[0]])
    return ({"strategy": ours, **there}, {"strategy": theirs, **there})


def _draw(tables: Tables) -> Mapping[str, Draw]:
    """Return maps of the advantage over frequency and stake, in stakes."""
    table = tables["horizons"]
    draw = partial(
        figure_map,
        table=table.loc[chosen(table, {"setting": SHARED, "prices": "equal"})],
        x=RATE,
        y=STAKE,
        column="profit_in_stakes",
        what="profit",
        where=MARKET_WORDS[SHARED],
        unit="stakes a year",
    )
    return {f"map-{kind}": partial(draw, ours=ours, theirs=theirs) for kind, (ours, theirs) in EQUAL.items()}


CROSS = [(needs, stakes) for needs, stakes in product(NEEDS, STAKES) if "usual" in (needs, stakes)]
POINTS = {f"{needs} needs, {stakes} stakes": f"{needs} needs, {stakes} stakes" for needs, stakes in CROSS}
IN_STAKES = {"column": "profit_in_stakes", "unit": "stakes per salesperson-year", "worth": ("pay_in_stakes",)}
LARGER = {**IN_STAKES, "more": "larger", "less": "smaller"}

CLAIM = Claim(
    name="stakes",
    text=__doc__,
    design=_design,
    measures=(AT_END,),
    prepare=_with_stakes,
    asks=(
        Contrast(
            "Does collaborating beat pushing at every stake and frequency?",
            "at equal prices collaborative sellers made {amount} stakes {direction} profit a year than adversarial "
            "ones",
            lead=_lead(prices="equal"),
            where={"cross": True},
            places=(("point", "point", POINTS), IN_SETTINGS, IN_ORGANISATIONS),
            **IN_STAKES,
        ),
        Contrast(
            "Does collaborating beat pushing at each side's own best price?",
            "at their own best prices collaborative sellers made {amount} stakes {direction} profit a year than "
            "adversarial ones",
            lead=tuple({"strategy": arm.way} for arm in BEST[ORGANISATIONS[0]]),
            **IN_STAKES,
        ),
        Contrast(
            "Is collaborating worth more, against pushing, where needs are frequent?",
            "collaborative sellers' lead in profit was {amount} stakes a year {direction} with frequent needs than "
            "with rare ones",
            lead=_lead(needs="frequent", stakes="usual"),
            beyond=_lead(needs="rare", stakes="usual"),
            **LARGER,
        ),
        Contrast(
            "Counted in stakes, is collaborating worth more, against pushing, where stakes are high?",
            "collaborative sellers' lead in profit was {amount} stakes a year {direction} with high stakes than with "
            "low ones",
            lead=_lead(needs="usual", stakes="high"),
            beyond=_lead(needs="usual", stakes="low"),
            **LARGER,
        ),
    ),
    dials=(
        RANGES["economy.wage"],
        RANGES["trust.forgetting"],
        RANGES["word_of_mouth.gossip"],
        # At most three times the usual: with needs four times as frequent, months are full long before.
        RANGES["attention.ask"].between(0, 1440),
        *ASSUMED_NUMBERS,
    ),
    draw=_draw,
)
