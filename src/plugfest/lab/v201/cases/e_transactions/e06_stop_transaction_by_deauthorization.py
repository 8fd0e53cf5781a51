"""E06 Stop Transaction options: the transaction ends because the driver is no longer authorized."""

from plugfest.lab.case import case
from plugfest.lab.expectations import has, none_of, one_of
from plugfest.lab.v201.answers import transaction_event_answer
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.e_transactions.configurations import tx_stop_point
from plugfest.lab.v201.cases.e_transactions.ev_side_disconnect import (
    connection_lost,
    disconnect_at_ev,
    unplug_at_station,
)
from plugfest.lab.v201.configuration import Need, needs
from plugfest.lab.v201.memory.id_token import id_token_known
from plugfest.lab.v201.states.authorized import AUTHORIZATION_ENABLED, authorized
from plugfest.lab.v201.states.energy_transfer import energy_transfer_suspended
from plugfest.lab.v201.states.ev_connected import (
    ev_connection_timed_out,
    ev_connection_timeout,
    plug_in,
    plug_in_blocked,
)
from plugfest.lab.v201.states.offline import back_online, queued_events, start_offline_transaction
from plugfest.lab.v201.states.transaction_event import transaction_event
from plugfest.lab.v201.states.transaction_points import expected_event_type, require_ended_here, start_points
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m

UNKNOWN_ID_OFFLINE = {
    **AUTHORIZATION_ENABLED,
    "AuthCtrlr.LocalAuthorizeOffline": "true",
    "AuthCtrlr.OfflineTxForUnknownIdEnabled": "true",
    "TxCtrlr.StopTxOnInvalidId": "true",
}


def _deauthorization_stops(bench: Bench) -> tuple[Need, ...]:
    point = "Authorized" if bench.product.supports("C-10.2") else "PowerPathClosed"
    return needs({**tx_stop_point(point), **UNKNOWN_ID_OFFLINE})


@case(
    "TC_E_16_CS",
    requirements=("E06.FR.04", "E06.FR.15", "C15.FR.04"),
    configuration=_deauthorization_stops,
    before=(id_token_known, start_offline_transaction),
)
async def invalid_id_token(bench: Bench) -> None:
    bench.csms.answers.override(m.TransactionEventRequest, transaction_event_answer("Invalid"))
    bench.step(1, "E12.FR.02")
    outage = await back_online(bench)
    await queued_events(bench, outage)
    bench.step(3)
    await require_ended_here(bench, "Authorized")
    await transaction_event(
        bench,
        "Ended",
        trigger_reason="Deauthorized",
        offline=one_of(False, UNSET),
        transaction_info=has(stopped_reason="DeAuthorized"),
    )


@case(
    "TC_E_17_CS",
    requirements=("E06.FR.04", "E06.FR.15", "E09.FR.01"),
    configuration={
        **tx_stop_point("Authorized"),  # erratum 6.2.45
        "TxCtrlr.StopTxOnEVSideDisconnect": "true",
        "OCPPCommCtrlr.UnlockOnEVSideDisconnect": "false",
        **AUTHORIZATION_ENABLED,
    },
    before=energy_transfer_suspended,
)
async def ev_side_disconnect(bench: Bench) -> None:
    await disconnect_at_ev(bench)
    bench.step(1)
    await require_ended_here(bench, "Authorized")
    await connection_lost(bench, "Ended", stopped_reason="EVDisconnected")
    bench.step(3)
    await unplug_at_station(bench)


def _timeout(bench: Bench) -> tuple[Need, ...]:
    stop_point = tx_stop_point("Authorized") if bench.product.supports("C-10.2") else {}
    return needs({**stop_point, **ev_connection_timeout(bench), **AUTHORIZATION_ENABLED})


@case("TC_E_39_CS", requirements=("E06.FR.04", "E06.FR.15"), configuration=_timeout, before=authorized)
async def timeout(bench: Bench) -> None:
    bench.step(1)
    # With TxStartPoint ParkingBayOccupancy the text has Updated, E06.FR.03 and TC_E_05 have Ended.
    either = one_of("Ended", "Updated") if "ParkingBayOccupancy" in start_points(bench) else None
    await ev_connection_timed_out(bench, either)
    if plug_in_blocked(bench):
        return  # no cable can be plugged in, so nothing charges
    bench.step(3)  # erratum 6.2.47
    before = bench.known_state.conditions
    await plug_in(bench)
    bench.step(5)
    event_type = await expected_event_type(bench, before)
    if event_type is not None:
        await transaction_event(
            bench,
            event_type,
            trigger_reason="CablePluggedIn",
            transaction_info=has(charging_state=none_of("Charging")),
        )
    await bench.silence(
        m.TransactionEventRequest,
        seconds=bench.settings.silence,
        transaction_info=has(charging_state="Charging"),
    )
