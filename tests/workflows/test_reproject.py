"""A calendar edit against a real store: previewed, confirmed by two officers, journaled once, resumable anywhere."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import pytest

from console.app import main
from console.settings import settings
from engine import commands as co
from engine.errors import InputError, NotAllowedError
from engine.events import DueChanged, Fact
from engine.expire import wake_at
from engine.instants import parse_instant, to_datetime, to_seconds
from engine.legal import legal_due
from procedures.calendar_edits import REPLACED, CalendarEdit, install, read_edit, settle
from procedures.calendars import FOLDER, load_all
from store import Applicant, Store, open_store
from workflows.drive import drive
from workflows.handle import act, submit
from workflows.reproject import Confirmation, apply_edit, preview, reproject
from workflows.rulebook import Rulebook
from workflows.watch import watch

ZONE = "Asia/Ho_Chi_Minh"
PERMIT = "1.013225"
BY, OTHER = "cau_gio.desk.01", "cau_gio.committee.01"
STORM = "  - {day: 2026-09-14, name: culture_day, source: resolution_28}"
OFFICIAL = (FOLDER / "vn.yaml").read_text(encoding="utf-8")


def t(text: str) -> int:
    return to_seconds(parse_instant(text, ZONE))


def clock_face(at: int | None) -> str:
    return "" if at is None else to_datetime(at, ZONE).format("YYYY-MM-DD HH:mm")


def confirmed(at: str, **more) -> Confirmation:
    given = {"by": BY, "confirmed_by": OTHER, "reason": "storm", "document_no": "12/QD-UBND"}
    return Confirmation(at=t(at), **(given | more))


class Office:
    """A store, an agency's own folder of calendars, and a new version of `vn` that nobody has put in force."""

    def __init__(self, store: Store, place: Path) -> None:
        self.store, self.place = store, place
        self.folder = place / "calendars"
        self.rulebook = Rulebook(store, calendars=self.folder)

    def write(self, *days: str, text: str = OFFICIAL) -> Path:
        """A version of the calendar with more days off, still outside the agency's folder."""
        file = self.place / "new" / "vn.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text.replace("days_off:", "\n".join(("days_off:", *days))), encoding="utf-8")
        return file

    def received(self, at: str, number: int = 1) -> str:
        """A building permit (7 working days) with the commune's economic unit at the next drive's instant."""
        dossier_id = f"0198a000-0000-7000-8000-{number:012d}"
        submit(
            self.store,
            self.rulebook,
            procedure=PERMIT,
            agency="cau_gio.desk",
            applicant=Applicant(ref=f"a{number}", name="Nguyễn Văn An"),
            at=t(at),
            data={"territory": "cau_gio"},
            dossier_id=dossier_id,
        )
        self.act(dossier_id, co.Receive(at=t(at), by="cau_gio.desk.02", serial=1))
        drive(self.store, self.rulebook, t(at))
        self.act(dossier_id, co.FinishStep(at=t(at), by="cau_gio.desk.02"))
        drive(self.store, self.rulebook, t(at))
        return dossier_id

    def act(self, number: str, command: co.Command) -> None:
        act(self.store, self.rulebook, number, command)

    def edit(self, file: Path) -> CalendarEdit:
        return read_edit(file, self.folder)

    def apply(self, file: Path, at: str, **more):
        confirmation = confirmed(at, **{key: more.pop(key) for key in ("by", "confirmed_by", "reason") if key in more})
        return apply_edit(
            self.store, self.rulebook, self.edit(file), confirmation, file=file, folder=self.folder, **more
        )

    def moved(self, number: str) -> list[tuple[int, str, str]]:
        return [
            (fact.hold, clock_face(fact.before), clock_face(fact.after))
            for fact in self.store.read(number)
            if isinstance(fact, DueChanged)
        ]

    def facts(self) -> list[list[Fact]]:
        return [self.store.read(row.dossier_id) for row in self.store.register()]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with open_store(f"sqlite:///{tmp_path / 'motcua.db'}") as store:
        yield Office(store, tmp_path)


