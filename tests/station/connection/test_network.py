"""Network profiles (B09, B10), reconnection (Part 4 section 5.3), and rejected security profiles (A05)."""

import asyncio
from itertools import pairwise

import pytest
from tests.station.csms import UNAVAILABLE, Csms
from tests.station.powered_station import powered_station

from plugfest.clock import run_simulated
from plugfest.link.server import Admission
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

ACCEPTED = t.SetNetworkProfileStatusEnumType.Accepted


def profile(url: str, security_profile: int = 1, **other: object) -> t.NetworkConnectionProfileType:
    fields = {
        "ocpp_version": t.OCPPVersionEnumType.OCPP20,
        "ocpp_transport": t.OCPPTransportEnumType.JSON,
        "ocpp_csms_url": url,
        "message_timeout": 30,
        "security_profile": security_profile,
        "ocpp_interface": t.OCPPInterfaceEnumType.Wired0,
    } | other
    return t.NetworkConnectionProfileType(**fields)  # type: ignore[arg-type]


async def put(csms: Csms, slot: int, data: t.NetworkConnectionProfileType) -> str:
    answer = await csms.call(m.SetNetworkProfileRequest(configuration_slot=slot, connection_data=data))
    return answer.status_info.reason_code if isinstance(answer.status_info, t.StatusInfoType) else answer.status.value


async def set_variable(csms: Csms, variable: str, value: str) -> str:
    data = t.SetVariableDataType(
        component=t.ComponentType(name="OCPPCommCtrlr"),
        variable=t.VariableType(name=variable),
        attribute_value=value,
    )
    answer = await csms.call(m.SetVariablesRequest(set_variable_data=[data]))
    return answer.set_variable_result[0].attribute_status.value


async def get_variable(csms: Csms, component: str, variable: str) -> str:
    data = t.GetVariableDataType(component=t.ComponentType(name=component), variable=t.VariableType(name=variable))
    answer = await csms.call(m.GetVariablesRequest(get_variable_data=[data]))
    return str(answer.get_variable_result[0].attribute_value)


async def reset(csms: Csms) -> None:
    await csms.call(m.ResetRequest(type=t.ResetEnumType.OnIdle))


def test_invalid_profiles_are_rejected() -> None:
    async def scenario() -> None:
        async with powered_station() as (_, csms):
            good = "ws://csms.example.com/ocpp"
            assert await put(csms, 2, profile(good)) == "Accepted"
            assert await put(csms, 999, profile(good)) == "InvalidConfSlot"
            assert await put(csms, 2, profile("http://csms.example.com")) == "InvalidNetworkConf"
            assert await put(csms, 2, profile("wss://csms.example.com")) == "InvalidNetworkConf"
            assert await put(csms, 2, profile(good, security_profile=4)) == "InvalidNetworkConf"
            assert await put(csms, 2, profile(good, message_timeout=0)) == "InvalidNetworkConf"
            old = t.OCPPVersionEnumType.OCPP16
            assert await put(csms, 2, profile(good, ocpp_version=old)) == "InvalidNetworkConf"

    run_simulated(scenario())


def test_the_priority_accepts_only_usable_slots() -> None:
    async def scenario() -> None:
        async with powered_station() as (_, csms):
            assert await set_variable(csms, "NetworkConfigurationPriority", "2,1") == "Rejected"  # B10.FR.02
            await put(csms, 2, profile("wss://csms.example.com", security_profile=2))
            assert await set_variable(csms, "NetworkConfigurationPriority", "2,1") == "Rejected"  # A05.FR.02
            await put(csms, 2, profile("ws://csms.example.com"))
            assert await set_variable(csms, "NetworkConfigurationPriority", "2,1") == "Accepted"
            assert await set_variable(csms, "NetworkConfigurationPriority", "7") == "Rejected"
            assert await set_variable(csms, "NetworkConfigurationPriority", "") == "Rejected"

    run_simulated(scenario())


def test_after_a_reset_it_migrates_to_the_new_csms_and_boots_there() -> None:
    async def scenario() -> None:
        other = Csms()
        await other.listen()
        async with powered_station() as (_, csms):
            await put(csms, 2, profile(other.url, message_timeout=15))
            await set_variable(csms, "NetworkConfigurationPriority", "2,1")
            await reset(csms)
            boot = await other.expect(m.BootNotificationRequest)
            assert boot.reason is t.BootReasonEnumType.RemoteReset
            assert await get_variable(other, "OCPPCommCtrlr", "ActiveNetworkProfile") == "2"
            assert csms.peer is not None
            assert csms.peer.closed  # B10.FR.06
            await other.server.close()

    run_simulated(scenario())


