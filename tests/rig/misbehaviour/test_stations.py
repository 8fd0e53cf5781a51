"""Wrong stations beside conforming ones in one process."""

import asyncio
from collections import Counter
from collections.abc import Mapping

import pytest
from tests.rig.misbehaviour.csms import RawCsms, listening, station
from tools.misbehaviour_messages import shape

from plugfest.clock import run_simulated
from plugfest.products import load_product
from plugfest.rig.misbehaviour import MisbehaviourError, StationMisbehaviour, parse
from plugfest.rig.misbehaviour.activation import ACTIVE, Place, install
from plugfest.rig.misbehaviour.wrong_stations import Suitability, wrong_stations
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function
from plugfest.rig.selftest.behaviours.catalogue import CATALOGUE

PRODUCTS = {
    "2.0.1": ("reference-ac", "reference-dc", "reference-ac-fixed", "btc-power-gen4-l3a", "reference-plug-and-charge"),
    "1.6": ("reference-16-ac", "reference-16-dc", "reference-16-plain"),
}

EVERY = 25
"""Every so many wrong stations is tried beside a conforming one."""

SEEN_IN_A_CHARGE = (
    "leaves-gaps-in-seqno",
    "omits-idtoken-from-all-transaction-events",
    "omits-stoppedreason",
    "omits-chargingstate",
    "does-not-send-the-connector-statuses-after-a-boot",
    "uses-the-same-transactionid-for-all-transactions",
)


def shapes(csms: RawCsms) -> Counter[str]:
    return Counter(shape(text) for text in csms.texts)


def charges(*misbehaviours: str, product: str = "reference-ac") -> tuple[RawCsms, RawCsms]:
    """What two CSMSs see of two stations that charge at the same time: one misbehaves, the other conforms."""
    subprotocol = f"ocpp{load_product(product).ocpp_version}"

    async def main() -> tuple[RawCsms, RawCsms]:
        first, second = RawCsms(), RawCsms()
        async with (
            listening(first, subprotocol) as one,
            listening(second, subprotocol) as other,
            station(one, *misbehaviours, product=product) as misbehaving,
            station(other, product=product) as conforming,
        ):
            await asyncio.sleep(20)
            await asyncio.gather(misbehaving.charge(), conforming.charge())
            await asyncio.sleep(60)
        return first, second

    return run_simulated(main())


def active_in(own: StationMisbehaviour) -> Mapping[Place, Function]:
    functions = own.context[ACTIVE]
    assert functions is not None
    return functions.by_place


def product_of(behaviour: Behaviour) -> str:
    """A product of which the station can be this wrong one."""
    for name in PRODUCTS[behaviour.name.partition(":")[0]]:
        try:
            parse([behaviour.name], load_product(name))
        except MisbehaviourError:
            continue
        return name
    raise AssertionError(f"no product can show: {behaviour.name}")


@pytest.mark.parametrize("behaviour", CATALOGUE, ids=lambda behaviour: behaviour.name)
def test_every_wrong_station_can_be_one_of_many(behaviour: Behaviour) -> None:
    misbehaviours = parse([behaviour.name], load_product(product_of(behaviour)))
    (line,) = misbehaviours.lines
    assert f"({behaviour.requirement})" in line
    first, second = misbehaviours.of("CS001"), misbehaviours.of("CS002")
    wrong = active_in(first)
    assert set(wrong) == {(id(patch.owner), patch.name) for patch in behaviour.patches}
    assert not set(wrong.values()) & {install(patch) for patch in behaviour.patches}
    first.end()
    assert (active_in(first), set(active_in(second))) == ({}, set(wrong))
    assert ACTIVE.get() is None


@pytest.mark.parametrize("name", SEEN_IN_A_CHARGE)
def test_a_wrong_station_differs_from_the_conforming_one_beside_it(name: str) -> None:
    misbehaving, conforming = charges(name)
    assert shapes(conforming) == shapes(charges()[1])
    assert sorted(misbehaving.texts) != sorted(conforming.texts)
    assert [frame[3] for frame in misbehaving.calls if frame[2] == "BootNotification"] == conforming.of(
        "BootNotification"
    )


def test_a_station_of_1_6_is_wrong_alone() -> None:
    misbehaving, conforming = charges("reports-meterstart-0-for-every-transaction", product="reference-16-ac")
    assert conforming.of("StartTransaction")
    assert misbehaving.of("StartTransaction")[0]["meterStart"] == 0


@pytest.mark.parametrize(
    "name", [each.id for each in Suitability(load_product("reference-ac")).fitting(wrong_stations("2.0.1"))[::EVERY]]
)
def test_a_conforming_station_does_not_notice_the_wrong_one_beside_it(name: str) -> None:
    _, conforming = charges(name)
    assert shapes(conforming) == shapes(charges()[1])


def test_two_wrong_stations_in_one() -> None:
    misbehaving, conforming = charges("leaves-gaps-in-seqno", "omits-idtoken-from-all")
    events = misbehaving.of("TransactionEvent")
    assert [event["seqNo"] for event in events] == [2 * number for number in range(len(events))]
    assert not any("idToken" in event for event in events)
    assert any("idToken" in event for event in conforming.of("TransactionEvent"))


def test_what_is_added_and_ended_at_run_time() -> None:
    async def main() -> list[bool]:
        csms = RawCsms()
        async with listening(csms) as url, station(url) as misbehaving:
            misbehaving.own.prepare()
            await asyncio.sleep(20)
            await misbehaving.charge()
            misbehaving.own.add(["omits-idtoken-from-all"])
            await misbehaving.charge()
            misbehaving.own.end()
            await misbehaving.charge()
        ends = [event for event in csms.of("TransactionEvent") if event["eventType"] != "Started"]
        by_transaction: dict[str, bool] = {}
        for event in ends:
            name = event["transactionInfo"]["transactionId"]
            by_transaction[name] = by_transaction.get(name, False) or "idToken" in event
        return list(by_transaction.values())

    assert run_simulated(main()) == [True, False, True]


def test_a_power_cycle_keeps_what_is_wrong() -> None:
    async def main() -> list[int]:
        csms = RawCsms()
        async with listening(csms) as url, station(url, "leaves-gaps-in-seqno") as misbehaving:
            await asyncio.sleep(20)
            await misbehaving.virtual.act(lambda control: control.power_off())
            await misbehaving.virtual.act(lambda control: control.power_on())
            await asyncio.sleep(60)
            await misbehaving.charge()
        assert len(csms.of("BootNotification")) == 2
        return [event["seqNo"] for event in csms.of("TransactionEvent")]

    numbers = run_simulated(main())
    assert numbers[:3] == [0, 2, 4]
