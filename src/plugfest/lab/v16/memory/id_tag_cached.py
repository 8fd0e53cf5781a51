"""IdTagCached: an idTag is in the authorization cache."""

from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.states.charging import charging
from plugfest.lab.v16.states.stopped import stopped, unplugged


async def id_tag_cached(bench: Bench) -> None:
    """Let the station learn the lab's valid idTag by a whole session (3.5.1)."""
    await charging(bench)
    await stopped(bench)
    await unplugged(bench)
    bench.known_state.forget()
