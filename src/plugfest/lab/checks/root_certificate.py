"""Root certificates that the lab installs at the station."""

from typing import Any, NamedTuple

from cryptography import x509

from plugfest.lab.bench import AnyBench
from plugfest.lab.restore.certificates import HashData, received_hash
from plugfest.ocpp.message import Request
from plugfest.security.certificates import certificate_hash

MANUFACTURER = "ManufacturerRootCertificate"
"""The use of a manufacturer root in both OCPP versions. The use of a CSMS root has different names."""


class RootCertificate(NamedTuple):
    """A root certificate, its use (an OCPP enumeration value), and the root that signed it: itself or another one."""

    use: str
    certificate: x509.Certificate
    issuer: x509.Certificate

    @classmethod
    def self_signed(cls, use: str, certificate: x509.Certificate) -> "RootCertificate":
        """A certificate that signs itself."""
        return cls(use, certificate, certificate)

    def has_hashes(self, data: HashData) -> bool:
        """Whether these are its hashes. Hexadecimal digits may be in upper case."""
        received = received_hash(data)
        return certificate_hash(self.certificate, self.issuer, received.hash_algorithm) == received


def successor_root(bench: AnyBench, use: str) -> RootCertificate:
    """A new root of the CSMS, signed by the old one, so that it may replace it (M05.FR.10)."""
    pki = bench.commissioner.pki
    return RootCertificate(use, bench.commissioner.successor().root.certificate, issuer=pki.root.certificate)


def second_csms_root(bench: AnyBench, use: str, *, replaces: bool) -> RootCertificate:
    """Another root of a CSMS: signed by the present one if it replaces that (AdditionalRootCertificateCheck)."""
    if replaces:
        return successor_root(bench, use)
    return RootCertificate.self_signed(use, bench.commissioner.unrelated_pki().root.certificate)


async def install_root(bench: AnyBench, request: Request[Any], *, replaces: bool) -> None:
    """Send InstallCertificate; the station accepts.

    A root that replaces the present one cannot be undone over OCPP (M05.FR.10): the station has to be commissioned
    again after the case.
    """
    if replaces:
        bench.commissioner.check_can_recommission(bench.operator)
    await bench.call(request, status="Accepted")
    if replaces:
        bench.commissioner.invalidate()
