"""Offline: a session that the CSMS does not see, and the events that the station queues meanwhile."""

from datetime import timedelta
from typing import cast

from plugfest.lab.checks import outage
from plugfest.lab.checks.outage import Outage, offline
from plugfest.lab.csms.inbox import AnyReceived
from plugfest.lab.settings import Token
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.authorized import START_BUTTON, default_token
from plugfest.lab.v201.states.ev_connected import has_bay_sensor, has_fixed_cable, plug_in_blocked
from plugfest.lab.v201.states.transaction_event import Event, track_transaction
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m

WAIT_MINIMUM = "OCPPCommCtrlr.RetryBackOffWaitMinimum"

QUIET = 5.0
"""Seconds without a further event after which the queue of a station counts as empty."""


async def back_online(bench: Bench) -> Outage:
    """Accept connections again; the station connects at its first or second attempt (Part 4 section 5.3)."""
    wait = float(bench.configuration.value(WAIT_MINIMUM) or 0)
    return await outage.back_online(bench, extra_time=2 * wait)


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
        track_transaction(bench, event)
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


async def start_offline_transaction(bench: Bench) -> None:
    """StartOfflineTransaction: offline, into the bay, token, cable, and energy flows. The station is still offline."""
    await offline(bench)
    await park_ev(bench)
    await present_and_settle(bench, default_token(bench, "local"))
    await connect_ev(bench)
    await bench.wait(bench.settings.transaction_duration)


def offline_token(bench: Bench) -> Token:
    """What starts a session offline: the start button where the product has no way to know a token then (C-01)."""
    knows = bench.product.supports("C-01") and any(bench.product.supports(id) for id in ("C-02", "C-49", "LA-0"))
    return default_token(bench, "local") if knows or not bench.product.supports("C-35") else START_BUTTON


async def park_ev(bench: Bench) -> None:
    """The EV drives into the bay, where the product would notice."""
    if has_bay_sensor(bench):
        await bench.operator.park(bench.settings.evse_id)
        await bench.settle()


async def connect_ev(bench: Bench) -> None:
    """The driver plugs in."""
    await bench.operator.plug_in(bench.settings.evse_id, bench.settings.connector_id)


async def present_and_settle(bench: Bench, token: Token) -> None:
    """Present a token, and give the station time to make up its mind."""
    await bench.operator.present_token(token, bench.settings.evse_id)
    await bench.settle()


async def stop_with_token(bench: Bench, token: Token) -> None:
    """The driver stops with a token, unplugs and drives off."""
    await present_and_settle(bench, token)
    await unplug_and_leave(bench)


async def unplug_and_leave(bench: Bench) -> None:
    """The driver unplugs, first at the EV, where no lock of the station holds him, and drives off."""
    where = bench.settings
    if not has_fixed_cable(bench):
        await bench.operator.plug_out(where.evse_id, where.connector_id, side="ev")
        await bench.settle()
    await bench.operator.plug_out(where.evse_id, where.connector_id)
    await bench.settle()
    if has_bay_sensor(bench):
        await bench.operator.leave(bench.settings.evse_id)


async def transaction_events_in_queue_ended(bench: Bench) -> None:
    """A session from arrival to departure while offline. The station is still offline."""
    await offline(bench)
    await park_ev(bench)
    token = offline_token(bench)
    barred = plug_in_blocked(bench)
    if not barred:
        await connect_ev(bench)
    await present_and_settle(bench, token)
    if barred:
        await connect_ev(bench)
    await bench.wait(bench.settings.transaction_duration)
    await stop_with_token(bench, token)
