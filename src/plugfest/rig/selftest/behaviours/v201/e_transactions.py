"""Wrong in block E: what a transaction tells, when it starts and ends, what happens to what is not delivered."""

from plugfest.ocpp.message import UNSET
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, wrong
from plugfest.rig.selftest.behaviours.builders import (
    NOTHING,
    always,
)
from plugfest.rig.selftest.behaviours.patch import Patch
from plugfest.rig.selftest.behaviours.v201.e_transactions_patches import (
    STAYS,
    again_after,
    asks_first,
    event,
    evse_only,
    first_driver,
    free_for_all,
    ignores_power_path,
    info,
    key_kind,
    last_after,
    later_by,
    lost,
    other_type,
    settings,
    start_ignores,
    state,
    status,
    stop_ignores,
    trigger,
    with_reason,
)
from plugfest.station.blocks.e_transactions import v201 as block
from plugfest.station.model.authorization.token_handler import TokenHandler
from plugfest.station.model.charging.connection_timeout import ConnectionTimeout
from plugfest.station.model.charging.energy import EnergyControl
from plugfest.station.model.charging.power_path import PowerPath
from plugfest.station.model.transactions import points, transactions
from plugfest.station.model.transactions.events import StopReason
from plugfest.station.model.transactions.points import Point

BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong(
        "a cable is never let go, in 2.0.1",
        "E07.FR.01",
        "TC_E_06",
        Patch(PowerPath, "unlock_cable", NOTHING),
        product="reference-ac",
    ),
    wrong("no event names a token", "E03.FR.01", "TC_E_03 TC_E_04 TC_E_10 TC_E_13", event(id_token=UNSET)),
    wrong("events name whoever came first", "E03.FR.01", "TC_C_39", Patch(block, "request_for", first_driver)),
    wrong("tokens are told with another type", "E03.FR.01", "TC_E_03 TC_E_04 TC_E_10", event(id_token=other_type)),
    wrong("no event names an EVSE", "E01.FR.16", "TC_E_04 TC_E_09 TC_E_01", event(evse=UNSET)),
    wrong("no event names a connector", "E01.FR.16", "TC_E_04 TC_E_09 TC_E_01", event(evse=evse_only)),
    wrong(
        "no event was offline",
        "E04.FR.03",
        "TC_E_16 TC_E_40 TC_E_43 TC_E_44",
        event(offline=UNSET),
        Patch(block, "_mark_offline", NOTHING),
    ),
    wrong("every event was offline", "E04.FR.03", "TC_E_15", event(offline=True)),
    wrong("the numbers of events have gaps", "E01.FR.07", "TC_E_09 TC_E_15", event(seq_no=lambda e: e.seq_no * 2)),
    wrong("events have the same number", "E01.FR.07", "TC_E_09 TC_E_15", event(seq_no=0)),
    wrong("the numbers of events go down", "E01.FR.07", "TC_E_09 TC_E_15", event(seq_no=lambda e: 99 - e.seq_no)),
    wrong("all transactions have one id", "E01.FR.08", "TC_C_08 TC_C_13", info(transaction_id="the same")),
    wrong("events are an hour late", "Part 6 section 2.1", "TC_E_09 TC_E_15", event(timestamp=later_by(3600))),
    wrong("events are a minute early", "Part 6 section 2.1", "TC_E_09 TC_E_15", event(timestamp=later_by(-60))),
    wrong("no remoteStartId is told", "F01.FR.25", "TC_E_13 TC_F_01 TC_F_02", info(remote_start_id=UNSET)),
    wrong(
        "a remote start is told as a local one", "F01.FR.19", "TC_E_13 TC_F_01", trigger("RemoteStart", "Authorized")
    ),
    wrong(
        "an authorization is told as a cable",
        "E02.FR.01",
        "TC_E_03 TC_E_04 TC_E_10",
        trigger("Authorized", "CablePluggedIn"),
    ),
    wrong(
        "a cable is told as an authorization",
        "E02.FR.17",
        "TC_E_04 TC_E_05 TC_E_09",
        trigger("CablePluggedIn", "Authorized"),
    ),
    wrong(
        "a stop is told as a change of the charging state",
        "E07.FR.02",
        "TC_E_06 TC_E_15 TC_E_07",
        trigger("StopAuthorized", "ChargingStateChanged"),
    ),
    wrong(
        "a timeout is told as a deauthorization",
        "E03.FR.05",
        "TC_E_05 TC_E_39",
        trigger("EVConnectTimeout", "Deauthorized"),
    ),
    wrong(
        "a lost cable is told as a change of the charging state",
        "E02.FR.17",
        "TC_E_20 TC_E_17 TC_E_25",
        trigger("EVCommunicationLost", "ChargingStateChanged"),
    ),
    wrong(
        "a deauthorization is told as a stop by the driver",
        "E05.FR.10",
        "TC_E_16 TC_C_16",
        trigger("Deauthorized", "StopAuthorized"),
    ),
    wrong(
        "a periodic event is told as a clock-aligned one",
        "J02.FR.11",
        "TC_J_09",
        trigger("MeterValuePeriodic", "MeterValueClock"),
    ),
    wrong("no stoppedReason is told", "E06.FR.08", "TC_E_05 TC_E_20 TC_E_17 TC_E_16", info(stopped_reason=UNSET)),
    wrong(
        "a timeout is told as a stop by the driver",
        "E03.FR.05",
        "TC_E_05 TC_E_39",
        with_reason(StopReason.TIMEOUT, StopReason.LOCAL),
    ),
    wrong(
        "a lost cable is told as a stop by the driver",
        "E06.FR.08",
        "TC_E_20",
        with_reason(StopReason.EV_DISCONNECTED, StopReason.LOCAL),
    ),
    wrong(
        "a remote stop is told as one by the driver",
        "F03.FR.03",
        "TC_F_08 TC_E_21",
        with_reason(StopReason.REMOTE, StopReason.LOCAL),
    ),
    wrong(
        "a deauthorization is told as a stop from afar",
        "E05.FR.10",
        "TC_E_16 TC_C_16",
        with_reason(StopReason.DEAUTHORIZED, StopReason.REMOTE),
    ),
    wrong(
        "a reset is told as a stop by the driver",
        "B12.FR.04",
        "TC_B_22",
        with_reason(StopReason.IMMEDIATE_RESET, StopReason.LOCAL),
    ),
    wrong("no chargingState is told", "E02.FR.13", "TC_E_04 TC_E_09 TC_E_01", info(charging_state=UNSET)),
    wrong("an EVSE that is idle is told as connected", "E01.FR.18", "TC_E_20 TC_E_17", state("Idle", "EVConnected")),
    wrong("an EV that charges is told as connected", "E02.FR.13", "TC_E_01 TC_E_04", state("Charging", "EVConnected")),
    wrong(
        "changes of the charging state are not told",
        "E02.FR.13",
        "TC_E_03 TC_E_04 TC_E_09",
        lost(lambda event: event.trigger_reason == "ChargingStateChanged" and event.event_type == "Updated"),
    ),
    wrong(
        "cables are not told",
        "E02.FR.05",
        "TC_E_04 TC_E_05",
        lost(lambda event: event.trigger_reason == "CablePluggedIn" and event.event_type == "Updated"),
    ),
    wrong("the end is not told", "E06.FR.03", "TC_E_15 TC_E_06 TC_E_20", lost(lambda e: e.event_type == "Ended")),
    wrong(
        "a start offline is not told",
        "E12.FR.01",
        "TC_E_16 TC_E_43",
        lost(lambda event: event.event_type == "Started" and event.offline is True),
    ),
    wrong(
        "what happens offline in a transaction is not told",
        "E11.FR.01",
        "TC_E_40 TC_E_43",
        lost(lambda event: event.event_type == "Updated" and event.offline is True),
    ),
    wrong("the start is told as an update", "Part 6 section 2.1", "TC_E_09 TC_E_04", key_kind("Started", "Updated")),
    wrong("the end is told as an update", "E06.FR.03", "TC_E_15 TC_E_20", key_kind("Ended", "Updated")),
    # Delivery
    wrong("what is not accepted is not sent again", "E13.FR.02", "TC_E_41 TC_E_42 TC_E_50 TC_E_51", last_after(1)),
    wrong("what is not accepted is sent once too often", "E13.FR.04", "TC_E_41 TC_E_50", last_after(4)),
    wrong("what is not accepted is sent for ever", "E13.FR.04", "TC_E_41 TC_E_50", last_after(10**6)),
    wrong(
        "the wait for another attempt does not grow",
        "E13.FR.03",
        "TC_E_41 TC_E_50",
        again_after(lambda interval, failures: interval),
    ),
    wrong(
        "another attempt is made at once",
        "E13.FR.03",
        "TC_E_41 TC_E_42 TC_E_50 TC_E_51",
        again_after(lambda interval, failures: 0.0),
    ),
    wrong(
        "another attempt is made too late",
        "E13.FR.03",
        "TC_E_41 TC_E_50",
        again_after(lambda interval, failures: 3 * interval * failures),
    ),
    wrong("messages in the queue are denied", "E14.FR.04", "TC_E_29 TC_E_31 TC_E_33", status(messages_in_queue=False)),
    wrong("there are always messages in the queue", "E14.FR.05", "TC_E_28 TC_E_30", status(messages_in_queue=True)),
    wrong("every transaction is going on", "E14.FR.01", "TC_E_28 TC_E_31", status(ongoing_indicator=True)),
    wrong("no transaction is going on", "E14.FR.02", "TC_E_29 TC_E_30", status(ongoing_indicator=False)),
    wrong(
        "whether it goes on is told though nobody named a transaction",
        "E14.FR.06",
        "TC_E_33 TC_E_34",
        status(ongoing_indicator=False),
    ),
    wrong("whether it goes on is not told", "E14.FR.02", "TC_E_28 TC_E_29 TC_E_30", status(ongoing_indicator=UNSET)),
    # Settings
    wrong("EVConnectionTimeOut is over too early", "E03.FR.05", "TC_E_05 TC_E_39", settings(connection_timeout=5)),
    wrong("EVConnectionTimeOut is over too late", "E03.FR.05", "TC_E_05 TC_E_39", settings(connection_timeout=60)),
    wrong(
        "EVConnectionTimeOut does not matter",
        "E03.FR.05",
        "TC_E_05 TC_E_39",
        Patch(ConnectionTimeout, "start", NOTHING),
    ),
    wrong("StopTxOnInvalidId does not matter", "E05.FR.10", "TC_E_16", settings(stop_on_invalid=False)),
    wrong(
        "StopTxOnEVSideDisconnect does not matter",
        "E09.FR.01",
        "TC_E_17",
        settings(stop_on_ev_side_disconnect=False),
    ),
    wrong(
        "whoever unplugs at the EV has stopped",
        "E10.FR.02",
        "TC_E_26 TC_E_27",
        settings(stop_on_ev_side_disconnect=True),
    ),
    wrong(
        "TxStartPoint EVConnected starts nothing",
        "E01.FR.02",
        "TC_E_09 TC_E_39",
        start_ignores(Point.EV_CONNECTED),
    ),
    wrong("TxStartPoint Authorized starts nothing", "E01.FR.03", "TC_E_04 TC_E_10", start_ignores(Point.AUTHORIZED)),
    wrong(
        "TxStartPoint PowerPathClosed starts nothing", "E01.FR.05", "TC_E_01", start_ignores(Point.POWER_PATH_CLOSED)
    ),
    wrong("TxStartPoint EnergyTransfer starts nothing", "E01.FR.06", "TC_E_02", start_ignores(Point.ENERGY_TRANSFER)),
    wrong("TxStartPoint DataSigned starts nothing", "E01.FR.04", "TC_E_11", start_ignores(Point.DATA_SIGNED)),
    wrong(
        "TxStartPoint ParkingBayOccupancy starts nothing",
        "E01.FR.01",
        "TC_E_12",
        start_ignores(Point.PARKING_BAY_OCCUPANCY),
    ),
    wrong(
        "everything starts a transaction",
        "E01.FR.05",
        "TC_E_01 TC_E_02 TC_E_11",
        Patch(transactions, "starts", lambda right: lambda before, now, start: bool(now - before)),
    ),
    wrong("TxStopPoint EVConnected ends nothing", "E06.FR.02", "TC_E_20", stop_ignores(Point.EV_CONNECTED), STAYS),
    wrong("TxStopPoint Authorized ends nothing", "E06.FR.03", "TC_E_06 TC_E_15", stop_ignores(Point.AUTHORIZED)),
    wrong(
        "TxStopPoint PowerPathClosed ends nothing",
        "E06.FR.06",
        "TC_E_07 TC_E_35 TC_E_37",
        Patch(points, "_stop_points", ignores_power_path),
        STAYS,
    ),
    wrong(
        "TxStopPoint EnergyTransfer ends nothing", "E06.FR.07", "TC_E_08 TC_E_22", stop_ignores(Point.ENERGY_TRANSFER)
    ),
    wrong(
        "TxStopPoint ParkingBayOccupancy ends nothing",
        "E06.FR.01",
        "TC_E_19",
        stop_ignores(Point.PARKING_BAY_OCCUPANCY),
        STAYS,
    ),
    # Energy and access
    wrong(
        "energy flows without an authorization",
        "C01.FR.01",
        "TC_E_52",
        Patch(EnergyControl, "_start_or_stop", free_for_all),
    ),
    wrong(
        "somebody who wants to stop is asked about",
        "E07.FR.01",
        "TC_E_06 TC_E_15",
        Patch(TokenHandler, "_stop_or_unlock", asks_first),
    ),
    wrong(
        "nobody can stop a transaction at the station",
        "E07.FR.01",
        "TC_E_15 TC_E_06",
        Patch(TokenHandler, "_stop_or_unlock", always(False)),
    ),
)
