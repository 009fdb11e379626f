"""From replications to answers: means with confidence intervals, and paired comparisons over common random numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95
"""Of all intervals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A figure over replications: mean, standard deviation between them, and a confidence interval of the mean.

    ``low`` and ``high`` are NaN with fewer than two replications; ``count`` is how many had the figure at all.
    """

    mean: float
    spread: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How much a figure changes from one scenario to another, replication by replication.

    ``p`` is that of a paired t-test (two-sided); common random numbers make the pairs alike but for what was changed.
    """

    base: float
    other: float
    difference: float
    low: float
    high: float
    p: float
    count: int

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return bool(self.low > 0 or self.high < 0)


def estimate(values: Sequence[float]) -> Estimate:
    """Return the mean of a figure over replications with its confidence interval (Student's t).

    Example:
        >>> one = estimate([1.0, 2.0, 3.0])
        >>> round(one.mean, 2), round(one.low, 2), round(one.high, 2)
        (2.0, -0.48, 4.48)
    """
    known = np.array([value for value in values if not np.isnan(value)], dtype=np.float64)
    if not known.size:
        nothing = float("nan")
        return Estimate(mean=nothing, spread=nothing, low=nothing, high=nothing, count=0)
    half = _half_width(known)
    mean = float(known.mean())
    spread = float(known.std(ddof=1)) if known.size > 1 else float("nan")
    return Estimate(mean=mean, spread=spread, low=mean - half, high=mean + half, count=int(known.size))


def compare(base: Sequence[float], other: Sequence[float]) -> Difference:
    """Return how a figure changes, by pairs of the same replication; pairs that lack it on either side are left out.

    Raises:
        ValueError: the two have different numbers of replications.
    """
    pairs = [(a, b) for a, b in zip(base, other, strict=True) if not (np.isnan(a) or np.isnan(b))]
    if not pairs:
        nothing = float("nan")
        return Difference(
            base=nothing, other=nothing, difference=nothing, low=nothing, high=nothing, p=nothing, count=0
        )
    first, second = (np.array(side, dtype=np.float64) for side in zip(*pairs, strict=True))
    change = second - first
    half = _half_width(change)
    mean = float(change.mean())
    return Difference(
        base=float(first.mean()),
        other=float(second.mean()),
        difference=mean,
        low=mean - half,
        high=mean + half,
        p=_p(change),
        count=len(pairs),
    )


def columns(replications: Sequence[Mapping[str, float]], *, missing: float = 0.0) -> dict[str, list[float]]:
    """Return figures by name, a value a replication; one a replication does not have is ``missing``."""
    names = dict.fromkeys(name for one in replications for name in one)
    return {name: [one.get(name, missing) for one in replications] for name in names}


def _half_width(values: NDArray[np.float64]) -> float:
    from scipy.stats import t

    if values.size < 2:
        return float("nan")
    error = values.std(ddof=1) / np.sqrt(values.size)
    return float(t.ppf(0.5 + CONFIDENCE / 2, values.size - 1) * error)


def _p(change: NDArray[np.float64]) -> float:
    from scipy.stats import t

    if change.size < 2:
        return float("nan")
    error = change.std(ddof=1) / np.sqrt(change.size)
    if error == 0.0:
        return 1.0 if not change.any() else 0.0
    return float(2 * t.sf(abs(change.mean()) / error, change.size - 1))
