"""TC_B_57: the back-off doubles, whatever time the station needs to notice the loss and to connect."""

from collections.abc import Iterator

import pytest
from tests.lab.scripted_campaign import campaign
from tests.lab.scripted_station import ScriptedStation

from plugfest.lab.v201.cases.b_provisioning.reconnect import after_connection_loss
from plugfest.lab.verdict import Verdict


class _BackingOff(ScriptedStation):
    """Waits these times before its next attempts to connect."""

    waits: Iterator[float]

    @property
    def back_off(self) -> float:  # type: ignore[override]  # an attribute of the station
        return next(self.waits)


def _verdict(*waits: float) -> Verdict:
    def prepare(station: ScriptedStation) -> None:
        station.__class__ = _BackingOff
        station.waits = iter((*waits, *[5.0] * 9))  # type: ignore[attr-defined]

    (result,) = campaign(after_connection_loss, prepare=prepare)
    return result.verdict


@pytest.mark.parametrize("time_to_connect", [0.0, 0.5, 1.5, 4.0])
def test_the_doubled_back_off_passes(time_to_connect: float) -> None:
    waits = (back_off + time_to_connect for back_off in (5.0, 5.0, 10.0))
    assert _verdict(*waits) is Verdict.PASS


def test_the_clock_of_the_station_may_differ_a_little() -> None:
    assert _verdict(4.95, 4.95, 9.9) is Verdict.PASS


@pytest.mark.parametrize("waits", [(5.0, 5.0, 5.0), (5.0, 5.0, 9.5), (4.0, 5.0, 10.0), (5.0, 12.0, 12.0)])
def test_another_back_off_is_a_finding(waits: tuple[float, ...]) -> None:
    assert _verdict(*waits) is Verdict.FAIL
