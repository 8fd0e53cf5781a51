"""All rules about the causes of transaction events."""

from plugfest.lab.v201.rules.causes.stopped_reasons import KNOWN_STOP_REASON, STOP_REASON
from plugfest.lab.v201.rules.causes.trigger_reasons import (
    CAUSE_OF_EVENT,
    KNOWN_CAUSE_OF_EVENT,
    NO_LATE_DETECTION,
    NO_TIMEOUT_WITH_CABLE,
    STATE_CHANGES,
)

CAUSE_RULES = (
    CAUSE_OF_EVENT,
    KNOWN_CAUSE_OF_EVENT,
    STATE_CHANGES,
    NO_LATE_DETECTION,
    NO_TIMEOUT_WITH_CABLE,
    STOP_REASON,
    KNOWN_STOP_REASON,
)
