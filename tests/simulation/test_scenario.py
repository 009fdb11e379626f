"""What a scenario file becomes: kinds of dossiers, offices, officers' calendars, changed procedures, conduct."""

from datetime import date
from textwrap import dedent, indent

import numpy as np
import pytest

from engine.limits import OfficeHours, WorkingDays
from engine.procedure import Consultation, Join, Split
from engine.simulation.chance import length
from engine.simulation.model import Autonomy, Conduct, Discipline, Draw, Law
from engine.simulation.run import run
from engine.simulation.tables import compiled_tables
from procedures.calendars import load_calendar
from procedures.directory import load_directories
from procedures.scenarios.arrivals import arrivals_of
from procedures.scenarios.calendars import on_weekdays, with_days, without
from procedures.scenarios.desks import desk_for
from procedures.scenarios.format import DrawPart, seconds_of
from procedures.scenarios.load import load_scenario
from procedures.scenarios.model import draw_of
from tests.simulation.scenarios import EXAMPLES, HEAD, SPLIT, WORLD, made, modelled, written
from workflows.simulation.replications import figures_of

VN = load_calendar("vn")
HOUSE = 'procedures:\n  - code: "1.013225"\n    arrivals: 4 per working day\n'


def office(model, code):
    return next(one for one in model.offices if one.code == code)


def procedure_of(model, code):
    return next(kind.rules.procedure for kind in model.variants if kind.rules.procedure.code == code)


def test_a_short_file_says_enough(tmp_path):
    scenario, model = made(tmp_path)
    assert (VN.local_date(model.start), scenario.length) == (date(2026, 7, 6), "4 weeks")
    assert model.until - model.start == 28 * 86_400
    assert {kind.desk for kind in model.variants} == {"p.desk"}
    assert {kind.channel for kind in model.variants} == set(procedure_of(model, "1.012784").channels)
    assert {one.code for one in model.offices} == {"p.desk", "bac_song.land_registry", "nam_song.land_registry"}
    assert {len(one.officers) for one in model.offices} == {2}
    compiled_tables(model)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_example_becomes_a_model_that_the_kernel_takes(path):
    scenario, model = modelled(path)
    assert model.name == scenario.scenario
    compiled_tables(model)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_example_runs(tmp_path, path):
    short = f"extends: {path}\nscenario: short\nlength: 2 weeks\nwarm_up: 1 weeks\n"
    scenario, model = modelled(written(tmp_path, short, head=""))
    arrivals = arrivals_of(scenario, model, 7, 0)
    assert run(model, arrivals).dossiers >= arrivals.at.size > 500


def test_no_agency_of_the_base_is_overloaded_and_most_of_it_is_on_time():
    figures = figures_of(*modelled(EXAMPLES / "base.yaml"), 7, 0)
    loads = {name: load for name, load in figures.items() if name.startswith("utilisation/")}
    assert len(loads) > 20
    assert {name for name, load in loads.items() if not 0.3 < load < 0.93} == set()
    assert 0.85 < figures["on_time_by_date"] < 0.97
    assert figures["open_late"] < 0.25 * figures["open"]


def test_officers_alike_with_a_name_have_running_numbers(tmp_path):
    text = "agencies: {bac_song.land_registry: {officers: [{name: lan, number: 3}, {name: nam}]}}\n"
    _, model = made(tmp_path, SPLIT + text)
    assert [one.code for one in office(model, "bac_song.land_registry").officers] == ["lan.1", "lan.2", "lan.3", "nam"]


def test_a_matter_is_received_by_the_desk_of_the_next_larger_territory_that_has_one():
    found = load_directories("province")
    assert desk_for("cau_gio", {"cau_gio": "a", "bac_song": "b"}, found) == "a"
    assert desk_for("cau_gio", {found.territories["cau_gio"].parent: "b", "elsewhere": "c"}, found) == "b"
    assert desk_for("cau_gio", {"elsewhere": "c"}, found) == "c"
    assert desk_for("cau_gio", {"elsewhere": "c", "nowhere": "d"}, found) is None


def test_a_scenario_read_back_from_its_own_data_is_the_same():
    for path in EXAMPLES.glob("*.yaml"):
        scenario = load_scenario(path, WORLD)
        assert type(scenario).model_validate(scenario.model_dump(by_alias=True, exclude_none=True)) == scenario


