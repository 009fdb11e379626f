"""A scenario with faults is refused with all of them, each with its file, line, place and what was perhaps meant."""

import json
import re

import pytest
import yaml

from engine.errors import InputError
from engine.simulation.model import Conduct
from procedures.fault import FaultyFileError
from procedures.scenarios.format import Scenario
from procedures.scenarios.load import load_scenario, scenario_schema
from procedures.shape import known_keys
from tests.simulation.scenarios import EXAMPLES, HEAD, SPLIT, WORLD, made, written


def faults_of(path):
    with pytest.raises(FaultyFileError) as refused:
        load_scenario(path, WORLD)
    return [str(fault) for fault in refused.value.faults]


def test_names_that_stand_for_nothing_are_all_told_with_the_nearest_one(tmp_path):
    found = faults_of(
        written(
            tmp_path,
            """\
            directory: province
            calendar: vnn
            procedures:
              - code: "1.013831"
                arrivals: 2 per working day
                steps:
                  chek: {}
                  check: {outcomes: {sing: 0.3}}
                channels: {onlin: 1}
                places: {cau_gioo: 1}
                data: [{values: {new_certificat: true}}]
              - code: "1.01278"
                arrivals: 1 per day
            agencies:
              p.constructions: {officers: [{steps: [chekc]}], calendar: vnnn}
            conduct:
              - {agency: p.justic, does: sits, steps: [check, singn]}
            changes:
              - procedure: "1.013831"
                cut: [extract_mapp]
                limits: {leagl: 2 working days}
                add: [{code: new, after: chek, role: branhc}]
            merge: [{into: p.desk, of: [p.dsek]}]
            surges: [{from: 2026-08-01, to: 2026-08-02, factor: 2, procedures: ["1.013832"]}]
            """,
        )
    )
    places = [fault.partition(", ")[2].partition(": there is no")[0] for fault in found]
    assert places == [
        "calendar",
        "procedures[1.013831].steps.chek",
        "procedures[1.013831].steps.check.outcomes.sing",
        "procedures[1.013831].channels.onlin",
        "procedures[1.013831].places.cau_gioo",
        "procedures[1.013831].data[0].values.new_certificat",
        "procedures[1.01278].code",
        "agencies.p.constructions.calendar",
        "agencies.p.constructions",
        "agencies.p.constructions.officers[0].steps[0]",
        "conduct[0].agency",
        "conduct[0].steps[1]",
        "changes[0].cut[0]",
        "changes[0].limits.leagl",
        "changes[0].add[new].after",
        "changes[0].add[new].role",
        "merge[0].of[0]",
        "surges[0].procedures[0]",
    ]
    meant = {fault.partition("did you mean ")[2] for fault in found if "did you mean" in fault}
    assert {"'vn'?", "'check'?", "'online'?", "'cau_gio'?", "'new_certificate'?", "'1.012784'?"} <= meant
    assert {"'p.construction'?", "'p.justice'?", "'p.desk'?", "'extract_map'?", "'legal'?", "'1.013831'?"} <= meant
    assert any(fault.startswith("line 8, calendar: there is no calendar 'vnn'") for fault in found)


