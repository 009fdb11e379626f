"""`summary`: what is in a log, and what in it contradicts itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.judging.table import heading, table
from console.wording.judging import word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.wording.days import Language
    from engine.casebook import Casebook


def document(
    book: Casebook, contradictions: Mapping[str, int] | None = None, left_out: Mapping[str, int] | None = None
) -> dict[str, Any]:
    """Return the figures as JSON values; ``contradictions`` and ``left_out`` as the log's reader counted them."""
    from engine.responsibility.summary import summary

    return {
        "source": book.name,
        **summary(book).as_json(),
        "contradictions": dict(contradictions or {}),
        "left_out": dict(left_out or {}),
    }


def tell(found: dict[str, Any], lang: Language) -> None:
    """Print the figures for people."""
    from console.output import write_pairs

    parts = {"source", "steps", "contradictions", "left_out"}
    untold = {"agencies", "officers"}  # of 0 of these the source tells nothing
    write_pairs(
        (word(name, lang), None if name in untold and not value else value)
        for name, value in found.items()
        if name not in parts
    )
    heading(word("step", lang))
    table([{"step": step, "times": times} for step, times in found["steps"].items()], ("step", "times"), lang)
    for part in ("contradictions", "left_out"):
        told = [(name, count) for name, count in found[part].items() if count]
        if told:
            heading(word(part, lang))
            write_pairs((word(name, lang), count) for name, count in told)
