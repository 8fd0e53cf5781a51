"""Other ways to write the same timestamp (RFC 3339)."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from plugfest.rig.selftest.variants.message_filter import Rewrite

_TIME = re.compile(rb'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)Z"')


def _each(write: Callable[[datetime], str]) -> Rewrite:
    def replacement(found: re.Match[bytes]) -> bytes:
        return b'"%b"' % write(datetime.fromisoformat(f"{found[1].decode()}+00:00")).encode()

    return lambda payload: _TIME.sub(replacement, payload)


def with_offset(hours: int) -> Rewrite:
    """In another time zone."""
    zone = timezone(timedelta(hours=hours))
    return _each(lambda moment: moment.astimezone(zone).isoformat(timespec="milliseconds"))


WITH_MILLISECONDS = _each(lambda moment: f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z")
"""With three decimals, also for whole seconds."""

WHOLE_SECONDS = _each(lambda moment: f"{moment.replace(microsecond=0, tzinfo=None).isoformat()}Z")
"""Without fractions of a second."""

NUMERIC_UTC = _each(lambda moment: moment.isoformat(timespec="milliseconds"))
"""With +00:00 instead of Z."""
