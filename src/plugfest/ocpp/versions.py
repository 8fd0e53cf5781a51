"""The supported OCPP versions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from plugfest.ocpp.errors import V16_CODES, V201_CODES, ErrorCodes
from plugfest.ocpp.message import Request, Response
from plugfest.ocpp.v16 import messages as v16
from plugfest.ocpp.v201 import messages as v201


@dataclass(frozen=True)
class Protocol:
    """One version of OCPP-J: name, WebSocket subprotocol (Part 4, 3.1.2), requests by action, error codes."""

    name: str
    subprotocol: str
    requests: Mapping[str, type[Request[Response]]]
    errors: ErrorCodes


def _by_action(requests: Iterable[type[Request[Response]]]) -> dict[str, type[Request[Response]]]:
    return {request.action: request for request in requests}


V16: Final = Protocol("1.6", "ocpp1.6", _by_action(v16.REQUESTS), V16_CODES)
V201: Final = Protocol("2.0.1", "ocpp2.0.1", _by_action(v201.REQUESTS), V201_CODES)

_BY_SUBPROTOCOL: Final = {protocol.subprotocol: protocol for protocol in (V201, V16)}
_BY_NAME: Final = {protocol.name: protocol for protocol in (V201, V16)}


def by_subprotocol(name: str) -> Protocol:
    """The version with this WebSocket subprotocol. Raises KeyError if it is not supported."""
    return _BY_SUBPROTOCOL[name]


def by_name(name: str) -> Protocol:
    """The version with this name, such as 1.6. Raises KeyError if it is not supported."""
    return _BY_NAME[name]
