"""Reservations that end unused (H01, H02, H04)."""

import asyncio

import pytest
from tests.station.blocks.h_reservation.reservations import AC, cancel, change, reserve, updates
from tests.station.station_bench import StationBench, run_on_bench


def test_an_unused_reservation_expires() -> None:
    async def body(bench: StationBench) -> None:
        await reserve(bench, seconds=60)
        await asyncio.sleep(50)
        assert bench.connector_statuses(1)[-1] == "Reserved"
        await asyncio.sleep(12)
        assert bench.connector_statuses(1)[-1] == "Available"  # H04.FR.03
        assert updates(bench) == [(5, "Expired")]  # H04.FR.01

    run_on_bench(body, AC)


def test_the_status_is_reported_before_the_end_of_the_reservation() -> None:
    """Each waits for the answer to the one before: on a slow connection a later status would be late."""

    async def body(bench: StationBench) -> None:
        await reserve(bench, seconds=60)
        await asyncio.sleep(50)
        before = len(bench.csms.received)
        await asyncio.sleep(12)
        sent = [request.action for _, request in bench.csms.received[before:]]
        assert sent.index("StatusNotification") < sent.index("ReservationStatusUpdate")

    run_on_bench(body, AC)


def test_a_cancelled_reservation_is_not_reported() -> None:
    async def body(bench: StationBench) -> None:
        await reserve(bench)
        assert await cancel(bench) == "Accepted"
        assert bench.connector_statuses(1) == ["Available", "Reserved", "Available"]  # H02.FR.04
        assert updates(bench) == []

    run_on_bench(body, AC)


@pytest.mark.parametrize("evse_id", [1, None])
def test_a_reservation_that_cannot_be_kept_is_removed(evse_id: int | None) -> None:
    async def body(bench: StationBench) -> None:
        await reserve(bench, evse_id)
        bench.hardware.fault(1, 1, present=True)
        await change(bench, "Inoperative", 2)
        assert updates(bench) == [(5, "Removed")]  # H01.FR.16, H01.FR.17
        assert await cancel(bench) == "Rejected"

    run_on_bench(body, AC)


def test_the_latest_of_several_reservations_of_any_evse_is_removed() -> None:
    async def body(bench: StationBench) -> None:
        await reserve(bench, None, id=5)
        await reserve(bench, None, id=6, token="B")
        await change(bench, "Inoperative", 1)
        assert updates(bench) == [(6, "Removed")]
        assert bench.connector_statuses(2)[-1] == "Reserved"

    run_on_bench(body, AC)
