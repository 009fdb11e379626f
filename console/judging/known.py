"""What people ask for must be there: a value nobody has is a slip of the pen, told with the nearest one there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

        raise InputError(f"--agency {agency}: {book.name} knows no such agency{nearest(agency, known)}")
