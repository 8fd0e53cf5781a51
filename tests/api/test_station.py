"""A station in a program."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from tests.station.csms import Csms
from tests.station.v16.station_bench import Csms16

from plugfest import ActionRefused, NotReached, Station, UnusableSettings, catalog, run
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

PASSWORD = "a-password-of-16"
ACCEPTED = m.AuthorizeResponse(id_token_info=t.IdTokenInfoType(status=t.AuthorizationStatusEnumType.Accepted))


@asynccontextmanager
async def online(product: str, csms: Csms) -> AsyncIterator[Station]:
    """A station that its CSMS has accepted."""
    csms.replies["Authorize"] = lambda _: ACCEPTED
    await csms.listen()
    async with Station(product, csms=csms.url, password=PASSWORD) as station:
        await station.wait_for(accepted=True)
        yield station
    await csms.server.close()


def test_a_charge_with_waits_on_states_and_messages() -> None:
    async def main() -> None:
        async with online("reference-ac", Csms()) as station:
            await station.plug_in(evse=1)
            await station.present_token("04A2B1C3")
            state = await station.wait_for(charging_state="Charging", evse=1)
            assert state.transactions[0].evse_id == 1
            state = await station.wait_for(power=1000, evse=1)
            assert state.evses[0].power > 1000
            (started,) = station.frames.of("TransactionEvent", eventType="Started")
            assert started.sent
            await station.present_token("04A2B1C3")
            ended = await station.wait_for_message("TransactionEvent", eventType="Ended")
            assert ended.payload["transactionInfo"]["stoppedReason"] == "Local"
            await station.wait_for(transaction=False)
        assert station.frames.of("TransactionEvent", eventType="Ended") == [ended]

    run(main(), simulated=True)


def test_a_charge_of_ocpp_16() -> None:
    async def main() -> None:
        csms = Csms16()
        csms.replies.pop("Authorize", None)
        async with online("reference-16-ac", csms) as station:
            csms.replies.clear()
            await station.plug_in()
            await station.present_token("04A2B1C3")
            await station.wait_for(charging_state="Charging", connector_status="Charging", within=60)
            (start,) = station.frames.of("StartTransaction")
            assert start.payload["connectorId"] == 1

    run(main(), simulated=True)


def test_a_message_that_came_before_the_wait_counts_and_is_returned_once() -> None:
    async def main() -> None:
        async with online("reference-ac", Csms()) as station:
            await station.plug_in()
            await station.wait_for(connector_status="Occupied")
            first = await station.wait_for_message("StatusNotification", connectorStatus="Occupied")
            with pytest.raises(
                NotReached, match=r'no StatusNotification call with {"connectorStatus":"Occupied"} within 5 s'
            ):
                await station.wait_for_message("StatusNotification", connectorStatus="Occupied", within=5)
            assert str(first).startswith("-> [2,")

    run(main(), simulated=True)


def test_what_was_not_reached_is_named() -> None:
    async def main() -> None:
        async with online("reference-ac", Csms()) as station:
            with pytest.raises(NotReached, match=r"EVSE 1: no transaction is ongoing"):
                await station.wait_for(charging_state="Charging", evse=1, within=3)
            with pytest.raises(NotReached, match="there is no EVSE 9"):
                await station.wait_for(evse=9, power=1, within=1)
            with pytest.raises(TypeError):
                await station.wait_for(evse=1)

    run(main(), simulated=True)


def test_an_action_that_is_not_possible_names_the_reason() -> None:
    async def main() -> None:
        async with online("reference-ac", Csms()) as station:
            with pytest.raises(ActionRefused, match="there is no EVSE 9"):
                await station.plug_in(evse=9)
        with pytest.raises(ActionRefused, match="not started"):
            await station.plug_in()

    run(main(), simulated=True)


def test_settings_that_do_not_fit_are_refused() -> None:
    async def main() -> None:
        with pytest.raises(UnusableSettings, match="no-such-product"):
            Station("no-such-product", csms="ws://127.0.0.1:1")
        with pytest.raises(UnusableSettings, match="http://x"):
            await Station("reference-ac", csms="http://x").start()
        with pytest.raises(UnusableSettings, match="together"):
            Station("reference-ac", csms="wss://x", certificate="x")

    run(main())


def test_the_catalog_has_the_products_of_a_version() -> None:
    assert {each.ocpp_version for each in catalog.products("1.6")} == {"1.6"}
    assert "chargepoint-ct4000" in catalog.names()
    assert catalog.load("chargepoint-ct4000").vendor == "ChargePoint"
