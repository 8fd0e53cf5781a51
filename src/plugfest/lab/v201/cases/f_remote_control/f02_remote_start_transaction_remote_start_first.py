"""F02 Remote Start Transaction - Remote Start First: the CSMS authorizes before a cable is plugged in."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.e_transactions.configurations import supported_points, tx_start_point
from plugfest.lab.v201.configuration import Need, needs
from plugfest.lab.v201.states.authorized import AUTHORIZATION_ENABLED, authorized
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.ev_connected import ev_connection_timed_out, ev_connection_timeout, parking_bay_occupied
from plugfest.lab.v201.states.session_ended import parking_bay_unoccupied
from plugfest.lab.v201.states.transaction_points import stop_points
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m


def authorize_remote_start(value: str) -> tuple[Need, ...]:
    """AuthorizeRemoteStart has this value. A station where it cannot be set cannot be tested."""
    needed = needs({"AuthCtrlr.AuthorizeRemoteStart": value}, if_implemented=False)
    return (*needs(AUTHORIZATION_ENABLED), *needed)


@case(
    "TC_F_02_CS",
    requirements=("F02.FR.01", "F01.FR.01"),
    configuration=lambda _: authorize_remote_start("true"),
    before=parking_bay_occupied,
)
async def authorize_remote_start_is_true(bench: Bench) -> None:
    bench.step(1)
    await authorized(bench, how="remote")  # AuthorizeRequest, except for a Central token (C05.FR.01)
    await bench.silence(m.AuthorizeRequest, seconds=bench.settings.time_tolerance)
    await energy_transfer_started(bench.step(2))


@case(
    "TC_F_03_CS",
    requirements=("F02.FR.01", "F01.FR.02"),
    configuration=lambda _: authorize_remote_start("false"),
    before=parking_bay_occupied,
)
async def authorize_remote_start_is_false(bench: Bench) -> None:
    bench.step(1)
    await authorized(bench, how="remote")
    await bench.silence(m.AuthorizeRequest, seconds=bench.settings.time_tolerance)
    await energy_transfer_started(bench.step(2))


WITHOUT_CABLE = {"C-09.2": "Authorized", "C-09.6": "ParkingBayOccupancy"}
"""The start points that do not depend on the cable, by PICS feature."""


def start_without_cable(bench: Bench) -> tuple[Need, ...]:
    """The transaction starts before the cable is plugged in, if the product supports it; EVConnectionTimeOut is set."""
    points = supported_points(bench, WITHOUT_CABLE)
    start_point = tx_start_point(points[0]) if points else {}
    return needs({**AUTHORIZATION_ENABLED, **ev_connection_timeout(bench), **start_point})


async def remotely_authorized(bench: Bench) -> None:
    """The CSMS has started a charging session, and no cable is plugged in."""
    await authorized(bench, how="remote")


@case(
    "TC_F_04_CS",
    requirements=("F02.FR.01", "E03.FR.01", "E03.FR.05"),
    configuration=start_without_cable,
    before=remotely_authorized,
)
async def cable_plugin_timeout(bench: Bench) -> None:
    bench.step(1, "F02.FR.07")
    await ev_connection_timed_out(bench)
    may_continue = "ParkingBayOccupancy" in stop_points(bench)  # F02.FR.08
    bench.check(may_continue or not bench.known_state.ongoing, "eventType Ended", "Updated")
    bench.known_state.stopped_reasons = ("Timeout", "Local", UNSET)
    await parking_bay_unoccupied(bench)  # F02.FR.08: ends a transaction that is still ongoing; another driver comes
    bench.step(3, "C01.FR.26")
    await remotely_authorized(bench)
    if not bench.known_state.ongoing:
        await ev_connection_timed_out(bench)  # no message reports the end of the authorization to the next case
