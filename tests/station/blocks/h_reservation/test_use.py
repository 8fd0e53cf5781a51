"""Reserved EVSEs are used by their drivers, and not by others (H03)."""

import asyncio

from tests.station.blocks.h_reservation.reservations import (
    AC,
    cancel,
    present,
    reservation_ids,
    reserve,
    start_remotely,
    updates,
)
from tests.station.station_bench import StationBench, run_on_bench

from plugfest.ocpp.v201 import types as t


def test_presenting_the_token_uses_the_reservation() -> None:
    async def body(bench: StationBench) -> None:
        assert await reserve(bench) == "Accepted"
        assert bench.connector_statuses(1)[-1] == "Reserved"
        await present(bench, "A")
        assert bench.connector_statuses(1)[-1] == "Available"  # H03.FR.10
        assert await cancel(bench) == "Rejected"
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(10)
        assert bench.connector_statuses(1)[-1] == "Occupied"
        assert reservation_ids(bench)[0] == 5  # H01.FR.15
        assert set(reservation_ids(bench)[1:]) == {None}
        assert updates(bench) == []

    run_on_bench(body, AC, start="Authorized", stop="Authorized")


def test_the_reservation_is_reported_when_the_transaction_started_at_the_cable() -> None:
    async def body(bench: StationBench) -> None:
        await reserve(bench)
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(2)
        assert bench.connector_statuses(1)[-1] == "Reserved"  # G01.FR.09
        await present(bench, "A")
        assert bench.connector_statuses(1)[-1] == "Occupied"  # H03.FR.10
        await asyncio.sleep(10)
        authorized = [event.trigger_reason.value for event in bench.events].index("Authorized")
        assert reservation_ids(bench)[authorized] == 5  # E02.FR.03
        assert [each for each in reservation_ids(bench) if each is not None] == [5]

    run_on_bench(body, AC, start="EVConnected", stop="EVConnected")


def test_another_token_does_not_charge_at_a_reserved_evse() -> None:
    async def body(bench: StationBench) -> None:
        await reserve(bench)
        bench.hardware.plug_in(1, 1)
        await present(bench, "B")
        assert await start_remotely(bench, "B") == "Rejected"  # F01.FR.21
        await asyncio.sleep(20)
        assert bench.events == []
        assert bench.hardware.evses[1].meter.read().power == 0
        assert bench.hardware.display is not None
        assert await cancel(bench) == "Accepted"
        assert bench.connector_statuses(1)[-1] == "Occupied"

    run_on_bench(body, AC, start="PowerPathClosed", stop="Authorized")


def test_a_token_of_the_reserved_group_charges() -> None:
    async def body(bench: StationBench) -> None:
        bench.groups["B"] = "FLEET"
        await reserve(bench, group="FLEET")
        await present(bench, "C")
        assert bench.connector_statuses(1)[-1] == "Reserved"
        await present(bench, "B")
        assert bench.connector_statuses(1)[-1] == "Available"
        assert reservation_ids(bench) == [5]

    run_on_bench(body, AC, start="Authorized", stop="Authorized")


def test_a_remote_start_is_judged_by_its_group() -> None:
    async def body(bench: StationBench) -> None:
        await reserve(bench, group="FLEET")
        assert await start_remotely(bench, "B", group="OTHER") == "Rejected"  # F01.FR.22
        assert await start_remotely(bench, "B", group="FLEET") == "Accepted"
        assert reservation_ids(bench) == [5]

    run_on_bench(body, AC, start="Authorized", stop="Authorized", AuthCtrlr__AuthorizeRemoteStart="false")


def test_without_authorization_a_cable_waits_until_the_evse_is_free() -> None:
    async def body(bench: StationBench) -> None:
        await reserve(bench)
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(10)
        assert bench.events == []
        await cancel(bench)
        await asyncio.sleep(10)
        assert bench.events[0].event_type.value == "Started"
        assert reservation_ids(bench)[0] is None

    run_on_bench(body, AC, start="PowerPathClosed", AuthCtrlr__Enabled="false")


def test_a_driver_who_waits_for_an_evse_does_not_take_the_reserved_one() -> None:
    async def body(bench: StationBench) -> None:
        await present(bench, "B", None)
        await reserve(bench)
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(10)
        assert bench.events == []
        bench.hardware.plug_in(2, 1)
        await asyncio.sleep(10)
        assert bench.events[0].evse == t.EVSEType(id=2, connector_id=1)

    run_on_bench(body, AC, start="PowerPathClosed")
