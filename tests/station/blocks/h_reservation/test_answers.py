"""The answers to ReserveNow (H01)."""

import asyncio

import pytest
from tests.station.blocks.h_reservation.reservations import AC, cancel, change, present, reserve
from tests.station.station_bench import StationBench, run_on_bench

from plugfest.link.errors import CallErrorReceived


def test_rejections() -> None:
    async def body(bench: StationBench) -> None:
        assert await reserve(bench, 9) == "Rejected"
        assert await reserve(bench, 1, seconds=-5) == "Rejected"
        await bench.set("ReservationCtrlr.Enabled", "false")
        assert await reserve(bench, 1) == "Rejected"  # H01.FR.01
        assert bench.connector_statuses(1) == ["Available"]
        assert await cancel(bench) == "Rejected"  # H02.FR.01

    run_on_bench(body, AC)


def test_statuses_of_evses_that_are_not_available() -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(1)
        assert await reserve(bench, 1) == "Occupied"
        bench.hardware.fault(1, 1, present=True)
        await asyncio.sleep(1)
        assert await reserve(bench, 1) == "Faulted"  # H01.FR.12
        await change(bench, "Inoperative", 2)
        assert await reserve(bench, 2) == "Unavailable"  # H01.FR.14
        await change(bench, "Inoperative", None)
        bench.hardware.fault(1, 1, present=False)
        await asyncio.sleep(1)
        assert await reserve(bench, None) == "Unavailable"

    run_on_bench(body, AC)


def test_a_reservation_is_replaced_even_while_a_cable_is_plugged_in() -> None:
    async def body(bench: StationBench) -> None:
        await reserve(bench)
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(1)
        assert await reserve(bench, token="B") == "Accepted"  # H01.FR.02
        await present(bench, "A")
        assert bench.connector_statuses(1)[-1] == "Reserved"
        await present(bench, "B")
        assert bench.connector_statuses(1)[-1] == "Occupied"

    run_on_bench(body, AC, start="Authorized")


def test_a_station_without_reservations_supports_none_of_the_requests() -> None:
    async def body(bench: StationBench) -> None:
        with pytest.raises(CallErrorReceived, match="NotSupported"):
            await reserve(bench)
        with pytest.raises(CallErrorReceived, match="NotSupported"):
            await cancel(bench)

    run_on_bench(body)