def test_a_preview_lists_every_due_instant_that_moves_and_writes_nothing(office: Office) -> None:
    first, late = office.received("2026-09-10 08:00", 1), office.received("2026-09-03 08:00", 2)
    office.received("2026-09-15 08:00", 3)
    before = office.facts()
    edit = office.edit(office.write(STORM))
    assert edit.changed == {"vn", "vn_0700"}, "a calendar based on the edited one changes too"
    found = preview(office.store, office.rulebook, edit, t("2026-09-15 08:00"))
    assert found.dossiers == 3
    told = [
        (one.dossier.dossier_id, one.move.step, clock_face(one.move.before), clock_face(one.move.after))
        for one in found.effects
    ]
    assert told == [
        (first, "", "2026-09-21 17:00", "2026-09-22 17:00"),
        (first, "appraise", "2026-09-15 08:00", "2026-09-16 08:00"),
        (late, "", "2026-09-14 17:00", "2026-09-15 17:00"),
    ]
    assert [one.move.no_longer_late for one in found.effects] == [False, False, True]
    assert office.facts() == before
    assert not office.folder.exists()


def test_two_officers_put_it_in_force_and_each_dossier_tells_why(office: Office) -> None:
    number = office.received("2026-09-10 08:00")
    file = office.write(STORM)
    report = office.apply(file, "2026-09-11 08:00")
    assert (report.dossiers, report.changed, report.facts, report.stale) == (1, 1, 2, 0)
    assert office.moved(number) == [
        (0, "2026-09-21 17:00", "2026-09-22 17:00"),
        (2, "2026-09-15 08:00", "2026-09-16 08:00"),
    ]
    fact = office.store.read(number)[-1]
    assert (fact.by, fact.agency, fact.confirmed_by) == (BY, "cau_gio.desk", OTHER)
    assert (fact.reason, fact.document_no) == ("storm", "12/QD-UBND")
    dossier, row = office.store.load(number), office.store.row(number)
    rules = office.rulebook.rules_of(dossier)
    assert row.due == dossier.due == legal_due(dossier, rules)
    assert row.wake_at == wake_at(dossier, rules)
    assert [hold.due for hold in office.store.holds(number)][-1] == t("2026-09-16 08:00")
    assert office.store.verify() == []
    assert (office.folder / "vn.yaml").read_text(encoding="utf-8") == file.read_text(encoding="utf-8")
    assert load_all(office.folder)["vn_0700"].windows(date(2026, 9, 14)) == ()


def test_the_same_edit_twice_changes_nothing(office: Office) -> None:
    office.received("2026-09-10 08:00")
    file = office.write(STORM)
    office.apply(file, "2026-09-11 08:00")
    before, lying = office.facts(), sorted(office.folder.rglob("*"))
    again = office.apply(file, "2026-09-11 09:00")
    assert (again.changed, again.facts) == (0, 0)
    assert office.facts() == before
    assert sorted(office.folder.rglob("*")) == lying


def test_taking_an_edit_back_moves_everything_back(office: Office) -> None:
    number = office.received("2026-09-10 08:00")
    office.apply(office.write(STORM), "2026-09-11 08:00")
    report = office.apply(office.write(), "2026-09-22 08:00")
    assert report.became_late == 1
    assert office.moved(number)[-2] == (0, "2026-09-22 17:00", "2026-09-21 17:00")
    assert len(list((office.folder / REPLACED).glob("vn.*.yaml"))) == 2


@pytest.mark.parametrize(
    ("instead", "sentence"),
    [
        ({"confirmed_by": BY}, "cannot confirm his own edit"),
        ({"confirmed_by": "nobody.01"}, "'nobody.01' is not in directory"),
        ({"by": ""}, "'' is not in directory"),
    ],
)
def test_one_person_alone_is_refused_and_nothing_is_touched(
    office: Office, instead: dict[str, str], sentence: str
) -> None:
    office.received("2026-09-10 08:00")
    before = office.facts()
    with pytest.raises(NotAllowedError, match=sentence):
        office.apply(office.write(STORM), "2026-09-11 08:00", **instead)
    assert office.facts() == before
    assert not office.folder.exists()


def test_reason_and_document_are_required(office: Office) -> None:
    with pytest.raises(InputError, match="needs a reason and the number of a document"):
        office.apply(office.write(STORM), "2026-09-11 08:00", reason=" ")
    assert not office.folder.exists()


def test_the_projects_own_calendars_are_never_overwritten(office: Office) -> None:
    file = office.write(STORM)
    for folder in (FOLDER, FOLDER / "mine"):
        with pytest.raises(InputError, match="holds the calendars of the project"):
            install(read_edit(file, None), file, folder)
    assert (FOLDER / "vn.yaml").read_text(encoding="utf-8") == OFFICIAL
    assert not (FOLDER / "mine").exists()


class KilledError(Exception):
    """Somebody pulled the plug."""


