"""Wrong in what is told: an event that nobody hears of, a notification that does not say what it is about."""

from plugfest.ocpp.message import UNSET
from plugfest.rig.selftest.behaviours.builders import except_when
from plugfest.rig.selftest.behaviours.patch import Function, Patch
from plugfest.station.blocks.a_security.events import SecurityEvents


def without_event(kind: str) -> Patch:
    """No word of this security event, which is named as in OCPP 2.0.1."""
    return Patch(SecurityEvents, "report", except_when(lambda self, name, tech_info: name == kind))


def other_request(right: Function) -> Function:
    """A notification about a request that was never made."""
    return lambda status, request_id=UNSET: right(status, request_id if request_id is UNSET else request_id + 1)


def no_request(right: Function) -> Function:
    """A notification about no request."""
    return lambda status, request_id=UNSET: right(status)
