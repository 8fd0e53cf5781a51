"""Samples kept for the last event of a transaction."""

from datetime import UTC, datetime, timedelta
from typing import NoReturn

from plugfest.station.model.charging.charging_sessions import Transaction
from plugfest.station.model.metering.measurands import ReadingContext, Sample
from plugfest.station.model.metering.sampler import MAX_END_SAMPLES, Sampler

START = datetime(2026, 1, 1, tzinfo=UTC)


def not_called() -> NoReturn:
    raise AssertionError("nothing is measured in this test")


def test_of_too_many_samples_every_second_one_is_dropped_but_not_the_first_and_the_last() -> None:
    transaction = Transaction(id="T", started_at=START)
    sampler = Sampler(not_called, not_called)
    for second in range(MAX_END_SAMPLES + 1):
        sample = Sample(at=START + timedelta(seconds=second), context=ReadingContext.PERIODIC, values=())
        sampler.keep_for_end(transaction, (sample,))
    kept = [(sample.at - START).seconds for sample in transaction.end_samples]
    assert kept == [*range(0, MAX_END_SAMPLES, 2), MAX_END_SAMPLES]  # E06.FR.13
