"""Records with reservations, and the acts of drivers."""

from tests.lab.rules.evidence import action, stamp
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.settings import Token

DRIVER, OTHER = Token("A", "ISO14443"), Token("B", "ISO14443")


def id_token(token: Token = DRIVER) -> dict[str, object]:
    return {"idToken": {"idToken": token.id_token, "type": token.type}}


def reserve(
    record: StationRecord,
    evse_id: int | None = 1,
    *,
    at: float = 0,
    id: int = 5,
    status: str = "Accepted",
    expires: float = 900,
    token: Token = DRIVER,
    **fields: object,
) -> StationRecord:
    evse = {} if evse_id is None else {"evseId": evse_id}
    record.asked(at, "ReserveNow", status, id=id, expiryDateTime=stamp(expires), **id_token(token), **evse, **fields)
    return record


def reserved(evse_id: int | None = 1, **fields: object) -> StationRecord:
    return reserve(StationRecord(), evse_id, **fields)  # type: ignore[arg-type]


def cancel(record: StationRecord, at: float, status: str = "Accepted") -> None:
    record.asked(at, "CancelReservation", status, reservationId=5)


def authorized(
    record: StationRecord, at: float, token: Token = DRIVER, *, evse_id: int = 1, id: int | None = None
) -> StationRecord:
    """A transaction that the token starts."""
    reservation = {} if id is None else {"reservationId": id}
    evse = {"evse": {"id": evse_id, "connectorId": 1}}
    record.event(
        at, "Authorized", event_type="Started", transaction_id=f"T{evse_id}", **id_token(token), **evse, **reservation
    )
    return record


def presented(record: StationRecord, at: float, token: Token = DRIVER, *, evse_id: int = 1) -> OperatorAction:
    """Presented before the next frame of the record."""
    return action(ActionKind.PRESENT_TOKEN, at, len(record.frames), token=token, evse_id=evse_id, connector_id=None)


def updated(record: StationRecord, at: float, status: str, id: int = 5) -> None:
    record.request(at, "ReservationStatusUpdate", {"reservationId": id, "reservationUpdateStatus": status}, {})
