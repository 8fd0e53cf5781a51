"""The limits that follow from charging profiles (1.6, 3.13; 2.0.1, K.3).

They are calculated separately for each second at which one of them may change.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
from msgspec import structs

from plugfest.lab.checks.times import moved

STATION = 0
"""The id of a profile for the whole station, or for all its EVSEs. In OCPP 1.6 EVSEs are connectors."""

REACTION_TIME = 15.0
"""Seconds in which a limit is followed: 10 s until the station signals it, 5 s for the EV.

IEC 61851-1 sets the time of the EV (Table A.6, sequence 6). OCPP sets none for the station: the lab gives it 10 s.
"""


class Purpose(StrEnum):
    """What a profile limits."""

    STATION = "the station"
    EXTERNAL = "the station, by an external system"
    DEFAULT = "transactions without a profile of their own"
    TRANSACTION = "one transaction"


class Step(msgspec.Struct, frozen=True):
    """A limit that holds from `start` seconds on. An infinite one is not known."""

    start: int
    limit: float

    def __str__(self) -> str:
        return f"{'any limit' if math.isinf(self.limit) else f'{self.limit:g}'} from {self.start} s on"


class LimitProfile(msgspec.Struct, frozen=True, kw_only=True):
    """A charging profile. Its steps, in its own unit, count from `start`; None: from the start of the transaction."""

    evse_id: int
    purpose: Purpose
    stack_level: int
    steps: tuple[Step, ...]
    start: datetime | None
    duration: int | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    named_phases: int | None = None
    """The phases on which the limits in W are meant; None: not meant on phases."""

    def on_phases(self, phases: int) -> "LimitProfile":
        """Its limits for an EVSE with so many phases; 0: direct current (2.0.1, K01.FR.50)."""
        if self.named_phases is None or not 0 < phases < self.named_phases:
            return self
        share = phases / self.named_phases
        return structs.replace(self, steps=tuple(Step(step.start, step.limit * share) for step in self.steps))

    def limit_at(self, moment: datetime, transaction_start: datetime) -> float | None:
        """The limit at a moment; None before its start and after its end."""
        elapsed = (moment - (self.start or transaction_start)).total_seconds()
        over = (self.valid_to is not None and moment >= self.valid_to) or (
            self.duration is not None and elapsed >= self.duration
        )
        if over or elapsed < 0 or (self.valid_from is not None and moment < self.valid_from):
            return None
        return next((step.limit for step in reversed(self.steps) if step.start <= elapsed), None)

    def changes(self, transaction_start: datetime) -> Iterator[datetime]:
        """The moments at which its limit may change."""
        start = self.start or transaction_start
        yield from (moved(start, timedelta(seconds=step.start)) for step in self.steps)
        if self.duration is not None:
            yield moved(start, timedelta(seconds=self.duration))
        yield from (moment for moment in (self.valid_from, self.valid_to) if moment is not None)


def expected_steps(
    profiles: Sequence[LimitProfile],
    evse_id: int,
    begin: datetime,
    seconds: int,
    local_limit: float,
    *,
    transaction_start: datetime | None = None,
) -> list[Step]:
    """The limits of an EVSE for so many seconds.

    `local_limit` is the limit of the station itself, which may be lower than that of a profile. It is ignored if it is
    0: then the station did not allow charging yet. Without `transaction_start` the limits are as if a transaction began
    at `begin` (2.0.1, K08.FR.06).
    """
    if local_limit == 0.0:
        local_limit = math.inf
    started = transaction_start or begin
    here = [profile for profile in profiles if profile.evse_id in (STATION, evse_id)]
    by_purpose = {purpose: [profile for profile in here if profile.purpose is purpose] for purpose in Purpose}
    moments = (moment for profile in here for moment in profile.changes(started))
    changes = {math.ceil((moment - begin).total_seconds()) for moment in moments}
    return merged(
        Step(second, _limit(by_purpose, moved(begin, timedelta(seconds=second)), started, local_limit))
        for second in sorted({0, *changes})
        if 0 <= second < seconds
    )


def merged(steps: Iterable[Step]) -> list[Step]:
    """The same without the steps that do not change the limit."""
    kept: list[Step] = []
    for step in steps:
        if not kept or kept[-1].limit != step.limit:
            kept.append(step)
    return kept


def _limit(
    profiles: Mapping[Purpose, Sequence[LimitProfile]], moment: datetime, started: datetime, local_limit: float
) -> float:
    """The lowest limit that applies. One for the transaction overrules a default (1.6, 3.13.1, 3.13.3; SC.01)."""
    external = [profile.limit_at(moment, started) for profile in profiles[Purpose.EXTERNAL]]
    station, transaction, default = (
        _prevailing(profiles[purpose], moment, started)
        for purpose in (Purpose.STATION, Purpose.TRANSACTION, Purpose.DEFAULT)
    )
    limits = (station, default if transaction is None else transaction, local_limit, *external)
    return min(limit for limit in limits if limit is not None)


def _prevailing(profiles: Iterable[LimitProfile], moment: datetime, started: datetime) -> float | None:
    """The limit of the profile with the highest stack level among those that apply now (1.6, 3.13.2; K01.FR.17).

    Of several on that level, which one applies is not known: the highest limit.
    """
    limits = ((profile.stack_level, profile.limit_at(moment, started)) for profile in profiles)
    applying = [(level, limit) for level, limit in limits if limit is not None]
    return max(applying)[1] if applying else None
