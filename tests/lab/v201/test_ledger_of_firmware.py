"""The statuses that a station may report for its last firmware update (L01.FR.25, L01.FR.26)."""

import pytest

from plugfest.lab.v201.ledger import Ledger
from plugfest.ocpp.v201.messages import FirmwareStatusNotificationRequest
from plugfest.ocpp.v201.types import FirmwareStatusEnumType


def ledger_after(*statuses: FirmwareStatusEnumType) -> Ledger:
    ledger = Ledger()
    for frame, status in enumerate(statuses):
        ledger.record_request(FirmwareStatusNotificationRequest(status=status, request_id=1), frame)
    return ledger


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ((), {"Idle"}),
        ((FirmwareStatusEnumType.Installing, FirmwareStatusEnumType.Installed), {"Idle"}),
        ((FirmwareStatusEnumType.Installed, FirmwareStatusEnumType.DownloadFailed), {"DownloadFailed"}),
    ],
)
def test_it_is_the_last_status_or_idle(statuses: tuple[FirmwareStatusEnumType, ...], expected: set[str]) -> None:
    assert ledger_after(*statuses).firmware_idle_statuses == expected


def test_after_commissioning_idle_is_allowed_again() -> None:
    ledger = ledger_after(FirmwareStatusEnumType.DownloadFailed)
    ledger.reset()
    assert ledger.firmware_idle_statuses == {"DownloadFailed", "Idle"}