def test_agencies_of_parts_are_in_the_model_and_parts_do_not_come_by_themselves(tmp_path):
    head = HEAD.replace("2026-07-06", "2026-09-07")
    _, model = made(tmp_path, 'procedures:\n  - code: "3.000722"\n    arrivals: 2 per working day\n', head)
    parts = {kind.rules.procedure.code for kind in model.variants if kind.only_as_part}
    assert {"X.child_residence", "X.child_identity_card", "X.child_insurance_card"} <= parts
    assert {kind.rules.procedure.code for kind in model.variants if not kind.only_as_part} == {"3.000722"}
    assert "bac_song.social_insurance" in {one.code for one in model.offices}
    compiled_tables(model)


def test_places_channels_and_data_make_kinds_with_their_shares(tmp_path):
    text = """\
    places: {cau_gio: 3, dao_cat: 1}
    channels: {direct: 1}
    data:
      - {share: 0.25}
      - {share: 0.75, values: {opinions_needed: true, fire_safety: true}}
    """
    _, model = made(tmp_path, HOUSE + text)
    shares = {(kind.desk, len(kind.data)): float(kind.name.rpartition("*")[2]) for kind in model.variants}
    assert shares == {
        ("cau_gio.desk", 1): 0.75,
        ("cau_gio.desk", 3): 2.25,
        ("dao_cat.desk", 1): 0.25,
        ("dao_cat.desk", 3): 0.75,
    }


def test_steps_opinions_applicants_and_the_desk_are_treated_as_said(tmp_path):
    text = """\
        service: 1 office hour
        steps:
          appraise: {service: 2 office hours, delay: 30 minutes, supplement: 0.25}
          opinions: {opinions: {p.fire_police: {silent: 0.5}}}
          conclude: {outcomes: {reject: 0.125}}
          pay: {answers: 0.5}
        opinion: {service: 3 office hours, disagrees: 0.125}
        applicants: {supplements: 0.5, withdraws: 0.25, unasked: 0.5, collects: 0.75}
        intake: {service: 10 minutes, declines: 0.125, apologises: 0.5, extends: 0.25}
    """
    _, model = made(tmp_path, HOUSE + indent(dedent(text), "    "))
    kind = model.variants[0]
    appraise, opinions = kind.treatments["appraise"], kind.treatments["opinions"]
    assert (appraise.service, appraise.delay, appraise.supplement) == (Draw(a=7200.0), Draw(a=1800.0), 0.25)
    assert kind.treatments["sign"].service == Draw(a=3600.0)
    assert (opinions.opinion.service, opinions.opinion.disagrees) == (Draw(a=10_800.0), 0.125)
    assert (opinions.opinions["p.fire_police"].silent, kind.treatments["pay"].answers) == (0.5, 0.5)
    assert kind.treatments["conclude"].outcomes == {"reject": 0.125}
    assert (kind.applicants.supplements, kind.applicants.withdraws, kind.applicants.collects) == (0.5, 0.25, 0.75)
    assert (kind.intake.service, kind.intake.declines, kind.intake.apologises) == (Draw(a=600.0), 0.125, 0.5)


def test_agencies_work_as_said(tmp_path):
    text = """\
officers: 3
agencies:
  p.desk: {officers: 5, discipline: earliest_due, autonomy: central}
  bac_song.land_registry:
    calendar: vn_0700
    officers:
      - {name: lan, steps: [appraise], pace: 0.5, intake: false}
      - {number: 2, name: nam, absences: [{from: 2026-07-13, to: 2026-07-14}]}
      - {weekdays: [mon, wed], calendar: vn}
"""
    _, model = made(tmp_path, SPLIT + text)
    desk, registry = office(model, "p.desk"), office(model, "bac_song.land_registry")
    assert (len(desk.officers), desk.discipline, desk.autonomy) == (5, Discipline.EARLIEST_DUE, Autonomy.CENTRAL)
    assert len(office(model, "nam_song.land_registry").officers) == 3
    assert [one.code for one in registry.officers] == ["lan", "nam.1", "nam.2", "bac_song.land_registry.04"]
    lan, nam, _, other = registry.officers
    assert (lan.steps, lan.pace, lan.takes_intake) == (frozenset({"appraise"}), 0.5, False)
    assert model.variants[0].rules.calendar_of("bac_song.land_registry") is registry.calendar
    assert registry.calendar.windows(date(2026, 7, 13)) != VN.windows(date(2026, 7, 13))
    worked = [date(2026, 7, day).isoformat() for day in range(11, 18) if nam.calendar.is_worked(date(2026, 7, day))]
    assert worked == ["2026-07-15", "2026-07-16", "2026-07-17"]
    assert [day for day in range(13, 18) if other.calendar.is_worked(date(2026, 7, day))] == [13, 15]
    assert other.calendar.windows(date(2026, 7, 13)) == VN.windows(date(2026, 7, 13))


