"""A charging session ends: by the driver's idTag, by one of the same group, or by unplugging the cable from the EV."""

from plugfest.lab.case import case
from plugfest.lab.expectations import none_of, one_of
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.configuration import Need, needs
from plugfest.lab.v16.states.authorized import id_tag
from plugfest.lab.v16.states.charging import charging, transaction_id
from plugfest.lab.v16.states.connector_status import connector_becomes, other_connectors_unavailable
from plugfest.lab.v16.states.stopped import LOCAL_STOP_REASON, request_stop, stop_reported, transaction_stops, unplugged
from plugfest.lab.verdict import CableHeld
from plugfest.ocpp.v16 import messages as m

STOP_ON_DISCONNECT = {"StopTransactionOnEVSideDisconnect": "true"}
CONTINUE_ON_DISCONNECT = {"StopTransactionOnEVSideDisconnect": "false"}
UNLOCK_ON_DISCONNECT = {"UnlockConnectorOnEVSideDisconnect": "true"}
STAY_LOCKED = {"UnlockConnectorOnEVSideDisconnect": "false"}

CABLE_LOCK = "AQ-9"


async def charging_without_parent(bench: Bench) -> None:
    """The transaction of an idTag without a parent: no other idTag can stop it."""
    await charging(bench, token=bench.tokens.second)


def shares_reader(bench: Bench) -> bool:
    """Whether an idTag at the reader may be meant for another connector."""
    return len(bench.connectors) > 1 and (bench.product.text("HFS-10") or "").lower() == "single"


@case(
    "TC_068_CS",
    requirements=("section 4.1", "section 4.10"),
    before=(other_connectors_unavailable, charging_without_parent),
)
async def by_the_same_id_tag(bench: Bench) -> None:
    """The driver's idTag has no parent, so another idTag needs no Authorize.

    Derived: the driver unplugs the cable after the stop (4.10).
    """
    different_token = bench.tokens.valid
    bench.step(1)
    await bench.present(different_token)
    if shares_reader(bench):
        await bench.expect_optional(
            m.AuthorizeRequest, within=bench.settings.time_tolerance, id_tag=id_tag(different_token)
        )
    else:
        await bench.silence(m.AuthorizeRequest, seconds=bench.settings.time_tolerance)
    await bench.silence(m.StopTransactionRequest, seconds=bench.settings.time_tolerance)
    bench.step(2)
    await bench.present(bench.tokens.second)
    await transaction_stops(bench.step(3), reason=LOCAL_STOP_REASON, token=bench.tokens.second, token_required=True)
    await connector_becomes(bench.step(5), "Finishing")
    await unplugged(bench.step("post scenario"))


@case(
    "TC_069_CS",
    requirements=("section 3.10", "section 4.1", "section 4.10"),
    before=(other_connectors_unavailable, charging),
)
async def by_the_same_parent(bench: Bench) -> None:
    same_parent = bench.tokens.same_group
    bench.step(1)
    await bench.present(same_parent)
    authorize = await bench.step(2).expect(m.AuthorizeRequest, id_tag=id_tag(same_parent))
    stop = await transaction_stops(bench.step(4), reason=LOCAL_STOP_REASON, token=same_parent, token_required=True)
    bench.check(  # the parent is known only after the Authorize (3.10)
        authorize.number < stop.number, "StopTransaction after Authorize", "before it", frame=stop.frame.index
    )
    await connector_becomes(bench.step(6), "Finishing")


# The cable is unplugged from the EV


@case(
    "TC_005_1_CS",
    requirements=("section 4.9", "section 4.10"),
    configuration=STOP_ON_DISCONNECT | UNLOCK_ON_DISCONNECT,
    before=charging,
)
async def disconnect_stops_and_unlocks(bench: Bench) -> None:
    bench.step(1)
    await bench.unplug(side="ev")
    await stop_reported(bench.step(2), reason="EVDisconnected")
    await stays_finishing(bench)
    bench.step(6)
    bench.check(
        await can_unplug_at_station(bench), "the cable unlocked at the station", "the cable cannot be unplugged"
    )
    await connector_becomes(bench.step(7), "Available")


@case(
    "TC_005_2_CS",
    requirements=("section 4.9", "section 4.10", "section 5.18"),
    configuration=STOP_ON_DISCONNECT | STAY_LOCKED,
    before=charging,
)
async def disconnect_stops(bench: Bench) -> None:
    bench.step(1)
    await bench.unplug(side="ev")
    await transaction_stops(bench.step(2), reason="EVDisconnected")
    ended = await connector_becomes(bench.step(4), ended_status(bench))
    if not bench.has_fixed_cable:
        await stays_finishing(bench)
    await check_cable_locked(bench)
    bench.step(6)
    await bench.call(
        m.UnlockConnectorRequest(connector_id=bench.connector_id),
        status="NotSupported" if bench.has_fixed_cable else "Unlocked",
    )
    bench.step(8)
    if not bench.has_fixed_cable:
        await bench.unplug(side="evse")
    if ended.message.status != "Available":
        await connector_becomes(bench.step(9), "Available")


async def stays_finishing(bench: Bench) -> None:
    """The connector is not Available before the driver has unplugged the cable at the station (F1)."""
    await bench.silence(
        m.StatusNotificationRequest,
        seconds=bench.settings.time_tolerance,
        connector_id=bench.connector_id,
        status=none_of("Finishing"),
    )


async def check_cable_locked(bench: Bench) -> None:
    """A lock holds the driver's own cable until the driver has presented an idTag (4.10)."""
    if bench.has_fixed_cable or not bench.product.answers(CABLE_LOCK):
        return
    bench.step("cable kept locked")
    bench.check(
        not await can_unplug_at_station(bench), "the cable locked at the station", "the cable could be unplugged"
    )


async def can_unplug_at_station(bench: Bench) -> bool:
    """Whether the cable can be unplugged at the station. Raises OperatorFailed: the operator may not have tried."""
    try:
        await bench.unplug(side="evse")
    except CableHeld:
        return False
    return True


def ended_status(bench: Bench) -> object:
    """With a fixed cable the driver has nothing more to do once it is unplugged from the EV (C1)."""
    return one_of("Finishing", "Available") if bench.has_fixed_cable else "Finishing"


def continue_on_disconnect(bench: Bench) -> tuple[Need, ...]:
    """The transaction continues, and the cable stays locked. A station that always stops it cannot be tested."""
    return needs(CONTINUE_ON_DISCONNECT, if_implemented=False) + needs(STAY_LOCKED)


@case(
    "TC_005_3_CS", requirements=("section 4.9", "section 4.10"), configuration=continue_on_disconnect, before=charging
)
async def disconnect_suspends(bench: Bench) -> None:
    bench.step(1)
    await bench.unplug(side="ev")
    await connector_becomes(bench.step(2), "SuspendedEV")
    await bench.silence(
        m.StopTransactionRequest, seconds=bench.settings.time_tolerance, transaction_id=transaction_id(bench)
    )
    await check_cable_locked(bench)
    await request_stop(bench.step(4))
    await stop_reported(bench.step(6), reason="Remote", status=ended_status(bench))
