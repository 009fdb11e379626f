"""How long `motcua` takes to start: `--help` against importing typer and rich, and everyday commands in seconds.

Bars: `motcua --help` at most 2.5 times `python -c "import typer, rich"`; a command at most 1.5 s, or on a machine
slower than the one that figure is from (0.17 s for the imports) as many times the imports as 1.5 s were there.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 5
HELP_BAR = 2.5
COMMAND_BAR_SECONDS = 1.5
COMMAND_BAR_RATIO = COMMAND_BAR_SECONDS / 0.17

MOTCUA = [str(Path(sys.executable).with_name("motcua"))]
IMPORTS = [sys.executable, "-c", "import typer, rich"]
COMMANDS = {
    "time due": ["time", "due", "2026-08-21 16:00", "3 working days"],
    "settings": ["settings"],
    "procedures list": ["procedures", "list"],
    "overdue": ["overdue", "--json"],
}


def seconds(command: list[str], environment: dict[str, str], folder: str) -> float:
    """Return the wall-clock seconds of one run; a command that fails is a fault of the benchmark."""
    begin = time.perf_counter()
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, check=False)
    took = time.perf_counter() - begin
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.decode()[-300:]}")
    return took


def measure() -> dict[str, object]:
    """Run everything in turns, so that a busy moment of the machine falls on all alike, and keep the best of each."""
    best: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_")}
        runs = {"imports": IMPORTS, "help": [*MOTCUA, "--help"]}
        runs |= {name: [*MOTCUA, *words] for name, words in COMMANDS.items()}
        for _ in range(ROUNDS):
            for name, command in runs.items():
                best[name] = min(best.get(name, float("inf")), seconds(command, environment, folder))
    base = best["imports"]
    allowed = max(COMMAND_BAR_SECONDS, COMMAND_BAR_RATIO * base)
    slowest = max(COMMANDS, key=lambda name: best[name])
    return {
        "benchmark": "start",
        "imports_s": round(base, 3),
        "help_s": round(best["help"], 3),
        "help_ratio": round(best["help"] / base, 2),
        "help_bar": HELP_BAR,
        "commands_s": {name: round(best[name], 3) for name in COMMANDS},
        "slowest": slowest,
        "command_bar_s": round(allowed, 2),
        "ok": best["help"] <= HELP_BAR * base and best[slowest] <= allowed,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines for people")
    as_json = parser.parse_args().json
    found = measure()
    if as_json:
        print(json.dumps(found))
    else:
        for key, value in found.items():
            print(f"{key:14}  {value}")
    return 0 if found["ok"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
