"""Device model reports: requesting them, collecting their parts, and checks of their contents."""

from collections.abc import Iterable, Iterator
from itertools import count

import msgspec

from plugfest.lab.expectations import meets, optional
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.b_provisioning.variables import NO_ERROR
from plugfest.lab.v201.configuration import Variable
from plugfest.lab.v201.report_parts import ReportedData
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

STATES = frozenset({"Available", "Occupied", "Reserved", "Unavailable", "Faulted"})
"""The values of AvailabilityState."""

LISTS = frozenset({"OptionList", "SequenceList", "MemberList"})


async def base_report(bench: Bench, base: str) -> list[t.ReportDataType]:
    """GetBaseReport, accepted, and every part of the report that follows."""
    request_id = bench.configuration.next_id()
    bench.csms.inbox.set_mark()
    await bench.call(
        m.GetBaseReportRequest(request_id=request_id, report_base=t.ReportBaseEnumType(base)),
        status="Accepted",
        status_info=NO_ERROR,
    )
    return await collect(bench, request_id)


async def custom_report(bench: Bench, *requested: t.ComponentCriterionEnumType | Variable) -> list[t.ReportDataType]:
    """GetReport for criteria and variables, accepted, and every part of the report that follows."""
    request_id = bench.configuration.next_id()
    criteria = [item for item in requested if isinstance(item, t.ComponentCriterionEnumType)]
    variables = [t.ComponentVariableType(**item.wire()) for item in requested if isinstance(item, Variable)]
    bench.csms.inbox.set_mark()
    await bench.call(
        m.GetReportRequest(
            request_id=request_id, component_criteria=criteria or UNSET, component_variable=variables or UNSET
        ),
        status="Accepted",
        status_info=NO_ERROR,
    )
    data = await collect(bench, request_id)
    check_characteristics(bench, data)
    return data


async def collect(bench: Bench, request_id: int) -> list[t.ReportDataType]:
    """The parts of a report: seqNo from 0 without a gap, up to the part without tbc (B07.FR.10, FR.12)."""
    data, reported = list[t.ReportDataType](), ReportedData()
    for seq_no in count():
        part = await bench.expect(
            m.NotifyReportRequest,
            request_id=request_id,
            seq_no=seq_no,
            tbc=optional(BOOLEAN),
        )
        data += given(part.message.report_data) or []
        reported.add(given(part.message.report_data) or ())
        bench.check(not reported.endless, "a last part, without tbc", f"{seq_no + 1} parts", frame=part.frame.index)
        if not given(part.message.tbc):
            return data
    raise AssertionError("unreachable")


BOOLEAN = meets("true or false", lambda value: isinstance(value, bool))


def variable(data: t.ReportDataType) -> Variable:
    """The variable that a part of a report is about."""
    return Variable.of(data.component, data.variable)


def unnamed(reported: Variable) -> Variable:
    """The variable without the name of an EVSE or connector, which a station may report (Part 2 section 2.13.8)."""
    return reported if reported.evse_id is None else msgspec.structs.replace(reported, component_instance=None)


def actual_value(data: t.ReportDataType) -> str | None:
    """The value of the attribute Actual."""
    return given(_actual(data).value)


def mutability(data: t.ReportDataType) -> str:
    """The mutability of the attribute Actual; ReadWrite if omitted."""
    return attribute_mutability(_actual(data))


def attribute_mutability(attribute: t.VariableAttributeType) -> str:
    """The mutability of an attribute; ReadWrite if omitted."""
    return given(attribute.mutability) or "ReadWrite"


def _actual(data: t.ReportDataType) -> t.VariableAttributeType:
    """The attribute Actual; the first one if there is none."""
    attributes = data.variable_attribute
    return next((each for each in attributes if (given(each.type) or "Actual") == "Actual"), attributes[0])


def check_characteristics(bench: Bench, data: list[t.ReportDataType]) -> None:
    """Every variable has variableCharacteristics, every list a valuesList (B07.FR.07, FR.08)."""
    with bench.every_check():
        for item in data:
            characteristics = given(item.variable_characteristics)
            bench.check(characteristics is not None, f"variableCharacteristics of {variable(item)}", "omitted")
            if characteristics is not None and characteristics.data_type in LISTS:
                values = given(characteristics.values_list)
                bench.check(bool(values), f"a valuesList of {variable(item)}", "omitted" if values is None else "empty")


PER_EVSE = frozenset({"ISO15118Ctrlr"})
"""Components that a station may have for itself or for each EVSE (A02)."""


async def check_contains(bench: Bench, data: list[t.ReportDataType], required: frozenset[Variable]) -> None:
    """The report contains these variables. Available may be omitted if it can be read (Part 2, 2.13.1)."""
    missing = sorted(required - set(_reported(data)), key=str)
    to_read = [each for each in missing if each.name == "Available"]
    if to_read:
        values = await bench.configuration.read(to_read)
        missing = [each for each in missing if each not in to_read or values[to_read.index(each)] is None]
    bench.check(not missing, "all required variables", f"missing: {', '.join(map(str, missing))}")


def _reported(data: Iterable[t.ReportDataType]) -> Iterator[Variable]:
    """The variables of a report, by every address that a requirement may give them."""
    for item in data:
        reported = variable(item)
        yield reported
        yield unnamed(reported)
        if reported.component in PER_EVSE:
            yield Variable(reported.component, reported.name, reported.instance)
