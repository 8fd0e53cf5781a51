"""A 1.6 transaction from plug to plug: what is told, in which order, with which transaction id (4.7, 4.8, 4.10)."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.station.csms import refuse
from tests.station.v16.scene import CARD, OTHER_CARD, scene

from plugfest.clock import run_simulated
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t


def test_plug_in_first() -> None:
    async def scenario() -> None:
        async with scene() as it:
            it.forget()
            number = await it.charge()
            assert it.story() == ["1 Preparing", f"Authorize {CARD}", f"1 Start {CARD}", "1 Charging"]
            it.operator.present_token(CARD, "ISO14443", 1)
            stop = await it.csms.expect(m.StopTransactionRequest)
            assert (stop.transaction_id, stop.id_tag) == (number, CARD)
            assert stop.reason is t.StopTransactionReason.Local
            await it.status("Finishing")
            it.operator.unplug(1, 1)
            await it.status("Available")

    run_simulated(scenario())


def test_identification_first() -> None:
    async def scenario() -> None:
        async with scene() as it:
            it.forget()
            it.operator.present_token(CARD, "ISO14443", 1)
            await it.status("Preparing")
            it.operator.plug_in(1, 1)
            await it.status("Charging")
            assert it.story() == [f"Authorize {CARD}", "1 Preparing", f"1 Start {CARD}", "1 Charging"]

    run_simulated(scenario())


def test_whoever_does_not_plug_in_in_time_is_forgotten() -> None:
    async def scenario() -> None:
        async with scene() as it:
            assert await it.change("ConnectionTimeOut", "30") == "Accepted"
            it.operator.present_token(CARD, "ISO14443", 1)
            await it.status("Preparing")
            start = asyncio.get_running_loop().time()
            await it.status("Available")
            assert asyncio.get_running_loop().time() - start == pytest.approx(30, abs=1)  # 9.1.6
            assert not it.csms.all(m.StartTransactionRequest)

    run_simulated(scenario())


def test_somebody_else_cannot_stop_and_is_not_even_asked_about() -> None:
    async def scenario() -> None:
        async with scene() as it:
            await it.charge()
            it.forget()
            it.operator.present_token(OTHER_CARD, "ISO14443", 1)
            await asyncio.sleep(20)
            assert it.story() == []

    run_simulated(scenario())


def test_somebody_of_the_same_parent_can_stop() -> None:
    async def scenario() -> None:
        async with scene() as it:
            it.csms.parents = {CARD: "FAMILY", OTHER_CARD: "FAMILY"}
            await it.charge()
            it.forget()
            it.operator.present_token(OTHER_CARD, "ISO14443", 1)
            stop = await it.csms.expect(m.StopTransactionRequest)
            assert stop.id_tag == OTHER_CARD  # 3.10
            assert f"Authorize {OTHER_CARD}" in it.story()

    run_simulated(scenario())


def test_messages_that_waited_get_the_transaction_id_of_the_csms() -> None:
    async def scenario() -> None:
        async with scene() as it:
            await it.change("LocalAuthorizeOffline", "true")
            await it.change("MeterValueSampleInterval", "30")
            it.operator.plug_in(1, 1)
            it.operator.present_token(CARD, "ISO14443", 1)
            await asyncio.sleep(0.1)
            it.csms.replies["StartTransaction"] = refuse
            await it.change("TransactionMessageRetryInterval", "50")
            await it.csms.expect(m.StartTransactionRequest)
            await asyncio.sleep(40)
            it.operator.present_token(CARD, "ISO14443", 1)
            del it.csms.replies["StartTransaction"]
            stop = await it.csms.expect(m.StopTransactionRequest)
            assert stop.transaction_id == it.last_number()
            assert {each.transaction_id for each in it.csms.all(m.MeterValuesRequest)} == {it.last_number()}

    run_simulated(scenario())


def test_what_cannot_be_started_at_the_csms_has_the_transaction_id_minus_one() -> None:
    async def scenario() -> None:
        async with scene() as it:
            await it.change("TransactionMessageAttempts", "2")
            await it.change("TransactionMessageRetryInterval", "1")
            it.csms.replies["StartTransaction"] = refuse
            it.operator.plug_in(1, 1)
            it.operator.present_token(CARD, "ISO14443", 1)
            await it.status("Charging")
            it.operator.present_token(CARD, "ISO14443", 1)
            stop = await it.csms.expect(m.StopTransactionRequest)
            assert stop.transaction_id == -1  # erratum 3.18
            assert len(it.csms.all(m.StartTransactionRequest)) == 2

    run_simulated(scenario())


def same_number(request: m.StartTransactionRequest) -> m.StartTransactionResponse:
    info = t.IdTagInfo(status=t.AuthorizationStatus.Accepted)
    return m.StartTransactionResponse(transaction_id=7, id_tag_info=info)


@pytest.mark.parametrize(("answer", "number"), [(same_number, 7), (refuse, -1)])
def test_two_transactions_with_one_id_are_still_two(answer: Any, number: int) -> None:
    async def scenario() -> None:
        async with scene() as it:
            await it.change("TransactionMessageAttempts", "1")
            it.csms.replies["StartTransaction"] = answer
            for connector, card in ((1, CARD), (2, OTHER_CARD)):
                it.operator.plug_in(connector, 1)
                it.operator.present_token(card, "ISO14443", connector)
                await it.status("Charging", connector)
            it.operator.present_token(OTHER_CARD, "ISO14443", 2)
            await it.csms.expect(m.StopTransactionRequest)
            await asyncio.sleep(100)
            remote = await it.csms.call(m.RemoteStopTransactionRequest(transaction_id=number))
            assert remote.status is t.RemoteStopTransactionResponseStatus.Accepted
            await it.csms.expect(m.StopTransactionRequest, 2)
            stops = it.csms.all(m.StopTransactionRequest)
            assert [(each.transaction_id, each.reason) for each in stops] == [(number, "Local"), (number, "Remote")]
            await it.status("Finishing", 1)

    run_simulated(scenario())


def test_retries_wait_longer_each_time() -> None:
    async def scenario() -> None:
        async with scene() as it:
            await it.change("TransactionMessageAttempts", "3")
            await it.change("TransactionMessageRetryInterval", "60")
            it.csms.replies["StartTransaction"] = refuse
            it.operator.plug_in(1, 1)
            it.operator.present_token(CARD, "ISO14443", 1)
            await it.csms.expect(m.StartTransactionRequest, 3)
            first, second, third = (at for at, each in it.csms.received if isinstance(each, m.StartTransactionRequest))
            assert (second - first, third - second) == (pytest.approx(60, abs=1), pytest.approx(120, abs=1))  # 3.7.1

    run_simulated(scenario())


def test_the_stop_tells_the_meter_from_beginning_to_end() -> None:
    async def scenario() -> None:
        async with scene() as it:
            await it.change("MeterValueSampleInterval", "60")
            await it.charge()
            await asyncio.sleep(130)
            it.operator.present_token(CARD, "ISO14443", 1)
            stop = await it.csms.expect(m.StopTransactionRequest)
            start = it.csms.all(m.StartTransactionRequest)[0]
            contexts = [each.sampled_value[0].context for each in given(stop.transaction_data) or []]
            assert contexts == ["Transaction.Begin", "Sample.Periodic", "Sample.Periodic", "Transaction.End"]
            assert stop.meter_stop > start.meter_start + 5000

    run_simulated(scenario())


def test_no_measurands_no_transaction_data() -> None:
    async def scenario() -> None:
        async with scene() as it:
            await it.change("StopTxnSampledData", "")
            await it.change("StopTxnAlignedData", "")
            await it.charge()
            it.operator.present_token(CARD, "ISO14443", 1)
            stop = await it.csms.expect(m.StopTransactionRequest)
            assert stop.transaction_data is UNSET  # 3.16.5

    run_simulated(scenario())


def test_an_invalid_token_ends_the_transaction_if_it_is_configured_so() -> None:
    async def scenario() -> None:
        async with scene() as it:
            it.csms.replies["StartTransaction"] = lambda _: m.StartTransactionResponse(
                transaction_id=7, id_tag_info=t.IdTagInfo(status=t.AuthorizationStatus.Blocked)
            )
            it.operator.plug_in(1, 1)
            it.operator.present_token(CARD, "ISO14443", 1)
            stop = await it.csms.expect(m.StopTransactionRequest)
            assert (stop.transaction_id, stop.reason) == (7, t.StopTransactionReason.DeAuthorized)  # erratum 3.17
            await it.status("Finishing")

    run_simulated(scenario())


def test_an_invalid_token_stops_only_the_energy_if_it_is_configured_so() -> None:
    async def scenario() -> None:
        async with scene() as it:
            await it.change("StopTransactionOnInvalidId", "false")
            it.csms.replies["StartTransaction"] = lambda _: m.StartTransactionResponse(
                transaction_id=7, id_tag_info=t.IdTagInfo(status=t.AuthorizationStatus.Invalid)
            )
            it.operator.plug_in(1, 1)
            it.operator.present_token(CARD, "ISO14443", 1)
            await it.status("SuspendedEVSE")
            await asyncio.sleep(60)
            assert not it.csms.all(m.StopTransactionRequest)
            it.operator.present_token(CARD, "ISO14443", 1)
            assert (await it.csms.expect(m.StopTransactionRequest)).reason is t.StopTransactionReason.Local

    run_simulated(scenario())


def test_a_transaction_while_offline_is_told_afterwards_in_its_order() -> None:
    async def scenario() -> None:
        async with scene(claiming={"C-04": True}) as it:
            await it.charge()
            it.operator.present_token(CARD, "ISO14443", 1)
            await it.status("Finishing")
            it.operator.unplug(1, 1)
            await it.status("Available")
            await it.change("LocalAuthorizeOffline", "true")
            await it.csms.expect(m.StopTransactionRequest)
            await asyncio.sleep(1)
            it.station.network_off()
            it.forget()
            await asyncio.sleep(1)
            it.operator.plug_in(1, 1)
            it.operator.present_token(CARD, "ISO14443", 1)  # the cache knows it
            await asyncio.sleep(130)
            it.operator.present_token(CARD, "ISO14443", 1)
            await asyncio.sleep(1)
            it.operator.unplug(1, 1)
            await asyncio.sleep(1)
            it.station.network_on()
            await it.csms.expect(m.StopTransactionRequest)
            kinds = [request.action for _, request in it.csms.received if request.action != "Heartbeat"]
            assert kinds == [
                "StartTransaction",
                "MeterValues",
                "MeterValues",
                "StopTransaction",
            ]  # 3.7
            assert {each.transaction_id for each in it.csms.all(m.MeterValuesRequest)} == {it.last_number()}

    run_simulated(scenario())


def test_an_expired_token_does_not_pass_as_an_unknown_one() -> None:
    async def scenario() -> None:
        async with scene(claiming={"C-04": True, "C-02": True}) as it:
            await it.change("AllowOfflineTxForUnknownId", "true")
            it.csms.replies["Authorize"] = lambda _: m.AuthorizeResponse(
                id_tag_info=t.IdTagInfo(
                    status=t.AuthorizationStatus.Accepted,
                    expiry_date=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=5),
                )
            )
            it.operator.present_token(CARD, "ISO14443", 1)
            await it.status("Preparing")
            await it.status("Available")
            await asyncio.sleep(600)
            it.station.network_off()
            await asyncio.sleep(1)
            it.operator.plug_in(1, 1)
            it.operator.present_token(CARD, "ISO14443", 1)  # 3.5.4
            await asyncio.sleep(60)
            it.station.network_on()
            await it.status("Preparing")
            assert not it.csms.all(m.StartTransactionRequest)

    run_simulated(scenario())
