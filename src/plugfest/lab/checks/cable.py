"""Whether the station releases the charging cable."""

from collections.abc import Awaitable

from plugfest.lab.bench import AnyBench
from plugfest.lab.verdict import CableHeld


async def cable_released(bench: AnyBench, unplugging: Awaitable[None]) -> None:
    """Unplug a cable that has to be released. If it is still locked, the case fails."""
    try:
        await unplugging
    except CableHeld as held:
        bench.judge.check(False, "the cable can be unplugged", str(held))
