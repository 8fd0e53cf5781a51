"""The statuses that a station may report after its last firmware update (F06.FR.16, L01.FR.25, L01.FR.26)."""

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
        ((FirmwareStatusEnumType.Installed, FirmwareStatusEnumType.DownloadFailed), {"DownloadFailed", "Idle"}),
    ],
)
def test_it_is_idle_or_the_last_status_unless_installed(
    statuses: tuple[FirmwareStatusEnumType, ...], expected: set[str]
) -> None:
    assert ledger_after(*statuses).firmware_idle_statuses == expected
