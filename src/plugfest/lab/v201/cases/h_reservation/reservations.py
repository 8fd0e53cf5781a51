"""What several use cases need: whether the station supports a reservation, and reservations of all EVSEs."""

from plugfest.lab.expectations import none_of
from plugfest.lab.settings import Token
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.connector_status import all_connectors_report, connector_name, connectors
from plugfest.lab.v201.states.reserved import reservation_accepted, reserve_now
from plugfest.lab.verdict import NotEquipped
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

RESERVATIONS_ENABLED = {"ReservationCtrlr.Enabled": "true"}
"""The configuration of the cases of the profile."""

ANY_EVSE_VARIABLE = "ReservationCtrlr.NonEvseSpecific"


async def available(bench: Bench) -> None:
    """ReservationCtrlr.Available is true if it is implemented, which Part 2 section 2.8.2 does not require."""
    value = bench.configuration.value("ReservationCtrlr.Available")
    bench.check(value in (None, "true"), "ReservationCtrlr.Available true", value)


async def any_evse_supported(bench: Bench) -> None:
    """The station accepts reservations without an EVSE (H01.FR.18)."""
    await available(bench)
    bench.check(bench.configuration.is_true(ANY_EVSE_VARIABLE), f"{ANY_EVSE_VARIABLE} true", "not true")


async def any_evse_unsupported(bench: Bench) -> None:
    """The station accepts no reservations without an EVSE (H01.FR.19)."""
    await available(bench)
    bench.check(not bench.configuration.is_true(ANY_EVSE_VARIABLE), f"{ANY_EVSE_VARIABLE} not true", "true")


def connector_type(bench: Bench) -> str:
    """The type of the connector under test. Raises NotEquipped if no message of OCPP 2.0.1 can name it."""
    kind = next(
        connector.type
        for evse in bench.product.evses
        for connector in evse.connectors
        if (evse.id, connector.id) == (bench.settings.evse_id, bench.settings.connector_id)
    )
    if kind not in {str(each) for each in t.ConnectorEnumType}:
        raise NotEquipped(f"the connector type {kind} is not a ConnectorEnumType")  # erratum 6.2.61
    return kind


def driver(bench: Bench, number: int) -> Token:
    """Different drivers, counted from 0: the valid token, the second one, and others that only reserve."""
    if number < 2:
        return (bench.tokens.valid, bench.tokens.second)[number]
    return Token(f"{10000100 + number}", bench.tokens.valid.type)


async def not_accepted(bench: Bench, request: m.ReserveNowRequest, status: str) -> None:
    """ReserveNow gets this status, and no further connector becomes Reserved."""
    before = _all_reserved(bench)
    bench.csms.inbox.set_mark()
    await bench.call(request, status=status)
    await bench.wait(bench.settings.time_tolerance)
    added = _all_reserved(bench) - before
    bench.check(not added, "no further connector Reserved", ", ".join(connector_name(*each) for each in sorted(added)))


def _all_reserved(bench: Bench) -> set[tuple[int, int]]:
    return {connector for connector, status in bench.ledger.connectors.items() if status == "Reserved"}


async def every_evse_reserved(bench: Bench) -> None:
    """Each EVSE is reserved by its id, for another driver each; all connectors report Reserved."""
    for number, evse in enumerate(bench.product.evses):
        await reservation_accepted(bench, reserve_now(bench, token=driver(bench, number), evse_id=evse.id))
        await all_connectors_report(bench, "Reserved", which=connectors(bench, evse.id))


async def status_unchanged(bench: Bench, status: str) -> None:
    """No connector of the EVSE under test reports another status than this one for a while."""
    await bench.silence(
        m.StatusNotificationRequest,
        seconds=bench.settings.time_tolerance,
        evse_id=bench.settings.evse_id,
        connector_status=none_of(status),
    )
