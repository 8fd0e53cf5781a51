"""InstallCertificate, GetInstalledCertificateIds and DeleteCertificate of OCPP 2.0.1 (M03 to M05)."""

from functools import partial

from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.security.certificates import CertificateHash, HashAlgorithm
from plugfest.station.blocks.conversion.v201 import status_info
from plugfest.station.blocks.m_certificate_management.root_certificates import RootCertificates
from plugfest.station.blocks.m_certificate_management.rules import CertificateRejected, hash_of
from plugfest.station.context import Context
from plugfest.station.security.trust_store import InstalledRoot

InstallStatus = t.InstallCertificateStatusEnumType


def register(context: Context) -> None:
    roots = RootCertificates(context)
    context.handlers.add(m.InstallCertificateRequest, partial(_install, roots))
    context.handlers.add(m.GetInstalledCertificateIdsRequest, partial(_list, roots))
    context.handlers.add(m.DeleteCertificateRequest, partial(_delete, roots))


async def _install(roots: RootCertificates, request: m.InstallCertificateRequest) -> m.InstallCertificateResponse:
    try:
        roots.install(request.certificate_type.value, request.certificate)
    except CertificateRejected as error:
        return m.InstallCertificateResponse(
            status=InstallStatus.Rejected, status_info=status_info(error.reason, str(error))
        )
    return m.InstallCertificateResponse(status=InstallStatus.Accepted)  # M05.FR.02


async def _list(
    roots: RootCertificates, request: m.GetInstalledCertificateIdsRequest
) -> m.GetInstalledCertificateIdsResponse:
    uses = given(request.certificate_type)
    found = [
        t.CertificateHashDataChainType(
            certificate_type=t.GetCertificateIdUseEnumType(installed.use), certificate_hash_data=_data(installed)
        )
        for installed in roots.installed()
        if uses is None or installed.use in uses
    ]
    if not found:
        return m.GetInstalledCertificateIdsResponse(
            status=t.GetInstalledCertificateStatusEnumType.NotFound, status_info=status_info("NotFound")
        )
    return m.GetInstalledCertificateIdsResponse(
        status=t.GetInstalledCertificateStatusEnumType.Accepted, certificate_hash_data_chain=found
    )


def _data(installed: InstalledRoot) -> t.CertificateHashDataType:
    found = hash_of(installed)
    return t.CertificateHashDataType(
        hash_algorithm=t.HashAlgorithmEnumType(found.hash_algorithm),
        issuer_name_hash=found.issuer_name_hash,
        issuer_key_hash=found.issuer_key_hash,
        serial_number=found.serial_number,
    )


async def _delete(roots: RootCertificates, request: m.DeleteCertificateRequest) -> m.DeleteCertificateResponse:
    data = request.certificate_hash_data
    status, reason = roots.delete(
        CertificateHash(
            HashAlgorithm(data.hash_algorithm), data.issuer_name_hash, data.issuer_key_hash, data.serial_number
        )
    )
    return m.DeleteCertificateResponse(
        status=t.DeleteCertificateStatusEnumType(status.value),
        status_info=UNSET if reason is None else status_info("UnsupportedRequest", reason),
    )
