"""Constructed records, frame by frame, for the tests of code that reads a record."""

from datetime import UTC, datetime, timedelta

import msgspec

from plugfest.lab.recording.record import Direction, Frame

START = datetime(2026, 1, 1, tzinfo=UTC)


class Conversation:
    """Frames at times that a test sets."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []

    def lab(self, at: float, action: str, /, **payload: object) -> str:
        """The lab asks. Returns the message id."""
        return self._call(Direction.FROM_LAB, at, action, payload)

    def station(self, at: float, action: str, /, **payload: object) -> str:
        """The station asks. Returns the message id."""
        return self._call(Direction.FROM_STATION, at, action, payload)

    def answers(self, at: float, message_id: str, /, **payload: object) -> None:
        """The station answers."""
        self.add(Direction.FROM_STATION, at, [3, message_id, payload])

    def add(self, direction: Direction, at: float, frame: object) -> None:
        text = frame if isinstance(frame, str) else msgspec.json.encode(frame).decode()
        self.frames.append(Frame(len(self.frames), at, START + timedelta(seconds=at), direction, text))

    def asked(self, at: float, action: str, /, status: str = "Accepted", **payload: object) -> None:
        """The lab asks, and the station answers 0.1 s later with this status."""
        self.answers(at + 0.1, self.lab(at, action, **payload), status=status)

    def event(self, at: float, trigger_reason: str, /, offline: bool = False, **info: object) -> None:
        """The station tells of a transaction."""
        self.station(
            at,
            "TransactionEvent",
            eventType="Updated",
            timestamp="2026-01-01T00:00:00Z",
            triggerReason=trigger_reason,
            seqNo=0,
            transactionInfo={"transactionId": "T1", **info},
            **({"offline": True} if offline else {}),
        )

    def status(self, at: float, connector_status: str) -> None:
        """The station tells the state of a connector."""
        self.station(
            at,
            "StatusNotification",
            timestamp="2026-01-01T00:00:00Z",
            connectorStatus=connector_status,
            evseId=1,
            connectorId=1,
        )

    def _call(self, direction: Direction, at: float, action: str, payload: dict[str, object]) -> str:
        message_id = f"{direction}-{len(self.frames)}"
        self.add(direction, at, [2, message_id, action, payload])
        return message_id
