"""Security profiles, certificates and security events in OCPP 1.6 (security whitepaper Edition 3)."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.station.v16.station_bench import Csms16, StationBench, station_bench

from plugfest import clock
from plugfest.clock import run_simulated
from plugfest.link.tls import server_context
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.security.certificates import certificate_hash, certificates_from_pem
from plugfest.security.keys import KeyKind
from plugfest.security.pki import CertificateFault, TestPki
from plugfest.security.profile import SecurityProfile
from plugfest.station.storage.diagnostics import SecurityLog

ROOT = t.CertificateUseEnumType.CentralSystemRootCertificate
MAKER = t.CertificateUseEnumType.ManufacturerRootCertificate


def run_now(main: Any) -> None:
    """Run in real time, as OpenSSL verifies certificates by the system time."""
    clock.run(main, simulated=True, start=datetime.now(UTC))


@pytest.fixture(scope="module")
def pki() -> TestPki:
    return TestPki(datetime.now(UTC), kind=KeyKind.RSA_2048)


@contextlib.asynccontextmanager
async def over_tls(pki: TestPki, profile: int, **settings: Any) -> AsyncIterator[StationBench]:
    security = SecurityProfile(profile)
    client = profile == SecurityProfile.TLS_CLIENT_CERTIFICATE
    tls = server_context(pki.csms("127.0.0.1"), client_roots=[pki.root_pem] if client else None)
    csms = Csms16(tls=tls)
    own_key = pki.station("CS001") if client else None
    async with station_bench(
        csms=csms, security_profile=security, csms_roots=(pki.root_pem,), own_key=own_key, **settings
    ) as bench:
        yield bench


def security_events(bench: StationBench) -> list[str]:
    return [each.type for each in bench.csms.all(m.SecurityEventNotificationRequest)]


def test_without_any_security() -> None:
    async def scenario() -> None:
        async with station_bench(security_profile=SecurityProfile.UNSECURED) as bench:
            assert bench.csms.handshakes[0].credentials is None
            assert await bench.value("SecurityProfile") == "0"

    run_simulated(scenario())


def test_a_start_is_a_security_event() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            event = await bench.csms.expect(m.SecurityEventNotificationRequest)
            assert event.type == "StartupOfTheDevice"

    run_simulated(scenario())


@pytest.mark.parametrize("value", ["0", "1", "2", "3", "4"])
def test_a_lower_or_impossible_profile_is_rejected(value: str) -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            assert await bench.change("SecurityProfile", value) == "Rejected"  # A05.FR.01 to FR.04
            assert await bench.value("SecurityProfile") == "1"

    run_simulated(scenario())


def test_a_higher_profile_is_used_after_the_delay() -> None:
    async def scenario() -> None:
        async with station_bench(security_profile=SecurityProfile.UNSECURED) as bench:
            assert await bench.change("SecurityProfile", "1") == "Accepted"  # A05.FR.05
            await bench.csms.until(lambda: len(bench.csms.handshakes) == 2)
            assert bench.csms.handshakes[1].credentials is not None  # A05.FR.07
            await asyncio.sleep(5)
            assert await bench.value("SecurityProfile") == "1"
            assert await bench.change("SecurityProfile", "0") == "Rejected"

    run_simulated(scenario())


def test_a_reset_before_the_delay_uses_the_higher_profile() -> None:
    async def scenario() -> None:
        async with station_bench(security_profile=SecurityProfile.UNSECURED) as bench:
            assert await bench.change("SecurityProfile", "1") == "Accepted"
            await bench.csms.call(m.ResetRequest(type=t.ResetType.Hard))
            await bench.csms.expect(m.BootNotificationRequest, 2)
            assert bench.csms.handshakes[-1].credentials is not None
            assert len(bench.csms.handshakes) == 2

    run_simulated(scenario())


def test_a_lost_connection_before_the_delay_uses_the_higher_profile() -> None:
    async def scenario() -> None:
        async with station_bench(security_profile=SecurityProfile.UNSECURED) as bench:
            assert await bench.change("SecurityProfile", "1") == "Accepted"
            assert bench.csms.peer is not None
            await bench.csms.peer.close()
            await bench.csms.expect(m.BootNotificationRequest, 2)
            assert bench.csms.handshakes[1].credentials is not None  # A05.FR.07
            assert await bench.value("SecurityProfile") == "1"
            await asyncio.sleep(60)
            assert len(bench.csms.handshakes) == 2

    run_simulated(scenario())


def test_without_support_by_the_central_system_the_old_profile_remains(pki: TestPki) -> None:
    async def scenario() -> None:
        async with station_bench(csms_roots=(pki.root_pem,)) as bench:
            assert await bench.change("SecurityProfile", "2") == "Accepted"
            await bench.csms.expect(m.BootNotificationRequest, 2)  # A05.FR.08
            assert await bench.value("SecurityProfile") == "1"

    run_now(scenario())


@pytest.mark.parametrize("profile", [2, 3])
def test_over_tls(pki: TestPki, profile: int) -> None:
    async def scenario() -> None:
        async with over_tls(pki, profile) as bench:
            handshake = bench.csms.handshakes[0]
            assert (handshake.credentials is not None) == (profile == 2)
            assert handshake.tls is not None
            assert bool(handshake.tls.client_chain) == (profile == 3)
            assert await bench.change("SecurityProfile", str(profile - 1)) == "Rejected"

    run_now(scenario())


def test_an_invalid_certificate_of_the_central_system(pki: TestPki) -> None:
    async def scenario() -> None:
        async with over_tls(pki, 2) as bench:
            good = bench.csms.tls
            assert good is not None
            await bench.csms.expect(m.SecurityEventNotificationRequest)
            port = bench.csms.server.port
            await bench.csms.server.close()
            bench.csms.tls = server_context(pki.csms("127.0.0.1", fault=CertificateFault.EXPIRED))
            await bench.csms.listen(port)
            await asyncio.sleep(60)
            assert security_events(bench) == ["StartupOfTheDevice"]
            await bench.csms.server.close()
            bench.csms.tls = good
            await bench.csms.listen(port)
            await bench.csms.until(lambda: "InvalidCentralSystemCertificate" in security_events(bench))

    run_now(scenario())


async def trigger_renewal(bench: StationBench) -> str:
    message = t.MessageTriggerEnumType.SignChargePointCertificate
    answer = await bench.csms.call(m.ExtendedTriggerMessageRequest(requested_message=message))
    assert answer.status is t.TriggerMessageStatusEnumType.Accepted
    return (await bench.csms.expect(m.SignCertificateRequest)).csr


def test_a_new_certificate_is_used_immediately(pki: TestPki) -> None:
    async def scenario() -> None:
        async with over_tls(pki, 3) as bench:
            await bench.change("CpoName", "Somebody")
            csr = await trigger_renewal(bench)
            chain = pki.sign(csr)
            answer = await bench.csms.call(m.CertificateSignedRequest(certificate_chain=chain))
            assert answer.status is t.CertificateSignedStatusEnumType.Accepted
            await bench.csms.until(lambda: len(bench.csms.handshakes) == 2)
            tls = bench.csms.handshakes[1].tls
            assert tls is not None
            assert certificates_from_pem(tls.client_chain[0])[0] == certificates_from_pem(chain)[0]

    run_now(scenario())


def logged(bench: StationBench) -> list[tuple[str, str]]:
    """The security log."""
    assert bench.station.station is not None
    log = bench.station.station.context.shared.get(SecurityLog)
    return [(entry.type, entry.tech_info) for entry in log.entries()]


def test_a_certificate_that_was_not_requested_is_rejected_with_a_reason_in_the_log(pki: TestPki) -> None:
    async def scenario() -> None:
        async with over_tls(pki, 3) as bench:
            answer = await bench.csms.call(m.CertificateSignedRequest(certificate_chain=pki.station("CS001").chain))
            assert answer.status is t.CertificateSignedStatusEnumType.Rejected
            assert logged(bench)[-1] == ("CertificateRejected", "CertificateSigned: no certificate is awaited")

    run_now(scenario())


def test_an_invalid_certificate_is_rejected(pki: TestPki) -> None:
    async def scenario() -> None:
        async with over_tls(pki, 3) as bench:
            await trigger_renewal(bench)
            answer = await bench.csms.call(m.CertificateSignedRequest(certificate_chain=pki.station("CS001").chain))
            assert answer.status is t.CertificateSignedStatusEnumType.Rejected
            await bench.csms.until(lambda: "InvalidChargePointCertificate" in security_events(bench))

    run_now(scenario())


def test_roots_are_installed_listed_and_deleted(pki: TestPki) -> None:
    async def scenario() -> None:
        async with over_tls(pki, 2) as bench:
            maker = TestPki(datetime.now(UTC), organization="Manufacturer").root_pem
            wanted = m.GetInstalledCertificateIdsRequest(certificate_type=MAKER)
            answer = await bench.csms.call(wanted)
            assert answer.status is t.GetInstalledCertificateStatusEnumType.NotFound
            install = m.InstallCertificateRequest(certificate_type=MAKER, certificate=maker)
            assert (await bench.csms.call(install)).status is t.InstallCertificateStatusEnumType.Accepted
            (data,) = given((await bench.csms.call(wanted)).certificate_hash_data) or []
            (root,) = certificates_from_pem(maker)
            assert data.issuer_key_hash == certificate_hash(root, root).issuer_key_hash
            delete = m.DeleteCertificateRequest(certificate_hash_data=data)
            assert (await bench.csms.call(delete)).status is t.DeleteCertificateStatusEnumType.Accepted
            assert (await bench.csms.call(delete)).status is t.DeleteCertificateStatusEnumType.NotFound

    run_now(scenario())


def test_the_last_root_of_the_central_system_cannot_be_deleted(pki: TestPki) -> None:
    async def scenario() -> None:
        async with over_tls(pki, 2) as bench:
            answer = await bench.csms.call(m.GetInstalledCertificateIdsRequest(certificate_type=ROOT))
            (data,) = given(answer.certificate_hash_data) or []
            delete = m.DeleteCertificateRequest(certificate_hash_data=data)
            assert (await bench.csms.call(delete)).status is t.DeleteCertificateStatusEnumType.Failed
            nonsense = m.InstallCertificateRequest(certificate_type=ROOT, certificate="nonsense")
            assert (await bench.csms.call(nonsense)).status is t.InstallCertificateStatusEnumType.Rejected
            assert logged(bench)[-2:] == [
                ("CertificateNotDeleted", "the root of the current connection"),
                (
                    "CertificateRejected",
                    "CSMSRootCertificate: not a certificate in PEM: no line -----BEGIN CERTIFICATE-----",
                ),
            ]

    run_now(scenario())


def test_the_root_of_the_current_connection_cannot_be_deleted(pki: TestPki) -> None:
    async def scenario() -> None:
        async with over_tls(pki, 2) as bench:
            other = TestPki(datetime.now(UTC), organization="Another").root_pem
            await bench.csms.call(m.InstallCertificateRequest(certificate_type=ROOT, certificate=other))
            answer = await bench.csms.call(m.GetInstalledCertificateIdsRequest(certificate_type=ROOT))
            in_use, unused = given(answer.certificate_hash_data) or []
            delete_used = m.DeleteCertificateRequest(certificate_hash_data=in_use)
            assert (await bench.csms.call(delete_used)).status is t.DeleteCertificateStatusEnumType.Failed
            delete_unused = m.DeleteCertificateRequest(certificate_hash_data=unused)
            assert (await bench.csms.call(delete_unused)).status is t.DeleteCertificateStatusEnumType.Accepted

    run_now(scenario())
