"""The small market's rules on plain Python numbers, shared by the peers made of objects."""

from __future__ import annotations

from math import exp

from benchmarks.small import RULES

#: What every stranger seems worth: trust is at its prior, value and price are hoped for and expected.
STRANGER_SURPLUS = RULES.prior * RULES.hope + (1 - RULES.prior) * min(RULES.betrayed, RULES.hope) - RULES.expected_price


def logistic(x: float) -> float:
    """Return 1 / (1 + exp(-x))."""
    return 1.0 / (1.0 + exp(-x))


def fit_of(need: float, position: float) -> float:
    """Return how well a speciality fits a need, two points on a circle of circumference 1."""
    distance = abs(need - position)
    return max(0.0, 1.0 - min(distance, 1.0 - distance) / RULES.breadth)


def offer_value(trust: float, claim: float, fallback: float, price: float, pressure: float) -> float:
    """Return how attractive a pitch is."""
    return trust * claim + (1.0 - trust) * fallback - price + RULES.persuasion * pressure


def experience(delivered: float, claim: float, price: float, pressure: float) -> float:
    """Return how good a deal was for the customer, in [0, 1]."""
    felt = delivered - price + RULES.claim_weight * (delivered - claim) - RULES.pressure_weight * pressure
    return logistic(felt / RULES.experience_temperature)


class Memory:
    """What a customer remembers of one salesperson."""

    __slots__ = ("bad", "good", "last", "price", "value")

    def __init__(self, delivered: float, price: float, month: int) -> None:
        self.good = self.bad = 0.0
        self.value, self.price, self.last = delivered, price, month

    @property
    def strength(self) -> tuple[float, int]:
        """How much evidence there is, then how fresh it is: the least is forgotten first."""
        return self.good + self.bad, self.last

    def trust(self) -> float:
        """Return trust in the salesperson."""
        good, weight = self.good, RULES.prior_weight
        return (good + weight * RULES.prior) / (good + self.bad + weight)

    def surplus(self, trust: float) -> float:
        """Return what one more deal promises."""
        value = self.value
        return trust * value + (1.0 - trust) * min(RULES.betrayed, value) - self.price

    def learn(self, x: float, delivered: float, price: float, month: int) -> None:
        """Let a deal enter."""
        self.good = RULES.forgetting * self.good + x
        self.bad = RULES.forgetting * self.bad + RULES.negativity * (1.0 - x)
        self.value += RULES.value_rate * (delivered - self.value)
        self.price += RULES.value_rate * (price - self.price)
        self.last = month
