"""Passwords, TLS and security events (A01, A04, A05)."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.station.connection.test_network import get_variable, profile, put, reset, set_variable
from tests.station.csms import UNAUTHORIZED, Csms
from tests.station.powered_station import PASSWORD, powered_station

from plugfest import clock
from plugfest.clock import run_simulated
from plugfest.link.server import Admission
from plugfest.link.tls import TLSVersion, server_context
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.security.pki import CertificateFault, TestPki
from plugfest.security.profile import SecurityProfile
from plugfest.station.lifecycle.power import PoweredStation
from plugfest.station.storage.diagnostics import CAPACITY, LogEntry, SecurityLog
from plugfest.station.storage.store import Store

NEW_PASSWORD = "another-password-42"


async def set_password(csms: Csms, password: str) -> str:
    data = t.SetVariableDataType(
        component=t.ComponentType(name="SecurityCtrlr"),
        variable=t.VariableType(name="BasicAuthPassword"),
        attribute_value=password,
    )
    answer = await csms.call(m.SetVariablesRequest(set_variable_data=[data]))
    return answer.set_variable_result[0].attribute_status.value


def log_of(station: PoweredStation) -> SecurityLog:
    assert station.station is not None
    return station.station.context.shared.get(SecurityLog)


def kinds(csms: Csms) -> list[str]:
    return [event.type for event in csms.all(m.SecurityEventNotificationRequest)]


def test_a_new_password_is_used_for_a_new_connection() -> None:
    async def scenario() -> None:
        async with powered_station() as (station, csms):
            await csms.expect(m.SecurityEventNotificationRequest)
            assert await set_password(csms, NEW_PASSWORD) == "Accepted"
            await csms.until(lambda: len(csms.handshakes) == 2, within=5)
            assert csms.handshakes[1].credentials == ("CS001", NEW_PASSWORD)
            await asyncio.sleep(5)
            assert len(csms.all(m.BootNotificationRequest)) == 1
            assert "ReconfigurationOfSecurityParameters" in [entry.type for entry in log_of(station).entries()]
            assert NEW_PASSWORD not in str(log_of(station).entries())  # A01.FR.12

    run_simulated(scenario())


def test_a_short_password_is_rejected() -> None:
    async def scenario() -> None:
        async with powered_station() as (_, csms):
            await csms.expect(m.SecurityEventNotificationRequest)
            assert await set_password(csms, "fifteen-letters") == "Rejected"
            await reset(csms)
            await csms.until(lambda: len(csms.handshakes) == 2)
            assert csms.handshakes[1].credentials == ("CS001", PASSWORD)

    run_simulated(scenario())


def test_a_wrong_password_is_logged_and_the_station_retries() -> None:
    async def scenario() -> None:
        async with powered_station(on=False) as (station, csms):
            csms.admission = lambda _: UNAUTHORIZED if len(csms.handshakes) < 3 else Admission.accept()
            station.power_on()
            await csms.expect(m.SecurityEventNotificationRequest)
            assert [entry.type for entry in log_of(station).entries()].count("FailedToAuthenticateAtCsms") == 1
            assert kinds(csms) == ["StartupOfTheDevice"]  # that one is not critical

    run_simulated(scenario())


def run_now(scenario: Any) -> None:
    """Run in real time, as OpenSSL verifies certificates by the system time."""
    clock.run(scenario, simulated=True)


def tls_bench(pki: TestPki, csms: Csms, **other: Any) -> Any:
    return powered_station(
        csms=csms,
        security_profile=SecurityProfile.TLS_BASIC,
        csms_roots=(pki.root_pem,),
        **other,
    )


def test_with_profile_2_it_rejects_an_invalid_csms_certificate_and_reports_it_later() -> None:
    async def scenario() -> None:
        pki = TestPki(datetime.now(UTC))
        good = server_context(pki.csms("127.0.0.1"))
        csms = Csms(tls=server_context(pki.csms("127.0.0.1", fault=CertificateFault.EXPIRED)))
        async with tls_bench(pki, csms) as (_, csms):
            await asyncio.sleep(5)
            assert not csms.handshakes
            await csms.server.change_tls(good)
            await csms.until(lambda: "InvalidCsmsCertificate" in kinds(csms))
            assert kinds(csms).count("InvalidCsmsCertificate") == 1
            assert csms.handshakes[0].credentials == ("CS001", PASSWORD)

    run_now(scenario())


def test_with_profile_2_it_rejects_old_tls_versions() -> None:
    async def scenario() -> None:
        pki = TestPki(datetime.now(UTC))
        key = pki.csms("127.0.0.1")
        csms = Csms(tls=server_context(key, maximum=TLSVersion.TLSv1_1))
        async with tls_bench(pki, csms) as (_, csms):
            await asyncio.sleep(5)
            await csms.server.change_tls(server_context(key))
            await csms.until(lambda: "InvalidTLSVersion" in kinds(csms))

    run_now(scenario())


def test_a_higher_security_profile_replaces_the_lower_ones_for_good() -> None:
    async def scenario() -> None:
        pki = TestPki(datetime.now(UTC))
        secure = Csms(tls=server_context(pki.csms("127.0.0.1")))
        await secure.listen()
        async with powered_station(csms_roots=(pki.root_pem,)) as (_, csms):
            await csms.expect(m.SecurityEventNotificationRequest)
            assert await put(csms, 2, profile(secure.url, security_profile=2)) == "Accepted"
            assert await set_variable(csms, "NetworkConfigurationPriority", "2,1") == "Accepted"
            await reset(csms)
            await secure.expect(m.BootNotificationRequest)
            assert await get_variable(secure, "SecurityCtrlr", "SecurityProfile") == "2"  # A05.FR.06
            assert await get_variable(secure, "OCPPCommCtrlr", "NetworkConfigurationPriority") == "2"
            assert await put(secure, 1, profile(csms.url)) == "NoSecurityDowngrade"  # B09.FR.04
            await secure.server.close()

    run_now(scenario())


@pytest.mark.parametrize("with_certificate", [True, False])
def test_profile_3_needs_a_certificate_of_the_station(with_certificate: bool) -> None:
    async def scenario() -> None:
        pki = TestPki(datetime.now(UTC))
        tls = server_context(pki.csms("127.0.0.1"), client_roots=[pki.root_pem])
        secure = Csms(tls=tls)
        await secure.listen()
        own = pki.station("CS001") if with_certificate else None
        async with powered_station(csms_roots=(pki.root_pem,), own_key=own) as (_, csms):
            await csms.expect(m.SecurityEventNotificationRequest)
            assert await put(csms, 2, profile(secure.url, security_profile=3)) == "Accepted"
            accepted = await set_variable(csms, "NetworkConfigurationPriority", "2,1")
            assert accepted == ("Accepted" if with_certificate else "Rejected")  # A05.FR.03
            if with_certificate:
                await reset(csms)
                await secure.expect(m.BootNotificationRequest)
                assert secure.handshakes[0].credentials is None
            await secure.server.close()

    run_now(scenario())


def test_the_security_log_rolls_over() -> None:
    log = SecurityLog(Store())
    for number in range(CAPACITY + 5):
        log.add(LogEntry(datetime(2030, 1, 1, tzinfo=UTC), f"event {number}"))
    assert len(log.entries()) == CAPACITY
    assert log.entries()[0].type == "event 5"
