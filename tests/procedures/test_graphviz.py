"""Pictures come out without the font library's grumbles on stderr, and nothing else is hidden."""

import os
import subprocess
import sys
from pathlib import Path

from procedures.graphviz import drawn


def test_a_procedure_is_drawn_without_a_word_on_stderr_where_no_font_settings_are_found(tmp_path):
    command = [Path(sys.executable).with_name("motcua"), "procedures", "draw", "1.000656", "-o", "picture.svg"]
    own = {name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_")}
    own["FONTCONFIG_FILE"] = str(tmp_path / "none")
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env=own, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "picture.svg").read_text(encoding="utf-8").rstrip().endswith("</svg>")


def test_what_is_no_grumble_of_the_font_library_reaches_stderr(capfd):
    class Picture:
        """As Graphviz: writes to the file descriptor, not to `sys.stderr`."""

        def draw(self, format, prog):  # noqa: A002
            os.write(2, b'Fontconfig warning: "conf", line 6: unknown element\nError: layout was not done\n')
            return f"{prog} {format}".encode()

    assert drawn(Picture(), format="svg", prog="dot") == b"dot svg"
    assert capfd.readouterr().err == "Error: layout was not done\n"
