"""A station with a screen lets the holder of a master pass choose which transactions to stop (C16.FR.01)."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from tests.station.scene import Scene, scene, variant

from plugfest.clock import run_simulated
from plugfest.hardware.ports import HardwareError
from plugfest.station.model.authorization.token_handler import MENU_TIMEOUT

STOPPED = "Ended StopAuthorized EVConnected because MasterPass"


async def present(it: Scene, token: str, evse_id: int | None = None) -> None:
    it.operator.present_token(token, "ISO14443", evse_id)
    await asyncio.sleep(5)


def play(folder: Path, body: Callable[[Scene], Awaitable[None]]) -> None:
    """Two EVs charge when the master pass is presented; then comes `body`."""

    async def run() -> None:
        product = variant(folder, "alpitronic-hyc-200-eu", {"C-07": True})
        variables = {"AuthCtrlr__MasterPassGroupId": "MASTER"}
        async with scene(product, start="Authorized", stop="Authorized", **variables) as it:
            it.groups["POLICE"] = "MASTER"
            for evse_id in (1, 2):
                it.operator.plug_in(evse_id, 1)
                await present(it, f"CARD{evse_id}", evse_id)
            await present(it, "POLICE", 1)
            await body(it)

    run_simulated(run())


def ended(it: Scene) -> int:
    return it.story().count(STOPPED)


def test_nothing_stops_before_somebody_has_chosen(tmp_path: Path) -> None:
    async def body(it: Scene) -> None:
        assert ended(it) == 0
        assert it.operator.display is not None
        assert it.operator.display.offered == {1, 2}

    play(tmp_path, body)


@pytest.mark.parametrize("chosen", [[1], [2], [1, 2]])
def test_what_is_chosen_stops_and_the_rest_goes_on(tmp_path: Path, chosen: list[int]) -> None:
    async def body(it: Scene) -> None:
        it.operator.choose(chosen)
        await asyncio.sleep(5)
        assert ended(it) == len(chosen)
        flows = {evse_id for evse_id in (1, 2) if it.operator.evses[evse_id].meter.read().power > 0}
        assert flows == {1, 2} - set(chosen)

    play(tmp_path, body)


def test_who_does_not_choose_in_time_has_no_choice_any_more(tmp_path: Path) -> None:
    async def body(it: Scene) -> None:
        await asyncio.sleep(MENU_TIMEOUT)
        with pytest.raises(HardwareError, match="offers no choice"):
            it.operator.choose([1])

    play(tmp_path, body)


def test_the_next_token_ends_the_choice(tmp_path: Path) -> None:
    async def body(it: Scene) -> None:
        await present(it, "CARD2", 2)
        with pytest.raises(HardwareError, match="offers no choice"):
            it.operator.choose([1])

    play(tmp_path, body)