def test_days_of_a_scenario_are_in_every_calendar_and_exchanged_days_may_go_alone():
    found = with_days(VN, [date(2026, 9, 3), date(2026, 8, 22)], [date(2026, 9, 5)])
    assert [found.is_worked(date(2026, 9, day)) for day in (3, 4, 5)] == [False, True, True]
    assert not found.is_worked(date(2026, 8, 22))
    assert not found.is_worked(date(2026, 8, 31))
    away = without(VN, [(date(2026, 8, 20), date(2026, 8, 22)), (date(2027, 12, 30), date(2028, 1, 5))])
    assert not any(away.is_worked(date(2026, 8, day)) for day in (20, 21, 22))
    assert away.is_worked(date(2026, 8, 19))
    mondays = on_weekdays(VN, ["mon"])  # Saturday 22 August is worked for Monday 31 August
    assert mondays.is_worked(date(2026, 8, 22))
    assert not on_weekdays(VN, ["sat", "tue"]).is_worked(date(2026, 8, 22))
    assert with_days(VN, [], []) is VN


def test_what_is_built_on_is_merged_and_null_takes_away(tmp_path):
    more = """\
officers: 3
agencies: {p.desk: {officers: 4, discipline: shortest}}
conduct: [{agency: p.desk, does: sits}]
"""
    written(tmp_path, SPLIT + '  - {code: "1.000894", arrivals: 2 per day}\n' + more, "base.yaml")
    above = """\
extends: base.yaml
scenario: above
officers: null
procedures:
  - {code: "1.012784", arrivals: {rate: 9 per day}}
agencies: {p.desk: {officers: 7}}
conduct: [{agency: p.desk, does: registers_late, strength: 0.5}]
"""
    found = load_scenario(written(tmp_path, above, "above.yaml", head=""), WORLD)
    assert (found.scenario, found.title.en, found.officers) == ("above", "small", 2)
    assert [part.code for part in found.procedures] == ["1.012784", "1.000894"]
    assert found.procedures[0].arrivals.rate == "9 per day"
    desk = found.agencies["p.desk"]
    assert (desk.officers[0].number, desk.discipline) == (7, "shortest")
    assert [(one.does, one.chance) for one in found.conduct] == [("sits", 0.35), ("registers_late", 0.5)]


def test_conduct_becomes_policies_and_a_partner_has_an_office(tmp_path):
    text = """\
conduct:
  - {agency: bac_song.land_registry, does: ping_pong, strength: strong, partner: p.justice, steps: [appraise]}
  - {agency: nam_song.land_registry, does: stops_clock, strength: mild, length: 3 working days}
"""
    _, model = made(tmp_path, SPLIT + text)
    first, second = model.policies
    assert (first.agency, first.conduct, first.strength) == ("bac_song.land_registry", Conduct.PING_PONG, 0.7)
    assert (first.partner, first.steps) == ("p.justice", frozenset({"appraise"}))
    assert (second.strength, second.length) == (0.15, Draw(a=3 * 8 * 3600.0))
    assert office(model, "p.justice").officers


def test_a_merged_agency_brings_its_work_and_its_officers(tmp_path):
    text = """\
agencies:
  bac_song.land_registry: {officers: 3}
  nam_song.land_registry: {officers: 4}
merge: [{into: bac_song.land_registry, of: [nam_song.land_registry]}]
"""
    _, model = made(tmp_path, SPLIT + text)
    assert {one.code for one in model.offices} == {"p.desk", "bac_song.land_registry"}
    assert len(office(model, "bac_song.land_registry").officers) == 7
    compiled_tables(model)


def test_a_cut_step_is_gone_and_what_was_said_of_it_below_does_no_harm():
    _, model = modelled(EXAMPLES / "step_cut.yaml")
    changed = procedure_of(model, "1.013225")
    assert "conclude" not in changed.nodes
    assert [edge.target for edge in changed.nodes["meet"].edges] == ["sign"]


