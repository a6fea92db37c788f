"""Between approach and conversation: visits are lined up by salesperson (a counting sort)."""

from __future__ import annotations

from longgame.sim.chance import roll
from longgame.sim.compiled import fetch, rule, stage
from longgame.sim.trust import NOBODY


@stage
def line_up(state, month):
    """Arrange this month's visits by firm and salesperson approached, customers in order of place."""
    first, last = state.queue_first, state.queue_last
    last[:] = 0
    for v in range(state.n_visits[0]):
        s = state.visits[v].met
        if s != NOBODY:
            last[s] += 1
    start = 0
    for j in range(len(state.roster)):
        s = state.roster[j]
        first[s] = start
        start += last[s]
        last[s] = first[s]
    for v in range(state.n_visits[0]):
        s = state.visits[v].met
        if s != NOBODY:
            state.queue[last[s]] = v
            last[s] += 1


@rule
def firm_queue(state, firm):
    """Return the range of the queue that belongs to a firm."""
    return state.queue_first[state.roster[firm.first]], state.queue_last[state.roster[firm.first + firm.members - 1]]


@rule
def fetch_queue(state, first, last):
    """Ask for the visits of a range of the queue before they are needed."""
    for q in range(first, last):
        fetch(state.visits, state.queue[q])


@rule
def choose_visits(state, begin, end, outcome, lane):
    """List the visits begin … end-1 that have come to an outcome, and whose luck is theirs; return how many."""
    chosen, agents = state.chosen[lane], state.agents[lane]
    n = 0
    for v in range(begin, end):
        chosen[n] = v
        agents[n] = state.visits[v].lot
        n += state.visits[v].outcome == outcome
    return n


@rule
def throw(state, month, n, purpose, lane, k):
    """Draw the k-th dice of the n customers listed."""
    roll(state.dice[lane, k], state.seed, month, state.agents[lane], n, purpose)


@rule
def sort_keys(keys, first, last):
    """Sort ``keys[first:last]`` in place (heapsort; it allocates nothing)."""
    n = last - first
    for start in range(n // 2 - 1, -1, -1):
        _sift(keys, first, start, n)
    for end in range(n - 1, 0, -1):
        keys[first], keys[first + end] = keys[first + end], keys[first]
        _sift(keys, first, 0, end)


@rule
def _sift(keys, first, root, n):
    """Let one key sink to its place in the heap."""
    key = keys[first + root]
    child = 2 * root + 1
    while child < n:
        if child + 1 < n and keys[first + child + 1] > keys[first + child]:
            child += 1
        if keys[first + child] <= key:
            break
        keys[first + root] = keys[first + child]
        root, child = child, 2 * child + 1
    keys[first + root] = key
