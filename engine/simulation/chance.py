"""Chance by counting: every choice of a dossier follows from its key, what is chosen, where, and for which time.

No generator has a state, so the order of events changes nothing: the same dossier makes the same choices in every
scenario (common random numbers). The numbers are SplitMix64's (G. L. Steele, D. Lea, C. H. Flood 2014).
"""

from __future__ import annotations

import math
from enum import IntEnum
from zlib import crc32

import numpy as np

from engine.compiled import compiled

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_A = np.uint64(0xBF58476D1CE4E5B9)
_B = np.uint64(0x94D049BB133111EB)
_30, _27, _31, _11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_ONE = np.uint64(1)


class Purpose(IntEnum):
    """What is chosen."""

    SERVICE = 0
    DELAY = 1
    OUTCOME = 2
    SUPPLEMENT = 3
    SUPPLEMENT_BROUGHT = 4
    SUPPLEMENT_TIME = 5
    SEND_BACK = 6
    INTAKE = 7
    INTAKE_SERVICE = 8
    APPLICANT_ANSWERS = 9
    APPLICANT_TIME = 10
    OPINION_SILENT = 11
    OPINION_POSITION = 12
    OBJECTION = 13
    OBJECTION_TIME = 14
    WITHDRAWS = 15
    WITHDRAWAL_TIME = 16
    UNASKED = 17
    MACHINE_TIME = 18
    APOLOGY = 19
    APOLOGY_TIME = 20
    EXTENSION = 21
    COLLECTS = 22
    COLLECTION_TIME = 23
    POLICY = 24
    """And the index of the policy."""
    POLICY_LENGTH = 1024
    """And the index of the policy."""


def place_of(code: str) -> int:
    """Return the number by which chance knows a place (a step's code); it does not depend on other steps."""
    return crc32(code.encode())


@compiled()
def mixed(z):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return 64 bits in which every bit depends on every bit of ``z``."""
    z = (z ^ (z >> _30)) * _A
    z = (z ^ (z >> _27)) * _B
    return z ^ (z >> _31)


@compiled()
def uniform(key, purpose, place, turn):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return a number in (0, 1), the same for the same dossier, purpose, place and turn."""
    z = mixed(key + _GOLDEN * (np.uint64(purpose) + _ONE))
    z = mixed(z + _GOLDEN * (np.uint64(place) + _ONE))
    z = mixed(z + _GOLDEN * (np.uint64(turn) + _ONE))
    return (np.float64(z >> _11) + 0.5) * 1.1102230246251565e-16


@compiled()
def normal_quantile(p):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return the quantile of the standard normal law (P. J. Acklam's rational functions, error below 1.2e-9)."""
    if p < 0.02425:
        q = math.sqrt(-2.0 * math.log(p))
        top = (((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838e00) * q
                 - 2.549732539343734e00) * q + 4.374664141464968e00) * q + 2.938163982698783e00)  # fmt: skip
        return top / ((((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996e00) * q
                       + 3.754408661907416e00) * q + 1.0)  # fmt: skip
    if p > 1.0 - 0.02425:
        return -normal_quantile(1.0 - p)
    q = p - 0.5
    r = q * q
    top = (((((-3.969683028665376e01 * r + 2.209460984245205e02) * r - 2.759285104469687e02) * r
             + 1.383577518672690e02) * r - 3.066479806614716e01) * r + 2.506628277459239e00) * q  # fmt: skip
    return top / (((((-5.447609879822406e01 * r + 1.615858368580409e02) * r - 1.556989798598866e02) * r
                    + 6.680131188771972e01) * r - 1.328068155288572e01) * r + 1.0)  # fmt: skip


@compiled()
def length(law, a, b, table, first, count, u):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled
    """Return the length that a law gives for ``u``; see `engine.simulation.model.Draw` (not negative).

    ``table[first : first + count]`` are its quantiles or values.
    """
    found = a
    if law == 1:
        found = a + (b - a) * u
    elif law == 2:
        found = -a * math.log1p(-u)
    elif law == 3:
        found = a * math.exp(b * normal_quantile(u))
    elif law == 4:
        x = u * (count - 1)
        i = min(int(x), count - 2)
        found = table[first + i] + (x - i) * (table[first + i + 1] - table[first + i])
    elif law == 5:
        found = table[first + min(int(u * count), count - 1)]
    return max(found, 0.0)
