"""The report: one page that stands by itself, tells the documents' figures, names no person, in both languages."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

from console.report.documents import gather
from console.report.graph import STRONGEST, chosen, graph_of
from console.report.minute import key_figures
from console.report.page import POLICY, page
from console.report.sections.replies import Reply, counts
from console.report.svg import inlined
from console.report.voice import Voice
from console.wording import evidence, report_judged
from console.wording.report import REPORT
from engine.responsibility.signal import EXCUSES
from tests.responsibility.casebooks import act, book, dossier, hold
from workflows.log_book import read_book
from workflows.mapping_file import load_mapping

DATA = Path(os.environ.get("MOTCUA_DATA", "/nowhere")) / "logs"
MAPS = Path(__file__).parents[2] / "examples" / "logs"
EVIL = "<script>alert(1)</script>"
QUOTED = '"A" & <b>'
OFFICERS = ("Nguyễn Văn Thử", "Trần Thị Mẫu", "Lê Thị Nghiệm")
VOID = {"meta", "br", "link", "img", "input", "hr"}
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def a_month():
    """Dossiers that go to and fro between two agencies with nasty names, and to the applicant; some late, one open."""
    dossiers, holds, acts = [], [], []
    for nr in range(48):
        day, done = 2 + nr % 5, 9 + nr % 4
        due = f"2026-03-{11 + nr % 3:02} 17:00"
        dossiers.append(
            dossier(
                f"2026-03-{day:02} 08:00",
                due=due,
                desk="quầy",
                ended=None if nr == 7 else f"2026-03-{done + 2:02} 16:00",
            )
        )
        turns = [EVIL, QUOTED, EVIL, "agency_three"] if nr % 2 else [EVIL, "agency_three", "dân"]
        for place, agency in enumerate(turns):
            since, until = f"2026-03-{day + place:02} 08:00", f"2026-03-{day + place + 1:02} 08:00"
            own_due = f"2026-03-{day + place:02} 17:00"
            taken = f"2026-03-{day + place:02} 10:00"
            holds.append(
                hold(
                    nr,
                    agency,
                    since,
                    until,
                    taken_up=taken,
                    officer=OFFICERS[nr % 3],
                    due=own_due,
                    step=f"step_{place}",
                )
            )
        acts.append(act(nr, f"2026-03-{day + 1:02} 09:00", "supplement_requested", QUOTED, by=OFFICERS[nr % 3]))
    return book(
        dossiers, holds, acts, outsiders=frozenset({"dân"}), titles={"agency_three": ("Cơ quan ba", "Agency three")}
    )


@cache
def written(lang):
    return page(a_month(), title=f"Tháng thử {EVIL}", source="https://example.org/nguồn & more", lang=lang)


class Reader(HTMLParser):
    """Reads a page strictly: every element closed in order; keeps what it refers to, its ids and its texts."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.references, self.tags, self.texts, self.cells = [], [], [], [], [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        for name, value in attributes:
            if name == "id":
                self.ids.append(value)
            if name in {"href", "src", "xlink:href", "action", "srcset", "data", "poster"}:
                self.references.append(value)
        if tag not in VOID:
            self.open.append(tag)
        if tag in {"td", "th"}:
            self.cells.append("")

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.texts.append((tuple(self.open), data))
        if self.open and self.open[-1] in {"td", "th"}:
            self.cells[-1] += data


def read(text):
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert not reader.open
    return reader


def seen(text):
    return " ".join(data for _, data in read(text).texts)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_page_is_whole_and_all_it_points_at_is_on_it(lang):
    reader = read(written(lang))
    assert len(reader.ids) == len(set(reader.ids))
    labels = [name for _, found in reader.tags for name in (found.get("aria-labelledby") or "").split()]
    assert labels
    assert set(labels) <= set(reader.ids)
    assert {one.removeprefix("#") for one in reader.references} <= set(reader.ids)
    assert dict(reader.tags)["html"]["lang"] == lang
    assert {"main", "nav", "header", "footer"} <= {tag for tag, _ in reader.tags}


