"""The legal limits of the twenty procedures P1 to P20, written down a second time, apart from the files."""

from datetime import time

import pytest

from engine.limits import CalendarDays, SameDay, WorkingDays, format_limit
from procedures.catalogue import Catalogue

CATALOGUE = Catalogue()
ALL = ("direct", "post", "online")
THREE_PM = time(15)

TABLE = [
    # id, code, version, channels, limit, cut-off
    ("P1", "3.000722", 1, ("online",), WorkingDays(3), THREE_PM),
    ("P1 residence", "X.child_residence", 1, ("online",), WorkingDays(2), None),
    ("P1 insurance card", "X.child_insurance_card", 1, ("online",), WorkingDays(2), None),
    ("P1 identity card", "X.child_identity_card", 1, ("online",), WorkingDays(5), None),
    ("P2", "1.001193", 1, ALL, SameDay(), THREE_PM),
    ("P3", "1.000894", 1, ALL, SameDay(), None),
    ("P4", "1.000656", 1, ALL, SameDay(), THREE_PM),
    ("P4 interlinked", "2.002622", 1, ("online",), None, None),
    ("P5", "1.004222", 1, ("direct", "online"), WorkingDays(7), None),
    ("P6", "1.013978", 1, ("online",), WorkingDays(17), None),
    ("P6", "1.013978", 1, ("post",), WorkingDays(20), None),
    ("P6", "1.013978", 1, ("direct",), WorkingDays(27), None),
    ("P7", "1.013831", 1, ("direct", "online"), WorkingDays(18), None),
    ("P7", "1.013831", 1, ("post",), WorkingDays(4), None),
    ("P8 commune", "1.013949", 1, ALL, CalendarDays(15), None),
    ("P8 province", "1.013823", 1, ALL, CalendarDays(15), None),
    ("P9 house", "1.013225", 2, ALL, WorkingDays(7), None),
    ("P9 other new", "1.013236", 1, ALL, WorkingDays(10), None),
    ("P9 repair", "1.013229", 1, ALL, WorkingDays(9), None),
    ("P9 extension", "1.013227", 1, ALL, WorkingDays(5), None),
    ("P9 before July 2026", "1.013225", 1, ("direct",), CalendarDays(15), None),
    ("P9 before July 2026", "1.013225", 1, ("post", "online"), CalendarDays(20), None),
    ("P10", "1.001612", 1, ALL, WorkingDays(3), None),
    ("P11", "2.001583", 1, ALL, WorkingDays(3), None),
    ("P12", "3.000333", 1, ALL, CalendarDays(10), None),
    ("P13", "1.009645", 1, ALL, WorkingDays(17), None),
    ("P14", "1.010733", 1, ALL, CalendarDays(20 + 15), None),
    ("P15", "3.000489", 1, ALL, WorkingDays(10), None),
    ("P16 until August 2025", "X.work_permit", 1, ALL, WorkingDays(5), None),
    ("P16", "X.work_permit", 2, ALL, WorkingDays(10), None),
    ("P17", "X.monthly_social_allowance", 1, ALL, WorkingDays(7 + 3 + 7 + 3), None),
    ("P18", "2.000635", 1, ALL, SameDay(), THREE_PM),
    ("P19", "2.000908", 1, ALL, SameDay(), THREE_PM),
    ("P20", "1.012784", 1, ALL, WorkingDays(12), None),
    ("Wabo", "nl.wabo_permit", 1, ALL, CalendarDays(56), None),
]


@pytest.mark.parametrize(("code", "version", "channels", "limit", "cutoff"), [row[1:] for row in TABLE])
def test_the_legal_limit_is_that_of_the_table(code, version, channels, limit, cutoff):
    procedure = CATALOGUE.get(code, version)
    for channel in channels:
        legal = procedure.legal_limit(channel)
        assert legal is not None
        found = None if legal.terms is None else (legal.terms.limit, legal.terms.cutoff)
        assert found == (None if limit is None else (limit, cutoff))


def test_the_table_leaves_out_no_procedure_and_no_channel():
    rows = {(code, version, channel) for _, code, version, channels, _, _ in TABLE for channel in channels}
    assert rows == {(one.code, one.version, channel) for one in CATALOGUE.all() for channel in one.channels}


def test_all_twenty_are_there():
    numbers = {int(row[0].split()[0][1:]) for row in TABLE if row[0].startswith("P")}
    assert numbers == set(range(1, 21))


@pytest.mark.parametrize(
    ("code", "limit"),
    [
        ("3.000722", "2 working days"),  # P1: 3, with verification 5
        ("X.child_residence", "3 working days"),  # P1: 2, with verification 5
        ("1.000894", "5 working days"),  # P3: conditions to be verified
        ("X.monthly_social_allowance", "10 working days"),  # P17: complaints
        ("nl.wabo_permit", "42 calendar days"),  # Wabo art. 3.9(2): 6 weeks
    ],
)
def test_the_law_lengthens_the_term_once(code, limit):
    extension = CATALOGUE.get(code).clock.extension
    assert extension is not None
    assert (format_limit(extension.limit), extension.max_times) == (limit, 1)
