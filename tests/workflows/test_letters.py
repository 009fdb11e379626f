"""Letters: found in the facts once, composed with what is known at sending, sent to a folder or a mail server."""

from __future__ import annotations

import socket
import threading

import pytest

from store import Applicant
from tests.workflows.conftest import DESK_OFFICER, at
from workflows.notify import collect, send
from workflows.senders import FileSender, MailSender, SenderError
from workflows.workplace import MailServer

ZONE = "Asia/Ho_Chi_Minh"


class Kept:
    """A sender that keeps what it was given."""

    def __init__(self, fail=0):
        self.letters, self.fail = [], fail

    def send(self, letter):
        if self.fail:
            self.fail -= 1
            raise SenderError("the mail server is down")
        self.letters.append(letter)


def sent(house, sender, when, language="vi"):
    return send(house.store, house.rulebook, sender, at(when), zone=ZONE, language=language)


def test_the_applicant_gets_a_receipt_in_his_language(house):
    dossier = house.received("T.hand", "2026-09-14 08:00")
    collect(house.store, at("2026-09-14 08:01"))
    kept = Kept()
    sent(house, kept, "2026-09-14 08:01")
    (letter,) = kept.letters
    assert letter.kind == "receipt"
    assert letter.email == "b@example.vn"
    assert dossier.dossier_no in letter.subject
    assert "Kính gửi: Trần Thị B" in letter.body
    assert "17:00 21/09/2026" in letter.body
    assert "Làm tay" in letter.body
    assert "{" not in letter.body


def test_everything_the_law_wants_told_becomes_a_letter_once(house):
    dossier = house.received("T.hand", "2026-09-14 08:00")
    house.drive("2026-09-14 08:01")
    no = dossier.dossier_no
    house.act(no, "urge", "2026-09-15 09:00", by=DESK_OFFICER)
    promise = {"promised": at("2026-09-25 17:00"), "reason": "nhiều hồ sơ"}
    house.act(no, "issue-apology", "2026-09-15 09:00", data=promise)
    ask = {"papers": ["form"], "reason": "thiếu chữ ký"}
    house.act(no, "request-supplement", "2026-09-15 10:00", data=ask)
    house.act(no, "receive-supplement", "2026-09-15 11:00", by=DESK_OFFICER, data={"papers": ["form"]})
    house.act(no, "finish-step", "2026-09-15 14:00")
    house.drive("2026-09-15 14:01")
    house.act(no, "finish-step", "2026-09-15 15:00", data={"outcome": "done"})
    house.drive("2026-09-15 15:01")
    for _ in range(2):
        collect(house.store, at("2026-09-15 16:00"))
    kept = Kept()
    sent(house, kept, "2026-09-15 16:00", "en")
    assert [letter.kind for letter in kept.letters] == ["receipt", "urging", "apology", "supplement", "granted"]
    by_kind = {letter.kind: letter for letter in kept.letters}
    assert by_kind["urging"].name == "People's committee of Doi Sim commune"
    assert "- Form" in by_kind["supplement"].body
    assert "New date: 17:00 2026-09-25" in by_kind["apology"].body
    assert sent(house, kept, "2026-09-17 16:00").sent == 0


def test_an_urging_letter_names_the_step_it_is_about(house):
    dossier = house.received("T.hand", "2026-09-14 08:00")
    house.drive("2026-09-14 08:01")
    house.act(dossier.dossier_no, "urge", "2026-09-15 09:00", by=DESK_OFFICER, data={"step": "check"})
    collect(house.store, at("2026-09-15 09:00"))
    kept = Kept()
    sent(house, kept, "2026-09-15 09:00")
    assert "Bước: Kiểm tra" in kept.letters[-1].body


def test_a_letter_that_fails_waits_and_is_sent_later(house):
    house.received("T.hand", "2026-09-14 08:00")
    collect(house.store, at("2026-09-14 08:01"))
    kept = Kept(fail=1)
    assert sent(house, kept, "2026-09-14 08:01").failed == 1
    assert sent(house, kept, "2026-09-14 08:01").sent == 0
    assert sent(house, kept, "2026-09-14 08:03").sent == 1


