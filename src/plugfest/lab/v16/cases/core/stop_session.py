"""A session ends: by the driver's token, by one of his group, or because the cable was taken out of the EV."""

from plugfest.lab.case import case
from plugfest.lab.expectations import one_of
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.configuration import Need, needs
from plugfest.lab.v16.states.authorized import id_tag
from plugfest.lab.v16.states.charging import charging, transaction_id
from plugfest.lab.v16.states.connector_status import connector_becomes, other_connectors_unavailable
from plugfest.lab.v16.states.stopped import LOCAL_STOP_REASON, request_stop, stop_reported, transaction_stops, unplugged
from plugfest.lab.verdict import OperatorFailed, OperatorTooSlow
from plugfest.ocpp.v16 import messages as m

STOPS, GOES_ON = {"StopTransactionOnEVSideDisconnect": "true"}, {"StopTransactionOnEVSideDisconnect": "false"}
UNLOCKS, STAYS_LOCKED = {"UnlockConnectorOnEVSideDisconnect": "true"}, {"UnlockConnectorOnEVSideDisconnect": "false"}

CABLE_LOCK = "AQ-9"


async def charging_without_parent(bench: Bench) -> None:
    """The transaction of a driver who is in no group: nobody else can stop it."""
    await charging(bench, token=bench.tokens.second)


def shares_reader(bench: Bench) -> bool:
    """Whether a token at the reader may be meant for another connector."""
    return len(bench.connectors) > 1 and (bench.product.text("HFS-10") or "").lower() == "single"


@case(
    "TC_068_CS",
    requirements=("section 4.1", "section 4.10"),
    before=(other_connectors_unavailable, charging_without_parent),
)
async def by_the_same_id_tag(bench: Bench) -> None:
    """The other tag is of no group either, so there is nothing to ask the CSMS about it.

    Derived: who has stopped takes his cable (4.10).
    """
    other_token = bench.tokens.valid
    bench.step(1)
    await bench.present(other_token)
    if shares_reader(bench):
        await bench.expect_optional(
            m.AuthorizeRequest, within=bench.settings.time_tolerance, id_tag=id_tag(other_token)
        )
    else:
        await bench.silence(m.AuthorizeRequest, seconds=bench.settings.time_tolerance)
    await bench.silence(m.StopTransactionRequest, seconds=bench.settings.time_tolerance)
    bench.step(2)
    await bench.present(bench.tokens.second)
    await transaction_stops(bench.step(3), reason=LOCAL_STOP_REASON, token=bench.tokens.second, token_required=True)
    await connector_becomes(bench.step(5), "Finishing")
    await unplugged(bench.step("the cable"))


@case(
    "TC_069_CS",
    requirements=("section 3.10", "section 4.1", "section 4.10"),
    before=(other_connectors_unavailable, charging),
)
async def by_the_same_parent(bench: Bench) -> None:
    relative = bench.tokens.same_group
    bench.step(1)
    await bench.present(relative)
    await bench.step(2).expect(m.AuthorizeRequest, id_tag=id_tag(relative))
    await transaction_stops(bench.step(4), reason=LOCAL_STOP_REASON, token=relative, token_required=True)
    await connector_becomes(bench.step(6), "Finishing")


# The cable comes out of the EV


@case("TC_005_1_CS", requirements=("section 4.9", "section 4.10"), configuration=STOPS | UNLOCKS, before=charging)
async def disconnect_stops_and_unlocks(bench: Bench) -> None:
    bench.step(1)
    await bench.unplug(side="ev")
    await stop_reported(bench.step(2), reason="EVDisconnected")
    bench.step(6)
    bench.check(await cable_comes_out(bench), "the cable is unlocked at the station", "it cannot be pulled out")
    await connector_becomes(bench.step(7), "Available")


@case(
    "TC_005_2_CS",
    requirements=("section 4.9", "section 4.10", "section 5.18"),
    configuration=STOPS | STAYS_LOCKED,
    before=charging,
)
async def disconnect_stops(bench: Bench) -> None:
    bench.step(1)
    await bench.unplug(side="ev")
    await transaction_stops(bench.step(2), reason="EVDisconnected")
    ended = await connector_becomes(bench.step(4), ended_status(bench))
    await cable_is_held(bench)
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


async def cable_is_held(bench: Bench) -> None:
    """Pull at the driver's own cable: a lock holds it until he has identified himself (4.10)."""
    if bench.has_fixed_cable or not bench.product.answers(CABLE_LOCK):
        return
    bench.step("cable kept locked")
    bench.check(not await cable_comes_out(bench), "the cable is locked at the station", "it came out")


async def cable_comes_out(bench: Bench) -> bool:
    """Pull at the cable where it is plugged in to the station. Who was too slow with it has not tried."""
    try:
        await bench.unplug(side="evse")
    except OperatorTooSlow:
        raise
    except OperatorFailed:
        return False
    return True


def ended_status(bench: Bench) -> object:
    """A fixed cable that is out of the EV leaves nothing to do for the driver (C1)."""
    return one_of("Finishing", "Available") if bench.has_fixed_cable else "Finishing"


def goes_on(bench: Bench) -> tuple[Need, ...]:
    """A station whose transactions always stop by it cannot be tested for the opposite."""
    return needs(GOES_ON, if_implemented=False) + needs(STAYS_LOCKED)


@case("TC_005_3_CS", requirements=("section 4.9", "section 4.10"), configuration=goes_on, before=charging)
async def disconnect_suspends(bench: Bench) -> None:
    bench.step(1)
    await bench.unplug(side="ev")
    await connector_becomes(bench.step(2), "SuspendedEV")
    await bench.silence(
        m.StopTransactionRequest, seconds=bench.settings.time_tolerance, transaction_id=transaction_id(bench)
    )
    await cable_is_held(bench)
    await request_stop(bench.step(4))
    await stop_reported(bench.step(6), reason="Remote", status=ended_status(bench))
