"""TC_J_09: sampled meter values at the configured interval, each sample in any number of messages."""

from collections.abc import Iterable

from tests.lab.v201.states.session import Sent, findings

from plugfest.lab.v201.cases.j_meter_values.j02_sampled_meter_values import event_type_updated


def _sampled_at(moments: Iterable[float]) -> list[str]:
    events = [Sent("MeterValuePeriodic", at=at, register=at) for at in moments]
    return findings(events, event_type_updated.body, ev_connected=True, authorized=True, energy_transfer=True)


def test_a_sample_may_be_sent_in_several_messages() -> None:
    assert _sampled_at([moment for moment in (20, 40, 60, 80) for _ in range(3)]) == []


def test_the_interval_may_deviate_by_the_tolerance() -> None:
    assert _sampled_at([20, 37, 60, 80]) == []


def test_samples_at_other_intervals_are_findings() -> None:
    assert _sampled_at([20, 32, 60, 80]) == ["20 s between meter values"]
