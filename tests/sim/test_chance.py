import numpy as np
import pytest
from scipy import stats

from longgame.sim.chance import Purpose, normal, pick, uniforms, unit, words


# Random123's kat_vectors for philox4x32-10 (Salmon et al. 2011).
@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_known_answers(counter, key, expected):
    agent = np.uint64(counter[0] | counter[3] << 32)
    seed = np.uint64(key[0] | key[1] << 32)
    assert words(seed, np.uint64(counter[1]), agent, np.uint64(counter[2])) == expected


def draws(purpose, n=20_000, month=3, seed=7):
    return np.array([uniforms(np.uint64(seed), month, agent, purpose) for agent in range(n)])


def test_uniform_over_agents_and_uncorrelated_between_words():
    table = draws(Purpose.APPROACH)
    for column in table.T:
        assert stats.kstest(column, "uniform").pvalue > 1e-3
    correlations = np.corrcoef(table.T)[np.triu_indices(4, 1)]
    assert np.abs(correlations).max() < 4 / np.sqrt(len(table))


def test_purposes_months_and_seeds_are_independent():
    base = draws(Purpose.PITCH)[:, 0]
    for other in (draws(Purpose.MEETING), draws(Purpose.PITCH, month=4), draws(Purpose.PITCH, seed=8)):
        assert abs(np.corrcoef(base, other[:, 0])[0, 1]) < 4 / np.sqrt(len(base))


def test_no_two_purposes_share_a_block():
    room = 16 // 4  # blocks for up to 16 rivals and strangers
    # Two names for one number would be one member of an enumeration, so names are counted.
    several = {"RIVALS", "STRANGERS"}
    blocks = [p for name, p in Purpose.__members__.items() if name not in several]
    blocks += [Purpose.RIVALS + k for k in range(room)] + [Purpose.STRANGERS + k for k in range(room)]
    assert len({int(b) for b in blocks}) == len(blocks)


def test_unit_stays_inside_the_open_interval():
    assert 0.0 < unit(np.uint64(0)) < unit(np.uint64(2**32 - 1)) < 1.0


def test_normal_is_standard_normal():
    table = draws(Purpose.DELIVERY)
    z = [normal(u, v) for u, v in table[:, :2]]
    assert stats.kstest(z, "norm").pvalue > 1e-3


def test_pick_is_uniform_and_in_range():
    picks = np.array([pick(u, 7) for u in draws(Purpose.MODEL)[:, 0]])
    assert stats.chisquare(np.bincount(picks, minlength=7)).pvalue > 1e-3
    assert pick(1.0 - 2.0**-53, 7) == 6
