"""When dossiers of a scenario come: as many as said, when said, and the same ones whatever else is changed."""

from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from engine.simulation.chance import mixed as mixed_one
from procedures.calendars import load_calendar
from procedures.scenarios.arrivals import arrivals_of, mixed
from tests.simulation.scenarios import HEAD, SPLIT, made

VN = load_calendar("vn")
YEAR = HEAD.replace("2026-07-06", "2026-01-01").replace("4 weeks", "12 months")


def one(arrivals, *more):
    return "\n".join(['procedures:\n  - code: "1.012784"', f"    arrivals: {arrivals}", *more]) + "\n"


def come(folder, text=SPLIT, head=HEAD, seed=7, replication=0):
    scenario, model = made(folder, text, head)
    return model, arrivals_of(scenario, model, seed, replication)


def days_of(found):
    return [VN.local_date(int(at)) for at in found.at]


def worked_days(first, last):
    return sum(VN.is_worked(date.fromordinal(day)) for day in range(first.toordinal(), last.toordinal() + 1))


@pytest.mark.parametrize(
    ("rate", "daily"), [("8 per working day", 8.0), ("40 per week", 8.0), ("168 per month", 8.0), ("5.5 per day", 5.5)]
)
def test_as_many_come_as_the_rate_says(tmp_path, rate, daily):
    scenario, model = made(tmp_path, one(rate), YEAR)
    counts = [arrivals_of(scenario, model, 7, number).at.size for number in range(20)]
    every_day = rate.endswith("per day")
    expected = daily * (365 if every_day else worked_days(date(2026, 1, 1), date(2026, 12, 31)))
    assert np.mean(counts) == pytest.approx(expected, abs=4 * np.sqrt(expected / 20))
    assert 0.3 * expected < np.var(counts, ddof=1) < 3 * expected


def test_days_have_poisson_counts(tmp_path):
    _, found = come(tmp_path, one("8 per working day"), YEAR)
    counts = np.unique([day.toordinal() for day in days_of(found)], return_counts=True)[1]
    assert np.var(counts, ddof=1) == pytest.approx(8.0, rel=0.35)


def test_constant_arrivals_are_even(tmp_path):
    _, found = come(tmp_path, one("{rate: 4 per working day, pattern: constant}"))
    counts = np.unique([day.toordinal() for day in days_of(found)], return_counts=True)[1]
    assert set(counts.tolist()) == {4}
    assert counts.size == worked_days(date(2026, 7, 6), date(2026, 8, 2))
    gaps = VN.between_many(found.at[:-1], found.at[1:])
    assert set(gaps.tolist()) == {7200}


def test_they_come_in_office_time_and_on_days_off_only_where_said(tmp_path):
    model, found = come(tmp_path)
    assert found.at.size > 50
    assert all(any(since <= at < until for since, until in VN.windows(VN.local_date(int(at)))) for at in found.at)
    assert model.start <= found.at[0]
    assert found.at[-1] < model.until
    assert all(before <= after for before, after in pairwise(found.at.tolist()))
    _, more = come(tmp_path, one("{rate: 40 per working day, on_days_off: 0.25}"), YEAR)
    off = sum(not VN.is_worked(day) for day in days_of(more))
    expected = 10 * (365 - worked_days(date(2026, 1, 1), date(2026, 12, 31)))
    assert off == pytest.approx(expected, abs=4 * np.sqrt(expected))


def test_hours_weekdays_and_months_have_their_factors(tmp_path):
    said = "{rate: 40 per day, by_weekday: {mon: 2, sun: 0}, by_month: {2: 0.5}, by_hour: {8: 3, 20: 1}}"
    _, found = come(tmp_path, one(said), YEAR)
    hours = (found.at + 7 * 3600) % 86_400 // 3600
    assert set(hours.tolist()) == {8, 20}
    assert np.mean(hours == 8) == pytest.approx(0.75, abs=0.02)
    days = days_of(found)
    weekdays = np.bincount([day.weekday() for day in days], minlength=7)
    assert weekdays[6] == 0
    assert weekdays[0] / weekdays[1] == pytest.approx(2, rel=0.1)
    months = np.bincount([day.month for day in days], minlength=13)
    assert months[2] / 28 == pytest.approx(0.5 * months[3] / 31, rel=0.15)


