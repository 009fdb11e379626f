"""A scenario that uses all there is to say is lived through by the kernel as by the engine, fact by fact."""

import pytest

from procedures.scenarios.arrivals import arrivals_of
from tests.simulation.scenarios import made
from tests.simulation.test_kernel_equals_engine import assert_equal

pytest.importorskip("engine.simulation.run")

RICH = """\
officers: 1
procedures:
  - code: "1.013225"
    arrivals: {rate: 3 per working day, by_weekday: {mon: 2}}
    places: {cau_gio: 1, ben_nang: 1}
    data: [{share: 1}, {share: 2, values: {opinions_needed: true, fire_safety: true}}]
    service: {lognormal: {median: 40 minutes, sigma: 0.6}}
    steps:
      appraise: {supplement: 0.3}
      sign: {send_back: 0.2}
      legal_check: {service: {gamma: {mean: 40 minutes, shape: 2}}}
      opinions: {opinions: {p.fire_police: {silent: 0.4, service: {constant: 0.9, share_of_term: true}}}}
  - code: "1.012784"
    by_channel: {direct: 2 per working day, online: {rate: 1 per day, by_hour: {21: 1}}}
    service: {empirical: [20 minutes, 1 office hour, 4 office hours]}
    applicants: {withdraws: 0.1, supplements: 0.5}
    intake: {apologises: 0.5, declines: 0.05}
agencies:
  p.desk: {officers: 2, discipline: earliest_due, autonomy: push}
  bac_song.land_registry:
    calendar: vn_0700
    officers:
      - {weekdays: [mon, tue, wed], pace: 1.3}
      - {number: 2, absences: [{from: 2026-07-13, to: 2026-07-17}], steps: [appraise, sign]}
      - {calendar: vn}
days_off: [2026-07-22]
worked_days: [2026-07-25]
merge: [{into: cau_gio.economic, of: [ben_nang.economic]}]
conduct:
  - {agency: p.construction, does: sits, strength: strong}
  - {agency: bac_song.land_registry, does: needless_supplement}
  - {agency: cau_gio.economic, does: ping_pong, strength: mild, partner: p.construction}
  - {agency: p.desk, does: registers_late, strength: mild}
changes:
  - procedure: "1.013225"
    in_turn: [opinions]
    add: [{code: legal_check, after: conclude, role: chair, limit: 1 working day}]
    limits: {legal: 5 working days}
  - {procedure: "1.012784", parallel: [receive, appraise]}
"""


def test_a_scenario_with_everything_is_lived_through_alike(tmp_path):
    scenario, model = made(tmp_path, RICH)
    arrivals = arrivals_of(scenario, model, 7, 0)
    assert arrivals.at.size > 100
    assert_equal(model, arrivals)


def test_every_officer_belongs_to_the_agency_he_works_for(tmp_path):
    _, model = made(tmp_path, RICH)
    for kind in model.variants:
        for office in model.offices:
            assert all(kind.rules.directory.belongs(officer.code, office.code) for officer in office.officers)
