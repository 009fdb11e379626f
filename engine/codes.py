"""Dossier numbers (mã hồ sơ) in their official shapes: agency code, day and serial of the day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from engine.errors import InputError

_SHAPE = re.compile(r"(?P<agency>[A-Z0-9]{3}(?:\.[A-Z0-9]{1,3}){0,9})-(?P<day>\d{6})-(?P<serial>\d{4,7})")
_LEVEL_1 = re.compile(r"[A-Z]\d{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierNo:
    """A dossier number taken apart.

    ``identifier`` is the agency code from the left (``H25.14``, QĐ 20/2020/QĐ-TTg art. 4) whichever order it was
    written in; ``reversed_order`` tells that it was written from the right and padded with zeros
    (``000.00.14.H25``, TT 01/2018/TT-VPCP art. 19). ``serial`` keeps its digits: four at most desks, up to seven at
    ministry portals, whose first two name the ministry.
    """

    identifier: str
    day: date
    serial: str
    reversed_order: bool

    @property
    def ministry(self) -> str:
        """The two digits that name the ministry where the serial has six or seven digits, else empty."""
        return self.serial[:2] if len(self.serial) >= 6 else ""


def parse_dossier_no(text: str) -> DossierNo:
    """Return a dossier number taken apart.

    Raises:
        InputError: another shape, or a day that does not exist.

    Example:
        >>> parse_dossier_no("000.00.14.H25-240715-0001").identifier
        'H25.14'
        >>> parse_dossier_no("H15.50.05.13-261008-0975").day.isoformat()
        '2026-10-08'
    """
    found = _SHAPE.fullmatch(text.strip().upper())
    if found is None:
        raise InputError(f"dossier number {text!r}: expected agency-yymmdd-serial, e.g. H61.12-260821-0007")
    year, month, day = (int(found["day"][at : at + 2]) for at in (0, 2, 4))
    try:
        received = date(2000 + year, month, day)
    except ValueError:
        raise InputError(f"dossier number {text!r}: {found['day']} is not a day (yymmdd)") from None
    groups = found["agency"].split(".")
    backwards = _LEVEL_1.fullmatch(groups[0]) is None and _LEVEL_1.fullmatch(groups[-1]) is not None
    if backwards:
        groups = [group for group in reversed(groups) if group.strip("0")]
    return DossierNo(identifier=".".join(groups), day=received, serial=found["serial"], reversed_order=backwards)


def format_dossier_no(identifier: str, day: date, serial: int) -> str:
    """Return the number of the ``serial``-th dossier that agency ``identifier`` received on ``day``.

    Raises:
        InputError: the serial is not within 1 … 9,999,999.

    Example:
        >>> format_dossier_no("H61.12", date(2026, 8, 21), 7)
        'H61.12-260821-0007'
    """
    if not 1 <= serial <= 9_999_999:
        raise InputError(f"serial {serial} of {identifier} on {day.isoformat()}: expected 1 to 9999999")
    return f"{identifier}-{day:%y%m%d}-{serial:04d}"
