"""Security events (A04), and what follows from a new password or security profile (A01, A05)."""

from plugfest.link.errors import LinkError
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201.messages import SecurityEventNotificationRequest
from plugfest.station.blocks.a_security.rules import CRITICAL, event_of_failure
from plugfest.station.boot import BootReason
from plugfest.station.context import Context
from plugfest.station.device_model.variables import Address
from plugfest.station.journal import Entry, SecurityLog
from plugfest.station.outbox import Delivery

_TECH_INFO_LENGTH = 255

_STARTS = frozenset({BootReason.POWER_UP, BootReason.UNKNOWN})


def register(context: Context) -> None:
    block = SecurityEvents(context)
    context.machines.add(block.log)
    context.lifecycle.security_event.add(block.report)
    context.lifecycle.connect_failed.add(block.connect_failed)
    context.lifecycle.boot_accepted.add(block.connected)
    context.lifecycle.reconnected.add(lambda _: block.connected())
    context.device_model.watch("SecurityCtrlr", "BasicAuthPassword", block.password_changed)
    context.device_model.watch("SecurityCtrlr", "SecurityProfile", block.profile_changed)
    context.security_event("StartupOfTheDevice" if context.boot_reason in _STARTS else "ResetOrReboot")


class SecurityEvents:
    """The security events of one power cycle."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.log = SecurityLog(context.store)
        self._last_failure = ""

    def report(self, kind: str, tech_info: str) -> None:
        """Keep a security event, and tell the CSMS of it if it is critical."""
        now = self._context.now()
        with self._context.store.transaction():
            self.log.add(Entry(now, kind, tech_info))  # A04.FR.04
            if kind in CRITICAL:
                notification = SecurityEventNotificationRequest(
                    type=kind, timestamp=now, tech_info=tech_info[:_TECH_INFO_LENGTH] or UNSET
                )
                self._context.outbox.send(notification, Delivery.DURABLE)  # A04.FR.01, A04.FR.02

    def connect_failed(self, error: LinkError) -> None:
        """Report why the connection failed, once for all attempts that fail alike."""
        kind, failure = event_of_failure(error), str(error)
        if kind is not None and failure != self._last_failure:
            self._context.security_event(kind, failure)
        self._last_failure = failure

    def connected(self) -> None:
        self._last_failure = ""

    def password_changed(self, address: Address, old: str, new: str) -> None:
        # A01.FR.11, A01.FR.12: that it changed is logged, what it is is not.
        self._context.security_event("ReconfigurationOfSecurityParameters", address.text())
        if self._context.csms.connected:
            self._context.handlers.afterwards(self._context.csms.reconnect)  # A01: connect with the new password

    def profile_changed(self, address: Address, old: str, new: str) -> None:
        self._context.security_event("ReconfigurationOfSecurityParameters", f"{address.text()} {old} -> {new}")
