"""Conducts and prices that several strategies share."""

from longgame.sim.strategy import Conduct

#: Three price levels recur: fair (cost + 40 %), dear (cost + 80 %), below cost (-10 %).
FAIR, DEAR, BELOW_COST = 0.4, 0.8, -0.1

COLLABORATIVE = Conduct(
    discovery=0.8,
    overpromise=0.0,
    pressure=0.0,
    markup=FAIR,
    walk_away=-10.0,
    refer=0.0,
    aftercare=0.8,
    remember=0.9,
    advice=0.2,
    availability=0.7,
)
ADVERSARIAL = Conduct(
    discovery=0.1,
    overpromise=0.8,
    pressure=0.8,
    markup=DEAR,
    walk_away=-10.0,
    refer=0.0,
    aftercare=0.1,
    remember=0.1,
    advice=0.0,
    availability=0.1,
)
