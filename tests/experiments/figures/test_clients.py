"""Clients: what follows a first deal, and how long they are kept."""

import pandas as pd

from longgame.experiments.design.arms import ORGANISATIONS, Arm
from longgame.experiments.figures import clients
from tests.experiments.figures.drawing import herds, said

ARMS = herds("collaborative", "adversarial")


def retained(**kept):
    """One cohort of each strategy, of which a part is left after a year."""
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "group": f"{strategy}-herd",
                    "cohort": 1,
                    "month": [0, 12, 20],
                    "retained": [1, part, part],
                    "at_risk": [9, 9, 4],
                    "runs": 3,
                    "silence": 12,
                }
            )
            for strategy, part in kept.items()
        ]
    )


def test_retention_names_who_keeps_most_and_least():
    df = retained(collaborative=0.5, adversarial=0.25)
    title, note = said(lambda figure: clients.figure_retention(figure, df, ARMS, "own markets"))
    assert "50% of the clients of collaborative herds, 25% of those of adversarial herds" in title
    assert "n = 3 runs" in note


def test_a_panel_of_retention_has_a_line_for_every_arm_with_clients():
    ax = clients.plot_retention(retained(collaborative=0.5), ARMS)
    ax.figure.draw_without_rendering()
    assert ax.get_legend_handles_labels()[1] == ["collaborative herds"]
    assert ax.get_xlabel() == "months since the first deal"


def first_deals(won, lost):
    """Rates of coming back after a first deal, for every kind of seller, over a few seeds."""
    return pd.DataFrame(
        [
            {
                "group": arm.name,
                "strategy": arm.way,
                "organisation": arm.organisation,
                "seed": seed,
                "months": 24,
                "exchange": kind,
                "rate": rate + 0.01 * seed,
            }
            for arm in (Arm("collaborative", kind) for kind in ORGANISATIONS)
            for seed in range(6)
            for kind, rate in (("win_win", won), ("win_lose", lost))
        ]
    )


def test_what_follows_a_first_deal_is_said_of_both_kinds():
    df = first_deals(0.6, 0.2)
    title, _ = said(lambda figure: clients.figure_after_first(figure, df, "rate", "shared market"))
    assert "within 2 years, 62% of clients come back after a win-win first deal, 22% after a win-lose one" in title
    ax = clients.plot_after_first_difference(df, "rate")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["collaborative\nsingletons", "collaborative\nherds"]
