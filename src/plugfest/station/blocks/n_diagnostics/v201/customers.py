"""CustomerInformation and NotifyCustomerInformation (N09, N10)."""

from collections.abc import Iterator
from functools import partial
from typing import Final

import msgspec

from plugfest.link.errors import LinkError
from plugfest.ocpp.message import given
from plugfest.ocpp.v201.messages import (
    CustomerInformationRequest,
    CustomerInformationResponse,
    NotifyCustomerInformationRequest,
)
from plugfest.ocpp.v201.types import CustomerInformationStatusEnumType
from plugfest.station.blocks.conversion.v201 import token_of
from plugfest.station.blocks.n_diagnostics.rules import CustomerInformationStatus, decide_customer_information
from plugfest.station.context import Context, Offline
from plugfest.station.model.authorization.authorizer import Authorizer
from plugfest.station.model.authorization.tokens import Token
from plugfest.station.model.charging.charging_sessions import ChargingSession, ChargingSessions
from plugfest.station.storage.diagnostics import CustomerData

_CLEARED: Final = "The data was cleared."

_PART: Final = 512  # characters that a NotifyCustomerInformation can hold


def register(context: Context) -> None:
    context.handlers.add(CustomerInformationRequest, partial(_customer_information, context))


async def _customer_information(context: Context, request: CustomerInformationRequest) -> CustomerInformationResponse:
    references = (request.id_token, request.customer_certificate, request.customer_identifier)
    answer = decide_customer_information(
        [each for each in references if given(each) is not None], report=request.report, clear=request.clear
    )
    if answer is CustomerInformationStatus.ACCEPTED:
        known = _known(context, request)
        if request.clear:
            _forget(context, request)
        text = known if request.report else _CLEARED
        context.handlers.after_response(partial(_start_notifying, context, request.request_id, text))
    return CustomerInformationResponse(status=CustomerInformationStatusEnumType(answer.value))


def _known(context: Context, request: CustomerInformationRequest) -> str:
    """All that the station knows about the customer; nothing, not a word, if it knows nothing (N09.FR.06).

    By a certificate (ISO-4) it knows nobody: contract certificates stay in the EV.
    """
    token, identifier = given(request.id_token), given(request.customer_identifier)
    known: dict[str, object] = {}
    if token is not None:
        known = _known_by_token(context, token_of(token))
    elif identifier is not None:
        known = {"customer": CustomerData(context.store).get(identifier)}
    known = {name: what for name, what in known.items() if what}
    return msgspec.json.encode(known).decode() if known else ""


def _known_by_token(context: Context, token: Token) -> dict[str, object]:
    authorizer = context.shared.get(Authorizer)
    listed = None if authorizer.local_list is None else authorizer.local_list(token)
    return {
        "authorizationCache": authorizer.cache.stored_info(token),
        "localAuthorizationList": listed,
        "transactions": [
            session.transaction.id
            for session in context.shared.get(ChargingSessions)
            if session.transaction and _is_of(session, token)
        ],
    }


def _is_of(session: ChargingSession, token: Token) -> bool:
    return any(each is not None and each.is_for(token) for each in (session.owner, session.authorization))


def _forget(context: Context, request: CustomerInformationRequest) -> None:
    """N10.FR.03, N10.FR.06. The Local Authorization List is the CSMS's, and an ongoing transaction is still owed."""
    token, identifier = given(request.id_token), given(request.customer_identifier)
    if token is not None:
        context.shared.get(Authorizer).cache.remove(token_of(token))
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
            return  # the CSMS can ask again


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """The text in parts, at least one, and whether there is more after each."""
    for start in range(0, max(len(text), 1), _PART):
        yield text[start : start + _PART], start + _PART < len(text)
