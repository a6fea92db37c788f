"""What theory says: each function is one exact or published result, in the theory's own symbols.

`longgame.experiments.validation.limits` has the market itself give the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_discrete_lyapunov
from scipy.optimize import brentq, minimize_scalar
from scipy.special import ndtr, softmax

# -- loyalty: habit in a logit choice (Weisbuch, Kirman & Herreiner 2000) -------------------------------


def moving_average_loyalty(sellers: int, gamma: float) -> float:
    """Return y = Σh²/(Σh)² of customers who choose at random (K = 0): 1/m + (1-1/m)·γ/(2-γ).

    The habit h is then a moving average of independent choices, whose variance is that of a choice × γ/(2-γ).

    Examples
    --------
    >>> round(moving_average_loyalty(2, 0.02), 4)
    0.5051
    """
    return 1 / sellers + (1 - 1 / sellers) * gamma / (2 - gamma)


def pair_loyalty(gamma: float, K: float, benefit: Sequence[float] = (0.0, 0.0)) -> tuple[float, float]:
    """Return the stationary mean of y and of the first of two sellers' share of habit, for any γ and K.

    The share x of the first seller is a Markov chain: x ← (1-γ)x + γ with probability
    1/(1 + exp(-K(2x-1) - b₁ + b₂)), else (1-γ)x (Weisbuch et al. 2000, eqs 3-5). Its transfer operator is
    written down at Chebyshev points, where it is exact to rounding for smooth functions.

    Parameters
    ----------
    gamma, K : float
        Speed of habit, and its weight ÷ temperature.
    benefit : sequence of two floats
        Worth of either seller beside habit, ÷ temperature.

    Examples
    --------
    >>> y, share = pair_loyalty(0.02, 0.0)
    >>> round(y, 4), round(share, 4)
    (0.5051, 0.5)
    """
    n = 80
    angle = np.pi * (np.arange(n) + 0.5) / n
    x = (1 - np.cos(angle)) / 2
    weight = np.sin(angle) * (-1.0) ** np.arange(n)

    def at(points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the matrix that interpolates from the nodes to these points."""
        gap = points[:, None] - x[None, :]
        hit = np.abs(gap) < 1e-14
        part = weight / np.where(hit, 1.0, gap)
        rows = part / part.sum(axis=1, keepdims=True)
        return np.where(hit.any(axis=1, keepdims=True), hit.astype(float), rows)

    p = 1 / (1 + np.exp(-K * (2 * x - 1) - benefit[0] + benefit[1]))
    step = p[:, None] * at((1 - gamma) * x + gamma) + (1 - p)[:, None] * at((1 - gamma) * x)
    for _ in range(15):  # 2¹⁵ months
        step = step @ step
        step /= step.sum(axis=1, keepdims=True)  # rounding must not add up
    middle = step[n // 2]
    return float(middle @ (x**2 + (1 - x) ** 2)), float(middle @ x)


def loyal_share(sellers: int, K: float) -> float | None:
    """Return the favourite's share p of a loyal customer as γ → 0, or None where there is no loyalty.

    The largest root of ln[p(m-1)/(1-p)] = K(mp-1)/(m-1), where a habit reproduces itself.

    Examples
    --------
    >>> loyal_share(3, 2.7) is None, round(loyal_share(3, 2.9), 3)
    (True, 0.768)
    """
    m = sellers

    def gap(p: float) -> float:
        return K * (m * p - 1) / (m - 1) - log(p * (m - 1) / (1 - p))

    # `gap` has its only local maximum above p = 1/m where p(1-p) = (m-1)/(Km).
    inside = 0.25 - (m - 1) / (K * m) if K > 0 else -1.0
    if inside < 0:
        return None
    top = 0.5 + inside**0.5
    if top <= 1 / m or gap(top) <= 0:
        return None
    return float(brentq(gap, top, 1 - 1e-15))


def first_loyalty(sellers: int) -> float:
    """Return K₁, from which loyal states exist: min over p of (m-1)·ln[p(m-1)/(1-p)]/(mp-1).

    At K = m indifference becomes unstable; for m ≥ 3 K₁ lies below, and between them history decides.

    Examples
    --------
    >>> [round(first_loyalty(m), 3) for m in (3, 5, 10)]
    [2.746, 3.565, 4.56]
    """
    m = sellers
    if m == 2:
        return 2.0
    found = minimize_scalar(
        lambda p: (m - 1) * log(p * (m - 1) / (1 - p)) / (m * p - 1),
        bounds=(1 / m + 1e-6, 1 - 1e-9),
        method="bounded",
        options={"xatol": 1e-10},
    )
    return float(found.fun)


def loyalty_near(sellers: int, gamma: float, K: float, start: str) -> float:
    """Return y to first order in γ, near the loyal or the indifferent state (linear noise approximation).

    With h' = h + γ(e - h), e the choice, and J the Jacobian of the mean step at the fixed point, fluctuations
    have covariance C = JCJᵀ + γ²(diag p - ppᵀ) and shift the mean by b = (I - ∂p)⁻¹·½∂²p:C (van Kampen 2007,
    ch. X). Then E[y] = Σp² + 2p·b + tr C. Exact for K = 0.

    Raises
    ------
    ValueError
        If there is no such state, or it is unstable.
    """
    p = np.full(sellers, 1 / sellers)
    if start == "loyal":
        top = loyal_share(sellers, K)
        if top is None:
            raise ValueError(f"there is no loyal state at K = {K} with {sellers} sellers")
        p[:] = (1 - top) / (sellers - 1)
        p[0] = top
    elif sellers <= K:
        raise ValueError(f"indifference is unstable at K = {K} with {sellers} sellers")
    spread = np.diag(p) - np.outer(p, p)
    slope = K * spread  # ∂p_i/∂h_j of a logit
    covariance = solve_discrete_lyapunov(np.eye(sellers) + gamma * (slope - np.eye(sellers)), gamma**2 * spread)
    # ½ Σ ∂²p_i/∂h_j∂h_k C_jk of a logit, by central differences along the axes of C.
    values, axes = np.linalg.eigh(covariance)
    eps = 1e-4
    bend = sum(
        v * (softmax(K * (p + eps * a)) + softmax(K * (p - eps * a)) - 2 * softmax(K * p)) / (2 * eps**2)
        for v, a in zip(values, axes.T, strict=True)
    )
    shift = np.linalg.solve(np.eye(sellers) - slope, bend)
    return float((p**2).sum() + 2 * p @ shift + np.trace(covariance))


# -- honesty against exploitation ---------------------------------------------------------------------


def shadow(g: float, m: float = 1.0, detection: float = 1.0, slip: float = 0.0) -> float:
    """Return the δw above which honesty pays: g / [g + m·d - (m+g)·ε·d].

    An honest seller earns m a period, an exploiter m+g; a customer returns with probability w (discount δ),
    but not to one who was found out: an exploiter with probability d a deal, an honest one, by mistake, with
    εd. Honest is worth m/(1-δw(1-εd)), exploiting (m+g)/(1-δw(1-d)) (the shadow of the future: Axelrod 1984;
    with d = 1, ε = 0 it is g/(m+g)). A value of 1 or more means that honesty never pays.

    Examples
    --------
    >>> shadow(1.0), round(shadow(1.0, detection=0.5, slip=0.1), 4)
    (0.5, 0.7143)
    """
    return g / (g + m * detection - (m + g) * slip * detection)


def crossover_month(g: float, w: float, cohort: str = "open") -> float:
    """Return when honest cumulative profit passes the exploiter's (m = 1), in periods.

    ``closed``: one cohort of customers, (1-w^T)/(1-w) = 1+g, so T = ln[1-(1+g)(1-w)]/ln w.
    ``open``: as many new customers every period, T/(1-w) - w(1-w^T)/(1-w)² = T(1+g).

    Raises
    ------
    ValueError
        If they never cross: (1+g)(1-w) ≥ 1.

    Examples
    --------
    >>> [round(crossover_month(g, w), 2) for g, w in ((1, 0.8), (2, 0.8), (2, 0.9), (4, 0.9))]
    [3.83, 8.5, 6.09, 13.79]
    """
    if (1 + g) * (1 - w) >= 1 - 1e-12:  # 1 - w is seldom exact
        raise ValueError(f"with g = {g} and w = {w} honesty never catches up")
    if cohort == "closed":
        return log(1 - (1 + g) * (1 - w)) / log(w)

    def ahead(t: float) -> float:
        return 1 / (1 - w) - w * (1 - w**t) / (t * (1 - w) ** 2) - (1 + g)

    return float(brentq(ahead, 1e-6, 1e6))


def gossip_gain(q: float, w: float, g: float, m: float = 1.0, discount: float = 1.0) -> float:
    """Return what honesty gains per prospect if a prospect knows the exploiter with probability q.

    m/(1-δw) - (1-q)(m+g), which is above 0 iff 1-(1-q)(1-δw) > g/(m+g): the shadow of the future (repeat
    business) and reputation (being known to strangers) work alike (Nowak & Sigmund 1998).

    Examples
    --------
    >>> gossip_gain(0.0, 0.5, 1.0), gossip_gain(0.5, 0.5, 1.0)
    (0.0, 1.0)
    """
    return m / (1 - discount * w) - (1 - q) * (m + g)


def herd_shadow(n: int, g: float, m: float = 1.0, pay: str = "individual") -> float:
    """Return the δw above which honesty pays a member of a herd of n that shares its customers.

    A customer comes back to a member at random, so only one n-th of the future is one's own:
    m + (δw/n)·m/(1-δw) > m+g iff δw > n·g/(m+n·g). With ``pooled`` pay a n-th of everything is one's own, and
    with ``owned`` accounts all of one's own customers: n cancels (the commons of Hardin 1968).

    Examples
    --------
    >>> herd_shadow(5, 1.0), herd_shadow(5, 1.0, pay="pooled")
    (0.8333333333333334, 0.5)
    """
    sharers = n if pay == "individual" else 1
    return sharers * g / (m + sharers * g)


# -- firms and what is known of them --------------------------------------------------------------------

#: How far a random walk of normal steps overshoots a barrier on average, in standard deviations of a step: -ζ(½)/√(2π).
OVERSHOOT = 0.5826


def survival(months: float, cash: float, mean: float, spread: float) -> float:
    """Return the chance that a firm is still alive after so many months: cash never fell below 0.

    Cash is a random walk with independent monthly profits; Brownian motion with the same drift and variance passes
    0 at an inverse Gaussian time (Cox & Miller 1965, sec. 5.7):
    Φ((c+μt)/(σ√t)) - exp(-2μc/σ²)·Φ((μt-c)/(σ√t)). As cash is looked at once a month only, and is below 0 by
    then, the barrier lies lower by the mean overshoot of 0.5826 σ (Siegmund 1985, ch. X).

    Examples
    --------
    >>> round(survival(36, 5.0, 0.0, 1.0), 3), round(survival(1e6, 5.0, 0.1, 1.0), 3)
    (0.648, 0.673)
    """
    start = cash + OVERSHOOT * spread
    over, root = spread**2, spread * months**0.5
    alive = ndtr((start + mean * months) / root)
    return float(alive - exp(-2 * mean * start / over) * ndtr((mean * months - start) / root))


def known_by_record(x: float, weight: float, prior: float, brand_weight: float, seller_weight: float) -> float:
    """Return the trust of a stranger who looks up a long public record of mean experience x (bad weighs like good).

    The record counts like `weight` experiences heard of, of the person and, as the prior of that, of the firm: the
    Beta reputation of Jøsang & Ismail 2002, twice.

    Examples
    --------
    >>> known_by_record(1.0, 2.0, 0.5, 2.0, 2.0)
    0.875
    """
    firm = (weight * x + brand_weight * prior) / (weight + brand_weight)
    return (weight * x + seller_weight * firm) / (weight + seller_weight)


# -- evolution ----------------------------------------------------------------------------------------
