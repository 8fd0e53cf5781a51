"""CertificateInstalled: the station has a root certificate. The lab deletes it after the case."""

from plugfest.lab.checks import root_certificate
from plugfest.lab.checks.root_certificate import MANUFACTURER, RootCertificate, install_root
from plugfest.lab.v201.bench import Bench
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.security.certificates import certificate_to_pem

CSMS = "CSMSRootCertificate"
V2G = "V2GRootCertificate"
MO = "MORootCertificate"


def _replaces(bench: Bench) -> bool:
    """Whether a new root of the CSMS replaces the present one (AS-2: AdditionalRootCertificateCheck)."""
    return bench.product.supports("AS-2")


def csms_root(bench: Bench) -> RootCertificate:
    """The root of the CSMS that the station is connected to."""
    return RootCertificate.self_signed(CSMS, bench.commissioner.pki.root.certificate)


def connected_roots(bench: Bench) -> tuple[RootCertificate, ...]:
    """The root of the CSMS, if the station has it: with TLS it was commissioned with that root."""
    known = bench.settings.root_installed and bench.commissioner.profile.uses_tls
    return (csms_root(bench),) if known else ()


def stored_csms_roots(bench: Bench) -> tuple[RootCertificate, ...]:
    """After `second_csms_root_installed`: the roots of a CSMS that the station has (M03.FR.04).

    A root that is being replaced is only kept as a fallback (M05.FR.12), and need not be reported.
    """
    return (second_csms_root(bench), *(() if _replaces(bench) else connected_roots(bench)))


def successor_root(bench: Bench) -> RootCertificate:
    """A new root of the CSMS, signed by the present one (M05.FR.10)."""
    return root_certificate.successor_root(bench, CSMS)


def second_csms_root(bench: Bench) -> RootCertificate:
    """Another root of a CSMS that this station accepts."""
    return root_certificate.second_csms_root(bench, CSMS, replaces=_replaces(bench))


def manufacturer_root(bench: Bench) -> RootCertificate:
    """The root of the manufacturer."""
    return RootCertificate.self_signed(MANUFACTURER, bench.manufacturer.root)


def v2g_root(bench: Bench) -> RootCertificate:
    """The V2G root, under which the lab issues certificates of charging stations."""
    return RootCertificate.self_signed(V2G, bench.commissioner.iso15118.v2g.root.certificate)


def mo_root(bench: Bench) -> RootCertificate:
    """The root of the mobility operator, under which the lab issues contracts."""
    return RootCertificate.self_signed(MO, bench.commissioner.iso15118.mobility_operator.root.certificate)


def install_request(root: RootCertificate) -> m.InstallCertificateRequest:
    """InstallCertificateRequest for a root."""
    return m.InstallCertificateRequest(
        certificate_type=t.InstallCertificateUseEnumType(root.use), certificate=certificate_to_pem(root.certificate)
    )


async def certificate_installed(bench: Bench, root: RootCertificate) -> None:
    """Install a root."""
    await install_root(bench, install_request(root), replaces=root.use == CSMS and _replaces(bench))


async def second_csms_root_installed(bench: Bench) -> None:
    """CertificateInstalled with a second root of a CSMS."""
    await certificate_installed(bench, second_csms_root(bench))


async def successor_installed(bench: Bench) -> None:
    """CertificateInstalled with the new root of the CSMS that the present one has signed."""
    await certificate_installed(bench, successor_root(bench))


async def manufacturer_root_installed(bench: Bench) -> None:
    """CertificateInstalled with the root of the manufacturer."""
    await certificate_installed(bench, manufacturer_root(bench))


async def v2g_root_installed(bench: Bench) -> None:
    """CertificateInstalled with the V2G root."""
    await certificate_installed(bench, v2g_root(bench))


async def mo_root_installed(bench: Bench) -> None:
    """CertificateInstalled with the root of the mobility operator."""
    await certificate_installed(bench, mo_root(bench))
