"""Block B: variables and reports."""

import asyncio
from collections.abc import Iterator
from typing import Any

import msgspec

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import types as t
from plugfest.products import Product
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import (
    NOTHING,
    always,
    changed,
    with_arguments,
    with_fields,
)
from plugfest.station.blocks.b_provisioning.v201 import reports, variables
from plugfest.station.device_model import model
from plugfest.station.device_model.model import DeviceModel, GetResult, GetStatus, SetResult, SetStatus
from plugfest.station.device_model.reports import ReportBase, base_report
from plugfest.station.device_model.variables import Mutability

REPORT_LATER = 10.0
"""Seconds from the answer to a report that must not come."""


def _without(name: str) -> Any:
    return changed(lambda found: [one for one in found if one.address.variable != name])


def _without_evse_2(found: list[Any]) -> list[Any]:
    return [one for one in found if one.address.component.evse_id != 2]


def _with_secrets(original: Function) -> Function:
    def attribute(model: Any, variable: Any, kind: Any) -> Any:
        reported = original(model, variable, kind)
        secret = variable.mutability is Mutability.WRITE_ONLY
        return msgspec.structs.replace(reported, value=model.value(variable, kind)) if secret else reported

    return attribute


def _always_tbc(original: Function) -> Function:
    """Sets tbc in the last part of a configuration report; the lab needs a complete full report."""

    def parts(report: Any) -> Iterator[tuple[Any, bool]]:
        settable = all(one.variable_attribute[0].mutability != "ReadOnly" for one in report)
        return ((part, more or settable) for part, more in original(report))

    return parts


def _at_component_level(original: Function) -> Function:
    def report(model: Any, criteria: Any, requested: Any) -> Any:
        whole = [type(one)(type(one.component)(one.component.name), one.variable, one.instance) for one in requested]
        return original(model, criteria, whole)

    return report


def _every_instance(original: Function) -> Function:
    return lambda model, criteria, requested: original(
        model, criteria, [type(one)(one.component, one.variable) for one in requested]
    )


def _report_in_spite_of_the_answer(original: Function) -> Function:
    """Answers NotSupported, and sends the report nevertheless, after a while."""

    def get_base_report(self: Any, request: Any) -> Any:
        response = original(self, request)
        if response.status == "NotSupported":
            full = base_report(self._context.device_model, ReportBase.FULL_INVENTORY)
            asyncio.get_running_loop().call_later(REPORT_LATER, self._send, request.request_id, full)
        return response

    return get_base_report


def _criteria_ignored(original: Function) -> Function:
    return lambda model, criteria, requested: original(model, [] if requested else criteria, requested)


def _accepts_everything(original: Function) -> Function:
    """Reports Accepted for variables that were not set."""

    def set_value(self: Any, address: Any, *rest: Any) -> SetResult:
        result = original(self, address, *rest)
        is_set = result.status in (SetStatus.ACCEPTED, SetStatus.REBOOT_REQUIRED)
        return result if is_set else SetResult(SetStatus.ACCEPTED)

    return set_value