def test_an_edit_that_died_halfway_is_carried_through_by_the_same_edit_and_blocks_others(office: Office) -> None:
    numbers = [office.received("2026-09-10 08:00", number) for number in range(1, 6)]
    file = office.write(STORM)

    def dies(dossiers: int) -> None:
        if dossiers >= 2:
            raise KilledError

    with pytest.raises(KilledError):
        office.apply(file, "2026-09-11 08:00", chunk=1, progress=dies)
    assert [len(office.moved(number)) for number in numbers] == [2, 2, 0, 0, 0]
    other = office.place / "other"
    other.mkdir()
    (other / "vn.yaml").write_text(OFFICIAL, encoding="utf-8")
    with pytest.raises(InputError, match="an earlier edit of vn has not been carried through"):
        office.edit(other / "vn.yaml")
    edit = office.edit(office.folder / "vn.yaml")
    assert edit.is_installed
    left = preview(office.store, office.rulebook, edit, t("2026-09-11 08:00"))
    assert {one.dossier.dossier_id for one in left.effects} == set(numbers[2:])
    report = office.apply(file, "2026-09-11 09:00")
    assert (report.changed, report.facts) == (3, 6)
    assert [len(office.moved(number)) for number in numbers] == [2] * 5
    assert office.edit(other / "vn.yaml").changed == {"vn", "vn_0700"}


def test_an_edit_that_died_before_it_was_in_place_begins_anew(office: Office) -> None:
    file = office.write(STORM)
    (office.folder / REPLACED).mkdir(parents=True)
    (office.folder / REPLACED / "vn.yaml").write_text(OFFICIAL, encoding="utf-8")
    edit = office.edit(file)
    assert edit.changed
    assert not edit.is_installed


def test_who_is_faster_is_read_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    number, other = office.received("2026-09-10 08:00", 1), office.received("2026-09-10 08:00", 2)
    append_many = office.store.append_many
    lost: list[int] = []

    def late_to_write(changes):
        if not lost:
            office.act(number, co.TakeUp(at=t("2026-09-11 07:45"), by="cau_gio.economic.02"))
        report = append_many(changes)
        lost.append(len(report.stale))
        return report

    monkeypatch.setattr(office.store, "append_many", late_to_write)
    report = office.apply(office.write(STORM), "2026-09-11 08:00")
    assert lost[0] == 1
    assert (report.changed, report.facts, report.stale) == (2, 4, 0)
    assert office.moved(number) == office.moved(other)
    assert office.store.verify() == []


def test_what_the_old_calendar_still_decided_meanwhile_is_found_at_the_second_look(office: Office) -> None:
    """A process that has the calendar before in memory receives a dossier behind the reader's back."""
    office.received("2026-09-10 08:00", 5)
    stale_rules = Rulebook(office.store, calendars=office.place / "none")
    number: list[str] = []

    def meanwhile(_: int) -> None:
        if not number:
            mine, office.rulebook = office.rulebook, stale_rules
            number.append(office.received("2026-09-11 08:00", 1))
            office.rulebook = mine

    file = office.write(STORM)
    office.apply(file, "2026-09-11 08:00", progress=meanwhile)
    assert office.moved(number[0])[0] == (0, "2026-09-22 17:00", "2026-09-23 17:00")


def test_what_time_had_done_is_recorded_before(office: Office) -> None:
    number = office.received("2026-09-03 08:00")
    office.apply(office.write(STORM), "2026-09-15 08:00")
    told = [type(fact).__name__ for fact in office.store.read(number)]
    assert told.index("LimitPassed") < told.index("DueChanged")
    passed = [fact.subject for fact in office.store.read(number) if type(fact).__name__ == "LimitPassed"]
    assert "legal" in passed
    assert office.store.row(number).due == t("2026-09-15 17:00")
    watch(office.store, office.rulebook, t("2026-09-16 08:00"))
    again = [fact for fact in office.store.read(number) if type(fact).__name__ == "LimitPassed"]
    assert [clock_face(fact.due) for fact in again if fact.subject == "legal"] == [
        "2026-09-14 17:00",
        "2026-09-15 17:00",
    ]


def test_a_warning_that_comes_earlier_is_planned_anew_though_no_due_instant_moves(office: Office) -> None:
    office.apply(office.write("  - {day: 2026-09-16, name: culture_day, source: resolution_28}"), "2026-08-20 08:00")
    number = office.received("2026-09-03 08:00")
    watch(office.store, office.rulebook, t("2026-09-15 17:30"))
    planned = office.store.row(number).wake_at
    report = office.apply(office.write(), "2026-09-15 17:30")
    assert report.facts == 0
    dossier = office.store.load(number)
    sooner = office.store.row(number).wake_at
    assert sooner == wake_at(dossier, office.rulebook.rules_of(dossier))
    assert sooner is not None
    assert planned is not None
    assert sooner < planned


