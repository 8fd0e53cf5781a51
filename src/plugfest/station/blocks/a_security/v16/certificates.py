"""SignCertificate and CertificateSigned of OCPP 1.6 (security whitepaper A02, A03)."""

from functools import partial

from plugfest.ocpp.v16.messages import CertificateSignedRequest, CertificateSignedResponse, SignCertificateRequest
from plugfest.ocpp.v16.types import CertificateSignedStatusEnumType, GenericStatusEnumType
from plugfest.station.blocks.a_security.renewal import Renewal
from plugfest.station.context import Context
from plugfest.station.model.triggerable_messages import Triggers
from plugfest.station.setup.capabilities import Capability, can


def register(context: Context) -> None:
    if not can(context.product, Capability.CLIENT_CERTIFICATE):
        return
    renewal = Renewal(context, partial(_ask, context))
    context.machines.get(Triggers).add("SignChargePointCertificate", renewal.triggered)
    context.handlers.add(CertificateSignedRequest, partial(_certificate_signed, renewal))
    context.lifecycle.boot_accepted.add(renewal.connected)
    context.lifecycle.reconnected.add(lambda _: renewal.connected())


async def _ask(context: Context, signing_request: str) -> bool:
    response = await context.csms.call(SignCertificateRequest(csr=signing_request), solicited=True)
    return response.status is GenericStatusEnumType.Accepted


async def _certificate_signed(renewal: Renewal, request: CertificateSignedRequest) -> CertificateSignedResponse:
    status = CertificateSignedStatusEnumType
    refused = renewal.take(request.certificate_chain)
    return CertificateSignedResponse(status=status.Accepted if refused is None else status.Rejected)
