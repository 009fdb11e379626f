"""`motcua why` tells of a term that was broken off, so that asking for papers hides no lateness."""

import json
import re

from tests.command import motcua

OFFICER = "cau_gio.committee.03"


def test_a_late_dossier_whose_term_begins_anew_stays_told(tmp_path):
    def said(*words: str) -> str:
        done = motcua(*words, folder=tmp_path, MOTCUA_PROCEDURES="own", MOTCUA_LANGUAGE="en")
        assert done.returncode == 0, done.stderr
        return done.stdout.decode("utf-8")

    said("procedures", "new", "X.kiosk", "-o", "kiosk.yaml")
    said("procedures", "publish", "kiosk.yaml", "--from", "2026-01-01")
    submit = ("dossier", "submit", "X.kiosk", "--agency", "cau_gio.desk", "--applicant", '{"name": "An"}')
    number = said(*submit, "--paper", "request", "--at", "2026-03-02 09:00").split()[0]
    said("dossier", "act", number, "receive", "--by", "cau_gio.desk.02", "--at", "2026-03-02 10:00")
    said("drive", "--at", "2026-03-02 10:00")
    assert "attribution" not in json.loads(said("why", number, "--json", "--at", "2026-03-09 16:00"))
    assert "Of 8 h late, in office time:" in said("why", number, "--at", "2026-03-10 17:00")
    charged = json.loads(said("why", number, "--json", "--at", "2026-03-10 17:00"))["attribution"]
    assert charged["late_by"] == sum(share["seconds"] for share in charged["shares"]) == 8 * 3600
    asked = '{"papers": ["request"], "reason": "illegible"}'
    act = ("dossier", "act", number, "request-supplement", "--by", OFFICER, "--data", asked)
    assert "late supplement request (allowed until 17:00 5 Mar 2026)" in said(*act, "--at", "2026-03-11 10:00")

    standing = said("why", number)
    assert "Broken off at 10:00 11 Mar 2026 (waiting for the applicant's supplement)" in standing
    assert "nothing is due at present. It had passed by then." in standing
    told = json.loads(said("why", number, "--json"))
    assert (told["recorded_due"], told["agrees"]) == (None, True)

    received = ("dossier", "act", number, "receive-supplement", "--by", "cau_gio.desk.02")
    said(*received, "--at", "2026-03-13 09:00")
    anew = said("why", number)
    assert re.search(r"An earlier term: from 10:00 2 Mar 2026, due 17:00 9 Mar 2026; broken off .*passed by then", anew)
    assert "Counting begins at 09:00 on Friday 13 Mar 2026." in anew
    assert "Received at" not in anew
    (earlier,) = json.loads(said("why", number, "--json"))["earlier_terms"]
    assert earlier == {
        "from": "2026-03-02T10:00:00+07:00",
        "due": "2026-03-09T17:00:00+07:00",
        "ended": "2026-03-11T10:00:00+07:00",
        "ground": "supplement",
        "passed": True,
    }


def test_what_was_late_when_its_clock_stopped_is_overdue_by_the_same_everywhere(tmp_path):
    def said(*words: str, code: int = 0) -> str:
        done = motcua(*words, folder=tmp_path, MOTCUA_PROCEDURES="own", MOTCUA_LANGUAGE="en")
        assert done.returncode == code, done.stderr
        return done.stdout.decode("utf-8")

    said("procedures", "new", "X.kiosk", "-o", "kiosk.yaml")
    draft = tmp_path / "kiosk.yaml"
    draft.write_text(draft.read_text("utf-8").replace("effect: restart", "effect: pause"), "utf-8")
    said("procedures", "publish", "kiosk.yaml", "--from", "2026-01-01")
    submit = ("dossier", "submit", "X.kiosk", "--agency", "cau_gio.desk", "--applicant", '{"name": "An"}')
    number = said(*submit, "--paper", "request", "--at", "2026-03-02 09:00").split()[0]
    said("dossier", "act", number, "receive", "--by", "cau_gio.desk.02", "--at", "2026-03-02 10:00")
    said("drive", "--at", "2026-03-02 10:00")
    asked = '{"papers": ["request"], "reason": "illegible"}'
    act = ("dossier", "act", number, "request-supplement", "--by", OFFICER, "--data", asked)
    said(*act, "--at", "2026-03-11 10:00")

    stopped, late = "clock stopped since 10:00 11 Mar 2026", 10 * 3600 + 1800
    assert f"17:00 9 Mar 2026 (overdue, 10 h 30 min; {stopped}" in said("dossier", "show", number)
    for at in ("2026-03-11 16:00", "2026-03-20 10:00"):
        assert f"10 h 30 min; {stopped}" in said("overdue", "--at", at, code=1)
        (row,) = json.loads(said("overdue", "--at", at, "--json", code=1))
        assert (row["late_by"], row["stopped_since"]) == (late, "2026-03-11T10:00:00+07:00")
        (row,) = json.loads(said("overdue", "--steps", "--at", at, "--json", code=1))
        assert row["late_by"] == 32 * 3600
        assert f"overdue, late by 10 h 30 min; {stopped}" in said("why", number, "--at", at)
        told = json.loads(said("why", number, "--at", at, "--json"))
        assert (told["grade"], told["late_by"], told["attribution"]["late_by"]) == ("overdue", late, late)
        (row,) = json.loads(said("soon", "--at", at, "--json"))["dossiers"]
        assert (row["budget"], row["chance"]) == (-late, 1)
        charged = json.loads(said("lateness", "--at", at, "--json"))["attribution"]
        assert (charged["dossiers"], charged["seconds"]) == (1, late)
        signals = json.loads(said("signals", "--at", at, "--json"))
        assert [found["measure"] for found in signals["occurrences"] if found["code"] == "S1"] == [late]
    said("dossier", "act", number, "receive-supplement", "--by", "cau_gio.desk.02", "--at", "2026-03-23 07:30")
    (row,) = json.loads(said("overdue", "--at", "2026-03-23 08:30", "--json", code=1))
    assert (row["late_by"], row["stopped_since"]) == (late + 3600, None)
    told = json.loads(said("why", number, "--at", "2026-03-23 08:30", "--json"))
    assert told["attribution"]["late_by"] == told["late_by"] == late + 3600
