"""The numbers of a market, section by section: each is declared once, by `dial`.

A declaration gives default, range, unit, meaning and source, and the value that turns a mechanism off. The engine's
parameter record, the tables of the documentation and the lines that refuse a value are made from it.
"""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from longgame.sim.declaration import dial
from longgame.sim.strategy import Value


class Customers(Value):
    """Customers: their number, needs and stakes, and their coming and going."""

    count: int = dial(4000, "places for customers in the market", unit="customers", ge=1, le=100_000_000)
    rate: float = dial(0.25, "mean number of needs of a customer", unit="per month", gt=0, le=50)
    rate_spread: float = dial(
        0.8,
        "coefficient of variation of that rate across customers (gamma distributed)",
        ge=0,
        le=5,
        off="0",
        source="assumed; `longgame calibrate` fits it to an order log",
    )
    patience: float = dial(
        0.0, "probability that a need that ended without a deal is there again next month", ge=0, le=1, off="0"
    )
    stake: float = dial(2000.0, "median worth of a perfect solution of one need", unit="money", gt=0, le=1e7)
    stake_spread: float = dial(
        0.5, "standard deviation of the logarithm of the stake across customers", ge=0, le=3, off="0"
    )
    stake_noise: float = dial(
        0.0,
        "standard deviation of the logarithm of the stake across a customer's needs",
        ge=0,
        le=3,
        off="0",
        source=".56-.76 in the logs of three wholesalers and shops; see docs/trace.md",
    )
    drift: float = dial(
        0.02, "standard deviation of the change of a need in a month", unit="circumference", ge=0, le=1, off="0"
    )
    churn: float = dial(0.01, "probability that a customer leaves the market", unit="per month", ge=0, le=1, off="0")
    arrival: float = dial(
        1.0, "probability that an empty place is taken by a newcomer", unit="per month", ge=0, le=1, off="0"
    )
    initial: float = dial(1.0, "share of places taken at the start", ge=0, le=1)


class Network(Value):
    """The small world of contacts in which customers talk."""

    contacts: int = dial(6, "mean number of contacts of a customer (even)", ge=0, le=100, off="0")
    rewiring: float = dial(
        0.1,
        "probability that a contact is a random customer instead of a neighbour",
        ge=0,
        le=1,
        source="Watts & Strogatz 1998",
    )

    @model_validator(mode="after")
    def _even(self) -> Network:
        if self.contacts % 2:
            raise ValueError(f"`contacts` is {self.contacts}; it must be even (a ring has two sides)")
        return self


class Offer(Value):
    """The offer: cost, fit, quality, and the part of a salesperson's skill in it."""

    unit_cost: float = dial(0.4, "cost of one delivery", unit="÷ stake", ge=0.01, le=2)
    breadth: float = dial(
        0.5, "distance on the circle of needs at which fit reaches 0", unit="circumference", gt=0, le=0.5
    )
    quality_noise: float = dial(0.1, "standard deviation of delivered value", unit="÷ stake", ge=0, le=1, off="0")
    craft: float = dial(0.2, "share of the delivered value that depends on skill", ge=0, le=1, off="0")
    skill_low: float = dial(0.6, "lowest skill of a salesperson (uniform up to `skill_high`)", ge=0.01, le=1)
    skill_high: float = dial(1.0, "highest skill of a salesperson", ge=0.01, le=1)

    @model_validator(mode="after")
    def _ordered(self) -> Offer:
        if self.skill_low > self.skill_high:
            raise ValueError(f"`skill_low` is {self.skill_low}; it must not exceed `skill_high` = {self.skill_high}")
        return self


