"""What a customer holds of the salespeople they know: read by conversations, reports and pages."""

from __future__ import annotations

import numpy as np

from longgame.sim.compiled import rule, stage
from longgame.sim.trust import (
    NOBODY,
    find_brand,
    find_seller,
    is_current,
    reputation,
    trust_brand,
    trust_general,
    trust_in,
)


@rule
def best_known(state, i, p):
    """Return (slot, trust) of the salesperson whom customer i trusts most, or NOBODY."""
    general, brands = trust_general(state.customers[i], p), state.brands[i]
    best, best_trust = NOBODY, 0.0
    for k in range(state.memories.shape[1]):
        memory = state.memories[i, k]
        if is_current(memory, state.salespeople):
            firm = state.salespeople[memory.seller].firm
            prior = trust_brand(general, brands, state.firms, firm, p)
            trust = trust_in(memory, prior, p.seller_weight)
            if trust > best_trust:
                best, best_trust = k, trust
    return best, best_trust


@stage
def look_back(state, places, favourite, trust, remembered, loyalty):
    """Write the memory of the customers of some places: favourite (row or NOBODY), trust in them, and the rest.

    The rest is the number of salespeople remembered and loyalty, the order parameter Σh²/(Σh)² of habits.
    """
    p = state.params[0]
    for n in range(len(places)):
        i = places[n]
        k, most = best_known(state, i, p)
        favourite[n] = state.memories[i, k].seller if k != NOBODY else NOBODY
        trust[n] = most if k != NOBODY else np.nan
        known = 0
        total = squares = 0.0
        for j in range(state.memories.shape[1]):
            memory = state.memories[i, j]
            if is_current(memory, state.salespeople):
                known += 1
                habit = np.float64(memory.habit)
                total += habit
                squares += habit * habit
        remembered[n] = known
        loyalty[n] = squares / total**2 if total > 0.0 else np.nan


@rule
def trust_now(state, i, s, visit, p):
    """Return a customer's trust in a salesperson, hearsay of this visit included."""
    general = trust_general(state.customers[i], p)
    firm = state.salespeople[s].firm
    prior = trust_brand(general, state.brands[i], state.firms, firm, p)
    k = find_seller(state.memories[i], state.salespeople, s)
    if k != NOBODY:
        return trust_in(state.memories[i, k], prior, p.seller_weight)
    if p.record > 0.0 and find_brand(state.brands[i], state.firms, firm) == NOBODY:
        good, bad = state.firm_records[0, firm], state.firm_records[1, firm]
        prior = reputation(good, good + bad, general, p.brand_weight)
    if s == visit.met:
        return reputation(visit.heard_good, visit.heard_good + visit.heard_bad, prior, p.seller_weight)
    if p.record > 0.0:
        good, bad = state.records[0, s], state.records[1, s]
        return reputation(good, good + bad, prior, p.seller_weight)
    return prior
