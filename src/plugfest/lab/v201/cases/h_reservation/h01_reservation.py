"""H01 Reservation: the answers to ReserveNow, and reservations that end when the EVSE becomes Unavailable."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.h_reservation.reservations import (
    RESERVATIONS_ENABLED,
    any_evse_supported,
    any_evse_unsupported,
    available,
    connector_type,
    driver,
    every_evse_reserved,
    not_accepted,
)
from plugfest.lab.v201.states.authorized import authorized, request_start
from plugfest.lab.v201.states.connector_status import (
    all_connectors_report,
    change_availability_request,
    connectors,
    unavailable,
)
from plugfest.lab.v201.states.energy_transfer import (
    energy_transfer_on_all_evses,
    energy_transfer_started,
)
from plugfest.lab.v201.states.reserved import (
    check_still_reserved,
    of_evse_under_test,
    reservation_accepted,
    reserve_now,
    reserved,
    stays_reserved,
)
from plugfest.ocpp.v201 import messages as m

# A specific EVSE


@case("TC_H_03_CS", requirements=("H01.FR.11",), configuration=RESERVATIONS_ENABLED, before=(available, reserved))
async def evse_reserved(bench: Bench) -> None:
    await not_accepted(bench.step(1), of_evse_under_test(bench, token=bench.tokens.second), "Occupied")


@case(
    "TC_H_04_CS",
    requirements=("H01.FR.11",),
    configuration=RESERVATIONS_ENABLED,
    before=(available, energy_transfer_started),
)
async def evse_occupied(bench: Bench) -> None:
    await not_accepted(bench.step(1), of_evse_under_test(bench, token=bench.tokens.second), "Occupied")


async def evse_is_unavailable(bench: Bench) -> None:
    """The EVSE under test is set to Inoperative."""
    await unavailable(bench, bench.settings.evse_id)


@case(
    "TC_H_06_CS",
    requirements=("H01.FR.14",),
    configuration=RESERVATIONS_ENABLED,
    before=(available, evse_is_unavailable),
)
async def evse_unavailable(bench: Bench) -> None:
    await not_accepted(bench.step(1), of_evse_under_test(bench, token=bench.tokens.second), "Unavailable")


@case(
    "TC_H_22_CS",
    requirements=("H01.FR.01",),
    configuration={"ReservationCtrlr.Enabled": "false"},
)
async def configured_to_reject(bench: Bench) -> None:
    await not_accepted(bench.step(1), of_evse_under_test(bench), "Rejected")


@case("TC_H_23_CS", requirements=("H01.FR.02",), configuration=RESERVATIONS_ENABLED, before=(available, reserved))
async def replaced(bench: Bench) -> None:
    """Reserved need not be reported again: the status does not change."""
    first = bench.known_state.reservation
    assert first is not None
    second = of_evse_under_test(bench, token=bench.tokens.second)
    await reservation_accepted(bench.step(1), reserve_now_again(second, first.id))
    await stays_reserved(bench.step(3))
    await request_start(bench.step("replaced", "H01.FR.02, F02.FR.23"), first.token, status="Rejected")
    bench.step("Authorized", "H03.FR.01")
    await authorized(bench, token=bench.tokens.second)
    await energy_transfer_started(bench.step("EnergyTransferStarted"))


def reserve_now_again(request: m.ReserveNowRequest, id: int) -> m.ReserveNowRequest:
    """The request with the id of another one."""
    return m.ReserveNowRequest(
        id=id,
        expiry_date_time=request.expiry_date_time,
        id_token=request.id_token,
        evse_id=request.evse_id,
    )


@case(
    "TC_H_21_CS",
    requirements=("H01.FR.17",),
    configuration=RESERVATIONS_ENABLED,
    before=(available, reserved),
)
async def cancelled_when_unavailable(bench: Bench) -> None:
    evse_id = bench.settings.evse_id
    reservation = bench.known_state.reservation
    assert reservation is not None
    bench.step(1)
    await unavailable(bench, evse_id)
    bench.step(5)
    await bench.expect(
        m.ReservationStatusUpdateRequest, reservation_id=reservation.id, reservation_update_status="Removed"
    )
    bench.known_state.reservation = None
    bench.csms.inbox.set_mark()
    await bench.step(7, "G03.FR.07").call(change_availability_request("Operative", evse_id), status="Accepted")
    bench.step(9)
    await all_connectors_report(bench, "Available", which=connectors(bench, evse_id))
    bench.step(11)
    await authorized(bench, token=bench.tokens.second)
    await energy_transfer_started(bench.step(12))


# Any EVSE


@case(
    "TC_H_09_CS",
    requirements=("H01.FR.11",),
    configuration=RESERVATIONS_ENABLED,
    before=(any_evse_supported, every_evse_reserved),
)
async def all_reserved(bench: Bench) -> None:
    await not_accepted(bench.step(1), reserve_now(bench), "Occupied")


@case(
    "TC_H_10_CS",
    requirements=("H01.FR.11",),
    configuration=RESERVATIONS_ENABLED,
    before=(any_evse_supported, energy_transfer_on_all_evses),
)
async def all_occupied(bench: Bench) -> None:
    await not_accepted(bench.step(1), reserve_now(bench), "Occupied")


@case(
    "TC_H_12_CS",
    requirements=("H01.FR.14",),
    configuration=RESERVATIONS_ENABLED,
    before=(any_evse_supported, unavailable),
)
async def station_unavailable(bench: Bench) -> None:
    await not_accepted(bench.step(1), reserve_now(bench), "Unavailable")


@case(
    "TC_H_13_CS",
    requirements=("H01.FR.19",),
    configuration=RESERVATIONS_ENABLED,
    before=any_evse_unsupported,
)
async def any_evse_rejected(bench: Bench) -> None:
    await not_accepted(bench.step(1), reserve_now(bench), "Rejected")


@case(
    "TC_H_14_CS",
    requirements=("H01.FR.04", "H01.FR.20"),
    configuration=RESERVATIONS_ENABLED,
    before=any_evse_supported,
)
async def as_many_reservations_as_evses(bench: Bench) -> None:
    bench.csms.inbox.set_mark()
    for number, _ in enumerate(bench.product.evses):
        await bench.step(2).call(reserve_now(bench, token=driver(bench, number)), status="Accepted")
    bench.step(3)
    await all_connectors_report(bench, "Reserved")
    await check_still_reserved(bench, connectors(bench))


# A connector type


@case(
    "TC_H_16_CS",
    requirements=("H01.FR.11",),
    configuration=RESERVATIONS_ENABLED,
    before=(any_evse_supported, every_evse_reserved),
)
async def type_reserved(bench: Bench) -> None:
    await not_accepted(bench.step(1), reserve_now(bench, connector_type=connector_type(bench)), "Occupied")