class Trust(Value):
    """Three-level trust memory."""

    memory: bool = dial(True, "customers remember anything at all (trust, prices, habits)", off="false")
    remembered: int = dial(
        6,
        "salespeople a customer can remember",
        ge=1,
        le=64,
        source="assumed; 3-7 (Howard & Sheth 1969) are consumer brands, suppliers are fewer (docs/trace.md, 3)",
    )
    brands: int = dial(3, "firms a customer can remember", ge=1, le=64, source="as `remembered`")
    acquainted: bool = dial(False, "customers know every salesperson by name at the start", off="false")
    prior: float = dial(0.5, "trust in salespeople of someone without any experience (t0)", gt=0, lt=1)
    general_weight: float = dial(4.0, "weight of t0 in general trust (n_g)", unit="experiences", ge=0.01, le=1000)
    brand_weight: float = dial(
        2.0, "weight of general trust in trust in a firm (n_b)", unit="experiences", ge=0.01, le=1000
    )
    seller_weight: float = dial(
        2.0,
        "weight of trust in the firm in trust in a salesperson (n_s)",
        unit="experiences",
        ge=0.01,
        le=1000,
        source="Jøsang & Ismail 2002 (prior weight 2)",
    )
    forgetting: float = dial(
        0.9,
        "share of old evidence that is left after one more experience",
        ge=0,
        le=1,
        off="1",
        source="Jøsang & Ismail 2002; value assumed",
    )
    negativity: float = dial(
        2.0,
        "weight of bad evidence against good",
        ge=0,
        le=10,
        off="1",
        source="calibration range 1-3 (Baumeister et al. 2001)",
    )
    general_share: float = dial(
        0.2,
        "weight of an experience in general trust",
        ge=0,
        le=1,
        off="0",
        source="own record counts more than the brand's (Palmatier et al. 2006); value assumed",
    )
    brand_share: float = dial(
        0.5, "weight of an experience in trust in the firm", ge=0, le=1, off="0", source="as `general_share`"
    )
    deal_share: float = dial(1.0, "weight of the experience of a deal, at all levels of trust", ge=0, le=1, off="0")
    turned_away: float = dial(0.3, "weight of the bad experience of being turned away", ge=0, le=1, off="0")
    honesty: float = dial(0.5, "weight of the good experience of an honest 'this is not for you'", ge=0, le=1, off="0")
    harassed: float = dial(
        0.3, "weight of the bad experience of full pressure in a declined pitch", ge=0, le=1, off="0"
    )
    record: float = dial(
        0.0,
        "weight of a public record against the prior of a stranger (ρ)",
        unit="experiences",
        ge=0,
        le=100,
        off="0",
        source="form: Resnick et al. 2006; Cabral & Hortaçsu 2010; value assumed",
    )
    posted: float = dial(0.1, "probability that a buyer posts the experience on the record", ge=0, le=1, off="0")
    record_full: float = dial(10.0, "posted experiences at which a record counts in full", ge=1, le=1e6)
    struck_off: float = dial(
        0.0, "trust below which a salesperson is no candidate until forgotten", ge=0, le=1, off="0"
    )