def test_the_page_asks_for_nothing_from_outside_and_forbids_it():
    text = written("vi")
    reader = read(text)
    assert all(one.startswith("#") for one in reader.references)
    assert f'content="{POLICY}"' in text.replace("&#39;", "'")
    assert not {"script", "iframe", "object", "embed", "link", "img", "form"} & {tag for tag, _ in reader.tags}
    assert not re.search(r"@import|url\(\s*['\"]?(?!#)", text)
    assert not [name for _, found in reader.tags for name in found if name.startswith("on")]
    # Addresses appear as the text of the source alone.
    assert set(re.findall(r"https?://[^\s<\"]+", text)) == {"https://example.org/nguồn"}


def test_the_headline_gives_both_countings_with_their_names():
    late = [dossier("2026-03-02 08:00", "2026-03-06 17:00", "2026-03-10 10:00") for _ in range(2)]
    early = [dossier("2026-03-02 08:00", "2026-03-16 17:00", "2026-03-10 10:00") for _ in range(3)]
    gone = [dossier("2026-03-02 08:00", "2026-03-06 17:00", "2026-03-10 10:00", outcome="withdrawn") for _ in range(5)]
    found = gather(book([*late, *early, *gone]))
    honest, official = (key for key in key_figures(found, Voice(lang="en")) if "were late" in key.sentence)
    assert (honest.figure, official.figure) == ("40.0 %", "20.0 %")
    assert "counted honestly, by date: 2 of 5" in honest.sentence
    assert "counted as official reports do (form II.06a), by date: 2 of 10" in official.sentence
    assert "withdrawn or returned counts as on time" in official.sentence


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_what_a_source_says_is_text_and_never_markup(lang):
    text = written(lang)
    assert "<script" not in text
    assert EVIL in seen(text)
    assert QUOTED in seen(text)
    assert "<b>" not in re.sub(r"<li><b>[^<]*</b>", "", text)


def test_no_officer_is_named_on_the_page():
    for lang in ("vi", "en"):
        assert not [name for name in OFFICERS if name in seen(written(lang))]


def test_every_picture_has_a_title_and_a_description():
    reader = read(written("en"))
    pictures = [found for tag, found in reader.tags if tag == "svg"]
    assert len(pictures) >= 5
    for found in pictures:
        title, description = found["aria-labelledby"].split()
        assert {title, description} <= set(reader.ids)
        assert found["role"] == "img"
    told = {data for path, data in reader.texts if "svg" in path and path[-1] in {"title", "desc"}}
    assert len(told) >= 2 * len(pictures) - 1


def test_every_table_has_a_caption_and_headings():
    reader = read(written("en"))
    tables = sum(tag == "table" for tag, _ in reader.tags)
    assert tables == sum(tag == "caption" for tag, _ in reader.tags) > 5
    scopes = [found.get("scope") for tag, found in reader.tags if tag == "th"]
    assert set(scopes) == {"col", "row"}


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_figures_on_the_page_are_those_of_the_documents(lang):
    found, voice = gather(a_month()), Voice(lang=lang)
    text, cells = seen(written(lang)), read(written(lang)).cells
    late = found.lateness
    assert late["late"]["date"] > 0
    assert f"{voice.number(late['late']['date'])}" in cells
    assert voice.share(late["late"]["date"], late["late_of"]) in cells
    for way in ("official", "honest"):
        for measure in ("date", "date_rolled", "instant"):
            rates = late["counting"][measure][f"{way}_rates"]
            assert {voice.share(rates[name]) for name in rates} <= set(cells)
    for pair in found.ping_pong["pairs"]:
        assert voice.number(pair["triples"]) in cells
    triples = found.ping_pong["triples"]
    assert triples["total"] > 0
    assert voice.number(found.ping_pong["handovers"]) in text
    assert voice.number(found.hold_bunching["near"]) in text
    for one in found.waiting["causes"].values():
        assert voice.share(one["share_office"]) in cells
    for rule in found.signals["rules"]:
        assert rule["code"] in cells
    whole = sum(found.whose.values())
    assert all(voice.share(seconds, whole) in text for seconds in found.whose.values())


