"""Settings come from the environment, then motcua.toml, then defaults; a wrong one is one sentence."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from console import settings as door
from console.commands.settings import app
from console.settings import masked, origins, read_settings, unknown_variables
from engine.errors import InputError


@pytest.fixture(autouse=True)
def bare(monkeypatch, tmp_path):
    """No variable of ours, an empty current folder, nothing remembered."""
    import os

    for name in list(os.environ):
        if name.startswith("MOTCUA_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    door.settings.cache_clear()
    yield
    door.settings.cache_clear()


def write(text: str, path: str = "motcua.toml") -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")


def test_without_any_setting_the_defaults_hold():
    chosen = read_settings()
    assert chosen.database == "sqlite:///motcua.db"
    assert (chosen.calendar, chosen.zone, chosen.language) == ("vn", "Asia/Ho_Chi_Minh", "vi")
    assert set(origins().values()) == {"default"}


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(monkeypatch):
    write('language = "en"\nprefect_port = 4300\n')
    monkeypatch.setenv("MOTCUA_PREFECT_PORT", "4400")
    chosen = read_settings()
    assert (chosen.language, chosen.prefect_port) == ("en", 4400)
    assert origins()["language"] == "motcua.toml"
    assert origins()["prefect_port"] == "MOTCUA_PREFECT_PORT"
    assert origins()["zone"] == "default"


def test_an_empty_variable_sets_nothing(monkeypatch):
    monkeypatch.setenv("MOTCUA_LANGUAGE", "")
    assert read_settings().language == "vi"
    assert origins()["language"] == "default"


def test_paths_in_the_file_are_relative_to_the_file_and_in_the_environment_to_the_current_folder(monkeypatch):
    write('procedures = ["ours"]\ndatabase = "sqlite:///live.db"\ndirectory = "people.yaml"\n', "conf/motcua.toml")
    monkeypatch.setenv("MOTCUA_CONFIG", "conf/motcua.toml")
    chosen = read_settings()
    assert chosen.procedures == (Path("conf/ours"),)
    assert chosen.database == "sqlite:///conf/live.db"
    assert chosen.directory == "conf/people.yaml"
    monkeypatch.setenv("MOTCUA_PROCEDURES", "a:b")
    assert read_settings().procedures == (Path("a"), Path("b"))


def test_an_absolute_database_in_the_file_stays_where_it_is():
    write('database = "sqlite:////var/lib/motcua.db"\n')
    assert read_settings().database == "sqlite:////var/lib/motcua.db"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('language = "fr"', "language in motcua.toml is 'fr': expected 'vi' or 'en'"),
        ("prefect_port = 99999", "prefect_port in motcua.toml is 99999: expected less than or equal to 65535"),
        ('zone = "Mars/Olympus"', "expected a zone of the IANA database"),
        ('database = "mysql://x"', "expected sqlite:///FILE or postgresql://"),
        ('langage = "vi"', "sets 'langage', which is no setting; did you mean 'language'?"),
        ('notices = "smtp"', "notices is 'smtp', which also needs smtp_host and notices_from"),
        ('webhooks = ["ftp://x"]', "begins with http:// or https://"),
        ("language = ", "motcua.toml cannot be read"),
        ("zone = 7", "zone in motcua.toml is 7: expected a valid string"),
    ],
)
def test_a_wrong_value_is_one_sentence_with_its_place(text, said):
    write(text)
    with pytest.raises(InputError) as caught:
        read_settings()
    sentence = str(caught.value)
    assert said in sentence
    assert sentence.startswith("settings: ")
    assert "\n" not in sentence


def test_all_wrong_values_are_told_at_once(monkeypatch):
    write('language = "fr"')
    monkeypatch.setenv("MOTCUA_SMTP_PORT", "many")
    with pytest.raises(InputError, match=r"MOTCUA_SMTP_PORT is 'many'.*language in motcua.toml|language.*MOTCUA_SMTP"):
        read_settings()


def test_services_in_the_environment_are_json(monkeypatch):
    monkeypatch.setenv("MOTCUA_SERVICES", '{"civil_status": "http://localhost:9000"}')
    assert read_settings().services == {"civil_status": "http://localhost:9000"}
    monkeypatch.setenv("MOTCUA_SERVICES", "civil_status=http")
    with pytest.raises(InputError, match="MOTCUA_SERVICES must be written as JSON"):
        read_settings()


def test_a_named_file_that_is_missing_is_told(monkeypatch):
    monkeypatch.setenv("MOTCUA_CONFIG", "nowhere.toml")
    with pytest.raises(InputError, match=r"MOTCUA_CONFIG names nowhere\.toml"):
        read_settings()


def test_passwords_never_show(monkeypatch):
    monkeypatch.setenv("MOTCUA_SMTP_PASSWORD", "s3cret")
    monkeypatch.setenv("MOTCUA_DATABASE", "postgresql://desk:s3cret@db/motcua")
    monkeypatch.setenv("MOTCUA_WEBHOOKS", "https://u:s3cret@hooks.example")
    result = CliRunner().invoke(app, ["--json"])
    assert result.exit_code == 0
    assert "s3cret" not in result.output
    rows = {row["setting"]: row for row in json.loads(result.output)}
    assert rows["database"]["value"] == "postgresql://desk:********@db/motcua"
    assert rows["database"]["origin"] == "MOTCUA_DATABASE"
    assert rows["smtp_password"]["value"] == "********"
    assert masked("database", "sqlite:///motcua.db") == "sqlite:///motcua.db"


def test_a_password_is_not_shown_in_a_complaint_either(monkeypatch):
    monkeypatch.setenv("MOTCUA_DATABASE", "mysql://desk:s3cret@db/motcua")
    with pytest.raises(InputError) as caught:
        read_settings()
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("MOTCUA_DATABASE_URL", "; did you mean MOTCUA_DATABASE?"),
        ("MOTCUA_LANGAGE", "; did you mean MOTCUA_LANGUAGE?"),
        ("MOTCUA_QX", ""),
    ],
)
def test_a_variable_that_sets_nothing_is_refused_and_the_one_meant_is_named(variable, meant, monkeypatch):
    monkeypatch.setenv("MOTCUA_DATA", "logs")
    monkeypatch.setenv("MOTCUA_WORKPLACE", "module:function")
    assert unknown_variables() == []
    read_settings()
    monkeypatch.setenv(variable, "vi")
    assert unknown_variables() == [variable]
    with pytest.raises(InputError) as caught:
        read_settings()
    assert str(caught.value) == f"settings: {variable} is no setting{meant}"


def test_csv_has_a_heading():
    result = CliRunner().invoke(app, ["--csv"])
    assert result.stdout.splitlines()[0] == "setting,value,origin,meaning"
