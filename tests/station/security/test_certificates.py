"""Renewal of the station certificate (A02); installation, listing and deletion of roots (M03 to M05)."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.station.csms import Csms
from tests.station.powered_station import powered_station
from tests.station.security.test_security import kinds, log_of, run_now

from plugfest import clock
from plugfest.link.tls import server_context
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.security.certificates import certificate_hash, certificate_to_pem, certificates_from_pem
from plugfest.security.keys import CertifiedKey
from plugfest.security.pki import CertificateFault, TestPki
from plugfest.security.profile import SecurityProfile
from plugfest.station.blocks.m_certificate_management.rules import CertificateRejected, check_root
from plugfest.station.lifecycle.power import PoweredStation
from plugfest.station.security.trust_store import CSMS_ROOT, TrustStore
from plugfest.station.storage.store import Store

CSMS_USE = t.InstallCertificateUseEnumType.CSMSRootCertificate
MAKER_USE = t.InstallCertificateUseEnumType.ManufacturerRootCertificate


def pki_of_now(**other: Any) -> TestPki:
    return TestPki(datetime.now(UTC), **other)


def with_client_certificates(pki: TestPki) -> Csms:
    return Csms(tls=server_context(pki.csms("127.0.0.1"), client_roots=[pki.root_pem]))


@contextlib.asynccontextmanager
async def accepted_station(
    product: str = "alpitronic-hyc-200-eu", **other: Any
) -> AsyncIterator[tuple[PoweredStation, Csms]]:
    """A station that the CSMS has accepted."""
    async with powered_station(product, **other) as (station, csms):
        await csms.expect(m.SecurityEventNotificationRequest)
        yield station, csms


def profile_3(pki: TestPki, csms: Csms | None = None, **other: Any) -> Any:
    return accepted_station(
        csms=csms or with_client_certificates(pki),
        security_profile=SecurityProfile.TLS_CLIENT_CERTIFICATE,
        csms_roots=(pki.root_pem,),
        own_key=pki.station("CS001"),
        **other,
    )


def trust_of(station: PoweredStation) -> TrustStore:
    assert station.station is not None
    return station.station.context.trust


def own_key(station: PoweredStation) -> CertifiedKey:
    key = trust_of(station).own.key
    assert key is not None
    return key


async def triggered(csms: Csms) -> str:
    kind = t.MessageTriggerEnumType.SignChargingStationCertificate
    answer = await csms.call(m.TriggerMessageRequest(requested_message=kind))
    return answer.status.value


async def signed(csms: Csms, chain: str) -> str:
    return (await csms.call(m.CertificateSignedRequest(certificate_chain=chain))).status.value


def accepting(csms: Csms, status: str = "Accepted") -> Csms:
    csms.replies["SignCertificate"] = lambda _: m.SignCertificateResponse(status=t.GenericStatusEnumType(status))
    return csms


def test_a_renewed_certificate_is_used_immediately_and_the_former_one_discarded() -> None:
    async def scenario() -> None:
        pki = pki_of_now()
        async with profile_3(pki) as (station, csms):
            accepting(csms)
            before = own_key(station)
            assert await triggered(csms) == "Accepted"
            request = await csms.expect(m.SignCertificateRequest)
            chain = pki.sign(request.csr)
            assert await signed(csms, chain) == "Accepted"
            await csms.until(lambda: len(csms.handshakes) == 2, within=5)  # A02.FR.08
            tls = csms.handshakes[1].tls
            assert tls is not None
            assert certificates_from_pem(tls.client_chain[0]) == certificates_from_pem(chain)[:1]
            await asyncio.sleep(1)
            trust_of(station).own.fall_back()
            assert own_key(station) not in (before, None)  # A02.FR.10: there is nothing to fall back to

    run_now(scenario())


@pytest.mark.parametrize(
    "fault",
    [
        CertificateFault.EXPIRED,
        CertificateFault.NOT_YET_VALID,
        CertificateFault.UNKNOWN_ISSUER,
        CertificateFault.WRONG_KEY_USAGE,
    ],
)
def test_an_invalid_certificate_is_rejected_reported_and_not_used(fault: CertificateFault) -> None:
    async def scenario() -> None:
        pki = pki_of_now()
        async with profile_3(pki) as (station, csms):
            accepting(csms)
            before = own_key(station)
            await triggered(csms)
            request = await csms.expect(m.SignCertificateRequest)
            assert await signed(csms, pki.sign(request.csr, fault=fault)) == "Rejected"
            await csms.until(lambda: "InvalidChargingStationCertificate" in kinds(csms))
            assert own_key(station) == before
            assert len(csms.handshakes) == 1

    run_now(scenario())


def test_a_certificate_for_another_key_is_rejected() -> None:
    async def scenario() -> None:
        pki = pki_of_now()
        async with profile_3(pki) as (_, csms):
            accepting(csms)
            await triggered(csms)
            await csms.expect(m.SignCertificateRequest)
            assert await signed(csms, pki.station("CS001").chain) == "Rejected"

    run_now(scenario())


def test_an_unsolicited_certificate_is_rejected() -> None:
    async def scenario() -> None:
        pki = pki_of_now()
        async with profile_3(pki) as (_, csms):
            assert await signed(csms, pki.station("CS001").chain) == "Rejected"

    run_now(scenario())


def test_a_chain_above_the_size_limit_is_rejected() -> None:
    async def scenario() -> None:
        pki = pki_of_now()
        async with profile_3(pki) as (_, csms):
            accepting(csms)
            await triggered(csms)
            request = await csms.expect(m.SignCertificateRequest)
            assert await signed(csms, pki.sign(request.csr) + "\n" * 6000) == "Rejected"  # A02.FR.16

    run_now(scenario())


def test_a_missing_certificate_is_requested_again_with_growing_delays() -> None:
    async def scenario() -> None:
        pki = pki_of_now()
        waiting = {"SecurityCtrlr.CertSigningWaitMinimum": "10", "SecurityCtrlr.CertSigningRepeatTimes": "2"}
        async with profile_3(pki, product="chargepoint-ct4000", variables=waiting) as (_, csms):
            accepting(csms)
            await triggered(csms)
            asked = [csms.time_of(await csms.expect(m.SignCertificateRequest, count)) for count in (1, 2, 3, 4)]
            assert [round(later - first) for first, later in itertools.pairwise(asked)] == [10, 20, 40]
            await asyncio.sleep(500)
            assert len(csms.all(m.SignCertificateRequest)) == 4  # A02.FR.19

    run_now(scenario())


def test_a_certificate_that_expires_within_a_month_is_renewed() -> None:
    pki = pki_of_now()
    (certificate, *_) = certificates_from_pem(pki.station("CS001").chain)
    month_before = certificate.not_valid_after_utc - timedelta(days=30)

    async def scenario() -> None:
        async with profile_3(pki) as (_, csms):
            accepting(csms)
            await csms.expect(m.SignCertificateRequest, within=3 * 24 * 3600)  # A03.FR.02
            assert clock.utc_now() >= month_before
            second = await csms.expect(m.SignCertificateRequest, 2, within=25 * 3600)
            assert second.certificate_type is t.CertificateSigningUseEnumType.ChargingStationCertificate
            assert await signed(csms, pki.sign(second.csr)) == "Accepted"

    clock.run(scenario(), simulated=True, start=month_before - timedelta(days=1.5))


def test_a_rejected_request_is_not_repeated() -> None:
    async def scenario() -> None:
        pki = pki_of_now()
        async with profile_3(pki, product="chargepoint-ct4000") as (_, csms):
            accepting(csms, "Rejected")
            await triggered(csms)
            await csms.expect(m.SignCertificateRequest)
            await asyncio.sleep(500)
            assert len(csms.all(m.SignCertificateRequest)) == 1

    run_now(scenario())


def test_the_former_certificate_is_used_again_if_no_csms_accepts_the_renewed_one() -> None:
    async def scenario() -> None:
        pki, other = pki_of_now(), pki_of_now(organization="Another")
        csms = accepting(with_client_certificates(pki))
        async with profile_3(pki, csms) as (station, _):
            before = own_key(station)
            await triggered(csms)
            request = await csms.expect(m.SignCertificateRequest)
            trust_of(station).install(CSMS_ROOT, other.root_pem)
            assert await signed(csms, other.sign(request.csr)) == "Accepted"
            await csms.until(lambda: csms.peer is not None and csms.peer.closed)
            await csms.until(lambda: csms.peer is not None and not csms.peer.closed)
            assert own_key(station) == before  # A02.FR.28
            await csms.until(lambda: "DiscardedRenewedClientCertificate" in kinds(csms))

    run_now(scenario())


# Roots


async def install(csms: Csms, use: t.InstallCertificateUseEnumType, pem: str) -> str:
    return (await csms.call(m.InstallCertificateRequest(certificate_type=use, certificate=pem))).status.value


async def listed(csms: Csms, *uses: str) -> list[tuple[str, str]]:
    """(use, serial number) of the installed roots."""
    wanted = [t.GetCertificateIdUseEnumType(use) for use in uses]
    request = m.GetInstalledCertificateIdsRequest(certificate_type=wanted) if wanted else None
    answer = await csms.call(request or m.GetInstalledCertificateIdsRequest())
    chains = given(answer.certificate_hash_data_chain) or []
    assert answer.status == ("Accepted" if chains else "NotFound")
    return [(chain.certificate_type.value, chain.certificate_hash_data.serial_number) for chain in chains]


async def delete(csms: Csms, pki: TestPki) -> str:
    """Delete a certificate, with hash data in another spelling than the station uses."""
    found = certificate_hash(pki.root.certificate, pki.root.certificate)
    data = t.CertificateHashDataType(
        hash_algorithm=t.HashAlgorithmEnumType.SHA256,
        issuer_name_hash=found.issuer_name_hash.upper(),
        issuer_key_hash=found.issuer_key_hash,
        serial_number=found.serial_number.rjust(40, "0"),
    )
    return (await csms.call(m.DeleteCertificateRequest(certificate_hash_data=data))).status.value


def serial_number_of(pki: TestPki) -> str:
    return f"{pki.root.certificate.serial_number:x}"


def test_roots_are_installed_listed_by_use_and_deleted() -> None:
    async def scenario() -> None:
        csms_pki, maker = pki_of_now(), pki_of_now(organization="ResponseBuilder")
        async with accepted_station() as (station, csms):
            assert await listed(csms, "CSMSRootCertificate") == []
            assert await install(csms, CSMS_USE, csms_pki.root_pem) == "Accepted"
            assert await install(csms, MAKER_USE, maker.root_pem) == "Accepted"
            assert await listed(csms, "CSMSRootCertificate") == [("CSMSRootCertificate", serial_number_of(csms_pki))]
            assert len(await listed(csms)) == 2
            assert await delete(csms, maker) == "Accepted"
            assert await delete(csms, maker) == "NotFound"
            assert await listed(csms) == [("CSMSRootCertificate", serial_number_of(csms_pki))]
            assert [entry.type for entry in log_of(station).entries()].count("ReconfigurationOfSecurityParameters") == 3

    run_now(scenario())


def test_an_installed_root_is_accepted_again_and_counts_once() -> None:
    async def scenario() -> None:
        pki = pki_of_now()
        async with accepted_station(csms_roots=(pki.root_pem,)) as (_, csms):
            assert await install(csms, CSMS_USE, pki.root_pem) == "Accepted"  # M05.FR.17
            assert len(await listed(csms)) == 1

    run_now(scenario())


def test_a_certificate_that_is_not_a_root_is_rejected() -> None:
    async def scenario() -> None:
        pki, unrelated_pki = pki_of_now(), pki_of_now(organization="Stranger")
        leaf = certificate_to_pem(certificates_from_pem(pki.station("CS001").chain)[0])
        successor_of_unrelated_pki = pki_of_now(successor_of=unrelated_pki)
        async with accepted_station() as (station, csms):
            for pem in ("nothing", leaf, pki.root_pem + unrelated_pki.root_pem, successor_of_unrelated_pki.root_pem):
                assert await install(csms, CSMS_USE, pem) == "Rejected"  # M05.FR.07
            assert await install(csms, t.InstallCertificateUseEnumType.MORootCertificate, pki.root_pem) == "Rejected"
            assert not await listed(csms)
            assert [entry.type for entry in log_of(station).entries()].count("CertificateRejected") == 5

    run_now(scenario())


def test_the_number_of_certificates_is_limited() -> None:
    async def scenario() -> None:
        first, second = pki_of_now(), pki_of_now(organization="Second")
        async with accepted_station("btc-power-gen4-l3a") as (station, csms):
            assert station.station is not None
            entries = station.station.device_model.variable("SecurityCtrlr", "CertificateEntries")
            room = int(entries.characteristics.maximum or 0)
            others = [pki_of_now(organization=f"{number}") for number in range(room - 1)]
            for pki in (first, *others):
                assert await install(csms, CSMS_USE, pki.root_pem) == "Accepted"
            assert await install(csms, CSMS_USE, second.root_pem) == "Rejected"  # M05.FR.06
            assert await install(csms, CSMS_USE, first.root_pem) == "Accepted"  # M05.FR.17: it is there already

    run_now(scenario())


@pytest.mark.parametrize(
    ("product", "status"), [("alpitronic-hyc-200-eu", "Accepted"), ("btc-power-gen4-l3a", "Failed")]
)
def test_the_last_root_of_the_csms_is_deleted_only_if_the_product_allows_it(product: str, status: str) -> None:
    async def scenario() -> None:
        pki = pki_of_now()
        async with accepted_station(product, csms_roots=(pki.root_pem,)) as (_, csms):
            assert await delete(csms, pki) == status  # AQ-1, M04.FR.03

    run_now(scenario())


def test_the_station_certificate_cannot_be_deleted() -> None:
    async def scenario() -> None:
        pki = pki_of_now()
        async with profile_3(pki) as (station, csms):
            leaf, sub_ca = certificates_from_pem(own_key(station).chain)
            found = certificate_hash(leaf, sub_ca)
            data = t.CertificateHashDataType(
                hash_algorithm=t.HashAlgorithmEnumType.SHA256,
                issuer_name_hash=found.issuer_name_hash,
                issuer_key_hash=found.issuer_key_hash,
                serial_number=found.serial_number,
            )
            answer = await csms.call(m.DeleteCertificateRequest(certificate_hash_data=data))
            assert answer.status == "Failed"  # M04.FR.06

    run_now(scenario())


def test_with_the_additional_check_a_new_root_has_to_be_signed_by_the_old_one() -> None:
    trust, old = TrustStore(Store(), ()), pki_of_now()
    trust.install(CSMS_ROOT, old.root_pem)
    now = datetime.now(UTC)
    new, unrelated_pki = pki_of_now(successor_of=old), pki_of_now(organization="Stranger")
    assert check_root(new.root_pem, known=(), replaces=trust.csms_root, now=now).issuer_pem == old.root_pem
    with pytest.raises(CertificateRejected):
        check_root(unrelated_pki.root_pem, known=(), replaces=trust.csms_root, now=now)  # M05.FR.11


def test_a_replaced_root_is_kept_until_the_new_one_is_confirmed() -> None:
    trust, old = TrustStore(Store(), ()), pki_of_now()
    new = pki_of_now(successor_of=old)
    trust.install(CSMS_ROOT, old.root_pem)
    trust.replace_csms_root(new.root_pem)
    assert trust.roots(CSMS_ROOT) == [old.root_pem, new.root_pem]  # M05.FR.12
    assert (trust.csms_root, trust.has_fallback) == (new.root_pem, True)
    trust.drop_fallback()
    assert (trust.roots(CSMS_ROOT), trust.has_fallback) == ([new.root_pem], False)  # M05.FR.13


def test_when_the_new_root_is_deleted_the_replaced_one_is_used_again() -> None:
    trust, old = TrustStore(Store(), ()), pki_of_now()
    new = pki_of_now(successor_of=old)
    trust.install(CSMS_ROOT, old.root_pem)
    trust.replace_csms_root(new.root_pem)
    (key,) = (key for key, installed in trust.installed() if installed.pem == new.root_pem)
    assert trust.remove(key)
    assert (trust.csms_root, trust.has_fallback) == (old.root_pem, False)


def test_only_the_last_csms_may_be_verified_with_the_replaced_root() -> None:
    async def scenario() -> None:
        old = pki_of_now()
        new = pki_of_now(successor_of=old)
        csms = Csms(tls=server_context(old.csms("127.0.0.1")))
        tls: Any = {"security_profile": SecurityProfile.TLS_BASIC, "csms_roots": (old.root_pem,)}
        async with accepted_station(csms=csms, **tls) as (station, _):
            trust_of(station).replace_csms_root(new.root_pem)
            assert csms.peer is not None
            csms.peer.abort()
            await csms.until(lambda: len(csms.handshakes) == 2)  # M05.FR.14
            await asyncio.sleep(1)
            assert trust_of(station).has_fallback
            await csms.server.change_tls(server_context(new.csms("127.0.0.1")))
            csms.peer.abort()
            await csms.until(lambda: len(csms.handshakes) == 3)
            await asyncio.sleep(1)
            assert not trust_of(station).has_fallback  # M05.FR.13

    run_now(scenario())
