"""Reservations in OCPP 1.6 (5.1, 5.13)."""

import asyncio
from datetime import timedelta

import pytest
from tests.station.v16.station_bench import CARD, OTHER_CARD, StationBench, station_bench

from plugfest.clock import run_simulated, utc_now
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.station.storage.store import Store

AC = "reference-16-ac"


async def reserve(
    bench: StationBench,
    connector_id: int = 1,
    *,
    id: int = 5,
    card: str = CARD,
    parent: str | None = None,
    seconds: float = 600,
) -> str:
    request = m.ReserveNowRequest(
        connector_id=connector_id,
        expiry_date=utc_now() + timedelta(seconds=seconds),
        id_tag=card,
        parent_id_tag=UNSET if parent is None else parent,
        reservation_id=id,
    )
    return (await bench.csms.call(request)).status.value


async def cancel(bench: StationBench, id: int) -> str:
    return (await bench.csms.call(m.CancelReservationRequest(reservation_id=id))).status.value


async def make_inoperative(bench: StationBench, connector_id: int) -> None:
    await bench.csms.call(
        m.ChangeAvailabilityRequest(connector_id=connector_id, type=t.ChangeAvailabilityType.Inoperative)
    )


def test_the_reserved_card_charges_and_the_other_is_not_authorized() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            assert await reserve(bench) == "Accepted"
            await bench.status("Reserved")
            bench.clear_messages()
            bench.hardware.present_token(OTHER_CARD, "ISO14443", 1)
            await asyncio.sleep(20)
            assert bench.transcript() == []
            bench.hardware.present_token(CARD, "ISO14443", 1)
            await bench.status("Preparing")
            bench.hardware.plug_in(1, 1)
            await bench.status("Charging")
            start = await bench.csms.expect(m.StartTransactionRequest)
            assert (start.id_tag, start.reservation_id) == (CARD, 5)
            assert await cancel(bench, 5) == "Rejected"  # it is used up

    run_simulated(scenario())


def test_a_card_of_the_reserved_group_charges() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            bench.csms.parents = {OTHER_CARD: "FAMILY"}
            assert await reserve(bench, parent="FAMILY") == "Accepted"
            await bench.status("Reserved")
            bench.hardware.present_token(OTHER_CARD, "ISO14443", 1)
            await bench.status("Preparing")
            bench.hardware.plug_in(1, 1)
            start = await bench.csms.expect(m.StartTransactionRequest)
            assert (start.id_tag, start.reservation_id) == (OTHER_CARD, 5)

    run_simulated(scenario())


def test_a_remote_start_uses_the_reservation_and_requests_the_parent_if_required() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            bench.csms.parents = {OTHER_CARD: "FAMILY"}
            await reserve(bench, parent="FAMILY")
            remote_start = m.RemoteStartTransactionRequest(id_tag="STRANGER", connector_id=1)
            await bench.csms.call(remote_start)
            await asyncio.sleep(5)
            assert bench.statuses()[-1] == "Reserved"
            answer = await bench.csms.call(m.RemoteStartTransactionRequest(id_tag=OTHER_CARD, connector_id=1))
            assert answer.status is t.RemoteStartTransactionResponseStatus.Accepted
            await bench.status("Preparing")
            bench.hardware.plug_in(1, 1)
            assert (await bench.csms.expect(m.StartTransactionRequest)).reservation_id == 5

    run_simulated(scenario())


def test_a_remote_start_of_another_card_is_rejected() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await reserve(bench)
            answer = await bench.csms.call(m.RemoteStartTransactionRequest(id_tag=OTHER_CARD, connector_id=1))
            assert answer.status is t.RemoteStartTransactionResponseStatus.Rejected

    run_simulated(scenario())


def test_it_expires() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await reserve(bench, seconds=120)
            await bench.status("Reserved")
            start = asyncio.get_running_loop().time()
            await bench.status("Available")
            assert asyncio.get_running_loop().time() - start == pytest.approx(120, abs=2)
            await bench.charge(1, OTHER_CARD)
            assert bench.csms.all(m.StartTransactionRequest)[0].reservation_id is UNSET

    run_simulated(scenario())


def test_it_survives_a_power_loss() -> None:
    async def scenario() -> None:
        store = Store()
        async with station_bench(store=store) as bench:
            await reserve(bench, seconds=6000)
            await bench.status("Reserved")
        async with station_bench(store=store) as bench:
            assert bench.statuses() == ["Reserved"]
            assert await cancel(bench, 6) == "Rejected"
            assert await cancel(bench, 5) == "Accepted"
            await bench.status("Available")

    run_simulated(scenario())


def test_a_reservation_of_the_same_number_is_replaced() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            assert await reserve(bench, 1) == "Accepted"
            assert await reserve(bench, 2) == "Accepted"
            await bench.status("Reserved", 2)
            await bench.status("Available", 1)
            assert await reserve(bench, 2, id=6) == "Occupied"

    run_simulated(scenario())


