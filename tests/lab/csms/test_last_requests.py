"""A wait ends when the awaited request cannot come any more, and the finding has the request that shows it."""

import asyncio
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest

from plugfest import clock
from plugfest.lab.csms.alternatives import Alternatives
from plugfest.lab.csms.inbox import Inbox
from plugfest.lab.csms.last_requests import LastRequests
from plugfest.lab.expectations import has, none_of
from plugfest.lab.recording.record import Direction, Frame
from plugfest.lab.v16.last_requests import LAST_REQUESTS as LAST_16
from plugfest.lab.v201.last_requests import LAST_REQUESTS as LAST_201
from plugfest.ocpp.message import Request
from plugfest.ocpp.v16 import messages as m16
from plugfest.ocpp.v16 import types as t16
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FRAME = Frame(0, 0.0, NOW, Direction.FROM_STATION, "")

COMES, TIMEOUT, GRACE = 6.0, 600.0, 4.0


class Wait(NamedTuple):
    """A request that comes while one of its type with other values is expected."""

    version: LastRequests
    comes: Request[Any]
    expected: dict[str, object]


def _boot(reason: str) -> m.BootNotificationRequest:
    station = t.ChargingStationType(model="M", vendor_name="V")
    return m.BootNotificationRequest(charging_station=station, reason=t.BootReasonEnumType(reason))


def _event(event_type: str, transaction_id: str = "T") -> m.TransactionEventRequest:
    return m.TransactionEventRequest(
        event_type=t.TransactionEventEnumType(event_type),
        timestamp=NOW,
        trigger_reason=t.TriggerReasonEnumType.StopAuthorized,
        seq_no=1,
        transaction_info=t.TransactionType(transaction_id=transaction_id),
    )


def _firmware(status: str) -> m.FirmwareStatusNotificationRequest:
    return m.FirmwareStatusNotificationRequest(status=t.FirmwareStatusEnumType(status), request_id=1)


def _log(status: str, request_id: int = 1) -> m.LogStatusNotificationRequest:
    return m.LogStatusNotificationRequest(status=t.UploadLogStatusEnumType(status), request_id=request_id)


def _report(*, tbc: bool) -> m.NotifyReportRequest:
    return m.NotifyReportRequest(request_id=1, generated_at=NOW, seq_no=1, tbc=tbc)


def _firmware_16(status: str) -> m16.FirmwareStatusNotificationRequest:
    return m16.FirmwareStatusNotificationRequest(status=t16.FirmwareStatusNotificationStatus(status))


def _signed_firmware_16(status: str) -> m16.SignedFirmwareStatusNotificationRequest:
    return m16.SignedFirmwareStatusNotificationRequest(status=t16.FirmwareStatusEnumType(status), request_id=1)


def _diagnostics_16(status: str) -> m16.DiagnosticsStatusNotificationRequest:
    return m16.DiagnosticsStatusNotificationRequest(status=t16.DiagnosticsStatusNotificationStatus(status))


def _stop_16(transaction_id: int) -> m16.StopTransactionRequest:
    return m16.StopTransactionRequest(meter_stop=0, timestamp=NOW, transaction_id=transaction_id)


BOOT_16 = m16.BootNotificationRequest(charge_point_vendor="V", charge_point_model="M")
EVENT = {"event_type": "Updated", "transaction_info": has(transaction_id="T")}

CLOSING = (
    Wait(LAST_201, _boot("RemoteReset"), {"reason": none_of("RemoteReset")}),
    Wait(LAST_201, _event("Ended"), EVENT),
    Wait(LAST_201, _firmware("Installed"), {"status": "Downloaded", "request_id": 1}),
    Wait(LAST_201, _firmware("InvalidSignature"), {"status": "SignatureVerified", "request_id": 1}),
    Wait(LAST_201, _log("Uploaded"), {"status": "Uploading", "request_id": 1}),
    Wait(LAST_201, _report(tbc=False), {"request_id": 1, "seq_no": 0}),
    Wait(LAST_16, BOOT_16, {"firmware_version": "2"}),
    Wait(LAST_16, _firmware_16("Installed"), {"status": "InstallationFailed"}),
    Wait(LAST_16, _firmware_16("DownloadFailed"), {"status": "Downloaded"}),
    Wait(LAST_16, _signed_firmware_16("InstallationFailed"), {"status": "Installed", "request_id": 1}),
    Wait(LAST_16, _diagnostics_16("UploadFailed"), {"status": "Uploaded"}),
    Wait(LAST_16, _stop_16(7), {"transaction_id": 7, "reason": "Remote"}),
)

