"""H02 Cancel Reservation."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.h_reservation.reservations import RESERVATIONS_ENABLED, available, status_unchanged
from plugfest.lab.v201.states.connector_status import all_connectors_report, connectors
from plugfest.lab.v201.states.reserved import reserved
from plugfest.ocpp.v201 import messages as m


@case(
    "TC_H_17_CS",
    requirements=("H02.FR.02", "H02.FR.04"),
    configuration=RESERVATIONS_ENABLED,
    before=(available, reserved),
)
async def success(bench: Bench) -> None:
    """The CSMS knows of the end: no ReservationStatusUpdate (H02, remark)."""
    reservation = bench.known_state.reservation
    assert reservation is not None
    bench.csms.inbox.set_mark()
    await bench.step(2).call(m.CancelReservationRequest(reservation_id=reservation.id), status="Accepted")
    bench.known_state.reservation = None
    bench.step(3)
    await all_connectors_report(bench, "Available", which=connectors(bench, bench.settings.evse_id))
    await bench.silence(m.ReservationStatusUpdateRequest, seconds=bench.settings.time_tolerance)


@case("TC_H_18_CS", requirements=("H02.FR.01",), configuration=RESERVATIONS_ENABLED, before=available)
async def rejected(bench: Bench) -> None:
    """The id 1 of the text may be one that the lab has used: the case takes a new one."""
    bench.csms.inbox.set_mark()
    request = m.CancelReservationRequest(reservation_id=bench.configuration.next_id())
    await bench.step(2).call(request, status="Rejected")
    await status_unchanged(bench, "Available")
