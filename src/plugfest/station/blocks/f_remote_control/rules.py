"""Decisions on remote control requests. Pure functions."""

from enum import StrEnum

from plugfest.station.model.authorization.tokens import Token
from plugfest.station.model.charging.charging_sessions import ChargingSession

_NEVER_CHECKED = frozenset({"Central", "NoAuthorization"})


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


def must_be_checked(token: Token, *, authorize_remote_start: bool) -> bool:
    """Whether the token of a remote start must be authorized. C03.FR.01, C05.FR.01, F01.FR.01, F01.FR.02"""
    return authorize_remote_start and token.type not in _NEVER_CHECKED


def forbids_unlocking(session: ChargingSession, connector_id: int) -> bool:
    """Whether an authorized transaction uses the connector. F05.FR.02"""
    return (
        session.transaction is not None and session.authorization is not None and session.connector_id == connector_id
    )