def test_rejections_by_connector_status() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            assert await reserve(bench, 0) == "Rejected"  # ReserveConnectorZeroSupported is false
            assert await reserve(bench, 9) == "Rejected"
            assert await reserve(bench, 1, seconds=-5) == "Rejected"
            bench.hardware.plug_in(1, 1)
            await bench.status("Preparing")
            assert await reserve(bench, 1) == "Occupied"
            bench.hardware.fault(1, 1, present=True)
            await bench.status("Faulted")
            assert await reserve(bench, 1) == "Faulted"
            await make_inoperative(bench, 2)
            assert await reserve(bench, 2) == "Unavailable"

    run_simulated(scenario())


def test_an_inoperative_connector_loses_its_reservation() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await reserve(bench, 1)
            await bench.status("Reserved")
            await make_inoperative(bench, 1)
            await bench.status("Unavailable")
            assert await cancel(bench, 5) == "Rejected"

    run_simulated(scenario())


def test_a_faulted_connector_loses_its_reservation() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await reserve(bench, 1)
            await bench.status("Reserved")
            bench.hardware.fault(1, 1, present=True)
            await bench.status("Faulted")
            assert await cancel(bench, 5) == "Rejected"
            bench.hardware.fault(1, 1, present=False)
            await bench.status("Available")

    run_simulated(scenario())


def test_a_rejected_replacement_leaves_the_old_reservation() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            assert await reserve(bench, 1) == "Accepted"
            await bench.status("Reserved", 1)
            bench.hardware.plug_in(2, 1)
            await bench.status("Preparing", 2)
            assert await reserve(bench, 2) == "Occupied"
            assert bench.statuses(1)[-1] == "Reserved"
            assert await cancel(bench, 5) == "Accepted"

    run_simulated(scenario())


def test_a_reserved_connector_is_occupied_for_a_new_reservation_of_the_same_card() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await reserve(bench, 1)
            assert await reserve(bench, 1, id=6) == "Occupied"  # 5.13: for the same or another idTag
            assert await cancel(bench, 6) == "Rejected"

    run_simulated(scenario())


@pytest.mark.parametrize("connector_id", [-1, 3, 1000])
def test_an_unknown_connector_cannot_be_reserved(connector_id: int) -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            assert await reserve(bench, connector_id) == "Rejected"
            assert await cancel(bench, 5) == "Rejected"

    run_simulated(scenario())


def test_a_reservation_of_the_whole_station_keeps_one_connector_free() -> None:
    async def scenario() -> None:
        async with station_bench(AC) as bench:
            assert await reserve(bench, 0) == "Accepted"
            await asyncio.sleep(1)
            assert (
                bench.statuses(1)[-1] == bench.statuses(2)[-1] == "Available"
            )  # two connectors are free: no restriction yet
            await bench.charge(1, OTHER_CARD)
            await bench.status("Reserved", 2)
            bench.hardware.present_token(CARD, "ISO14443", 2)
            await bench.status("Preparing", 2)
            bench.hardware.plug_in(2, 1)
            start = await bench.csms.expect(m.StartTransactionRequest, 2)
            assert (start.connector_id, start.reservation_id) == (2, 5)

    run_simulated(scenario())


def test_plugging_in_first_does_not_take_the_last_connector() -> None:
    async def scenario() -> None:
        async with station_bench(AC) as bench:
            assert await reserve(bench, 0) == "Accepted"
            bench.hardware.plug_in(1, 1)
            bench.hardware.plug_in(2, 1)  # now nothing is free, and one of the two has to be kept
            await bench.status("Preparing", 1)
            bench.hardware.present_token("04112233", "ISO14443", 1)
            await bench.status("Charging", 1)
            await bench.status("Reserved", 2)
            bench.clear_messages()
            bench.hardware.present_token(OTHER_CARD, "ISO14443", 2)
            await asyncio.sleep(20)
            assert bench.transcript() == []
            bench.hardware.present_token(CARD, "ISO14443", 2)
            start = await bench.csms.expect(m.StartTransactionRequest)
            assert (start.connector_id, start.reservation_id) == (2, 5)  # 5.13

    run_simulated(scenario())


def test_the_whole_station_cannot_be_reserved_without_a_free_connector() -> None:
    async def scenario() -> None:
        async with station_bench(AC) as bench:
            bench.hardware.plug_in(1, 1)
            bench.hardware.plug_in(2, 1)
            await bench.status("Preparing", 2)
            assert await reserve(bench, 0) == "Occupied"
            await bench.csms.call(
                m.ChangeAvailabilityRequest(connector_id=0, type=t.ChangeAvailabilityType.Inoperative)
            )
            assert await reserve(bench, 0) == "Unavailable"

    run_simulated(scenario())


def test_the_whole_station_is_faulted_when_every_connector_is() -> None:
    async def scenario() -> None:
        async with station_bench(AC) as bench:
            bench.hardware.fault(1, 1, present=True)
            await bench.status("Faulted", 1)
            assert await reserve(bench, 0, id=6) == "Accepted"  # on the other one
            await cancel(bench, 6)
            bench.hardware.fault(2, 1, present=True)
            await bench.status("Faulted", 2)
            assert await reserve(bench, 0) == "Faulted"

    run_simulated(scenario())


def test_a_station_without_reservations_rejects_them() -> None:
    async def scenario() -> None:
        async with station_bench("reference-16-plain") as bench:
            assert await reserve(bench) == "Rejected"

    run_simulated(scenario())
