"""Every column of every table that a run hands back: its unit and its meaning, declared once."""

from __future__ import annotations

from typing import NamedTuple


class Column(NamedTuple):
    """Unit and meaning of one column."""

    unit: str
    meaning: str


MONEY = "money"

#: The ways in which an exchange ends. Every visit ends in exactly one of them.
NO_DEAL = ("turned_away", "walked_away", "referred", "declined")
DEAL = ("win_win", "win_lose", "lose_win", "lose_lose", "win_win_win")
OUTCOMES = (*NO_DEAL, *DEAL)

_OUTCOME_MEANINGS = {
    "turned_away": "visits for which no attention was left",
    "walked_away": "visits ended by the salesperson: 'this is not for you'",
    "referred": "visits ended by recommending a rival",
    "declined": "pitches that the customer declined",
    "win_win": "deals in which the customer got at least the price's worth and the seller at least the cost",
    "win_lose": "deals that the seller won and the customer lost",
    "lose_win": "deals that the seller lost and the customer won",
    "lose_lose": "deals that both lost",
    "win_win_win": "win-win deals from which the customer's own customers gained too",
}

#: Result.monthly: one row per month × group of firms × strategy.
MONTHLY: dict[str, Column] = {
    "month": Column("month", "1 is the first month"),
    "group": Column("label", "group of firms in the scenario"),
    "organisation": Column("label", "singleton (firms of one) or herd"),
    "strategy": Column("label", "strategy of the salesperson who closed or met the customer"),
    "salespeople": Column("persons", "salespeople at work"),
    "visits": Column("visits", "customers who approached one of them, colleagues' leads included"),
    "client_visits": Column("visits", "visits by customers who had bought from the firm before"),
    "introductions": Column("visits", "visits on the word of a contact"),
    "recommended": Column("visits", "visits on the word of a rival salesperson"),
    "passed_on": Column("visits", "visits received from a colleague"),
    **{name: Column("visits" if name in NO_DEAL else "deals", _OUTCOME_MEANINGS[name]) for name in OUTCOMES},
    "deals": Column("deals", "sales: the five kinds of deal together"),
    "repeat_deals": Column("deals", "sales to customers who had bought from the firm before"),
    "issues": Column("deals", "deliveries in which something went wrong"),
    "complaints": Column("deals", "issues that the customer voiced to the salesperson"),
    "solved": Column("deals", "issues that were solved, by salesperson or delivery team"),
    "handed_over": Column("deals", "deals handed over to a delivery team"),
    "refunded": Column("deals", "deals of which part was refunded"),
    "returned": Column("deals", "deals of which the goods went back for the whole price"),
    "regretted": Column("deals", "deals worth less than price or claim by more than `tolerance`"),
    "told_good": Column("stories", "good experiences with them that one customer told another"),
    "told_bad": Column("stories", "bad experiences with them that one customer told another"),
    "talk_minutes": Column("minutes", "attention spent on conversations, discovery and advice"),
    "support_minutes": Column("minutes", "attention spent on work left over from earlier deals"),
    "regret_minutes": Column("minutes", "attention that regretted deals took, then or later"),
    "war_minutes": Column("minutes", "attention that complaints about regretted deals take later"),
    "prospecting_minutes": Column("minutes", "attention left over; its mean over the latest months finds strangers"),
    "satisfaction": Column("mean in [0, 1]", "satisfaction with the month's deals (NaN without deals)"),
    "trust": Column("mean in [0, 1]", "trust of the month's visitors in the salesperson (NaN without visits)"),
    "client_trust": Column("mean in [0, 1]", "the same among customers who had bought from the firm before"),
    "revenue": Column(MONEY, "money paid by customers, before refunds"),
    "repeat_revenue": Column(MONEY, "the part of it paid by customers who had bought from the firm before"),
    "refunds": Column(MONEY, "paid back to customers"),
    "goods": Column(MONEY, "cost of the deliveries"),
    "service_cost": Column(MONEY, "cost of delivery teams and of solving failures"),
    "wages": Column(MONEY, "fixed pay"),
    "commission": Column(MONEY, "variable pay"),
    "overhead": Column(MONEY, "cost of organisation"),
    "profit": Column(MONEY, "revenue - refunds - goods - service_cost - wages - commission - overhead"),
    "surplus": Column(MONEY, "customers' gain: worth of the deliveries, less price, plus refund"),
}

#: Result.market: one row per month.
MARKET: dict[str, Column] = {
    "month": Column("month", "1 is the first month"),
    "customers": Column("persons", "customers in the market"),
    "arrivals": Column("persons", "newcomers"),
    "departures": Column("persons", "customers who left for good"),
    "needs": Column("needs", "customers with a need this month"),
    "renewed": Column("needs", "the part of them that was there the month before"),
    "approached": Column("visits", "needs with which the customer approached somebody"),
    "trust_general": Column("mean in [0, 1]", "trust in salespeople in general of customers with a need"),
    "expected_price": Column("mean ÷ stake", "price that customers with a need expect"),
    "prosperity": Column("mean (1 = normal)", "size of the business of customers with a need"),
}

