import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longgame.sim import network
from longgame.sim.dials import Network


def graph(starts, contacts):
    g = nx.Graph()
    g.add_nodes_from(range(len(starts) - 1))
    g.add_edges_from((i, int(j)) for i in range(len(starts) - 1) for j in contacts[starts[i] : starts[i + 1]])
    return g


@pytest.mark.parametrize("limit", [0, 10**9])
def test_contacts_are_mutual_distinct_and_not_oneself(limit, monkeypatch):
    monkeypatch.setattr(network, "ONE_BY_ONE", limit)
    starts, contacts = network.build_anew(Network(contacts=6, rewiring=0.3), 400, 5)
    pairs = {(i, int(j)) for i in range(400) for j in contacts[starts[i] : starts[i + 1]]}
    assert len(pairs) == len(contacts)
    assert all((j, i) in pairs and i != j for i, j in pairs)


def test_the_table_has_the_shape_of_networkx_graphs(monkeypatch):
    shapes = []
    for limit in (0, 10**9):
        monkeypatch.setattr(network, "ONE_BY_ONE", limit)
        graphs = [graph(*network.build_anew(Network(contacts=6, rewiring=0.1), 1000, seed)) for seed in range(3)]
        shapes.append(
            [
                np.mean([2 * g.number_of_edges() / 1000 for g in graphs]),
                np.mean([nx.average_clustering(g) for g in graphs]),
                np.mean([nx.average_shortest_path_length(g) for g in graphs]),
            ]
        )
    table, reference = shapes
    assert table[0] == pytest.approx(reference[0], rel=0.02)
    assert table[1] == pytest.approx(reference[1], rel=0.08)
    assert table[2] == pytest.approx(reference[2], rel=0.08)


@settings(max_examples=60)
@given(
    st.integers(3, 120),
    st.integers(1, 8),
    st.floats(0, 1) | st.sampled_from([0.0, 1.0]),
    st.integers(0, 2**31) | st.integers(0, 2**63 - 1),
)
def test_edges_are_moved_as_networkx_moves_them(customers, steps, rewiring, seed):
    steps = min(steps, (customers - 1) // 2)
    there = np.array([np.roll(np.arange(customers, dtype=np.int32), -step) for step in range(1, steps + 1)])
    network.rewire(there, rewiring, seed)
    moved = {frozenset((here, int(other))) for row in there for here, other in enumerate(row)}
    reference = nx.watts_strogatz_graph(customers, 2 * steps, rewiring, seed=seed)
    assert moved == set(map(frozenset, reference.edges))


def test_kept_networks_are_those_of_their_seed_and_size():
    one, other = (network.build(Network(), size, seed) for size, seed in ((60, 3), (60, 4)))
    assert all(np.array_equal(*pair) for pair in zip(one, network.build_anew(Network(), 60, 3), strict=True))
    assert not np.array_equal(one[1], other[1])


def test_small_and_empty_markets_have_contacts_or_none():
    for customers in (1, 2, 3, 7):
        starts, contacts = network.build(Network(contacts=6), customers, 1)
        assert starts[-1] == len(contacts)
        assert len(starts) == customers + 1
    assert len(network.build(Network(contacts=0), 50, 1)[1]) == 0


def test_same_seed_same_contacts():
    one, two = (network.build_anew(Network(), 5000, 3)[1] for _ in range(2))
    assert (one == two).all()
    other = network.build(Network(), 5000, 4)[1]
    assert len(other) != len(one) or (other != one).any()
