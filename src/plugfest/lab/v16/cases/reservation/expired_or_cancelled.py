"""A reservation that expires or is cancelled."""

import asyncio

from plugfest.lab.case import case
from plugfest.lab.expectations import none_of
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.states.charging import charging
from plugfest.lab.v16.states.connector_status import connector_becomes, other_connectors_unavailable
from plugfest.lab.v16.states.reserved import (
    cancel_reservation,
    reservation_id,
    reserve_now,
    reserved,
)
from plugfest.ocpp.v16 import messages as m

EXPIRES_AFTER = 30.0
"""Seconds until an unused reservation expires."""


@case("TC_047_CS", requirements=("section 4.9", "section 5.13"), before=other_connectors_unavailable)
async def expires(bench: Bench) -> None:
    """Derived: the time of expiry is checked too, and another driver's transaction has no reservationId."""
    request = reserve_now(bench, seconds=EXPIRES_AFTER)
    sent_at, tolerance = asyncio.get_running_loop().time(), bench.settings.time_tolerance
    await reserved(bench.step(1), request)
    bench.csms.inbox.set_mark()
    available = await connector_becomes(bench.step(5), "Available", within=EXPIRES_AFTER + tolerance)
    lasted = available.at - sent_at
    bench.check(
        abs(lasted - EXPIRES_AFTER) <= tolerance,
        f"Available after {EXPIRES_AFTER:g} s",
        f"after {lasted:.1f} s",
        frame=available.frame.index,
    )
    await charging(bench.step(7), token=bench.tokens.second)


@case("TC_051_CS", requirements=("section 4.8", "section 4.9", "section 5.1"), before=reserved)
async def cancelled(bench: Bench) -> None:
    await cancel_reservation(bench.step(1), reservation_id(bench), "Accepted")
    await connector_becomes(bench.step(3), "Available")
    await charging(bench.step(5), token=bench.tokens.second)


@case("TC_052_CS", requirements=("section 4.9", "section 5.1"), before=reserved)
async def unknown_reservation_cancelled(bench: Bench) -> None:
    """Nothing changes: the reservation can still be cancelled afterwards."""
    await cancel_reservation(bench.step(1), bench.configuration.next_id(), "Rejected")
    await bench.silence(
        m.StatusNotificationRequest,
        seconds=bench.settings.time_tolerance,
        connector_id=bench.connector_id,
        status=none_of("Reserved"),
    )
    await cancel_reservation(bench.step(3), reservation_id(bench), "Accepted")
    await connector_becomes(bench.step(5), "Available")
