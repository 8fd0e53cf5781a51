"""F02 Remote Start Transaction - Remote Start First: the CSMS authorizes, then the cable comes, or it does not."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.configuration import Need, needs
from plugfest.lab.v201.states.authorized import AUTHORIZATION_ENABLED, authorized
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.ev_connected import ev_connection_timed_out, ev_connection_timeout, parking_bay_occupied
from plugfest.lab.v201.states.session_ended import parking_bay_unoccupied
from plugfest.lab.v201.states.transaction_event import stop_points
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m


def authorizing_remote_starts(value: str) -> tuple[Need, ...]:
    """AuthorizeRemoteStart has this value; a station that cannot be given it cannot be tested so."""
    needed = needs({"AuthCtrlr.AuthorizeRemoteStart": value}, if_implemented=False)
    return (*needs(AUTHORIZATION_ENABLED), *needed)


@case(
    "TC_F_02_CS",
    requirements=("F02.FR.01", "F01.FR.01"),
    configuration=lambda _: authorizing_remote_starts("true"),
    before=parking_bay_occupied,
)
async def authorize_remote_start_is_true(bench: Bench) -> None:
    bench.step(1)
    await authorized(bench, how="remote")  # asks the CSMS, but for a token that it made up itself (C05.FR.01)
    await bench.silence(m.AuthorizeRequest, seconds=0)
    await energy_transfer_started(bench.step(2))


@case(
    "TC_F_03_CS",
    requirements=("F02.FR.01", "F01.FR.02"),
    configuration=lambda _: authorizing_remote_starts("false"),
    before=parking_bay_occupied,
)
async def authorize_remote_start_is_false(bench: Bench) -> None:
    bench.step(1)
    await authorized(bench, how="remote")
    await bench.silence(m.AuthorizeRequest, seconds=0)
    await energy_transfer_started(bench.step(2))


def starting_without_a_cable(bench: Bench) -> tuple[Need, ...]:
    """The transaction begins before the cable comes, if the product can have it so; the wait for the cable is short."""
    point = next((name for feature, name in WITHOUT_CABLE if bench.product.supports(feature)), None)
    start = {"TxCtrlr.TxStartPoint": point} if point else {}
    return needs({**AUTHORIZATION_ENABLED, **ev_connection_timeout(bench), **start})


WITHOUT_CABLE = (("C-09.2", "Authorized"), ("C-09.6", "ParkingBayOccupancy"))


async def remotely_authorized(bench: Bench) -> None:
    """The CSMS has started a session, and no cable is in."""
    await authorized(bench, how="remote")


@case(
    "TC_F_04_CS",
    requirements=("F02.FR.01", "E03.FR.01", "E03.FR.05"),
    configuration=starting_without_a_cable,
    before=remotely_authorized,
)
async def cable_plugin_timeout(bench: Bench) -> None:
    bench.step(1, "F02.FR.07")
    await ev_connection_timed_out(bench)
    left_open = bench.known_state.ongoing and "ParkingBayOccupancy" not in stop_points(bench)  # F02.FR.08
    bench.check(not left_open, "eventType Ended", "Updated")
    bench.known_state.stopped_reasons = ("Timeout", "Local", UNSET)
    await parking_bay_unoccupied(bench)  # F02.FR.08: where only that ends the transaction; and somebody else comes
    bench.step(3, "C01.FR.26")
    await remotely_authorized(bench)
    if not bench.known_state.ongoing:
        await ev_connection_timed_out(
            bench
        )  # nothing on the wire would tell the next case that somebody is still expected
