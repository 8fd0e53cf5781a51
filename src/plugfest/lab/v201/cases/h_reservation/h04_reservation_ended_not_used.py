"""H04 Reservation Ended, not used."""

import asyncio

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.h_reservation.reservations import RESERVATIONS_ENABLED, available
from plugfest.lab.v201.states.authorized import authorized
from plugfest.lab.v201.states.connector_status import connector_becomes, connectors
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.reserved import of_evse_under_test, reserved
from plugfest.ocpp.v201 import messages as m

EXPIRES_AFTER = 60.0
"""Seconds until an unused reservation expires."""


@case(
    "TC_H_07_CS",
    requirements=("H04.FR.01", "H04.FR.02", "H04.FR.03"),
    configuration=RESERVATIONS_ENABLED,
    before=available,
)
async def expires(bench: Bench) -> None:
    """The reservation of the preparation is made here: its expiry counts from then. It lasts as long as requested."""
    sent_at, tolerance = asyncio.get_running_loop().time(), bench.settings.time_tolerance
    request = of_evse_under_test(bench, seconds=EXPIRES_AFTER)
    reservation_id = await reserved(bench.step("Reserved", "H01.FR.23"), request)
    bench.csms.inbox.set_mark()
    bench.step(1, "H04.FR.03")
    for evse_id, connector_id in connectors(bench, bench.settings.evse_id):
        latest = max(sent_at + EXPIRES_AFTER + tolerance - asyncio.get_running_loop().time(), tolerance)
        became = await connector_becomes(bench, "Available", evse_id=evse_id, connector_id=connector_id, within=latest)
        lasted = became.at - sent_at
        bench.check(
            abs(lasted - EXPIRES_AFTER) <= tolerance,
            f"Available after {EXPIRES_AFTER:g} s",
            f"after {lasted:.1f} s",
            frame=became.frame.index,
        )
    bench.step(3, "H04.FR.01")
    await bench.expect(
        m.ReservationStatusUpdateRequest, reservation_id=reservation_id, reservation_update_status="Expired"
    )
    bench.known_state.reservation = None
    bench.step(5, "H04.FR.02")
    await authorized(bench, token=bench.tokens.second)
    await energy_transfer_started(bench.step(6))
