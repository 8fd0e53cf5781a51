"""What the lab knows of an OCPP 1.6 station follows from both ends of the conversation."""

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


def named(ledger: Ledger, request: m.StartTransactionRequest, transaction_id: int) -> None:
    ledger.record_request(request, 0)
    ledger.record_response(request, m.StartTransactionResponse(id_tag_info=ACCEPTED, transaction_id=transaction_id))


def heard(*messages: Request) -> Ledger:  # type: ignore[type-arg]
    ledger = Ledger()
    for frame, message in enumerate(messages):
        ledger.record_request(message, frame)
    return ledger


def test_a_transaction_goes_on_from_the_answer_to_its_start_until_its_stop() -> None:
    ledger = Ledger()
    ledger.record_request(start(), 0)
    assert not ledger.in_transaction()
    named(ledger, start(), 7)
    assert [seen.transaction_id for seen in ledger.ongoing()] == [7]
    assert ledger.ongoing(connector_id=2) == []
    ledger.record_request(stop(7), 1)
    assert not ledger.in_transaction()


def test_whoever_waits_for_the_name_of_a_transaction_gets_it_with_the_answer() -> None:
    async def scenario() -> int:
        ledger, request = Ledger(), start()
        waiting = asyncio.ensure_future(ledger.wait_for_transaction(request))
        await asyncio.sleep(0)
        named(ledger, request, 7)
        return (await waiting).transaction_id

    assert asyncio.run(scenario()) == 7


def test_a_stop_of_a_transaction_that_nobody_named_is_kept_without_a_start() -> None:
    seen = heard(stop(99)).transactions[99]
    assert seen.start is None
    assert [one.message.transaction_id for one in seen.stops] == [99]


def test_what_belongs_to_no_known_transaction_is_no_transaction() -> None:
    assert heard(stop(-1)).transactions == {}  # errata sheet 3.18


def test_a_station_is_introduced_when_it_has_told_of_itself_and_of_each_connector() -> None:
    product = load_product("botari-evon200-40p-2cr")
    boot = m.BootNotificationRequest(charge_point_vendor="V", charge_point_model="M")
    told = [boot, status(0, "Available"), status(1, "Available")]
    assert not heard(*told).boot_completed(product)
    assert heard(*told, status(2, "Available")).boot_completed(product)


def test_all_are_available_only_with_the_station_itself() -> None:
    assert heard(status(0, "Available"), status(1, "Available")).all_available()
    assert not heard(status(0, "Unavailable"), status(1, "Available")).all_available()


def test_a_station_rests_when_update_and_upload_have_ended() -> None:
    downloading = m.FirmwareStatusNotificationRequest(status=t.FirmwareStatusNotificationStatus.Downloading)
    failed = m.FirmwareStatusNotificationRequest(status=t.FirmwareStatusNotificationStatus.DownloadFailed)
    uploading = m.DiagnosticsStatusNotificationRequest(status=t.DiagnosticsStatusNotificationStatus.Uploading)
    assert heard(downloading, failed).file_operations_done()
    assert not heard(downloading, failed, uploading).file_operations_done()


def test_a_stop_with_an_id_that_was_not_given_yet_does_not_take_it_from_who_gets_it() -> None:
    ledger = Ledger()
    ledger.record_request(stop(7), 0)
    named(ledger, start(), 7)
    assert [seen.start for seen in ledger.ongoing()] == [start()]
