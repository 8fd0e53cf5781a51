"""Transactions while offline (E04, E08, E11), at power loss, reset and fault, and their status (E14)."""

import asyncio

from tests.station.station_bench import CARD, StationBench, cable_first, run_on_bench, token_first

from plugfest.link.peer import NoAnswer
from plugfest.ocpp.message import UNSET, Response, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


def test_offline_events_are_queued_marked_and_sent_in_order() -> None:
    async def body(bench: StationBench) -> None:
        await cable_first(bench)
        before = len(bench.events)
        bench.station.network_off()
        bench.hardware.present_token("A", CARD)
        await asyncio.sleep(2)
        bench.hardware.unplug(1, 1)
        await asyncio.sleep(30)
        bench.station.network_on()
        await asyncio.sleep(60)
        late = bench.events[before:]
        assert bench.transcript()[before:] == ["Ended StopAuthorized EVConnected because Local"]
        assert all(event.offline is True for event in late)  # E08.FR.07, E11.FR.02
        assert [event.seq_no for event in bench.events] == list(range(len(bench.events)))

    run_on_bench(body, start="EVConnected", stop="Authorized")


def test_unknown_token_starts_a_transaction_offline_if_allowed() -> None:
    async def body(bench: StationBench) -> None:
        bench.station.network_off()
        await token_first(bench)
        bench.station.network_on()
        await asyncio.sleep(60)
        assert bench.transcript()[0] == "Started Authorized Idle"  # C15.FR.08, E04
        assert bench.events[0].offline is True

    run_on_bench(body, start="Authorized", AuthCtrlr__OfflineTxForUnknownIdEnabled="true")


def test_unknown_token_starts_no_transaction_offline_if_not_allowed() -> None:
    async def body(bench: StationBench) -> None:
        bench.station.network_off()
        await token_first(bench)
        bench.station.network_on()
        await asyncio.sleep(60)
        assert bench.events == []

    run_on_bench(body, start="Authorized", AuthCtrlr__OfflineTxForUnknownIdEnabled="false")


def test_unanswered_events_are_marked_offline_when_the_connection_is_lost() -> None:
    async def body(bench: StationBench) -> None:
        bench.csms.replies["TransactionEvent"] = _refuse
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(2)
        assert bench.events[-1].offline is UNSET
        bench.station.network_off()
        await asyncio.sleep(5)
        bench.csms.replies.pop("TransactionEvent")
        bench.station.network_on()
        await asyncio.sleep(60)
        assert bench.events[-1].seq_no == bench.events[0].seq_no
        assert bench.events[-1].offline is True  # E11.FR.07

    run_on_bench(body, start="EVConnected", SampledDataCtrlr__TxUpdatedInterval="0")


def test_power_loss_ends_the_transaction_at_the_next_start() -> None:
    async def body(bench: StationBench) -> None:
        await cable_first(bench)
        energy = bench.hardware.evses[1].meter.read().energy_import
        await bench.station.power_off()
        await asyncio.sleep(100)
        assert bench.hardware.evses[1].meter.read().energy_import == energy
        bench.station.power_on()
        await asyncio.sleep(30)
        assert bench.transcript()[-1] == "Ended AbnormalCondition EVConnected because PowerLoss"
        assert [event.seq_no for event in bench.events] == list(range(len(bench.events)))

    run_on_bench(body, start="EVConnected")


def test_immediate_reset_ends_the_transaction_first() -> None:
    async def body(bench: StationBench) -> None:
        await cable_first(bench)
        await bench.csms.call(m.ResetRequest(type=t.ResetEnumType.Immediate))
        await bench.csms.expect(m.BootNotificationRequest, 2)
        await asyncio.sleep(10)
        assert bench.transcript()[-1] == "Ended ResetCommand EVConnected because ImmediateReset"  # B12.FR.04
        assert bench.connector_statuses()[-1] == "Occupied"

    run_on_bench(body, start="EVConnected")


def leave_unanswered(request: object) -> Response:
    raise NoAnswer


def test_immediate_reset_is_not_held_up_by_a_message_that_the_csms_does_not_answer() -> None:
    async def body(bench: StationBench) -> None:
        await cable_first(bench)
        bench.csms.replies["StatusNotification"] = leave_unanswered
        bench.hardware.plug_in(2, 1)
        await asyncio.sleep(1)
        await bench.csms.call(m.ResetRequest(type=t.ResetEnumType.Immediate))
        del bench.csms.replies["StatusNotification"]
        await bench.csms.expect(m.BootNotificationRequest, 2, within=10)
        await asyncio.sleep(10)
        assert bench.transcript()[-1] == "Ended ResetCommand EVConnected because ImmediateReset"  # B12.FR.05

    run_on_bench(body, start="EVConnected")


def test_fault_ends_the_transaction() -> None:
    async def body(bench: StationBench) -> None:
        await cable_first(bench)
        bench.hardware.fault(1, 1, present=True)
        await asyncio.sleep(2)
        assert bench.transcript()[-1] == "Ended AbnormalCondition EVConnected because Other"  # E06.FR.16
        assert bench.connector_statuses()[-1] == "Faulted"
        bench.hardware.fault(1, 1, present=False)
        await asyncio.sleep(2)
        assert bench.connector_statuses()[-1] == "Occupied"

    run_on_bench(body, start="EVConnected")


def test_transaction_status_reports_ongoing_transactions_and_queued_messages() -> None:
    async def body(bench: StationBench) -> None:
        async def status(transaction_id: str | None) -> tuple[bool | None, bool]:
            wanted = UNSET if transaction_id is None else transaction_id
            response = await bench.csms.call(m.GetTransactionStatusRequest(transaction_id=wanted))
            return given(response.ongoing_indicator), response.messages_in_queue

        assert await status(None) == (None, False)  # E14.FR.06, E14.FR.08
        assert await status("unknown") == (False, False)  # E14.FR.01
        await cable_first(bench)
        mine = bench.events[0].transaction_info.transaction_id
        assert await status(mine) == (True, False)  # E14.FR.02, E14.FR.05
        bench.csms.replies["TransactionEvent"] = _refuse
        bench.hardware.present_token("A", CARD)
        await asyncio.sleep(1)
        assert await status(mine) == (False, True)  # E14.FR.03, E14.FR.04
        assert await status(None) == (None, True)  # E14.FR.07

    run_on_bench(body, start="EVConnected", stop="Authorized")


def _refuse(_: m.TransactionEventRequest) -> m.TransactionEventResponse:
    raise RuntimeError("the CSMS fails on purpose")
