"""A report in several messages that does not end."""

from plugfest.lab.v201.report_parts import MAX_REPEATED_PARTS, ReportedData
from plugfest.ocpp.v201 import types as t


def data(name: str) -> t.ReportDataType:
    return t.ReportDataType(
        component=t.ComponentType(name="EVSE"),
        variable=t.VariableType(name=name),
        variable_attribute=[t.VariableAttributeType(value="1")],
    )


def test_a_report_goes_on_as_long_as_parts_have_new_data() -> None:
    reported = ReportedData()
    for number in range(1000):
        reported.add([data(f"Variable{number}")])
    assert not reported.endless


def test_a_report_that_repeats_itself_does_not_end() -> None:
    reported = ReportedData()
    for _ in range(MAX_REPEATED_PARTS + 2):
        reported.add([data("Power")])
    assert reported.endless


def test_a_report_of_empty_parts_does_not_end() -> None:
    reported = ReportedData()
    for _ in range(MAX_REPEATED_PARTS + 1):
        reported.add([])
    assert reported.endless