def test_it_uses_the_next_profile_after_the_configured_attempts() -> None:
    async def scenario() -> None:
        other = Csms()
        await other.listen()
        other.admission = lambda _: UNAVAILABLE
        async with powered_station() as (_, csms):
            await put(csms, 2, profile(other.url))
            await set_variable(csms, "NetworkConfigurationPriority", "2,1")
            await set_variable(csms, "NetworkProfileConnectionAttempts", "2")
            await reset(csms)
            await csms.expect(m.BootNotificationRequest, 2)
            assert len(other.handshakes) == 2  # B10.FR.03
            await other.server.close()

    run_simulated(scenario())


def test_when_all_profiles_fail_it_reconnects_with_the_last_connected_one() -> None:
    async def scenario() -> None:
        other = Csms()
        await other.listen()
        other.admission = lambda _: UNAVAILABLE
        async with powered_station() as (_, csms):
            await put(csms, 2, profile(other.url))
            await set_variable(csms, "NetworkConfigurationPriority", "2,1")
            await set_variable(csms, "NetworkProfileConnectionAttempts", "1")
            await csms.expect(m.SecurityEventNotificationRequest)
            await reset(csms)
            csms.admission = lambda _: UNAVAILABLE if len(csms.handshakes) < 4 else Admission.accept()
            await csms.expect(m.BootNotificationRequest, 2)
            assert len(other.handshakes) == 1
            waits = [
                later - earlier for earlier, later in zip(csms.connected_at[1:], csms.connected_at[2:], strict=False)
            ]
            assert waits == pytest.approx([10, 20], abs=0.5)  # B10.FR.07
            await other.server.close()

    run_simulated(scenario())


def test_a_new_csms_that_answers_after_a_lost_connection_gets_a_boot_notification() -> None:
    async def scenario() -> None:
        other = Csms()
        await other.listen()
        async with powered_station() as (station, csms):
            await put(csms, 2, profile(other.url))
            await set_variable(csms, "NetworkConfigurationPriority", "1,2")
            await csms.expect(m.SecurityEventNotificationRequest)
            await csms.server.close()
            boot = await other.expect(m.BootNotificationRequest)  # B10.FR.10
            assert boot.reason is t.BootReasonEnumType.PowerUp
            assert station.station is not None
            await other.server.close()

    run_simulated(scenario())


def test_it_reconnects_with_growing_delays_and_does_not_boot_again() -> None:
    async def scenario() -> None:
        async with powered_station() as (_, csms):
            await csms.expect(m.SecurityEventNotificationRequest)
            assert csms.peer is not None
            await csms.peer.close()
            lost = asyncio.get_running_loop().time()
            csms.admission = lambda _: UNAVAILABLE if len(csms.handshakes) < 6 else Admission.accept()
            await csms.until(lambda: csms.peer is not None and not csms.peer.closed)
            times = [lost, *csms.connected_at[1:]]
            waits = [later - earlier for earlier, later in pairwise(times)]
            assert waits == pytest.approx([10, 20, 40, 40, 40], abs=0.5)
            assert len(csms.all(m.BootNotificationRequest)) == 1

    run_simulated(scenario())


def test_a_changed_profile_is_not_used_before_the_next_start() -> None:
    async def scenario() -> None:
        other = Csms()
        await other.listen()
        async with powered_station() as (_, csms):
            await csms.expect(m.SecurityEventNotificationRequest)
            await put(csms, 1, profile(other.url))
            assert csms.peer is not None
            await csms.peer.close()
            await csms.until(lambda: len(csms.handshakes) == 2)
            await reset(csms)
            await other.expect(m.BootNotificationRequest)
            await other.server.close()

    run_simulated(scenario())


def test_it_reconnects_after_a_network_outage() -> None:
    async def scenario() -> None:
        async with powered_station() as (station, csms):
            await csms.expect(m.SecurityEventNotificationRequest)
            seconds: list[float] = []
            assert station.station is not None
            station.station.context.lifecycle.reconnected.add(seconds.append)
            station.network_off()
            await asyncio.sleep(100)
            assert len(csms.handshakes) == 1
            assert not station.station.context.csms.online
            station.network_on()
            await csms.until(lambda: len(csms.handshakes) == 2)
            await asyncio.sleep(1)
            assert station.station.context.csms.online
            assert seconds == [pytest.approx(110, abs=1)]

    run_simulated(scenario())