def test_no_english_word_is_left_in_the_labels_of_the_vietnamese_page():
    labels = {"th", "caption", "h1", "h2", "h3", "figcaption", "dt", "li", "title", "desc", "p"}
    said = [data.strip() for path, data in read(written("vi")).texts if path and path[-1] in labels]
    english = {
        phrase.en
        for table in (REPORT, report_judged.CERTAINTIES, report_judged.REASONS, report_judged.BARS, report_judged.TOLD)
        for phrase in table.values()
        if phrase.en != phrase.vi and "{" not in phrase.en
    }
    assert said
    assert english & set(said) == set()


@pytest.mark.parametrize(
    "table",
    [REPORT, report_judged.CERTAINTIES, report_judged.REASONS, report_judged.BARS, evidence.DETAILS, evidence.UNITS],
)
def test_every_phrase_is_said_in_both_languages_with_the_same_values(table):
    for key, phrase in table.items():
        values = [set(re.findall(r"\{(\w+)\}", text)) for text in phrase]
        assert values[0] == values[1], key
        assert all(phrase), key
        assert all(text == text.strip() for text in phrase), key


def test_every_word_of_evidence_that_a_detector_gives_has_its_phrase():
    folder = Path(__file__).parents[2] / "engine" / "responsibility" / "detectors"
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))
    given = set(re.findall(r"""(?:pl\.lit\("([a-z_]+)"\))""", text)) - set(EXCUSES)
    assert given
    assert given <= set(evidence.DETAILS) | {"applicant"}


def test_the_right_of_reply_is_shown_as_it_stands():
    filed = [
        Reply("S1", "agency_three", "notified", is_explained=False, is_overdue=True, verdict=""),
        Reply("S5", "agency_three", "closed", is_explained=True, is_overdue=False, verdict="upheld"),
    ]
    mine = counts(filed)["agency_three"]
    told = {name: mine[name] for name in ("raised", "notified", "explained", "accepted", "upheld", "overdue")}
    assert told == {"raised": 2, "notified": 1, "explained": 1, "accepted": 0, "upheld": 1, "overdue": 1}
    text = page(a_month(), title="t", source="s", lang="en", filed=filed)
    assert REPORT["replies_caption"].say("en", n=2) in seen(text)
    assert REPORT["replies_caption"].say("en", n=2) not in seen(written("en"))


def test_a_source_without_due_dates_says_so_instead_of_counting_nobody_late():
    silent = book([dossier("2026-03-02 08:00")], [hold(0, "a", "2026-03-02 08:00")], tells={"agencies", "officers"})
    text = page(silent, title="t", source="s", lang="en")
    assert REPORT["lateness_no_due"].en in seen(text)
    assert REPORT["bunching_none"].en in seen(text)


@pytest.mark.parametrize(
    ("lang", "sentence"), [("en", "Channels not understood: fax"), ("vi", "Không hiểu cách nộp: fax")]
)
def test_channels_that_are_not_understood_are_told(lang, sentence):
    book = a_month()
    assert sentence not in written(lang)
    faxed = replace(book, dossiers=book.dossiers.with_columns(channel=pl.lit("fax")))
    assert sentence in seen(page(faxed, title="t", source="s", lang=lang))


def test_an_empty_source_is_a_page_too():
    text = page(book([]), title="t", source="s", lang="vi")
    assert REPORT["handovers_none"].vi in seen(text)


def test_the_same_source_gives_the_same_page():
    month = a_month()
    assert page(month, title="t", source="s", lang="en") == page(month, title="t", source="s", lang="en")


def test_the_graph_draws_the_strongest_pairs_and_those_with_most_ping_pong():
    whole = graph_of(a_month())
    assert whole.edges[EVIL, QUOTED]["returns"] == 24
    part = chosen(whole)
    assert part.number_of_edges() <= 2 * STRONGEST
    assert part.has_edge(EVIL, QUOTED)


