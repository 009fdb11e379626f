"""Settings: what an installation chooses, by environment (`MOTCUA_*`) or by a file `motcua.toml`; the environment wins.

The file is `motcua.toml` in the current folder, or the one `MOTCUA_CONFIG` names. Paths written in the file, that of
an SQLite database included, are relative to the file's folder; paths from the environment to the current folder.
"""

from __future__ import annotations

import os
import re
import tomllib
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from engine.errors import InputError

PREFIX: Final = "MOTCUA_"
CONFIG: Final = "MOTCUA_CONFIG"
FILE: Final = "motcua.toml"
OTHER_VARIABLES: Final = frozenset({CONFIG, "MOTCUA_DATA", "MOTCUA_WORKPLACE"})
"""Variables with our prefix that are no settings: the file's place, the folder of real logs tests read, a worker's."""

_PATHS: Final = frozenset({"calendars", "procedures", "directory", "notices_folder"})
_SQLITE_FILE: Final = re.compile(r"sqlite:///(?!/|:memory:)(.+)")
_Port = Annotated[int, Field(ge=1, le=65535)]


class Settings(BaseSettings):
    """Every setting with its default; each field's description is what `motcua settings` says about it."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, env_ignore_empty=True)

    database: str = Field("sqlite:///motcua.db", description="address of the database: sqlite:///… or postgresql://…")
    calendar: str = Field("vn", description="code of the calendar used where nothing else names one")
    calendars: Path | None = Field(None, description="folder of the agency's own calendars")
    procedures: Annotated[tuple[Path, ...], NoDecode] = Field((), description="folders of the agency's own procedures")
    directory: str = Field(
        "province, nl", description="directories of agencies and officers: codes or files, separated by commas"
    )
    zone: str = Field("Asia/Ho_Chi_Minh", description="IANA zone in which instants are read and shown")
    language: Literal["vi", "en"] = Field("vi", description="language of what people read: vi or en")
    notices: Literal["file", "smtp", "off"] = Field("file", description="how notices leave: file, smtp or off")
    notices_folder: Path = Field(Path("notices"), description="folder into which notices are written as files")
    notices_from: str = Field("", description="sender's address on notices sent by mail")
    smtp_host: str = Field("", description="mail server that takes notices")
    smtp_port: _Port = Field(587, description="its port")
    smtp_security: Literal["starttls", "tls", "none"] = Field("starttls", description="starttls, tls or none")
    smtp_user: str = Field("", description="user at the mail server, empty for none")
    smtp_password: SecretStr = Field(SecretStr(""), description="password at the mail server")
    prefect_api_url: str = Field("", description="address of a Prefect server; empty: `up` starts its own")
    prefect_port: _Port = Field(4200, description="port of the Prefect server that `up` starts, on loopback")
    services: dict[str, str] = Field({}, description="addresses of the services that service steps call, by name")
    webhooks: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="addresses that receive facts as CloudEvents"
    )
    signals: bool = Field(True, description="whether `watch` raises signals on live dossiers")
    signals_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        90, description="days back over which conduct is judged for signals"
    )
    explain_within: str = Field("5 working days", description="how long an agency may take to explain a signal")

    @field_validator("procedures", mode="before")
    @classmethod
    def _folders(cls, value: object) -> object:
        return tuple(part for part in value.split(os.pathsep) if part) if isinstance(value, str) else value

    @field_validator("webhooks", mode="before")
    @classmethod
    def _addresses(cls, value: object) -> object:
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("database")
    @classmethod
    def _database(cls, value: str) -> str:
        if not re.match(r"(sqlite|postgresql)(\+\w+)?://", value):
            raise ValueError("expected sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")
        return value

    @field_validator("zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("expected a zone of the IANA database, for example Asia/Ho_Chi_Minh") from None
        return value

    @field_validator("explain_within")
    @classmethod
    def _limit(cls, value: str) -> str:
        from engine.limits import parse_limit

        try:
            parse_limit(value)
        except InputError as error:
            raise ValueError(f"expected a limit such as '5 working days': {error}") from None
        return value

    @field_validator("prefect_api_url")
    @classmethod
    def _api(cls, value: str) -> str:
        return _address(value) if value else value

    @field_validator("webhooks")
    @classmethod
    def _webhooks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_address(one) for one in value)

    @field_validator("services")
    @classmethod
    def _services(cls, value: dict[str, str]) -> dict[str, str]:
        return {name: _address(one) for name, one in value.items()}

    @model_validator(mode="after")
    def _mail(self) -> Settings:
        missing = [name for name in ("smtp_host", "notices_from") if not getattr(self, name)]
        if self.notices == "smtp" and missing:
            raise ValueError(f"notices is 'smtp', which also needs {' and '.join(missing)}")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  the names are pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment before the file's values, which `read_settings` hands in as arguments."""
        return env_settings, init_settings


