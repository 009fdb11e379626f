"""Means, intervals and paired comparisons of replications."""

import math

import numpy as np
import pytest
from scipy import stats

from engine.simulation.statistics import columns, compare, estimate


def test_an_interval_is_students():
    values = [3.0, 4.5, 2.2, 5.1, 4.0]
    low, high = stats.t.interval(0.95, 4, loc=np.mean(values), scale=stats.sem(values))
    found = estimate(values)
    assert (found.low, found.high) == pytest.approx((low, high))
    assert (found.mean, found.count) == (pytest.approx(np.mean(values)), 5)


def test_one_replication_has_no_interval_and_none_no_mean():
    assert estimate([2.0]).mean == 2.0
    assert math.isnan(estimate([2.0]).low)
    assert estimate([]).count == 0
    assert estimate([float("nan"), 3.0]).mean == 3.0


def test_a_comparison_goes_pair_by_pair():
    base, other = [10.0, 20.0, 30.0, 40.0], [11.0, 21.5, 31.2, 40.8]
    found = compare(base, other)
    assert found.p == pytest.approx(stats.ttest_rel(other, base).pvalue)
    assert found.difference == pytest.approx(np.mean(np.subtract(other, base)))
    assert found.is_clear
    # Unpaired, the same two samples would show nothing.
    assert stats.ttest_ind(base, other).pvalue > 0.9


def test_what_is_the_same_does_not_differ():
    found = compare([1.0, 2.0], [1.0, 2.0])
    assert (found.difference, found.p, found.is_clear) == (0.0, 1.0, False)


def test_pairs_must_be_pairs():
    with pytest.raises(ValueError, match="zip"):
        compare([1.0], [1.0, 2.0])


def test_what_a_replication_does_not_have_is_nothing_of_it():
    assert columns([{"a": 1.0}, {"b": 2.0}]) == {"a": [1.0, 0.0], "b": [0.0, 2.0]}
