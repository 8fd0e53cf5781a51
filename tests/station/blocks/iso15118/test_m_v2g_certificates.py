"""V2G certificates: requested, installed, listed and deleted (A02, M03, M04); their OCSP status (M06)."""

import asyncio

import pytest
from tests.station.blocks.iso15118.iso15118_bench import V2G, Iso15118Bench, pki, run_iso15118
from tests.station.station_bench import StationBench, run_on_bench

from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.security.certificates import certificates_from_pem
from plugfest.security.keys import new_key, signing_request, signing_request_from_pem, subject
from plugfest.security.pki import CertificateFault

ROOT, CHAIN = "V2GRootCertificate", "V2GCertificateChain"
WEEK = 7 * 24 * 3600


def serial_numbers(chain: str) -> list[str]:
    return [f"{one.serial_number:x}" for one in certificates_from_pem(chain)]


def test_roots_of_iso_15118_are_installed_and_listed() -> None:
    async def body(bench: Iso15118Bench) -> None:
        assert await bench.install(ROOT, "V2G") == "Accepted"
        assert await bench.install("MORootCertificate", "MO") == "Accepted"
        assert [each.certificate_type for each in await bench.listed(ROOT)] == [ROOT]
        assert [each.certificate_type for each in await bench.listed("MORootCertificate")] == ["MORootCertificate"]

    run_iso15118(body)


def test_a_v2g_certificate_is_requested_with_the_names_of_the_secc() -> None:
    async def body(bench: Iso15118Bench) -> None:
        request = await bench.signing_requested()
        assert request.certificate_type == V2G
        named = signing_request_from_pem(request.csr).subject.rfc4514_string()
        assert named == "CN=NL-PLU-S-1,O=Plugfest,C=NL"

    run_iso15118(body, ISO15118Ctrlr__SeccId="NL-PLU-S-1", ISO15118Ctrlr__CountryName="NL")


def test_an_installed_chain_is_listed_with_its_sub_cas_as_children() -> None:
    async def body(bench: Iso15118Bench) -> None:
        await bench.install(ROOT, "V2G")
        leaf, *authorities = serial_numbers(await bench.renew())
        (chain,) = await bench.listed(CHAIN)
        assert chain.certificate_hash_data.serial_number == leaf
        assert [each.serial_number for each in chain.child_certificate_hash_data or []] == authorities

    run_iso15118(body)


def test_the_newest_certificate_of_a_root_replaces_the_one_before() -> None:
    async def body(bench: Iso15118Bench) -> None:
        await bench.install(ROOT, "V2G")
        await bench.renew()
        newest = await bench.renew()
        assert [each.certificate_hash_data.serial_number for each in await bench.listed(CHAIN)] == [
            serial_numbers(newest)[0]
        ]

    run_iso15118(body)


def test_each_root_may_have_a_certificate() -> None:
    async def body(bench: Iso15118Bench) -> None:
        for name in ("V2G", "Another"):
            await bench.install(ROOT, name)
            await bench.renew(name)
        assert len(await bench.listed(CHAIN)) == 2

    run_iso15118(body)


def test_a_chain_without_an_installed_root_is_rejected() -> None:
    async def body(bench: Iso15118Bench) -> None:
        assert await bench.sign(pki("V2G").sign((await bench.signing_requested()).csr)) == "Rejected"
        assert await bench.listed(CHAIN) == []
        events = [each.type for each in bench.csms.all(m.SecurityEventNotificationRequest)]
        assert "InvalidChargingStationCertificate" in events

    run_iso15118(body)


@pytest.mark.parametrize("fault", [CertificateFault.EXPIRED, CertificateFault.NOT_YET_VALID])
def test_a_faulty_chain_is_rejected(fault: CertificateFault) -> None:
    async def body(bench: Iso15118Bench) -> None:
        await bench.install(ROOT, "V2G")
        assert await bench.sign(pki("V2G").sign((await bench.signing_requested()).csr, fault=fault)) == "Rejected"

    run_iso15118(body)


def test_a_chain_for_another_key_is_rejected() -> None:
    async def body(bench: Iso15118Bench) -> None:
        await bench.install(ROOT, "V2G")
        await bench.signing_requested()
        assert await bench.sign(pki("V2G").sign(signing_request(new_key(), subject("SECC", "Plugfest")))) == "Rejected"

    run_iso15118(body)


def test_without_v2g_certificate_installation_nothing_is_requested() -> None:
    async def body(bench: Iso15118Bench) -> None:
        assert await bench.trigger("SignV2GCertificate") == "Rejected"
        assert bench.csms.all(m.SignCertificateRequest) == []

    run_iso15118(body, ISO15118Ctrlr__V2GCertificateInstallationEnabled="false")


