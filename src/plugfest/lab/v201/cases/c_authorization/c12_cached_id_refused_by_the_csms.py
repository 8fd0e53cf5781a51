"""C12 Start Transaction - Cached Id, where the CSMS has changed its mind: StopTxOnInvalidId, MaxEnergyOnInvalidId."""

from plugfest.lab.case import case
from plugfest.lab.expectations import has
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.c_authorization.cache import CACHE_IN_USE
from plugfest.lab.v201.cases.c_authorization.energy_limit import energy_limited
from plugfest.lab.v201.cases.c_authorization.refused_afterwards import (
    authorized_offline,
    energy_stays_off,
    energy_suspended,
    refused_on_return,
    tells_of_charging,
)
from plugfest.lab.v201.configuration import Need, needs
from plugfest.lab.v201.memory.id_token_known import id_token_known
from plugfest.lab.v201.metering import sampled_updates
from plugfest.lab.v201.states.deauthorized import deauthorized
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session
from plugfest.ocpp.v201 import messages as m

MOMENT = 5.0
"""Seconds that Part 6 leaves the station offline with the driver."""

KNOWN_OFFLINE = {**CACHE_IN_USE, "AuthCtrlr.LocalAuthorizeOffline": "true"}
LIMIT = 10_000
"""MaxEnergyOnInvalidId in Wh: more than any station delivers while it is offline here."""

SHORT_OUTAGE = {
    "OCPPCommCtrlr.RetryBackOffWaitMinimum": "5",
    "OCPPCommCtrlr.RetryBackOffRandomRange": "0",
    "OCPPCommCtrlr.OfflineThreshold": "65",
}


@case(
    "TC_C_16_CS",
    requirements=("C12.FR.02", "C12.FR.04"),
    configuration={**KNOWN_OFFLINE, "TxCtrlr.StopTxOnInvalidId": "true", "TxCtrlr.MaxEnergyOnInvalidId": "0"},
    before=(id_token_known, ev_connected_pre_session),
)
async def stop_tx_on_invalid_id_true(bench: Bench) -> None:
    await authorized_offline(bench.step(1), seconds=MOMENT)
    events = await refused_on_return(bench.step(2))
    tells_of_charging(bench.step(3), events, bench.tokens.valid)
    await deauthorized(bench.step(5, "E05.FR.09, E05.FR.10"))
    await energy_stays_off(bench.step("post scenario"))


@case(
    "TC_C_17_CS",
    requirements=("C12.FR.02", "C12.FR.04"),
    configuration={
        **KNOWN_OFFLINE,
        "AuthCtrlr.OfflineTxForUnknownIdEnabled": "true",
        "TxCtrlr.StopTxOnInvalidId": "false",
        "TxCtrlr.MaxEnergyOnInvalidId": "0",
    },
    before=(id_token_known, ev_connected_pre_session),
)
async def stop_tx_on_invalid_id_false(bench: Bench) -> None:
    await authorized_offline(bench.step(1), seconds=MOMENT)
    events = await refused_on_return(bench.step(2))
    tells_of_charging(bench.step(3), events, bench.tokens.valid)
    await energy_suspended(bench.step(5, "E05.FR.02"))
    await energy_stays_off(bench.step("post scenario"))


def limited_energy(bench: Bench) -> tuple[Need, ...]:
    """A refused driver gets so much energy and no more, and the station tells how much it is."""
    table = {
        **KNOWN_OFFLINE,
        **SHORT_OUTAGE,
        **sampled_updates(bench),
        "AuthCtrlr.OfflineTxForUnknownIdEnabled": "true",
        "TxCtrlr.StopTxOnInvalidId": "false",
    }
    limit = needs({"TxCtrlr.MaxEnergyOnInvalidId": str(LIMIT)}, if_implemented=False)
    return (*needs(table), *limit)


@case(
    "TC_C_15_CS",
    requirements=("C12.FR.02", "C12.FR.04"),
    configuration=limited_energy,
    before=(id_token_known, ev_connected_pre_session),
)
async def max_energy_without_stop(bench: Bench) -> None:
    await authorized_offline(bench.step(1), seconds=bench.settings.transaction_duration)
    events = await refused_on_return(bench.step(2))
    tells_of_charging(bench.step(3, "E05.FR.03"), events, bench.tokens.valid)
    await bench.silence(
        m.TransactionEventRequest,
        seconds=bench.settings.transaction_duration,
        trigger_reason="Deauthorized",
    )
    await bench.silence(m.TransactionEventRequest, seconds=0, transaction_info=has(charging_state="SuspendedEVSE"))
    await energy_limited(bench.step("post scenario", "E05.FR.03"), LIMIT)


@case(
    "TC_C_18_CS",
    requirements=("C12.FR.02", "C12.FR.04"),
    configuration={
        **KNOWN_OFFLINE,
        **SHORT_OUTAGE,
        "AuthCtrlr.OfflineTxForUnknownIdEnabled": "true",
        "TxCtrlr.StopTxOnInvalidId": "true",
        "TxCtrlr.MaxEnergyOnInvalidId": "500",
    },
    before=(id_token_known, ev_connected_pre_session),
)
async def max_energy_with_stop(bench: Bench) -> None:
    await authorized_offline(bench.step(1), seconds=bench.settings.transaction_duration)
    events = await refused_on_return(bench.step(2))
    tells_of_charging(bench.step(3), events, bench.tokens.valid)
    await deauthorized(bench.step(5, "E05.FR.09, E05.FR.10"))
    await energy_stays_off(bench.step("post scenario"))
