"""Offline: charging sessions without a connection to the CSMS, and the events that the station queues."""

from datetime import timedelta
from typing import cast

from plugfest.lab.checks import outage
from plugfest.lab.checks.numbers import number
from plugfest.lab.checks.outage import Outage, offline
from plugfest.lab.csms.inbox import AnyReceived
from plugfest.lab.settings import Token
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.authorized import START_BUTTON, default_token
from plugfest.lab.v201.states.ev_connected import has_fixed_cable, plug_in_blocked
from plugfest.lab.v201.states.transaction_event import Event, track_transaction
from plugfest.lab.v201.states.transaction_points import has_bay_sensor
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m

WAIT_MINIMUM = "OCPPCommCtrlr.RetryBackOffWaitMinimum"

QUIET = 5.0
"""Seconds without a further event after which the station's queue counts as empty."""


async def back_online(bench: Bench) -> Outage:
    """Accept connections again; the station connects at its first or second attempt (Part 4 section 5.3)."""
    wait = number(bench.configuration.value(WAIT_MINIMUM) or "") or 0.0
    return await outage.back_online(bench, extra_time=2 * wait)


async def queued_events(bench: Bench, outage: Outage) -> list[Event]:
    """Take all transaction events of the time offline, and check their `offline` flags.

    These are the events with offline true, and those older than the reconnection by more than the tolerance.
    """
    latest = outage.ended - timedelta(seconds=bench.settings.time_tolerance)

    def is_queued(one: AnyReceived) -> bool:
        message = one.message
        return isinstance(message, m.TransactionEventRequest) and (
            message.offline is True or message.timestamp < latest
        )

    events: list[Event] = []
    while True:
        within = QUIET if events else bench.settings.function_timeout
        event = await bench.csms.inbox.wait_for(is_queued, within=within)
        if event is None:
            break
        events.append(cast(Event, event))
    bench.check(bool(events), "TransactionEventRequests of the time offline", "none")
    for event in sorted(events, key=lambda one: one.message.seq_no):
        track_transaction(bench, event)
    judge_offline_flags(bench, outage)
    return events


def judge_offline_flags(bench: Bench, outage: Outage) -> None:
    """Every event sent after the reconnection has the right `offline` flag (E11.FR.02, E12.FR.02).

    An event within the tolerance of the reconnection may have either value.
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
    """StartOfflineTransaction: go offline, park, present a token, plug in, charge. The station stays offline."""
    await offline(bench)
    await park_ev(bench)
    await present_and_settle(bench, default_token(bench, "local"))
    await connect_ev(bench)
    await bench.wait(bench.settings.transaction_duration)


def offline_token(bench: Bench) -> Token:
    """The token of a session offline: the start button if the product cannot authorize a token offline (C-01)."""
    knows = bench.product.supports("C-01") and any(bench.product.supports(id) for id in ("C-02", "C-49", "LA-0"))
    return default_token(bench, "local") if knows or not bench.product.supports("C-35") else START_BUTTON


async def park_ev(bench: Bench) -> None:
    """The EV drives into the bay, if the product has a bay sensor."""
    if has_bay_sensor(bench.product):
        await bench.operator.park(bench.settings.evse_id)
        await bench.settle()


async def connect_ev(bench: Bench) -> None:
    """The driver plugs in. Nothing is expected of the station."""
    await bench.operator.plug_in(bench.settings.evse_id, bench.settings.connector_id)


async def present_and_settle(bench: Bench, token: Token) -> None:
    """Present a token, and give the station time to decide."""
    await bench.operator.present_token(token, bench.settings.evse_id)
    await bench.settle()


async def stop_with_token(bench: Bench, token: Token) -> None:
    """The driver stops with a token, unplugs and leaves."""
    await present_and_settle(bench, token)
    await unplug_and_leave(bench)


async def unplug_and_leave(bench: Bench) -> None:
    """The driver unplugs, first at the EV, which the station cannot lock, and leaves."""
    where = bench.settings
    if not has_fixed_cable(bench):
        await bench.operator.unplug(where.evse_id, where.connector_id, side="ev")
        await bench.settle()
    await bench.operator.unplug(where.evse_id, where.connector_id)
    await bench.settle()
    if has_bay_sensor(bench.product):
        await bench.operator.leave(bench.settings.evse_id)


async def transaction_events_in_queue_ended(bench: Bench) -> None:
    """The memory state TransactionEventsInQueueEnded: a whole charging session offline. The station stays offline."""
    await offline(bench)
    await park_ev(bench)
    token = offline_token(bench)
    blocked = plug_in_blocked(bench)
    if not blocked:
        await connect_ev(bench)
    await present_and_settle(bench, token)
    if blocked:
        await connect_ev(bench)
    await bench.wait(bench.settings.transaction_duration)
    await stop_with_token(bench, token)
