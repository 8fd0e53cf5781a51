"""Certificates of the CSMS and the manufacturer in OCPP 1.6 (security whitepaper M03 to M05)."""

from functools import partial
from typing import Final

from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.security.certificates import CertificateHash, HashAlgorithm
from plugfest.station.blocks.m_certificate_management.root_certificates import RootCertificates
from plugfest.station.blocks.m_certificate_management.rules import CertificateRejected, hash_of
from plugfest.station.context import Context
from plugfest.station.security.trust_store import CSMS_ROOT, InstalledRoot

_USES: Final = {
    t.CertificateUseEnumType.CentralSystemRootCertificate: CSMS_ROOT,
    t.CertificateUseEnumType.ManufacturerRootCertificate: "ManufacturerRootCertificate",
}

_INSTALL = t.InstallCertificateStatusEnumType
_LIST = t.GetInstalledCertificateStatusEnumType


def register(context: Context) -> None:
    roots = RootCertificates(context)
    context.handlers.add(m.InstallCertificateRequest, partial(_install, roots))
    context.handlers.add(m.GetInstalledCertificateIdsRequest, partial(_list, roots))
    context.handlers.add(m.DeleteCertificateRequest, partial(_delete, roots))


def _install(roots: RootCertificates, request: m.InstallCertificateRequest) -> m.InstallCertificateResponse:
    try:
        roots.install(_USES[request.certificate_type], request.certificate)
    except CertificateRejected:
        return m.InstallCertificateResponse(status=_INSTALL.Rejected)
    return m.InstallCertificateResponse(status=_INSTALL.Accepted)


def _list(
    roots: RootCertificates, request: m.GetInstalledCertificateIdsRequest
) -> m.GetInstalledCertificateIdsResponse:
    use = _USES[request.certificate_type]
    found = [_data(installed) for installed in roots.installed() if installed.use == use]
    if not found:
        return m.GetInstalledCertificateIdsResponse(status=_LIST.NotFound)
    return m.GetInstalledCertificateIdsResponse(status=_LIST.Accepted, certificate_hash_data=found)


def _data(installed: InstalledRoot) -> t.CertificateHashDataType:
    found = hash_of(installed)
    return t.CertificateHashDataType(
        hash_algorithm=t.HashAlgorithmEnumType(found.hash_algorithm),
        issuer_name_hash=found.issuer_name_hash,
        issuer_key_hash=found.issuer_key_hash,
        serial_number=found.serial_number,
    )


def _delete(roots: RootCertificates, request: m.DeleteCertificateRequest) -> m.DeleteCertificateResponse:
    data = request.certificate_hash_data
    requested = CertificateHash(
        HashAlgorithm(data.hash_algorithm), data.issuer_name_hash, data.issuer_key_hash, data.serial_number
    )
    status, _ = roots.delete_unused(requested)  # M04.FR.06
    return m.DeleteCertificateResponse(status=t.DeleteCertificateStatusEnumType(status.value))