def test_an_erased_applicant_gets_no_letter(house):
    house.received("T.hand", "2026-09-14 08:00")
    collect(house.store, at("2026-09-14 08:01"))
    house.store.applicants.erase("a-1", at("2026-09-14 08:02"))
    kept = Kept()
    sent(house, kept, "2026-09-14 08:03")
    assert kept.letters == []


def test_of_interlinked_dossiers_the_applicant_is_told_about_the_root_only(house):
    house.received("T.root", "2026-09-14 08:00")
    house.drive("2026-09-14 08:01")
    collect(house.store, at("2026-09-14 08:02"))
    assert [letter.kind for letter in house.store.notifications.pending(at("2026-09-14 08:02"))] == ["receipt"]


def test_the_outbox_holds_nothing_personal(house):
    house.received("T.hand", "2026-09-14 08:00", applicant=Applicant(ref="a-2", name="Lê Văn C", phone="0900"))
    collect(house.store, at("2026-09-14 08:01"))
    assert "Lê" not in repr(house.store.notifications.list())


def test_letters_as_files_are_for_their_owner_alone(house, tmp_path):
    house.received("T.hand", "2026-09-14 08:00")
    collect(house.store, at("2026-09-14 08:01"))
    sent(house, FileSender(tmp_path / "out"), "2026-09-14 08:01")
    (file,) = (tmp_path / "out").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    assert "Trần Thị B" in file.read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_written_is_a_failed_attempt(house, tmp_path):
    (tmp_path / "out").write_text("in the way")
    house.received("T.hand", "2026-09-14 08:00")
    collect(house.store, at("2026-09-14 08:01"))
    assert sent(house, FileSender(tmp_path / "out"), "2026-09-14 08:01").failed == 1


@pytest.fixture
def mail_server():
    """A mail server on loopback that keeps what it is handed."""
    listening = socket.create_server(("127.0.0.1", 0))
    received = []

    def serve():
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as stream:
                _talk(stream, received)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listening.getsockname()[1], received
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join()


def _talk(stream, received):
    def say(text):
        stream.write(f"{text}\r\n".encode())
        stream.flush()

    say("220 here")
    while line := stream.readline().decode().strip():
        if line.upper().startswith("DATA"):
            say("354 go on")
            body = []
            while (part := stream.readline()) != b".\r\n":
                body.append(part.decode())
            received.append("".join(body))
            say("250 kept")
        elif line.upper().startswith("QUIT"):
            say("221 bye")
            return
        else:
            say("250 ok")


def test_letters_leave_by_mail_and_those_without_address_go_to_paper(house, mail_server):
    port, received = mail_server
    house.received("T.hand", "2026-09-14 08:00")
    house.received("T.hand", "2026-09-14 08:01", applicant=Applicant(ref="a-2", name="Lê Văn C"))
    collect(house.store, at("2026-09-14 08:02"))
    paper = Kept()
    server = MailServer(host="127.0.0.1", port=port, security="none", sender="motcua@example.vn")
    assert sent(house, MailSender(server, paper), "2026-09-14 08:02").sent == 2
    assert len(received) == 1
    assert "b@example.vn" in received[0]
    assert [letter.name for letter in paper.letters] == ["Lê Văn C"]


def test_a_mail_server_that_is_not_there_is_named_without_naming_the_applicant(house):
    house.received("T.hand", "2026-09-14 08:00")
    collect(house.store, at("2026-09-14 08:02"))
    server = MailServer(host="127.0.0.1", port=9, security="none", sender="motcua@example.vn", password="secret")  # noqa: S106  nobody's
    assert sent(house, MailSender(server), "2026-09-14 08:02").failed == 1
    (letter,) = house.store.notifications.list()
    assert "127.0.0.1" in letter.last_error
    assert "example.vn" not in letter.last_error
    assert "secret" not in repr(server)
