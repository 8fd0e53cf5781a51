"""Block B: boot, network connection profiles and resets."""

import asyncio
import itertools
from typing import Any

import msgspec

from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import (
    NOTHING,
    always,
    changed,
    later,
)
from plugfest.station.blocks.b_provisioning.v201 import network, reset
from plugfest.station.blocks.b_provisioning.v201.boot import RegistrationMessages201
from plugfest.station.blocks.g_availability.v201 import _ConnectorStatuses
from plugfest.station.connection import connection
from plugfest.station.connection.boot import BootReason, RegistrationStatus
from plugfest.station.connection.connection import Connection
from plugfest.station.connection.connection_opener import ConnectionOpener
from plugfest.station.connection.network_profiles import NetworkProfiles
from plugfest.station.connection.outbox import Outbox
from plugfest.station.connection.registration import Registration
from plugfest.station.model.connectors.availability import Availability
from plugfest.station.security import trust_store


def _always_power_up(original: Function) -> Function:
    return lambda self, peer, reason: original(self, peer, BootReason.POWER_UP)


def _remote_reset_after_power_cycle(original: Function) -> Function:
    return lambda self, peer, reason: original(
        self, peer, BootReason.REMOTE_RESET if reason is BootReason.POWER_UP else reason
    )


def _disconnects_while_pending(original: Function) -> Function:
    def apply(self: Any, answer: Any) -> None:
        original(self, answer)
        if self.status is RegistrationStatus.PENDING:
            asyncio.get_running_loop().call_soon(self._peer.abort)

    return apply


def _waits_out_the_interval(original: Function) -> Function:
    """Sends a triggered BootNotification only when the interval has passed."""

    async def occurs_within(self: Any, seconds: float, event: Any) -> bool:
        if event is not self._boot_now:
            return bool(await original(self, seconds, event))
        await asyncio.sleep(seconds)
        return bool(event.is_set())

    return occurs_within


def _unsolicited(original: Function) -> Function:
    async def call(self: Any, request: Any, *, timeout: float | None = None, solicited: bool = False) -> Any:
        return await original(self, request, timeout=timeout)

    return call


def _with_interval(seconds: float) -> Any:
    def make(original: Function) -> Function:
        async def occurs_within(self: Any, timeout: float, event: Any) -> bool:
            return bool(await original(self, min(timeout, seconds) if event is self._boot_now else timeout, event))

        return occurs_within

    return make


def _one_attempt_more(original: Function) -> Function:
    """Makes one attempt more with each profile."""
    return lambda slots, *, per_slot, **others: original(slots, per_slot=per_slot + 1, **others)


def _one_attempt_less(original: Function) -> Function:
    return lambda slots, *, per_slot, **others: original(slots, per_slot=max(1, per_slot - 1), **others)


def _no_fallback(original: Function) -> Function:
    return lambda slots, *, fallback, **others: original(slots, fallback=None, **others)


def _retry_delays(seconds: float) -> Any:
    return lambda original: lambda self: itertools.repeat(seconds)


def _without_waiting(original: Function) -> Function:
    """Performs a scheduled reset at once."""

    async def when_idle(self: Any, evse_id: int | None) -> None:
        await self._reset(evse_id, BootReason.SCHEDULED_RESET)

    return when_idle


def _ended_after_the_boot() -> tuple[Patch, ...]:
    """Does not wait until the CSMS has received that the transaction has ended."""

    def slowly(original: Function) -> Function:
        async def deliver(self: Any, queue: Any, key: str, request: Any, send: Any) -> None:
            if getattr(request, "event_type", None) == "Ended":
                await asyncio.sleep(5.0)
            await original(self, queue, key, request, send)

        return deliver

    return Patch(Outbox, "drain", later(True)), Patch(Outbox, "_deliver", slowly)


def _forgets_inoperative(original: Function) -> Function:
    """Does not store which connectors are inoperative."""

    def set_operative(self: Any, place: Any, *, operative: bool) -> None:
        original(self, place, operative=operative)
        self._off.delete(place.key())

    return set_operative


def _first_root_only(original: Function) -> Function:
    return lambda roots, **others: original(roots[:1], **others)


def _old_root_for_any_csms(original: Function) -> Function:
    async def open_(self: Any, profile: Any, *, same_csms: bool) -> Any:
        return await original(self, profile, same_csms=True)

    return open_


def _with_status(status: t.ResetStatusEnumType) -> Any:
    return changed(lambda answer: msgspec.structs.replace(answer, status=status))


def _whole_station(original: Function) -> Function:
    async def reset_(self: Any, evse_id: int | None, reason: Any, seconds: float) -> None:
        await original(self, None, reason, seconds)

    return reset_


def _without_ending(original: Function) -> Function:
    """Reboots without ending the transactions first."""

    async def reset_(self: Any, evse_id: int | None, reason: Any, seconds: float) -> None:
        self._context.request_reboot(reason)

    return reset_


