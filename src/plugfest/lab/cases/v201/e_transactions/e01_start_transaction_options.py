"""E01 Start Transaction options: the transaction begins where TxStartPoint says, and goes on until energy flows."""

from plugfest.lab.bench import Bench
from plugfest.lab.case import case
from plugfest.lab.expect import has, one_of
from plugfest.lab.states.authorized import authorized
from plugfest.lab.states.energy_transfer import energy_transfer_started
from plugfest.lab.states.ev_connected import ev_connected_pre_session, plug_in
from plugfest.lab.states.parking_bay import parking_bay_occupied
from plugfest.lab.states.points import transaction_event, under_test

AUTHORIZATION = {"AuthCtrlr.AuthEnabled": "true", "AuthCtrlr.DisableRemoteAuthorization": "false"}


@case(
    "TC_E_09_CS",
    requirements=("E01.FR.02", "E01.FR.07", "E01.FR.10", "E01.FR.15", "E01.FR.16"),
    configuration={"TxCtrlr.TxStartPoint": "EVConnected"},
    before=parking_bay_occupied,
)
async def ev_connected(bench: Bench) -> None:
    bench.step(1)
    await plug_in(bench)
    bench.step(3)
    await transaction_event(
        bench,
        "Started",
        trigger_reason=one_of("CablePluggedIn", "ChargingStateChanged"),
        evse=under_test(bench),
        transaction_info=has(charging_state="EVConnected"),
    )
    bench.step("Authorized")  # errata 6.2.44: the session goes on until energy flows
    await authorized(bench)
    bench.step("EnergyTransferStarted")
    await energy_transfer_started(bench)


@case(
    "TC_E_10_CS",
    requirements=("E01.FR.03", "E01.FR.07", "E01.FR.10", "E01.FR.16"),
    configuration={"TxCtrlr.TxStartPoint": "Authorized", **AUTHORIZATION},
    before=parking_bay_occupied,
)
async def authorized_local(bench: Bench) -> None:
    bench.step(1)
    await authorized(bench, how="local")
    bench.step(2)
    await ev_connected_pre_session(bench)
    bench.step(3)
    await energy_transfer_started(bench)
