"""CertificateInstalled: the station has a root certificate. The lab deletes it after the case."""

from plugfest.lab.checks import root_certificate
from plugfest.lab.checks.root_certificate import MANUFACTURER, RootCertificate
from plugfest.lab.v16.bench import Bench
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.security.certificates import certificate_to_pem

CSMS = "CentralSystemRootCertificate"

ROOT_CHECK_KEY = "AdditionalRootCertificateCheck"
"""If this key is true, a new root of the CSMS replaces the root that signed it (M05.FR.09)."""


def csms_root(bench: Bench) -> RootCertificate:
    """The root of the CSMS that the station is connected to."""
    return RootCertificate.self_signed(CSMS, bench.commissioner.pki.root.certificate)


def second_csms_root(bench: Bench) -> RootCertificate:
    """Another root of a CSMS that this station accepts."""
    replaces = bench.configuration.is_true(ROOT_CHECK_KEY)
    return root_certificate.second_csms_root(bench, CSMS, replaces=replaces)


def manufacturer_root(bench: Bench) -> RootCertificate:
    """The root of the manufacturer."""
    return RootCertificate.self_signed(MANUFACTURER, bench.manufacturer.root)


async def installed_hashes(bench: Bench, use: str) -> list[t.CertificateHashDataType]:
    """The certificates that the station reports for a use: Accepted with hashes, or NotFound without (M03)."""
    response = await bench.ask(
        m.GetInstalledCertificateIdsRequest(certificate_type=t.CertificateUseEnumType(use)),
    )
    hashes = given(response.certificate_hash_data) or []
    expected = "Accepted" if hashes else "NotFound"
    frame = bench.csms.answer_frame
    bench.check(
        response.status == expected, f"status {expected} with {len(hashes)} hashes", response.status, frame=frame
    )
    return hashes


async def install_root(bench: Bench, root: RootCertificate) -> None:
    """Send InstallCertificate with a root."""
    request = m.InstallCertificateRequest(
        certificate_type=t.CertificateUseEnumType(root.use), certificate=certificate_to_pem(root.certificate)
    )
    replaces = root.use == CSMS and bench.configuration.is_true(ROOT_CHECK_KEY)
    await root_certificate.install_root(bench, request, replaces=replaces)


async def certificate_installed(bench: Bench, root: RootCertificate) -> None:
    """Install a root unless the station has it."""
    if not any(root.has_hashes(data) for data in await installed_hashes(bench, root.use)):
        await install_root(bench, root)


async def csms_root_installed(bench: Bench) -> None:
    """CertificateInstalled with the root of the CSMS, which a station without TLS may not have."""
    await certificate_installed(bench, csms_root(bench))


async def manufacturer_root_installed(bench: Bench) -> None:
    """CertificateInstalled with the root of the manufacturer."""
    await certificate_installed(bench, manufacturer_root(bench))
