"""Nothing but BootNotification before it is accepted."""

import pytest
from tests.lab.rules.evidence import action, stamp, violating_frames
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.csms.csms import ConnectionPeriod
from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.rules.registration import nothing_before_accepted
from plugfest.lab.v201.rules.registration import boot_rules, identity_rule, requested_while_pending

RULE = nothing_before_accepted("B02.FR.02", requested_while_pending)

TWO_CONNECTIONS = (ConnectionPeriod(0, 10), ConnectionPeriod(20))

REBOOTED = action(ActionKind.POWER_OFF, at=10.0)


def boot(record: StationRecord, at: float, status: str = "Accepted", *, reason: str = "PowerUp") -> StationRecord:
    station = {"model": "M", "vendorName": "V"}
    answer = {"currentTime": stamp(at), "interval": 30, "status": status}
    record.request(at, "BootNotification", {"reason": reason, "chargingStation": station}, answer)
    return record


def rebooted(record: StationRecord, *actions: OperatorAction) -> list[int | None]:
    return violating_frames(RULE, record, *actions, connection_periods=TWO_CONNECTIONS)


@pytest.mark.parametrize("status", ["Pending", "Rejected"])
def test_a_request_before_the_acceptance_is_a_violation(status: str) -> None:
    record = boot(StationRecord(), 1, status)
    record.status(2, "Available")
    boot(record, 31)
    record.status(32, "Available")
    assert violating_frames(RULE, record) == [2]


def test_requests_after_the_acceptance_conform() -> None:
    record = boot(StationRecord(), 1)
    record.status(2, "Available")
    assert violating_frames(RULE, record) == []


def test_a_pending_station_sends_what_was_triggered() -> None:
    record = boot(StationRecord(), 1, "Pending")
    record.asked(2, "TriggerMessage", requestedMessage="Heartbeat")
    record.request(3, "Heartbeat", {}, {"currentTime": stamp(3)})
    assert violating_frames(RULE, record) == []
    record.status(4, "Available")
    assert violating_frames(RULE, record) == [6]


def test_a_triggered_status_may_be_an_event_of_the_device_model() -> None:
    record = boot(StationRecord(), 1, "Pending")
    record.asked(2, "TriggerMessage", requestedMessage="StatusNotification")
    record.request(3, "NotifyEvent", {"generatedAt": stamp(3), "seqNo": 0, "eventData": []}, {})
    assert violating_frames(RULE, record) == []


def test_a_pending_station_sends_a_requested_report() -> None:
    record = boot(StationRecord(), 1, "Pending")
    record.asked(2, "GetBaseReport", requestId=1, reportBase="FullInventory")
    record.request(3, "NotifyReport", {"requestId": 1, "generatedAt": stamp(3), "seqNo": 0}, {})
    assert violating_frames(RULE, record) == []


def test_a_trigger_from_before_the_boot_does_not_count() -> None:
    record = StationRecord()
    record.asked(0, "TriggerMessage", requestedMessage="Heartbeat")
    boot(boot(record, 1), 5, "Pending")
    record.request(6, "Heartbeat", {}, {"currentTime": stamp(6)})
    assert violating_frames(RULE, record) == [6]


def test_a_rejected_station_sends_nothing_that_was_triggered() -> None:
    record = boot(StationRecord(), 1, "Rejected")
    record.asked(2, "TriggerMessage", requestedMessage="Heartbeat")
    record.request(3, "Heartbeat", {}, {"currentTime": stamp(3)})
    assert violating_frames(RULE, record) == [4]


# Before the BootNotification


def before_boot(reason: str = "PowerUp", record: StationRecord | None = None) -> StationRecord:
    record = record or StationRecord()
    record.event(20, event_type="Started", timestamp=5, offline=True)
    return boot(record, 21, reason=reason)


def test_a_queued_message_before_the_boot_is_a_violation() -> None:
    assert rebooted(before_boot(), REBOOTED) == [0]


def test_a_boot_notification_after_a_reconnection_need_not_be_first() -> None:
    assert rebooted(before_boot()) == []


def reset(status: str, **evse: object) -> StationRecord:
    record = StationRecord()
    record.asked(5, "Reset", status, type="Immediate", **evse)
    return record


def test_an_accepted_reset_is_a_boot() -> None:
    assert rebooted(before_boot("Unknown", reset("Accepted"))) == [2]


def test_a_reset_of_an_evse_is_no_boot() -> None:
    assert rebooted(before_boot("Unknown", reset("Accepted", evseId=1))) == []


def test_a_scheduled_reset_is_a_boot_if_the_station_reports_it() -> None:
    assert rebooted(before_boot("Unknown", reset("Scheduled"))) == []
    assert rebooted(before_boot("ScheduledReset", reset("Scheduled"))) == [2]


