"""The security event of a boot of an OCPP 1.6 station."""

import pytest
from tests.lab.rules.evidence import action, evidence, stamp
from tests.lab.v16.rules.station_record import StationRecord, violating_frames

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.v16.rules.security.security_events import boot_event, event_time

POWER_OFF = action(ActionKind.POWER_OFF, 0)


def boots(record: StationRecord, at: float, status: str = "Accepted", firmware: str = "1") -> None:
    answer: dict[str, object] = {"status": status, "currentTime": stamp(at), "interval": 300}
    names = {"chargePointModel": "M", "chargePointVendor": "V", "firmwareVersion": firmware}
    record.request(at, "BootNotification", answer, **names)


def security_event(record: StationRecord, at: float, type: str) -> None:
    record.request(at, "SecurityEventNotification", type=type, timestamp=stamp(at))


def heartbeat(record: StationRecord, at: float) -> None:
    record.request(at, "Heartbeat", {"currentTime": stamp(at)})


@pytest.mark.parametrize(
    ("type", "frames"),
    [(None, [0]), ("StartupOfTheDevice", []), ("ResetOrReboot", []), ("TamperDetectionActivated", [0])],
)
def test_a_boot_without_power_before_is_reported(type: str | None, frames: list[int]) -> None:
    record = StationRecord()
    boots(record, 10)
    if type is not None:
        security_event(record, 12, type)
    heartbeat(record, 90)
    assert violating_frames(boot_event(), record, POWER_OFF) == frames


@pytest.mark.parametrize(("status", "frames"), [("Accepted", [2]), ("Rejected", [])])
def test_a_reset_that_was_accepted_is_reported(status: str, frames: list[int]) -> None:
    record = StationRecord()
    record.asked(1, "Reset", type="Hard", status=status)
    boots(record, 10)
    heartbeat(record, 90)
    assert violating_frames(boot_event(), record) == frames


def test_a_boot_notification_after_a_reconnection_is_no_boot() -> None:
    record = StationRecord()
    boots(record, 10)
    heartbeat(record, 90)
    assert violating_frames(boot_event(), record) == []


def test_new_firmware_shows_that_the_station_has_booted() -> None:
    record = StationRecord()
    boots(record, 10)
    boots(record, 50, firmware="2")
    heartbeat(record, 90)
    assert violating_frames(boot_event(), record) == [2]


def test_only_the_acceptance_counts() -> None:
    record = StationRecord()
    boots(record, 10, "Rejected")
    heartbeat(record, 90)
    assert violating_frames(boot_event(), record, POWER_OFF) == []


def test_each_boot_has_its_event() -> None:
    record = StationRecord()
    boots(record, 10)
    security_event(record, 11, "StartupOfTheDevice")
    record.asked(20, "Reset", type="Soft")
    boots(record, 30)
    heartbeat(record, 90)
    assert violating_frames(boot_event(), record, POWER_OFF) == [6]


def test_the_event_may_come_in_the_next_case() -> None:
    rule, first, second, third = boot_event(), StationRecord(), StationRecord(), StationRecord()
    boots(first, 10)
    heartbeat(second, 20)
    security_event(second, 21, "StartupOfTheDevice")
    heartbeat(third, 90)
    for record, actions in ((first, [POWER_OFF]), (second, []), (third, [])):
        assert violating_frames(rule, record, *actions) == []


def test_a_product_without_advanced_security_need_not_report_it() -> None:
    record = StationRecord()
    boots(record, 10)
    heartbeat(record, 90)
    assert list(boot_event().judge(evidence(record, POWER_OFF, product="reference-16-plain"))) == []


@pytest.mark.parametrize(("happened", "frames"), [(30, []), (18, []), (-86400, [4])])
def test_the_event_of_a_boot_is_not_before_its_cause(happened: float, frames: list[int]) -> None:
    record = StationRecord()
    record.asked(20, "Reset", type="Soft")
    boots(record, 30)
    record.request(31, "SecurityEventNotification", type="ResetOrReboot", timestamp=stamp(happened))
    assert violating_frames(event_time(), record) == frames


def test_the_time_of_another_event_has_other_causes() -> None:
    record = StationRecord()
    record.asked(20, "Reset", type="Soft")
    boots(record, 30)
    record.request(31, "SecurityEventNotification", type="MemoryExhaustion", timestamp=stamp(-86400))
    assert violating_frames(event_time(), record) == []


@pytest.mark.parametrize(("happened", "frames"), [(21, []), (-3600, [2])])
def test_other_events_follow_from_requests(happened: float, frames: list[int]) -> None:
    record = StationRecord()
    record.asked(20, "CertificateSigned", certificateChain="PEM", status="Rejected")
    fields = {"type": "InvalidChargePointCertificate", "timestamp": stamp(happened)}
    record.request(22, "SecurityEventNotification", **fields)
    assert violating_frames(event_time(), record) == frames


def test_an_event_that_may_be_of_an_earlier_boot_is_not_judged() -> None:
    record = StationRecord()
    boots(record, 10)
    record.asked(20, "Reset", type="Soft")
    boots(record, 30)
    for at in (31, 32):
        record.request(at, "SecurityEventNotification", type="StartupOfTheDevice", timestamp=stamp(10))
    assert violating_frames(event_time(), record) == [8]


@pytest.mark.parametrize(("happened", "frames"), [(21, []), (5, [2])])
def test_an_event_may_follow_from_a_request_in_an_earlier_case(happened: float, frames: list[int]) -> None:
    rule = event_time()
    earlier = StationRecord()
    earlier.asked(20, "UpdateFirmware", location="ftp://example", retrieveDate=stamp(20))
    assert violating_frames(rule, earlier) == []
    record = StationRecord()
    record.asked(60, "UpdateFirmware", location="ftp://example", retrieveDate=stamp(60))
    record.request(62, "SecurityEventNotification", type="FirmwareUpdated", timestamp=stamp(happened))
    assert violating_frames(rule, record) == frames
