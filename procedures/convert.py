"""From the file's models to the engine's types: nothing is judged here, every part has one counterpart."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import time
from functools import cache
from pathlib import Path
from typing import assert_never

import yaml
from pydantic import BaseModel

from engine import procedure as p
from engine.cited import Source, Title
from engine.clock import Terms
from engine.limits import CountingRule, Limit, parse_limit
from procedures import format as f


def to_procedure(file: f.ProcedureFile) -> p.Procedure:
    """Return the procedure a file describes; the file is taken to be sound (see `procedures.faults`)."""
    return p.Procedure(
        code=file.code,
        version=file.version,
        title=_title(file.title),
        field=_title(file.field),
        field_code=file.field.code,
        level=file.level,
        calendar=file.calendar,
        in_force_from=file.in_force.since,
        in_force_to=file.in_force.to,
        legal_basis=tuple(to_source(source) for source in file.legal_basis),
        limits=tuple(_legal_limit(limit) for limit in file.limits),
        clock=_clock(file.clock),
        roles={code: _role(code, role) for code, role in file.roles.items()},
        nodes={step.code: to_node(step) for step in file.steps},
        start=file.start,
        desk=file.desk,
        papers=tuple(_paper(paper) for paper in file.papers),
        fees=tuple(_fee(fee) for fee in file.fees),
        digest=digest_of(file),
        confirmed=all(source.confirmed for source in sources_of(file)),
    )


def definition_of(file: f.ProcedureFile) -> str:
    """Return the file's content as one line of JSON that `procedures.door.procedure_from_definition` reads back."""
    content = file.model_dump(mode="json", by_alias=True, exclude_none=True)
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def digest_of(file: f.ProcedureFile) -> str:
    """Return the SHA-256 of the content in hexadecimal.

    Spelling (comments, order of keys) does not matter, nor the last day in force, which a later version decides.
    """
    content = file.model_dump(mode="json", by_alias=True, exclude_none=True)
    content["in_force"].pop("to", None)
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def sources_of(part: object) -> Iterator[f.SourcePart]:
    """Yield every source named anywhere in a part."""
    if isinstance(part, f.SourcePart):
        yield part
    elif isinstance(part, BaseModel):
        for value in part.__dict__.values():
            yield from sources_of(value)
    elif isinstance(part, list):
        for value in part:
            yield from sources_of(value)
    elif isinstance(part, dict):
        yield from sources_of(list(part.values()))


def to_source(part: f.SourcePart) -> Source:
    """Return a source; the day from which the text says so becomes part of its text."""
    since = f" (from {part.since.isoformat()})" if part.since else ""
    return Source(text=part.text + since, confirmed=part.confirmed, url=part.url)


def to_node(part: f.AnyStep) -> p.Node:
    """Return the node of the graph that an entry of ``steps`` describes."""
    title = _title(part.title)
    match part:
        case f.StepPart():
            return p.Step(
                code=part.code,
                title=title,
                role=part.role,
                edges=_edges(part.next),
                limit=_limit(part.limit),
                limit_from=part.limit_from,
                counting=_counting(part.counting, CountingRule.FROM_INSTANT),
                source=_source(part.source),
                may_request_supplement=part.may_request_supplement,
                send_back_to=tuple(part.send_back_to),
                max_entries=part.max_entries,
                designed_loop=part.designed_loop,
                tacit_outcome=part.tacit or "",
            )
        case f.ServicePart():
            return p.ServiceStep(
                code=part.code,
                title=title,
                role=part.role,
                service=part.service,
                edges=_edges(part.next),
                limit=_limit(part.limit),
                counting=_counting(part.counting, CountingRule.FROM_INSTANT),
                source=_source(part.source),
                max_entries=part.max_entries,
                designed_loop=part.designed_loop,
            )
        case f.DecisionPart():
            edges = tuple(p.Edge(target=choice.to, condition=choice.when or "") for choice in part.choose)
            return p.Decision(code=part.code, title=title, edges=edges, source=_source(part.source))
        case f.SplitPart():
            return p.Split(code=part.code, title=title, edges=tuple(p.Edge(target=target) for target in part.to))
        case f.JoinPart():
            return p.Join(code=part.code, title=title, edges=(p.Edge(target=part.next),))
        case f.ConsultationPart():
            return p.Consultation(
                code=part.code,
                title=title,
                role=part.role,
                consulted=tuple(_consulted(one) for one in part.consulted),
                edges=_edges(part.next),
                limit=_limit(part.limit),
                counting=_counting(part.counting, CountingRule.WHOLE_DAYS),
                source=_source(part.source),
                max_entries=part.max_entries,
                designed_loop=part.designed_loop,
            )
        case f.WaitPart():
            return p.ApplicantWait(
                code=part.code,
                title=title,
                purpose=p.WaitFor(part.purpose),
                edges=_edges(part.next),
                limit=_limit(part.limit),
                counting=_counting(part.counting, CountingRule.WHOLE_DAYS),
                on_silence=part.on_silence or "",
                stops_clock=part.stops_clock,
                ground=part.ground or "",
                cap=_limit(part.cap),
                source=_source(part.source),
                max_entries=part.max_entries,
                designed_loop=part.designed_loop,
            )
        case f.PostingPart():
            return p.Posting(
                code=part.code,
                title=title,
                role=part.role,
                length=parse_limit(part.length),
                edges=_edges(part.next),
                source=to_source(part.source),
                counting=_counting(part.counting, CountingRule.WHOLE_DAYS),
                stops_clock=part.stops_clock,
                ground=part.ground,
                cap=_limit(part.cap),
                max_entries=part.max_entries,
                designed_loop=part.designed_loop,
            )
        case f.SubProcedurePart():
            return p.SubProcedure(
                code=part.code,
                title=title,
                role=part.role,
                procedure=part.procedure,
                edges=_edges(part.next),
                wait=part.wait,
                max_entries=part.max_entries,
                designed_loop=part.designed_loop,
            )
        case f.EndPart():
            return p.End(code=part.code, title=title, end=p.EndKind(part.end))
        case _:
            assert_never(part)


