"""Small logs to be read: builders of XES and CSV, and the mapping that fits them."""

from __future__ import annotations

import gzip
from pathlib import Path

MAPPING = """\
log: sample
source: {text: "made up for tests"}
zone: Europe/Amsterdam
calendar: nl
procedure: test.permit
desk: front
dossier: case:concept:name
instant: time:timestamp
step: concept:name
agency: {attribute: org:group, blank: EMPTY}
officer: org:resource
received: case:startdate
due: case:deadline
ended: case:enddate
"""

WHOLE = """\
<string key="concept:name" value="{name}"/>
<date key="startdate" value="2011-10-11T09:00:00.000+02:00"/>
<date key="deadline" value="2011-12-06T13:41:31.788+01:00"/>
"""


def event(step="Check", at="2011-10-12T10:00:00.000+02:00", group="Group 1", officer="anna", more=""):
    """Return one event."""
    return f"""<event>
<string key="concept:name" value="{step}"/>
<string key="org:group" value="{group}"/>
<string key="org:resource" value="{officer}"/>
<date key="time:timestamp" value="{at}"/>{more}
</event>
"""


def trace(name="c1", inside="", events=None):
    """Return one trace with the usual case attributes."""
    return f"<trace>\n{WHOLE.format(name=name)}{inside}{event() if events is None else events}</trace>\n"


DECLARED = '<global scope="trace"><date key="enddate" value="1970-01-01T00:00:00.000+01:00"/></global>'

ENDED = '<date key="enddate" value="2011-12-01T10:00:00.000+01:00"/>\n'


def xes(*traces, before=""):
    """Return a whole log; without traces, one ended case and one open one."""
    body = "".join(traces) or trace("c1", ENDED) + trace("c2")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{before}<log xes.version="1.0">{DECLARED}\n{body}</log>\n'


def write(path: Path, text: str | bytes) -> Path:
    """Write a log, gzipped where its name says so."""
    raw = text.encode() if isinstance(text, str) else text
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)
    return path