#: Result.salespeople: one row per person who ever worked in the market.
SALESPEOPLE: dict[str, Column] = {
    "salesperson": Column("id", "the person (a successor in the same post is another person)"),
    "post": Column("id", "the job they hold or held"),
    "firm": Column("id", "the firm (a singleton's successor founds a new firm)"),
    "group": Column("label", "group of firms in the scenario"),
    "organisation": Column("label", "singleton or herd"),
    "strategy": Column("label", "strategy at the end (or when they left)"),
    "skill": Column("in (0, 1]", "skill"),
    "position": Column("circumference", "speciality on the circle of needs"),
    "hired": Column("month", "first month at work"),
    "left": Column("month", "last month at work; <NA> while still there"),
    "reason": Column("label", "why they left: resigned, dismissed, shed, firm closed, or empty"),
    "visits": Column("visits", "customers met"),
    "deals": Column("deals", "sales"),
    "repeat_deals": Column("deals", "sales to customers who had bought from the firm before"),
    "early_deals": Column("deals", "sales in the first twelve months at work"),
    "late_deals": Column("deals", "sales in the latest twelve months at work"),
    "revenue": Column(MONEY, "money paid by their customers"),
    "refunds": Column(MONEY, "money paid back to their customers"),
    "pay": Column(MONEY, "wages and commission"),
    "profit": Column(MONEY, "profit of the firm from their work"),
}

#: Result.firms: one row per firm that ever was in the market.
FIRMS: dict[str, Column] = {
    "firm": Column("id", "the firm (a firm that takes the place of another is another one)"),
    "post": Column("id", "its place in the market"),
    "group": Column("label", "group of firms in the scenario"),
    "organisation": Column("label", "singleton or herd"),
    "founded": Column("month", "first month in business; 0 and less: before the first month of the tables"),
    "closed": Column("month", "last month in business; <NA> while it is open"),
    "reason": Column("label", "how it ended: failed, owner left, or empty"),
    "members": Column("persons", "salespeople at work at the end"),
    "years": Column("years", "calendar years at whose end it was in business"),
    "losses": Column("years", "the part of them that made a loss"),
    "revenue": Column(MONEY, "money paid by its customers, before refunds"),
    "profit": Column(MONEY, "profit"),
}

#: Result.customers: one row per place that is taken at the end.
CUSTOMERS: dict[str, Column] = {
    "customer": Column("id", "the customer (a newcomer in the same place is another customer)"),
    "place": Column("id", "their place in the network of contacts"),
    "arrived": Column("month", "first month in the market; 0: from the start"),
    "rate": Column("needs/month", "rate of needs at normal prosperity"),
    "stake": Column(MONEY, "worth of a perfect solution at normal prosperity"),
    "need": Column("circumference", "point on the circle of needs"),
    "prosperity": Column("1 = normal", "size of their business"),
    "trust_general": Column("in (0, 1)", "trust in salespeople in general"),
    "expected_price": Column("÷ stake", "price they expect"),
    "remembered": Column("persons", "salespeople they remember"),
    "favourite": Column("id", "the remembered salesperson trusted most; <NA> if none"),
    "trust_favourite": Column("in (0, 1)", "trust in that salesperson; NaN if none"),
    "loyalty": Column("in [0, 1]", "order parameter of habits Σh²/(Σh)²; NaN if no habit"),
    "deals": Column("deals", "purchases"),
    "spent": Column(MONEY, "paid, before refunds"),
    "refunded": Column(MONEY, "paid back to them"),
    "surplus": Column(MONEY, "worth of the deliveries, less price, plus refund"),
}

#: Result.orders: one row per deal. The first five are the schema that real order logs are read in.
ORDERS: dict[str, Column] = {
    "customer": Column("id", "who bought"),
    "salesperson": Column("id", "who sold"),
    "firm": Column("id", "whose brand it was"),
    "month": Column("month", "when; 1 is the first month"),
    "amount": Column(MONEY, "price paid"),
    "refund": Column(MONEY, "paid back in the same month"),
    "delivered": Column(MONEY, "worth of the delivery"),
    "claim": Column(MONEY, "worth that was claimed"),
    "satisfaction": Column("in [0, 1]", "the customer's experience of the deal"),
    "repeat": Column("yes/no", "the customer had bought from the firm before"),
    "source": Column("label", "how the customer came: memory, contact, rival or chance"),
    "failure": Column("label", "whether something went wrong with the delivery: none, solved or unsolved"),
    "exchange": Column("label", "win_win, win_lose, lose_win, lose_lose or win_win_win"),
    "group": Column("label", "group of firms"),
    "strategy": Column("label", "strategy of the salesperson"),
}

#: Every table of a `Result`, by attribute name.
TABLES: dict[str, dict[str, Column]] = {
    "monthly": MONTHLY,
    "market": MARKET,
    "salespeople": SALESPEOPLE,
    "firms": FIRMS,
    "customers": CUSTOMERS,
    "orders": ORDERS,
}
