"""A writer of its own process: reads, decides, appends; when stale, reads again and decides again."""

import json
import sys
import time
from datetime import date

from engine.dossier import evolve
from engine.errors import StaleVersionError
from engine.events import Urged
from store import AlreadyRecorded, Change, Store, open_store


def urge(store: Store, number: str, reason: str, command_id: str) -> Change:
    dossier = store.load(number)
    expected = dossier.version
    at = dossier.last_at + 1
    time.sleep(0.0005)  # deciding takes a moment, in which others write
    fact = Urged(occurred_at=at, recorded_at=at, hold=1, reason=reason)
    evolve(dossier, fact)
    return Change(dossier=dossier, facts=[fact], expected=expected, command_id=command_id)


def one_by_one(store: Store, number: str, who: str, times: int) -> dict[str, int]:
    counts = {"recorded": 0, "stale": 0, "repeated": 0}
    for n in range(times):
        while True:
            try:
                store.append(urge(store, number, f"{who} {n}", f"{who}-{number}-{n}"))
            except StaleVersionError:
                counts["stale"] += 1
                continue
            except AlreadyRecorded:
                counts["repeated"] += 1
            else:
                counts["recorded"] += 1
            break
    return counts


def in_batches(store: Store, who: str, times: int) -> dict[str, int]:
    names = [row.dossier_id for row in store.register()]
    counts = {"recorded": 0, "stale": 0, "repeated": 0}
    for n in range(times):
        left = names
        while left:
            report = store.append_many([urge(store, name, f"{who} {n}", "") for name in left])
            counts["recorded"] += report.facts
            counts["stale"] += len(report.stale)
            behind = {error.dossier for error in report.stale}
            left = [name for name in left if store.row(name).name in behind]
    return counts


def main() -> None:
    url, number, who, times = sys.argv[1:]
    with open_store(url, create=False) as store:
        print("ready", flush=True)
        sys.stdin.readline()
        if number == "serial":
            serials = [store.next_serial("H61.12", date(2026, 8, 21)) for _ in range(int(times))]
            print(json.dumps({"serials": serials}))
        elif number == "*":
            print(json.dumps(in_batches(store, who, int(times))))
        else:
            print(json.dumps(one_by_one(store, number, who, int(times))))


if __name__ == "__main__":
    main()