def read_settings(folder: Path | None = None) -> Settings:
    """Read the settings; ``folder`` (default: the current one) is where `motcua.toml` is looked for.

    Raises:
        InputError: the file cannot be read, values are wrong, or a variable begins like ours and sets nothing; one
            sentence names all of them and what is expected.
    """
    if unknown := unknown_variables():
        raise InputError(f"settings: {'; '.join(map(_unknown, unknown))}")
    path = config_path(folder)
    written = _file_values(path)
    try:
        return Settings(**written)
    except SettingsError as error:
        name = PREFIX + (re.search(r'field "(\w+)"', str(error)) or ["", "?"])[1].upper()
        raise InputError(f"settings: {name} must be written as JSON") from None
    except ValidationError as error:
        faults = "; ".join(_fault(dict(one), path) for one in error.errors(include_url=False))
        raise InputError(f"settings: {faults}") from None


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process, read once."""
    return read_settings()


def config_path(folder: Path | None = None) -> Path | None:
    """Return the settings file in use, None where there is none.

    Raises:
        InputError: `MOTCUA_CONFIG` names a file that does not exist.
    """
    if named := os.environ.get(CONFIG):
        if not Path(named).is_file():
            raise InputError(f"settings: {CONFIG} names {named}, which is not a file")
        return Path(named)
    found = (folder or Path()) / FILE
    return found if found.is_file() else None


def origins(folder: Path | None = None) -> dict[str, str]:
    """Return, for each setting, where its value comes from: a variable, the file, or ``default``."""
    path = config_path(folder)
    written = _file_values(path)
    return {name: _origin(name, path if name in written else None) for name in Settings.model_fields}


def unknown_variables() -> list[str]:
    """Return variables that begin like ours but set nothing: a slip of the pen, which would choose another database."""
    known = {PREFIX + name.upper() for name in Settings.model_fields} | OTHER_VARIABLES
    return sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)


def masked(name: str, value: object) -> object:
    """Return a setting's value as it may be shown: passwords as stars, also inside addresses."""
    if isinstance(value, SecretStr):
        return "********" if value.get_secret_value() else ""
    if isinstance(value, dict):
        return {key: masked(name, one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [masked(name, one) for one in value]
    if isinstance(value, Path):
        return str(value)
    return re.sub(r"(://[^/:@]*:)[^@/]*@", r"\1********@", value) if isinstance(value, str) else value


def _file_values(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"settings: {path} cannot be read: {error}") from None
    return {name: _beside(name, value, path.parent) for name, value in written.items()}


def _beside(name: str, value: object, folder: Path) -> object:
    """Read a path written in the file as relative to the file's folder."""
    if name == "database" and isinstance(value, str) and (found := _SQLITE_FILE.fullmatch(value)):
        return f"sqlite:///{folder / found[1]}"
    if name not in _PATHS:
        return value
    if isinstance(value, list):
        return [folder / one if isinstance(one, str) else one for one in value]
    if name == "directory" and isinstance(value, str):
        named = (one.strip() for one in value.split(","))
        return ", ".join(str(folder / one) if one.endswith((".yaml", ".yml")) else one for one in named)
    return str(folder / value) if isinstance(value, str) else value


def _fault(error: dict[str, Any], path: Path | None) -> str:
    """Turn one pydantic error into a clause: where the value was written, what it is, what is expected."""
    if not error["loc"]:
        return str(error["msg"]).removeprefix("Value error, ")
    name = str(error["loc"][0])
    if error["type"] == "extra_forbidden":
        near = get_close_matches(name, Settings.model_fields, n=1)
        return f"{path} sets {name!r}, which is no setting" + (f"; did you mean {near[0]!r}?" if near else "")
    expected = str(error["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
    if not expected.startswith("expected"):
        expected = f"expected {expected}"
    place = _origin(name, path)
    shown = "" if name == "smtp_password" else f" is {masked(name, error['input'])!r}"
    return f"{place if place.startswith(PREFIX) else f'{name} in {place}'}{shown}: {expected}"


def _unknown(variable: str) -> str:
    near = get_close_matches(variable.removeprefix(PREFIX).lower(), Settings.model_fields, n=1)
    return f"{variable} is no setting" + (f"; did you mean {PREFIX}{near[0].upper()}?" if near else "")


def _origin(name: str, path: Path | None) -> str:
    variable = PREFIX + name.upper()
    if os.environ.get(variable):
        return variable
    return str(path) if path is not None else "default"


def _address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("expected an address that begins with http:// or https://")
    return value