def test_a_step_is_added_with_its_term(tmp_path):
    change = '[{procedure: "1.013225", add: [{code: legal_check, after: conclude, role: chair, limit: 1 working day}]}]'
    _, model = made(tmp_path, f"{HOUSE}    steps: {{legal_check: {{service: 1 hour}}}}\nchanges: {change}\n")
    changed = procedure_of(model, "1.013225")
    assert {edge.outcome: edge.target for edge in changed.nodes["conclude"].edges}["done"] == "legal_check"
    assert [edge.target for edge in changed.nodes["legal_check"].edges] == ["sign"]
    assert model.variants[0].treatments["legal_check"].service == Draw(a=3600.0)


def test_terms_are_changed_for_a_step_for_opinions_and_for_the_whole(tmp_path):
    change = (
        '[{procedure: "1.013225", limits: {deliver: 1 working day, opinions: 3 office hours, legal: 4 working days}}]'
    )
    _, model = made(tmp_path, f"{HOUSE}changes: {change}\n")
    changed = procedure_of(model, "1.013225")
    assert changed.nodes["deliver"].limit == WorkingDays(1)
    assert {one.limit for one in changed.nodes["opinions"].consulted} == {OfficeHours(3)}
    assert {one.terms.limit for one in changed.limits} == {WorkingDays(4)}


def test_steps_run_side_by_side_between_a_split_and_a_join():
    _, model = modelled(EXAMPLES / "parallel.yaml")
    changed = procedure_of(model, "1.012784")
    (split,) = [node for node in changed.nodes.values() if isinstance(node, Split)]
    (join,) = [node for node in changed.nodes.values() if isinstance(node, Join)]
    assert [edge.target for edge in split.edges] == ["receive", "appraise"]
    assert [edge.target for edge in join.edges] == ["sign"]
    assert changed.start == split.code


def test_agencies_are_asked_in_turn_and_answer_as_before():
    _, model = modelled(EXAMPLES / "opinions_in_turn.yaml")
    changed = procedure_of(model, "1.013225")
    asked = [node for node in changed.nodes.values() if isinstance(node, Consultation)]
    assert [[one.role for one in node.consulted] for node in asked] == [["construction"], ["fire_police"], ["culture"]]
    assert [{edge.target for edge in node.edges} for node in asked] == [{asked[1].code}, {asked[2].code}, {"meet"}]
    kind = next(one for one in model.variants if one.rules.procedure is changed)
    assert {kind.treatments[node.code].opinion.silent for node in asked} == {0.05}


@pytest.mark.parametrize(
    ("said", "law", "mean"),
    [
        ({"constant": "90 minutes"}, Law.CONSTANT, 5400),
        ({"uniform": ["1 office hour", "3 office hours"]}, Law.UNIFORM, 7200),
        ({"exponential": "2 office hours"}, Law.EXPONENTIAL, 7200),
        ({"lognormal": {"median": "2 office hours", "sigma": 0.5}}, Law.LOGNORMAL, 7200 * 2.718281828**0.125),
        ({"gamma": {"mean": "2 office hours", "shape": 2.5}}, Law.QUANTILES, 7200),
        ({"empirical": ["3 office hours", "1 office hour", "0.5 office hours"]}, Law.VALUES, 5400),
        ({"constant": 0.5, "share_of_term": True}, Law.CONSTANT, 0.5),
    ],
)
def test_lengths_are_drawn_by_their_law(said, law, mean):
    draw = draw_of(DrawPart.model_validate(said))
    assert (draw.law, draw.of_term) == (law, "share_of_term" in said)
    assert draw.table == tuple(sorted(draw.table))
    table = np.array(draw.table or (0.0,))
    steps = (np.arange(4000) + 0.5) / 4000
    drawn = [float(length(int(draw.law), draw.a, draw.b, table, 0, len(draw.table), u)) for u in steps]
    assert sum(drawn) / len(drawn) == pytest.approx(mean, rel=0.01)


def test_lengths_are_written_like_limits():
    assert [seconds_of(text) for text in ("1 hour", "2 office hours", "30 minutes", "1.5 working days")] == [
        *(3600.0, 7200.0, 1800.0, 43_200.0)
    ]
