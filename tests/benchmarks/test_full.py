"""The full model is measured whole and stage by stage."""

from argparse import Namespace
from unittest.mock import patch

import pytest

from benchmarks import full
from longgame.sim import engine
from longgame.sim.stages import MONTH


def asked(**other):
    size = {"customers": 300, "salespeople": 20, "months": 13, "remembered": 6, "layout": "mixed"}
    return Namespace(**{**size, "threads": 1, "seed": 0, "stages": False, **other})


@pytest.mark.parametrize("threads", [1, 2])
def test_every_stage_is_timed_and_the_run_is_the_same(threads):
    with patch.object(engine, "WORTH", 1):  # otherwise so small a market is not cut
        row = full.run(asked(stages=True, threads=threads))
    whole = full.run(asked())
    assert list(row["stages"]) == [*(stage.name for stage in MONTH), "(books)", "(year end)", "(rest)"]
    assert all(seconds > 0 for seconds in row["stages"].values())
    assert sum(row["stages"].values()) == pytest.approx(row["cpu_seconds"])
    assert (row["deals"], whole["stages"]) == (whole["deals"], {})
