"""The charging sessions of a campaign, by the case in which they began."""

import json

from msgspec.structs import replace
from tests.reports import conversations
from tests.reports.conversations import LAB, STATION, TimedFrame, exchange

from plugfest.reports.evidence.charging_sessions import MAX_SESSIONS_PER_CASE, ChargingSession, sessions_by_case
from plugfest.reports.model.report import Report

BEGIN = (0.0, LAB, '[2,"0","Reset",{}]')


def metered(at: float, transaction: str, energy: float, **measurands: float) -> list[TimedFrame]:
    values = [{"value": energy}] + [{"value": value, "measurand": name} for name, value in measurands.items()]
    payload = {
        "transactionInfo": {"transactionId": transaction},
        "evse": {"id": 1},
        "meterValue": [{"sampledValue": values}],
    }
    return exchange(at, STATION, int(at), "TransactionEvent", json.dumps(payload))


CHARGING = [*metered(60, "T", 5000), *metered(120, "T", 6500), *metered(180, "T", 7000)]


def sessions(*frames: TimedFrame) -> tuple[ChargingSession, ...]:
    return sessions_by_case(conversations.report(BEGIN, *frames)).get("TC_E_01_CS", ())


def test_a_session_has_a_panel_for_each_quantity_that_was_metered_over_time() -> None:
    (session,) = sessions(
        *metered(60, "T", 5000, SoC=40),
        *metered(120, "T", 6500, SoC=42, Voltage=230),
        *metered(180, "T", 7000, SoC=43, Voltage=231),
    )
    assert session.title == "EVSE 1, transaction T"
    assert [panel.quantity for panel in session.panels] == ["soc", "energy"]


def test_time_and_energy_count_from_the_first_value() -> None:
    (session,) = sessions(*CHARGING)
    assert session.panels[0].lines == {"": ((0.0, 0.0), (60.0, 1.5), (120.0, 2.0))}


def test_a_transaction_with_values_at_two_times_is_left_out() -> None:
    assert sessions(*metered(60, "T", 5000), *metered(120, "T", 6500)) == ()


def test_a_case_has_a_limited_number_of_sessions() -> None:
    frames = [
        frame for n in range(20) for at in (n, n + 0.3, n + 0.6) for frame in metered(at * 10 + 1, f"T{n}", 10 * at)
    ]
    assert len(sessions(*frames)) == MAX_SESSIONS_PER_CASE


def test_a_session_belongs_to_the_case_in_which_it_began() -> None:
    report = of_two_cases(conversations.report(BEGIN, *CHARGING))
    assert [*sessions_by_case(report)] == ["first"]


def test_a_session_before_every_case_is_left_out() -> None:
    report = conversations.report(BEGIN, *CHARGING)
    assert sessions_by_case(replace(report, cases=(replace(report.cases[0], frames=(6, 7)),))) == {}


def of_two_cases(report: Report) -> Report:
    """The report with a case for the first three frames, and one for the others."""
    case = report.cases[0]
    return replace(report, cases=(replace(case, id="first", frames=(0, 3)), replace(case, id="second", frames=(3, 7))))
