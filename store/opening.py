"""Opening a store by its URL."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from store.errors import StoreUnreachableError
from store.sqlite import SYNCHRONOUS, SqliteDatabase
from store.store import Store

_EXPECTED = (
    "write sqlite:///motcua.db (a file here), sqlite:////var/lib/motcua/motcua.db (an absolute path),"
    " postgresql://user@host/database or memory:"
)


def open_store(url: str, *, create: bool = True) -> Store:
    """Return the store at ``url``, its schema brought up to date.

    Args:
        url: ``sqlite:///path`` (``?synchronous=NORMAL`` for speed, see docs/store.md; default ``FULL``), the bare
            path of a file, ``postgresql://…``, or ``memory:`` for one that ends with the process.
        create: make the database's file and tables where there are none.

    Raises:
        StoreUnreachableError: no such database, it cannot be reached, or the URL is not understood.
        SchemaError: it was made by a newer Motcua, or by something else.
    """
    scheme, rest = url.split(":", 1) if ":" in url else ("", url)
    if scheme == "memory" and rest.strip("/") == "":
        from store.memory import MemoryStore

        return MemoryStore()
    if scheme in {"postgresql", "postgres", "postgresql+psycopg"}:
        return _open_postgres(f"postgresql:{rest}", create=create)
    if scheme == "sqlite" or "://" not in url:
        return _open_sqlite(url, create=create)
    raise StoreUnreachableError(f"database URL {_without_password(url)!r} is not understood: {_EXPECTED}")


def _open_sqlite(url: str, *, create: bool) -> Store:
    from store.schema import bring_up_to_date
    from store.sql import SqlStore
    from store.write_sqlite import SqliteWriter

    path, synchronous = _file_of(url)
    if not path.exists():
        if not create:
            raise StoreUnreachableError(f"database {path} does not exist")
        if not path.parent.is_dir():
            raise StoreUnreachableError(f"database {path} cannot be made: there is no folder {path.parent}")
    database = SqliteDatabase(path, synchronous=synchronous)
    try:
        bring_up_to_date(database, f"sqlite:///{path}", create=create)
    except BaseException:
        database.close()
        raise
    return SqlStore(database, SqliteWriter(database))


def _open_postgres(url: str, *, create: bool) -> Store:
    from store.postgres import PostgresDatabase
    from store.schema import bring_up_to_date
    from store.sql import SqlStore
    from store.write_postgres import PostgresWriter

    database = PostgresDatabase(url)
    try:
        bring_up_to_date(database, url.replace("postgresql:", "postgresql+psycopg:", 1), create=create)
        database.settle_restored()
    except BaseException:
        database.close()
        raise
    return SqlStore(database, PostgresWriter(database))


def _file_of(url: str) -> tuple[Path, str]:
    if not url.startswith("sqlite:"):
        return Path(url), "FULL"
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    synchronous = options.pop("synchronous", "FULL").upper()
    if synchronous not in SYNCHRONOUS or options or parts.netloc:
        raise StoreUnreachableError(f"database URL {url!r} is not understood: {_EXPECTED}; ?synchronous=NORMAL or FULL")
    name = unquote(parts.path.removeprefix("/"))
    if name in {"", ":memory:"}:
        raise StoreUnreachableError(f"database URL {url!r} names no file: {_EXPECTED}")
    return Path(name), synchronous


def _without_password(url: str) -> str:
    before, at, after = url.rpartition("@")
    if not at:
        return url
    return f"{before.split('://', 1)[0]}://…@{after}"
