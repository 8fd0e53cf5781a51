"""A CSMS that answers BootNotificationRequests with Pending or Rejected."""

from plugfest import clock
from plugfest.lab.v201.bench import Bench
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

INTERVAL = 20
"""Interval in the BootNotificationResponse, in seconds."""


def answer_boot(bench: Bench, status: str, *, times: int | None = 1) -> None:
    """Answer the next BootNotificationRequests with this status, and accept those after them."""
    bench.csms.answers.override(
        m.BootNotificationRequest,
        lambda _: m.BootNotificationResponse(
            current_time=clock.utc_now(), interval=INTERVAL, status=t.RegistrationStatusEnumType(status)
        ),
        times=times,
    )


async def boot_answered(bench: Bench, status: str) -> float:
    """Power-cycle the station and answer its first BootNotificationRequest with this status.

    Returns the arrival of that request (loop time).
    """
    answer_boot(bench, status)
    await bench.operator.power_cycle()
    boot = await bench.expect(m.BootNotificationRequest, within=bench.settings.boot_timeout)
    return boot.at
