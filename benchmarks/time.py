"""How fast working time is counted, against other libraries and against plain numpy, all measured in one run.

Scalar: `between` and `add` over gaps of a little more than a year, on integer seconds and on aware datetimes, with the
calendar that the peers can express too (one window a day, holidays). Bars: at least 250 times business-duration and
10,000 times businesstimedelta on integers, half of that on datetimes. Arrays: a million pairs over a year on `vn`; bar:
at least 3 times `numpy.searchsorted` on prefix sums, one core each. Answers are compared as well. Peers live in
`.bench/time`, built by `make bench-setup`; one that is absent is reported as absent and judges nothing. Rates are calls
in a second of processor time, so that a busy machine falls on all alike.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from engine.calendar import DatedDay, WorkingCalendar
from engine.instants import to_datetime
from procedures.calendars import load_calendar

HOUR = 3600
ZONE = "Asia/Ho_Chi_Minh"
PAIRS = 50_000
ARRAY = 1_000_000
ROUNDS = 5
PEER_SECONDS = 1.5
PEER_PATIENCE = 25
BARS = {"business-duration between": 250, "businesstimedelta between": 10_000, "businesstimedelta add": 10_000}
ARRAY_BAR = 3.0
PEERS = Path(__file__).with_name("peers")
PEER_PYTHON = Path(__file__).parents[1] / ".bench" / "time" / "bin" / "python"


def shared_calendar() -> WorkingCalendar:
    """Return the one shape all peers can express: 08:00 to 16:00, Monday to Friday, with the holidays of `vn`."""
    vn = load_calendar("vn")
    off = [day for day in vn.facts.days_off if day.day.weekday() < 5]
    return WorkingCalendar.build(
        code="shared",
        zone=ZONE,
        first_day=date(2025, 1, 1),
        last_day=date(2027, 12, 31),
        week=[[(8 * HOUR, 16 * HOUR)]] * 5 + [[], []],
        days_off=[
            DatedDay(day=one.day, name_vi=one.name_vi, name_en=one.name_en, source=one.source)
            for one in off
            if one.day.year >= 2025
        ],
    )


def best_rate(call: Callable[[], object], count: int) -> float:
    """Return the calls a second of the best of some rounds, each doing ``count`` of them."""
    best = float("inf")
    for _ in range(ROUNDS):
        begin = time.process_time()
        call()
        best = min(best, time.process_time() - begin)
    return count / best


def scalar(calendar: WorkingCalendar, starts: list[int], ends: list[int]) -> dict[str, float]:
    """Return rates of the four scalar faces."""
    between, add = calendar.seconds_between, calendar.add_seconds
    lengths = [between(a, b) for a, b in zip(starts, ends, strict=True)]
    some = PAIRS // 5
    first = [to_datetime(a, ZONE) for a in starts[:some]]
    last = [to_datetime(b, ZONE) for b in ends[:some]]
    deltas = [timedelta(seconds=length) for length in lengths[:some]]

    def loop(function: Callable[[Any, Any], object], a: list[Any], b: list[Any]) -> Callable[[], object]:
        def run() -> None:
            for x, y in zip(a, b, strict=True):
                function(x, y)

        return run

    return {
        "between_int": best_rate(loop(between, starts, ends), PAIRS),
        "add_int": best_rate(loop(add, starts, lengths), PAIRS),
        "between_datetime": best_rate(loop(calendar.between, first, last), some),
        "add_datetime": best_rate(loop(calendar.add, first, deltas), some),
    }


def arrays(calendar: WorkingCalendar, rng: np.random.Generator) -> dict[str, float]:
    """Return pairs a second of our array face and of plain `searchsorted`, on the same pairs."""
    midnights = calendar.table.midnights
    year = 366 * 86_400
    starts = rng.integers(midnights[6 * 366], midnights[6 * 366] + year, ARRAY)
    ends = starts + rng.integers(0, year, ARRAY)
    opens = np.array(calendar.table.opens)
    shift = np.array(calendar.table.shift)
    until = np.array(calendar.table.until)

    def passed(at: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        window = np.searchsorted(opens, at, side="right") - 1
        return np.minimum(at + shift[window], until[window])

    def plain() -> np.ndarray[Any, Any]:
        return passed(ends) - passed(starts)

    lengths = calendar.between_many(starts, ends)
    if not (lengths == plain()).all():
        raise SystemExit("the array face and plain searchsorted disagree")
    return {
        "between_many": best_rate(lambda: calendar.between_many(starts, ends), ARRAY),
        "add_many": best_rate(lambda: calendar.add_many(starts, lengths), ARRAY),
        "numpy_searchsorted": best_rate(plain, ARRAY),
    }


def peers(calendar: WorkingCalendar, starts: list[int], ends: list[int]) -> dict[str, dict[str, Any]]:
    """Return what each peer did in its own environment, with how many of its first answers agree with ours."""
    if not PEER_PYTHON.exists():
        return {name: {"absent": "run `make bench-setup`"} for name in BARS}
    order = {
        "pairs": [
            [to_datetime(at, ZONE).format("YYYY-MM-DD HH:mm:ss") for at in pair]
            for pair in zip(starts[:200], ends[:200], strict=True)
        ],
        "hours": [calendar.seconds_between(a, b) // HOUR for a, b in zip(starts[:200], ends[:200], strict=True)],
        "off": [day.day.isoformat() for day in calendar.facts.days_off],
        "seconds": PEER_SECONDS,
    }
    try:
        done = subprocess.run(
            [str(PEER_PYTHON), str(PEERS / "time_peers.py")],
            input=json.dumps(order),
            capture_output=True,
            text=True,
            check=False,
            timeout=PEER_PATIENCE,
        )
    except subprocess.TimeoutExpired:
        return {name: {"absent": f"no answer within {PEER_PATIENCE} s"} for name in BARS}
    if done.returncode:
        why = done.stderr.strip().rsplit("\n", 1)[-1]
        return {name: {"absent": f"failed: {why}"} for name in BARS}
    found: dict[str, dict[str, Any]] = json.loads(done.stdout)
    ours = [calendar.seconds_between(a, b) / HOUR for a, b in zip(starts, ends, strict=True)]
    for name, peer in found.items():
        answers = peer.pop("first_hours", [])
        if name.endswith("between"):
            peer["answers_agree"] = sum(abs(x - y) < 0.01 for x, y in zip(answers, ours, strict=False))
            peer["answers_compared"] = len(answers)
    return found


def measure() -> dict[str, object]:
    rng = np.random.default_rng(20_260_821)
    calendar = shared_calendar()
    begin = calendar.table.midnights[31]
    starts = (begin + rng.integers(0, 366 * 86_400, PAIRS)).tolist()
    ends = [a + gap for a, gap in zip(starts, rng.integers(366 * 86_400, 400 * 86_400, PAIRS).tolist(), strict=True)]
    ours = scalar(calendar, starts, ends)
    vector = arrays(load_calendar("vn"), rng)
    theirs = peers(calendar, starts, ends)
    ratios: dict[str, dict[str, float | bool]] = {}
    for name, bar in BARS.items():
        rate = theirs.get(name, {}).get("per_second")
        if not rate:
            continue
        faces = ("between", "add") if name == "business-duration between" else (name.rsplit(" ", 1)[1],)
        for face in faces:
            for kind, wanted in (("int", bar), ("datetime", bar / 2)):
                ratio = ours[f"{face}_{kind}"] / rate
                ratios[f"{face} {kind} / {name}"] = {"ratio": round(ratio, 1), "bar": wanted, "ok": ratio >= wanted}
    ratio = vector["between_many"] / vector["numpy_searchsorted"]
    ratios["between_many / numpy"] = {"ratio": round(ratio, 1), "bar": ARRAY_BAR, "ok": ratio >= ARRAY_BAR}
    return {
        "benchmark": "time",
        "ours_per_second": {name: round(rate) for name, rate in (ours | vector).items()},
        "peers_per_second": theirs,
        "ratios": ratios,
        "ok": all(entry["ok"] for entry in ratios.values()),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines for people")
    as_json = parser.parse_args().json
    found = measure()
    if as_json:
        print(json.dumps(found))
    else:
        for part in ("ours_per_second", "peers_per_second", "ratios"):
            print(part)
            for name, value in dict(found[part]).items():  # type: ignore[call-overload]  # three dicts of dicts
                print(f"  {name:48}  {value}")
    return 0 if found["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