def _remote_reset(original: Function) -> Function:
    async def reset_(self: Any, evse_id: int | None, reason: Any, seconds: float) -> None:
        await original(self, evse_id, BootReason.REMOTE_RESET, seconds)

    return reset_


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong_v201(
        "always reports boot reason PowerUp",
        "B01.FR.09",
        "TC_B_20 TC_B_22 TC_B_41",
        Patch(RegistrationMessages201, "send_boot_notification", _always_power_up),
    ),
    wrong_v201(
        "reports boot reason RemoteReset after a power cycle",
        "B01.FR.09",
        "TC_B_01 TC_B_02 TC_B_03",
        Patch(RegistrationMessages201, "send_boot_notification", _remote_reset_after_power_cycle),
    ),
    wrong_v201(
        "closes the connection while pending",
        "B02.FR.06",
        "TC_B_02",
        Patch(Registration, "_apply", _disconnects_while_pending),
    ),
    wrong_v201(
        "sends a triggered BootNotification only when the interval has passed",
        "F06.FR.17",
        "TC_B_02",
        Patch(Registration, "_occurs_within", _waits_out_the_interval),
    ),
    wrong_v201(
        "does not send the connector statuses after a boot",
        "B01.FR.05",
        "TC_B_01",
        Patch(_ConnectorStatuses, "report_all", NOTHING),
    ),
    wrong_v201(
        "sends no requested messages while pending",
        "B02.FR.01, B02.FR.02",
        "TC_B_02",
        Patch(Registration, "call", _unsolicited),
    ),
    wrong_v201(
        "repeats a rejected BootNotification too early",
        "B03.FR.06",
        "TC_B_03",
        Patch(Registration, "_occurs_within", _with_interval(3.0)),
    ),
    wrong_v201(
        "answers requests while rejected",
        "B03.FR.08",
        "TC_B_30",
        Patch(Registration, "check_incoming", NOTHING),
    ),
    wrong_v201(
        "sends only changed connector statuses after a long time offline",
        "B04.FR.01",
        "TC_B_51",
        Patch(_ConnectorStatuses, "reconnected", lambda original: lambda self, seconds: original(self, 0.0)),
    ),
    wrong_v201(
        "sends all connector statuses after a short time offline",
        "B04.FR.02",
        "TC_B_52",
        Patch(_ConnectorStatuses, "reconnected", lambda original: lambda self, seconds: original(self, 1e9)),
    ),
    wrong_v201(
        "accepts any network connection profile",
        "B09.FR.02",
        "TC_B_43 TC_A_22",
        Patch(network, "profile_rejection", NOTHING),
    ),
    wrong_v201(
        "accepts any priority of the network connection profiles",
        "B10.FR.02",
        "TC_A_20",
        Patch(network, "priority_rejection", NOTHING),
    ),
    wrong_v201(
        "makes one connection attempt too many with each profile",
        "B10.FR.03",
        "TC_B_46",
        Patch(connection, "connection_attempts", _one_attempt_more),
    ),
    wrong_v201(
        "makes one connection attempt too few with each profile",
        "B10.FR.03",
        "TC_B_46",
        Patch(connection, "connection_attempts", _one_attempt_less),
    ),
    wrong_v201(
        "does not fall back to the last working CSMS",
        "B10.FR.07",
        "TC_B_49",
        Patch(connection, "connection_attempts", _no_fallback),
    ),
    wrong_v201(
        "ignores the priority of the network connection profiles",
        "B10.FR.04",
        "TC_B_45",
        Patch(NetworkProfiles, "priority", changed(lambda slots: tuple(sorted(slots)))),
    ),
    wrong_v201(
        "does not increase the wait between connection attempts",
        "Part 4 section 5.3",
        "TC_B_57",
        Patch(Connection, "_backoff", _retry_delays(5.0)),
    ),
    wrong_v201(
        "accepts a reset and does not perform it",
        "B11.FR.03",
        "TC_B_20",
        Patch(reset.ResetHandler, "_reset", later(None)),
    ),
    wrong_v201(
        "performs an OnIdle reset at once",
        "B12.FR.01",
        "TC_B_21",
        Patch(reset.ResetHandler, "_reset_when_idle", _without_waiting),
    ),
    wrong_v201(
        "reboots before it has sent the end of the transaction",
        "B12.FR.03, B12.FR.04",
        "TC_B_21 TC_B_22 TC_B_41",
        *_ended_after_the_boot(),
    ),
    wrong_v201(
        "answers Accepted instead of Scheduled to an OnIdle reset",
        "B12.FR.01",
        "TC_B_21",
        Patch(reset, "_answer", _with_status(t.ResetStatusEnumType.Accepted)),
    ),
    wrong_v201(
        "reports boot reason RemoteReset after a scheduled reset",
        "B01.FR.09",
        "TC_B_21",
        Patch(reset.ResetHandler, "_reset", _remote_reset),
    ),
    wrong_v201(
        "does not end the transaction before a reset",
        "B12.FR.04",
        "TC_B_22",
        Patch(reset.ResetHandler, "_reset", _without_ending),
    ),
    wrong_v201(
        "resets the whole station instead of an EVSE",
        "B11.FR.08",
        "TC_B_25 TC_B_26 TC_B_27",
        Patch(reset.ResetHandler, "_reset", _whole_station),
    ),
    wrong_v201(
        "accepts the reset of an EVSE and does not support it",
        "B11.FR.09, B12.FR.09",
        "TC_B_28 TC_B_29",
        Patch(reset, "claims", always(True)),
    ),
    wrong_v201(
        "forgets at a reboot that a connector is inoperative",
        "B11.FR.02",
        "TC_B_23",
        Patch(Availability, "set_operative", _forgets_inoperative),
    ),
    wrong_v201(
        "does not use a new root certificate of the CSMS",
        "M05.FR.13",
        "TC_B_50",
        Patch(trust_store, "client_context", _first_root_only),
    ),
    wrong_v201(
        "accepts the old root certificate for a new CSMS",
        "M05.FR.15",
        "TC_B_47",
        Patch(ConnectionOpener, "_open_with_root_fallback", _old_root_for_any_csms),
    ),
    wrong_v201(
        "rejects the reset of an EVSE",
        "B11.FR.08",
        "TC_B_25 TC_B_26",
        Patch(reset, "claims", always(False)),
    ),
)
