"""What the national procedure database says of limits: a dump of its pages counted, for who compares law and practice.

Its pages run channel, limit and fee together without separators ("Trực tiếp17 Ngày làm việcMiễn phí"); a limit is a
channel's name, a number, one blank and a unit.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from engine.errors import InputError

LIMIT: Final = re.compile(
    r"(Trực tuyến|Dịch vụ bưu chính|Trực tiếp)(\s*)(\d+(?:[.,]\d+)?)(\s*)(Ngày\s+làm\s+việc|Ngày|Giờ|Tháng)"
)
_UNITS: Final = {
    "Ngày làm việc": "working_days",
    "Ngày": "calendar_days",
    "Giờ": "hours",
    "Tháng": "months",
}
_NEEDED: Final = ("ma_thu_tuc", "cach_thuc_thuc_hien", "trinh_tu_thuc_hien")


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Counts over a dump.

    ``limits`` counts channel entries by unit, ``limits_spelled_freely`` those with other white space;
    ``several_limits`` procedures with more than one distinct limit, ``differ_by_channel`` those in which channels
    differ; ``opinions`` procedures whose steps take opinions, ``deemed_agreement`` those that say what silence means.
    """

    procedures: int
    limits: Mapping[str, int]
    limits_spelled_freely: int
    several_limits: int
    differ_by_channel: int
    opinions: int
    deemed_agreement: int

    def as_json(self) -> dict[str, Any]:
        """Return the counts as JSON values."""
        return asdict(self)


def survey(path: Path) -> Survey:
    """Return the counts of a dump: JSON Lines (``.jsonl`` or ``.jsonl.gz``), one procedure a line.

    Raises:
        InputError: the file cannot be read, or a line is no procedure of the database; the sentence gives the line.
    """
    limits: Counter[str] = Counter()
    freely = several = differ = opinions = deemed = count = 0
    for row in _rows(path):
        count += 1
        by_channel: dict[str, set[tuple[str, str]]] = {}
        for channel, before, amount, blank, unit in LIMIT.findall(row["cach_thuc_thuc_hien"] or ""):
            if before or blank != " " or unit not in _UNITS:
                freely += 1
                continue
            limits[_UNITS[unit]] += 1
            by_channel.setdefault(channel, set()).add((amount, unit))
        several += len(set().union(*by_channel.values())) > 1
        differ += len({frozenset(one) for one in by_channel.values()}) > 1
        steps = row["trinh_tu_thuc_hien"] or ""
        opinions += "lấy ý kiến" in steps
        deemed += "được coi là đã đồng ý" in steps
    return Survey(
        procedures=count,
        limits={name: limits[name] for name in _UNITS.values()},
        limits_spelled_freely=freely,
        several_limits=several,
        differ_by_channel=differ,
        opinions=opinions,
        deemed_agreement=deemed,
    )


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    row = json.loads(line)
                except ValueError:
                    raise InputError(f"{path}: line {number}: no JSON; one procedure a line is expected") from None
                if not isinstance(row, dict) or (lacking := [name for name in _NEEDED if name not in row]):
                    named = "an object" if not isinstance(row, dict) else lacking[0]
                    raise InputError(
                        f"{path}: line {number}: no procedure of the national database: {named} is missing"
                    )
                yield row
    except (OSError, EOFError, UnicodeDecodeError) as error:
        what = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{path}: cannot be read: {what}") from None
