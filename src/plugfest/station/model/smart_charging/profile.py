"""Charging profiles, independent of the OCPP version."""

from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

ALL_PHASES: Final = 3
"""The number of phases of a period that names none (1.6, 7.14; K01.FR.49)."""


class ProfilePurpose(StrEnum):
    """What a profile limits (ChargingProfilePurposeType)."""

    STATION = "Station"
    """All EVSEs together."""
    TX_DEFAULT = "TxDefault"
    """Every transaction without a profile of its own."""
    TX = "Tx"
    """One transaction."""


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

    def replaces(self, other: "ChargingProfile") -> bool:
        """Whether it replaces another profile (1.6, 3.13.2, 5.16.3; K01.FR.05, K01.FR.06)."""
        same_place = (self.evse_id, self.purpose, self.stack_level) == (
            other.evse_id,
            other.purpose,
            other.stack_level,
        )
        return self.id == other.id or same_place
