"""Citations as each language writes them: sources are kept as "art. 19(9)", Vietnamese says "khoản 9 Điều 19"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from console.wording.days import Language

_ARTICLE: Final = r"\d+(?:[:–-]\d+)*(?:\(\w{1,2}\))*"
_CITED: Final = re.compile(rf"\bart\. ({_ARTICLE}(?: and (?:{_ARTICLE}|\(\w{{1,2}}\)))*)")
_PART: Final = re.compile(r"\((\w+)\)")


def cited(text: str, lang: Language) -> str:
    """Return a citation, its articles called as the language calls them; other words stay as they are.

    Example:
        >>> cited("NĐ 61/2018/NĐ-CP, art. 15(3) and 19(5)(b)", "vi")
        'NĐ 61/2018/NĐ-CP, khoản 3 Điều 15 và điểm b khoản 5 Điều 19'
        >>> cited("NĐ 217/2026/NĐ-CP, art. 53-54", "vi"), cited("Awb, art. 4:5", "en")
        ('NĐ 217/2026/NĐ-CP, Điều 53-54', 'Awb, art. 4:5')
    """
    if lang == "en":
        return text
    return _CITED.sub(lambda found: " và ".join(map(_article, found[1].split(" and "))), text)


def _article(text: str) -> str:
    number, parts = text.partition("(")[0], _PART.findall(text)
    if not number:
        return f"điểm {parts[0]}"
    clause = [f"khoản {parts[0]}"] if parts else []
    point = [f"điểm {parts[1]}"] if len(parts) > 1 else []
    return " ".join([*point, *clause, f"Điều {number}"])
