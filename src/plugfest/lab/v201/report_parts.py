"""When a report in several messages counts as one that does not end."""

from collections.abc import Iterable

import msgspec

from plugfest.ocpp.v201 import types as t

MAX_REPEATED_PARTS = 20
"""Parts with tbc true in which nothing is new."""

MAX_PARTS = 1000
"""Parts of a report that is one long text."""


class ReportedData:
    """The data of the parts of a report so far."""

    def __init__(self) -> None:
        self._reported: set[bytes] = set()
        self._repeated = 0

    def add(self, data: Iterable[t.ReportDataType]) -> None:
        """Another part."""
        entries = {msgspec.json.encode(one) for one in data}
        if entries <= self._reported:
            self._repeated += 1
        self._reported |= entries

    @property
    def endless(self) -> bool:
        """Whether too many parts brought nothing new."""
        return self._repeated > MAX_REPEATED_PARTS