@pytest.mark.parametrize(
    ("line", "place", "said"),
    [
        ("officers: 0", "officers", "greater than or equal to 1"),
        ("colour: red", "colour", "the key 'colour' is not known here; remove it"),
        ("agencys: {}", "agencys", "did you mean 'agencies'?"),
        ("length: 3 moons", "length", "write '26 weeks', '12 months' or '90 days'"),
        ("length: 30 months", "length", "longer than calendar vn knows; let it end by 2027-12-31"),
        ("warm_up: 9 weeks", "warm_up", "nothing is left after the warm-up"),
        ("directory: provnce", "directory", "directory 'provnce' is not known"),
        ("days_off: [2031-01-01]", "days_off[0]", "choose a day from 2019-01-01 to 2027-12-31"),
        ("{days_off: x}", "days_off", "a list (lines that begin with -) is expected"),
        ("surges: [{from: 2026-08-02, to: 2026-08-01, factor: 2}]", "surges[0]", "lies before from"),
        ("agencies: {p.desk: {officers: many}}", "agencies.p.desk.officers", "is expected"),
        ("agencies: {p.desk: {discipline: lifo}}", "agencies.p.desk.discipline", "'fifo'"),
        (
            "agencies: {p.desk: {officers: [{absences: [{from: 2026-08-02, to: 2026-08-01}]}]}}",
            "agencies.p.desk.officers[0].absences[0]",
            "lies before",
        ),
        ("conduct: [{agency: p.desk, does: sulks}]", "conduct[0].does", "'sits'"),
        ("conduct: [{agency: p.desk, does: sits, strength: 1.5}]", "conduct[0].strength", "mild, medium or strong"),
        ("conduct: [{agency: p.desk, does: sits, partner: p.desk}]", "conduct[0].partner", "no partner of its own"),
        ("conduct: [{agency: p.desk, does: needless_opinion}]", "conduct[0]", "add partner:"),
        ("conduct: [{agency: p.committee, does: refers_up}]", "conduct[0]", "no agency stands above p.committee"),
        ('changes: [{procedure: "1.000894", cut: [x]}]', "changes[0].procedure", "'1.000894' in this scenario"),
        ("warm_up: 4 weeks", "warm_up", "nothing is left after the warm-up"),
        ("surges: [{from: 2026-08-01, to: 2026-08-02, factor: -1}]", "surges[0].factor", "greater than or equal to 0"),
        ("agencies: {p.desk: {officers: [{number: -1}]}}", "agencies.p.desk.officers[0].number", "greater than"),
        ("merge: [{into: p.desk, of: [p.desk]}]", "merge[0].of[0]", "merged into itself"),
        (
            "merge: [{into: p.desk, of: [p.justice]}, {into: p.justice, of: [p.police]}]",
            "merge[1].into",
            "p.justice is itself merged",
        ),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path, line, place, said):
    line = line.strip("{}") if line.startswith("{") else line
    head = "".join(one + "\n" for one in HEAD.splitlines() if not one.startswith(line.partition(":")[0] + ":"))
    (fault,) = faults_of(written(tmp_path, f"{SPLIT}{line}\n", head=head))
    assert fault.startswith(f"line {head.count(chr(10)) + 4}, {place}: ")
    assert said in fault


@pytest.mark.parametrize(
    ("entry", "place", "said"),
    [
        ("arrivals: 4 per fortnight", "arrivals.rate", "'4 per fortnight' is no rate"),
        ("arrivals: {rate: 4 per day, gaps: 1 office hour}", "arrivals", "not rate and gaps"),
        ("arrivals: {at: [yesterday]}", "arrivals.at[0]", "'yesterday' is no instant"),
        ("arrivals: {rate: 4 per day, by_hour: {25: 1}}", "arrivals.by_hour[25]", "cannot be a code"),
        ("arrivals: {rate: 4 per day, by_hour: {8: 0}}", "arrivals", "by_hour leaves no hour"),
        (
            "arrivals: {rate: 4 per day, by_weekday: {mon: 0, tue: 0, wed: 0, thu: 0, fri: 0, sat: 0, sun: 0}}",
            "arrivals",
            "by_weekday leaves no day of the week",
        ),
        (
            f"arrivals: {{rate: 4 per day, by_month: {{{', '.join(f'{month}: 0' for month in range(1, 13))}}}}}",
            "arrivals",
            "by_month leaves no month",
        ),
        (
            "arrivals: {gaps: 1 office hour, by_weekday: {mon: 2}}",
            "arrivals",
            "by_weekday says how a rate is shared out",
        ),
        ("arrivals: -4 per day", "arrivals.rate", "'-4 per day' is no rate"),
        ("arrivals: {rate: 4 per day, on_days_off: -1}", "arrivals.on_days_off", "greater than or equal to 0"),
        ("service: -1 hour", "service.constant", "'-1 hour' is no length"),
        ("places: {cau_gio: -1}", "places.cau_gio", "greater than 0"),
        ("channels: {direct: .inf}", "channels.direct", "should be a valid number"),
        ("by_channel: {direct: 4 per day}\n    channels: {direct: 1}", "", "by_channel stands in place of"),
        ("version: 9", "version", "no version 9"),
        ("service: 3 parsecs", "service.constant", "'3 parsecs' is no length"),
        ("service: {uniform: [2 office hours, 1 office hour]}", "service", "the least before the most"),
        ("service: {lognormal: {mean: 2 office hours}}", "service", "lognormal needs its median"),
        ("service: {gamma: {median: 2 office hours}}", "service", "gamma needs its mean"),
        ("service: {constant: 1 office hour, gamma: {mean: 1 office hour}}", "service", "not constant and gamma"),
        ("service: {constant: 0.5}", "service", "0.5 is not a length"),
        ("service: {constant: 1 office hour, share_of_term: true}", "service", "is not a share"),
        ("steps: {appraise: {outcomes: {done: 0.9, reject: 0.3}}}", "steps.appraise.outcomes", "add up to 1.2"),
        ("steps: {appraise: {supplement: 2}}", "steps.appraise.supplement", "less than or equal to 1"),
        ("steps: {receive: {supplement: 0.5}}", "steps.receive.supplement", "may not ask for papers"),
        ("steps: {appraise: {send_back: 0.5}}", "steps.appraise.send_back", "may not send a dossier back"),
        ("steps: {appraise: {answers: 0.5}}", "steps.appraise.answers", "does not wait for the applicant"),
        ("steps: {granted: {service: 1 hour}}", "steps.granted.service", "is no work"),
        ("steps: {appraise: {opinions: {p.polise: {}}}}", "steps.appraise.opinions.p.polise", "'p.police'"),
    ],
)
def test_a_fault_in_a_procedure_is_told_with_its_place(tmp_path, entry, place, said):
    arrivals = "" if entry.startswith(("arrivals", "by_channel")) else "    arrivals: 4 per working day\n"
    path = written(tmp_path, f'procedures:\n  - code: "1.012784"\n{arrivals}    {entry}\n')
    (fault,) = faults_of(path)
    whole = "procedures[1.012784]" + (f".{place}" if place else "")
    assert f", {whole}: " in fault
    assert said in fault


HOUSE = 'procedures:\n  - code: "1.013225"\n    arrivals: 4 per working day\n'


def test_a_day_that_is_off_and_worked_is_a_fault(tmp_path):
    (fault,) = faults_of(written(tmp_path, f"{SPLIT}days_off: [2026-07-14]\nworked_days: [2026-07-14]\n"))
    assert ", worked_days[0]: 2026-07-14 is a day off too" in fault


def test_a_territory_without_a_desk_is_a_fault_where_there_are_several(tmp_path):
    (fault,) = faults_of(written(tmp_path, f"{HOUSE}    places: {{cau_gio: 3, bac_song: 1}}\n"))
    assert fault.startswith("line 10, procedures[1.013225].places.bac_song: no desk of bac_song receives 1.013225; ")
    assert "there are desks for ben_nang, cau_gio," in fault
    one_for_all = load_scenario(written(tmp_path, f"{SPLIT}    places: {{bac_song: 1, cau_gio: 1}}\n"), WORLD)
    assert one_for_all.procedures[0].places


def test_an_agency_that_a_consultation_does_not_ask_is_a_fault(tmp_path):
    said = "    steps: {opinions: {opinions: {p.justice: {silent: 0.5}, p.fire_police: {silent: 0.5}}}}\n"
    (fault,) = faults_of(written(tmp_path, HOUSE + said))
    assert "steps.opinions.opinions.p.justice: opinions does not ask p.justice" in fault


def test_a_surge_of_what_has_no_rate_is_a_fault(tmp_path):
    text = SPLIT.replace("4 per working day", "{gaps: 2 office hours}")
    surge = "surges: [{from: 2026-07-13, to: 2026-07-17, factor: 2, procedures: %s}]\n"
    (fault,) = faults_of(written(tmp_path, text + surge % '["1.012784"]'))
    assert ", surges[0].procedures[0]: 1.012784 comes by gaps or at instants" in fault
    assert load_scenario(written(tmp_path, SPLIT + surge % '["1.012784"]'), WORLD).surges


def test_faults_of_shape_hide_no_unknown_names(tmp_path):
    found = faults_of(written(tmp_path, f"{SPLIT}officers: none\nagencies: {{p.desks: {{}}}}\n"))
    assert len(found) == 2


def test_a_fault_below_is_told_with_the_file_and_line_in_which_it_stands(tmp_path):
    written(tmp_path, SPLIT + "agencies: {p.desk: {officers: many}}\n", "base.yaml")
    above = "extends: base.yaml\nscenario: above\nagencies: {p.desks: {officers: 2}}\n"
    found = faults_of(written(tmp_path, above, "above.yaml", head=""))
    assert [fault.partition(": ")[0] for fault in found] == ["line 3, agencies.p.desks", "line 10, base.yaml"]


def test_files_that_build_on_themselves_are_refused(tmp_path):
    written(tmp_path, "extends: b.yaml\n", "a.yaml", head="")
    with pytest.raises(InputError, match=r"builds on this file itself"):
        load_scenario(written(tmp_path, "extends: a.yaml\n", "b.yaml", head=""))
    with pytest.raises(InputError, match=r"no such file|No such file"):
        load_scenario(written(tmp_path, "extends: c.yaml\n", "a.yaml", head=""))
    with pytest.raises(InputError, match=r"write the name of a file"):
        load_scenario(written(tmp_path, "extends: [c.yaml]\n", "a.yaml", head=""))


def test_a_change_that_cannot_be_made_is_refused_with_a_sentence(tmp_path):
    for change, said in {
        "cut: [granted]": "does not lead on",
        "parallel: [receive, sign]": "'sign' does not follow on 'receive'",
        "parallel: [receive]": "at least two",
        "in_turn: [receive]": "does not ask several agencies",
    }.items():
        with pytest.raises(InputError, match=said):
            made(tmp_path, f'{SPLIT}changes: [{{procedure: "1.012784", {change}}}]\n')


def test_every_example_has_no_fault():
    assert [path.name for path in sorted(EXAMPLES.glob("*.yaml"))][:2] == ["base.yaml", "merger.yaml"]
    for path in EXAMPLES.glob("*.yaml"):
        assert load_scenario(path, WORLD).scenario == path.stem


def test_the_schema_knows_every_key_and_the_short_ways_to_write():
    schema = scenario_schema()
    assert {"extends", "procedures", "conduct", "surges"} <= set(schema["properties"])
    assert schema["$defs"]["ArrivalsPart"]["anyOf"][0]["type"] == "string"
    assert schema["$defs"]["OfficePart"]["properties"]["officers"]["anyOf"][0]["type"] == "integer"


def test_every_example_keeps_to_the_schema():
    jsonschema = pytest.importorskip("jsonschema")
    checker = jsonschema.Draft202012Validator(scenario_schema())
    checker.check_schema(scenario_schema())
    for path in EXAMPLES.glob("*.yaml"):
        data = json.loads(json.dumps(yaml.safe_load(path.read_text(encoding="utf-8")), default=str))
        assert not [error.message for error in checker.iter_errors(data)], path.name
    assert not checker.is_valid({"scenario": "x", "procedures": [{"code": "1.000894", "arrivals": 4}]})


def test_every_key_and_conduct_is_in_the_docs():
    page = (EXAMPLES.parents[1] / "docs" / "scenarios.md").read_text(encoding="utf-8")
    words = set(re.findall(r"\w+", page))
    assert known_keys(Scenario) - words == set()
    behaviour = (EXAMPLES.parents[1] / "docs" / "simulation.md").read_text(encoding="utf-8")
    assert all(f"`{one.name.lower()}`" in behaviour for one in Conduct)


def test_facts_that_another_version_reads_may_be_said(tmp_path):
    house = (
        'procedures:\n  - code: "1.013225"\n    arrivals: 1 per day\n    data: [{values: {opinions_needed: true}}]\n'
    )
    before = HEAD.replace("2026-07-06", "2026-01-05")
    assert load_scenario(written(tmp_path, house, head=before), WORLD).procedures[0].data
