"""Opening a log file, plain or gzipped; a file cut short is an error, never a shorter log."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from store.logs.event_log import LogError


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a log for reading bytes, unpacking ``.gz``.

    Raises:
        LogError: not there, not readable, not gzip although so called, damaged, or cut short; also while it is read.
    """
    try:
        packed = path.suffix.lower() == ".gz"
        with cast("IO[bytes]", gzip.GzipFile(path, "rb") if packed else io.FileIO(path, "rb")) as stream:
            yield stream
    except EOFError:
        raise LogError(f"{path}: the gzip file is cut short; fetch it again") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise LogError(f"{path}: not a sound gzip file: {error}; fetch it again") from None
    except OSError as error:
        raise LogError(f"{path}: cannot be read: {error.strerror or error}") from None
