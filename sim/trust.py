"""Three-level trust memory: evidence, forgetting, and the leap of faith from general to particular."""

from __future__ import annotations

from longgame.sim.compiled import routine, rule

NOBODY = -1
UNKNOWN = -1.0


@rule
def reputation(good, evidence, prior, weight):
    """Return the Beta reputation of a target whose prior is the level above (Jøsang & Ismail 2002)."""
    return (good + weight * prior) / (evidence + weight)


@routine
def trust_in(evidence, prior, weight):
    """Return trust in a target of whom there is this evidence."""
    return reputation(evidence.good, evidence.good + evidence.bad, prior, weight)


@routine
def add_evidence(evidence, x, weight, share, p):
    """Add an experience x in [0, 1]; old evidence fades, bad evidence counts more.

    An experience of weight 1 fades the old by `forgetting`; a lighter one, such as hearsay, by less in proportion.
    `share` is the part of it that counts at this level of trust.
    """
    fade = 1.0 - (1.0 - p.forgetting) * weight
    evidence.good = fade * evidence.good + share * weight * x
    evidence.bad = fade * evidence.bad + share * weight * p.negativity * (1.0 - x)


@routine
def trust_general(customer, p):
    """Return trust in salespeople in general; low is sales resistance."""
    return trust_in(customer, p.prior, p.general_weight)


@routine
def find_brand(brands, firms, firm):
    """Return the slot in which a firm is remembered, or NOBODY. Brands of defunct firms do not count."""
    for k in range(len(brands)):
        if brands[k].firm == firm and brands[k].last >= firms[firm].founded:
            return k
    return NOBODY


@routine
def find_seller(memories, salespeople, seller):
    """Return the slot in which a salesperson is remembered, or NOBODY. Predecessors do not count."""
    for k in range(len(memories)):
        if memories[k].seller == seller and memories[k].last >= salespeople[seller].hired:
            return k
    return NOBODY


@routine
def trust_brand(general, brands, firms, firm, p):
    """Return trust in a firm: its own record, with trust in salespeople in general as prior."""
    k = find_brand(brands, firms, firm)
    if k == NOBODY:
        return general
    return trust_in(brands[k], general, p.brand_weight)


@routine
def is_current(memory, salespeople):
    """Return whether a slot holds a salesperson who is still at work."""
    return memory.seller != NOBODY and memory.last >= salespeople[memory.seller].hired


@routine
def is_weaker(slot, other):
    """Return whether one memory holds less evidence than another, or as much and is older."""
    strength, others = slot.good + slot.bad, other.good + other.bad
    return strength < others or (strength == others and slot.last < other.last)


@routine
def blank_memory(memory, seller, month):
    """Let a slot hold a salesperson of whom nothing is known."""
    memory.seller = seller
    memory.last = memory.met = month
    memory.good = 0.0
    memory.bad = 0.0
    memory.value = UNKNOWN
    memory.price = UNKNOWN
    memory.habit = 0.0
    memory.deals = 0


@routine
def seller_slot(memories, salespeople, seller, month):
    """Return the slot of a salesperson; if there is none, take an empty one or the weakest memory's."""
    k = find_seller(memories, salespeople, seller)
    if k != NOBODY:
        return k
    weakest = 0
    for k in range(len(memories)):
        if not is_current(memories[k], salespeople):
            weakest = k
            break
        if is_weaker(memories[k], memories[weakest]):
            weakest = k
    blank_memory(memories[weakest], seller, month)
    return weakest


@routine
def brand_slot(brands, firms, firm, month):
    """Return the slot of a firm; if there is none, take an empty one or the weakest memory's."""
    k = find_brand(brands, firms, firm)
    if k != NOBODY:
        return k
    weakest = 0
    for k in range(len(brands)):
        if brands[k].firm == NOBODY or brands[k].last < firms[brands[k].firm].founded:
            weakest = k
            break
        if is_weaker(brands[k], brands[weakest]):
            weakest = k
    brand = brands[weakest]
    brand.firm = firm
    brand.last = month
    brand.good = 0.0
    brand.bad = 0.0
    brand.deals = 0
    return weakest


@routine
def learn(customer, memories, brands, salespeople, firms, seller, x, weight, month, p):
    """Let an experience with a salesperson enter all three levels; return the slots of person and firm."""
    k = seller_slot(memories, salespeople, seller, month)
    add_evidence(memories[k], x, weight, 1.0, p)
    memories[k].last = month
    firm = salespeople[seller].firm
    b = brand_slot(brands, firms, firm, month)
    add_evidence(brands[b], x, weight, p.brand_share, p)
    brands[b].last = month
    add_evidence(customer, x, weight, p.general_share, p)
    return k, b
