"""Real stations of both versions are killed a few times, and keep what they have acknowledged."""

import asyncio
from pathlib import Path

from tools.power_cuts.__main__ import free_port, lose_power_often
from tools.power_cuts.process import Cut
from tools.power_cuts.v16 import World16
from tools.power_cuts.v201 import World201

KILLS = 2


def test_stations_that_are_killed_keep_everything(tmp_path: Path) -> None:
    async def run() -> None:
        worlds = (World201(tmp_path / "201", 1, tls=False), World16(tmp_path / "16", 2, tls=True))
        for world in worlds:
            world.folder.mkdir()
        await asyncio.gather(*(lose_power_often(world, KILLS) for world in worlds))
        assert [world.findings for world in worlds] == [[], []]
        assert [world.cuts.total() for world in worlds] == [KILLS, KILLS]
        assert all(world.counts["values compared"] for world in worlds)

    asyncio.run(run())


def test_a_status_that_is_not_stored_is_found(tmp_path: Path) -> None:
    async def run() -> None:
        world = World201(tmp_path, 1, tls=False, defect="unstored availability")
        await world.set_up(free_port())
        for _ in range(2):  # the power is cut after the answer; then what the station has is compared
            await world.station.start(Cut())
            await world.connected()
            await world.read_back()
            await world.change_availability()
            await world.station.kill()
        await world.station.close()
        await world.csms.close()
        await world.files.close()
        assert world.findings == ["availability is True, not False"]

    asyncio.run(run())
