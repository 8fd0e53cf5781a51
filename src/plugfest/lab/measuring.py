"""The performance indicators of a campaign, measured as its OCPP version has them."""

from collections.abc import Mapping, Sequence

from plugfest.lab import performance
from plugfest.lab.dialects import DIALECTS
from plugfest.lab.exchanges import exchanges
from plugfest.lab.performance import Measurement, Times
from plugfest.lab.record import Frame
from plugfest.lab.v16 import performance as v16
from plugfest.lab.v201 import performance as v201

INDICATORS: Mapping[str, Mapping[str, Times]] = {"1.6": v16.INDICATORS, "2.0.1": v201.INDICATORS}


def measure(frames: Sequence[Frame], ocpp_version: str) -> dict[str, Measurement]:
    """Each indicator that the record gives a measurement of, by its key in the feature catalogue."""
    return performance.measure(exchanges(frames, DIALECTS[ocpp_version].protocol), INDICATORS[ocpp_version])
