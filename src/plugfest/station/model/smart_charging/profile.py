"""Charging profiles, independent of the OCPP version."""

from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

ALL_PHASES: Final = 3
"""The number of phases of a period that names none (1.6, 7.14; K01.FR.49)."""


class ProfilePurpose(StrEnum):
    """What a profile limits (ChargingProfilePurposeType)."""

    STATION = "Station"
    """All EVSEs together, by the CSMS."""
    EXTERNAL = "External"
    """All EVSEs together, or one EVSE, by a system beside the CSMS (K12)."""
    TX_DEFAULT = "TxDefault"
    """Every transaction without a profile of its own."""
    TX = "Tx"
    """One transaction."""


class LimitSource(StrEnum):
    """Who has set a profile (ChargingLimitSourceEnumType)."""

    EMS = "EMS"
    OTHER = "Other"
    SYSTEM_OPERATOR = "SO"
    CSO = "CSO"
    """The charging station operator: the CSMS."""


class ProfileKind(StrEnum):
    """What the times of a schedule refer to (ChargingProfileKindType)."""

    ABSOLUTE = "Absolute"
    RECURRING = "Recurring"
    RELATIVE = "Relative"


class Recurrency(StrEnum):
    DAILY = "Daily"
    WEEKLY = "Weekly"


class RateUnit(StrEnum):
    """A is per phase, W is the sum of all phases (1.6, 7.12)."""

    AMPERE = "A"
    WATT = "W"


class SchedulePeriod(msgspec.Struct, frozen=True):
    """A limit from `start` seconds into the schedule on."""

    start: int
    limit: float
    phases: int | None = None
    phase: int | None = None
    """The phase to use, if it is only one; None: the station chooses (K01.FR.47)."""

    @property
    def allowed_phases(self) -> int:
        """The highest number of phases that may be used."""
        return ALL_PHASES if self.phases is None else self.phases


class ChargingSchedule(msgspec.Struct, frozen=True, kw_only=True):
    """Limits over time. `duration` in seconds; None: the last period has no end."""

    unit: RateUnit
    periods: tuple[SchedulePeriod, ...]
    duration: int | None = None
    start: datetime | None = None
    """None: the start of the transaction."""
    min_rate: float | None = None
    id: int = 0
    starts_on_arrival: bool = False
    """Whether `start` is the moment at which the station got the schedule, not a time of day that was asked for."""
    per_named_phase: bool = False
    """Whether a limit in W stands for a current on each of the phases that its period names (K01.FR.50)."""


class ChargingProfile(msgspec.Struct, frozen=True, kw_only=True):
    """A schedule and when it applies. `evse_id` is 0 for the whole station or every EVSE."""

    id: int
    evse_id: int
    stack_level: int
    purpose: ProfilePurpose
    kind: ProfileKind
    schedule: ChargingSchedule
    recurrency: Recurrency | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    transaction_id: str | None = None
    """The station's own id of the transaction that it is for."""
    source: LimitSource = LimitSource.CSO
    choices: tuple[ChargingSchedule, ...] = ()
    """The schedules of which an EV chooses `schedule`, if there are several (K15.FR.07)."""

    def with_choice(self, number: int) -> "ChargingProfile":
        """With the schedule of this number, from 0; with the first one if there are not so many (K15.FR.22)."""
        if not self.choices:
            return self
        return msgspec.structs.replace(self, schedule=self.choices[number if number < len(self.choices) else 0])

    def replaces(self, other: "ChargingProfile") -> bool:
        """Whether it replaces another profile in OCPP 1.6 (3.13.2, 5.16.3): external limits are not of the CSMS."""
        if ProfilePurpose.EXTERNAL in (self.purpose, other.purpose):
            return (self.id, self.purpose) == (other.id, other.purpose)
        same_place = (self.evse_id, self.purpose, self.stack_level) == (
            other.evse_id,
            other.purpose,
            other.stack_level,
        )
        return self.id == other.id or same_place

    def overlaps(self, other: "ChargingProfile") -> bool:
        """Whether there is a moment at which both are valid."""
        return _ends_after(self.valid_to, other.valid_from) and _ends_after(other.valid_to, self.valid_from)


def _ends_after(end: datetime | None, begin: datetime | None) -> bool:
    return end is None or begin is None or end > begin


class ProfileProblem(NamedTuple):
    """Why a profile is rejected: in words, and as a reason code of OCPP 2.0.1 (appendix 5)."""

    text: str
    reason_code: str
