"""Checks as data: matches, differences and the number of compared values."""

import importlib
import pkgutil
from types import ModuleType

import pytest

import plugfest.lab
from plugfest.lab.expectations import (
    Matcher,
    absent,
    any_item,
    anything,
    described,
    differences,
    every_item,
    excludes,
    has,
    in_any_order,
    includes,
    meets,
    none_of,
    one_of,
    optional,
    present,
)
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

EVENT = m.NotifyReportRequest(
    request_id=7,
    seq_no=0,
    generated_at="2026-01-01T00:00:00Z",  # type: ignore[arg-type]
    report_data=[
        t.ReportDataType(
            component=t.ComponentType(name=name, evse=t.EVSEType(id=1)),
            variable=t.VariableType(name="Available"),
            variable_attribute=[t.VariableAttributeType(value="true")],
        )
        for name in ("EVSE", "Connector")
    ],
)


def test_plain_values_are_compared_for_equality() -> None:
    assert differences(EVENT, {"request_id": 7}).matches
    (wrong,) = differences(EVENT, {"request_id": 8}).differences
    assert (wrong.path, wrong.expected, wrong.actual) == ("request_id", "8", "7")


@pytest.mark.parametrize(
    ("check", "fits"),
    [
        (one_of(7, 8), True),
        (one_of(8, 9), False),
        (none_of(8), True),
        (none_of(7), False),
        (present, True),
        (absent, False),
        (optional(7), True),
        (optional(8), False),
        (meets("odd", lambda value: int(str(value)) % 2 == 1), True),
        (meets("even", lambda value: int(str(value)) % 2 == 0), False),
    ],
)
def test_matchers_with_a_present_field(check: object, fits: bool) -> None:
    assert differences(EVENT, {"request_id": check}).matches is fits


@pytest.mark.parametrize(
    ("check", "fits"),
    [
        (absent, True),
        (present, False),
        (optional(True), True),
        (one_of(True, UNSET), True),
        (one_of(True), False),
        (has(vendor="x"), False),
        (meets("anything", lambda _: True), False),
    ],
)
def test_matchers_with_an_omitted_field(check: object, fits: bool) -> None:
    assert differences(EVENT, {"tbc": check}).matches is fits


def test_lists_are_compared_item_by_item_from_the_front() -> None:
    first = has(component=has(name="EVSE"))
    assert differences(EVENT, {"report_data": [first]}).matches
    assert not differences(EVENT, {"report_data": [first, first]}).matches
    assert not differences(EVENT, {"report_data": [first, has(), has()]}).matches


def test_any_item_needs_one_and_every_item_needs_all() -> None:
    connector = has(component=has(name="Connector"))
    assert differences(EVENT, {"report_data": any_item(connector)}).matches
    assert not differences(EVENT, {"report_data": every_item(connector)}).matches
    assert differences(EVENT, {"report_data": every_item(has(variable=has(name="Available")))}).matches


def test_every_item_does_not_match_an_empty_list() -> None:
    empty = m.NotifyReportRequest(request_id=1, seq_no=0, generated_at=EVENT.generated_at)
    assert not differences(empty, {"report_data": every_item(has())}).matches


def test_a_difference_in_a_nested_struct_has_its_path() -> None:
    comparison = differences(EVENT, {"report_data": [has(component=has(evse=has(id=2)))]})
    assert [one.path for one in comparison.differences] == ["report_data[0].component.evse.id"]


def test_every_compared_value_is_counted() -> None:
    assert differences(EVENT, {"request_id": 7, "seq_no": 0}).compared == 2
    assert differences(EVENT, {"report_data": [has(variable=has(name="Available"))]}).compared == 2


def test_a_check_for_an_unknown_field_raises_a_type_error() -> None:
    with pytest.raises(TypeError, match="no field"):
        differences(EVENT, {"requestId": 7})


@pytest.mark.parametrize(("check", "fits"), [(includes("A"), True), (includes("A", "C"), False), (excludes("C"), True)])
def test_member_lists_are_split_at_commas(check: object, fits: bool) -> None:
    attribute = t.VariableAttributeType(value="A, B")
    assert differences(attribute, {"value": check}).matches is fits


def test_checks_read_as_one_line() -> None:
    line = described({"event_type": "Started", "evse": has(id=1), "trigger_reason": one_of("A", "B")})
    assert line == "event_type Started, evse (id 1), trigger_reason A or B"


EVERY_MATCHER: list[tuple[object, str]] = [
    (7, "7"),
    (True, "true"),
    ("Accepted", "Accepted"),
    (UNSET, "omitted"),
    (t.EVSEType(id=1), '{"id":1}'),
    ([t.EVSEType(id=1)], 'starting with the items {"id":1}'),
    (one_of("A", UNSET), "A or omitted"),
    (none_of(t.EVSEType(id=1)), 'not {"id":1}'),
    (present, "present"),
    (absent, "omitted"),
    (anything, "anything"),
    (meets("odd", bool), "odd"),
    (includes("A", "B"), "includes A, B"),
    (excludes("A"), "excludes A"),
    (has(evse=has(id=1)), "(evse (id 1))"),
    (optional(has(id=1)), "(id 1) or omitted"),
    (any_item(has(id=1)), "with an item (id 1)"),
    (every_item(one_of(1, 2)), "with every item 1 or 2"),
    (in_any_order([has(id=1), 2]), "with 2 items in any order: (id 1), 2"),
    ([has(id=1), present], "starting with the items (id 1), present"),
]


@pytest.mark.parametrize(("check", "text"), EVERY_MATCHER)
def test_a_finding_shows_a_check_as_text(check: object, text: str) -> None:
    assert described({"field": check}) == f"field {text}"


def test_every_matcher_of_the_lab_has_a_text() -> None:
    matchers = [each for module in _lab_modules() for each in vars(module).values() if _is_matcher(each)]
    assert {has, any_item} <= set(matchers)
    assert [each for each in matchers if each.__repr__ is object.__repr__] == []


def _lab_modules() -> list[ModuleType]:
    names = (found.name for found in pkgutil.walk_packages(plugfest.lab.__path__, "plugfest.lab."))
    return [importlib.import_module(name) for name in names]


def _is_matcher(value: object) -> bool:
    return isinstance(value, type) and hasattr(value, "compare") and value is not Matcher
