"""Cold boot with a CSMS that answers Pending or Rejected first."""

from plugfest import clock
from plugfest.lab.case import case
from plugfest.lab.csms.inbox import ReceivedRequest
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.states.configuration_keys import change_configuration, get_configuration
from plugfest.lab.v16.states.connector_status import all_connectors_report
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

RETRY_INTERVAL = 20
"""Interval in the BootNotification.conf that does not accept the station, in seconds."""

HEARTBEAT_INTERVAL = 20
"""Interval in the accepting BootNotification.conf, in seconds: long against the tolerance."""

HEARTBEATS = 3

SAMPLE_INTERVAL = "MeterValueSampleInterval"


def answer_boot(bench: Bench, status: str, interval: int, *, times: int | None = None) -> None:
    """Answer the next BootNotifications with this status and interval."""
    response = t.BootNotificationResponseStatus(status)
    bench.csms.answers.override(
        m.BootNotificationRequest,
        lambda _: m.BootNotificationResponse(current_time=clock.utc_now(), interval=interval, status=response),
        times=times,
    )


async def boot_answered(bench: Bench, status: str) -> ReceivedRequest[m.BootNotificationRequest]:
    """Power-cycle the station, answer its first BootNotification with this status, and accept the next ones."""
    answer_boot(bench, status, RETRY_INTERVAL, times=1)
    answer_boot(bench, "Accepted", HEARTBEAT_INTERVAL)
    await bench.operator.power_cycle()
    return await bench.expect(m.BootNotificationRequest, within=bench.settings.boot_timeout)


async def second_boot(bench: Bench, first: ReceivedRequest[m.BootNotificationRequest]) -> None:
    """The second BootNotification comes after the interval, and no other request before it (4.2)."""
    again = await bench.expect(m.BootNotificationRequest, within=RETRY_INTERVAL + bench.settings.boot_timeout)
    waited = round(again.at - first.at, 1)  # arrival times are no more precise
    bench.check(
        waited >= RETRY_INTERVAL,
        f"at least {RETRY_INTERVAL} s between the two BootNotifications",
        f"{waited} s",
        frame=again.frame.index,
    )
    early = [request for request in bench.csms.inbox.unconsumed() if first.number < request.number < again.number]
    bench.check(
        not early,
        "no request between the two BootNotifications",
        ", ".join(type(request.message).__name__ for request in early),
        frame=early[0].frame.index if early else None,
    )


async def heartbeats(bench: Bench) -> None:
    """Heartbeats come at the interval of the accepting answer (4.2)."""
    within = 2 * HEARTBEAT_INTERVAL + bench.settings.time_tolerance  # the first may be skipped after the statuses (4.6)
    before = await bench.expect(m.HeartbeatRequest, within=within)
    for _ in range(HEARTBEATS - 1):
        after = await bench.expect(m.HeartbeatRequest, within=within)
        between = any(before.number < request.number < after.number for request in bench.csms.inbox.since_mark())
        apart = after.at - before.at
        bench.check(
            is_heartbeat_interval(apart, others=between, tolerance=bench.settings.time_tolerance),
            f"{HEARTBEAT_INTERVAL} s between heartbeats",
            f"{apart:.1f} s",
            frame=after.frame.index,
        )
        before = after


def is_heartbeat_interval(seconds: float, *, others: bool, tolerance: float) -> bool:
    """Whether two heartbeats may be so far apart; with other requests between them one may be skipped (4.6)."""
    latest = 2 * HEARTBEAT_INTERVAL if others else HEARTBEAT_INTERVAL
    return HEARTBEAT_INTERVAL - tolerance <= seconds <= latest + tolerance


@case("TC_001_CS", requirements=("section 4.2", "section 4.6"))
async def rejected(bench: Bench) -> None:
    first = await boot_answered(bench.step(1), "Rejected")
    await second_boot(bench.step(3), first)
    await all_connectors_report(bench.step(5, "section 4.9, errata sheet 3.22"))
    await heartbeats(bench.step(7))


@case("TC_002_CS", requirements=("section 4.2", "section 4.6"))
async def pending(bench: Bench) -> None:
    """Derived: the document does not name the key that is read and changed; every station has this one."""
    first = await boot_answered(bench.step(1), "Pending")
    bench.step(3, "section 5.8")
    await get_configuration(bench, SAMPLE_INTERVAL)
    bench.step(5, "section 5.3")
    await change_configuration(bench, SAMPLE_INTERVAL, str(bench.settings.sampled_interval))
    await second_boot(bench.step(7), first)
    await all_connectors_report(bench.step(9, "section 4.9, errata sheet 3.22"))
    await heartbeats(bench.step(11))
