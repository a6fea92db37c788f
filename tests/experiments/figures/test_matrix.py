"""Ways of selling against each other: who lets nobody in, and who is clearly ahead of one."""

import pandas as pd
import pytest

from longgame.experiments.design.arms import Arm
from longgame.experiments.figures.matrix import figure_against, figure_matrix
from tests.experiments.figures.drawing import said


@pytest.mark.parametrize(
    ("there", "here", "finding"),
    [
        (-30.0, 30.0, "gain on the residents in 1 of 2 markets and fall behind in 1; collaborative"),
        (30.0, 30.0, "in 2 of 2 markets and fall behind in 0; no market keeps all others out"),
    ],
)
def test_matrix_says_who_lets_nobody_in(there, here, finding):
    order = ("collaborative", "adversarial")
    table = pd.DataFrame(
        [
            {"invader": a, "resident": b, "seed": seed, "gap": gap + (-1) ** seed}
            for a, b, gap in ((*order, here), (*order[::-1], there))
            for seed in range(8)
        ]
    )
    title, _ = said(lambda f: figure_matrix(f, table, order, "gap", what="profit", unit="money", where="x"))
    assert finding in title


def test_rows_against_one_say_who_is_clearly_ahead():
    herds = {name: Arm("collaborative", "herd", label=name) for name in "abcd"}
    rows = [
        {
            "market": "shared",
            "setting": "shared",
            "group": herds[name].name,
            "seed": seed,
            "months": 12,
            "profit": 10.0 * seed + gap + noise * (-1) ** seed,
        }
        for name, gap, noise in (("a", 0, 0), ("b", 5, 1), ("c", -5, 1), ("d", 0, 9))
        for seed in range(8)
    ]
    title, _ = said(
        lambda f: figure_against(
            f,
            {"horizons": pd.DataFrame(rows)},
            list(herds.values()),
            herds["a"],
            "shared",
            "profit",
            what="profit",
            unit="money",
            where="shared market",
        )
    )
    assert "compared with a, profit is 5 higher with b; 5 lower with c; not clearly different with d" in title
