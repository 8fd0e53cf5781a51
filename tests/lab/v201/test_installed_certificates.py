"""The station's certificates are restored after a case, and read again."""

import asyncio
from typing import Any, cast

import pytest

from plugfest import clock
from plugfest.lab.csms.csms import Csms
from plugfest.lab.restore.certificates import CertificatesNotRestored
from plugfest.lab.v201.installed_certificates import InstalledCertificates, entries
from plugfest.ocpp.message import UNSET, Request, Response
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.security.certificates import HashAlgorithm, certificate_hash, certificate_to_pem, certificates_from_pem
from plugfest.security.pki import TestPki

CSMS, MANUFACTURER = "CSMSRootCertificate", "ManufacturerRootCertificate"


def new_root() -> str:
    return TestPki(clock.SystemClock().now()).root_pem


class Station:
    """Installs, lists and deletes, in place of the lab's CSMS. Its hashes are in upper case."""

    def __init__(self, *installed: tuple[str, str]) -> None:
        self.installed = list(installed)
        self.keeps_last = False
        self.ignores_delete = False
        self.calls: list[str] = []

    async def call(self, request: Request[Any], *, timeout: float) -> Response:
        self.calls.append(request.action)
        match request:
            case m.InstallCertificateRequest():
                self.installed.append((request.certificate_type.value, request.certificate))
                return m.InstallCertificateResponse(status=t.InstallCertificateStatusEnumType.Accepted)
            case m.DeleteCertificateRequest():
                return self._delete(request.certificate_hash_data)
            case _:
                return self._list()

    def _delete(self, data: t.CertificateHashDataType) -> Response:
        status = t.DeleteCertificateStatusEnumType
        one = next(one for one in self.installed if one in self._named(data))
        if self.keeps_last and [use for use, _ in self.installed].count(one[0]) == 1:
            return m.DeleteCertificateResponse(status=status.Failed)
        if not self.ignores_delete:
            self.installed.remove(one)
        return m.DeleteCertificateResponse(status=status.Accepted)

    def _named(self, data: t.CertificateHashDataType) -> list[tuple[str, str]]:
        return [one for one in self.installed if self._data(one[1]).serial_number.lower() == data.serial_number]

    @staticmethod
    def _data(pem: str) -> t.CertificateHashDataType:
        (root,) = certificates_from_pem(pem)
        found = certificate_hash(root, root, HashAlgorithm.SHA384)
        return t.CertificateHashDataType(
            hash_algorithm=t.HashAlgorithmEnumType(found.hash_algorithm),
            issuer_name_hash=found.issuer_name_hash.upper(),
            issuer_key_hash=found.issuer_key_hash.upper(),
            serial_number=found.serial_number.upper(),
        )

    def _list(self) -> m.GetInstalledCertificateIdsResponse:
        status = t.GetInstalledCertificateStatusEnumType
        chains = [
            t.CertificateHashDataChainType(
                certificate_type=t.GetCertificateIdUseEnumType(use), certificate_hash_data=self._data(pem)
            )
            for use, pem in self.installed
        ]
        return m.GetInstalledCertificateIdsResponse(
            status=status.Accepted if chains else status.NotFound, certificate_hash_data_chain=chains or UNSET
        )


def certificates(station: Station) -> InstalledCertificates:
    return InstalledCertificates(cast(Csms, station), timeout=30)


def test_what_a_case_installed_is_deleted_and_what_it_deleted_is_installed() -> None:
    own, other = new_root(), new_root()
    station = Station((CSMS, own))

    async def scenario() -> None:
        store = certificates(station)
        await store.remember()
        station.installed = [(MANUFACTURER, other)]
        await store.remember()  # later in the same case: the certificates from before the case stay the same
        await store.restore([own])

    asyncio.run(scenario())
    assert station.installed == [(CSMS, certificate_to_pem(certificates_from_pem(own)[0]))]


def test_a_case_without_certificate_requests_causes_no_message() -> None:
    station = Station((CSMS, new_root()))
    asyncio.run(certificates(station).restore([]))
    assert station.calls == []


def test_after_commissioning_there_is_nothing_to_restore() -> None:
    station = Station()

    async def scenario() -> None:
        store = certificates(station)
        await store.remember()
        store.reset()
        station.installed.append((CSMS, new_root()))
        await store.restore([])

    asyncio.run(scenario())
    assert len(station.installed) == 1


def test_a_station_that_does_not_delete_what_it_accepts_to_delete_is_detected() -> None:
    station = Station()

    async def scenario() -> None:
        store = certificates(station)
        await store.remember()
        station.installed.append((CSMS, new_root()))
        station.ignores_delete = True
        for _ in range(2):  # the second time after the reboot
            with pytest.raises(CertificatesNotRestored, match="not those from before the case"):
                await store.restore([])
        station.ignores_delete = False
        await store.restore([])

    asyncio.run(scenario())
    assert station.installed == []


def test_a_station_may_keep_the_last_certificate_of_a_kind() -> None:
    station = Station((CSMS, new_root()))
    station.keeps_last = True

    async def scenario() -> None:
        store = certificates(station)
        await store.remember()
        station.installed.append((MANUFACTURER, new_root()))
        await store.restore([])

    asyncio.run(scenario())
    assert len(station.installed) == 2


def test_an_unknown_deleted_certificate_cannot_be_installed_again() -> None:
    station = Station((CSMS, new_root()))

    async def scenario() -> None:
        store = certificates(station)
        await store.remember()
        station.installed.clear()
        with pytest.raises(CertificatesNotRestored, match="that the lab cannot install again"):
            await store.restore([new_root()])

    asyncio.run(scenario())


def test_hashes_are_compared_without_regard_to_case() -> None:
    pem = new_root()
    (root,) = certificates_from_pem(pem)
    ((use, data),) = entries(Station((CSMS, pem))._list())
    assert (use, data) == (CSMS, certificate_hash(root, root, HashAlgorithm.SHA384))


def test_a_chain_that_comes_and_goes_with_its_root_is_not_restored() -> None:
    own = new_root()
    station = Station(("V2GCertificateChain", own))

    async def scenario() -> None:
        store = certificates(station)
        await store.remember()
        station.installed.clear()
        await store.restore([own])
        assert set(station.calls) == {"GetInstalledCertificateIds"}

    asyncio.run(scenario())
