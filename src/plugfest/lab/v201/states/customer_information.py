"""CustomerInformation, and the NotifyCustomerInformation messages that follow it."""

import msgspec

from plugfest.lab.csms.inbox import ReceivedRequest
from plugfest.lab.expectations import one_of
from plugfest.lab.settings import Token
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.installed_certificates import hash_data
from plugfest.lab.v201.report_parts import MAX_PARTS
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.security.certificates import CertificateHash

Part = ReceivedRequest[m.NotifyCustomerInformationRequest]

LOCAL_AUTHORIZATION = {
    "LocalAuthListCtrlr.Enabled": "true",
    "AuthCtrlr.LocalPreAuthorize": "true",
    "AuthCacheCtrlr.Enabled": "true",
}
"""With this configuration the station stores data of a customer who has charged."""


def information_request(
    bench: Bench,
    customer: Token | CertificateHash | str,
    *,
    report: bool = False,
    clear: bool = False,
) -> m.CustomerInformationRequest:
    """CustomerInformationRequest about a customer: a token, a contract certificate or a customerIdentifier."""
    return msgspec.structs.replace(
        m.CustomerInformationRequest(request_id=bench.configuration.next_id(), report=report, clear=clear),
        **_reference(customer),
    )


def _reference(customer: Token | CertificateHash | str) -> dict[str, object]:
    match customer:
        case Token():
            return {"id_token": t.IdTokenType(id_token=customer.id_token, type=t.IdTokenEnumType(customer.type))}
        case CertificateHash():
            return {"customer_certificate": hash_data(customer)}
    return {"customer_identifier": customer}


async def request_information(bench: Bench, request: m.CustomerInformationRequest) -> int:
    """Send the request; the station accepts. Returns the requestId."""
    bench.csms.inbox.set_mark()
    await bench.call(request, status="Accepted")
    return request.request_id


async def _part(bench: Bench, request_id: int, seq_no: int) -> Part:
    return await bench.expect(m.NotifyCustomerInformationRequest, request_id=request_id, seq_no=seq_no)


async def receive_report(bench: Bench, request_id: int) -> str:
    """The data of all messages of the report, joined."""
    parts = [await _part(bench, request_id, 0)]
    while given(parts[-1].message.tbc):
        bench.check(len(parts) < MAX_PARTS, f"a last part, without tbc, within {MAX_PARTS} parts", len(parts))
        parts.append(await _part(bench, request_id, len(parts)))
    return "".join(part.message.data for part in parts)


async def receive_single_message(bench: Bench, request_id: int) -> str:
    """The data of the only message of the report; no other message follows."""
    part = await bench.expect(
        m.NotifyCustomerInformationRequest, request_id=request_id, seq_no=0, tbc=one_of(False, UNSET)
    )
    await bench.silence(m.NotifyCustomerInformationRequest, seconds=bench.settings.time_tolerance)
    return part.message.data
