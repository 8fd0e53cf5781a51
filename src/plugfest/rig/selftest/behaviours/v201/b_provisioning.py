"""Wrong in block B: how a station introduces itself, its variables and reports, its ways to a CSMS, its resets."""

import itertools
from collections.abc import Iterator
from typing import Any

import msgspec

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, wrong
from plugfest.rig.selftest.behaviours.builders import (
    NOTHING,
    always,
    changed,
    later,
    with_arguments,
    with_fields,
)
from plugfest.rig.selftest.behaviours.patch import Function, Patch
from plugfest.station.blocks.b_provisioning.v201 import network, reports, reset, variables
from plugfest.station.blocks.b_provisioning.v201.boot import RegistrationMessages201
from plugfest.station.blocks.g_availability.v201 import _ConnectorStatuses
from plugfest.station.connection import connection
from plugfest.station.connection.boot import BootReason
from plugfest.station.connection.connection import Connection
from plugfest.station.connection.network_profiles import NetworkProfiles
from plugfest.station.connection.registration import Registration
from plugfest.station.device_model import model
from plugfest.station.device_model.model import DeviceModel, GetResult, GetStatus, SetResult, SetStatus
from plugfest.station.device_model.reports import ReportBase
from plugfest.station.device_model.variables import Mutability


def _another_reason(right: Function) -> Function:
    return lambda self, peer, reason: right(self, peer, BootReason.POWER_UP)


def _unsolicited(right: Function) -> Function:
    async def call(self: Any, request: Any, *, timeout: float | None = None, solicited: bool = False) -> Any:
        return await right(self, request, timeout=timeout)

    return call


def _own_interval(seconds: float) -> Any:
    def make(right: Function) -> Function:
        async def before(self: Any, left: float, event: Any) -> bool:
            return bool(await right(self, min(left, seconds) if event is self._boot_now else left, event))

        return before

    return make


def _only_one_slot_later(right: Function) -> Function:
    """One attempt more with each profile."""
    return lambda slots, *, per_slot, **others: right(slots, per_slot=per_slot + 1, **others)


def _one_attempt_less(right: Function) -> Function:
    return lambda slots, *, per_slot, **others: right(slots, per_slot=max(1, per_slot - 1), **others)


def _no_fallback(right: Function) -> Function:
    return lambda slots, *, fallback, **others: right(slots, fallback=None, **others)


def _retry_delays(seconds: float) -> Any:
    return lambda right: lambda self: itertools.repeat(seconds)


def _without(name: str) -> Any:
    return changed(lambda found: [one for one in found if one.address.variable != name])


def _without_evse_2(found: list[Any]) -> list[Any]:
    return [one for one in found if one.address.component.evse_id != 2]


def _secrets_told(right: Function) -> Function:
    def attribute(model: Any, variable: Any, kind: Any) -> Any:
        told = right(model, variable, kind)
        secret = variable.mutability is Mutability.WRITE_ONLY
        return msgspec.structs.replace(told, value=model.value(variable, kind)) if secret else told

    return attribute


def _no_end(right: Function) -> Function:
    """Of a report about what can be set; by the full one the lab knows the station."""

    def parts(report: Any) -> Iterator[tuple[Any, bool]]:
        settable = all(one.variable_attribute[0].mutability != "ReadOnly" for one in report)
        return ((part, more or settable) for part, more in right(report))

    return parts


def _at_component_level(right: Function) -> Function:
    def report(model: Any, criteria: Any, wanted: Any) -> Any:
        whole = [type(one)(type(one.component)(one.component.name), one.variable, one.instance) for one in wanted]
        return right(model, criteria, whole)

    return report


def _every_instance(right: Function) -> Function:
    return lambda model, criteria, wanted: right(
        model, criteria, [type(one)(one.component, one.variable) for one in wanted]
    )


def _criteria_ignored(right: Function) -> Function:
    return lambda model, criteria, wanted: right(model, [] if wanted else criteria, wanted)


def _accepts(right: Function) -> Function:
    """Says that it set what it did not set."""

    def set_value(self: Any, address: Any, *rest: Any) -> SetResult:
        result = right(self, address, *rest)
        rejected = result.status in (SetStatus.REJECTED, SetStatus.UNKNOWN_VARIABLE, SetStatus.UNKNOWN_COMPONENT)
        return SetResult(SetStatus.ACCEPTED) if rejected else result

    return set_value