def test_gaps_are_office_time_drawn_by_their_law(tmp_path):
    _, found = come(tmp_path, one("{gaps: {empirical: [1 office hour, 3 office hours]}}"))
    gaps = VN.between_many(found.at[:-1], found.at[1:])
    assert set(gaps.tolist()) == {3600, 10_800}
    _, even = come(tmp_path, one("{gaps: 2 office hours}"))
    assert even.at.size == worked_days(date(2026, 7, 6), date(2026, 8, 2)) * 4 - 1
    _, many = come(tmp_path, one("{gaps: {gamma: {mean: 30 minutes, shape: 3}}}"), YEAR)
    assert np.mean(VN.between_many(many.at[:-1], many.at[1:])) == pytest.approx(1800, rel=0.05)


def test_instants_that_are_named_are_those(tmp_path):
    _, found = come(tmp_path, one('{at: ["2026-07-08 09:30", "2026-07-07 08:15:30", "2026-09-01 08:00"]}'))
    assert [f"{day} {(int(at) + 7 * 3600) % 86_400}" for day, at in zip(days_of(found), found.at, strict=True)] == [
        "2026-07-07 29730",
        "2026-07-08 34200",
    ]


def test_channels_have_arrivals_of_their_own(tmp_path):
    text = """\
procedures:
  - code: "1.012784"
    by_channel: {direct: 6 per working day, online: {rate: 3 per day, by_hour: {21: 1}}}
"""
    model, found = come(tmp_path, text, YEAR)
    channels = np.array([model.variants[kind].channel for kind in found.variant])
    assert set(channels) == {"direct", "online"}
    at_night = (found.at + 7 * 3600) % 86_400 // 3600 == 21
    assert (at_night == (channels == "online")).all()


def test_kinds_come_by_their_shares(tmp_path):
    more = ["    places: {cau_gio: 3, dao_cat: 1}", "    channels: {direct: 4, online: 1}"]
    model, found = come(tmp_path, one("20 per working day", *more), YEAR)
    kinds = [model.variants[kind] for kind in found.variant]
    assert np.mean([kind.data["territory"] == "cau_gio" for kind in kinds]) == pytest.approx(0.75, abs=0.03)
    assert np.mean([kind.channel == "direct" for kind in kinds]) == pytest.approx(0.8, abs=0.03)


def test_the_same_seed_and_replication_bring_the_same_dossiers_and_others_bring_others(tmp_path):
    _, first = come(tmp_path)
    _, again = come(tmp_path)
    assert all((getattr(first, key) == getattr(again, key)).all() for key in ("at", "variant", "key"))
    for other in ({"seed": 8}, {"replication": 1}, {"seed": 0, "replication": 7}):
        assert not set(first.key.tolist()) & set(come(tmp_path, **other)[1].key.tolist())


def lives(model, found, code="1.012784"):
    """Each dossier of a procedure: key, instant, desk, channel."""
    return {
        (int(key), int(at), kind.desk, kind.channel)
        for key, at, number in zip(found.key, found.at, found.variant, strict=True)
        if (kind := model.variants[number]).rules.procedure.code == code
    }


def test_another_procedure_more_officers_or_a_change_shift_nobody(tmp_path):
    base = lives(*come(tmp_path))
    assert len(base) > 50
    other = '  - {code: "1.000894", arrivals: 9 per day}\nofficers: 7\n'
    change = 'changes: [{procedure: "1.012784", cut: [receive]}]\n'
    assert lives(*come(tmp_path, SPLIT + other + change)) == base
    before = 'procedures:\n  - {code: "1.000894", arrivals: 9 per day}\n' + SPLIT.partition("\n")[2]
    assert lives(*come(tmp_path, before)) == base


