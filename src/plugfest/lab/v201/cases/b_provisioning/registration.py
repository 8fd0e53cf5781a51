"""A CSMS that answers BootNotificationRequests with Pending or Rejected."""

from plugfest import clock
from plugfest.lab.csms.inbox import ReceivedRequest
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.booted import AFTER_POWER_CYCLE
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

INTERVAL = 20
"""Interval in the BootNotificationResponse with status Rejected, in seconds; long against the tolerance."""

PENDING_INTERVAL = 60
"""Interval with status Pending, in seconds; longer than the time in which the station sends a triggered message."""


def boot_answer(status: str) -> m.BootNotificationResponse:
    """The answer to a BootNotificationRequest that does not accept the station."""
    return m.BootNotificationResponse(
        current_time=clock.utc_now(),
        interval=PENDING_INTERVAL if status == "Pending" else INTERVAL,
        status=t.RegistrationStatusEnumType(status),
    )


async def boot_answered(
    bench: Bench, status: str, *, times: int | None = 1
) -> ReceivedRequest[m.BootNotificationRequest]:
    """Power-cycle the station and answer its next BootNotificationRequests with this status; accept those after them.

    Returns the first of them.
    """
    bench.csms.answers.override(m.BootNotificationRequest, lambda _: boot_answer(status), times=times)
    await bench.operator.power_cycle()
    within = bench.settings.boot_timeout
    return await bench.expect(m.BootNotificationRequest, within=within, reason=AFTER_POWER_CYCLE)


def accept_triggered_boot(bench: Bench) -> None:
    """Accept a triggered BootNotificationRequest; the others, which the interval causes, stay pending."""
    answers = bench.csms.answers

    def answer(request: m.BootNotificationRequest) -> m.BootNotificationResponse:
        if request.reason != "Triggered":
            return boot_answer("Pending")
        accepted = answers.default(request)
        assert isinstance(accepted, m.BootNotificationResponse)
        return accepted

    answers.reset(m.BootNotificationRequest)
    answers.override(m.BootNotificationRequest, answer)
