"""The tables, as SQLModel classes: for migrations and for pages. The hot path writes the same columns in plain SQL.

Why they look so: every page touched costs time in COMMIT, so facts lie in the order they came (``seq``), their one
other full index is (dossier row, version), nothing in an index is random, and the two views have as few indexes as
their lists need. A row of ``facts`` holds one text, exactly what its hash covers.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, SmallInteger, Text, text
from sqlmodel import Field, SQLModel

_KEY: Final = BigInteger().with_variant(Integer(), "sqlite")
_OPEN_HOLD: Final = text("closed_at IS NULL")
_OPEN_DOSSIER: Final = text("ended_at IS NULL")


class FactRecord(SQLModel, table=True):
    """One fact. ``nth`` counts within its append from 0.

    ``transaction_id`` is PostgreSQL's number of the transaction that wrote it, 0 on SQLite.
    """

    __tablename__ = "facts"
    __table_args__ = (
        Index("facts_of_dossier", "dossier", "version", unique=True),
        Index(
            "facts_by_command",
            "command_id",
            unique=True,
            sqlite_where=text("command_id IS NOT NULL"),
            postgresql_where=text("command_id IS NOT NULL"),
        ),
        Index("facts_by_transaction", "transaction_id", "seq").ddl_if(dialect="postgresql"),
    )
    seq: int = Field(sa_column=Column(_KEY, primary_key=True))
    dossier: int = Field(sa_column=Column(BigInteger, nullable=False))
    version: int = Field(sa_column=Column(Integer, nullable=False))
    nth: int = Field(sa_column=Column(SmallInteger, nullable=False))
    transaction_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    command_id: str | None = Field(sa_column=Column(Text))
    body: str = Field(sa_column=Column(Text, nullable=False))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class DossierRecord(SQLModel, table=True):
    """The dossier view: one row a dossier, enough for every list."""

    __tablename__ = "dossiers"
    __table_args__ = (
        Index("dossiers_by_id", "dossier_id", unique=True),
        Index(
            "dossiers_by_no",
            "dossier_no",
            unique=True,
            sqlite_where=text("dossier_no IS NOT NULL"),
            postgresql_where=text("dossier_no IS NOT NULL"),
        ),
        Index("dossiers_open", "desk", "due", sqlite_where=_OPEN_DOSSIER, postgresql_where=_OPEN_DOSSIER),
        Index("dossiers_movable", "id", sqlite_where=text("is_movable = 1"), postgresql_where=text("is_movable = 1")),
        Index(
            "dossiers_to_wake",
            "wake_at",
            sqlite_where=text("wake_at IS NOT NULL"),
            postgresql_where=text("wake_at IS NOT NULL"),
        ),
    )
    id: int = Field(sa_column=Column(_KEY, primary_key=True))
    dossier_id: str = Field(sa_column=Column(Text, nullable=False))
    dossier_no: str | None = Field(sa_column=Column(Text))
    procedure: str = Field(sa_column=Column(Text, nullable=False))
    procedure_version: int = Field(sa_column=Column(Integer, nullable=False))
    channel: str = Field(sa_column=Column(Text, nullable=False))
    desk: str = Field(sa_column=Column(Text, nullable=False))
    applicant: str = Field(sa_column=Column(Text, nullable=False))
    root: str = Field(sa_column=Column(Text, nullable=False))
    origin: str = Field(sa_column=Column(Text, nullable=False))
    status: int = Field(sa_column=Column(SmallInteger, nullable=False))
    due: int | None = Field(sa_column=Column(BigInteger))
    promised: int | None = Field(sa_column=Column(BigInteger))
    outcome: str = Field(sa_column=Column(Text, nullable=False))
    submitted_at: int | None = Field(sa_column=Column(BigInteger))
    received_at: int | None = Field(sa_column=Column(BigInteger))
    ended_at: int | None = Field(sa_column=Column(BigInteger))
    issued_at: int | None = Field(sa_column=Column(BigInteger))
    stopped_since: int | None = Field(sa_column=Column(BigInteger))
    is_movable: int = Field(sa_column=Column(SmallInteger, nullable=False))
    wake_at: int | None = Field(sa_column=Column(BigInteger))
    last_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    last_recorded_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    version: int = Field(sa_column=Column(Integer, nullable=False))
    head: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class HoldRecord(SQLModel, table=True):
    """The hold view: who has or had the dossier, at which step, from when to when."""

    __tablename__ = "holds"
    __table_args__ = (
        Index("holds_open", "agency", "due", sqlite_where=_OPEN_HOLD, postgresql_where=_OPEN_HOLD),
        {"sqlite_with_rowid": False},
    )
    dossier: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    step: str = Field(sa_column=Column(Text, nullable=False))
    work: str = Field(sa_column=Column(Text, nullable=False))
    agency: str = Field(sa_column=Column(Text, nullable=False))
    officer: str = Field(sa_column=Column(Text, nullable=False))
    from_agency: str = Field(sa_column=Column(Text, nullable=False))
    limit_text: str = Field(sa_column=Column(Text, nullable=False))
    entry: int = Field(sa_column=Column(Integer, nullable=False))
    spent_before: int = Field(sa_column=Column(BigInteger, nullable=False))
    opened_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    due: int | None = Field(sa_column=Column(BigInteger))
    taken_up_at: int | None = Field(sa_column=Column(BigInteger))
    closed_at: int | None = Field(sa_column=Column(BigInteger))
    outcome: str = Field(sa_column=Column(Text, nullable=False))
    position: str = Field(sa_column=Column(Text, nullable=False))
    lead_hold: int = Field(sa_column=Column(Integer, nullable=False))
    on_silence: str = Field(sa_column=Column(Text, nullable=False))
    until_at: int | None = Field(sa_column=Column(BigInteger))
    sub_dossier: str = Field(sa_column=Column(Text, nullable=False))


class SerialRecord(SQLModel, table=True):
    """The last serial number a desk gave out on a day (ISO date)."""

    __tablename__ = "serials"
    __table_args__ = ({"sqlite_with_rowid": False},)
    agency: str = Field(sa_column=Column(Text, primary_key=True))
    day: str = Field(sa_column=Column(Text, primary_key=True))
    last_serial: int = Field(sa_column=Column(Integer, nullable=False))


class ApplicantRecord(SQLModel, table=True):
    """Personal data, in this table and nowhere else."""

    __tablename__ = "applicants"
    ref: str = Field(sa_column=Column(Text, primary_key=True))
    name: str | None = Field(sa_column=Column(Text))
    address: str | None = Field(sa_column=Column(Text))
    phone: str | None = Field(sa_column=Column(Text))
    email: str | None = Field(sa_column=Column(Text))
    id_number: str | None = Field(sa_column=Column(Text))
    erased_at: int | None = Field(sa_column=Column(BigInteger))


class IncidentRecord(SQLModel, table=True):
    """A dossier that could not be driven; at most one open a dossier and stage."""

    __tablename__ = "incidents"
    __table_args__ = (
        Index(
            "incidents_open",
            "dossier",
            "stage",
            unique=True,
            sqlite_where=_OPEN_HOLD,
            postgresql_where=_OPEN_HOLD,
        ),
    )
    number: int = Field(sa_column=Column(_KEY, primary_key=True))
    dossier: int = Field(sa_column=Column(BigInteger, nullable=False))
    stage: str = Field(sa_column=Column(Text, nullable=False))
    error: str = Field(sa_column=Column(Text, nullable=False))
    opened_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    last_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    attempts: int = Field(sa_column=Column(Integer, nullable=False))
    retry_at: int | None = Field(sa_column=Column(BigInteger))
    closed_at: int | None = Field(sa_column=Column(BigInteger))


class NotificationRecord(SQLModel, table=True):
    """The outbox of letters."""

    __tablename__ = "notifications"
    __table_args__ = (
        Index("notifications_by_key", "letter_key", unique=True),
        Index(
            "notifications_pending",
            "send_after",
            sqlite_where=text("sent_at IS NULL AND cancelled_at IS NULL"),
            postgresql_where=text("sent_at IS NULL AND cancelled_at IS NULL"),
        ),
    )
    number: int = Field(sa_column=Column(_KEY, primary_key=True))
    letter_key: str = Field(sa_column=Column(Text, nullable=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    recipient_kind: str = Field(sa_column=Column(Text, nullable=False))
    recipient: str = Field(sa_column=Column(Text, nullable=False))
    dossier_id: str = Field(sa_column=Column(Text, nullable=False))
    params: str = Field(sa_column=Column(Text, nullable=False))
    created_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    send_after: int = Field(sa_column=Column(BigInteger, nullable=False))
    attempts: int = Field(sa_column=Column(Integer, nullable=False))
    sent_at: int | None = Field(sa_column=Column(BigInteger))
    cancelled_at: int | None = Field(sa_column=Column(BigInteger))
    last_error: str = Field(sa_column=Column(Text, nullable=False))


class CursorRecord(SQLModel, table=True):
    """How far each subscriber has read the log."""

    __tablename__ = "cursors"
    subscriber: str = Field(sa_column=Column(Text, primary_key=True))
    transaction_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    seq: int = Field(sa_column=Column(BigInteger, nullable=False))


class ProcedureRecord(SQLModel, table=True):
    """A published version of a procedure; its content never changes."""

    __tablename__ = "procedures"
    code: str = Field(sa_column=Column(Text, primary_key=True))
    version: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    digest: str = Field(sa_column=Column(Text, nullable=False))
    content: str = Field(sa_column=Column(Text, nullable=False))
    in_force_from: str = Field(sa_column=Column(Text, nullable=False))
    in_force_to: str = Field(sa_column=Column(Text, nullable=False))
    calendars: str = Field(sa_column=Column(Text, nullable=False))
    published_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    published_by: str = Field(sa_column=Column(Text, nullable=False))


class CalendarRecord(SQLModel, table=True):
    """The text of each calendar a procedure was ever published with."""

    __tablename__ = "calendars"
    digest: str = Field(sa_column=Column(Text, primary_key=True))
    code: str = Field(sa_column=Column(Text, nullable=False))
    content: str = Field(sa_column=Column(Text, nullable=False))


class AnchorRecord(SQLModel, table=True):
    """The daily anchors."""

    __tablename__ = "anchors"
    number: int = Field(sa_column=Column(_KEY, primary_key=True))
    day: str = Field(sa_column=Column(Text, nullable=False))
    upto: int = Field(sa_column=Column(BigInteger, nullable=False))
    facts: int = Field(sa_column=Column(BigInteger, nullable=False))
    root: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    made_at: int = Field(sa_column=Column(BigInteger, nullable=False))


class MarkRecord(SQLModel, table=True):
    """What is known of this database itself: that the demo made it, how the logs in it were read (``log:<name>``)."""

    __tablename__ = "marks"
    name: str = Field(sa_column=Column(Text, primary_key=True))
    value: str = Field(sa_column=Column(Text, nullable=False))
