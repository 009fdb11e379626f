"""`motcua` run in the process of the tests, for what its commands say and do: starting one takes longer than most run.

That it starts, speaks and ends in a process of its own is tested in `tests/console/test_app.py` and `tests/house`.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from console.app import main
from console.settings import settings


def motcua(*words: object, folder: Path, **more: str) -> CompletedProcess[bytes]:
    """Run a command in a folder, with no settings but Vietnamese and those given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_")}
    return run(*words, folder=folder, environment=kept | {"MOTCUA_LANGUAGE": "vi"} | more)


def run(*words: object, folder: Path, environment: Mapping[str, str]) -> CompletedProcess[bytes]:
    """Run a command in a folder and an environment; what no command should let through is let through."""
    said, complained = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    arguments = ["motcua", *map(str, words)]
    settings.cache_clear()
    try:
        with pytest.MonkeyPatch.context() as patch:
            for name in set(os.environ) - set(environment):
                patch.delenv(name)
            for name, value in environment.items():
                patch.setenv(name, value)
            patch.chdir(folder)
            patch.setattr(sys, "argv", arguments)
            patch.setattr(sys, "stdout", said)
            patch.setattr(sys, "stderr", complained)
            with pytest.raises(SystemExit) as ending:
                main()
    finally:
        settings.cache_clear()
    code = ending.value.code
    assert code is None or isinstance(code, int), code
    return CompletedProcess(arguments, code or 0, *(_written(stream) for stream in (said, complained)))


def run_text(*words: object, folder: Path, environment: Mapping[str, str]) -> CompletedProcess[str]:
    """As `run`, with what was written as text."""
    done = run(*words, folder=folder, environment=environment)
    said, complained = (text.decode("utf-8").replace("\r\n", "\n") for text in (done.stdout, done.stderr))
    return CompletedProcess(done.args, done.returncode, said, complained)


def _written(stream: io.TextIOWrapper) -> bytes:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue()