def _clock(part: f.ClockPart) -> p.ClockPolicy:
    supplement, apology, extension = part.supplement, part.apology, part.extension
    return p.ClockPolicy(
        supplement=p.SupplementPolicy(
            effect=p.SupplementEffect(supplement.effect),
            max_requests=supplement.max_requests,
            source=to_source(supplement.source),
            window=_limit(supplement.window),
            ask_within=_limit(supplement.ask_within),
            on_window_over=p.WindowOver(supplement.on_window_over),
        ),
        apology=p.ApologyPolicy(
            lead=parse_limit(apology.lead), max_redatings=apology.max_redatings, source=to_source(apology.source)
        ),
        stops=tuple(
            p.StopPolicy(
                ground=stop.ground, title=_title(stop.title), source=to_source(stop.source), cap=_limit(stop.cap)
            )
            for stop in part.stops
        ),
        extension=None
        if extension is None
        else p.ExtensionPolicy(
            limit=parse_limit(extension.limit), max_times=extension.max_times, source=to_source(extension.source)
        ),
        intake_within=_limit(part.intake.within) if part.intake else None,
        intake_source=to_source(part.intake.source) if part.intake else None,
        due_soon=_limit(part.due_soon),
        ladder=house_ladder() if part.escalation is None else tuple(_rung(rung) for rung in part.escalation),
    )


def _rung(part: f.RungPart) -> p.Rung:
    return p.Rung(after=parse_limit(part.after), to=part.to, source=to_source(part.source))


@cache
def house_ladder() -> tuple[p.Rung, ...]:
    """Return the escalation ladder of procedures that name none (``escalation.yaml``, a proposal)."""
    text = (Path(__file__).parent / "escalation.yaml").read_text(encoding="utf-8")
    return tuple(_rung(f.RungPart.model_validate(rung)) for rung in yaml.safe_load(text))


def _legal_limit(part: f.LimitPart) -> p.LegalLimit:
    terms = None
    if part.limit != "none":
        cutoff = time.fromisoformat(part.cutoff) if part.cutoff else None
        terms = Terms(parse_limit(part.limit), CountingRule(part.counting), cutoff)
    return p.LegalLimit(channels=frozenset(part.channels or ()), terms=terms, source=to_source(part.source))


def _consulted(part: f.ConsultedPart) -> p.Consulted:
    return p.Consulted(
        role=part.role,
        limit=parse_limit(part.limit),
        on_silence=p.OnSilence(part.on_silence),
        source=to_source(part.source),
        counting=_counting(part.counting, CountingRule.WHOLE_DAYS),
        condition=part.when or "",
    )


def _role(code: str, part: f.RolePart) -> p.Role:
    return p.Role(
        code=code,
        agency_kind=part.kind,
        jurisdiction=p.Jurisdiction(part.jurisdiction),
        title=_title(part.title),
        agency=part.agency or "",
    )


def _paper(part: f.PaperPart) -> p.Paper:
    return p.Paper(
        code=part.code,
        title=_title(part.title),
        required=part.required,
        originals=part.originals,
        copies=part.copies,
        condition=part.when or "",
    )


def _fee(part: f.FeePart) -> p.Fee:
    return p.Fee(
        amount=part.amount,
        currency=part.currency,
        channels=frozenset(part.channels or ()),
        source=to_source(part.source),
        title=_title(part.title),
    )


def _edges(ways: dict[str, str]) -> tuple[p.Edge, ...]:
    return tuple(p.Edge(target=target, outcome=outcome) for outcome, target in ways.items())


def _title(part: f.TitlePart) -> Title:
    return Title(vi=part.vi, en=part.en)


def _source(part: f.SourcePart | None) -> Source | None:
    return None if part is None else to_source(part)


def _limit(text: str | None) -> Limit | None:
    return None if text is None else parse_limit(text)


def _counting(text: str | None, default: CountingRule) -> CountingRule:
    return default if text is None else CountingRule(text)