def _unknown_is_rejected(right: Function) -> Function:
    def get(self: Any, *asked: Any) -> GetResult:
        reading = right(self, *asked)
        known = reading.status in (GetStatus.ACCEPTED, GetStatus.REJECTED)
        return reading if known else GetResult(GetStatus.REJECTED)

    return get


def _at_once(right: Function) -> Function:
    """A scheduled reset does not wait."""

    async def when_idle(self: Any, evse_id: int | None) -> None:
        await self._reset(evse_id, BootReason.SCHEDULED_RESET)

    return when_idle


def _another_answer(status: t.ResetStatusEnumType) -> Any:
    return changed(lambda answer: msgspec.structs.replace(answer, status=status))


def _whole_station(right: Function) -> Function:
    async def do(self: Any, evse_id: int | None, reason: Any) -> None:
        await right(self, None, reason)

    return do


def _without_the_end(right: Function) -> Function:
    """Boot without ending the transactions first."""

    async def do(self: Any, evse_id: int | None, reason: Any) -> None:
        self._context.request_reboot(reason)

    return do


def _remote_reset(right: Function) -> Function:
    async def do(self: Any, evse_id: int | None, reason: Any) -> None:
        await right(self, evse_id, BootReason.REMOTE_RESET)

    return do


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong(
        "the reason of a boot is always PowerUp",
        "B01.FR.09",
        "TC_B_20 TC_B_22 TC_B_41",
        Patch(RegistrationMessages201, "send_boot_notification", _another_reason),
    ),
    wrong(
        "the states of the connectors are not told after a boot",
        "B01.FR.05",
        "TC_B_01",
        Patch(_ConnectorStatuses, "report_all", NOTHING),
    ),
    wrong(
        "a station that is pending does not send what it is asked for",
        "B02.FR.01, B02.FR.02",
        "TC_B_02",
        Patch(Registration, "call", _unsolicited),
    ),
    wrong(
        "a rejected station boots again too early",
        "B03.FR.06",
        "TC_B_03",
        Patch(Registration, "_occurs_within", _own_interval(3.0)),
    ),
    wrong(
        "a rejected station answers",
        "B03.FR.08",
        "TC_B_30",
        Patch(Registration, "check_incoming", NOTHING),
    ),
    wrong(
        "after a long silence only changes are told",
        "B04.FR.01",
        "TC_B_51",
        Patch(_ConnectorStatuses, "reconnected", lambda right: lambda self, seconds: right(self, 0.0)),
    ),
    wrong(
        "after a short silence all is told",
        "B04.FR.02",
        "TC_B_52",
        Patch(_ConnectorStatuses, "reconnected", lambda right: lambda self, seconds: right(self, 1e9)),
    ),
    wrong(
        "says that it set what it did not set",
        "B05.FR.09",
        "TC_B_35 TC_B_36 TC_B_39 TC_B_11",
        Patch(DeviceModel, "set", _accepts),
    ),
    wrong(
        "a value outside of the limits is taken",
        "B05.FR.07",
        "TC_B_11",
        Patch(model, "problem", NOTHING),
    ),
    wrong(
        "what is unknown is rejected",
        "B06.FR.06",
        "TC_B_32 TC_B_33 TC_B_34",
        Patch(DeviceModel, "get", _unknown_is_rejected),
    ),
    wrong(
        "the value of another attribute is answered",
        "B06.FR.03",
        "TC_B_06 TC_B_07",
        Patch(variables, "_get", with_fields(attribute_type=t.AttributeEnumType.Target)),
    ),
    wrong(
        "it is not said which attribute was set",
        "B05.FR.03",
        "TC_B_09 TC_B_10",
        Patch(variables, "_set", with_fields(attribute_type=t.AttributeEnumType.Target)),
    ),
    wrong(
        "a full report lacks a variable",
        "B07.FR.08",
        "TC_B_13",
        Patch(reports, "base_report", _without("ResetRetries")),
    ),
    wrong(
        "a full report lacks an EVSE",
        "B07.FR.08",
        "TC_B_13",
        Patch(reports, "base_report", changed(_without_evse_2)),
    ),
    wrong(
        "a report tells the password",
        "B07.FR.03",
        "TC_B_12 TC_B_13 TC_B_53",
        Patch(reports, "_attribute", _secrets_told),
    ),
    wrong(
        "a report tells no values",
        "B07.FR.08",
        "TC_B_53",
        Patch(reports, "_attribute", with_fields(value=UNSET)),
    ),
    wrong(
        "a configuration report tells what cannot be set",
        "B07.FR.07",
        "TC_B_12",
        Patch(
            reports,
            "base_report",
            with_arguments(lambda variables, base: (variables, ReportBase.FULL_INVENTORY)),
        ),
    ),
    wrong(
        "the last part of a configuration report says that there is more",
        "B07.FR.03",
        "TC_B_12",
        Patch(reports, "_parts", _no_end),
    ),
    wrong(
        "a report does not say what values a variable can have",
        "B07.FR.08",
        "TC_B_13",
        Patch(reports, "_characteristics", with_fields(values_list=UNSET)),
    ),
    wrong(
        "a summary that the station does not have is promised",
        "B07.FR.02",
        "TC_B_15",
        Patch(reports, "claims", always(True)),
    ),
    wrong(
        "a custom report is of every EVSE",
        "B08.FR.22",
        "TC_B_17 TC_B_18",
        Patch(reports, "custom_report", _at_component_level),
    ),
    wrong(
        "the criteria of a custom report do not matter",
        "B08.FR.07",
        "TC_B_18",
        Patch(reports, "custom_report", _criteria_ignored),
    ),
    wrong(
        "a custom report is of every instance",
        "B08.FR.11",
        "TC_B_55",
        Patch(reports, "custom_report", _every_instance),
    ),
    wrong(
        "a custom report is of one instance only",
        "B08.FR.21",
        "TC_B_54 TC_B_56",
        Patch(reports, "custom_report", changed(lambda found: found[:1])),
    ),
    wrong(
        "a custom report is never empty",
        "B08.FR.15",
        "TC_B_18",
        Patch(reports, "custom_report", lambda right: lambda model, criteria, wanted: list(model)[:1]),
    ),
    wrong(
        "any network profile is accepted",
        "B09.FR.02",
        "TC_B_43 TC_A_22",
        Patch(network, "profile_rejection", NOTHING),
    ),
    wrong(
        "any priority of the network profiles is accepted",
        "B10.FR.02",
        "TC_A_20",
        Patch(network, "priority_rejection", NOTHING),
    ),
    wrong(
        "one attempt more is made with each profile",
        "B10.FR.03",
        "TC_B_46",
        Patch(connection, "connection_attempts", _only_one_slot_later),
    ),
    wrong(
        "one attempt less is made with each profile",
        "B10.FR.03",
        "TC_B_46",
        Patch(connection, "connection_attempts", _one_attempt_less),
    ),
    wrong(
        "there is no way back to the last CSMS that answered",
        "B10.FR.07",
        "TC_B_49",
        Patch(connection, "connection_attempts", _no_fallback),
    ),
    wrong(
        "the order of the priority does not matter",
        "B10.FR.04",
        "TC_B_45",
        Patch(NetworkProfiles, "priority", changed(lambda slots: tuple(sorted(slots)))),
    ),
    wrong(
        "reconnects without waiting longer each time",
        "Part 4 section 5.3",
        "TC_B_57",
        Patch(Connection, "_backoff", _retry_delays(5.0)),
    ),
    wrong(
        "a reset is accepted and not done",
        "B11.FR.03",
        "TC_B_20",
        Patch(reset.ResetBlock, "_reset", later(None)),
    ),
    wrong(
        "a reset on idle is done at once",
        "B12.FR.01",
        "TC_B_21",
        Patch(reset.ResetBlock, "_reset_when_idle", _at_once),
    ),
    wrong(
        "a scheduled reset is said to be accepted",
        "B12.FR.01",
        "TC_B_21",
        Patch(reset, "_answer", _another_answer(t.ResetStatusEnumType.Accepted)),
    ),
    wrong(
        "a scheduled reset boots with reason RemoteReset",
        "B01.FR.09",
        "TC_B_21",
        Patch(reset.ResetBlock, "_reset", _remote_reset),
    ),
    wrong(
        "a reset does not end the transaction",
        "B12.FR.04",
        "TC_B_22",
        Patch(reset.ResetBlock, "_reset", _without_the_end),
    ),
    wrong(
        "the reset of an EVSE is one of the station",
        "B11.FR.08",
        "TC_B_25 TC_B_26",
        Patch(reset.ResetBlock, "_reset", _whole_station),
    ),
    wrong(
        "the reset of an EVSE is refused",
        "B11.FR.08",
        "TC_B_25 TC_B_26",
        Patch(reset, "claims", always(False)),
    ),
)
