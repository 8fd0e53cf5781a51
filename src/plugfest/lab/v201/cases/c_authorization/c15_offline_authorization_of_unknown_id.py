"""C15 Offline Authorization of unknown Id: an unknown token may charge until the CSMS rejects it.

Edition 4 (after Part 6 of OCPP 2.1 Edition 2) has SuspendedEVSE of TC_C_26 after the answer, no longer among the events
of the time offline.
"""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.c_authorization.refused_after_offline_start import (
    energy_suspended,
    token_invalid_after_reconnect,
)
from plugfest.lab.v201.configuration import Need, needs
from plugfest.lab.v201.states.authorized import default_token, stop_authorized
from plugfest.lab.v201.states.connector_status import connector_becomes
from plugfest.lab.v201.states.offline import start_offline_transaction
from plugfest.lab.v201.states.session_ended import ev_connected_post_session, ev_disconnected


def unknown_ids_offline(_: Bench) -> tuple[Need, ...]:
    """The station accepts unknown tokens while it is offline."""
    optional = {
        "LocalAuthListCtrlr.Enabled": "true",
        "AuthCtrlr.LocalPreAuthorize": "true",
        "AuthCtrlr.LocalAuthorizeOffline": "true",
        "TxCtrlr.MaxEnergyOnInvalidId": "0",
        "TxCtrlr.StopTxOnInvalidId": "false",
    }
    unknown = needs({"AuthCtrlr.OfflineTxForUnknownIdEnabled": "true"}, if_implemented=False)
    return (*needs(optional), *unknown)


@case(
    "TC_C_26_CS",
    requirements=("C15.FR.02", "C15.FR.06", "C15.FR.08", "C13.FR.04"),
    configuration=unknown_ids_offline,
)
async def unknown_id(bench: Bench) -> None:
    bench.step("StartOfflineTransaction")
    await start_offline_transaction(bench)
    bench.known_state.token = default_token(bench, "local")
    bench.known_state.update(authorized=True, ev_connected=True, energy_transfer=True)
    await token_invalid_after_reconnect(bench.step(1, "C15.FR.02"))
    await connector_becomes(bench, "Occupied")  # erratum 6.2.34
    await energy_suspended(bench.step(2, "C15.FR.06"))
    bench.step(3)
    if bench.known_state.ongoing:
        await stop_authorized(bench, how="local")
    await ev_connected_post_session(bench.step(4))
    await ev_disconnected(bench.step(5))
