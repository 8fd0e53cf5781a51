"""Base reports and custom reports (B07, B08)."""

from collections.abc import Iterator, Sequence

from plugfest.link.errors import LinkError
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201.messages import (
    GetBaseReportRequest,
    GetBaseReportResponse,
    GetReportRequest,
    GetReportResponse,
    NotifyReportRequest,
)
from plugfest.ocpp.v201.types import (
    AttributeEnumType,
    DataEnumType,
    GenericDeviceModelStatusEnumType,
    MutabilityEnumType,
    ReportBaseEnumType,
    ReportDataType,
    VariableAttributeType,
    VariableCharacteristicsType,
)
from plugfest.station.blocks.conversion.message_size import SizeLimits
from plugfest.station.blocks.conversion.v201 import (
    component_type,
    requested_variables,
    status_info,
    variable_type,
)
from plugfest.station.context import Context, Offline
from plugfest.station.device_model.model import DeviceModel
from plugfest.station.device_model.reports import ReportBase, base_report, custom_report
from plugfest.station.device_model.standard import claims
from plugfest.station.device_model.variables import AttributeType, Characteristics, Mutability, Variable

_VARIABLES_PER_PART = 40


def register(context: Context) -> None:
    reports = Reports(context)
    context.handlers.add(GetBaseReportRequest, reports.get_base_report)
    context.handlers.add(GetReportRequest, reports.get_report)


class Reports:
    """Handles GetBaseReport and GetReport, and sends the reports."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._limits = SizeLimits(context.device_model, "DeviceDataCtrlr", limits_of="GetReport")

    def get_base_report(self, request: GetBaseReportRequest) -> GetBaseReportResponse:
        summary = request.report_base is ReportBaseEnumType.SummaryInventory
        if summary and not any(claims(self._context.product, claim) for claim in ("C-56", "DM-0")):
            return GetBaseReportResponse(
                status=GenericDeviceModelStatusEnumType.NotSupported,  # B07.FR.02
                status_info=status_info("UnsupportedParam"),
            )
        self._send(request.request_id, base_report(self._context.device_model, ReportBase(request.report_base)))
        return GetBaseReportResponse(status=GenericDeviceModelStatusEnumType.Accepted)  # B07.FR.01

    def get_report(self, request: GetReportRequest) -> GetReportResponse:
        variables = given(request.component_variable) or []
        self._limits.check(request, len(variables))  # B08.FR.17, B08.FR.18
        criteria = given(request.component_criteria) or []
        if not self._context.product.supports_values("component_criteria", criteria):
            return GetReportResponse(
                status=GenericDeviceModelStatusEnumType.NotSupported,  # B08.FR.02
                status_info=status_info("UnsupportedParam"),
            )
        found = custom_report(self._context.device_model, criteria, requested_variables(variables))
        if not found:
            return GetReportResponse(
                status=GenericDeviceModelStatusEnumType.EmptyResultSet,  # B08.FR.15
                status_info=status_info("NotFound"),
            )
        self._send(request.request_id, found)
        return GetReportResponse(status=GenericDeviceModelStatusEnumType.Accepted)  # B08.FR.01

    def _send(self, request_id: int, variables: Sequence[Variable]) -> None:
        report = [_report_data(self._context.device_model, variable) for variable in variables]

        def start() -> None:
            self._context.spawn(self._notify(request_id, report), f"report {request_id}")

        self._context.handlers.after_response(start)

    async def _notify(self, request_id: int, report: Sequence[ReportDataType]) -> None:
        generated_at = self._context.now()
        for seq_no, (part, more) in enumerate(_parts(report)):  # B07.FR.10, B08.FR.14
            notification = NotifyReportRequest(
                request_id=request_id,  # B07.FR.04
                generated_at=generated_at,
                seq_no=seq_no,
                tbc=more,
                report_data=list(part),
            )
            try:
                await self._context.csms.call(notification, solicited=True)
            except (LinkError, Offline):
                return  # do not send the rest of an incomplete report; the CSMS can request it again


def _parts(report: Sequence[ReportDataType]) -> Iterator[tuple[Sequence[ReportDataType], bool]]:
    """The parts of the report, and whether more parts follow."""
    for start in range(0, len(report), _VARIABLES_PER_PART):
        end = start + _VARIABLES_PER_PART
        yield report[start:end], end < len(report)


def _report_data(model: DeviceModel, variable: Variable) -> ReportDataType:
    return ReportDataType(
        component=component_type(variable.address.component),
        variable=variable_type(variable.address),
        variable_attribute=[_attribute(model, variable, attribute) for attribute in variable.attributes],  # B07.FR.11
        variable_characteristics=_characteristics(variable.characteristics),  # B08.FR.12
    )


def _attribute(model: DeviceModel, variable: Variable, attribute: AttributeType) -> VariableAttributeType:
    secret = variable.mutability is Mutability.WRITE_ONLY  # B07.FR.03 with errata
    return VariableAttributeType(
        type=AttributeEnumType(attribute),
        value=UNSET if secret else model.value(variable, attribute),
        mutability=MutabilityEnumType(variable.mutability),
        persistent=variable.persistent,
        constant=variable.constant,
    )


def _characteristics(characteristics: Characteristics) -> VariableCharacteristicsType:
    return VariableCharacteristicsType(
        data_type=DataEnumType(characteristics.data_type),
        unit=characteristics.unit or UNSET,
        min_limit=UNSET if characteristics.minimum is None else characteristics.minimum,
        max_limit=UNSET if characteristics.maximum is None else characteristics.maximum,
        values_list=",".join(characteristics.values) or UNSET,
        supports_monitoring=characteristics.supports_monitoring,
    )
