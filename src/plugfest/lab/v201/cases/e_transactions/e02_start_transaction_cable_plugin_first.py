"""E02 Start Transaction - Cable Plugin First."""

from plugfest.lab.case import case
from plugfest.lab.expectations import has
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.authorized import AUTHORIZATION_ENABLED, authorized
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session
from plugfest.ocpp.v201 import messages as m

OBSERVATION_TIME = 5.0
"""Seconds in which a station that does not wait for the authorization would start to charge."""


@case(
    "TC_E_03_CS",
    requirements=(
        *("E02.FR.01", "E02.FR.05", "E02.FR.06", "E02.FR.07", "E02.FR.13", "E02.FR.15", "E02.FR.16", "E02.FR.17"),
        *("E01.FR.16", "C01.FR.02", "C02.FR.01", "C06.FR.02"),
    ),
    configuration=AUTHORIZATION_ENABLED,
    before=ev_connected_pre_session,
)
async def success(bench: Bench) -> None:
    bench.step("EVConnectedPreSession", "C01.FR.01")
    await bench.silence(
        m.TransactionEventRequest, seconds=OBSERVATION_TIME, transaction_info=has(charging_state="Charging")
    )
    bench.step(1)
    await authorized(bench, how="local")
    bench.step(2)
    await energy_transfer_started(bench)
