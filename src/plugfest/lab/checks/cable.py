"""The charging cable of a driver who has stopped."""

from collections.abc import Awaitable

from plugfest.lab.bench import AnyBench
from plugfest.lab.verdict import CableHeld


async def cable_released(bench: AnyBench, unplugging: Awaitable[None]) -> None:
    """Unplug a cable that the driver may take; a lock that still holds it fails the case."""
    try:
        await unplugging
    except CableHeld as held:
        bench.judge.check(False, "the cable can be unplugged", str(held))
