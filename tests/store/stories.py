"""Stories: dossiers told fact by fact, and random ones that use every kind of fact there is."""

from copy import deepcopy
from random import Random

from engine import events as ev
from engine.dossier import Dossier, Work, evolve
from store import Change

HOUR = 3600
DAY = 24 * HOUR
START = 1_787_270_400


class Story:
    """One dossier that grows; `tell` returns the change to append and moves on."""

    def __init__(self, dossier_id="0198a000-0000-7000-8000-000000000001", *, desk="H61.12", origin="live"):
        self.dossier_id = dossier_id
        self.desk = desk
        self.origin = origin
        self.dossier = Dossier()
        self.now = START

    def tell(self, *facts, command_id="", wake_at=None):
        expected = self.dossier.version
        for fact in facts:
            evolve(self.dossier, fact)
        after = deepcopy(self.dossier)
        return Change(dossier=after, facts=facts, expected=expected, command_id=command_id, wake_at=wake_at)

    def common(self, **more):
        self.now += HOUR
        return {"occurred_at": self.now, "recorded_at": self.now, "agency": self.desk, "origin": self.origin, **more}

    def submitted(self, **more):
        given = {
            "dossier_id": self.dossier_id,
            "procedure": "1.004827",
            "procedure_version": 1,
            "channel": "direct",
            "applicant": "applicant-1",
            **more,
        }
        return ev.Submitted(**self.common(**given))

    def received(self, number="", due=None):
        number = number or f"H61.12-260821-{abs(hash(self.dossier_id)) % 9_999_999:07d}"
        return ev.Received(**self.common(dossier_no=number, counted_from=self.now, due=due))

    def opened(self, hold=1, agency="construction", due=None, work="step", **more):
        return ev.StepOpened(
            **self.common(hold=hold, step=f"step{hold}", work=work, due=due, **{"agency": agency} | more)
        )

    def taken_up(self, hold=1, by="officer.one"):
        return ev.TakenUp(**self.common(hold=hold, by=by))

    def done(self, hold=1, outcome="done", **data):
        return ev.StepDone(**self.common(hold=hold, outcome=outcome, data=data))

    def granted(self):
        return ev.ResultDecided(**self.common())


def journey(number, *, due=None, desk="H61.12", agency="construction"):
    """A story and the three changes of an ordinary beginning: submitted, received, with an agency."""
    story = Story(f"0198a000-0000-7000-8000-{number:012d}", desk=desk)
    return story, [
        story.tell(story.submitted()),
        story.tell(story.received(f"{desk}-260821-{number:04d}", due=due)),
        story.tell(story.opened(agency=agency, due=due)),
    ]


def raised(story, *, number="", agency="construction", code="S20", **more):
    """The first fact of a signal's file."""
    given = {
        "signal_id": story.dossier_id,
        "signal_no": number or f"SIG-260821-{abs(hash(story.dossier_id)) % 9_999:04d}",
        "key": f"{code}:{agency}",
        "code": code,
        "level": "agency",
        "severity": "high",
        "rule": "a1b2",
        "confidence": 0.99,
        "dossiers": ("d-1",),
        "total": 7,
        "evidence": (ev.Evidence(dossier_id="d-1", dossier="H99-1", at=START, version=3, measure=2.5),),
        "parameters": {"returns": 2},
        "counter": {"chances": 40, "is_overloaded": False},
        "officers": ("officer.one",),
        **more,
    }
    return ev.SignalRaised(**story.common(agency=agency) | given)


def signal_story(number, *, serial=0, agency="construction", code="S20", due=START + 7 * DAY):
    """The file of a signal, and its beginning: raised and notified."""
    story = Story(f"0198a000-0000-7000-a000-{number:012d}", desk=agency, origin=ev.SIGNAL)
    first = raised(story, number=f"SIG-260821-{serial or number:04d}", agency=agency, code=code)
    second = ev.SignalNotified(**story.common(due=due, limit="5 working days"))
    return story, story.tell(first, second, wake_at=due + 1)


def _wild_signal(seed):
    story = Story(f"0198a000-0000-7000-b000-{seed:012d}", desk="construction", origin=ev.SIGNAL)
    yield story, raised(story, number=f"SIG-260822-{seed:04d}")
    due = story.now + 5 * DAY
    yield story, ev.SignalNotified(**story.common(due=due, limit="5 working days"))
    yield story, ev.LimitPassed(**story.common(subject="explanation", due=due))
    yield story, ev.SignalExplained(**story.common(reason="thiếu người", facts=("H99-1/3",), remedy="bổ sung người"))
    yield story, ev.RuleBreached(**story.common(rule="late_explanation"))
    yield story, ev.SignalReviewed(**story.common(agency="province", reason="đúng", verdict="accepted"))
    yield story, ev.SignalClosed(**story.common(agency="province", verdict="accepted"))