class Choice(Value):
    """The customer's choice of a salesperson, and the decision to buy."""

    hope: float = dial(0.8, "value a customer hopes for from a stranger", unit="÷ stake", ge=0, le=2)
    betrayed: float = dial(0.2, "value a customer expects if betrayed", unit="÷ stake", ge=-1, le=2)
    reach: int = dial(2, "strangers a customer meets at each need", ge=0, le=16, off="0")
    prospecting: bool = dial(
        True, "strangers are met in proportion to attention left for prospecting, else all alike", off="false"
    )
    prospecting_rate: float = dial(
        0.33,
        "weight of the latest month in the prospecting that strangers come from",
        unit="per month",
        ge=0,
        le=1,
        off="1",
        source="assumed: prospecting bears fruit within about a quarter; with 1 (last month alone) all "
        "salespeople swing together between a full and an empty month",
    )
    ask_around: float = dial(0.5, "probability of asking a contact for a salesperson", ge=0, le=1, off="0")
    temperature: float = dial(0.1, "logit temperature of the approach (σ)", unit="÷ stake", gt=0, le=100)
    nobody: bool = dial(True, "a customer may approach nobody", off="false")
    habit_weight: float = dial(0.1, "worth of a full habit (η)", unit="÷ stake", ge=0, le=100, off="0")
    habit_rate: float = dial(
        0.1, "speed of habit (γ)", unit="per need", ge=0, le=1, off="0", source="form: Weisbuch et al. 2000"
    )
    initial_habit: float = dial(
        0.0,
        "habit with which newcomers begin, towards one random salesperson (needs `trust.acquainted`)",
        ge=0,
        le=1,
        off="0",
    )
    value_rate: float = dial(0.3, "weight of the latest deal in remembered value and price", ge=0, le=1)
    offers: int = dial(
        1,
        "most salespeople whom a customer hears before deciding on one of their pitches or on none",
        ge=1,
        le=8,
        off="1",
    )
    decides: bool = dial(True, "a customer may decline a pitch", off="false")
    buy_temperature: float = dial(0.1, "logit temperature of the decision (σ_buy)", unit="÷ stake", gt=0, le=100)
    persuasion: float = dial(
        0.15, "worth that full pressure adds to an offer at the decision", unit="÷ stake", ge=0, le=5, off="0"
    )
    reference: float = dial(0.6, "price a newcomer expects", unit="÷ stake", ge=0, le=5)
    reference_weight: float = dial(
        0.3,
        "weight of the gap between expected and asked price (w_ref)",
        ge=0,
        le=10,
        off="0",
        source="Thaler 1985; value assumed",
    )
    reference_rate: float = dial(0.1, "weight of the latest price seen in the expected price", ge=0, le=1, off="0")
    credence: float = dial(
        0.0,
        "how far belief depends on the claim: a large one is more likely inflated",
        ge=0,
        le=1,
        off="0",
        source="form: Milgrom 1981; Goldberg & Hartwick 1990; value assumed",
    )
    learned_fallback: float = dial(
        0.0, "share of what is expected of an untrue claim that is learned from deliveries", ge=0, le=1, off="0"
    )
    cheapness: float = dial(
        0.0,
        "loss of believed value per unit of price below the expected",
        ge=0,
        le=10,
        off="0",
        source="essay 004: 'little respect'; value assumed",
    )


class Experience(Value):
    """The experience of a deal: x = logistic((value + disconfirmation - pressure) / temperature)."""

    value_weight: float = dial(1.0, "weight of delivered value minus price (w_v)", ge=0, le=10, off="0")
    claim_weight: float = dial(
        0.5, "weight of delivered value minus claim (w_d)", ge=0, le=10, off="0", source="Oliver 1980; value assumed"
    )
    pressure_weight: float = dial(0.2, "weight of pressure (w_p)", ge=0, le=10, off="0")
    experience_temperature: float = dial(0.15, "how fast satisfaction saturates (σ_x)", unit="÷ stake", gt=0, le=10)
    attentive: float = dial(
        0.0, "worth of full discovery as such, at the decision and in experience", unit="÷ stake", ge=0, le=2, off="0"
    )
    advice_felt: float = dial(
        0.0, "worth of full advice as such, at the decision and in experience", unit="÷ stake", ge=0, le=2, off="0"
    )
    third_win: float = dial(
        0.0, "worth of a gain of the customer's own customers, in experience", unit="÷ stake", ge=0, le=2, off="0"
    )


