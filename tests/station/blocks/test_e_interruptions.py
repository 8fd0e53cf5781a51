"""Transactions while offline (E04, E08, E11), at power loss, reset and fault, and their status (E14)."""

import asyncio

from tests.station.scene import CARD, Scene, cable_first, play, token_first

from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


def test_offline_events_are_queued_marked_and_sent_in_order() -> None:
    async def body(it: Scene) -> None:
        await cable_first(it)
        before = len(it.events)
        it.station.network_off()
        it.operator.present_token("A", CARD)
        await asyncio.sleep(2)
        it.operator.unplug(1, 1)
        await asyncio.sleep(30)
        it.station.network_on()
        await asyncio.sleep(60)
        late = it.events[before:]
        assert it.story()[before:] == ["Ended StopAuthorized EVConnected because Local"]
        assert all(event.offline is True for event in late)  # E08.FR.07, E11.FR.02
        assert [event.seq_no for event in it.events] == list(range(len(it.events)))

    play(body, start="EVConnected", stop="Authorized")


def test_unknown_token_starts_a_transaction_offline_if_that_is_allowed() -> None:
    async def body(it: Scene) -> None:
        it.station.network_off()
        await token_first(it)
        it.station.network_on()
        await asyncio.sleep(60)
        assert it.story()[0] == "Started Authorized Idle"  # C15.FR.08, E04
        assert it.events[0].offline is True

    play(body, start="Authorized", AuthCtrlr__OfflineTxForUnknownIdEnabled="true")


def test_unknown_token_starts_nothing_offline_if_that_is_not_allowed() -> None:
    async def body(it: Scene) -> None:
        it.station.network_off()
        await token_first(it)
        it.station.network_on()
        await asyncio.sleep(60)
        assert it.events == []

    play(body, start="Authorized", AuthCtrlr__OfflineTxForUnknownIdEnabled="false")


def test_events_that_were_not_answered_when_the_connection_went_are_marked_offline() -> None:
    async def body(it: Scene) -> None:
        it.csms.replies["TransactionEvent"] = _refuse
        it.operator.plug_in(1, 1)
        await asyncio.sleep(2)
        assert it.events[-1].offline is UNSET
        it.station.network_off()
        await asyncio.sleep(5)
        it.csms.replies.pop("TransactionEvent")
        it.station.network_on()
        await asyncio.sleep(60)
        assert it.events[-1].seq_no == it.events[0].seq_no
        assert it.events[-1].offline is True  # E11.FR.07

    play(body, start="EVConnected", SampledDataCtrlr__TxUpdatedInterval="0")


def test_power_cut_ends_the_transaction_at_the_next_start() -> None:
    async def body(it: Scene) -> None:
        await cable_first(it)
        energy = it.operator.evses[1].meter.read().energy_import
        await it.station.power_off()
        await asyncio.sleep(100)
        assert it.operator.evses[1].meter.read().energy_import == energy
        it.station.power_on()
        await asyncio.sleep(30)
        assert it.story()[-1] == "Ended AbnormalCondition EVConnected because PowerLoss"
        assert [event.seq_no for event in it.events] == list(range(len(it.events)))

    play(body, start="EVConnected")


def test_immediate_reset_ends_the_transaction_before_it() -> None:
    async def body(it: Scene) -> None:
        await cable_first(it)
        await it.csms.call(m.ResetRequest(type=t.ResetEnumType.Immediate))
        await it.csms.expect(m.BootNotificationRequest, 2)
        await asyncio.sleep(10)
        assert it.story()[-1] == "Ended ResetCommand EVConnected because ImmediateReset"  # B12.FR.04
        assert it.connector_statuses()[-1] == "Occupied"

    play(body, start="EVConnected")


def test_fault_ends_the_transaction() -> None:
    async def body(it: Scene) -> None:
        await cable_first(it)
        it.operator.fault(1, 1, present=True)
        await asyncio.sleep(2)
        assert it.story()[-1] == "Ended AbnormalCondition EVConnected because Other"  # E06.FR.16
        assert it.connector_statuses()[-1] == "Faulted"
        it.operator.fault(1, 1, present=False)
        await asyncio.sleep(2)
        assert it.connector_statuses()[-1] == "Occupied"

    play(body, start="EVConnected")


def test_status_of_a_transaction_says_what_goes_on_and_what_is_queued() -> None:
    async def body(it: Scene) -> None:
        async def status(transaction_id: str | None) -> tuple[bool | None, bool]:
            wanted = UNSET if transaction_id is None else transaction_id
            response = await it.csms.call(m.GetTransactionStatusRequest(transaction_id=wanted))
            return given(response.ongoing_indicator), response.messages_in_queue

        assert await status(None) == (None, False)  # E14.FR.06, E14.FR.08
        assert await status("nobody's") == (False, False)  # E14.FR.01
        await cable_first(it)
        mine = it.events[0].transaction_info.transaction_id
        assert await status(mine) == (True, False)  # E14.FR.02, E14.FR.05
        it.csms.replies["TransactionEvent"] = _refuse
        it.operator.present_token("A", CARD)
        await asyncio.sleep(1)
        assert await status(mine) == (False, True)  # E14.FR.03, E14.FR.04
        assert await status(None) == (None, True)  # E14.FR.07

    play(body, start="EVConnected", stop="Authorized")


def _refuse(_: m.TransactionEventRequest) -> m.TransactionEventResponse:
    raise RuntimeError("the CSMS fails on purpose")
