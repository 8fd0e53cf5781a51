"""Registration in OCPP 2.0.1: what a pending station may be asked to send, and what identifies a station."""

from collections.abc import Iterator
from typing import Any

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.registration import Identity, reports_earlier_update, same_identity, triggered
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import Request, given
from plugfest.ocpp.v201 import messages as m


def requested_while_pending(request: Request[Any]) -> frozenset[str]:
    """The requests that follow a TriggerMessage, a GetBaseReport or a GetReport (B02.FR.02)."""
    if isinstance(request, m.GetBaseReportRequest | m.GetReportRequest):
        return frozenset({"NotifyReport"})
    return triggered(request)


def _identity(boot: m.BootNotificationRequest) -> Identity:
    station = boot.charging_station
    return {
        "chargingStation.vendorName": station.vendor_name,
        "chargingStation.model": station.model,
        "chargingStation.serialNumber": given(station.serial_number),
    }


def identity_rule() -> Rule:
    """The rule for one campaign."""
    return same_identity("ChargingStationType", m.BootNotificationRequest, _identity)


REASONS_OF_RESET = frozenset({"RemoteReset", "ScheduledReset"})
OWN_REASONS = frozenset({"ApplicationReset", "LocalReset", "Watchdog", "Unknown"})
"""The reasons of a boot with a cause that the lab does not know."""

CAUSES = {
    "Reset": REASONS_OF_RESET,
    "UpdateFirmware": frozenset({"FirmwareUpdate"}),
}
"""The reasons of a boot after a request of the lab."""


def boot_rules() -> tuple[Rule, ...]:
    """The rules about the BootNotifications of one campaign."""
    boots = _Boots()
    return (
        Rule("reason of a boot", "B01.FR.09, BootReasonEnumType", boots.judge_reasons),
        Rule("firmware version of a boot", "ChargingStationType", _FirmwareVersion().judge, Level.SHOULD),
    )


class _Boots:
    """What may have caused the next boot of a campaign."""

    def __init__(self) -> None:
        self._causes: set[str] = set()  # since the last boot
        self._updated = False  # a firmware that was downloaded may be activated by any later boot
        self._last: frozenset[str] = frozenset()  # repeated by a station that registers after each reconnection

    def judge_reasons(self, evidence: Evidence) -> Iterator[Violation]:
        """The reason names what the lab has asked for, or what the operator has done."""
        powered_off = [action.frame for action in evidence.actions_of(ActionKind.POWER_OFF)]
        for exchange in evidence.exchanges:
            request = exchange.request
            if _is_cause(exchange):
                self._causes.add(exchange.action)
                self._updated = self._updated or exchange.action == "UpdateFirmware"
            elif reports_earlier_update(evidence, exchange):
                self._updated = True
            elif isinstance(request, m.BootNotificationRequest) and request.reason != "Triggered":
                is_off = any(frame <= exchange.frame for frame in powered_off)
                powered_off = [frame for frame in powered_off if frame > exchange.frame]
                found = self._judge_boot(str(request.reason), exchange, powered_off=is_off)
                yield from found if evidence.began_idle else ()
                self._note_boot(str(request.reason), exchange, powered_off=is_off)

    def _judge_boot(self, reason: str, exchange: Exchange, *, powered_off: bool) -> Iterator[Violation]:
        permitted = self._permitted(powered_off=powered_off)
        if reason not in permitted:
            expected = f"BootNotificationRequest.reason {' or '.join(sorted(permitted))}"
            yield Violation(expected, reason, exchange.frame)

    def _note_boot(self, reason: str, exchange: Exchange, *, powered_off: bool) -> None:
        if powered_off and reason not in REASONS_OF_RESET:
            self._causes.clear()  # while the registration is pending, the reason is repeated
        self._last = frozenset({reason})
        if getattr(exchange.response, "status", None) == "Accepted":
            self._causes.clear()

    def _permitted(self, *, powered_off: bool) -> frozenset[str]:
        requested = frozenset({"PowerUp"}).union(*(CAUSES[each] for each in self._causes))
        if self._updated:
            requested |= CAUSES["UpdateFirmware"]
        if powered_off:
            return requested | OWN_REASONS
        # A reset that was accepted is the cause, whatever else a station may do; without one it has causes of its own.
        return requested if "Reset" in self._causes else requested | OWN_REASONS | self._last


def _is_cause(exchange: Exchange) -> bool:
    """Whether a request of the lab causes a boot: the station did not refuse it, and it is not for an EVSE."""
    if exchange.action not in CAUSES or given(getattr(exchange.request, "evse_id", None)) is not None:
        return False
    status = str(getattr(exchange.response, "status", ""))
    return exchange.answered_at is None or status.startswith(("Accepted", "Scheduled"))


class _FirmwareVersion:
    """The firmware version of a station, until the lab updates it."""

    def __init__(self) -> None:
        self._version: str | None = None

    def judge(self, evidence: Evidence) -> Iterator[Violation]:
        for exchange in evidence.exchanges:
            if isinstance(exchange.request, m.UpdateFirmwareRequest) or reports_earlier_update(evidence, exchange):
                self._version = None
            elif isinstance(exchange.request, m.BootNotificationRequest):
                version = given(exchange.request.charging_station.firmware_version)
                if None not in (version, self._version) and version != self._version:
                    yield Violation(
                        f"BootNotificationRequest.chargingStation.firmwareVersion {self._version}, as no firmware was"
                        " updated",
                        str(version),
                        exchange.frame,
                    )
                self._version = version or self._version
