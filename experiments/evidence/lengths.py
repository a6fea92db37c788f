"""The likelihood of a Gaussian process and its slope, cheap where there are many dials.

scikit-learn builds a matrix per dial for the slope; with 70 dials that is nearly all the time that a search for
lengths takes. Here the same numbers come from products of matrices (Rasmussen & Williams 2006, equation 5.9; the sum of
weighted squared distances is written out).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve, cholesky


@dataclass(frozen=True)
class Likelihood:
    """Minus the logarithm of the marginal likelihood of plane, bent surface and noise, as `emulator.kernel` has them.

    Attributes
    ----------
    places : numpy.ndarray
        Shape (points, dials).
    values, errors : numpy.ndarray
        Values and the known variances of their errors, shape (points,).
    """

    places: np.ndarray
    values: np.ndarray
    errors: np.ndarray

    def __call__(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the cost and its slope at logarithms of: plane, bent surface, lengths (one or one per dial), noise.

        A covariance that is not positive definite costs infinitely much.
        """
        plane, bent, *lengths, noise = np.exp(theta)
        scaled = self.places / np.array(lengths)
        squares = (scaled**2).sum(axis=1)
        straight = plane * (1.0 + self.places @ self.places.T)
        curved = bent * np.exp(-0.5 * np.maximum(squares[:, None] + squares - 2.0 * scaled @ scaled.T, 0.0))
        whole = straight + curved
        whole[np.diag_indices_from(whole)] += noise + self.errors
        try:
            factor = cholesky(whole, lower=True)
        except np.linalg.LinAlgError:
            return np.inf, np.zeros_like(theta)
        solved = cho_solve((factor, True), self.values)
        weight = np.outer(solved, solved) - cho_solve((factor, True), np.eye(len(self.values)))
        pull = weight * curved
        away = 2.0 * (pull.sum(axis=1) @ scaled**2 - (scaled * (pull @ scaled)).sum(axis=0))
        slope = [
            (weight * straight).sum(),
            pull.sum(),
            *(away if len(lengths) > 1 else [away.sum()]),
            noise * np.trace(weight),
        ]
        cost = 0.5 * self.values @ solved + np.log(np.diag(factor)).sum() + 0.5 * len(solved) * np.log(2.0 * np.pi)
        return float(cost), -0.5 * np.array(slope)
