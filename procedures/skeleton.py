"""A new procedure to begin with: small, complete, free of faults; every number marked as not confirmed yet."""

from __future__ import annotations

import json
from datetime import date

from pydantic import TypeAdapter, ValidationError

from engine.errors import InputError
from procedures.format import ProcedureCode

_TEXT = """\
# {title}
# Check it with `motcua procedures check FILE`, look at it with `motcua procedures draw FILE -o picture.svg`.
motcua: procedure/1
code: {code}
version: 1
in_force: {{from: {since}}}
title: {{vi: {title}, en: {title}}}
field: {{code: general, vi: "Lĩnh vực", en: "Field"}}
level: commune                       # ministry, province or commune
calendar: vn
legal_basis:
  - {{text: "Name the legal text and its article", confirmed: false}}

# The legal limit from receipt of a full dossier. Every number has a source; confirmed: false until it has been read.
limits:
  - limit: 5 working days            # or: 8 office hours, same day, 15 calendar days, 2 months
    cutoff: "15:00"                  # received after that: counts from the next working day
    source: {{text: "Name the legal text and its article", confirmed: false}}

clock:
  # How long the desk has to receive a submission, ask for papers or decline; left out, nothing is late before receipt.
  intake: {{within: 8 office hours, source: {{text: "Name the legal text and its article", confirmed: false}}}}
  supplement:
    effect: restart                  # or: pause
    max_requests: 1
    ask_within: 3 working days
    source: {{text: "Nghị định 61/2018/NĐ-CP, Điều 19 khoản 4"}}
  apology: {{lead: 1 working day, max_redatings: 1, source: {{text: "Nghị định 61/2018/NĐ-CP, Điều 19 khoản 9"}}}}

papers:
  - {{code: request, title: {{vi: "Đơn đề nghị", en: "Request"}}}}

# Agencies by role; kind is looked up in the directory when a dossier comes in.
roles:
  desk: {{kind: commune_desk, jurisdiction: receiving, title: {{vi: "Bộ phận một cửa", en: "One-stop desk"}}}}
  unit: {{kind: commune_committee, jurisdiction: territory, title: {{vi: "Ủy ban nhân dân xã", en: "Commune"}}}}
desk: desk

start: appraise
steps:
  - code: appraise
    kind: step
    title: {{vi: "Thẩm định hồ sơ", en: "Appraise the dossier"}}
    role: unit
    limit: 3 working days
    source: {{text: "Name the internal rule", confirmed: false}}
    may_request_supplement: true
    next: {{done: sign, reject: refused}}

  - code: sign
    kind: step
    title: {{vi: "Lãnh đạo ký", en: "Sign"}}
    role: unit
    limit: 1 working day
    source: {{text: "Name the internal rule", confirmed: false}}
    send_back_to: [appraise]
    next: hand_over

  - code: hand_over
    kind: step
    title: {{vi: "Chuyển kết quả về bộ phận một cửa", en: "Bring the result to the desk"}}
    role: desk
    limit: 4 office hours
    source: {{text: "Name the internal rule", confirmed: false}}
    next: granted

  - {{code: granted, kind: end, end: granted, title: {{vi: "Có kết quả", en: "Granted"}}}}
  - {{code: refused, kind: end, end: denied, title: {{vi: "Không đủ điều kiện", en: "Denied"}}}}
"""


def new_procedure(code: str, *, title: str, since: date) -> str:
    """Return the text of a new procedure file.

    Args:
        code: national code, or ``X.<slug>``.
        title: its name; stands in both languages until somebody translates it.
        since: first day in force.

    Raises:
        InputError: the code cannot be one.
    """
    try:
        TypeAdapter(ProcedureCode).validate_python(code)
    except ValidationError:
        raise InputError(f"{code!r} cannot be a procedure's code; write 1.001193 or X.tree_felling") from None
    quoted = json.dumps(title.strip() or code, ensure_ascii=False)
    return _TEXT.format(code=json.dumps(code), title=quoted, since=since.isoformat())
