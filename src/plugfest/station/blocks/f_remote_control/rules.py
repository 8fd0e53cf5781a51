"""Decisions on remote control requests. Pure functions."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final, TypeAlias

from plugfest.station.model.authorization.tokens import Token
from plugfest.station.model.charging.charging_sessions import ChargingSession
from plugfest.station.model.connectors.availability import Place

_NEVER_CHECKED = frozenset({"Central", "NoAuthorization"})


Reason: TypeAlias = tuple[str, str | None]
"""A reason code of Part 2 appendix 5, and details in words."""


class UnlockStatus(StrEnum):
    """The status of the answer to UnlockConnector."""

    UNLOCKED = "Unlocked"
    UNLOCK_FAILED = "UnlockFailed"
    ONGOING_AUTHORIZED_TRANSACTION = "OngoingAuthorizedTransaction"
    UNKNOWN_CONNECTOR = "UnknownConnector"


class TriggerStatus(StrEnum):
    """The status of the answer to TriggerMessage."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    NOT_IMPLEMENTED = "NotImplemented"


_OF_A_PLACE: Final = frozenset({"MeterValues", "StatusNotification", "TransactionEvent"})
"""Messages to which the EVSE of a TriggerMessage is relevant. F06.FR.03"""

_NOT_SENT: Final[Mapping[str, Reason]] = {
    "BootNotification": ("InvalidMessageSeq", "the CSMS has accepted the station"),  # F06.FR.17
    "MeterValues": ("Unspecified", "there is nothing to measure"),
    "StatusNotification": ("MissingParam", "the connector"),  # F06.FR.12
    "TransactionEvent": ("TxNotFound", None),
}


def trigger_rejection(message: str, place: Place, connectors: Collection[Place]) -> Reason:
    """Why a requested message that the station has is not sent. `connectors`: all connectors of the station."""
    if message in _OF_A_PLACE and place.evse_id is not None:
        if place.evse_id not in {each.evse_id for each in connectors}:
            return "UnknownEvse", None
        if place.connector_id is not None and place not in connectors:
            return "UnknownConnectorId", None
    return _NOT_SENT.get(message, ("Unspecified", None))


def must_be_checked(token: Token, *, authorize_remote_start: bool) -> bool:
    """Whether the token of a remote start must be authorized. C03.FR.01, C05.FR.01, F01.FR.01, F01.FR.02"""
    return authorize_remote_start and token.type not in _NEVER_CHECKED


def forbids_unlocking(session: ChargingSession, connector_id: int) -> bool:
    """Whether an authorized transaction uses the connector. F05.FR.02"""
    return (
        session.transaction is not None and session.authorization is not None and session.connector_id == connector_id
    )
