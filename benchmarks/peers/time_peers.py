"""Runs inside the peers' own environment: measures business-duration, businesstimedelta and pandas, prints JSON.

Reads one JSON object from stdin: {"pairs": [[start, end], ...] as "YYYY-MM-DD HH:MM:SS" local texts,
"hours": whole office hours to add to each start, "off": ["YYYY-MM-DD", ...], "seconds": time to spend on each peer}.
One window a day, 08:00 to 16:00, Monday to Friday: the only shape that all of them can express. Rates are calls in a
second of processor time, so that a busy machine falls on all alike.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable
from datetime import date, datetime
from datetime import time as clock
from typing import Any


def rate(function: Callable[[Any, Any], float], arguments: list[tuple[Any, Any]], budget: float) -> dict[str, object]:
    """Call over and over for ``budget`` seconds; return the best of five rounds as a rate, and the first answers."""
    first = [function(*pair) for pair in arguments[:10]]
    best = 0.0
    last_start = time.monotonic() + 2 * budget
    for _ in range(5):
        if time.monotonic() > last_start:
            break
        count, began = 0, time.process_time()
        while (spent := time.process_time() - began) < budget / 5 or not count:
            function(*arguments[count % len(arguments)])
            count += 1
        best = max(best, count / spent)
    return {"per_second": best, "first_hours": first}


def main() -> None:
    warnings.simplefilter("ignore")
    order = json.load(sys.stdin)
    pairs = [tuple(datetime.fromisoformat(text) for text in pair) for pair in order["pairs"]]
    lengths = [(a, hours) for (a, _), hours in zip(pairs, order["hours"], strict=True)]
    off = [date.fromisoformat(text) for text in order["off"]]
    found: dict[str, object] = {}
    budget = order["seconds"]

    try:
        from business_duration import businessDuration

        listed = dict.fromkeys(off, "off")
        found["business-duration between"] = rate(
            lambda a, b: businessDuration(a, b, clock(8), clock(16), holidaylist=listed, unit="hour"), pairs, budget
        )
    except ImportError as error:
        found["business-duration between"] = {"absent": str(error)}

    try:
        import businesstimedelta

        rules = businesstimedelta.Rules(
            [
                businesstimedelta.WorkDayRule(start_time=clock(8), end_time=clock(16), working_days=[0, 1, 2, 3, 4]),
                businesstimedelta.HolidayRule(set(off)),
            ]
        )

        def difference(a: datetime, b: datetime) -> float:
            length = rules.difference(a, b)
            return length.hours + length.seconds / 3600

        found["businesstimedelta between"] = rate(difference, pairs, budget)
        found["businesstimedelta add"] = rate(
            lambda a, h: (a + businesstimedelta.BusinessTimeDelta(rules, hours=h)).timestamp() / 3600, lengths, budget
        )
    except ImportError as error:
        found["businesstimedelta between"] = {"absent": str(error)}

    try:
        import pandas as pd

        hours = pd.offsets.CustomBusinessHour(start="08:00", end="16:00", holidays=off)
        stamps = [(pd.Timestamp(a), h) for a, h in lengths if h]
        found["pandas CustomBusinessHour add"] = rate(lambda a, h: (a + hours * h).timestamp() / 3600, stamps, budget)
    except ImportError as error:
        found["pandas CustomBusinessHour add"] = {"absent": str(error)}
    json.dump(found, sys.stdout)


main()
