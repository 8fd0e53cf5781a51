"""CustomerInformation and NotifyCustomerInformation (N09, N10)."""

from collections.abc import Iterator
from functools import partial
from typing import Final

import msgspec

from plugfest.hardware.ports import StoredData
from plugfest.link.errors import LinkError
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201.messages import (
    CustomerInformationRequest,
    CustomerInformationResponse,
    NotifyCustomerInformationRequest,
)
from plugfest.ocpp.v201.types import CustomerInformationStatusEnumType
from plugfest.station.blocks.conversion.v201 import certificate_hash_of, status_info, token_of
from plugfest.station.blocks.n_diagnostics.rules import CustomerInformationStatus, decide_customer_information
from plugfest.station.context import Context, Offline
from plugfest.station.model.authorization.authorizer import Authorizer
from plugfest.station.model.authorization.tokens import EMAID, Token
from plugfest.station.model.charging.charging_sessions import ChargingSession, ChargingSessions
from plugfest.station.model.reservations import Reservations
from plugfest.station.storage.contracts import PresentedContracts
from plugfest.station.storage.diagnostics import CustomerData

_CLEARED: Final = "The data was cleared."

_PART: Final = 512  # characters per NotifyCustomerInformation


def register(context: Context) -> None:
    context.handlers.add(CustomerInformationRequest, partial(_customer_information, context))


def _customer_information(context: Context, request: CustomerInformationRequest) -> CustomerInformationResponse:
    references = (request.id_token, request.customer_certificate, request.customer_identifier)
    decision = decide_customer_information(
        [each for each in references if given(each) is not None],
        available=context.hardware.is_available(StoredData.CUSTOMERS),
        report=request.report,
        clear=request.clear,
    )
    if decision.status is CustomerInformationStatus.ACCEPTED:
        information = _information(context, request)
        if request.clear:
            _clear(context, request)
        text = information if request.report else _CLEARED
        context.handlers.after_response(partial(_start_notifying, context, request.request_id, text))
    return CustomerInformationResponse(
        status=CustomerInformationStatusEnumType(decision.status.value),
        status_info=status_info(decision.reason, decision.detail) if decision.reason else UNSET,
    )


def _information(context: Context, request: CustomerInformationRequest) -> str:
    """The stored information about the customer as JSON; empty if there is none (N09.FR.06)."""
    token, identifier = _token(context, request), given(request.customer_identifier)
    information: dict[str, object] = {}
    if token is not None:
        information = _information_of_token(context, token)
    elif identifier is not None:
        information = {"customer": CustomerData(context.store).get(identifier)}
    information = {name: value for name, value in information.items() if value}
    return msgspec.json.encode(information).decode() if information else ""


def _token(context: Context, request: CustomerInformationRequest) -> Token | None:
    """The token of the customer. A contract certificate refers to the customer with its eMAID, if it was presented."""
    token, certificate = given(request.id_token), given(request.customer_certificate)
    if token is not None:
        return token_of(token)
    if certificate is None:
        return None
    contract = PresentedContracts(context.store).with_certificate(certificate_hash_of(certificate))  # N09.FR.08
    return None if contract is None else Token(contract.emaid, EMAID)


def _information_of_token(context: Context, token: Token) -> dict[str, object]:
    authorizer = context.shared.get(Authorizer)
    return {
        "authorizationCache": authorizer.cache.stored_info(token),
        "localAuthorizationList": authorizer.local_list.stored_info(token),
        "transactions": [
            session.transaction.id
            for session in context.shared.get(ChargingSessions)
            if session.transaction and _belongs_to(session, token)
        ],
        "contracts": PresentedContracts(context.store).of_emaid(token.id_token) if token.type == EMAID else [],
        "reservations": [each.id for each in context.shared.get(Reservations) if each.token.same_as(token)],
    }


def _belongs_to(session: ChargingSession, token: Token) -> bool:
    return any(each is not None and each.is_for(token) for each in (session.owner, session.authorization))


def _clear(context: Context, request: CustomerInformationRequest) -> None:
    """N10.FR.03, N10.FR.06. The list and the reservations of the CSMS and ongoing transactions are not cleared."""
    token, identifier = _token(context, request), given(request.customer_identifier)
    if token is not None:
        context.shared.get(Authorizer).cache.remove(token)
        if token.type == EMAID:
            PresentedContracts(context.store).delete_of_emaid(token.id_token)
    if identifier is not None:
        CustomerData(context.store).delete(identifier)


def _start_notifying(context: Context, request_id: int, text: str) -> None:
    context.spawn(_notify(context, request_id, text), f"customer information {request_id}")


async def _notify(context: Context, request_id: int, text: str) -> None:
    generated_at = context.now()
    for seq_no, (part, more) in enumerate(_parts(text)):
        notification = NotifyCustomerInformationRequest(
            data=part, seq_no=seq_no, generated_at=generated_at, request_id=request_id, tbc=more
        )
        try:
            await context.csms.call(notification)  # N09.FR.05, N10.FR.03
        except (LinkError, Offline):
            return  # the CSMS can request it again


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """The parts of the text, at least one, and whether more parts follow."""
    for start in range(0, max(len(text), 1), _PART):
        yield text[start : start + _PART], start + _PART < len(text)
