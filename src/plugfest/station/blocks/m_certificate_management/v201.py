"""The messages about certificates of OCPP 2.0.1 (M01 to M06)."""

import base64
import logging
from collections.abc import Sequence
from functools import partial

from plugfest.hardware.communication import CertificateRequested
from plugfest.link.errors import LinkError
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.security.certificates import CertificateHash
from plugfest.security.ocsp import OcspData
from plugfest.station.blocks.conversion.v201 import certificate_hash_of, ocsp_request_data, status_info
from plugfest.station.blocks.m_certificate_management.ocsp_cache import OcspCache
from plugfest.station.blocks.m_certificate_management.root_certificates import RootCertificates
from plugfest.station.blocks.m_certificate_management.rules import CertificateRejected, hash_of
from plugfest.station.context import Context, Offline
from plugfest.station.model.ev_communication import EvCommunications
from plugfest.station.security.trust_store import InstalledRoot
from plugfest.station.setup.capabilities import Capability, has_capability

EV_TIMEOUT = 4.5
"""Seconds that an EV waits for CertificateInstallationRes and CertificateUpdateRes (erratum 2.2)."""

_log = logging.getLogger(__name__)

InstallStatus = t.InstallCertificateStatusEnumType


def register(context: Context) -> None:
    roots = RootCertificates(context)
    context.handlers.add(m.InstallCertificateRequest, partial(_install, roots))
    context.handlers.add(m.GetInstalledCertificateIdsRequest, partial(_list, roots))
    context.handlers.add(m.DeleteCertificateRequest, partial(_delete, roots))
    if has_capability(context.product, Capability.HIGH_LEVEL_COMMUNICATION):
        OcspCache(context, partial(_ask_status, context)).begin()
        context.shared.get(EvCommunications).certificate_requested.add(partial(_forward_soon, context))


def _install(roots: RootCertificates, request: m.InstallCertificateRequest) -> m.InstallCertificateResponse:
    try:
        roots.install(request.certificate_type.value, request.certificate)
    except CertificateRejected as error:
        return m.InstallCertificateResponse(
            status=InstallStatus.Rejected, status_info=status_info(error.reason, str(error))
        )
    return m.InstallCertificateResponse(status=InstallStatus.Accepted)  # M05.FR.02


def _list(
    roots: RootCertificates, request: m.GetInstalledCertificateIdsRequest
) -> m.GetInstalledCertificateIdsResponse:
    uses = given(request.certificate_type)
    found = [
        *(_root(installed) for installed in roots.installed()),
        *(_chain(hashes) for hashes in roots.v2g_chains()),
    ]
    requested = [each for each in found if uses is None or each.certificate_type in uses]
    if not requested:
        return m.GetInstalledCertificateIdsResponse(
            status=t.GetInstalledCertificateStatusEnumType.NotFound, status_info=status_info("NotFound")
        )
    return m.GetInstalledCertificateIdsResponse(
        status=t.GetInstalledCertificateStatusEnumType.Accepted, certificate_hash_data_chain=requested
    )


def _root(installed: InstalledRoot) -> t.CertificateHashDataChainType:
    return t.CertificateHashDataChainType(
        certificate_type=t.GetCertificateIdUseEnumType(installed.use), certificate_hash_data=_data(hash_of(installed))
    )


def _chain(hashes: Sequence[CertificateHash]) -> t.CertificateHashDataChainType:
    """M03.FR.05: the sub-CAs are children of the leaf."""
    leaf, *authorities = map(_data, hashes)
    return t.CertificateHashDataChainType(
        certificate_type=t.GetCertificateIdUseEnumType.V2GCertificateChain,
        certificate_hash_data=leaf,
        child_certificate_hash_data=authorities or UNSET,
    )


def _data(found: CertificateHash) -> t.CertificateHashDataType:
    return t.CertificateHashDataType(
        hash_algorithm=t.HashAlgorithmEnumType(found.hash_algorithm),
        issuer_name_hash=found.issuer_name_hash,
        issuer_key_hash=found.issuer_key_hash,
        serial_number=found.serial_number,
    )


def _delete(roots: RootCertificates, request: m.DeleteCertificateRequest) -> m.DeleteCertificateResponse:
    status, reason = roots.delete(certificate_hash_of(request.certificate_hash_data))
    return m.DeleteCertificateResponse(
        status=t.DeleteCertificateStatusEnumType(status.value),
        status_info=UNSET if reason is None else status_info("UnsupportedRequest", reason),
    )


# M06


async def _ask_status(context: Context, data: OcspData) -> bytes | None:
    request = m.GetCertificateStatusRequest(ocsp_request_data=ocsp_request_data(data))
    response = await context.csms.call(request)
    result = given(response.ocsp_result)
    if response.status is not t.GetCertificateStatusEnumType.Accepted or result is None:
        return None  # M06.FR.04
    try:
        return base64.b64decode(result, validate=True)
    except ValueError:
        return None


# M01, M02


def _forward_soon(context: Context, request: CertificateRequested) -> None:
    context.spawn(_forward(context, request), "contract certificate of an EV")


async def _forward(context: Context, request: CertificateRequested) -> None:
    """M01.FR.01, M02.FR.01. The EV gets a failure, also if the answer does not come in its time."""
    port = context.hardware.communications[request.evse_id]
    if not context.device_model.boolean("ISO15118Ctrlr", "ContractCertificateInstallationEnabled", default=False):
        port.answer_certificate_request(None)
        return
    message = m.Get15118EVCertificateRequest(
        iso15118_schema_version=request.schema_version,
        action_=t.CertificateActionEnumType(request.action.value),
        exi_request=base64.b64encode(request.exi).decode(),
    )
    try:
        response = await context.csms.call(message, timeout=EV_TIMEOUT)
        accepted = response.status is t.Iso15118EVCertificateStatusEnumType.Accepted
        exi = base64.b64decode(response.exi_response, validate=True) if accepted else None
    except (Offline, LinkError, ValueError) as error:
        _log.info("the EV gets no contract certificate: %s", error)
        exi = None
    port.answer_certificate_request(exi)
