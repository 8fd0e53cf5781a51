"""E01 Start Transaction options: the transaction starts at TxStartPoint; the scenario ends with the energy transfer."""

from plugfest.lab.case import case
from plugfest.lab.expectations import any_item, has, one_of, present
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.e_transactions.configurations import tx_start_point
from plugfest.lab.v201.states.authorized import AUTHORIZATION_ENABLED, authorized, authorized_if_plug_in_blocked
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session, parking_bay_occupied, plug_in
from plugfest.lab.v201.states.transaction_event import evse_under_test, transaction_event
from plugfest.lab.v201.states.transaction_points import require_start_point, require_started_here

SIGNED_AT_START = any_item(
    has(
        sampled_value=any_item(
            has(
                context="Transaction.Begin",
                signed_meter_value=has(
                    encoding_method=present, public_key=present, signed_meter_data=present, signing_method=present
                ),
            )
        )
    )
)


@case(
    "TC_E_09_CS",
    requirements=("E01.FR.02", "E01.FR.07", "E01.FR.10", "E01.FR.15", "E01.FR.16"),
    configuration=tx_start_point("EVConnected"),
    before=(parking_bay_occupied, authorized_if_plug_in_blocked),
)
async def ev_connected(bench: Bench) -> None:
    states = (
        ("EVConnected", "SuspendedEVSE", "Charging") if bench.known_state.conditions.authorized else ("EVConnected",)
    )
    bench.step(1)
    await plug_in(bench)
    bench.step(3)
    await require_started_here(bench, "EVConnected")
    await transaction_event(
        bench,
        "Updated" if bench.known_state.ongoing else "Started",
        trigger_reason=one_of("CablePluggedIn", "ChargingStateChanged"),
        evse=evse_under_test(bench),
        transaction_info=has(charging_state=one_of(*states)),
    )
    if not bench.known_state.conditions.authorized:
        bench.step("Authorized")  # erratum 6.2.44: the scenario continues up to the energy transfer
        await authorized(bench)
    bench.step("EnergyTransferStarted")
    await energy_transfer_started(bench)


@case(
    "TC_E_10_CS",
    requirements=("E01.FR.03", "E01.FR.07", "E01.FR.10", "E01.FR.15", "E01.FR.16", "C01.FR.02"),
    configuration={**tx_start_point("Authorized"), **AUTHORIZATION_ENABLED},
)
async def authorized_local(bench: Bench) -> None:
    bench.step(1)
    await authorized(bench, how="local")
    require_start_point(bench, "Authorized")
    bench.step(2)
    await ev_connected_pre_session(bench)
    bench.step(3)
    await energy_transfer_started(bench)


@case(
    "TC_E_13_CS",
    requirements=("E01.FR.03", "F01.FR.03", "F01.FR.04", "F01.FR.06", "F01.FR.19", "F02.FR.01"),
    configuration={**tx_start_point("Authorized"), **AUTHORIZATION_ENABLED},
)
async def authorized_remote(bench: Bench) -> None:
    bench.step(1)
    await authorized(bench, how="remote")
    require_start_point(bench, "Authorized")
    bench.step(2)
    await ev_connected_pre_session(bench)
    bench.step(3)
    await energy_transfer_started(bench)


@case(
    "TC_E_11_CS",
    requirements=("E01.FR.04", "E01.FR.07", "E01.FR.10", "E01.FR.15", "E01.FR.16"),
    configuration={**tx_start_point("DataSigned"), "SampledDataCtrlr.SignReadings": "true"},
    before=authorized,
)
async def data_signed(bench: Bench) -> None:
    bench.step(1)
    await plug_in(bench)
    bench.step(3)
    await require_started_here(bench, "DataSigned", lambda event: event.trigger_reason == "SignedDataReceived")
    await transaction_event(
        bench,
        "Started",
        trigger_reason="SignedDataReceived",
        evse=evse_under_test(bench),
        meter_value=SIGNED_AT_START,
    )
    bench.step(5)
    await transaction_event(
        bench, "Updated", trigger_reason="ChargingStateChanged", transaction_info=has(charging_state="Charging")
    )


@case(
    "TC_E_01_CS",
    requirements=("E01.FR.05", "E01.FR.07", "E01.FR.10", "E01.FR.15", "E01.FR.16"),
    configuration=tx_start_point("PowerPathClosed"),
    before=authorized,
)
async def power_path_closed(bench: Bench) -> None:
    bench.step(1)
    await ev_connected_pre_session(bench)
    bench.step(2)  # erratum 6.2.44
    await energy_transfer_started(bench)
    require_start_point(bench, "PowerPathClosed")


@case(
    "TC_E_02_CS",
    requirements=("E01.FR.06", "E01.FR.07", "E01.FR.10", "E01.FR.15", "E01.FR.16"),
    configuration=tx_start_point("EnergyTransfer"),
    before=authorized,
)
async def energy_transfer(bench: Bench) -> None:
    bench.step(1)
    await plug_in(bench)
    bench.step(3)
    await require_started_here(
        bench, "EnergyTransfer", lambda event: event.transaction_info.charging_state == "Charging"
    )
    await transaction_event(
        bench,
        "Started",
        trigger_reason=one_of("ChargingStateChanged", "Authorized"),
        evse=evse_under_test(bench),
        transaction_info=has(charging_state="Charging"),
    )


@case(
    "TC_E_12_CS",
    requirements=("E01.FR.01", "E01.FR.07", "E01.FR.10", "E01.FR.15", "E01.FR.16"),
    configuration=tx_start_point("ParkingBayOccupancy"),
)
async def parking_bay_occupancy(bench: Bench) -> None:
    bench.step(1)
    await bench.operator.park(bench.settings.evse_id)
    bench.known_state.update(bay_occupied=True)
    await require_started_here(bench, "ParkingBayOccupancy")
    await transaction_event(bench, "Started", trigger_reason="EVDetected")
    bench.step(2)  # erratum 6.2.44
    await authorized(bench)
    bench.step(3)
    await ev_connected_pre_session(bench)
    bench.step(4)
    await energy_transfer_started(bench)
