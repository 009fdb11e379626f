"""How alembic reaches the store's database: one transaction, alone."""

from __future__ import annotations

import sqlite3

from alembic import context
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from store import tables

assert tables.FactRecord.__tablename__ == "facts"  # noqa: S101  the import fills the metadata

_LOCK = 0x6D6F7463


def _begin_at_once(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _leave_transactions_to_us(dbapi_connection: sqlite3.Connection, _: object) -> None:
    dbapi_connection.isolation_level = None


engine = create_engine(context.config.attributes["url"], poolclass=NullPool)
if engine.dialect.name == "sqlite":
    event.listen(engine, "connect", _leave_transactions_to_us)
    event.listen(engine, "begin", _begin_at_once)

with engine.connect() as connection:
    if engine.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    context.configure(connection=connection, target_metadata=SQLModel.metadata, transaction_per_migration=False)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
engine.dispose()
