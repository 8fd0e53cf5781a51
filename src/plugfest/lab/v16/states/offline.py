"""The station loses its CSMS and finds it again: what happens in between, it tells afterwards."""

from plugfest.lab.v16.bench import Bench


async def offline(bench: Bench) -> None:
    """The connection breaks and none is accepted. What was said before has been answered by then."""
    await bench.settle()
    bench.csms.go_offline()
    await bench.csms.wait_disconnected(within=bench.settings.response_timeout)


async def back_online(bench: Bench) -> int:
    """Connections are accepted, and the station makes one; the record's first frame after that.

    OCPP-J 5.4 leaves it to the station how long it waits between two attempts.
    """
    before, first_frame = len(bench.csms.connections), bench.csms.last_frame + 1
    within = bench.settings.reconnect_timeout
    bench.csms.go_online()
    if not await bench.csms.wait_connected(within=within, after=before):
        bench.judge.missing("the station connects again", "", f"not within {within:g} s")
    return first_frame