OPEN = (
    Wait(LAST_201, _boot("PowerUp"), {"reason": "Triggered"}),
    Wait(LAST_201, _event("Updated"), {**EVENT, "event_type": "Ended"}),
    Wait(LAST_201, _event("Ended", "another"), EVENT),
    Wait(LAST_201, _event("Ended"), {"event_type": "Started"}),
    Wait(LAST_201, _firmware("DownloadFailed"), {"status": "Downloaded", "request_id": 1}),
    Wait(LAST_201, _firmware("Installed"), {"status": "Downloaded", "request_id": 2}),
    Wait(LAST_201, _log("UploadFailure"), {"status": "Uploaded", "request_id": 1}),
    Wait(LAST_201, _log("AcceptedCanceled", 1), {"status": "Uploaded", "request_id": 2}),
    Wait(LAST_201, _report(tbc=True), {"request_id": 1, "seq_no": 2}),
    Wait(LAST_16, _firmware_16("Downloaded"), {"status": "Installed"}),
    Wait(LAST_16, _stop_16(8), {"transaction_id": 7}),
)


def _waited(wait: Wait, *later: Request[Any]) -> tuple[float, Alternatives, bool]:
    """Seconds of the wait, the compared alternatives, and whether the awaited request came."""

    async def main() -> tuple[float, Alternatives, bool]:
        loop, inbox = asyncio.get_running_loop(), Inbox()
        began, alternatives = loop.time(), Alternatives(((type(wait.comes), wait.expected),), wait.version)
        for number, request in enumerate((wait.comes, *later)):
            loop.call_later(COMES + number, inbox.add, request, FRAME)
        seen = await inbox.wait_for(alternatives.match, within=TIMEOUT, closes=alternatives.closed_by, grace=GRACE)
        return loop.time() - began, alternatives, seen is not None

    return clock.run_simulated(main())


@pytest.mark.parametrize("wait", CLOSING)
def test_a_wait_ends_after_the_last_request_that_can_come(wait: Wait) -> None:
    seconds, alternatives, came = _waited(wait)
    assert (seconds, came) == (COMES + GRACE, False)
    nearest = alternatives.nearest(since=0)
    assert nearest is not None
    assert nearest.request.message is wait.comes


@pytest.mark.parametrize("wait", OPEN)
def test_a_wait_goes_on_while_the_awaited_request_can_come(wait: Wait) -> None:
    assert _waited(wait)[0] == TIMEOUT


def test_a_request_that_was_overtaken_on_its_way_is_still_taken() -> None:
    wait = Wait(LAST_201, _event("Ended"), EVENT)
    assert _waited(wait, _event("Updated"))[2]


def test_the_last_request_is_nearer_than_an_earlier_one_with_as_many_differences() -> None:
    wait = Wait(LAST_201, _firmware("Downloading"), {"status": "Downloaded", "request_id": 1})
    seconds, alternatives, _ = _waited(wait, _firmware("Installed"))
    nearest = alternatives.nearest(since=0)
    assert nearest is not None
    assert seconds == COMES + 1 + GRACE
    assert [one.actual for one in nearest.comparison.differences] == ["Installed"]


def test_another_alternative_that_can_still_come_keeps_the_wait_open() -> None:
    async def main() -> float:
        loop, inbox = asyncio.get_running_loop(), Inbox()
        boot = (m.BootNotificationRequest, {"reason": "FirmwareUpdate"})
        status = (m.FirmwareStatusNotificationRequest, {"status": "Installed", "request_id": 1})
        alternatives = Alternatives((boot, status), LAST_201)
        loop.call_later(COMES, inbox.add, _boot("PowerUp"), FRAME)
        began = loop.time()
        await inbox.wait_for(alternatives.match, within=TIMEOUT, closes=alternatives.closed_by, grace=GRACE)
        return loop.time() - began

    assert clock.run_simulated(main()) == TIMEOUT
