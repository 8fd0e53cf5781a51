"""A connection loss: the CSMS goes offline and online again."""

from datetime import datetime

import msgspec

from plugfest import clock
from plugfest.lab.bench import AnyBench


class Outage(msgspec.Struct, frozen=True):
    """A time without connection: its end by the lab's clock, and the record's first frame after it."""

    ended: datetime
    first_frame: int


async def offline(bench: AnyBench) -> None:
    """Break the connection and refuse new ones, once the station has received every answer."""
    await bench.settle()
    bench.csms.go_offline()
    await bench.csms.wait_disconnected(within=bench.settings.response_timeout)


async def back_online(bench: AnyBench, *, extra_time: float = 0.0) -> Outage:
    """Accept connections again; the station connects within the lab's reconnect timeout and `extra_time` seconds.

    OCPP-J 1.6 section 5.4 does not limit the time between two attempts.
    """
    before, first_frame = bench.csms.connection_count, bench.csms.last_frame + 1
    within = bench.settings.reconnect_timeout + extra_time
    bench.csms.go_online()
    if not await bench.csms.wait_connected(within=within, after=before):
        bench.judge.fail_missing("the station connects again", "", f"not within {within:g} s")
    return Outage(clock.utc_now(), first_frame)