def test_a_request_before_the_first_boot_of_the_campaign_is_a_violation() -> None:
    record = StationRecord()
    record.request(1, "Heartbeat", {}, {"currentTime": stamp(1)})
    assert violating_frames(RULE, record) == []  # it was running before
    boot(record, 2)
    boot(record, 20)
    assert violating_frames(RULE, record) == [0]


@pytest.mark.parametrize(("asked", "reason"), [(True, "PowerUp"), (False, "Triggered")])
def test_a_running_station_sends_a_boot_notification_when_the_lab_asks(asked: bool, reason: str) -> None:
    record = StationRecord()
    record.request(1, "Heartbeat", {}, {"currentTime": stamp(1)})
    if asked:
        record.asked(2, "TriggerMessage", requestedMessage="BootNotification")
    assert violating_frames(RULE, boot(record, 3, reason=reason)) == []


def test_a_later_boot_notification_on_the_first_connection_may_follow_other_requests() -> None:
    record = boot(StationRecord(), 1)
    record.status(2, "Available")
    boot(record, 3)
    assert violating_frames(RULE, record, earlier=1) == []


# The identity of the station


def identified_boot(record: StationRecord, at: float, **fields: str) -> None:
    station = {"model": "M", "vendorName": "V"} | fields
    answer = {"currentTime": stamp(at), "interval": 30, "status": "Accepted"}
    record.request(at, "BootNotification", {"reason": "PowerUp", "chargingStation": station}, answer)


def test_a_station_is_the_same_product_at_every_boot() -> None:
    record = StationRecord()
    identified_boot(record, 0, serialNumber="1")
    identified_boot(record, 1, firmwareVersion="2")
    identified_boot(record, 2, serialNumber="2")
    identified_boot(record, 3, model="N")
    assert violating_frames(identity_rule(), record) == [4, 6]


# Reasons and firmware


def after_reset(record: StationRecord, at: float, status: str = "Accepted", **fields: object) -> StationRecord:
    record.asked(at, "Reset", status=status, type="Immediate", **fields)
    return record


@pytest.mark.parametrize(
    ("reason", "frames"),
    [("RemoteReset", []), ("ScheduledReset", []), ("PowerUp", []), ("LocalReset", [2]), ("FirmwareUpdate", [2])],
)
def test_after_a_reset_the_reason_is_the_reset(reason: str, frames: list[int]) -> None:
    reasons, _ = boot_rules()
    assert violating_frames(reasons, boot(after_reset(StationRecord(), 1), 5, reason=reason)) == frames


@pytest.mark.parametrize(
    ("reason", "frames"), [("PowerUp", []), ("Watchdog", []), ("RemoteReset", [0]), ("FirmwareUpdate", [0])]
)
def test_without_a_request_the_reason_is_none_of_the_lab(reason: str, frames: list[int]) -> None:
    reasons, _ = boot_rules()
    assert violating_frames(reasons, boot(StationRecord(), 5, reason=reason)) == frames


def test_a_refused_reset_and_one_of_an_evse_are_no_causes() -> None:
    reasons, _ = boot_rules()
    record = boot(after_reset(after_reset(StationRecord(), 1, "Rejected"), 2, evseId=1), 5, reason="RemoteReset")
    assert violating_frames(reasons, record) == [4]


def test_after_a_loss_of_power_the_reason_may_be_repeated_until_the_station_is_accepted() -> None:
    reasons, _ = boot_rules()
    record = boot(boot(after_reset(StationRecord(), 1), 15, "Pending"), 45)
    assert violating_frames(reasons, record, REBOOTED) == []


def test_a_downloaded_firmware_may_be_activated_by_a_later_boot() -> None:
    reasons, _ = boot_rules()
    record = StationRecord()
    firmware = {"location": "http://x", "retrieveDateTime": stamp(0)}
    record.asked(1, "UpdateFirmware", status="Accepted", requestId=1, firmware=firmware)
    boot(boot(record, 5), 50, reason="FirmwareUpdate")
    assert violating_frames(reasons, record) == []


def test_a_station_that_registers_anew_may_repeat_its_reason() -> None:
    reasons, _ = boot_rules()
    record = boot(boot(after_reset(StationRecord(), 1), 5, reason="RemoteReset"), 50, reason="RemoteReset")
    assert violating_frames(reasons, record) == []


def test_the_firmware_version_stays_without_an_update() -> None:
    _, version = boot_rules()
    record = StationRecord()
    for at, firmware in enumerate(("1", "1", "2")):
        station = {"model": "M", "vendorName": "V", "firmwareVersion": firmware}
        answer = {"currentTime": stamp(at), "interval": 30, "status": "Accepted"}
        record.request(at, "BootNotification", {"reason": "PowerUp", "chargingStation": station}, answer)
    assert violating_frames(version, record) == [4]
