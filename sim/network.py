"""Contacts between customers: a small world (Watts & Strogatz 1998) as a compressed table."""

from __future__ import annotations

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from longgame.sim.scenario import Network

#: Up to this many customers networkx builds the graph; beyond it a table of the same shape, drawn at once.
NETWORKX_LIMIT = 2000

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
    degree = min(network.contacts, (customers - 1) // 2 * 2)
    if degree <= 0:
        return np.zeros(customers + 1, np.int64), np.zeros(0, np.int32)
    rng = np.random.Generator(np.random.Philox(key=np.uint64(seed), counter=[0, 0, 0, 1]))
    if customers <= NETWORKX_LIMIT:
        graph = nx.watts_strogatz_graph(customers, degree, network.rewiring, seed=int(rng.integers(2**63)))
        edges = np.array(graph.edges, np.int32).reshape(-1, 2)
        return _compress(edges[:, 0], edges[:, 1], customers)
    one, other = [], []
    for step in range(1, degree // 2 + 1):
        here = np.arange(customers, dtype=np.int32)
        there = np.roll(here, -step)
        moved = rng.random(customers) < network.rewiring
        there[moved] = rng.integers(customers, size=int(moved.sum()), dtype=np.int32)
        apart = here != there
        one.append(here[apart])
        other.append(there[apart])
    return _compress(np.concatenate(one), np.concatenate(other), customers)


def _compress(one: NDArray[np.int32], other: NDArray[np.int32], customers: int) -> Contacts:
    """Turn a list of edges into a symmetric table, each edge once."""
    code = np.concatenate([one * np.int64(customers) + other, other * np.int64(customers) + one])
    code.sort()
    code = code[np.concatenate([[True], code[1:] != code[:-1]])]
    starts = np.searchsorted(code, np.arange(customers + 1, dtype=np.int64) * customers)
    return starts.astype(np.int64), (code % customers).astype(np.int32)
