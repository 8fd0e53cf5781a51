"""Reservations in OCPP 1.6 (5.1, 5.13)."""

import asyncio
from datetime import timedelta

import pytest
from tests.station.v16.scene import CARD, OTHER_CARD, Scene, scene

from plugfest.clock import run_simulated, utc_now
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.station.storage.store import Store

AC = "reference-16-ac"


async def reserve(
    it: Scene, connector_id: int = 1, *, id: int = 5, card: str = CARD, parent: str | None = None, seconds: float = 600
) -> str:
    request = m.ReserveNowRequest(
        connector_id=connector_id,
        expiry_date=utc_now() + timedelta(seconds=seconds),
        id_tag=card,
        parent_id_tag=UNSET if parent is None else parent,
        reservation_id=id,
    )
    return (await it.csms.call(request)).status.value


async def cancel(it: Scene, id: int) -> str:
    return (await it.csms.call(m.CancelReservationRequest(reservation_id=id))).status.value


async def switch_off(it: Scene, connector_id: int) -> None:
    await it.csms.call(
        m.ChangeAvailabilityRequest(connector_id=connector_id, type=t.ChangeAvailabilityType.Inoperative)
    )


def test_the_reserved_card_charges_and_the_other_is_not_even_asked_about() -> None:
    async def scenario() -> None:
        async with scene() as it:
            assert await reserve(it) == "Accepted"
            await it.status("Reserved")
            it.forget()
            it.operator.present_token(OTHER_CARD, "ISO14443", 1)
            await asyncio.sleep(20)
            assert it.story() == []
            it.operator.present_token(CARD, "ISO14443", 1)
            await it.status("Preparing")
            it.operator.plug_in(1, 1)
            await it.status("Charging")
            start = await it.csms.expect(m.StartTransactionRequest)
            assert (start.id_tag, start.reservation_id) == (CARD, 5)
            assert await cancel(it, 5) == "Rejected"  # it is used up

    run_simulated(scenario())


def test_somebody_of_the_reserved_group_charges() -> None:
    async def scenario() -> None:
        async with scene() as it:
            it.csms.parents = {OTHER_CARD: "FAMILY"}
            assert await reserve(it, parent="FAMILY") == "Accepted"
            await it.status("Reserved")
            it.operator.present_token(OTHER_CARD, "ISO14443", 1)
            await it.status("Preparing")
            it.operator.plug_in(1, 1)
            start = await it.csms.expect(m.StartTransactionRequest)
            assert (start.id_tag, start.reservation_id) == (OTHER_CARD, 5)

    run_simulated(scenario())


def test_a_remote_start_uses_the_reservation_and_asks_for_the_parent_if_it_must() -> None:
    async def scenario() -> None:
        async with scene() as it:
            it.csms.parents = {OTHER_CARD: "FAMILY"}
            await reserve(it, parent="FAMILY")
            remote_start = m.RemoteStartTransactionRequest(id_tag="STRANGER", connector_id=1)
            await it.csms.call(remote_start)
            await asyncio.sleep(5)
            assert it.statuses()[-1] == "Reserved"
            answer = await it.csms.call(m.RemoteStartTransactionRequest(id_tag=OTHER_CARD, connector_id=1))
            assert answer.status is t.RemoteStartTransactionResponseStatus.Accepted
            await it.status("Preparing")
            it.operator.plug_in(1, 1)
            assert (await it.csms.expect(m.StartTransactionRequest)).reservation_id == 5

    run_simulated(scenario())


def test_a_remote_start_of_somebody_else_is_rejected() -> None:
    async def scenario() -> None:
        async with scene() as it:
            await reserve(it)
            answer = await it.csms.call(m.RemoteStartTransactionRequest(id_tag=OTHER_CARD, connector_id=1))
            assert answer.status is t.RemoteStartTransactionResponseStatus.Rejected

    run_simulated(scenario())


def test_it_expires() -> None:
    async def scenario() -> None:
        async with scene() as it:
            await reserve(it, seconds=120)
            await it.status("Reserved")
            start = asyncio.get_running_loop().time()
            await it.status("Available")
            assert asyncio.get_running_loop().time() - start == pytest.approx(120, abs=2)
            await it.charge(1, OTHER_CARD)
            assert it.csms.all(m.StartTransactionRequest)[0].reservation_id is UNSET

    run_simulated(scenario())


def test_it_outlives_a_power_cut() -> None:
    async def scenario() -> None:
        store = Store()
        async with scene(store=store) as it:
            await reserve(it, seconds=6000)
            await it.status("Reserved")
        async with scene(store=store) as it:
            assert it.statuses() == ["Reserved"]
            assert await cancel(it, 6) == "Rejected"
            assert await cancel(it, 5) == "Accepted"
            await it.status("Available")

    run_simulated(scenario())


def test_a_reservation_of_the_same_number_is_replaced() -> None:
    async def scenario() -> None:
        async with scene() as it:
            assert await reserve(it, 1) == "Accepted"
            assert await reserve(it, 2) == "Accepted"
            await it.status("Reserved", 2)
            await it.status("Available", 1)
            assert await reserve(it, 2, id=6) == "Occupied"

    run_simulated(scenario())


