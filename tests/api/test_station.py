"""A station in a program."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from tests.station.csms import Csms
from tests.station.v16.station_bench import Csms16

from plugfest import ActionRefused, ImpossibleWait, NotReached, Station, UnusableSettings, catalog, run
from plugfest.link.peer import NoAnswer
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


def test_a_block_begins_when_the_csms_has_accepted_the_station() -> None:
    async def main() -> None:
        csms = Csms()
        csms.replies["Authorize"] = lambda _: ACCEPTED
        await csms.listen()
        async with Station("chargepoint-ct4000", csms=csms.url, boot_seconds=60) as station:
            await station.plug_in(evse=1)
            await station.present_token("04A2B1C3")
            await station.wait_for(charging_state="Charging", within=30)
        await csms.server.close()

    run(main(), simulated=True)


def test_a_block_begins_also_if_the_csms_does_not_accept_the_station() -> None:
    async def seconds_until_it_begins(csms: Csms, url: str | None = None) -> float:
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with Station("reference-ac", csms=url or csms.url, password=PASSWORD) as station:
            assert not station.state.accepted
            return loop.time() - began

    async def main() -> None:
        csms = Csms()
        assert await seconds_until_it_begins(csms, "ws://127.0.0.1:9") < 1  # nothing listens there
        await csms.listen()
        csms.statuses.append(t.RegistrationStatusEnumType.Pending)
        assert await seconds_until_it_begins(csms) < 1
        csms.replies["BootNotification"] = no_answer
        assert await seconds_until_it_begins(csms) == pytest.approx(10, abs=1)
        await csms.server.close()

    def no_answer(_: object) -> m.BootNotificationResponse:
        raise NoAnswer

    run(main(), simulated=True)


def test_a_station_whose_beginning_is_cancelled_is_stopped() -> None:
    async def main() -> None:
        csms = Csms()
        await csms.listen()
        station = Station("reference-ac", csms=csms.url, password=PASSWORD, boot_seconds=60)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5), station:
                pytest.fail("the block has begun")
        with pytest.raises(ActionRefused, match="not started"):
            _ = station.state
        await csms.server.close()

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
            with pytest.raises(ImpossibleWait, match="there is no EVSE 9"):
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


def test_a_wait_that_can_never_end_is_refused_at_once() -> None:
    async def main() -> None:
        async with online("reference-ac", Csms()) as station:
            with pytest.raises(ImpossibleWait, match="charging_state is never Chargin; it is one of Charging, "):
                await station.wait_for(charging_state="Chargin")
            with pytest.raises(ImpossibleWait, match=r"accepted"):
                await station.wait_for(accepted="yes")  # type: ignore[arg-type]
            with pytest.raises(ImpossibleWait, match="did you mean TransactionEvent"):
                await station.wait_for_message("TransactonEvent")
            with pytest.raises(NotReached):
                await station.wait_for_message("OfVendor", sent=False, within=1)

    run(main(), simulated=True)


def test_a_message_that_did_not_come_names_what_came_instead() -> None:
    async def main() -> None:
        async with online("reference-ac", Csms()) as station:
            await station.plug_in()
            for fields, instead in (
                ({"eventType": "End"}, '; the newest has {"eventType":"Started"}'),
                ({"eventTyp": "Ended", "seqNo": 1}, '; the newest has {"seqNo":0} and no eventTyp'),
            ):
                with pytest.raises(NotReached) as error:
                    await station.wait_for_message("TransactionEvent", within=5, **fields)  # type: ignore[arg-type]
                assert str(error.value).endswith(instead)
            await station.unplug()
            with pytest.raises(NotReached, match=r"; one came before the last action at the station$"):
                await station.wait_for_message("TransactionEvent", eventType="Started", within=5)
            await station.network_off()
            with pytest.raises(
                NotReached, match=r"; the station is not connected, next attempt in .* s: the network is"
            ):
                await station.wait_for_message("Heartbeat", within=900)
            await station.power_off()
            with pytest.raises(NotReached, match="; the station is switched off"):
                await station.wait_for_message("Heartbeat", within=5)

    run(main(), simulated=True)


def test_an_earlier_failure_to_connect_is_forgotten_once_the_station_is_connected() -> None:
    async def main() -> None:
        async with online("reference-ac", Csms()) as station:
            await station.network_off()
            await station.wait_for(connected=False)
            with pytest.raises(NotReached, match="the network is down"):
                await station.wait_for(connected=True, within=100)
            await station.network_on()
            await station.reconnect()
            await station.wait_for(connected=True)
            await station.network_off()
            await station.wait_for(connected=False)
            assert station.connection_failure == ""

    run(main(), simulated=True)


def test_a_clock_needs_a_time_and_a_security_profile_a_number_of_ocpp() -> None:
    async def main() -> None:
        async with online("reference-ac", Csms()) as station:
            with pytest.raises(ActionRefused, match="set_clock takes a datetime or a timedelta, not 'tomorrow'"):
                await station.set_clock("tomorrow")  # type: ignore[arg-type]

    run(main(), simulated=True)
    with pytest.raises(UnusableSettings, match="security_profile is 0 to 3, not 5"):
        Station("reference-ac", csms="ws://x", security_profile=5)


def test_a_key_or_root_that_is_no_pem_is_named() -> None:
    with pytest.raises(UnusableSettings, match="the key is no private key in PEM"):
        Station("reference-ac", csms="wss://x", certificate="c", key="junk")

    async def main() -> None:
        station = Station("reference-ac", csms="wss://x", password=PASSWORD, csms_roots="junk")
        with pytest.raises(
            UnusableSettings, match="the root certificate of the CSMS cannot be used: not a certificate"
        ):
            await station.start()

    run(main(), simulated=True)
