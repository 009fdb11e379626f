"""What only waits for the machine is nobody's silence: dossiers are judged as they stand after the next sweep."""

from engine.responsibility.judge import judge
from procedures.signals import load_signals
from tests.workflows.conftest import PROCEDURES, at
from workflows.rulebook import Rulebook
from workflows.store_book import open_casebook
from workflows.watch import watch

LADDER = "clock:\n  escalation: [{after: 1 working day, to: desk, source: {text: test, confirmed: false}}]\n"


def test_an_opinion_owed_before_the_sweep_is_no_silence_of_the_lead(house, tmp_path):
    written = (PROCEDURES / "hand.yaml").read_text("utf-8").replace("clock:\n", LADDER)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "hand.yaml").write_text(written, "utf-8")
    house.rulebook = Rulebook(house.store, procedures=[tmp_path / "own"])
    dossier = house.received("T.hand", "2026-03-02 08:00")
    house.drive("2026-03-02 08:00")
    asked = {"consulted": "cau_gio.committee", "limit": "1 working day", "reason": "needed"}
    house.act(dossier.dossier_no, "request-opinion", "2026-03-02 09:00", data=asked)
    now = at("2026-03-12 09:00")

    def judged():
        book = open_casebook(house.store, house.rulebook, now)
        found = judge(book, load_signals())
        return found.occurrences.select("code", "agency", "excused").sort("code").rows(), book.acts["act"].to_list()

    facts = len(house.store.read(dossier.dossier_id))
    before = judged()
    assert len(house.store.read(dossier.dossier_id)) == facts
    watch(house.store, house.rulebook, now)
    assert judged() == before
    assert [one for one in before[0] if one[0] == "S19" and one[2] is None] == []
