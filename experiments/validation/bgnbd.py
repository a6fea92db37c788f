"""BG/NBD: how often customers buy while they are customers, and when they quietly stop.

Fader, Hardie & Lee (2005), "Counting your customers" the easy way, *Marketing Science* 24(2), 275-284.
A customer buys at a Poisson rate λ ~ Gamma(r, α) and drops out after any purchase with probability
p ~ Beta(a, b). It needs three numbers of each customer: repeat purchases x, time of the last one t_x, time
observed T.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, hyp2f1

from longgame.experiments.orders.read import OrderLog


@dataclass(frozen=True)
class BGNBD:
    """A BG/NBD model. Times are in the unit of the data it was fitted to (months for an order log)."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float = float("nan")
    customers: int = 0

    @property
    def rate(self) -> float:
        """Mean purchases per unit of time of a customer while alive."""
        return self.r / self.alpha

    @property
    def dropout(self) -> float:
        """Mean probability to drop out after a purchase."""
        return self.a / (self.a + self.b)

    def expected_purchases(self, t: ArrayLike) -> NDArray[np.float64]:
        """Return the purchases expected of a new customer in a time t after the first one (eq. 9)."""
        t = np.asarray(t, float)
        shape = hyp2f1(self.r, self.b, self.a + self.b - 1, t / (self.alpha + t))
        kept = (self.alpha / (self.alpha + t)) ** self.r * shape
        return (self.a + self.b - 1) / (self.a - 1) * (1 - kept)

    def future_purchases(self, t: float, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> NDArray[np.float64]:
        """Return the purchases expected in the next t of customers with a history (x, t_x, T) (eq. 10)."""
        x, t_x, T = (np.asarray(v, float) for v in (x, t_x, T))
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        shape = hyp2f1(r + x, b + x, a + b + x - 1, t / (alpha + T + t))
        kept = ((alpha + T) / (alpha + T + t)) ** (r + x) * shape
        return (a + b + x - 1) / (a - 1) * (1 - kept) * self.alive(x, t_x, T)

    def alive(self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> NDArray[np.float64]:
        """Return the probability that a customer with this history has not dropped out."""
        x, t_x, T = (np.asarray(v, float) for v in (x, t_x, T))
        odds = (self.r + x) * np.log((self.alpha + T) / (self.alpha + t_x))
        gone = self.a / (self.b + np.maximum(x, 1) - 1) * np.exp(odds)
        return np.where(x > 0, 1 / (1 + gone), 1.0)  # one drops out only after a repeat purchase


def log_likelihood(parameters: ArrayLike, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> float:
    """Return the log-likelihood of (r, α, a, b) summed over customers (eq. 6)."""
    r, alpha, a, b = np.asarray(parameters, float)
    x, t_x, T = (np.asarray(v, float) for v in (x, t_x, T))
    common = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x) - betaln(a, b)
    alive = -(r + x) * np.log(alpha + T)
    gone = np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x)
    return float((common + np.logaddexp(alive, np.where(x > 0, gone, -np.inf))).sum())


def fit(x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> BGNBD:
    """Fit by maximum likelihood, over the logarithms of the four parameters.

    Raises
    ------
    ValueError
        If nobody bought twice, or times are not 0 ≤ t_x ≤ T.
    """
    x, t_x, T = (np.asarray(v, float) for v in (x, t_x, T))
    if not x.any():
        raise ValueError("nobody bought twice; there is nothing to fit")
    if (t_x < 0).any() or (t_x > T).any():
        raise ValueError("the last purchase `t_x` must lie between 0 and the end of observation `T`")
    unit = T.max()  # time in units of the observation, so that the start suits any data

    def loss(z: NDArray[np.float64]) -> float:
        return -log_likelihood(np.exp(z), x, t_x / unit, T / unit) / len(x)

    bounds = [(-12.0, 12.0)] * 4
    starts = [np.log([0.5, 0.2, a, b]) for a, b in ((0.5, 2.0), (0.1, 5.0), (2.0, 2.0))]
    tries = [minimize(loss, z, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-14}) for z in starts]
    r, alpha, a, b = np.exp(min(tries, key=lambda found: found.fun).x)
    alpha *= unit
    found = log_likelihood((r, alpha, a, b), x, t_x, T)
    return BGNBD(float(r), float(alpha), float(a), float(b), found, len(x))


def histories(log: OrderLog | pd.DataFrame, months: int | None = None) -> pd.DataFrame:
    """Return ``x``, ``t_x`` and ``T`` of every customer of an order log or of `Result.orders`, in months.

    Orders of one month count once, as those of one day do in the paper. ``months`` is the length of the
    observation; that of the log, or the last month with an order, if not given.
    """
    frame = log.frame if isinstance(log, OrderLog) else log
    last = months or (log.months if isinstance(log, OrderLog) else int(frame["month"].max()))
    when = frame[frame["month"] <= last].groupby("customer")["month"].agg(["nunique", "min", "max"])
    return pd.DataFrame({"x": when["nunique"] - 1, "t_x": when["max"] - when["min"], "T": last - when["min"]}).astype(
        float
    )


def compare(logs: Mapping[str, OrderLog | pd.DataFrame], t: float = 12.0) -> pd.DataFrame:
    """Fit every log; return rate, dropout and what is expected in the next t months, one row per log.

    Columns: ``customers``, ``rate`` (purchases a month while alive), ``dropout`` (probability after a
    purchase), ``alive`` (mean probability at the end), ``future`` (purchases expected in the next t months of
    a customer as they are now), ``new`` (of a new customer, after the first purchase), and the parameters.
    """
    rows = {}
    for name, log in logs.items():
        past = histories(log)
        model = fit(past["x"], past["t_x"], past["T"])
        rows[name] = {
            "customers": model.customers,
            "rate": model.rate,
            "dropout": model.dropout,
            "alive": model.alive(past["x"], past["t_x"], past["T"]).mean(),
            "future": model.future_purchases(t, past["x"], past["t_x"], past["T"]).mean(),
            "new": float(model.expected_purchases(t)),
            "r": model.r,
            "alpha": model.alpha,
            "a": model.a,
            "b": model.b,
            "log_likelihood": model.log_likelihood,
        }
    return pd.DataFrame.from_dict(rows, orient="index")
