"""CertificateInstalled: a root certificate is in the station's memory. The lab takes it out again after the case."""

from typing import NamedTuple

from cryptography import x509

from plugfest.lab.v201.bench import Bench
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.security.certificates import certificate_to_pem

CSMS = "CSMSRootCertificate"
MANUFACTURER = "ManufacturerRootCertificate"


class Root(NamedTuple):
    """A root certificate, what it is for (InstallCertificateUseEnumType), and what signed it: itself as a rule."""

    use: str
    certificate: x509.Certificate
    issuer: x509.Certificate

    @classmethod
    def of(cls, use: str, certificate: x509.Certificate) -> "Root":
        """A certificate that signs itself."""
        return cls(use, certificate, certificate)

    def request(self) -> m.InstallCertificateRequest:
        """What installs it."""
        return m.InstallCertificateRequest(
            certificate_type=t.InstallCertificateUseEnumType(self.use), certificate=certificate_to_pem(self.certificate)
        )


def csms_root(bench: Bench) -> Root:
    """The root of the CSMS that the station is connected to."""
    return Root.of(CSMS, bench.commissioner.pki.root.certificate)


def successor_root(bench: Bench) -> Root:
    """A new root of the CSMS, signed by the old one, so that it may replace it (M05.FR.10)."""
    return Root(CSMS, bench.commissioner.successor().root.certificate, bench.commissioner.pki.root.certificate)


def second_csms_root(bench: Bench) -> Root:
    """Another root of a CSMS, such as this station takes."""
    if bench.product.supports("AS-2"):
        return successor_root(bench)
    return Root.of(CSMS, bench.commissioner.unrelated_pki().root.certificate)


def manufacturer_root(bench: Bench) -> Root:
    """The root of the manufacturer's hierarchy."""
    return Root.of(MANUFACTURER, bench.manufacturer.root)


async def certificate_installed(bench: Bench, root: Root) -> None:
    """Install it."""
    replaces = root.use == CSMS and bench.product.supports("AS-2")
    if replaces:  # the old one, which cannot take its place again (M05.FR.10)
        bench.commissioner.check_way_back(bench.operator)
    await bench.call(root.request(), status="Accepted")
    if replaces:
        bench.commissioner.changed()


async def second_csms_root_installed(bench: Bench) -> None:
    """With a second root of a CSMS."""
    await certificate_installed(bench, second_csms_root(bench))


async def successor_installed(bench: Bench) -> None:
    """With the new root of the CSMS that the old one has signed."""
    await certificate_installed(bench, successor_root(bench))


async def manufacturer_root_installed(bench: Bench) -> None:
    """With the root of the manufacturer."""
    await certificate_installed(bench, manufacturer_root(bench))
