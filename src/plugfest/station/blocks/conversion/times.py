"""The times of a CSMS."""

from datetime import UTC, datetime


def in_utc(time: datetime | None) -> datetime | None:
    """The time; one without a zone, which violates the schema, counts as UTC."""
    return time.replace(tzinfo=UTC) if time is not None and time.tzinfo is None else time
