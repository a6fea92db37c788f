"""How exchanges end: every kind has its part, and the headline names who is first and last."""

import pandas as pd
import pytest

from longgame.experiments.figures.exchanges import figure_exchange_shares, plot_exchange_shares
from longgame.sim.columns import OUTCOMES
from tests.experiments.figures.drawing import herds, said


@pytest.fixture
def shares():
    """Exchanges of two herds, of which one ends them win-win and the other not."""
    rows = []
    for arm, best in zip(herds("collaborative", "adversarial"), (0.75, 0.25), strict=True):
        here = {"group": arm.name, "strategy": arm.way, "organisation": arm.organisation, "seed": 0}
        rows.append({**here, **dict.fromkeys(OUTCOMES, 0.0), "win_win": best, "declined": 1 - best})
    return pd.DataFrame(rows)


def test_headline_names_who_ends_most_and_fewest_well(shares):
    title, _ = said(lambda figure: figure_exchange_shares(figure, shares, "shared market"))
    assert "75% of the exchanges of collaborative herds end" in title
    assert "25% of those of adversarial herds" in title


def test_bars_add_up_to_all_exchanges(shares):
    ax = plot_exchange_shares(shares)
    ax.figure.draw_without_rendering()
    assert {round(bar.get_x() + bar.get_width(), 6) for bar in ax.containers[-1]} == {1.0}
    assert [label.get_text() for label in ax.get_yticklabels()] == ["collaborative\nherds", "adversarial\nherds"]
    assert ax.get_xlabel() == "share of exchanges"
