"""Times that a station reports."""

from datetime import UTC, datetime, timedelta
from typing import Final

FIRST: Final = datetime.min.replace(tzinfo=UTC)
LAST: Final = datetime.max.replace(tzinfo=UTC)


def moved(moment: datetime, by: timedelta) -> datetime:
    """The moment and so much more; at most the first or last of the calendar, as a station may send any time."""
    try:
        return moment + by
    except OverflowError:
        return FIRST if by < timedelta(0) else LAST
