"""Meter values as a case asks for them: intervals within the product's limits, measurands of its PICS."""

from plugfest.lab.v201.bench import Bench

REGISTER = "Energy.Active.Import.Register"
"""The measurand of a value that names none, and what every product can measure."""


def sampled_interval(bench: Bench) -> int:
    """Seconds for SampledDataCtrlr.TxUpdatedInterval: the lab's, or the nearest that the product supports."""
    return _within(bench, bench.settings.sampled_interval, least="ORS-9", most="ORS-10")


def attempt_interval(bench: Bench) -> int:
    """Seconds for OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent], likewise."""
    return _within(bench, bench.settings.message_attempt_interval, least="ORS-7", most="ORS-8")


def measurands(bench: Bench, feature: str) -> tuple[str, ...]:
    """The measurands that the product is tested with in one place, such as C-40.2."""
    return bench.product.measurands(feature) or (REGISTER,)


def sampled_updates(bench: Bench) -> dict[str, str]:
    """The configuration for meter values at an interval during a transaction."""
    return {
        "SampledDataCtrlr.TxUpdatedMeasurands": ",".join(measurands(bench, "C-40.2")),
        "SampledDataCtrlr.TxUpdatedInterval": str(sampled_interval(bench)),
    }


def _within(bench: Bench, wanted: int, *, least: str, most: str) -> int:
    lower, upper = bench.product.limit(least), bench.product.limit(most)
    at_least = wanted if lower is None else max(wanted, int(lower))
    return at_least if upper is None else min(at_least, int(upper))
