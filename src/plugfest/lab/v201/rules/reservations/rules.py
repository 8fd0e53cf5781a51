"""All rules about reservations."""

from plugfest.lab.v201.rules.reservations.kept import KEPT, REMOTE_START_AT_RESERVED
from plugfest.lab.v201.rules.reservations.status_updates import EXPIRIES, STATUS_UPDATES
from plugfest.lab.v201.rules.reservations.use import REPORTED_USE, RESERVATION_IDS

RESERVATION_RULES = (
    RESERVATION_IDS,
    REPORTED_USE,
    KEPT,
    REMOTE_START_AT_RESERVED,
    STATUS_UPDATES,
    EXPIRIES,
)
