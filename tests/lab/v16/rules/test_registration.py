"""What a pending charge point of OCPP 1.6 sends."""

import pytest
from tests.lab.rules.evidence import stamp
from tests.lab.v16.rules.station_record import StationRecord, violating_frames

from plugfest.lab.rules.registration import nothing_before_accepted
from plugfest.lab.v16.rules.registration import firmware_version, identity_rule, requested_while_pending

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


def test_a_request_before_the_first_boot_of_the_campaign_is_a_violation() -> None:
    record = StationRecord()
    record.request(1, "Heartbeat", {"currentTime": stamp(1)})
    assert violating_frames(RULE, record) == []  # it was running before
    boots(record, 2)
    assert violating_frames(RULE, record) == [0]


def test_a_running_station_sends_a_boot_notification_when_the_lab_asks() -> None:
    record = StationRecord()
    record.request(1, "Heartbeat", {"currentTime": stamp(1)})
    record.asked(2, "TriggerMessage", requestedMessage="BootNotification")
    boots(record, 3)
    assert violating_frames(RULE, record) == []


# Identity


def boots(record: StationRecord, at: float, **fields: str) -> None:
    answer: dict[str, object] = {"status": "Accepted", "currentTime": stamp(at), "interval": 30}
    record.request(at, "BootNotification", answer, chargePointModel="M", chargePointVendor="V", **fields)


@pytest.mark.parametrize(
    ("field", "frames"),
    [
        ("chargePointSerialNumber", [2]),
        ("chargeBoxSerialNumber", [2]),
        ("meterType", [2]),
        ("meterSerialNumber", [2]),
        ("iccid", []),
    ],
)
def test_the_identity_is_the_same_after_a_boot(field: str, frames: list[int]) -> None:
    record = StationRecord()
    boots(record, 1, **{field: "A"})
    boots(record, 2, **{field: "B"})
    boots(record, 3)
    assert violating_frames(identity_rule(), record) == frames


def test_the_firmware_is_the_same_after_a_boot() -> None:
    record = StationRecord()
    boots(record, 1, firmwareVersion="1")
    boots(record, 2)
    boots(record, 3, firmwareVersion="2")
    assert violating_frames(firmware_version(), record) == [4]


@pytest.mark.parametrize("cases_before", [0, 1])
def test_the_firmware_may_change_after_an_update_was_requested(cases_before: int) -> None:
    rule, first, update, later = firmware_version(), StationRecord(), StationRecord(), StationRecord()
    boots(first, 1, firmwareVersion="1")
    update.answers(2, update.lab(2, "UpdateFirmware", location="ftp://lab", retrieveDate=stamp(9)))
    boots(update if cases_before == 0 else later, 3, firmwareVersion="2")
    for record in (first, update, later):
        assert violating_frames(rule, record) == []
