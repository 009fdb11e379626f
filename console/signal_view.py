"""A signal for readers: rule and law, evidence in sentences, what speaks against it, what was said, how it ended.

Whose conduct it is is named to those who ask for internal detail, or once the signal is closed and upheld; other people
and what they wrote freely only to the former; else every officer's
code reads "an officer", and the reasons people gave in facts of evidence stay out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import msgspec

from console.names import Names
from console.wording.facts import present
from console.wording.judging import EXCUSES, LEVELS, SEVERITIES
from console.wording.laws import cited
from console.wording.numbers import number
from console.wording.parameters import parameter_text
from console.wording.phrases import called, moment, say
from console.wording.signals import CERTAINTIES, COUNTERS, STATES, VERDICTS, word
from engine import events as ev
from engine.dossier import replay
from engine.errors import MotcuaError
from engine.instants import to_datetime
from engine.review import open_now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from console.wording.days import Language
    from engine.responsibility.signal import SignalRule
    from engine.review import SignalFile
    from store import Store
    from workflows.rulebook import Rulebook

_LINE = 100
"""Columns of a value before it goes on in the next line."""

_PERSONS = ("by", "officer", "confirmed_by")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads: in which language and zone, and whether people are named to him."""

    rulebook: Rulebook
    rules: Mapping[str, SignalRule]
    lang: Language
    zone: str
    is_internal: bool = False

    def sees_officers(self, file: SignalFile) -> bool:
        """Whether the officers whose conduct it is are named to him; all other people only for internal detail."""
        return self.is_internal or file.may_name

    def title(self, code: str) -> str:
        """Return what a signal's code is called; a rule that is no more keeps its code."""
        rule = self.rules.get(code)
        return code if rule is None else getattr(rule.name, self.lang)

    def iso(self, seconds: int | None) -> str | None:
        """Return an instant with its offset."""
        return None if seconds is None else to_datetime(seconds, self.zone).isoformat()


def line(file: SignalFile, reader: Reader) -> dict[str, Any]:
    """Return a signal as one line of the list."""
    raised = file.raised
    return {
        "signal": file.name,
        "code": raised.code,
        "name": reader.title(raised.code),
        "agency": file.agency,
        "level": raised.level,
        "severity": raised.severity,
        "state": file.state.value,
        "is_overdue": file.is_overdue,
        "raised": reader.iso(raised.occurred_at),
        "due": reader.iso(file.due),
        "verdict": file.verdict or None,
    }


def document(store: Store, file: SignalFile, reader: Reader, now: int) -> dict[str, Any]:
    """Return everything a reader may know of a signal as JSON values."""
    raised, sees = file.raised, reader.is_internal
    hide = (lambda text: text) if sees else _without_officers(reader)
    names = _names(Names(reader.rulebook, reader.lang), reader)
    history = store.read(raised.signal_id)
    return {
        **line(file, reader),
        "signal_id": raised.signal_id,
        "agency_name": Names(reader.rulebook, reader.lang)(file.agency),
        "confidence": raised.confidence,
        "rule": _rule(raised, reader),
        "total": raised.total,
        "evidence": list(_evidence(store, raised, reader, sees=sees)),
        "counter": raised.counter,
        "explanations": [
            {
                "at": reader.iso(said.occurred_at),
                "agency": said.agency,
                "facts": list(said.facts),
            }
            | ({"by": said.by, "reason": said.reason, "remedy": said.remedy} if sees else {})
            for said in file.explanations
        ],
        "reviews": [
            {
                "at": reader.iso(review.occurred_at),
                "agency": review.agency,
                "verdict": review.verdict,
            }
            | ({"by": review.by, "reason": review.reason} if sees else {})
            for review in file.reviews
        ],
        "closed": None if file.closed is None else reader.iso(file.closed.occurred_at),
        "history": [
            {
                "version": version,
                "at": reader.iso(fact.occurred_at),
                "kind": ev.kind_of(fact),
                "sentence": hide(
                    present(_public(fact, sees=sees), reader.lang, zone=reader.zone, name=names(None if sees else fact))
                ),
            }
            for version, fact in enumerate(history, 1)
        ],
        "open_now": list(open_now(file, now)),
        **({"officers": list(raised.officers)} if reader.sees_officers(file) else {}),
    }


