"""The box *in one minute*: the figures that matter most, each a large number and the sentence that completes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from console.report.sections.bunching import CROWD
from console.report.sections.lateness import settled_late
from console.report.sections.waiting import largest
from console.wording.waiting import WAITING

if TYPE_CHECKING:
    from console.report.documents import Documents
    from console.report.voice import Voice


class Key(NamedTuple):
    """A large figure, the sentence it begins, and the section that tells more."""

    figure: str
    sentence: str
    section: str


def key_figures(found: Documents, voice: Voice) -> list[Key]:
    """Return the key figures; where the source does not tell one, another sentence says so."""
    keys: list[Key | None] = [
        _dossiers(found, voice),
        *_lateness(found, voice),
        _near(found, voice),
        _ping(found, voice),
    ]
    keys += [_waiting(found, voice), _signals(found, voice)]
    return [key for key in keys if key is not None]


def _dossiers(found: Documents, voice: Voice) -> Key:
    late = found.lateness
    first, last = found.period or (late["judged_at"], late["judged_at"])
    sentence = voice.say(
        "minute_dossiers" if late["ended"] else "minute_unended",
        first=voice.day(first),
        last=voice.day(last),
        ended=voice.number(late["ended"]),
        open=voice.number(late["open"]),
        at=voice.day(late["judged_at"]),
    )
    return Key(voice.number(late["dossiers"]), sentence, "lateness")


def _lateness(found: Documents, voice: Voice) -> list[Key]:
    late = found.lateness
    if not found.has_due:
        return [Key("0", voice.say("minute_no_due"), "lateness")]
    keys = []
    if late["late_of"]:
        instant = voice.number(late["counting"]["instant"]["honest"]["overdue"])
        for way in ("honest", "official"):
            overdue, of = settled_late(late, way)
            told = {"late": voice.number(overdue), "of": voice.number(of), "instant": instant}
            keys.append(Key(voice.share(overdue, of), voice.say(f"minute_late_{way}", **told), "lateness"))
    if open_of := late["open_overdue_of"]:
        sentence = voice.say("minute_open", of=voice.number(open_of), at=voice.day(late["judged_at"]))
        keys.append(Key(voice.number(late["open_overdue"]), sentence, "lateness"))
    charged = late["attribution"]
    if charged["seconds"]:
        inside = sum(one["inside_seconds"] for one in charged["agencies"] if one["agency"])
        share = voice.share(inside, charged["seconds"])
        sentence = voice.say("minute_charged", dossiers=voice.number(charged["dossiers"]), share=share)
        keys.append(Key(voice.number(charged["seconds"] / 3600), sentence, "attribution"))
    return keys


def _near(found: Documents, voice: Voice) -> Key | None:
    one = found.bunching
    if not one["ends"] or not one["beside"]:
        return None
    is_crowded = one["peak"] >= CROWD * one["beside"]
    sentence = voice.say(
        "minute_near" if is_crowded else "minute_near_none",
        peak=voice.number(one["peak"]),
        near=voice.number(one["near"]),
        ends=voice.number(one["ends"]),
        ratio=voice.number(one["peak"] / one["beside"], 1),
    )
    return Key(voice.share(one["near"], one["ends"]), sentence, "bunching")


def _ping(found: Documents, voice: Voice) -> Key | None:
    ping = found.ping_pong
    if not ping["handovers"]:
        return None
    triples = ping["triples"]
    sentence = voice.say(
        "minute_ping",
        dossiers=voice.number(triples["dossiers"]),
        handovers=voice.number(ping["handovers"]),
        apart=voice.number(triples["with_applicant"] + triples["by_design"]),
    )
    return Key(voice.number(triples["total"]), sentence, "handovers")


def _waiting(found: Documents, voice: Voice) -> Key | None:
    waits = found.waiting
    if not waits["office"]:
        return None
    cause, one = largest(waits)
    told = {"cause": WAITING[cause].say(voice.lang), "hours": voice.number(waits["office"] / 3600)}
    sentence = voice.say("minute_unexplained" if cause == "extraneous" else "minute_waiting", **told)
    return Key(voice.share(one["share_office"]), sentence, "waiting")


def _signals(found: Documents, voice: Voice) -> Key:
    concerned = {one["agency"] for one in found.signals["signals"]}
    phrase = "minute_signals" if concerned else "minute_no_signals"
    sentence = voice.say(phrase, agencies=voice.number(len(concerned)))
    return Key(voice.number(found.signals["signals_total"]), sentence, "signals")
