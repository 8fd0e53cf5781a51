"""Samples that wait for the end of a transaction."""

from datetime import UTC, datetime, timedelta
from typing import NoReturn

from plugfest.station.model.charging.charging_sessions import Transaction
from plugfest.station.model.metering.measurands import Sample, Sampling
from plugfest.station.model.metering.sampler import LIMIT, Sampler

START = datetime(2026, 1, 1, tzinfo=UTC)


def unasked() -> NoReturn:
    raise AssertionError("nothing is measured here")


def test_of_too_many_samples_those_between_the_first_and_the_last_are_dropped() -> None:
    transaction = Transaction(id="T", started_at=START)
    sampler = Sampler(unasked, unasked)
    for second in range(LIMIT + 1):
        sample = Sample(at=START + timedelta(seconds=second), sampling=Sampling.PERIODIC, values=())
        sampler.keep(transaction, (sample,))
    kept = [(sample.at - START).seconds for sample in transaction.end_samples]
    assert kept == [*range(0, LIMIT, 2), LIMIT]  # E06.FR.13