def told(found: dict[str, Any], reader: Reader) -> Iterator[str]:
    """Yield the lines that tell a signal to people, from its document."""
    lang, rule = reader.lang, found["rule"]

    def shown(text: str | None) -> str:
        return "-" if text is None else _moment(text, reader)

    state = called(STATES, found["state"], lang)
    if found["is_overdue"] and found["state"] == "notified":
        state += f", {word('overdue', lang)}"
    pairs = [
        (word("number", lang), found["signal"]),
        (word("name", lang), f"{found['code']}  {found['name']}"),
        (word("agency", lang), f"{found['agency_name']} ({found['agency']})"),
        (
            word("severity", lang),
            f"{called(SEVERITIES, found['severity'], lang)}, {called(LEVELS, found['level'], lang)}",
        ),
        (word("state", lang), state),
        (word("raised", lang), shown(found["raised"])),
        (word("due", lang), shown(found["due"])),
        (word("confidence", lang), number(found["confidence"], lang, 2)),
    ]
    if "officers" in found:
        pairs.append((word("officers", lang), ", ".join(found["officers"]) or word("none", lang)))
    if found["verdict"]:
        pairs.append((word("verdict", lang), called(VERDICTS, found["verdict"], lang)))
    pairs += [
        (
            word("law", lang),
            f"{cited(rule['basis'], lang)} [{rule['certainty']}: {called(CERTAINTIES, rule['certainty'], lang)}]",
        ),
        (word("rule", lang), rule["explained"]),
        (
            word("parameters", lang),
            "; ".join(parameter_text(name, one, lang) for name, one in rule["parameters"].items()) or "-",
        ),
    ]
    wide = max(len(name) for name, _ in pairs)
    for name, value in pairs:
        first, *rest = wrap(value, _LINE) or ["-"]
        yield f"{name.ljust(wide)}  {first}"
        yield from (f"{' ' * wide}  {more}" for more in rest)
    yield ""
    yield word("evidence", lang, shown=len(found["evidence"]), total=found["total"])
    for one in found["evidence"]:
        yield f"  {one['dossier']}/{one['version']}  {_moment(one['at'], reader)}  {one['sentence']}"
    yield ""
    yield word("counter", lang)
    figures = [f"  {_counter_name(name, lang)}: {_figure(value, lang)}" for name, value in found["counter"].items()]
    yield from figures or [f"  {word('none', lang)}"]
    yield ""
    yield word("history", lang)
    yield from (f"  {_moment(one['at'], reader)}  {one['sentence']}" for one in found["history"])
    yield ""
    is_open = ", ".join(word(f"open_{name}", lang) for name in found["open_now"]) or say("nothing_open", lang)
    yield f"{word('open_now', lang)}: {is_open}"
    if not reader.is_internal:
        yield f"({word('without_reason', lang)})"


def _public(fact: ev.Fact, *, sees: bool) -> ev.Fact:
    """Return a fact without what people wrote freely, in which anybody may be named."""
    if sees:
        return fact
    written = [name for name in ("reason", "remedy", "detail") if hasattr(fact, name)]
    return msgspec.structs.replace(fact, **dict.fromkeys(written, ""))


def _rule(raised: ev.SignalRaised, reader: Reader) -> dict[str, Any]:
    """Return the rule in words, with its numbers then; ``has_changed`` tells that it reads otherwise now."""
    from workflows.signal_facts import digest_of

    rule = reader.rules.get(raised.code)
    return {
        "basis": raised.legal_basis,
        "certainty": "K" if rule is None else rule.certainty,
        "explained": "-" if rule is None else " ".join(str(getattr(rule.explained, reader.lang)).split()),
        "digest": raised.rule,
        "has_changed": rule is None or digest_of(rule) != raised.rule,
        "parameters": raised.parameters,
    }


def _evidence(store: Store, raised: ev.SignalRaised, reader: Reader, *, sees: bool) -> Iterator[dict[str, Any]]:
    """Yield each occurrence with the sentence of its fact."""
    histories: dict[str, Sequence[ev.Fact]] = {}
    for one in raised.evidence:
        if one.dossier_id not in histories:
            try:
                histories[one.dossier_id] = store.read(one.dossier_id)
            except MotcuaError:
                histories[one.dossier_id] = ()
        facts = histories[one.dossier_id]
        sentence = one.detail
        if 0 < one.version <= len(facts):
            fact = facts[one.version - 1]
            names = _names(Names.of(reader.rulebook, reader.lang, replay(facts)), reader)
            said = fact if sees else msgspec.structs.replace(fact, reason="")
            sentence = present(said, reader.lang, zone=reader.zone, name=names(None if sees else fact))
        yield {
            "dossier": one.dossier,
            "dossier_id": one.dossier_id,
            "version": one.version,
            "hold": one.hold,
            "at": reader.iso(one.at),
            "measure": one.measure,
            "detail": one.detail or None,
            "sentence": sentence,
        }


def _names(names: Names, reader: Reader) -> Callable[[ev.Fact | None], Callable[[str], str]]:
    """Return what gives the names to tell a fact by: all of them, or (given the fact) those of agencies alone."""

    def of(hidden: ev.Fact | None) -> Callable[[str], str]:
        persons = set() if hidden is None else {getattr(hidden, name, "") for name in _PERSONS}

        def name(code: str) -> str:
            is_person = hidden is not None and (code in persons or code in reader.rulebook.directory.officers)
            return word("officer", reader.lang) if is_person else names(code)

        return name

    return of


def _without_officers(reader: Reader) -> Callable[[str], str]:
    """Return what replaces officers' codes in a text people wrote."""
    officers = reader.rulebook.directory.officers
    shape = re.compile(r"[\w.]*\w")

    def hide(text: str) -> str:
        return shape.sub(lambda found: word("officer", reader.lang) if found[0] in officers else found[0], text)

    return hide


def _moment(text: str, reader: Reader) -> str:
    from engine.instants import parse_instant, to_seconds

    return moment(to_seconds(parse_instant(text, reader.zone)), reader.zone, reader.lang)


def _counter_name(name: str, lang: Language) -> str:
    if name.startswith("excused_"):
        return called(EXCUSES, name.removeprefix("excused_"), lang)
    return called(COUNTERS, name, lang)


def _figure(value: object, lang: Language) -> str:
    if isinstance(value, bool):
        return {"vi": ("không", "có"), "en": ("no", "yes")}[lang][value]
    if isinstance(value, float):
        return number(value, lang, 0 if abs(value) >= 100 or value == int(value) else 2)
    return called(EXCUSES, value, lang) if isinstance(value, str) else str(value)
