"""Mutation check: break each rule in turn and see that some test notices.

``python -m tests.mutants`` (or ``make mutants``) copies the sources, breaks one rule at a time, and runs the
tests named beside it (a file, or one test of it), which must fail. A mutant that survives is a rule that no test
guards; one that does not compile shows nothing and counts as survived.
`tests/test_mutants.py` keeps this list in step with the sources.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tests.mutants_2 import VERSION_2

ROOT = Path(__file__).parents[1]


class Mutant(NamedTuple):
    """One broken rule: what is replaced by what in which file, and the tests that must notice."""

    name: str
    file: str
    old: str
    new: str
    tests: str


_RULES, _STAGES, _TRUST = "tests/sim/test_rules.py", "tests/sim/test_stages.py", "tests/sim/test_trust.py"
_HERD, _NETWORK = "tests/sim/test_organisation.py", "tests/sim/test_network.py"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "bad evidence counts like good",
        "trust.py",
        "share * weight * p.negativity * (1.0 - x)",
        "share * weight * (1.0 - x)",
        _TRUST,
    ),
    Mutant("nothing is forgotten", "trust.py", "fade = 1.0 - (1.0 - p.forgetting) * weight", "fade = 1.0", _TRUST),
    Mutant(
        "hearsay fades old evidence like own experience",
        "trust.py",
        "fade = 1.0 - (1.0 - p.forgetting) * weight",
        "fade = p.forgetting",
        _TRUST,
    ),
    Mutant("the prior does not count", "trust.py", "return (good + weight * prior) /", "return good /", _TRUST),
    Mutant("the firm learns as much as the person", "trust.py", "weight, p.brand_share, p)", "weight, 1.0, p)", _TRUST),
    Mutant(
        "brand trust has no general prior",
        "trust.py",
        "return trust_in(brands[k], general, p.brand_weight)",
        "return trust_in(brands[k], p.prior, p.brand_weight)",
        _TRUST,
    ),
    Mutant(
        "predecessors are remembered as successors",
        "trust.py",
        "if memories[k].seller == seller and memories[k].last >= salespeople[seller].hired:",
        "if memories[k].seller == seller:",
        _TRUST,
    ),
    Mutant(
        "the strongest memory goes", "trust.py", "return strength < others or", "return strength > others or", _TRUST
    ),
    Mutant(
        "betrayal is a gain",
        "stages/candidates.py",
        "+ (1.0 - trust) * worst - price",
        "- (1.0 - trust) * worst - price",
        _RULES,
    ),
    Mutant(
        "price attracts",
        "stages/candidates.py",
        "* worst - price + p.habit_weight * habit",
        "* worst + price + p.habit_weight * habit",
        _RULES,
    ),
    Mutant("habit does not count", "stages/candidates.py", "- price + p.habit_weight * habit", "- price", _RULES),
    Mutant(
        "the logit is upside down",
        "stages/approach.py",
        "exp(crowd.weight[j] / p.temperature)",
        "exp(-crowd.weight[j] / p.temperature)",
        _RULES,
    ),
    Mutant(
        "the way round the circle does not exist", "stages/conversation.py", "    d = min(d, 1.0 - d)\n", "", _RULES
    ),
    Mutant(
        "what is remembered saves no effort",
        "stages/conversation.py",
        "return 1.0 - (1.0 - conduct.discovery * skill) * (1.0 - knowledge * conduct.remember)",
        "return conduct.discovery * skill",
        _RULES,
    ),
    Mutant(
        "leads are passed to the worst colleague",
        "stages/conversation.py",
        "            merit = worth(state, visit, colleague)\n",
        "            merit = most + 1.0 - worth(state, visit, colleague)\n",
        f"{_HERD}::test_a_lead_is_passed_on_only_to_a_clearly_better_colleague_with_time",
    ),
    Mutant(
        "a shared memory is not shared",
        "stages/conversation.py",
        "if not state.firms[person.firm].shares_memory:",
        "if True:",
        f"{_HERD}::test_what_one_member_knows_all_members_know_if_the_firm_shares",
    ),
    Mutant(
        "overflow is never covered",
        "stages/conversation.py",
        "visit.outcome = OVERFLOW if firm.shares_attention else TURNED_AWAY",
        "visit.outcome = TURNED_AWAY",
        f"{_HERD}::test_who_is_turned_away_waits_for_a_colleague_if_the_firm_shares_attention",
    ),
    Mutant(
        "attention is not used up",
        "stages/conversation.py",
        "state.salespeople[s].attention -= minutes",
        "state.salespeople[s].attention -= 0",
        f"{_STAGES}::test_attention_is_used_up_by_conversations",
    ),
    Mutant(
        "claims are modest",
        "stages/decision.py",
        "return estimate + overpromise * (1.0 - estimate)",
        "return estimate - overpromise * (1.0 - estimate)",
        _RULES,
    ),
    Mutant(
        "a dearer price than expected attracts",
        "stages/decision.py",
        "p.reference_weight * (expected_price - price)",
        "p.reference_weight * (price - expected_price)",
        _RULES,
    ),
    Mutant(
        "a distrusted claim is believed",
        "stages/decision.py",
        "return belief * claimed + (1.0 - belief) * fallback",
        "return claimed",
        _RULES,
    ),
    Mutant(
        "a failure that is mended costs nothing",
        "stages/delivery.py",
        "return delivered * (1.0 - p.hassle * (1.0 - p.speed))",
        "return delivered * (1.0 + p.hassle * (1.0 - p.speed))",
        _RULES,
    ),
    Mutant("silent customers are helped too", "stages/delivery.py", "if voiced and own > 0.0", "if own > 0.0", _RULES),
    Mutant(
        "pressure brings no remorse",
        "stages/delivery.py",
        "(1.0 + p.pressure_remorse * conduct.pressure)",
        "1.0",
        _RULES,
    ),
    Mutant(
        "whoever wins is swapped",
        "stages/delivery.py",
        "    if seller_wins:\n        return WIN_LOSE\n",
        "    if seller_wins:\n        return LOSE_WIN\n",
        _RULES,
    ),
    Mutant(
        "the team has no limit",
        "stages/delivery.py",
        "            end = first + capacity\n",
        "",
        f"{_HERD}::test_the_team_takes_over_as_many_deals_as_it_can",
    ),
    Mutant(
        "a refund buys loyalty",
        "stages/memory.py",
        "price = visit.price / max(visit.stake, 1)\n    value =",
        "price = (visit.price - visit.refund) / max(visit.stake, 1)\n    value =",
        _RULES,
    ),
    Mutant(
        "disappointment does not count",
        "stages/memory.py",
        "p.claim_weight * (delivered - visit.claim)",
        "0.0 * visit.claim",
        _RULES,
    ),
    Mutant(
        "an honest no is bad evidence",
        "stages/memory.py",
        "visit.x, visit.weight = 1.0, p.honesty",
        "visit.x, visit.weight = 0.0, p.honesty",
        _RULES,
    ),
    Mutant(
        "habit never fades",
        "stages/memory.py",
        "memories[k].habit *= 1.0 - p.habit_rate",
        "memories[k].habit *= 1.0",
        f"{_STAGES}::test_a_deal_is_remembered_by_its_value_and_price",
    ),
    Mutant("good news travels like bad", "stages/word_of_mouth.py", "(p.bad_ratio if x < 0.5 else 1.0)", "1.0", _RULES),
    Mutant(
        "the witness is believed fully",
        "stages/word_of_mouth.py",
        "p.witness * visit.weight",
        "visit.weight",
        "tests/sim/test_word_of_mouth.py",
    ),
    Mutant(
        "refunds cost nothing",
        "stages/books.py",
        "\n        - tally.refunds",
        "",
        f"{_HERD}::test_books_of_a_firm_by_hand",
    ),
    Mutant(
        "the passer of a lead is paid by magic",
        "stages/books.py",
        "state.salespeople[visit.seller].pay += earned - passed",
        "state.salespeople[visit.seller].pay += earned",
        f"{_HERD}::test_books_of_a_firm_by_hand",
    ),
    Mutant(
        "newcomers keep their predecessor's clients",
        "stages/succession.py",
        "    firm.founded = month + 1\n",
        "",
        f"{_HERD}::test_a_successor_founds_a_firm_that_nobody_knows",
    ),
    Mutant(
        "the poorer are copied",
        "stages/staffing.py",
        "math.exp(-p.selection * gap)",
        "math.exp(p.selection * gap)",
        f"{_HERD}::test_how_often_the_better_paid_are_copied",
    ),
    Mutant(
        "pay is compared without regard to tenure",
        "stages/staffing.py",
        "return pay / min(month - max(state.salespeople[s].hired, 1) + 1, state.recent_pay.shape[1])",
        "return pay / state.recent_pay.shape[1]",
        f"{_HERD}::test_pay_is_compared_per_month_at_work",
    ),
    Mutant(
        "needs come twice as often",
        "stages/need.py",
        "return -math.expm1(-expected)",
        "return -math.expm1(-2.0 * expected)",
        f"{_RULES}::test_needs_arise_with_the_probability_they_should",
    ),
    Mutant("one purpose serves two", "chance.py", "    DELIVERY = 6 ", "    DELIVERY = 5 ", "tests/sim/test_chance.py"),
    Mutant(
        "one round of the cipher is missing",
        "chance.py",
        "for _ in range(10):",
        "for _ in range(9):",
        "tests/sim/test_chance.py",
    ),
    Mutant(
        "business runs away from its normal size",
        "stages/need.py",
        "p.reversion * (1.0 - prosperity[b])",
        "p.reversion * (prosperity[b] - 1.0)",
        f"{_STAGES}::test_business_returns_to_its_normal_size",
    ),
    Mutant(
        "stakes do not grow with the business",
        "state.py",
        "return stake * np.sqrt(prosperity)",
        "return stake",
        f"{_STAGES}::test_the_decision_by_hand",
    ),
    Mutant(
        "those who leave stay",
        "stages/need.py",
        "state.arrived[i], state.has_need[i], state.open_since[i] = NOBODY, 0, NOBODY",
        "state.has_need[i], state.open_since[i] = 0, NOBODY",
        f"{_STAGES}::test_who_leaves_has_no_need_and_a_newcomer_knows_nobody",
    ),
    Mutant(
        "newcomers inherit sales resistance",
        "state.py",
        "    customer.bad = 0.0\n",
        "",
        f"{_STAGES}::test_who_leaves_has_no_need_and_a_newcomer_knows_nobody",
    ),
    Mutant(
        "needs drift alike however long ago they arose",
        "stages/candidates.py",
        "p.drift * math.sqrt(months) * normal(u, v)",
        "p.drift * normal(u, v)",
        f"{_STAGES}::test_a_need_drifts_with_the_square_root_of_the_months",
    ),
    Mutant(
        "the brand of a defunct firm counts",
        "trust.py",
        "if brands[k].firm == firm and brands[k].last >= firms[firm].founded:",
        "if brands[k].firm == firm:",
        f"{_TRUST}::test_a_successor_is_not_the_predecessor",
    ),
    Mutant(
        "strangers are met without regard to prospecting",
        "stages/need.py",
        "total += person.prospecting if p.prospecting else 1",
        "total += 1",
        f"{_STAGES}::test_strangers_can_be_met_where_attention_was_left",
    ),
    Mutant(
        "one stranger is as likely as another",
        "stages/candidates.py",
        "target = u * reachable[-1]",
        "target = reachable[pick(u, len(reachable))] - 1",
        f"{_RULES}::test_strangers_are_met_in_proportion_to_prospecting",
    ),
    Mutant(
        "nobody meets a second stranger",
        "stages/candidates.py",
        "for met in range(p.reach):",
        "for met in range(min(p.reach, 1)):",
        f"{_STAGES}::test_all_strangers_within_reach_are_considered_once",
    ),
    Mutant(
        "a rival's word counts for nothing",
        "stages/candidates.py",
        "good, firm = customer.warm_good, state.firm_of[warm]",
        "good, firm = 0.0, state.firm_of[warm]",
        f"{_STAGES}::test_who_is_considered_and_what_they_seem_to_be_worth",
    ),
    Mutant(
        "a recommendation is never used up",
        "stages/memory.py",
        "    customer.warm = NOBODY  #",
        "    #",
        f"{_STAGES}::test_who_is_considered_and_what_they_seem_to_be_worth",
    ),
    Mutant(
        "a recommendation passes to the successor",
        "stages/candidates.py",
        "warm != NOBODY and state.hired[warm] <= customer.warm_since and not",
        "warm != NOBODY and not",
        f"{_STAGES}::test_a_recommended_person_who_left_is_not_looked_for",
    ),
    Mutant(
        "who left is still considered",
        "stages/candidates.py",
        "current = memory.last >= hired[memory.seller]",
        "current = memory.seller != NOBODY",
        f"{_STAGES}::test_who_left_is_not_considered_and_their_firm_is_another",
    ),
    Mutant(
        "a defunct firm's good name helps its successor",
        "stages/candidates.py",
        "either(brand.last >= founded[brand.firm], np.uint32(brand.firm), _EMPTY)",
        "np.uint32(brand.firm)",
        f"{_STAGES}::test_who_left_is_not_considered_and_their_firm_is_another",
    ),
    Mutant(
        "who is known may be met as a stranger",
        "stages/candidates.py",
        "crowd.unknown[b] &= crowd.known[k, b] != crowd.met[b]",
        "crowd.unknown[b] &= 1",
        f"{_STAGES}::test_whoever_is_known_is_considered_once",
    ),
    Mutant(
        "who is known may be recommended too",
        "stages/candidates.py",
        "found |= crowd.known[k, b] == np.uint32(seller)",
        "found |= False",
        f"{_STAGES}::test_whoever_is_known_is_considered_once",
    ),
    Mutant(
        "loyalty counts habits once",
        "stages/acquaintance.py",
        "squares / total**2 if",
        "squares / total if",
        "tests/sim/test_engine.py::test_customers_look_back_on_whom_they_remember",
    ),
    Mutant(
        "the departed are still remembered",
        "stages/acquaintance.py",
        "            if is_current(memory, state.salespeople):\n                known += 1",
        "            if memory.seller != NOBODY:\n                known += 1",
        "tests/sim/test_engine.py::test_customers_look_back_on_whom_they_remember",
    ),
    Mutant(
        "contacts introduce whom they distrust",
        "stages/candidates.py",
        "crowd.choice[b], crowd.top[b] = NOBODY, crowd.prior_of[0, b]",
        "crowd.choice[b], crowd.top[b] = NOBODY, 0.0",
        f"{_STAGES}::test_a_contact_introduces_nobody_whom_they_trust_less_than_salespeople_in_general",
    ),
    Mutant(
        "a contact's evidence is taken over whole",
        "stages/candidates.py",
        "p.witness * told.good, p.witness * told.bad",
        "told.good, told.bad",
        f"{_STAGES}::test_who_is_considered_and_what_they_seem_to_be_worth",
    ),
    Mutant(
        "what was heard of one counts for a colleague",
        "stages/acquaintance.py",
        "if s == visit.met:",
        "if True:",
        f"{_STAGES}::test_what_was_heard_counts_for_the_one_it_was_said_of",
    ),
    Mutant(
        "contacts are one-sided",
        "network.py",
        "code = np.concatenate([one * np.int64(customers) + other, other * np.int64(customers) + one])",
        "code = one * np.int64(customers) + other",
        f"{_NETWORK}::test_contacts_are_mutual_distinct_and_not_oneself",
    ),
    Mutant(
        "the small town is a ring",
        "network.py",
        "rewire(there, network.rewiring,",
        "rewire(there, 0.0,",
        f"{_NETWORK}::test_the_table_has_the_shape_of_networkx_graphs",
    ),
    Mutant(
        "the large town is a ring",
        "network.py",
        "moved = rng.random(customers) < network.rewiring",
        "moved = rng.random(customers) < 0.0",
        f"{_NETWORK}::test_the_table_has_the_shape_of_networkx_graphs",
    ),
    Mutant(
        "clients are clients one deal later",
        "stages/conversation.py",
        "if deals >= strategy.client_after:",
        "if deals > strategy.client_after:",
        f"{_STAGES}::test_conduct_follows_the_relationship_and_the_end_of_the_run",
    ),
    Mutant(
        "the endgame begins a month early",
        "stages/conversation.py",
        "if month > state.params[0].burn_in + state.params[0].months - strategy.endgame_months:",
        "if month >= state.params[0].burn_in + state.params[0].months - strategy.endgame_months:",
        f"{_STAGES}::test_conduct_follows_the_relationship_and_the_end_of_the_run",
    ),
    Mutant(
        "clients know no endgame",
        "stages/conversation.py",
        "        phase = 2\n",
        "        phase = max(phase, 2 - phase)\n",
        f"{_STAGES}::test_conduct_follows_the_relationship_and_the_end_of_the_run",
    ),
    Mutant(
        "support work takes no attention",
        "stages/conversation.py",
        "person.attention = p.capacity - support",
        "person.attention = p.capacity",
        f"{_STAGES}::test_support_work_comes_first_and_what_is_not_done_stays",
    ),
    Mutant(
        "support work is never done",
        "stages/conversation.py",
        "person.backlog -= support",
        "person.backlog -= 0",
        f"{_STAGES}::test_support_work_comes_first_and_what_is_not_done_stays",
    ),
    Mutant(
        "prospects are served before clients",
        "stages/conversation.py",
        "return key if first else key | _SECOND_CLASS",
        "return key | _SECOND_CLASS if first else key",
        f"{_STAGES}::test_clients_may_be_served_before_everybody_else",
    ),
    Mutant(
        "effort makes no estimate better",
        "stages/conversation.py",
        "error = (1.0 - visit.effort) * p.estimate_noise",
        "error = p.estimate_noise",
        f"{_STAGES}::test_effort_leaves_less_to_error",
    ),
    Mutant(
        "nobody walks away",
        "stages/conversation.py",
        "visit.outcome = PITCHED if surplus >= conduct.walk_away else WALKED_AWAY",
        "visit.outcome = PITCHED",
        f"{_STAGES}::test_pitch_refer_or_walk_away",
    ),
    Mutant(
        "rivals are named for want of anything to do",
        "stages/conversation.py",
        "if u < conduct.refer and surplus < max(conduct.walk_away, 0.0):",
        "if u < conduct.refer:",
        f"{_STAGES}::test_pitch_refer_or_walk_away",
    ),
    Mutant(
        "colleagues pass for rivals",
        "stages/conversation.py",
        "if at_work(state.salespeople[rival], month) and state.salespeople[rival].firm != state.salespeople[s].firm:",
        "if rival != s:",
        f"{_STAGES}::test_the_rival_who_fits_best_is_named",
    ),
    Mutant(
        "a rival who fits worse than oneself is named",
        "stages/conversation.py",
        "best, best_worth = NOBODY, max(worth(state, visit, s), least)",
        "best, best_worth = NOBODY, least",
        f"{_STAGES}::test_the_rival_who_fits_best_is_named",
    ),
    Mutant(
        "a rival need not be worth the price",
        "stages/conversation.py",
        "best, best_worth = NOBODY, max(worth(state, visit, s), least)",
        "best, best_worth = NOBODY, worth(state, visit, s)",
        f"{_STAGES}::test_the_rival_who_fits_best_is_named",
    ),
    Mutant(
        "a lead is passed on for any gain",
        "stages/conversation.py",
        "least = worth(state, visit, s) + state.params[0].pass_margin",
        "least = worth(state, visit, s)",
        f"{_HERD}::test_a_lead_is_passed_on_only_to_a_clearly_better_colleague_with_time",
    ),
    Mutant(
        "a lead is taken over for any gain",
        "stages/conversation.py",
        "most = worth(state, visit, s) + state.params[0].pass_margin",
        "most = worth(state, visit, s)",
        f"{_HERD}::test_a_lead_is_passed_on_only_to_a_clearly_better_colleague_with_time",
    ),
    Mutant(
        "colleagues without time take over",
        "stages/conversation.py",
        "if merit > most and would_have_time(state, month, visit, colleague):",
        "if merit > most:",
        f"{_HERD}::test_overflow_goes_to_the_colleague_with_most_time",
    ),
    Mutant(
        "overflow goes to the busiest",
        "stages/conversation.py",
        "merit = np.float64(state.salespeople[colleague].attention)",
        "merit = 1e9 - np.float64(state.salespeople[colleague].attention)",
        f"{_HERD}::test_overflow_goes_to_the_colleague_with_most_time",
    ),
    Mutant(
        "what was delivered before is not remembered in a decision",
        "stages/decision.py",
        ".value != UNKNOWN:",
        ".value == UNKNOWN:",
        f"{_STAGES}::test_the_decision_by_hand",
    ),
    Mutant(
        "skill makes no difference to a delivery",
        "stages/delivery.py",
        "visit.effort, p) * workmanship(person, p)",
        "visit.effort, p)",
        f"{_STAGES}::test_the_delivery_by_hand",
    ),
    Mutant(
        "every failure is voiced",
        "stages/delivery.py",
        "delivered, voice_u < p.voice, solve_u",
        "delivered, True, solve_u",
        f"{_STAGES}::test_the_delivery_by_hand",
    ),
    Mutant(
        "refunds know no tolerance",
        "stages/delivery.py",
        "if shortfall <= p.tolerance or",
        "if shortfall <= 0.0 or",
        f"{_RULES}::test_remorse_asks_for_a_refund_more_often_under_pressure",
    ),
    Mutant(
        "everybody feels remorse",
        "stages/delivery.py",
        "u >= p.remorse * (1.0",
        "u >= (1.0",
        f"{_RULES}::test_remorse_asks_for_a_refund_more_often_under_pressure",
    ),
    Mutant(
        "the latest value is all that is remembered",
        "stages/memory.py",
        "return new if old == UNKNOWN else old + rate * (new - old)",
        "return new",
        f"{_RULES}::test_running_mean_starts_with_the_first_value",
    ),
    Mutant(
        "the claim is remembered as the value",
        "stages/memory.py",
        "memory.value = running_mean(memory.value, visit.delivered, p.value_rate)",
        "memory.value = running_mean(memory.value, visit.claim, p.value_rate)",
        f"{_STAGES}::test_a_deal_is_remembered_by_its_value_and_price",
    ),
    Mutant(
        "the price is remembered in cents",
        "stages/memory.py",
        "running_mean(memory.price, visit.price / max(visit.stake, 1), p.value_rate)",
        "running_mean(memory.price, visit.price, p.value_rate)",
        f"{_STAGES}::test_a_deal_is_remembered_by_its_value_and_price",
    ),
    Mutant(
        "a deal makes no habit",
        "stages/memory.py",
        "memory.habit += p.habit_rate",
        "memory.habit += 0.0",
        f"{_STAGES}::test_a_deal_is_remembered_by_its_value_and_price",
    ),
    Mutant(
        "prices become less expected by being asked",
        "stages/memory.py",
        "customer.expected_price += p.reference_rate * gap",
        "customer.expected_price -= p.reference_rate * gap",
        f"{_STAGES}::test_no_deal_leaves_less_behind",
    ),
    Mutant(
        "only who buys learns the price",
        "stages/memory.py",
        "        if visit.price > 0:\n",
        "        if visit.outcome >= SOLD:\n",
        f"{_STAGES}::test_no_deal_leaves_less_behind",
    ),
    Mutant(
        "an honest no tells nothing",
        "stages/memory.py",
        "memory.value = running_mean(memory.value, visit.estimate, p.value_rate)",
        "memory.value += 0.0",
        f"{_STAGES}::test_no_deal_leaves_less_behind",
    ),
    Mutant(
        "a rival is recommended with full trust",
        "stages/memory.py",
        "customer.warm_good = p.honesty * visit.trust",
        "customer.warm_good = p.honesty",
        f"{_STAGES}::test_no_deal_leaves_less_behind",
    ),
    Mutant(
        "the first meeting wipes out what was heard",
        "stages/memory.py",
        "memories[k].good, memories[k].bad = visit.heard_good, visit.heard_bad",
        "memories[k].good, memories[k].bad = 0.0, 0.0",
        f"{_STAGES}::test_what_was_heard_is_remembered_with_the_first_meeting",
    ),
    Mutant(
        "memory cannot be turned off",
        "stages/memory.py",
        "    if p.memory:\n        keep_in_mind",
        "    if True:\n        keep_in_mind",
        f"{_STAGES}::test_without_memory_nothing_is_remembered",
    ),
    Mutant(
        "gains shrink the customer's business",
        "stages/memory.py",
        "growth += p.growth * visit.surplus / visit.stake",
        "growth -= p.growth * visit.surplus / visit.stake",
        f"{_STAGES}::test_business_grows_by_what_was_gained_and_by_advice",
    ),
    Mutant(
        "advice needs no skill",
        "stages/memory.py",
        "growth += p.advice_growth * conduct.advice * skill",
        "growth += p.advice_growth * conduct.advice",
        f"{_STAGES}::test_business_grows_by_what_was_gained_and_by_advice",
    ),
    Mutant(
        "those who are turned away are advised",
        "stages/memory.py",
        "if visit.outcome != TURNED_AWAY and visit.deals_seen > 0:",
        "if visit.deals_seen > 0:",
        f"{_STAGES}::test_business_grows_by_what_was_gained_and_by_advice",
    ),
    Mutant(
        "the lead is split the other way",
        "stages/books.py",
        "share(earned, firm.lead_split) if visit.lead",
        "share(earned, 1.0 - firm.lead_split) if visit.lead",
        f"{_HERD}::test_books_of_a_firm_by_hand",
    ),
    Mutant(
        "an overflow shares pay",
        "stages/books.py",
        "share(earned, firm.lead_split) if visit.lead else 0",
        "share(earned, firm.lead_split)",
        f"{_HERD}::test_books_of_a_firm_by_hand",
    ),
    Mutant(
        "each gets the pay of the whole team",
        "stages/books.py",
        "p.commission * firm.team / firm.staff",
        "p.commission * firm.team",
        f"{_HERD}::test_books_of_a_firm_by_hand",
    ),
    Mutant(
        "first deals are paid like repeated ones",
        "stages/books.py",
        "(firm.repeat if visit.client else 0.0)",
        "firm.repeat",
        f"{_HERD}::test_books_of_a_firm_by_hand",
    ),
    Mutant(
        "later work is forgotten",
        "stages/books.py",
        "state.salespeople[visit.seller].backlog += visit.later_minutes",
        "state.salespeople[visit.seller].backlog += 0",
        f"{_HERD}::test_books_of_a_firm_by_hand",
    ),
    Mutant(
        "organisation costs nothing",
        "stages/books.py",
        "tally.overhead = share(tally.wages, firm.overhead)",
        "tally.overhead = 0",
        f"{_HERD}::test_books_of_a_firm_by_hand",
    ),
    Mutant(
        "all who tie win the whole prize",
        "stages/books.py",
        "firm.contest) // winners",
        "firm.contest) // 1",
        f"{_HERD}::test_the_contest_goes_to_most_deals_then_most_revenue_then_is_split",
    ),
    Mutant(
        "revenue breaks no tie",
        "stages/books.py",
        "if tally.deals > most or (tally.deals == most and tally.revenue > revenue):",
        "if tally.deals > most or winners == 0 and tally.deals == most:",
        f"{_HERD}::test_the_contest_goes_to_most_deals_then_most_revenue_then_is_split",
    ),
    Mutant(
        "prospecting is that of the last month alone",
        "stages/books.py",
        "person.prospecting += math.floor(gained + 0.5)",
        "person.prospecting = person.attention",
        f"{_HERD}::test_prospecting_is_known_from_the_latest_months",
    ),
    Mutant(
        "a year of profit costs the job",
        "stages/staffing.py",
        "profit_of_year(state, s) < 0 and",
        "profit_of_year(state, s) > 0 and",
        f"{_HERD}::test_only_a_full_year_of_losses_costs_the_job",
    ),
    Mutant(
        "losses of the first months cost the job",
        "stages/staffing.py",
        "elif full_year and profit",
        "elif profit",
        f"{_HERD}::test_only_a_full_year_of_losses_costs_the_job",
    ),
    Mutant(
        "all firms hire by culture",
        "stages/staffing.py",
        "if firm.hiring == _BY_RECORD:\n        return state.habitual[0]",
        "if False:\n        return state.habitual[0]",
        f"{_HERD}::test_newcomers_bring_the_culture_or_the_habit_of_the_market",
    ),
    Mutant(
        "those who would convert do not",
        "stages/staffing.py",
        "converts < firm.conversion:",
        "converts > firm.conversion:",
        f"{_HERD}::test_how_many_convert_to_the_culture_of_their_post",
    ),
    Mutant(
        "gaps of pay are counted in cents",
        "stages/staffing.py",
        "mean_pay(state, month, s)) / mean\n",
        "mean_pay(state, month, s))\n",
        f"{_HERD}::test_how_often_the_better_paid_are_copied",
    ),
    Mutant(
        "a new strategy makes everybody as good",
        "stages/staffing.py",
        "talent = person.skill / state.strategies[person.strategy].skill",
        "talent = 1.0",
        f"{_HERD}::test_how_often_the_better_paid_are_copied",
    ),
    Mutant(
        "rivals include colleagues",
        "stages/staffing.py",
        "return state.by_post[k if k < first else k + firm.members]",
        "return state.by_post[k]",
        f"{_HERD}::test_models_are_colleagues_rivals_or_anyone_but_never_oneself",
    ),
    Mutant(
        "specialists crowd together",
        "state.py",
        "(offset + rank / firm.founders) % 1.0",
        "offset",
        f"{_HERD}::test_specialists_stand_evenly_around_the_circle",
    ),
    *(Mutant(*row) for row in VERSION_2),
)


def caught_by(mutant: Mutant) -> str:
    """Return the test that fails if the rule is broken, or nothing if all pass."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name in ("longgame", "sim", "experiments", "tests", "pyproject.toml"):
            source = ROOT / name
            if source.is_dir():
                # Links as links: the package's lead to the rule that is changed below.
                shutil.copytree(source, place / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, place / name)
        target = place / "sim" / mutant.file
        text = target.read_text(encoding="utf-8")
        assert text.count(mutant.old) == 1, f"{mutant.name}: the rule was not found once in {mutant.file}"
        target.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", mutant.tests],
            cwd=place,
            env={**os.environ, "PYTHONPATH": str(place), "LONGGAME_CACHE": str(place / "cache"), "CI": "true"},
            capture_output=True,
            text=True,
        )
        failed = re.search(r"^FAILED [^:\n]+::(\w+)(.*)$", done.stdout, re.M)
        if done.returncode != 1 or failed is None or "numba.core.errors" in failed[2]:
            return ""
        return failed[1]


def main() -> int:
    """Try all mutants; return 1 if any survives."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("names", nargs="*", help="parts of the names of mutants to try (default: all)")
    arguments = parser.parse_args()
    chosen = [m for m in MUTANTS if not arguments.names or any(n in m.name for n in arguments.names)]
    alive = 0
    with ThreadPoolExecutor(arguments.workers) as pool:
        for mutant, test in zip(chosen, pool.map(caught_by, chosen), strict=True):
            alive += not test
            print(f"{'caught' if test else 'SURVIVED':9} {mutant.name}  ({test or mutant.tests})", flush=True)
    print(f"{len(chosen) - alive} of {len(chosen)} mutants caught")
    return int(alive > 0)


if __name__ == "__main__":
    sys.exit(main())