class Attention(Value):
    """The salesperson's hours, and the knowledge that a conversation gives."""

    capacity: int = dial(
        4800,
        "attention of a salesperson for customers",
        unit="minutes/month",
        ge=1,
        le=10_000_000,
        source="assumed: half of 160 h; surveys of sales work put selling at a third to a half of it",
    )
    talk: int = dial(60, "a conversation", unit="minutes", ge=0, le=100_000, off="0")
    ask: int = dial(480, "full discovery of an unknown need", unit="minutes", ge=0, le=100_000, off="0")
    advise: int = dial(240, "full advice to a client", unit="minutes", ge=0, le=100_000, off="0")
    estimate_noise: float = dial(
        0.3, "standard deviation of the estimated fit without any discovery (σ_d)", unit="÷ stake", ge=0, le=5, off="0"
    )
    learning: float = dial(0.4, "share of the unknown about a client that one deal teaches", ge=0, le=1, off="0")
    knowledge_width: float = dial(
        0.0,
        "change of a need that makes knowledge of it stale (ν); it ages by exp(-drift²·months ÷ 2ν²)",
        unit="circumference",
        ge=0,
        le=10,
        off="0",
    )
    tailoring: float = dial(
        0.0,
        "share of a misfit that full discovery removes, by cutting the offer to the need",
        ge=0,
        le=1,
        off="0",
        source="form: Weitz, Sujan & Sujan 1986; Homburg et al. 2011; value assumed",
    )
    pass_margin: float = dial(
        0.1, "how much better a colleague must fit before a lead is passed on", unit="÷ stake", ge=0, le=1
    )
    rivals_known: int = dial(2, "rivals a salesperson can think of when recommending one", ge=0, le=16, off="0")


class Service(Value):
    """After the close: failures, support, recovery, refunds."""

    issue: float = dial(0.15, "probability that something goes wrong with a delivery", ge=0, le=1, off="0")
    severity: float = dial(0.6, "share of the value lost if it is not solved", ge=0, le=1, off="0")
    voice: float = dial(
        0.6,
        "probability that the customer complains",
        ge=0,
        le=1,
        source="50-75 % of complaints are voiced (TARP 1986)",
    )
    solve: float = dial(0.9, "probability that a salesperson who fights for the client solves it", ge=0, le=1, off="0")
    fight_on: float = dial(
        0.0,
        "share of a salesperson's own chance to solve that is left where a delivery team failed",
        ge=0,
        le=1,
        off="0",
    )
    hassle: float = dial(
        0.1,
        "share of the value lost though it is solved",
        ge=0,
        le=1,
        off="0",
        source="assumed: recovery never beats no failure (de Matos et al. 2007 find that in satisfaction it does)",
    )
    service: int = dial(60, "work after each close without a delivery team", unit="minutes", ge=0, le=100_000, off="0")
    complaint: int = dial(60, "listening to a complaint", unit="minutes", ge=0, le=100_000, off="0")
    support: int = dial(480, "fighting for a client", unit="minutes", ge=0, le=100_000, off="0")
    recovery_cost: float = dial(0.05, "cost of solving a failure", unit="÷ stake", ge=0, le=2, off="0")
    tolerance: float = dial(0.1, "how far value may fall short of price before remorse", unit="÷ stake", ge=0, le=5)
    remorse: float = dial(0.3, "probability that remorse leads to a refund", ge=0, le=1, off="0")
    pressure_remorse: float = dial(
        1.0, "how much more likely a refund is after full pressure", unit="times", ge=0, le=10, off="0"
    )
    refund_share: float = dial(0.5, "share of the price that is refunded", ge=0, le=1, off="0")
    war: int = dial(
        0,
        "a complaint of a customer who got less than price or claim by more than `tolerance`",
        unit="minutes",
        ge=0,
        le=100_000,
        off="0",
        source="form: essay 003; value assumed",
    )
    misled_by: float = dial(
        0.3, "how far value may fall short of the claim before it misleads", unit="÷ stake", ge=0, le=5
    )
    liability: float = dial(
        0.0, "probability that a misled customer gives the goods back for the whole price", ge=0, le=1, off="0"
    )
    speed: float = dial(0.0, "share of the hassle that a fast solution spares", ge=0, le=1, off="0")
    sorry: float = dial(
        0.0,
        "what a full apology adds to the experience of a failure, up to that without a failure",
        ge=0,
        le=1,
        off="0",
        source="form: Tax et al. 1998; Smith, Bolton & Wagner 1999; value assumed",
    )


