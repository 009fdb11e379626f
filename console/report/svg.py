"""SVG for the page: no address of anything, a title and a description for those who cannot see, ids of its own."""

from __future__ import annotations

import re
from html import escape

_HEAD = re.compile(r"^.*?(?=<svg)", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_SPACES = re.compile(r'\s(?:xmlns(?::\w+)?|xlink:\w+|version|class|role|aria-\w+)="[^"]*"')
_ROOT = re.compile(r"<svg([^>]*)>")
_SIZE = re.compile(r'\s(width|height)="([\d.]+)(?:pt|px)?"')
_ID = re.compile(r'\bid="([^"]+)"')
_LINK = re.compile(r"</?a(?:\s[^>]*)?>")
_TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)


def inlined(svg: str, name: str, title: str, description: str) -> str:
    """Return an SVG document as an element of the page.

    Args:
        svg: as drawn; what its texts say was escaped by who drew it.
        name: unique on the page; prefix of all ids.
        title: what it is.
        description: what it shows, in words.
    """
    body = _LINK.sub("", _COMMENT.sub("", _HEAD.sub("", svg)))
    body = _SPACES.sub("", _TITLE.sub("", body))
    for known in set(_ID.findall(body)):
        fresh = f"{name}-{known}"
        if f"#{known}" in body:
            body = body.replace(f'id="{known}"', f'id="{fresh}"').replace(f"#{known})", f"#{fresh})")
        else:
            body = body.replace(f' id="{known}"', "")
    head = (
        f'role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(description)}</desc>'
    )

    def sized(found: re.Match[str]) -> str:
        sizes = dict(_SIZE.findall(found[1]))
        rest = _SIZE.sub("", found[1])
        wide = float(sizes.get("width", 640))
        return f'<svg{rest} style="width:{wide:.0f}px" {head}'

    return _ROOT.sub(sized, body, count=1).strip()
