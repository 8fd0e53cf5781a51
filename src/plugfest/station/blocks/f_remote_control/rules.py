"""What to answer to the CSMS's remote hands: pure rules."""

from enum import StrEnum

from plugfest.station.model.authorization.tokens import Token
from plugfest.station.model.charging.charging_sessions import ChargingSession

_NEVER_CHECKED = frozenset({"Central", "NoAuthorization"})


class UnlockStatus(StrEnum):
    """The answers to UnlockConnector, in OCPP's words."""

    UNLOCKED = "Unlocked"
    UNLOCK_FAILED = "UnlockFailed"
    ONGOING_AUTHORIZED_TRANSACTION = "OngoingAuthorizedTransaction"
    UNKNOWN_CONNECTOR = "UnknownConnector"


class TriggerStatus(StrEnum):
    """The answers to TriggerMessage, in OCPP's words."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    NOT_IMPLEMENTED = "NotImplemented"


def must_be_checked(token: Token, *, authorize_remote_start: bool) -> bool:
    """Whether the token of a remote start is authorized first. C03.FR.01, C05.FR.01, F01.FR.01, F01.FR.02"""
    return authorize_remote_start and token.type not in _NEVER_CHECKED


def forbids_unlocking(session: ChargingSession, connector_id: int) -> bool:
    """Whether an authorized transaction holds the connector. F05.FR.02"""
    return (
        session.transaction is not None and session.authorization is not None and session.connector_id == connector_id
    )
