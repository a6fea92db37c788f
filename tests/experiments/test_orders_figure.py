"""The figure of a fit to an order log."""

from __future__ import annotations

import io

import pytest

from longgame.experiments.orders.calibrate import calibrate
from longgame.experiments.orders.figure import plot_fit
from tests.experiments.made_orders import made_log


@pytest.fixture(scope="module")
def log():
    return made_log()


def test_the_figure_states_what_was_found(log):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    before = dict(matplotlib.rcParams)
    axes = plot_fit(calibrate(log, match=False))
    assert [bool(ax.get_title()) and bool(ax.get_xlabel()) and bool(ax.get_ylabel()) for ax in axes] == [True] * 3
    assert "points" in axes[0].get_title() and "%" in axes[1].get_title() and "money" in axes[1].get_xlabel()
    # Bars and lines are whole distributions.
    assert sum(bar.get_height() for bar in axes[0].patches) == pytest.approx(100)
    assert axes[0].lines[0].get_ydata().sum() == pytest.approx(100)
    axes[0].figure.savefig(io.BytesIO())
    plt.close(axes[0].figure)
    assert dict(matplotlib.rcParams) == before
    with pytest.raises(ValueError, match="3 axes"):
        plot_fit(calibrate(log, match=False), axes=list(axes[:2]))
