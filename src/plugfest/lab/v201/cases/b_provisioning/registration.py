"""A CSMS that does not accept a booting station at once."""

from plugfest import clock
from plugfest.lab.v201.bench import Bench
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

INTERVAL = 20
"""Seconds that the lab's CSMS asks a station to wait before it tries again."""


def answer_boot(bench: Bench, status: str, *, times: int | None = 1) -> None:
    """Answer the next BootNotifications with this status; afterwards they are accepted again."""
    bench.csms.answers.use(
        m.BootNotificationRequest,
        lambda _: m.BootNotificationResponse(
            current_time=clock.utc_now(), interval=INTERVAL, status=t.RegistrationStatusEnumType(status)
        ),
        times=times,
    )


async def boot_answered(bench: Bench, status: str) -> float:
    """Power the station off and on, answer its first BootNotification so, and return when that was (loop time)."""
    answer_boot(bench, status)
    await bench.operator.power_cycle()
    boot = await bench.expect(m.BootNotificationRequest, within=bench.settings.boot_timeout)
    return boot.at