def _unknown_is_rejected(original: Function) -> Function:
    def get(self: Any, *request: Any) -> GetResult:
        reading = original(self, *request)
        known = reading.status in (GetStatus.ACCEPTED, GetStatus.REJECTED)
        return reading if known else GetResult(GetStatus.REJECTED)

    return get


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong_v201(
        "reports Accepted for variables that it did not set",
        "B05.FR.09",
        "TC_A_10 TC_B_35 TC_B_36 TC_B_37 TC_B_39 TC_B_11",
        Patch(DeviceModel, "set", _accepts_everything),
    ),
    wrong_v201(
        "accepts a value outside of the limits",
        "B05.FR.07",
        "TC_B_11",
        Patch(model, "problem", NOTHING),
    ),
    wrong_v201(
        "answers Rejected for unknown variables and components",
        "B06.FR.06",
        "TC_B_32 TC_B_33 TC_B_34",
        Patch(DeviceModel, "get", _unknown_is_rejected),
    ),
    wrong_v201(
        "reports another attribute type than requested",
        "B06.FR.03",
        "TC_B_06 TC_B_07",
        Patch(variables, "_get", with_fields(attribute_type=t.AttributeEnumType.Target)),
    ),
    wrong_v201(
        "reports another attribute type than the one that was set",
        "B05.FR.03",
        "TC_B_09 TC_B_10",
        Patch(variables, "_set", with_fields(attribute_type=t.AttributeEnumType.Target)),
    ),
    wrong_v201(
        "omits a variable from a full report",
        "B07.FR.08",
        "TC_B_13",
        Patch(reports, "base_report", _without("ResetRetries")),
    ),
    wrong_v201(
        "omits an EVSE from a full report",
        "B07.FR.08",
        "TC_B_13",
        Patch(reports, "base_report", changed(_without_evse_2)),
    ),
    wrong_v201(
        "reports the password",
        "B07.FR.03",
        "TC_B_12 TC_B_13 TC_B_53",
        Patch(reports, "_attribute", _with_secrets),
    ),
    wrong_v201(
        "sends a report without values",
        "B07.FR.08",
        "TC_B_53",
        Patch(reports, "_attribute", with_fields(value=UNSET)),
    ),
    wrong_v201(
        "includes read-only variables in a configuration report",
        "B07.FR.07",
        "TC_B_12",
        Patch(
            reports,
            "base_report",
            with_arguments(lambda variables, base: (variables, ReportBase.FULL_INVENTORY)),
        ),
    ),
    wrong_v201(
        "sets tbc in the last part of a configuration report",
        "B07.FR.03",
        "TC_B_12",
        Patch(reports, "_parts", _always_tbc),
    ),
    wrong_v201(
        "omits valuesList from a report",
        "B07.FR.08",
        "TC_B_13",
        Patch(reports, "_characteristics", with_fields(values_list=UNSET)),
    ),
    wrong_v201(
        "accepts a request for an unsupported SummaryInventory",
        "B07.FR.02",
        "TC_B_15",
        Patch(reports, "claims", always(True)),
    ),
    wrong_v201(
        "sends a base report that it does not support",
        "B07.FR.05",
        "TC_B_15",
        Patch(reports.Reports, "get_base_report", _report_in_spite_of_the_answer),
    ),
    wrong_v201(
        "omits the availability states from a summary",
        "B07.FR.09",
        "TC_B_13 TC_B_14",
        Patch(reports, "base_report", _without("AvailabilityState")),
    ),
    wrong_v201(
        "sends a summary without values",
        "B07.FR.09",
        "TC_B_14",
        Patch(reports, "_attribute", with_fields(value=UNSET)),
    ),
    wrong_v201(
        "omits a component from a report of enabled components",
        "B08.FR.09",
        "TC_B_16",
        Patch(reports, "custom_report", changed(lambda found: found[1:])),
    ),
    wrong_v201(
        "includes every EVSE in a custom report",
        "B08.FR.22",
        "TC_B_17 TC_B_18",
        Patch(reports, "custom_report", _at_component_level),
    ),
    wrong_v201(
        "ignores the criteria of a custom report",
        "B08.FR.07",
        "TC_B_18",
        Patch(reports, "custom_report", _criteria_ignored),
    ),
    wrong_v201(
        "includes every instance in a custom report",
        "B08.FR.11",
        "TC_B_55",
        Patch(reports, "custom_report", _every_instance),
    ),
    wrong_v201(
        "includes only one instance in a custom report",
        "B08.FR.21",
        "TC_B_54 TC_B_56",
        Patch(reports, "custom_report", changed(lambda found: found[:1])),
    ),
    wrong_v201(
        "sends a custom report instead of answering EmptyResultSet",
        "B08.FR.15",
        "TC_B_18",
        Patch(reports, "custom_report", lambda original: lambda model, criteria, requested: list(model)[:1]),
    ),
    wrong_v201(
        "reports unsupported component criteria",
        "B08.FR.02",
        "TC_B_19",
        Patch(Product, "supports_values", always(True)),
    ),
    wrong_v201(
        "rejects unsupported component criteria",
        "B08.FR.02",
        "TC_B_19",
        Patch(reports.Reports, "get_report", with_fields(status=t.GenericDeviceModelStatusEnumType.Rejected)),
    ),
)
