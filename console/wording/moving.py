"""Words of what moves dossiers and takes histories over: `flows`, `drive`, `watch`, `incidents`, `replay`, imports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.output import Column
from console.wording.numbers import number
from console.wording.phrases import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from console.wording.days import Language

WORDS: Final[Mapping[str, Phrase]] = {
    "attempts": Phrase("số lần thử", "attempts"),
    "closed": Phrase("xong lúc", "closed"),
    "dossier": Phrase("hồ sơ", "dossier"),
    "dossiers": Phrase("hồ sơ", "dossiers"),
    "driven": Phrase("hồ sơ đã chuyển", "dossiers driven"),
    "drive_lag": Phrase("chờ chuyển lâu nhất (giây)", "drive lag"),
    "error": Phrase("lỗi", "error"),
    "facts": Phrase("sự việc đã ghi", "facts"),
    "facts_for_letters": Phrase("sự việc chờ lập thư", "facts for letters"),
    "flow": Phrase("luồng", "flow"),
    "id": Phrase("số", "id"),
    "incidents": Phrase("sự cố", "incidents"),
    "last": Phrase("lần trước", "last"),
    "letters_to_send": Phrase("thư chờ gửi", "letters to send"),
    "looked_at": Phrase("hồ sơ đã xem", "dossiers looked at"),
    "next": Phrase("lần tới", "next"),
    "no_flows": Phrase("không có luồng nào", "no flows"),
    "no_incidents": Phrase("không có sự cố nào", "no incidents"),
    "opened": Phrase("từ lúc", "opened"),
    "prefect_down": Phrase(
        "Prefect không chạy ở {api}; `motcua up` khởi động, còn `motcua drive` và `motcua watch` không cần Prefect",
        "Prefect is down at {api}; `motcua up` starts it, `motcua drive` and `motcua watch` work without it",
    ),
    "prefect_up": Phrase("Prefect đang chạy: {api}", "Prefect is up: {api}"),
    "up_demo": Phrase("đang chuẩn bị hồ sơ của tỉnh mẫu …", "preparing the demo's dossiers …"),
    "up_ended": Phrase("đã kết thúc, không dở việc gì", "ended in good order"),
    "up_pages": Phrase("Trang của Prefect: {pages}", "Prefect's pages: {pages}"),
    "up_starting": Phrase(
        "đang khởi động máy chủ Prefect, chừng mười giây …", "starting Prefect's server, some ten seconds …"
    ),
    "retry": Phrase("thử lại lúc", "retry"),
    "seconds": Phrase("số giây", "seconds"),
    "services": Phrase("bước do hệ thống làm", "services"),
    "signals": Phrase("dấu hiệu đã nêu", "signals"),
    "stage": Phrase("khi", "stage"),
    "stale": Phrase("người khác đã ghi trước", "stale"),
    "state": Phrase("tình trạng", "state"),
    "sub_dossiers": Phrase("hồ sơ liên thông", "sub-dossiers"),
    "to_drive": Phrase("hồ sơ chờ chuyển", "to drive"),
    "to_watch": Phrase("hồ sơ chờ xem thời hạn", "to watch"),
    "watch_lag": Phrase("chờ xem lâu nhất (giây)", "watch lag"),
    # registers
    "already_there": Phrase("đã có từ trước", "already there"),
    "dry_run": Phrase("không, chỉ chạy thử", "no, a dry run"),
    "finished": Phrase("đã xong, giữ làm lịch sử", "finished, kept as history"),
    "now_live": Phrase("chưa xong, nay là hồ sơ đang xử lý", "open, now live dossiers"),
    "written": Phrase("đã ghi", "written"),
    "yes": Phrase("có", "yes"),
    # a replayed log
    "added": Phrase("đã thêm", "added"),
    "added_told": Phrase("{dossiers} hồ sơ, {facts} sự việc vào {url}", "{dossiers} dossiers, {facts} facts to {url}"),
    "by_date": Phrase("  theo ngày", "  by the date"),
    "by_instant": Phrase("  theo thời điểm", "  by the instant"),
    "by_rolled": Phrase("  theo ngày đã dời", "  by the rolled date"),
    "contradictions": Phrase("mâu thuẫn được giữ lại", "contradictions kept"),
    "different": Phrase("trong đó có lịch sử khác", "of these with another history"),
    "different_told": Phrase("{count}: {shown}; để nguyên như cũ", "{count}: {shown}; left as they were"),
    "ended": Phrase("đã kết thúc", "ended"),
    "ended_told": Phrase("{ended}/{dossiers}", "{ended} of {dossiers}"),
    "hand_overs": Phrase("lượt bàn giao", "hand-overs"),
    "late": Phrase("trễ hạn", "late"),
    "late_of": Phrase("trên {of} hồ sơ đã kết thúc có hạn trả", "of {of} ended dossiers with a due instant"),
    "left_out": Phrase("bỏ qua", "left out"),
    "left_out_events": Phrase("{count} sự kiện", "{count} events"),
    "left_out_dossiers": Phrase("{count} hồ sơ", "{count} dossiers"),
    "log": Phrase("nhật ký", "log"),
    "log_told": Phrase("{log}: {dossiers} hồ sơ, {events} sự kiện", "{log}: {dossiers} dossiers, {events} events"),
    "more": Phrase("và {count} thời hạn khác", "{count} more"),
    "none": Phrase("không có", "none"),
    "open_overdue": Phrase("chưa xong và quá hạn", "open and overdue"),
    "open_overdue_told": Phrase("{overdue}/{of} vào {at}", "{overdue} of {of} at {at}"),
    "procedure": Phrase("thủ tục", "procedure"),
    "procedure_unknown": Phrase(
        "{procedure} chưa có ở đây: các bước mang tên trong nhật ký",
        "{procedure} is not known here: steps are shown by their names in the log",
    ),
    "rolled_told": Phrase(
        "{count} (hạn trả rơi vào ngày nghỉ được dời sang ngày làm việc kế tiếp)",
        "{count} (a due date on a day off moves to the next working day)",
    ),
    "term": Phrase("{days} ngày x {count}", "{days} days x {count}"),
    "terms": Phrase("thời hạn", "terms"),
}

CONTRADICTIONS: Final[Mapping[str, Phrase]] = {
    "values_differ": Phrase(
        "giá trị của hồ sơ khác nhau giữa các sự kiện", "values of the dossier differ between its events"
    ),
    "events_out_of_order": Phrase("sự kiện đi ngược thời gian", "events run backwards in time"),
    "event_ends_before_it_starts": Phrase("sự kiện xong trước khi bắt đầu", "an event ends before it starts"),
    "event_before_receipt": Phrase("sự kiện trước khi tiếp nhận", "an event lies before receipt"),
    "event_after_end": Phrase("sự kiện sau khi kết thúc", "an event lies after the end"),
    "end_before_receipt": Phrase("kết thúc trước khi tiếp nhận", "the end lies before receipt"),
    "due_before_receipt": Phrase("hạn trả trước khi tiếp nhận", "due before receipt"),
    "receipt_missing": Phrase(
        "không ghi lúc tiếp nhận: tính từ sự kiện đầu tiên", "no receipt: counted from the first event"
    ),
    "without_event": Phrase("không có sự kiện nào", "no event at all"),
}
"""What a foreign log says against itself, and was kept as it says."""

STAGES: Final[Mapping[str, Phrase]] = {
    "drive": Phrase("chuyển hồ sơ", "drive"),
    "watch": Phrase("xem thời hạn", "watch"),
}


def word(key: str, lang: Language, **values: object) -> str:
    """Return a word of this file; an unknown key is our bug and raises ``KeyError``."""
    return WORDS[key].say(lang, **values)


def columns(keys: Iterable[str], lang: Language) -> list[Column]:
    """Return the columns of a list under their headings."""
    return [Column(key, word(key, lang)) for key in keys]


def told(figures: Mapping[str, int], lang: Language) -> Iterator[tuple[str, str]]:
    """Yield figures as people read them.

    Example:
        >>> list(told({"to_drive": 1250}, "vi"))
        [('hồ sơ chờ chuyển', '1.250')]
    """
    return ((word(key, lang), number(count, lang)) for key, count in figures.items())
