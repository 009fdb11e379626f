"""The first schema.

Written out, not derived from the tables of today: a migration never changes once it was used.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _index(name: str, table: str, columns: list[str], *, unique: bool = False, where: str = "") -> None:
    only = sa.text(where) if where else None
    op.create_index(name, table, columns, unique=unique, sqlite_where=only, postgresql_where=only)


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "anchors",
        sa.Column("number", _KEY, primary_key=True),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.Column("facts", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "applicants",
        sa.Column("ref", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text()),
        sa.Column("address", sa.Text()),
        sa.Column("phone", sa.Text()),
        sa.Column("email", sa.Text()),
        sa.Column("id_number", sa.Text()),
        sa.Column("erased_at", sa.BigInteger()),
    )
    op.create_table(
        "calendars",
        sa.Column("digest", sa.Text(), primary_key=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
    )
    op.create_table(
        "cursors",
        sa.Column("subscriber", sa.Text(), primary_key=True),
        sa.Column("transaction_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "dossiers",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("dossier_id", sa.Text(), nullable=False),
        sa.Column("dossier_no", sa.Text()),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("procedure_version", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("applicant", sa.Text(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("due", sa.BigInteger()),
        sa.Column("promised", sa.BigInteger()),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.BigInteger()),
        sa.Column("received_at", sa.BigInteger()),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("issued_at", sa.BigInteger()),
        sa.Column("stopped_since", sa.BigInteger()),
        sa.Column("is_movable", sa.SmallInteger(), nullable=False),
        sa.Column("wake_at", sa.BigInteger()),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("last_recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
    )
    _index("dossiers_by_id", "dossiers", ["dossier_id"], unique=True)
    _index("dossiers_by_no", "dossiers", ["dossier_no"], unique=True, where="dossier_no IS NOT NULL")
    _index("dossiers_movable", "dossiers", ["id"], where="is_movable = 1")
    _index("dossiers_open", "dossiers", ["desk", "due"], where="ended_at IS NULL")
    _index("dossiers_to_wake", "dossiers", ["wake_at"], where="wake_at IS NOT NULL")
    op.create_table(
        "facts",
        sa.Column("seq", _KEY, primary_key=True),
        sa.Column("dossier", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("nth", sa.SmallInteger(), nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), nullable=False),
        sa.Column("command_id", sa.Text()),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
    )
    _index("facts_by_command", "facts", ["command_id"], unique=True, where="command_id IS NOT NULL")
    _index("facts_of_dossier", "facts", ["dossier", "version"], unique=True)
    op.create_table(
        "holds",
        sa.Column("dossier", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("work", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("from_agency", sa.Text(), nullable=False),
        sa.Column("limit_text", sa.Text(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("spent_before", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger()),
        sa.Column("taken_up_at", sa.BigInteger()),
        sa.Column("closed_at", sa.BigInteger()),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("lead_hold", sa.Integer(), nullable=False),
        sa.Column("on_silence", sa.Text(), nullable=False),
        sa.Column("until_at", sa.BigInteger()),
        sa.Column("sub_dossier", sa.Text(), nullable=False),
        sqlite_with_rowid=False,
    )
    _index("holds_open", "holds", ["agency", "due"], where="closed_at IS NULL")
    op.create_table(
        "incidents",
        sa.Column("number", _KEY, primary_key=True),
        sa.Column("dossier", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.BigInteger()),
        sa.Column("closed_at", sa.BigInteger()),
    )
    _index("incidents_open", "incidents", ["dossier", "stage"], unique=True, where="closed_at IS NULL")
    op.create_table(
        "marks",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("value", sa.Text(), nullable=False),
    )
    op.create_table(
        "notifications",
        sa.Column("number", _KEY, primary_key=True),
        sa.Column("letter_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recipient_kind", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("dossier_id", sa.Text(), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("send_after", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.BigInteger()),
        sa.Column("cancelled_at", sa.BigInteger()),
        sa.Column("last_error", sa.Text(), nullable=False),
    )
    _index("notifications_by_key", "notifications", ["letter_key"], unique=True)
    _index("notifications_pending", "notifications", ["send_after"], where="sent_at IS NULL AND cancelled_at IS NULL")
    op.create_table(
        "procedures",
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("in_force_from", sa.Text(), nullable=False),
        sa.Column("in_force_to", sa.Text(), nullable=False),
        sa.Column("calendars", sa.Text(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
    )
    op.create_table(
        "serials",
        sa.Column("agency", sa.Text(), primary_key=True),
        sa.Column("day", sa.Text(), primary_key=True),
        sa.Column("last_serial", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "postgresql":
        _index("facts_by_transaction", "facts", ["transaction_id", "seq"])
