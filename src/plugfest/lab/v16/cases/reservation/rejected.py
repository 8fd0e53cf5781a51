"""ReserveNow that is not accepted: the response has the reason."""

from plugfest.lab.case import case
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.states.charging import all_occupied, occupied
from plugfest.lab.v16.states.connector_status import (
    STATION,
    all_faulted,
    charge_point_unavailable,
    connector_unavailable,
    faulted,
)
from plugfest.lab.v16.states.reserved import CONNECTOR_ZERO_KEY, connector_zero_supported, reserve_now
from plugfest.ocpp.v16 import messages as m

CLAUSES = ("section 5.13", "section 7.40")


async def not_reserved(bench: Bench, status: str, *codes: str, connector_id: int | None = None) -> None:
    """ReserveNow gets this status, or a CALLERROR with one of the codes; nothing is reserved."""
    bench.csms.inbox.set_mark()
    request = reserve_now(bench, connector_id=connector_id)
    if codes:
        await bench.call_or_error(request, *codes, status=status)
    else:
        await bench.call(request, status=status)
    await bench.silence(m.StatusNotificationRequest, seconds=bench.settings.time_tolerance, status="Reserved")


# A connector


@case("TC_048_1_CS", requirements=CLAUSES, before=faulted)
async def connector_faulted(bench: Bench) -> None:
    """Derived from the case for a CSMS with the same number."""
    await not_reserved(bench.step(1), "Faulted")


@case("TC_048_2_CS", requirements=CLAUSES, before=occupied)
async def connector_occupied(bench: Bench) -> None:
    await not_reserved(bench.step(1), "Occupied")


@case("TC_048_3_CS", requirements=CLAUSES, before=connector_unavailable)
async def connector_is_unavailable(bench: Bench) -> None:
    """Derived from the case for a CSMS with the same number."""
    await not_reserved(bench.step(1), "Unavailable")


@case("TC_048_4_CS", requirements=CLAUSES)
async def no_reservations(bench: Bench) -> None:
    """Derived: a station without reservations may answer NotSupported (OCPP-J 4.2.3), as in TC_043_1."""
    await not_reserved(bench.step(1), "Rejected", "NotSupported")


# The whole station


@case("TC_050_1_CS", requirements=CLAUSES, before=(connector_zero_supported, all_faulted))
async def station_faulted(bench: Bench) -> None:
    """Derived from 7.40: all connectors are faulted."""
    await not_reserved(bench.step(1), "Faulted", connector_id=STATION)


@case("TC_050_2_CS", requirements=CLAUSES, before=(connector_zero_supported, all_occupied))
async def station_occupied(bench: Bench) -> None:
    """Derived from 7.40: all connectors are occupied."""
    await not_reserved(bench.step(1), "Occupied", connector_id=STATION)


@case("TC_050_3_CS", requirements=CLAUSES, before=(connector_zero_supported, charge_point_unavailable))
async def station_is_unavailable(bench: Bench) -> None:
    await not_reserved(bench.step(1), "Unavailable", connector_id=STATION)


async def connector_zero_unsupported(bench: Bench) -> None:
    """The station does not report that it supports the reservation of connector 0."""
    bench.check(not bench.configuration.is_true(CONNECTOR_ZERO_KEY), f"{CONNECTOR_ZERO_KEY} not true", "true")


@case("TC_050_4_CS", requirements=(*CLAUSES, "section 9.3.1"), before=connector_zero_unsupported)
async def no_reservation_of_the_station(bench: Bench) -> None:
    """Derived from 5.13: the key is false or missing."""
    await not_reserved(bench.step(1), "Rejected", connector_id=STATION)
