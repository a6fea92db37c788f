"""Contacts between customers: a small world (Watts & Strogatz 1998) as a compressed table."""

from __future__ import annotations

from functools import lru_cache
from random import Random

import numpy as np
from numba import types
from numpy.typing import NDArray

from longgame.sim.compiled import rule, stage
from longgame.sim.dials import Network

#: Up to this many customers edges are moved one by one, never to where there is one; beyond it all at once.
ONE_BY_ONE = 2000

#: Types of the arguments of `move_ends`.
ENDS = (
    types.Array(types.int32, 2, "C"),
    types.Array(types.boolean, 2, "C"),
    *(types.Array(kind, 1, "C") for kind in (types.int64, types.float64, types.int64, types.int64)),
)

#: Networks that are kept: plans play each seed in several markets in a row.
KEPT, KEPT_CUSTOMERS = 16, 100_000

Contacts = tuple[NDArray[np.int64], NDArray[np.int32]]


def build(network: Network, customers: int, seed: int) -> Contacts:
    """Return the contacts of all customers.

    Parameters
    ----------
    network : Network
        Mean number of contacts and probability of rewiring.
    customers : int
        Number of places.
    seed : int
        Seed of the run.

    Returns
    -------
    starts : ndarray of int64, shape (customers + 1,)
    contacts : ndarray of int32, shape (starts[-1],)
        Contacts of place i are ``contacts[starts[i]:starts[i + 1]]``, in rising order; symmetric.
    """
    return (_kept if customers <= KEPT_CUSTOMERS else build_anew)(network, customers, seed)


def build_anew(network: Network, customers: int, seed: int) -> Contacts:
    """Return the contacts of all customers, anew."""
    degree = min(network.contacts, (customers - 1) // 2 * 2)
    if degree <= 0:
        return np.zeros(customers + 1, np.int64), np.zeros(0, np.int32)
    rng = np.random.Generator(np.random.Philox(key=np.uint64(seed), counter=[0, 0, 0, 1]))
    here = np.arange(customers, dtype=np.int32)
    there = np.array([np.roll(here, -step) for step in range(1, degree // 2 + 1)])
    if customers <= ONE_BY_ONE:
        rewire(there, network.rewiring, int(rng.integers(2**63)))
    else:
        for row in there:
            moved = rng.random(customers) < network.rewiring
            row[moved] = rng.integers(customers, size=int(moved.sum()), dtype=np.int32)
    one, other = np.tile(here, len(there)), there.ravel()
    apart = one != other
    return _compress(one[apart], other[apart], customers)


_kept = lru_cache(KEPT)(build_anew)


def rewire(there: NDArray[np.int32], probability: float, seed: int) -> None:
    """Move the far ends of edges with some probability, as `networkx.watts_strogatz_graph` with that seed does."""
    steps, customers = there.shape
    *key, position = Random(seed).getstate()[1]  # Python's own generator, by which networkx draws
    state = {"bit_generator": "MT19937", "state": {"key": np.array(key, np.uint32), "pos": position}}
    expected, done = int(steps * customers * (2 + 2 * probability)) + 1000, np.zeros(1, np.int64)
    while not done[0]:
        source = np.random.MT19937()
        source.state = state
        linked, degrees = np.zeros((customers, customers), np.bool_), np.full(customers, 2 * steps, np.int64)
        ends = there.copy()
        move_ends(ends, linked, degrees, np.array([probability]), source.random_raw(expected).view(np.int64), done)
        expected *= 2
    there[:] = ends


@rule
def _real(high, low):
    """Return a number in [0, 1) made of two random words, as Python's `random` makes it."""
    return (np.float64(high >> 5) * 67108864.0 + np.float64(low >> 6)) / 9007199254740992.0


@rule
def _below(n, words, k):
    """Return a number drawn in 0 … n-1 and where the next word lies; (n, k) where words run out."""
    bits = 0
    while n >> bits:
        bits += 1
    for j in range(k, len(words)):
        drawn = words[j] >> (32 - bits)
        if drawn < n:
            return drawn, j + 1
    return n, k


@stage
def move_ends(there, linked, degrees, probability, words, done):
    """Move far ends of edges in place; ``done`` stays 0 where there are too few words.

    ``there`` (steps, n) holds the far end of the edges of each customer; ``linked`` (n, n) is False at first,
    ``degrees`` (n,) is twice the steps.
    """
    steps, n = there.shape
    for j in range(steps):
        for u in range(n):
            linked[u, there[j, u]] = linked[there[j, u], u] = True
    k = 0
    for j in range(steps):
        for u in range(n):
            if k + 2 > len(words):
                return
            k += 2
            if _real(words[k - 2], words[k - 1]) >= probability[0]:
                continue
            full = degrees[u] >= n - 1
            w, k = _below(n, words, k)
            while w < n and (w == u or linked[u, w]):
                w, k = _below(n, words, k)
                if full:
                    break
            if w == n:
                return
            if not full:
                v = there[j, u]
                linked[u, v] = linked[v, u] = False
                linked[u, w] = linked[w, u] = True
                degrees[v] -= 1
                degrees[w] += 1
                there[j, u] = w
    done[0] = 1


def _compress(one: NDArray[np.int32], other: NDArray[np.int32], customers: int) -> Contacts:
    """Turn a list of edges into a symmetric table, each edge once."""
    code = np.concatenate([one * np.int64(customers) + other, other * np.int64(customers) + one])
    code.sort()
    code = code[np.concatenate([[True], code[1:] != code[:-1]])]
    starts = np.searchsorted(code, np.arange(customers + 1, dtype=np.int64) * customers)
    return starts.astype(np.int64), (code % customers).astype(np.int32)
