"""E06 Stop Transaction options: the transaction ends because the driver is no longer authorized."""

from plugfest.lab.case import case
from plugfest.lab.expectations import has, none_of, one_of
from plugfest.lab.v201.answers import transaction_event_answer
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.e_transactions.configurations import stop_at
from plugfest.lab.v201.cases.e_transactions.ev_side_disconnect import connection_lost, disconnect_at_ev
from plugfest.lab.v201.configuration import Need, needs
from plugfest.lab.v201.memory.id_token import id_token_known
from plugfest.lab.v201.states.authorized import AUTHORIZATION_ENABLED, authorized
from plugfest.lab.v201.states.connector_status import connector_becomes
from plugfest.lab.v201.states.energy_transfer import energy_transfer_suspended
from plugfest.lab.v201.states.ev_connected import (
    ev_connection_timed_out,
    ev_connection_timeout,
    has_fixed_cable,
    locks_cable,
    plug_in,
    plug_in_blocked,
)
from plugfest.lab.v201.states.offline import back_online, queued_events, start_offline_transaction
from plugfest.lab.v201.states.transaction_event import expected_event_type, transaction_event
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m

UNKNOWN_OFFLINE = {
    **AUTHORIZATION_ENABLED,
    "AuthCtrlr.LocalAuthorizeOffline": "true",
    "AuthCtrlr.OfflineTxForUnknownIdEnabled": "true",
    "TxCtrlr.StopTxOnInvalidId": "true",
}


def _deauthorization_ends(bench: Bench) -> tuple[Need, ...]:
    point = "Authorized" if bench.product.supports("C-10.2") else "PowerPathClosed"
    return needs({**stop_at(point), **UNKNOWN_OFFLINE})


@case(
    "TC_E_16_CS",
    requirements=("E06.FR.04", "E06.FR.15", "C15.FR.04"),
    configuration=_deauthorization_ends,
    before=(id_token_known, start_offline_transaction),
)
async def invalid_id_token(bench: Bench) -> None:
    bench.csms.answers.use(m.TransactionEventRequest, transaction_event_answer("Invalid"))
    bench.step(1, "E12.FR.02")
    outage = await back_online(bench)
    await queued_events(bench, outage)
    bench.step(3)
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
        **stop_at("Authorized"),  # erratum 6.2.45
        "TxCtrlr.StopTxOnEVSideDisconnect": "true",
        "OCPPCommCtrlr.UnlockOnEVSideDisconnect": "false",
        **AUTHORIZATION_ENABLED,
    },
    before=energy_transfer_suspended,
)
async def ev_side_disconnect(bench: Bench) -> None:
    await disconnect_at_ev(bench)
    bench.step(1)
    await connection_lost(bench, "Ended", stopped_reason="EVDisconnected")
    bench.step(3)
    await cable_released(bench)


async def cable_released(bench: Bench, *, held: bool = True) -> None:
    """A cable of the driver's own comes out of the station for the token that started; then the connector is free.

    `held`: whether a lock, if there is one, has kept it for him.
    """
    if not has_fixed_cable(bench):
        if held and locks_cable(bench) and not bench.configuration.is_true("OCPPCommCtrlr.UnlockOnEVSideDisconnect"):
            token = bench.known_state.token or bench.tokens.valid
            await bench.operator.present_token(token, bench.settings.evse_id)
            await bench.expect_optional(m.AuthorizeRequest, within=bench.settings.time_tolerance)  # E09.FR.03
        await bench.operator.plug_out(bench.settings.evse_id, bench.settings.connector_id, side="evse")
    await connector_becomes(bench, "Available")


def _timeout(bench: Bench) -> tuple[Need, ...]:
    stop_point = stop_at("Authorized") if bench.product.supports("C-10.2") else {}
    return needs({**stop_point, **ev_connection_timeout(bench), **AUTHORIZATION_ENABLED})


@case("TC_E_39_CS", requirements=("E06.FR.04", "E06.FR.15"), configuration=_timeout, before=authorized)
async def timeout(bench: Bench) -> None:
    bench.step(1)
    await ev_connection_timed_out(bench)
    if plug_in_blocked(bench):
        return  # the lock keeps the cable out, and so nothing charges
    bench.step(3)  # erratum 6.2.47
    before = bench.known_state.facts
    await plug_in(bench)
    bench.step(5)
    event_type = expected_event_type(bench, before)
    if event_type is not None:
        await transaction_event(
            bench,
            event_type,
            trigger_reason="CablePluggedIn",
            transaction_info=has(charging_state=none_of("Charging")),
        )
    await bench.silence(
        m.TransactionEventRequest,
        seconds=bench.settings.transaction_duration,
        transaction_info=has(charging_state="Charging"),
    )