def test_a_calendar_that_ends_too_early_is_shown_and_becomes_an_incident(office: Office) -> None:
    number = office.received("2026-12-21 08:00")
    lines = [line for line in OFFICIAL.splitlines() if "{day: 2027" not in line]
    text = "\n".join(lines).replace("last_day: 2027-12-31", "last_day: 2026-12-25")
    text = text.replace("confirmed_through: 2026-12-31", "confirmed_through: 2026-12-25") + "\n"
    file = office.write(text=text)
    found = preview(office.store, office.rulebook, office.edit(file), t("2026-12-21 09:00"))
    assert [one.dossier.dossier_id for one in found.unmoved] == [number]
    assert "calendar vn covers 2019-01-01 to 2026-12-25" in found.unmoved[0].sentence
    report = office.apply(file, "2026-12-21 09:00")
    assert (report.facts, len(report.unmoved)) == (0, 1)
    assert [one.stage for one in office.store.incidents.list(dossier=number)] == ["calendar"]
    office.apply(office.write(STORM), "2026-12-21 10:00")
    assert office.store.incidents.list(dossier=number) == []


def test_a_recorded_due_instant_that_neither_calendar_explains_is_shown_and_left(office: Office) -> None:
    number = office.received("2026-09-10 08:00")
    edit = office.edit(office.write(STORM))
    elsewhere = office.edit(office.write("  - {day: 2026-09-16, name: culture_day, source: resolution_28}"))
    two = office.edit(office.write(STORM, "  - {day: 2026-09-16, name: culture_day, source: resolution_28}"))
    reproject(office.store, office.rulebook, elsewhere, confirmed("2026-09-11 08:00"))
    odd = replace(edit, after=two.after)
    found = preview(office.store, office.rulebook, odd, t("2026-09-11 09:00"))
    assert [one.sentence for one in found.unmoved] == [
        "its legal due instant follows from neither calendar and stays as it is",
    ]
    assert [one.move.hold for one in found.effects] == [2]
    reproject(office.store, office.rulebook, odd, confirmed("2026-09-11 09:00"))
    assert office.store.row(number).due == t("2026-09-22 17:00")


def test_a_new_calendar_touches_nobody(office: Office) -> None:
    number = office.received("2026-09-10 08:00")
    file = office.place / "mine.yaml"
    file.write_text(OFFICIAL.replace("code: vn\n", "code: mine\n"), encoding="utf-8")
    report = office.apply(file, "2026-09-11 08:00")
    assert (report.facts, office.moved(number)) == (0, [])
    assert "mine" in load_all(office.folder)
    settle(office.edit(file), office.folder)
    assert not (office.folder / REPLACED).exists()


def test_an_edit_that_spoils_a_calendar_based_on_it_is_refused(office: Office) -> None:
    office.folder.mkdir()
    day = "days_off:\n  - {day: 2026-09-15, name: culture_day, source: resolution_28}\n"
    own = "code: own\nbased_on: vn\ntitle: {vi: riêng, en: own}\n" + day
    (office.folder / "own.yaml").write_text(own, encoding="utf-8")
    assert office.edit(office.write(STORM)).changed == {"vn", "vn_0700", "own"}
    renamed = office.write(text=OFFICIAL.replace("culture_day", "day_of_culture"))
    with pytest.raises(InputError, match=r"calendar own\.yaml: .*culture_day is unknown"):
        office.edit(renamed)


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


