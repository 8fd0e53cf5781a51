"""Cold boot: a CSMS that does not accept the station at once."""

from plugfest import clock
from plugfest.lab.case import case
from plugfest.lab.csms.inbox import ReceivedRequest
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.states.configuration_keys import change_configuration, get_configuration
from plugfest.lab.v16.states.connector_status import all_connectors_report
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

WAIT = 20
"""Seconds that a station is asked to wait before it tries again."""

HEARTBEAT = 10
"""Seconds between heartbeats, beyond the tolerance."""

HEARTBEATS = 3

SAMPLE_INTERVAL = "MeterValueSampleInterval"


def answer_boot(bench: Bench, status: str, interval: int, *, times: int | None = None) -> None:
    """Answer the next BootNotifications so."""
    response = t.BootNotificationResponseStatus(status)
    bench.csms.answers.override(
        m.BootNotificationRequest,
        lambda _: m.BootNotificationResponse(current_time=clock.utc_now(), interval=interval, status=response),
        times=times,
    )


async def boots(bench: Bench, status: str) -> ReceivedRequest[m.BootNotificationRequest]:
    """Switch the station off and on, and answer its first BootNotification so."""
    answer_boot(bench, status, WAIT, times=1)
    answer_boot(bench, "Accepted", HEARTBEAT)
    await bench.operator.power_cycle()
    return await bench.expect(m.BootNotificationRequest, within=bench.settings.boot_timeout)


async def boots_again(bench: Bench, first: ReceivedRequest[m.BootNotificationRequest]) -> None:
    """The second BootNotification comes after the interval, and no other request before it (4.2)."""
    again = await bench.expect(m.BootNotificationRequest, within=WAIT + bench.settings.boot_timeout)
    waited = round(again.at - first.at, 1)  # as exact as two arrivals tell
    bench.check(waited >= WAIT, f"{WAIT} s or more between the two", f"{waited} s", frame=again.frame.index)
    early = [one for one in bench.csms.inbox.unconsumed() if first.number < one.number < again.number]
    bench.check(
        not early,
        "no request between the two BootNotifications",
        ", ".join(type(one.message).__name__ for one in early),
        frame=early[0].frame.index if early else None,
    )


async def heartbeats(bench: Bench) -> None:
    """The interval of the accepting answer is that of the heartbeats (4.2), where nothing else is said meanwhile."""
    before = await bench.expect(m.HeartbeatRequest, within=HEARTBEAT + bench.settings.function_timeout)
    silent = before.at - max(one.at for one in bench.csms.inbox.since_mark() if one.at < before.at)
    bench.check(
        silent <= HEARTBEAT + bench.settings.time_tolerance,
        f"a heartbeat after {HEARTBEAT} s of silence",
        f"after {silent:.1f} s",
        frame=before.frame.index,
    )
    for _ in range(HEARTBEATS - 1):
        after = await bench.expect(m.HeartbeatRequest, within=HEARTBEAT + bench.settings.function_timeout)
        apart = after.at - before.at
        bench.check(
            abs(apart - HEARTBEAT) <= bench.settings.time_tolerance,
            f"{HEARTBEAT} s between heartbeats",
            f"{apart:.1f} s",
            frame=after.frame.index,
        )
        before = after


@case("TC_001_CS", requirements=("section 4.2", "section 4.6"))
async def rejected(bench: Bench) -> None:
    first = await boots(bench.step(1), "Rejected")
    await boots_again(bench.step(3), first)
    await all_connectors_report(bench.step(5, "section 4.9, errata sheet 3.22"))
    await heartbeats(bench.step(7))


@case("TC_002_CS", requirements=("section 4.2", "section 4.6"))
async def pending(bench: Bench) -> None:
    """Which key is read and changed is not told; one that every station has and that the lab may change."""
    first = await boots(bench.step(1), "Pending")
    bench.step(3, "section 5.8")
    await get_configuration(bench, SAMPLE_INTERVAL)
    bench.step(5, "section 5.3")
    await change_configuration(bench, SAMPLE_INTERVAL, str(bench.settings.sampled_interval))
    await boots_again(bench.step(7), first)
    await all_connectors_report(bench.step(9, "section 4.9, errata sheet 3.22"))
    await heartbeats(bench.step(11))
