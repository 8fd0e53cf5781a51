"""B11 Reset - Without Ongoing Transaction."""

from typing import NamedTuple

from plugfest.lab.case import case
from plugfest.lab.csms.inbox import ReceivedRequest
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.g_availability.availability import connector_unavailable, connector_under_test, statuses
from plugfest.lab.v201.states.booted import AFTER_RESET, boot_reported
from plugfest.lab.v201.states.connector_status import connectors
from plugfest.lab.v201.states.reserved import reserved
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


def reset(kind: str, evse_id: int | None = None) -> m.ResetRequest:
    """Reset of the station, or of one EVSE."""
    return m.ResetRequest(type=t.ResetEnumType(kind), evse_id=UNSET if evse_id is None else evse_id)


@case("TC_B_20_CS", requirements=("B11.FR.01", "B11.FR.03", "B11.FR.04", "B01.FR.03"))
async def on_idle(bench: Bench) -> None:
    bench.csms.inbox.set_mark()
    await bench.step(2).call(reset("OnIdle"), status="Accepted")
    bench.step(3, "B11.FR.01")
    await boot_reported(bench, reason=AFTER_RESET)


@case(
    "TC_B_23_CS",
    requirements=("B11.FR.01", "B11.FR.02", "B11.FR.03", "B11.FR.04", "B01.FR.03"),
    before=connector_unavailable,
)
async def unavailable_persists(bench: Bench) -> None:
    bench.csms.inbox.set_mark()
    await bench.step(2).call(reset("OnIdle"), status="Accepted")
    bench.step(3, "B01.FR.03")
    await boot_reported(bench, reason=AFTER_RESET, statuses=statuses(bench, [connector_under_test(bench)]))


@case("TC_B_24_CS", requirements=("B11.FR.01", "B11.FR.03", "B11.FR.04", "B11.FR.05", "B01.FR.03"), before=reserved)
async def reserved_persists(bench: Bench) -> None:
    bench.csms.inbox.set_mark()
    await bench.step(2).call(reset("Immediate"), status="Accepted")  # erratum 6.2.16: a reserved EVSE is not idle
    bench.step(3, "B01.FR.03")
    of_evse = connectors(bench, bench.settings.evse_id)
    await boot_reported(
        bench,
        reason=AFTER_RESET,
        statuses={place: "Reserved" if place in of_evse else "Available" for place in connectors(bench)},
    )


@case("TC_B_25_CS", requirements=("B11.FR.01", "B11.FR.08", "B11.FR.10"))
async def of_an_evse(bench: Bench) -> None:
    before = CountsBeforeReset.now(bench)
    await bench.step(2).call(reset("OnIdle", bench.settings.evse_id), status="Accepted")
    await no_boot(bench, since=before)


class CountsBeforeReset(NamedTuple):
    """The numbers of requests and of connections before a reset."""

    requests: int
    connections: int

    @classmethod
    def now(cls, bench: Bench) -> "CountsBeforeReset":
        bench.csms.inbox.set_mark()
        return cls(bench.csms.inbox.mark, bench.csms.connection_count)


async def no_boot(bench: Bench, *, since: CountsBeforeReset) -> None:
    """The station does not boot when only an EVSE is reset (B11.FR.08).

    If it has disconnected, it may be booting: then the lab waits for the BootNotificationRequest of a boot.
    """

    def boots() -> list[ReceivedRequest[m.BootNotificationRequest]]:
        every = bench.csms.inbox.of_type(m.BootNotificationRequest)
        return [each for each in every if each.number >= since.requests]

    await bench.wait(bench.settings.time_tolerance)
    if not bench.csms.connected or bench.csms.connection_count > since.connections:
        await bench.until(lambda: bool(boots()), within=bench.settings.boot_timeout)
    frame = boots()[0].frame.index if boots() else None
    bench.check(not boots(), "no BootNotificationRequest after the reset of an EVSE", "sent", frame=frame)


@case("TC_B_28_CS", requirements=("B11.FR.01", "B11.FR.09"))
async def of_an_evse_not_supported(bench: Bench) -> None:
    await bench.step(2).call(reset("OnIdle", bench.settings.evse_id), status="Rejected")