class CommandLine:
    """The command `motcua` in this process, with the settings of an office."""

    def __init__(self, office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys
        self.set("MOTCUA_DATABASE", f"sqlite:///{office.place / 'motcua.db'}")
        self.set("MOTCUA_CALENDARS", str(office.folder))

    def set(self, name: str, value: str) -> None:
        self._monkeypatch.setenv(name, value)
        settings.cache_clear()

    def __call__(self, *arguments: str) -> Done:
        self._monkeypatch.setattr("sys.argv", ["motcua", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        said = self._capsys.readouterr()
        code = ended.value.code
        return Done(code if isinstance(code, int) else 0, said.out, said.err)


@pytest.fixture
def motcua(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[CommandLine]:
    for name in [name for name in os.environ if name.startswith("MOTCUA_")]:
        monkeypatch.delenv(name)
    yield CommandLine(office, monkeypatch, capsys)
    settings.cache_clear()


TWO = ("--by", BY, "--confirmed-by", OTHER, "--reason", "bão", "--document", "12/QĐ-UBND")


def test_the_command_previews_and_puts_in_force(office: Office, motcua: CommandLine) -> None:
    number = office.received("2025-09-08 08:00")
    file = str(office.write("  - {day: 2025-09-23, name: culture_day, source: resolution_28}"))
    shown = json.loads(motcua("calendar", "apply", file, "--preview", "--at", "2025-09-24 08:00", "--json").stdout)
    assert [day["day"] for day in shown["changed_days"]] == ["2025-09-23"]
    assert (shown["open_dossiers"], shown["becomes_late"], shown["no_longer_late"]) == (1, 0, 1)
    legal = shown["affected"][0]
    assert (legal["dossier_id"], legal["hold"], legal["step"], legal["change"]) == (number, 0, None, "no_longer_late")
    assert (legal["before"], legal["after"]) == ("2025-09-23T17:00:00+07:00", "2025-09-24T17:00:00+07:00")
    listed = motcua("calendar", "apply", file, "--preview", "--at", "2025-09-24 08:00", "--csv").stdout
    assert [row["change"] for row in csv.DictReader(StringIO(listed))] == ["no_longer_late"]
    lines = motcua("calendar", "apply", file, "--preview", "--at", "2025-09-24 08:00").stdout
    assert "không còn quá hạn" in lines
    assert "17:00 24/09/2025" in lines
    done = motcua("calendar", "apply", file, *TWO, "--at", "2025-09-24 08:00", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["changed"], answer["no_longer_late"], answer["calendars_changed"]) == (1, 1, ["vn", "vn_0700"])
    again = json.loads(motcua("calendar", "apply", file, *TWO, "--at", "2025-09-24 08:00", "--json").stdout)
    assert (again["changed"], again["facts"]) == (0, 0)
    why = json.loads(motcua("why", number, "--json").stdout)
    assert why["agrees"] is True
    assert why["recorded_due"] == "2025-09-24T17:00:00+07:00"
    history = motcua("dossier", "history", number, "--lang", "en").stdout
    assert "reason: bão; document no. 12/QĐ-UBND" in history


def test_who_would_confirm_alone_is_refused_in_his_language(office: Office, motcua: CommandLine) -> None:
    alone = ("--by", BY, "--confirmed-by", BY, "--reason", "r", "--document", "1")
    done = motcua("calendar", "apply", str(office.write(STORM)), *alone)
    assert done.stderr == f"motcua: lịch: {BY} không thể tự xác nhận việc sửa của mình; phải có cán bộ thứ hai\n"


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        ((), 2, "give either --preview, or --by and --confirmed-by"),
        (("--preview", *TWO), 2, "give either --preview, or --by and --confirmed-by"),
        (("--by", BY, "--confirmed-by", BY, "--reason", "r", "--document", "1"), 3, "cannot confirm his own edit"),
        (("--by", BY, "--reason", "r", "--document", "1"), 3, "officer '' is not in directory"),
        (("--by", BY, "--confirmed-by", OTHER), 2, "needs a reason and the number of a document"),
        ((*TWO, "--csv"), 2, "--csv goes with --preview only"),
        ((*TWO, "--at", "2999-01-01 08:00"), 2, "lies in the future"),
    ],
)
def test_wrong_use_is_one_sentence(
    office: Office, motcua: CommandLine, arguments: tuple[str, ...], status: int, sentence: str
) -> None:
    motcua.set("MOTCUA_LANGUAGE", "en")
    done = motcua("calendar", "apply", str(office.write(STORM)), *arguments)
    assert (done.returncode, done.stdout) == (status, "")
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert not office.folder.exists()


def test_without_a_folder_of_its_own_an_agency_cannot_put_a_calendar_in_force(
    office: Office, motcua: CommandLine
) -> None:
    motcua.set("MOTCUA_CALENDARS", "")
    done = motcua("calendar", "apply", str(office.write(STORM)), *TWO)
    assert done.returncode == 2
    assert "set MOTCUA_CALENDARS" in done.stderr


def test_without_a_database_only_the_days_are_compared(office: Office, motcua: CommandLine) -> None:
    motcua.set("MOTCUA_DATABASE", f"sqlite:///{office.place / 'none.db'}")
    file = str(office.write(STORM))
    done = motcua("calendar", "apply", file, "--preview", "--json")
    assert done.returncode == 0
    assert "does not exist; only the days are compared" in done.stderr
    assert json.loads(done.stdout)["affected"] is None
    assert motcua("calendar", "apply", file, "--preview", "--csv").returncode == 2
    assert not (office.place / "none.db").exists()
