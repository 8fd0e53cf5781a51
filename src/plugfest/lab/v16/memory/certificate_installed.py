"""CertificateInstalled: a root certificate is in the station's memory. The lab takes it out again after the case."""

from typing import NamedTuple

from cryptography import x509

from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.installed_certificates import hash_data, normal
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.security.certificates import certificate_to_pem

CSMS = t.CertificateUseEnumType.CentralSystemRootCertificate
MANUFACTURER = t.CertificateUseEnumType.ManufacturerRootCertificate

REPLACES = "AdditionalRootCertificateCheck"
"""Where this key is true a root of the CSMS takes the place of the one that has signed it (M05.FR.09)."""


class Root(NamedTuple):
    """A root certificate, what it is for, and what signed it: itself as a rule."""

    use: t.CertificateUseEnumType
    certificate: x509.Certificate
    issuer: x509.Certificate

    def request(self) -> m.InstallCertificateRequest:
        """What installs it."""
        return m.InstallCertificateRequest(certificate_type=self.use, certificate=certificate_to_pem(self.certificate))

    def is_named_by(self, data: t.CertificateHashDataType) -> bool:
        """Whether these are its hashes."""
        return normal(data) == normal(hash_data(self.certificate, self.issuer, data.hash_algorithm))


def csms_root(bench: Bench) -> Root:
    """The root of the CSMS that the station is connected to."""
    root = bench.commissioner.pki.root.certificate
    return Root(CSMS, root, root)


def second_csms_root(bench: Bench) -> Root:
    """Another root of a CSMS, such as this station takes."""
    if bench.configuration.is_true(REPLACES):
        return Root(
            CSMS, bench.commissioner.successor().root.certificate, issuer=bench.commissioner.pki.root.certificate
        )
    root = bench.commissioner.unrelated_pki().root.certificate
    return Root(CSMS, root, root)


def manufacturer_root(bench: Bench) -> Root:
    """The root of the manufacturer's hierarchy."""
    return Root(MANUFACTURER, bench.manufacturer.root, bench.manufacturer.root)


async def hashes_installed(bench: Bench, use: t.CertificateUseEnumType) -> list[t.CertificateHashDataType]:
    """What the station says it has for this use: Accepted with hashes, or NotFound without (M03)."""
    response = await bench.ask(m.GetInstalledCertificateIdsRequest(certificate_type=use))
    hashes = given(response.certificate_hash_data) or []
    expected = "Accepted" if hashes else "NotFound"
    frame = bench.csms.last_frame
    bench.check(
        response.status == expected, f"status {expected} with {len(hashes)} hashes", response.status, frame=frame
    )
    return hashes


async def install(bench: Bench, root: Root) -> None:
    """InstallCertificate. A root that takes the place of another one leaves no way back over OCPP."""
    replaces = root.use is CSMS and bench.configuration.is_true(REPLACES)
    if replaces:
        bench.commissioner.check_way_back(bench.operator)
    await bench.call(root.request(), status="Accepted")
    if replaces:
        bench.commissioner.changed()


async def certificate_installed(bench: Bench, root: Root) -> None:
    """Install it unless it is there."""
    if not any(root.is_named_by(data) for data in await hashes_installed(bench, root.use)):
        await install(bench, root)


async def csms_root_installed(bench: Bench) -> None:
    """With the root of the CSMS, which a station without TLS may not have."""
    await certificate_installed(bench, csms_root(bench))


async def manufacturer_root_installed(bench: Bench) -> None:
    """With the root of the manufacturer."""
    await certificate_installed(bench, manufacturer_root(bench))
