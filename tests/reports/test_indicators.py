"""Response times come from the record, and only from a run in real time."""

import pytest
from tests.reports import campaigns

from plugfest.products.pics import Measured
from plugfest.reports.indicators import indicator_rows, response_times


def test_a_response_time_is_from_the_lab_s_request_to_the_station_s_answer() -> None:
    assert response_times(campaigns.frames()) == Measured(minimum=0.5, maximum=0.5, average=0.5)


def test_no_answer_no_time() -> None:
    assert response_times(campaigns.frames()[:1]) is None


@pytest.mark.parametrize(("clock", "measured"), [("simulated", False), ("real", True)])
def test_simulated_time_measures_nothing(clock: str, measured: bool) -> None:
    report = campaigns.report(clock=clock)
    response, *others = indicator_rows(campaigns.product(), campaigns.frames(), report.clock)
    assert (response.measured is not None) == measured
    assert [other.measured for other in others] == [None] * 3
