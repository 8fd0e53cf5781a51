"""A station with a screen lets the holder of a master pass choose which transactions to stop (C16.FR.01)."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from tests.station.station_bench import StationBench, product_variant, station_bench

from plugfest.clock import run_simulated
from plugfest.hardware.ports import HardwareError
from plugfest.station.model.authorization.token_handler import MENU_TIMEOUT

STOPPED = "Ended StopAuthorized EVConnected because MasterPass"


async def present(bench: StationBench, token: str, evse_id: int | None = None) -> None:
    bench.hardware.present_token(token, "ISO14443", evse_id)
    await asyncio.sleep(5)


def run_on_bench(folder: Path, body: Callable[[StationBench], Awaitable[None]]) -> None:
    """Run `body` after a master pass was presented while two EVs are charging."""

    async def run() -> None:
        product = product_variant(folder, "alpitronic-hyc-200-eu", {"C-07": True})
        variables = {"AuthCtrlr__MasterPassGroupId": "MASTER"}
        async with station_bench(product, start="Authorized", stop="Authorized", **variables) as bench:
            bench.groups["D0"] = "MASTER"
            for evse_id in (1, 2):
                bench.hardware.plug_in(evse_id, 1)
                await present(bench, f"C{evse_id}", evse_id)
            await present(bench, "D0", 1)
            await body(bench)

    run_simulated(run())


def ended(bench: StationBench) -> int:
    return bench.transcript().count(STOPPED)


def test_nothing_stops_before_the_choice(tmp_path: Path) -> None:
    async def body(bench: StationBench) -> None:
        assert ended(bench) == 0
        assert bench.hardware.display is not None
        assert bench.hardware.display.offered == {1, 2}

    run_on_bench(tmp_path, body)


@pytest.mark.parametrize("chosen", [[1], [2], [1, 2]])
def test_chosen_transactions_stop_and_the_others_continue(tmp_path: Path, chosen: list[int]) -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.choose(chosen)
        await asyncio.sleep(5)
        assert ended(bench) == len(chosen)
        flows = {evse_id for evse_id in (1, 2) if bench.hardware.evses[evse_id].meter.read().power > 0}
        assert flows == {1, 2} - set(chosen)

    run_on_bench(tmp_path, body)


def test_the_choice_ends_after_a_timeout(tmp_path: Path) -> None:
    async def body(bench: StationBench) -> None:
        await asyncio.sleep(MENU_TIMEOUT)
        with pytest.raises(HardwareError, match="offers no choice"):
            bench.hardware.choose([1])

    run_on_bench(tmp_path, body)


def test_the_next_token_ends_the_choice(tmp_path: Path) -> None:
    async def body(bench: StationBench) -> None:
        await present(bench, "C2", 2)
        with pytest.raises(HardwareError, match="offers no choice"):
            bench.hardware.choose([1])

    run_on_bench(tmp_path, body)
