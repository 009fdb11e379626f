"""docs/catalogue.md tells of every file, under its code and with its limits."""

import re
from pathlib import Path

from engine.limits import CalendarDays, WorkingDays
from procedures.catalogue import FOLDER, Catalogue

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "catalogue.md").read_text(encoding="utf-8")
ROWS = {
    found[1]: line for line in TEXT.splitlines() if (found := re.search(r"\]\(\.\./procedures/catalogue/(\S+)\)", line))
}


def test_every_file_has_one_row():
    assert set(ROWS) == {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.yaml")}


def test_a_row_names_the_code_and_the_limits():
    catalogue = Catalogue()
    for procedure in catalogue.all():
        row = ROWS[str(catalogue.path(procedure.code, procedure.version).relative_to(FOLDER))]
        code, limits = (cell.strip() for cell in row.split("|")[3:5])
        assert code.split()[0] == procedure.code
        for legal in procedure.limits:
            if legal.terms is None:
                assert limits == "none read"
            elif isinstance(legal.terms.limit, WorkingDays | CalendarDays):
                amount = legal.terms.limit.n
                assert re.search(rf"\b{amount // 7 if '8 weeks' in limits else amount}\b", limits), row
            else:
                assert "same day" in limits
