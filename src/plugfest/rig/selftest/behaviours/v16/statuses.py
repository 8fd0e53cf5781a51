"""OCPP 1.6 statuses of connectors that contradict what happened, one another, or the transaction."""

import itertools
from datetime import timedelta
from typing import Any

import msgspec

from plugfest.lab.verdict import Level
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v16
from plugfest.station.blocks.g_availability.connector_status_v16 import ChargePointStatus
from plugfest.station.blocks.g_availability.v16 import ConnectorStatuses

_STATUS = ChargePointStatus

A_DAY = timedelta(days=1)


def _also_reports(after: ChargePointStatus, *others: ChargePointStatus) -> Patch:
    """Reports further statuses of a connector after a status, then the status again unless it ended the session."""

    def make(original: Function) -> Function:
        def send(self: Any, place: Any, status: Any) -> None:
            original(self, place, status)
            if status.status is after and place.evse_id:
                for other in (*others, after):
                    original(self, place, msgspec.structs.replace(status, status=other))

        return send

    return Patch(ConnectorStatuses, "_send", make)


def _with_error(status_name: ChargePointStatus, error: str) -> Patch:
    """Reports an errorCode with a status."""

    def make(original: Function) -> Function:
        def send(self: Any, place: Any, status: Any) -> None:
            is_it = status.status is status_name
            original(self, place, msgspec.structs.replace(status, error=error) if is_it else status)

        return send

    return Patch(ConnectorStatuses, "_send", make)


def _earlier_each_time(original: Function) -> Function:
    """Reports each status of a station with a timestamp a minute before that of the previous one."""
    sent = itertools.count(1)

    def send(self: Any, place: Any, status: Any) -> None:
        context, offset = self._context, timedelta(minutes=next(sent))
        self._context = _ShiftedContext(context, offset)
        try:
            original(self, place, status)
        finally:
            self._context = context

    return send


class _ShiftedContext:
    """A context whose clock is late."""

    def __init__(self, context: Any, offset: timedelta) -> None:
        self._context = context
        self._offset = offset

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def now(self) -> Any:
        return self._context.now() - self._offset


def _shifted(offset: timedelta) -> Function:
    """Reports all statuses, as after a boot, with an earlier timestamp; changes with the right one."""

    def make(original: Function) -> Function:
        def report(self: Any) -> None:
            context = self._context
            self._context = _ShiftedContext(context, offset)
            try:
                original(self)
            finally:
                self._context = context

        return report

    return make


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong_v16(
        "reports Charging when the cable is plugged in",
        "4.9",
        "TC_003",
        _also_reports(_STATUS.PREPARING, _STATUS.CHARGING),
    ),
    wrong_v16(
        "reports Charging after the transaction has stopped",
        "4.9",
        "TC_012",
        _also_reports(_STATUS.FINISHING, _STATUS.CHARGING),
    ),
    wrong_v16(
        "reports Available while the cable of the transaction is plugged in",
        "7.7",
        "TC_012",
        _also_reports(_STATUS.FINISHING, _STATUS.AVAILABLE),
    ),
    wrong_v16(
        "reports Finishing after the driver has left",
        "7.7",
        "TC_012",
        _also_reports(_STATUS.AVAILABLE, _STATUS.FINISHING),
    ),
    wrong_v16(
        "reports Unavailable after Available, after the boot too",
        "4.9",
        "TC_013 TC_014",
        _also_reports(_STATUS.AVAILABLE, _STATUS.UNAVAILABLE),
    ),
    wrong_v16(
        "reports Reserved after the reservation has ended",
        "4.9",
        "TC_046_1 TC_047 TC_049 TC_051",
        _also_reports(_STATUS.AVAILABLE, _STATUS.RESERVED),
    ),
    wrong_v16(
        "reports errorCode EVCommunicationError with Unavailable",
        "4.9",
        "TC_034",
        _with_error(_STATUS.UNAVAILABLE, "EVCommunicationError"),
    ),
    wrong_v16(
        "reports errorCode LocalListConflict for a connector",
        "3.5.2",
        "TC_003",
        _with_error(_STATUS.CHARGING, "LocalListConflict"),
    ),
    wrong_v16(
        "reports each status with an earlier timestamp than the one before",
        "4.9",
        "TC_003 TC_012",
        Patch(ConnectorStatuses, "_send", _earlier_each_time),
    ),
    wrong_v16(
        "reports Available before it starts the transaction",
        "4.9",
        "TC_004_1 TC_011_1",
        _also_reports(_STATUS.PREPARING, _STATUS.AVAILABLE),
    ),
    wrong_v16(
        "reports Finishing while the transaction continues",
        "4.9",
        "TC_003 TC_012 TC_059",
        _also_reports(_STATUS.CHARGING, _STATUS.FINISHING),
    ),
    wrong_v16(
        "reports Unavailable while the transaction continues",
        "4.9",
        "TC_053_1",
        _also_reports(_STATUS.CHARGING, _STATUS.UNAVAILABLE),
    ),
    wrong_v16(
        "reports SuspendedEV after Finishing",
        "4.9",
        "TC_069 TC_005_3",
        _also_reports(_STATUS.FINISHING, _STATUS.SUSPENDED_EV),
    ),
    wrong_v16(
        "reports the statuses after a boot with timestamps of the day before",
        "6.47",
        "TC_014 TC_016",
        Patch(ConnectorStatuses, "report_all", _shifted(A_DAY)),
        level=Level.SHOULD,
    ),
)
