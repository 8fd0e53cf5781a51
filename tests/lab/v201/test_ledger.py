"""The ledger shows whether the reported file operations have ended."""

import pytest

from plugfest.lab.v201.ledger import Ledger
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


def firmware(status: str, request_id: int | None = 1) -> m.FirmwareStatusNotificationRequest:
    return m.FirmwareStatusNotificationRequest(
        status=t.FirmwareStatusEnumType(status), request_id=UNSET if request_id is None else request_id
    )


def log(status: str, request_id: int | None = 1) -> m.LogStatusNotificationRequest:
    return m.LogStatusNotificationRequest(
        status=t.UploadLogStatusEnumType(status), request_id=UNSET if request_id is None else request_id
    )


def file_operations_done(*messages: m.FirmwareStatusNotificationRequest | m.LogStatusNotificationRequest) -> bool:
    ledger = Ledger()
    for frame, message in enumerate(messages):
        ledger.record_request(message, frame)
    return ledger.file_operations_done()


@pytest.mark.parametrize("status", ["Installed", "InvalidSignature", "DownloadFailed", "InstallVerificationFailed"])
def test_an_update_is_over_at_its_end_and_not_before(status: str) -> None:
    assert not file_operations_done(firmware("Downloading"))
    assert not file_operations_done(firmware("Downloading"), firmware("InstallRebooting"))
    assert file_operations_done(firmware("Downloading"), firmware(status))


def test_updates_and_uploads_are_separate_operations() -> None:
    assert not file_operations_done(log("Uploading"), firmware("Downloading"), firmware("Installed"))
    assert file_operations_done(log("Uploading"), firmware("Downloading"), firmware("Installed"), log("Uploaded"))


def test_a_late_status_of_a_cancelled_operation_is_ignored() -> None:
    assert not file_operations_done(
        firmware("Downloading", 1), firmware("Downloading", 2), firmware("DownloadFailed", 1)
    )
    assert file_operations_done(
        log("Uploading", 1), log("Uploading", 2), log("AcceptedCanceled", 1), log("Uploaded", 2)
    )


def test_a_triggered_idle_status_is_no_operation() -> None:
    assert file_operations_done()
    assert file_operations_done(firmware("Idle", None), log("Idle", None))


def test_the_serial_number_is_that_of_the_last_boot_also_after_commissioning() -> None:
    ledger = Ledger()
    assert ledger.serial_number is None
    station = t.ChargingStationType(vendor_name="V", model="M", serial_number="SN-1")
    ledger.record_request(
        m.BootNotificationRequest(charging_station=station, reason=t.BootReasonEnumType("PowerUp")), frame=0
    )
    ledger.reset()
    assert ledger.serial_number == "SN-1"
