"""How a station introduces itself to a CSMS, in words that fit every version of OCPP."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from plugfest.link.peer import Peer


class BootReason(StrEnum):
    """Why the station starts, in OCPP's words."""

    APPLICATION_RESET = "ApplicationReset"
    FIRMWARE_UPDATE = "FirmwareUpdate"
    LOCAL_RESET = "LocalReset"
    POWER_UP = "PowerUp"
    REMOTE_RESET = "RemoteReset"
    SCHEDULED_RESET = "ScheduledReset"
    TRIGGERED = "Triggered"
    UNKNOWN = "Unknown"
    WATCHDOG = "Watchdog"


class RegistrationStatus(StrEnum):
    """What the CSMS said to the last BootNotification."""

    UNKNOWN = "Unknown"
    ACCEPTED = "Accepted"
    PENDING = "Pending"
    REJECTED = "Rejected"


class Registered(msgspec.Struct, frozen=True):
    """An answer to a BootNotification. `interval` in seconds."""

    status: RegistrationStatus
    interval: int
    current_time: datetime


class RegistrationMessages(Protocol):
    """How a version of OCPP says hello. A block provides it."""

    async def boot(self, peer: Peer, reason: BootReason) -> Registered:
        """Send a BootNotification. Raises LinkError."""
        ...

    async def heartbeat(self, peer: Peer) -> datetime:
        """Send a Heartbeat; returns the CSMS's time. Raises LinkError."""
        ...
