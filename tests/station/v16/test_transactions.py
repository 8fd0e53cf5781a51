"""The messages of a 1.6 transaction: their order, content and transaction id (4.7, 4.8, 4.10)."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.station.csms import refuse
from tests.station.v16.station_bench import CARD, OTHER_CARD, station_bench

from plugfest.clock import run_simulated
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t


def test_plug_in_first() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            bench.clear_messages()
            number = await bench.charge()
            assert bench.transcript() == ["1 Preparing", f"Authorize {CARD}", f"1 Start {CARD}", "1 Charging"]
            bench.hardware.present_token(CARD, "ISO14443", 1)
            stop = await bench.csms.expect(m.StopTransactionRequest)
            assert (stop.transaction_id, stop.id_tag) == (number, CARD)
            assert stop.reason is t.StopTransactionReason.Local
            await bench.status("Finishing")
            bench.hardware.unplug(1, 1)
            await bench.status("Available")

    run_simulated(scenario())


def test_identification_first() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            bench.clear_messages()
            bench.hardware.present_token(CARD, "ISO14443", 1)
            await bench.status("Preparing")
            bench.hardware.plug_in(1, 1)
            await bench.status("Charging")
            assert bench.transcript() == [f"Authorize {CARD}", "1 Preparing", f"1 Start {CARD}", "1 Charging"]

    run_simulated(scenario())


def test_a_parent_that_is_omitted_in_start_transaction_is_kept() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            bench.csms.parents = {CARD: "FAMILY", OTHER_CARD: "FAMILY"}
            accepted = t.IdTagInfo(status=t.AuthorizationStatus.Accepted)
            bench.csms.replies["StartTransaction"] = lambda _: m.StartTransactionResponse(
                id_tag_info=accepted, transaction_id=7
            )
            bench.hardware.present_token(CARD, "ISO14443", 1)
            await bench.status("Preparing")
            bench.hardware.plug_in(1, 1)
            await bench.status("Charging")
            bench.hardware.present_token(OTHER_CARD, "ISO14443", 1)
            stop = await bench.csms.expect(m.StopTransactionRequest)
            assert (stop.transaction_id, stop.id_tag) == (7, OTHER_CARD)  # 3.10, 4.1, 4.10

    run_simulated(scenario())


def test_authorization_ends_if_the_driver_does_not_plug_in_in_time() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            assert await bench.change("ConnectionTimeOut", "30") == "Accepted"
            bench.hardware.present_token(CARD, "ISO14443", 1)
            await bench.status("Preparing")
            start = asyncio.get_running_loop().time()
            await bench.status("Available")
            assert asyncio.get_running_loop().time() - start == pytest.approx(30, abs=1)  # 9.1.6
            assert not bench.csms.all(m.StartTransactionRequest)

    run_simulated(scenario())


def test_an_unrelated_card_cannot_stop_and_is_not_authorized() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await bench.charge()
            bench.clear_messages()
            bench.hardware.present_token(OTHER_CARD, "ISO14443", 1)
            await asyncio.sleep(20)
            assert bench.transcript() == []

    run_simulated(scenario())


def test_a_card_of_the_same_parent_can_stop() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            bench.csms.parents = {CARD: "FAMILY", OTHER_CARD: "FAMILY"}
            await bench.charge()
            bench.clear_messages()
            bench.hardware.present_token(OTHER_CARD, "ISO14443", 1)
            stop = await bench.csms.expect(m.StopTransactionRequest)
            assert stop.id_tag == OTHER_CARD  # 3.10
            assert f"Authorize {OTHER_CARD}" in bench.transcript()

    run_simulated(scenario())


def test_queued_messages_get_the_transaction_id_of_the_csms() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await bench.change("LocalAuthorizeOffline", "true")
            await bench.change("MeterValueSampleInterval", "30")
            bench.hardware.plug_in(1, 1)
            bench.hardware.present_token(CARD, "ISO14443", 1)
            await asyncio.sleep(0.1)
            bench.csms.replies["StartTransaction"] = refuse
            await bench.change("TransactionMessageRetryInterval", "50")
            await bench.csms.expect(m.StartTransactionRequest)
            await asyncio.sleep(40)
            bench.hardware.present_token(CARD, "ISO14443", 1)
            del bench.csms.replies["StartTransaction"]
            stop = await bench.csms.expect(m.StopTransactionRequest)
            assert stop.transaction_id == bench.last_transaction_id()
            assert {each.transaction_id for each in bench.csms.all(m.MeterValuesRequest)} == {
                bench.last_transaction_id()
            }

    run_simulated(scenario())


def test_a_transaction_that_the_csms_never_confirmed_has_the_id_minus_one() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await bench.change("TransactionMessageAttempts", "2")
            await bench.change("TransactionMessageRetryInterval", "1")
            bench.csms.replies["StartTransaction"] = refuse
            bench.hardware.plug_in(1, 1)
            bench.hardware.present_token(CARD, "ISO14443", 1)
            await bench.status("Charging")
            bench.hardware.present_token(CARD, "ISO14443", 1)
            stop = await bench.csms.expect(m.StopTransactionRequest)
            assert stop.transaction_id == -1  # erratum 3.18
            assert len(bench.csms.all(m.StartTransactionRequest)) == 2

    run_simulated(scenario())


def same_transaction_id(request: m.StartTransactionRequest) -> m.StartTransactionResponse:
    info = t.IdTagInfo(status=t.AuthorizationStatus.Accepted)
    return m.StartTransactionResponse(transaction_id=7, id_tag_info=info)


@pytest.mark.parametrize(("answer", "number"), [(same_transaction_id, 7), (refuse, -1)])
def test_two_transactions_with_the_same_id_are_distinct(answer: Any, number: int) -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await bench.change("TransactionMessageAttempts", "1")
            bench.csms.replies["StartTransaction"] = answer
            for connector, card in ((1, CARD), (2, OTHER_CARD)):
                bench.hardware.plug_in(connector, 1)
                bench.hardware.present_token(card, "ISO14443", connector)
                await bench.status("Charging", connector)
            bench.hardware.present_token(OTHER_CARD, "ISO14443", 2)
            await bench.csms.expect(m.StopTransactionRequest)
            await asyncio.sleep(100)
            remote = await bench.csms.call(m.RemoteStopTransactionRequest(transaction_id=number))
            assert remote.status is t.RemoteStopTransactionResponseStatus.Accepted
            await bench.csms.expect(m.StopTransactionRequest, 2)
            stops = bench.csms.all(m.StopTransactionRequest)
            assert [(each.transaction_id, each.reason) for each in stops] == [(number, "Local"), (number, "Remote")]
            await bench.status("Finishing", 1)

    run_simulated(scenario())


def test_retries_have_growing_delays() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await bench.change("TransactionMessageAttempts", "3")
            await bench.change("TransactionMessageRetryInterval", "60")
            bench.csms.replies["StartTransaction"] = refuse
            bench.hardware.plug_in(1, 1)
            bench.hardware.present_token(CARD, "ISO14443", 1)
            await bench.csms.expect(m.StartTransactionRequest, 3)
            first, second, third = (
                at for at, each in bench.csms.received if isinstance(each, m.StartTransactionRequest)
            )
            assert (second - first, third - second) == (pytest.approx(60, abs=1), pytest.approx(120, abs=1))  # 3.7.1

    run_simulated(scenario())


def test_the_stop_contains_the_meter_values_from_begin_to_end() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await bench.change("MeterValueSampleInterval", "60")
            await bench.charge()
            await asyncio.sleep(130)
            bench.hardware.present_token(CARD, "ISO14443", 1)
            stop = await bench.csms.expect(m.StopTransactionRequest)
            start = bench.csms.all(m.StartTransactionRequest)[0]
            contexts = [each.sampled_value[0].context for each in given(stop.transaction_data) or []]
            assert contexts == ["Transaction.Begin", "Sample.Periodic", "Sample.Periodic", "Transaction.End"]
            assert stop.meter_stop > start.meter_start + 5000

    run_simulated(scenario())


def test_without_measurands_there_is_no_transaction_data() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await bench.change("StopTxnSampledData", "")
            await bench.change("StopTxnAlignedData", "")
            await bench.charge()
            bench.hardware.present_token(CARD, "ISO14443", 1)
            stop = await bench.csms.expect(m.StopTransactionRequest)
            assert stop.transaction_data is UNSET  # 3.16.5

    run_simulated(scenario())


def test_an_invalid_token_ends_the_transaction_if_configured() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            bench.csms.replies["StartTransaction"] = lambda _: m.StartTransactionResponse(
                transaction_id=7, id_tag_info=t.IdTagInfo(status=t.AuthorizationStatus.Blocked)
            )
            bench.hardware.plug_in(1, 1)
            bench.hardware.present_token(CARD, "ISO14443", 1)
            stop = await bench.csms.expect(m.StopTransactionRequest)
            assert (stop.transaction_id, stop.reason) == (7, t.StopTransactionReason.DeAuthorized)  # erratum 3.17
            await bench.status("Finishing")

    run_simulated(scenario())


def test_an_invalid_token_stops_only_the_energy_if_configured() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await bench.change("StopTransactionOnInvalidId", "false")
            bench.csms.replies["StartTransaction"] = lambda _: m.StartTransactionResponse(
                transaction_id=7, id_tag_info=t.IdTagInfo(status=t.AuthorizationStatus.Invalid)
            )
            bench.hardware.plug_in(1, 1)
            bench.hardware.present_token(CARD, "ISO14443", 1)
            await bench.status("SuspendedEVSE")
            await asyncio.sleep(60)
            assert not bench.csms.all(m.StopTransactionRequest)
            bench.hardware.present_token(CARD, "ISO14443", 1)
            assert (await bench.csms.expect(m.StopTransactionRequest)).reason is t.StopTransactionReason.Local

    run_simulated(scenario())


def test_a_transaction_while_offline_is_reported_afterwards_in_order() -> None:
    async def scenario() -> None:
        async with station_bench(claiming={"C-04": True}) as bench:
            await bench.charge()
            bench.hardware.present_token(CARD, "ISO14443", 1)
            await bench.status("Finishing")
            bench.hardware.unplug(1, 1)
            await bench.status("Available")
            await bench.change("LocalAuthorizeOffline", "true")
            await bench.csms.expect(m.StopTransactionRequest)
            await asyncio.sleep(1)
            bench.station.network_off()
            bench.clear_messages()
            await asyncio.sleep(1)
            bench.hardware.plug_in(1, 1)
            bench.hardware.present_token(CARD, "ISO14443", 1)  # the cache knows it
            await asyncio.sleep(130)
            bench.hardware.present_token(CARD, "ISO14443", 1)
            await asyncio.sleep(1)
            bench.hardware.unplug(1, 1)
            await asyncio.sleep(1)
            bench.station.network_on()
            await bench.csms.expect(m.StopTransactionRequest)
            kinds = [request.action for _, request in bench.csms.received if request.action != "Heartbeat"]
            assert kinds == [
                "StartTransaction",
                "MeterValues",
                "MeterValues",
                "StopTransaction",
            ]  # 3.7
            assert {each.transaction_id for each in bench.csms.all(m.MeterValuesRequest)} == {
                bench.last_transaction_id()
            }

    run_simulated(scenario())


def test_an_expired_token_is_not_treated_as_an_unknown_one() -> None:
    async def scenario() -> None:
        async with station_bench(claiming={"C-04": True, "C-02": True}) as bench:
            await bench.change("AllowOfflineTxForUnknownId", "true")
            bench.csms.replies["Authorize"] = lambda _: m.AuthorizeResponse(
                id_tag_info=t.IdTagInfo(
                    status=t.AuthorizationStatus.Accepted,
                    expiry_date=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=5),
                )
            )
            bench.hardware.present_token(CARD, "ISO14443", 1)
            await bench.status("Preparing")
            await bench.status("Available")
            await asyncio.sleep(600)
            bench.station.network_off()
            await asyncio.sleep(1)
            bench.hardware.plug_in(1, 1)
            bench.hardware.present_token(CARD, "ISO14443", 1)  # 3.5.4
            await asyncio.sleep(60)
            bench.station.network_on()
            await bench.status("Preparing")
            assert not bench.csms.all(m.StartTransactionRequest)

    run_simulated(scenario())