def test_what_is_in_the_way() -> None:
    async def scenario() -> None:
        async with scene() as it:
            assert await reserve(it, 0) == "Rejected"  # ReserveConnectorZeroSupported is false
            assert await reserve(it, 9) == "Rejected"
            assert await reserve(it, 1, seconds=-5) == "Rejected"
            it.operator.plug_in(1, 1)
            await it.status("Preparing")
            assert await reserve(it, 1) == "Occupied"
            it.operator.fault(1, 1, present=True)
            await it.status("Faulted")
            assert await reserve(it, 1) == "Faulted"
            await switch_off(it, 2)
            assert await reserve(it, 2) == "Unavailable"

    run_simulated(scenario())


def test_a_connector_that_is_switched_off_is_reserved_no_more() -> None:
    async def scenario() -> None:
        async with scene() as it:
            await reserve(it, 1)
            await it.status("Reserved")
            await switch_off(it, 1)
            await it.status("Unavailable")
            assert await cancel(it, 5) == "Rejected"

    run_simulated(scenario())


def test_a_connector_that_breaks_is_reserved_no_more() -> None:
    async def scenario() -> None:
        async with scene() as it:
            await reserve(it, 1)
            await it.status("Reserved")
            it.operator.fault(1, 1, present=True)
            await it.status("Faulted")
            assert await cancel(it, 5) == "Rejected"
            it.operator.fault(1, 1, present=False)
            await it.status("Available")

    run_simulated(scenario())


def test_a_replacement_that_is_refused_leaves_the_old_reservation() -> None:
    async def scenario() -> None:
        async with scene() as it:
            assert await reserve(it, 1) == "Accepted"
            await it.status("Reserved", 1)
            it.operator.plug_in(2, 1)
            await it.status("Preparing", 2)
            assert await reserve(it, 2) == "Occupied"
            assert it.statuses(1)[-1] == "Reserved"
            assert await cancel(it, 5) == "Accepted"

    run_simulated(scenario())


def test_a_reserved_connector_is_occupied_even_for_who_has_reserved_it() -> None:
    async def scenario() -> None:
        async with scene() as it:
            await reserve(it, 1)
            assert await reserve(it, 1, id=6) == "Occupied"  # 5.13: for the same or another idTag
            assert await cancel(it, 6) == "Rejected"

    run_simulated(scenario())


@pytest.mark.parametrize("connector_id", [-1, 3, 1000])
def test_nothing_is_kept_of_a_connector_that_is_not_there(connector_id: int) -> None:
    async def scenario() -> None:
        async with scene() as it:
            assert await reserve(it, connector_id) == "Rejected"
            assert await cancel(it, 5) == "Rejected"

    run_simulated(scenario())


def test_of_the_whole_station_one_connector_remains_free() -> None:
    async def scenario() -> None:
        async with scene(AC) as it:
            assert await reserve(it, 0) == "Accepted"
            await asyncio.sleep(1)
            assert it.statuses(1)[-1] == it.statuses(2)[-1] == "Available"  # two are free: nobody need be kept away
            await it.charge(1, OTHER_CARD)
            await it.status("Reserved", 2)
            it.operator.present_token(CARD, "ISO14443", 2)
            await it.status("Preparing", 2)
            it.operator.plug_in(2, 1)
            start = await it.csms.expect(m.StartTransactionRequest, 2)
            assert (start.connector_id, start.reservation_id) == (2, 5)

    run_simulated(scenario())


def test_the_last_connector_is_not_had_by_plugging_in_first() -> None:
    async def scenario() -> None:
        async with scene(AC) as it:
            assert await reserve(it, 0) == "Accepted"
            it.operator.plug_in(1, 1)
            it.operator.plug_in(2, 1)  # now nothing is free, and one of the two has to be kept
            await it.status("Preparing", 1)
            it.operator.present_token("04112233", "ISO14443", 1)
            await it.status("Charging", 1)
            await it.status("Reserved", 2)
            it.forget()
            it.operator.present_token(OTHER_CARD, "ISO14443", 2)
            await asyncio.sleep(20)
            assert it.story() == []
            it.operator.present_token(CARD, "ISO14443", 2)
            start = await it.csms.expect(m.StartTransactionRequest)
            assert (start.connector_id, start.reservation_id) == (2, 5)  # 5.13

    run_simulated(scenario())


def test_the_whole_station_cannot_be_reserved_where_nothing_is_free() -> None:
    async def scenario() -> None:
        async with scene(AC) as it:
            it.operator.plug_in(1, 1)
            it.operator.plug_in(2, 1)
            await it.status("Preparing", 2)
            assert await reserve(it, 0) == "Occupied"
            await it.csms.call(m.ChangeAvailabilityRequest(connector_id=0, type=t.ChangeAvailabilityType.Inoperative))
            assert await reserve(it, 0) == "Unavailable"

    run_simulated(scenario())


def test_the_whole_station_is_faulted_when_every_connector_is() -> None:
    async def scenario() -> None:
        async with scene(AC) as it:
            it.operator.fault(1, 1, present=True)
            await it.status("Faulted", 1)
            assert await reserve(it, 0, id=6) == "Accepted"  # on the other one
            await cancel(it, 6)
            it.operator.fault(2, 1, present=True)
            await it.status("Faulted", 2)
            assert await reserve(it, 0) == "Faulted"

    run_simulated(scenario())


def test_a_station_without_reservations_rejects_them() -> None:
    async def scenario() -> None:
        async with scene("reference-16-plain") as it:
            assert await reserve(it) == "Rejected"

    run_simulated(scenario())
