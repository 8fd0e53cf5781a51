"""Security in OCPP 2.0.1: security events (A04) and certificate renewal (A02, A03).

`events` and `renewal` hold what both versions share; the messages are those of OCPP 2.0.1. The security profile is
upgraded by a network profile (A05): see block B.
"""

from datetime import datetime
from functools import partial

from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201.messages import (
    CertificateSignedRequest,
    CertificateSignedResponse,
    SecurityEventNotificationRequest,
    SignCertificateRequest,
)
from plugfest.ocpp.v201.types import (
    CertificateSignedStatusEnumType,
    CertificateSigningUseEnumType,
    GenericStatusEnumType,
)
from plugfest.station.blocks.a_security.events import SecurityEvents
from plugfest.station.blocks.a_security.renewal import CertificateRenewal, Rejection
from plugfest.station.blocks.conversion.v201 import status_info
from plugfest.station.connection.outbox import Delivery
from plugfest.station.context import Context
from plugfest.station.setup.capabilities import Capability, has_capability

_STATION = CertificateSigningUseEnumType.ChargingStationCertificate


def register(context: Context) -> None:
    SecurityEvents(context, partial(_send_event, context), names={}).begin()
    if has_capability(context.product, Capability.CLIENT_CERTIFICATE):
        renewal = CertificateRenewal(context, partial(_request_certificate, context))
        renewal.begin("SignChargingStationCertificate")
        context.handlers.add(CertificateSignedRequest, partial(_certificate_signed, renewal))


def _send_event(context: Context, kind: str, at: datetime, tech_info: str) -> None:
    """A04.FR.02: with guaranteed delivery."""
    notification = SecurityEventNotificationRequest(type=kind, timestamp=at, tech_info=tech_info or UNSET)
    context.outbox.send(notification, Delivery.DURABLE)


async def _request_certificate(context: Context, signing_request: str) -> bool:
    request = SignCertificateRequest(csr=signing_request, certificate_type=_STATION)  # A02.FR.13
    return (await context.csms.call(request, solicited=True)).status is GenericStatusEnumType.Accepted


async def _certificate_signed(
    renewal: CertificateRenewal, request: CertificateSignedRequest
) -> CertificateSignedResponse:
    if (given(request.certificate_type) or _STATION) is not _STATION:
        return _answer(renewal.reject("UnsupportedParam", "only the ChargingStationCertificate can be renewed"))
    return _answer(renewal.install(request.certificate_chain))


def _answer(rejection: Rejection | None) -> CertificateSignedResponse:
    if rejection is None:
        return CertificateSignedResponse(status=CertificateSignedStatusEnumType.Accepted)
    return CertificateSignedResponse(
        status=CertificateSignedStatusEnumType.Rejected, status_info=status_info(rejection.reason, rejection.detail)
    )
