"""The ledger of OCPP 1.6 records requests of the station and responses of the lab."""

import asyncio
from datetime import UTC, datetime

from plugfest.lab.v16.ledger import Ledger
from plugfest.ocpp.message import Request
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.products import load_product

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ACCEPTED = t.IdTagInfo(status=t.AuthorizationStatus.Accepted)


def start(connector_id: int = 1) -> m.StartTransactionRequest:
    return m.StartTransactionRequest(connector_id=connector_id, id_tag="A", meter_start=0, timestamp=NOW)


def stop(transaction_id: int) -> m.StopTransactionRequest:
    return m.StopTransactionRequest(meter_stop=1, timestamp=NOW, transaction_id=transaction_id)


def status(connector_id: int, value: str) -> m.StatusNotificationRequest:
    return m.StatusNotificationRequest(
        connector_id=connector_id,
        error_code=t.StatusNotificationErrorCode.NoError,
        status=t.StatusNotificationStatus(value),
    )


def assign_id(ledger: Ledger, request: m.StartTransactionRequest, transaction_id: int) -> None:
    ledger.record_request(request, 0)
    ledger.record_response(request, m.StartTransactionResponse(id_tag_info=ACCEPTED, transaction_id=transaction_id))


def ledger_after(*messages: Request) -> Ledger:  # type: ignore[type-arg]
    ledger = Ledger()
    for frame, message in enumerate(messages):
        ledger.record_request(message, frame)
    return ledger


def test_a_transaction_is_ongoing_from_the_answer_to_its_start_until_its_stop() -> None:
    ledger = Ledger()
    ledger.record_request(start(), 0)
    assert not ledger.in_transaction()
    assign_id(ledger, start(), 7)
    assert [seen.transaction_id for seen in ledger.ongoing()] == [7]
    assert ledger.ongoing(connector_id=2) == []
    ledger.record_request(stop(7), 1)
    assert not ledger.in_transaction()


def test_waiting_for_a_transaction_ends_with_the_answer_to_its_start() -> None:
    async def scenario() -> int:
        ledger, request = Ledger(), start()
        waiting = asyncio.ensure_future(ledger.wait_for_transaction(request))
        await asyncio.sleep(0)
        assign_id(ledger, request, 7)
        return (await waiting).transaction_id

    assert asyncio.run(scenario()) == 7


def test_a_stop_with_an_unknown_id_is_recorded_without_a_start() -> None:
    seen = ledger_after(stop(99)).transactions[99]
    assert seen.start is None
    assert [one.message.transaction_id for one in seen.stops] == [99]


def test_a_stop_without_an_id_is_not_recorded() -> None:
    assert ledger_after(stop(-1)).transactions == {}  # errata sheet 3.18


def test_a_boot_is_complete_when_the_status_of_every_connector_is_reported() -> None:
    product = load_product("botari-evon200-40p-2cr")
    boot = m.BootNotificationRequest(charge_point_vendor="V", charge_point_model="M")
    messages = [boot, status(0, "Available"), status(1, "Available")]
    assert not ledger_after(*messages).boot_completed(product)
    assert ledger_after(*messages, status(2, "Available")).boot_completed(product)


def test_all_are_available_only_with_the_station_itself() -> None:
    assert ledger_after(status(0, "Available"), status(1, "Available")).all_available()
    assert not ledger_after(status(0, "Unavailable"), status(1, "Available")).all_available()


def test_file_operations_are_done_when_update_and_upload_have_ended() -> None:
    downloading = m.FirmwareStatusNotificationRequest(status=t.FirmwareStatusNotificationStatus.Downloading)
    failed = m.FirmwareStatusNotificationRequest(status=t.FirmwareStatusNotificationStatus.DownloadFailed)
    uploading = m.DiagnosticsStatusNotificationRequest(status=t.DiagnosticsStatusNotificationStatus.Uploading)
    assert ledger_after(downloading, failed).file_operations_done()
    assert not ledger_after(downloading, failed, uploading).file_operations_done()


def test_a_stop_with_an_id_that_is_assigned_later_does_not_end_that_transaction() -> None:
    ledger = Ledger()
    ledger.record_request(stop(7), 0)
    assign_id(ledger, start(), 7)
    assert [seen.start for seen in ledger.ongoing()] == [start()]
