"""The small market: a few rules that every peer can be asked to play, and the scenario that is just this.

The rules, in words
-------------------
Each month each customer has a need with a fixed probability. A customer with a need considers the
salespeople they remember, and a few strangers drawn uniformly who are not among them. Trust in each is
T = (good + w·t0) / (good + bad + w). A candidate is worth T·g + (1-T)·min(betrayed, g) - price, with g
and price as remembered, or as hoped for and expected from a stranger. One of them, or nobody (worth 0), is
drawn by a logit. The salesperson always pitches: fit = max(0, 1 - distance / breadth) on the circle, claim =
fit + overpromise·(1 - fit). The customer buys with probability
logistic((T·claim + (1-T)·fallback - asked price + persuasion·pressure) / temperature), where the fallback is
the remembered value, or `betrayed` from a stranger. Delivered is max(0, fit + noise·normal). The experience
is x = logistic((delivered - price + w_d·(delivered - claim) - w_p·pressure) / temperature). It is
remembered after a deal alone: in the salesperson's slot, or an empty one, or that of the weakest memory
(least good + bad, then oldest), which is wiped. good ← fade·good + x, bad ← fade·bad + negativity·(1 - x);
value and price are running means (the first stands for itself). Deals and revenue are counted per
salesperson.

Where people stand on the circle is drawn from the seed alone, the same for all peers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from longgame.sim import Scenario


@dataclass(frozen=True)
class Rules:
    """Every number of the small market; prices and values are in units of the stake."""

    need_probability: float = 0.1
    remembered: int = 8
    reach: int = 3
    prior: float = 0.5
    prior_weight: float = 2.0
    hope: float = 0.8
    betrayed: float = 0.2
    expected_price: float = 0.6
    temperature: float = 0.1
    buy_temperature: float = 0.1
    persuasion: float = 0.15
    unit_cost: float = 0.4
    breadth: float = 0.5
    quality_noise: float = 0.1
    claim_weight: float = 0.5
    pressure_weight: float = 0.2
    experience_temperature: float = 0.15
    forgetting: float = 0.9
    negativity: float = 2.0
    value_rate: float = 0.3
    # The first half of the salespeople is honest, the second pushy.
    markup: tuple[float, float] = (0.4, 0.6)
    overpromise: tuple[float, float] = (0.0, 0.8)
    pressure: tuple[float, float] = (0.0, 0.8)


RULES = Rules()
STAKE = 2000.0


class Market(NamedTuple):
    """A size of the small market."""

    customers: int
    sellers: int
    months: int

    @property
    def honest(self) -> int:
        """Number of honest salespeople; they come first."""
        return self.sellers // 2


class Sellers(NamedTuple):
    """What the salespeople of a market are, one array element each."""

    position: NDArray[np.float64]
    price: NDArray[np.float64]
    overpromise: NDArray[np.float64]
    pressure: NDArray[np.float64]


def sellers(market: Market, seed: int) -> Sellers:
    """Return the salespeople of a market, standing where the project's own stand under this seed."""
    pushy = (np.arange(market.sellers) >= market.honest).astype(int)
    return Sellers(
        position=_uniform(seed, market.sellers, purpose=8, word=1),
        price=RULES.unit_cost * (1 + np.array(RULES.markup)[pushy]),
        overpromise=np.array(RULES.overpromise)[pushy],
        pressure=np.array(RULES.pressure)[pushy],
    )


def needs(market: Market, seed: int) -> NDArray[np.float32]:
    """Return what each customer needs, as a point on the circle, as the project draws it."""
    return _uniform(seed, market.customers, purpose=1, word=3).astype(np.float32)


