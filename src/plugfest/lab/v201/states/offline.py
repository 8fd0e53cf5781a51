"""The station loses its CSMS and finds it again: what happens in between, it tells afterwards."""

from datetime import datetime, timedelta
from typing import cast

import msgspec

from plugfest import clock
from plugfest.lab.csms.inbox import AnyReceived
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.points import Event, note
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m

WAIT_MINIMUM = "OCPPCommCtrlr.RetryBackOffWaitMinimum"

QUIET = 5.0
"""Seconds without a further event after which the queue of a station counts as empty."""


class Outage(msgspec.Struct, frozen=True):
    """A time without connection, by the lab's clock, and the record's first frame after it."""

    ended: datetime
    first_frame: int


async def offline(bench: Bench) -> None:
    """The connection breaks and none is accepted. What was said before has been answered by then."""
    await bench.settle()
    bench.csms.go_offline()
    await bench.csms.wait_disconnected(within=bench.settings.response_timeout)


async def back_online(bench: Bench) -> Outage:
    """Connections are accepted, and the station makes one: at its first or second attempt (Part 4 section 5.3)."""
    before, first_frame = len(bench.csms.connections), bench.csms.last_frame + 1
    within = bench.settings.reconnect_timeout + 2 * float(bench.configuration.value(WAIT_MINIMUM) or 0)
    bench.csms.go_online()
    if not await bench.csms.wait_connected(within=within, after=before):
        bench.judge.missing("the station connects again", "", f"not within {within:g} s")
    return Outage(clock.utc_now(), first_frame)


async def queued_events(bench: Bench, outage: Outage) -> list[Event]:
    """Take the transaction events of the time offline, as many as come, and judge how they are marked.

    Those are the events that say so, and those that are older than the reconnection by more than the tolerance.
    """
    latest = outage.ended - timedelta(seconds=bench.settings.time_tolerance)

    def of_the_outage(one: AnyReceived) -> bool:
        message = one.message
        return isinstance(message, m.TransactionEventRequest) and (
            message.offline is True or message.timestamp < latest
        )

    events: list[Event] = []
    while True:
        within = QUIET if events else bench.settings.function_timeout
        event = await bench.csms.inbox.first(of_the_outage, within=within)
        if event is None:
            break
        events.append(cast(Event, event))
    bench.check(bool(events), "TransactionEventRequests of the time offline", "none")
    for event in sorted(events, key=lambda one: one.message.seq_no):
        note(bench, event)
    judge_offline_flags(bench, outage)
    return events


def judge_offline_flags(bench: Bench, outage: Outage) -> None:
    """Every event that was sent after the reconnection says truly whether it happened offline (E11.FR.02, E12.FR.02).

    One within the tolerance of the reconnection may be of either side.
    """
    tolerance = timedelta(seconds=bench.settings.time_tolerance)
    for transaction in bench.ledger.transactions.values():
        for event in transaction.events:
            distance = event.message.timestamp - outage.ended
            if event.frame < outage.first_frame or abs(distance) <= tolerance:
                continue
            expected = distance < timedelta()
            bench.check(
                bool(given(event.message.offline)) is expected,
                f"offline {str(expected).lower()} in the event of {event.message.timestamp.isoformat()}",
                event.message.offline,
                frame=event.frame,
            )
