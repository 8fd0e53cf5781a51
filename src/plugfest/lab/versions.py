"""The OCPP versions that the lab supports, by name."""

from collections.abc import Mapping, Sequence

from plugfest.lab.recording.exchanges import exchanges
from plugfest.lab.recording.performance import Measurement
from plugfest.lab.recording.record import Frame
from plugfest.lab.v16.support import V16Support
from plugfest.lab.v201.support import V201Support
from plugfest.lab.version_support import VersionSupport

VERSIONS: Mapping[str, type[VersionSupport]] = {"1.6": V16Support, "2.0.1": V201Support}


def measure(frames: Sequence[Frame], ocpp_version: str) -> dict[str, Measurement]:
    """The measured key performance indicators by their keys in the feature catalog."""
    version = VERSIONS[ocpp_version]
    return version.indicators.measure(exchanges(frames, version.protocol))