def _uniform(seed: int, agents: int, purpose: int, word: int) -> NDArray[np.float64]:
    """Return the numbers that `sim.chance.uniforms(seed, 0, agent, purpose)[word]` gives (a test checks)."""
    mask, shift = np.uint64(0xFFFFFFFF), np.uint64(32)
    counter = [np.arange(agents, dtype=np.uint64), 0, purpose, 0]
    c0, c1, c2, c3 = (np.zeros(agents, np.uint64) + np.uint64(c) for c in counter)
    k0, k1 = np.uint64(seed & 0xFFFFFFFF), np.uint64(seed >> 32)
    for _ in range(10):
        p0, p1 = np.uint64(0xD2511F53) * c0, np.uint64(0xCD9E8D57) * c2
        c0, c1, c2, c3 = (p1 >> shift) ^ c1 ^ k0, p1 & mask, (p0 >> shift) ^ c3 ^ k1, p0 & mask
        k0, k1 = (k0 + np.uint64(0x9E3779B9)) & mask, (k1 + np.uint64(0xBB67AE85)) & mask
    return ((c0, c1, c2, c3)[word].astype(np.float64) + 0.5) * 2.0**-32


def scenario(market: Market) -> Scenario:
    """Return the scenario under which the project plays the small market: all else is switched off."""
    from longgame.sim import Conduct, Firms, Scenario, Strategy

    names = ("small-honest", "small-pushy")
    strategies = [
        Strategy(
            name=name,
            description="sells in the small market",
            with_prospects=Conduct(
                discovery=1.0,
                overpromise=RULES.overpromise[j],
                pressure=RULES.pressure[j],
                markup=RULES.markup[j],
                aftercare=0.0,
                remember=0.0,
                availability=0.0,
            ),
        )
        for j, name in enumerate(names)
    ]
    counts = (market.honest, market.sellers - market.honest)
    firms = [Firms(name=name, count=count, strategies={name: 1}) for name, count in zip(names, counts, strict=True)]
    changes: dict[str, Any] = {
        "customers": {
            "count": market.customers,
            "rate": -math.log1p(-RULES.need_probability),
            "rate_spread": 0.0,
            "stake": STAKE,
            "stake_spread": 0.0,
            "drift": 0.0,
            "churn": 0.0,
        },
        "network": {"contacts": 0},
        "offer": {
            "unit_cost": RULES.unit_cost,
            "breadth": RULES.breadth,
            "quality_noise": RULES.quality_noise,
            "craft": 0.0,
        },
        "trust": {
            "remembered": RULES.remembered,
            "brands": 1,
            "prior": RULES.prior,
            "seller_weight": RULES.prior_weight,
            "brand_weight": 2.0,
            "forgetting": RULES.forgetting,
            "negativity": RULES.negativity,
            "general_share": 0.0,
            "brand_share": 0.0,
            "deal_share": 1.0,
            "harassed": 0.0,
        },
        "choice": {
            "hope": RULES.hope,
            "betrayed": RULES.betrayed,
            "reach": RULES.reach,
            "prospecting": False,
            "ask_around": 0.0,
            "temperature": RULES.temperature,
            "habit_weight": 0.0,
            "habit_rate": 0.0,
            "value_rate": RULES.value_rate,
            "buy_temperature": RULES.buy_temperature,
            "persuasion": RULES.persuasion,
            "reference": RULES.expected_price,
            "reference_weight": 0.0,
            "reference_rate": 0.0,
        },
        "experience": {
            "value_weight": 1.0,
            "claim_weight": RULES.claim_weight,
            "pressure_weight": RULES.pressure_weight,
            "experience_temperature": RULES.experience_temperature,
        },
        "attention": {
            "capacity": 10_000_000,
            "talk": 0,
            "ask": 0,
            "advise": 0,
            "estimate_noise": 0.0,
            "rivals_known": 0,
        },
        "service": {"issue": 0.0, "service": 0, "complaint": 0, "support": 0, "remorse": 0.0},
        "word_of_mouth": {"gossip": 0.0},
        "prosperity": {"growth": 0.0, "advice_growth": 0.0, "downstream": 0.0},
        "economy": {"wage": 0.0, "commission": 0.0},
        "staffing": {"turnover": 0.0, "dismissal": 0.0, "imitation": 0.0},
    }
    return Scenario.model_validate(
        {"name": "small", "months": market.months, "strategies": strategies, "firms": firms, **changes}
    )
