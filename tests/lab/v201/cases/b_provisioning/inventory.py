"""A scripted station with the inventory that Part 2 requires."""

import asyncio
from collections.abc import Callable, Iterable, Mapping

import msgspec
from tests.lab.scripted_campaign import PRODUCT
from tests.lab.scripted_station import ScriptedStation

from plugfest import clock
from plugfest.lab.v201.configuration import Variable
from plugfest.lab.v201.required_variables import CONTROLLERS, Access, required
from plugfest.link.peer import Answer
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.products import load_product

WRITABLE = {row.name for row in CONTROLLERS if row.access is Access.WRITE}

Entry = t.ReportDataType


def attribute(value: str | None = "1", mutability: str = "ReadOnly", type: str = "Actual") -> t.VariableAttributeType:
    return t.VariableAttributeType(
        type=t.AttributeEnumType(type),
        value=UNSET if value is None else value,
        mutability=t.MutabilityEnumType(mutability),
    )


def entry(name: str | Variable, *attributes: t.VariableAttributeType) -> Entry:
    """A variable with these attributes, by default with a value."""
    variable = Variable.parse(name) if isinstance(name, str) else name
    return t.ReportDataType(
        variable_attribute=list(attributes) or [attribute()],
        variable_characteristics=t.VariableCharacteristicsType(
            data_type=t.DataEnumType.string,
            supports_monitoring=False,
            max_limit=22000.0 if variable.name == "Power" else UNSET,
        ),
        **variable.wire(),
    )


def required_entries() -> list[Entry]:
    """Every required variable of the product."""
    return [
        entry(variable, attribute("1", "ReadWrite" if str(variable) in WRITABLE else "ReadOnly"))
        for variable in required(load_product(PRODUCT))
    ]


def with_names(one: Entry) -> Entry:
    """The entry with a name of its EVSE or connector."""
    if one.component.evse is UNSET:
        return one
    return msgspec.structs.replace(one, component=msgspec.structs.replace(one.component, instance="left"))


class DeviceModel:
    """The variables of a scripted station. It reports these entries, and sets every value that it does not reject."""

    def __init__(
        self, entries: Iterable[Entry], by_base: Mapping[str, list[Entry]], rejects: Callable[[str, str], bool]
    ) -> None:
        self._entries = list(entries)
        self._by_base = by_base
        self._rejects = rejects
        self._reports: list[asyncio.Task[None]] = []
        self._values = {_name(one): given(one.variable_attribute[-1].value) for one in self._entries}

    def prepare(self, station: ScriptedStation) -> None:
        """Let the station answer with this device model."""

        def report(request: m.GetBaseReportRequest) -> Answer:
            accepted = m.GetBaseReportResponse(status=t.GenericDeviceModelStatusEnumType.Accepted)
            return Answer(accepted, then=lambda: self._reports.append(asyncio.ensure_future(notify(request))))

        async def notify(request: m.GetBaseReportRequest) -> None:
            data = self._by_base.get(request.report_base, self._entries)
            await station.sends(
                m.NotifyReportRequest(
                    request_id=request.request_id, generated_at=clock.utc_now(), seq_no=0, report_data=data
                )
            )

        station.handlers |= {
            m.GetBaseReportRequest: report,
            m.SetVariablesRequest: self._set_variables,
            m.GetVariablesRequest: self._get_variables,
        }

    def _set_variables(self, request: m.SetVariablesRequest) -> m.SetVariablesResponse:
        return m.SetVariablesResponse(set_variable_result=[self._set(data) for data in request.set_variable_data])

    def _set(self, data: t.SetVariableDataType) -> t.SetVariableResultType:
        rejected = self._rejects(_name(data), data.attribute_value)
        if not rejected:
            self._values[_name(data)] = data.attribute_value
        return t.SetVariableResultType(
            attribute_status=t.SetVariableStatusEnumType("Rejected" if rejected else "Accepted"),
            attribute_type=data.attribute_type,
            attribute_status_info=t.StatusInfoType(reason_code="TypeError") if rejected else UNSET,
            component=data.component,
            variable=data.variable,
        )

    def _get_variables(self, request: m.GetVariablesRequest) -> m.GetVariablesResponse:
        return m.GetVariablesResponse(get_variable_result=[self._get(data) for data in request.get_variable_data])

    def _get(self, data: t.GetVariableDataType) -> t.GetVariableResultType:
        value = self._values.get(_name(data))
        return t.GetVariableResultType(
            attribute_status=t.GetVariableStatusEnumType("UnknownVariable" if value is None else "Accepted"),
            attribute_type=data.attribute_type,
            attribute_value=UNSET if value is None else value,
            component=data.component,
            variable=data.variable,
        )


def _name(one: Entry | t.SetVariableDataType | t.GetVariableDataType) -> str:
    return str(Variable.of(one.component, one.variable))


def reports(
    entries: Iterable[Entry],
    *,
    by_base: Mapping[str, list[Entry]] | None = None,
    rejects: Callable[[str, str], bool] = lambda name, value: False,
) -> Callable[[ScriptedStation], None]:
    """The station reports these entries, for some report bases others; `rejects`: from a name and a value to set."""
    return DeviceModel(entries, by_base or {}, rejects).prepare
