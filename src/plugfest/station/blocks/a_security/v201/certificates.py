"""SignCertificate and CertificateSigned of OCPP 2.0.1 (A02, A03)."""

from functools import partial

from plugfest.ocpp.message import given
from plugfest.ocpp.v201.messages import (
    CertificateSignedRequest,
    CertificateSignedResponse,
    SignCertificateRequest,
)
from plugfest.ocpp.v201.types import (
    CertificateSignedStatusEnumType,
    CertificateSigningUseEnumType,
    GenericStatusEnumType,
)
from plugfest.station.blocks.a_security.renewal import Refused, Renewal
from plugfest.station.blocks.conversion.v201 import status_info
from plugfest.station.context import Context
from plugfest.station.model.triggerable_messages import Triggers
from plugfest.station.setup.capabilities import Capability, can

_STATION = CertificateSigningUseEnumType.ChargingStationCertificate


def register(context: Context) -> None:
    if not can(context.product, Capability.CLIENT_CERTIFICATE):
        return
    renewal = Renewal(context, partial(_ask, context))
    context.machines.get(Triggers).add("SignChargingStationCertificate", renewal.triggered)
    context.handlers.add(CertificateSignedRequest, partial(_certificate_signed, renewal))
    context.lifecycle.boot_accepted.add(renewal.connected)
    context.lifecycle.reconnected.add(lambda _: renewal.connected())


async def _ask(context: Context, signing_request: str) -> bool:
    request = SignCertificateRequest(csr=signing_request, certificate_type=_STATION)  # A02.FR.13
    return (await context.csms.call(request, solicited=True)).status is GenericStatusEnumType.Accepted


async def _certificate_signed(renewal: Renewal, request: CertificateSignedRequest) -> CertificateSignedResponse:
    if (given(request.certificate_type) or _STATION) is not _STATION:
        return _answer(Refused("UnsupportedParam", "only the ChargingStationCertificate can be renewed"))
    return _answer(renewal.take(request.certificate_chain))


def _answer(refused: Refused | None) -> CertificateSignedResponse:
    if refused is None:
        return CertificateSignedResponse(status=CertificateSignedStatusEnumType.Accepted)
    return CertificateSignedResponse(
        status=CertificateSignedStatusEnumType.Rejected, status_info=status_info(refused.reason, refused.detail)
    )
