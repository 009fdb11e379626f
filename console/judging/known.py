"""What people ask for must be there: an agency nobody knows, a day the calendar does not reach is told by name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from engine.casebook import Casebook


def check_agency(book: Casebook, agency: str) -> None:
    """Refuse an agency that had and received no dossier and is in no directory; an empty text asks for none.

    Raises:
        InputError: nothing knows it; the sentence tells the nearest name.
    """
    if not agency:
        return
    known = {*book.holds["agency"].drop_nulls().unique(), *book.dossiers["desk"].drop_nulls().unique(), *book.titles}
    if agency not in known:
        from engine.errors import InputError
        from engine.nearest import nearest

        raise InputError.of(
            "agency_not_in_book",
            "--agency {agency}: {book} knows no such agency{near}",
            agency=agency,
            book=book.name,
            near=nearest(agency, known),
        )


@contextmanager
def naming(book: Casebook) -> Iterator[None]:
    """Name the dossier where judging a casebook meets a date that its calendar does not reach.

    Raises:
        BeyondCalendarError: the same, with the dossier and what of it lies there.
    """
    from engine.errors import BeyondCalendarError

    try:
        yield
    except BeyondCalendarError as error:
        where = None if error.day is None else _place(book, error.day)
        if error.day is None or where is None:
            raise
        raise BeyondCalendarError(f"{where}: {error}").on(error.day) from None


def _place(book: Casebook, day: date) -> str | None:
    """Return the first dossier that has an instant on a date, with what it is; None where none has."""
    import polars as pl

    for frame, names in (
        (book.dossiers, ("due", "received", "ended", "submitted", "promised", "issued", "term_from")),
        (book.holds, ("until", "since", "taken_up", "due")),
        (book.acts, ("at", "until")),
    ):
        for name in names:
            on = frame.filter(pl.col(name).dt.convert_time_zone(book.zone).dt.date() == day)
            if on.height:
                known = book.dossiers.filter(pl.col("nr") == on["nr"][0])["dossier"]
                kind = "" if frame is book.dossiers else "a hold's " if frame is book.holds else "an act's "
                return f"dossier {known[0]} ({kind}{name})"
    return None
