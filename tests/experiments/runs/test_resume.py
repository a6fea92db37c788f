"""A sweep that is killed: nobody is left behind, nothing finished is lost, and it goes on to the same end."""

from pathlib import Path

import pytest

from tests.experiments.runs.kills import rehearse

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for orphans in /proc")


def test_killed_in_the_middle_and_taken_up_again(tmp_path):
    report = rehearse(tmp_path, kills=2, runs=80, seed=7, spread=0.5)
    assert 0 < report.there[0] < report.there[1] < report.wanted


def test_workers_of_a_local_cluster_die_with_their_parent_too(tmp_path):
    pytest.importorskip("distributed")
    report = rehearse(tmp_path, kills=1, runs=40, seed=7, spread=0.3, dask=True)
    assert 0 < report.there[0] < report.wanted
