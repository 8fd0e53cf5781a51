"""BootNotification and Heartbeat, independent of the OCPP version."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from plugfest.link.peer import Peer


class BootReason(StrEnum):
    """Why the station starts (BootReasonEnumType)."""

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
    """The answer of the CSMS to the last BootNotification."""

    UNKNOWN = "Unknown"
    ACCEPTED = "Accepted"
    PENDING = "Pending"
    REJECTED = "Rejected"


class BootNotificationAnswer(msgspec.Struct, frozen=True):
    """The answer to a BootNotification. `interval` in seconds."""

    status: RegistrationStatus
    interval: int
    current_time: datetime


class RegistrationMessages(Protocol):
    """Sends the messages of the registration in one OCPP version. Block B provides it."""

    async def send_boot_notification(self, peer: Peer, reason: BootReason) -> BootNotificationAnswer:
        """Send a BootNotification. Raises LinkError."""
        ...

    async def send_heartbeat(self, peer: Peer) -> datetime:
        """Send a Heartbeat. Returns the time of the CSMS. Raises LinkError."""
        ...
