"""The times of meter values: the interval of each two, and of all."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from tests.lab.conversations import START
from tests.lab.scripted_campaign import campaign

from plugfest.lab.case import case
from plugfest.lab.checks.meter_values import check_interval
from plugfest.lab.v201.bench import Bench
from plugfest.lab.verdict import Verdict


def verdict(seconds: Sequence[float]) -> Verdict:
    """Of moments that are to be 20 s apart, with a tolerance of 4 s."""

    @case("TC_X_01_CS")
    async def times(bench: Bench) -> None:
        check_interval(bench, [START + timedelta(seconds=each) for each in seconds], 20)

    (result,) = campaign(times)
    return result.verdict


@pytest.mark.parametrize("seconds", [(0, 20, 40), (0, 17, 40), (3, 20, 39), (0, 23)])
def test_moments_may_be_early_or_late(seconds: Sequence[float]) -> None:
    assert verdict(seconds) is Verdict.PASS


@pytest.mark.parametrize("seconds", [(0, 17, 34), (0, 23, 46), (0, 15, 40), (0,)])
def test_another_interval_is_noticed(seconds: Sequence[float]) -> None:
    assert verdict(seconds) is Verdict.FAIL
