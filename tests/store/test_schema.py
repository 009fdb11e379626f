"""Opening and migrating: from empty to today's tables on both databases; what cannot be opened is said in words."""

import contextlib
import sqlite3
import subprocess
import sys

import psycopg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from engine.errors import MotcuaError
from store import SchemaError, StoreUnreachableError, open_store, tables
from store.schema import HEAD, KNOWN, MIGRATIONS

ON_SQLITE = "SELECT type, name, tbl_name FROM sqlite_master WHERE tbl_name <> 'alembic_version' ORDER BY type, name"
ON_POSTGRES = (
    "SELECT table_name, column_name, data_type, is_nullable, is_identity, column_default"
    " FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'"
    " ORDER BY table_name, column_name",
    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
    " ORDER BY indexname",
)


def sqlite_shape(path):
    with contextlib.closing(sqlite3.connect(path)) as raw:
        names = raw.execute(ON_SQLITE).fetchall()
        shape = [names]
        for kind, name, _ in names:
            if kind == "table":
                shape.append((name, raw.execute(f"PRAGMA table_xinfo('{name}')").fetchall()))
                shape.append((name, raw.execute(f"SELECT wr FROM pragma_table_list('{name}')").fetchall()))  # noqa: S608  names of our own
            else:
                shape.append((name, raw.execute(f"PRAGMA index_xinfo('{name}')").fetchall()))
                (sql,) = raw.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()
                shape.append((name, " ".join((sql or "").split())))
    return shape


def postgres_shape(url):
    with psycopg.connect(url) as raw:
        return [raw.execute(query).fetchall() for query in ON_POSTGRES]


def test_migrations_lead_from_empty_to_the_tables_on_sqlite(migrated_sqlite, tmp_path):
    meant = tmp_path / "meant.db"
    engine = create_engine(f"sqlite:///{meant}")
    SQLModel.metadata.create_all(engine)
    engine.dispose()
    assert sqlite_shape(migrated_sqlite) == sqlite_shape(meant)
    assert tables.FactRecord.__tablename__ in {name for _, name, _ in sqlite_shape(meant)[0]}


def test_migrations_lead_from_empty_to_the_tables_on_postgresql(empty_postgres):
    migrated, meant = empty_postgres(), empty_postgres()
    open_store(migrated).close()
    engine = create_engine(meant.replace("postgresql:", "postgresql+psycopg:", 1))
    SQLModel.metadata.create_all(engine)
    engine.dispose()
    assert postgres_shape(migrated) == postgres_shape(meant)


def test_the_program_knows_the_revisions_of_its_migrations():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    script = ScriptDirectory.from_config(config)
    assert script.get_heads() == [HEAD]
    assert {revision.revision for revision in script.walk_revisions()} == KNOWN


def test_opening_again_changes_nothing_and_loads_no_migration_tool(migrated_sqlite, child_environment):
    before = migrated_sqlite.read_bytes()
    program = (
        "import sys; from store import open_store; open_store(sys.argv[1]).close();"
        "print([name for name in ('alembic', 'sqlalchemy', 'sqlmodel', 'psycopg') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, f"sqlite:///{migrated_sqlite}"],
        env=child_environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
    assert migrated_sqlite.read_bytes() == before


def test_two_processes_may_make_one_database_at_once(child_environment, tmp_path, empty_postgres):
    program = "import sys; from store import open_store; open_store(sys.argv[1]).close()"
    for url in (f"sqlite:///{tmp_path / 'both.db'}", empty_postgres()):
        children = [
            subprocess.Popen([sys.executable, "-c", program, url], env=child_environment, stderr=subprocess.PIPE)
            for _ in range(3)
        ]
        for child in children:
            _, err = child.communicate(timeout=60)
            assert child.returncode == 0, err.decode()
        open_store(url).close()


def test_a_newer_schema_is_refused(disk_url):
    with open_store(disk_url) as store:
        store.database.execute("UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(SchemaError, match="stands at schema 9999, this Motcua knows up to"):
            open_store(disk_url)
        store.database.execute("UPDATE alembic_version SET version_num = ?", (HEAD,))


def test_tables_somebody_else_made_are_refused(tmp_path):
    path = tmp_path / "other.db"
    with contextlib.closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE facts (x)")
    with pytest.raises(SchemaError, match="belongs to another program"):
        open_store(str(path))


def test_the_file_of_another_program_is_left_as_it_is(tmp_path):
    path = tmp_path / "bookmarks.db"
    with contextlib.closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE bookmarks (address TEXT)")
    before = path.read_bytes()
    with pytest.raises(SchemaError, match="belongs to another program: it holds the table 'bookmarks'"):
        open_store(str(path))
    with contextlib.closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT name FROM sqlite_master").fetchall() == [("bookmarks",)]
    assert len(path.read_bytes()) == len(before)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://u:secret@host/db", "is not understood"),
        ("sqlite:///", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:///x.db?synchronous=OFF", "synchronous=NORMAL or FULL"),
        ("sqlite://host/x.db", "is not understood"),
        ("postgresql://u:secret@127.0.0.1:1/db", "cannot be reached"),
        ("postgresql://u:secret@[::1/db", "is not understood"),
    ],
)
def test_a_url_that_leads_nowhere_gets_one_sentence_without_its_password(url, sentence):
    with pytest.raises(MotcuaError, match=sentence) as refused:
        open_store(url)
    assert "secret" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_no_database_is_refused(tmp_path):
    path = tmp_path / "picture.db"
    path.write_bytes(b"\x89PNG not a database at all" * 50)
    with pytest.raises(StoreUnreachableError, match="file is not a database"):
        open_store(f"sqlite:///{path}")
    with pytest.raises(StoreUnreachableError, match="there is no folder"):
        open_store(f"sqlite:///{tmp_path}/nowhere/x.db")


def test_nothing_is_made_where_that_was_not_wanted(tmp_path, empty_postgres):
    with pytest.raises(StoreUnreachableError, match="does not exist"):
        open_store(f"sqlite:///{tmp_path}/new.db", create=False)
    assert not (tmp_path / "new.db").exists()
    with pytest.raises(StoreUnreachableError, match="holds no Motcua tables"):
        open_store(empty_postgres(), create=False)


def test_a_bare_path_is_a_sqlite_file(tmp_path):
    open_store(str(tmp_path / "bare.db")).close()
    assert (tmp_path / "bare.db").exists()
