"""What a pending charge point of OCPP 1.6 sends."""

import pytest
from tests.lab.rules.evidence import stamp
from tests.lab.v16.rules.station_record import StationRecord, violating_frames

from plugfest.lab.rules.registration import nothing_before_accepted
from plugfest.lab.v16.rules.registration import requested_while_pending

RULE = nothing_before_accepted("section 4.2", requested_while_pending)


def booted(status: str) -> StationRecord:
    record = StationRecord()
    answer: dict[str, object] = {"status": status, "currentTime": stamp(1), "interval": 30}
    record.request(1, "BootNotification", answer, chargePointModel="M", chargePointVendor="V")
    return record


@pytest.mark.parametrize(("status", "frames"), [("Accepted", []), ("Pending", [2]), ("Rejected", [2])])
def test_before_it_is_accepted_it_sends_nothing_else(status: str, frames: list[int]) -> None:
    record = booted(status)
    record.status(2, "Available")
    assert violating_frames(RULE, record) == frames


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("TriggerMessage", {"requestedMessage": "DiagnosticsStatusNotification"}),
        ("GetDiagnostics", {"location": "http://x"}),
    ],
)
def test_a_pending_station_sends_what_it_was_asked_for(action: str, payload: dict[str, object]) -> None:
    record = booted("Pending")
    record.asked(2, action, **payload)
    record.request(3, "DiagnosticsStatusNotification", status="Idle")
    assert violating_frames(RULE, record) == []
    record.status(4, "Available")
    assert violating_frames(RULE, record) == [6]