def wild(seed, length=60):
    """A random story of single facts of every kind, some senseless in law but all foldable; one in six a signal's."""
    if seed % 6 == 5:
        yield from _wild_signal(seed)
        return
    chance = Random(seed)  # noqa: S311  a seeded story, no secret
    story = Story(f"0198a000-0000-7000-9000-{seed:012d}")
    yield story, story.submitted(data={"ward": "Bến Thành", "n": [1, {"x": None}]})
    if chance.random() < 0.8:
        yield story, story.received(due=story.now + chance.choice([DAY, 9 * DAY]))
    while story.dossier.version < length:
        yield story, _some_fact(story, chance)


def _some_fact(story, chance):
    d = story.dossier
    common = story.common()
    number = len(d.holds) + 1
    due = chance.choice([None, story.now + chance.randrange(40) * DAY])
    choices = [
        lambda: ev.StepOpened(
            **common | {"agency": chance.choice(["construction", "tax", ""])},
            hold=number,
            step=f"step{number % 5}",
            work=chance.choice([work.value for work in Work]),
            due=due,
            token=chance.choice([0, *d.moves]),
            limit="3 working days",
        ),
        lambda: ev.SupplementRequested(**common, papers=("map",), ordinal=1, restart=chance.random() < 0.5),
        lambda: ev.SupplementReceived(**common, papers=("map",), due=due),
        lambda: ev.ClockPaused(**common, ground="posting", cap_until=due),
        lambda: ev.ClockResumed(**common, ground="posting", due=due),
        lambda: ev.LimitExtended(**common, limit="6 weeks", due=story.now + 42 * DAY),
        lambda: ev.ApologyIssued(**common, promised=story.now + 3 * DAY),
        lambda: ev.DueChanged(**common, before=d.due, after=due),
        lambda: ev.Corrected(**common, field="channel", before=d.channel, after=chance.choice(["online", "postal"])),
        lambda: ev.RuleBreached(**common, rule="supplement_late", detail="ngày 9"),
        lambda: ev.RuleBreachAttempted(**common, rule="second_apology", command="issue-apology"),
        lambda: ev.Joined(**common, node="join"),
        lambda: ev.LimitPassed(**common, subject="legal", due=story.now),
    ]
    if d.moves:
        token = chance.choice(list(d.moves))
        choices += [
            lambda: ev.Routed(**common, node="decide", target="step1", token=token),
            lambda: ev.Forked(**common, node="fork", branches=("a", "b"), token=token),
            lambda: ev.BranchArrived(**common, node="join", arrived_from="a", token=token),
            lambda: ev.BranchEnded(**common, node="end", token=token),
        ]
    if d.open_holds:
        hold = chance.choice(sorted(d.open_holds))
        choices += [
            lambda: ev.HandedOver(**common, hold=hold, step="step1", from_agency="tax", to_agency="construction"),
            lambda: ev.Assigned(**common, hold=hold, officer="officer.two"),
            lambda: ev.TakenUp(**common | {"by": "officer.three"}, hold=hold),
            lambda: ev.StepDone(**common, hold=hold, outcome="done", data={"fit": True}),
            lambda: ev.SentBack(**common, hold=hold, to_step="step1"),
            lambda: ev.Transferred(**common, hold=hold, to_agency="land"),
            lambda: ev.OpinionRequested(
                **common,
                hold=number,
                step="ask",
                lead_hold=hold,
                lead_agency="construction",
                on_silence="block",
                due=due,
            ),
            lambda: ev.OpinionGiven(**common, hold=hold, position="agree"),
            lambda: ev.OpinionSilent(**common, hold=hold, treated_as=chance.choice(["deemed_agree", "block"])),
            lambda: ev.FinancialObligationSet(**common, hold=hold, amount=5),
            lambda: ev.FinancialObligationMet(**common, hold=hold),
            lambda: ev.PostingStarted(**common, hold=hold, until=story.now + DAY),
            lambda: ev.PostingEnded(**common, hold=hold),
            lambda: ev.SubDossierStarted(**common, hold=hold, dossier_id="sub-1", procedure="p"),
            lambda: ev.SubDossierEnded(**common, hold=hold, dossier_id="sub-1", outcome="granted"),
            lambda: ev.Urged(**common, hold=hold),
            lambda: ev.Escalated(**common, hold=hold, rung=1, to_agency="province", subject="step"),
            lambda: ev.LimitPassed(**common, subject="step", due=story.now, hold=hold),
            lambda: ev.DueSoon(**common, due=story.now, hold=hold),
            lambda: ev.DueChanged(**common, before=None, after=due, hold=hold),
        ]
    if chance.random() < 0.1:
        choices = [
            lambda: ev.IntakeDeclined(**common),
            lambda: ev.HandlingStopped(**common),
            lambda: ev.Withdrawn(**common, requested=True),
            lambda: ev.ResultDecided(**common),
            lambda: ev.ResultDenied(**common),
        ]
    if d.ended_at is not None and chance.random() < 0.6:
        choices = [lambda: ev.ResultIssued(**common), lambda: ev.Reopened(**common, step="step1")]
    return chance.choice(choices)()
