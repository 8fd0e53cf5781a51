"""E03 Start Transaction - IdToken First."""

from plugfest.lab.case import case
from plugfest.lab.expectations import has
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.configuration import Need, needs
from plugfest.lab.v201.states.authorized import AUTHORIZATION_ENABLED, authorized, default_token
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.ev_connected import (
    ev_connected_pre_session,
    ev_connection_timed_out,
    ev_connection_timeout,
    parking_bay_occupied,
)
from plugfest.lab.v201.states.transaction_event import transaction_event
from plugfest.lab.v201.states.transaction_points import start_points
from plugfest.ocpp.v201 import messages as m


@case(
    "TC_E_04_CS",
    requirements=("E03.FR.01", "E03.FR.06", "E03.FR.12", "E01.FR.16", "C01.FR.02", "C02.FR.01", "C06.FR.02"),
    configuration=AUTHORIZATION_ENABLED,
    before=parking_bay_occupied,
)
async def success(bench: Bench) -> None:
    bench.step(1)
    await authorized(bench, how="local")
    bench.step(2)
    await energy_transfer_started(bench)


def _tokens_not_cached(bench: Bench) -> tuple[Need, ...]:
    return needs(
        {
            **ev_connection_timeout(bench),
            **AUTHORIZATION_ENABLED,
            "AuthCacheCtrlr.Enabled": "false",
            "AuthCtrlr.LocalPreAuthorize": "false",
        }
    )


async def _authorized_local(bench: Bench) -> None:
    await authorized(bench, how="local")


@case(
    "TC_E_05_CS",
    requirements=(
        *("E03.FR.01", "E03.FR.05", "E03.FR.06", "E03.FR.12"),
        *("C01.FR.02", "C02.FR.01", "C06.FR.02"),
    ),
    configuration=_tokens_not_cached,
    before=_authorized_local,
)
async def cable_plugin_timeout(bench: Bench) -> None:
    bench.step(1, "E03.FR.05")
    await ev_connection_timed_out(bench)
    bench.step(3)  # the EVSE is ready for another charging session
    await authorized(bench, how="local")
    bench.step(4)
    await energy_transfer_started(bench)


@case("TC_E_38_CS", requirements=("E01.FR.18", "E01.FR.19"), before=authorized)
async def ev_not_ready(bench: Bench) -> None:
    await bench.operator.ev_suspend(bench.settings.evse_id)
    bench.step(1)
    await ev_connected_pre_session(bench)
    bench.step(2)
    points = start_points(bench)
    if not bench.known_state.ongoing and "DataSigned" in points and "PowerPathClosed" not in points:
        # as in step 5 of EnergyTransferStarted
        await transaction_event(bench, "Started", trigger_reason="SignedDataReceived")
    await transaction_event(
        bench,
        "Updated" if bench.known_state.ongoing else "Started",
        trigger_reason="ChargingStateChanged",
        transaction_info=has(charging_state="SuspendedEV"),
    )


@case(
    "TC_E_52_CS",
    requirements=("C01.FR.02", "C01.FR.05"),
    configuration={"AuthCtrlr.Enabled": "true", "AuthCtrlr.DisableRemoteAuthorization": "true"},
    before=parking_bay_occupied,
)
async def disable_remote_authorization(bench: Bench) -> None:
    bench.step(1)
    await bench.operator.present_token(default_token(bench, "local"), bench.settings.evse_id)
    await bench.silence(m.AuthorizeRequest, seconds=bench.settings.time_tolerance)
    await bench.silence(m.TransactionEventRequest, seconds=0, trigger_reason="Authorized")
    bench.step(2)  # erratum 6.2.48: while an authorization would not have timed out yet
    await ev_connected_pre_session(bench)
    bench.step(3)
    await bench.silence(
        m.TransactionEventRequest,
        seconds=bench.settings.response_timeout,
        transaction_info=has(charging_state="Charging"),
    )
    await bench.step(1).silence(m.AuthorizeRequest, seconds=0)  # nor later
