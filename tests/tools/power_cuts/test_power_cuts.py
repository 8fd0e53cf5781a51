"""Real stations of both versions are killed a few times, and keep what they have acknowledged."""

import asyncio
from pathlib import Path

from tools.power_cuts.__main__ import lose_power_often
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
