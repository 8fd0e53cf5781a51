"""Variables agree with what the station has reported about them before: characteristics, attributes, the inventory."""

from collections.abc import Iterator
from typing import Any

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.rules.agreement.results import NamedVariable
from plugfest.lab.v201.rules.reported_variables import value_disagreements
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

Key = tuple[object, ...]
"""What identifies a variable, see NamedVariable.key."""

CHARACTERISTICS = ("data_type", "unit", "min_limit", "max_limit", "values_list", "supports_monitoring")
ATTRIBUTES: dict[str, object] = {"mutability": "ReadWrite", "persistent": False, "constant": False}
"""The fields of an attribute that stay the same, and their defaults."""

ACTUAL = "Actual"
NOT_FOUND = frozenset({"UnknownComponent", "UnknownVariable", "NotSupportedAttributeType"})


def variable_rules() -> tuple[Rule, ...]:
    """The rules for one campaign, in this order: the first one notes what the others compare with."""
    known = _KnownVariables()
    return (
        Rule(
            "variables as reported before",
            "VariableCharacteristicsType, VariableAttributeType, B07.FR.08",
            known.judge_reports,
            Level.SHOULD,
        ),
        Rule("values of variables that are not found", "B06.FR.06, B06.FR.07, B06.FR.08", _judge_values),
        Rule(
            "results for reported variables",
            "B06.FR.10, VariableCharacteristicsType, Part 2 section 2.1.4",
            known.judge_results,
        ),
    )


class _KnownVariables:
    """What the station has reported in a campaign, until its firmware is updated."""

    def __init__(self) -> None:
        self._reported: dict[Key, t.ReportDataType] = {}
        self._inventory: dict[Key, NamedVariable] = {}  # the last complete full inventory

    def judge_reports(self, evidence: Evidence) -> Iterator[Violation]:
        """The data of every report, and whether a full inventory is complete."""
        requested: dict[int, set[Key]] = {}  # the full inventories of this case, and what has come
        variables: dict[Key, NamedVariable] = {}
        for exchange in evidence.exchanges:
            match exchange.request:
                case m.GetBaseReportRequest(report_base="FullInventory") as request:
                    requested[request.request_id] = set()
                case m.FirmwareStatusNotificationRequest(status="Installed"):
                    self._reported.clear()
                    self._inventory.clear()
                case m.NotifyReportRequest() as report:
                    for data in given(report.report_data) or ():
                        variable = NamedVariable(data.component, data.variable, None)
                        key = variable.key
                        variables[key] = variable
                        yield from self._judge_data(variable, key, data, exchange)
                        requested.get(report.request_id, set()).add(key)
                    if report.request_id in requested and not given(report.tbc):
                        yield from self._judge_inventory(requested.pop(report.request_id), variables, exchange)

    def _judge_data(
        self, variable: NamedVariable, key: Key, data: t.ReportDataType, exchange: Exchange
    ) -> Iterator[Violation]:
        before = self._reported.setdefault(key, data)
        if self._inventory and key not in self._inventory:
            expected = f"only variables that are in the full inventory in {exchange.action}Request"
            yield Violation(expected, variable.text, exchange.frame)
        for name, old, new in _differences(before, data) if data != before else ():
            expected = f"{variable.text}: {name} {_shown(old)}, as reported before"
            yield Violation(expected, _shown(new), exchange.frame)

    def _judge_inventory(
        self, keys: set[Key], variables: dict[Key, NamedVariable], exchange: Exchange
    ) -> Iterator[Violation]:
        for key, variable in self._inventory.items():
            if key not in keys:
                expected = f"{variable.text} in the full inventory, as reported before"
                yield Violation(expected, "missing", exchange.frame)
        self._inventory = {key: variables[key] for key in keys}

    def judge_results(self, evidence: Evidence) -> Iterator[Violation]:
        """The results of GetVariables, and the events, for variables that the station has reported."""
        for exchange in evidence.exchanges:
            if isinstance(exchange.request, m.NotifyEventRequest):
                for event in exchange.request.event_data:
                    variable = NamedVariable(event.component, event.variable, None)
                    yield from self._judge_value(variable, event.actual_value, exchange.frame)
            if isinstance(exchange.response, m.GetVariablesResponse):
                for result in exchange.response.get_variable_result:
                    yield from self._judge_result(result, exchange)

    def _judge_result(self, result: t.GetVariableResultType, exchange: Exchange) -> Iterator[Violation]:
        variable = NamedVariable(result.component, result.variable, None)
        data = self._reported.get(variable.key)
        if data is None or (given(result.attribute_type) or ACTUAL) != ACTUAL:
            return
        if str(result.attribute_status) in NOT_FOUND and any(_type(each) == ACTUAL for each in data.variable_attribute):
            yield Violation(
                f"a status of {variable.text} that is possible for a variable that the station has reported",
                str(result.attribute_status),
                exchange.answered_in,
            )
        value = given(result.attribute_value)
        if result.attribute_status == "Accepted" and value is not None:
            yield from self._judge_value(variable, value, exchange.answered_in)

    def _judge_value(self, variable: NamedVariable, value: str, frame: int | None) -> Iterator[Violation]:
        data = self._reported.get(variable.key)
        characteristics = None if data is None else given(data.variable_characteristics)
        if characteristics is not None and value:  # B06.FR.13: an empty one is not set
            for expected, actual in value_disagreements(variable.variable.name, characteristics, value):
                yield Violation(f"{variable.text}: {expected}", actual, frame)


def _differences(before: t.ReportDataType, data: t.ReportDataType) -> Iterator[tuple[str, object, object]]:
    """The fields that are different: name, old and new value."""
    old, new = given(before.variable_characteristics), given(data.variable_characteristics)
    if old is not None and new is not None:
        for name in CHARACTERISTICS:
            values = given(getattr(old, name)), given(getattr(new, name))
            if values[0] != values[1]:
                yield _json_name(name), *values
    elif old != new:
        yield "variableCharacteristics", old is not None, new is not None
    attributes = {_type(each): each for each in before.variable_attribute}
    for attribute in data.variable_attribute:
        same = attributes.get(_type(attribute))
        if same is None:
            yield "attribute types", ", ".join(sorted(attributes)), _type(attribute)
            continue
        for name, default in ATTRIBUTES.items():
            values = _value(same, name, default), _value(attribute, name, default)
            if values[0] != values[1]:
                yield f"{name} of {_type(attribute)}", *values
        if given(same.constant) and given(same.value) != given(attribute.value):
            yield f"constant value of {_type(attribute)}", given(same.value), given(attribute.value)


def _type(attribute: t.VariableAttributeType) -> str:
    return str(given(attribute.type) or ACTUAL)


def _value(attribute: t.VariableAttributeType, name: str, default: object) -> object:
    value: Any = given(getattr(attribute, name))
    return default if value is None else value


def _json_name(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(each.capitalize() for each in others)


def _shown(value: object) -> str:
    return "omitted" if value is None else str(value)


def _judge_values(evidence: Evidence) -> Iterator[Violation]:
    for exchange in evidence.lab_requests:
        if isinstance(exchange.response, m.GetVariablesResponse):
            for result in exchange.response.get_variable_result:
                value = given(result.attribute_value)
                if str(result.attribute_status) in NOT_FOUND and value:
                    expected = f"no GetVariablesResponse.attributeValue with attributeStatus {result.attribute_status}"
                    yield Violation(expected, value, exchange.answered_in)
