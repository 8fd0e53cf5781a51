"""Security events (A04), and the consequences of a new password or security profile (A01, A05)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeAlias

from plugfest.link.errors import LinkError
from plugfest.station.blocks.a_security.rules import CRITICAL, security_event_of
from plugfest.station.connection.boot import BootReason
from plugfest.station.context import Context
from plugfest.station.device_model.variables import Address
from plugfest.station.storage.diagnostics import LogEntry, SecurityLog

TECH_INFO_LENGTH = 255
"""Maximum length of techInfo in a message."""

SendEvent: TypeAlias = Callable[[str, datetime, str], None]
"""Sends an event to the CSMS: type, time, technical information."""

_POWER_UP = frozenset({BootReason.POWER_UP, BootReason.UNKNOWN})


class SecurityEvents:
    """The security events of one power cycle. `names`: names that differ in the OCPP version."""

    def __init__(self, context: Context, send: SendEvent, names: Mapping[str, str]) -> None:
        self._context = context
        self._send = send
        self._names = names
        self.log = SecurityLog(context.store)
        self._last_failure = ""

    def begin(self) -> None:
        """Subscribe to everything that is a security event; the start is the first one."""
        context = self._context
        context.shared.add(self.log)
        context.lifecycle.security_event.add(self.report)
        context.lifecycle.connect_failed.add(self.connect_failed)
        context.lifecycle.boot_accepted.add(self.connected)
        context.lifecycle.reconnected.add(lambda _: self.connected())
        context.device_model.watch("SecurityCtrlr", "BasicAuthPassword", self.password_changed)
        context.device_model.watch("SecurityCtrlr", "SecurityProfile", self.profile_changed)
        context.security_event("StartupOfTheDevice" if context.boot_reason in _POWER_UP else "ResetOrReboot")

    def report(self, kind: str, tech_info: str) -> None:
        """Log a security event, and send it to the CSMS if it is critical."""
        now, name = self._context.now(), self._names.get(kind, kind)
        with self._context.store.transaction():
            self.log.add(LogEntry(now, name, tech_info))  # A04.FR.04
            if kind in CRITICAL:
                self._send(name, now, tech_info[:TECH_INFO_LENGTH])  # A04.FR.01

    def connect_failed(self, error: LinkError) -> None:
        """Report why the connection failed, once for all consecutive attempts with the same reason."""
        kind, failure = security_event_of(error), str(error)
        if kind is not None and failure != self._last_failure:
            self._context.security_event(kind, failure)
        self._last_failure = failure

    def connected(self) -> None:
        self._last_failure = ""

    def password_changed(self, address: Address, old: str, new: str) -> None:
        # A01.FR.11, A01.FR.12: the change is logged, the password is not.
        self._context.security_event("ReconfigurationOfSecurityParameters", address.text())
        if self._context.csms.connected:
            self._context.handlers.after_response(self._context.csms.reconnect)  # A01: with the new password

    def profile_changed(self, address: Address, old: str, new: str) -> None:
        self._context.security_event("ReconfigurationOfSecurityParameters", f"{address.text()} {old} -> {new}")