def test_a_surge_adds_dossiers_to_those_that_come_without_it(tmp_path):
    base = lives(*come(tmp_path))
    surged = lives(*come(tmp_path, SPLIT + "surges: [{from: 2026-07-13, to: 2026-07-17, factor: 3}]\n"))
    assert base < surged
    assert {VN.local_date(at).day for _, at, _, _ in surged - base} <= {13, 14, 15, 16, 17}
    of_others = 'surges: [{from: 2026-07-13, to: 2026-07-17, factor: 3, procedures: ["1.000894"]}]\n'
    listed = SPLIT + '  - {code: "1.000894", arrivals: 9 per day}\n'
    assert lives(*come(tmp_path, listed + of_others)) == base
    ebb = lives(*come(tmp_path, SPLIT + "surges: [{from: 2026-07-13, to: 2026-07-17, factor: 0.5}]\n"))
    assert ebb < base


def test_a_day_off_takes_away_its_own_dossiers_only(tmp_path):
    base = lives(*come(tmp_path))
    without = lives(*come(tmp_path, SPLIT + "days_off: [2026-07-14]\n"))
    assert base - without == {life for life in base if VN.local_date(life[1]) == date(2026, 7, 14)}
    assert without <= base


@pytest.mark.parametrize("rate", ["2.5 per working day", "4 per working day", "0.4 per day"])
def test_constant_arrivals_of_other_days_stay_where_they_are(tmp_path, rate):
    text = one(f"{{rate: {rate}, pattern: constant}}")
    base = lives(*come(tmp_path, text))
    surged = lives(*come(tmp_path, text + "surges: [{from: 2026-07-13, to: 2026-07-17, factor: 2.5}]\n"))
    assert base < surged
    assert {VN.local_date(at).day for _, at, _, _ in surged - base} <= {13, 14, 15, 16, 17}
    ebb = lives(*come(tmp_path, text + "surges: [{from: 2026-07-13, to: 2026-07-17, factor: 0.5}]\n"))
    assert ebb < base
    without = lives(*come(tmp_path, text + "days_off: [2026-07-14]\n"))
    assert without == {life for life in base if VN.local_date(life[1]) != date(2026, 7, 14)}


@pytest.mark.parametrize("pattern", ["poisson", "constant"])
def test_a_longer_scenario_brings_the_same_dossiers_first(tmp_path, pattern):
    text = one(f"{{rate: 3.3 per working day, pattern: {pattern}, by_weekday: {{mon: 2}}, by_month: {{7: 0.5}}}}")
    short = lives(*come(tmp_path, text))
    model, found = come(tmp_path, text, HEAD.replace("length: 4 weeks", "length: 20 weeks"))
    end = model.start + 28 * 86_400
    assert {life for life in lives(model, found) if life[1] < end} == short


def test_constant_fractions_fall_due_evenly(tmp_path):
    _, found = come(tmp_path, one("{rate: 2.5 per working day, pattern: constant}"))
    counts = np.unique([day.toordinal() for day in days_of(found)], return_counts=True)[1]
    assert counts.tolist() == [2, 3] * 10


@pytest.mark.parametrize("rate", ["40 per working day", "40 per day", "200 per week"])
def test_factors_of_weekdays_keep_the_rate_over_a_week_and_those_of_months_over_a_year(tmp_path, rate):
    plain = np.mean([come(tmp_path, one(rate), YEAR, replication=n)[1].at.size for n in range(3)])
    said = f"{{rate: {rate}, by_weekday: {{mon: 3, fri: 0.5}}, by_month: {{1: 4, 7: 0.25}}}}"
    shared = np.mean([come(tmp_path, one(said), YEAR, replication=n)[1].at.size for n in range(3)])
    assert shared == pytest.approx(plain, rel=0.05)


def test_no_two_dossiers_have_one_key(tmp_path):
    text = SPLIT + '  - {code: "1.000894", arrivals: 40 per day}\n'
    _, found = come(tmp_path, text, YEAR)
    assert len(set(found.key.tolist())) == found.key.size > 10_000


def test_many_keys_are_mixed_as_one_is():
    keys = np.array([0, 1, 2**63, 2**64 - 1], dtype=np.uint64)
    assert mixed(keys).tolist() == [int(mixed_one(key)) for key in keys]
