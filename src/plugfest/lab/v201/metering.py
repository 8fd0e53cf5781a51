"""Configuration of meter values for a case: intervals within the product's limits, measurands in its PICS."""

from plugfest.lab.v201.bench import Bench

REGISTER = "Energy.Active.Import.Register"
"""The default measurand, which every product can measure."""


def sampled_interval(bench: Bench) -> int:
    """Seconds for SampledDataCtrlr.TxUpdatedInterval: the lab's, or the nearest that the product supports."""
    return _within(bench, bench.settings.sampled_interval, minimum="ORS-9", maximum="ORS-10")


def short_sampled_interval(bench: Bench) -> int:
    """`sampled_interval` for cases that do not compare the times of the meter values."""
    return _within(bench, bench.settings.short_sampled_interval, minimum="ORS-9", maximum="ORS-10")


def attempt_interval(bench: Bench) -> int:
    """Seconds for OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent], likewise."""
    return _within(bench, bench.settings.message_attempt_interval, minimum="ORS-7", maximum="ORS-8")


def measurands(bench: Bench, feature: str) -> tuple[str, ...]:
    """The measurands of the product for a feature of the PICS, such as C-40.2."""
    return bench.product.measurands(feature) or (REGISTER,)


def sampled_updates(bench: Bench, interval: int) -> dict[str, str]:
    """The configuration for meter values at an interval (seconds) during a transaction."""
    return {
        "SampledDataCtrlr.TxUpdatedMeasurands": ",".join(measurands(bench, "C-40.2")),
        "SampledDataCtrlr.TxUpdatedInterval": str(interval),
    }


def _within(bench: Bench, preferred: int, *, minimum: str, maximum: str) -> int:
    lower, upper = bench.product.limit(minimum), bench.product.limit(maximum)
    at_least = preferred if lower is None else max(preferred, int(lower))
    return at_least if upper is None else min(at_least, int(upper))
