"""H03 Use a reserved EVSE: by the idToken of the reservation, by its group, and not by others."""

from plugfest.lab.case import case
from plugfest.lab.expectations import has, one_of
from plugfest.lab.settings import Token
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.h_reservation.reservations import (
    RESERVATIONS_ENABLED,
    any_evse_supported,
    available,
    connector_type,
)
from plugfest.lab.v201.states.authorized import (
    AUTHORIZATION_ENABLED,
    authorize_optional,
    authorized,
    request_start,
    start_method,
)
from plugfest.lab.v201.states.connector_status import all_connectors_report, connectors
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session
from plugfest.lab.v201.states.reserved import reservation_accepted, reserve_now, reserved
from plugfest.ocpp.v201 import messages as m

CONFIGURATION = {**RESERVATIONS_ENABLED, **AUTHORIZATION_ENABLED}


async def used(bench: Bench, first_step: int, token: Token | None = None) -> None:
    """The driver is authorized, which ends the reservation, and charges (H01.FR.15, H03.FR.09, H03.FR.10)."""
    bench.step(first_step, "H01.FR.15, H03.FR.09")
    await authorized(bench, token=token)
    bench.check(bench.known_state.reservation is None, "the reservation is used", "it is for another idToken")
    await energy_transfer_started(bench.step(first_step + 1, "H01.FR.15"))


# A specific EVSE


@case(
    "TC_H_01_CS",
    requirements=("H01.FR.15", "H03.FR.01", "H03.FR.09", "H03.FR.10"),
    configuration=CONFIGURATION,
    before=available,
)
async def valid_id_token(bench: Bench) -> None:
    await reserved(bench.step(1, "H01.FR.23"))
    await used(bench, 2, bench.tokens.valid)


@case(
    "TC_H_02_CS",
    requirements=("H03.FR.01", "F01.FR.21"),
    configuration=CONFIGURATION,
    before=(available, reserved, ev_connected_pre_session),
)
async def different_id_token(bench: Bench) -> None:
    """Main A if the station has a reader, and main B, which every station supports."""
    if start_method(bench) == "local":
        bench.csms.inbox.set_mark()
        await bench.operator.present_token(bench.tokens.second, bench.settings.evse_id)
        await authorize_optional(bench, bench.tokens.second, within=bench.settings.time_tolerance)
        await not_charging(bench.step("A"))
    bench.step("B 2", "F01.FR.21")
    await request_start(bench, bench.tokens.second, status="Rejected")
    await not_charging(bench)


async def not_charging(bench: Bench) -> None:
    """For Part 6's message timeout no energy flows."""
    charging = has(charging_state="Charging")
    await bench.silence(m.TransactionEventRequest, seconds=bench.settings.response_timeout, transaction_info=charging)


@case(
    "TC_H_19_CS",
    requirements=("H01.FR.15", "H03.FR.04", "H03.FR.08"),
    configuration=CONFIGURATION,
    before=available,
)
async def group_id(bench: Bench) -> None:
    group = bench.tokens.valid.group
    await reserved(bench.step(1, "H01.FR.23"), reserve_now(bench, evse_id=bench.settings.evse_id, group=group))
    await used(bench, 5, bench.tokens.same_group)


# Any EVSE


@case(
    "TC_H_08_CS",
    requirements=("H01.FR.04", "H01.FR.07", "H01.FR.15", "H03.FR.03"),
    configuration=CONFIGURATION,
    before=any_evse_supported,
)
async def any_evse(bench: Bench) -> None:
    await reservation_accepted(bench.step(1, "H01.FR.04"), reserve_now(bench))
    await reserved_if_only_one(bench.step(3, "H01.FR.20"), [evse.id for evse in bench.product.evses])
    await used(bench, 5, bench.tokens.valid)


async def others_reserved(bench: Bench) -> None:
    """Every EVSE is reserved except the one under test, for another driver: it is the last one that is available."""
    for evse in bench.product.evses:
        if evse.id != bench.settings.evse_id:
            bench.csms.inbox.set_mark()
            await bench.call(reserve_now(bench, token=bench.tokens.second, evse_id=evse.id), status="Accepted")
            await all_connectors_report(bench, "Reserved", which=connectors(bench, evse.id))


@case(
    "TC_H_24_CS",
    requirements=("H01.FR.04", "H01.FR.20", "H01.FR.23", "H03.FR.06"),
    configuration=CONFIGURATION,
    before=any_evse_supported,
)
async def any_evse_by_group_id(bench: Bench) -> None:
    """The text demands Reserved, which follows from H01.FR.20 only for the last EVSE that is available.

    Edition 4 (after Part 6 of OCPP 2.1 Edition 2) has all other EVSEs reserved before; Edition 3 does not forbid it.
    """
    await others_reserved(bench.step("preparation", "H01.FR.23"))
    await reservation_accepted(bench.step(1, "H01.FR.04"), reserve_now(bench, group=bench.tokens.valid.group))
    bench.step(3, "H01.FR.20")
    await all_connectors_report(bench, "Reserved", which=connectors(bench, bench.settings.evse_id))
    await used(bench, 5, bench.tokens.same_group)


@case(
    "TC_H_15_CS",
    requirements=("H01.FR.06", "H01.FR.09", "H01.FR.15", "H03.FR.02"),
    configuration=CONFIGURATION,
    before=any_evse_supported,
)
async def type_of_connector(bench: Bench) -> None:
    """H01.FR.06 presupposes that reservations without an EVSE are supported, which R-1 does not include."""
    kind = connector_type(bench)
    await reservation_accepted(bench.step(1, "H01.FR.06"), reserve_now(bench, connector_type=kind))
    evse_ids = [evse.id for evse in bench.product.evses if any(each.type == kind for each in evse.connectors)]
    await reserved_if_only_one(bench.step(3, "H01.FR.24"), evse_ids, kind)
    await used(bench, 5, bench.tokens.valid)


async def reserved_if_only_one(bench: Bench, evse_ids: list[int], kind: str | None = None) -> None:
    """The connectors report Reserved if only one EVSE could be reserved; else that is optional (erratum 6.2.60).

    `kind`: the connectors of another type may be Reserved (Part 2, note of H01.FR.24) or Unavailable (Part 6).
    """
    if len(evse_ids) > 1:
        await bench.settle()
        return
    own = [
        (evse.id, connector.id)
        for evse in bench.product.evses
        for connector in evse.connectors
        if evse.id in evse_ids and kind in (None, connector.type)
    ]
    await all_connectors_report(bench, "Reserved", which=own)
    others = [connector for connector in connectors(bench, evse_ids[0]) if connector not in own]
    await all_connectors_report(bench, one_of("Reserved", "Unavailable"), which=others)