def test_articles_are_cited_as_each_language_cites_them():
    law = "NĐ 61/2018/NĐ-CP, art. 19(9) and 5(1)(đ): one day before"
    assert Voice(lang="vi").cited(law) == ("NĐ 61/2018/NĐ-CP, khoản 9 Điều 19 và điểm đ khoản 1 Điều 5: one day before")
    assert Voice(lang="en").cited(law) == law


def test_numbers_are_written_as_each_language_writes_them():
    vi, en = Voice(lang="vi"), Voice(lang="en")
    assert (vi.number(12345.678, 1), en.number(12345.678, 1)) == ("12.345,7", "12,345.7")
    assert (vi.share(1, 3), en.share(1, 3), en.share(1, 0)) == ("33,3 %", "33.3 %", "–")
    assert (vi.day("2026-03-02T08:00:00+07:00"), en.day("2026-03-02T08:00:00+07:00")) == ("02/03/2026", "2 Mar 2026")


def test_ids_inside_pictures_stay_apart_and_titles_of_the_drawing_program_are_gone():
    drawn = (
        '<?xml version="1.0"?><svg width="10" height="5" xmlns="http://www.w3.org/2000/svg"><title>G</title>'
        '<defs><clipPath id="c"/></defs><g id="x" clip-path="url(#c)"/></svg>'
    )
    text = inlined(drawn, "a", "T <1>", "D")
    assert "http" not in text
    assert 'id="a-c"' in text
    assert "url(#a-c)" in text
    assert ">G<" not in text
    assert "T &lt;1&gt;" in text


@pytest.mark.skipif(not (DATA / "receipt.xes.gz").is_file(), reason="needs logs/receipt.xes.gz in $MOTCUA_DATA")
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_receipt_log_gives_the_published_figures_and_names_nobody(lang, tmp_path):
    mapping = load_mapping(MAPS / "receipt.yaml")
    _, found = read_book(DATA / "receipt.xes.gz", mapping)
    text = page(found, title=mapping.title, source=mapping.source.text, lang=lang)
    cells, voice = read(text).cells, Voice(lang=lang)
    assert {voice.number(n) for n in (377, 309, 304, 1080, 39)} <= set(cells)
    assert {voice.number(3853), voice.number(165)} <= set(re.findall(r"[\d.,]*\d", seen(text)))
    assert len(text.encode()) < 1_000_000
    officers = found.holds["officer"].drop_nulls().unique().to_list()
    assert officers
    assert not [name for name in officers if re.search(rf"\b{re.escape(name)}\b", seen(text))]


@pytest.mark.skipif(not (DATA / "receipt.xes.gz").is_file(), reason="needs logs/receipt.xes.gz in $MOTCUA_DATA")
def test_the_command_writes_the_file_and_says_where(tmp_path):
    output = tmp_path / "report.html"
    program = Path(sys.executable).with_name("motcua")
    words = [program, "log", "report", DATA / "receipt.xes.gz", "--map", MAPS / "receipt.yaml", "--lang", "en", "-o"]
    done = subprocess.run([*words, output], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert done.stdout.strip() == str(output)
    assert read(output.read_text(encoding="utf-8")).ids
    nowhere = tmp_path / "no" / "report.html"
    refused = subprocess.run([*words, nowhere], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert refused.returncode == 2
    assert "cannot be written" in refused.stderr


@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium on the PATH")
def test_a_browser_shows_the_page_without_a_complaint(tmp_path):
    file = tmp_path / "report.html"
    file.write_text(written("vi"), encoding="utf-8")
    quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    quiet += ["--disable-component-update", "--disable-sync", "--no-sandbox", "--headless"]
    show = [CHROMIUM, *quiet, f"--user-data-dir={tmp_path / 'profile'}", "--enable-logging=stderr", "--dump-dom"]
    done = subprocess.run([*show, file.as_uri()], capture_output=True, text=True, timeout=120, check=True)
    assert "</html>" in done.stdout
    assert "CONSOLE" not in done.stderr
