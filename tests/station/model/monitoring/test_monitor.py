"""When a value triggers a monitor."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugfest.station.device_model.variables import Address, Characteristics, Component, DataType, Mutability, Variable
from plugfest.station.model.monitoring.monitor import (
    MonitorSetting,
    MonitorState,
    MonitorType,
    Trigger,
    invalid_value,
    judge,
    supported_types,
)

ADDRESS = Address(Component("TemperatureSensor"), "Temperature")
NUMBER = Variable(
    ADDRESS,
    Characteristics(DataType.DECIMAL, minimum=-50.0, maximum=150.0, supports_monitoring=True),
    Mutability.READ_ONLY,
)
TEXT = Variable(ADDRESS, Characteristics(DataType.STRING, supports_monitoring=True), Mutability.READ_WRITE)
NEW = MonitorState(since=datetime(2025, 1, 1, tzinfo=UTC))

values = st.floats(-1000, 1000).map(lambda number: round(number, 3))


def setting(type: MonitorType, value: float, severity: int = 5) -> MonitorSetting:
    return MonitorSetting(address=ADDRESS, type=type, value=value, severity=severity)


@given(st.lists(values), values, st.sampled_from([MonitorType.UPPER_THRESHOLD, MonitorType.LOWER_THRESHOLD]))
def test_alerts_and_clearings_of_a_threshold_alternate_and_agree_with_the_value(
    seen: list[float], threshold: float, type: MonitorType
) -> None:
    state, cleared = NEW, True
    for value in seen:
        state, triggered = judge(setting(type, threshold), state, NUMBER, str(value))
        beyond = value > threshold if type is MonitorType.UPPER_THRESHOLD else value < threshold
        assert state.exceeded is beyond
        if triggered is not None:
            assert triggered.trigger is Trigger.ALERTING
            assert triggered.cleared is not cleared
            cleared = triggered.cleared
        assert cleared is not beyond


@given(st.lists(values, min_size=1), st.floats(0, 100))
def test_a_delta_monitor_never_leaves_a_larger_change_unreported(seen: list[float], delta: float) -> None:
    state, _ = judge(setting(MonitorType.DELTA, delta), NEW, NUMBER, str(seen[0]))
    reported = seen[0]
    for value in seen[1:]:
        state, triggered = judge(setting(MonitorType.DELTA, delta), state, NUMBER, str(value))
        assert (triggered is not None) == (abs(value - reported) > delta)
        if triggered is not None:
            reported = value


@given(st.lists(st.sampled_from("ABC"), min_size=1), st.floats(0, 100))
def test_a_delta_monitor_of_a_text_reports_every_change(seen: list[str], delta: float) -> None:
    state, _ = judge(setting(MonitorType.DELTA, delta), NEW, TEXT, seen[0])
    for before, now in pairwise(seen):
        state, triggered = judge(setting(MonitorType.DELTA, delta), state, TEXT, now)
        assert (triggered is not None) == (before != now)


@given(values)
def test_a_threshold_is_within_the_limits_of_its_variable(threshold: float) -> None:
    rejected = invalid_value(setting(MonitorType.UPPER_THRESHOLD, threshold), NUMBER) is not None
    assert rejected == (not -50 <= threshold <= 150)


@pytest.mark.parametrize("value", ["", "unknown"])
@pytest.mark.parametrize("type", [MonitorType.UPPER_THRESHOLD, MonitorType.LOWER_THRESHOLD])
def test_a_value_that_is_no_number_exceeds_no_threshold(value: str, type: MonitorType) -> None:
    assert judge(setting(type, 0), NEW, NUMBER, value) == (NEW, None)


def test_only_numbers_support_thresholds() -> None:
    assert MonitorType.UPPER_THRESHOLD in supported_types(NUMBER)
    assert MonitorType.UPPER_THRESHOLD not in supported_types(TEXT)
