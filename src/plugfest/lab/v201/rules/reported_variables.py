"""A reported variable of OCPP 2.0.1 agrees with its characteristics."""

from collections.abc import Iterator

from plugfest.lab.expectations import split
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.data_types import is_of_type
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

LISTS = ("OptionList", "SequenceList", "MemberList")
"""The data types with a valuesList."""

NUMBERS = ("integer", "decimal")

SET_BY_REGISTRATION = "HeartbeatInterval"
"""The answer to a BootNotification sets this variable (G02.FR.01), also beyond the limits of the station."""

OFF_AT_ZERO = ("TxUpdatedInterval", "WebSocketPingInterval")
"""0 turns these off (Part 2 section 2.7.8, Part 4 section 8.4), also below a minLimit for the interval."""


def _judge_values(evidence: Evidence) -> Iterator[Violation]:
    for report in evidence.sent(m.NotifyReportRequest):
        for data in given(report.message.report_data) or ():
            for expected, actual in _disagreements(data):
                yield Violation(f"{data.component.name}.{data.variable.name}: {expected}", actual, report.frame)


def _disagreements(data: t.ReportDataType) -> Iterator[tuple[str, str]]:
    """What the values should be, and what they are."""
    evse = given(data.component.evse)
    if evse is not None and evse.id < 1:
        yield "component.evse.id above 0", str(evse.id)
    characteristics = given(data.variable_characteristics)
    for attribute in data.variable_attribute:
        value = given(attribute.value)
        if value and characteristics is not None:
            yield from value_disagreements(data.variable.name, characteristics, value)


def value_disagreements(
    name: str, characteristics: t.VariableCharacteristicsType, value: str
) -> Iterator[tuple[str, str]]:
    """What the value of a variable should be according to its characteristics, and what it is."""
    yield from _of_type(characteristics, value)
    off = name in OFF_AT_ZERO and value == "0"
    if name != SET_BY_REGISTRATION and not off and characteristics.data_type in NUMBERS:
        yield from _limits(characteristics, value)


def _of_type(characteristics: t.VariableCharacteristicsType, value: str) -> Iterator[tuple[str, str]]:
    data_type = str(characteristics.data_type)
    if not is_of_type(data_type, value):
        yield f"a value of dataType {data_type}", value
    members = split(given(characteristics.values_list) or "")
    if data_type in LISTS and members:
        others = [one for one in split(value) if one not in members]
        if others:
            yield f"a value of the valuesList {', '.join(members)}", ", ".join(others)


def _limits(characteristics: t.VariableCharacteristicsType, value: str) -> Iterator[tuple[str, str]]:
    lower, upper = given(characteristics.min_limit), given(characteristics.max_limit)
    try:
        number = float(value)
    except ValueError:
        return
    if lower is not None and number < lower:
        yield f"a value from minLimit {lower:g} on", value
    if upper is not None and number > upper:
        yield f"a value up to maxLimit {upper:g}", value


REPORTED_VALUES = Rule(
    "values of reported variables",
    "VariableAttributeType, VariableCharacteristicsType, EVSEType, Part 2 section 2.1.4",
    _judge_values,
)


def _judge_omitted_values(evidence: Evidence) -> Iterator[Violation]:
    for report in evidence.sent(m.NotifyReportRequest):
        for data in given(report.message.report_data) or ():
            for attribute in data.variable_attribute:
                if given(attribute.value) is None and given(attribute.mutability) != "WriteOnly":
                    yield Violation(
                        f"{data.component.name}.{data.variable.name}: a value, at least an empty one: only that of a"
                        " variable with mutability WriteOnly may be omitted",
                        "omitted",
                        report.frame,
                    )


# Attributes without a value are reported too (B07.FR.11); whether as an empty value or without one is not specified.
OMITTED_VALUES = Rule(
    "omitted values of reported variables", "VariableAttributeType, B07.FR.11", _judge_omitted_values, Level.SHOULD
)