def test_the_certificate_of_the_secc_cannot_be_deleted_but_its_chain_goes_with_a_sub_ca() -> None:
    async def body(bench: Iso15118Bench) -> None:
        await bench.install(ROOT, "V2G")
        await bench.renew()
        (chain,) = await bench.listed(CHAIN)
        assert await bench.delete(chain.certificate_hash_data) == "Failed"  # M04.FR.06
        assert isinstance(chain.child_certificate_hash_data, list)
        assert await bench.delete(chain.child_certificate_hash_data[0]) == "Accepted"
        assert await bench.listed(CHAIN) == []

    run_iso15118(body)


def test_a_chain_goes_with_its_root() -> None:
    async def body(bench: Iso15118Bench) -> None:
        await bench.install(ROOT, "V2G")
        await bench.renew()
        (root,) = await bench.listed(ROOT)
        assert await bench.delete(root.certificate_hash_data) == "Accepted"
        assert await bench.listed(CHAIN) == []

    run_iso15118(body)


def test_a_chain_survives_a_power_loss() -> None:
    async def body(bench: Iso15118Bench) -> None:
        await bench.install(ROOT, "V2G")
        await bench.renew()
        await bench.station.lose_power()
        bench.station.power_on()
        await bench.csms.expect(m.BootNotificationRequest, 2)
        assert len(await bench.listed(CHAIN)) == 1

    run_iso15118(body)


# M06


def asked(bench: Iso15118Bench) -> list[str]:
    requests = bench.csms.all(m.GetCertificateStatusRequest)
    return [each.ocsp_request_data.serial_number for each in requests]


def test_the_status_of_every_certificate_is_requested_after_the_renewal() -> None:
    async def body(bench: Iso15118Bench) -> None:
        await bench.install(ROOT, "V2G")
        chain = await bench.renew()
        await bench.csms.expect(m.GetCertificateStatusRequest, 3)
        assert asked(bench) == serial_numbers(chain)
        urls = {each.ocsp_request_data.responder_url for each in bench.csms.all(m.GetCertificateStatusRequest)}
        assert urls == {"http://ocsp.invalid/V2G"}

    run_iso15118(body)


def test_a_cached_status_is_refreshed_once_a_week() -> None:
    async def body(bench: Iso15118Bench) -> None:
        await bench.install(ROOT, "V2G")
        await bench.renew()
        await bench.csms.expect(m.GetCertificateStatusRequest, 3)
        await asyncio.sleep(WEEK - 3600)
        assert len(asked(bench)) == 3
        await bench.csms.expect(m.GetCertificateStatusRequest, 6, within=2 * 3600)

    run_iso15118(body)


def test_a_failed_status_is_requested_again_later() -> None:
    async def body(bench: Iso15118Bench) -> None:
        bench.ocsp_failures = True
        await bench.install(ROOT, "V2G")
        await bench.renew()
        await bench.csms.expect(m.GetCertificateStatusRequest, 3)
        await asyncio.sleep(600)
        assert len(asked(bench)) == 3
        bench.ocsp_failures = False
        await bench.csms.expect(m.GetCertificateStatusRequest, 6, within=2 * 3600)
        await asyncio.sleep(2 * 3600)
        assert len(asked(bench)) == 6

    run_iso15118(body)


def test_a_cached_status_survives_a_power_loss() -> None:
    async def body(bench: Iso15118Bench) -> None:
        await bench.install(ROOT, "V2G")
        await bench.renew()
        await bench.csms.expect(m.GetCertificateStatusRequest, 3)
        await asyncio.sleep(1)
        await bench.station.lose_power()
        bench.station.power_on()
        await bench.csms.expect(m.BootNotificationRequest, 2)
        await asyncio.sleep(60)
        assert len(asked(bench)) == 3

    run_iso15118(body)


def test_a_station_without_iso_15118_rejects_its_roots() -> None:
    async def body(bench: StationBench) -> None:
        request = m.InstallCertificateRequest(
            certificate_type=t.InstallCertificateUseEnumType.V2GRootCertificate, certificate=pki("V2G").root_pem
        )
        assert (await bench.csms.call(request)).status == "Rejected"
        trigger = m.TriggerMessageRequest(requested_message=t.MessageTriggerEnumType.SignV2GCertificate)
        assert (await bench.csms.call(trigger)).status == "NotImplemented"

    run_on_bench(body)
