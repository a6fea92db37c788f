"""From chewing gum to plane tickets: relationships matter more as stakes and frequency rise.

The idea: for a packet of gum nobody needs a salesperson to trust; the more is at stake and the more often,
the more the relationship is worth.

The need's frequency and its stake are turned to a fifth and four times, a tenth and ten times what the
scenario has. The advantage is the profit of collaborative less that of adversarial sellers at the longest
horizon; the corners are judged in the shared market and in separate ones, the map between them is drawn for
the shared one. In money the first verdict is half built in: value, price and cost are shares of the stake,
so ten times the stake makes ten times any advantage *or disadvantage*; only wages and hours stay as they
are. The last verdict therefore counts in stakes. More frequent needs of as many customers are also more work
for as many salespeople, and collaborators, who take their time, are the first to run out of it; the third
verdict therefore has four times the needs come from a quarter of the customers (added after the first runs
showed how full collaborators' months were).

What else tells gum from tickets (conversation, service, memory) is in the named configurations: `longgame
run annuity --scenario chewing-gum`, `plane-ticket` or `software` asks there.

The essays' idea: from chewing gum to plane tickets. Rules: docs/odd.md, 7.1 and 7.5.
"""

from collections.abc import Mapping
from functools import partial
from itertools import product

from longgame.experiments.claim import Claim, Contrast
from longgame.experiments.design.arms import ORGANISATIONS, SHARED, Arm, chosen, crossed
from longgame.experiments.design.dials import RANGES
from longgame.experiments.design.grids import grid
from longgame.experiments.design.plan import Design, Tables
from longgame.experiments.figures.maps import figure_map
from longgame.experiments.inference.pairs import IN_ORGANISATIONS, IN_SETTINGS, Lead
from longgame.experiments.measures.kept import AT_END
from longgame.experiments.study import Draw
from longgame.experiments.words import MARKET_WORDS
from longgame.sim.scenario import Scenario

OURS, THEIRS = "collaborative", "adversarial"
RATE, STAKE, COUNT = "customers.rate", "customers.stake", "customers.count"

#: Factors on what the scenario has.
NEEDS = {"rare": 0.2, "usual": 1.0, "frequent": 4.0}
STAKES = {"low": 0.1, "usual": 1.0, "high": 10.0}


def _point(scenario: Scenario, needs: str, stakes: str, customers: str = "all") -> Design:
    """Return the markets of one point of the map."""
    own = scenario.customers
    count = own.count if customers == "all" else max(1, round(own.count / NEEDS[needs]))
    values = {RATE: [NEEDS[needs] * own.rate], STAKE: [STAKES[stakes] * own.stake], COUNT: [count]}
    return grid(scenario, values, crossed((OURS, THEIRS))).also(needs=needs, stakes=stakes, customers=customers)


def _design(scenario: Scenario) -> Design:
    """Return a grid, its corners also in separate markets, its middle also with fewer customers."""
    made, corners = Design({}), Design({})
    for needs, stakes in product(NEEDS, STAKES):
        here = _point(scenario, needs, stakes)
        made |= here.where(setting=SHARED)
        if "usual" not in (needs, stakes):
            corners |= here
    return made | corners | _point(scenario, "usual", "usual") | _point(scenario, "frequent", "usual", "fewer")


def _with_stakes(tables: Tables) -> Tables:
    """Add profit counted in stakes."""
    table = tables["horizons"]
    return {"horizons": table.assign(in_stakes=table["profit"] / table[STAKE])}


def _lead(needs: str | None = None, stakes: str | None = None, customers: str = "all") -> Lead:
    """Return the lead of collaborative sellers where needs and stakes are such; None: wherever is asked."""
    there = {"customers": customers, **{k: v for k, v in (("needs", needs), ("stakes", stakes)) if v}}
    return ({"strategy": OURS, **there}, {"strategy": THEIRS, **there})


def _draw(tables: Tables) -> Mapping[str, Draw]:
    """Return maps of the advantage over frequency and stake, in stakes."""
    table = tables["horizons"]
    draw = partial(
        figure_map,
        table=table.loc[chosen(table, {"setting": SHARED, "customers": "all"})],
        x=RATE,
        y=STAKE,
        column="in_stakes",
        what="profit",
        where=MARKET_WORDS[SHARED],
        unit="stakes a year",
    )
    return {f"map-{kind}": partial(draw, ours=Arm(OURS, kind), theirs=Arm(THEIRS, kind)) for kind in ORGANISATIONS}


LARGER = {"more": "larger", "less": "smaller"}
IN_STAKES = {"column": "in_stakes", "unit": "stakes per salesperson-year", "worth": 0.0, **LARGER}

CLAIM = Claim(
    name="stakes",
    text=__doc__,
    design=_design,
    measures=(AT_END,),
    prepare=_with_stakes,
    asks=(
        Contrast(
            "Is collaborating worth more, against pushing, where needs are frequent and stakes are high?",
            "collaborative sellers' lead in profit per salesperson-year was {amount} {direction} with frequent needs "
            "and high stakes than with neither",
            lead=_lead("frequent", "high"),
            beyond=_lead("rare", "low"),
            **LARGER,
        ),
        Contrast(
            "Is collaborating worth more, against pushing, where needs are frequent?",
            "collaborative sellers' lead in profit was {amount} stakes per salesperson-year {direction} with frequent "
            "needs than with rare ones",
            lead=_lead(needs="frequent"),
            beyond=_lead(needs="rare"),
            places=(("stakes", "stakes", {"low": "low stakes", "high": "high stakes"}), IN_SETTINGS, IN_ORGANISATIONS),
            **IN_STAKES,
        ),
        Contrast(
            "If as many needs come from fewer customers, is collaborating worth more, against pushing?",
            "collaborative sellers' lead in profit per salesperson-year was {amount} {direction} where as many needs "
            "come from fewer customers",
            lead=_lead("frequent", "usual", "fewer"),
            beyond=_lead("usual", "usual"),
            **LARGER,
        ),
        Contrast(
            "Counted in stakes, is collaborating worth more, against pushing, where stakes are high?",
            "collaborative sellers' lead in profit was {amount} stakes per salesperson-year {direction} with high "
            "stakes than with low ones",
            lead=_lead(stakes="high"),
            beyond=_lead(stakes="low"),
            places=(
                ("frequency", "needs", {"rare": "rare needs", "frequent": "frequent needs"}),
                IN_SETTINGS,
                IN_ORGANISATIONS,
            ),
            **IN_STAKES,
        ),
    ),
    dials=(
        RANGES["economy.wage"],
        RANGES["trust.forgetting"],
        RANGES["word_of_mouth.gossip"],
        # At most three times the usual: with needs four times as frequent, months are full long before.
        RANGES["attention.ask"].between(0, 1440),
    ),
    draw=_draw,
)
