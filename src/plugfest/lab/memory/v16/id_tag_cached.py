"""IdTagCached: an idTag is in the authorization cache."""

from typing import TYPE_CHECKING

from plugfest.lab.states.v16.charging import charging
from plugfest.lab.states.v16.stopped import stopped, unplugged

if TYPE_CHECKING:
    from plugfest.lab.v16.bench import Bench


async def id_tag_cached(bench: "Bench") -> None:
    """Let the station learn the lab's valid idTag by a whole session (3.5.1)."""
    await charging(bench)
    await stopped(bench)
    await unplugged(bench)
    bench.situation.forget()
