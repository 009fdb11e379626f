"""The schema's version: known without importing alembic, which is loaded only when there is something to migrate."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from store.database import Database
from store.errors import SchemaError, StoreUnreachableError

HEAD: Final = "0001"
"""Revision this program writes; a test holds it against the migrations folder."""
KNOWN: Final = frozenset({"0001"})

_TABLES: Final = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
)

MIGRATIONS: Final = Path(__file__).parent / "migrations"


def revision_of(database: Database) -> str | None:
    """Return the revision a database stands at, None for one without tables of ours.

    Raises:
        SchemaError: it holds tables of another program.
    """
    if not database.has_table("alembic_version"):
        if database.dialect == "sqlite":  # a file is one program's own; a server's database may be shared
            others = [name for (name,) in database.rows(_TABLES)]
            if others and "alembic_version" not in others:  # which another process may be making at this moment
                raise SchemaError(
                    f"database {database.name} belongs to another program: it holds the table {others[0]!r}"
                )
        if database.has_table("facts") or database.has_table("dossiers"):
            raise SchemaError(f"database {database.name} holds tables of these names that Motcua did not make")
        return None
    found = database.first("SELECT version_num FROM alembic_version")
    return str(found[0]) if found else None


def bring_up_to_date(database: Database, url: str, *, create: bool) -> None:
    """Migrate a database to `HEAD`.

    Args:
        database: where.
        url: the same as SQLAlchemy writes it.
        create: whether tables may be made in an empty database.

    Raises:
        SchemaError: a newer Motcua made it, or something else did.
        StoreUnreachableError: it is empty and ``create`` is False.
    """
    now = revision_of(database)
    if now == HEAD:
        return
    if now is not None and now not in KNOWN:
        raise SchemaError(
            f"database {database.name} stands at schema {now}, this Motcua knows up to {HEAD}: use the newer Motcua"
        )
    if now is None and not create:
        raise StoreUnreachableError(f"database {database.name} holds no Motcua tables")
    migrate(url)


def migrate(url: str, revision: str = "head") -> None:
    """Run the migrations on the database at ``url`` (SQLAlchemy's form)."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["url"] = url
    command.upgrade(config, revision)
