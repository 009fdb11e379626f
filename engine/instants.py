"""Instants: text, people's `pendulum.DateTime` and the engine's integer seconds, converted at one place.

Inside the engine an instant is an `int`: whole seconds since 1970-01-01T00:00:00Z. Fractions of a second
are floored: an act at 16:59:59.9 happened before closing at 17:00:00.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import pendulum
from pendulum.tz.exceptions import InvalidTimezone
from pendulum.tz.timezone import Timezone

from engine.errors import InputError

_SHAPE = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})"
    r"(?:[T ](?P<clock>\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)"
    r"\s?(?P<offset>Z|z|[+-]\d{2}(?::?\d{2})?)?)?",
    re.ASCII,
)
_EXPECTED = "write 2026-08-21 16:00, 2026-08-21T16:00:00+07:00, or 2026-08-21 for the start of that day"
_EPOCH_DAY = date(1970, 1, 1).toordinal()


@lru_cache(maxsize=64)
def zone_of(name: str) -> Timezone:
    """Return the zone called ``name`` in the IANA database.

    Raises:
        InputError: no such zone.
    """
    try:
        return Timezone(name)
    except (InvalidTimezone, ValueError, OSError):
        raise InputError(f"zone {name!r} is not in the IANA database; write for example Asia/Ho_Chi_Minh") from None


def parse_instant(text: str, zone: str) -> pendulum.DateTime:
    """Return the instant written in ``text``, shown in ``zone``.

    A text without an offset is local time of ``zone``; a bare date is its first instant. A local time that a
    summer-time change skips is refused (it never happened); one that occurs twice means the first of the two,
    and the second is written with its offset.

    Args:
        text: ``2026-08-21 16:00``, with ``T``, seconds, a fraction or an offset if wanted; or a bare date.
        zone: IANA name.

    Raises:
        InputError: another shape, no such day or hour, a local time skipped by summer time, or no such zone.

    Example:
        >>> parse_instant("2026-08-21 16:00", "Asia/Ho_Chi_Minh").isoformat()
        '2026-08-21T16:00:00+07:00'
        >>> parse_instant("2026-08-21T09:00Z", "Asia/Ho_Chi_Minh").isoformat()
        '2026-08-21T16:00:00+07:00'
    """
    local_zone = zone_of(zone)
    found = _SHAPE.fullmatch(text.strip())
    if found is None:
        raise InputError.of("instant_unreadable", f"instant {{text!r}} cannot be read: {_EXPECTED}", text=text)
    day, clock, offset = found["day"], found["clock"], found["offset"]
    try:
        plain = datetime.fromisoformat(f"{day}T{clock or '00:00'}")
        if offset is not None:
            aware = datetime.fromisoformat(f"{day}T{clock}{offset.upper()}")
            return _shown(aware.astimezone(UTC), local_zone)
        aware = plain.replace(tzinfo=local_zone)
        there_and_back = aware.astimezone(UTC).astimezone(local_zone)
    except (ValueError, OverflowError):
        raise InputError.of(
            "instant_impossible", f"instant {{text!r}} names no possible day or hour: {_EXPECTED}", text=text
        ) from None
    if there_and_back.replace(tzinfo=None) != plain:
        if clock is None:
            return _shown(aware.astimezone(UTC), local_zone)
        raise InputError(
            f"instant {text!r} never happened in {zone}: summer time skips it; after the change the clock read"
            f" {there_and_back:%H:%M}"
        )
    return _shown(aware.astimezone(UTC), local_zone)


def to_seconds(instant: datetime) -> int:
    """Return whole seconds since 1970-01-01T00:00:00Z, fractions floored.

    Raises:
        ValueError: ``instant`` is naive.

    Example:
        >>> to_seconds(pendulum.datetime(1970, 1, 2, tz="UTC"))
        86400
    """
    if instant.tzinfo is None:
        raise ValueError(f"{instant!r} has no zone: an instant must be aware")
    return math.floor(datetime.timestamp(instant))


def to_seconds_up(instant: datetime) -> int:
    """Return the first whole second that is not before ``instant``, for acts that are compared with a due instant.

    What happened 20 ms after a due instant is late; floored to the same second it would not be.

    Raises:
        ValueError: ``instant`` is naive.

    Example:
        >>> to_seconds_up(pendulum.datetime(1970, 1, 1, 0, 0, 9, 20_000, tz="UTC"))
        10
    """
    return to_seconds(instant) + (instant.microsecond > 0)


def to_datetime(seconds: int, zone: str) -> pendulum.DateTime:
    """Return the instant ``seconds`` after 1970-01-01T00:00:00Z, shown in ``zone`` (IANA name).

    Raises:
        InputError: no such zone.
        ValueError: outside the years 1 to 9999.

    Example:
        >>> to_datetime(86_400, "UTC").isoformat()
        '1970-01-02T00:00:00+00:00'
    """
    try:
        return _shown(datetime.fromtimestamp(seconds, UTC), zone_of(zone))
    except (OverflowError, OSError):
        raise ValueError(f"{seconds} seconds lie outside the years 1 to 9999") from None


def first_second(day: date, zone: Timezone) -> int:
    """Return the first instant of the date ``day`` in ``zone``, also where summer time skips midnight."""
    return local_seconds(day, 0, zone)


def local_seconds(day: date, seconds_of_day: int, zone: Timezone) -> int:
    """Return the instant at which the wall clock of ``zone`` shows ``seconds_of_day`` on ``day``.

    A skipped hour is moved past the gap; of a repeated one the first is meant.
    """
    local = datetime(day.year, day.month, day.day) + timedelta(seconds=seconds_of_day)  # noqa: DTZ001  made aware below
    offset = zone.utcoffset(local)
    if offset is None:
        raise ValueError(f"{zone!r} gives no offset at {local}")
    wall = (local.toordinal() - _EPOCH_DAY) * 86_400 + local.hour * 3_600 + local.minute * 60 + local.second
    return wall - int(offset.total_seconds())


def _shown(instant: datetime, zone: Timezone) -> pendulum.DateTime:
    local = instant.astimezone(zone)
    return pendulum.DateTime(
        local.year,
        local.month,
        local.day,
        local.hour,
        local.minute,
        local.second,
        local.microsecond,
        tzinfo=zone,
        fold=local.fold,
    )
