"""`simulate`: what a scenario comes to, and how another differs from it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from console.output import Column, write_rows
from console.wording.numbers import number, share
from console.wording.simulation import SIMULATION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from console.wording.days import Language
    from workflows.simulation.replications import Outcome

_FIGURES: Final = (
    *(
        "submitted",
        "received",
        "settled",
        "open",
        "on_time_by_date",
        "on_time_honest",
        "on_time_official",
        "on_time_by_instant",
    ),
    *("late_by_date", "late_by_instant", "open_late", "late_hours", "days_mean", "days_median", "days_p90"),
    *("wait_hours", "wait_contention", "wait_unavailability", "wait_batching", "wait_prioritisation"),
    *("wait_extraneous", "supplements", "hand_overs"),
)
_OF_AGENCY: Final = ("utilisation", "queue", "late_hours", "late_outside_hours", "late_dossiers")
_SHARES: Final = ("on_time_by_date", "on_time_honest", "on_time_official", "on_time_by_instant", "utilisation")
MOST: Final = 25
"""Agencies people get; programs get all."""


def document(outcome: Outcome, others: Sequence[Outcome] = ()) -> dict[str, Any]:
    """Return estimates and comparisons as JSON values; figures are those of `engine.simulation.measures`."""
    scenario = outcome.scenario
    return {
        "scenario": scenario.scenario,
        "title": {"vi": scenario.title.vi, "en": scenario.title.en},
        "seed": outcome.seed,
        "replications": len(outcome.replications),
        "figures": {name: _plain(one) for name, one in outcome.estimates().items()},
        "compared": [
            {
                "scenario": other.scenario.scenario,
                "title": {"vi": other.scenario.title.vi, "en": other.scenario.title.en},
                "figures": {
                    name: _plain(one) | {"is_clear": one.is_clear} for name, one in other.against(outcome).items()
                },
            }
            for other in others
        ],
    }


def _plain(one: Any) -> dict[str, float | int | None]:  # noqa: ANN401  an Estimate or a Difference
    return {
        name: None if isinstance(value := getattr(one, name), float) and not math.isfinite(value) else value
        for name in one.__slots__
    }


def tell(found: Mapping[str, Any], lang: Language) -> None:
    """Print the answers for people."""
    print(_say("heading", lang, title=found["title"][lang], count=found["replications"], seed=found["seed"]))
    print(f"\n{_say('figures', lang)}")
    figures = found["figures"]
    rows = [
        {
            "figure": _say(name, lang),
            "mean": _shown(name, figures[name]["mean"], lang),
            "interval": _interval(name, figures[name], lang),
        }
        for name in _FIGURES
        if name in figures
    ]
    _table(rows, ("figure", "mean", "interval"), lang)
    agencies = _by_agency(figures, "mean")
    if agencies:
        print(f"\n{_say('agencies', lang)}")
        ranked = sorted(agencies.items(), key=lambda one: -(one[1].get("late_hours") or 0))[:MOST]
        _table(
            [{"agency": code} | {key: _shown(key, own.get(key), lang) for key in _OF_AGENCY} for code, own in ranked],
            ("agency", *_OF_AGENCY),
            lang,
        )
    for other in found["compared"]:
        _tell_difference(found, other, lang)


def _tell_difference(found: Mapping[str, Any], other: Mapping[str, Any], lang: Language) -> None:
    print(f"\n{other['title'][lang]}. {_say('compared', lang, base=found['title'][lang])}")
    figures = other["figures"]
    _table(
        [_line(name, _say(name, lang), figures[name], lang) for name in _FIGURES if name in figures],
        ("figure", "base", "other", "difference", "interval", "is_clear"),
        lang,
    )
    clear = [
        (name, one)
        for name, one in figures.items()
        if "/" in name and one["is_clear"] and name.partition("/")[0] in {"late_hours", "late_outside_hours"}
    ]
    clear.sort(key=lambda pair: -abs(pair[1]["difference"]))
    print(f"\n{_say('who_pays', lang)}")
    if not clear:
        print(f"  {_say('nothing_clear', lang)}")
        return
    rows = []
    for name, one in clear[:MOST]:
        key, _, agency = name.partition("/")
        rows.append({"agency": agency} | _line(key, _say(key, lang), one, lang))
    _table(rows, ("agency", "figure", "base", "other", "difference", "interval"), lang)


def _line(name: str, title: str, one: Mapping[str, Any], lang: Language) -> dict[str, object]:
    return {
        "figure": title,
        "base": _shown(name, one["base"], lang),
        "other": _shown(name, one["other"], lang),
        "difference": _shown(name, one["difference"], lang),
        "interval": _interval(name, one, lang),
        "is_clear": _say("yes" if one["is_clear"] else "no", lang),
    }


def tell_frontier(steps: Sequence[Mapping[str, Any]], lang: Language) -> None:
    """Print where officers were added, one by one."""
    print(_say("frontier", lang))
    rows = [
        {
            "added": step["agency"] or "-",
            "late": number(step["late"], lang, 1),
            "interval": _interval("late", step, lang),
        }
        for step in steps
    ]
    _table(rows, ("added", "late", "interval"), lang)


def by_agency(figures: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Return the means of agencies' figures, by agency."""
    return _by_agency(figures, "mean")


def _by_agency(figures: Mapping[str, Any], value: str) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for name, one in figures.items():
        key, _, agency = name.partition("/")
        if agency:
            found.setdefault(agency, {})[key] = one[value]
    return found


def _shown(name: str, value: float | None, lang: Language) -> str | None:
    if value is None:
        return None
    return share(value, lang) if name in _SHARES else number(value, lang, 1)


def _interval(name: str, one: Mapping[str, Any], lang: Language) -> str | None:
    if one["low"] is None:
        return None
    return f"{_shown(name, one['low'], lang)} … {_shown(name, one['high'], lang)}"


def _say(key: str, lang: Language, **values: object) -> str:
    return SIMULATION[key].say(lang, **values)


def _table(rows: Sequence[Mapping[str, object]], keys: Sequence[str], lang: Language) -> None:
    left = {"figure", "agency", "added", "is_clear"}
    write_rows(rows, [Column(key, _say(key, lang), right=key not in left) for key in keys])
