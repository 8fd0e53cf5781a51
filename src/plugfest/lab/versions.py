"""The versions of OCPP that the lab supports, by their names, and the performance indicators of each."""

from collections.abc import Mapping, Sequence

from plugfest.lab.recording import performance
from plugfest.lab.recording.exchanges import exchanges
from plugfest.lab.recording.performance import Indicator, Measurement
from plugfest.lab.recording.record import Frame
from plugfest.lab.v16 import performance as v16
from plugfest.lab.v16.support import V16Support
from plugfest.lab.v201 import performance as v201
from plugfest.lab.v201.support import V201Support
from plugfest.lab.version_support import VersionSupport

VERSIONS: Mapping[str, type[VersionSupport]] = {"1.6": V16Support, "2.0.1": V201Support}


INDICATORS: Mapping[str, Mapping[str, Indicator]] = {"1.6": v16.INDICATORS, "2.0.1": v201.INDICATORS}


def measure(frames: Sequence[Frame], ocpp_version: str) -> dict[str, Measurement]:
    """Each indicator that the record gives a measurement of, by its key in the feature catalogue."""
    return performance.measure(exchanges(frames, VERSIONS[ocpp_version].protocol), INDICATORS[ocpp_version])