class WordOfMouth(Value):
    """Word of mouth between customers."""

    gossip: float = dial(0.3, "probability that a contact's fresh experience is told when asked", ge=0, le=1, off="0")
    bad_ratio: float = dial(
        1.5,
        "factor on `gossip` for a bad experience (a product above 1 counts as 1)",
        ge=0,
        le=10,
        off="1",
        source="people told per experience (TARP 1986; range in docs/trace.md, 3)",
    )
    witness: float = dial(
        0.5,
        "trust in a contact: discount on hearsay",
        ge=0,
        le=1,
        off="0",
        source="discounting of Jøsang & Ismail 2002; value assumed",
    )
    story_weight: float = dial(
        0.0,
        "power of an experience's weight in the probability that it is told (1: in proportion)",
        ge=0,
        le=10,
        off="0",
    )


class Prosperity(Value):
    """The customer's own business and its customers."""

    growth: float = dial(0.02, "growth of the customer's business per unit of surplus ÷ stake", ge=0, le=1, off="0")
    advice_growth: float = dial(0.02, "growth of it through full advice by the fully skilled", ge=0, le=1, off="0")
    reversion: float = dial(0.02, "return of that business to its normal size", unit="per month", ge=0, le=1)
    downstream: float = dial(
        0.5, "probability that full advice reaches the customer's own customers", ge=0, le=1, off="0"
    )


class Economy(Value):
    """Wages and commission. Positive wages are paid every month, whatever is sold."""

    wage: float = dial(1000.0, "wage of a salesperson", unit="money/month", ge=0, le=1e7, off="0")
    commission: float = dial(0.05, "variable pay", unit="÷ price", ge=0, le=1, off="0")
    capital: float = dial(
        0.0,
        "costs with which a firm begins; one whose cash is below 0 closes (0: unlimited)",
        unit="months",
        ge=0,
        le=1200,
        off="0",
    )
    vacancy: int = dial(3, "time until a new firm takes the place of a closed one", unit="months", ge=0, le=12_000)
    entry: Literal["post", "survivors"] = dial(
        "post", "how a new firm sells: as the one before it, or as a salesperson at work drawn at random"
    )
    incentive: float = dial(
        0.0,
        "change of overpromise and pressure per unit of pay for closings and contest above repeat and satisfaction",
        ge=0,
        le=1,
        off="0",
    )


class Staffing(Value):
    """Leaving, dismissal and imitation, once a year, at the end of each twelfth month."""

    turnover: float = dial(
        0.1, "probability that a salesperson leaves on their own account", unit="per year", ge=0, le=1, off="0"
    )
    dismissal: float = dial(
        0.5, "probability that a salesperson whose year made a loss is let go", unit="per year", ge=0, le=1, off="0"
    )
    lead_credit: float = dial(
        0.0,
        "share of the margin of a lead passed on that counts for who passed it, when a year is judged",
        ge=0,
        le=1,
        off="0",
    )
    succession: float = dial(
        0.0,
        "share of a leaver's standing with a client (trust, value, price, habit) that a colleague inherits",
        ge=0,
        le=1,
        off="0",
        source="published loss of sales 13-18 % (Shi et al. 2017); value assumed",
    )
    expansion: float = dial(
        0.0,
        "probability that a firm adds a member after a year above `hurdle`, or sheds one after a loss",
        unit="per year",
        ge=0,
        le=1,
        off="0",
    )
    hurdle: float = dial(1.0, "profit per member above which a firm grows", unit="months of wage/year", ge=0, le=1200)
    room: float = dial(2.0, "most members of a growing firm", unit="times", ge=1, le=20)
    imitation: float = dial(
        0.0, "probability of looking at one other salesperson's pay", unit="per year", ge=0, le=1, off="0"
    )
    selection: float = dial(
        2.0,
        "intensity of imitation (Fermi rule, per mean pay of the market)",
        ge=0,
        le=1000,
        off="0",
        source="Traulsen, Nowak & Pacheco 2006; value assumed",
    )
    payback: int = dial(12, "months of pay that are compared", unit="months", ge=1, le=120)
    habitual: str = dial("adversarial", "strategy that newcomers bring where a firm hires by record")
