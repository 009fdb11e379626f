"""Drives a store one dossier at a time until it is killed: the child of a test."""

from __future__ import annotations

import sys
import time

from store import open_store
from tests.workflows.conftest import PROCEDURES
from workflows.drive import drive
from workflows.rulebook import Rulebook


def main() -> None:
    with open_store(sys.argv[1]) as store:
        rulebook = Rulebook(store, procedures=[PROCEDURES])
        print("driving", flush=True)
        drive(store, rulebook, int(sys.argv[2]), chunk=1, progress=lambda _: time.sleep(0.02))


if __name__ == "__main__":
    main()
