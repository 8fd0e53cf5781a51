"""Security in OCPP 2.0.1: security events (A04) and certificate renewal (A02, A03).

`events` and `renewal` hold what both versions share; the messages are those of OCPP 2.0.1. The security profile is
upgraded by a network profile (A05): see block B.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from plugfest.ocpp.message import UNSET, UnsetType, given
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
from plugfest.station.blocks.a_security.renewal import CertificateRenewal, Rejection, rejected
from plugfest.station.blocks.a_security.v2g_renewal import CombinedCertificateRenewal, V2gCertificateRenewal
from plugfest.station.blocks.conversion.v201 import status_info
from plugfest.station.connection.outbox import Delivery
from plugfest.station.context import Context
from plugfest.station.setup.capabilities import Capability, has_capability

_STATION = CertificateSigningUseEnumType.ChargingStationCertificate
_V2G = CertificateSigningUseEnumType.V2GCertificate

_BOTH = UNSET
"""The certificateType of a combined certificate: for both uses."""

CertificateUse = CertificateSigningUseEnumType | UnsetType

Renewals = Mapping[CertificateUse, CertificateRenewal]


def register(context: Context) -> None:
    SecurityEvents(context, partial(_send_event, context), names={}).begin()
    renewals = _renewals(context)
    if renewals:
        context.handlers.add(CertificateSignedRequest, partial(_certificate_signed, context, renewals))


def _renewals(context: Context) -> Renewals:
    """The certificates that this product can renew."""
    renewals: dict[CertificateUse, CertificateRenewal] = {}
    if has_capability(context.product, Capability.CLIENT_CERTIFICATE):
        renewals[_STATION] = CertificateRenewal(context, partial(_request_certificate, context, _STATION))
        renewals[_STATION].begin("SignChargingStationCertificate")
    if has_capability(context.product, Capability.HIGH_LEVEL_COMMUNICATION):
        renewals[_V2G] = V2gCertificateRenewal(context, partial(_request_certificate, context, _V2G))
        renewals[_V2G].begin("SignV2GCertificate")
    if has_capability(context.product, Capability.COMBINED_CERTIFICATE):
        renewals[_BOTH] = CombinedCertificateRenewal(context, partial(_request_certificate, context, _BOTH))
        renewals[_BOTH].begin("SignCombinedCertificate")
    return renewals


def _send_event(context: Context, kind: str, at: datetime, tech_info: str) -> None:
    """A04.FR.02: with guaranteed delivery."""
    notification = SecurityEventNotificationRequest(type=kind, timestamp=at, tech_info=tech_info or UNSET)
    context.outbox.send(notification, Delivery.DURABLE)


async def _request_certificate(context: Context, use: CertificateUse, signing_request: str) -> bool:
    request = SignCertificateRequest(csr=signing_request, certificate_type=use)  # A02.FR.13, A03.FR.13
    return (await context.csms.call(request, solicited=True)).status is GenericStatusEnumType.Accepted


def _certificate_signed(
    context: Context, renewals: Renewals, request: CertificateSignedRequest
) -> CertificateSignedResponse:
    combined = renewals.get(_BOTH)
    awaited = isinstance(combined, CombinedCertificateRenewal) and combined.awaited
    use = given(request.certificate_type) or (_BOTH if awaited else _STATION)
    if use not in renewals:
        return _answer(rejected(context, "UnsupportedParam", f"the station has no {use}"))
    return _answer(renewals[use].install(request.certificate_chain))


def _answer(rejection: Rejection | None) -> CertificateSignedResponse:
    if rejection is None:
        return CertificateSignedResponse(status=CertificateSignedStatusEnumType.Accepted)
    return CertificateSignedResponse(
        status=CertificateSignedStatusEnumType.Rejected, status_info=status_info(rejection.reason, rejection.detail)
    )
