"""Reservations of any EVSE, and of a connector type (H01)."""

import asyncio
from pathlib import Path

from tests.station.blocks.h_reservation.reservations import AC, cancel, present, reservation_ids, reserve, updates
from tests.station.station_bench import StationBench, product_variant, run_on_bench


def test_as_many_reservations_as_evses_reserve_them_all() -> None:
    async def body(bench: StationBench) -> None:
        assert await reserve(bench, None) == "Accepted"
        assert bench.connector_statuses(1) == bench.connector_statuses(2) == ["Available"]
        assert await reserve(bench, None, id=6, token="B") == "Accepted"
        assert bench.connector_statuses(1)[-1] == bench.connector_statuses(2)[-1] == "Reserved"  # H01.FR.20
        assert await reserve(bench, None, id=7, token="C") == "Occupied"  # H01.FR.11
        assert await cancel(bench, 6) == "Accepted"
        assert bench.connector_statuses(1)[-1] == bench.connector_statuses(2)[-1] == "Available"  # H02.FR.06

    run_on_bench(body, AC)


def test_the_last_evse_is_kept_even_with_the_cable_of_another_driver() -> None:
    async def body(bench: StationBench) -> None:
        await reserve(bench, None)
        await present(bench, "B", 1)
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(10)
        assert bench.connector_statuses(2)[-1] == "Reserved"  # H01.FR.07
        bench.hardware.plug_in(2, 1)
        await present(bench, "C", 2)
        assert bench.connector_statuses(2)[-1] == "Reserved"
        await present(bench, "A", 2)
        assert bench.connector_statuses(2)[-1] == "Occupied"
        assert [each for each in reservation_ids(bench) if each is not None] == [5]

    run_on_bench(body, AC, start="EVConnected", stop="EVConnected")


def test_a_specific_reservation_does_not_take_the_place_of_another() -> None:
    async def body(bench: StationBench) -> None:
        assert await reserve(bench, 1, id=1) == "Accepted"
        assert await reserve(bench, None, id=2, token="B") == "Accepted"
        assert bench.connector_statuses(2)[-1] == "Reserved"
        assert await reserve(bench, 1, id=2, token="B") == "Occupied"
        assert await reserve(bench, 2, id=2, token="B") == "Accepted"  # H01.FR.02

    run_on_bench(body, AC)


def test_connector_types() -> None:
    async def body(bench: StationBench) -> None:
        assert await reserve(bench, None, kind="cCCS2") == "Rejected"
        assert await reserve(bench, 1, kind="cCCS2") == "Rejected"
        assert await reserve(bench, None, kind="sType2") == "Accepted"  # H01.FR.06
        assert await reserve(bench, None, id=6, token="B", kind="sType2") == "Accepted"
        assert bench.connector_statuses(1)[-1] == bench.connector_statuses(2)[-1] == "Reserved"  # H01.FR.24
        assert await reserve(bench, None, id=7, token="C", kind="sType2") == "Occupied"
        await present(bench, "B", 2)
        assert reservation_ids(bench) == [6]  # H03.FR.02

    run_on_bench(body, AC, start="Authorized")


SECOND_EVSE = 'phases = 1\nconnectors = [\n  { id = 1, type = "sType2", cable = "Detachable" },\n'
OTHER_TYPE = '  { id = 2, type = "s309-1P-16A", cable = "Detachable" },\n'


def test_only_the_evses_with_the_connector_type_are_kept(tmp_path: Path) -> None:
    async def body(bench: StationBench) -> None:
        def statuses() -> list[str]:
            return [bench.connector_statuses(evse_id)[-1] for evse_id in (1, 2)]

        assert await reserve(bench, None, kind="s309-1P-16A") == "Accepted"
        assert statuses() == ["Available", "Reserved"]  # H01.FR.24
        assert await reserve(bench, None, id=6, token="B", kind="sType2") == "Accepted"
        assert statuses() == ["Reserved", "Reserved"]
        assert await reserve(bench, 2, id=7, token="C") == "Occupied"
        bench.hardware.fault(2, 2, present=True)
        await asyncio.sleep(1)
        assert updates(bench) == [(5, "Removed")]  # H01.FR.16: no connector of the type works any more
        assert await reserve(bench, None, id=8, token="D", kind="s309-1P-16A") == "Faulted"

    run_on_bench(body, product_variant(tmp_path, AC, {}, **{SECOND_EVSE: SECOND_EVSE + OTHER_TYPE}))
